"""Whether all of a player is seen: people of known place and size in pictures of known size."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.stance import (
    READY_S,
    Amiss,
    Readiness,
    Seeing,
    stance_of,
)

UPRIGHT = np.array([
    (0.00, -0.42), (0.00, 0.00), (-0.32, 0.02), (-0.42, 0.55), (-0.45, 1.05),
    (0.32, 0.02), (0.42, 0.55), (0.45, 1.05), (-0.18, 1.00), (-0.18, 1.82), (-0.18, 2.58),
    (0.18, 1.00), (0.18, 1.82), (0.18, 2.58), (-0.06, -0.48), (0.06, -0.48), (-0.13, -0.45),
    (0.13, -0.45),
])  # fmt: skip
"""Somebody who faces the camera, in torsos; their right is at the picture's left."""
CROWN, SOLE = -0.75, 2.72
HD, VGA, PHONE = (1280, 720), (640, 480), (720, 1280)
LEGS = (*(10, 13), *(9, 12))


def person(size, top, bottom, x=0.5, *, unseen=(), confidence=0.9, flip=False):
    """Somebody with crown and soles at shares of the picture's height; what is outside is unseen."""
    width, height = size
    torso = (bottom - top) * height / (SOLE - CROWN)
    joints = np.full((18, 3), confidence, np.float32)
    at = UPRIGHT * (-1, 1) if flip else UPRIGHT
    joints[:, 0] = x * width + at[:, 0] * torso
    joints[:, 1] = top * height + (at[:, 1] - CROWN) * torso
    out = (joints[:, :2] < 0).any(1) | (joints[:, 0] >= width) | (joints[:, 1] >= height)
    out[list(unseen)] = True
    joints[out] = (np.nan, np.nan, 0)
    return Pose(joints)


@pytest.mark.parametrize(
    ("top", "bottom", "more", "amiss"),
    [
        (0.10, 0.90, {}, Amiss.NOTHING),
        (0.02, 0.98, {}, Amiss.NOTHING),
        (0.30, 0.75, {}, Amiss.NOTHING),
        (0.10, 0.90, {"flip": True}, Amiss.NOTHING),  # seen from behind
        (0.10, 0.90, {"unseen": (10,)}, Amiss.NOTHING),  # one foot behind the other
        (0.10, 0.90, {"unseen": (4, 7, 3, 6)}, Amiss.NOTHING),
        (0.05, 1.12, {}, Amiss.BACK),  # feet cut off, no room above
        (-0.3, 1.40, {}, Amiss.BACK),
        (-0.8, 2.20, {}, Amiss.BACK),
        (0.35, 1.10, {}, Amiss.HIGH),  # the floor is cut off, much room above
        (0.30, 1.25, {}, Amiss.HIGH),
        (-0.14, 0.70, {}, Amiss.LOW),
        (-0.30, 0.60, {}, Amiss.LOW),
        (0.45, 0.65, {}, Amiss.NEARER),
        (0.10, 0.90, {"x": 0.03}, Amiss.LEFT),
        (0.10, 0.90, {"x": 0.97}, Amiss.RIGHT),
        (0.10, 0.90, {"unseen": (10, 13)}, Amiss.FEET_HIDDEN),
        (0.10, 0.90, {"unseen": LEGS}, Amiss.FEET_HIDDEN),
        (0.10, 0.90, {"unseen": (0, 14, 15, 16, 17)}, Amiss.HEAD_HIDDEN),
    ],
)
@pytest.mark.parametrize("size", [HD, VGA, (1920, 1080)])
def test_head_and_feet_are_in_or_it_is_said_what_to_do(size, top, bottom, more, amiss):
    stance = stance_of([person(size, top, bottom, **more)], Seeing(size), body="whole")
    assert (stance.amiss, stance.player) == (amiss, 0)
    assert stance.ready is (amiss is Amiss.NOTHING)
    assert bool(amiss) is not stance.ready


