"""Looking harder: mirrored and larger looks must land where the plain one does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines.fallback import LastingPersonEye, LastingVision
from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.vision import tensor_from_image
from kpopdance.realtime.core.body import mirrored
from kpopdance.realtime.pose.one_person import person_from_maps
from kpopdance.realtime.pose.skeletons import assemble
from kpopdance.realtime.pose.thorough import (
    SCALES,
    ThoroughPersonVision,
    ThoroughVision,
    averaged,
    flip_region,
    unmirrored,
)
from tests import dances
from tests.synthetic import paint
from tests.synthetic_body25 import paint_25
from tests.synthetic_person import paint_person

MARK = 9


def dancer(width, x):
    """Somebody in a picture 360 px high, both sides danced differently, joints (18, 3) px."""
    joints = dances.song(3, moves=1).joints[20].copy()
    joints[:, :2] = (joints[:, :2] - joints[:, :2].mean(axis=0)) * 300 + (x, 190)
    assert (joints[:, 0] > 5).all()
    assert (joints[:, 0] < width - 5).all()
    return joints


class Painter:
    """Sees one dancer, in the mirror image where the mark in the picture's corner says so."""

    name, runtime, reason, failure = "painted", "none", "a test", ""

    def __init__(self, joints, width, *, body_25=False):
        self.joints, self.width, self.asked = joints, width, []
        self.paint = paint_25 if body_25 else paint

    def picture(self):
        image = np.zeros((360, self.width, 3), np.uint8)
        image[0, 0] = MARK
        return image

    def shown(self, image):
        if image[0, 0, 0] == MARK:
            return self.joints
        assert image[0, -1, 0] == MARK
        return mirrored(self.joints, self.width - 1)

    def see(self, image, *, region, size):
        self.asked.append(size)
        _, box = tensor_from_image(image, region=region, size=size)
        return self.paint([self.shown(image)], size, box=box, image_size=image.shape[:2])

    def see_person(self, image, *, region):
        self.asked.append((256, 256))
        _, box = tensor_from_image(image, region=region, size=(256, 256))
        return paint_person([self.shown(image)], box=box, image_size=image.shape[:2])


every_width = pytest.mark.parametrize("width", [480, 501])
every_region = pytest.mark.parametrize("region", [None, (61.0, 7.0, 411.0, 357.0)])


@every_width
@every_region
@pytest.mark.parametrize("body_25", [False, True])
def test_the_mirror_image_taken_back_shows_the_same_person(width, region, body_25):
    joints = dancer(width, 220)
    painter = Painter(joints, width, body_25=body_25)
    image = painter.picture()
    there = None if region is None else flip_region(region, width)
    flipped = np.ascontiguousarray(image[:, ::-1])
    (found,) = assemble(unmirrored(painter.see(flipped, region=there, size=(256, 352))))
    assert_allclose(found.joints[:, :2], joints[:, :2], atol=0.6)


@every_width
@every_region
@pytest.mark.parametrize("body_25", [False, True])
def test_all_looks_together_show_the_same_person(width, region, body_25):
    joints = dancer(width, 220)
    painter = Painter(joints, width, body_25=body_25)
    vision = ThoroughVision(painter)
    (found,) = assemble(vision.see(painter.picture(), region=region, size=(256, 352)))
    assert_allclose(found.joints[:, :2], joints[:, :2], atol=1.0)
    larger = tuple(round(px * SCALES[1] / 8) * 8 for px in (256, 352))
    assert painter.asked == [(256, 352)] * 2 + [larger] * 2


def test_the_mean_of_a_look_with_itself_is_that_look():
    painter = Painter(dancer(480, 220), 480)
    maps = painter.see(painter.picture(), region=None, size=(256, 344))
    mean = averaged([maps, maps])
    assert_allclose(mean.heat, maps.heat, atol=1e-6)
    assert_allclose(mean.limb, maps.limb, atol=1e-6)


@every_width
@pytest.mark.parametrize("region", [(61.0, 7.0, 411.0, 357.0), (40.3, -20.5, 430.9, 370.1)])
def test_a_top_down_network_looks_at_the_mirror_image_too(width, region):
    joints = dancer(width, 220)
    painter = Painter(joints, width)
    vision = ThoroughPersonVision(painter)
    found = person_from_maps(vision.see_person(painter.picture(), region=region))
    plain = person_from_maps(painter.see_person(painter.picture(), region=region))
    assert len(painter.asked) == 3
    assert_allclose(found.joints[:, :2], joints[:, :2], atol=3)  # px; a cell has four
    both = np.abs(found.joints[:, :2] - joints[:, :2]).mean()
    assert both < np.abs(plain.joints[:, :2] - joints[:, :2]).mean() + 1.0


def test_they_say_that_they_are_thorough():
    painter = Painter(dancer(480, 220), 480)
    for vision in (ThoroughVision(painter), ThoroughPersonVision(painter)):
        assert vision.name == "painted (thorough)"
        assert (vision.runtime, vision.reason) == ("none", "a test")


@pytest.mark.parametrize(
    ("lasting", "looked_through", "see", "asked"),
    [
        (LastingVision, ThoroughVision, "see", {"region": None, "size": (256, 344)}),
        (LastingPersonEye, ThoroughPersonVision, "see_person", {"region": (61, 7, 411, 357)}),
    ],
)
def test_a_gpu_that_fails_between_two_looks_is_told(lasting, looked_through, see, asked):
    painter = Painter(dancer(480, 220), 480)

    class Gpu(Painter):
        runtime, reason = "a GPU", "it is there"

        def _fail(self, image, **_):
            raise GpuError("the GPU is lost; start the game again")

        def close(self):
            pass

        def see_person(self, image, **asked):
            self.see = self.see_person = self._fail
            return painter.see_person(image, **asked)

        def see(self, image, **asked):
            self.see = self.see_person = self._fail
            return painter.see(image, **asked)

    vision = looked_through(lasting(Gpu(painter.joints, 480), lambda why: painter))
    assert (vision.runtime, vision.reason, vision.failure) == ("a GPU", "it is there", "")
    getattr(vision, see)(painter.picture(), **asked)
    assert (vision.runtime, vision.reason) == ("none", "a test")
    assert vision.failure == "the GPU is lost"
    assert vision.name == "painted (thorough)"
