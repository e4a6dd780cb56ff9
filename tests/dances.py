"""Dances nobody danced: a jointed figure with random key poses on the beats, and ways to spoil them.

Everything is in stage units (picture heights); 480 of our px make one. All of it follows from
its seed.
"""

from __future__ import annotations

import numpy as np

from kpopdance.realtime.core.body import mirrored
from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.core.track import FILTER_LAG_S, PoseTrack, resample
from kpopdance.realtime.core.types import Choreography, Pose
from kpopdance.realtime.library import standards
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.scoring.judge import Judge
from tools.bench.scoring.spoilt_dances import wandering

FPS = 30.0
PX = 480.0
UP, DOWN = -np.pi / 2, np.pi / 2

# end joint: start joint, length in stage units; joint 18 is the middle of the hips
SKELETON = {
    1: (18, 0.26), 2: (1, 0.09), 5: (1, 0.09), 3: (2, 0.14), 4: (3, 0.13), 6: (5, 0.14),
    7: (6, 0.13), 8: (18, 0.05), 11: (18, 0.05), 9: (8, 0.2), 10: (9, 0.2), 12: (11, 0.2),
    13: (12, 0.2), 0: (1, 0.1), 14: (0, 0.03), 15: (0, 0.03), 16: (14, 0.035), 17: (15, 0.035),
}  # fmt: skip
RIGHT_ARM, LEFT_ARM, RIGHT_LEG, LEFT_LEG = (3, 4), (6, 7), (9, 10), (12, 13)


def song(seed, *, bpm=120.0, moves=12, start_s=0.0, alike=0.0):
    """A dance of so many moves of four beats, random key poses on whole, half and double beats.

    ``alike`` 1 is its own mirror image.
    """
    seconds = moves * 4 * 60 / bpm
    at_s = np.arange(round(seconds * FPS) + 1) / FPS
    angles, root = _angles(np.random.default_rng(seed), at_s, 60 / bpm, alike)
    return Choreography(figure(angles, root), FPS, start_s)


def figure(angles, root, lengths=None):
    """Joints float32 (T, 18, 3) of bone angles {end joint: (T,)} and the hips' place (T, 2)."""
    lengths = lengths or {}
    points = {18: root}
    for end, (start, length) in SKELETON.items():
        way = np.stack([np.cos(angles[end]), np.sin(angles[end])], axis=-1)
        points[end] = points[start] + length * lengths.get(end, 1.0) * way
    joints = np.ones((len(root), 18, 3), dtype=np.float32)
    joints[..., :2] = np.stack([points[j] for j in range(18)], axis=1)
    return joints


def _angles(rng, at_s, beat_s, alike):
    keys = _key_times(rng, at_s[-1], beat_s)

    def move(low, high):
        return _eased(rng.uniform(low, high, len(keys)), keys, at_s)

    sway = 1 - alike
    tilt = sway * move(-0.3, 0.3)
    girdle, head = tilt + sway * move(-0.25, 0.25), tilt + sway * move(-0.4, 0.4)
    angles = {1: UP + tilt, 2: np.pi + girdle, 5: girdle, 8: np.pi + tilt, 11: tilt}
    for right, left, reach, bend, knee in (
        (RIGHT_ARM, LEFT_ARM, (-0.6, 3.4), (-2.4, 2.4), -1),
        (RIGHT_LEG, LEFT_LEG, (-0.3, 1.1), (-0.2, 1.1), 1),
    ):
        both = move(*reach), move(*bend)  # outwards from hanging; pi is straight up
        for (upper, lower), side in ((right, -1), (left, 1)):
            raised, bent = (
                alike * same + sway * move(*how)
                for same, how in zip(both, (reach, bend), strict=True)
            )
            angles[upper] = DOWN - side * raised
            angles[lower] = angles[upper] + knee * side * bent
    angles |= {0: UP + head, 14: head - 2.2, 15: head - 0.9, 16: head + 2.9, 17: head + 0.2}
    root = np.stack([1.0 + move(-0.1, 0.1), np.full(len(at_s), 0.5)], axis=1)
    return angles, root


def _key_times(rng, end_s, beat_s):
    """A rhythm of whole, half and double beats, so that songs of one tempo still differ."""
    keys = [0.0]
    while keys[-1] <= end_s:
        keys.append(keys[-1] + beat_s * rng.choice([0.5, 1.0, 1.0, 2.0]))
    return np.array(keys)


def _eased(values, keys_s, at_s):
    """Values (T,) that reach key k at its moment and rest there for an instant."""
    left = np.searchsorted(keys_s, at_s, side="right") - 1
    share = (at_s - keys_s[left]) / (keys_s[left + 1] - keys_s[left])
    ease = 0.5 - 0.5 * np.cos(np.pi * share)
    return values[left] * (1 - ease) + values[left + 1] * ease


