"""Flesh around the bones: arms keep out of trunk and head.

A trunk is a stack of ellipses between its hips and its neck, a head a ball; half widths and depths
are those of a slim adult, by eye. Lengths are body heights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core import body
from tools.album.dance.springs import in_good_time

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
UPPER_PART: Final = (0.6, 0.8, 1.0)
FORE_PART: Final = (0.25, 0.5, 0.75, 1.0, 1.3)
"""Where along its bone an arm is asked for, a forearm with its hand; the shoulder is the trunk's."""
TRIED_DEG: Final = np.arange(0.0, 91.0, 3.0)
"""So much further forwards an arm is turned to come out, the least that will do."""
FORWARDS: Final = np.radians(86.0)
"""And no further than this out of the frontal plane."""
AHEAD_S: Final = 0.1
"""So long before it must be out an arm begins to turn."""


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


def kept_out(
    start: Floats, way: Floats, bone: float, torso: Torso, part: tuple[float, ...]
) -> Floats:
    """Return unit vectors (N, 3) of an arm's bone, turned forwards where it would be in the trunk.

    ``start`` (N, 3) its upper end, ``way`` (N, 3) where it is wanted; it turns in good time.
    """
    along = bone * np.array(part)[:, None]
    inside = np.flatnonzero(torso.depth(start[:, None] + way[:, None] * along) > -ARM)
    if not len(inside):
        return way
    within, here = torso.rows(inside), start[inside, None]
    depths = np.stack(
        [
            within.depth(here + _forwards(way[inside], within.forwards, turn)[:, None] * along)
            for turn in np.radians(TRIED_DEG)
        ]
    )
    out = depths <= -ARM
    chosen = np.where(out.any(axis=0), out.argmax(axis=0), depths.argmin(axis=0))
    turn = np.zeros(len(way))
    turn[inside] = np.radians(TRIED_DEG[chosen])
    return _forwards(way, torso.forwards, -in_good_time(-turn, AHEAD_S)[:, None])


def _forwards(way: Floats, forwards: Floats, turn: Floats | float) -> Floats:
    """Return ways (N, 3) turned by rad (N, 1) out of the frontal plane."""
    rise = np.sum(way * forwards, axis=-1, keepdims=True)
    now = np.arcsin(np.clip(rise, -1, 1))
    then = np.maximum(np.minimum(now + turn, FORWARDS), now)
    return np.asarray(unit(way - rise * forwards) * np.cos(then) + forwards * np.sin(then))


def unit(v: Floats) -> Floats:
    """Return vectors (..., 3) of length one."""
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))
