from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.limb_length import LimbLengths
from kpopdance.realtime.pose.offline_filter import (
    FILLED_CONFIDENCE,
    fill_gaps,
    smooth_both_ways,
    without_mistakes,
)
from kpopdance.realtime.pose.sides import Sides
from tests import dances

FPS = 30.0
R_WRIST = 4


def dance(seed=1):
    joints = dances.song(
        seed, bpm=70.0, moves=3
    ).joints.copy()  # slow: no swing looks like a jump
    joints[..., :2] *= dances.PX
    return np.arange(len(joints)) / FPS, joints


def lag_s(a, b):
    """By how much b is late, from the best shift below a row."""
    shifts = np.arange(-0.05, 0.0501, 0.002)
    rows = np.arange(10, len(a) - 10)
    miss = []
    for shift in shifts:
        moved = np.stack(
            [np.interp(rows + shift * FPS, np.arange(len(b)), b[:, k]) for k in (0, 1)], axis=1
        )
        miss.append(((moved - a[rows]) ** 2).sum())
    return shifts[int(np.argmin(miss))]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("joint", [R_WRIST, 7, 10])
def test_smoothing_both_ways_has_no_lag(seed, joint):
    at_s, joints = dance(seed)
    out = smooth_both_ways(at_s, joints)
    # a step of the search; run one way only it is 0.01 to 0.02
    assert abs(lag_s(joints[:, joint, :2], out[:, joint, :2])) < 0.0021


def test_jitter_is_smoothed_and_the_dance_kept():
    at_s, joints = dance()
    noisy = dances.noisy(joints, 3, px=3.0 * dances.PX)
    out = smooth_both_ways(at_s, noisy)

    def jitter(rows):
        return np.sqrt(np.nanmean(np.diff(rows[5:-5, :, :2], n=2, axis=0) ** 2))

    assert jitter(out - joints) < 0.5 * jitter(noisy - joints)
    error = np.linalg.norm((out - joints)[..., :2], axis=-1)
    assert np.nanmedian(error) < np.median(np.linalg.norm((noisy - joints)[..., :2], axis=-1))


def test_a_jump_is_unseen_and_the_rest_stays():
    at_s, joints = dance()
    joints[40, R_WRIST, :2] += 300
    out = smooth_both_ways(at_s, joints)
    assert_array_equal(out[40, R_WRIST], (np.nan, np.nan, 0))
    assert (out[[39, 41], R_WRIST, 2] > 0).all()
    assert np.isnan(out[..., 0]).sum() == 1
    assert out.dtype == np.float32


def test_unseen_stays_unseen():
    at_s, joints = dance()
    joints[20:40, 7] = (np.nan, np.nan, 0)
    joints[60:80] = (np.nan, np.nan, 0)
    out = smooth_both_ways(at_s, joints)
    assert_array_equal(out[..., 2] > 0, joints[..., 2] > 0)
    assert np.isnan(out[out[..., 2] == 0][:, :2]).all()


@pytest.mark.parametrize(("rows", "filled"), [(1, True), (7, True), (9, False), (30, False)])
def test_only_gaps_up_to_three_tenths_are_filled(rows, filled):
    at_s, joints = dance()
    joints[40 : 40 + rows, R_WRIST] = (np.nan, np.nan, 0)
    before = joints.copy()
    out = fill_gaps(at_s, joints)
    assert_array_equal(joints, before)  # the input is left alone
    inside = out[40 : 40 + rows, R_WRIST]
    if not filled:
        assert_array_equal(out, joints)
        return
    share = (np.arange(1, rows + 1) / (rows + 1))[:, None]
    a, b = joints[39, R_WRIST, :2], joints[40 + rows, R_WRIST, :2]
    assert_allclose(inside[:, :2], a + share * (b - a), atol=1e-3)
    assert_allclose(inside[:, 2], FILLED_CONFIDENCE)
    rest = np.ones(out.shape[:2], dtype=bool)
    rest[40 : 40 + rows, R_WRIST] = False
    assert_array_equal(out[rest], joints[rest])


