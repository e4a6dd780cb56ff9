from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from kpopdance.realtime.scoring.calibration import (
    ENOUGH,
    EVERY_S,
    FIRST_S,
    LENGTH_S,
    LISTENED,
    STRAY_S,
    answers_of,
    click_track,
    clicks_s,
)

ANSWERED = clicks_s()[LISTENED:]


def times(*parts):
    return np.sort(np.concatenate([np.atleast_1d(part) for part in parts]))


def test_the_track_clicks_when_it_says_and_is_over_in_time():
    rate = 8000
    track = click_track(rate)
    assert track.shape == (round(LENGTH_S * rate), 2)
    assert LENGTH_S < 40
    loud = np.flatnonzero(np.abs(track[:, 0]) > 0.1) / rate
    begins = loud[np.diff(loud, prepend=-1) > 0.5]
    assert_allclose(begins, clicks_s(), atol=0.002)


@pytest.mark.parametrize("lag_s", [-0.15, 0.0, 0.06, 0.3, 0.45, 0.6, 0.68])
def test_answers_tell_how_late_they_are(lag_s):
    answers = answers_of(ANSWERED[:ENOUGH] + lag_s)
    assert answers.sure
    assert_allclose(answers.lag_s, lag_s, atol=1e-9)
    assert_allclose(answers.scatter_s, 0, atol=1e-9)


@pytest.mark.parametrize(
    ("at_s", "count", "sure"),
    [
        ([], 0, False),
        (ANSWERED[: ENOUGH - 1], ENOUGH - 1, False),
        (ANSWERED[:ENOUGH], ENOUGH, True),
        (ANSWERED[::2], 15, True),
        (ANSWERED[:4], 4, False),
    ],
)
def test_twelve_answers_are_asked_for(at_s, count, sure):
    answers = answers_of(np.array(at_s) + 0.1)
    assert (answers.count, answers.sure) == (min(count, ENOUGH), sure)


def test_what_lies_beyond_300_ms_is_no_answer():
    far = ANSWERED[:5] + 0.1 + STRAY_S + 0.02
    answers = answers_of(times(ANSWERED[5:15] + 0.1, far))
    assert (answers.count, answers.strays) == (10, 5)


def test_an_echo_and_a_second_clap_do_not_count_twice():
    claps = ANSWERED[:14] + 0.12
    answers = answers_of(times(claps, claps[3:9] + 0.2, claps[2] - 0.15))
    assert_allclose(answers.lag_s, 0.12, atol=1e-9)
    assert answers.strays == 7


@pytest.mark.parametrize("seed", range(8))
def test_noise_is_no_answer(seed):
    at_s = np.sort(np.random.default_rng(seed).uniform(ANSWERED[0], LENGTH_S, 40))
    assert not answers_of(at_s).sure


def test_who_settles_in_is_taken_at_the_newest():
    lags = np.concatenate([np.linspace(0.3, 0.13, 8), np.full(ENOUGH, 0.12)])
    assert_allclose(answers_of(ANSWERED[: len(lags)] + lags).lag_s, 0.12, atol=1e-9)


@given(data=st.data())
@settings(deadline=None, max_examples=300, derandomize=True)
def test_claps_of_people_are_understood(data):
    """Scattered, some missing, some double, some at any time: twelve good ones tell the lag."""
    lag_s = data.draw(st.floats(-0.05, 0.6))
    seed = data.draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    claps = ANSWERED + lag_s + rng.normal(0, data.draw(st.floats(0, 0.03)), len(ANSWERED))
    kept = rng.permutation(len(claps))[: data.draw(st.integers(20, len(claps)))]
    claps = np.sort(claps[kept])
    doubled = rng.choice(claps, data.draw(st.integers(0, 5))) + rng.uniform(0.1, 0.4)
    others = rng.uniform(ANSWERED[0], LENGTH_S, data.draw(st.integers(0, 5)))
    answers = answers_of(times(claps, doubled, others))
    assert answers.sure
    assert abs(answers.lag_s - lag_s) < 0.03
    assert answers.scatter_s < 0.06


@given(at_s=st.lists(st.floats(0, LENGTH_S, allow_nan=False), max_size=80))
@settings(deadline=None, derandomize=True)
def test_whatever_is_heard_there_is_one_answer_a_click_at_most(at_s):
    answers = answers_of(np.sort(np.array(at_s)))
    assert answers.count + answers.strays <= len(at_s)
    assert answers.count <= ENOUGH
    if answers.count:
        assert np.ptp(answers.lags_s) <= 2 * STRAY_S + 1e-9
        assert -EVERY_S - FIRST_S < answers.lag_s < EVERY_S + FIRST_S
