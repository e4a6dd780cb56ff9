"""Where everything is on the stage of a group."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kpopdance.realtime.screens.dance_layout import dance_layout
from kpopdance.realtime.screens.parts.theme import box, is_wide

if TYPE_CHECKING:
    import pygame

    from kpopdance.realtime.screens.dance_layout import DanceLayout


class GroupLayout(NamedTuple):
    """Where everything is, px: as for one dancer, a card for each, and a line for the ``team``."""

    dance: DanceLayout
    cards: tuple[pygame.Rect, ...]
    team: pygame.Rect


@lru_cache(maxsize=8)
def group_layout(size: tuple[int, int], count: int, banner_px: int = 0) -> GroupLayout:
    """Return the layout for so many dancers: cards over the mirror, beside the stage or below it."""
    at = dance_layout(size, banner_px)
    u, wide = at.unit, is_wide(size)
    if wide:
        left, right = at.title.left, round(at.title.left + 0.42 * size[0])
        top, foot = 98 * u + banner_px, at.camera.bottom
        lane = box(right + 28 * u, at.lane.top, at.lane.right, at.lane.bottom)
        coach = box(right + 16 * u, at.coach.top, at.coach.right, at.coach.bottom)
    else:
        left, right = at.lane.left, at.lane.right
        top, foot = at.lane.bottom + 12 * u, at.camera.bottom
        lane, coach = at.lane, at.coach
    columns = 2 if count > 1 else 1
    rows = math.ceil(count / columns)
    high, gap = (64 if rows > 2 else 76) * u, 8 * u
    across = (right - left - gap * (columns - 1)) / columns
    cards = tuple(
        box(
            left + (number % columns) * (across + gap),
            top + (number // columns) * (high + gap),
            left + (number % columns) * (across + gap) + across,
            top + (number // columns) * (high + gap) + high,
        )
        for number in range(count)
    )
    below = cards[-1].bottom if cards else top
    team = box(left, below + 4 * u, right, below + 30 * u)
    camera = box(left, team.bottom + 4 * u, right, foot)
    return GroupLayout(replace(at, camera=camera, coach=coach, lane=lane), cards, team)
