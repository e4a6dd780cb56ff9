"""What is hidden is unseen, and no arm is another's: joints told among neighbours, all known by now.

Networks that look at one dancer guess what is behind another, and take a neighbour's arm for the
dancer's. Both show once it is known who is who:

- A joint that lies inside the body, or behind an arm, of somebody who stands clearly nearer to the
  camera is hidden.
- Of whom a part is hidden so, a joint that no network is sure of is a guess: hidden too.
- A forearm that looks otherwise than the dancer's own does, and like what a neighbour wears there, is
  the neighbour's: the hand is unseen. So is one that is stretched to reach a neighbour's hand.
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
from kpopdance.realtime.pose.appearance import GREY_LEVELS
from kpopdance.realtime.pose.stature import torsos_over_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.pose.sightings import Sightings

SOLID: Final = (
    (NECK, NOSE, 0.2), (NECK, R_HIP, 0.22), (NECK, L_HIP, 0.22), (R_SHOULDER, R_HIP, 0.12),
    (L_SHOULDER, L_HIP, 0.12), (R_HIP, R_KNEE, 0.16), (L_HIP, L_KNEE, 0.16),
    (R_KNEE, R_ANKLE, 0.1), (L_KNEE, L_ANKLE, 0.1),
)  # fmt: skip
"""Bones that hide what is behind them, and how thick they are, torsos from the bone."""
SLEEVES: Final = (
    (R_SHOULDER, R_ELBOW, 0.1), (R_ELBOW, R_WRIST, 0.08),
    (L_SHOULDER, L_ELBOW, 0.1), (L_ELBOW, L_WRIST, 0.08),
)  # fmt: skip
"""The same of arms, which are before a body as often as beside it."""
FEET: Final = (R_ANKLE, L_ANKLE)
NEARER: Final = 0.15  # torsos that the feet are lower in the picture, or
LARGER: Final = 1.12  # times as large: nearer to the camera
UNSURE: Final = 0.6  # confidence: below, what is half hidden is guessed
FOREARMS: Final = {R_WRIST: 8, L_WRIST: 9}
"""The wrist of each, and its place in ``garments_of``."""
UNSEEN: Final = np.array([np.nan, np.nan, 0], np.float32)
OTHERWISE: Final = 1.0  # garments from one's own forearm
LIKE: Final = 0.5  # and to a neighbour's wear, less by so much
TOUCHES: Final = 0.25  # torsos between two hands at one place
STRETCHED: Final = 1.25  # times as much as the other's, of what a forearm usually is
REACH: Final = 0.3  # torsos from a wrist to a neighbour's arm or trunk
ARMS: Final = ((2, 3, 6), (3, 4, 8), (5, 6, 7), (6, 7, 9), (NECK, R_HIP, 0), (NECK, L_HIP, 0))
"""Where a neighbour's wear may be taken for a forearm: from, to, its place in ``garments_of``."""


