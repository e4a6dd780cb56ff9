"""Turns of frames on a pretended clock: 60 a second, or 30 evenly, and how it changes between them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from kpopdance.realtime.devices.pace import FULL, HALF, LONGEST_S, Pace


def play(seconds, work_s, *, shown_s=lambda at_s: at_s + 0.001, overshoot_s=0.0, pace=None):
    """Draw frames; return the pace, when each was shown, and at which rate.

    ``work_s`` says how long the frame that begins at a second takes, ``shown_s`` when one that was
    drawn at a second is seen; the computer wakes ``overshoot_s`` late.
    """
    pace, at_s = pace or Pace(0.0), 0.0
    shown, rates = [], []
    while at_s < seconds:
        drawn_s = at_s + work_s(at_s)
        now_s = shown_s(drawn_s)
        shown.append(now_s)
        wait_s = pace.wait_s(drawn_s, now_s)
        assert wait_s >= 0
        at_s = now_s + wait_s + (overshoot_s if wait_s else 0.0)
        rates.append(pace.frames_per_s)
    return np.array(shown), np.array(rates)


def changes(rates):
    return [rate for rate, _ in itertools.groupby(rates.tolist())]


def screen(hertz):
    return lambda drawn_s: np.ceil((drawn_s + 1e-4) * hertz) / hertz


def steady(ms):
    return lambda at_s: ms / 1000


def noisy(ms, share, late_ms):
    rng = np.random.default_rng(4)
    return lambda at_s: (late_ms if rng.random() < share else ms) / 1000


def between(start_s, end_s, ms, else_ms):
    return lambda at_s: (ms if start_s <= at_s < end_s else else_ms) / 1000


@pytest.mark.parametrize(
    ("work_s", "around", "rates"),
    [
        (steady(6), {}, [FULL]),
        (noisy(6, 0.06, 22), {}, [FULL]),
        (steady(6), {"shown_s": screen(60)}, [FULL]),
        (steady(6), {"shown_s": screen(59.94)}, [FULL]),
        (steady(6), {"shown_s": screen(50)}, [FULL]),
        (between(0.5, 1.5, 40, 6), {}, [FULL]),  # a page's lights are built
        (steady(22), {}, [FULL, HALF]),
        (noisy(9, 0.3, 30), {}, [FULL, HALF]),
        (steady(6), {"overshoot_s": 0.013}, [FULL, HALF]),  # other programs take the core
        (between(5, 15, 24, 6), {}, [FULL, HALF, FULL]),
        (between(5, 8, 24, 13), {}, [FULL, HALF]),  # no room to spare: 30 stay
    ],
)
def test_the_rate_follows_the_computer(work_s, around, rates):
    assert changes(play(40, work_s, **around)[1]) == rates


@pytest.mark.parametrize(
    ("work_ms", "fps", "worst_ms"), [(6, 60, 17), (14, 60, 17), (22, 30, 34)]
)
def test_frames_come_evenly(work_ms, fps, worst_ms):
    shown, _ = play(20, steady(work_ms))
    apart_ms = np.diff(shown[len(shown) // 4 :]) * 1000
    assert np.mean(apart_ms) == pytest.approx(1000 / fps, rel=0.01)
    assert np.percentile(apart_ms, 99) < worst_ms


def test_it_goes_down_within_a_second_and_up_within_ten():
    shown, rates = play(40, between(5, 15, 24, 6))
    down_s, up_s = shown[np.flatnonzero(np.diff(rates))]
    assert 5.5 < down_s < 6.0
    assert 15 < up_s < 26


def test_who_falls_back_is_tried_ever_more_seldom():
    pace = Pace(0.0)
    shown, rates = play(
        900, lambda at_s: 0.022 if pace.frames_per_s == FULL else 0.006, pace=pace
    )
    tried_s = shown[1:][np.diff(rates) > 0]
    assert len(tried_s) < 12
    assert LONGEST_S <= np.diff(tried_s)[-1] < LONGEST_S + 5
    assert (rates == FULL).mean() < 0.02


def test_after_a_stall_nothing_hurries():
    shown, _ = play(10, between(3, 3.01, 3000, 6))
    assert np.diff(shown).min() > 0.015
