"""Flesh around the bones: arms keep out of trunk, head and thighs, and of each other.

A trunk is a stack of ellipses between its hips and its neck, a head a ball, a limb a rod with round
ends; half widths and depths are those of a slim adult, by eye. Lengths are body heights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core import body
from tools.album.dance.springs import RATE, in_good_time

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HIGH: Final = (-0.15, 0.0, 0.4, 0.8, 1.0, 1.05)
"""How high an ellipse is: 0 at the hips, 1 at the neck; beyond both ends there is none."""
WIDE: Final = (0.080, 0.088, 0.075, 0.085, 0.060, 0.030)
DEEP: Final = (0.055, 0.060, 0.055, 0.060, 0.045, 0.030)
"""Half of its width and of its depth."""
SKULL: Final = 0.062
ARM: Final = 0.015
"""So thick is an arm where it lies on the trunk, around its bone."""
ARM_ROUND: Final = 0.02
THIGH_ROUND: Final = 0.035
"""And so thick a limb where an arm lies on it."""
THIGH_FREE: Final = 0.3
"""So far down its bone a thigh has come out of the hip."""
HAND: Final = 1.3
"""A forearm with its hand is so much longer than its bone."""
UPPER_PART: Final = (0.6, 0.8, 1.0)
FORE_PART: Final = (0.25, 0.4, 0.55, 0.7, 0.85, 1.0, 1.15, HAND)
"""Where along its bone an arm is asked for, a forearm with its hand; the shoulder is the trunk's."""
TRIED_DEG: Final = np.arange(0.0, 91.0, 3.0)
"""So much further forwards an arm is turned to come out, the least that will do."""
FORWARDS: Final = np.radians(86.0)
"""And no further than this out of the frontal plane."""
AHEAD_S: Final = 0.1
"""So long before it must be out an arm begins to turn."""
RODS: Final = np.linspace(0, 1, 9)
"""Points of a limb at which it is held against another."""
EVEN: Final = -0.005
"""A right forearm that is this much in front of the left one, or more, is the one that goes round it."""

UPPER_ARM: Final = 0.16
FOREARM: Final = 0.14
BONES: Final = ((UPPER_ARM, UPPER_PART), (FOREARM, FORE_PART))
"""Of an arm: how long, and where it is asked for."""
SHOULDERS: Final = (body.R_SHOULDER, body.L_SHOULDER)


@dataclass(frozen=True, slots=True, eq=False)
class Torso:
    """A trunk and a head at N moments.

    ``hips`` and ``head`` (N, 3) their middles; ``up`` (N, 3) from hips to neck, of its length;
    ``low`` and ``high`` unit vectors (N, 3) to the left through hips and shoulders.
    """

    hips: Floats
    head: Floats
    up: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, points: Floats) -> Torso:
        """Return those of joints (N, 18, 3)."""
        hips = (points[:, body.R_HIP] + points[:, body.L_HIP]) / 2
        return cls(
            hips,
            (points[:, body.R_EAR] + points[:, body.L_EAR]) / 2,
            points[:, body.NECK] - hips,
            unit(points[:, body.L_HIP] - points[:, body.R_HIP]),
            unit(points[:, body.L_SHOULDER] - points[:, body.R_SHOULDER]),
        )

    def rows(self, chosen: NDArray[np.intp]) -> Torso:
        """Return those of some moments."""
        return Torso(
            *(each[chosen] for each in (self.hips, self.head, self.up, self.low, self.high))
        )

    @property
    def forwards(self) -> Floats:
        """Return unit vectors (N, 3) out of the chest."""
        return unit(np.cross(self.high, self.up))

    def depth(self, points: Floats) -> Floats:
        """Return (N,) how deep the deepest of points (N, K, 3) is inside; below 0 outside."""
        length = np.linalg.norm(self.up, axis=-1)[:, None]
        up = (self.up / length)[:, None]
        from_hips = points - self.hips[:, None]
        high = np.sum(from_hips * up, axis=-1) / length
        share = np.clip(high, 0, 1)[..., None]
        left = self.low[:, None] * (1 - share) + self.high[:, None] * share
        left = unit(left - up * np.sum(left * up, axis=-1, keepdims=True))
        out = np.cross(left, np.broadcast_to(up, left.shape))
        wide, deep = np.interp(high, HIGH, WIDE), np.interp(high, HIGH, DEEP)
        off = np.hypot(
            np.sum(from_hips * left, axis=-1) / wide, np.sum(from_hips * out, axis=-1) / deep
        )
        beside = (high < HIGH[0]) | (high > HIGH[-1])
        in_trunk = np.where(beside, -np.inf, (1 - off) * np.minimum(wide, deep))
        in_head = SKULL - np.linalg.norm(points - self.head[:, None], axis=-1)
        return np.asarray(np.maximum(in_trunk, in_head).max(axis=-1))


