"""A recorded dance made whole: short gaps filled, jitter smoothed in both directions of time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.limb_length import LimbLengths
from kpopdance.realtime.pose.one_euro import OneEuro
from kpopdance.realtime.pose.sides import Sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILL_S: Final = 0.3  # longer gaps stay gaps: a guess is no reference
FILLED_CONFIDENCE: Final = 0.55


def without_mistakes(
    at_s: NDArray[np.float64], joints: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return joints float32 (T, 18, 3) with swapped sides undone and impossible limbs unseen."""
    sides, lengths = Sides(), LimbLengths()
    return np.stack(
        [
            lengths.step(sides.step(Pose(row.copy()), float(at)), float(at)).joints
            for row, at in zip(joints, at_s, strict=True)
        ]
    )


def smooth_both_ways(
    at_s: NDArray[np.float64], joints: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return joints float32 (T, 18, 3) without jitter and without lag.

    The mean of the live smoother run forwards and backwards: what one delays the other hastens.
    A joint that either takes for a jump is unseen.
    """
    forward = _run(at_s, joints)
    backward = _run(-at_s[::-1], joints[::-1])[::-1]
    mean = (forward + backward) / 2
    mean[..., 2] = np.minimum(forward[..., 2], backward[..., 2])
    mean[~np.isfinite(mean[..., 0])] = (np.nan, np.nan, 0)
    return mean.astype(np.float32)


def fill_gaps(
    at_s: NDArray[np.float64], joints: NDArray[np.float32], longest_s: float = FILL_S
) -> NDArray[np.float32]:
    """Return joints float32 (T, 18, 3) with gaps up to ``longest_s`` bridged in a straight line."""
    out = joints.copy()
    for joint in range(18):
        seen = np.flatnonzero(joints[:, joint, 2] > 0)
        for left, right in pairwise(seen):
            if right - left > 1 and at_s[right] - at_s[left] <= longest_s:
                inner = np.arange(left + 1, right)
                share = ((at_s[inner] - at_s[left]) / (at_s[right] - at_s[left]))[:, None]
                a, b = joints[left, joint, :2], joints[right, joint, :2]
                out[inner, joint, :2] = a + share * (b - a)
                out[inner, joint, 2] = FILLED_CONFIDENCE
    return out


def _run(at_s: NDArray[np.float64], joints: NDArray[np.float32]) -> NDArray[np.float32]:
    smoother = OneEuro()
    rows = zip(joints, at_s, strict=True)
    return np.stack([smoother.step(Pose(row.copy()), float(at)).joints for row, at in rows])
