"""Where everything is on the result page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pygame

from kpopdance.realtime.screens.parts.theme import box, is_wide, scale_of

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class ResultLayout:
    """Where everything is, px; nothing overlaps."""

    title: pygame.Rect
    hero: pygame.Rect
    grades: pygame.Rect
    moves: pygame.Rect
    side: pygame.Rect
    limbs: pygame.Rect
    advice: pygame.Rect
    keys: pygame.Rect
    status: pygame.Rect
    unit: float


def result_layout(size: tuple[int, int]) -> ResultLayout:
    """Return the layout of a window, side by side or stacked."""
    (width, height), u = size, scale_of(size)
    gap, foot = 16 * u, height - 20 * u
    if not is_wide(size):
        edge, end = 28 * u, width - 28 * u
        split, low = edge + 0.6 * (end - edge), foot - 74 * u
        middle = 660 * u + (low - 660 * u) * 0.58
        return ResultLayout(
            title=box(edge, 22 * u, end, 72 * u),
            hero=box(edge, 84 * u, end, 390 * u),
            grades=box(edge, 404 * u, end, 474 * u),
            moves=box(edge, 490 * u, end, 644 * u),
            side=box(edge, 660 * u, split - gap / 2, middle),
            limbs=box(split + gap / 2, 660 * u, end, middle),
            advice=box(edge, middle + gap, end, low),
            keys=box(edge, foot - 62 * u, end, foot - 34 * u),
            status=box(edge, foot - 28 * u, end, foot),
            unit=u,
        )
    edge, end, low = 40 * u, width - 40 * u, foot - 46 * u
    column = edge + 0.33 * (width - 80 * u)
    right = column + gap
    split = 92 * u + (low - 92 * u) * 0.45
    first, second = right + 0.44 * (end - right), right + 0.64 * (end - right)
    return ResultLayout(
        title=box(edge, 24 * u, end, 76 * u),
        hero=box(edge, 92 * u, column, low),
        grades=box(right, 92 * u, end, 160 * u),
        moves=box(right, 160 * u + gap, end, split),
        side=box(right, split + gap, first - gap / 2, low),
        limbs=box(first + gap / 2, split + gap, second - gap / 2, low),
        advice=box(second + gap / 2, split + gap, end, low),
        keys=box(edge, foot - 30 * u, width * 0.62, foot - 2 * u),
        status=box(width * 0.63, foot - 30 * u, end, foot - 2 * u),
        unit=u,
    )


def hero_rows(at: ResultLayout) -> list[pygame.Rect]:
    """Return where stars, score, record and facts are."""
    inner = at.hero.inflate(-round(40 * at.unit), -round(28 * at.unit))
    return rows_of(inner, (0.22, 0.36, 0.11, 0.31))


def unsaved_layout(at: ResultLayout) -> tuple[pygame.Rect, pygame.Rect]:
    """Return where it says what is not saved, and its button: in the place of the facts."""
    words, _, pressed = rows_of(hero_rows(at)[3], (0.52, 0.06, 0.42))
    return words, pressed.inflate(-round(0.2 * pressed.width), 0)


def rows_of(box: pygame.Rect, shares: Sequence[float]) -> list[pygame.Rect]:
    """Return rectangles stacked in a box with shares of its height."""
    rows, top = [], float(box.top)
    for share in shares:
        bottom = top + box.height * share
        rows.append(pygame.Rect(box.left, round(top), box.width, round(bottom) - round(top)))
        top = bottom
    return rows
