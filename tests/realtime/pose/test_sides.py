from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.body import body_size
from kpopdance.realtime.core.track import resample
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.sides import CHANGE, LONGEST_S, MOST_ODDS, Sides, _forward
from tests import dances
from tests.oracles import sides_naive
from tests.quick import but_quick

ARMS, LEGS = ((3, 4), (6, 7)), ((9, 10), (12, 13))
SHOULDERS, HIPS = ((2,), (5,)), ((8,), (11,))
ALL = tuple(sum(side, ()) for side in zip(ARMS, LEGS, SHOULDERS, HIPS, strict=True))
NOBODY = np.full((18, 3), np.nan, np.float32)
NOBODY[:, 2] = 0
rates = pytest.mark.parametrize("fps", [15, 30, 60])
limbs = pytest.mark.parametrize("pair", [ARMS, LEGS], ids=["arms", "legs"])


def dance(seed, fps=30):
    """Moments (T,) and joints (T, 18, 3) px of a drawn dance."""
    joints = dances.song(seed, bpm=100.0, moves=3).joints.copy()
    joints[..., :2] *= dances.PX
    at_s = np.arange(len(joints)) / dances.FPS
    times = np.arange(0, at_s[-1], 1 / fps)
    return times, resample(at_s, joints, times)


def standing(seconds=3.0, fps=30):
    at_s = np.arange(round(seconds * fps)) / fps
    joints = dances.arms_down(dances.song(1, moves=1).joints)[0].copy()
    joints[:, :2] *= dances.PX
    return at_s, np.repeat(joints[None], len(at_s), axis=0)


def run(at_s, joints, sides=None):
    sides = sides or Sides()
    return np.stack(
        [
            sides.step(Pose(row.copy()), float(t)).joints
            for row, t in zip(joints, at_s, strict=True)
        ]
    )


def swapped_at(joints, pair, rows):
    """The same with one pair's sides given to each other in some frames."""
    out = joints.copy()
    right, left = map(list, pair)
    for row in rows:
        out[row, right + left] = joints[row, left + right]
    return out


def clear_moments(joints, pair, count, every):
    """Rows from which on the two sides lie 0.4 body sizes or more apart while swapped."""
    right, left = map(list, pair)
    gap = np.linalg.norm(joints[:, right, :2] - joints[:, left, :2], axis=-1).min(axis=1)
    sizes = np.array([body_size(row) for row in joints])
    return [
        row for row in range(20, len(joints) - 25, every)
        if (gap[row - 1 : row + count + 1] > 0.4 * sizes[row]).all()
    ]  # fmt: skip


@limbs
@pytest.mark.parametrize(
    ("fps", "count"),
    but_quick(
        [(15, 1), (15, 4), (30, 1), (30, 2), (30, 5), (30, 8), (60, 1), (60, 8), (60, 16)],
        {(15, 4), (30, 1), (30, 8), (60, 16)},
    ),
)
def test_a_swap_of_some_frames_is_undone(fps, count, pair):
    tried = 0
    for seed in range(6):
        at_s, joints = dance(seed, fps)
        for first in clear_moments(joints, pair, count, fps):
            rows = slice(first - 15, first + count + 8)
            bad = swapped_at(joints, pair, range(first, first + count))
            out = run(at_s[rows], bad[rows])
            assert_array_equal(out[..., :2], joints[rows, :, :2])
            tried += 1
    assert tried >= 8


@pytest.mark.parametrize("legs_first", [30, 33, 36])
def test_arms_and_legs_swapped_at_different_times_are_both_undone(legs_first):
    at_s, joints = standing()
    bad = swapped_at(joints, ARMS, range(30, 36))
    bad = swapped_at(bad, LEGS, range(legs_first, legs_first + 6))
    assert_array_equal(run(at_s, bad)[..., :2], joints[..., :2])


def test_confidences_travel_with_their_joints():
    at_s, joints = standing()
    joints[:, 4, 2], joints[:, 7, 2] = 0.9, 0.6
    out = run(at_s, swapped_at(joints, ARMS, range(30, 33)))
    assert_allclose(out[:, [4, 7], 2], joints[:, [4, 7], 2], rtol=0.02)


@rates
@pytest.mark.parametrize("seed", range(4))
def test_a_clean_dance_is_left_alone(seed, fps):
    at_s, joints = dance(seed, fps)
    out = run(at_s, joints)
    assert_array_equal(out[..., :2], joints[..., :2])
    assert_allclose(out[..., 2], joints[..., 2], rtol=0.01)
    assert (out[..., 2] <= joints[..., 2]).all()


