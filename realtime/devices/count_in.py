"""Before a song: its time, with a click on each of four beats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.realtime.core.clicks import hat, stick

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNTED = 4  # beats of a count-in


@dataclass(frozen=True, slots=True)
class CountIn:
    """Time before song second 0, s, with a click on each of four beats from its begin.

    A pickup sounds with the last of them. Of no length, it has none. ``loud`` is 0..1; equal steps of
    it sound equal.
    """

    length_s: float = 2.0
    beat_s: float = 0.5
    loud: float = 1.0

    def __post_init__(self) -> None:
        if self.length_s < 0 or not self.beat_s > 0:
            raise ValueError(
                f"a count-in has a length >= 0 s and beats > 0 s, got {self.length_s} "
                f"and {self.beat_s}"
            )


NO_COUNT_IN = CountIn(length_s=0.0)


def counted_in(
    samples: NDArray[np.float32], count_in: CountIn, rate: int
) -> tuple[NDArray[np.float32], int]:
    """Return a song (N, 2) with its count-in, and which sample of that is the song's first."""
    count, before = count_in_samples(count_in, rate), round(count_in.length_s * rate)
    tape = np.concatenate([np.zeros((before, 2), np.float32), samples])
    tape[: len(count)] += count[: len(tape)]
    return tape, before


def count_in_samples(count_in: CountIn, rate: int) -> NDArray[np.float32]:
    """Return float32 (N, 2): a stick's click on each beat, the last one a hi-hat's."""
    if not count_in.length_s:
        return np.zeros((0, 2), np.float32)
    tape = np.zeros((round(COUNTED * count_in.beat_s * rate), 2), np.float32)
    for beat in range(COUNTED):
        begin = round(beat * count_in.beat_s * rate)
        click = hat(rate) if beat == COUNTED - 1 else stick(rate)
        there = tape[begin : begin + len(click)]
        there += click[: len(there), None]
    return tape * np.float32(count_in.loud**2)