@pytest.mark.parametrize(
    ("top", "bottom", "more", "amiss"),
    [
        (0.05, 1.70, {}, Amiss.NOTHING),
        (0.10, 0.90, {"unseen": LEGS}, Amiss.NOTHING),
        (0.45, 1.85, {}, Amiss.SITS_HIGH),
        (0.02, 2.40, {}, Amiss.SIT_BACK),
        (-0.5, 2.90, {}, Amiss.SIT_BACK),
        (-0.2, 1.20, {}, Amiss.LOW),
        (0.05, 1.70, {"unseen": (8, 11, *LEGS)}, Amiss.HIPS_HIDDEN),
    ],
)
def test_who_sits_needs_head_and_hips(top, bottom, more, amiss):
    people = [person(HD, top, bottom, **more)]
    assert stance_of(people, Seeing(HD), body="seated").amiss is amiss


def test_a_phone_that_stands_upright_sees_all_of_somebody_too():
    assert stance_of([person(PHONE, 0.2, 0.8)], Seeing(PHONE), body="whole").ready


@pytest.mark.parametrize(
    ("people", "seeing", "amiss"),
    [
        ([], Seeing(HD), Amiss.NOBODY),
        ([], Seeing(HD, dark=True), Amiss.DARK),
        ([], Seeing(HD, blur=0.8), Amiss.BLURRED),
        ([], Seeing(HD, blur=0.8, dark=True), Amiss.DARK),
        ([person(HD, 0.1, 0.9)], Seeing(HD, blur=0.8, dark=True), Amiss.NOTHING),
        ([person(HD, 0.1, 0.9, confidence=0.4)], Seeing(HD, dark=True), Amiss.DARK),
        ([person(HD, 0.1, 0.9, confidence=0.4)], Seeing(HD, blur=0.8), Amiss.BLURRED),
        ([person(HD, 0.1, 0.9, confidence=0.4)], Seeing(HD), Amiss.NOTHING),
        ([person(HD, 0.1, 0.9, unseen=range(4, 18))], Seeing(HD), Amiss.NOBODY),
    ],
)
def test_who_is_seen_well_may_stand_in_the_dark(people, seeing, amiss):
    assert stance_of(people, seeing, body="whole").amiss is amiss


@pytest.mark.parametrize(
    ("other", "player", "chosen", "amiss"),
    [
        (person(HD, 0.1, 0.8, 0.8), None, 0, Amiss.SOMEBODY),
        (person(HD, 0.1, 0.8, 0.8), 1, 1, Amiss.SOMEBODY),  # who raised a hand
        (person(HD, 0.04, 0.97, 0.8), None, 1, Amiss.SOMEBODY),  # the largest is the player
        (person(HD, 0.4, 0.6, 0.8), None, 0, Amiss.NOTHING),  # somebody behind
        (person(HD, 0.1, 0.8, 0.8, unseen=range(4, 18)), None, 0, Amiss.NOTHING),  # an arm
        (person(HD, 0.1, 0.8, 0.8), 7, 0, Amiss.SOMEBODY),  # who is gone again
    ],
)
def test_somebody_else_is_told(other, player, chosen, amiss):
    people = [person(HD, 0.1, 0.9, 0.4), other]
    stance = stance_of(people, Seeing(HD), body="whole", player=player)
    assert (stance.player, stance.amiss) == (chosen, amiss)


def test_what_the_player_lacks_is_told_before_who_else_is_there():
    people = [person(HD, 0.02, 1.3, 0.4), person(HD, 0.1, 0.9, 0.8)]
    assert stance_of(people, Seeing(HD), body="whole").amiss is Amiss.BACK


@pytest.mark.parametrize(
    ("looks", "at"),
    [
        ([1] * 30, READY_S),
        ([0] * 5 + [1] * 30, READY_S + 0.5),
        ([1] * 6 + [0] * 2 + [1] * 20, READY_S),  # one look that fails
        ([1] * 6 + [0] * 5 + [1] * 20, READY_S + 1.1),  # somebody who left
        ([1, 0, 0, 0, 0] * 10, None),
        ([0] * 30, None),
    ],
)
def test_ready_is_who_was_for_a_second(looks, at):
    readiness = Readiness()
    told = [
        number / 10
        for number, look in enumerate(looks)
        if readiness.step(ready=bool(look), at_s=number / 10)
    ]
    assert (told[0] if told else None) == (None if at is None else pytest.approx(at))
