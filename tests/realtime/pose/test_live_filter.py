from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.limb_length import LimbLengths
from kpopdance.realtime.pose.live_filter import LiveFilter
from kpopdance.realtime.pose.one_euro import OneEuro
from kpopdance.realtime.pose.sides import Sides
from tests import dances

FPS = 30


def spoilt(seed=2):
    """A dance with a swap of the arms, a knee out of reach and jitter."""
    joints = dances.song(seed, moves=3).joints.copy()
    joints[..., :2] *= dances.PX
    joints[60:64, [3, 4, 6, 7]] = joints[60:64, [6, 7, 3, 4]]
    joints[100:103, 9, :2] += (300, 0)
    joints[..., :2] += np.random.default_rng(seed).normal(0, 1.5, joints[..., :2].shape)
    return joints.astype(np.float32)


def run(stages, rows, from_s=0.0):
    out = []
    for k, row in enumerate(rows):
        pose = Pose(row.copy())
        for stage in stages:
            pose = stage.step(pose, from_s + k / FPS)
        out.append(pose.joints)
    return np.stack(out)


def test_it_is_sides_then_lengths_then_the_smoother():
    rows = spoilt()
    expected = run([Sides(), LimbLengths(), OneEuro()], rows)
    assert_array_equal(run([LiveFilter()], rows), expected)
    # and each of them, and their order, matters here
    for other in (
        [LimbLengths(), OneEuro()], [Sides(), OneEuro()], [Sides(), LimbLengths()],
        [LimbLengths(), Sides(), OneEuro()], [OneEuro(), Sides(), LimbLengths()],
    ):  # fmt: skip
        assert not np.array_equal(run(other, rows), expected, equal_nan=True)


def test_swaps_and_impossible_limbs_do_not_come_through():
    rows = spoilt()
    out = run([LiveFilter()], rows)
    clean = dances.song(2, moves=3).joints[..., :2] * dances.PX
    away = np.linalg.norm(out[..., :2] - clean, axis=-1)
    assert np.nanmax(away[55:110]) < 40  # px; swapped or thrown it is 100 and more
    assert (out[100:103, 9, 2] == 0).all()


def test_reset_forgets_all():
    rows = spoilt()
    steady = LiveFilter()
    run([steady], rows)
    steady.reset()
    giant = rows * np.float32([2, 2, 1])
    again = run([steady], giant, from_s=len(rows) / FPS)
    assert_array_equal(again, run([LiveFilter()], giant, from_s=len(rows) / FPS))
