"""Films that nobody filmed, as pass one would have seen them: dancers with paths, clothes, ways to hide.

A camera stands at the origin of a floor measured in body heights; x runs to the right, z away from it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kpopdance.realtime.core.body import MIRROR
from kpopdance.realtime.pose.sightings import SCENERY, SEAMS, Sightings
from tests import dances

WIDTH, HEIGHT = 1280, 720
FOCAL_PX, HORIZON_PX, CAMERA_HIGH = 0.9 * WIDTH, 280.0, 1.0
BODY = 0.88  # picture heights that ``dances.figure`` is tall
HIDES = 0.4  # body sizes (heights / 2.5) beside somebody nearer: one is hidden
NOISE_PX = 1.5
EACH = ("rows", "joints", "colours", "worn", "traced")  # of each sighting
STANDS = np.array([[1, 0, 0], [0, 1, 0]], np.float32)


@dataclass
class Person:
    """Who dances (``seed``), where at a second (x, z), in which clothes, and when they are there.

    ``image``: in a mirror behind who dances the same, right and left exchanged.
    """

    seed: int
    path: object
    clothes: int
    there: tuple = ((-1.0, 1e9),)
    size: float = 1.0
    still: bool = False
    image: bool = False
    unseen: tuple = ()
    swing: float = 1.0


@dataclass
class Filmed:
    """Sightings, and who each of them is: -1 nobody; the truth about places and joints."""

    seen: Sightings
    who: np.ndarray
    joints: np.ndarray  # (P, T, 18, 3) px
    shown: np.ndarray  # (P, T): a sighting is theirs
    floor: np.ndarray  # (P, T, 2)


def filmed(people, length_s=10.0, fps=30.0, *, cuts=(), cameras=None, seed=0, missing=0.02):
    """Film people; ``cameras`` gives the affine (2, 3) that each second's picture is seen through.

    ``cuts`` are seconds at which the scenery changes.
    """
    rng = np.random.default_rng(seed)
    at_s = np.arange(round(length_s * fps)) / fps
    true = np.stack([_danced(one, at_s) for one in people])
    floor = np.stack([np.array([one.path(t) for t in at_s]) for one in people]).astype(float)
    lens = [STANDS if cameras is None else np.asarray(cameras(t), float) for t in at_s]
    shown = np.zeros((len(people), len(at_s)), bool)
    rows, joints, colours, who = [], [], [], []
    for row, t in enumerate(at_s):
        placed = [_seen_by(true[k, row], lens[row]) for k in range(len(people))]
        for k in range(len(people)):
            true[k, row] = placed[k]
        visible = _visible(people, true[:, row], floor[:, row], t)
        for k in np.flatnonzero(visible):
            if rng.random() < missing:
                continue
            shown[k, row] = True
            rows.append(row)
            who.append(k)
            joints.append(_noisy(true[k, row], people[k], rng))
            colours.append(_clothes(people[k].clothes, rng))
    return Filmed(
        Sightings(
            np.array((WIDTH, HEIGHT)), at_s, np.ones(len(at_s), bool),
            _scenery(at_s, cuts, rng), _moved(lens), np.zeros((len(at_s), *SEAMS), np.uint8),
            np.array(rows, np.int64), np.array(joints, np.float32).reshape(-1, 18, 3),
            np.array(colours, np.uint8).reshape(-1, 10, 5, 3),
            np.ones((len(rows), 10), bool), np.zeros(len(rows), bool),
        ),
        np.array(who), true, shown, floor,
    )  # fmt: skip


def side_by_side(films):
    """What films' panels beside each other show."""
    count, first = len(films), films[0].seen
    parts = []
    for k, film in enumerate(films):
        joints = film.seen.joints / np.array((count, count, 1)) + (k * WIDTH / count, 0, 0)
        parts.append(dataclasses.replace(film.seen, joints=joints.astype(np.float32)))
    seams = np.full((len(first.at_s), *SEAMS), 60, np.uint8)
    seams[:, 0] = 0
    for k in range(1, count):
        seams[:, :, round(320 * k / count)] = np.array((63, 60, 60, 0, 0))
    return dataclasses.replace(
        _together(first, parts), seams=seams, scenery=255 - first.scenery
    )


def spliced(one, other, row):
    """Return one film's sightings until a row, and another's from there on."""
    told = {
        name: np.concatenate([getattr(one, name)[:row], getattr(other, name)[row:]])
        for name in ("scenery", "seams")
    }
    parts = [_chosen(one, one.rows < row), _chosen(other, other.rows >= row)]
    return dataclasses.replace(_together(one, parts), **told)


