"""A veiled picture: nobody's face can be made out, whatever of the pose is known; the body can."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.core import body
from kpopdance.realtime.devices.veil import veiled
from tests.realtime.screens import views

SIZE = (640, 360)
HEAD = [body.NOSE, body.R_EYE, body.L_EYE, body.R_EAR, body.L_EAR]


def noise(seed=1):
    """A picture of which every px differs from its neighbours: what is sharp is seen at once."""
    return np.random.default_rng(seed).integers(0, 256, (SIZE[1], SIZE[0], 3)).astype(np.uint8)


def standing(without=()):
    joints = views.dancer(0.9, 0.5) * np.float32([SIZE[1], SIZE[1], 1])
    joints[list(without)] = (np.nan, np.nan, 0)
    return joints.astype(np.float32)


def sharp(picture, veil):
    """Where a veiled picture is as it was, bool (H, W)."""
    return (picture == veil).all(axis=2)


def around(joints, radius):
    """Bool (H, W): what lies so near the head's joints."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    middle = joints[HEAD, :2].mean(axis=0)
    return np.hypot(x - middle[0], y - middle[1]) < radius


CASES = {
    "all seen": (), "one eye": HEAD[1:], "no head": HEAD, "no arms": [3, 4, 6, 7],
    "no shoulder": [2], "one hip": [8],
}  # fmt: skip


@pytest.mark.parametrize("without", CASES.values(), ids=CASES)
def test_the_head_is_blurred_and_the_body_is_not(without):
    picture, joints = noise(), standing(without)
    clear = sharp(picture, veiled(picture, joints))
    head = around(standing(), 0.17 * 0.9 * SIZE[1] / 2)
    assert clear[head].mean() < 0.01
    assert 0.02 < clear.mean() < 0.3
    thigh = joints[[body.L_HIP, body.L_KNEE], :2].mean(axis=0).round().astype(int)
    assert clear[thigh[1], thigh[0]]


@pytest.mark.parametrize("without", [range(18), [body.NECK], [body.R_HIP, body.L_HIP]])
def test_without_a_body_nothing_is_sharp(without):
    picture = noise()
    assert sharp(picture, veiled(picture, standing(without))).mean() < 0.01


def test_a_guess_blurs_more():
    picture, joints = noise(), standing()
    near = around(joints, 62)
    assert sharp(picture, veiled(picture, joints, 40.0))[near].mean() < 0.01
    assert sharp(picture, veiled(picture, joints))[near].mean() > 0.02


@pytest.mark.parametrize("seen", [range(18), HEAD, [body.NOSE]])
def test_anothers_head_before_the_body_is_blurred_too(seen):
    picture, joints = noise(), standing()
    other = standing(set(range(18)) - set(seen))
    head = other[seen, :2].mean(axis=0) if len(seen) < 18 else other[body.NOSE, :2]
    trunk = joints[[body.NECK, body.R_HIP, body.L_HIP], :2].mean(axis=0)
    other[:, :2] += trunk - head
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    near = np.hypot(x - trunk[0], y - trunk[1]) < 18
    assert sharp(picture, veiled(picture, joints))[near].mean() > 0.9
    veil = veiled(picture, joints, others=[(other, 0.0)])
    assert sharp(picture, veil)[near].mean() < 0.01
    shin = joints[[body.L_KNEE, body.L_ANKLE], :2].mean(axis=0).round().astype(int)
    assert sharp(picture, veil)[shin[1], shin[0]]


def test_a_nearer_face_is_blurred_as_much_as_it_is_larger():
    picture, joints = noise(), standing()
    other = joints * np.float32([2, 2, 1])
    far, near = veiled(picture, joints), veiled(picture, joints, others=[(other, 0.0)])
    corner = np.s_[-60:, :60]
    assert near[corner].std() < 0.8 * far[corner].std()


def test_a_limb_before_the_face_and_a_body_out_of_the_picture():
    picture, joints = noise(), standing()
    joints[body.R_WRIST, :2] = joints[body.NOSE, :2]
    head = around(joints, 24)
    assert sharp(picture, veiled(picture, joints))[head].mean() < 0.01
    joints[:, :2] += (5_000, -9_000)
    assert sharp(picture, veiled(picture, joints)).mean() < 0.01


def test_nothing_of_a_face_is_left_in_the_blur():
    """Stripes as fine as eyes and mouths are, one grey afterwards."""
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    picture[:, ::8] = picture[:, 1::8] = picture[:, 2::8] = picture[:, 3::8] = 255
    veil = veiled(picture, standing())
    assert np.ptp(veil[around(standing(), 24)].astype(int)) < 60
