"""Dancers beside each other: where two arms would meet, who is in front reaches past.

Formations are as near as a stage wants them, so arms that are spread are shortened towards a
neighbour, as people do: turned forwards, and no further than they must. Lengths are body heights.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core import body
from tools.album.dance.flesh import (
    ARM,
    SHOULDERS,
    Flesh,
    Torso,
    arm_of,
    keep_out,
    nearest_between,
    rods,
    runs,
    thighs,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.album.dance.flesh import Limbs

    Floats = NDArray[np.float64]

ROUND: Final = 0.045
"""So wide around its bone a neighbour's arm is left alone."""
REACH: Final = 1.2
"""Whose hips are further away is out of reach."""


def keep_from_each_other(space: Floats) -> None:
    """Turn arms of members' joints (M, N, 18, 3) forwards, out of the way of others' arms."""
    hips = space[:, :, [body.R_HIP, body.L_HIP]].mean(axis=2)
    for one, other in combinations(range(len(space)), 2):
        beside = np.linalg.norm(hips[one] - hips[other], axis=-1) < REACH
        if not beside.any():
            continue
        for arm, others in product(SHOULDERS, SHOULDERS):
            _pass(space[one], arm, space[other], others, beside)


def _pass(one: Floats, arm: int, other: Floats, others: int, beside: NDArray[np.bool_]) -> None:
    """Let an arm of one (N, 18, 3) pass before another's, or the other's before it."""
    near = np.full(len(one), np.inf)
    between = np.zeros((len(one), 3))
    near[beside], between[beside] = nearest_between(
        along_arm(one[beside], arm), along_arm(other[beside], others)
    )
    ways = [
        np.sum(sign * between * Torso.of(points).forwards, axis=-1)
        for sign, points in ((1, one), (-1, other))
    ]
    touching = near < ROUND + ARM
    for run in runs(touching):
        meeting = np.zeros(len(one), dtype=np.bool_)
        meeting[run] = True
        first, second = (float(way[meeting & touching].mean()) for way in ways)
        if first >= second:
            _reach_past(one, arm, arm_of(other, others, ROUND).when(meeting))
        else:
            _reach_past(other, others, arm_of(one, arm, ROUND).when(meeting))


def _reach_past(points: Floats, shoulder: int, neighbour: Limbs) -> None:
    """Turn an arm of joints (N, 18, 3) out of a neighbour's, and not into its own body."""
    keep_out(points, shoulder, Flesh(Torso.of(points), (thighs(points), neighbour)))


def along_arm(points: Floats, shoulder: int) -> Floats:
    """Return (N, P, 3) points along upper arm and forearm."""
    limbs = arm_of(points, shoulder)
    return np.concatenate([rods(limbs, which) for which in (0, 1)], axis=1)
