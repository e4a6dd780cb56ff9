"""How late a dance is: the lag of an alignment, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.scoring.features import FEATURE_FPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAND_ROWS: Final = 10
"""A third of a second: farther than the lag that earns nothing, else points leak at the rim."""
NEAR_ROWS: Final = 2  # a path's median hops between rows; the mean cost of the window does not


def lag_of(
    costs: NDArray[np.float32],
    path: NDArray[np.intp],
    weight: NDArray[np.float32],
    enough: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the lag (N,) in s, positive = late: near the path's weighted median, the best constant one.

    ``costs`` (N, R, L) of R rows against L lags in rows from ``-BAND_ROWS``, ``path`` (N, R) as
    columns, ``weight`` and ``enough`` (N, R). A parabola through the mean costs of the best lag and
    its neighbours gives what lies between rows. Rows that saw too little count for less (their path
    is anybody's); 0 where no row saw anything.
    """
    n = len(path)
    order = np.argsort(path, axis=-1)
    share = np.cumsum(np.take_along_axis(weight * enough, order, -1), axis=-1)
    middle = (share >= share[:, -1:] / 2).argmax(axis=-1)
    median = np.take_along_axis(path, order, -1)[np.arange(n), middle]
    mean = (costs * enough[..., None]).mean(axis=-2)
    last = costs.shape[-1] - 1
    near = np.clip(median[:, None] + np.arange(-NEAR_ROWS, NEAR_ROWS + 1), 0, last)
    best = near[np.arange(n), np.take_along_axis(mean, near, axis=-1).argmin(axis=-1)]
    inner = np.clip(best, 1, last - 1)
    before, here, after = (mean[np.arange(n), inner + k] for k in (-1, 0, 1))
    bend = before - 2 * here + after
    vertex = np.where(bend > 1e-6, 0.5 * (before - after) / np.maximum(bend, 1e-6), 0)
    refined: NDArray[np.float64] = inner + np.clip(vertex, -1.0, 1.0)
    rows = np.where(inner == best, refined, best) - BAND_ROWS
    return np.where(share[:, -1] > 0, rows / FEATURE_FPS, 0.0)


def timing_credit(
    lag_s: NDArray[np.float64], on_time_s: float, too_late_s: float
) -> NDArray[np.float64]:
    """Return the credit 1..0 for lags in s: full when on time, a half cosine down to too late."""
    late = np.clip((np.abs(lag_s) - on_time_s) / (too_late_s - on_time_s), 0, 1)
    credit: NDArray[np.float64] = 0.5 + 0.5 * np.cos(np.pi * late)
    return credit