@rates
def test_a_noisy_dance_with_unseen_joints_is_left_alone(fps):
    rng = np.random.default_rng(fps)
    at_s, joints = dance(5, fps)
    joints[..., :2] += rng.normal(0, 2.0, joints[..., :2].shape)
    joints[rng.uniform(size=joints.shape[:2]) < 0.15] = (np.nan, np.nan, 0)
    out = run(at_s, joints)
    assert_array_equal(out[..., :2], joints[..., :2])


@rates
@pytest.mark.parametrize("pair", [ARMS, LEGS, ALL], ids=["arms", "legs", "all"])
def test_who_stays_the_other_way_is_believed_after_a_while(pair, fps):
    at_s, joints = standing(3.0, fps)
    bad = swapped_at(joints, pair, range(fps, len(at_s)))
    out = run(at_s, bad)
    since = at_s - 1.0
    corrected = slice(fps, np.flatnonzero(since > 0.22)[0])
    arms_legs = [j for side in pair for j in side if j not in (8, 11)]  # hips: one on the other
    assert_array_equal(out[corrected][:, arms_legs, :2], joints[corrected][:, arms_legs, :2])
    assert_array_equal(out[since > 0.65][..., :2], bad[since > 0.65][..., :2])
    assert (out[since > 1.0][..., 2] > 0.99).all()


@rates
@pytest.mark.parametrize("turn_s", [0.5, 1.0])
def test_a_dancer_who_turns_about_is_never_swapped(turn_s, fps):
    at_s, joints = dance(3, fps)
    angle = np.pi * np.clip((at_s - 1.0) / turn_s, 0, 1)  # half a turn, as seen by the camera
    middle = joints[:, [1], 0]
    joints[..., 0] = middle + np.cos(angle)[:, None] * (joints[..., 0] - middle)
    out = run(at_s, joints)
    assert_array_equal(out[..., :2], joints[..., :2])


@rates
@pytest.mark.parametrize("period_s", [0.5, 1.0])
def test_crossing_wrists_are_no_swap(period_s, fps):
    """Arms crossed and opened again, hands passing one another."""
    at_s, joints = standing(3.0, fps)
    reach = 50 * np.cos(2 * np.pi * at_s / period_s)
    middle = joints[0, 1, 0]
    for wrist, elbow, side in ((4, 3, -1), (7, 6, 1)):
        joints[:, wrist, 0], joints[:, elbow, 0] = middle + side * reach, middle + side * 55
        joints[:, wrist, 1] = joints[0, 1, 1] + 40
    out = run(at_s, joints)
    assert_array_equal(out[..., :2], joints[..., :2])


@rates
def test_claps_are_no_swap(fps):
    at_s, joints = standing(3.0, fps)
    middle = joints[0, 1, 0]
    for wrist, side in ((4, -1), (7, 1)):  # together twice a second, hand on hand
        joints[:, wrist, 0] = middle + side * 60 * np.abs(np.sin(2 * np.pi * at_s))
        joints[:, wrist, 1] = joints[0, 1, 1] + 30
    out = run(at_s, joints)
    assert_array_equal(out[..., :2], joints[..., :2])


@pytest.mark.parametrize(("gap_s", "begins_anew"), [(0.2, False), (LONGEST_S + 0.05, True)])
def test_a_gap_begins_anew(gap_s, begins_anew):
    at_s, joints = standing()
    sides = Sides()
    run(at_s[:30], joints[:30], sides)
    bad = swapped_at(joints, ARMS, range(len(joints)))[0]
    out = sides.step(Pose(bad), float(at_s[29]) + gap_s).joints
    kept = bad if begins_anew else joints[0]
    assert_array_equal(out[:, :2], kept[:, :2])


def test_after_a_gap_nothing_is_in_doubt():
    """Wherever the dancer is then, and whichever way round."""
    at_s, joints = standing()
    sides = Sides()
    run(at_s[:30], joints[:30], sides)
    bad = swapped_at(joints, ALL, range(len(joints)))[0]
    out = sides.step(Pose(bad), float(at_s[29]) + LONGEST_S + 0.02).joints
    assert_allclose(out[:, 2], bad[:, 2], rtol=0.01)


def test_sides_so_near_that_it_hardly_matters_are_left_to_the_network():
    """A swap must explain more than it costs to assume one."""
    at_s, joints = standing()
    size = body_size(joints[0])
    for gap, undone in ((0.12, False), (0.3, True)):
        for right, left in zip(*LEGS, strict=True):
            joints[:, left, :2] = joints[:, right, :2] + (gap * size, 0)
        bad = swapped_at(joints, LEGS, range(30, 32))
        out = run(at_s, bad)
        assert_array_equal(out[..., :2], (joints if undone else bad)[..., :2])


