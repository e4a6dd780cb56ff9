"""Where a song's beats and bars are: the likeliest way through it, bar by bar.

A hidden Markov model of the place in a bar and of the tempo (Krebs, Boeck, Widmer: "An efficient
state-space model for joint tempo and meter tracking", ISMIR 2015, sections 2 and 3): within a beat time
passes evenly, and only at a beat's end may the tempo change, ever less the more. The way through it is
found by dynamic programming (Viterbi), over what BeatNet hears.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.engines.beat_network import FPS, beat_chances
from kpopdance.realtime.core.tempo import Tempo
from kpopdance.realtime.studio.rhythm import ONSET_RATE, WINDOW_S, onset_strength

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

METERS: Final = (4, 3)
"""Beats of a bar."""
SLOWEST_BPM, FASTEST_BPM = 55.0, 215.0
STEADINESS: Final = 100.0
"""How unlikely a change of tempo is: a beat a tenth longer has the chance exp(-10) of one as long."""
ON_BEAT: Final = 16
"""The first sixteenth of a beat is where it sounds."""
LEAST_CHANCE: Final = 1e-6
HEARD: Final = 0.2
"""Mean chance of the beats found: below there is no music to dance to."""
USUAL_BPM: Final = 120.0
DANCED_BPM: Final = 75.0
ALSO_HEARD: Final = 0.3
"""As likely as beats are beats between them that count, where beats are slower than one dances."""
SILENT: Final = 0.003
"""Of the loudest sample: -50 dB."""
LEAST_S: Final = 4.0
STEADY_S: Final = 0.03
"""Half of the beats lie so near to an even tempo where a song keeps one."""
ROUNDS: Final = 3
CHANGE: Final = 0.02
CHANGE_BARS: Final = 8
"""A tempo is another one where it differs by so much, between the medians of so many bars."""
NEAR_S: Final = 0.04
"""How far from where BeatNet hears a beat its onset may be."""


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """The beats of a song.

    Attributes
    ----------
    beat_s : float64 (K,)
        Second of each beat, rising.
    number : int64 (K,)
        Its number in its bar, from 1.
    meter : int
        Beats of a bar.
    bpm, offset_s : float
        The even tempo that fits best, and the second of the first bar's first beat that sounds.
    steady : bool
        Whether the song keeps that tempo.
    changes : tuple of (float, float)
        Where it takes another one, see ``Tempo``.
    """

    beat_s: Floats
    number: NDArray[np.int64]
    meter: int
    bpm: float
    offset_s: float
    steady: bool
    changes: tuple[tuple[float, float], ...] = ()

    @property
    def tempo(self) -> Tempo:
        """When the beats are, in a few numbers."""
        return Tempo(self.bpm, self.offset_s, self.changes)


class _States(NamedTuple):
    """All places in a beat at each tempo, one after the other; ``n`` tempos, ``s`` places."""

    beats: NDArray[np.int64]  # (n,): frames of a beat
    first: NDArray[np.int64]  # (n,): its first place
    last: NDArray[np.int64]
    change: Floats  # (n, n): log chance from tempo to tempo at a beat's end
    on_beat: NDArray[np.bool_]  # (s,)


def bars_of(
    samples: NDArray[np.float32], rate: int, onsets: NDArray[np.float32] | None = None
) -> Bars:
    """Return the beats of a sound; of one without music, 120 a minute from 0.

    Parameters
    ----------
    samples : float32 (N, 2), -1..1
    rate : int
        Samples a second.
    onsets : float32 (bands, T), optional
        Its onset strength, where that is known.
    """
    if len(samples) < LEAST_S * rate:
        return _none(len(samples) / rate)
    chances = beat_chances(samples, rate).astype(np.float64)
    ways = [(meter, *_likeliest(chances, meter)) for meter in METERS]
    meter, _, frames, number = max(ways, key=lambda way: way[1])
    if len(frames) < 2 * meter or float(chances[frames].sum(axis=1).mean()) < HEARD:
        return _none(len(samples) / rate)
    frames, number = _danced(frames, number, meter, chances.sum(axis=1))
    onsets = onset_strength(samples, rate) if onsets is None else onsets
    bars = _timed(frames / FPS, number + 1, meter, onsets.sum(axis=0))
    return replace(bars, offset_s=_sounding(bars, _begin_of_sound_s(samples, rate)))


def _danced(
    frames: NDArray[np.int64], number: NDArray[np.int64], meter: int, heard: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the beats twice as fast where they are too slow to dance to, and those between sound."""
    between = (frames[1:] + frames[:-1]) // 2
    near = np.max([np.roll(heard, by) for by in (-1, 0, 1)], axis=0)
    too_slow = 60 * FPS / float(np.median(np.diff(frames))) < DANCED_BPM
    if not too_slow or near[between].mean() < ALSO_HEARD * near[frames].mean():
        return frames, number
    doubled = np.append(frames, between)
    numbers = np.append(2 * number, 2 * number[:-1] + 1) % meter
    order = np.argsort(doubled)
    return doubled[order], numbers[order]


