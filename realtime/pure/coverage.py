"""How much of what is asked was seen, and what may be earned where it was not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from realtime.pure.energy import ratio
from realtime.pure.track import MAX_GAP_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_SEEN: Final = 0.6  # of what the reference asks; less is not enough to see a move
HARDLY_SEEN: Final = 65.0  # points at most where less is seen
MAX_FAULT: Final = 0.2  # of a move without camera; more is not judged


def enough(ask: NDArray[np.float32], seen: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for each row (..., R) 0..1 how far enough of what is asked (..., R, B) was seen."""
    share = ratio((ask * seen).sum(axis=-1), ask.sum(axis=-1))
    return np.clip(share / MIN_SEEN, 0, 1)


def capped(worth: float, null: float, coverage: float) -> float:
    """Return a move's worth; what is hardly seen earns no more than a GOOD one."""
    most = null + HARDLY_SEEN / 100 * (1 - null)
    return min(worth, most) if coverage < MIN_SEEN else worth


def fault_share(
    start_s: float, end_s: float, at_s: NDArray[np.float64], faults: dict[float, float]
) -> float:
    """Return how much of a move no frame was taken of, 0..1.

    ``at_s`` (T,) are the frames' times, ``faults`` begin -> end of what was noted. Gaps between
    frames that cannot be bridged are faults by themselves: frames are missing, not people.
    """
    wide = np.flatnonzero(np.diff(at_s) > MAX_GAP_S)
    gaps = {float(at_s[i]): float(at_s[i + 1]) for i in wide}
    for begin, stop in faults.items():
        gaps[begin] = max(stop, gaps.get(begin, stop))
    lost = sum(max(0.0, min(stop, end_s) - max(begin, start_s)) for begin, stop in gaps.items())
    return lost / (end_s - start_s)
