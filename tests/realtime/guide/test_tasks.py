"""What counts as done in the guided song: each rule, right, wrong and late."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.core import body
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.guide import tasks
from kpopdance.realtime.guide.tasks import FPS, ROUND, TASKS, Seen, seen_of

BEAT_S = 0.6
STANDING = np.full((18, 3), (np.nan, np.nan, 0), np.float32)
for joint, x, y in (
    (body.NOSE, 0, 75), (body.NECK, 0, 110), (body.R_SHOULDER, -35, 110), (body.L_SHOULDER, 35, 110),
    (body.R_ELBOW, -45, 160), (body.L_ELBOW, 45, 160), (body.R_HIP, -20, 210), (body.L_HIP, 20, 210),
    (body.R_KNEE, -22, 290), (body.L_KNEE, 22, 290), (body.R_ANKLE, -24, 370), (body.L_ANKLE, 24, 370),
    (body.R_EYE, -5, 70), (body.L_EYE, 5, 70),
):  # fmt: skip
    STANDING[joint] = (320 + x, 20 + y, 1.0)
DOWN, HIGH, CHEST, OUT, TOGETHER = (20, -105), (10, 90), (20, -50), (115, 0), (-33, -30)
"""Where a hand is beside its shoulder: outwards and up, px of a torso of 100."""


def pose(right=DOWN, left=DOWN, *, x=0.0):
    joints = STANDING.copy()
    joints[body.R_WRIST] = (285 - right[0], 130 - right[1], 1.0)
    joints[body.L_WRIST] = (355 + left[0], 130 - left[1], 1.0)
    for elbow, shoulder, wrist in ((3, 2, 4), (6, 5, 7)):
        joints[elbow] = (joints[shoulder] + joints[wrist]) / 2
    joints[:, 0] += x
    return joints


def danced(*keys, until, late_s=0.0, jitter=1.5, seed=0):
    """Return what is seen of somebody who is in poses at beats, and moves straight between them."""
    at = np.arange(0, until * BEAT_S, 1 / FPS)
    beats = np.array([beat for beat, _ in keys]) * BEAT_S + late_s
    poses = np.stack([joints for _, joints in keys])
    flat = poses.reshape(len(keys), -1)
    rows = np.stack([np.interp(at, beats, column) for column in flat.T], axis=-1)
    joints = rows.reshape(-1, 18, 3).astype(np.float32)
    joints[..., :2] += np.random.default_rng(seed).normal(0, jitter, joints[..., :2].shape)
    return Seen(joints, at / BEAT_S, BEAT_S)


def held(joints, until=ROUND):
    return danced((0, joints), (until, joints), until=until)


def claps(off_s, period=2, first=1, number=4):
    keys = [(0, pose(OUT, OUT))]
    for k in range(number):
        beat = first + k * period
        keys += [(beat, pose(TOGETHER, TOGETHER)), (beat + 0.8, pose(OUT, OUT))]
    return danced(*keys, until=first + number * period, late_s=off_s)


UP_AT_4 = ((0, pose()), (3.5, pose()), (4, pose(HIGH, HIGH)), (7, pose(HIGH, HIGH)))
WAVING = [(beat / 2, pose(HIGH if beat % 2 else CHEST, CHEST)) for beat in range(9)]
BIG_SMALL = (
    (0, pose()),
    (1, pose(OUT, OUT)),
    (3, pose(OUT, OUT)),
    (4, pose(TOGETHER, TOGETHER)),
)
LEFT_RIGHT = ((0, pose()), (1, pose(left=HIGH)), (3, pose(left=HIGH)), (4, pose()),
              (5, pose(HIGH)), (7, pose(HIGH)), (8, pose()))  # fmt: skip
RIGHT_LEFT = tuple((beat, joints) for (beat, _), joints in zip(
    LEFT_RIGHT, (pose(), pose(HIGH), pose(HIGH), pose(), pose(left=HIGH), pose(left=HIGH), pose()),
    strict=True,
))  # fmt: skip
GONE = np.full((18, 3), (np.nan, np.nan, 0), np.float32)


@pytest.mark.parametrize(
    ("rule", "seen", "done", "hint"),
    [
        (tasks.stand, held(pose()), True, ""),
        (tasks.stand, held(pose(), until=1), False, ""),
        (tasks.stand, held(pose(x=-290)), False, "to your left"),
        (tasks.stand, held(GONE), False, "Nobody"),
        (tasks.raise_hand, held(pose()), False, "at the hip"),
        (tasks.raise_hand, held(pose(CHEST)), False, "at the chest"),
        (tasks.raise_hand, held(pose((50, 10))), False, "Nearly"),
        (tasks.raise_hand, held(pose(left=HIGH)), False, "other hand"),
        (tasks.raise_hand, held(GONE), False, "do not see"),
        (tasks.raise_hand, held(pose(HIGH)), True, ""),
        (tasks.into_the_frame, held(pose()), False, "Lift both"),
        (tasks.into_the_frame, held(pose(HIGH, HIGH)), False, "Lift both"),
        (tasks.into_the_frame, danced(*UP_AT_4, until=6), True, ""),
        (tasks.into_the_frame, danced(*UP_AT_4, until=6, late_s=0.3), True, ""),
        (tasks.into_the_frame, danced(*UP_AT_4, until=8, late_s=0.9), False, "0.8 s too late"),
        (tasks.into_the_frame, danced(*UP_AT_4, until=6, late_s=-1.2), False, "s too early"),
        (tasks.on_the_beat, claps(0.0), True, "I count"),
        (tasks.on_the_beat, claps(0.1), True, "I count"),
        (tasks.on_the_beat, claps(-0.1, number=5), True, "I count"),
        (tasks.on_the_beat, claps(0.0, number=3), False, "I count"),
        (tasks.on_the_beat, claps(0.25), False, "0.2 s too late"),
        (tasks.on_the_beat, claps(-0.25), False, "0.3 s too early"),
        (tasks.on_the_beat, claps(0.0, period=1.45, number=5), False, ""),
        (tasks.on_the_beat, held(pose()), False, "Clap in front"),
        (tasks.hold_still, held(pose(), until=8), False, "Dance first"),
        (tasks.hold_still, danced(*WAVING, (4.5, pose()), (8, pose()), until=7), True, ""),
        (tasks.hold_still, danced(*WAVING, *((8 + b, j) for b, j in WAVING), until=7.5), True, ""),
        (tasks.hold_still, danced(*((2 * b, j) for b, j in WAVING), until=7.9), False, "still move"),
        (tasks.big_and_small, held(pose()), False, "Bigger"),
        (tasks.big_and_small, held(pose(TOGETHER, TOGETHER)), False, "Bigger"),
        (tasks.big_and_small, held(pose(OUT, OUT)), False, "Now small"),
        (tasks.big_and_small, danced(*BIG_SMALL, until=6), True, ""),
        (tasks.same_side, danced(*LEFT_RIGHT, until=7), True, ""),
        (tasks.same_side, danced(*LEFT_RIGHT, until=7.9, late_s=0.5), True, ""),
        (tasks.same_side, danced(*RIGHT_LEFT, until=7.9), False, "other hand"),
        (tasks.same_side, held(pose(HIGH, HIGH)), False, "Lift one"),
        (tasks.same_side, held(pose()), False, "Lift one"),
    ],
)  # fmt: skip
def test_a_rule_knows_what_was_done_and_says_what_was_not(rule, seen, done, hint):
    told = rule(seen)
    assert told.done == done
    assert hint in told.hint
    assert 0 <= told.share <= 1
    assert (told.share == 1) == done


def test_nobody_and_nothing_yet_are_no_trouble_for_any_rule():
    for task in TASKS:
        for rows in (1, 2, 40):
            seen = Seen(np.stack([GONE] * rows), np.arange(rows) / 18, BEAT_S)
            assert not task.rule(seen).done


def test_what_is_seen_goes_back_two_rounds_at_most_whatever_the_camera_gives():
    for fps in (8, 30):
        track = PoseTrack()
        for at_s in np.arange(0, 20, 1 / fps):
            track.add(at_s, Pose(pose()))
        joints, beats = seen_of(track, 2.0, 3.2, BEAT_S)
        np.testing.assert_allclose(beats[[0, -1]], [0, 2], atol=1e-9)
        assert np.isfinite(joints[:, body.NECK]).all()
        joints, beats = seen_of(track, 2.0, 19.5, BEAT_S)
        assert len(joints) == len(beats) == 2 * ROUND * BEAT_S * FPS + 1
