from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.body import (
    L_ANKLE,
    L_ELBOW,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    NECK,
    NOSE,
    R_ANKLE,
    R_ELBOW,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
)
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.limb_length import FORGET_S, LENGTHS, SLACK, LimbLengths
from tests import dances

FPS = 30
UNSEEN = (np.nan, np.nan, 0)
INNER = {
    NOSE: NECK, R_SHOULDER: NECK, L_SHOULDER: NECK, R_HIP: NECK, L_HIP: NECK,
    R_ELBOW: R_SHOULDER, L_ELBOW: L_SHOULDER, R_WRIST: R_ELBOW, L_WRIST: L_ELBOW,
    R_KNEE: R_HIP, L_KNEE: L_HIP, R_ANKLE: R_KNEE, L_ANKLE: L_KNEE,
}  # fmt: skip


def standing():
    """A person of 480 px per stage unit with hanging arms, joints (18, 3) px, sure of all."""
    joints = dances.arms_down(dances.song(1, moves=1).joints)[0].copy()
    joints[:, :2] *= dances.PX
    joints[:, 2] = 0.9
    return joints


def stretched(joints, joint, factor):
    """The same with one joint so many times as far from its inner neighbour."""
    out = joints.copy()
    inner = joints[INNER[joint], :2]
    out[joint, :2] = inner + factor * (joints[joint, :2] - inner)
    return out


def reaching(joints, joint, share, *, of=None):
    """The same with one joint at so much of the reach that the person ``of`` has."""
    of = joints if of is None else of
    part = {outer: torsos for _, outer, torsos in LENGTHS}
    torsos = [
        np.linalg.norm(of[j, :2] - of[NECK, :2]) / part[j]
        for j in (R_SHOULDER, L_SHOULDER, R_HIP, L_HIP)
    ]
    reach = share * SLACK * part[joint] * max(torsos)
    return stretched(
        joints, joint, reach / np.linalg.norm(joints[joint, :2] - joints[INNER[joint], :2])
    )


def beyond_of(joint):
    """The joints that hang on one."""
    hang = [j for j, inner in INNER.items() if inner == joint]
    return hang + [j for k in hang for j in beyond_of(k)]


def run(rows, lengths=None, from_s=0.0, fps=FPS):
    lengths = lengths or LimbLengths()
    return np.stack(
        [lengths.step(Pose(row.copy()), from_s + k / fps).joints for k, row in enumerate(rows)]
    )


def learnt(joints=None, frames=40):
    lengths = LimbLengths()
    run([standing() if joints is None else joints] * frames, lengths)
    return lengths


@pytest.mark.parametrize("joint", INNER)
def test_a_joint_suddenly_twice_too_far_is_unseen_and_no_other(joint):
    bad = stretched(standing(), joint, 2.0)
    for beyond in beyond_of(joint):  # goes along: else its limb might look too long as well
        bad[beyond, :2] += bad[joint, :2] - standing()[joint, :2]
    out = learnt().step(Pose(bad.copy()), 2.0).joints
    assert_array_equal(out[joint], UNSEEN)
    assert_array_equal(np.delete(out, joint, axis=0), np.delete(bad, joint, axis=0))


@pytest.mark.parametrize("joint", [R_ELBOW, L_ELBOW, R_KNEE, L_KNEE])
def test_a_middle_joint_thrown_away_leaves_its_neighbours(joint):
    bad = standing()
    bad[joint, :2] += (260, -40)
    out = learnt().step(Pose(bad.copy()), 2.0).joints
    assert np.flatnonzero(out[:, 2] == 0).tolist() == [joint]


@pytest.mark.parametrize("joint", INNER)
@pytest.mark.parametrize("factor", [0.0, 0.3, 0.95 * SLACK])
def test_foreshortened_and_hardly_longer_limbs_stay(joint, factor):
    bent = stretched(standing(), joint, factor)
    out = learnt().step(Pose(bent.copy()), 40 / FPS).joints
    assert_array_equal(out[joint], bent[joint])


@pytest.mark.parametrize("joint", [NOSE, R_ELBOW, L_WRIST, R_KNEE, L_ANKLE])
@pytest.mark.parametrize(("share", "seen"), [(0.97, True), (1.03, False)])
def test_beyond_its_reach_a_joint_is_unseen(joint, share, seen):
    bad = reaching(standing(), joint, share)
    for beyond in beyond_of(joint):
        bad[beyond, :2] += bad[joint, :2] - standing()[joint, :2]
    assert learnt().step(Pose(bad), 40 / FPS).seen[joint] == seen


def test_a_raised_arm_is_as_long_as_a_hanging_one_was_short():
    """Nothing is learnt from limbs seen foreshortened."""
    short = standing()
    for joint in (R_WRIST, L_WRIST, R_ELBOW, L_ELBOW):
        short = stretched(short, joint, 0.4)
    assert learnt(short, 200).step(Pose(standing()), 7.0).seen.all()


def test_the_less_sure_end_is_the_mistake_but_never_the_neck():
    bad = stretched(standing(), R_WRIST, 2.0)
    bad[R_ELBOW, 2], bad[R_WRIST, 2] = 0.4, 0.8
    out = learnt().step(Pose(bad), 2.0)
    assert (bool(out.seen[R_ELBOW]), bool(out.seen[R_WRIST])) == (False, True)
    bad = stretched(standing(), NOSE, 2.0)
    bad[NECK, 2] = 0.1
    out = learnt().step(Pose(bad), 2.0)
    assert (bool(out.seen[NECK]), bool(out.seen[NOSE])) == (True, False)


