from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.track import MAX_GAP_S, PoseTrack, choreography_rows, resample
from kpopdance.realtime.core.types import Choreography, Pose


def straight(at_s):
    """Joints that move in straight lines, so that any rate gives the same places."""
    at_s = np.asarray(at_s)
    joints = np.ones((len(at_s), 18, 3), np.float32)
    joints[..., 0] = 10 + 5 * at_s[:, None] + np.arange(18)
    joints[..., 1] = 200 - 7 * at_s[:, None]
    return joints


def track_of(at_s, joints=None):
    track = PoseTrack()
    for at, row in zip(at_s, straight(at_s) if joints is None else joints, strict=True):
        track.add(float(at), Pose(row.copy()))
    return track


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("fps", [12, 15, 30, 60])
def test_rows_do_not_depend_on_the_cameras_rate(fps, seed):
    at_s = np.arange(0, 4, 1 / fps) + np.random.default_rng(seed).uniform(0, 0.3 / fps, 4 * fps)
    times = np.arange(0.5, 3.5, 1 / 30)
    # float32 at 200 px
    assert_allclose(track_of(at_s).rows(times), straight(times), atol=1e-3)


def test_frames_are_found_again_at_their_own_moments():
    at_s = np.array([0.0, 0.1, 0.15, 0.3])
    assert_allclose(track_of(at_s).rows(at_s), straight(at_s), atol=1e-4)


@pytest.mark.parametrize(("gap_s", "bridged"), [(0.2, True), (0.249, True), (0.26, False)])
def test_a_gap_is_bridged_up_to_a_quarter_second(gap_s, bridged):
    at_s = np.array([0.0, 0.1, 0.1 + gap_s, 0.2 + gap_s])
    rows = track_of(at_s).rows(np.array([0.05, 0.1 + gap_s / 2, 0.15 + gap_s]))
    assert MAX_GAP_S == 0.25
    assert (rows[[0, 2], :, 2] == 1).all()
    assert (rows[1, :, 2] == 1).all() == bridged
    assert np.isnan(rows[1, :, 0]).all() != bridged


def test_outside_the_track_nobody_is_seen():
    rows = track_of([1.0, 1.1, 1.2]).rows(np.array([0.9, 0.99, 1.21, 5.0]))
    assert np.isnan(rows[..., :2]).all()
    assert_array_equal(rows[..., 2], 0)


def test_a_joint_unseen_on_either_side_is_unseen_between():
    at_s = np.arange(5) / 10
    joints = straight(at_s)
    joints[2, 4] = (np.nan, np.nan, 0)
    joints[:, 7, 2] = [0.9, 0.3, 0.9, 0.9, 0.9]
    rows = track_of(at_s, joints).rows(np.array([0.05, 0.15, 0.25, 0.35]))
    assert_array_equal(np.isnan(rows[:, 4, 0]), [False, True, True, False])
    assert_array_equal(rows[:, 4, 2], [1, 0, 0, 1])
    assert_allclose(rows[:, 7, 2], [0.3, 0.3, 0.9, 0.9])  # the lower of the two


def test_nobody_seen_breaks_the_line():
    track = PoseTrack()
    for at, row in zip((0.0, 0.1, 0.2), straight([0.0, 0.1, 0.2]), strict=True):
        track.add(at, None if at == 0.1 else Pose(row.copy()))
    assert len(track) == 3
    assert np.isnan(track.rows(np.array([0.05, 0.15]))[..., 0]).all()


def test_time_that_does_not_rise_is_dropped():
    track = track_of([0.0, 0.1])
    track.add(0.1, None)
    track.add(0.05, None)
    assert_array_equal(track.at_s, [0.0, 0.1])
    assert (track.joints[..., 2] == 1).all()


def test_it_grows_with_a_long_song():
    at_s = np.arange(3000) / 30
    track = track_of(at_s)
    assert len(track) == 3000
    assert_array_equal(track.at_s, at_s)
    assert_array_equal(track.joints, straight(at_s))


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_poses_have_no_rows(count):
    rows = track_of(np.arange(count) / 30.0).rows(np.array([0.0, 1.0]))
    assert rows.shape == (2, 18, 3)
    assert_array_equal(rows[..., 2], 0)


def test_a_choreography_lies_where_it_sounds():
    dance = Choreography(straight(np.arange(60) / 24), 24.0, start_s=10.0)
    times = np.array([9.9, 10.0, 10.51, 12.4])
    rows = choreography_rows(dance, times)
    assert np.isnan(rows[0, :, 0]).all()
    assert_allclose(rows[1:], straight(times[1:] - 10.0), atol=1e-3)
    assert_array_equal(
        resample(10 + np.arange(60) / 24, dance.joints, times)[..., 2], rows[..., 2]
    )
