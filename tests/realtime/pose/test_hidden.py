"""What lies behind somebody is unseen, and a hand at another's arm is nobody's."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kpopdance.realtime.core.body import L_EAR, L_WRIST, R_ELBOW, R_WRIST
from kpopdance.realtime.pose.hidden import without_hidden, without_others_hands
from tests.synthetic_sightings import Person, at, filmed


def two(apart, far=6.0):
    film = filmed(
        [Person(1, at(0, 4.5), 1), Person(2, at(apart, far), 2)], 2.0, missing=0.0
    )  # fmt: skip
    joints = film.joints.astype(np.float32)
    return film, joints


@pytest.mark.parametrize(("apart", "far", "share"), [
    (0.05, 6.0, (0.1, 0.9)), (2.5, 6.0, (0.0, 0.0)), (0.9, 4.5, (0.0, 0.0)),
])  # fmt: skip
def test_who_stands_behind_is_hidden_where_the_other_is(apart, far, share):
    film, joints = two(apart, far)
    told = without_hidden(film.seen.at_s, joints)
    lost = (joints[..., 2] > 0) & ~(told[..., 2] > 0)
    assert not lost[0].any()
    assert share[0] <= lost[1].mean() <= share[1]
    kept = told[..., 2] > 0
    assert np.array_equal(told[kept], joints[kept])


@pytest.mark.parametrize(("feet_y", "lost"), [(0, True), (300, False)])
def test_what_an_arm_before_it_covers_is_hidden(feet_y, lost):
    """An ear of who stands behind, at the middle of the other's forearm; or of who stands before it."""
    film, joints = two(2.5)
    joints[1, :, :, 1] += feet_y
    joints[1, :, L_EAR, :2] = joints[0, :, (R_ELBOW, R_WRIST), :2].mean(axis=0)
    told = without_hidden(film.seen.at_s, joints)
    assert (told[1, :, L_EAR, 2] == 0).all() == lost


@pytest.mark.parametrize(("apart", "lost"), [(0.05, True), (2.5, False)])
def test_who_is_half_hidden_has_no_joint_that_is_guessed(apart, lost):
    film, joints = two(apart)
    told = without_hidden(film.seen.at_s, joints)
    sure = told[1, :, :, 2] > 0
    joints[1, ..., 2] = np.where(sure, 0.5, joints[1, ..., 2])
    told = without_hidden(film.seen.at_s, joints)
    rows = ~(joints[1, ..., 2] == 0.5).all(axis=1)  # a part of them is hidden
    assert rows.all() == lost
    assert not (told[1, rows, :, 2] > 0).any()
    assert np.array_equal(told[1, ~rows], joints[1, ~rows])


@pytest.mark.parametrize("taken", [True, False])
def test_a_forearm_in_another_s_sleeve_has_no_hand(taken):
    film, joints = two(1.5, 5.0)
    people = [np.flatnonzero(film.who == k) for k in (0, 1)]
    colours = film.seen.colours.copy()
    rows = slice(20, 26)
    if taken:  # the first one's right forearm is put on the other's left one
        own, other = people[0][rows], people[1][rows]
        colours[own, 8] = colours[other, 9]
        joints[0, rows, R_WRIST] = joints[1, rows, L_WRIST]
    told = without_others_hands(joints, dataclasses.replace(film.seen, colours=colours), people)
    lost = np.argwhere((joints[..., 2] > 0) & ~(told[..., 2] > 0)).tolist()
    assert lost == ([[0, row, R_WRIST] for row in range(20, 26)] if taken else [])
