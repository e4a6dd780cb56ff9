"""How alike two dances are, window by window: likeness, lag, energy, coverage.

A window is the move under judgement with the move before it: lag scatters too much over less
than about four seconds, so both align together and only the later one is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from realtime.pure.alignment import align
from realtime.pure.features import BASE_WEIGHT, LIMB_BONES, VELOCITY_ROWS, Features, cut

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE: Final = (
    30.0  # rows per second at which dances are compared, whatever camera or video gave
)
BAND_ROWS: Final = 10
"""A third of a second: farther than the lag that earns nothing, else points leak at the rim."""
THETA_RAD = np.deg2rad(45.0)  # two trained dancers of one routine need 45; 30 is too strict
VELOCITY_SHARE = 0.3
VELOCITY_FLOOR = 1.0  # 1/s, below it speed says little
STEADY_SPEED = 0.5  # 1/s, what a standing player's key points wander
HOLD_EFFORT: Final = 0.10  # 1/s; a reference with less motion is a hold
MIN_SEEN = 0.6  # of what the reference asks; less is not enough to see a move

MARGIN_ROWS: Final = BAND_ROWS + VELOCITY_ROWS
"""Rows a player's window reaches beyond the reference's, on both sides."""


class LimbMarks(NamedTuple):
    """One limb in N windows, all float64 (N,).

    ``likeness`` 0..1; ``energy`` the player's motion per the reference's, ``effort`` the
    reference's, 1/s; ``asked`` how much of the dance it is, as far as it was seen.
    """

    likeness: NDArray[np.float64]
    energy: NDArray[np.float64]
    effort: NDArray[np.float64]
    asked: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What N windows gave, all float64 (N,).

    ``likeness`` 0..1; ``lag_s`` positive = late; ``energy`` the player's motion per the
    reference's; ``restless`` the player's motion and ``effort`` the reference's, 1/s; ``coverage``
    0..1, how much of what is asked was seen; ``enough`` 0..1, whether rows saw enough to be
    judged; ``limbs`` name -> marks.
    """

    likeness: NDArray[np.float64]
    lag_s: NDArray[np.float64]
    energy: NDArray[np.float64]
    restless: NDArray[np.float64]
    effort: NDArray[np.float64]
    coverage: NDArray[np.float64]
    enough: NDArray[np.float64]
    limbs: dict[str, LimbMarks]


def compare(reference: Features, player: Features, judged_rows: int) -> Comparison:
    """Compare N windows.

    Parameters
    ----------
    reference : Features
        (N, R, 11) rows of the choreography.
    player : Features
        (N, R + 2 * BAND_ROWS, 11) rows of the player around the same song seconds.
    judged_rows : int
        How many of the last rows belong to the move that is judged.
    """
    ask = asked_weight(reference)
    likeness, costs = _likeness_of_lags(reference, player, ask)
    path = align(costs)
    n, rows = path.shape
    at = np.arange(rows) + path
    pick = (np.arange(n)[:, None], at)
    matched = Features(player.direction[pick], player.velocity[pick], player.weight[pick])
    lag_rows = _lag(costs, path, ask.sum(axis=-1), _enough(ask, matched.weight))
    _, moved, _ = _energy(reference, matched, ask)
    tail = slice(rows - judged_rows, None)
    row_weight = ask.sum(axis=-1)[:, tail]
    on_path = np.take_along_axis(likeness, path[..., None], axis=-1)[..., 0][:, tail]
    seen = (ask * (matched.weight > 0)).sum(axis=-1)[:, tail].sum(axis=-1)
    asked = row_weight.sum(axis=-1)
    energy, effort, restless = _energy(
        cut(reference, *_last(rows, judged_rows)),
        cut(matched, *_last(rows, judged_rows)),
        ask[:, tail],
    )
    return Comparison(
        likeness=_ratio((on_path * row_weight).sum(axis=-1), asked),
        lag_s=np.where(moved < HOLD_EFFORT, 0.0, lag_rows / RATE),  # nobody holds a pose late
        energy=energy,
        restless=restless,
        effort=effort,
        coverage=_ratio(seen, asked),
        enough=_ratio((_enough(ask, matched.weight)[:, tail] * row_weight).sum(axis=-1), asked),
        limbs=_limbs(reference, matched, ask, tail),
    )


def asked_weight(reference: Features) -> NDArray[np.float32]:
    """Return what the choreography asks of each bone, float32 (..., R, B).

    Base weight, times how much the bone moves in the window (a still bone keeps a third), times
    how far the reference itself may be trusted.
    """
    speed = np.linalg.norm(reference.velocity, axis=-1)
    motion = (speed * reference.weight).mean(axis=-2, keepdims=True)
    most = np.maximum(motion.max(axis=-1, keepdims=True), STEADY_SPEED)
    weight: NDArray[np.float32] = (
        BASE_WEIGHT * (1 / 3 + 2 / 3 * motion / most) * reference.weight
    )
    return weight


