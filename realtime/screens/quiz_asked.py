"""What a quiz asked and what was said: rows, or cards where they are few."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.screens.parts.covers import drawn_square
from kpopdance.realtime.screens.parts.signs import put, sign
from kpopdance.realtime.screens.parts.theme import (
    FAINT,
    MINT,
    RED,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    dim,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.theme import Theme
    from kpopdance.realtime.screens.quiz_view import AskedView

LEAST_ROW, CARD_ROW = 27.0, 76.0
"""Height of a row, design units: the least; from where on a question is drawn as a card."""
COLUMNS: Final = 3
ROOM_FOR_CHOSEN: Final = 240
"""A narrower row, design units, names only the song, not what was taken for it."""
SAID: Final = (255, 150, 158)


def draw_asked(
    theme: Theme,
    surface: pygame.Surface,
    box: pygame.Rect,
    asked: tuple[AskedView, ...],
    u: float,
) -> None:
    """Fill a box with a quiz's questions; painted once."""

    def make() -> pygame.Surface:
        page = pygame.Surface(box.size, pygame.SRCALPHA)
        _painted(theme, page, asked, u)
        return page

    surface.blit(theme.kept(("asked", box.size, asked), make), box)


def _painted(
    theme: Theme, page: pygame.Surface, asked: tuple[AskedView, ...], u: float
) -> None:
    box = page.get_rect()
    theme.panel(page, box, Glass(20 * u, dim(VIOLET, 0.8), 1.5, 196))
    inner = box.inflate(-round(36 * u), -round(24 * u))
    if not asked:
        theme.write(page, _("nothing was asked"), inner, Style(20 * u, SOFT, "centre"))
        return
    room = max(1, int(inner.height // (LEAST_ROW * u)))
    columns = min(COLUMNS, -(-len(asked) // room))
    down = min(room, -(-len(asked) // columns))
    more = len(asked) - columns * down
    shown = asked if more <= 0 else asked[: columns * down - 1]
    high, gap = inner.height / down, 26 * u
    wide = (inner.width + gap) / columns - gap
    for number in range(min(len(asked), columns * down)):
        column, row = divmod(number, down)
        left, top = inner.left + column * (wide + gap), inner.top + row * high
        line = pygame.Rect(round(left), round(top), round(wide), math.floor(high))
        if number < len(shown):
            draw = _card if high > CARD_ROW * u else _row
            draw(theme, page, line, (number, shown[number]), u)
        else:
            words = _("… and {more} more", more=more + 1)
            theme.write(page, words, line, Style(17 * u, SOFT, "centre", 8))


def _card(
    theme: Theme, page: pygame.Surface, row: pygame.Rect, what: tuple[int, AskedView], u: float
) -> None:
    """Draw a question large: cover, title, below it whether it was known."""
    _, asked = what
    card, pad = row.inflate(0, -round(12 * u)), round(14 * u)
    theme.panel(page, card, Glass(16 * u, dim(VIOLET, 0.6), 1.2, 150))
    side = min(card.height - 2 * pad, round(130 * u), card.width // 4)
    square = drawn_square(theme, asked.title, (), side, 12 * u)
    page.blit(square, (card.left + pad, card.centery - side // 2))
    took = pygame.Rect(card.right - pad - round(90 * u), card.top, round(90 * u), card.height)
    _took(theme, page, took, asked, 22 * u)
    px, left = min(29 * u, card.height * 0.32), card.left + side + 2 * pad
    title = pygame.Rect(left, 0, took.left - left - pad, round(px * 1.4))
    title.bottom = card.centery + round(4 * u)
    theme.write(page, asked.title, title, Style(px, WHITE, "left", px * 0.5))
    mark = round(px * 0.7)
    _mark(theme, page, (left + mark / 2, title.bottom + title.height * 0.45), mark, asked)
    said = title.move(round(mark * 1.5), round(title.height * 0.95))
    said.width -= round(mark * 1.5)
    ink, words = (MINT, "right") if asked.right else (SAID, _said(asked))
    theme.write(page, words, said, Style(px * 0.72, ink, "left", px * 0.4))


def _row(
    theme: Theme, page: pygame.Surface, line: pygame.Rect, what: tuple[int, AskedView], u: float
) -> None:
    number, asked = what
    side = min(line.height * 0.62, 24 * u)
    px = min(22 * u, line.height * 0.58)
    count = pygame.Rect(line.left, line.top, round(30 * u), line.height)
    theme.write(page, f"{number + 1}", count, Style(px * 0.72, FAINT, "right", 7))
    _mark(theme, page, (count.right + 10 * u + side / 2, float(line.centery)), side, asked)
    left = round(count.right + side + 20 * u)
    took = pygame.Rect(line.right - round(64 * u), line.top, round(64 * u), line.height)
    _took(theme, page, took, asked, px * 0.78)
    room = pygame.Rect(left, line.top, took.left - left - round(10 * u), line.height)
    title, gap = room.copy(), round(14 * u)
    small = Style(px * 0.78, SAID, "left", px * 0.7)
    alone = asked.right or room.width < ROOM_FOR_CHOSEN * u
    if not alone:
        rest = room.width - gap - theme.width(_said(asked), small.px)
        title.width = max(round(room.width * 0.56), rest)
    drawn = theme.write(page, asked.title, title, Style(px, WHITE, "left", px * 0.7))
    if not alone:
        said = pygame.Rect(drawn.right + gap, line.top, 0, line.height)
        said.width = max(0, room.right - said.left)
        theme.write(page, _said(asked), said, small)


def _mark(
    theme: Theme, page: pygame.Surface, at: tuple[float, float], side: float, asked: AskedView
) -> None:
    mark = sign(theme, "tick", side, MINT) if asked.right else sign(theme, "cross", side, RED)
    put(page, mark, at)


def _took(
    theme: Theme, page: pygame.Surface, box: pygame.Rect, asked: AskedView, px: float
) -> None:
    if math.isfinite(asked.took_s):
        theme.write(page, f"{asked.took_s:.1f} s", box, Style(px, SOFT, "right", 7))


def _said(asked: AskedView) -> str:
    return _("you said {song}", song=asked.chosen) if asked.chosen else _("no answer")
