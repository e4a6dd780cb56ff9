"""Left taken for right, undone over time.

A network sometimes gives a right leg's joints to the left one for a few frames. Each pair of
limbs is a hidden Markov model of two states, as seen and swapped: a change of state between two
frames must explain a jump of both limbs, and every frame speaks, a little, for the network being
right. So a swap of some frames is undone, and a dancer who really turned is believed after a while.
The forward algorithm: Rabiner, "A Tutorial on Hidden Markov Models" (Proc. IEEE 1989), section III.
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
    R_ANKLE,
    R_ELBOW,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
    body_size,
)
from kpopdance.realtime.core.types import Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAIRS: Final = (
    ((R_SHOULDER,), (L_SHOULDER,)),
    ((R_ELBOW, R_WRIST), (L_ELBOW, L_WRIST)),
    ((R_HIP,), (L_HIP,)),
    ((R_KNEE, R_ANKLE), (L_KNEE, L_ANKLE)),
)
MISS: Final = 0.12  # body sizes: by how much a joint misses the place its speed led to
MOST_COST: Final = 8.0  # of one joint: a jump is a jump
CHANGE: Final = float(np.log(0.02))  # the network begins or ceases to swap between two frames
BELIEF_PER_S: Final = 20.0  # log odds that a second speaks for the network being right
LONGEST_S: Final = 0.3  # unseen for longer: begin anew
MOST_ODDS: Final = 6.0


class Sides:
    """``step`` takes the pose of one frame and returns it with left and right in their places.

    A pair whose sides are in doubt loses up to half of its confidence.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._xy = np.full((18, 2), np.nan)  # as the network saw them in the last frame
        self._speed = np.zeros((18, 2))
        self._at_s = -np.inf
        self._odds = np.full(len(PAIRS), MOST_ODDS)  # log odds of as seen against swapped

    def step(self, pose: Pose, at_s: float) -> Pose:
        """Return the pose of the frame captured at host second ``at_s``."""
        size = body_size(pose.joints)
        if size is None:
            return pose
        if at_s - self._at_s > LONGEST_S:
            self.reset()
        dt = min(at_s - self._at_s, LONGEST_S)
        seen_xy = np.where(pose.seen[:, None], pose.joints[:, :2], np.nan).astype(np.float64)
        expected = self._xy + self._speed * dt
        joints = pose.joints.copy()
        crossed = np.zeros(len(PAIRS), dtype=bool)
        for k, (right, left) in enumerate(PAIRS):
            same = _cost(seen_xy[[*right, *left]], expected[[*right, *left]], size)
            other = _cost(seen_xy[[*right, *left]], expected[[*left, *right]], size)
            self._odds[k] = _forward(self._odds[k], same, other, BELIEF_PER_S * dt)
            crossed[k] = other - CHANGE < same
            if self._odds[k] < 0:
                joints[[*right, *left]] = joints[[*left, *right]]
            sure = 1 / (1 + np.exp(-abs(self._odds[k])))
            joints[[*right, *left], 2] *= sure
        self._remember(seen_xy, crossed, at_s, dt)
        return Pose(joints)

    def _remember(
        self, xy: NDArray[np.float64], crossed: NDArray[np.bool_], at_s: float, dt: float
    ) -> None:
        before = self._xy.copy()
        for k, (right, left) in enumerate(PAIRS):
            if crossed[k]:
                before[[*right, *left]] = before[[*left, *right]]
                self._speed[[*right, *left]] = self._speed[[*left, *right]]
        speed = (xy - before) / max(dt, 1e-3)
        mean = 0.5 * self._speed + 0.5 * speed
        self._speed = np.where(np.isfinite(mean), mean, 0)
        self._xy, self._at_s = xy, at_s


def _cost(xy: NDArray[np.float64], expected: NDArray[np.float64], size: float) -> float:
    """Return how badly joints (n, 2) fit their places, as -log likelihood; 0 for unseen ones."""
    miss = np.linalg.norm(xy - expected, axis=1) / size
    cost = np.minimum(miss**2 / (2 * MISS**2), MOST_COST)
    return float(np.where(np.isfinite(cost), cost, 0).sum())


def _forward(odds: float, same: float, other: float, belief: float) -> float:
    """Return the log odds of as seen after a frame that costs ``same`` or, if changed, ``other``.

    ``odds`` were those of the frame before.
    """
    stay, change = -same, CHANGE - other
    as_seen = np.logaddexp(odds + stay, change)
    swapped = np.logaddexp(stay, odds + change)
    return float(np.clip(as_seen - swapped + belief, -MOST_ODDS, MOST_ODDS))
