"""How the camera of a film moves: by the scenery, people left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WIDE_PX: Final = 320
"""Pictures are compared at this width."""
SMALL: Final = (32, 18)
STILL_LEVELS: Final = 1.5  # mean grey levels between two pictures; less is noise
CORNERS: Final = 160
LEAST_CORNERS: Final = 12
QUALITY: Final = 0.01
APART_PX: Final = 7
WITHIN_PX: Final = 1.0  # of where the motion says, else it is something that moves itself
STANDS: Final = np.array([[1, 0, 0], [0, 1, 0]], np.float32)

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, px."""


class Scenery:
    """Takes a film's pictures in order; tells what is behind the people, and how it moved."""

    def __init__(self) -> None:
        self._grey: NDArray[np.uint8] | None = None
        self._people: Sequence[Box] = ()

    def step(
        self, image: NDArray[np.uint8], people: Sequence[Box]
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the picture made small, and how the scenery moved since the one before.

        Parameters
        ----------
        image : uint8 (H, W, 3)
        people : sequence of Box
            Where somebody is: that moves by itself.

        Returns
        -------
        uint8 (18, 32, 3), float32 (2, 3)
            A turn, a zoom and a shift in px of the picture; the identity where nothing tells.
        """
        small = cv2.resize(image, SMALL, interpolation=cv2.INTER_AREA)
        scale = WIDE_PX / image.shape[1]
        size = (WIDE_PX, max(round(image.shape[0] * scale), 8))
        grey = np.asarray(
            cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY),
            np.uint8,
        )  # fmt: skip
        moved = STANDS
        if self._grey is not None and self._grey.shape == grey.shape:
            moved = _moved(self._grey, grey, [*self._people, *people], scale)
        self._grey, self._people = grey, people
        return np.asarray(small, np.uint8), moved


def _moved(
    before: NDArray[np.uint8], now: NDArray[np.uint8], people: Sequence[Box], scale: float
) -> NDArray[np.float32]:
    behind = np.full(before.shape, 255, np.uint8)
    for box in people:
        left, top, right, bottom = (max(round(scale * px), 0) for px in box)
        behind[top:bottom, left:right] = 0
    levels = cv2.absdiff(before, now)[behind > 0]
    if not len(levels) or float(levels.mean()) < STILL_LEVELS:
        return STANDS
    corners = cv2.goodFeaturesToTrack(before, CORNERS, QUALITY, APART_PX, mask=behind)
    if corners is None or len(corners) < LEAST_CORNERS:
        return STANDS
    found, there, _ = cv2.calcOpticalFlowPyrLK(before, now, corners, corners.copy())
    held = there.ravel() > 0
    if held.sum() < LEAST_CORNERS:
        return STANDS
    motion, fits = cv2.estimateAffinePartial2D(
        corners[held], found[held], method=cv2.RANSAC, ransacReprojThreshold=WITHIN_PX
    )
    if motion is None or fits.sum() < max(LEAST_CORNERS, held.sum() / 3):
        return STANDS
    told = np.array(motion, np.float32)
    told[:, 2] /= scale
    return told
