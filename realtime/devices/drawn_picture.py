"""Takes pictures of drawn people in a plain room, as a camera would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from kpopdance.realtime.devices.drawn_brush import Brush
from kpopdance.realtime.devices.drawn_person import REACH, body_px, draw_dancer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.devices.drawn_brush import Image
    from kpopdance.realtime.devices.drawn_person import Outfit

    Box = tuple[slice, slice]
    """Rows and columns."""

WALL: Final = (104, 110, 92)
FLOOR: Final = (104, 128, 150)
NOISE_STEPS: Final = 4


class DrawnRoom:
    """A plain room with a camera: takes pictures of drawn dancers.

    Parameters
    ----------
    picture : (int, int)
        Height and width, px.
    seed : int
        Of the sensor noise and the wall's unevenness.
    """

    def __init__(self, picture: tuple[int, int] = (480, 640), seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.picture = picture
        self._room = _room(picture, rng)
        shape = (*picture, 3)
        noise = [rng.normal(0, 2.4, shape) for _ in range(NOISE_STEPS)]
        self._brighter = [np.maximum(n, 0).round().astype(np.uint8) for n in noise]
        self._darker = [np.maximum(-n, 0).round().astype(np.uint8) for n in noise]
        whole = (slice(None), slice(None))
        self._empty = [self._filmed(self._room, whole, step) for step in range(NOISE_STEPS)]

    def take(
        self,
        people: Sequence[tuple[NDArray[np.float32], Outfit]],
        index: int = 0,
        size_px: float | None = None,
    ) -> Image:
        """Return uint8 (H, W, 3) BGR of the room with everybody in it, back to front.

        Parameters
        ----------
        people : sequence of (float32 (18, 3) px, Outfit)
            Nobody gives the empty room; people with unseen joints are left out.
        index : int
            The picture's number; chooses the noise.
        size_px : float, optional
            Crown to sole; measured from each body if left out.
        """
        canvas = self._room.copy()
        whole = [(j, outfit) for j, outfit in people if np.isfinite(j[:, :2]).all()]
        whole.sort(key=lambda one: float(one[0][[10, 13], 1].max()))
        for joints, _ in whole:
            _floor_shadow(canvas, joints, size_px or body_px(joints))
        for joints, outfit in whole:
            draw_dancer(joints, canvas, outfit, size_px)
        step = index % NOISE_STEPS
        picture = self._empty[step].copy()
        box = _around([(j, size_px or body_px(j)) for j, _ in whole], self.picture)
        if picture[box].size:
            picture[box] = self._filmed(canvas, box, step)
        return picture

    def _filmed(self, canvas: Image, box: Box, step: int) -> Image:
        """Return a part of a drawn picture as a camera sees it: a little soft, with noise."""
        soft = cv2.GaussianBlur(canvas[box], (3, 3), 0.6)
        cv2.add(soft, self._brighter[step][box], dst=soft)
        cv2.subtract(soft, self._darker[step][box], dst=soft)
        return np.asarray(soft, dtype=np.uint8)


def _around(
    people: Sequence[tuple[NDArray[np.float32], float]], picture: tuple[int, int]
) -> Box:
    """Return the part of a picture (height, width) in which people of some px may be drawn."""
    low, high = np.full(2, np.inf), np.zeros(2)
    for joints, size_px in people:
        reach = REACH * size_px + 12
        low = np.minimum(low, joints[:, :2].min(axis=0) - reach)
        high = np.maximum(high, joints[:, :2].max(axis=0) + reach)
    left, top = np.clip(low, 0, picture[::-1]).astype(int).tolist()
    right, bottom = np.clip(high, 0, picture[::-1]).astype(int).tolist()
    return slice(top, bottom), slice(left, right)


def _floor_shadow(canvas: Image, joints: NDArray[np.float32], size_px: float) -> None:
    """Darken the floor under both feet."""
    brush = Brush(canvas, size_px)
    right, left = (complex(x, y) for x, y in joints[[10, 13], :2].tolist())
    floor = 1j * (max(right.imag, left.imag) + 0.035 * size_px)
    wide = 0.1 + abs((right - left).real) / size_px / 2
    brush.polygon(brush.ring((right + left).real / 2 + floor, (wide, 0.026), 1j), 0.3)
    for foot in (right, left):
        brush.polygon(brush.ring(foot.real + floor, (0.05, 0.014), 1j), 0.3)
    brush.paint()


def _room(picture: tuple[int, int], rng: np.random.Generator) -> Image:
    """Return wall, skirting and floor with the light falling off to the sides."""
    height, width = picture
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    horizon = int(height * 0.8)
    room = np.empty((height, width, 3))
    room[:horizon] = WALL
    room[horizon:] = FLOOR
    board = horizon - round(height * 0.022)
    room[board:horizon] = (196, 194, 190)
    room[board - 1] = room[horizon] = (90, 88, 86)
    falling = 1.08 - 0.3 * np.hypot(x / width - 0.42, (y / height - 0.35) * 0.8)
    uneven = cv2.resize(
        rng.normal(0, 1.6, (9, 12)), (width, height), interpolation=cv2.INTER_CUBIC
    )
    bright = room * falling[..., None] + np.asarray(uneven)[..., None]
    return np.asarray(np.clip(bright, 0, 255), dtype=np.uint8)
