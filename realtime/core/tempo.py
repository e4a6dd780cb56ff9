"""A song's beats: which one sounds when, also where the tempo changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

BEATS_OF_BAR: Final = 4
SLACK: Final = 0.1
"""Of a bar: what a stretch of one tempo is longer than whole bars by less is no bar of its own."""
HALF: Final = 0.5
"""Of a beat: what a change of tempo cuts shorter is none."""
NEAR_BEATS: Final = 0.25
"""So much before a second still counts as from there on."""


class _Stretch(NamedTuple):
    """Of one tempo: from which beat, a bar's first one, to before which, and the seconds of both."""

    bpm: float
    first: int
    start_s: float
    until: float = math.inf
    end_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Tempo:
    """When a song's beats are; beat 0 and every fourth from it are their bars' first ones.

    Attributes
    ----------
    bpm : float
        Beats a minute, up to the first change.
    offset_s : float
        Song second of beat 0; those before have numbers below 0.
    changes : tuple of (float, float)
        Song second of a bar's first beat, and the beats a minute from there on; rising. Of the bar
        before it the numbers of the beats that it lacks are left out.
    """

    bpm: float
    offset_s: float = 0.0
    changes: tuple[tuple[float, float], ...] = ()

    def beat_at(self, song_s: float) -> float:
        """Return the number of the beat at a song second and how much of it is over."""
        now = next(one for one in self._stretches() if song_s < one.end_s)
        return min(now.first + (song_s - now.start_s) * now.bpm / 60, now.until)

    def second_of(self, beat: float) -> float:
        """Return the song second of a beat, or of a place inside it."""
        now = next(one for one in self._stretches() if beat < one.until)
        return min(now.start_s + 60 / now.bpm * (beat - now.first), now.end_s)

    def bpm_at(self, song_s: float) -> float:
        """Return the beats a minute at a song second."""
        return next(one.bpm for one in self._stretches() if song_s < one.end_s)

    def bar_from(self, song_s: float) -> int:
        """Return the number of the first bar's first beat from a song second on; 0 before it."""
        bars = (self.beat_at(song_s) - NEAR_BEATS) / BEATS_OF_BAR
        return max(BEATS_OF_BAR * math.ceil(bars), 0)

    def beats_s(self, first: int, until_s: float) -> list[float]:
        """Return the song seconds of the beats from one to a second, both included."""
        last = math.floor(self.beat_at(until_s + 1e-6))
        seconds = [self.second_of(beat) for beat in range(first, last + 1)]
        afters = [*seconds, math.inf][1:]
        return [
            second
            for second, after in zip(seconds, afters, strict=True)
            if after - second > HALF * 60 / self.bpm_at(second)
        ]

    def later(self, by_s: float) -> Tempo:
        """Return the same beats of a song to which so much was added in front, or cut off."""
        changes = tuple((start_s + by_s, bpm) for start_s, bpm in self.changes)
        past = [change for change in changes if change[0] <= 0]
        offset_s, bpm = past[-1] if past else (self.offset_s + by_s, self.bpm)
        return Tempo(bpm, offset_s, changes[len(past) :])

    def _stretches(self) -> tuple[_Stretch, ...]:
        return _stretches(self.bpm, self.offset_s, self.changes)


@lru_cache(maxsize=4)
def _stretches(
    bpm: float, offset_s: float, changes: tuple[tuple[float, float], ...]
) -> tuple[_Stretch, ...]:
    newest, done = _Stretch(bpm, 0, offset_s), []
    for start_s, after in changes:
        bars = (start_s - newest.start_s) * newest.bpm / 60 / BEATS_OF_BAR
        until = newest.first + BEATS_OF_BAR * max(math.ceil(bars - SLACK), 1)
        done.append(newest._replace(until=until, end_s=start_s))
        newest = _Stretch(after, until, start_s)
    return *done, newest
