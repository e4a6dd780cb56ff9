"""A drawn group recorded back by the real networks; and the measures, on takes that are known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kpopdance.realtime.studio.take import Take
from tools.bench.pose.bench_group import compared
from tools.bench.pose.drawn_group import group


def perfect(drawn):
    """The take that tells all of a group as it was drawn."""
    joints = drawn.joints.astype(np.float32)
    joints[~drawn.shown] = (np.nan, np.nan, 0)
    return Take(
        drawn.at_s, (960, 540), joints, np.ones(drawn.shown.shape, bool),
        drawn.floor.astype(np.float32), ("member",) * len(joints),
    )  # fmt: skip


def test_what_is_told_rightly_is_measured_so():
    drawn = group(5, 9.0)
    told = compared(drawn, perfect(drawn))
    assert (told.people, told.members, told.idf1, told.unseen) == (5, 5, 1.0, 1.0)
    assert told.joints_px < 0.01
    assert told.floor < 0.01


def test_who_is_exchanged_half_way_costs_half_of_both():
    drawn = group(4, 9.0, moving=False)
    take = perfect(drawn)
    joints, half = take.joints.copy(), take.joints.shape[1] // 2
    joints[[1, 2], half:] = joints[[2, 1], half:]
    told = compared(drawn, dataclasses.replace(take, joints=joints))
    assert 0.6 < told.idf1 < 0.85


@pytest.fixture(scope="module")
def recorded_back():
    """A drawn group, one of whom walks in and one out, recorded by the real networks."""
    from kpopdance.realtime.commands.common import wished_eyes
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.studio.take_making import take_from

    drawn = group(3, 6.0, moving=False)
    return compared(drawn, take_from(drawn.frames(), wished_eyes(Settings(), wanted=2)))


@pytest.mark.long
def test_a_small_group_is_recorded_back(recorded_back):
    assert recorded_back.members == 3
    assert recorded_back.joints_px < 6
    assert recorded_back.floor < 0.2


@pytest.mark.long
def test_who_walks_in_or_out_is_known_at_once(recorded_back):
    assert recorded_back.idf1 > 0.97
