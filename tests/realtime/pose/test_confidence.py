from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.body import body_size
from kpopdance.realtime.core.types import BELIEVED, Pose
from kpopdance.realtime.pose.confidence import (
    CURVES,
    MOVENET,
    OPENPOSE,
    OPENPOSE_HANDICAP,
    SAME_PLACE,
    calibrated,
    merged,
)
from tests import dances

UNSEEN = (np.nan, np.nan, 0)
WRIST = 4
curves = pytest.mark.parametrize(
    "curve", [OPENPOSE, *CURVES.values()], ids=["openpose", *CURVES]
)


def standing(sure=0.8):
    joints = dances.song(1, moves=1).joints[0].copy()
    joints[:, :2] *= dances.PX
    joints[:, 2] = sure
    return joints


def with_wrist(*, aside=0.0, sure=0.8, others=0.8):
    """A person whose wrist lies so many body sizes aside of where it is."""
    joints = standing(others)
    joints[WRIST, 0] += aside * body_size(standing())
    joints[WRIST, 2] = sure
    return Pose(joints)


def without_wrist():
    joints = standing()
    joints[WRIST] = UNSEEN
    return Pose(joints)


@curves
def test_curves_rise_from_nothing_and_stay_below_certain(curve):
    raw, right = np.array(curve.raw), np.array(curve.right)
    assert len(raw) == len(right)
    assert raw[0] == right[0] == 0
    assert raw[-1] == 1
    assert (np.diff(raw) > 0).all()
    assert (np.diff(right) > 0).all()
    assert 0.9 < right[-1] <= 1


@curves
def test_calibration_follows_the_curve_and_below_belief_is_unseen(curve):
    joints = standing()
    joints[:, 2] = np.linspace(0.005, 1.0, 18)
    out = calibrated(Pose(joints.copy()), curve)
    told = np.interp(joints[:, 2], curve.raw, curve.right)
    assert_array_equal(out.seen, told >= BELIEVED)
    assert 0 < out.seen.sum() < 18
    assert_allclose(out.joints[out.seen, 2], told[out.seen], rtol=1e-5)
    assert_array_equal(out.joints[out.seen, :2], joints[out.seen, :2])
    assert_array_equal(out.joints[~out.seen], np.tile(np.float32(UNSEEN), (sum(~out.seen), 1)))
    assert (np.diff(out.joints[out.seen, 2]) > 0).all()
    assert out.joints.dtype == np.float32


@curves
def test_a_joint_just_believed_is_seen_and_one_just_not_is_not(curve):
    raw = np.interp(BELIEVED, curve.right, curve.raw)
    for step, seen in ((1e-4, True), (-1e-4, False)):
        joints = standing(raw + step)
        assert calibrated(Pose(joints), curve).seen.all() == seen


def test_one_and_the_same_raw_confidence_means_another_with_each():
    pose = Pose(standing(0.08))
    assert calibrated(pose, OPENPOSE).seen.all()
    assert not calibrated(pose, MOVENET).seen.any()


@curves
def test_unseen_stays_unseen(curve):
    out = calibrated(without_wrist(), curve).joints
    assert_array_equal(out[WRIST], UNSEEN)
    assert calibrated(Pose(np.full((18, 3), UNSEEN, np.float32)), curve).seen.sum() == 0


@pytest.mark.parametrize(("ours", "theirs"), [(0.8, 0.8), (0.9, 0.45), (0.4, 0.8)])
def test_near_one_another_the_mean_weighs_the_squares(ours, theirs):
    aside = 0.8 * SAME_PLACE
    one, other = with_wrist(aside=aside, sure=ours), with_wrist(sure=theirs)
    out = merged(one, other).joints
    weight = ours**2 / (ours**2 + theirs**2)
    expected = weight * one.joints[WRIST, :2] + (1 - weight) * other.joints[WRIST, :2]
    assert_allclose(out[WRIST, :2], expected, atol=1e-3)
    assert_allclose(out[WRIST, 2], max(ours, theirs), rtol=1e-6)
    rest = np.arange(18) != WRIST
    assert_allclose(out[rest], one.joints[rest], atol=1e-3)


@pytest.mark.parametrize(("aside", "mean"), [(0.95, True), (1.05, False)])
def test_same_place_ends_where_it_says(aside, mean):
    one, other = with_wrist(aside=aside * SAME_PLACE), with_wrist()
    x = merged(one, other).joints[WRIST, 0]
    middle = (one.joints[WRIST, 0] + other.joints[WRIST, 0]) / 2
    assert_allclose(x, middle if mean else other.joints[WRIST, 0], atol=1e-3)


