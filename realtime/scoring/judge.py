"""The judge: from what a song asks and a player's poses to verdicts and totals.

score = 100 * clip((m - null) / (1 - null)) with m = shape * timing * size * side, where the shape of
each limb is measured against what two trained dancers of one routine reach, and null is what the
best of the cheats earns on this very song. 0: no better than standing still or flailing. 100: as
alike as two professionals, on time, at full size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import N_
from kpopdance.realtime.core.terms import LEG_LIMBS
from kpopdance.realtime.core.track import BRIDGED_S, FILTER_LAG_S
from kpopdance.realtime.core.types import Grade, Verdict
from kpopdance.realtime.scoring.chance import corrected
from kpopdance.realtime.scoring.comparison import MARGIN_ROWS
from kpopdance.realtime.scoring.coverage import (
    MAX_FAULT,
    MIN_SEEN,
    absences,
    capped,
    filmed,
    joined_spans,
    missing_of,
    share_of,
)
from kpopdance.realtime.scoring.features import FEATURE_FPS
from kpopdance.realtime.scoring.looks import asked_as_seen
from kpopdance.realtime.scoring.marks import marks_of
from kpopdance.realtime.scoring.reasons import reasons_of
from kpopdance.realtime.scoring.standard import Standard, window_times, windows_of
from kpopdance.realtime.scoring.timing import BAND_ROWS

if TYPE_CHECKING:
    from kpopdance.realtime.core.terms import Strictness
    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.scoring.coverage import Missing
    from kpopdance.realtime.scoring.features import Features
    from kpopdance.realtime.scoring.marks import Marks

NO_PICTURES: Final = N_("not judged: too few pictures")
TOO_SLOW: Final = N_("not judged: this computer is too slow")
NO_COACH: Final = N_("not judged: the coach is not seen")
LIMB_SEEN: Final = 0.2  # of what is asked of a limb; of one seen less nothing is told


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """What the judge remembers of a move; ``limbs`` name -> worth and how far it was seen."""

    verdict: Verdict
    worth: float
    null: float
    recognised: bool
    coverage: float
    limbs: dict[str, tuple[float, float]]


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
        """Note song seconds of which the camera delivered no picture.

        A start noted before is prolonged. Moves with more than a fifth inside are not judged.
        Neither are those with more than a fifth between two looks too far apart, if the dancer
        was there in both; who was not there in one of them was away.
        """
        self._faults[start_s] = max(end_s, self._faults.get(start_s, end_s))

    def due_s(self) -> float | None:
        """Return the song second from which the next move can be judged; None after the last."""
        if self._next >= len(self.standard.start_s):
            return None
        end_s = float(self.standard.end_s[self._next])
        return end_s + MARGIN_ROWS / FEATURE_FPS + self._lag_s

    def step(self, track: PoseTrack, song_s: float) -> list[Verdict]:
        """Return the verdicts that became possible by song second ``song_s``."""
        fresh = []
        while (due := self.due_s()) is not None and song_s >= due:
            fresh.append(self._judge(track))
        return fresh

    @property
    def _lag_s(self) -> float:
        return self._player_lag_s + FILTER_LAG_S

    def _judge(self, track: PoseTrack) -> Verdict:
        k, standard = self._next, self.standard
        self._next += 1
        move = slice(k, k + 1)
        there = track.there
        missing = missing_of(track.at_s, there, self._faults)
        end_s = standard.end_s[move]
        player = replace(
            windows_of(lambda t: track.rows(t + self._lag_s, BRIDGED_S), end_s, BAND_ROWS),
            filmed=filmed(window_times(end_s, BAND_ROWS) + self._lag_s, missing.unknown),
        )
        reference = asked_as_seen(standard, k, track.at_s - self._lag_s)
        marks = marks_of(
            reference, player, standard.rows[move], standard.floor.of_move(k), standard.terms.strict,
        )  # fmt: skip
        null = _null(standard, marks)
        coverage = float(marks.compared.coverage[0])
        worth = capped(float(marks.worth[0]), null, coverage)
        score = 100 * corrected(worth, null)
        verdict = self._verdict(k, marks, reference, score, self._lost(k, track, missing))
        limbs = {
            name: (float(marks.limb_worth(name)[0]), float(marks.compared.limbs[name].seen[0]))
            for name in marks.shapes
        }
        recognised = bool(marks.recognised[0])
        self._kept.append(_Kept(verdict, worth, null, recognised, coverage, limbs))
        return verdict

    def _lost(self, k: int, track: PoseTrack, missing: Missing) -> str:
        """Return why too little is known of a move to judge it, empty where enough is.

        Who was known to be away for longer than nothing was known is judged all the same: nobody
        gains by stepping out where the computer is slow.
        """
        shift = self._player_lag_s
        move = float(self.standard.start_s[k]) + shift, float(self.standard.end_s[k]) + shift
        unknown = share_of(*move, missing.unknown)
        if unknown <= MAX_FAULT:
            return ""
        away = absences(track.at_s, track.there) + missing.unknown
        if share_of(*move, joined_spans(away)) - unknown > unknown:
            return ""
        return NO_PICTURES if 2 * share_of(*move, missing.silent) >= unknown else TOO_SLOW

    def _verdict(
        self, k: int, marks: Marks, reference: Features, score: float, lost: str
    ) -> Verdict:
        start_s, end_s = float(self.standard.start_s[k]), float(self.standard.end_s[k])
        if lost or self.standard.weight[k] == 0:
            why = lost or NO_COACH
            return Verdict(k, start_s, end_s, "MISS", 0.0, 0.0, why, judged=False)
        strict = self.standard.terms.strict
        lag_s = float(marks.compared.lag_s[0])
        grade = grade_of(score, lag_s, float(marks.compared.coverage[0]), strict)
        reasons = reasons_of(marks, reference, score)
        fine = score >= strict.windows[0][2] or not reasons
        why = "" if fine else reasons[0].text
        return Verdict(k, start_s, end_s, grade, score, lag_s, why, reasons=reasons)

    def judged_share(self) -> float:
        """Return how much of the moves so far could be judged, by weight, 0..1."""
        weight = [float(self.standard.weight[kept.verdict.move]) for kept in self._kept]
        judged = [w for w, kept in zip(weight, self._kept, strict=True) if kept.verdict.judged]
        return sum(judged) / sum(weight) if sum(weight) > 0 else 0.0

    def gathered(self) -> float:
        """Return the points 0..100 so far of those the whole song gives; at its end the score.

        What could not be judged gives none and asks for none.
        """
        weight = self.standard.weight
        seen = [kept.verdict for kept in self._kept]
        judged = sum(float(weight[verdict.move]) for verdict in seen if verdict.judged)
        coming = float(weight.sum()) - sum(float(weight[verdict.move]) for verdict in seen)
        return self.totals()[0] * judged / (judged + coming) if judged > 0 else 0.0

    def totals(self) -> tuple[float, dict[str, float], float]:
        """Return the score 0..100 so far, the limbs' scores, and the coverage 0..1.

        The coverage is of all moves: what could not be judged was not seen.
        """
        judged = [kept for kept in self._kept if kept.verdict.judged]
        if not judged:
            return 0.0, {}, 0.0
        weight = [float(self.standard.weight[kept.verdict.move]) for kept in judged]
        worth, null, covered = np.average(
            [(kept.worth, kept.null, kept.coverage) for kept in judged], axis=0, weights=weight
        ).tolist()
        limbs = {}
        for name, limb_null in self.standard.limb_null.items():
            asks = np.array([self.standard.limb_weight[name][k.verdict.move] for k in judged])
            earned, seen = np.array([kept.limbs[name] for kept in judged]).T
            if (asks * seen).sum() > LIMB_SEEN * asks.sum():
                mean = float(np.average(earned, weights=asks * seen))
                limbs[name] = 100 * corrected(mean, limb_null)
        return 100 * corrected(worth, null), limbs, covered * self.judged_share()


def grade_of(score: float, lag_s: float, coverage: float, strict: Strictness) -> Grade:
    """Return the grade for a move's score 0..100, lag and coverage (under 60 %: GOOD at best)."""
    for grade, window, floor in strict.windows:
        if abs(lag_s) <= window and score >= floor:
            hidden = coverage < MIN_SEEN and grade in ("PERFECT", "GREAT")
            return "GOOD" if hidden else grade
    return "MISS"


def _null(standard: Standard, marks: Marks) -> float:
    """Return what a cheat of whom as much of the legs is seen would earn in a move."""
    legs = float(np.mean([marks.compared.limbs[name].seen[0] for name in LEG_LIMBS]))
    return standard.null_upper + legs * (standard.null - standard.null_upper)
