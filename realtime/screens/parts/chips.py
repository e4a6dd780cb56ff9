"""Keys with their meanings as small chips that can be clicked, on as many rows as they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.screens.parts.theme import FAINT, GOLD, SOFT, WHITE, Glass, Style

if TYPE_CHECKING:
    from kpopdance.realtime.screens.actions import Action
    from kpopdance.realtime.screens.parts.theme import Colour, Theme

SMALLER: Final = 0.94
LEAST_HIGH: Final = 0.16
"""Of the box: chips are no lower."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A key, what it does in a word, and the action that a click on it is.

    Where its words are somebody's name, it is ``named``.
    """

    key: str
    words: str
    action: Action
    ready: bool = True
    edge: Colour = (84, 70, 128)
    named: bool = False

    @property
    def said(self) -> str:
        """Its words, as they are said now."""
        return self.words if self.named else _(self.words)


def chip_places(
    theme: Theme, rows: pygame.Rect, chips: tuple[Chip, ...], high: float
) -> list[pygame.Rect]:
    """Return where each chip is within a box, row by row from the left.

    They are so high, or as much less as lets all of them in; those without room even then are empty.
    """
    places = _places(theme, rows, chips, high)
    while not all(place.width for place in places) and high > max(LEAST_HIGH * rows.height, 1):
        high *= SMALLER
        places = _places(theme, rows, chips, high)
    return places


def place_at_right(theme: Theme, row: pygame.Rect, chip: Chip, high: float) -> pygame.Rect:
    """Return where a chip is at the right end of a row, in the middle of its height."""
    line = pygame.Rect(row.left, row.centery - round(high / 2), row.width, round(high))
    (place,) = chip_places(theme, line, (chip,), high)
    return place.move(row.right - place.right, 0) if place.width else place


def _places(
    theme: Theme, rows: pygame.Rect, chips: tuple[Chip, ...], high: float
) -> list[pygame.Rect]:
    px, gap = high * 0.5, round(high * 0.3)
    left, top = rows.left, rows.top
    places = []
    for chip in chips:
        wide = (
            theme.width(theme.cap(chip.key), px) + theme.width(chip.said, px) + round(3.1 * px)
        )
        if left + wide > rows.right and left > rows.left:
            left, top = rows.left, top + round(high) + gap
        fits = left + wide <= rows.right and top + high <= rows.bottom + 1
        places.append(pygame.Rect(left, top, wide if fits else 0, round(high) if fits else 0))
        left += wide + gap
    return places


def centred(places: list[pygame.Rect], row: pygame.Rect) -> list[pygame.Rect]:
    """Return chips moved so that they stand in the middle of their row."""
    spare = row.right - max((place.right for place in places), default=row.right)
    return [place.move(spare // 2, 0) for place in places]


def chip_at(places: list[pygame.Rect], position: tuple[float, float]) -> int | None:
    """Return which chip lies at a point, None where there is none."""
    return next((n for n, place in enumerate(places) if place.collidepoint(position)), None)


def draw_chips(
    theme: Theme, surface: pygame.Surface, chips: tuple[Chip, ...], places: list[pygame.Rect],
    over: int | None,
) -> None:  # fmt: skip
    """Draw chips at their places; the one under the mouse is lit."""
    for number, (chip, place) in enumerate(zip(chips, places, strict=True)):
        if not place.width:
            continue
        px, lit = place.height * 0.5, number == over and chip.ready
        shade = (70, 40, 110) if lit else (30, 20, 62)
        edge = WHITE if lit else chip.edge
        glass = Glass(place.height * 0.3, edge, 1.0, 190, shade)
        theme.panel(surface, place, glass)
        inner = place.inflate(-round(1.3 * px), 0)
        key = theme.cap(chip.key)
        theme.write(surface, key, inner, Style(px, GOLD if chip.ready else FAINT, "left", 5))
        words = inner.copy()
        words.left += theme.width(key, px) + round(0.6 * px)
        words.width = inner.right - words.left + round(0.5 * px)
        theme.write(
            surface, chip.said, words, Style(px, SOFT if chip.ready else FAINT, "left", 5)
        )
