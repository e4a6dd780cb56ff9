"""What cheating would earn: performances made from the choreography itself that deserve nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 2026
TRIES = 6  # of each kind with chance in it
SHUFFLED = "moves shuffled"
_ARMS = ((2, 3, 4), (5, 6, 7))
_LEGS = ((8, 9, 10), (11, 12, 13))


def cheats(
    joints: NDArray[np.float32], fps: float, move_rows: int
) -> dict[str, NDArray[np.float32]]:
    """Return name -> joints float32 (T, 18, 3): ways to move that are not the dance.

    Standing in the mean pose, with arms down, flailing, and the dance's own moves shuffled in
    time. Names that differ by a number after ``#`` are tries of one kind. Always the same for
    the same choreography. (The mirror image is no cheat of this list: a dance that repeats itself
    on both sides would lose its worth; ``judge`` tells the sides apart move by move.)
    """
    rng = np.random.default_rng(SEED)
    still = np.broadcast_to(_mean_pose(joints), joints.shape).copy()
    dances = {"standing still": still, "arms down": _arms_down(still)}
    for k in range(TRIES):
        dances[f"flailing#{k}"] = _flail(still, fps, rng, hertz=(1.0, 2.0)[k % 2])
        dances[f"{SHUFFLED}#{k}"] = _shuffled(joints, move_rows, rng)
    return dances


def _mean_pose(joints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean pose (18, 3) about the neck, which stays where it is on average."""
    seen = joints[..., 2:] > 0
    xy = np.where(seen, joints[..., :2], 0)
    neck = np.where(seen[:, 1:2] & seen, joints[:, 1:2, :2], 0)
    both = (seen[:, 1:2] & seen).sum(axis=0)
    offset = (np.where(seen[:, 1:2] & seen, xy, 0) - neck).sum(axis=0) / np.maximum(both, 1)
    place = xy[:, 1].sum(axis=0) / max(int(seen[:, 1].sum()), 1)
    mean = np.concatenate([place + offset, (both > 0).astype(np.float64)], axis=1)
    mean[mean[:, 2] == 0, :2] = np.nan
    return mean.astype(np.float32)


def _arms_down(joints: NDArray[np.float32]) -> NDArray[np.float32]:
    out = joints.copy()
    for chain in _ARMS:
        _point(out, joints, chain, np.array([0.0, 1.0]))
    return out


def _point(
    out: NDArray[np.float32],
    joints: NDArray[np.float32],
    chain: tuple[int, ...],
    direction: NDArray[np.float64],
) -> None:
    """Turn a chain of bones so that each points along ``direction`` (2,) or (T, bones, 2)."""
    wanted = np.broadcast_to(direction, (len(joints), len(chain) - 1, 2))
    torso = np.linalg.norm(joints[:, 1, :2] - joints[:, (8, 11), :2].mean(axis=1), axis=-1)
    for k, (start, end) in enumerate(pairwise(chain)):
        out[:, end, :2] = out[:, start, :2] + 0.55 * torso[:, None] * wanted[:, k]
        out[:, end, 2] = np.where(np.isfinite(out[:, end, 0]), out[:, start, 2], 0)


def _flail(
    still: NDArray[np.float32], fps: float, rng: np.random.Generator, *, hertz: float
) -> NDArray[np.float32]:
    """Return wild swings: arms all around, legs a little, each bone on its own."""
    out = still.copy()
    for chains, swing in ((_ARMS, 3.0), (_LEGS, 0.5)):
        for chain in chains:
            angle = swing * _wander(len(still), 2, fps / hertz, rng)
            if swing > 1:
                angle += np.pi / 2 * rng.choice([-1, 1])
            _point(out, still, chain, np.stack([np.sin(angle), np.cos(angle)], axis=-1))
    return out


def _wander(
    rows: int, columns: int, period: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return smooth noise (rows, columns) of about unit size: random knots, cosine between."""
    knots = rng.uniform(-1, 1, (int(rows / period * 2) + 3, columns))
    at = np.arange(rows) / period * 2
    left = at.astype(int)
    ease = (0.5 - 0.5 * np.cos(np.pi * (at - left)))[:, None]
    wander: NDArray[np.float64] = knots[left] * (1 - ease) + knots[left + 1] * ease
    return wander


def _shuffled(
    joints: NDArray[np.float32], move_rows: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return the moves in a random order, as few as can be at their own place."""
    count = max(len(joints) // move_rows, 1)
    tries = [rng.permutation(count) for _ in range(20)]
    order = min(tries, key=lambda p: int((p == np.arange(count)).sum()))
    blocks = [joints[k * move_rows : (k + 1) * move_rows] for k in order]
    rest = joints[count * move_rows :]
    return np.concatenate([*blocks, rest])
