from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from kpopdance.realtime.scoring.energy import Energy, energy, energy_credit, motion, ratio
from kpopdance.realtime.scoring.features import Features


def turning(speeds, weight=1.0):
    """One window of four rows and as many bones as speeds, each turning at its own."""
    velocity = np.zeros((1, 4, len(speeds), 2), np.float32)
    velocity[..., 0] = speeds
    rows = np.full((1, 4, len(speeds)), weight, np.float32)
    return Features(np.zeros_like(velocity), velocity, rows)


def credit(danced_ratio, effort, *, full=0.8):
    effort = np.asarray(effort, dtype=float)
    danced = Energy(np.asarray(danced_ratio, float), effort, np.asarray(danced_ratio) * effort)
    return energy_credit(danced, full)


def test_what_a_standing_body_wanders_is_no_motion():
    assert_allclose(motion(turning([0.4, 0.5, 0.9]))[0, 0], [0, 0, 0.4], atol=1e-6)


def test_energy_is_the_players_motion_per_the_references_of_what_was_seen():
    ask = np.ones((1, 4, 2), np.float32)
    player = turning([1.5, 9.0])
    player.weight[..., 1] = 0  # a bone unseen
    danced = energy(turning([2.5, 1.5]), player, ask)
    assert_allclose([danced.ratio[0], danced.effort[0], danced.restless[0]], [0.5, 1.5, 1.0])


def test_the_credit_grows_to_the_full_size_and_falls_for_the_wild():
    many = np.full(6, 500.0)  # so much that what a hold allows does not matter
    earned = credit([0, 0.4, 0.8, 2.0, 2.6, 3.2], many)
    assert_allclose(earned, [0, 0.5, 1, 1, 0.5, 0], atol=0.02)
    assert_allclose(credit([0.45, 0.9], [1.0, 1.0], full=0.9), [0.5, 1])


def test_a_hold_asks_for_stillness():
    held = Energy(np.zeros(3), np.zeros(3), np.array([0.3, 0.8, 1.3]))
    assert_allclose(energy_credit(held, 0.8), [1, 0.5, 0], atol=1e-9)


def test_there_is_no_jump_between_a_hold_and_a_small_move():
    just = [
        energy_credit(
            Energy(np.array([0.9 / effort]), np.array([effort]), np.array([0.9])), 0.8
        )[0]
        for effort in (0.0999, 0.1001)
    ]
    assert_allclose(just[0], just[1], atol=1e-3)
    assert 0 < just[0] < 1


def test_nothing_of_nothing_is_nothing():
    assert_allclose(ratio(np.array([1.0, 2.0]), np.array([0.0, 4.0])), [0, 0.5])


def test_who_shows_the_arms_only_is_not_wild_for_it():
    """The reference's legs hardly move: its whole effort is half of what the seen arms are asked."""
    arms = Energy(np.array([1.0]), np.array([1.0]), np.array([4.0]))
    assert_allclose(energy_credit(arms, 0.8), 1)
