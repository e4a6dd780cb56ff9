"""Dances after one another: each move is worth what it is alone, and cheats earn nothing."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.library.medley import excerpt_of, medley_of
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.scoring.chained import chained
from kpopdance.realtime.scoring.judge import NO_COACH
from kpopdance.realtime.scoring.report import report_of
from tests import dances
from tests.realtime.library.test_medley import pack


def excerpts(*names):
    return [excerpt_of(pack(name, moves=10, preview_s=8.0)) for name in names]


def judged(standard, dance, late_s=0.0):
    track = dances.track_of(dance.joints, start_s=dance.start_s, late_s=late_s)
    return dances.judged(standard, track)


@pytest.fixture(scope="module")
def medley():
    return medley_of("x", "", excerpts("a", "b"))


@pytest.fixture(scope="module")
def standard(medley):
    return standard_of(medley, USUAL)


def test_who_dances_all_of_it_earns_all_of_it(medley, standard):
    judge = judged(standard, medley.members[0])
    report = report_of(judge, medley.sections)
    assert report.score > 97
    assert [name for name, _ in report.sections] == ["Song a", "Song b"]
    assert min(score for _, score in report.sections) > 97
    assert not [move.why for move in report.moves if move.why == NO_COACH]


def test_nothing_is_asked_between_two_songs(medley, standard):
    for excerpt in medley.excerpts:
        start_s, end_s = excerpt.danced_s
        inside = (standard.end_s > excerpt.at_s + 0.1) & (standard.start_s < end_s - 0.1)
        assert standard.start_s[inside].min() >= start_s - 1e-6
        assert standard.end_s[inside].max() <= end_s + 1e-6


def test_who_dances_one_song_alone_earns_its_share(medley, standard):
    joints = medley.members[0].joints.copy()
    begin = round(medley.excerpts[1].at_s * medley.members[0].fps)
    joints[begin:] = joints[10]  # stands still
    report = report_of(judged(standard, Choreography(joints, 30.0)), medley.sections)
    (_, first), (_, second) = report.sections
    assert first > 97
    assert second < 5
    assert report.score < 60


def test_a_move_is_judged_as_in_its_song_alone(medley, standard):
    """Up to the null, which is that of all songs; so of one song twice it is the same."""
    twice = medley_of("x", "", excerpts("a", "a"))
    once = excerpts("a")[0]
    alone = judged(standard_of(once.song, USUAL), once.song.members[0], 0.1)
    both = judged(standard_of(twice, USUAL), twice.members[0], 0.1)
    count = len(alone.verdicts)
    for number, verdict in enumerate(alone.verdicts):
        for other in (both.verdicts[number], both.verdicts[count + number]):
            assert other.score == pytest.approx(verdict.score, abs=1.0)
            assert other.lag_s == pytest.approx(verdict.lag_s, abs=0.02)


def test_a_chain_of_one_is_it(medley):
    alone = standard_of(medley.excerpts[0].song, USUAL)
    same = chained(alone.dance, [(0.0, alone)])
    for name in ("null", "null_upper", "null_name"):
        assert (
            getattr(same, name) == pytest.approx(getattr(alone, name), abs=1e-12)
            or name == "null_name"
        )
    np.testing.assert_array_equal(same.windows.weight, alone.windows.weight)
    assert same.nulls == pytest.approx(alone.nulls)
    assert same.limb_null == pytest.approx(alone.limb_null)


def test_nulls_are_the_mean_of_the_songs(medley, standard):
    each = [standard_of(one.song, USUAL) for one in medley.excerpts]
    low, high = sorted(one.null for one in each)
    assert low - 0.1 <= standard.null <= high + 1e-9
    assert set(standard.nulls) == {kind for one in each for kind in one.nulls}
