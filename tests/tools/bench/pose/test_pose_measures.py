"""What bench_pose counts, against cases counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tools.bench.pose import pose_measures as measure
from tools.bench.pose.pose_truth import Person, athletes, coco_people, original_people


def person(**moved):
    """Somebody 100 px tall, all joints labelled; ``moved`` joint=(x, y) px."""
    joints = np.zeros((18, 3))
    joints[:, 0] = 10 * np.arange(18)
    joints[:, 1] = 50
    joints[:, 2] = 2
    for name, at in moved.items():
        joints[int(name[1:]), :2] = at
    return Person(Path("nowhere.jpg"), (0.0, 0.0, 40.0, 100.0), joints)


def test_right_is_within_a_tenth_of_the_longer_side():
    truth = person()
    pose = truth.joints.copy()[None]
    pose[0, 4, 0] += 9.9
    pose[0, 5, 0] += 10.1
    pose[0, 6] = (np.nan, np.nan, 0)
    hits, labelled = measure.right([truth], pose)
    assert labelled.all()
    assert not hits[0, [5, 6]].any()
    assert hits.sum() == 16


def test_a_share_counts_what_is_counted_and_its_interval_holds_it():
    rng = np.random.default_rng(3)
    hits = rng.random((200, 4)) < 0.7
    counted = np.ones((200, 4), dtype=bool)
    counted[:, 3] = False
    value, low, high, n = measure.share(hits, counted)
    assert value == pytest.approx(100 * hits[:, :3].mean())
    assert n == 600
    spread = 1.96 * 100 * np.sqrt(0.7 * 0.3 / 600)  # independent joints: the binomial's
    assert_allclose((value - low, high - value), spread, rtol=0.25)
    assert np.isnan(measure.share(hits, np.zeros_like(counted))[0])


def test_raised_is_above_the_own_shoulder():
    one = person(j4=(40, 20), j7=(70, 60))
    raised = measure.raised([one], "raised wrist")
    assert raised[0, 4]
    assert raised.sum() == 1
    assert not measure.raised([one], "raised elbow").any()


def test_a_swapped_wrist_lies_where_the_other_one_is():
    truth = person(j4=(0, 0), j7=(80, 0))
    swapped = truth.joints.copy()[None]
    swapped[0, [4, 7]] = swapped[0, [7, 4]]
    assert measure.swapped([truth], truth.joints[None]) == (0, 2)
    assert measure.swapped([truth], swapped) == (2, 2)
    lost = swapped.copy()
    lost[0, 4] = (np.nan, np.nan, 0)
    assert measure.swapped([truth], lost) == (1, 1)
    together = person(j4=(0, 0), j7=(15, 0))  # nobody could tell
    assert measure.swapped([together], together.joints[None]) == (0, 0)


def test_reliability_bins_and_the_last_one_is_closed():
    bins = measure.reliability(np.array([0.05, 0.95, 1.0]), np.array([False, True, False]))
    assert bins == [(0.05, 0.0, 1), (0.975, 0.5, 2)]


def test_isotonic_never_falls_and_fits_best():
    x, y = measure.isotonic(
        np.array([0.1, 0.2, 0.3, 0.4]), np.array([False, True, False, True])
    )
    assert_allclose(x, [0.1, 0.25, 0.4])
    assert_allclose(y, [0.0, 0.5, 1.0])
    rng = np.random.default_rng(0)
    raw = rng.random(500)
    _, share = measure.isotonic(raw, rng.random(500) < raw)
    assert (np.diff(share) > 0).all()


def swaying(at_s, noise=0.0, hold=False):
    joints = np.zeros((len(at_s), 18, 3))
    joints[..., 1] = 20 * np.arange(18)
    joints[..., 0] = 0 if hold else 60 * np.sin(2 * np.pi * at_s)[:, None]
    joints[..., :2] += np.random.default_rng(1).normal(0, noise, joints[..., :2].shape)
    joints[..., 2] = 1
    return joints


@pytest.mark.parametrize("late_s", [0.0, 0.012, 0.03])
def test_lag_is_the_shift_in_time(late_s):
    at_s = np.arange(120) / 30
    lag = measure.lag_s(at_s, swaying(at_s), swaying(at_s - late_s))
    assert lag == pytest.approx(late_s, abs=0.0021)


def test_trembling_is_the_second_difference_in_body_sizes_and_holds_are_known():
    at_s = np.arange(200) / 30
    still, moving = swaying(at_s, noise=1.0, hold=True), swaying(at_s)
    second, hold = measure.trembling(at_s, still)
    size = measure.typical_size(still)
    # the second difference of noise of 1 px has a spread of sqrt(6) px in x and in y
    assert np.sqrt((second**2).mean()) * size == pytest.approx(np.sqrt(12), rel=0.05)
    assert hold.mean() > 0.95
    assert measure.trembling(at_s, moving)[1].mean() < 0.5


@pytest.mark.shared
def test_the_measuring_material_is_read(shared):
    coco, sport = coco_people(shared / "data" / "coco"), athletes(shared / "data" / "lspet")
    assert len(coco) == 190
    assert len(sport) == 205
    assert sum(p.whole for p in coco) == 45
    inside = []
    for one in (*coco, *sport):
        left, top, right, bottom = one.region()
        xy = one.joints[one.labelled, :2]
        inside += [((xy >= (left, top)) & (xy <= (right, bottom))).all(axis=1)]
    assert np.concatenate(inside).mean() > 0.995  # a hidden joint may lie outside of the box
    people = original_people(shared / "data" / "openpose_json" / "im1010_keypoints.json")
    assert [one.shape for one in people] == [(18, 3)]
    assert people[0][1, 1] < people[0][8, 1] < people[0][10, 1]  # neck over hip over ankle
