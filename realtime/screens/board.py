"""A group's board: the ranking of a song, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.chip_screen import ChipScreen
from kpopdance.realtime.screens.parts.chips import Chip
from kpopdance.realtime.screens.parts.curve import draw_scrollbar
from kpopdance.realtime.screens.parts.heading import draw_title
from kpopdance.realtime.screens.parts.notices import draw_notices
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    INK,
    MAGENTA,
    NIGHT,
    RED,
    SOFT,
    STAR_EMPTY,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    drawable,
    mix,
    scale_of,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.board_view import BoardLine, BoardView
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Colour
    from kpopdance.realtime.screens.screen import Meanings, Place

TITLE: Final = (N_("Group"), N_("board"))
ROW, GAP = 62.0, 8.0
"""Of a line, design units."""
WIDEST: Final = 900.0
MEDALS: Final[dict[int, Colour]] = {1: GOLD, 2: (206, 214, 236), 3: (222, 150, 92)}


class BoardScreen(ChipScreen):
    """Draws a board and names what keys and mouse mean on it."""

    meanings: ClassVar[Meanings] = {
        "up": "up", "down": "down", "left": "left", "right": "right", "home": "begin",
        "end": "end", "return": "play", "r": "again", "escape": "back",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._first, self._count = 0, 0

    def draw(self, surface: pygame.Surface, view: BoardView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        self.theme.fit(size)
        (width, height), u = size, scale_of(size)
        horizon = round(height * 0.7)
        self.backdrop.draw(surface, 2 * view.age_s, centre_x=width // 2, horizon_y=horizon)
        surface.fill((120, 110, 150), special_flags=pygame.BLEND_RGB_MULT)
        draw_title(self.theme, surface, box(44 * u, 22 * u, width - 44 * u, 84 * u), TITLE, u)
        pane = self._pane(size)
        self._song(surface, pane, view, u)
        self._lines(surface, size, view, u)
        told = (view.notice,) if view.notice else ()
        banner = box(width - 620 * u, 22 * u, width - 44 * u, 66 * u)
        draw_notices(self.theme, surface, banner, told, u)
        small = box(44 * u, height - 34 * u, width - 44 * u, height - 10 * u)
        self.theme.write(surface, view.status, small, Style(14 * u, SOFT, "left", 9))
        foot = box(44 * u, pane.bottom + 12 * u, width - 44 * u, small.top - 4 * u)
        self._draw_chips(surface, _chips(view), foot, 30 * u)

    def _pane(self, size: tuple[int, int]) -> pygame.Rect:
        """Return where the lines are, below the song's title."""
        (width, height), u = size, scale_of(size)
        half = min(WIDEST * u, width - 88 * u) / 2
        return box(width / 2 - half, 152 * u, width / 2 + half, height - 128 * u)

    def _song(
        self, surface: pygame.Surface, pane: pygame.Rect, view: BoardView, u: float
    ) -> None:
        head = box(pane.left, pane.top - 50 * u, pane.right, pane.top - 8 * u)
        if view.of > 1:
            words = f"{view.which} / {view.of}"
            drawn = self.theme.write(surface, words, head, Style(18 * u, FAINT, "right", 9))
            head.width = max(0, drawn.left - round(12 * u) - head.left)
        drawn = self.theme.write(surface, view.title, head, Style(30 * u, WHITE, "left", 12))
        head.left, head.width = (
            drawn.right + round(14 * u),
            max(0, head.right - drawn.right - round(14 * u)),
        )
        self.theme.write(surface, view.terms, head, Style(18 * u, CYAN, "left", 8))

    def _lines(
        self, surface: pygame.Surface, size: tuple[int, int], view: BoardView, u: float
    ) -> None:
        pane = self._pane(size)
        self._count = len(view.lines)
        if not view.lines:
            glass = Glass(24 * u, VIOLET, 2.0, 214, NIGHT)
            style, edge = Style(22 * u, SOFT), round(30 * u)
            lines = self.theme.wrapped(view.message, style.px, pane.width - 2 * edge)
            high = min(round(len(lines) * 1.38 * style.px) + 2 * edge, pane.height)
            empty = pygame.Rect(pane.left, pane.top, pane.width, high)
            self.theme.panel(surface, empty, glass)
            words = empty.inflate(-2 * edge, -2 * edge + round(style.px))
            self.theme.write_lines(surface, view.message, words, style)
            return
        fit = max(1, int((pane.height + GAP * u) // ((ROW + GAP) * u)))
        first = min(max(self._first, view.chosen - fit + 1), view.chosen)
        self._first = max(0, min(first, self._count - fit))
        draw_scrollbar(surface, pane, (self._first, fit, self._count), u)
        for number in range(self._first, min(self._count, self._first + fit)):
            chosen = number == view.chosen
            self._line(surface, self._row(size, number), view.lines[number], chosen, u)

    def _row(self, size: tuple[int, int], number: int) -> pygame.Rect:
        pane, u = self._pane(size), scale_of(size)
        top = pane.top + (number - self._first) * (ROW + GAP) * u
        return box(pane.left, top, pane.right, top + ROW * u)

    def _line(
        self, surface: pygame.Surface, row: pygame.Rect, line: BoardLine, chosen: bool, u: float
    ) -> None:
        ink = MEDALS.get(line.place, SOFT) if line.place else RED
        edge, shade = (MAGENTA, mix(NIGHT, MAGENTA, 0.2)) if chosen else (dim(VIOLET, 0.7), INK)
        glass = Glass(16 * u, edge, 2.4 * u if chosen else 1.2, 225, shade)
        self.theme.panel(surface, row, glass)
        place = box(row.left + 14 * u, row.top, row.left + 66 * u, row.bottom)
        mark = str(line.place) if line.place else "×"
        self.theme.write(surface, mark, place, Style(28 * u, ink, "centre", 10))
        rest = box(
            place.right + 12 * u, row.top + 6 * u, row.right - 18 * u, row.bottom - 6 * u
        )
        if not line.place:
            self._refused(surface, rest, line, u)
            return
        score = self.theme.write(
            surface, f"{line.score:.1f}", rest, Style(30 * u, WHITE, "right", 1)
        )
        stars = box(score.left - 170 * u, row.top, score.left - 20 * u, row.bottom)
        for number in range(5):
            star = self.theme.star(11 * u, GOLD if number < line.stars else STAR_EMPTY)
            x = stars.left + (number + 0.5) * stars.width / 5
            surface.blit(star, star.get_rect(center=(round(x), stars.centery)))
        rest.width = max(0, stars.left - rest.left - round(10 * u))
        name = self.theme.write(surface, line.name, rest, Style(24 * u, WHITE, "left", 10))
        rest.left, rest.width = (
            name.right + round(14 * u),
            max(0, rest.right - name.right - round(14 * u)),
        )
        self.theme.write(surface, line.told, rest, Style(15 * u, FAINT, "left", 7))

    def _refused(
        self, surface: pygame.Surface, room: pygame.Rect, line: BoardLine, u: float
    ) -> None:
        """Write which file does not count, and why."""
        name = box(room.left, room.top, room.right, room.top + 20 * u)
        self.theme.write(surface, line.name, name, Style(15 * u, FAINT, "left", 8))
        why = box(room.left, name.bottom, room.right, room.bottom)
        self.theme.write(surface, line.told, why, Style(18 * u, WHITE, "left", 8))

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        pane = self._pane(size)
        for number in range(self._first, self._count):
            row = self._row(size, number)
            if row.bottom <= pane.bottom + 1 and row.collidepoint(position):
                return Target("card", number)
        return super()._under(position, size)


def _chips(view: BoardView) -> tuple[Chip, ...]:
    """Return the keys; lit are those that mean something now."""
    ranked = any(line.place for line in view.lines)
    return (
        Chip("↑ ↓", "choose", "down", ready=len(view.lines) > 1),
        Chip("← →", "song", "right", ready=view.of > 1),
        Chip("Enter", "dance beside it", "play", ready=ranked),
        Chip("R", "read again", "again"), Chip("Esc", "songs", "back"),
    )  # fmt: skip


NO_FOLDER: Final = N_(
    "A board is a folder that your group shares by any program that keeps folders alike. Drop that "
    "folder here. On the result page, C puts a dance of yours on it."
)
NO_DANCES: Final = N_("No dances yet. On the result page, C puts a dance of yours here.")
READING: Final = N_("The dances are judged again ...")
"""What stands where there is no line."""


def nothing_words(*, folder: bool, reading: bool) -> str:
    """Return what stands where there is no line."""
    if not folder:
        return _(NO_FOLDER)
    return _(READING) if reading else _(NO_DANCES)
