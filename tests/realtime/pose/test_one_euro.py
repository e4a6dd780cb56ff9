from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.body import body_size
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.one_euro import FORGET_S, OneEuro
from tests import dances
from tests.oracles import one_euro_naive

R_WRIST = 4


def standing():
    """A person of 480 px per stage unit, joints (18, 3) px."""
    joints = dances.song(1, moves=1).joints[0].copy()
    joints[:, :2] *= dances.PX
    return joints


def run(rows, at_s, smoother=None):
    smoother = smoother or OneEuro()
    return np.stack(
        [smoother.step(Pose(row.copy()), t).joints for row, t in zip(rows, at_s, strict=True)]
    )


def moving(at_s, speed_px_s):
    """The whole person slides sideways."""
    rows = np.repeat(standing()[None], len(at_s), axis=0)
    rows[..., 0] += (speed_px_s * np.asarray(at_s))[:, None]
    return rows


@pytest.mark.parametrize("seed", [1, 2])
def test_the_stream_is_the_paper_s_filter(seed):
    rng = np.random.default_rng(seed)
    at_s = np.cumsum(rng.uniform(0.01, 0.06, 200))
    size = body_size(standing())
    # whole body along x, in body sizes: so speed and size are what the paper calls dx
    x = np.cumsum(rng.normal(0, 0.03, 200))
    rows = np.repeat(standing()[None], 200, axis=0)
    rows[..., 0] += size * x[:, None]
    out = run(rows, at_s)
    expected = one_euro_naive.smooth(x.tolist(), at_s.tolist())
    # float32 px; the box does not change as the body moves
    start = standing()[R_WRIST, 0]
    assert_allclose((out[:, R_WRIST, 0] - start) / size, expected, atol=1e-4)


def test_jitter_is_halved_at_least():
    rng = np.random.default_rng(3)
    rows = np.repeat(standing()[None], 200, axis=0)
    rows[..., :2] += rng.normal(0, 3.0, rows[..., :2].shape)
    out = run(rows, np.arange(200) / 30)

    def jitter(joints):
        return np.sqrt((np.diff(joints[20:, :, :2], n=2, axis=0) ** 2).mean())

    assert jitter(out) < 0.5 * jitter(rows)


@pytest.mark.parametrize(("sizes_per_s", "late_s"), [(0.5, 0.04), (2.0, 0.02), (6.0, 0.01)])
def test_at_a_constant_speed_the_faster_the_less_late(sizes_per_s, late_s):
    at_s = np.arange(60) / 30
    speed = sizes_per_s * body_size(standing())
    rows = moving(at_s, speed)
    behind = (rows - run(rows, at_s))[30:, :, 0] / speed
    assert behind.min() >= -1e-3
    assert behind.max() < late_s


def test_irregular_time_stamps_are_true_time():
    rng = np.random.default_rng(5)
    regular = np.arange(0, 3, 1 / 30)
    irregular = np.sort(rng.choice(regular, 45, replace=False))
    behind = []
    for at_s in (regular, irregular):
        rows = moving(at_s, 200.0)
        behind.append((rows - run(rows, at_s))[10:, R_WRIST, 0] / 200.0)
    assert np.abs(np.concatenate(behind)).max() < 0.04
    assert_allclose(behind[1].mean(), behind[0].mean(), atol=0.005)


def test_a_jump_of_one_frame_is_unseen():
    at_s = np.arange(40) / 30
    rows = np.repeat(standing()[None], 40, axis=0)
    rows[20, R_WRIST, :2] += (150.0, -120.0)
    out = run(rows, at_s)
    assert_array_equal(out[20, R_WRIST], (np.nan, np.nan, 0))
    others = np.delete(np.arange(18), R_WRIST)
    assert_allclose(out[20, others], rows[20, others], atol=1e-3)
    assert_allclose(out[21:, R_WRIST], rows[21:, R_WRIST], atol=1e-3)  # and forgotten


