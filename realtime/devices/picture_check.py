"""What a camera's pictures look like as pictures: black, frozen, dark, or as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.health import Cause

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVERY_S: Final = 0.2  # between two looks
SAMPLES: Final = 160  # points across a picture and down it, at most
EMPTY_S: Final = 1.0  # of one colour for so long: no flash, no hand before the lens
FROZEN_S: Final = 2.5  # no sensor sends the same noise twice
PLAIN: Final = 2.0  # standard deviation of a picture that shows nothing, of 255
NIGHT: Final = (12.0, 4.0)  # brightness and deviation of a covered lens: its sensor hums
DARK: Final = 28.0  # mean brightness, of 255, below which the networks begin to see nobody


class PictureCheck:
    """Looks at a few points of a picture now and then; ``cause`` is what they say."""

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._looked_s = -np.inf
        self._plain_s = self._same_s = self._dark_s = np.inf
        self.cause = Cause.WELL

    def see(self, image: NDArray[np.uint8], at_s: float) -> None:
        """Look at a picture uint8 (H, W, 3), if it is time to."""
        if at_s - self._looked_s < EVERY_S:
            return
        self._looked_s = at_s
        high, wide = image.shape[:2]
        points = image[:: max(1, high // SAMPLES), :: max(1, wide // SAMPLES)].copy()
        same = self._before is not None and np.array_equal(points, self._before)
        self._before = points
        few = points[::2, ::2].astype(np.float32)
        bright, spread = float(few.mean()), float(few.std(axis=(0, 1)).max())
        plain = spread < PLAIN or (bright < NIGHT[0] and spread < NIGHT[1])
        self._plain_s = _since(self._plain_s, at_s, plain)
        self._same_s = _since(self._same_s, at_s, same)
        self._dark_s = _since(self._dark_s, at_s, bright < DARK)
        self.cause = self._said(at_s)

    def _said(self, at_s: float) -> Cause:
        if at_s - self._plain_s >= EMPTY_S:
            return Cause.BLACK
        if at_s - self._same_s >= FROZEN_S:
            return Cause.FROZEN
        if at_s - self._dark_s >= EMPTY_S:
            return Cause.TOO_DARK
        return Cause.WELL


def _since(began_s: float, at_s: float, holds: bool) -> float:
    """Return since when something holds, infinite while it does not."""
    return min(began_s, at_s) if holds else np.inf
