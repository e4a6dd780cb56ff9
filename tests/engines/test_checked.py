from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

import pytest
from msgspec import Meta

from kpopdance.engines.checked import checked


@dataclass(frozen=True)
class Part:
    name: str


@dataclass(frozen=True)
class Told:
    """A file's keys."""

    size: int
    share: Annotated[float, Meta(ge=0, le=1, description="a share from 0 to 1")] = 0.5
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        if self.size == 13:
            raise ValueError("size is 13; choose another")


def test_what_fits_comes_as_the_fields_say():
    told = {"size": 3, "share": 1, "parts": [{"name": "a"}]}
    assert checked(told, Told) == Told(3, 1.0, (Part("a"),))
    assert isinstance(checked(told, Told).share, float)
    assert checked({"size": 3}, Told) == Told(3)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ([], "holds no keys; restore it"),
        ({}, "'size' is missing; add it"),
        ({"size": 1, "sise": 2}, "'sise' is unknown; remove it, known: size, share, parts"),
        ({"size": 1.0}, "size must be int, got 1.0; correct it"),
        ({"size": True}, "size must be int, got True; correct it"),
        ({"size": 1, "share": 1.5}, "share must be a share from 0 to 1, got 1.5; correct it"),
        ({"size": 1, "share": float("nan")}, "share must be a share from 0 to 1, got nan;"),
        ({"size": 1, "parts": [{}]}, "parts must be tuple, got [{}]; correct it"),
        ({"size": "x" * 9000}, f"size must be int, got '{'x' * 79}; correct it"),
        ({"size": 13}, "size is 13; choose another"),
    ],
)
def test_what_does_not_fit_is_said_with_key_wish_and_value(told, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        checked(told, Told)
