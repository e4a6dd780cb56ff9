"""A chorus that comes back is the same moves again; others are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kpopdance.realtime.core.body import mirrored
from kpopdance.realtime.core.types import Choreography, Report, Verdict
from kpopdance.realtime.scoring.practice import brought_in_words, what_to_practise
from kpopdance.realtime.scoring.repeats import repeats_of
from tests import dances

MOVES = 4
START_S = [2.0 * k for k in range(3 * MOVES)]
CHORUS, VERSE = (dances.song(seed, moves=MOVES).joints[:-1] for seed in (3, 8))
OTHERS = list(range(4, 8))
SAME = [0, 1, 2, 3, *OTHERS, 0, 1, 2, 3]
APART = list(range(12))


def shaken(joints):
    """The same, as a video that is looked at shows it: every joint off by a little."""
    moved = joints.copy()
    moved[..., :2] += np.random.default_rng(5).normal(0, 0.004, moved[..., :2].shape)
    return moved


def elsewhere(joints):
    """Farther from the camera, and more to the side."""
    return (joints * (0.7, 0.7, 1) + (0.3, 0.2, 0)).astype(np.float32)


def arm_otherwise(joints):
    """One forearm points somewhere else."""
    moved = joints.copy()
    moved[:, 4, :2] = 2 * joints[:, 3, :2] - joints[:, 4, :2]
    return moved


@pytest.mark.parametrize(
    ("again", "first"),
    [
        (lambda joints: joints, SAME), (shaken, SAME), (elsewhere, SAME),
        (lambda joints: mirrored(joints, 2.0), APART), (arm_otherwise, APART),
        (lambda joints: joints[::-1], APART), (lambda joints: np.roll(joints, 15, axis=0), APART),
        (lambda joints: np.full_like(joints, np.nan) * (1, 1, 0), APART),
    ],
)  # fmt: skip
def test_moves_that_come_again_are_found(again, first):
    joints = np.concatenate([CHORUS, VERSE, again(CHORUS)]).astype(np.float32)
    joints[np.isnan(joints[..., 0])] = (np.nan, np.nan, 0)
    dance = Choreography(joints, dances.FPS)
    assert list(repeats_of(dance, START_S, [start_s + 2 for start_s in START_S])) == first
    assert repeats_of(dance, [], []) == ()


def test_longer_ones_are_other_moves():
    dance = Choreography(np.concatenate([CHORUS, CHORUS]), dances.FPS)
    assert repeats_of(dance, [0.0, 8.0], [2.0, 11.0]) == (0, 1)


def test_what_comes_again_is_practised_once_and_gains_for_all():
    scores = (70.0, 90.0, 40.0, 60.0)
    moves = tuple(
        Verdict(k, 2.0 * k, 2.0 * k + 2, "OK", score, 0.0) for k, score in enumerate(scores)
    )
    report = Report(65.0, 3, 0.0, 1.0, {}, moves, weights=(1.0,) * 4)
    (first, other) = what_to_practise(report, 2.0, (0, 1, 0, 3))
    assert (first.move, first.times, other.move, other.times) == (2, 2, 3, 1)
    assert first.gain == pytest.approx((30 + 60) / 4)
    assert first.per_minute == pytest.approx(60 * first.gain / 4)
    before = {0.0: 50.0, 4.0: 30.0, 6.0: 60.0}
    assert brought_in_words(moves, before, (0, 1, 0, 3)) == (
        "Move 1 (2 times): 40 → 55 since you practised it",
        "Move 4: 60 → 60 since you practised it",
    )
    unseen = replace(moves[0], judged=False)
    report = replace(report, moves=(unseen, *moves[1:]))
    assert what_to_practise(report, 2.0, (0, 1, 0, 3))[0].times == 1
