"""How large people are in a picture, whichever way their limbs point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.pose.limb_length import LENGTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

AROUND_S: Final = 1.0  # before and after: nobody grows within a step


def torso_of(people: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how long the torsos (...,) of people (..., 18, 3) are, in their unit; 0 where unseen.

    By the limb that says most: those that point at the camera say less.
    """
    ends = np.array([(inner, outer) for inner, outer, _ in LENGTHS])
    torsos = np.array([torsos for _, _, torsos in LENGTHS], np.float32)
    ways = people[..., ends[:, 0], :2] - people[..., ends[:, 1], :2]
    lengths = np.nan_to_num(np.linalg.norm(ways, axis=-1) / torsos)
    # The second largest: one joint out of place makes nobody thick.
    largest: NDArray[np.float32] = np.partition(lengths, -2, axis=-1)[..., -2]
    return largest


def torsos_over_time(
    at_s: NDArray[np.float64], people: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the torsos (P, T) of people (P, T, 18, 3), the mean over a second before and after."""
    now = torso_of(people)
    return mean_around(at_s, now, now > 0)


def mean_around(
    at_s: NDArray[np.float64], values: NDArray[np.float32], counted: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return the mean (N, T) of those values (N, T) that count, a second before and after each."""
    first = np.searchsorted(at_s, at_s - AROUND_S)
    last = np.searchsorted(at_s, at_s + AROUND_S, side="right")
    valid = np.where(counted, values, 0)
    sums = np.cumsum(np.pad(valid, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    counts = np.cumsum(np.pad(counted, ((0, 0), (1, 0))), axis=1)
    count: NDArray[np.int64] = counts[:, last] - counts[:, first]
    mean: NDArray[np.float64] = (sums[:, last] - sums[:, first]) / np.maximum(count, 1)
    return mean.astype(np.float32)
