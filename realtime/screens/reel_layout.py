"""Where everything is in the pictures of a reel, upright or wide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.screens.parts.theme import box, is_wide

if TYPE_CHECKING:
    import pygame

DANCER: Final = 0.7
"""Width by height of the room that somebody dances in."""
GAP: Final = 12.0


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


def half_of(size: tuple[int, int]) -> tuple[int, int]:
    """Return width and height of a half, px."""
    return reel_layout(size).you.size


def panes_of(size: tuple[int, int], count: int) -> tuple[pygame.Rect, ...]:
    """Return where so many players are seen in the coach's half: as large as they can be."""
    at = reel_layout(size)
    half, gap = at.coach, GAP * at.unit

    def shape(columns: int) -> tuple[int, float, float]:
        rows = -(-count // columns)
        wide = (half.width - gap * (columns - 1)) / columns
        return columns, wide, (half.height - gap * (rows - 1)) / rows

    columns, wide, high = max(
        map(shape, range(1, count + 1)),
        key=lambda each: min(each[1] / DANCER, each[2]),
        default=(1, 0.0, 0.0),
    )
    out = []
    for k in range(count):
        row, column = divmod(k, columns)
        here = min(
            columns, count - row * columns
        )  # a row that is not full stands in the middle
        x = half.left + (column + (columns - here) / 2) * (wide + gap)
        y = half.top + row * (high + gap)
        out.append(box(x, y, x + wide, y + high))
    return tuple(out)


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
