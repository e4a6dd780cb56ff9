"""A team: how far apart in time, how far off their places, and what it costs."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.scoring.unison import apart_ms, lags_of, off_places, team_of
from tests import dances

DANCE = dances.song(5, bpm=120.0, moves=7)  # as in test_dance: made once


@pytest.fixture(scope="module")
def standard():
    return dances.standard_of(DANCE)


def danced(standard, late_s, **how):
    return dances.judged(standard, dances.track_of(DANCE.joints, late_s=late_s, **how))


@pytest.mark.parametrize(
    ("late_s", "apart"),
    [((0.0, 0.0), 0), ((0.0, 0.06), 60), ((0.0, 0.06, 0.12), 80), ((0.1, 0.1, 0.1, 0.1), 0),
     ((-0.05, 0.05), 100)],
)  # fmt: skip
def test_apart_is_what_lies_between_two_on_average(standard, late_s, apart):
    team = team_of([danced(standard, late) for late in late_s])
    assert team.apart_ms == pytest.approx(apart, abs=10)
    assert team.lags_ms == pytest.approx([1000 * late for late in late_s], abs=10)


def test_together_costs_nothing_apart_up_to_a_fifth(standard):
    together = team_of([danced(standard, 0.0), danced(standard, 0.0)])
    apart = team_of([danced(standard, 0.0), danced(standard, 0.12)])
    assert together.score == pytest.approx(together.own)
    assert 0.8 * apart.own <= apart.score < 0.95 * apart.own


def test_who_stand_still_side_by_side_earn_nothing(standard):
    still = dances.judged(standard, dances.track_of(dances.held(DANCE.joints)))
    team = team_of([still, still], formation=0.0)
    assert team.score < 3
    assert team.apart_ms is None


def test_one_who_was_never_seen_is_not_apart(standard):
    nobody = dances.judged(
        standard, dances.track_of(DANCE.joints, keep=np.zeros(len(DANCE.joints)))
    )
    team = team_of([danced(standard, 0.0), nobody])
    assert team.apart_ms is None
    assert team.lags_ms[1] is None
    assert team.own == pytest.approx(danced(standard, 0.0).totals()[0] / 2)


def test_of_late_tells_of_late_alone(standard):
    middle, _ = lags_of(danced(standard, 0.0), since_s=10.0)
    assert middle.min() > 8.0
    assert (
        apart_ms([lags_of(danced(standard, late), since_s=99.0) for late in (0, 0.1)]) is None
    )


PLACES = np.array([[[0.0, 0.0]], [[1.0, 0.0]], [[2.0, 1.0]]]).repeat(4, axis=1)
HIDDEN = np.where(np.arange(4)[None, :, None] == 1, np.nan, PLACES)
OFF = [
    (PLACES, 0.0),
    (PLACES + np.array([3.0, -2.0]), 0.0),  # somewhere else in the room
    (0.6 * PLACES, 0.0),  # a small room
    (HIDDEN, 0.0),
    (PLACES[[1, 0, 2]], 1.26),
    (np.full_like(PLACES, np.nan), None),
    (np.concatenate([PLACES[:1], np.full_like(PLACES[1:], np.nan)]), None),
]


@pytest.mark.parametrize(("there", "off"), OFF)
def test_off_their_places(there, off):
    told = off_places(there, PLACES)
    assert (
        (told is None) if off is None else told == pytest.approx(off, abs=0.05 if off else 1e-6)
    )
