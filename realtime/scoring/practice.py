"""What is practised: which moves, how fast, what follows each try, and what was wrong with it.

A try is judged on the song's own seconds whatever its tempo: at half tempo a pose danced two seconds
after another counts as one second after it. So moves, weights and cheats are those of the whole dance,
at full tempo nothing differs to the bit, and a lag is as large a share of a beat as it sounds.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.track import FILTER_LAG_S
from kpopdance.realtime.core.types import ENOUGH_JUDGED, Choreography, Reason
from kpopdance.realtime.scoring.comparison import MARGIN_ROWS
from kpopdance.realtime.scoring.coverage import MIN_SEEN
from kpopdance.realtime.scoring.features import FEATURE_FPS
from kpopdance.realtime.scoring.marks import Floor
from kpopdance.realtime.scoring.reasons import late_words
from kpopdance.realtime.scoring.standard import asked_windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Report, Verdict
    from kpopdance.realtime.scoring.judge import Judge
    from kpopdance.realtime.scoring.standard import Standard

SLOWEST, FULL = 5, 10
"""Tempo in tenths of the song's own."""
UNKNOWN: Final = 7  # of a move nobody has judged yet
JOINED: Final = (
    8  # where moves are joined: each is known by then, the way from one to the next is not
)
GOES_WELL: Final = (
    0.5  # of a move, at the tempo it is begun at: nobody learns from what fails altogether
)
LONGEST: Final = 16  # moves of a section
CLEAN: Final = 75.0
FASTER_AFTER: Final = 2  # clean tries in a row
SLOWER_AFTER: Final = 3  # others in a row


ONE_BROUGHT: Final = N_("Move {move}: {before:.0f} → {now:.0f} since you practised it")
SEVERAL_BROUGHT: Final = N_(
    "Move {move} ({times} times): {before:.0f} → {now:.0f} since you practised it"
)


FLAWLESS: Final = Reason("", "", "", 0.0)


class Passage(NamedTuple):
    """Moves in a row, the last one included."""

    first: int
    last: int


class Exercise(NamedTuple):
    """A move worth practising: ``gain`` of the dance's points, ``per_minute`` in the first minutes.

    It comes so many ``times``, this one being the worst; the gain is that of all.
    """

    move: int
    gain: float
    per_minute: float
    times: int = 1


class Tried(NamedTuple):
    """What a try earned, 0..100 (None: too little of it was seen), and in words what cost most."""

    score: float | None
    told: str
    advice: str


@dataclass(frozen=True, slots=True)
class Drill:
    """What is repeated now, and how it goes.

    ``tenths`` of the song's tempo; ``section`` is what the passage grows up to; ``clean`` and
    ``missed`` tries in a row, at most one of them above 0; ``learned``: the whole section was clean
    at full tempo.
    """

    passage: Passage
    section: Passage
    tenths: int = UNKNOWN
    clean: int = 0
    missed: int = 0
    learned: bool = False

    @property
    def tempo(self) -> float:
        """Share of the song's tempo, 0.5..1."""
        return self.tenths / 10

    def after(self, score: float | None) -> Drill:
        """Return what follows a try; one that could not be judged changes nothing."""
        if score is None:
            return self
        if score < CLEAN:
            missed = replace(self, clean=0, missed=self.missed + 1)
            return missed if missed.missed < SLOWER_AFTER else self.at(self.tenths - 1)
        if self.clean + 1 < FASTER_AFTER:
            return replace(self, clean=self.clean + 1, missed=0)
        return self.at(self.tenths + 1) if self.tenths < FULL else self._wider()

    def at(self, tenths: int) -> Drill:
        """Return the same at another tempo."""
        return replace(self, tenths=min(max(tenths, SLOWEST), FULL), clean=0, missed=0)

    def over(self, passage: Passage) -> Drill:
        """Return the same tempo over other moves."""
        return replace(self, passage=passage, clean=0, missed=0, learned=False)

    def _wider(self) -> Drill:
        """Return it with the neighbour, then the whole section."""
        (first, last), section = self.passage, self.section
        if self.passage == section:
            return replace(self, clean=0, missed=0, learned=True)
        if first < last:
            return self.over(section).at(JOINED)
        both = Passage(first, last + 1) if last < section.last else Passage(first - 1, last)
        return self.over(both).at(JOINED)


