"""What a song asks: its moves, their weights, and what cheats would earn on this very song."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import numpy as np

from kpopdance.realtime.core.tempo import Tempo
from kpopdance.realtime.core.terms import BODIES, LEG_LIMBS, NORMAL, PRO, USUAL
from kpopdance.realtime.core.track import choreography_rows, resample
from kpopdance.realtime.scoring.chance import SHUFFLED, STILL, cheats, lucky
from kpopdance.realtime.scoring.comparison import compare
from kpopdance.realtime.scoring.energy import HOLD_EFFORT
from kpopdance.realtime.scoring.features import (
    FEATURE_FPS,
    VELOCITY_ROWS,
    cut,
    describe,
    without,
)
from kpopdance.realtime.scoring.likeness import asked_weight
from kpopdance.realtime.scoring.marks import NOT_ASKED, Floor, alike_of, marks_of
from kpopdance.realtime.scoring.moves import USUAL_BEATS, cuts_of, motion_of
from kpopdance.realtime.scoring.timing import BAND_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Choreography
    from kpopdance.realtime.scoring.features import Features
    from kpopdance.realtime.scoring.marks import Marks

T = TypeVar("T")
Told: TypeAlias = "Callable[[float], None]"
"""Hears how much is done, 0..1."""
DANCED: Final = 0.2
"""How much is done when the cheats are danced; marking them is the rest."""
WINDOW_S: Final = 4.0
"""A move aligns with what comes before it, so long: two trained dancers' lags scatter by 16-40 ms
over four seconds, by 67-90 ms over two."""
REPEATS: Final = (0.4, 0.9)
"""Shuffled moves worth more are no cheat, in part and altogether: the dance repeats itself."""
LEFT_OUT: Final = 0.25
"""Of a dance, before its first bar; where it would be more, moves begin with any beat."""
COACH_SEEN: Final = 0.3  # of what the song usually shows of the coach; less can nobody copy


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """What a song asks on some terms: K moves.

    ``start_s`` and ``end_s`` float64 (K,) song seconds, ``rows`` int (K,) of each; ``windows``
    Features (K, R, 11) that end with them; ``weight`` float64 (K,); ``floor`` what standing
    earns; ``null`` 0..1 what the best cheat earns and ``null_upper`` where legs are not seen,
    ``null_name`` which; ``nulls`` all of them; ``limb_null`` name -> 0..1; ``limb_weight``
    name -> float64 (K,), 0 in moves where the limb hardly leaves its mean pose.
    """

    dance: Choreography
    terms: Terms
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    rows: NDArray[np.intp]
    windows: Features
    weight: NDArray[np.float64]
    floor: Floor
    null: float
    null_upper: float
    null_name: str
    nulls: dict[str, float]
    limb_null: dict[str, float]
    limb_weight: dict[str, NDArray[np.float64]]


def untold(share: float) -> None:
    """Hear nothing of how far a standard is."""


def standard_from_choreography(
    dance: Choreography, *, bpm: float, first_beat_s: float = 0.0,
    changes: tuple[tuple[float, float], ...] = (), terms: Terms = USUAL, told: Told = untold,
) -> Standard:  # fmt: skip
    """Return the standard of one member's dance.

    Moves begin and end on beats (see ``cuts_of``), counted from ``first_beat_s``, a bar's first one,
    and by ``changes`` of tempo (see ``Tempo``); the first one begins with the first bar after the
    dance has begun. The choreography is taken as it is:
    whoever dances the mirror image turns it round before. On pro the cheats are judged as on normal:
    0 means the same there, and pro never gives more. ``told`` hears many times how much is done,
    0..1; what it raises ends the work.
    """
    beat_s = 60 / bpm
    tempo = Tempo(bpm, first_beat_s, changes)
    start_s, end_s = _moves(dance, tempo, BODIES[terms.body])
    rows, windows = asked_windows(dance, start_s, end_s, terms)
    song = _Song(dance, windows, end_s, rows)
    effort = compare(windows, song.danced(dance.joints), rows).energy.effort
    weight = _move_weight(effort, end_s - start_s) * _coach_seen(windows, rows)
    first_row = max(round((float(start_s[0]) - dance.start_s) * dance.fps), 0)
    bar_rows = round(USUAL_BEATS * beat_s * dance.fps)
    ways = cheats(dance.joints, dance.fps, bar_rows, first_row=first_row)
    tricks = {name: song.danced(joints) for name, joints in _telling(ways, told, (0.0, DANCED))}
    still = compare(windows, tricks[STILL], rows)
    floor = Floor({name: limb.likeness for name, limb in still.limbs.items()})
    limb_weight = limb_weights(weight, floor)
    easy = NORMAL if terms.strict is PRO else terms.strict
    marks, upper = {}, {}
    for name, player in _telling(tricks, told, (DANCED, 1.0)):
        sided = _has_sides(name)
        alike = alike_of(windows, player, sided=sided)
        marks[name], upper[name] = (
            marks_of(windows, seen, rows, floor, easy, sided=sided, alike=alike)
            for seen in (player, without(player, LEG_LIMBS))
        )
    nulls = _nulls(marks, weight)
    best = max(nulls, key=lambda kind: nulls[kind])
    return Standard(
        dance, terms, start_s, end_s, rows, windows, weight, floor, nulls[best],
        max(_nulls(upper, weight).values()), best, nulls,
        _limb_nulls(marks, limb_weight), limb_weight,
    )  # fmt: skip


def asked_windows(
    dance: Choreography, start_s: NDArray[np.float64], end_s: NDArray[np.float64], terms: Terms
) -> tuple[NDArray[np.intp], Features]:
    """Return the rows (K,) of each move and the windows that end with them, see ``Standard``."""
    rows = np.maximum(np.round((end_s - start_s) * FEATURE_FPS).astype(np.intp), 2)
    windows = windows_of(lambda t: choreography_rows(dance, t), end_s, 0)
    return rows, without(windows, BODIES[terms.body])


def limb_weights(weight: NDArray[np.float64], floor: Floor) -> dict[str, NDArray[np.float64]]:
    """Return name -> weight (K,) of the moves for each limb, see ``Standard``."""
    return {limb: weight * (low < NOT_ASKED) for limb, low in floor.limbs.items()}


@dataclass(frozen=True, slots=True, eq=False)
class _Song:
    """A choreography with the windows of its moves: players are cut to them."""

    dance: Choreography
    windows: Features
    end_s: NDArray[np.float64]
    rows: NDArray[np.intp]

    def danced(self, joints: NDArray[np.float32]) -> Features:
        """Return a player's windows (K, R + 2 * BAND_ROWS, 11) of joints row by row."""
        at_s = self.dance.start_s + np.arange(len(joints)) / self.dance.fps
        return windows_of(lambda t: resample(at_s, joints, t), self.end_s, BAND_ROWS)


