"""Where moves begin and end: on the beat, where the motion ends, holds by themselves.

The dance is cut at beats by dynamic programming (as in optimal segmentation: Bellman, "On the
approximation of curves by line segments using dynamic programming", CACM 1961): every cut costs
by how much is moving there, every move by how far its length is from four beats and by how much of
it is a hold inside a dance or a dance inside a hold.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.scoring.energy import HOLD_EFFORT, motion, ratio
from kpopdance.realtime.scoring.features import BASE_WEIGHT, FEATURE_FPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.scoring.features import Features

SHORTEST_S: Final = 0.5
LONGEST_S: Final = 4.0
USUAL_BEATS: Final = 4  # half of a dancer's "eight"
NEAR_BEAT_S: Final = 0.1  # a motion that ends on the beat ends this near to it
SAME_S: Final = 1e-6
SMOOTH_S: Final = 0.1
CUT: Final = 1.0  # for cutting where the dance moves so much more than at its usual beat
UNUSUAL: Final = 0.25  # per second of a move half or twice as long as usual
MIXED: Final = 2.0  # per second of a hold in a dance, or the other way


def motion_of(features: Features) -> NDArray[np.float64]:
    """Return how much a dance moves in each row, 1/s, float64 (T,), smoothed over 0.1 s."""
    weight = BASE_WEIGHT * features.weight
    moved = ratio((weight * motion(features)).sum(axis=-1), weight.sum(axis=-1))
    half = round(SMOOTH_S / 2 * FEATURE_FPS)
    kernel = np.ones(2 * half + 1) / (2 * half + 1)
    padded = np.pad(moved, half, mode="edge")
    return np.convolve(padded, kernel, mode="valid")


def cuts_of(
    moved: NDArray[np.float64], at_s: NDArray[np.float64], beats_s: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return which beats are the moves' borders: indices (K + 1,) into ``beats_s``, rising.

    ``moved`` float64 (T,) is the motion at song seconds ``at_s`` (T,), ``beats_s`` (B + 1,) the
    beats from the first move's begin to the last one's end, B at least 1. Moves last from 0.5 to
    4 s, where beats allow it; the first one at least four beats, for it has nothing before it to
    align with.
    """
    beats = len(beats_s) - 1
    beats_last_s = _lasting_s(beats_s)
    busy = _busy_at(moved, at_s, beats_s)
    held = _held(moved, at_s, beats_s)
    before = np.concatenate([[0], np.cumsum(held)])
    best = np.full(beats + 1, np.inf)
    best[0] = 0.0
    origin = np.zeros(beats + 1, dtype=np.intp)
    for end in range(1, beats + 1):
        beat_s = beats_last_s[end - 1]
        shortest = min(max(int(np.ceil(SHORTEST_S / beat_s - 1e-6)), 1), beats)
        longest = max(int(LONGEST_S / beat_s + 1e-6), shortest)
        if end < shortest:
            continue
        start = np.arange(max(end - longest, 0), end - shortest + 1)
        count = end - start
        holds = before[end] - before[start]
        mixed = np.minimum(holds, count - holds) * beat_s
        usual = np.log2(count / USUAL_BEATS) ** 2 * count * beat_s
        cost = best[start] + UNUSUAL * usual + MIXED * mixed + CUT * busy[end]
        cost[
            (beats_s[end] - beats_s[start] > LONGEST_S + SAME_S * count) & (count > shortest)
        ] = np.inf
        cost[(start == 0) & (count < min(USUAL_BEATS, longest, beats))] = np.inf
        best[end] = cost.min()
        origin[end] = start[int(cost.argmin())]
    return _walked_back(best, origin)


def _lasting_s(beats_s: NDArray[np.float64]) -> list[float]:
    """Return how long each beat lasts, s (B,); as long as the first to the last bit where it does."""
    lasting = np.diff(beats_s)
    even = np.abs(lasting - lasting[0]) < SAME_S
    return [float(each) for each in np.where(even, lasting[0], lasting)]


def _walked_back(best: NDArray[np.float64], origin: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the cuts up to the last beat that can be reached."""
    at = int(np.flatnonzero(np.isfinite(best))[-1])
    cuts = [at]
    while at > 0:
        at = int(origin[at])
        cuts.append(at)
    return np.array(cuts[::-1], dtype=np.intp)


def _busy_at(
    moved: NDArray[np.float64], at_s: NDArray[np.float64], beats_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how much more is moving near each beat than at the dance's usual beat.

    In what the dance usually moves, -2 to 2; 0 everywhere where every beat is alike.
    """
    dancing = moved[moved >= HOLD_EFFORT]
    usual = float(np.median(dancing)) if len(dancing) else 1.0
    near = [
        moved[slice(*np.searchsorted(at_s, (beat - NEAR_BEAT_S, beat + NEAR_BEAT_S)))]
        for beat in beats_s
    ]
    least = np.array([rows.min() if len(rows) else 0.0 for rows in near])
    busy = np.minimum(least / usual, 2.0)
    more: NDArray[np.float64] = busy - np.median(busy)
    return more


def _held(
    moved: NDArray[np.float64], at_s: NDArray[np.float64], beats_s: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which beats (B,) are held still."""
    edges = np.searchsorted(at_s, beats_s)
    return np.array(
        [b > a and moved[a:b].mean() < HOLD_EFFORT for a, b in pairwise(edges.tolist())]
    )