@dataclass(frozen=True, slots=True, eq=False)
class Limbs:
    """K limbs at N moments: ``start`` and ``end`` (N, K, 3), NaN when one is in nobody's way."""

    start: Floats
    end: Floats
    round: float

    def rows(self, chosen: NDArray[np.intp]) -> Limbs:
        """Return those of some moments."""
        return Limbs(self.start[chosen], self.end[chosen], self.round)

    def when(self, wanted: NDArray[np.bool_]) -> Limbs:
        """Return those that are in the way at some moments (N,) alone."""
        return Limbs(np.where(wanted[:, None, None], self.start, np.nan), self.end, self.round)

    def depth(self, points: Floats) -> Floats:
        """Return (N,) how deep the deepest of points (N, P, 3) is inside; below 0 outside."""
        bone = (self.end - self.start)[:, None]
        to_points = points[:, :, None] - self.start[:, None]
        share = np.sum(to_points * bone, axis=-1) / np.sum(bone * bone, axis=-1)
        off = to_points - bone * np.clip(share, 0, 1)[..., None]
        inside = self.round - np.linalg.norm(off, axis=-1)
        return np.asarray(np.where(np.isnan(inside), -np.inf, inside).max(axis=(1, 2)))


@dataclass(frozen=True, slots=True, eq=False)
class Flesh:
    """All that an arm keeps out of."""

    torso: Torso
    limbs: tuple[Limbs, ...] = ()

    def rows(self, chosen: NDArray[np.intp]) -> Flesh:
        """Return that of some moments."""
        return Flesh(self.torso.rows(chosen), tuple(each.rows(chosen) for each in self.limbs))

    def depth(self, points: Floats) -> Floats:
        """Return (N,) how deep the deepest of points (N, P, 3) is inside; below 0 outside."""
        depths = [self.torso.depth(points), *(each.depth(points) for each in self.limbs)]
        return np.asarray(np.max(depths, axis=0))


def thighs(points: Floats) -> Limbs:
    """Return both thighs of joints (N, 18, 3), where they are out of the hips."""
    hips, knees = points[:, [body.R_HIP, body.L_HIP]], points[:, [body.R_KNEE, body.L_KNEE]]
    return Limbs(hips + (knees - hips) * THIGH_FREE, knees, THIGH_ROUND)


def arm_of(points: Floats, shoulder: int, around: float = ARM_ROUND) -> Limbs:
    """Return the upper arm and the forearm with its hand of joints (N, 18, 3)."""
    start = points[:, [shoulder, shoulder + 1]]
    end = points[:, [shoulder + 1, shoulder + 2]]
    return Limbs(start, start + (end - start) * np.array([[1.0], [HAND]]), around)


def keep_arms_out(points: Floats) -> None:
    """Turn the arms of joints (N, 18, 3) forwards where they would be in the body, or in each other.

    Of two forearms that meet the one that is in front goes round the other.
    """
    flesh = Flesh(Torso.of(points), (thighs(points),))
    for shoulder in SHOULDERS:
        keep_out(points, shoulder, flesh)
    for shoulder, other in (SHOULDERS, SHOULDERS[::-1]):
        upper = points[:, [other]], points[:, [other + 1]]
        keep_out(points, shoulder, Flesh(flesh.torso, (*flesh.limbs, Limbs(*upper, ARM_ROUND))))
    arms = [arm_of(points, shoulder) for shoulder in SHOULDERS]
    for first, meeting in enumerate(_in_front(points, flesh.torso)):
        limbs = (*flesh.limbs, arms[1 - first].when(meeting))
        keep_out(points, SHOULDERS[first], Flesh(flesh.torso, limbs))


