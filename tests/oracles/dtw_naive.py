"""Dynamic time warping by recursion over the whole matrix of reference rows and player rows."""

from __future__ import annotations

import math
import sys
from functools import cache

STALL, SKIP = 0.15, 0.05


def accumulate(costs):
    """Least sums of all paths from row 0 to each (row, lag): nested lists of (R, L) costs.

    Player row ``row + lag`` dances reference row ``row``. From one reference row to the next the
    player goes on by none (0.15 more, never twice in a row), one, or two (0.05 more).
    """
    rows, lags = len(costs), len(costs[0])
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10 * rows + 1000))

    @cache
    def least(row, player, stalled):
        lag = player - row
        if not 0 <= lag < lags:
            return math.inf
        if row == 0:
            return math.inf if stalled else costs[row][lag]
        if stalled:
            return costs[row][lag] + STALL + least(row - 1, player, False)
        before = [
            least(row - 1, player - way, was) + extra
            for way, extra in ((1, 0.0), (2, SKIP))
            for was in (False, True)
        ]
        return costs[row][lag] + min(before)

    return [
        [min(least(row, row + lag, was) for was in (False, True)) for lag in range(lags)]
        for row in range(rows)
    ]


def price(costs, path):
    """What a path of lags costs; infinite where it breaks the rules of the step."""
    total = costs[0][path[0]]
    stalled = False
    for row in range(1, len(path)):
        way = 1 + path[row] - path[row - 1]
        if way not in (0, 1, 2) or (way == 0 and stalled):
            return math.inf
        stalled = way == 0
        total += costs[row][path[row]] + {0: STALL, 1: 0.0, 2: SKIP}[way]
    return total
