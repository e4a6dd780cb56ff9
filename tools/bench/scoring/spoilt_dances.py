"""Ways to dance a choreography badly, well, or not at all: what the judge is measured with.

All take and give joints float32 (T, 18, 3) in picture heights at one rate; nothing is drawn by
chance but from a seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import NECK, mirrored
from tools.bench.scoring.generated_dances import MID_HIP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Joints = NDArray[np.float32]
    Floats = NDArray[np.float64]

ARMS: Final = {"right_arm": (3, 4), "left_arm": (6, 7)}
LIMBS: Final = {**ARMS, "right_leg": (9, 10), "left_leg": (12, 13)}
LEG_JOINTS: Final = (9, 10, 12, 13)
PX: Final = 480.0  # picture height that noise in px is given for
HANGS_ON: Final = {
    MID_HIP: 1, 2: 1, 5: 1, 0: 1, 3: 2, 4: 3, 6: 5, 7: 6, 8: MID_HIP, 11: MID_HIP, 9: 8, 10: 9,
    12: 11, 13: 12, 14: 0, 15: 0, 16: 14, 17: 15,
}  # fmt: skip
"""Each joint's inner neighbour, from the neck outwards: hips may be out of the picture."""


def moved(joints: Joints, *, x: float = 0.0, y: float = 0.0, scale: float = 1.0) -> Joints:
    """Return the dance elsewhere in the picture, nearer or farther."""
    out = joints.copy()
    out[..., :2] = out[..., :2] * scale + np.array([x, y], dtype=np.float32)
    return out


def rolled(joints: Joints, rad: float) -> Joints:
    """Return the dance seen by a camera tilted by ``rad``."""
    turn = np.array([[np.cos(rad), np.sin(rad)], [-np.sin(rad), np.cos(rad)]], np.float32)
    out = joints.copy()
    out[..., :2] = (out[..., :2] - 0.5) @ turn + 0.5
    return out


def noisy(joints: Joints, seed: int, px: float = 2.0) -> Joints:
    """Return what a network sees: each joint off by so many px of 480, anew in every row."""
    out = joints.copy()
    out[..., :2] += np.random.default_rng(seed).normal(0, px / PX, out[..., :2].shape)
    return out


def held(joints: Joints, row: int = 0) -> Joints:
    """Return one pose all the time."""
    return np.broadcast_to(joints[row], joints.shape).copy()


def in_mirror(joints: Joints) -> Joints:
    """Return the dance as a mirror shows it."""
    return mirrored(joints, 2 * float(np.nanmean(joints[..., 0])))


def smaller(joints: Joints, swing: float) -> Joints:
    """Return the dance with every bone swinging only so far about its mean direction."""
    angles, lengths, root = _angles(joints)
    for end, angle in angles.items():
        mean = np.angle(np.nanmean(np.exp(1j * angle)))
        angles[end] = mean + swing * np.angle(np.exp(1j * (angle - mean)))
    middle = np.nanmean(root, axis=0)
    return _built(joints, angles, lengths, middle + swing * (root - middle))


def styled(joints: Joints, seed: int, deg: float = 30.0, fps: float = 30.0) -> Joints:
    """Return somebody's own way to dance it: the angle of each bone wanders slowly by so much."""
    rng = np.random.default_rng(seed)
    angles, lengths, root = _angles(joints)
    at_s = np.arange(len(joints)) / fps
    extra = {}
    for end in HANGS_ON:
        extra[end] = np.deg2rad(deg) * wandering(rng, at_s)
    extra[5], extra[11] = extra[2], extra[8]  # shoulders and hips stay straight lines
    return _built(joints, {end: angles[end] + extra[end] for end in HANGS_ON}, lengths, root)


def unsteady(joints: Joints, seed: int, share: float, fps: float = 30.0) -> Joints:
    """Return the dance with each bone's way from its mean direction too far or too short by a share.

    It wanders. What is asked for decides how large the error is (Harris and Wolpert, "Signal-dependent
    noise determines motor planning", Nature 1998).
    """
    rng = np.random.default_rng(seed)
    angles, lengths, root = _angles(joints)
    at_s = np.arange(len(joints)) / fps
    for end, angle in angles.items():
        mean = np.angle(np.nanmean(np.exp(1j * angle)))
        away = np.angle(np.exp(1j * (angle - mean)))
        angles[end] = mean + (1 + share * wandering(rng, at_s)) * away
    return _built(joints, angles, lengths, root)


def turned_at_most(joints: Joints, rad_a_row: float) -> Joints:
    """Return the dance by a body whose bones turn no faster: what comes too fast is not reached."""
    angles, lengths, root = _angles(joints)
    followed = {}
    for end, angle in angles.items():
        now, rows = float(angle[0]), np.empty(len(angle))
        for row, wanted in enumerate(angle.tolist()):
            away = (wanted - now + np.pi) % (2 * np.pi) - np.pi
            now += min(max(away, -rad_a_row), rad_a_row)
            rows[row] = now
        followed[end] = rows
    return _built(joints, followed, lengths, root)


def wandering(rng: np.random.Generator, at_s: Floats) -> Floats:
    """Return a slow wandering (T,) about 0, of standard deviation 1, at times (T,) in s."""
    hertz, phase = rng.uniform(0.15, 0.7, (5, 1)), rng.uniform(0, 2 * np.pi, (5, 1))
    wander: Floats = np.sin(2 * np.pi * hertz * at_s + phase).sum(axis=0) / np.sqrt(2.5)
    return wander


