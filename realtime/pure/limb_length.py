"""No limb is longer than it is: a joint too far from its neighbour is a mistake and unseen.

In a picture a limb may look as short as it likes, but never longer than the dancer's own, and
that is learnt while watching: the longest a limb was seen against the size of the body, outliers
left out. The two sides are the same person's and share one length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from realtime.pure.body import (
    L_ANKLE,
    L_ELBOW,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    NECK,
    NOSE,
    R_ANKLE,
    R_ELBOW,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
)
from realtime.pure.types import Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS: Final = (
    ((NECK, NOSE),),
    ((NECK, R_SHOULDER), (NECK, L_SHOULDER)),
    ((NECK, R_HIP), (NECK, L_HIP)),
    ((R_SHOULDER, R_ELBOW), (L_SHOULDER, L_ELBOW)),
    ((R_ELBOW, R_WRIST), (L_ELBOW, L_WRIST)),
    ((R_HIP, R_KNEE), (L_HIP, L_KNEE)),
    ((R_KNEE, R_ANKLE), (L_KNEE, L_ANKLE)),
)
"""Limbs of one length, each from the joint nearer to the trunk outwards."""

SLACK: Final = 1.25  # perspective, sleeves, half a cell
GROWS: Final = 0.05  # share of the way to a longer limb that one frame teaches
SHRINKS_PER_S: Final = 0.02  # the dancer steps back
TEACHES: Final = 0.6  # confidence
FRAMES_TO_LEARN: Final = 15


class LimbLengths:
    """``step`` takes the pose of one frame and returns it without joints out of reach."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the dancer."""
        self._longest = np.zeros(len(KINDS))  # px
        self._frames = np.zeros(len(KINDS), dtype=int)
        self._at_s = -np.inf

    def step(self, pose: Pose, at_s: float) -> Pose:
        """Return the pose of the frame captured at host second ``at_s``."""
        joints = pose.joints.copy()
        self._longest *= 1 - SHRINKS_PER_S * min(max(at_s - self._at_s, 0), 1)
        self._at_s = at_s
        for k, limbs in enumerate(KINDS):
            for inner, outer in limbs:
                length = float(np.linalg.norm(joints[outer, :2] - joints[inner, :2]))
                if not np.isfinite(length):
                    continue
                if self._known(k) and length > SLACK * self._longest[k]:
                    joints[_lost(joints, inner, outer)] = (np.nan, np.nan, 0)
                self._learn(k, length, float(min(pose.joints[[inner, outer], 2])))
        return Pose(joints)

    def _known(self, kind: int) -> bool:
        return bool(self._frames[kind] >= FRAMES_TO_LEARN)

    def _learn(self, kind: int, length: float, sure: float) -> None:
        if sure < TEACHES:
            return
        self._frames[kind] += 1
        longer = length - self._longest[kind]
        if longer > 0:
            share = GROWS if self._known(kind) else 0.5
            self._longest[kind] += share * longer


def _lost(joints: NDArray[np.float32], inner: int, outer: int) -> int:
    """Return which end of a limb too long is the mistake: the less sure one, never the neck."""
    return outer if inner == NECK or joints[outer, 2] <= joints[inner, 2] else inner
