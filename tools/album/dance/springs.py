"""Inertia: what is moved follows what is wanted of it as a damped spring does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import butter, sosfilt, sosfilt_zi

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE: Final = 120
"""Rows a second in which a dance is computed; a pack has every fourth."""


def sprung(target: NDArray[np.float64], hertz: float) -> NDArray[np.float64]:
    """Return what a spring of so many Hz makes of (N, ...): late, a little beyond at a stop.

    A Butterworth filter of second order is a spring damped to 0.71 of what would be critical.
    """
    spring = butter(2, hertz, fs=RATE, output="sos")
    start = sosfilt_zi(spring)
    start = start.reshape(*start.shape, *([1] * (target.ndim - 1)))
    followed, _ = sosfilt(spring, target, axis=0, zi=start * target[0])
    return np.asarray(followed)


def delay_s(hertz: float) -> float:
    """Return how late slow motion comes out of a spring."""
    return float(np.sqrt(2) / (2 * np.pi * hertz))


def in_good_time(limit: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    """Return (N,) nowhere above ``limit``, sinking so long before its sudden drops."""
    rows = round(seconds * RATE)
    for reduce in (np.min, np.mean):
        padded = np.pad(limit, rows, mode="edge")
        limit = reduce(sliding_window_view(padded, 2 * rows + 1), axis=-1)
    return limit