def tenths_for(score: float | None) -> int:
    """Return at which tempo a move with such a score is begun; None: nobody knows it.

    As far as a move goes wrong by so much less as it is slower.
    """
    if score is None:
        return UNKNOWN
    wrong = max(1 - score / 100, 1 - GOES_WELL)
    return max(int(FULL * (1 - GOES_WELL) / wrong + 1e-6), SLOWEST)


Sections = tuple[tuple[str, Passage], ...]
"""A song's sections in order, by name; moves before the first one have none."""


def sections_of(
    start_s: Sequence[float], end_s: Sequence[float], sections: Sequence[tuple[str, float]]
) -> Sections:
    """Return the sections, (name, start_s), of moves that begin and end at song seconds (K,).

    Long ones are several: nobody repeats a whole song in one go.
    """
    middle = (np.asarray(start_s) + np.asarray(end_s)) / 2
    named = sorted(sections, key=lambda section: section[1])
    starts = np.array([start_s for _, start_s in named])
    which = np.searchsorted(starts, middle, side="right") - 1
    out = []
    for number in range(-1, len(named)):
        inside = np.flatnonzero(which == number)
        name = named[number][0] if number >= 0 else ""
        parts = np.array_split(inside, max(math.ceil(len(inside) / LONGEST), 1))
        out += [(name, Passage(int(part[0]), int(part[-1]))) for part in parts if len(part)]
    return tuple(out)


def section_with(passage: Passage, sections: Sections) -> Passage:
    """Return the section in which a passage begins; it itself where there is none."""
    inside = (part for _, part in sections if part.first <= passage.first <= part.last)
    return next(inside, passage)


def words_of(passage: Passage, sections: Sections) -> str:
    """Return a passage in words: "Move 12", "Moves 12-13", "Chorus"."""
    if passage.first == passage.last:
        return _("Move {move}", move=passage.first + 1)
    named = {part: name for name, part in sections}
    return named.get(passage) or _(
        "Moves {first}-{last}", first=passage.first + 1, last=passage.last + 1
    )


def drill_of(passage: Passage, sections: Sections, score: float | None) -> Drill:
    """Return how a passage is begun that had a score so far."""
    return Drill(passage, section_with(passage, sections), tenths_for(score))


def standard_of_passage(standard: Standard, passage: Passage) -> Standard:
    """Return what a passage alone asks: nothing of what comes before it, for nobody dances that.

    A move is judged as in the whole dance, to the bit, as soon as the four seconds that it aligns
    with lie in the passage.
    """
    some = slice(passage.first, passage.last + 1)
    start_s, end_s = standard.start_s[some], standard.end_s[some]
    dance = _from(standard.dance, float(start_s[0]))
    rows, windows = asked_windows(dance, start_s, end_s, standard.terms)
    return replace(
        standard, dance=dance, start_s=start_s, end_s=end_s, rows=rows, windows=windows,
        weight=standard.weight[some],
        floor=Floor({name: low[some] for name, low in standard.floor.limbs.items()}),
        limb_weight={name: weight[some] for name, weight in standard.limb_weight.items()},
    )  # fmt: skip


def lag_at(player_lag_s: float, tempo: float) -> float:
    """Return the fixed lag to judge with where the song goes slower: lags are of the host's seconds."""
    return player_lag_s * tempo - FILTER_LAG_S * (1 - tempo)


