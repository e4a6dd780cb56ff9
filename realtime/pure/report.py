"""The report at the end: stars, limbs, sections, the best moment, and what to practise."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from realtime.pure.types import ENOUGH_JUDGED, GRADES, Report, Verdict

if TYPE_CHECKING:
    from realtime.pure.judge import Judge

STARS: Final = (20, 40, 60, 75, 90)
LAG_TOLD_MS: Final = 80
WEAK: Final = 75  # points; limbs, sections and moves below are named
COMBO_GRADES: Final = ("PERFECT", "GREAT", "GOOD")
LIMB_WORDS: Final = {
    "torso": "shoulders and torso", "right_arm": "your right arm", "left_arm": "your left arm",
    "right_leg": "your right leg", "left_leg": "your left leg",
}  # fmt: skip


def report_of(judge: Judge, sections: tuple[tuple[str, float], ...] = ()) -> Report:
    """Return the report on all moves judged so far; ``sections`` are (name, start_s) in order."""
    score, limbs, coverage = judge.totals()
    moves = judge.verdicts
    judged_share = judge.judged_share()
    judged = [move for move in moves if move.judged]
    lag_ms = lag_of([move for move in judged if judge.recognised(move)])
    parts = _sections(judged, sections, judge)
    best = max(judged, key=lambda move: move.score, default=None)
    return Report(
        score=score,
        stars=stars_of(score) if judged_share >= ENOUGH_JUDGED else 0,
        judged=judged_share,
        lag_ms=lag_ms,
        coverage=coverage,
        limbs=limbs,
        moves=moves,
        sections=parts,
        counts={**dict.fromkeys(GRADES, 0), **Counter(move.grade for move in judged)},
        best_combo=_best_combo(judged),
        best=None if best is None or best.score <= 0 else best.move,
        advice=_advice(judged, limbs, parts, lag_ms)
        if judged_share >= ENOUGH_JUDGED
        else (
            f"Only {100 * judged_share:.0f} % could be judged for want of pictures: no stars, and "
            "no best score. Check the camera and dance it again.",
        ),
    )


def stars_of(score: float) -> int:
    """Return 0..5 stars for a score 0..100."""
    return sum(score >= floor for floor in STARS)


def lag_of(moves: list[Verdict]) -> float | None:
    """Return the median lag in ms over moves, None where there is none."""
    return float(np.median([move.lag_s for move in moves])) * 1000 if moves else None


def combo_after(combo: int, move: Verdict) -> int:
    """Return the combo after a move: one more, or none; a move not judged changes nothing."""
    if not move.judged:
        return combo
    return combo + 1 if move.grade in COMBO_GRADES else 0


def _best_combo(moves: list[Verdict]) -> int:
    best = combo = 0
    for move in moves:
        combo = combo_after(combo, move)
        best = max(best, combo)
    return best


def _sections(
    moves: list[Verdict], sections: tuple[tuple[str, float], ...], judge: Judge
) -> tuple[tuple[str, float], ...]:
    out = []
    ends = [start for _, start in sections[1:]] + [np.inf]
    for (name, start_s), end_s in zip(sections, ends, strict=False):
        inside = [m for m in moves if start_s <= (m.start_s + m.end_s) / 2 < end_s]
        if inside:
            weight = [float(judge.standard.weight[m.move]) for m in inside]
            out.append((name, float(np.average([m.score for m in inside], weights=weight))))
    return tuple(out)


def _advice(
    moves: list[Verdict],
    limbs: dict[str, float],
    sections: tuple[tuple[str, float], ...],
    lag_ms: float | None,
) -> tuple[str, ...]:
    """Return sentences for the player, what would gain most first."""
    if not moves:
        return ("No move could be judged: check the camera.",)
    out = []
    if lag_ms is not None and abs(lag_ms) > LAG_TOLD_MS:
        way = "late" if lag_ms > 0 else "early"
        out.append(f"You are {abs(lag_ms):.0f} ms {way} throughout: listen for the beat.")
    whys = Counter(move.why for move in moves if move.why)
    if whys["not seen well enough"] > len(moves) / 4:
        out.append(
            "The camera often lost you: step back until head and feet are in the picture."
        )
    if whys["too small"] > len(moves) / 4:
        out.append("Dance bigger: stretch the arms and legs as far as the coach does.")
    if whys["moved in a hold"]:
        out.append("Freeze in the holds: stand quite still until the next move.")
    out += _weakest(moves, limbs, sections)
    return tuple(out) or ("Wonderful. Now try it without looking at the coach.",)


def _weakest(
    moves: list[Verdict],
    limbs: dict[str, float],
    sections: tuple[tuple[str, float], ...],
) -> list[str]:
    """Return sentences on the limb, the section and the move that differ most."""
    out = []
    limb = min(limbs, key=lambda name: limbs[name], default=None)
    if limb is not None and limbs[limb] < WEAK:
        out.append(f"Watch {LIMB_WORDS[limb]}: it differs most from the coach.")
    if len(sections) > 1 and min(score for _, score in sections) < WEAK:
        name, score = min(sections, key=lambda part: part[1])
        out.append(f"Practise the {name} ({score:.0f} of 100) slowly.")
    worst = min(moves, key=lambda move: move.score)
    if worst.score < WEAK and worst.why:
        minutes, seconds = divmod(round(worst.start_s), 60)
        out.append(f"Look again at {minutes}:{seconds:02d}: {worst.why}.")
    return out
