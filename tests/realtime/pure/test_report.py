from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from realtime.pure.report import combo_after, lag_of, report_of, stars_of
from realtime.pure.types import Verdict

FINE = {"torso": 90.0, "right_arm": 88.0, "left_arm": 95.0, "right_leg": 80.0, "left_leg": 92.0}


def verdict(move, grade="PERFECT", score=95.0, *, lag_s=0.0, why="", judged=True):
    return Verdict(move, 2.0 * move, 2.0 * move + 2, grade, score, lag_s, why, judged)


def report(verdicts, *, score=90.0, limbs=None, weight=None, sections=(), judged_share=1.0):
    """A report on verdicts of a judge who has already added them up."""
    standard = SimpleNamespace(weight=np.ones(len(verdicts)) if weight is None else weight)
    judge = SimpleNamespace(
        verdicts=tuple(verdicts), standard=standard,
        totals=lambda: (score, FINE if limbs is None else limbs, 0.9),
        recognised=lambda verdict: verdict.score >= 10, judged_share=lambda: judged_share,
    )  # fmt: skip
    return report_of(judge, sections)


def test_hardly_judged_means_no_stars_and_no_best_score():
    told = report([verdict(0), verdict(1, "MISS", 0.0, judged=False)], judged_share=0.5)
    assert told.stars == 0
    assert not told.complete
    assert "50 %" in told.advice[0]
    assert report([verdict(0)], judged_share=0.9).stars == 5


def test_the_totals_are_passed_on():
    told = report([verdict(0), verdict(1, "GOOD", 60.0)], score=71.0)
    assert (told.score, told.stars, told.coverage, told.limbs) == (71.0, 3, 0.9, FINE)
    assert [move.move for move in told.moves] == [0, 1]
    assert told.counts == {"PERFECT": 1, "GREAT": 0, "GOOD": 1, "OK": 0, "MISS": 0}


@pytest.mark.parametrize(
    ("score", "stars"),
    [(0, 0), (19.9, 0), (20, 1), (40, 2), (60, 3), (74.9, 3), (75, 4), (90, 5), (100, 5)],
)
def test_stars(score, stars):
    assert stars_of(score) == stars


def test_lag_is_the_median_of_what_was_recognised():
    moves = [verdict(k, lag_s=lag) for k, lag in enumerate((0.05, 0.07, 0.2))]
    unlike = verdict(3, "MISS", 5.0, lag_s=-0.35)
    assert_allclose(lag_of(moves), 70.0)
    assert lag_of([]) is None
    assert_allclose(report([*moves, unlike]).lag_ms, 70.0)
    assert report([unlike]).lag_ms is None


def test_combos_count_good_and_better_and_pass_over_what_was_not_judged():
    grades = ["PERFECT", "GREAT", "GOOD", "OK", "PERFECT", "MISS"]
    moves = [verdict(k, grade) for k, grade in enumerate(grades)]
    lost = verdict(9, "MISS", 0.0, judged=False)
    combos = [0]
    for move in moves:
        combos.append(combo_after(combos[-1], move))
    assert combos == [0, 1, 2, 3, 0, 1, 0]
    assert combo_after(7, lost) == 7
    assert report(moves).best_combo == 3
    assert report([*moves[:2], lost, moves[2]]).best_combo == 3


def test_the_best_move_is_named_unless_there_is_none():
    moves = [verdict(0, score=50.0), verdict(1, score=80.0), verdict(2, score=70.0)]
    assert report(moves).best == 1
    assert report([verdict(0, "MISS", 0.0)]).best is None
    assert report([verdict(0, "MISS", 99.0, judged=False)]).best is None


def test_sections_are_weighed_by_their_moves():
    moves = [verdict(k, score=score) for k, score in enumerate((90.0, 60.0, 30.0, 0.0))]
    weight = np.array([1.0, 2.0, 1.0, 1.0])
    told = report(moves, weight=weight, sections=(("verse", 0.0), ("chorus", 3.5)))
    assert [name for name, _ in told.sections] == ["verse", "chorus"]
    # the second move, 2 to 4 s, has its middle in the verse
    assert_allclose([score for _, score in told.sections], [70.0, 15.0])


def test_a_section_without_a_judged_move_is_left_out():
    moves = [verdict(0), verdict(1, "MISS", 0.0, judged=False)]
    told = report(moves, sections=(("verse", 0.0), ("chorus", 2.0), ("end", 50.0)))
    assert [name for name, _ in told.sections] == ["verse"]


def test_advice_for_the_perfect():
    assert report([verdict(0)]).advice == (
        "Wonderful. Now try it without looking at the coach.",
    )


def test_advice_when_nothing_could_be_judged():
    told = report([verdict(0, "MISS", 0.0, judged=False)], score=0.0, limbs={})
    assert told.advice == ("No move could be judged: check the camera.",)
    assert (told.stars, told.lag_ms, told.best) == (0, None, None)


@pytest.mark.parametrize(
    ("moves", "limbs", "words"),
    [
        ([verdict(k, lag_s=0.12) for k in range(4)], FINE, "120 ms late"),
        ([verdict(k, lag_s=-0.12) for k in range(4)], FINE, "120 ms early"),
        ([verdict(k, why="too small") for k in range(2)], FINE, "Dance bigger"),
        ([verdict(k, why="not seen well enough") for k in range(2)], FINE, "step back"),
        ([verdict(k, why="moved in a hold") for k in range(2)], FINE, "Freeze"),
        ([verdict(0)], FINE | {"left_leg": 30.0}, "your left leg"),
        ([verdict(0)], FINE | {"torso": 74.0}, "shoulders and torso"),
    ],
)
def test_advice_says_what_would_gain_most(moves, limbs, words):
    assert words in report(moves, limbs=limbs).advice[0]
    assert "Wonderful" not in " ".join(report(moves, limbs=limbs).advice)


def test_the_weakest_section_is_to_be_practised():
    moves = [verdict(0), verdict(1, "OK", 40.0)]
    told = report(moves, sections=(("verse", 0.0), ("chorus", 2.0)))
    assert told.advice == ("Practise the chorus (40 of 100) slowly.",)
