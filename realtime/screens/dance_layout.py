"""Where everything is on the dance page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.screens.parts.theme import box, is_wide, scale_of

if TYPE_CHECKING:
    import pygame

LOOK_AHEAD_S: Final = 4.0
"""How long before it is due a pictogram enters the lane."""


@dataclass(frozen=True, slots=True)
class DanceLayout:
    """Where everything is, px; all but ``middle`` keep clear of each other."""

    title: pygame.Rect
    clock: pygame.Rect
    progress: pygame.Rect
    score: pygame.Rect
    verdict: pygame.Rect
    camera: pygame.Rect
    coach: pygame.Rect
    lane: pygame.Rect
    keys: pygame.Rect
    status: pygame.Rect
    banner: pygame.Rect
    middle: pygame.Rect
    unit: float

    @property
    def now_x(self) -> int:
        """Where in the lane a pose is due now."""
        return round(self.lane.left + self.lane.height * 0.72)

    def lane_x(self, ahead_s: float) -> float:
        """Return where in the lane a pose stands that is due in some seconds."""
        way = self.lane.right - self.now_x + self.lane.height * 0.5
        return self.now_x + way * ahead_s / LOOK_AHEAD_S


@lru_cache(maxsize=4)
def dance_layout(size: tuple[int, int], banner_px: int = 0) -> DanceLayout:
    """Return the layout of a window, side by side or stacked; the rest makes room for a banner."""
    return _wide(size, banner_px) if is_wide(size) else _tall(size, banner_px)


def _wide(size: tuple[int, int], banner_px: int) -> DanceLayout:
    (width, height), u = size, scale_of(size)
    top = 98 * u + banner_px

    edge, foot = 32 * u, height - 20 * u
    column = edge + 0.325 * width
    lane_top = foot - 152 * u
    camera_high = min(0.75 * (column - edge), lane_top - 70 * u - top)
    camera_top = foot - 52 * u - camera_high
    return DanceLayout(
        title=box(edge, 22 * u, width - 190 * u, 66 * u),
        clock=box(width - 180 * u, 22 * u, width - edge, 66 * u),
        progress=box(edge, 76 * u, width - edge, 82 * u),
        score=box(edge, top, column, top + (camera_top - top) * 0.50),
        verdict=box(edge, top + (camera_top - top) * 0.52, column, camera_top - 10 * u),
        camera=box(edge, camera_top, column, foot - 52 * u),
        coach=box(column + 16 * u, top - 6 * u, width - 16 * u, lane_top - 8 * u),
        lane=box(column + 28 * u, lane_top, width - edge, lane_top + 100 * u),
        keys=box(edge, foot - 30 * u, width * 0.55, foot - 2 * u),
        status=box(width * 0.56, foot - 30 * u, width - edge, foot - 2 * u),
        banner=box(edge, 90 * u, width - edge, 90 * u + banner_px),
        middle=box(width * 0.19, height * 0.26, width * 0.81, height * 0.74),
        unit=u,
    )


def _tall(size: tuple[int, int], banner_px: int) -> DanceLayout:
    (width, height), u = size, scale_of(size)

    edge, foot = 28 * u, height - 16 * u
    camera_top = height - 420 * u
    lane_top = camera_top - 260 * u
    return DanceLayout(
        title=box(edge, 22 * u, width - 190 * u, 66 * u),
        clock=box(width - 180 * u, 22 * u, width - edge, 66 * u),
        progress=box(edge, 76 * u, width - edge, 82 * u),
        coach=box(0, 92 * u + banner_px, width, lane_top - 6 * u),
        lane=box(edge, lane_top, width - edge, lane_top + 104 * u),
        score=box(edge, lane_top + 118 * u, edge + 300 * u, camera_top - 12 * u),
        verdict=box(edge + 310 * u, lane_top + 118 * u, width - edge, camera_top - 12 * u),
        camera=box(edge, camera_top, width - edge, foot - 70 * u),
        keys=box(edge, foot - 60 * u, width - edge, foot - 32 * u),
        status=box(edge, foot - 26 * u, width - edge, foot),
        banner=box(edge, 90 * u, width - edge, 90 * u + banner_px),
        middle=box(width * 0.05, height * 0.30, width * 0.95, height * 0.70),
        unit=u,
    )