@pytest.mark.parametrize(
    ("ours", "theirs", "first"),
    [(0.9, 0.5, True), (0.5, 0.9, False), (0.6, 0.6, False),
     (0.6 + OPENPOSE_HANDICAP - 0.01, 0.6, False), (0.6 + OPENPOSE_HANDICAP + 0.01, 0.6, True)],
)  # fmt: skip
def test_apart_the_surer_one_wins_and_openpose_must_be_surer_by_the_handicap(
    ours, theirs, first
):
    one, other = with_wrist(aside=2.0, sure=ours), with_wrist(sure=theirs)
    out = merged(one, other, OPENPOSE_HANDICAP).joints[WRIST]
    assert_array_equal(out[:2], (one if first else other).joints[WRIST, :2])
    won, lost = (ours, theirs) if first else (theirs, ours)
    # P(won right, other wrong) / P(not both right), where the other counts for 0.7
    odds = won * (1 - 0.7 * lost)
    assert_allclose(out[2], odds / (odds + (1 - won)), rtol=1e-5)
    assert out[2] < won


def test_the_surer_the_other_is_of_another_place_the_less_is_believed():
    one = with_wrist(aside=2.0, sure=0.9)
    sure = [
        merged(one, with_wrist(sure=theirs)).joints[WRIST, 2]
        for theirs in (0.3, 0.5, 0.7, 0.89)
    ]
    assert (np.diff([0.9, *sure]) < 0).all()
    assert sure[-1] > 0.6


@pytest.mark.parametrize("sure", [0.31, 0.9])
def test_who_alone_sees_a_joint_is_believed(sure):
    seen = with_wrist(sure=sure)
    assert_array_equal(merged(seen, without_wrist()).joints[WRIST], seen.joints[WRIST])
    assert_array_equal(merged(without_wrist(), seen).joints[WRIST], seen.joints[WRIST])
    assert_array_equal(merged(without_wrist(), without_wrist()).joints[WRIST], UNSEEN)


def test_nearness_is_measured_by_the_size_of_movenet_s_person():
    """OpenPose's may be an arm alone."""
    one = with_wrist(aside=0.9 * SAME_PLACE)
    arm = np.full((18, 3), UNSEEN, np.float32)
    arm[[2, 3, WRIST]] = one.joints[[2, 3, WRIST]]
    out = merged(Pose(arm), with_wrist()).joints[WRIST, 0]
    assert_allclose(out, (one.joints[WRIST, 0] + with_wrist().joints[WRIST, 0]) / 2, atol=1e-3)


def test_near_and_far_people_are_merged_alike():
    for scale in (0.2, 5.0):
        for aside in (0.9 * SAME_PLACE, 1.1 * SAME_PLACE):
            pair = with_wrist(aside=aside), with_wrist()
            size = np.float32([scale, scale, 1])
            far = merged(*(Pose(pose.joints * size) for pose in pair)).joints
            assert_allclose(far, merged(*pair).joints * size, rtol=1e-4)


@pytest.mark.parametrize("seed", range(10))
def test_a_joint_without_place_has_no_confidence_and_none_is_below_belief(seed):
    rng = np.random.default_rng(seed)
    pair = []
    for curve in (OPENPOSE, MOVENET):
        joints = standing()
        joints[:, :2] += rng.normal(0, 20, (18, 2))
        joints[:, 2] = rng.uniform(0, 1, 18) ** 2
        joints[rng.uniform(size=18) < 0.4] = UNSEEN
        pair.append(calibrated(Pose(joints), curve))
    nobody = Pose(np.full((18, 3), UNSEEN, np.float32))
    for one, other in (pair, (pair[0], nobody), (nobody, pair[1]), (nobody, nobody)):
        out = merged(one, other)
        assert_array_equal(out.seen, one.seen | other.seen)
        assert np.isfinite(out.joints[out.seen]).all()
        assert np.isnan(out.joints[~out.seen, :2]).all()
        assert (out.joints[out.seen, 2] >= np.float32(BELIEVED)).all()
        assert (out.joints[:, 2] <= 1).all()


def test_the_poses_given_are_left_alone():
    one, other = with_wrist(aside=0.1), without_wrist()
    before = one.joints.copy(), other.joints.copy()
    merged(one, other)
    calibrated(one, MOVENET)
    assert_array_equal(one.joints, before[0])
    assert_array_equal(other.joints, before[1])