def _chosen(seen, chosen):
    return dataclasses.replace(seen, **{name: getattr(seen, name)[chosen] for name in EACH})


def _together(film, parts):
    """A film with the sightings of all parts, in order of the pictures."""
    order = np.argsort(np.concatenate([part.rows for part in parts]), kind="stable")
    told = {n: np.concatenate([getattr(part, n) for part in parts])[order] for n in EACH}
    return dataclasses.replace(film, **told)


def _danced(one, at_s):
    """Joints (T, 18, 3) px of a standing camera."""
    dance = dances.song(one.seed, moves=1 + int(at_s[-1] / 2)).joints
    dance = dances.turned(dance, swing=0.0 if one.still else one.swing)
    rows = np.clip(np.round(at_s * dances.FPS).astype(int), 0, len(dance) - 1)
    joints = dance[rows].astype(np.float64)
    # the swaying of the hips stays, as who dances in place does
    middle = np.median(joints[:, (8, 11), 0])
    feet = np.median(joints[:, (10, 13), 1].max(axis=1))
    for row, t in enumerate(at_s):
        x, z = one.path(t)
        px = FOCAL_PX / z
        scale = px * one.size / BODY
        joints[row, :, 0] = WIDTH / 2 + x * px + (joints[row, :, 0] - middle) * scale
        joints[row, :, 1] = HORIZON_PX + CAMERA_HIGH * px + (joints[row, :, 1] - feet) * scale
    joints[:, list(one.unseen)] = (np.nan, np.nan, 0)
    return joints[:, MIRROR] if one.image else joints


def _seen_by(joints, lens):
    out = joints.copy()
    out[:, :2] = joints[:, :2] @ lens[:, :2].T + lens[:, 2]
    return out


def _visible(people, joints, floor, t):
    """Who is in the picture, and not behind somebody."""
    middle = np.nanmean(joints[:, :, :2], axis=1)
    px = np.nanmax(joints[:, :, 1], axis=1) - np.nanmin(joints[:, :, 1], axis=1)
    out = []
    for k, one in enumerate(people):
        there = any(start <= t < end for start, end in one.there)
        inside = 0 < middle[k, 0] < WIDTH and 0 < middle[k, 1] < HEIGHT
        hidden = any(
            j != k
            and any(start <= t < end for start, end in other.there)
            and floor[j, 1] < floor[k, 1]
            and abs(middle[j, 0] - middle[k, 0]) < HIDES * px[j] / 2.5
            for j, other in enumerate(people)
        )
        out.append(there and inside and not hidden)
    return np.array(out)


def _noisy(joints, one, rng):
    out = joints.copy()
    out[:, :2] += rng.normal(0, NOISE_PX, (18, 2))
    out[:, 2] = np.where(np.isfinite(out[:, 0]), 0.85, 0)
    return out


def _clothes(number, rng):
    """Colours (10, 5, 3) of somebody dressed in a number; the same number, the same clothes."""
    own = np.random.default_rng(1000 + number)
    base = own.uniform(20, 235, (6, 1, 3))
    base = base[[0, 1, 2, 2, 3, 3, 4, 4, 5, 5]]
    spread = np.linspace(-18, 18, 5)[None, :, None]
    light = rng.normal(0, 4)
    return np.clip(base + spread + light + rng.normal(0, 8, (10, 1, 3)), 0, 255)


def _scenery(at_s, cuts, rng):
    scene = np.searchsorted(np.asarray(cuts, float), at_s, side="right")
    looks = rng.integers(0, 256, (len(cuts) + 1, *SCENERY))
    noise = rng.integers(-2, 3, (len(at_s), *SCENERY))
    return np.clip(looks[scene] + noise, 0, 255).astype(np.uint8)


def _moved(lens):
    out = [STANDS]
    for before, now in pairwise(lens):
        a = np.vstack([before, (0, 0, 1)])
        b = np.vstack([now, (0, 0, 1)])
        out.append((b @ np.linalg.inv(a))[:2])
    return np.array(out, np.float32)


def at(x, z):
    """Stand there."""
    return lambda t: (x, z)


def walk(*points):
    """Go from one (second, x, z) to the next in straight lines."""
    told = np.array(points, float)
    return lambda t: tuple(np.interp(t, told[:, 0], told[:, k]) for k in (1, 2))