def _telling(
    items: dict[str, T], told: Told, share: tuple[float, float]
) -> Iterator[tuple[str, T]]:
    """Give the items one by one, and tell before each how far from one share to the other it is."""
    begin, end = share
    for number, item in enumerate(items.items()):
        told(begin + (end - begin) * number / len(items))
        yield item


def windows_of(
    rows_at: Callable[[NDArray[np.float64]], NDArray[np.float32]],
    end_s: NDArray[np.float64],
    margin: int,
) -> Features:
    """Return the features (N, R + 2 * margin, 11) of windows that end ``margin`` rows after ``end_s``.

    ``rows_at`` gives joints (M, 18, 3) at song seconds (M,).
    """
    times = window_times(end_s, margin + VELOCITY_ROWS)
    joints = rows_at(times.ravel()).reshape(*times.shape, 18, 3)
    return cut(describe(joints, FEATURE_FPS), VELOCITY_ROWS, times.shape[1] - VELOCITY_ROWS)


def window_times(end_s: NDArray[np.float64], margin: int) -> NDArray[np.float64]:
    """Return the song seconds (N, R + 2 * margin) of windows that end at ``end_s`` (N,)."""
    rows = round(WINDOW_S * FEATURE_FPS)
    return end_s[:, None] + (np.arange(-rows - margin, margin) + 0.5) / FEATURE_FPS


def _moves(
    dance: Choreography, tempo: Tempo, unasked: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the moves begin and end; a dance of no bar is one, mostly unseen."""
    first = tempo.bar_from(dance.start_s)
    if tempo.second_of(first) - dance.start_s > LEFT_OUT * (dance.end_s - dance.start_s):
        first = max(math.ceil(tempo.beat_at(dance.start_s) - 1e-6), 0)
    beats_s = np.array(tempo.beats_s(first, dance.end_s))
    if len(beats_s) < 2:
        return np.array([tempo.second_of(first)]), np.array(
            [tempo.second_of(first + USUAL_BEATS)]
        )
    at_s = np.arange(dance.start_s, dance.end_s, 1 / FEATURE_FPS)
    whole = describe(choreography_rows(dance, at_s), FEATURE_FPS)
    cuts = cuts_of(motion_of(without(whole, unasked)), at_s, beats_s)
    return beats_s[cuts[:-1]], beats_s[cuts[1:]]


def _move_weight(
    effort: NDArray[np.float64], length_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how much each move counts: by its length and by how much there is to dance."""
    moving = effort >= HOLD_EFFORT
    typical = max(float(np.median(effort[moving])) if moving.any() else 0.0, 1e-6)
    weight = np.clip(np.sqrt(effort / typical), 0.25, 1.5).astype(np.float64)
    weight *= length_s / length_s.mean()
    return weight


def _coach_seen(windows: Features, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return in which moves (K,) enough of the coach is seen to be copied."""
    count = windows.weight.shape[-2]
    inside = np.arange(count) >= count - rows[:, None]
    shown = (asked_weight(windows).sum(axis=-1) * inside).sum(axis=-1) / rows
    seen: NDArray[np.bool_] = (shown > 0) & (shown >= COACH_SEEN * float(np.max(shown)))
    return seen


def _nulls(marks: dict[str, Marks], weight: NDArray[np.float64]) -> dict[str, float]:
    """Return kind -> what a cheat earns of the whole dance."""
    return _fair(lucky({name: _average(one.worth, weight) for name, one in marks.items()}))


def _fair(nulls: dict[str, float]) -> dict[str, float]:
    """Return what cheats earn, the shuffled moves as far as they are none of the dance itself."""
    low, high = REPEATS
    cheating = float(np.clip((high - nulls[SHUFFLED]) / (high - low), 0, 1))
    return nulls | {SHUFFLED: nulls[SHUFFLED] * cheating}


def _has_sides(name: str) -> bool:
    """Return whether a cheat's side matters: only the song's own moves have one."""
    return name.partition("#")[0] == SHUFFLED


def _limb_nulls(
    marks: dict[str, Marks], limb_weight: dict[str, NDArray[np.float64]]
) -> dict[str, float]:
    nulls = {}
    for limb, weight in limb_weight.items():
        earned = lucky(
            {name: _average(one.limb_worth(limb), weight) for name, one in marks.items()}
        )
        nulls[limb] = max(_fair(earned).values())
    return nulls


def _average(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    return float(np.average(values, weights=weights)) if weights.sum() > 0 else 0.0
