"""Dynamic time warping cell by cell, and FastDTW with sets of cells as its authors describe it."""

from __future__ import annotations

import math


def cheapest(costs, cells=None):
    """Least sum and the path to the last cell of nested lists, by rows, columns or both at once."""
    rows, columns = len(costs), len(costs[0])
    least = {}
    for i in range(rows):
        for j in range(columns):
            if cells is not None and (i, j) not in cells:
                continue
            before = [(i - 1, j - 1), (i - 1, j), (i, j - 1)]
            best = min(
                ((least[b][0], b) for b in before if b in least), default=(math.inf, None)
            )
            if (i, j) == (0, 0):
                best = (0.0, None)
            least[i, j] = (best[0] + costs[i][j], best[1])
    cell, path = (rows - 1, columns - 1), []
    while cell is not None:
        path.append(cell)
        cell = least[cell][1]
    return least[rows - 1, columns - 1][0], path[::-1]


def fast(first, second, distance, radius):
    """Sum and path of FastDTW between two lists of numbers; Salvador and Chan (2007), figure 6."""
    costs = [[distance(a, b) for b in second] for a in first]
    if len(first) < radius + 2 or len(second) < radius + 2:
        return cheapest(costs)
    _, coarse = fast(halved(first), halved(second), distance, radius)
    near = {
        (i + a, j + b)
        for i, j in coarse
        for a in range(-radius, radius + 1)
        for b in range(-radius, radius + 1)
    }
    cells = {(2 * i + a, 2 * j + b) for i, j in near for a in (0, 1) for b in (0, 1)}
    return cheapest(costs, cells)


def halved(values):
    return [(values[k] + values[k + 1]) / 2 for k in range(0, len(values) - 1, 2)]
