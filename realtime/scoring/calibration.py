"""How late speaker and camera are, from how somebody answers clicks: claps, or strokes of both arms.

A click is called ``EVERY_S`` after the one before, so slowly that an answer tells by itself which
click it answers: from 0.2 s before it to 0.7 s after it. The first few are only listened to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.clicks import stick

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_S: Final = 1.0
"""Song second of the first click."""
EVERY_S: Final = 0.89
"""No whole number of pictures: each shows another moment of a stroke."""
LISTENED: Final = 4
CLICKS: Final = 34
LENGTH_S: Final = FIRST_S + CLICKS * EVERY_S
"""31.3 s: what is not known by then is refused."""
EARLY_S: Final = 0.2
"""An answer is at most so early, and later than that by less than ``EVERY_S``."""
ANSWERED_S: Final = FIRST_S + LISTENED * EVERY_S - EARLY_S
"""Song second from which on answers count."""
ENOUGH: Final = 12
NEAR_S: Final = 0.1
STRAY_S: Final = 0.3
"""What lies further from where most answers lie is none."""
SCATTER_S: Final = 0.06
"""Standard deviation up to which twelve answers tell enough: their median then errs by 0.02 s."""
OF_NORMAL: Final = 1.4826
"""Standard deviation of a normal distribution whose median absolute deviation is 1."""


def click_track(rate: int) -> NDArray[np.float32]:
    """Return all clicks, float32 (N, 2), sample 0 at song second 0."""
    track = np.zeros((round(LENGTH_S * rate), 2), np.float32)
    click = stick(rate)
    for at_s in clicks_s():
        begin = round(at_s * rate)
        track[begin : begin + len(click)] += click[:, None]
    return track


def clicks_s() -> NDArray[np.float64]:
    """Return the song seconds of the clicks, float64 (CLICKS,)."""
    return FIRST_S + EVERY_S * np.arange(CLICKS, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """How late the newest answers were, at most ``ENOUGH`` of them.

    ``lags_s`` float64 (N,), oldest first; ``strays`` so many sounds or movements were no answers.
    """

    lags_s: NDArray[np.float64]
    strays: int = 0

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.lags_s)

    @property
    def lag_s(self) -> float:
        """How late they are: their median; NaN where there are none."""
        return float(np.median(self.lags_s)) if self.count else float("nan")

    @property
    def scatter_s(self) -> float:
        """Standard deviation that a few outliers do not move; NaN where there are none."""
        if not self.count:
            return float("nan")
        return OF_NORMAL * float(np.median(np.abs(self.lags_s - self.lag_s)))

    @property
    def sure(self) -> bool:
        """Whether they are enough, and near enough to each other."""
        return self.count >= ENOUGH and self.scatter_s <= SCATTER_S


def folded(at_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how late moments are, s, each for the click that it can be an answer to."""
    lags: NDArray[np.float64] = (at_s - FIRST_S + EARLY_S) % EVERY_S - EARLY_S
    return lags


def answers_of(at_s: NDArray[np.float64]) -> Answers:
    """Return what sounds or movements at song seconds float64 (N,), rising, say as answers.

    They lie where most lie within ``NEAR_S``, one for each click; missing ones, double ones and what
    else is heard need not be told apart before.
    """
    if not len(at_s):
        return Answers(np.zeros(0))
    lags = folded(at_s)
    apart = (lags - lags[:, None] + EVERY_S / 2) % EVERY_S - EVERY_S / 2
    near = np.abs(apart) <= NEAR_S
    middle = int(np.argmax(near.sum(axis=1) - (np.abs(apart) * near).mean(axis=1)))
    lags = lags[middle] + apart[middle]  # those beyond the end of the range come back beside it
    off = np.abs(lags - np.median(lags[near[middle]]))
    click = np.round((at_s - FIRST_S - lags) / EVERY_S)
    nearest = [off[click == one].min() for one in click]
    kept = (off <= STRAY_S) & (off == nearest)
    return Answers(lags[kept][-ENOUGH:], int((~kept).sum()))
