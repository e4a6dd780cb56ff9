"""What the drawn dancers wear: a song's own clothes, or the house's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.screens.parts.theme import GOLD, WHITE, mix

if TYPE_CHECKING:
    from kpopdance.realtime.core.staging import Clothes, Cut, Hair
    from kpopdance.realtime.screens.parts.theme import Colour


@dataclass(frozen=True, slots=True)
class Costume:
    """The colours of a silhouette, how hair and legs are cut; ``accent`` is the hand to follow."""

    skin: Colour
    top: Colour
    sleeves: Colour
    legs: Colour
    shoes: Colour
    hair: Colour
    rim: Colour
    accent: Colour
    style: Hair = "bob"
    cut: Cut = "trousers"


LEAD: Final = Costume(
    skin=(255, 224, 212), top=(255, 40, 142), sleeves=(255, 74, 160), legs=(70, 44, 178),
    shoes=(250, 248, 255), hair=(70, 220, 250), rim=(255, 240, 252), accent=GOLD,
)  # fmt: skip
HOUSE: Final[tuple[tuple[Colour, Colour, Colour, Colour], ...]] = (
    (LEAD.hair, LEAD.top, LEAD.sleeves, LEAD.legs),
    ((255, 214, 150), (64, 214, 255), (232, 246, 255), (40, 46, 96)),
    ((196, 120, 255), (250, 248, 255), (255, 196, 76), (112, 40, 140)),
    ((60, 44, 66), (255, 150, 60), (255, 150, 60), (30, 92, 120)),
    ((255, 120, 150), (84, 255, 178), (44, 170, 150), (60, 40, 120)),
    ((120, 74, 52), (150, 96, 255), (255, 240, 252), (150, 34, 88)),
    ((230, 236, 250), (240, 70, 80), (60, 44, 100), (46, 40, 74)),
)
"""Each member's hair, top, sleeves and legs where a song says none; after the last the first again."""
SHADE: Final = (44, 22, 128)
"""What dims the dancers behind: the stage is dark there."""
FLAT: Final = Costume(WHITE, WHITE, WHITE, WHITE, WHITE, WHITE, WHITE, GOLD)


def costume_of(member: int, clothes: tuple[Clothes, ...] = ()) -> Costume:
    """Return what a member of a song wears, counted from 0, in the light."""
    if member < len(clothes):
        own = clothes[member]
        return replace(
            LEAD, hair=own.hair, top=own.top, sleeves=own.sleeves, legs=own.legs,
            shoes=own.shoes, style=own.style, cut=own.cut,
        )  # fmt: skip
    hair, top, sleeves, legs = HOUSE[member % len(HOUSE)]
    return replace(LEAD, hair=hair, top=top, sleeves=sleeves, legs=legs)


@lru_cache(maxsize=64)
def shaded(lit: Costume, shade: Colour = SHADE) -> Costume:
    """Return a costume where the stage is dark."""

    def dark(colour: Colour) -> Colour:
        return mix(shade, colour, 0.42)

    return Costume(
        dark(lit.skin), dark(lit.top), dark(lit.sleeves), dark(lit.legs), dark(lit.shoes),
        dark(lit.hair), dark(lit.rim), dark(lit.accent), lit.style, lit.cut,
    )  # fmt: skip
