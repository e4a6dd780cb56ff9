"""What cheating would earn: performances made from the choreography itself that deserve nothing."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 2026
TRIES = 6  # of each kind with chance in it
STILL = "standing still"
SHUFFLED = "moves shuffled"
WAVE_SWING = 0.6  # rad
WAVES = {"low": 1.2, "high": 2.2, "as it stands": None}  # middle of a wave, rad from hanging
_ARMS = ((2, 3, 4), (5, 6, 7))
_LEGS = ((8, 9, 10), (11, 12, 13))


def cheats(
    joints: NDArray[np.float32], fps: float, move_rows: int, *, first_row: int = 0
) -> dict[str, NDArray[np.float32]]:
    """Return name -> joints float32 (T, 18, 3): ways to move that are not the dance.

    Standing in the mean pose, with arms down, flailing, waving both arms on the beat, and the
    dance's own moves shuffled in time. Moves of four beats begin at ``first_row``. Names that
    differ by a number after ``#`` are tries of one kind with chance in it. Always the same for
    the same choreography. (The mirror image is no cheat of this list: a dance that repeats itself
    on both sides would lose its worth; ``judge`` tells the sides apart move by move.)
    """
    rng = np.random.default_rng(SEED)
    still = np.broadcast_to(_mean_pose(joints), joints.shape).copy()
    dances = {STILL: still, "arms down": _arms_down(still)}
    for k in range(TRIES):
        dances[f"flailing#{k}"] = _flail(still, fps, rng, hertz=(1.0, 2.0)[k % 2])
        dances[f"{SHUFFLED}#{k}"] = _shuffled(joints, move_rows, first_row, rng)
    beats = (np.arange(len(joints)) - first_row) / (move_rows / 4)
    for middle, period, phase in product(WAVES, (1, 2), (0.0, np.pi)):
        angle = WAVE_SWING * np.cos(2 * np.pi * beats / period + phase)
        name = f"waving {middle} every {period} beats, {'up' if phase == 0 else 'down'}"
        dances[name] = _wave(still, WAVES[middle], angle)
    return dances


def lucky(worth: dict[str, float]) -> dict[str, float]:
    """Return kind -> what a lucky try of it earns: the tries' mean and a standard deviation.

    ``worth`` is name -> 0..1 of the tries, see ``cheats`` for their names.
    """
    tries: dict[str, list[float]] = {}
    for name, earned in worth.items():
        tries.setdefault(name.partition("#")[0], []).append(earned)
    return {kind: float(np.mean(each) + np.std(each)) for kind, each in tries.items()}


def corrected(worth: float, null: float) -> float:
    """Return worth 0..1 corrected for what a cheat earns: 0 at ``null``, 1 at 1."""
    return min(max((worth - null) / max(1 - null, 1e-6), 0.0), 1.0)


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
    torso = _torso(joints)
    for k, (start, end) in enumerate(pairwise(chain)):
        out[:, end, :2] = out[:, start, :2] + 0.55 * torso * wanted[:, k]
        out[:, end, 2] = np.where(np.isfinite(out[:, end, 0]), out[:, start, 2], 0)


def _torso(joints: NDArray[np.float32]) -> float:
    """Return the torso's length; where hips are unseen, one and a third shoulder widths."""
    torso = np.linalg.norm(joints[:, 1, :2] - joints[:, (8, 11), :2].mean(axis=1), axis=-1)
    width = np.linalg.norm(joints[:, 2, :2] - joints[:, 5, :2], axis=-1)
    known = np.where(np.isfinite(torso), torso, 4 / 3 * width)
    return float(np.median(known[np.isfinite(known)])) if np.isfinite(known).any() else 1.0


def _wave(
    still: NDArray[np.float32], middle: float | None, angle: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return both straight arms swinging by ``angle`` (T,) rad about a middle, None: their mean."""
    out = still.copy()
    for chain, side in zip(_ARMS, (-1, 1), strict=True):
        bone = still[0, chain[1], :2] - still[0, chain[0], :2]
        own = float(np.arctan2(side * bone[0], bone[1])) if np.isfinite(bone).all() else 1.2
        raised = angle + (own if middle is None else middle)
        way = np.stack([side * np.sin(raised), np.cos(raised)], axis=-1)
        _point(out, still, chain, np.stack([way, way], axis=1))
    return out


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
    joints: NDArray[np.float32], move_rows: int, first_row: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return the moves in a random order, as few as can be at their own place.

    What is left after the last whole move is another move's beginning.
    """
    before, joints = joints[:first_row], joints[first_row:]
    count = max(len(joints) // move_rows, 1)
    tries = [rng.permutation(count) for _ in range(20)]
    order = min(tries, key=lambda p: int((p == np.arange(count)).sum()))
    blocks = [joints[k * move_rows : (k + 1) * move_rows] for k in order]
    rest = blocks[0][: max(len(joints) - count * move_rows, 0)]
    return np.concatenate([before, *blocks, rest])
