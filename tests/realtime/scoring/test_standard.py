"""What a song asks on which terms."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.terms import STRICTNESS, Terms
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.scoring.standard import standard_from_choreography
from tests import dances
from tests.dances import noisy, score_of
from tests.quick import but_quick


@pytest.fixture(scope="module")
def dance():
    return dances.song(4, moves=8)


def asked(dance, **how):
    return dances.standard_of(dance, terms=Terms(**how))


@pytest.mark.parametrize("name", but_quick(zip(STRICTNESS, strict=True), {("pro",)}))
def test_nothing_is_worth_nothing_however_strict(dance, name):
    standard = asked(dance, strictness=name)
    cheats = [dances.held(dance.joints), dances.arms_down(dance.joints)]
    cheats += [dances.flailing(dance.joints, seed) for seed in (1, 2)]
    cheats += [dances.waving(dance.joints, 0.5, 1.5), dances.song(90, moves=8).joints]
    assert max(score_of(standard, noisy(joints, 2)) for joints in cheats) <= 5
    assert score_of(standard, noisy(dance.joints, 2)) >= 95


def test_the_stricter_give_less_for_the_same_dance(dance):
    style = dances.styled(dance.joints, 44)
    scores = [
        score_of(asked(dance, strictness=name), style, late_s=0.12) for name in STRICTNESS
    ]
    assert scores[0] > scores[1] + 3
    assert scores[1] > scores[2] + 10


def test_a_song_for_the_seated_asks_for_no_legs(dance):
    standard = asked(dance, body="seated")
    legless = dance.joints.copy()
    legless[:, [8, 9, 10, 11, 12, 13]] = (np.nan, np.nan, 0)
    wrong = dances.limb_of_another(
        dance.joints, dances.RIGHT_LEG, dances.song(70, moves=8).joints
    )
    for joints in (legless, wrong, dance.joints):
        assert score_of(standard, noisy(joints, 2)) >= 95
    assert score_of(asked(dance), wrong) < 97
    still = dances.held(legless)
    assert score_of(standard, noisy(still, 2)) <= 3


def test_a_dance_of_legs_alone_has_little_for_the_seated_but_breaks_nothing(dance):
    ends = [*dances.RIGHT_LEG, *dances.LEFT_LEG]
    joints = dances.held(dance.joints)
    joints[:, ends] = dance.joints[:, ends] - dance.joints[:, [8]] + joints[:, [8]]
    terms = Terms(body="seated")  # the game refuses it: standing still is as good
    standard = standard_from_choreography(Choreography(joints, 30.0), bpm=120.0, terms=terms)
    assert 0 <= score_of(standard, noisy(joints, 2)) <= 100
    assert score_of(asked(Choreography(joints.copy(), 30.0)), noisy(joints, 2)) >= 95


def test_weights_follow_length_and_how_much_there_is_to_dance():
    move = dances.song(6, moves=2).joints[:-1]
    hold = np.broadcast_to(move[-1], (120, 18, 3))
    joints = np.concatenate([move, hold, move, hold[:1]])
    standard = asked(Choreography(joints, 30.0))
    held = (standard.start_s >= 3.9) & (standard.end_s <= 8.1)
    length_s = standard.end_s - standard.start_s
    assert held.any()
    per_second = standard.weight / length_s
    assert per_second[held].max() < 0.5 * per_second[~held].min()
    assert_allclose(standard.rows, length_s * 30)


def test_whoever_shows_no_legs_is_measured_against_cheats_without_legs(dance):
    standard = asked(dance)
    legless = dance.joints.copy()
    legless[:, [9, 10, 12, 13]] = (np.nan, np.nan, 0)
    assert score_of(standard, noisy(legless, 2)) >= 95
    for seed in (1, 2, 3):
        flailing = dances.flailing(dance.joints, seed)
        flailing[:, [9, 10, 12, 13]] = (np.nan, np.nan, 0)
        assert score_of(standard, noisy(flailing, 2)) <= 5
    assert standard.null_upper != standard.null


@pytest.mark.parametrize(
    "deg", [50, *(pytest.param(deg, marks=pytest.mark.long) for deg in (30, 70))]
)
def test_pro_never_gives_more(dance, deg):
    poor = noisy(dances.styled(dance.joints, 46, deg=float(deg)), 2)
    pro, normal = (score_of(asked(dance, strictness=name), poor) for name in ("pro", "normal"))
    assert pro <= normal
