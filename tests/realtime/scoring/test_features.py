from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.body import L_HIP, L_WRIST, R_ELBOW, R_SHOULDER, R_WRIST, mirrored
from kpopdance.realtime.scoring.features import (
    BASE_WEIGHT,
    BONES,
    LIMB_BONES,
    MID_HIP,
    cut,
    describe,
    mirror_image,
)
from tests import dances

FOREARM = BONES.index((R_ELBOW, R_WRIST))


def dance(seed=1):
    return dances.song(seed, moves=2).joints.copy()


def test_directions_are_unit_vectors_of_the_bones():
    joints = dance()
    features = describe(joints, 30.0)
    assert features.direction.shape == features.velocity.shape == (len(joints), 11, 2)
    assert_allclose(np.linalg.norm(features.direction, axis=-1), 1, atol=1e-6)
    for k, (a, b) in enumerate(BONES):
        end = (joints[:, 8] + joints[:, 11]) / 2 if b == MID_HIP else joints[:, b]
        bone = (end - joints[:, a])[:, :2]
        cross = (
            bone[:, 0] * features.direction[:, k, 1] - bone[:, 1] * features.direction[:, k, 0]
        )
        assert_allclose(cross, 0, atol=1e-6)
        assert ((bone * features.direction[:, k]).sum(axis=-1) > 0).all()
    assert_array_equal(features.weight, 1)


@pytest.mark.parametrize("scale", [0.5, 2.0, 480.0])
def test_place_and_size_change_nothing(scale):
    joints = dance()
    moved = joints.copy()
    moved[..., :2] = moved[..., :2] * scale + (37.0, -5.0)
    a, b = describe(joints, 30.0), describe(moved, 30.0)
    # float32 places of a figure 37 units off at half size
    assert_allclose(b.direction, a.direction, atol=1e-3)
    assert_allclose(b.velocity, a.velocity, atol=1e-2)
    assert_array_equal(a.weight, b.weight)


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0])
def test_velocity_is_the_turning_speed(fps):
    omega = 2.0  # rad/s
    angles = {end: np.zeros(40) for end in dances.SKELETON}
    angles[4] = omega * np.arange(40) / fps
    joints = dances.figure(angles, np.zeros((40, 2)))
    speed = np.linalg.norm(describe(joints, fps).velocity, axis=-1)
    half = omega * 2 / fps  # the chord over +-2 rows is a little shorter than the arc
    assert_allclose(speed[2:-2, FOREARM], omega * np.sin(half) / half, rtol=1e-4)
    assert_array_equal(speed[[0, 1, -2, -1]], 0)
    assert_allclose(np.delete(speed, FOREARM, axis=1), 0, atol=1e-5)


def test_what_is_unseen_has_no_direction_no_speed_and_no_weight():
    joints = dance()
    joints[10, R_WRIST] = (np.nan, np.nan, 0)
    joints[:, L_HIP] = (np.nan, np.nan, 0)
    features = describe(joints, 30.0)
    assert np.isfinite(features.direction).all()
    assert np.isfinite(features.velocity).all()
    assert features.weight[10, FOREARM] == 0
    assert_array_equal(features.direction[10, FOREARM], 0)
    assert (np.abs(features.velocity[8:13, FOREARM]) > 0).any(axis=-1).all()
    assert_array_equal(features.weight[:, 0], 0)  # no middle of the hips without both
    assert_array_equal(features.weight[:, 9], 0)
    assert (features.weight[:, 7] == 1).all()


def test_the_middle_of_the_hips_is_as_sure_as_the_less_sure_hip():
    joints = dance()
    joints[:, L_HIP, 2] = 0.5
    assert_allclose(describe(joints, 30.0).weight[:, 0], 0.5, atol=1e-6)


@pytest.mark.parametrize(("confidence", "weight"), [(0.05, 0), (0.3, 0), (0.5, 0.5), (0.7, 1)])
def test_confidence_becomes_trust_between_three_and_seven_tenths(confidence, weight):
    joints = dance()
    joints[:, L_WRIST, 2] = confidence
    features = describe(joints, 30.0)
    assert_allclose(features.weight[:, BONES.index((6, 7))], weight, atol=1e-6)
    assert_allclose(features.weight[:, BONES.index((5, 6))], 1)


def test_a_bone_that_points_at_the_camera_is_not_trusted():
    joints = dance()
    upper = joints[:, R_ELBOW, :2] - joints[:, R_SHOULDER, :2]
    joints[20, R_ELBOW, :2] = joints[20, R_SHOULDER, :2] + 0.1 * upper[20]
    weight = describe(joints, 30.0).weight[:, BONES.index((R_SHOULDER, R_ELBOW))]
    assert_allclose(weight[20], 0.1 / 0.35, rtol=1e-3)
    assert_array_equal(np.delete(weight, 20), 1)


def test_the_mirror_image_is_what_a_mirror_shows():
    joints = dance()
    joints[5, R_WRIST] = (np.nan, np.nan, 0)
    ours, seen = mirror_image(describe(joints, 30.0)), describe(mirrored(joints, 2.0), 30.0)
    assert_allclose(ours.direction, seen.direction, atol=1e-5)
    assert_allclose(ours.velocity, seen.velocity, atol=1e-4)
    assert_array_equal(ours.weight, seen.weight)
    again = mirror_image(ours)
    assert_array_equal(again.direction, describe(joints, 30.0).direction)


def test_leading_axes_are_dances_of_their_own():
    two = np.stack([dance(1), dance(2)])
    together = describe(two, 30.0)
    for k in (0, 1):
        alone = describe(two[k], 30.0)
        assert_array_equal(together.direction[k], alone.direction)
        assert_array_equal(together.velocity[k], alone.velocity)
        assert_array_equal(cut(together, 3, 9).weight[k], alone.weight[3:9])


@pytest.mark.parametrize("rows", [1, 2, 4, 5])
def test_few_rows_have_directions_at_least(rows):
    features = describe(dance()[:rows], 30.0)
    assert features.velocity.shape == (rows, 11, 2)
    assert_allclose(np.linalg.norm(features.direction, axis=-1), 1, atol=1e-6)


def test_every_bone_has_a_weight_and_belongs_to_one_limb():
    assert len(BASE_WEIGHT) == len(BONES)
    assert sorted(k for bones in LIMB_BONES.values() for k in bones) == list(range(len(BONES)))


def test_a_joint_that_flickers_does_not_stand_still():
    joints = dance()
    whole = describe(joints, 30.0)
    for lost in ([12], [10, 14], [11, 14], [9, 10, 13]):
        gone = joints.copy()
        gone[lost, R_WRIST] = (np.nan, np.nan, 0)
        speeds = describe(gone, 30.0).velocity[12, FOREARM]
        assert_allclose(speeds, whole.velocity[12, FOREARM], atol=1.0)
        assert np.abs(speeds).max() > 0
    alone = joints.copy()
    alone[[10, 11, 13, 14], R_WRIST] = (np.nan, np.nan, 0)
    assert_array_equal(
        describe(alone, 30.0).velocity[12, FOREARM], 0
    )  # nothing to tell it from
