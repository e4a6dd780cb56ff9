"""Which joints of somebody followed through a film are drawn, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import L_ELBOW, L_KNEE, R_ELBOW, R_KNEE
from kpopdance.realtime.pose.crowd import SURE
from kpopdance.realtime.pose.limb_length import LENGTHS
from kpopdance.realtime.pose.offline_filter import fill_gaps, smooth_both_ways, without_mistakes
from kpopdance.realtime.pose.stature import mean_around, torsos_over_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Painter = Callable[
        [NDArray[np.uint8] | None, NDArray[np.float32], NDArray[np.float32]], NDArray[np.uint8]
    ]
    """From a picture (None: there is none), people (P, 18, 3) px and their torsos (P,) px."""

GHOST_S: Final = 0.5  # who is there for less is a mistake
SEEN_SHARE: Final = 0.3  # of the pictures between the first and the last
GAP_S: Final = 0.5  # bridged
REACH: Final = 1.35  # of what a limb measures: hands held towards the camera look that long
DOUBTED: Final = (
    0.4  # mean confidence of a joint around a moment; legs out of the picture have less
)
LED_BY: Final = (R_ELBOW, L_ELBOW, R_KNEE, L_KNEE)
FLICKER_S: Final = 0.1  # a joint seen for less
MIN_JOINTS: Final = 5


def steadied(at_s: NDArray[np.float64], joints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one person's joints float32 (T, 18, 3) as they are drawn, see the head of this file."""
    few = (joints[..., 2] > 0).sum(axis=1) < MIN_JOINTS
    believed = joints.copy()
    believed[few] = (np.nan, np.nan, 0)
    there = np.broadcast_to(~few, (18, len(at_s)))
    doubted = mean_around(at_s, joints[..., 2].T, there).T < DOUBTED
    believed[doubted] = (np.nan, np.nan, 0)
    sound = within_reach(at_s, without_mistakes(at_s, believed))
    filled = fill_gaps(at_s, sound, GAP_S)
    smooth = within_reach(at_s, fill_gaps(at_s, smooth_both_ways(at_s, filled), GAP_S))
    half_s = (at_s[-1] - at_s[0]) / 2  # enough in a film that is shorter than that
    ghost_s, flicker_s = min(GHOST_S, half_s), min(FLICKER_S, half_s)
    lasting = _lasting(at_s, (smooth[..., 2] > 0).sum(axis=1) >= MIN_JOINTS, ghost_s)
    sure = _sure(joints)
    for joint in range(18):
        stays = sure & lasting & _lasting(at_s, smooth[:, joint, 2] > 0, flicker_s)
        smooth[~stays, joint] = (np.nan, np.nan, 0)
    return smooth


def within_reach(at_s: NDArray[np.float64], joints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return joints (T, 18, 3) without ends of limbs that are longer than this body's can be.

    Here the body is known from a second before to a second after. A hand or foot whose elbow or knee
    is unseen is left out with it: it was found by way of that.
    """
    torsos = torsos_over_time(at_s, joints[None])[0]
    out = joints.copy()
    for inner, outer, length in LENGTHS:
        way = np.linalg.norm(out[:, outer, :2] - out[:, inner, :2], axis=1)
        gone = way > REACH * length * torsos
        if inner in LED_BY:
            gone |= out[:, inner, 2] <= 0
        out[gone, outer] = (np.nan, np.nan, 0)
    return out


def _there(people: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return who of people (P, T, 18, 3) is there when, bool (P, T)."""
    return np.asarray((people[..., 2] > 0).any(axis=-1))


def _sure(joints: NDArray[np.float32]) -> bool:
    """Return whether a person (T, 18, 3) is one: seen often between first and last, and surely."""
    seen = joints[..., 2] > 0
    rows = np.flatnonzero(seen.any(axis=1))
    often = len(rows) > 0 and len(rows) >= SEEN_SHARE * (rows[-1] - rows[0] + 1)
    return bool(often and float(joints[seen, 2].mean()) >= SURE)


def _lasting(
    at_s: NDArray[np.float64], seen: NDArray[np.bool_], least_s: float
) -> NDArray[np.bool_]:
    """Return ``seen`` bool (T,) without runs shorter than ``least_s``."""
    out = seen.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(np.int8), [0]])))
    for first, behind in edges.reshape(-1, 2):
        if at_s[behind - 1] - at_s[first] < least_s - 1e-6:
            out[first:behind] = False
    return out
