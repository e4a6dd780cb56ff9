"""Moves of a dance that are the same ones again, as in a chorus that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.scoring.energy import ratio
from kpopdance.realtime.scoring.features import BASE_WEIGHT, FEATURE_FPS, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Choreography, Verdict

SAME: Final = 0.06
"""Mean of 1 - cos over the bones: 20 degrees apart on the whole. Who learns one has learnt the other."""
AS_LONG_S: Final = 0.1
ROWS: Final = 24  # of a move as it is compared, whatever its length


def repeats_of(
    dance: Choreography, start_s: Sequence[float], end_s: Sequence[float]
) -> tuple[int, ...]:
    """Return for each move, song seconds (K,), the number of the first one that is the same."""
    begin, end = np.asarray(start_s, np.float64), np.asarray(end_s, np.float64)
    if not len(begin):
        return ()
    times = np.linspace(begin, end, ROWS, endpoint=False, axis=1)
    told, seen = _told(dance, times)
    apart: NDArray[np.floating] = 1 - ratio(told @ told.T, seen @ seen.T)
    length_s = end - begin
    same = (apart < SAME) & (np.abs(length_s[:, None] - length_s) < AS_LONG_S)
    first: list[int] = []
    for move, like in enumerate(same):
        first.append(next((k for k in range(move) if like[k] and first[k] == k), move))
    return tuple(first)


def spans_s(moves: Sequence[Verdict]) -> tuple[list[float], list[float]]:
    """Return the song seconds at which moves begin, and at which they end."""
    return [move.start_s for move in moves], [move.end_s for move in moves]


def _told(
    dance: Choreography, times: NDArray[np.float64]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Return moves at times (K, ROWS) as weighted directions and their weights, a row each."""
    features = describe(choreography_rows(dance, times.ravel()), FEATURE_FPS)
    weight = np.sqrt(BASE_WEIGHT) * features.weight
    told = features.direction * weight[..., None]
    return told.reshape(len(times), -1), weight.reshape(len(times), -1)