def _sounding(bars: Bars, begin_s: float) -> float:
    """Return where the first bar begins of which the first beat sounds."""
    bar_s = bars.meter * 60 / bars.bpm
    silent = max(math.ceil((begin_s - NEAR_S - bars.offset_s) / bar_s), 0)
    return bars.offset_s + silent * bar_s


def _begin_of_sound_s(samples: NDArray[np.float32], rate: int) -> float:
    hop = rate // FPS
    level = np.abs(samples[: len(samples) // hop * hop]).reshape(-1, 2 * hop).max(axis=1)
    return float(np.argmax(level > SILENT * level.max())) / FPS


def _none(length_s: float) -> Bars:
    beat_s = np.arange(0, length_s, 60 / USUAL_BPM)
    number = np.arange(len(beat_s)) % METERS[0] + 1
    return Bars(beat_s, number, METERS[0], USUAL_BPM, 0.0, steady=True)


@lru_cache(maxsize=1)
def _states() -> _States:
    shortest, longest = (round(60 * FPS / bpm) for bpm in (FASTEST_BPM, SLOWEST_BPM))
    beats = np.arange(shortest, longest + 1)
    first = np.concatenate([[0], np.cumsum(beats)[:-1]])
    change = -STEADINESS * np.abs(beats[None] / beats[:, None] - 1)
    change -= np.log(np.exp(change).sum(axis=1, keepdims=True))
    place = np.concatenate([np.arange(count) / count for count in beats])
    return _States(beats, first, first + beats - 1, change, place < 1 / ON_BEAT)


def _likeliest(
    chances: Floats, meter: int
) -> tuple[float, NDArray[np.int64], NDArray[np.int64]]:
    """Return the likeliest way: its chance (a logarithm), its beats' frames, their numbers from 0."""
    states = _states()
    beat, first = np.log(np.maximum(chances, LEAST_CHANCE)).T
    none = np.log(np.maximum((1 - chances.sum(axis=1)) / (ON_BEAT - 1), LEAST_CHANCE))
    value = np.zeros((meter, len(states.on_beat)))
    came = np.empty((len(chances), meter, len(states.beats)), np.uint8)
    for k in range(len(chances)):
        onto = value[:, states.last, None] + states.change
        from_tempo = onto.argmax(axis=1)
        entering = np.take_along_axis(onto, from_tempo[:, None], axis=1)[:, 0]
        came[k] = np.roll(from_tempo, 1, axis=0)  # a beat's end is the next one's beginning
        moved = np.empty_like(value)
        moved[:, 1:] = value[:, :-1]
        moved[:, states.first] = np.roll(entering, 1, axis=0)
        moved[0] += np.where(states.on_beat, first[k], none[k])
        moved[1:] += np.where(states.on_beat, beat[k], none[k])
        value = moved
    return float(value.max()), *_walked_back(states, value, came)


def _walked_back(
    states: _States, value: Floats, came: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the frames and numbers of the beats on the way that ends best."""
    meter, (number, place) = len(value), np.unravel_index(int(value.argmax()), value.shape)
    tempo = int(np.searchsorted(states.first, place, side="right")) - 1
    frame = len(came) - 1 - int(place - states.first[tempo])
    frames, numbers = [], []
    while frame >= 0:
        frames.append(frame)
        numbers.append(int(number))
        tempo = int(came[frame, number, tempo])
        number = (number - 1) % meter
        frame -= int(states.beats[tempo])
    return np.array(frames[::-1]), np.array(numbers[::-1])


def _timed(
    at_s: Floats, number: NDArray[np.int64], meter: int, onsets: NDArray[np.float32]
) -> Bars:
    """Return the beats with even tempos fitted, and all moved to where their sounds begin."""
    borders = [0, *_changes(at_s, meter), len(at_s)]
    parts = [
        _even(at_s[begin:end], number[begin:end], meter) for begin, end in pairwise(borders)
    ]
    at_s = np.concatenate([part.at_s for part in parts])
    late_s = _late_s(at_s, onsets)
    bar_s = meter * parts[0].beat_s
    offset_s = (parts[0].bar_s + late_s + NEAR_S) % bar_s - NEAR_S
    changes = tuple(
        (round(_begin_s(before, after, meter) + late_s, 3), round(60 / after.beat_s, 2))
        for before, after in pairwise(parts)
    )
    return Bars(
        at_s + late_s, number, meter, 60 / parts[0].beat_s, float(offset_s),
        all(part.steady for part in parts), changes,
    )  # fmt: skip


class _Even(NamedTuple):
    """Beats of one tempo; ``bar_s`` is where a bar of theirs begins."""

    at_s: Floats
    beat_s: float
    bar_s: float
    steady: bool


def _even(at_s: Floats, number: NDArray[np.int64], meter: int) -> _Even:
    """Return beats (K,) at the even tempo that fits best, where they keep one."""
    index = np.arange(len(at_s))
    kept = np.ones(len(at_s), bool)
    for _ in range(ROUNDS):  # beats that stand apart do not decide
        beat_s, begin_s = np.polyfit(index[kept], at_s[kept], 1)
        off_s = np.abs(at_s - (begin_s + beat_s * index))
        kept = off_s <= max(3 * float(np.median(off_s)), 1 / FPS)
    steady = float(np.median(off_s)) <= STEADY_S
    begin_s = begin_s if steady else float(at_s[0])
    at_s = begin_s + beat_s * index if steady else at_s
    first = int(
        np.bincount((index - number + 1) % meter).argmax()
    )  # beat that begins most bars
    return _Even(at_s, float(beat_s), float(begin_s + first * beat_s), steady)


def _changes(at_s: Floats, meter: int) -> list[int]:
    """Return from which beats on the song has another tempo, rising.

    A bar that is heard too long or too short is none: medians of many bars are compared.
    """
    count = CHANGE_BARS * meter
    bars_s = at_s[meter:] - at_s[:-meter]
    if len(bars_s) < 2 * count:
        return []
    around = np.lib.stride_tricks.sliding_window_view(bars_s, 2 * count)
    before, after = around[:, :count], around[:, count:]
    step = np.abs(np.log(np.median(after, axis=1) / np.median(before, axis=1)))
    gain = _astray(around) - _astray(before) - _astray(after)
    gain[step < CHANGE] = 0
    found = []
    while gain.max() > 0:
        best = int(gain.argmax())
        found.append(best + count + meter // 2)  # of the bars at a change, half are of either
        gain[max(best - count, 0) : best + count] = 0
    return sorted(found)


def _astray(values: Floats) -> Floats:
    """Return how far values (N, C) are from each row's median, together (N,)."""
    off: Floats = np.abs(values - np.median(values, axis=1, keepdims=True)).sum(axis=1)
    return off


def _begin_s(before: _Even, after: _Even, meter: int) -> float:
    """Return the second of a bar's first beat at which one tempo gives way to another."""
    meet_s = float(after.at_s[0])
    gap_s = meet_s - after.beat_s - float(before.at_s[-1])
    beats = gap_s / (before.beat_s - after.beat_s) - 1  # from there to where both lines meet
    if before.steady and after.steady and abs(beats) <= 2 * meter:
        meet_s += beats * after.beat_s
    bar_s = meter * after.beat_s
    return after.bar_s + round((meet_s - after.bar_s) / bar_s) * bar_s


def _late_s(at_s: Floats, onsets: NDArray[np.float32]) -> float:
    """Return by how much later than heard the beats' sounds begin, s: where most of them do."""
    ways = np.arange(-round(NEAR_S * ONSET_RATE), round(NEAR_S * ONSET_RATE) + 1)
    rows = np.rint(at_s * ONSET_RATE).astype(int)[:, None] + ways
    inside = (rows >= 0) & (rows < len(onsets))
    loud = np.where(inside, onsets[np.clip(rows, 0, len(onsets) - 1)], 0).sum(axis=0)
    return float(ways[loud.argmax()] / ONSET_RATE) + WINDOW_S / 2
