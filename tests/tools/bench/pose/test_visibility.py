"""How much of drawn people is to be seen: alone, behind somebody, at the picture's edge."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.core.body import NECK, R_WRIST
from kpopdance.realtime.devices.drawn_person import OUTFITS, body_px
from tests import dances
from tools.bench.pose.visibility import visible_in

SIZE = (600, 400)


def standing(x, feet_y, tall=250.0):
    """Somebody whose lower foot stands there, px."""
    joints = dances.song(1).joints[0] * np.float32((1000, 1000, 1))
    joints[:, :2] *= tall / body_px(joints)
    feet = joints[[10, 13], :2]
    joints[:, 0] += x - feet[:, 0].mean()
    joints[:, 1] += feet_y - feet[:, 1].max()
    return joints


@pytest.mark.parametrize(
    ("front_x", "share", "neck"),
    [(480, (1.0, 1.0), True), (250, (0.3, 0.9), True), (200, (0.0, 0.15), False)],
)
def test_who_stands_behind_is_seen_where_nobody_is_before_them(front_x, share, neck):
    people = np.stack([standing(200, 360), standing(front_x, 370, 260)])
    for order in ([0, 1], [1, 0]):
        told, inside, bare = visible_in(people[order], OUTFITS[:2], SIZE)
        behind, front = order.index(0), order.index(1)
        assert share[0] <= told[behind] <= share[1]
        assert told[front] == 1
        assert bare[front].all()
        assert bare[behind, NECK] == neck
        assert inside.tolist() == [1, 1]


def test_who_leaves_the_picture_is_not_hidden_but_out():
    half, out = standing(0, 360), standing(-400, 360)
    told, inside, bare = visible_in(np.stack([half, out]), OUTFITS[:2], SIZE)
    assert np.array_equal(told, inside)
    assert 0.1 < told[0] < 0.9
    assert told[1] == 0
    assert not bare[1].any()
    assert bare[0].sum() == (half[:, 0] >= 0).sum()


def test_a_wrist_beside_who_stands_in_front_is_bare():
    behind = standing(200, 360)
    behind[R_WRIST, 0] = behind[R_WRIST, 0] - 60
    _, _, bare = visible_in(np.stack([behind, standing(200, 370, 260)]), OUTFITS[:2], SIZE)
    assert bare[0, R_WRIST]
    assert not bare[0, NECK]
