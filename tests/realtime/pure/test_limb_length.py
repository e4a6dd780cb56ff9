from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from realtime.pure.body import (
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
from realtime.pure.limb_length import FRAMES_TO_LEARN, SLACK, LimbLengths
from realtime.pure.types import Pose
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


def test_beyond_the_slack_it_is_unseen():
    for factor, seen in ((0.97 * SLACK, True), (1.03 * SLACK, False)):
        bad = stretched(standing(), R_WRIST, factor)
        assert learnt().step(Pose(bad), 40 / FPS).seen[R_WRIST] == seen


def test_the_less_sure_end_is_the_mistake_but_never_the_neck():
    bad = stretched(standing(), R_WRIST, 2.0)
    bad[R_ELBOW, 2], bad[R_WRIST, 2] = 0.4, 0.8
    out = learnt().step(Pose(bad), 2.0)
    assert (bool(out.seen[R_ELBOW]), bool(out.seen[R_WRIST])) == (False, True)
    bad = stretched(standing(), NOSE, 2.0)
    bad[NECK, 2] = 0.1
    out = learnt().step(Pose(bad), 2.0)
    assert (bool(out.seen[NECK]), bool(out.seen[NOSE])) == (True, False)


@pytest.mark.parametrize(("taught", "asked"), [(R_WRIST, L_WRIST), (L_WRIST, R_WRIST),
                                               (L_ANKLE, R_ANKLE), (R_KNEE, L_KNEE)])  # fmt: skip
def test_both_sides_teach_one_length(taught, asked):
    one_sided = standing()
    one_sided[asked] = UNSEEN
    lengths = learnt(one_sided)
    assert lengths.step(Pose(standing()), 1.5).seen[asked]
    assert not lengths.step(Pose(stretched(standing(), asked, 2.0)), 1.6).seen[asked]


@pytest.mark.parametrize(
    ("frames", "known"), [(FRAMES_TO_LEARN - 1, False), (FRAMES_TO_LEARN, True)]
)
def test_it_says_nothing_before_it_has_learnt(frames, known):
    one_sided = standing()  # both sides would teach twice a frame
    one_sided[L_WRIST] = UNSEEN
    lengths = learnt(one_sided, frames)
    out = lengths.step(Pose(stretched(one_sided, R_WRIST, 2.5)), frames / FPS)
    assert out.seen[R_WRIST] != known


def test_the_unsure_teach_nothing():
    unsure = standing()
    unsure[:, 2] = 0.55
    lengths = learnt(unsure)
    assert lengths.step(Pose(stretched(standing(), R_WRIST, 2.5)), 2.0).seen.all()
    lengths = learnt()
    unsure = stretched(standing(), R_WRIST, 1.2)  # within the slack
    unsure[R_WRIST, 2] = 0.55
    run([unsure] * 60, lengths, from_s=2.0)
    longer = stretched(standing(), R_WRIST, 1.2 * 1.2)
    assert not lengths.step(Pose(longer), 4.1).seen[R_WRIST]


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


def test_one_frame_s_mistake_teaches_little():
    lengths = learnt()
    assert not lengths.step(Pose(stretched(standing(), R_WRIST, 3.0)), 2.0).seen[R_WRIST]
    assert not lengths.step(Pose(stretched(standing(), R_WRIST, 1.5)), 2.03).seen[R_WRIST]


def test_a_joint_out_of_reach_teaches_nothing_about_the_limb_beyond():
    lengths, rows = learnt(), []
    for k in range(6):  # elsewhere each time
        bad = standing()
        bad[R_ELBOW, :2] += (300 * (-1) ** k, 250)
        rows.append(bad)
    run(rows, lengths, from_s=2.0)
    assert not lengths.step(Pose(stretched(standing(), R_WRIST, 1.5)), 2.3).seen[R_WRIST]


def test_a_length_that_stays_is_believed_in_time():
    """Somebody's sleeve, or a dancer who came nearer while hidden."""
    out = run([stretched(standing(), R_WRIST, 1.8)] * 60, learnt(), from_s=2.0)
    first = int(np.argmax(out[:, R_WRIST, 2] > 0))
    assert 5 < first < 30
    assert (out[first:, R_WRIST, 2] > 0).all()


def test_who_steps_back_grows_shorter():
    """2 % a second; a gap counts as one second at most."""
    small = standing()
    small[:, :2] *= 0.6
    lengths = learnt()
    run([small] * 600, lengths, from_s=2.0)  # 20 s
    out = lengths.step(Pose(stretched(small, R_WRIST, 1.6)), 22.0)
    assert not out.seen[R_WRIST]  # 0.96 of what it was: 0.67 is what it may be now
    assert learnt().step(Pose(stretched(small, R_WRIST, 1.6)), 2.0).seen[R_WRIST]
    gone = learnt()
    assert gone.step(Pose(stretched(standing(), R_WRIST, 1.2)), 1000.0).seen[R_WRIST]
    back = learnt()
    back.step(Pose(standing()), -50.0)  # time does not run back, nor do lengths
    assert not back.step(Pose(stretched(standing(), R_WRIST, 1.5)), -49.9).seen[R_WRIST]


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
