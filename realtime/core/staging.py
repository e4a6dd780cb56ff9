"""A song's staging: the colours it is lit in, and what its members wear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Colour = tuple[int, int, int]
"""Red, green and blue, 0..255."""
Hair = Literal["short", "bob", "long", "tail", "buns", "cap"]
Cut = Literal["trousers", "wide", "shorts", "skirt"]


@dataclass(frozen=True, slots=True)
class Clothes:
    """What a member wears: colours, how the ``hair`` is worn, how what covers the legs is cut."""

    hair: Colour
    top: Colour
    sleeves: Colour
    legs: Colour
    shoes: Colour
    style: Hair = "bob"
    cut: Cut = "trousers"


@dataclass(frozen=True, slots=True)
class Staging:
    """``lights`` are three, or none for the song's colours; ``clothes`` the members', in their order.

    Members after the last of them wear what they wear in a song without a staging.
    """

    lights: tuple[Colour, ...] = ()
    clothes: tuple[Clothes, ...] = ()


UNSTAGED: Final = Staging()