def test_the_line_follows_time_not_rows():
    at_s, joints = dance()
    at_s = at_s[:6] * np.array([0, 1, 1, 1, 1, 1]) + np.array([0, 0, 0.1, 0.1, 0.1, 0.1])
    joints = joints[:6].copy()
    joints[1:3, R_WRIST] = (np.nan, np.nan, 0)
    out = fill_gaps(at_s, joints)
    share = ((at_s[1:3] - at_s[0]) / (at_s[3] - at_s[0]))[:, None]
    a, b = joints[0, R_WRIST, :2], joints[3, R_WRIST, :2]
    assert_allclose(out[1:3, R_WRIST, :2], a + share * (b - a), atol=1e-3)


def test_ends_and_joints_never_seen_are_no_gaps():
    at_s, joints = dance()
    joints[:5, R_WRIST] = (np.nan, np.nan, 0)
    joints[-5:, R_WRIST] = (np.nan, np.nan, 0)
    joints[:, 10] = (np.nan, np.nan, 0)
    before = joints.copy()
    assert_array_equal(fill_gaps(at_s, joints), before)
    assert_array_equal(joints, before)  # the input is left alone


def spoilt():
    """A dance with arms swapped for five frames and a knee thrown away for three."""
    at_s, joints = dance(2)
    bad = joints.copy()
    bad[60:65, [3, 4, 6, 7]] = joints[60:65, [6, 7, 3, 4]]
    bad[100:103, 9, :2] += (300, 20)
    return at_s, joints, bad


def test_swaps_are_undone_and_impossible_limbs_unseen():
    at_s, joints, bad = spoilt()
    assert not np.array_equal(bad[60:65], joints[60:65])
    before = bad.copy()
    out = without_mistakes(at_s, bad)
    assert_array_equal(bad, before)  # the input is left alone
    assert out.dtype == np.float32
    thrown = np.zeros(out.shape[:2], dtype=bool)
    thrown[100:103, 9] = True
    assert_array_equal(out[thrown], np.tile(np.float32([np.nan, np.nan, 0]), (3, 1)))
    assert_array_equal(out[~thrown][:, :2], joints[~thrown][:, :2])


def test_a_clean_dance_has_no_mistakes():
    at_s, joints = dance(3)
    out = without_mistakes(at_s, joints)
    assert_array_equal(out[..., :2], joints[..., :2])
    assert_allclose(out[..., 2], joints[..., 2], rtol=0.01)


def test_mistakes_are_undone_as_live():
    at_s, _, bad = spoilt()
    at_s = at_s + 100.0
    sides, lengths = Sides(), LimbLengths()
    live = [
        lengths.step(sides.step(Pose(row.copy()), t), t).joints
        for t, row in zip(at_s.tolist(), bad, strict=True)
    ]
    assert_array_equal(without_mistakes(at_s, bad), live)


def test_limbs_shrink_in_the_recording_s_own_time():
    """Who steps back for 20 s has limbs of 0.67 at most: 0.6 x 1.6 is a mistake."""
    (row,) = dances.arms_down(dances.song(1, moves=1).joints)[:1].copy()
    row[:, :2] *= dances.PX
    far = row * np.float32([0.6, 0.6, 1])
    joints = np.stack([row] * 30 + [far] * 100)
    joints[-1, R_WRIST, :2] += 0.6 * (far[R_WRIST, :2] - far[3, :2])
    out = without_mistakes(np.arange(130) * 0.2, joints)
    assert np.argwhere(out[..., 2] == 0).tolist() == [[129, R_WRIST]]


def test_an_unseen_dancer_is_no_mistake():
    at_s, joints = dance()
    joints[20:50] = (np.nan, np.nan, 0)
    out = without_mistakes(at_s, joints)
    assert_array_equal(out[..., 2] > 0, joints[..., 2] > 0)
