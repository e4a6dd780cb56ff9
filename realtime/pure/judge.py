"""The judge: from the choreography and a player's poses to verdicts and a report.

score = 100 * clip((m - null) / (1 - null)) with m = shape * timing * energy, where the shape of each
limb is measured against what two trained dancers of one routine reach, and null is what the best of the
cheats earns on this very song. 0: no better than standing still or flailing. 100: as alike as
two professionals, on time, at full size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from realtime.pure.chance import SHUFFLED, STILL, cheats
from realtime.pure.comparison import (
    HOLD_EFFORT,
    MARGIN_ROWS,
    MIN_SEEN,
    RATE,
    Comparison,
    compare,
)
from realtime.pure.features import VELOCITY_ROWS, Features, cut, describe, mirror_image
from realtime.pure.smoother import SMOOTHER_LAG_S
from realtime.pure.track import MAX_GAP_S, PoseTrack, choreography_rows, resample
from realtime.pure.types import Choreography, Grade, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

BEATS_PER_MOVE: Final = 4
NOT_ASKED: Final = 0.85  # floor of a limb that hardly leaves its mean pose: nothing to report
LEAST_ASKED: Final = 0.05
HUMAN_CEILING: Final = (
    0.75  # of its self-likeness: where two trained dancers of a routine stand
)
ON_TIME_S: Final = 0.080  # full credit
TOO_LATE_S: Final = 0.300  # none
FULL_ENERGY: Final = 0.80  # of the reference's motion; two trained dancers differ by as much
WILD_ENERGY: Final = (2.0, 3.2)  # from full credit to none
HOLD_STILL: Final = (0.3, 1.3)  # 1/s of motion in a hold: full credit, none
WRONG_SIDE: Final = (0.10, 0.30)  # the mirror image fits better by so much: full credit, none
LONGEST_FRAME_GAP_S: Final = (
    MAX_GAP_S  # what cannot be bridged for want of pictures is no absence
)
ITSELF: Final = 0.95  # shuffled moves worth more are the dance: it repeats one move, or has one
RECOGNISED: Final = (0.5, 0.3)  # likeness and energy
MAX_FAULT: Final = 0.2  # of a move without camera; more is not judged
WINDOWS: Final[tuple[tuple[Grade, float, float], ...]] = (
    ("PERFECT", 0.060, 85), ("GREAT", 0.100, 70), ("GOOD", 0.150, 50), ("OK", 0.200, 30),
)  # fmt: skip
"""Grade, largest lag in s, least score."""
HARDLY_SEEN: Final = 65.0  # points at most where less than 60 % is seen


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """The likeness (K,) of each limb, standing in the mean pose, in each move: it is no dancing."""

    limbs: dict[str, NDArray[np.float64]]

    def of_move(self, k: int) -> Floor:
        """Return the floor of one move."""
        limbs = {name: floor[k : k + 1] for name, floor in self.limbs.items()}
        return Floor(limbs)


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """What a song asks: windows of its features, weights of its moves, and what cheats earn.

    ``start_s`` float64 (K,) and ``length_s`` of the moves, ``windows`` Features (K, R, 11),
    ``weight`` float64 (K,), ``null`` 0..1, ``limb_null`` name -> 0..1, ``null_name`` the best cheat,
    ``limb_weight`` name -> float64 (K,), 0 in moves where the limb hardly leaves its mean pose.
    """

    start_s: NDArray[np.float64]
    length_s: float
    windows: Features
    weight: NDArray[np.float64]
    floor: Floor
    null: float
    null_name: str
    limb_null: dict[str, float]
    limb_weight: dict[str, NDArray[np.float64]]
    nulls: dict[str, float]

    @property
    def move_rows(self) -> int:
        """Rows of one move."""
        return int(self.windows.weight.shape[-2]) // 2


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The raw marks of moves: ``worth`` m (K,), the comparison, ``limbs`` name -> worth (K,)."""

    worth: NDArray[np.float64]
    compared: Comparison
    limbs: dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """What the judge remembers of a move."""

    verdict: Verdict
    worth: float
    recognised: bool
    coverage: float
    limbs: dict[str, float]


