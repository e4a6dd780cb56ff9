"""Dynamic time warping as other games do it: plain, in a band, and FastDTW.

Nothing here asks how late anybody is: that is what these games forgive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Path = NDArray[np.intp]
    PairCost = Callable[[Floats, Floats], Floats]


def warp(costs: Floats) -> Path:
    """Return the cheapest path (P, 2) of rows and columns from the first cell to the last.

    Parameters
    ----------
    costs : float64 (R, T)
        Steps are one row, one column, or both, and cost what the new cell costs. Infinite where
        the path may not go; of equal ways the diagonal one is taken, then the row.
    """
    sums = accumulated(costs)
    row, column = (n - 1 for n in costs.shape)
    path = [(row, column)]
    while (row, column) != (0, 0):
        ways = sums[row, column], sums[row, column + 1], sums[row + 1, column]
        way = int(np.argmin(ways))
        row, column = row - (way != 2), column - (way != 1)
        path.append((row, column))
    return np.array(path[::-1])


def accumulated(costs: Floats) -> Floats:
    """Return the least sums (R + 1, T + 1) of paths to each cell, one infinite row and column first."""
    rows, columns = costs.shape
    sums = np.full((rows + 1, columns + 1), np.inf)
    sums[0, 0] = 0.0
    for diagonal in range(
        rows + columns - 1
    ):  # no cell of an anti-diagonal needs another of it
        i = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        j = diagonal - i
        before = np.minimum(np.minimum(sums[i, j], sums[i, j + 1]), sums[i + 1, j])
        sums[i + 1, j + 1] = costs[i, j] + before
    return sums


def fast_warp(first: Floats, second: Floats, cost: PairCost, *, radius: int = 1) -> Path:
    """Return a cheap path (P, 2) between two sequences, found coarse to fine.

    Salvador and Chan (2007), "Toward accurate dynamic time warping in linear time and space":
    halve both sequences, warp those, and search only ``radius`` cells about that path.

    Parameters
    ----------
    first, second : float64 (R, ...), (T, ...)
    cost : callable
        Costs (P,) of rows (P, ...) of the first and as many of the second.
    """
    shape = len(first), len(second)
    if min(shape) < radius + 2:
        low, high = np.zeros(shape[0], np.intp), np.full(shape[0], shape[1])
    else:
        path = fast_warp(_halved(first), _halved(second), cost, radius=radius)
        low, high = _window(path, shape, radius)
    columns = np.arange(shape[1])
    i, j = np.nonzero((columns >= low[:, None]) & (columns < high[:, None]))
    costs = np.full(shape, np.inf)
    costs[i, j] = cost(first[i], second[j])
    return warp(costs)


def _halved(values: Floats) -> Floats:
    """Means of neighbours; the last of an odd number is left out, an unseen one yields to the other."""
    even, odd = values[: len(values) // 2 * 2 : 2], values[1::2]
    return np.where(np.isnan(even), odd, np.where(np.isnan(odd), even, (even + odd) / 2))


def _window(path: Path, shape: tuple[int, int], radius: int) -> tuple[Path, Path]:
    """First column and the one after the last, for each row of the finer level."""
    coarse = path[-1, 0] + 1
    low, high = np.full(coarse, shape[1]), np.zeros(coarse, np.intp)
    for shift in range(-radius, radius + 1):
        rows = path[:, 0] + shift
        inside = (rows >= 0) & (rows < coarse)
        np.minimum.at(low, rows[inside], path[inside, 1] - radius)
        np.maximum.at(high, rows[inside], path[inside, 1] + radius + 1)
    finer = np.minimum(np.arange(shape[0]) // 2, coarse - 1)
    ends = np.minimum(2 * high[finer], shape[1])
    ends[-1] = shape[1]
    return np.maximum(2 * low[finer], 0), ends
