"""A dancer of a group on a card: name, points, combo, the newest judgement, or what else is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kpopdance.engines.tongues import _
from kpopdance.realtime.screens.parts.curve import PLAYER_COLOURS
from kpopdance.realtime.screens.parts.theme import (
    FAINT,
    GOLD,
    GRADE_COLOUR,
    INK,
    NIGHT,
    SOFT,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    mix,
)

if TYPE_CHECKING:
    import pygame

    from kpopdance.realtime.core.types import Grade
    from kpopdance.realtime.screens.parts.theme import Colour, Theme

MOST_CALLED: Final = 2.0  # s for which a judgement stands


class CardFace(NamedTuple):
    """What stands on a card: ``points`` None: none yet; ``told`` what is to be said below the name.

    ``grade`` is the newest judgement's, None where it is old; ``rank`` 0: not told; ``lit``: what
    is danced now counts for them; ``urgent``: what is told must be seen.
    """

    name: str
    colour: int
    points: float | None = None
    combo: int = 0
    grade: Grade | None = None
    told: str = ""
    rank: int = 0
    lit: bool = True
    urgent: bool = False


def draw_card(
    theme: Theme, surface: pygame.Surface, place: pygame.Rect, face: CardFace, u: float
) -> None:
    """Draw a card, as large as its place."""
    colour = PLAYER_COLOURS[face.colour % len(PLAYER_COLOURS)]
    edge, shade = (colour, mix(NIGHT, colour, 0.2)) if face.lit else (dim(colour, 0.4), INK)
    edge = GOLD if face.urgent else edge
    theme.panel(surface, place, Glass(14 * u, edge, 2.4 * u if face.lit else 1.2, 222, shade))
    inner = place.inflate(-round(24 * u), -round(10 * u))
    split = inner.right if face.points is None else inner.left + round(0.62 * inner.width)
    name = box(inner.left, inner.top, split, inner.centery + 2 * u)
    called = f"{face.rank}. {face.name}" if face.rank else face.name
    theme.write(surface, called, name, Style(22 * u, WHITE if face.lit else SOFT, "left", 7))
    low = box(inner.left, name.bottom, split, inner.bottom)
    words, ink = _below(face)
    theme.write(surface, words, low, Style(19 * u, ink, "left", 7))
    number = box(split, inner.top, inner.right, inner.bottom)
    if face.points is not None:
        style = Style(min(40 * u, 0.74 * inner.height), WHITE if face.lit else SOFT, "right", 8)
        theme.write(surface, f"{face.points:.1f}", number, style)


def _below(face: CardFace) -> tuple[str, Colour]:
    """Return what stands below the name, and in which colour."""
    if face.told:
        return face.told, GOLD if face.urgent else WHITE if face.lit else FAINT
    if face.grade:
        return face.grade, GRADE_COLOUR[face.grade]
    if face.combo > 1:
        return _("{n} in a row", n=face.combo), GOLD
    return "", SOFT