def standard_from_choreography(
    dance: Choreography, *, bpm: float, first_beat_s: float = 0.0
) -> Standard:
    """Return the standard of one member's dance.

    Moves are four beats long and begin on a beat: at ``first_beat_s``, or on the first beat
    (counted from there) after the dance has begun.
    """
    length_s = BEATS_PER_MOVE * 60 / bpm
    beats = max(np.ceil((dance.start_s - first_beat_s) / length_s * BEATS_PER_MOVE - 1e-6), 0)
    begin = first_beat_s + beats * length_s / BEATS_PER_MOVE
    count = max(int((dance.end_s - begin + 1e-6) // length_s), 1)
    start_s = begin + length_s * np.arange(count, dtype=np.float64)
    windows = _windows(lambda t: choreography_rows(dance, t), start_s, length_s, VELOCITY_ROWS)
    windows = _inner(windows, VELOCITY_ROWS)
    rows = _row_count(length_s)
    danced = _player_windows(dance, dance.joints, start_s, length_s)
    effort = compare(windows, danced, rows).effort
    weight = _move_weight(effort)
    worth: dict[str, list[float]] = {}
    limb_worth: dict[str, dict[str, list[float]]] = {}
    first_row = max(round((begin - dance.start_s) * dance.fps), 0)
    tricks = cheats(dance.joints, dance.fps, round(length_s * dance.fps), first_row=first_row)
    still = _player_windows(dance, tricks[STILL], start_s, length_s)
    floor = _floor_of(compare(windows, still, rows))
    limb_weight = {limb: weight * (low < NOT_ASKED) for limb, low in floor.limbs.items()}
    for name, joints in tricks.items():
        kind = name.partition("#")[0]
        player = _player_windows(dance, joints, start_s, length_s)
        marks = _marks(windows, player, rows, floor, sided=kind == SHUFFLED)
        worth.setdefault(kind, []).append(float(np.average(marks.worth, weights=weight)))
        for limb, marked in marks.limbs.items():
            earned = limb_worth.setdefault(limb, {}).setdefault(kind, [])
            earned.append(_average(marked, limb_weight[limb]))
    nulls = _lucky(worth)
    if nulls[SHUFFLED] > ITSELF:
        del nulls[SHUFFLED]
    best = max(nulls, key=lambda kind: nulls[kind])
    limb_null = {
        limb: max(earned for kind, earned in _lucky(kinds).items() if kind in nulls)
        for limb, kinds in limb_worth.items()
    }
    return Standard(
        start_s,
        length_s,
        windows,
        weight,
        floor,
        nulls[best],
        best,
        limb_null,
        limb_weight,
        nulls,
    )


def _average(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    return float(np.average(values, weights=weights)) if weights.sum() > 0 else 0.0


def _floor_of(still: Comparison) -> Floor:
    return Floor({name: limb.likeness for name, limb in still.limbs.items()})


def _lucky(tries: dict[str, list[float]]) -> dict[str, float]:
    """Return what a lucky try of each kind of cheating earns: mean and a standard deviation."""
    return {kind: float(np.mean(earned) + np.std(earned)) for kind, earned in tries.items()}


class Judge:
    """Gives a verdict on each move as soon as the poses for it are there.

    ``step`` is called whenever poses were added; the same poses give the same verdicts, live or
    all at once.
    """

    def __init__(self, standard: Standard, *, player_lag_s: float = 0.0) -> None:
        """Take the standard; ``player_lag_s`` is the calibrated lag of camera and speaker."""
        self.standard = standard
        self._player_lag_s = player_lag_s
        self._faults: dict[float, float] = {}
        self._kept: list[_Kept] = []
        self._next = 0

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts so far."""
        return tuple(kept.verdict for kept in self._kept)

    @property
    def faults(self) -> tuple[tuple[float, float], ...]:
        """Song seconds without camera, as noted: begin and end."""
        return tuple(self._faults.items())

    def recognised(self, verdict: Verdict) -> bool:
        """Return whether the move was danced at all, however late: only then its lag says much."""
        return self._kept[verdict.move].recognised

    def fault(self, start_s: float, end_s: float) -> None:
        """Note song seconds without camera (a start noted before is prolonged).

        Moves with more than a fifth inside are not judged; gaps within the track that are too
        long for a dancer's absence (frames missing, not people) count by themselves.
        """
        self._faults[start_s] = max(end_s, self._faults.get(start_s, end_s))

    def due_s(self) -> float | None:
        """Return the song second from which the next move can be judged; None after the last."""
        if self._next >= len(self.standard.start_s):
            return None
        end = self.standard.start_s[self._next] + self.standard.length_s
        return float(end + MARGIN_ROWS / RATE + self._player_lag_s + SMOOTHER_LAG_S)

    def step(self, track: PoseTrack, song_s: float) -> list[Verdict]:
        """Return the verdicts that became possible by song second ``song_s``."""
        fresh = []
        while (due := self.due_s()) is not None and song_s >= due:
            fresh.append(self._judge(track))
        return fresh

    def _judge(self, track: PoseTrack) -> Verdict:
        k = self._next
        self._next += 1
        standard = self.standard
        at = standard.start_s[k : k + 1]
        lag = self._player_lag_s + SMOOTHER_LAG_S
        player = _windows(lambda t: track.rows(t + lag), at, standard.length_s, MARGIN_ROWS)
        reference = _take(standard.windows, slice(k, k + 1))
        marks = _marks(
            reference,
            _inner(player, VELOCITY_ROWS),
            standard.move_rows,
            standard.floor.of_move(k),
        )
        verdict = self._verdict(k, marks, self._fault_share(track, k))
        self._kept.append(
            _Kept(
                verdict=verdict,
                worth=self._worth(marks),
                recognised=_recognised(marks.compared),
                coverage=float(marks.compared.coverage[0]),
                limbs={name: float(worth[0]) for name, worth in marks.limbs.items()},
            )
        )
        return verdict

    def _verdict(self, k: int, marks: Marks, fault_share: float) -> Verdict:
        start = float(self.standard.start_s[k])
        end = start + self.standard.length_s
        lag = float(marks.compared.lag_s[0])
        coverage = float(marks.compared.coverage[0])
        score = 100 * corrected(self._worth(marks), self.standard.null)
        if fault_share > MAX_FAULT:
            return Verdict(
                k, start, end, "MISS", 0.0, 0.0, "not judged: too few pictures", judged=False
            )
        grade = grade_of(score, lag, coverage)
        floors = self.standard.floor.limbs
        asked = [name for name in marks.limbs if floors[name][k] < NOT_ASKED] or list(
            marks.limbs
        )
        return Verdict(k, start, end, grade, score, lag, _why(marks, score, lag, asked))

    def _worth(self, marks: Marks) -> float:
        """Return a move's worth; what is hardly seen earns no more than a GOOD one."""
        worth = float(marks.worth[0])
        if marks.compared.coverage[0] < MIN_SEEN:
            null = self.standard.null
            return min(worth, null + HARDLY_SEEN / 100 * (1 - null))
        return worth

    def _fault_share(self, track: PoseTrack, k: int) -> float:
        """Return how much of move k no frame was taken of, 0..1."""
        start = float(self.standard.start_s[k]) + self._player_lag_s
        end = start + self.standard.length_s
        at_s = track.at_s
        wide = np.flatnonzero(np.diff(at_s) > LONGEST_FRAME_GAP_S)
        faults = {float(at_s[i]): float(at_s[i + 1]) for i in wide}
        for begin, stop in self._faults.items():
            faults[begin] = max(stop, faults.get(begin, stop))
        lost = sum(
            max(0.0, min(stop, end) - max(begin, start)) for begin, stop in faults.items()
        )
        return lost / (end - start)

    def judged_share(self) -> float:
        """Return how much of the moves so far could be judged, by weight, 0..1."""
        weight = [float(self.standard.weight[kept.verdict.move]) for kept in self._kept]
        judged = [w for w, kept in zip(weight, self._kept, strict=True) if kept.verdict.judged]
        return sum(judged) / sum(weight) if weight else 0.0

    def totals(self) -> tuple[float, dict[str, float], float]:
        """Return the score 0..100 so far, the limbs' scores, and the coverage 0..1."""
        judged = [kept for kept in self._kept if kept.verdict.judged]
        if not judged:
            return 0.0, {}, 0.0
        weight = [float(self.standard.weight[kept.verdict.move]) for kept in judged]
        worth = float(np.average([kept.worth for kept in judged], weights=weight))
        limbs = {}
        for name, null in self.standard.limb_null.items():
            asks = [
                float(self.standard.limb_weight[name][kept.verdict.move]) for kept in judged
            ]
            if sum(asks) > 0:
                mean = float(np.average([kept.limbs[name] for kept in judged], weights=asks))
                limbs[name] = 100 * corrected(mean, null)
        coverage = float(np.average([kept.coverage for kept in judged], weights=weight))
        return 100 * corrected(worth, self.standard.null), limbs, coverage


def corrected(worth: float, null: float) -> float:
    """Return worth 0..1 corrected for what a cheat earns: 0 at ``null``, 1 at 1."""
    return min(max((worth - null) / max(1 - null, 1e-6), 0.0), 1.0)


def timing_credit(lag_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the credit 1..0 for lags in s: full to 80 ms, a half cosine down to none at 300 ms."""
    late = np.clip((np.abs(lag_s) - ON_TIME_S) / (TOO_LATE_S - ON_TIME_S), 0, 1)
    credit: NDArray[np.float64] = 0.5 + 0.5 * np.cos(np.pi * late)
    return credit


def energy_credit(
    energy: NDArray[np.float64], effort: NDArray[np.float64], restless: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the credit 0..1 for motion: as large as the choreography; in holds, stillness."""
    low, high = WILD_ENERGY
    danced = np.clip(energy / FULL_ENERGY, 0, 1) * np.clip((high - energy) / (high - low), 0, 1)
    still = np.clip((HOLD_STILL[1] - restless) / (HOLD_STILL[1] - HOLD_STILL[0]), 0, 1)
    return np.where(effort < HOLD_EFFORT, still, danced)


def grade_of(score: float, lag_s: float, coverage: float) -> Grade:
    """Return the grade for a move's score 0..100, lag and coverage (under 60 %: GOOD at best)."""
    for grade, window, floor in WINDOWS:
        if abs(lag_s) <= window and score >= floor:
            hidden = coverage < MIN_SEEN and grade in ("PERFECT", "GREAT")
            return "GOOD" if hidden else grade
    return "MISS"


def _shape(likeness: NDArray[np.float64], floor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 0..1: likeness from what the mean pose has to what trained dancers reach.

    They stand at 0.75 of the dance's likeness with itself, and at least half way to it.
    """
    span = np.maximum(np.maximum(HUMAN_CEILING - floor, (1 - floor) / 2), 1e-3)
    shape: NDArray[np.float64] = np.clip((likeness - floor) / span, 0, 1)
    return shape


def _shape_of_limbs(compared: Comparison, floor: Floor) -> NDArray[np.float64]:
    """Return 0..1: the limbs' shapes, weighted by how much of the dance each is.

    Limb by limb, so that none makes up for another: all together, four limbs beyond what trained
    dancers reach would pay for a fifth that hangs. What hardly leaves the mean pose weighs little.
    """
    total = np.zeros_like(compared.likeness)
    weight = np.zeros_like(compared.likeness)
    for name, limb in compared.limbs.items():
        asked = limb.asked * np.maximum(1 - floor.limbs[name], LEAST_ASKED)
        total += asked * _shape(limb.likeness, floor.limbs[name])
        weight += asked
    shape: NDArray[np.float64] = compared.enough * total / np.maximum(weight, 1e-9)
    return shape


def _marks(
    reference: Features, player: Features, rows: int, floor: Floor, *, sided: bool = True
) -> Marks:
    """Return the marks; ``sided`` off spares the look at the mirror image where it cannot matter."""
    compared = compare(reference, player, rows)
    timing = timing_credit(compared.lag_s)
    size = energy_credit(compared.energy, compared.effort, compared.restless)
    worth = _shape_of_limbs(compared, floor) * timing * size
    if sided:
        worth *= _side_credit(compared, compare(reference, mirror_image(player), rows))
    limbs = {}
    for name, limb in compared.limbs.items():
        moved = np.where(
            limb.effort < HOLD_EFFORT, 1.0, np.clip(limb.energy / FULL_ENERGY, 0, 1)
        )
        limbs[name] = _shape(limb.likeness, floor.limbs[name]) * moved * timing
    return Marks(worth, compared, limbs)


def _recognised(compared: Comparison) -> bool:
    likeness, energy = RECOGNISED
    return bool(compared.likeness[0] >= likeness and compared.energy[0] >= energy)


def _side_credit(right: Comparison, mirrored: Comparison) -> NDArray[np.float64]:
    """Return the credit 0..1 for dancing on the right side: none where the mirror image fits."""
    low, high = WRONG_SIDE
    better = _timed(mirrored) - _timed(right)
    credit: NDArray[np.float64] = np.clip((high - better) / (high - low), 0, 1)
    return credit


def _timed(compared: Comparison) -> NDArray[np.float64]:
    return compared.likeness * timing_credit(compared.lag_s)


def _why(marks: Marks, score: float, lag_s: float, asked: list[str]) -> str:
    compared = marks.compared
    if compared.coverage[0] < MIN_SEEN:
        return "not seen well enough"
    if score >= WINDOWS[0][2]:
        return ""
    if compared.effort[0] < HOLD_EFFORT and compared.restless[0] > HOLD_STILL[0]:
        return "moved in a hold"
    if compared.effort[0] >= HOLD_EFFORT and compared.energy[0] < FULL_ENERGY * 0.8:
        return "too small"
    if abs(lag_s) > ON_TIME_S and compared.likeness[0] > 0.5:
        return "late" if lag_s > 0 else "early"
    worst = min(asked, key=lambda name: float(marks.limbs[name][0]))
    return f"{worst.replace('_', ' ')} differs"


def _move_weight(effort: NDArray[np.float64]) -> NDArray[np.float64]:
    typical = max(float(np.median(effort)), 1e-6)
    weight: NDArray[np.float64] = np.clip(np.sqrt(effort / typical), 0.25, 1.5)
    return weight


def _row_count(length_s: float) -> int:
    return max(round(length_s * RATE), 2)


def _player_windows(
    dance: Choreography,
    joints: NDArray[np.float32],
    start_s: NDArray[np.float64],
    length_s: float,
) -> Features:
    at_s = dance.start_s + np.arange(len(joints)) / dance.fps
    windows = _windows(lambda t: resample(at_s, joints, t), start_s, length_s, MARGIN_ROWS)
    return _inner(windows, VELOCITY_ROWS)


def _windows(
    rows_at: Callable[[NDArray[np.float64]], NDArray[np.float32]],
    start_s: NDArray[np.float64],
    length_s: float,
    margin: int,
) -> Features:
    rows = _row_count(length_s)
    offsets = (np.arange(-rows - margin, rows + margin) + 0.5) / RATE * (length_s * RATE / rows)
    times = start_s[:, None] + offsets
    joints = rows_at(times.ravel()).reshape(len(start_s), len(offsets), 18, 3)
    return describe(joints, RATE)


def _inner(features: Features, margin: int) -> Features:
    return cut(features, margin, features.weight.shape[-2] - margin)


def _take(features: Features, which: slice) -> Features:
    return Features(features.direction[which], features.velocity[which], features.weight[which])
