"""A clip of the quiz: coloured skeletons or point lights on black, or a masked video's picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.realtime.screens.parts.figure import standing_height
from kpopdance.realtime.screens.parts.signs import put
from kpopdance.realtime.screens.parts.skeleton import draw_bones, draw_lights, visible

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.screens.quiz_view import QuizView

OTHERS: Final = 0.44
"""Light of the dancers who are not asked for."""

FINE: Final = 2
"""Skeletons are drawn so many times as large, then made small."""
MOST_FINE: Final = 2_400_000
"""Larger ones, px, are drawn as they are: on a large screen steps are small."""


class ClipFigures:
    """Draws a clip's dancers, who stay as large as they are, or a masked video's picture."""

    def __init__(self) -> None:
        self._tall: dict[int, float] = {}
        self._measured_for: tuple[object, ...] = ()
        self._layer = pygame.Surface((1, 1))
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
        order = sorted(range(count), key=lambda member: member == lead)
        talls = [self._height(member, placed[member], room) for member in range(count)]
        shares = [1.0 if member == lead else OTHERS for member in range(count)]
        if view.figure == "points":
            for member in order:
                draw_lights(surface, placed[member], talls[member], shares[member])
            return
        self._bones(surface, [(placed[k], talls[k], shares[k]) for k in order])

    def _bones(
        self, surface: pygame.Surface, people: list[tuple[NDArray[np.float32], float, float]]
    ) -> None:
        """Draw people twice as large, then make them small: lines are smooth, on black."""
        box = _around(people).clip(surface.get_clip())
        fine = FINE if box.width * box.height * FINE**2 <= MOST_FINE else 1
        if box.width < 2 or box.height < 2:
            return
        size = (box.width * fine, box.height * fine)
        if self._layer.get_width() < size[0] or self._layer.get_height() < size[1]:
            self._layer = pygame.Surface(size)
        page = self._layer.subsurface((0, 0, *size))
        page.fill((0, 0, 0))
        for joints, tall, share in people:
            large = joints.copy()
            large[:, :2] = (joints[:, :2] + 0.5 - box.topleft) * fine - 0.5
            draw_bones(page, large, tall * fine, share)
        surface.blit(pygame.transform.smoothscale(page, box.size) if fine > 1 else page, box)

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


def _around(people: list[tuple[NDArray[np.float32], float, float]]) -> pygame.Rect:
    """Return the rectangle that holds people (joints, height, light) with their strokes."""
    xy = np.concatenate([joints[visible(joints)][:, :2] for joints, _, _ in people])
    if not len(xy):
        return pygame.Rect(0, 0, 0, 0)
    reach = 3 + 0.03 * max(tall for _, tall, _ in people)
    left, top = np.clip(xy.min(axis=0) - reach, -3e4, 3e4).tolist()
    right, bottom = np.clip(xy.max(axis=0) + reach, -3e4, 3e4).tolist()
    return pygame.Rect(int(left), int(top), int(right - left) + 1, int(bottom - top) + 1)


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
