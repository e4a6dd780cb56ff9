"""However seldom and unevenly a dancer is looked at, the score is the same, and no cheat gains."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.track import PoseTrack, resample
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.live_filter import LiveFilter
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.looks import asked_as_seen
from tests import dances
from tests.quick import but_quick
from tools.bench.scoring import spoilt_dances as spoilt

FAIR = {30: 2, 15: 3, 10: 4, 8: 6, 6: 8}
"""Looks a second: points by which a score may differ from that at 60."""
BURSTS = 8
"""The same where three come together: 0.43 s lie between them at 6 a second, most of a beat."""
DANCES = {120.0: (5, "normal"), 150.0: (9, "pro"), 92.0: (7, "kids")}
"""Beats a minute: seed and strictness."""


@pytest.fixture(scope="module", params=DANCES, ids=lambda bpm: f"{bpm:g} bpm")
def asked(request):
    seed, strictness = DANCES[request.param]
    dance = dances.song(seed, bpm=request.param, moves=6)
    return dances.standard_of(dance, bpm=request.param, terms=Terms(strictness))


def looks_at(rate, end_s, *, together, seed=1):
    """Moments of so many looks a second, ``together`` so many 33 ms apart; 0: at random ones."""
    if not together:
        apart = np.random.default_rng(seed).uniform(0.5, 1.5, int(end_s * rate) + 9) / rate
        return np.cumsum(apart) - 0.5
    begins = np.arange(-0.5, end_s + 1, together / rate)
    return (begins[:, None] + np.arange(together) / 30).ravel()


def judged(asked, joints, looks_s, *, late_s=0.0, steady=lambda pose, at_s: pose):
    at_s = np.arange(len(joints)) / dances.FPS
    seen = resample(at_s, joints, np.clip(looks_s - late_s, 0, at_s[-1]))
    track = PoseTrack()
    for look_s, row in zip(looks_s.tolist(), seen, strict=True):
        track.add(look_s, steady(Pose(row * np.float32((480, 480, 1))), look_s))
    judge = Judge(asked)
    judge.step(track, np.inf)
    return judge


HONEST = {
    "as the coach": lambda joints: (joints, 0.0),
    "late": lambda joints: (joints, 0.09),
    "small": lambda joints: (spoilt.smaller(joints, 0.75), 0.0),
    "in a style": lambda joints: (spoilt.styled(joints, 1), 0.0),
}
CHEATS = {
    "still": lambda joints: spoilt.held(joints, 40),
    "flailing": lambda joints: spoilt.flailing(joints, 3),
    "waving": lambda joints: spoilt.waving(joints, 1.0, 1.2),
    "another dance": lambda joints: np.resize(dances.song(99, moves=9).joints, joints.shape),
    "shuffled": lambda joints: spoilt.shuffled(joints, 3, 60),
}


@cache
def often_seen(asked, how):
    """The score of who is looked at 60 times a second."""
    joints, late_s = HONEST[how](asked.dance.joints)
    looks_s = looks_at(60, asked.dance.end_s, together=1)
    return judged(asked, joints, looks_s, late_s=late_s).totals()[0]


TOGETHER = (1, 0, 3)
QUICK = {  # of each way one or two; all are among the long tests
    (bpm, how, TOGETHER[(d + h) % 3])
    for d, bpm in enumerate(DANCES)
    for h, how in enumerate(HONEST)
    if (d + h) % 2
}


@pytest.mark.parametrize(
    ("asked", "how", "together"),
    but_quick(product(DANCES, HONEST, TOGETHER), QUICK),
    indirect=["asked"],
)
def test_a_dance_is_worth_the_same_at_any_rate_and_every_move_is_judged(asked, how, together):
    joints, late_s = HONEST[how](asked.dance.joints)
    end_s = asked.dance.end_s
    for rate, points in FAIR.items():
        looks_s = looks_at(rate, end_s, together=together if rate < 30 else 1)
        judge = judged(asked, joints, looks_s, late_s=late_s)
        assert all(verdict.judged for verdict in judge.verdicts), rate
        apart = judge.totals()[0] - often_seen(asked, how)
        assert abs(apart) <= (points if together < 2 else BURSTS), (rate, apart)


@pytest.mark.parametrize(
    ("asked", "how"),
    but_quick(
        product(DANCES, ["small", "in a style"]),
        {(150.0, "in a style")},
    ),
    indirect=["asked"],
)
def test_steadied_live_a_dance_is_worth_the_same_at_any_rate(asked, how):
    joints, late_s = HONEST[how](asked.dance.joints)
    often, *fewer = (
        judged(
            asked, joints, looks_at(rate, asked.dance.end_s, together=1), late_s=late_s,
            steady=LiveFilter().step,
        ).totals()[0]
        for rate in (60, *FAIR)
    )  # fmt: skip
    for score, (rate, points) in zip(fewer, FAIR.items(), strict=True):
        assert abs(score - often) <= points, (rate, score, often)


@pytest.mark.parametrize(
    ("asked", "how"),
    but_quick(
        product(DANCES, CHEATS), {(list(DANCES)[c % 3], how) for c, how in enumerate(CHEATS)}
    ),
    indirect=["asked"],
)
def test_no_cheat_gains_by_being_looked_at_seldom(asked, how):
    joints = CHEATS[how](asked.dance.joints)
    end_s = asked.dance.end_s
    often = judged(asked, joints, looks_at(60, end_s, together=1)).totals()[0]
    for rate, together in ((15, 1), (6, 1), (6, 0), (6, 3)):
        seldom = judged(asked, joints, looks_at(rate, end_s, together=together)).totals()[0]
        assert seldom <= often + (3 if together < 2 else BURSTS), (rate, together)


def test_an_arm_hidden_and_an_absence_cost_as_much_where_looks_are_few(asked):
    end_s = asked.dance.end_s
    armless, away = asked.dance.joints.copy(), asked.dance.joints.copy()
    armless[:, 6:8] = (np.nan, np.nan, 0)
    away[60:180] = (np.nan, np.nan, 0)
    for joints in (armless, away):
        often, seldom = (
            judged(asked, joints, looks_at(rate, end_s, together=1)).totals()[0]
            for rate in (60, 6)
        )
        assert seldom <= often + 4


def test_close_looks_leave_the_choreography_as_it_is(asked):
    for rate in (17, 24, 30, 60):
        window = asked_as_seen(asked, 2, looks_at(rate, asked.dance.end_s, together=1))
        assert_array_equal(window.direction, asked.windows.direction[2:3])
    nobody = asked_as_seen(asked, 2, np.array([]))
    assert_array_equal(nobody.weight, asked.windows.weight[2:3])


def test_gaps_that_nothing_bridges_are_asked_all_the_same(asked):
    """Who was not looked at for a second, or is not there yet, is asked as much as ever."""
    end_s = float(asked.end_s[2])
    begun = np.arange(end_s - 1, end_s, 0.1)
    torn = np.r_[np.arange(-1, end_s - 2, 0.1), np.arange(end_s - 0.8, end_s, 0.1)]
    for looks_s in (begun, torn):
        window = asked_as_seen(asked, 2, looks_s)
        inside = asked.windows.weight[2:3] > 0.5
        assert (window.weight[inside] > 0.2).mean() > 0.97
