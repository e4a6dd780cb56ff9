"""How much of what is asked was seen, and what may be earned where it was not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from kpopdance.realtime.core.terms import LEG_LIMBS
from kpopdance.realtime.core.track import BRIDGED_S
from kpopdance.realtime.scoring.energy import ratio

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Span: TypeAlias = tuple[float, float]
"""From, to, s."""

SURE: Final = 0.25  # of the trust, at a confidence of 0.4: doubtful joints are seen too
MIN_SEEN: Final = 0.6  # of what the reference asks; less is not enough to see a move
HARDLY_SEEN: Final = 65.0  # points at most where less is seen
OFTEN_UNSEEN: Final = 0.5  # of a move a limb may be out of sight
MAX_FAULT: Final = 0.2  # of a move of which nothing is known; more is not judged
NOBODY_S: Final = 1.0  # nobody at both ends of so much is nobody between


class Missing(NamedTuple):
    """When nothing is known of the dancer, s, in order, none overlapping.

    ``silent``: the camera delivered no picture; ``unknown``: that, or it did and the computer was
    too slow to look though the dancer was there.
    """

    silent: list[Span]
    unknown: list[Span]


def visible(weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 0..1 (...) how far bones of a trust count as seen: in full from a quarter on."""
    seen: NDArray[np.float32] = np.clip(weight / SURE, 0, 1)
    return seen


def enough(ask: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for each row (..., R) 0..1 how far enough of what is asked (..., R, B) was seen.

    ``weight`` (..., R, B) is how far each bone may be trusted.
    """
    return enough_of((ask * visible(weight)).sum(axis=-1), ask.sum(axis=-1))


def enough_of(seen: NDArray[np.floating], asked: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return 0..1 (...) how far enough was seen, where so much of so much was."""
    return np.clip(ratio(seen, asked) / MIN_SEEN, 0, 1)


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


def missing_of(
    at_s: NDArray[np.float64], there: NDArray[np.bool_], faults: dict[float, float]
) -> Missing:
    """Return when nothing is known of a dancer who was looked at in moments ``at_s`` (T,).

    ``there`` (T,) says in which of them somebody was seen, ``faults`` begin -> end when the camera
    delivered nothing. Pictures that nobody looked at are no lost pictures: who was not seen before
    or after them was not there. So is who was seen in neither of two moments close together, if
    the camera skipped a picture between.
    """
    silent = [
        (begin, stop) for begin, stop in faults.items() if not _nobody(at_s, there, begin, stop)
    ]
    unlooked = wide_gaps(at_s, there)
    return Missing(joined_spans(silent), joined_spans(silent + unlooked))


def wide_gaps(at_s: NDArray[np.float64], there: NDArray[np.bool_] | None = None) -> list[Span]:
    """Return the gaps between moments (T,) that cannot be bridged.

    ``there`` (T,): only those with somebody before and after.
    """
    wide = np.diff(at_s) > BRIDGED_S
    if there is not None:
        wide &= there[:-1] & there[1:]
    return [(float(at_s[k]), float(at_s[k + 1])) for k in np.flatnonzero(wide)]


def absences(at_s: NDArray[np.float64], there: NDArray[np.bool_]) -> list[Span]:
    """Return when nobody was there, as far as looks at moments (T,) tell."""
    away = np.flatnonzero(~(there[:-1] & there[1:]))
    return joined_spans([(float(at_s[k]), float(at_s[k + 1])) for k in away])


def joined_spans(spans: Iterable[Span]) -> list[Span]:
    """Return spans of time in order, those that overlap as one."""
    apart: list[Span] = []
    for begin, stop in sorted(spans):
        if apart and begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(stop, apart[-1][1]))
        else:
            apart.append((begin, stop))
    return apart


def _nobody(
    at_s: NDArray[np.float64], there: NDArray[np.bool_], begin: float, stop: float
) -> bool:
    """Say whether looks close before and after a span found nobody."""
    after = int(np.searchsorted(at_s, begin, side="right"))
    if not 0 < after < len(at_s) or there[after - 1] or there[after]:
        return False
    return bool(at_s[after] >= stop - 1e-9 and at_s[after] - at_s[after - 1] <= NOBODY_S)


def share_of(start_s: float, end_s: float, spans: list[Span]) -> float:
    """Return how much of a move lies within spans that do not overlap, 0..1."""
    inside = sum(max(0.0, min(stop, end_s) - max(begin, start_s)) for begin, stop in spans)
    return inside / (end_s - start_s)


def filmed(times: NDArray[np.float64], gaps: list[Span]) -> NDArray[np.bool_]:
    """Return of which times (...) something is known, so that nobody pays for a lost picture."""
    seen = np.ones(times.shape, dtype=np.bool_)
    for begin, stop in gaps:
        seen &= (times <= begin) | (times >= stop)
    return seen