def keep_out(points: Floats, shoulder: int, flesh: Flesh) -> None:
    """Turn an arm of joints (N, 18, 3) forwards where it would be in flesh."""
    joints = points[:, shoulder : shoulder + 3].copy()
    for k, (bone, part) in enumerate(BONES):
        start = points[:, shoulder + k]
        way = (joints[:, k + 1] - joints[:, k]) / bone
        points[:, shoulder + k + 1] = start + kept_out(start, way, bone, flesh, part) * bone


def _in_front(points: Floats, torso: Torso) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return (N,) when the right and when the left forearm meets the other, and is in front."""
    right, left = (rods(arm_of(points, shoulder), 1) for shoulder in SHOULDERS)
    near, between = nearest_between(right, left)
    ahead = np.sum(between * torso.forwards, axis=-1)
    front = np.zeros((2, len(points)), dtype=np.bool_)
    touching = near < ARM_ROUND + ARM
    for run in runs(touching):
        first = ahead[run][touching[run]].mean() >= EVEN
        front[0 if first else 1, run] = True
    return front[0], front[1]


def rods(limbs: Limbs, which: int) -> Floats:
    """Return (N, P, 3) points along one of the limbs."""
    start, end = limbs.start[:, which, None], limbs.end[:, which, None]
    return np.asarray(start + (end - start) * RODS[:, None])


def nearest_between(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Return (N,) how near points (N, P, 3) come to others, and (N, 3) from there to here."""
    ways = (one[:, :, None] - other[:, None]).reshape(len(one), -1, 3)
    apart = np.linalg.norm(ways, axis=-1)
    at = apart.argmin(axis=1)
    rows = np.arange(len(one))
    return apart[rows, at], ways[rows, at]


def runs(wanted: NDArray[np.bool_]) -> list[slice]:
    """Return from when to when (N,) something is; what is hardly over when it begins again is one."""
    ahead = 2 * round(AHEAD_S * RATE)
    at = np.flatnonzero(wanted)
    parts = np.split(at, np.flatnonzero(np.diff(at) > ahead) + 1) if len(at) else []
    return [slice(max(part[0] - ahead, 0), part[-1] + 1 + ahead) for part in parts]


def kept_out(
    start: Floats, way: Floats, bone: float, flesh: Flesh, part: tuple[float, ...]
) -> Floats:
    """Return unit vectors (N, 3) of an arm's bone, turned forwards where it would be in flesh.

    ``start`` (N, 3) its upper end, ``way`` (N, 3) where it is wanted; it turns in good time.
    """
    along = bone * np.array(part)[:, None]
    inside = np.flatnonzero(flesh.depth(start[:, None] + way[:, None] * along) > -ARM)
    if not len(inside):
        return way
    within, here = flesh.rows(inside), start[inside, None]
    forwards = within.torso.forwards
    depths = np.stack(
        [
            within.depth(here + _forwards(way[inside], forwards, turn)[:, None] * along)
            for turn in np.radians(TRIED_DEG)
        ]
    )
    out = depths <= -ARM
    chosen = np.where(out.any(axis=0), out.argmax(axis=0), depths.argmin(axis=0))
    turn = np.zeros(len(way))
    turn[inside] = np.radians(TRIED_DEG[chosen])
    turn = -in_good_time(-turn, AHEAD_S)[:, None]
    return _forwards(way, flesh.torso.forwards, turn)


def _forwards(way: Floats, forwards: Floats, turn: Floats | float) -> Floats:
    """Return ways (N, 3) turned by rad (N, 1) out of the frontal plane."""
    rise = np.sum(way * forwards, axis=-1, keepdims=True)
    now = np.arcsin(np.clip(rise, -1, 1))
    then = np.maximum(np.minimum(now + turn, FORWARDS), now)
    return np.asarray(unit(way - rise * forwards) * np.cos(then) + forwards * np.sin(then))


def unit(v: Floats) -> Floats:
    """Return vectors (..., 3) of length one."""
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))