def without_hidden(
    at_s: NDArray[np.float64], joints: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return joints float32 (P, T, 18, 3) px without those behind somebody nearer, nor guesses."""
    behind = np.zeros(joints.shape[:3], np.bool_)
    torso = torsos_over_time(at_s, joints).astype(np.float64)
    feet = _lowest(joints)
    for front in range(len(joints)):
        for back in (k for k in range(len(joints)) if k != front):
            both = (torso[front] > 0) & (torso[back] > 0)
            both &= (joints[[front, back]][..., 2] > 0).any(axis=-1).all(axis=0)
            lower = (feet[front] - feet[back]) / np.maximum(torso[front], 1)
            larger = torso[front] / np.maximum(torso[back], 1)
            nearer = both & (lower > NEARER) & (larger > 1 / LARGER)
            nearer |= both & (larger > LARGER) & ~(lower < -NEARER)
            rows = np.flatnonzero(nearer)
            if len(rows):
                behind[back, rows] |= inside(
                    joints[back, rows],
                    joints[front, rows],
                    torso[front, rows],
                    (*SOLID, *SLEEVES),
                )
    guessed = behind.any(axis=2, keepdims=True) & (joints[..., 2] < UNSURE)
    return np.where((behind | guessed)[..., None], UNSEEN, joints)


def without_others_hands(
    joints: NDArray[np.float32], seen: Sightings, people: Sequence[NDArray[np.int64]]
) -> NDArray[np.float32]:
    """Return joints (P, T, 18, 3) px without hands at the end of another's forearm, by its looks.

    ``people`` says which sightings each is.
    """
    out = joints.copy()
    worn = np.stack([_worn(seen, each) for each in people])  # (P, 10, 5, 3)
    torso = torsos_over_time(seen.at_s, joints).astype(np.float64)
    for k, each in enumerate(people):
        rows = seen.rows[each]
        for wrist, arm in FOREARMS.items():
            known = seen.worn[each, arm] & (joints[k, rows, wrist, 2] > 0)
            colours = seen.colours[each, arm].astype(np.float64)
            own = _far(colours, worn[k, 8:].mean(axis=0))
            doubted = np.flatnonzero(known & (own > OTHERWISE))
            for n in doubted.tolist():
                told = _beside(joints[:, rows[n]], k, wrist, torso[k, rows[n]])
                if any(_far(colours[n], worn[j, part]) < own[n] - LIKE for j, part in told):
                    out[k, rows[n], wrist] = (np.nan, np.nan, 0)
    return _without_stretched(out, torso)


def _without_stretched(
    joints: NDArray[np.float32], torso: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return joints (P, T, 18, 3) px without hands that are stretched to where another's hand is."""
    hands = list(FOREARMS)
    places = joints[:, :, hands, :2].astype(np.float64)  # (P, T, 2, 2)
    long = np.linalg.norm(places - joints[:, :, [hand - 1 for hand in hands], :2], axis=-1)
    stretch = long / np.where(torso > 0, torso, np.nan)[..., None]
    usual = [
        np.median(own[np.isfinite(own)]) if np.isfinite(own).any() else 1.0 for own in stretch
    ]
    stretch /= np.maximum(np.array(usual), 1e-3)[:, None, None]
    out = joints.copy()
    for k in range(len(joints)):
        for j in (j for j in range(len(joints)) if j != k):
            way = np.linalg.norm(
                places[k][:, :, None] - places[j][:, None], axis=-1
            )  # (T, 2, 2)
            meets = way < TOUCHES * torso[k][:, None, None]
            more = stretch[k][:, :, None] > STRETCHED * np.maximum(stretch[j][:, None], 1.0)
            for row, side in np.argwhere((meets & more).any(axis=2)):
                out[k, row, hands[side]] = UNSEEN
    return out


def _beside(
    joints: NDArray[np.float32], k: int, wrist: int, torso: float
) -> list[tuple[int, int]]:
    """Return whose garments are near a wrist of somebody's in a picture (P, 18, 3)."""
    at = joints[k, wrist, :2]
    along = at - joints[k, wrist - 1, :2]  # from the elbow
    told = []
    for j in (j for j in range(len(joints)) if j != k):
        for start, end, part in ARMS:
            if (joints[j, (start, end), 2] > 0).all():
                bone = joints[j, end, :2] - joints[j, start, :2]
                # hands that touch come from different sides
                meets = part in FOREARMS.values() and float(along @ bone) <= 0
                way = _to_bone(at[None], joints[j, start, :2], joints[j, end, :2])
                if not meets and float(way[0]) < REACH * torso:
                    told.append((j, part))
    return told


def _worn(seen: Sightings, sightings: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what somebody wears, (10, 5, 3): the median of all pictures."""
    out = np.full((10, 5, 3), np.nan)
    for part in range(10):
        known = sightings[seen.worn[sightings, part]]
        if len(known):
            out[part] = np.median(seen.colours[known, part], axis=0)
    return out


def _far(colours: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far quantiles of colours (..., 5, 3) are from others, garments; NaN is far."""
    far = np.abs(colours - other).mean(axis=(-2, -1)) / GREY_LEVELS
    return np.asarray(np.nan_to_num(far, nan=np.inf), np.float64)


def inside(
    joints: NDArray[np.float32], front: NDArray[np.float32], torso: NDArray[np.float64],
    bones: Sequence[tuple[int, int, float]] = SOLID,
) -> NDArray[np.bool_]:  # fmt: skip
    """Return which joints (R, J) of (R, J, 3) lie inside the body of another (R, 18, 3).

    ``bones`` are from, to, and how thick, torsos (R,).
    """
    within = np.zeros(joints.shape[:2], np.bool_)
    for start, end, thick in bones:
        known = (front[:, start, 2] > 0) & (front[:, end, 2] > 0)
        way = _to_bone(joints[..., :2], front[:, start, None, :2], front[:, end, None, :2])
        within |= known[:, None] & (way < thick * torso[:, None])
    return within & (joints[..., 2] > 0)


def _to_bone(
    at: NDArray[np.float32], start: NDArray[np.float32], end: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return how far places (..., 2) are from a bone, px; NaN compares as false."""
    along = end - start
    length = np.maximum((along**2).sum(axis=-1), 1e-6)
    share = np.clip(((at - start) * along).sum(axis=-1) / length, 0, 1)
    way = at - start - share[..., None] * along
    return np.asarray(np.linalg.norm(way, axis=-1), np.float64)


def _lowest(joints: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the lower foot's y (P, T), px; NaN where none is seen."""
    y = np.where(joints[:, :, FEET, 2] > 0, joints[:, :, FEET, 1], -np.inf).max(axis=2)
    return np.asarray(np.where(np.isfinite(y), y, np.nan), np.float64)
