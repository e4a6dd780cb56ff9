"""Claps and clicks in what a microphone hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.scoring.calibration import (
    ANSWERED_S,
    LISTENED,
    Answers,
    answers_of,
    folded,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEP_S: Final = 0.002
"""How finely loudness is followed."""
ABOVE: Final = 30.0
"""A clap has so many times the energy of the room."""
SILENCE: Final = 1e-9
"""Energy of a room that is digitally silent: a step of 16 bits."""
APART_S: Final = 0.35
"""Between two claps; what is quieter and nearer is an echo, or the other half of a double one."""
RISE_S: Final = 0.03
RISEN: Final = 0.1
"""A sound begins where it has this share of its energy, at most so long before its peak."""
ALIKE_S: Final = 0.015
"""Three clicks that were really heard lie so near to each other."""
LOUDER: Final = 10.0
"""A clap has so many times the energy of a click in it: then the click is no part of its rise."""


class Ear:
    """Hears the clicks that nobody answers, and then the claps.

    The speaker is heard too: how loud its clicks are in this room is learnt from the first ones, so
    that no click is taken for a clap.
    """

    def __init__(self) -> None:
        self._at_s: list[Floats] = []
        self._energy: list[Floats] = []

    def hear(self, song_s: float, samples: NDArray[np.float32], rate: int) -> None:
        """Take samples float32 (N,), -1..1, the first at a song second."""
        clear = np.diff(samples.astype(np.float64), prepend=samples[:1])  # no hum, no rumble
        bright = np.diff(clear, prepend=clear[:1])  # a hand is brighter than a stick
        parts = max(1, round(len(samples) / rate / STEP_S))
        begins = np.arange(parts) * len(samples) // parts
        lengths = np.maximum(np.diff(begins, append=len(samples)), 1)
        self._at_s.append(song_s + begins / rate)
        both = np.stack([clear, bright]) ** 2
        self._energy.append(np.add.reduceat(both, begins, axis=1) / lengths)

    def heard(self) -> tuple[Answers, float | None]:
        """Return the claps so far, and how late the clicks themselves are heard, s.

        None: they are not, as with headphones.
        """
        if not self._at_s:
            return answers_of(np.zeros(0)), None
        at_s = np.concatenate(self._at_s)
        clear, bright = np.concatenate(self._energy, axis=1)
        before = at_s < ANSWERED_S
        least = ABOVE * max(float(np.median(clear)), SILENCE)
        click_s = _clicks_heard(_begins(at_s[before], clear[before], least))
        least = ABOVE * max(float(np.median(bright)), SILENCE)
        if click_s is not None:
            in_clicks = before & (np.abs(folded(at_s) - click_s) < ALIKE_S)
            least = max(least, LOUDER * float(bright[in_clicks].max()))
        return answers_of(_begins(at_s[~before], bright[~before], least)), click_s


def _begins(at_s: Floats, energy: Floats, least: float) -> Floats:
    """Return when sounds begin that are louder than all within ``APART_S``, rising."""
    begins = []
    left = np.where(energy > least, energy, 0.0)
    while len(left) and left[peak := int(left.argmax())] > 0:
        first = int(np.searchsorted(at_s, at_s[peak] - RISE_S))
        quiet = np.flatnonzero(energy[first:peak] < RISEN * energy[peak])
        if len(quiet):  # else it is a louder sound's end
            begins.append(at_s[first + quiet[-1] + 1])
        left[np.abs(at_s - at_s[peak]) < APART_S] = 0
    return np.sort(np.array(begins))


def _clicks_heard(begins: Floats) -> float | None:
    """Return how late the listened-to clicks are, s: where three of them agree; else None."""
    lags = np.sort(folded(begins))
    if len(lags) < LISTENED - 1:
        return None
    spans = lags[LISTENED - 2 :] - lags[: 2 - LISTENED]
    first = int(np.argmin(spans))
    if spans[first] > ALIKE_S:
        return None
    return float(np.median(lags[first : first + LISTENED - 1]))
