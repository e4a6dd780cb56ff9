"""A neighbour's arm: whoever is surer of it keeps it, and hands that touch stay."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.neighbours import without_taken_arms
from tests import dances
from tests.realtime.pose.test_watcher import Stage, person

R_ELBOW, R_WRIST, L_ELBOW, L_WRIST = 3, 4, 6, 7
PX = 300


def standing(x, *, elbow=None, wrist=None, arm=(L_ELBOW, L_WRIST), sure=0.8):
    """Somebody with hips at x, 250 px, arms as danced but for one."""
    joints = dances.song(3, moves=1).joints[0].copy()
    joints[:, :2] = (joints[:, :2] - joints[[8, 11], :2].mean(axis=0)) * PX + (x, 250)
    joints[:, 2] = 0.8
    for joint, at in zip(arm, (elbow, wrist), strict=True):
        if at is not None:
            joints[joint] = (*at, sure)
    return joints.astype(np.float32)


RAISED = {"elbow": (370, 120), "wrist": (360, 60)}  # the right arm of who stands at 400
BESIDE = {"elbow": (365, 125), "wrist": (362, 64)}
HELD = {"elbow": (330, 20), "wrist": (361, 62)}  # from the other side
ELSEWHERE = {"elbow": (250, 120), "wrist": (245, 60)}


@pytest.mark.parametrize(
    ("claim", "sure", "owner_sure", "lost"),
    [
        (BESIDE, 0.6, 0.9, ["left"]),
        (BESIDE, 0.9, 0.6, ["right"]),
        (BESIDE, 0.80, 0.81, []),  # who is right cannot be told
        (
            {"elbow": (372, 130), "wrist": (365, 90)},
            0.6,
            0.9,
            ["left"],
        ),  # half way up their arm
        ({"elbow": (330, 190), "wrist": (361, 62)}, 0.6, 0.9, ["left"]),  # the hand alone
        (HELD, 0.6, 0.9, []),
        (ELSEWHERE, 0.6, 0.9, []),
    ],
)
def test_of_two_who_claim_a_forearm_the_surer_keeps_it(claim, sure, owner_sure, lost):
    left = standing(250, **claim, sure=sure)
    right = standing(400, **RAISED, arm=(R_ELBOW, R_WRIST), sure=owner_sure)
    for order in (1, -1):
        people = [Pose(joints.copy()) for joints in (left, right)[::order]]
        seen = without_taken_arms(people)[::order]
        gone = [
            name for name, pose, joint in (("left", seen[0], L_WRIST), ("right", seen[1], R_WRIST))
            if not pose.seen[joint]
        ]  # fmt: skip
        assert gone == lost
        for pose, joints, joint in ((seen[0], left, L_WRIST), (seen[1], right, R_WRIST)):
            others = np.delete(np.arange(18), joint)
            assert_array_equal(pose.joints[others], joints[others])


@pytest.mark.parametrize("hidden", [L_ELBOW, L_WRIST])
def test_half_a_forearm_claims_nothing(hidden):
    left = standing(250, **BESIDE, sure=0.6)
    left[hidden] = (np.nan, np.nan, 0)
    people = [Pose(left), Pose(standing(400, **RAISED, arm=(R_ELBOW, R_WRIST), sure=0.9))]
    for before, after in zip(people, without_taken_arms(people), strict=True):
        assert_array_equal(before.joints, after.joints)


def test_one_person_seen_twice_loses_no_arm_and_nobody_is_nobody():
    once, again = standing(250, **BESIDE, sure=0.9), standing(258, **BESIDE, sure=0.6)
    seen = without_taken_arms([Pose(once), Pose(again)])
    assert all(pose.seen[[R_WRIST, L_WRIST]].all() for pose in seen)
    assert without_taken_arms([]) == []
    (alone,) = without_taken_arms([Pose(once)])
    assert_array_equal(alone.joints, once)


def test_followed_dancers_have_an_arm_each():
    """The network is given the same arm for both; who is less sure of it loses the wrist."""
    stage = Stage(wish="movenet")
    left, right = person(200, tall=0.8), person(420, tall=0.8)
    left[[L_ELBOW, L_WRIST]] = (328, 152, 0.5), (322, 92, 0.5)
    right[[R_ELBOW, R_WRIST], :2] = (330, 150), (320, 90)
    watcher = stage.watcher(players=2)
    frame = stage.film([left, right])
    watcher.hold([Pose(left), Pose(right)], frame)
    one, other = watcher.find(frame)
    assert not one.seen[L_WRIST]
    assert other.seen[R_WRIST]
