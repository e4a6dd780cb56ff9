"""Close looks together: who is turned upright by whom, and whose joints count."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines.errors import DeviceFailed
from kpopdance.engines.fallback import LastingUprightEye
from kpopdance.engines.maps import UprightMaps
from kpopdance.engines.ports import Eyes, UprightVision
from kpopdance.engines.vision import tensor_upright
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.confidence import CURVES
from kpopdance.realtime.pose.thorough import ThoroughPersonVision, thorough
from kpopdance.realtime.pose.tracker import box_of, crop_region, own_region
from kpopdance.realtime.pose.upright_person import SIDES_PER_REACH
from kpopdance.realtime.pose.watcher import closely
from tests import dances
from tests.fakes import PaintedPersonVision, PaintedVision
from tests.synthetic_person import OUR_JOINT

LIGHTNING, BLAZEPOSE = "movenet_lightning", "blazepose_full"
IMAGE = np.zeros((480, 640, 3), np.uint8)
WRIST, HIPS = 4, [8, 11]


def dancer(sure=0.7):
    joints = dances.song(3, moves=1).joints[0].copy()
    joints[:, :2] = (joints[:, :2] - joints[HIPS, :2].mean(axis=0)) * 300 + (320, 250)
    joints[:, 2] = sure
    return joints.astype(np.float32)


class PaintedUpright:
    """Sees these joints (18, 3), wherever it is told to look."""

    name, runtime, reason, failure = "painted upright", "no runtime", "a test", ""

    def __init__(self, joints, *, fails=False):
        self.joints, self.fails, self.asked = joints, fails, []

    def see_upright(self, image, *, upright):
        if self.fails:
            raise DeviceFailed("the device is lost; plug it in")
        self.asked.append(upright)
        _, box = tensor_upright(image, upright, 256)
        there = self.joints[list(OUR_JOINT)]
        xy = (there[:, :2] @ box.matrix[:, :2].T + box.matrix[:, 2]).astype(np.float32)
        heat = np.zeros((17, 64, 64), np.float32)
        for channel, (x, y) in enumerate(np.clip(np.round(xy / 4), 0, 63).astype(int)):
            heat[channel, y, x] = there[channel, 2]
        return UprightMaps(xy, heat, 1.0, box, image.shape[:2])

    def close(self):
        pass


def eyes(plain, upright):
    lightning = PaintedPersonVision({0: plain})
    return Eyes(PaintedVision({0: None}), {LIGHTNING: lightning, BLAZEPOSE: upright}), lightning


def region():
    return own_region(box_of(Pose(dancer())))


def test_who_wants_one_upright_is_told_by_the_look_before():
    upright = PaintedUpright(dancer())
    both, _ = eyes(dancer(), upright)
    pose = closely(both, IMAGE, region(), (LIGHTNING, BLAZEPOSE))
    (asked,) = upright.asked
    assert_allclose(asked.middle, (320, 250), atol=1)
    reach = np.linalg.norm(dancer()[:, :2] - (320, 250), axis=1).max()
    assert asked.side == pytest.approx(SIDES_PER_REACH * reach, rel=0.02)
    assert_allclose(pose.joints[:, :2], dancer()[:, :2], atol=6)
    sure = max(np.interp(0.7, *CURVES[name]) for name in (LIGHTNING, BLAZEPOSE))
    assert_allclose(pose.joints[:, 2], sure, atol=0.02)


def test_the_surer_of_two_counts_where_they_differ():
    aside = dancer()
    aside[WRIST, :2] += (60, 40)
    for plain, upright in ((0.85, 0.5), (0.4, 0.9)):
        seen, other = dancer(), aside.copy()
        seen[WRIST, 2], other[WRIST, 2] = plain, upright
        both, _ = eyes(seen, PaintedUpright(other))
        pose = closely(both, IMAGE, region(), (LIGHTNING, BLAZEPOSE))
        want = seen if plain > upright else other
        assert_allclose(pose.joints[WRIST, :2], want[WRIST, :2], atol=6)


@pytest.mark.parametrize("unseen", [HIPS, [2, 5]])
def test_who_cannot_be_told_what_is_up_does_not_look_and_costs_nothing(unseen):
    plain = dancer()
    plain[unseen, 2] = 0
    upright, timed = PaintedUpright(dancer()), []

    @contextmanager
    def clock(look):
        timed.append(look)
        yield

    both, _ = eyes(plain, upright)
    pose = closely(both, IMAGE, region(), (LIGHTNING, BLAZEPOSE), clock)
    assert pose is not None
    assert (upright.asked, timed) == ([], [LIGHTNING])
    assert closely(both, IMAGE, region(), (BLAZEPOSE,)) is None
    assert closely(both, IMAGE, region(), ()) is None


@pytest.mark.parametrize(("wide", "columns"), [(20, 120), (100, 180), (300, 450)])
def test_the_own_region_has_the_crop_s_height_and_less_beside_a_narrow_dancer(wide, columns):
    box = np.array([[200.0, 50.0], [200.0 + wide, 450.0]])
    left, top, right, bottom = own_region(box)
    square = crop_region(box)
    assert (top, bottom) == (square[1], square[3])
    assert (left + right) / 2 == pytest.approx(200 + wide / 2)
    assert right - left == pytest.approx(min(columns, square[2] - square[0]), abs=21)


def test_thorough_eyes_leave_who_wants_one_upright_as_it_is():
    both, _ = eyes(dancer(), PaintedUpright(dancer()))
    harder = thorough(both)
    assert isinstance(harder.close[LIGHTNING], ThoroughPersonVision)
    assert harder.close[BLAZEPOSE] is both.close[BLAZEPOSE]
    assert harder.everybody.name == "painted (thorough)"


def test_where_a_device_fails_another_sees_the_same_person_upright():
    other = PaintedUpright(dancer())
    eye = LastingUprightEye(PaintedUpright(dancer(), fails=True), lambda why: other)
    assert isinstance(eye, UprightVision)
    both, _ = eyes(dancer(), eye)
    pose = closely(both, IMAGE, region(), (LIGHTNING, BLAZEPOSE))
    assert len(other.asked) == 1
    assert_allclose(pose.joints[:, :2], dancer()[:, :2], atol=6)
    assert both.failure == "the device is lost"