@pytest.mark.parametrize(("fps", "per_s"), [(15, 4.5), (30, 8.0), (60, 9.0)])
def test_arms_that_pass_one_another_at_speed_go_on(fps, per_s):
    """So many body sizes a second, elbow behind wrist: places change hands in a frame or two."""
    at_s, joints = standing(1.0, fps)
    frames = np.arange(len(at_s)) - fps // 2 + 0.5  # half a frame's way on either side
    middle, way = joints[0, 1, 0], per_s * body_size(joints[0]) * frames / fps
    for (elbow, wrist), side in zip(ARMS, (-1, 1), strict=True):
        joints[:, elbow, 0] = middle - side * way
        joints[:, wrist, 0] = middle - side * way
        joints[:, wrist, 1] = joints[:, elbow, 1] + 30
    out = run(at_s, joints)
    assert_array_equal(out[..., :2], joints[..., :2])


def test_reset_forgets():
    at_s, joints = standing()
    sides = Sides()
    run(at_s[:30], joints[:30], sides)
    sides.reset()
    bad = swapped_at(joints, ARMS, range(len(joints)))[0]
    assert_array_equal(sides.step(Pose(bad.copy()), float(at_s[30])).joints[:, :2], bad[:, :2])


def test_near_and_far_dancers_are_treated_alike():
    at_s, joints = dance(1)
    (first, *_) = clear_moments(joints, ARMS, 4, 5)
    bad = swapped_at(joints, ARMS, range(first, first + 4))
    for scale in (0.2, 3.0):
        far, whole = bad.copy(), joints.copy()
        far[..., :2] *= scale
        whole[..., :2] *= scale
        assert_array_equal(run(at_s, far)[..., :2], whole[..., :2])


def test_a_pair_in_doubt_loses_up_to_half_its_confidence_and_no_other_does():
    at_s, joints = standing()
    bad = swapped_at(joints, LEGS, range(30, len(joints)))
    out = run(at_s, bad)
    sure = out[..., 2] / joints[..., 2]
    legs = [9, 10, 12, 13]
    assert 0.5 <= sure[:, legs].min() < 0.8
    assert np.delete(sure, legs, axis=1).min() > 0.99
    assert sure[:30].min() > 0.99
    doubtful = (sure[:, 9] < 0.95).sum()
    assert 1 <= doubtful <= 10  # a third of a second: while it makes up its mind
    assert_array_equal(out[:, [0, 1, 14, 15, 16, 17], 2], joints[:, [0, 1, 14, 15, 16, 17], 2])


def test_nobody_and_one_joint_pass_and_unseen_stays_unseen():
    sides = Sides()
    assert_array_equal(sides.step(Pose(NOBODY.copy()), 0.0).joints, NOBODY)
    one = NOBODY.copy()
    one[3] = (5, 6, 0.7)
    assert_array_equal(sides.step(Pose(one.copy()), 0.1).joints, one)
    at_s, joints = standing()
    joints[:, [4, 9]] = (np.nan, np.nan, 0)
    out = run(at_s + 1, joints, sides)
    assert_array_equal(out[..., :2], joints[..., :2])
    assert_array_equal(out[..., 2] > 0, joints[..., 2] > 0)


@pytest.mark.parametrize("seed", range(20))
def test_the_odds_are_those_of_all_paths_added_up(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 8))
    frames = [(*rng.uniform(0, 4, 2), rng.uniform(0, 0.5)) for _ in range(count)]
    prior = rng.uniform(-2, 2)
    odds, most = prior, 0.0
    for same, other, belief in frames:
        odds = _forward(odds, same, other, belief)
        most = max(most, abs(odds))
    if most < MOST_ODDS:  # else they are capped
        assert_allclose(odds, sides_naive.log_odds(prior, frames, CHANGE), atol=1e-9)


def test_the_odds_are_capped_so_that_no_mind_is_made_up_for_ever():
    assert _forward(0.0, 100.0, 0.0, 0.0) == pytest.approx(0.0, abs=1e-9)  # both states changed
    odds = 0.0
    for _ in range(100):
        odds = _forward(odds, 0.0, 100.0, 1.0)
    assert odds == MOST_ODDS
    assert _forward(6.0, 100.0, 0.0, 0.0) == pytest.approx(-6.0)
