"""How much of what is asked was seen, and what may be earned where it was not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.terms import LEG_LIMBS
from kpopdance.realtime.core.track import MAX_GAP_S
from kpopdance.realtime.scoring.energy import ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

SURE: Final = (
    0.25  # of the trust, at a confidence of 0.4: doubtful joints are seen all the same
)
MIN_SEEN: Final = 0.6  # of what the reference asks; less is not enough to see a move
HARDLY_SEEN: Final = 65.0  # points at most where less is seen
OFTEN_UNSEEN: Final = 0.5  # of a move a limb may be out of sight
MAX_FAULT: Final = 0.2  # of a move without camera; more is not judged


def visible(weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 0..1 (...) how far bones of a trust count as seen: in full from a quarter on."""
    seen: NDArray[np.float32] = np.clip(weight / SURE, 0, 1)
    return seen


def enough(ask: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for each row (..., R) 0..1 how far enough of what is asked (..., R, B) was seen.

    ``weight`` (..., R, B) is how far each bone may be trusted.
    """
    share = ratio((ask * visible(weight)).sum(axis=-1), ask.sum(axis=-1))
    return np.clip(share / MIN_SEEN, 0, 1)


def hidden(seen: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return how far each limb was kept out of sight, 0..1 (N,), from how far limbs were seen.

    Half of a move a limb may be unseen: arms cross, wrists leave the picture. Whoever hides one
    for longer does not dance it. Both legs out of the picture are the camera's doing, and so is a
    torso; nobody hides those.
    """
    framed = np.minimum(*(1 - seen[name] for name in LEG_LIMBS))
    out = {}
    for name, share in seen.items():
        unseen = 1 - share - (framed if name in LEG_LIMBS else 0)
        excess = np.clip((unseen - OFTEN_UNSEEN) / (1 - OFTEN_UNSEEN), 0, 1)
        out[name] = np.zeros_like(share) if name == "torso" else excess
    return out


def capped(worth: float, null: float, coverage: float) -> float:
    """Return a move's worth; what is hardly seen earns no more than a GOOD one."""
    most = null + HARDLY_SEEN / 100 * (1 - null)
    return min(worth, most) if coverage < MIN_SEEN else worth


def gaps_of(at_s: NDArray[np.float64], faults: dict[float, float]) -> list[tuple[float, float]]:
    """Return when no frame was taken: begin and end in s, in order, none overlapping.

    ``at_s`` (T,) are the frames' times, ``faults`` begin -> end of what was noted. Gaps between
    frames that cannot be bridged are faults by themselves: frames are missing, not people.
    """
    wide = np.flatnonzero(np.diff(at_s) > MAX_GAP_S)
    gaps = {float(at_s[i]): float(at_s[i + 1]) for i in wide}
    for begin, stop in faults.items():
        gaps[begin] = max(stop, gaps.get(begin, stop))
    apart: list[tuple[float, float]] = []
    for begin, stop in sorted(gaps.items()):
        if apart and begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(stop, apart[-1][1]))
        else:
            apart.append((begin, stop))
    return apart


def fault_share(start_s: float, end_s: float, gaps: list[tuple[float, float]]) -> float:
    """Return how much of a move no frame was taken of, 0..1."""
    lost = sum(max(0.0, min(stop, end_s) - max(begin, start_s)) for begin, stop in gaps)
    return lost / (end_s - start_s)


def filmed(times: NDArray[np.float64], gaps: list[tuple[float, float]]) -> NDArray[np.bool_]:
    """Return of which times (...) there is a picture, so that nobody pays for a lost one."""
    seen = np.ones(times.shape, dtype=np.bool_)
    for begin, stop in gaps:
        seen &= (times <= begin) | (times >= stop)
    return seen
