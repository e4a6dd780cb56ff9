"""A person turned upright for the network, and back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.maps import PersonJoints, Upright, UprightMaps
from kpopdance.engines.vision import UprightEye, tensor_upright
from kpopdance.realtime.core.body import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.upright_person import (
    SIDES_PER_REACH,
    person_from_upright,
    refined_points,
    upright_of,
)
from kpopdance.realtime.pose.watcher import seen_closely
from tests import dances
from tests.synthetic_person import OUR_JOINT

SIDE, STRIDE = 256, 4


def standing(degrees=0.0, *, scale=1.0, at=(320.0, 240.0)):
    """Somebody turned so far to the right about the middle of the hips, which lies there."""
    joints = dances.song(3, moves=1).joints[0].astype(np.float64)
    joints[:, 2] = 0.9
    hips = joints[[R_HIP, L_HIP], :2].mean(axis=0)
    turn = np.deg2rad(degrees)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    joints[:, :2] = (joints[:, :2] - hips) * 300 * scale @ matrix.T + at
    return Pose(joints.astype(np.float32))


@pytest.mark.parametrize("degrees", [0, 30, -75, 90, 180])
@pytest.mark.parametrize("scale", [0.3, 2.0])
def test_however_somebody_lies_the_hips_are_the_middle_and_shoulders_are_up(degrees, scale):
    straight, turned = (upright_of(standing(d, scale=scale)) for d in (0, degrees))
    assert_allclose(turned.middle, (320, 240), atol=0.01)
    angle = np.deg2rad(degrees)
    up = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    assert_allclose(turned.up, up @ straight.up, atol=1e-3)
    assert_allclose(turned.side, straight.side, rtol=1e-3)
    reach = np.linalg.norm(standing(0, scale=scale).joints[:, :2] - (320, 240), axis=1).max()
    assert_allclose(straight.side, SIDES_PER_REACH * reach, rtol=1e-4)


@pytest.mark.parametrize(
    ("unseen", "told"),
    [((), True), ((L_HIP,), True), ((R_SHOULDER,), True), ((L_HIP, R_HIP), False),
     ((L_SHOULDER, R_SHOULDER), False), (range(18), False)],
)  # fmt: skip
def test_one_hip_and_one_shoulder_tell_what_is_up(unseen, told):
    joints = standing().joints.copy()
    joints[list(unseen)] = (np.nan, np.nan, 0)
    upright = upright_of(Pose(joints))
    assert (upright is not None) == told
    if told:
        assert upright.up[1] < -0.9


def test_shoulders_on_the_hips_tell_nothing():
    joints = standing().joints.copy()
    joints[[R_SHOULDER, L_SHOULDER], :2] = joints[[R_HIP, L_HIP], :2] + 0.5
    assert upright_of(Pose(joints)) is None


@pytest.mark.parametrize("degrees", [0, 40, -120])
@pytest.mark.parametrize("side", [90.0, 256.0, 700.0, 1500.0])
def test_the_turned_square_shows_what_lies_there(degrees, side):
    """A blurred spot of the picture lies in the tensor where the box says, however far it shrinks."""
    picture = np.zeros((720, 1280, 3), np.uint8)
    place = np.array([[700.0 + 0.08 * side, 300.0 - 0.03 * side]])
    spot = max(side / 25, 4)
    y, x = np.mgrid[:720, :1280]
    away2 = (x - place[0, 0]) ** 2 + (y - place[0, 1]) ** 2
    picture[:] = (250 * np.exp(-away2 / (2 * spot**2))).astype(np.uint8)[..., None]
    angle = np.deg2rad(degrees)
    upright = Upright((700.0, 300.0), (float(np.sin(angle)), float(-np.cos(angle))), side)
    tensor, box = tensor_upright(picture, upright, SIDE)
    assert tensor.shape == (1, 3, SIDE, SIDE)
    assert tensor.dtype == np.float32
    heat = tensor[0, 0]
    cells = np.indices(heat.shape).reshape(2, -1)[::-1]
    centre = (cells * heat.ravel()).sum(axis=1) / heat.sum()
    assert_allclose(box.to_image(centre[None]), place, atol=0.02 * spot + 0.3)
    assert box.scale == pytest.approx(SIDE / side)


def test_channels_stay_and_what_is_outside_is_black():
    picture = np.full((100, 100, 3), (10, 20, 30), np.uint8)
    tensor, _ = tensor_upright(picture, Upright((0.0, 50.0), (0.0, -1.0), 100.0), SIDE)
    assert_allclose(tensor[0, :, 128, 200], (10, 20, 30))
    assert_allclose(tensor[0, :, 128, 40], 0)
    tensor, _ = tensor_upright(picture, Upright((500.0, 50.0), (0.0, -1.0), 100.0), SIDE)
    assert_allclose(tensor, 0)


@pytest.mark.parametrize("numbers", [
    ((np.nan, 0), (0, -1), 5), ((0, 0), (0, -1), 0), ((0, 0), (0, np.inf), 5), ((0, 0), (0, -1), -3),
])  # fmt: skip
def test_a_square_that_is_none_is_refused(numbers):
    with pytest.raises(ValueError, match="a square has a place"):
        Upright(*numbers)


class SpotNetwork:
    """Sees joints exactly where it is told, in px of the input; the points a little aside."""

    name, runtime = "spots", "none"

    def __init__(self, xy, heights, aside=3.0):
        self.xy, self.heights, self.aside = xy, heights, aside

    def infer(self, tensor):
        assert tensor.shape == (1, 3, SIDE, SIDE)
        y, x = np.mgrid[: SIDE // STRIDE, : SIDE // STRIDE] * STRIDE - 0.25
        away2 = (x - self.xy[:, 0, None, None]) ** 2 + (y - self.xy[:, 1, None, None]) ** 2
        heat = self.heights[:, None, None] * np.exp(-away2 / (2 * 4.0**2))
        points = (self.xy + 0.5 + self.aside).astype(np.float32).ravel()
        return points, np.array([0.8], np.float32), heat.astype(np.float32)


@pytest.mark.parametrize("degrees", [0, 35, 170])
def test_joints_come_back_where_they_are_with_their_heat(degrees):
    pose = standing(degrees)
    upright = upright_of(pose)
    _, box = tensor_upright(np.zeros((480, 640, 3), np.uint8), upright, SIDE)
    there = pose.joints[list(OUR_JOINT), :2]
    xy = there @ box.matrix[:, :2].T + box.matrix[:, 2]
    heights = np.linspace(0.3, 0.9, 17)
    eye = UprightEye(SpotNetwork(xy, heights), "a test")
    maps = eye.see_upright(np.zeros((480, 640, 3), np.uint8), upright=upright)
    assert maps.presence == pytest.approx(0.8)
    seen = person_from_upright(maps)
    inside = ((pose.joints[:, :2] > 5) & (pose.joints[:, :2] < (634, 474))).all(axis=1)
    assert_allclose(seen.joints[inside, :2], pose.joints[inside, :2], atol=1.5)
    sure = seen.joints[list(OUR_JOINT), 2]  # a peak between cells is a little lower
    assert_allclose(sure[inside[list(OUR_JOINT)]], heights[inside[list(OUR_JOINT)]], rtol=0.2)


class FindingEye(UprightEye):
    """Draws the joints out of the maps itself, as a GPU does."""

    def find_upright(self, image, *, upright):
        told = super().see_upright(image, upright=upright)
        xy, height = refined_points(told.points, told.heat, told.stride)
        return PersonJoints(xy / told.stride, height, told.box, told.image_size)

    def see_upright(self, image, *, upright):
        raise AssertionError("the maps were fetched though the joints say it all")


def test_joints_that_are_found_where_the_maps_are_make_the_same_person():
    picture, pose = np.zeros((480, 640, 3), np.uint8), standing(35)
    region, upright = (100.0, 0.0, 500.0, 480.0), upright_of(pose)
    network = SpotNetwork(np.random.default_rng(0).uniform(20, 230, (17, 2)), np.full(17, 0.7))
    for there in (upright, None):
        plain, found = (
            seen_closely(kind(network, ""), picture, region, there)
            for kind in (UprightEye, FindingEye)
        )
        assert found.seen.sum() >= 15
        assert_array_equal(found.joints, plain.joints)


def test_a_point_whose_heat_is_elsewhere_stays_and_nothing_is_sure():
    points = np.full((17, 2), 100.0, np.float32)
    heat = np.zeros((17, 64, 64), np.float32)
    heat[3, 60, 60] = 0.9
    moved, height = refined_points(points, heat, STRIDE)
    assert_allclose(moved, points)
    assert_allclose(height, 0)


@pytest.mark.parametrize("place", [(-40.0, 300.0), (0.0, 0.0), (255.0, 255.0), (1e9, -1e9)])
def test_points_at_the_edge_and_beyond_it_take_the_heat_there_is(place):
    points = np.full((17, 2), place, np.float32)
    heat = np.full((17, 64, 64), 0.5, np.float32)
    moved, height = refined_points(points, heat, STRIDE)
    assert np.isfinite(moved).all()
    assert ((moved > -STRIDE) & (moved < SIDE + STRIDE)).all()
    assert_allclose(height, 0.5)


@pytest.mark.parametrize(("part", "shape"), [("points", (34,)), ("heat", (16, 64, 64))])
def test_an_upright_person_s_maps_are_checked(part, shape):
    parts = {
        "points": np.zeros((17, 2), np.float32),
        "heat": np.zeros((17, 64, 64), np.float32),
    }
    _, box = tensor_upright(np.zeros((9, 9, 3), np.uint8), Upright((4, 4), (0, -1), 9), SIDE)
    UprightMaps(**parts, presence=1.0, box=box, image_size=(9, 9))
    parts[part] = np.zeros(shape, np.float32)
    with pytest.raises(ValueError, match="upright person's maps are float32"):
        UprightMaps(**parts, presence=1.0, box=box, image_size=(9, 9))


@pytest.mark.parametrize("degrees", [0, 60, 180])
def test_the_bundled_network_sees_a_turned_drawn_dancer_upright(degrees):
    """The dancer of the other runners' test, the whole picture turned: joints turn with it."""
    pytest.importorskip("onnxruntime")
    from kpopdance.engines.formats import CLOSE_NETWORKS
    from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork
    from tests.engines.test_runners import DRAWN, drawn_dancer

    file, spoken, _ = CLOSE_NETWORKS["blazepose_full"]
    eye = UprightEye(OnnxRuntimeNetwork(file, spoken, threads=1), "a test")
    picture = cv2.copyMakeBorder(drawn_dancer(), 80, 80, 100, 100, cv2.BORDER_REPLICATE)
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turned = cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    joints = np.full((18, 3), (np.nan, np.nan, 0), np.float32)
    for joint, (x, y) in DRAWN.items():
        joints[joint] = (*(matrix @ (x + 100, y + 80, 1)), 0.9)
    seen = person_from_upright(eye.see_upright(turned, upright=upright_of(Pose(joints))))
    far = np.linalg.norm(seen.joints[list(DRAWN), :2] - joints[list(DRAWN), :2], axis=1)
    assert np.nanmedian(far) < 9, far
