"""Where everything is in the pictures of a reel, upright or wide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from kpopdance.realtime.screens.parts.theme import box, is_wide

if TYPE_CHECKING:
    import pygame

SLIM: Final = 0.58
"""A pane is not slimmer: arms held out stay in."""
GAP: Final = 12.0
CARD_HIGH, CARD_WIDE, CARD_MOST = 76.0, 270.0, 1.7
"""A card's height, and the least width for it, card units; the most of these, design units."""


@dataclass(frozen=True, slots=True)
class ReelLayout:
    """Where everything is, px.

    Upright, the last sixth stays free: telephones' programs write over it.
    """

    cover: pygame.Rect
    title: pygame.Rect
    other: pygame.Rect
    artist: pygame.Rect
    you: pygame.Rect
    coach: pygame.Rect
    progress: pygame.Rect
    verdict: pygame.Rect
    why: pygame.Rect
    stars: pygame.Rect
    score: pygame.Rect
    combo: pygame.Rect
    sign: pygame.Rect
    unit: float


class SeveralLayout(NamedTuple):
    """Where several players are, px: a pane and a card for each, the rest below them."""

    panes: tuple[pygame.Rect, ...]
    cards: tuple[pygame.Rect, ...]
    card_unit: float
    progress: pygame.Rect
    line: pygame.Rect


def panes_of(size: tuple[int, int], count: int) -> tuple[pygame.Rect, ...]:
    """Return where so many players are seen: one in the half beside the coach's."""
    return several_layout(size, count).panes if count > 1 else (reel_layout(size).you,)


def several_layout(size: tuple[int, int], count: int) -> SeveralLayout:
    """Return where several are seen beside each other, as large as they can be, all alike."""
    at = reel_layout(size)
    u, wide_picture = at.unit, is_wide(size)
    foot = (1046 if wide_picture else 1602) * u
    line = box(at.you.left, foot - 92 * u, at.coach.right, foot)
    progress = box(line.left, line.top - 20 * u, line.right, line.top - 10 * u)
    room = box(line.left, at.you.top, line.right, progress.top - 18 * u)
    gap = GAP * u

    def shape(columns: int) -> tuple[int, float, float, float]:
        rows = -(-count // columns)
        wide = (room.width - gap * (columns - 1)) / columns
        card = min(wide / CARD_WIDE, CARD_MOST * u) * CARD_HIGH
        high = (room.height - gap * (2 * rows - 1)) / rows - card
        return columns, wide, min(high, wide / SLIM), card

    columns, wide, high, card = max(
        map(shape, range(1, count + 1)), key=lambda each: each[2] * min(each[1], each[2])
    )  # nobody fills more of a pane than a square
    rows = -(-count // columns)
    spare = room.height - rows * (high + card) - gap * (2 * rows - 1)
    panes, cards = [], []
    for k in range(count):
        row, column = divmod(k, columns)
        here = min(
            columns, count - row * columns
        )  # a row that is not full stands in the middle
        x = room.left + (column + (columns - here) / 2) * (wide + gap)
        y = room.top + spare / 2 + row * (high + card + 2 * gap)
        panes.append(box(x, y, x + wide, y + high))
        cards.append(box(x, y + high + gap, x + wide, y + high + gap + card))
    return SeveralLayout(tuple(panes), tuple(cards), card / CARD_HIGH, progress, line)


def reel_layout(size: tuple[int, int]) -> ReelLayout:
    """Return the layout of a reel's pictures."""
    return _wide(size) if is_wide(size) else _tall(size)


def _tall(size: tuple[int, int]) -> ReelLayout:
    width, _height = size
    u = width / 1080
    edge, end, middle = 32 * u, width - 32 * u, width / 2
    top, bottom = 320 * u, 1188 * u
    return ReelLayout(
        cover=box(edge, 124 * u, edge + 164 * u, 288 * u),
        title=box(edge + 192 * u, 118 * u, end, 196 * u),
        other=box(edge + 192 * u, 200 * u, end, 238 * u),
        artist=box(edge + 192 * u, 242 * u, end, 290 * u),
        you=box(edge, top, middle - 8 * u, bottom),
        coach=box(middle + 8 * u, top, end, bottom),
        progress=box(edge, 1206 * u, end, 1216 * u),
        verdict=box(edge, 1240 * u, end, 1382 * u),
        why=box(edge, 1382 * u, end, 1428 * u),
        stars=box(edge, 1490 * u, edge + 300 * u, 1550 * u),
        score=box(edge + 320 * u, 1450 * u, end - 320 * u, 1590 * u),
        combo=box(end - 300 * u, 1456 * u, end, 1596 * u),
        sign=box(edge, 1616 * u, end, 1660 * u),
        unit=u,
    )


def _wide(size: tuple[int, int]) -> ReelLayout:
    width, height = size
    u = height / 1080
    edge, end, middle = 40 * u, width - 40 * u, width / 2
    top, bottom = 156 * u, 872 * u
    return ReelLayout(
        cover=box(edge, 24 * u, edge + 112 * u, 136 * u),
        title=box(edge + 136 * u, 22 * u, width * 0.72, 84 * u),
        other=box(edge + 136 * u, 92 * u, width * 0.30, 130 * u),
        artist=box(edge + 136 * u, 92 * u, width * 0.72, 130 * u),
        you=box(edge, top, middle - 10 * u, bottom),
        coach=box(middle + 10 * u, top, end, bottom),
        progress=box(edge, 888 * u, end, 897 * u),
        verdict=box(edge + 680 * u, 906 * u, end - 480 * u, 1018 * u),
        why=box(edge + 680 * u, 1016 * u, end - 480 * u, 1056 * u),
        stars=box(edge + 360 * u, 950 * u, edge + 650 * u, 1008 * u),
        score=box(edge, 908 * u, edge + 340 * u, 1050 * u),
        combo=box(end - 460 * u, 908 * u, end, 1050 * u),
        sign=box(width * 0.74, 30 * u, end, 76 * u),
        unit=u,
    )
