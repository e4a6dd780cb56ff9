"""What is practised: the steps from slow to fast, what is judged of a passage, what is worth it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kpopdance.realtime.core.types import Report, Verdict
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.practice import (
    CLEAN,
    FULL,
    JOINED,
    SLOWEST,
    UNKNOWN,
    Drill,
    Passage,
    drill_of,
    judged_until,
    lag_at,
    section_with,
    sections_of,
    standard_of_passage,
    tenths_for,
    tried_of,
    what_to_practise,
    words_of,
)
from tests import dances

YES, NO = CLEAN, CLEAN - 0.1
CHORUS = Passage(4, 7)
DANCE = dances.song(11, moves=8)


@pytest.fixture(scope="module")
def standard():
    return dances.standard_of(DANCE)


@pytest.mark.parametrize(
    ("begun", "scores", "comes"),
    [
        ((4, 4, 7), [YES], (4, 4, 7, 1)),
        ((4, 4, 7), [YES, YES], (4, 4, 8, 0)),
        ((4, 4, 7), [YES, NO, YES], (4, 4, 7, 1)),
        ((4, 4, 7), [YES, None, YES], (4, 4, 8, 0)),
        ((4, 4, 7), [NO, NO], (4, 4, 7, 0)),
        ((4, 4, 7), [NO, NO, NO], (4, 4, 6, 0)),
        ((4, 4, 7), [NO, NO, YES, NO, NO], (4, 4, 7, 0)),
        ((4, 4, SLOWEST), [NO] * 9, (4, 4, SLOWEST, 0)),
        ((4, 4, FULL), [YES, YES], (4, 5, JOINED, 0)),
        ((7, 7, FULL), [YES, YES], (6, 7, JOINED, 0)),
        ((4, 5, FULL), [YES, YES], (4, 7, JOINED, 0)),
        ((4, 7, FULL), [YES, YES], (4, 7, FULL, 0)),
        ((4, 4, 9), [YES] * 4, (4, 5, JOINED, 0)),
    ],
)
def test_what_follows_tries(begun, scores, comes):
    first, last, tenths = begun
    drill = Drill(Passage(first, last), CHORUS, tenths)
    for score in scores:
        drill = drill.after(score)
    assert (*drill.passage, drill.tenths, drill.clean) == comes
    assert drill.learned == (begun == (4, 7, FULL))


def test_a_move_is_begun_the_slower_the_worse_it_went():
    went = [None, -5.0, 0.0, 17.0, 29.0, 40.0, 45.0, 50.0, 80.0, 100.0]
    assert [tenths_for(score) for score in went] == [UNKNOWN, 5, 5, 6, 7, 8, 9, 10, 10, 10]


SECTIONS = (("Chorus", 8.0), ("Verse", 2.0), ("Nothing", 30.0))


def test_moves_belong_to_the_section_their_middle_is_in():
    start_s = [0.0, 2.0, 4.0, 7.5, 9.0]
    sections = sections_of(start_s, [2.0, 4.0, 7.5, 9.0, 11.0], SECTIONS)
    assert sections == (("", (0, 0)), ("Verse", (1, 2)), ("Chorus", (3, 4)))
    assert sections_of([0.0, 2.0], [2.0, 4.0], ()) == (("", (0, 1)),)
    assert sections_of([], [], SECTIONS) == ()
    starts = np.arange(0.0, 80.0, 2.0)
    long = sections_of(starts, starts + 2, ())
    assert [part for _, part in long] == [(0, 13), (14, 26), (27, 39)]
    assert section_with(Passage(2, 2), sections) == (1, 2)
    told = [words_of(Passage(*p), sections) for p in ((2, 2), (2, 3), (3, 4), (0, 0))]
    assert told == ["Move 3", "Moves 3-4", "Chorus", "Move 1"]
    assert drill_of(Passage(4, 4), sections, 30.0) == Drill((4, 4), (3, 4), 7)


def test_a_passage_is_judged_as_in_the_whole_dance_to_the_bit(standard):
    """As soon as the four seconds a move aligns with are all in it."""
    joints = dances.styled(DANCE.joints, 3)
    track = dances.track_of(joints, late_s=0.06)
    whole = dances.judged(standard, track).verdicts
    passage = Passage(2, 7)
    part = Judge(standard_of_passage(standard, passage))
    alone = part.step(track, np.inf)
    begins_s = float(standard.start_s[2])
    same = 0
    for told in alone:
        before = whole[passage.first + told.move]
        assert (told.start_s, told.end_s) == (before.start_s, before.end_s)
        if told.end_s - 4.2 > begins_s:
            assert (told.score, told.lag_s, told.reasons) == (
                before.score, before.lag_s, before.reasons,
            )  # fmt: skip
            same += 1
    assert same >= 2


@pytest.mark.parametrize("move", [0, 3, 7])
def test_a_move_alone_is_judged_though_nobody_danced_before_it(standard, move):
    passage = Passage(move, move)
    asked = standard_of_passage(standard, passage)
    rows = slice(max(round((float(asked.start_s[0]) - 0.1) * dances.FPS), 0), None)
    danced, stood = DANCE.joints, dances.held(DANCE.joints, 0)
    scores = []
    for joints in (danced, stood):
        track = dances.track_of(joints[rows], start_s=rows.start / dances.FPS)
        judge = Judge(asked)
        assert judged_until(asked, 0.0) == pytest.approx(judge.due_s())
        judge.step(track, np.inf)
        scores.append(tried_of(judge, 1.0).score)
    assert scores[0] > 90
    assert scores[1] < 30


def test_the_dearest_fault_of_a_try_is_told(standard):
    passage = Passage(3, 3)
    joints = dances.turned(
        DANCE.joints, extra={end: np.full(len(DANCE.joints), 1.3) for end in dances.LEFT_ARM}
    )
    judge = dances.judged(standard_of_passage(standard, passage), dances.track_of(joints))
    tried = tried_of(judge, 1.0)
    assert "left" in tried.told
    assert "left" in tried.advice
    assert tried.score < CLEAN


@pytest.mark.parametrize("tempo", [1.0, 0.5])
def test_a_lag_is_told_as_it_was_felt(standard, tempo):
    """200 ms late at half tempo are 100 ms of the song."""
    passage = Passage(2, 3)
    track = dances.track_of(DANCE.joints, late_s=0.2 * tempo)
    judge = dances.judged(standard_of_passage(standard, passage), track)
    tried = tried_of(judge, tempo)
    assert tried.advice == "be earlier"
    assert int(tried.told.split()[2]) == pytest.approx(200, abs=25 / tempo)
    assert lag_at(0.123456789, 1.0) == 0.123456789


def test_too_little_seen_is_no_try(standard):
    judge = Judge(standard_of_passage(standard, Passage(2, 2)))
    judge.fault(0.0, 60.0)
    judge.step(dances.track_of(DANCE.joints[:2]), np.inf)
    tried = tried_of(judge, 1.0)
    assert tried.score is None
    assert tried.told.startswith("not judged")


def test_who_was_hardly_there_has_not_tried(standard):
    joints = DANCE.joints.copy()
    joints[:, 2:14] = (np.nan, np.nan, 0)
    judge = dances.judged(standard_of_passage(standard, Passage(2, 3)), dances.track_of(joints))
    tried = tried_of(judge, 1.0)
    assert (tried.score, tried.told) == (None, "not seen")
    assert "step into the picture" in tried.advice


MOVES = tuple(
    Verdict(k, 2.0 * k, 2.0 * k + length_s, "OK", score, 0.0, judged=judged)
    for k, (score, length_s, judged) in enumerate(
        [(20, 2, True), (60, 2, True), (20, 4, True), (80, 2, True), (0, 2, False)]
    )
)


def test_what_gains_most_per_minute_comes_first():
    report = Report(40.0, 2, 0.0, 1.0, {}, MOVES, weights=(1.0, 3.0, 1.0, 9.0, 9.0))
    listed = what_to_practise(report, 2.0)
    assert [each.move for each in listed] == [1, 0, 2]  # clean ones and unjudged ones are not
    assert listed[0].gain == pytest.approx(40 * 3 / 23)
    assert listed[1].per_minute == pytest.approx(60 * listed[1].gain / 4)
    assert what_to_practise(replace(report, weights=()), 2.0) == ()