def turned(joints, *, swing=1.0, lengths=None, extra=None):
    """The same dance with other bones: smaller swings about the mean direction, other lengths.

    ``extra`` {end joint: (T,)} is added to the angles of bones.
    """
    points = {j: joints[:, j, :2].astype(float) for j in range(18)}
    points[18] = (points[8] + points[11]) / 2
    angles, sizes = {}, {}
    for end, (start, length) in SKELETON.items():
        bone = points[end] - points[start]
        direction = bone[:, 0] + 1j * bone[:, 1]
        mean = np.angle((direction / np.abs(direction)).mean())
        angles[end] = mean + swing * np.angle(direction * np.exp(-1j * mean))
        angles[end] += (extra or {}).get(end, 0.0)
        sizes[end] = (lengths or {}).get(end, 1.0)
        assert np.abs(np.abs(direction) - length).max() < 1e-4, "not one of our figures"
    return figure(angles, points[18], sizes)


def styled(joints, seed, deg=30.0):
    """Somebody's own way to dance it: the angle of every bone wanders slowly by so many degrees."""
    rng = np.random.default_rng(seed)
    at_s = np.arange(len(joints)) / FPS
    extra = {}
    for end in SKELETON:
        extra[end] = np.deg2rad(deg) * wandering(rng, at_s)
    extra[5], extra[11] = extra[2], extra[8]  # shoulders and hips stay straight lines
    return turned(joints, extra=extra)


def limb_of_another(joints, limb, other):
    """The same dance with one limb (two end joints) of another song's dance."""
    out = joints.copy()
    start = SKELETON[limb[0]][0]
    out[:, limb, :2] = joints[:, [start], :2] + other[:, limb, :2] - other[:, [start], :2]
    return out


def noisy(joints, seed, px=2.0):
    """What a network sees: every joint off by so many px, anew in every frame."""
    out = joints.copy()
    out[..., :2] += np.random.default_rng(seed).normal(0, px / PX, out[..., :2].shape)
    return out


def held(joints, row=0):
    """One pose all the time."""
    return np.broadcast_to(joints[row], joints.shape).copy()


def arms_down(joints):
    """Standing with hanging arms."""
    first = joints[:1]
    extra = {}
    for end in (*RIGHT_ARM, *LEFT_ARM):
        bone = first[0, end, :2] - first[0, SKELETON[end][0], :2]
        extra[end] = DOWN - np.arctan2(bone[1], bone[0])
    return np.broadcast_to(turned(first, extra=extra)[0], joints.shape).copy()


def waving(joints, period_s, middle, swing=0.6):
    """Standing upright, both straight arms up and down around ``middle`` rad from hanging."""
    at_s = np.arange(len(joints)) / FPS
    raised = middle + swing * np.cos(2 * np.pi * at_s / period_s)
    sides = ((RIGHT_ARM, 1), (LEFT_ARM, -1))
    return turned(
        arms_down(joints), extra={end: side * raised for arm, side in sides for end in arm}
    )


def flailing(joints, seed):
    """Arms and legs thrown about, each bone on its own at 1 to 2 Hz."""
    rng = np.random.default_rng(seed)
    at_s = np.arange(len(joints)) / FPS
    extra = {}
    for end in (3, 4, 6, 7, 9, 10, 12, 13):
        size = 2.5 if end < 8 else 0.4
        waves = rng.uniform(1.0, 2.0, 3)[:, None], rng.uniform(0, 2 * np.pi, 3)[:, None]
        extra[end] = size * np.sin(2 * np.pi * waves[0] * at_s + waves[1]).mean(axis=0) * 1.7
    return turned(held(joints), extra=extra)


def shuffled(joints, seed, *, bpm):
    """The song's own moves in another order, none at its own place."""
    rows = round(4 * 60 / bpm * FPS)
    count = len(joints) // rows
    rng = np.random.default_rng(seed)
    order = rng.permutation(count)
    while (order == np.arange(count)).any():
        order = rng.permutation(count)
    return np.concatenate([joints[k * rows : (k + 1) * rows] for k in order])


def in_mirror(joints):
    """The dance as a mirror shows it."""
    return mirrored(joints, 2.0)


def track_of(joints, *, late_s=0.0, start_s=0.0, fps=FPS, camera_fps=None, keep=None):
    """The player's poses in px as the loop collects them: as late as the smoother makes them.

    ``keep`` bool (T,) drops frames.
    """
    at_s = start_s + np.arange(len(joints)) / fps
    if camera_fps is not None:
        times = np.arange(at_s[0], at_s[-1], 1 / camera_fps)
        joints, at_s = resample(at_s, joints, times), times
    track = PoseTrack()
    for k, (at, row) in enumerate(zip(at_s, joints, strict=True)):
        if keep is None or keep[k]:
            pose = row.copy()
            pose[:, :2] *= PX
            track.add(
                float(at) + late_s + FILTER_LAG_S,
                Pose(pose) if (pose[:, 2] > 0).any() else None,
            )
    return track


def standard_of(dance, *, bpm=120.0, terms=USUAL):
    """What a dance asks: worked out once in a run of tests, as it takes seconds, and kept."""
    return standards.standard_of(SongPack("A dance", "", bpm, (dance,), audio=None), terms)


def judged(standard, track):
    """A judge who has seen the whole dance."""
    judge = Judge(standard)
    judge.step(track, np.inf)
    return judge


def score_of(standard, joints, **how):
    """The score 0..100 of joints danced from the song's start on."""
    start_s = float(how.pop("start_s", 0.0))
    return judged(standard, track_of(joints, start_s=start_s, **how)).totals()[0]
