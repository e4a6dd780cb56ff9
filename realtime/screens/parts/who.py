"""Who dances, and the way to their progress: two chips that can be clicked, one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.chips import Chip, draw_chips, place_at_right
from kpopdance.realtime.screens.parts.curve import PLAYER_COLOURS
from kpopdance.realtime.screens.parts.theme import VIOLET, dim

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.theme import Theme
    from kpopdance.realtime.screens.screen import Place

TARGETS: Final = (Target("players"), Target("history"))
HIGH: Final = 0.44
"""Of the box: each chip."""
MOST_SIGNS: Final = 12
"""Of a name; the rest is left out."""


class Who:
    """Draws the chips at the right of a box; nothing while it is not known who dances."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def draw(
        self, surface: pygame.Surface, row: pygame.Rect, name: str, colour: int, over: Target | None
    ) -> None:  # fmt: skip
        """Draw them; what lies under the mouse is lit."""
        if name:
            lit = TARGETS.index(over) if over in TARGETS else None
            places, chips = self._places(row, name), _chips(name, colour)
            draw_chips(self.theme, surface, chips, places, lit)

    def under(self, row: pygame.Rect, name: str, at: Place) -> Target | None:
        """Return which of them lies under a px."""
        if not name:
            return None
        places = zip(TARGETS, self._places(row, name), strict=True)
        return next((target for target, place in places if place.collidepoint(at)), None)

    def _places(self, row: pygame.Rect, name: str) -> list[pygame.Rect]:
        high, places = HIGH * row.height, []
        for number, chip in enumerate(_chips(name, 0)):
            line = pygame.Rect(row.left, row.top, row.width, round(high))
            line.top += round(number * (row.height - high))
            places.append(place_at_right(self.theme, line, chip, high))
        return places


def _chips(name: str, colour: int) -> tuple[Chip, Chip]:
    called = name if len(name) <= MOST_SIGNS else f"{name[:MOST_SIGNS]}…"
    return (
        Chip("W", called, "players", edge=PLAYER_COLOURS[colour], named=True),
        Chip("H", "progress", "history", edge=dim(VIOLET, 0.9)),
    )
