"""How somebody gets on: songs, body, weeks, timing and moves, each line with its curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import counted
from kpopdance.realtime.screens.actions import CHOOSE, Target
from kpopdance.realtime.screens.chip_screen import ChipScreen
from kpopdance.realtime.screens.parts.chips import Chip, chip_places, draw_chips
from kpopdance.realtime.screens.parts.curve import (
    PLAYER_COLOURS,
    draw_curve,
    draw_scrollbar,
)
from kpopdance.realtime.screens.parts.signs import put, sign
from kpopdance.realtime.screens.parts.theme import (
    FAINT,
    GOLD,
    INK,
    MAGENTA,
    NIGHT,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    drawable,
    is_wide,
    mix,
    scale_of,
)
from kpopdance.realtime.screens.players import draw_face, draw_goal

if TYPE_CHECKING:
    from kpopdance.realtime.core.curves import Line
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.players_view import HistoryView
    from kpopdance.realtime.screens.screen import Meanings, Place

CHIPS: Final = (
    Chip("← →", "page", "right"), Chip("↑ ↓", "choose", "down"), Chip("G", "weekly goal", "goal"),
    Chip("X", "export", "export"), Chip("Esc", "back", "back"),
)  # fmt: skip
ROW: Final = 54.0
"""Height of a line, design units."""


@dataclass(frozen=True, slots=True)
class HistoryLayout:
    """Where everything is, px."""

    title: pygame.Rect
    facts: pygame.Rect
    pages: pygame.Rect
    lines: pygame.Rect
    curve: pygame.Rect
    chips: pygame.Rect
    unit: float


def history_layout(size: tuple[int, int]) -> HistoryLayout:
    """Return the layout of a window: the curve beside the lines, or above them."""
    (width, height), u = size, scale_of(size)
    edge, end, foot = 40 * u, width - 40 * u, height - 56 * u
    title, facts = box(edge, 20 * u, end, 76 * u), box(edge, 80 * u, end, 108 * u)
    pages = box(edge, 118 * u, end, 152 * u)
    chips = box(edge, height - 46 * u, end, height - 14 * u)
    if is_wide(size):
        column = edge + 0.40 * (end - edge)
        return HistoryLayout(
            title, facts, pages, box(edge, 164 * u, column, foot),
            box(column + 16 * u, 164 * u, end, foot), chips, u,
        )  # fmt: skip
    middle = 164 * u + 0.4 * (foot - 164 * u)
    return HistoryLayout(
        title, facts, pages, box(edge, middle + 16 * u, end, foot), box(edge, 164 * u, end, middle),
        chips, u,
    )  # fmt: skip


class HistoryScreen(ChipScreen):
    """Draws a player's progress and names what keys and mouse mean there."""

    meanings: ClassVar[Meanings] = {
        "left": "left", "right": "right", "tab": "right", "up": "up", "down": "down",
        "page up": "bar back", "page down": "bar on", "home": "begin", "end": "end", "g": "goal",
        "x": "export", "escape": "back", "return": "back", "h": "back",
        **{str(number): each for number, each in enumerate(CHOOSE[:5], 1)},
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._first, self._count = 0, 0
        self._page_places: list[pygame.Rect] = []

    def draw(self, surface: pygame.Surface, view: HistoryView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        at = history_layout(size)
        self.backdrop.draw(
            surface, 2 * view.age_s, centre_x=size[0] // 2, horizon_y=round(size[1] * 0.7)
        )
        surface.fill((120, 110, 150), special_flags=pygame.BLEND_RGB_MULT)
        self._heading(surface, at, view)
        self._headings(surface, at, view)
        self._lines(surface, at, view)
        self._curve(surface, at, view)
        self._draw_chips(surface, CHIPS, at.chips, 30 * at.unit)

    def _heading(self, surface: pygame.Surface, at: HistoryLayout, view: HistoryView) -> None:
        u, card = at.unit, view.player
        draw_face(self.theme, surface, (at.title.left + 28 * u, at.title.centery), card, u, 27)
        right = at.title.right
        if card.goal:
            draw_goal(
                self.theme, surface, (right - 30 * u, at.title.centery), 29 * u, card.done
            )
            words = box(right - 210 * u, at.title.top, right - 70 * u, at.title.bottom)
            self.theme.write(surface, card.goal, words, Style(17 * u, SOFT, "right", 7))
            right = words.left
        if view.streak:
            words = box(right - 150 * u, at.title.top, right - 14 * u, at.title.bottom)
            told = counted("{n} day in a row", "{n} days in a row", view.streak)
            drawn = self.theme.write(surface, told, words, Style(18 * u, GOLD, "right", 8))
            flame = sign(self.theme, "flame", 30 * u, GOLD)
            put(surface, flame, (drawn.left - 22 * u, at.title.centery))
            right = drawn.left - round(44 * u)
        name = box(at.title.left + 70 * u, at.title.top, right, at.title.bottom)
        style = Style(40 * u, WHITE, "left", 20 * u)
        self.theme.neon(surface, card.name, name, style, PLAYER_COLOURS[card.colour])
        facts = " · ".join(view.facts)
        self.theme.write_parts(surface, facts, at.facts, Style(17 * u, SOFT, "left", 12 * u))

    def _headings(self, surface: pygame.Surface, at: HistoryLayout, view: HistoryView) -> None:
        edges = {view.page: MAGENTA}
        chips = tuple(
            Chip(str(k), page, CHOOSE[k - 1], edge=edges.get(page, dim(VIOLET, 0.8)))
            for k, page in enumerate(view.pages, 1)
        )
        over = self._over.which if self._over and self._over.kind == "choice" else None
        self._page_places = chip_places(self.theme, at.pages, chips, at.pages.height)
        draw_chips(self.theme, surface, chips, self._page_places, over)
        place = self._page_places[view.pages.index(view.page)]
        line = pygame.Rect(place.left, place.bottom + round(2 * at.unit), place.width, 0)
        line.height = max(2, round(3 * at.unit))
        self.theme.pill(surface, line, PLAYER_COLOURS[view.player.colour])

    def _lines(self, surface: pygame.Surface, at: HistoryLayout, view: HistoryView) -> None:
        u = at.unit
        fit = max(1, int((at.lines.height - 16 * u) // (ROW * u)))
        pane = at.lines.copy()
        pane.height = round(16 * u + ROW * u * min(fit, max(3, len(view.lines))))
        self.theme.panel(surface, pane, Glass(18 * u, dim(VIOLET, 0.7), 1.4, 225, INK))
        first = min(max(self._first, view.chosen - fit + 1), view.chosen)
        self._first, self._count = max(0, min(first, len(view.lines) - fit)), len(view.lines)
        draw_scrollbar(surface, pane, (self._first, fit, self._count), u)
        for number in range(self._first, min(self._count, self._first + fit)):
            chosen = number == view.chosen
            self._line(surface, self._row(at, number), view.lines[number], view, chosen, u)
        if not view.lines:
            words = pane.inflate(-round(44 * u), -round(36 * u))
            self.theme.write_lines(surface, view.message, words, Style(19 * u, SOFT))

    def _row(self, at: HistoryLayout, number: int) -> pygame.Rect:
        u = at.unit
        top = at.lines.top + (8 + (number - self._first) * ROW) * u
        return box(at.lines.left + 8 * u, top, at.lines.right - 8 * u, top + (ROW - 4) * u)

    def _line(
        self, surface: pygame.Surface, row: pygame.Rect, line: Line, view: HistoryView,
        chosen: bool, u: float,
    ) -> None:  # fmt: skip
        colour = PLAYER_COLOURS[view.player.colour]
        if chosen:
            shade = mix(NIGHT, colour, 0.25)
            self.theme.panel(surface, row, Glass(12 * u, colour, 1.8, 235, shade))
        inner = row.inflate(-round(28 * u), 0)
        right = box(inner.right - 0.3 * inner.width, row.top, inner.right, row.bottom - 12 * u)
        drawn = self.theme.write(surface, line.told, right, Style(21 * u, WHITE, "right", 8))
        top = box(inner.left, row.top, drawn.left - 12 * u, row.bottom - 12 * u)
        drawn = self.theme.write(surface, line.name, top, Style(19 * u, WHITE, "left", 15 * u))
        rest = top.copy()
        rest.left = drawn.right + round(12 * u)
        rest.width = top.right - rest.left
        if rest.width > 60 * u:
            self.theme.write(surface, line.more, rest, Style(14.5 * u, FAINT, "left", 12 * u))
        bar = box(inner.left, row.bottom - 12 * u, inner.right, row.bottom - 7 * u)
        self.theme.bar(surface, bar, line.share, colour if chosen else dim(colour, 0.7))

    def _curve(self, surface: pygame.Surface, at: HistoryLayout, view: HistoryView) -> None:
        if not view.lines:
            return
        u = at.unit
        self.theme.panel(surface, at.curve, Glass(18 * u, dim(VIOLET, 0.7), 1.4, 225, INK))
        line = view.lines[view.chosen]
        inner = at.curve.inflate(-round(40 * u), -round(32 * u))
        head = box(inner.left, inner.top, inner.right, inner.top + 26 * u)
        unit = f"  ({line.curve.unit})" if line.curve.unit else ""
        self.theme.write(surface, line.curve.title + unit, head, Style(18 * u, SOFT, "left", 9))
        low = box(inner.left, inner.bottom - 24 * u, inner.right, inner.bottom)
        self.theme.write(surface, line.more, low, Style(15 * u, FAINT, "left", 8))
        plot = box(inner.left, head.bottom + 8 * u, inner.right, low.top - 8 * u)
        colour = PLAYER_COLOURS[view.player.colour]
        draw_curve(self.theme, surface, plot, line.curve, colour, u)

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        at = history_layout(size)
        for number, place in enumerate(self._page_places):
            if place.collidepoint(position):
                return Target("choice", number)
        for number in range(self._first, self._count):
            row = self._row(at, number)
            if row.bottom <= at.lines.bottom and row.collidepoint(position):
                return Target("card", number)
        return super()._under(position, size)