@pytest.mark.parametrize("shown", [R_SHOULDER, L_SHOULDER, R_HIP, L_HIP])
def test_any_sure_part_of_the_torso_gives_the_scale_at_once(shown):
    joints = standing()
    hidden = [j for j in (NOSE, R_SHOULDER, L_SHOULDER, R_HIP, L_HIP) if j != shown]
    joints[hidden, 2] = 0.55
    lengths = learnt(joints, 1)
    assert not lengths.step(Pose(stretched(standing(), R_WRIST, 2.0)), 0.05).seen[R_WRIST]
    joints[shown, 2] = 0.55  # the unsure give none
    lengths = learnt(joints)
    far = stretched(joints, R_WRIST, 3.0)
    assert lengths.step(Pose(far), 1.4).seen.all()


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_walking_towards_the_camera_keeps_all_limbs(fps):
    at_s = np.arange(round(5 * fps)) / fps
    scale = 1 + 0.4 * np.clip((at_s - 1) / 3, 0, 1)  # 40 % in 3 s
    rows = np.repeat(standing()[None], len(at_s), axis=0)
    rows[..., :2] = rows[..., :2] * scale[:, None, None]
    assert_array_equal(run(rows, fps=fps), rows)


@pytest.mark.parametrize("seed", range(4))
def test_a_clean_dance_loses_no_limb(seed):
    rows = dances.song(seed, moves=6).joints.copy()
    rows[..., :2] *= dances.PX
    assert_array_equal(run(rows), rows)


def test_one_frame_s_mistake_of_the_torso_teaches_little():
    """Three tenths of the way, and no more than to 1.3 of the scale: 9 %."""
    for share, seen in ((1.05, True), (1.14, False)):
        lengths = learnt()
        assert not lengths.step(Pose(stretched(standing(), R_HIP, 4.0)), 1.34).seen[R_HIP]
        far = reaching(standing(), R_WRIST, share)
        assert lengths.step(Pose(far), 1.37).seen[R_WRIST] == seen


def test_a_scale_that_stays_is_believed_in_time():
    """A dancer who came nearer while hidden."""
    giant = standing() * np.float32([2, 2, 1])
    out = run([giant] * 20, learnt(), from_s=1.34)
    assert (out[0, :, 2] == 0).any()
    assert (out[10:, :, 2] > 0).all()


def test_who_steps_back_grows_shorter():
    """5 % a second."""
    small = standing() * np.float32([0.6, 0.6, 1])
    far = reaching(small, R_WRIST, 1.1)
    assert learnt().step(Pose(far), 1.34).seen[R_WRIST]
    lengths = learnt()
    run([small] * 600, lengths, from_s=1.34)  # 20 s: 0.36 of what it was, were it not for 0.6
    assert not lengths.step(Pose(far), 21.4).seen[R_WRIST]
    lengths = learnt()
    run([small] * 120, lengths, from_s=1.34)  # 4 s: 0.81
    for share, seen in ((0.78, True), (0.85, False)):
        far = reaching(small, R_WRIST, share, of=standing())
        assert lengths.step(Pose(far), 5.37).seen[R_WRIST] == seen


@pytest.mark.parametrize(("gap_s", "known"), [(FORGET_S - 0.1, True), (FORGET_S + 0.1, False)])
def test_after_a_gap_it_begins_anew(gap_s, known):
    far = stretched(standing(), R_WRIST, 3.0)
    far[[NOSE, R_SHOULDER, L_SHOULDER, R_HIP, L_HIP], 2] = 0.55  # give no scale
    assert learnt().step(Pose(far), 39 / FPS + gap_s).seen[R_WRIST] != known


def test_near_and_far_dancers_are_treated_alike():
    for scale in (0.1, 4.0):
        joints = standing()
        joints[:, :2] *= scale
        out = learnt(joints).step(Pose(stretched(joints, R_KNEE, 2.0)), 1.5)
        assert not out.seen[R_KNEE]
        assert learnt(joints).step(Pose(stretched(joints, R_KNEE, 1.2)), 1.5).seen[R_KNEE]


def test_reset_forgets_the_dancer():
    lengths = learnt()
    lengths.reset()
    giant = standing()
    giant[:, :2] *= 2
    assert_array_equal(run([giant] * 40, lengths, from_s=2.0), [giant] * 40)


def test_nobody_and_one_joint_pass():
    nobody = np.full((18, 3), UNSEEN, np.float32)
    lengths = learnt()
    assert_array_equal(lengths.step(Pose(nobody.copy()), 2.0).joints, nobody)
    one = nobody.copy()
    one[R_WRIST] = (5, 6, 0.7)
    assert_array_equal(lengths.step(Pose(one.copy()), 2.1).joints, one)


def test_the_pose_given_is_left_alone():
    bad = Pose(stretched(standing(), R_WRIST, 2.0))
    before = bad.joints.copy()
    learnt().step(bad, 2.0)
    assert_allclose(bad.joints, before, atol=0)


def test_an_upper_body_in_profile_keeps_its_arms():
    """Hips out of view, the shoulders nearly behind each other: the head gives the scale."""
    joints = standing()
    joints[[R_HIP, L_HIP, R_KNEE, L_KNEE, R_ANKLE, L_ANKLE]] = UNSEEN
    for shoulder in (R_SHOULDER, L_SHOULDER):
        joints[shoulder, 0] = joints[NECK, 0] + 0.15 * (joints[shoulder, 0] - joints[NECK, 0])
    assert_array_equal(run(np.repeat(joints[None], 10, axis=0)), np.repeat(joints[None], 10, 0))
