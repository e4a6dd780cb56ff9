"""The report at the end: stars, limbs, sections, the best moment, and what to practise."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.health import LIGHTER
from kpopdance.realtime.core.types import ENOUGH_JUDGED, GRADES, Report, Verdict, percent
from kpopdance.realtime.scoring.judge import TOO_SLOW

if TYPE_CHECKING:
    from kpopdance.realtime.scoring.judge import Judge

STARS: Final = (20, 40, 60, 75, 90)
LAG_TOLD_MS: Final = 80
WEAK: Final = 75  # points; the worst move below is named
COMBO_GRADES: Final = ("PERFECT", "GREAT", "GOOD")
WORTH_TELLING: Final = 3.0  # points of its part
MOST_SENTENCES: Final = 5
LATE: Final = N_("You are {ms:.0f} ms late throughout: listen for the beat.")
EARLY: Final = N_("You are {ms:.0f} ms early throughout: listen for the beat.")
WANTED: Final = (
    N_(
        "Only {percent} % could be judged, since too few pictures came: no stars, and no best score. "
        "Check the camera and dance it again."
    ),
    N_(
        "Only {percent} % could be judged, since this computer is too slow to look often enough: "
        "no stars, and no best score. {remedy}"
    ),
)


class Part(NamedTuple):
    """A section's judged moves and how much each counts."""

    name: str
    moves: tuple[Verdict, ...]
    weight: tuple[float, ...]

    @property
    def score(self) -> float:
        """The part's score 0..100."""
        return float(np.average([move.score for move in self.moves], weights=self.weight))


class _Gain(NamedTuple):
    """What following an advice would gain in a part: points of it, and the part's weight."""

    part: str
    advice: str
    points: float
    weight: float


def report_of(judge: Judge, sections: tuple[tuple[str, float], ...] = ()) -> Report:
    """Return the report on all moves judged so far; ``sections`` are (name, start_s) in order."""
    score, limbs, coverage = judge.totals()
    moves = judge.verdicts
    judged_share = judge.judged_share()
    judged = [move for move in moves if move.judged]
    recognised = [move for move in judged if judge.recognised(move)]
    lag_ms = lag_of(recognised)
    parts = _parts(judged, sections, judge)
    best = max(judged, key=lambda move: move.score, default=None)
    return Report(
        score=score,
        stars=stars_of(score) if judged_share >= ENOUGH_JUDGED else 0,
        judged=judged_share,
        recognised=len(recognised) / len(judged) if judged else 0.0,
        lag_ms=lag_ms,
        coverage=coverage,
        limbs=limbs,
        moves=moves,
        sections=tuple((part.name, part.score) for part in parts if part.name),
        counts={**dict.fromkeys(GRADES, 0), **Counter(move.grade for move in judged)},
        best_combo=_best_combo(judged),
        best=None if best is None or best.score <= 0 else best.move,
        advice=_advice(judged, parts, lag_ms)
        if judged_share >= ENOUGH_JUDGED
        else (too_little_words(judged_share, moves),),
        weights=tuple(judge.standard.weight[: len(moves)].tolist()),
    )


def too_little_words(judged_share: float, moves: tuple[Verdict, ...]) -> str:
    """Return why there are no stars: the camera, or the computer, and what to do about it."""
    slow = sum(move.why == TOO_SLOW for move in moves)
    why = WANTED[2 * slow > sum(not move.judged for move in moves)]
    return _(why, percent=percent(judged_share), remedy=_(LIGHTER))


def stars_of(score: float) -> int:
    """Return 0..5 stars for a score 0..100."""
    return sum(score >= floor for floor in STARS)


def stars_filled(score: float) -> float:
    """Return how many stars a score 0..100 fills, 0..5: each from the floor below to its own."""
    return float(np.interp(score, (0, *STARS), range(len(STARS) + 1)))


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


def _parts(
    moves: list[Verdict], sections: tuple[tuple[str, float], ...], judge: Judge
) -> tuple[Part, ...]:
    """Return the judged moves by section; a song without sections is one part without name."""
    starts = named_apart(sections) or (("", -np.inf),)
    ends = [start for _, start in starts[1:]] + [np.inf]
    out = []
    for (name, start_s), end_s in zip(starts, ends, strict=True):
        inside = [m for m in moves if start_s <= (m.start_s + m.end_s) / 2 < end_s]
        weight = [float(judge.standard.weight[m.move]) for m in inside]
        if sum(weight) > 0:
            out.append(Part(name, tuple(inside), tuple(weight)))
    return tuple(out)


def named_apart(sections: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    """Return the sections in order; those of one name are told apart by their number."""
    ordered = sorted(sections, key=lambda section: section[1])
    counts = Counter(name for name, _ in ordered)
    seen: Counter[str] = Counter()
    out = []
    for name, start_s in ordered:
        seen[name] += 1
        out.append((f"{name} {seen[name]}" if counts[name] > 1 else name, start_s))
    return tuple(out)


def _advice(
    moves: list[Verdict], parts: tuple[Part, ...], lag_ms: float | None
) -> tuple[str, ...]:
    """Return sentences for the player, what would gain most first; one for each part of the song."""
    if not moves:
        return (_("No move could be judged: check the camera."),)
    out = []
    told_lag = lag_ms is not None and abs(lag_ms) > LAG_TOLD_MS
    if lag_ms is not None and told_lag:
        out.append(_(LATE if lag_ms > 0 else EARLY, ms=abs(lag_ms)))
    gains = [gain for part in parts for gain in _gains(part, skip="timing" if told_lag else "")]
    gains.sort(key=lambda gain: -gain.points * gain.weight)
    if len(parts) > 1:
        # one sentence for each part
        gains = [g for k, g in enumerate(gains) if g.part not in {x.part for x in gains[:k]}]
    for gain in [gain for gain in gains if gain.points >= WORTH_TELLING][:MOST_SENTENCES]:
        told = _("{advice} (up to {points:.0f} points)", advice=gain.advice, points=gain.points)
        out.append(f"{gain.part}: {told}." if gain.part else f"{told[0].upper()}{told[1:]}.")
    worst = min(moves, key=lambda move: move.score)
    if worst.score < WEAK and worst.why:
        minutes, seconds = divmod(round(worst.start_s), 60)
        at = f"{minutes}:{seconds:02d}"
        out.append(_("Look again at {at}: {why}.", at=at, why=worst.why))
    if out:
        return tuple(out)
    if _mean_score(parts) < STARS[-1]:
        return (_("Watch the coach once without dancing, then try again."),)
    return (_("Wonderful. Now try it without looking at the coach."),)


def _mean_score(parts: tuple[Part, ...]) -> float:
    """Return the mean score of the parts' moves, as they count."""
    weights = [sum(part.weight) for part in parts]
    return float(np.average([part.score for part in parts], weights=weights)) if parts else 0.0


def _gains(part: Part, *, skip: str) -> list[_Gain]:
    """Return what each advice would gain in a part, in points of the part."""
    points: dict[str, float] = {}
    for move, weight in zip(part.moves, part.weight, strict=True):
        for reason in move.reasons:
            if reason.kind != skip:
                so_far = points.get(reason.advice, 0.0)
                points[reason.advice] = so_far + reason.points * weight
    total = sum(part.weight)
    return [_Gain(part.name, advice, lost / total, total) for advice, lost in points.items()]
