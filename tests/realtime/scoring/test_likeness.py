from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.scoring.features import Features, describe
from kpopdance.realtime.scoring.likeness import asked_weight, bone_likeness
from tests import dances


def bone(angle, velocity, weight=1.0):
    direction = np.array([[math.cos(angle), math.sin(angle)]], np.float32)
    return Features(direction, np.array([velocity], np.float32), np.array([weight], np.float32))


@pytest.mark.parametrize("degrees", [0, 20, 45, 90, 180])
def test_standing_bones_are_alike_by_their_angle(degrees):
    alike = bone_likeness(bone(0.3, (0, 0)), bone(0.3 + math.radians(degrees), (0, 0)))
    # 1e-4: the arc cosine of nearly one, in float32
    assert_allclose(alike, math.exp(-((degrees / 45) ** 2)), atol=1e-4)


def test_moving_bones_also_by_how_they_move():
    same = bone_likeness(bone(0.0, (0, 3)), bone(0.0, (0, 3)))
    against = bone_likeness(bone(0.0, (0, 3)), bone(0.0, (0, -3)))
    standing = bone_likeness(bone(0.0, (0, 3)), bone(0.0, (0, 0)))
    share = 0.3 * 3 / 4
    assert_allclose(same, 1)
    assert_allclose(standing, 1 - share * 3 / 4, rtol=1e-5)
    assert_allclose(against, 1 - share * 6 / 7, rtol=1e-5)


def test_what_moves_most_is_asked_most_and_the_untrusted_is_not():
    angles = {end: np.zeros(60) for end in dances.SKELETON}
    angles[4] = 1.5 * np.sin(np.arange(60) / 5)
    joints = dances.figure(angles, np.zeros((60, 2)))
    joints[:, 7, 2] = 0.3 + 0.4 / 3  # a third of the trust
    ask = asked_weight(describe(joints, 30.0))
    assert_allclose(ask[:, 4], 1.0, rtol=1e-5)  # the arm that moves: its whole base weight
    assert_allclose(ask[:, 3], 1 / 3, rtol=1e-5)  # still bones keep a third
    assert_allclose(ask[:, 6], 1 / 9, rtol=1e-4)
    assert_allclose(ask[:, 7], 0.6 / 3, rtol=1e-5)
