"""Poses that may be another's wait, and are given back in order."""

from __future__ import annotations

import pytest

from kpopdance.realtime.dance.held_back import HELD_S, HeldBack
from kpopdance.realtime.pose.group_tracker import Exchange


def filled(players, frames):
    held = HeldBack(players)
    for n in range(frames):
        held.add(n / 10, n / 10 - 1.0, [f"{'abc'[k]}{n}" for k in range(players)])
    return held


def given(held, k, unsettled_s=None):
    return [row.pose for row in held.settled(k, unsettled_s)]


def test_what_is_certain_goes_at_once_and_once():
    held = filled(2, 3)
    assert given(held, 0) == ["a0", "a1", "a2"]
    assert given(held, 0) == []
    assert [row.song_s for row in held.settled(1, None)] == pytest.approx([-1.0, -0.9, -0.8])


def test_what_is_in_doubt_waits_but_not_for_ever():
    held = filled(1, 10)
    assert given(held, 0, 0.35) == ["a0", "a1", "a2", "a3"]
    assert given(held, 0, 0.35) == []
    for n in range(10, 50):
        held.add(n / 10, n / 10, [f"a{n}"])
    late = given(held, 0, 0.35)
    assert late[0] == "a4"
    assert float(late[-1][1:]) / 10 == pytest.approx(4.9 - HELD_S, abs=0.11)


@pytest.mark.parametrize(
    ("was", "told"),
    [
        ({0: 1, 1: 0}, (["a0", "b1", "b2"], ["b0", "a1", "a2"], ["c0", "c1", "c2"])),
        ({0: 1, 1: 2, 2: 0}, (["a0", "b1", "b2"], ["b0", "c1", "c2"], ["c0", "a1", "a2"])),
        ({0: None}, (["a0", None, None], ["b0", "b1", "b2"], ["c0", "c1", "c2"])),
    ],
)
def test_they_are_given_back_from_the_doubt_on(was, told):
    held = filled(3, 3)
    held.exchange(Exchange(0.1, was))
    assert tuple(given(held, k) for k in range(3)) == told


def test_what_went_already_stays_where_it_is():
    held = filled(2, 4)
    assert given(held, 0, 0.15) == ["a0", "a1"]
    held.exchange(Exchange(0.0, {0: 1, 1: 0}))
    assert given(held, 0) == ["b2", "b3"]
    assert given(held, 1) == ["b0", "b1", "a2", "a3"]
