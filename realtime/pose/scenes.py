"""Where a film cuts to another scene, and how its camera moves within one.

A hard cut is told by two pictures made small. A dissolve is told by what lies between two pictures
that are a second apart and differ as a cut does: all of it is a mixture of the two, which no motion is.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STANDS: Final = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
"""How a scenery moves whose camera does not."""
CUT_LEVELS: Final = 22.0  # mean grey levels between two pictures; dancers and pans change less
AROUND: Final = 2  # pictures before and after, none of which may differ half as much
STANDS_OUT: Final = 2.0
LIGHT: Final = 12.0  # of that, what is left when the light's change is taken off
DISSOLVES_S: Final = (0.3, 0.6, 1.2)  # how long one may take
STOOD: Final = 0.05  # px: the camera did not move
STANDS_MOSTLY: Final = 0.5
MIXED: Final = 0.35  # of the change from end to end: so little is no mixture of the two
HALF_WAY: Final = (0.25, 0.75)  # of the way from one picture to the other, in the middle


def is_cut(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> bool:
    """Say whether the second of two small pictures shows another scene.

    A light that flashes changes all of a picture alike, and is taken off first.
    """
    one, other = before.astype(np.float32), now.astype(np.float32)
    if float(np.abs(one - other).mean()) < CUT_LEVELS:
        return False
    lit = (other.mean() + 1) / (one.mean() + 1)
    return bool(np.abs(one * lit - other).mean() > LIGHT)


def cuts_of(
    at_s: NDArray[np.float64], scenery: NDArray[np.uint8], moved: NDArray[np.float32]
) -> list[int]:
    """Return the pictures at which another scene begins.

    Parameters
    ----------
    at_s : float64 (T,)
    scenery : uint8 (T, 18, 32, 3)
        The pictures made small.
    moved : float32 (T, 2, 3)
        How the scenery moved, see ``Sightings``: what a camera moves is no dissolve.
    """
    hard = _hard_cuts(scenery)
    stood = np.abs(moved - STANDS).max(axis=(1, 2)) < STOOD
    soft = _dissolves(at_s, _coarse(scenery), hard, np.cumsum(stood))
    return sorted({*hard, *soft})


def camera_paths(moved: NDArray[np.float32], cuts: Sequence[int]) -> NDArray[np.float64]:
    """Return for each picture (T, 2, 3) what takes its places to those of its scene's first, px."""
    begins = {0, *cuts}
    out = np.empty((len(moved), 2, 3))
    so_far = np.eye(3)
    for row, motion in enumerate(moved):
        if row in begins:
            so_far = np.eye(3)
        elif not np.array_equal(motion, STANDS):
            so_far = so_far @ np.linalg.inv(np.vstack([motion, (0, 0, 1)]))
        out[row] = so_far[:2]
    return out


def scenes_of(rows: int, cuts: Sequence[int]) -> list[slice]:
    """Return the scenes that cuts make of so many pictures."""
    edges = [0, *cuts, rows]
    return [slice(first, behind) for first, behind in pairwise(edges)]


def _hard_cuts(scenery: NDArray[np.uint8]) -> list[int]:
    """Return where a picture differs from the one before, and far more than those around it do.

    What whirls past a camera differs from picture to picture too.
    """
    levels = np.array([
        float(np.abs(one.astype(np.float32) - other).mean())
        for one, other in pairwise(scenery)
    ])  # fmt: skip
    around = np.pad(levels, AROUND)
    others = [around[AROUND + k : len(levels) + AROUND + k] for k in (-2, -1, 1, 2)]
    stands_out = levels > STANDS_OUT * np.max(others, axis=0, initial=0.0)
    return [
        row + 1 for row in np.flatnonzero(stands_out).tolist()
        if is_cut(scenery[row], scenery[row + 1])
    ]  # fmt: skip


def _coarse(scenery: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return small pictures made half as large, in which a hand that trembles changes little."""
    told: NDArray[np.float32] = (
        scenery.reshape(len(scenery), 9, 2, 16, 2, 3).mean(axis=(2, 4)).astype(np.float32)
    )
    return told


def _dissolves(
    at_s: NDArray[np.float64],
    scenery: NDArray[np.float32],
    hard: Sequence[int],
    stood: NDArray[np.int64],
) -> list[int]:
    """Return the middles of dissolves."""
    found: list[int] = []
    row = 0
    while row < len(at_s):
        middle = next(
            filter(None, (_dissolve(at_s, scenery, row, s) for s in DISSOLVES_S)), None
        )
        if middle is None:
            row += 1
            continue
        end = int(np.searchsorted(at_s, at_s[row] + DISSOLVES_S[-1]))
        last = min(end, len(at_s) - 1)
        still = stood[last] - stood[row] > STANDS_MOSTLY * (last - row)
        if still and not any(row < cut <= end for cut in hard):
            found.append(middle)
        row = end
    return found


def _dissolve(
    at_s: NDArray[np.float64], scenery: NDArray[np.float32], row: int, long_s: float
) -> int | None:
    """Return the middle of a dissolve that begins at a picture and takes so long, if there is one."""
    end = int(np.searchsorted(at_s, at_s[row] + long_s))
    if end >= len(at_s) or end - row < 4:
        return None
    one, other = scenery[row], scenery[end]
    change = other - one
    if float(np.abs(change).mean()) < CUT_LEVELS:
        return None
    between = scenery[row + 1 : end]
    power = float((change**2).sum())
    shares = ((between - one) * change).sum(axis=(1, 2, 3)) / power
    left = between - one - shares[:, None, None, None] * change
    mixture = np.sqrt((left**2).sum(axis=(1, 2, 3)) / power).max() < MIXED
    middle = shares[len(shares) // 2]
    steady = bool((np.diff(shares) > -0.05).all())
    return (
        row + 1 + len(shares) // 2
        if mixture and steady and HALF_WAY[0] < middle < HALF_WAY[1]
        else None
    )
