from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.track import resample
from kpopdance.realtime.scoring.comparison import compare
from kpopdance.realtime.scoring.features import LIMB_BONES, Features, cut, describe
from kpopdance.realtime.scoring.likeness import asked_weight
from kpopdance.realtime.scoring.timing import BAND_ROWS
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
    assert_allclose(same.energy.ratio, 1, atol=1e-3)
    assert_allclose(same.coverage, 1)
    assert_allclose(same.energy.restless, same.energy.effort, rtol=1e-6)
    assert_allclose(same.aside, 0, atol=1e-6)
    assert_allclose(same.bones, 1, atol=1e-3)
    for limb in same.limbs.values():
        assert_allclose([limb.likeness[0], limb.energy.ratio[0], limb.seen[0]], 1, atol=1e-3)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("late_rows", [-9, -4.5, -2, 0.5, 1, 3.3, 6, 9])
def test_a_constant_lag_is_measured_to_a_tenth_of_a_row(seed, late_rows):
    found = compare(*windows(dance(seed), late_rows=late_rows), JUDGED)
    assert_allclose(found.lag_s * 30, late_rows, atol=0.1)
    assert found.likeness[0] > 0.95  # likeness does not know about lag


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
        for name in ("likeness", "lag_s", "coverage", "enough", "bones", "aside"):
            # sums of several windows round elsewhere
            both = getattr(together, name)[k], getattr(alone, name)[0]
            assert_allclose(*both, rtol=1e-5, atol=1e-7)
        assert_allclose(
            [part[k] for part in together.energy], np.ravel(alone.energy), rtol=1e-5
        )


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
    assert (
        0.4 < small.energy.ratio[0] < 0.7
    )  # what is left above the wandering of a standing player
    assert still.energy.ratio[0] == 0
    assert still.energy.restless[0] == 0
    assert big.energy.ratio[0] > 1.3
    assert_allclose(still.energy.effort, big.energy.effort)


def test_coverage_counts_what_is_asked():
    joints = dance()
    absent = np.full_like(joints, np.nan)
    absent[..., 2] = 0
    nobody = compare(*windows(absent, reference=joints), JUDGED)
    assert_array_equal([nobody.coverage[0], nobody.likeness[0], nobody.energy.ratio[0]], 0)
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
    assert min(limbs, key=lambda limb: limbs[limb].likeness[0]) == name


def test_moves_of_several_lengths_are_judged_side_by_side():
    one, two = windows(dance(1)), windows(dance(2), late_rows=3)
    asked, danced = (
        Features(
            *(np.concatenate([getattr(pair[side], name) for pair in (one, two)])
              for name in ("direction", "velocity", "weight"))
        )
        for side in (0, 1)
    )  # fmt: skip
    together = compare(asked, danced, np.array([20, 90]))
    for k, (pair, rows) in enumerate(((one, 20), (two, 90))):
        assert_allclose(together.likeness[k], compare(*pair, rows).likeness[0], rtol=1e-5)
        assert_allclose(
            together.energy.effort[k], compare(*pair, rows).energy.effort[0], rtol=1e-5
        )


def test_where_a_bone_lies_beside_the_reference_is_told():
    joints = dance()
    raised = dances.turned(joints, extra={4: np.full(len(joints), 0.4)})
    found = compare(*windows(raised, reference=joints), JUDGED)
    away = np.linalg.norm(found.aside[0], axis=-1)
    assert away.argmax() == 4  # the right forearm
    assert_allclose(away[4], 2 * math.sin(0.2), rtol=0.35)  # the dance turns it meanwhile
    assert found.bones[0].argmin() == 4


def test_what_was_seen_of_each_limb_is_told():
    joints = dance()
    legless = joints.copy()
    legless[:, [9, 10, 12, 13]] = (np.nan, np.nan, 0)
    limbs = compare(*windows(legless, reference=joints), JUDGED).limbs
    assert {name: float(limb.seen[0]) for name, limb in limbs.items()} == {
        "torso": 1, "right_arm": 1, "left_arm": 1, "right_leg": 0, "left_leg": 0,
    }  # fmt: skip
