"""Where a film is looked at so that one dancer fills the picture: near, steady, nothing cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.float64]

CROWN, SOLES, SIDES = 0.20, 0.08, 0.12
"""Of a dancer's height: what there is beyond the joints, and a little air."""
STEADY_S: Final = 1.2
"""The middle is where it is on average for so long: a camera man lets a step pass."""
WIDE_S: Final = 1.5
"""The window is as large as it must be so long before and after."""
NARROWEST, WIDEST = 9 / 16, 1.0
"""Width of a window by its height: a telephone's, and a square."""
LEAST: Final = 0.3
"""Of the film's height: nearer, there is more grain than dancer."""


def closeups(
    joints: NDArray[np.float32], fps: float, size: tuple[int, int]
) -> NDArray[np.float32]:
    """Return the window of each row, float32 (T, 4): left, top, width, height, px of the film.

    All have one shape, and lie inside the film. While the dancer is unseen, it waits on the way to where
    they are seen next.

    Parameters
    ----------
    joints : float32 (T, 18, 3)
        Px of the film.
    fps : float
        Rows a second.
    size : tuple of int
        Width and height of the film, px.
    """
    width, height = size
    low, high = _extent(joints)
    if not len(low):
        return np.tile(np.array([0, 0, width, height], np.float32), (len(joints), 1))
    middle = _averaged((low + high) / 2, STEADY_S * fps)
    reach = np.maximum(high - middle, middle - low)
    reach = _averaged(_widest(reach, WIDE_S * fps), WIDE_S * fps)
    wide, tall = 2 * np.quantile(reach, 0.9, axis=0)
    narrowest, widest = min(NARROWEST, width / height), min(WIDEST, width / min(tall, height))
    shape = float(np.clip(wide / tall, narrowest, max(narrowest, widest)))
    most = min(height, width / shape)
    needed = 2 * np.maximum(reach[:, 1], reach[:, 0] / shape)
    high_px = np.clip(needed, min(LEAST * height, most), most)
    wide_px = shape * high_px
    left = np.clip(middle[:, 0] - wide_px / 2, 0, width - wide_px)
    top = np.clip(middle[:, 1] - high_px / 2, 0, height - high_px)
    return np.stack([left, top, wide_px, high_px], axis=1).astype(np.float32)


def _extent(joints: NDArray[np.float32]) -> tuple[Rows, Rows]:
    """Return the top left and bottom right of a dancer, float64 (T, 2) each, empty if never seen."""
    seen = joints[..., 2:] > 0
    low = np.where(seen, joints[..., :2], np.inf).min(axis=1)
    high = np.where(seen, joints[..., :2], -np.inf).max(axis=1)
    there = np.flatnonzero(seen.any(axis=(1, 2)))
    if not len(there):
        return np.empty((0, 2)), np.empty((0, 2))
    tall = float(np.quantile(high[there, 1] - low[there, 1], 0.9))
    low, high = (_between(edge, there) for edge in (low, high))
    return low - tall * np.array([SIDES, CROWN]), high + tall * np.array([SIDES, SOLES])


def _between(rows: Rows, known: NDArray[np.intp]) -> Rows:
    """Return rows of which only some are known, the others on the way between them."""
    at = np.arange(len(rows))
    return np.stack([np.interp(at, known, column[known]) for column in rows.T], axis=1)


def _around(rows: Rows, count: float) -> Rows:
    """Return each row with its neighbours, (T, 2, odd count); the ends last."""
    half = max(round(count), 1)
    padded = np.pad(rows, ((half, half), (0, 0)), mode="edge")
    return sliding_window_view(padded, 2 * half + 1, axis=0)


def _averaged(rows: Rows, count: float) -> Rows:
    mean: Rows = _around(rows, count).mean(axis=2)
    return mean


def _widest(rows: Rows, count: float) -> Rows:
    most: Rows = _around(rows, count).max(axis=2)
    return most
