"""Skeletons as OpenPose colours them: right colours at right places, thick as people are large."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kpopdance.realtime.core.skeleton_colours import JOINT_COLOURS
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.devices.overlay import (
    DOT,
    STROKE,
    Painter,
    draw_people,
    draw_skeletons,
    skeleton_picture,
)
from kpopdance.realtime.pose.stature import torso_of
from tests.realtime.studio.test_masking import body

OPENPOSE = {  # red, green, blue of poseParametersRender.hpp's POSE_COCO_COLORS_RENDER
    0: (255, 0, 85), 4: (255, 255, 0), 7: (0, 255, 0), 10: (0, 255, 255), 13: (0, 0, 255),
    16: (255, 0, 255), 17: (85, 0, 255),
}  # fmt: skip


def rgb(image, xy):
    return tuple(image[round(float(xy[1])), round(float(xy[0]))][::-1].tolist())


def person(x=200, y=220, size=1.5):
    return body(x, y, size)


def test_every_joint_and_limb_has_openposes_colour():
    people = person()[None]
    image = skeleton_picture(people, (400, 500))
    assert image.shape == (500, 400, 3)
    for joint, colour in OPENPOSE.items():
        assert JOINT_COLOURS[joint] == colour
    for a, b in (
        (1, 2),
        (2, 3),
        (3, 4),
        (5, 6),
        (6, 7),
        (8, 9),
        (9, 10),
        (11, 12),
        (12, 13),
        (1, 0),
    ):
        assert rgb(image, people[0, [a, b], :2].mean(axis=0)) == JOINT_COLOURS[b]
    for joint in (2, 3, 4, 5, 6, 7, 9, 10, 12, 13):
        assert rgb(image, people[0, joint, :2]) == JOINT_COLOURS[joint]


def test_strokes_follow_the_persons_size_not_the_pictures():
    for size in (1.0, 2.0, 4.0):
        joints = person(400, 500, size)
        image = skeleton_picture(joints[None], (800, 1000))
        middle = joints[[9, 10], :2].mean(axis=0)
        wide = (image[round(float(middle[1]))].max(axis=1) > 127).sum() / 2  # two shins
        assert wide == pytest.approx(2 * STROKE * float(torso_of(joints)), abs=2.2)
        below = image[round(float(joints[10, 1]))].max(axis=1) > 127
        assert below.sum() / 2 == pytest.approx(2 * DOT * float(torso_of(joints)), abs=2.2)


def test_what_is_unseen_is_left_out_and_no_dot_hangs_in_the_air():
    joints = person()
    joints[[3, 9]] = (
        np.nan,
        np.nan,
        0,
    )  # right elbow and knee: their wrist and ankle lose hold
    image = skeleton_picture(joints[None], (400, 500))
    for joint in (4, 10):
        assert rgb(image, joints[joint, :2]) == (0, 0, 0)
    assert rgb(image, joints[7, :2]) == JOINT_COLOURS[7]
    nobody = np.full((1, 18, 3), np.nan, np.float32)
    nobody[..., 2] = 0
    assert skeleton_picture(nobody, (40, 50)).max() == 0
    assert skeleton_picture(np.empty((0, 18, 3), np.float32), (40, 50)).max() == 0


def test_edges_are_smooth():
    image = skeleton_picture(person(size=2.0)[None], (500, 600))
    bright = image.max(axis=2)
    assert ((bright > 20) & (bright < 235)).sum() > 300


def test_the_larger_person_is_in_front_whoever_comes_first():
    near, far = person(200, 220, 1.6), person(206, 224, 0.8)
    pictures = [
        skeleton_picture(np.stack(pair), (400, 500)) for pair in ((near, far), (far, near))
    ]
    assert_array_equal(*pictures)
    assert rgb(pictures[0], near[[9, 10], :2].mean(axis=0)) == JOINT_COLOURS[10]


def test_far_outside_nothing_breaks():
    joints = person()
    joints[4, :2] = (1e9, -1e9)
    canvas = np.zeros((100, 100, 3), np.uint8)
    draw_people(canvas, joints[None])


def test_over_a_picture_a_blurred_one_or_black():
    rng = np.random.default_rng(2)
    image = rng.integers(0, 255, (200, 300, 3), dtype=np.uint8)
    nobody = np.empty((0, 18, 3), np.float32)
    drawn = {
        over: Painter((150, 100), over)(image, nobody, np.empty(0, np.float32))
        for over in ("black", "picture", "blur")
    }
    assert all(picture.shape == (100, 150, 3) for picture in drawn.values())
    assert drawn["black"].max() == 0
    assert drawn["picture"].std() > 4 * drawn["blur"].std()
    assert 0.4 < drawn["blur"].mean() / image.mean() < 0.7


def test_drawing_over_a_picture_leaves_the_picture_as_it_was():
    image = np.full((500, 400, 3), 90, np.uint8)
    drawn = draw_skeletons(image, [Pose(person())])
    assert (image == 90).all()
    assert rgb(drawn, person()[[12, 13], :2].mean(axis=0)) == JOINT_COLOURS[13]
    assert_array_equal(draw_skeletons(image, []), image)