def test_a_move_that_stays_for_two_frames_is_believed():
    at_s = np.arange(40) / 30
    rows = np.repeat(standing()[None], 40, axis=0)
    rows[20:, R_WRIST, :2] += (150.0, -120.0)
    out = run(rows, at_s)
    assert np.isnan(out[20, R_WRIST, 0])
    assert_allclose(out[21:, R_WRIST], rows[21:, R_WRIST], atol=1e-3)


def test_jumps_to_different_places_are_never_believed():
    rows = np.repeat(standing()[None], 40, axis=0)
    rng = np.random.default_rng(2)
    for k in range(20, 24):
        angle = np.pi * k + rng.uniform(-0.3, 0.3)
        rows[k, R_WRIST, :2] += 800 * np.array([np.cos(angle), np.sin(angle)])
    out = run(rows, np.arange(40) / 30)
    assert np.isnan(out[20:24, R_WRIST, 0]).all()
    assert_allclose(out[24:, R_WRIST], rows[24:, R_WRIST], atol=1e-3)


def test_a_fast_wrist_is_no_jump():
    at_s = np.arange(30) / 30
    speed = 8.0 * body_size(standing())
    rows = np.repeat(standing()[None], 30, axis=0)
    rows[:, R_WRIST, 0] += 0.5 * speed / 6 * np.sin(6 * at_s * 2)  # at most 8 sizes a second
    out = run(rows, at_s)
    assert (out[:, R_WRIST, 2] > 0).all()


@pytest.mark.parametrize("fps", [60, 30, 15, 6])
def test_a_swing_of_half_a_body_between_two_looks_is_none_at_any_rate(fps):
    """Street dancers do that; a gap in the fastest swing makes a dance look too small."""
    rows = np.repeat(standing()[None], 20, axis=0)
    rows[10:, R_WRIST, 1] -= 0.5 * body_size(standing())
    out = run(rows, np.arange(20) / fps)
    assert (out[:, R_WRIST, 2] > 0).all()


def test_unseen_stays_unseen_and_a_joint_long_gone_begins_anew():
    at_s = np.arange(40) / 30
    rows = moving(at_s, 60.0)
    rows[10:15, R_WRIST] = (np.nan, np.nan, 0)  # 0.17 s: short
    rows[20:35, 7] = (np.nan, np.nan, 0)  # 0.5 s
    out = run(rows, at_s)
    assert_array_equal(np.isnan(out[..., 0]), np.isnan(rows[..., 0]))
    assert_array_equal(out[..., 2], rows[..., 2])
    assert FORGET_S < 15 / 30
    assert_allclose(out[35, 7, :2], rows[35, 7, :2], atol=1e-3)  # no trace of where it was
    assert np.isfinite(out[15, R_WRIST, 0])


def test_near_and_far_dancers_are_smoothed_alike():
    rng = np.random.default_rng(9)
    at_s = np.arange(60) / 30
    rows = moving(at_s, 100.0)
    rows[..., :2] += rng.normal(0, 3.0, rows[..., :2].shape)
    near = rows.copy()
    near[..., :2] *= 2.0
    assert_allclose(run(near, at_s)[..., :2], 2 * run(rows, at_s)[..., :2], atol=0.01)


def test_reset_forgets():
    smoother = OneEuro()
    run(moving(np.arange(10) / 30, 0.0), np.arange(10) / 30, smoother)
    smoother.reset()
    elsewhere = standing()
    elsewhere[:, 0] += 300
    assert_allclose(smoother.step(Pose(elsewhere), 0.34).joints, elsewhere, atol=1e-3)


def test_nobody_and_one_joint_pass():
    nobody = np.full((18, 3), np.nan, np.float32)
    nobody[:, 2] = 0
    assert body_size(nobody) is None
    smoother = OneEuro()
    assert not smoother.step(Pose(nobody), 1.0).seen.any()
    one = nobody.copy()
    one[3] = (5, 6, 0.7)
    assert_array_equal(smoother.step(Pose(one), 2.0).joints[3], np.float32([5, 6, 0.7]))
