"""Every move of a dance as a bar in its place in the song, the song's sections below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.screens.parts.theme import (
    FAINT,
    GOLD,
    GRADE_COLOUR,
    MAGENTA,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    dim,
    mix,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.core.types import Verdict
    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.view import ResultView

UNJUDGED: Final[Colour] = (128, 130, 140)
UNJUDGED_SHARE: Final = 0.30
"""Of the chart's height: the hollow bar of a move that was not judged."""
FOOT: Final = 26.0
"""What the sections' names take, design units."""
BAR: Final = 0.72
"""Of a move's length: the rest is between two bars."""


class MovesChart:
    """Draws the moves of a result, and knows which of them lies under the mouse."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._columns: list[tuple[pygame.Rect, int]] = []

    def forget(self) -> None:
        """Know of no moves until they are drawn."""
        self._columns = []

    def at(self, position: tuple[float, float]) -> int | None:
        """Return which move was drawn at a point; None: none was."""
        return next((n for column, n in self._columns if column.collidepoint(position)), None)

    def draw(
        self, surface: pygame.Surface, room: pygame.Rect, view: ResultView, over: int | None,
        u: float,
    ) -> None:  # fmt: skip
        """Draw them into a room; ``over`` is the move under the mouse."""
        moves = view.report.moves
        if not any(move.judged for move in moves):
            self._theme.write(
                surface, _("nothing was judged"), room, Style(18 * u, SOFT, "centre")
            )
            return
        begin_s, end_s = moves[0].start_s, moves[-1].end_s
        scale = room.width / max(end_s - begin_s, 1e-6)
        foot = round(FOOT * u) if view.report.sections else 0
        bars = pygame.Rect(room.left, room.top, room.width, room.height - foot)

        def span(from_s: float, to_s: float) -> pygame.Rect:
            left = round(room.left + scale * (from_s - begin_s))
            wide = max(1, round(scale * (to_s - from_s)))
            return pygame.Rect(left, bars.top, wide, bars.height)

        if view.chosen is not None:
            lit = span(moves[view.chosen[0]].start_s, moves[view.chosen[1]].end_s)
            lit.width = max(6, lit.width)
            self._theme.panel(surface, lit, Glass(5 * u, WHITE, 2 * u, 70, VIOLET))
        for move in moves:
            column = span(move.start_s, move.end_s)
            self._columns.append((column, move.move))
            self._bar(surface, column, move, lit=move.move == over)
            if move.move == view.report.best:
                self._best(surface, column, move, u)
        below = pygame.Rect(room.left, bars.bottom, room.width, foot)
        self._sections(surface, below, view, span)

    def _bar(
        self, surface: pygame.Surface, column: pygame.Rect, move: Verdict, *, lit: bool
    ) -> None:
        wide = max(1, round(BAR * column.width))
        bar = pygame.Rect(0, 0, wide, max(3, round(column.height * _share(move))))
        bar.midbottom = column.midbottom
        colour = GRADE_COLOUR[move.grade] if move.judged else UNJUDGED
        edge = 0 if move.judged or wide < 4 else 2
        colour = mix(colour, WHITE, 0.6) if lit else colour
        pygame.draw.rect(surface, colour, bar, edge, border_radius=min(wide // 2, 5))

    def _best(
        self, surface: pygame.Surface, column: pygame.Rect, move: Verdict, u: float
    ) -> None:
        """Set a star on the best move."""
        top = column.bottom - column.height * _share(move)
        x, y = column.centerx, max(column.top + 7 * u, top)
        star = self._theme.star(9 * u, WHITE)
        self._theme.shine(surface, (x, y), 26 * u, dim(GOLD, 0.7))
        surface.blit(star, (x - star.get_width() / 2, y - star.get_height() / 2))

    def _sections(
        self, surface: pygame.Surface, below: pygame.Rect, view: ResultView,
        span: Callable[[float, float], pygame.Rect],
    ) -> None:  # fmt: skip
        """Name the sections below their moves, each with its score."""
        theme, scores = self._theme, dict(view.report.sections)
        starts = [*(start_s for _, start_s in view.sections), view.report.moves[-1].end_s]
        for (name, start_s), end_s in zip(view.sections, starts[1:], strict=True):
            along = span(start_s, end_s)
            line = pygame.Rect(along.left, below.top, along.width - 2, below.height).clip(below)
            if name not in scores or line.width < 4:
                continue
            rule = pygame.Rect(line.left, line.top + line.height // 6, line.width, 0)
            rule.height = max(2, line.height // 9)
            theme.pill(surface, rule, mix(dim(MAGENTA, 0.45), MAGENTA, scores[name] / 100))
            words = pygame.Rect(line.left, rule.bottom, line.width, line.bottom - rule.bottom)
            told, px = f"{name} {scores[name]:.0f}", 0.56 * line.height
            if theme.width(told, max(px, theme.least_px)) > words.width:
                told = f"{scores[name]:.0f}"
            theme.write(surface, told, words, Style(px, FAINT, "centre", px))


def _share(move: Verdict) -> float:
    return min(max(move.score, 0.0), 100.0) / 100 if move.judged else UNJUDGED_SHARE
