"""A clip of the quiz: coloured skeletons or point lights on black, or a masked video's picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from realtime.screens.figure import standing_height
from realtime.screens.signs import put
from realtime.screens.skeleton import draw_bones, draw_lights, visible

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from realtime.pure.quiz_view import QuizView

OTHERS: Final = 0.36
"""Light of the dancers who are not asked for."""


class Clip:
    """Draws a clip's dancers, who stay as large as they are, or a masked video's picture."""

    def __init__(self) -> None:
        self._tall: dict[int, float] = {}
        self._measured_for: tuple[object, ...] = ()
        self._source: NDArray[np.uint8] | None = None
        self._shown = pygame.Surface((1, 1))

    def dancers(self, surface: pygame.Surface, room: pygame.Rect, view: QuizView) -> None:
        """Draw the dancers in a room that the whole clip fits."""
        assert view.joints is not None
        placed = placed_in(room, view.joints, view.stature)
        count = len(placed)
        if not count:
            return
        if self._measured_for != (view.stature, room.size, count):
            self._tall, self._measured_for = {}, (view.stature, room.size, count)
        lead = min(max(view.lead, 0), count - 1)
        paint = draw_lights if view.figure == "points" else draw_bones
        for member in sorted(range(count), key=lambda k: k == lead):
            tall = self._height(member, placed[member], room)
            paint(surface, placed[member], tall, 1.0 if member == lead else OTHERS)

    def _height(self, member: int, joints: NDArray[np.float32], room: pygame.Rect) -> float:
        """Return the most a dancer measured so far: who crouches is drawn as thick as before."""
        now = min(standing_height(joints), 1.1 * room.height)
        most = self._tall[member] = max(self._tall.get(member, 0.0), now)
        return most or 0.5 * room.height

    def picture(
        self, surface: pygame.Surface, room: pygame.Rect, picture: NDArray[np.uint8]
    ) -> None:
        """Draw uint8 (H, W, 3) RGB as large as fits, in the middle of a room."""
        if picture.ndim != 3 or not picture.size:
            return
        high, wide = picture.shape[:2]
        share = min(room.width / wide, room.height / high)
        size = (max(1, round(wide * share)), max(1, round(high * share)))
        if picture is not self._source or self._shown.get_size() != size:
            fewer = max(1, int(1 / share))  # rows that scaling would only average away
            rows = np.ascontiguousarray(picture[::fewer])
            whole = pygame.image.frombuffer(rows.data, (wide, len(rows)), "RGB")
            self._source, self._shown = picture, pygame.transform.smoothscale(whole, size)
        put(surface, self._shown, room.center)


def placed_in(
    room: pygame.Rect, joints: NDArray[np.float32], stature: tuple[float, float, float, float]
) -> NDArray[np.float32]:
    """Return joints (M, 18, 3) in px of a room for a clip of a stature.

    What lies nowhere becomes unseen; a stature without size is measured from the joints.
    """
    placed = np.array(joints, np.float32).reshape(-1, 18, 3)
    seen = visible(placed)
    placed[~seen] = (np.nan, np.nan, 0)
    left, top, right, bottom = stature
    if not np.isfinite(stature).all() or right <= left or bottom <= top:
        if not seen.any():
            return placed
        left, top = placed[seen][:, :2].min(axis=0).tolist()
        right, bottom = placed[seen][:, :2].max(axis=0).tolist()
    wide, high = max(right - left, 1e-6), max(bottom - top, 1e-6)
    scale = min(room.width / wide, room.height / high)
    placed[..., 0] = (placed[..., 0] - (left + right) / 2) * scale + room.centerx
    placed[..., 1] = (placed[..., 1] - (top + bottom) / 2) * scale + room.centery
    return placed