def with_lengths(joints: Joints, seed: int, spread: float = 0.1) -> Joints:
    """Return the dance of somebody else's body: each bone longer or shorter by up to ``spread``."""
    rng = np.random.default_rng(seed)
    angles, lengths, root = _angles(joints)
    factor = {end: rng.uniform(1 - spread, 1 + spread) for end in HANGS_ON}
    for left, right in ((5, 2), (6, 3), (7, 4), (11, 8), (12, 9), (13, 10), (15, 14), (17, 16)):
        factor[left] = factor[right]
    return _built(joints, angles, {end: lengths[end] * factor[end] for end in HANGS_ON}, root)


def with_limb_of(joints: Joints, limb: str, other: Joints) -> Joints:
    """Return the dance with one limb of another one."""
    out = joints.copy()
    ends = list(LIMBS[limb])
    start = HANGS_ON[ends[0]]
    size = _size(joints) / _size(other)
    rows = np.arange(len(joints)) % len(other)
    hung = other[rows][:, ends, :2] - other[rows][:, [start], :2]
    out[:, ends, :2] = joints[:, [start], :2] + size * hung
    return out


def with_limb_held(joints: Joints, limb: str) -> Joints:
    """Return the dance with one limb hanging still from its joint."""
    out = joints.copy()
    ends = list(LIMBS[limb])
    start = HANGS_ON[ends[0]]
    hung = np.nanmean(joints[:, ends, :2] - joints[:, [start], :2], axis=0)
    out[:, ends, :2] = joints[:, [start], :2] + hung
    return out


def arms_down(joints: Joints) -> Joints:
    """Return somebody standing in the first pose with hanging arms."""
    out = held(joints)
    angles, lengths, root = _angles(out)
    for ends in ARMS.values():
        for end in ends:
            angles[end] = np.full(len(out), np.pi / 2)
    return _built(out, angles, lengths, root)


def flailing(joints: Joints, seed: int, fps: float = 30.0) -> Joints:
    """Return arms and legs thrown about, each bone on its own at 1 to 2 Hz."""
    rng = np.random.default_rng(seed)
    out = held(joints)
    angles, lengths, root = _angles(out)
    at_s = np.arange(len(joints)) / fps
    for ends in LIMBS.values():
        for end in ends:
            size = 4.2 if end < 8 else 0.7
            hertz, phase = rng.uniform(1, 2, (3, 1)), rng.uniform(0, 2 * np.pi, (3, 1))
            angles[end] = angles[end] + size * np.sin(2 * np.pi * hertz * at_s + phase).mean(0)
    return _built(out, angles, lengths, root)


def waving(joints: Joints, period_s: float, middle: float, fps: float = 30.0) -> Joints:
    """Return both straight arms up and down about ``middle`` rad from hanging."""
    out = arms_down(joints)
    angles, lengths, root = _angles(out)
    raised = middle + 0.6 * np.cos(2 * np.pi * np.arange(len(joints)) / fps / period_s)
    for ends, side in zip(ARMS.values(), (1, -1), strict=True):
        for end in ends:
            angles[end] = np.pi / 2 + side * raised
    return _built(out, angles, lengths, root)


def shuffled(joints: Joints, seed: int, rows: int) -> Joints:
    """Return blocks of so many rows in another order, none at its own place."""
    count = len(joints) // rows
    rng = np.random.default_rng(seed)
    order = rng.permutation(count)
    while (order == np.arange(count)).any():
        order = rng.permutation(count)
    return np.concatenate([joints[k * rows : (k + 1) * rows] for k in order])


def absent(joints: Joints, where: slice) -> Joints:
    """Return the dance with nobody there in some rows."""
    out = joints.copy()
    out[where] = (np.nan, np.nan, 0)
    return out


def _angles(joints: Joints) -> tuple[dict[int, Floats], dict[int, Floats], Floats]:
    """Return each bone's angle and length (T,), and the neck's place (T, 2)."""
    points = {j: joints[:, j, :2].astype(np.float64) for j in range(18)}
    points[MID_HIP] = (points[8] + points[11]) / 2
    angles, lengths = {}, {}
    for end, start in HANGS_ON.items():
        bone = points[end] - points[start]
        angles[end] = np.arctan2(bone[:, 1], bone[:, 0])
        lengths[end] = np.linalg.norm(bone, axis=1)
    return angles, lengths, points[NECK]


def _built(
    joints: Joints, angles: dict[int, Floats], lengths: dict[int, Floats], root: Floats
) -> Joints:
    """Return joints of bones put together again, with the confidences of ``joints``."""
    points = {NECK: root}
    for end, start in HANGS_ON.items():
        way = np.stack([np.cos(angles[end]), np.sin(angles[end])], axis=-1)
        points[end] = points[start] + lengths[end][:, None] * way
    out = joints.copy()
    out[..., :2] = np.stack([points[j] for j in range(18)], axis=1)
    out[~np.isfinite(out[..., 0])] = (np.nan, np.nan, 0)
    return out


def _size(joints: Joints) -> float:
    return float(np.nanmedian(np.linalg.norm(joints[:, 1, :2] - joints[:, 8, :2], axis=-1)))
