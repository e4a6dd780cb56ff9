"""How alike a player's seconds and each place of a dance are, number by number and chain by chain."""

from __future__ import annotations

import math
from functools import cache

USUAL = [
    (0.0, 0.99), (0.98, 0.0), (0.0, -0.97), (-0.59, 0.12), (-0.28, 0.04), (0.59, 0.12),
    (0.28, 0.04), (-0.36, 0.86), (0.04, 0.89), (0.36, 0.86), (-0.04, 0.89),
]  # fmt: skip
WEIGHT = [0.5, 0.4, 0.3, 1.0, 1.0, 1.0, 1.0, 0.6, 0.6, 0.6, 0.6]
PIECE, MOTION, FLOOR, MOST = 5, 0.7, 0.05, 80


def wide(rows):
    """Of each row and bone: (how far off its usual way x, y, how it turns x, y), 0 where unseen."""
    seen = [[(row[2 * b], row[2 * b + 1]) != (0, 0) for b in range(11)] for row in rows]
    out = []
    for t, row in enumerate(rows):
        bones = []
        for b, weight in enumerate(WEIGHT):
            four = [0.0] * 4
            for axis in (0, 1):
                share, k = math.sqrt(weight), 2 * b + axis
                if seen[t][b]:
                    four[axis] = share * (row[k] / 127 - USUAL[b][axis])
                if 0 < t < len(rows) - 1 and seen[t - 1][b] and seen[t + 1][b]:
                    four[2 + axis] = share * MOTION * (rows[t + 1][k] - rows[t - 1][k]) / 127
            bones.append(four)
        out.append(bones)
    return out


def likeness(query, dance):
    """Of each row in which the last piece can begin, nested lists (T, 22) of whole numbers."""
    n = min(len(query) // PIECE * PIECE, MOST)
    asked, danced = wide(query)[-n:], wide(dance)
    there = [
        sum((row[2 * b], row[2 * b + 1]) != (0, 0) for row in query[-n:]) / n for b in range(11)
    ]
    parts = [range(7), range(7, 11)]
    share = [
        sum(WEIGHT[b] * there[b] for b in part) / sum(WEIGHT[b] for b in part) for part in parts
    ]

    def energy(rows, shares):
        return sum(
            shares[part] * value**2
            for row in rows
            for part in (0, 1)
            for b in parts[part]
            for value in row[b]
        )

    @cache
    def alike(piece, row):
        return sum(
            a * b
            for i in range(PIECE)
            if 0 <= row + i < len(danced)
            for one, other in zip(asked[PIECE * piece + i], danced[row + i], strict=True)
            for a, b in zip(one, other, strict=True)
        )

    @cache
    def chain(piece, row):
        before = max(chain(piece - 1, row - step) for step in (4, 5, 6)) if piece else 0.0
        return before + alike(piece, row)

    own = energy(asked, (1, 1)) + FLOOR * n
    out = []
    for row in range(max(len(danced) - PIECE + 1, 1)):
        under = danced[max(row + PIECE - n, 0) : row + PIECE]
        whole = math.sqrt(own * (energy(under, share) + FLOOR * n))
        out.append(chain(n // PIECE - 1, row) / whole)
    return out
