"""No limb is longer than it is: a joint too far from its neighbour is a mistake and unseen.

In a picture a limb may look as short as it likes, but hardly longer than the dancer's own. The
dancer's torso, or shoulders where they look larger, gives the scale; it is learnt while watching,
and with it what every limb can be at most. (Learning each limb's own longest was tried: raised arms
that had only been seen foreshortened were thrown away.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import (
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
from kpopdance.realtime.core.types import Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

LENGTHS: Final = (
    (NECK, NOSE, 0.45),
    (NECK, R_SHOULDER, 0.33), (NECK, L_SHOULDER, 0.33),
    (NECK, R_HIP, 1.0), (NECK, L_HIP, 1.0),
    (R_SHOULDER, R_ELBOW, 0.56), (L_SHOULDER, L_ELBOW, 0.56),
    (R_ELBOW, R_WRIST, 0.52), (L_ELBOW, L_WRIST, 0.52),
    (R_HIP, R_KNEE, 0.85), (L_HIP, L_KNEE, 0.85),
    (R_KNEE, R_ANKLE, 0.78), (L_KNEE, L_ANKLE, 0.78),
)  # fmt: skip
"""From joint, outwards to joint, length in torsos (neck to hip): the 90th percentile over seven
dancers of real clips, among whom it differed by a tenth."""

SLACK: Final = 1.5  # a hand held towards the camera looked 1.46 times as long at most
RISES: Final = 0.3  # share of the way to a larger scale that one frame goes
MOST_RISE: Final = 1.3  # a scale larger than this at once is a mistake itself
SHRINKS_PER_S: Final = 0.05  # bending down shortens the torso at once, stepping back slowly
SURE: Final = 0.6  # confidence of joints that give the scale
FORGET_S: Final = 1.0


class LimbLengths:
    """``step`` takes the pose of one frame and returns it without joints out of reach."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the dancer."""
        self._torso = 0.0  # px
        self._at_s = -np.inf

    def step(self, pose: Pose, at_s: float) -> Pose:
        """Return the pose of the frame captured at host second ``at_s``."""
        if at_s - self._at_s > FORGET_S:
            self.reset()
        self._torso *= 1 - SHRINKS_PER_S * min(max(at_s - self._at_s, 0), FORGET_S)
        self._at_s = at_s
        self._measure(pose)
        joints = pose.joints.copy()
        if self._torso > 0:
            for inner, outer, torsos in LENGTHS:
                length = float(np.linalg.norm(joints[outer, :2] - joints[inner, :2]))
                if length > SLACK * torsos * self._torso:
                    joints[_lost(joints, inner, outer)] = (np.nan, np.nan, 0)
        return Pose(joints)

    def _measure(self, pose: Pose) -> None:
        """Bring the dancer's scale up to date."""
        # The head only helps to begin: shoulders alone may stand in profile.
        trunk = LENGTHS[1:5] if self._torso else LENGTHS[:5]
        seen = [
            float(np.linalg.norm(pose.joints[outer, :2] - pose.joints[inner, :2])) / torsos
            for inner, outer, torsos in trunk
            if min(pose.joints[[inner, outer], 2]) >= SURE
        ]
        larger = [torso for torso in seen if torso > self._torso]
        if not self._torso:
            self._torso = max(seen, default=0.0)
        elif larger:
            way = min(max(larger), MOST_RISE * self._torso) - self._torso
            self._torso += RISES * way


def _lost(joints: NDArray[np.float32], inner: int, outer: int) -> int:
    """Return which end of a limb too long is the mistake: the less sure one, never the neck."""
    return outer if inner == NECK or joints[outer, 2] <= joints[inner, 2] else inner
