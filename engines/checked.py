"""What a file tells, checked against a dataclass: the sentence names the key and what it must be."""

from __future__ import annotations

import logging
from dataclasses import MISSING, fields
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, get_type_hints

from msgspec import ValidationError, convert

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

log = logging.getLogger(__name__)

Kind = TypeVar("Kind")
NAMED: Final = 3
"""Of many unknown keys so many are named."""
KEY_SIGNS: Final = 40
VALUE_SIGNS: Final = 80


def checked(told: object, kind: type[Kind]) -> Kind:
    """Return what a file tells as a dataclass; its own checks follow in ``__post_init__``.

    A field's type may carry bounds, ``Annotated[float, Meta(ge=30, description="30 or more")]``.

    Raises
    ------
    ValueError
        Where a key is unknown or missing, or a value is not what the field says.
    """
    hints = _hints(cast("type", kind))
    if not isinstance(told, dict):
        raise ValueError("holds no keys; restore it")
    if unknown := sorted(told.keys() - hints):
        raise ValueError(f"{unknown[0]!r} is unknown; remove it, known: {', '.join(hints)}")
    for field in fields(kind):  # type: ignore[arg-type]  # a dataclass; typing has no name for it
        if field.name not in told and field.default is MISSING:
            raise ValueError(f"{field.name!r} is missing; add it")
    return kind(**{key: _value(key, value, hints[key]) for key, value in told.items()})


def known_of(told: dict[str, Any], kind: type, path: Path) -> dict[str, Any]:
    """Return the keys of a player's file that a dataclass has; the log says which others it holds."""
    known, other = parted(told, kind)
    say_unknown(other, kind, path)
    return known


def parted(told: dict[str, Any], kind: type) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the keys of a file that a dataclass has, and the others.

    They may be a newer game's, or misspelt: nothing is taken from the file for them.
    """
    names = _hints(kind).keys()
    return (
        {key: value for key, value in told.items() if key in names},
        {key: value for key, value in told.items() if key not in names},
    )


def say_unknown(other: Iterable[str], kind: type, path: Path) -> None:
    """Let the log say, once, which keys of a file a dataclass does not have."""
    if unknown := list(other):
        names = list(_hints(kind))
        said = ", ".join(_unknown(key, names) for key in unknown[:NAMED])
        more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
        _say_once(f"{path}: {said}{more}: not known here, left as they are")


@lru_cache(maxsize=4096)
def _say_once(words: str) -> None:
    """Say it, unless that was done: a game reads its packs again and again."""
    log.warning("%s", words)


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields; working them out takes as long as all the rest."""
    return get_type_hints(kind, include_extras=True)


def shown(value: object) -> str:
    """Return a value as Python writes it, shortened; a number of any length too."""
    if isinstance(value, int) and abs(value) >> 64:
        return f"{value:#x}"[:VALUE_SIGNS]
    try:
        return f"{value!r:.{VALUE_SIGNS}}"
    except ValueError:  # a list with a number of 5000 digits
        return "something too long to write here"


def _unknown(key: str, names: list[str]) -> str:
    near = get_close_matches(key[:KEY_SIGNS].lower(), names, 1)
    return f"{key[:KEY_SIGNS]!r}" + (f" (did you mean {near[0]!r}?)" if near else "")


def _value(key: str, value: object, hint: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, int) and abs(value) >> 63:
        raise ValueError(f"{key} is too large a number; correct it")
    try:
        return convert(value, hint)
    except ValidationError:
        described = getattr(hint, "__metadata__", None)
        wish = described[0].description if described else hint.__name__
        raise ValueError(f"{key} must be {wish}, got {shown(value)}; correct it") from None
