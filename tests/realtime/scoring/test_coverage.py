from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.scoring.coverage import (
    capped,
    enough,
    filmed,
    hidden,
    joined_spans,
    missing_of,
    share_of,
    visible,
)


def test_rows_count_in_full_from_three_fifths_on():
    ask = np.ones((4, 10), np.float32)
    seen = np.zeros_like(ask)
    for row, bones in enumerate((0, 3, 6, 10)):
        seen[row, :bones] = 1
    assert_allclose(enough(ask, seen), [0, 0.5, 1, 1])


def test_doubtful_joints_are_seen_faint_ones_are_not():
    ask, weight = np.ones((3, 5), np.float32), np.repeat([[1.0], [0.3], [0.05]], 5, axis=1)
    assert_allclose(visible(weight.astype(np.float32))[:, 0], [1, 1, 0.2], atol=1e-6)
    assert_allclose(enough(ask, weight.astype(np.float32)), [1, 1, 1 / 3], atol=1e-6)


def missing(looks, faults=(), nobody=lambda at_s: np.zeros(at_s.shape, bool)):
    looks = np.asarray(looks, dtype=np.float64)
    return missing_of(looks, ~nobody(looks), dict(faults))


def test_spans_that_overlap_are_one():
    assert joined_spans([(9.9, 11.0), (2.6, 3.5), (3.4, 3.9)]) == [(2.6, 3.9), (9.9, 11.0)]
    assert missing([0.0, 2.5, 3.5, 10.0], {2.6: 3.5, 9.9: 11.0}).unknown == [(0.0, 11.0)]
    assert missing(np.arange(0, 5, 0.1), {1.0: 2.0, 1.5: 1.6}).silent == [(1.0, 2.0)]


FIVE_A_SECOND, SLOW, SLOWER = (
    np.arange(0, 10, 0.2),
    np.arange(0, 10, 0.3),
    np.arange(0, 10, 0.6),
)


@pytest.mark.parametrize(
    ("looks", "faults", "away", "silent", "unknown"),
    [
        (FIVE_A_SECOND, {}, (9, 9), 0.0, 0.0),
        (SLOW, {}, (9, 9), 0.0, 0.0),
        (SLOWER, {}, (9, 9), 0.0, 1.0),  # there, and hardly looked at: the computer is too slow
        (SLOW, {}, (0, 10), 0.0, 0.0),  # nobody at every look: away
        (SLOWER, {}, (0, 10), 0.0, 0.0),
        (SLOWER, {}, (2.9, 9), 0.0, 0.2),  # there up to 2.4, away from 3.0 on
        (SLOWER, {2.4: 3.0}, (0, 10), 0.0, 0.0),  # nobody before and after is nobody between
        (SLOWER, {2.4: 3.0}, (2.9, 9), 0.3, 0.5),
        (np.r_[0:2.1:0.1, 4:6:0.1], {2.0: 4.0}, (0, 10), 1.0, 1.0),  # not over two seconds
        (np.r_[0:2.1:0.1, 4:6:0.1], {}, (0, 10), 0.0, 0.0),
    ],
)
def test_who_was_away_is_told_from_what_nobody_knows(looks, faults, away, silent, unknown):
    found = missing(looks, faults, lambda at_s: (at_s >= away[0]) & (at_s < away[1]))
    shares = [share_of(2.0, 4.0, spans) for spans in found]
    assert_allclose(shares, [silent, unknown], atol=1e-9)


def test_what_is_hardly_seen_is_good_at_best():
    assert capped(0.9, 0.2, 0.61) == 0.9
    assert_allclose(capped(0.9, 0.2, 0.59), 0.2 + 0.65 * 0.8)
    assert capped(0.3, 0.2, 0.1) == 0.3


@pytest.mark.parametrize(
    ("frames", "faults", "share"),
    [
        (np.arange(0, 10, 0.1), {}, 0.0),
        (np.r_[np.arange(0, 3.05, 0.1), np.arange(4, 10, 0.1)], {}, 0.5),  # 3 to 4: missing
        (np.arange(0, 10, 0.1), {3.5: 9.0}, 0.25),
        (np.arange(0, 10, 0.1), {-np.inf: 3.0}, 0.5),
        (np.r_[np.arange(0, 3, 0.1), np.arange(3.1, 10, 0.1)], {}, 0.0),  # short: bridged
        (np.array([]), {}, 0.0),
    ],
)
def test_faults_are_counted_inside_the_move(frames, faults, share):
    assert_allclose(share_of(2.0, 4.0, missing(frames, faults).unknown), share, atol=1e-9)


def test_a_gap_that_was_noted_too_is_counted_once():
    frames = np.array([0.0, 2.5, 3.5, 10.0])
    # noted at once, it lasted longer
    lost = share_of(2.0, 4.0, missing(frames, {2.5: 3.0}).unknown)
    assert_allclose(lost, 1.0)


def test_there_is_no_picture_inside_a_gap():
    times = np.array([[0.0, 1.0, 1.5], [2.0, 3.5, 9.0]])
    seen = filmed(times, [(1.0, 2.0), (3.0, 4.0)])
    assert seen.tolist() == [[True, True, False], [True, False, True]]


def limbs_seen(**seen):
    names = ("torso", "right_arm", "left_arm", "right_leg", "left_leg")
    return {name: np.array([seen.get(name, 1.0)]) for name in names}


@pytest.mark.parametrize(
    ("seen", "kept_out"),
    [
        ({"left_arm": 0.0}, {"left_arm": 1.0}),
        ({"left_arm": 0.5, "right_arm": 0.25}, {"right_arm": 0.5}),
        ({"right_leg": 0.0, "left_leg": 0.0}, {}),  # out of the picture
        ({"right_leg": 0.0, "left_leg": 0.9}, {"right_leg": 0.8}),
        ({"torso": 0.0}, {}),
    ],
)
def test_whoever_keeps_a_limb_out_of_sight_is_found_out(seen, kept_out):
    found = {name: float(part[0]) for name, part in hidden(limbs_seen(**seen)).items()}
    assert found == pytest.approx(dict.fromkeys(found, 0.0) | kept_out)
