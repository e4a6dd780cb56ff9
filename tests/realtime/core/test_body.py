from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines import maps
from kpopdance.engines.anatomy import ANATOMIES, BODY_25, COCO_18
from kpopdance.engines.maps import Letterbox
from kpopdance.realtime.core.body import JOINTS, NECK
from kpopdance.realtime.pose.skeletons import assemble
from tests.synthetic import crowd
from tests.synthetic_body25 import FIRST_CHANNEL, NAMES, paint_25

bodies = pytest.mark.parametrize("body", [COCO_18, BODY_25], ids=["COCO_18", "BODY_25"])


@bodies
def test_every_affinity_channel_is_used_once(body):
    channels = [channel for pair in body.channels for channel in pair]
    assert sorted(channels) == list(range(2 * len(body.limbs)))
    assert len(channels) == maps.LIMB_CHANNELS[body.joints + 1]
    assert all(y == x + 1 for x, y in body.channels)
    assert ANATOMIES[body.joints + 1] is body
    assert set(ANATOMIES) == set(maps.LIMB_CHANNELS)


@bodies
def test_the_tree_reaches_every_joint_once_from_the_neck(body):
    reached = [NECK]
    for k in body.tree():
        a, b = body.limbs[k]
        assert a in reached
        assert b not in reached
        reached.append(b)
    assert sorted(reached) == list(range(body.joints))
    assert len(body.tree()) == body.joints - 1
    assert not set(body.tree()) & set(body.supports)


def test_coco_s_tree_is_its_first_seventeen_limbs():
    assert sorted(COCO_18.tree()) == list(range(17))


@pytest.mark.parametrize(("body", "names"), [(COCO_18, JOINTS), (BODY_25, NAMES)])
def test_ears_to_shoulders_only_support(body, names):
    joined = {frozenset(names[j] for j in body.limbs[k]) for k in body.supports}
    assert joined == {
        frozenset({f"{side} ear", f"{side} shoulder"}) for side in ("right", "left")
    }


def test_body_25_is_openpose_s():
    assert dict(zip(BODY_25.limbs, BODY_25.channels, strict=True)) == {
        limb: (first, first + 1) for limb, first in FIRST_CHANNEL.items()
    }
    assert BODY_25.joints == len(NAMES)


def test_our_joints_are_told_by_name():
    assert tuple(NAMES[theirs] for theirs in BODY_25.ours) == JOINTS
    assert COCO_18.ours == tuple(range(18))


@pytest.mark.parametrize(("seed", "count"), [(1, 1), (2, 2), (3, 4)])
def test_people_painted_with_25_joints_give_our_18_where_they_stand(seed, count):
    size = (368, 656)
    people = crowd(seed, count, size)
    poses = sorted(assemble(paint_25(people, size)), key=lambda pose: pose.joints[NECK, 0])
    assert len(poses) == count
    for pose, person in zip(poses, people, strict=True):
        assert pose.seen.all()
        far = np.hypot(*(pose.joints[:, :2] - person[:, :2]).T)
        assert far.max() < 4.0  # half a stride: eyes and ears of the smallest touch
        assert np.median(far) < 0.3


def test_each_joint_of_25_comes_back_as_its_own():
    (person,) = crowd(4, 1, (400, 400))
    person[:, 2] = np.linspace(0.3, 0.98, 18)  # who is who
    box = Letterbox(0.9, 3.0, -2.0)
    (pose,) = assemble(paint_25([person], (368, 368), box=box, image_size=(400, 400)))
    # a peak between cells is lower than what was painted: exp(-0.5^2), a quarter at most
    assert_allclose(pose.joints[:, 2], person[:, 2], rtol=0.25)
    assert_allclose(pose.joints[:, :2], person[:, :2], atol=4.5)
