"""Lines that each set something: a name, a value, and signs that change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    GOLD,
    MAGENTA,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.theme import Theme
    from kpopdance.realtime.screens.screen import Place
    from kpopdance.realtime.screens.setup_view import SetRow

    Shown = tuple[tuple[SetRow, ...], int, str | None]
    """Lines, which is chosen, and what is being written into that (None: nothing is)."""

ROW: Final = 37.0
"""Height of a line, design units."""
CURSOR: Final = "|"


class SetLines:
    """Draws lines, as many as there is room for around the chosen one, and knows which is where."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._shown: Shown = (), 0, None

    def draw(self, surface: pygame.Surface, room: pygame.Rect, u: float, shown: Shown) -> None:
        """Draw the lines inside a box; ``u`` is the layout's unit."""
        self._shown = rows, chosen, writing = shown
        places = self.places(room, u)
        for number, place in places.items():
            self._line(surface, place, u, number, writing if number == chosen else None)
        if len(places) < len(rows):
            self._where(surface, list(places.items()), u)

    def places(self, room: pygame.Rect, u: float) -> dict[int, pygame.Rect]:
        """Return which of the lines that were drawn last are seen, and where."""
        rows, chosen, _ = self._shown
        high, pitch = round(ROW * u), round(ROW * u) + round(4 * u)
        fit = max(1, room.height // pitch)
        first = min(max(0, chosen - fit // 2), max(0, len(rows) - fit))
        return {
            first + k: pygame.Rect(room.left, room.top + k * pitch, room.width, high)
            for k in range(min(fit, len(rows)))
        }

    def under(self, room: pygame.Rect, u: float, position: Place) -> Target | None:
        """Return what lies under a px: a line, or what makes its value less or greater."""
        for number, place in self.places(room, u).items():
            if place.collidepoint(position):
                return _in_line(self._shown[0][number], number, place, position, u)
        return None

    def _line(
        self, surface: pygame.Surface, place: pygame.Rect, u: float, number: int,
        writing: str | None,
    ) -> None:  # fmt: skip
        row, chosen = self._shown[0][number], number == self._shown[1]
        edge = MAGENTA if chosen else dim(VIOLET, 0.6)
        shade = (66, 18, 84) if chosen else (22, 14, 52)
        glass = Glass(10 * u, edge, 2.0 if chosen else 1.0, 224 if chosen else 180, shade)
        self.theme.panel(surface, place, glass)
        inner = place.inflate(-round(26 * u), 0)
        name = inner.copy()
        name.width = round(inner.width * 0.48)
        ink = WHITE if chosen else SOFT
        self.theme.write(surface, row.name, name, Style(17.5 * u, ink, "left", 7))
        self._value(surface, u, row, inner, writing)

    def _value(
        self, surface: pygame.Surface, u: float, row: SetRow, inner: pygame.Rect,
        writing: str | None,
    ) -> None:  # fmt: skip
        """Draw a line's value, between the signs that change it."""
        less, greater = arrows(inner, u)
        left = inner.left + 0.34 * inner.width if row.sort == "text" else less.right
        text = box(left, inner.top, greater.left, inner.bottom)
        colour = CYAN if row.sort != "text" else GOLD
        words = row.value if writing is None else writing + CURSOR
        if writing is not None:
            surface.fill((10, 4, 30), text.inflate(0, -round(8 * u)))
            while len(words) > 1 and self.theme.width(words, 17 * u) > text.width:
                words = words[1:]  # the end is what is being written
        self.theme.write(surface, words or "-", text, Style(17.5 * u, colour, "centre", 7))
        if row.sort in ("choice", "number"):
            for place, way in ((less, -1), (greater, 1)):
                x, y, r = place.centerx, place.centery, 6 * u
                points = [(x + way * r, y), (x - way * r, y - r), (x - way * r, y + r)]
                pygame.draw.polygon(surface, SOFT, points)

    def _where(
        self, surface: pygame.Surface, places: list[tuple[int, pygame.Rect]], u: float
    ) -> None:
        """Draw beside the lines which of all they are."""
        (first, top), (_last, low), count = places[0], places[-1], len(self._shown[0])
        way = box(top.right + 9 * u, top.top, top.right + 15 * u, low.bottom)
        seen = way.copy()
        seen.top += round(way.height * first / count)
        seen.height = round(way.height * len(places) / count)
        self.theme.pill(surface, way, dim(VIOLET, 0.35))
        self.theme.pill(surface, seen, CYAN)


def _in_line(row: SetRow, number: int, place: pygame.Rect, position: Place, u: float) -> Target:
    less, greater = arrows(place.inflate(-round(26 * u), 0), u)
    if row.sort in ("choice", "number") and less.left <= position[0] <= less.right:
        return Target("less", number)
    if row.sort in ("choice", "number") and position[0] >= greater.left:
        return Target("greater", number)
    return Target("row", number)


def arrows(inner: pygame.Rect, unit: float) -> tuple[pygame.Rect, pygame.Rect]:
    """Return where the signs are that make a line's value less, and greater."""
    side = round(26 * unit)
    left = inner.left + round(inner.width * 0.48)
    return (
        pygame.Rect(left, inner.top, side, inner.height),
        pygame.Rect(inner.right - side, inner.top, side, inner.height),
    )
