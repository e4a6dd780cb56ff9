"""What of a pose is danced: directions of bones and how fast they turn, free of size and place."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from kpopdance.realtime.core.types import BELIEVED

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEATURE_FPS: Final = (
    30.0  # rows per second at which dances are compared, whatever camera or video gave
)
MID_HIP: Final = 18
BONES: Final = (
    (NECK, MID_HIP), (R_SHOULDER, L_SHOULDER), (NECK, NOSE),
    (R_SHOULDER, R_ELBOW), (R_ELBOW, R_WRIST), (L_SHOULDER, L_ELBOW), (L_ELBOW, L_WRIST),
    (R_HIP, R_KNEE), (R_KNEE, R_ANKLE), (L_HIP, L_KNEE), (L_KNEE, L_ANKLE),
)  # fmt: skip
BASE_WEIGHT: Final = np.array(
    [0.5, 0.4, 0.3, 1.0, 1.0, 1.0, 1.0, 0.6, 0.6, 0.6, 0.6], dtype=np.float32
)
LIMB_BONES: Final[dict[str, tuple[int, ...]]] = {
    "torso": (0, 1, 2),
    "right_arm": (3, 4),
    "left_arm": (5, 6),
    "right_leg": (7, 8),
    "left_leg": (9, 10),
}
"""Which bones make a limb in reports."""

_MIRROR_BONE = (0, 1, 2, 5, 6, 3, 4, 9, 10, 7, 8)
_MIRROR_SIGN = np.array([[-1, 1]] * 11, dtype=np.float32)
_MIRROR_SIGN[1] = (1, -1)  # the shoulders' line also changes its ends

VELOCITY_ROWS = 2  # velocity over +-2 rows
SPANS: Final = ((-2, 2), (-1, 1), (-2, 1), (-1, 2), (-2, 0), (0, 2), (-1, 0), (0, 1))
"""Rows between which a velocity is taken, best first: a joint that flickers does not stand still."""
CONFIDENCE_RAMP = (BELIEVED, 0.7)
SHORT_BONE = (
    0.35  # of the bone's own median length: shorter points at the camera, direction is noise
)
_STARTS = np.array([a for a, _ in BONES])
_ENDS = np.array([b for _, b in BONES])


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Rows of bones, leading axes free (..., T, B): T rows, B = 11 bones.

    ``direction`` float32 (..., T, B, 2) unit vectors, 0 where unseen; ``velocity`` float32
    (..., T, B, 2) 1/s (length about rad/s); ``weight`` float32 (..., T, B) 0..1, how far each may
    be trusted, 0 where unseen; ``filmed`` bool (..., T), of which rows there is a picture at all,
    None: of all.
    """

    direction: NDArray[np.float32]
    velocity: NDArray[np.float32]
    weight: NDArray[np.float32]
    filmed: NDArray[np.bool_] | None = None


def describe(joints: NDArray[np.float32], fps: float) -> Features:
    """Return the features of joints float32 (..., T, 18, 3) that follow each other at ``fps``."""
    bones, confidence = _bones(joints)
    length = lengths(bones)
    with np.errstate(invalid="ignore"):
        direction = np.where(
            (confidence > 0)[..., None], bones / np.maximum(length, 1e-9)[..., None], 0
        ).astype(np.float32)
    low, high = CONFIDENCE_RAMP
    trust = np.clip((confidence - low) / (high - low), 0, 1)
    typical = _median_length(length, confidence)
    steady = np.clip(length / np.maximum(SHORT_BONE * typical, 1e-9), 0, 1)
    weight = np.where(confidence > 0, trust * np.nan_to_num(steady), 0).astype(np.float32)
    return Features(direction, _velocity(direction, weight, fps), weight)


def lengths(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the lengths (...) of vectors (..., 2)."""
    x, y = vectors[..., 0], vectors[..., 1]
    out: NDArray[np.float32] = np.sqrt(x * x + y * y)  # np.hypot takes several times as long
    return out


def mirror_image(features: Features) -> Features:
    """Return the features of the same dance as a mirror shows it."""
    return Features(
        features.direction[..., _MIRROR_BONE, :] * _MIRROR_SIGN,
        features.velocity[..., _MIRROR_BONE, :] * _MIRROR_SIGN,
        features.weight[..., _MIRROR_BONE],
        features.filmed,
    )


def without(features: Features, limbs: tuple[str, ...]) -> Features:
    """Return the features with the bones of some limbs unseen."""
    weight = features.weight.copy()
    weight[..., [bone for limb in limbs for bone in LIMB_BONES[limb]]] = 0
    return replace(features, weight=weight)


def rows_of(features: Features, which: slice) -> Features:
    """Return some of the windows (N, T, B)."""
    filmed = None if features.filmed is None else features.filmed[which]
    return Features(
        features.direction[which], features.velocity[which], features.weight[which], filmed
    )


def joined(first: Features, second: Features) -> Features:
    """Return the windows (N, T, B) of both, one after the other."""
    return Features(
        np.concatenate([first.direction, second.direction]),
        np.concatenate([first.velocity, second.velocity]),
        np.concatenate([first.weight, second.weight]),
        None
        if first.filmed is None or second.filmed is None
        else np.concatenate([first.filmed, second.filmed]),
    )


def cut(features: Features, start: int, stop: int) -> Features:
    """Return rows start..stop of the features."""
    rows = slice(start, stop)
    return Features(
        features.direction[..., rows, :, :],
        features.velocity[..., rows, :, :],
        features.weight[..., rows, :],
        None if features.filmed is None else features.filmed[..., rows],
    )


def _bones(joints: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    hips = joints[..., (R_HIP, L_HIP), :]
    middle = hips.mean(axis=-2, keepdims=True)
    middle[..., 2] = hips[..., 2].min(axis=-1)[..., None]
    points = np.concatenate([joints, middle], axis=-2)
    vectors = points[..., _ENDS, :2] - points[..., _STARTS, :2]
    confidence = np.minimum(points[..., _ENDS, 2], points[..., _STARTS, 2])
    return vectors, np.where(np.isfinite(vectors[..., 0]), confidence, 0)


def _median_length(
    length: NDArray[np.float32], confidence: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the median length (..., 1, B) over the rows that saw the bone, 0 where none did."""
    rows = np.where(confidence > 0, length, np.inf)
    count = (confidence > 0).sum(axis=-2, keepdims=True)
    ordered = np.sort(rows, axis=-2)
    middle = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-2)
    return np.where(count > 0, middle, 0).astype(np.float32)


def _velocity(
    direction: NDArray[np.float32], weight: NDArray[np.float32], fps: float
) -> NDArray[np.float32]:
    """Return how fast bones turn, over the first of ``SPANS`` whose both rows saw them; else 0."""
    k, rows = VELOCITY_ROWS, direction.shape[-3]
    velocity, seen = np.zeros_like(direction), weight > 0
    missing = np.ones_like(seen[..., k : rows - k, :])
    for before, after in SPANS:
        early, late = (slice(k + step, rows - k + step) for step in (before, after))
        both = missing & seen[..., early, :] & seen[..., late, :]
        span = direction[..., late, :, :] - direction[..., early, :, :]
        found = span * np.float32(fps / (after - before))
        velocity[..., k : rows - k, :, :] += np.where(both[..., None], found, 0)
        missing &= ~both
        if not missing.any():
            break
    return velocity
