from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.types import Reason, Verdict
from kpopdance.realtime.scoring.report import (
    combo_after,
    lag_of,
    report_of,
    stars_filled,
    stars_of,
)

FINE = {"torso": 90.0, "right_arm": 88.0, "left_arm": 95.0, "right_leg": 80.0, "left_leg": 92.0}


def verdict(move, grade="PERFECT", score=95.0, *, lag_s=0.0, why="", judged=True, reasons=()):
    told = tuple(Reason("limb", text, f"mend {text}", points) for text, points in reasons)
    return Verdict(move, 2.0 * move, 2.0 * move + 2, grade, score, lag_s, why, judged, told)


def report(verdicts, *, score=90.0, limbs=None, weight=None, sections=(), judged_share=1.0):
    """A report on verdicts of a judge who has already added them up."""
    standard = SimpleNamespace(
        weight=np.ones(max(v.move for v in verdicts) + 1) if weight is None else weight
    )
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
    assert stars <= stars_filled(score) <= min(stars + 1, 5)


def test_stars_fill_evenly_from_floor_to_floor():
    assert [stars_filled(score) for score in (0, 10, 20, 50, 67.5, 90, 100)] == [
        0, 0.5, 1, 2.5, 3.5, 5, 5
    ]  # fmt: skip


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


@pytest.mark.parametrize(("lag_s", "words"), [(0.12, "120 ms late"), (-0.12, "120 ms early")])
def test_a_lag_throughout_is_told_first_and_once(lag_s, words):
    late = Reason("timing", "late by 120 ms", "be earlier", 30.0)
    moves = [
        Verdict(k, 2.0 * k, 2.0 * k + 2, "GOOD", 70.0, lag_s, "", reasons=(late,))
        for k in range(4)
    ]
    advice = report(moves).advice
    assert words in advice[0]
    assert not any("be earlier" in sentence for sentence in advice)


def test_each_section_has_one_sentence_what_gains_most_first():
    moves = [
        verdict(0, score=60.0, reasons=[("the head", 25.0), ("the feet", 15.0)]),
        verdict(1, score=60.0, reasons=[("the feet", 35.0), ("the head", 5.0)]),
        verdict(2, score=90.0, reasons=[("the hands", 10.0)]),
        verdict(3, score=98.0, reasons=[("the hands", 2.0)]),
    ]
    sections = (("verse", 0.0), ("chorus", 2.0), ("bridge", 4.0), ("end", 6.0))
    told = report(moves, sections=sections, weight=np.array([1.0, 0.5, 3.0, 1.0]))
    # 10 points of the long bridge are more of the song than 25 of the verse; 2 need no word
    assert told.advice[:3] == (
        "bridge: mend the hands (up to 10 points).", "verse: mend the head (up to 25 points).",
        "chorus: mend the feet (up to 35 points).",
    )  # fmt: skip
    assert not any("end:" in sentence for sentence in told.advice)


def test_a_song_without_sections_has_its_dearest_reasons():
    moves = [
        verdict(k, score=60.0, reasons=[("the head", 24.0), ("the feet", 16.0)]) for k in (0, 1)
    ]
    assert report(moves).advice[:2] == (
        "Mend the head (up to 24 points).", "Mend the feet (up to 16 points).",
    )  # fmt: skip


def test_the_worst_move_is_worth_another_look():
    moves = [verdict(0), verdict(33, "OK", 40.0, why="left forearm too low")]
    weight = np.ones(34)
    assert report(moves, weight=weight).advice == ("Look again at 1:06: left forearm too low.",)


def test_two_choruses_are_told_apart_and_sections_may_come_in_any_order():
    moves = [verdict(k, score=60.0, reasons=[(f"move {k}", 40.0)]) for k in range(3)]
    told = report(moves, sections=(("chorus", 4.0), ("verse", 2.0), ("chorus", 0.0)))
    assert [name for name, _ in told.sections] == ["chorus 1", "verse", "chorus 2"]
    assert sum("move" in sentence for sentence in told.advice) == 3


def test_nobody_is_praised_for_nothing():
    poor = report([verdict(0, "MISS", 0.0), verdict(1, "MISS", 3.0)], score=1.0)
    assert "Wonderful" not in " ".join(poor.advice)
    assert poor.advice


def test_how_much_was_recognised_is_told():
    moves = [verdict(0), verdict(1), verdict(2, "MISS", 5.0), verdict(3, "MISS", 4.0)]
    assert report(moves).recognised == 0.5
    assert report([verdict(0, "MISS", 0.0, judged=False)]).recognised == 0
