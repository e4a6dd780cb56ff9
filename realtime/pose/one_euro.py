"""Poses without jitter and jumps: One-Euro on true timestamps.

Casiez, Roussel and Vogel, "1 Euro Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
Interactive Systems" (CHI 2012). Speeds are in body sizes per second, so that near and far dancers
are smoothed alike.

A jump is farther than a fast swing: of ways of 0.4 to 0.8 body sizes between two looks 33 ms apart, nine
in ten were danced (nine street dancers of AIST++). With an arm unseen in the midst of its fastest swing
a dance looks too small, the more so the fewer looks there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import body_size
from kpopdance.realtime.core.types import Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_CUTOFF_HZ: Final = 1.5
BETA: Final = 6.0  # Hz per body size per second
SPEED_CUTOFF_HZ: Final = 3.0
MAX_SPEED: Final = (
    9.0  # body sizes per second; a wrist in a fast dance is faster for a moment only
)
SWING: Final = 0.5  # body sizes: so much more may lie between two looks, at whatever rate
FORGET_S: Final = 0.35  # a joint unseen for longer starts anew
JUMPS_BELIEVED: Final = 2  # this many frames in a row agree: it was no jump


class OneEuro:
    """``step`` takes the pose of one frame; a joint that jumps is unseen until it stays there."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._xy = np.full((18, 2), np.nan)
        self._speed = np.zeros((18, 2))
        self._at_s = np.full(18, -np.inf)
        self._jumped = np.zeros(18, dtype=int)
        self._jump_xy = np.full((18, 2), np.nan)

    def step(self, pose: Pose, at_s: float) -> Pose:
        """Return the smoothed pose of the frame captured at host second ``at_s``."""
        size = body_size(pose.joints)
        if size is None:
            return pose
        xy = pose.joints[:, :2].astype(np.float64)
        known = pose.seen & (at_s - self._at_s < FORGET_S)
        dt = np.where(known, np.maximum(at_s - self._at_s, 1e-3), 1.0)
        moved = np.linalg.norm(xy - self._xy, axis=1) / size
        jump = known & (moved > MAX_SPEED * dt + SWING)
        rejected = jump & ~self._believe(xy, jump, size)
        self._filter(xy, dt, known & ~jump, size)
        fresh = pose.seen & (~known | (jump & ~rejected))
        self._xy[fresh], self._speed[fresh] = xy[fresh], 0
        self._at_s[pose.seen & ~rejected] = at_s
        return self._pose(pose, rejected)

    def _believe(
        self, xy: NDArray[np.float64], jump: NDArray[np.bool_], size: float
    ) -> NDArray[np.bool_]:
        near = np.linalg.norm(xy - self._jump_xy, axis=1) < 0.5 * size
        self._jumped = np.where(jump, np.where(near, self._jumped + 1, 1), 0)
        self._jump_xy = np.where(jump[:, None], xy, np.nan)
        return self._jumped >= JUMPS_BELIEVED

    def _filter(
        self,
        xy: NDArray[np.float64],
        dt: NDArray[np.float64],
        which: NDArray[np.bool_],
        size: float,
    ) -> None:
        speed = np.where(which[:, None], (xy - self._xy) / dt[:, None], 0)
        a = _alpha(np.full(18, SPEED_CUTOFF_HZ), dt)[:, None]
        speed = a * speed + (1 - a) * self._speed
        cutoff = MIN_CUTOFF_HZ + BETA * np.linalg.norm(speed, axis=1) / size
        a = _alpha(cutoff, dt)[:, None]
        self._speed[which] = speed[which]
        self._xy[which] = (a * xy + (1 - a) * self._xy)[which]

    def _pose(self, pose: Pose, rejected: NDArray[np.bool_]) -> Pose:
        joints = pose.joints.copy()
        joints[:, :2] = np.where(pose.seen[:, None], self._xy, np.nan)
        joints[rejected] = (np.nan, np.nan, 0)
        return Pose(joints)


def _alpha(cutoff_hz: NDArray[np.float64], dt: NDArray[np.float64]) -> NDArray[np.float64]:
    alpha: NDArray[np.float64] = 1 / (1 + 1 / (2 * np.pi * cutoff_hz * dt))
    return alpha
