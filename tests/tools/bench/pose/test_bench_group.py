"""A drawn group recorded back by the real networks; and the measures, on takes that are known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kpopdance.realtime.studio.take import Take
from tools.bench.pose.bench_group import at_best, compared
from tools.bench.pose.drawn_group import group
from tools.bench.pose.visibility import HIDDEN, visibility_of


def perfect(drawn, true):
    """The take that tells all of a group that is to be seen, as it was drawn."""
    joints = drawn.joints.astype(np.float32)
    joints[~(true.bare & (true.share > HIDDEN)[..., None])] = (np.nan, np.nan, 0)
    return Take(
        drawn.at_s, (960, 540), joints, np.ones(joints.shape[:2], bool),
        drawn.floor.astype(np.float32), ("member",) * len(joints),
    )  # fmt: skip


@pytest.fixture(scope="module")
def five():
    """Five who exchange places before a moving camera, what is to be seen of them, all of it told."""
    drawn = group(5, 9.0)
    true = visibility_of(drawn)
    return drawn, true, perfect(drawn, true)


def test_what_is_told_rightly_is_measured_so(five):
    drawn, true, take = five
    assert true.hidden.any()
    told = compared(drawn, true, take)
    assert (told.people, told.members, told.idf1) == (5, 5, 1.0)
    assert (told.unseen, told.covered, told.bare) == (1.0, 1.0, 1.0)
    assert told.joints_px < 0.01
    assert told.floor < 0.01


def test_who_is_exchanged_half_way_costs_half_of_both(five):
    drawn, true, take = five
    joints, half = take.joints.copy(), take.joints.shape[1] // 2
    joints[[1, 2], half:] = joints[[2, 1], half:]
    told = compared(drawn, true, dataclasses.replace(take, joints=joints))
    assert 0.6 < told.idf1 < 0.85


def test_what_is_guessed_behind_others_is_told_apart_from_names(five):
    drawn, true, take = five
    guessed = take.joints.copy()
    guessed[...] = drawn.joints
    told = compared(drawn, true, dataclasses.replace(take, joints=guessed))
    assert (told.unseen, told.covered, told.bare) == (0.0, 0.0, 1.0)
    assert told.idf1 == 1.0


def test_who_is_nobody_counts_against_names(five):
    drawn, true, take = five
    joints = np.concatenate([take.joints, take.joints[:1] + np.float32((300, 0, 0))])
    told = compared(drawn, true, dataclasses.replace(
        take, joints=joints, floor=np.concatenate([take.floor, take.floor[:1]]),
        there=np.concatenate([take.there, take.there[:1]]), reasons=(*take.reasons, "member"),
    ))  # fmt: skip
    assert 0.85 < told.idf1 < 0.95


@pytest.fixture(scope="module")
def recorded_back():
    """A drawn group, one of whom walks in and one out, recorded by the real networks; IDF1 at best."""
    from kpopdance.realtime.commands.common import wished_eyes
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.studio.lookout import look_at
    from kpopdance.realtime.studio.take_making import take_of

    drawn = group(3, 6.0, moving=False)
    seen = look_at(drawn.frames(), wished_eyes(Settings(), wanted=2))
    true = visibility_of(drawn)
    return compared(drawn, true, take_of(seen)), at_best(drawn, true.shown, seen)


@pytest.mark.long
def test_a_small_group_is_recorded_back(recorded_back):
    told, _ = recorded_back
    assert told.members == 3
    assert told.joints_px < 6
    assert told.floor < 0.2


@pytest.mark.long
def test_who_walks_in_or_out_is_known_at_once(recorded_back):
    told, best = recorded_back
    assert told.idf1 > best - 0.01
    assert best > 0.95