def judged_until(standard: Standard, lag_s: float) -> float:
    """Return the song second from which the last move can be judged, with a fixed lag."""
    late_s = max(lag_s + FILTER_LAG_S, 0.0)
    return float(standard.end_s[-1]) + MARGIN_ROWS / FEATURE_FPS + late_s


def tried_of(judge: Judge, tempo: float) -> Tried:
    """Return what a try earned that is judged to its end, and the dearest fault of it."""
    faults = []
    for verdict in judge.verdicts:
        weight = float(judge.standard.weight[verdict.move])
        faults += [
            replace(_as_heard(reason, verdict, tempo), points=reason.points * weight)
            for reason in verdict.reasons
        ]
    if judge.judged_share() < ENOUGH_JUDGED:
        why = next(verdict.why for verdict in judge.verdicts if not verdict.judged)
        return Tried(None, _(why), "")
    score, _limbs, coverage = judge.totals()
    dearest = max(faults, key=lambda fault: fault.points, default=FLAWLESS)
    return Tried(score if coverage >= MIN_SEEN else None, dearest.text, dearest.advice)


def what_to_practise(
    report: Report, count_in_s: float, repeats: Sequence[int] = ()
) -> tuple[Exercise, ...]:
    """Return the moves that were not clean, what would gain most per minute first.

    A try takes the move and its count-in; it takes away a share of what the move lacks, whichever
    move it is. So the gain per minute goes as what it lacks, times how much it counts, by how long a
    try takes. ``repeats`` are the first moves that are the same (see ``repeats_of``): those are learnt
    together.
    """
    alike: dict[int, list[Verdict]] = defaultdict(list)
    for move in report.moves:
        if move.judged and report.weights:
            alike[repeats[move.move] if repeats else move.move].append(move)
    exercises = []
    for moves in alike.values():
        wrong = [move for move in moves if move.score < CLEAN]
        worst = min(moves, key=lambda move: move.score)
        gain = sum((100 - move.score) * report.weights[move.move] for move in wrong)
        gain /= max(sum(report.weights), 1e-9)
        minutes = (worst.end_s - worst.start_s + count_in_s) / 60
        if gain > 0:
            exercises.append(Exercise(worst.move, gain, gain / minutes, len(moves)))
    return tuple(sorted(exercises, key=lambda exercise: -exercise.per_minute))


def brought_in_words(
    moves: Sequence[Verdict], before: Mapping[float, float], repeats: Sequence[int] = ()
) -> tuple[str, ...]:
    """Return what practice brought, most first; ``before`` is start -> the score before it.

    Moves that are the same ones (``repeats``) are told together.
    """
    alike: dict[int, list[Verdict]] = defaultdict(list)
    for move in moves:
        if move.start_s in before:
            alike[repeats[move.move] if repeats else move.move].append(move)
    told = []
    for same in alike.values():
        was = float(np.mean([before[move.start_s] for move in same]))
        now = float(np.mean([move.score for move in same]))
        words = ONE_BROUGHT if len(same) == 1 else SEVERAL_BROUGHT
        values = {"move": same[0].move + 1, "times": len(same), "before": was, "now": now}
        told.append((now - was, _(words, **values)))
    return tuple(words for _gain, words in sorted(told, key=lambda each: -each[0]))


def _as_heard(reason: Reason, verdict: Verdict, tempo: float) -> Reason:
    """Return a reason whose lag is told in the host's seconds, as it was felt."""
    if reason.kind != "timing":
        return reason
    text, advice = late_words(verdict.lag_s / tempo)
    return replace(reason, text=text, advice=advice)


def _from(dance: Choreography, start_s: float) -> Choreography:
    """Return a dance without the rows before a song second."""
    gone = max(int(np.ceil((start_s - dance.start_s) * dance.fps - 1e-6)), 0)
    joints: NDArray[np.float32] = dance.joints[gone:]
    return Choreography(joints, dance.fps, dance.start_s + gone / dance.fps)
