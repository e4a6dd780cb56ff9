from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from realtime.pure.comparison import (
    BAND_ROWS,
    Comparison,
    asked_weight,
    bone_likeness,
    compare,
)
from realtime.pure.features import LIMB_BONES, Features, cut, describe
from realtime.pure.track import resample
from tests import dances

ROWS, JUDGED = 120, 60
START = 30  # row of the song where the window begins


def windows(joints, *, late_rows=0.0, reference=None):
    """The (1, R) reference's and the player's window of a dance."""
    at = np.arange(len(joints)) / 30.0
    shifted = resample(at, joints, at - late_rows / 30.0)
    reference = joints if reference is None else reference
    asked = cut(describe(reference[None], 30.0), START, START + ROWS)
    danced = cut(describe(shifted[None], 30.0), START - BAND_ROWS, START + ROWS + BAND_ROWS)
    return asked, danced


def dance(seed=1):
    return dances.song(seed, moves=4).joints


def test_a_dance_is_like_itself():
    same = compare(*windows(dance()), JUDGED)
    assert_allclose(same.likeness, 1, atol=1e-3)
    assert_allclose(same.lag_s, 0, atol=1e-3)
    assert_allclose(same.energy, 1, atol=1e-3)
    assert_allclose(same.coverage, 1)
    assert_allclose(same.restless, same.effort, rtol=1e-6)
    for likeness, energy, *_ in same.limbs.values():
        assert_allclose([likeness[0], energy[0]], 1, atol=1e-3)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("late_rows", [-9, -4.5, -2, 0.5, 1, 3.3, 6, 9])
def test_a_constant_lag_is_measured_to_a_tenth_of_a_row(seed, late_rows):
    found = compare(*windows(dance(seed), late_rows=late_rows), JUDGED)
    assert_allclose(found.lag_s * 30, late_rows, atol=0.1)
    assert found.likeness[0] > 0.95  # likeness does not know about lag


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


def test_windows_judged_together_are_judged_alone():
    pairs = [windows(dance(seed), late_rows=late) for seed, late in ((1, 2), (2, -3), (3, 0))]
    asked, danced = (
        Features(
            *(np.concatenate([getattr(pair[side], name) for pair in pairs])
              for name in ("direction", "velocity", "weight"))
        )
        for side in (0, 1)
    )  # fmt: skip
    together = compare(asked, danced, JUDGED)
    for k, pair in enumerate(pairs):
        alone = compare(*pair, JUDGED)
        for name in Comparison.__slots__:
            if name != "limbs":
                # sums of several windows round elsewhere
                assert_allclose(getattr(together, name)[k], getattr(alone, name)[0], rtol=1e-5)


def test_only_the_later_move_is_judged():
    joints = dance()
    spoilt = joints.copy()
    spoilt[: START + ROWS - JUDGED - 8] = dances.song(77, moves=4).joints[: START + JUDGED - 8]
    spoilt_before = compare(*windows(spoilt, reference=joints), JUDGED)
    assert spoilt_before.likeness[0] > 0.98
    spoilt = joints.copy()
    spoilt[START + ROWS - JUDGED :] = dances.song(77, moves=4).joints[START + JUDGED :]
    assert compare(*windows(spoilt, reference=joints), JUDGED).likeness[0] < 0.6


def test_energy_is_the_share_of_the_motion():
    joints = dance()
    small = compare(*windows(dances.turned(joints, swing=0.6), reference=joints), JUDGED)
    still = compare(*windows(dances.held(joints), reference=joints), JUDGED)
    big = compare(*windows(dances.turned(joints, swing=1.5), reference=joints), JUDGED)
    assert 0.4 < small.energy[0] < 0.7  # what is left above the wandering of a standing player
    assert still.energy[0] == 0
    assert still.restless[0] == 0
    assert big.energy[0] > 1.3
    assert_allclose(still.effort, big.effort)


def test_coverage_counts_what_is_asked():
    joints = dance()
    absent = np.full_like(joints, np.nan)
    absent[..., 2] = 0
    nobody = compare(*windows(absent, reference=joints), JUDGED)
    assert_array_equal([nobody.coverage[0], nobody.likeness[0], nobody.energy[0]], 0)
    legless = joints.copy()
    legless[:, [9, 10, 12, 13]] = (np.nan, np.nan, 0)
    half = compare(*windows(legless, reference=joints), JUDGED)
    ask = asked_weight(windows(joints)[0])[0, -JUDGED:]
    assert_allclose(half.coverage, ask[:, :7].sum() / ask.sum(), rtol=1e-5)
    assert half.likeness[0] > 0.95  # what is seen is all right


def test_too_little_seen_is_not_liked():
    joints = dance()
    armless = joints.copy()
    armless[:, [3, 4, 6, 7, 9, 10]] = (np.nan, np.nan, 0)
    little = compare(*windows(armless, reference=joints), JUDGED)
    assert little.coverage[0] < 0.6
    assert_allclose(little.likeness, little.coverage / 0.6, rtol=0.1)  # row by row it varies


@pytest.mark.parametrize("name", LIMB_BONES)
def test_a_limb_of_another_dance_is_named(name):
    ends = {
        "torso": (2, 5), "right_arm": (3, 4), "left_arm": (6, 7),
        "right_leg": (9, 10), "left_leg": (12, 13),
    }[name]  # fmt: skip
    joints = dance(2)
    if name == "torso":
        other = dances.turned(joints, extra=dict.fromkeys((1, 2, 5, 0), 0.9))
    else:
        other = dances.limb_of_another(joints, ends, dance(50))
    limbs = compare(*windows(other, reference=joints), JUDGED).limbs
    assert min(limbs, key=lambda limb: limbs[limb][0][0]) == name


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
