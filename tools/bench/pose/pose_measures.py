"""What ``bench_pose`` counts: joints in place, swaps, what a confidence is worth, jitter and lag."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import L_WRIST, R_WRIST, body_size
from tools.bench.pose.pose_truth import TWELVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tools.bench.pose.pose_truth import Person

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

NEAR: Final = 0.1  # of the body's size: the longer side of its box
DRAWS: Final = 1000
RAISED: Final = {"raised wrist": ((4, 2), (7, 5)), "raised elbow": ((3, 2), (6, 5))}
"""Joint, and the joint below which it would not be raised."""
GROUPS: Final = {
    "shoulder": (2, 5), "elbow": (3, 6), "wrist": (4, 7), "hip": (8, 11), "knee": (9, 12),
    "ankle": (10, 13),
}  # fmt: skip
STILL: Final = 0.5  # body sizes a second: slower is a hold, where all that moves is jitter


def right(people: Sequence[Person], poses: Floats) -> tuple[Bools, Bools]:
    """Return which joints (N, 18) of poses (N, 18, 3) px are in place, and which have a label."""
    truth = np.stack([person.joints for person in people])
    size = np.array([person.size for person in people])
    apart = np.linalg.norm(poses[..., :2] - truth[..., :2], axis=-1)
    return apart < NEAR * size[:, None], truth[..., 2] > 0


def share(hits: Bools, counted: Bools, seed: int = 0) -> tuple[float, float, float, int]:
    """Return the percentage of hits among counted, its 95 % bootstrap interval over people, count.

    Efron and Tibshirani, "An Introduction to the Bootstrap", section 13.3: percentiles.
    """
    total = int(counted.sum())
    if not total:
        return np.nan, np.nan, np.nan, 0
    good, each = (hits & counted).sum(axis=1), counted.sum(axis=1)
    draws = np.random.default_rng(seed).integers(0, len(good), (DRAWS, len(good)))
    shares = 100 * good[draws].sum(axis=1) / np.maximum(each[draws].sum(axis=1), 1)
    low, high = np.percentile(shares, (2.5, 97.5))
    return 100 * good.sum() / total, float(low), float(high), total


def twelve() -> Bools:
    """Return bool (18,): shoulders to ankles."""
    mask = np.zeros(18, dtype=bool)
    mask[list(TWELVE)] = True
    return mask


def raised(people: Sequence[Person], what: str) -> Bools:
    """Return bool (N, 18): joints that a person holds above the shoulder."""
    mask = np.zeros((len(people), 18), dtype=bool)
    for n, person in enumerate(people):
        for joint, shoulder in RAISED[what]:
            both = person.labelled[joint] and person.labelled[shoulder]
            mask[n, joint] = both and person.joints[joint, 1] < person.joints[shoulder, 1]
    return mask


def swapped(people: Sequence[Person], poses: Floats) -> tuple[int, int]:
    """Return how many wrists lie where the other one is, and of how many that could be told.

    Only people whose wrists are farther apart than two tolerances, and wrists that were given.
    """
    wrong = told = 0
    for person, pose in zip(people, poses, strict=True):
        near = NEAR * person.size
        wrists = person.joints[[R_WRIST, L_WRIST], :2]
        if not np.linalg.norm(wrists[0] - wrists[1]) > 2 * near:
            continue
        for joint, own, other in ((R_WRIST, 0, 1), (L_WRIST, 1, 0)):
            if np.isfinite(pose[joint, 0]):
                told += 1
                to = np.linalg.norm(wrists - pose[joint, :2], axis=1)
                wrong += bool(to[other] < near < to[own])
    return wrong, told


def reliability(
    sure: Floats, good: Bools, edges: Sequence[float] = tuple(np.linspace(0, 1, 11))
) -> list[tuple[float, float, int]]:
    """Return (mean confidence, share right, count) for each bin of confidences (n,) that has any."""
    bins = []
    for low, high in itertools.pairwise(edges):
        here = (sure >= low) & ((sure < high) | ((high == edges[-1]) & (sure <= high)))
        if here.any():
            bins.append((float(sure[here].mean()), float(good[here].mean()), int(here.sum())))
    return bins


def isotonic(raw: Floats, good: Bools) -> tuple[Floats, Floats]:
    """Return blocks of rising raw confidence and the share right in each, never falling.

    Pool adjacent violators: Barlow et al., "Statistical Inference under Order Restrictions" (1972).
    """
    order = np.argsort(raw)
    blocks: list[list[float]] = []  # sum of raw, sum right, count
    for x, y in zip(raw[order], good[order], strict=True):
        blocks.append([float(x), float(y), 1.0])
        while (
            len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]
        ):
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    table = np.array(blocks)
    return table[:, 0] / table[:, 2], table[:, 1] / table[:, 2]


def trembling(at_s: Floats, joints: Floats) -> tuple[Floats, Bools]:
    """Return second differences (T - 2, 12) in body sizes, and where the joint holds still.

    In a fast move the second difference is the dance itself; in a hold it is jitter.
    """
    size = typical_size(joints)
    xy = joints[:, list(TWELVE), :2] / size
    second = np.linalg.norm(xy[2:] - 2 * xy[1:-1] + xy[:-2], axis=-1)
    speed = np.linalg.norm(np.gradient(_blurred(xy), axis=0), axis=-1)
    return second, (speed / np.gradient(at_s)[:, None] < STILL)[1:-1]


def lag_s(at_s: Floats, before: Floats, after: Floats) -> float:
    """Return by how much joints after a filter (T, 18, 3) come later than before it.

    The shift in time with the least mean distance, the farthest tenth left out, to 1 ms.
    """
    shifts = np.arange(-0.02, 0.081, 0.001)
    index = np.arange(len(at_s))
    costs = []
    for shift in shifts:
        at = np.interp(at_s + shift, at_s, index)
        low = np.clip(at.astype(int), 0, len(at_s) - 2)
        part = (at - low)[:, None, None]
        moved = after[low, :, :2] * (1 - part) + after[low + 1, :, :2] * part
        apart = np.linalg.norm(moved - before[..., :2], axis=-1)[3:-3][:, list(TWELVE)]
        apart = apart[np.isfinite(apart)]
        costs.append(np.minimum(apart, np.percentile(apart, 90)).mean())
    return float(shifts[int(np.argmin(costs))])


def typical_size(joints: Floats) -> float:
    """Return the median body size of joints (T, 18, 3), px."""
    sizes = [body_size(row.astype(np.float32)) for row in joints]
    return float(np.median([size for size in sizes if size is not None] or [1.0]))


def _blurred(xy: Floats) -> Floats:
    """Return positions over time without trembling: a Gaussian of 2 rows."""
    steps = np.arange(-6, 7)
    weights = np.exp(-(steps**2) / 8)
    padded = np.pad(xy, ((6, 6), (0, 0), (0, 0)), mode="edge")
    rows = [w * padded[i : i + len(xy)] for i, w in enumerate(weights / weights.sum())]
    blurred: Floats = np.sum(rows, axis=0)
    return blurred