def bone_likeness(reference: Features, player: Features) -> NDArray[np.float32]:
    """Return the likeness 0..1 of each bone, broadcast over leading axes (..., B).

    ``exp(-(angle / 45 deg)^2)`` of the directions, mixed with the agreement of velocities by how
    much either moves.
    """
    dot = (reference.direction * player.direction).sum(axis=-1)
    angle = np.arccos(np.clip(dot, -1, 1))
    pose = np.exp(-((angle / THETA_RAD) ** 2))
    speed_a = np.linalg.norm(reference.velocity, axis=-1)
    speed_b = np.linalg.norm(player.velocity, axis=-1)
    apart = np.linalg.norm(reference.velocity - player.velocity, axis=-1)
    agree = 1 - apart / (speed_a + speed_b + VELOCITY_FLOOR)
    faster = np.maximum(speed_a, speed_b)
    share = VELOCITY_SHARE * faster / (faster + VELOCITY_FLOOR)
    mixed: NDArray[np.float32] = (1 - share) * pose + share * agree
    return mixed


def _likeness_of_lags(
    reference: Features, player: Features, ask: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return likeness and costs, each (N, R, L), of every row against every lag."""
    rows = reference.weight.shape[-2]
    likeness = []
    for lag in range(2 * BAND_ROWS + 1):
        shifted = cut(player, lag, lag + rows)
        weight = ask * shifted.weight
        alike = (weight * bone_likeness(reference, shifted)).sum(axis=-1)
        enough = _enough(ask, shifted.weight)
        likeness.append(_ratio(alike, weight.sum(axis=-1)) * enough)
    stacked = np.stack(likeness, axis=-1)
    importance = ask.sum(axis=-1)
    mean = np.maximum(importance.mean(axis=-1, keepdims=True), 1e-9)
    costs = (1 - stacked) * (importance / mean)[..., None]
    return stacked.astype(np.float32), costs.astype(np.float32)


def _enough(ask: NDArray[np.float32], seen: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for each row 0..1 how far enough of what is asked was seen."""
    share = _ratio((ask * seen).sum(axis=-1), ask.sum(axis=-1))
    return np.clip(share / MIN_SEEN, 0, 1)


def _lag(
    costs: NDArray[np.float32],
    path: NDArray[np.intp],
    weight: NDArray[np.float32],
    enough: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the lag (N,) in rows: the path's weighted median, refined by a parabola.

    The parabola goes through the mean cost of the three constant lags around the median. Rows
    that saw too little count for less (their path is anybody's); 0 where no row saw anything.
    """
    n = len(path)
    order = np.argsort(path, axis=-1)
    share = np.cumsum(np.take_along_axis(weight * enough, order, -1), axis=-1)
    middle = (share >= share[:, -1:] / 2).argmax(axis=-1)
    median = np.take_along_axis(path, order, -1)[np.arange(n), middle]
    inner = np.clip(median, 1, costs.shape[-1] - 2)
    mean = (costs * enough[..., None]).mean(axis=-2)
    before, here, after = (mean[np.arange(n), inner + k] for k in (-1, 0, 1))
    bend = before - 2 * here + after
    vertex = np.where(bend > 1e-6, 0.5 * (before - after) / np.maximum(bend, 1e-6), 0)
    refined: NDArray[np.float64] = inner + np.clip(vertex, -1.0, 1.0) - BAND_ROWS
    lag = np.where(inner == median, refined, median - BAND_ROWS)
    return np.where(share[:, -1] > 0, lag, 0.0)


def _energy(
    reference: Features, player: Features, ask: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return player's per reference's motion, the reference's and the player's motion (1/s)."""
    both = ask * (player.weight > 0)
    total = both.sum(axis=(-2, -1))
    asked_speed = _ratio((both * _motion(reference)).sum(axis=(-2, -1)), total)
    danced_speed = _ratio((both * _motion(player)).sum(axis=(-2, -1)), total)
    effort = _ratio((ask * _motion(reference)).sum(axis=(-2, -1)), ask.sum(axis=(-2, -1)))
    return _ratio(danced_speed, asked_speed), effort, danced_speed


def _motion(features: Features) -> NDArray[np.float32]:
    speed = np.linalg.norm(features.velocity, axis=-1)
    motion: NDArray[np.float32] = np.maximum(speed - STEADY_SPEED, 0)
    return motion


def _limbs(
    reference: Features, matched: Features, ask: NDArray[np.float32], tail: slice
) -> dict[str, LimbMarks]:
    ask = ask[:, tail]
    ref, dance = cut(reference, tail.start, tail.stop), cut(matched, tail.start, tail.stop)
    alike = bone_likeness(ref, dance)
    out = {}
    for name, bones in LIMB_BONES.items():
        pick = list(bones)
        weight = ask[..., pick]
        seen = weight * dance.weight[..., pick]
        asked = seen.sum(axis=(-2, -1)).astype(np.float64)
        likeness = _ratio((seen * alike[..., pick]).sum(axis=(-2, -1)), asked)
        energy, effort, _ = _energy(_only(ref, pick), _only(dance, pick), weight)
        out[name] = LimbMarks(likeness, energy, effort, asked)
    return out


def _only(features: Features, bones: list[int]) -> Features:
    return Features(
        features.direction[..., bones, :],
        features.velocity[..., bones, :],
        features.weight[..., bones],
    )


def _last(rows: int, count: int) -> tuple[int, int]:
    return rows - count, rows


def _ratio(part: NDArray[np.floating], whole: NDArray[np.floating]) -> NDArray[np.float64]:
    out: NDArray[np.float64] = np.where(whole > 1e-9, part / np.maximum(whole, 1e-9), 0.0)
    return out
