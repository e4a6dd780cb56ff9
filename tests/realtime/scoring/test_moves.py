"""Where moves begin and end."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.scoring.features import FEATURE_FPS, describe
from kpopdance.realtime.scoring.moves import cuts_of, motion_of
from tests import dances


def cut(moved, beat_s, beats):
    """The cuts of a motion (T,) at 30 rows a second that begins on a beat."""
    return cuts_of(
        np.asarray(moved, float),
        np.arange(len(moved)) / FEATURE_FPS,
        beat_s * np.arange(beats + 1),
    )


def swings(lengths_beats, beat_s, size=2.0):
    """Motion that comes to rest between moves of so many beats."""
    rows = [max(round(beats * beat_s * FEATURE_FPS), 1) for beats in lengths_beats]
    return np.concatenate(
        [size * np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 0.5 for n in rows]
    )


@pytest.mark.parametrize(
    "lengths", [(4, 4, 4, 4), (4, 2, 2, 4, 2, 2), (5, 3, 4, 3, 5), (6, 2, 4, 6, 2)]
)
@pytest.mark.parametrize("bpm", [100, 120, 140])
def test_moves_end_where_the_motion_ends(lengths, bpm):
    found = cut(swings(lengths, 60 / bpm), 60 / bpm, sum(lengths))
    assert_array_equal(np.diff(found), lengths)


def test_without_rests_moves_are_four_beats_long():
    assert_array_equal(np.diff(cut(np.full(960, 2.0), 0.5, 64)), np.full(16, 4))


@pytest.mark.parametrize("bpm", [30, 50, 72, 100, 120, 150, 172, 240, 300])
@pytest.mark.parametrize("seed", [1, 2])
def test_moves_last_from_half_a_second_to_four(bpm, seed):
    rng = np.random.default_rng(seed)
    beat_s = 60 / bpm
    beats = int(40 / beat_s)
    found = cut(rng.uniform(0, 3, 1200), beat_s, beats)
    lengths = np.diff(found) * beat_s
    assert (lengths >= 0.5 - 1e-9).all()
    assert (lengths <= 4 + 1e-9).all()
    assert found[0] == 0
    assert found[-1] == beats


@pytest.mark.parametrize("tempos", [(120, 90), (90, 170), (60, 200), (200, 60)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_moves_keep_their_length_where_the_tempo_changes(tempos, seed):
    first, other = (60 / bpm * np.arange(round(20 / 240 * bpm) * 4 + 1) for bpm in tempos)
    beats_s = np.concatenate([first, first[-1] + other[1:]])
    moved = np.random.default_rng(seed).uniform(0, 3, round(beats_s[-1] * FEATURE_FPS))
    found = cuts_of(moved, np.arange(len(moved)) / FEATURE_FPS, beats_s)
    lengths = np.diff(beats_s[found])
    assert (lengths >= 0.5 - 1e-9).all()
    assert (lengths <= 4 + 1e-3).all()
    assert (found[0], found[-1]) == (0, len(beats_s) - 1)


def test_a_hold_is_a_move_of_its_own():
    moved = np.full(480, 2.0)
    moved[75:150] = 0.0  # beats 5 to 10 of 32, amid a motion that never rests
    found = cut(moved, 0.5, 32)
    assert {5, 10} <= set(found.tolist())


def test_the_first_move_is_long_enough_to_tell_a_lag_from():
    assert cut(swings((2, 2, 2, 4, 4, 2), 0.5), 0.5, 16)[1] == 4


@pytest.mark.parametrize("beats", [1, 2, 3])
def test_a_short_dance_is_one_move_or_two(beats):
    found = cut(np.full(15 * beats, 2.0), 0.5, beats)
    assert_array_equal(found[[0, -1]], [0, beats])


def test_a_dance_shorter_than_a_move_is_one_all_the_same():
    found = cut(np.full(8, 2.0), 0.25, 1)
    assert_array_equal(found, [0, 1])


def test_the_motion_of_a_dance_is_nothing_in_a_hold_and_much_in_a_swing():
    dance = dances.song(3, moves=4).joints
    still = np.concatenate([dance, np.broadcast_to(dance[-1], (60, 18, 3))])
    moved = motion_of(describe(still, FEATURE_FPS))
    assert moved.shape == (len(still),)
    assert_allclose(moved[-50:], 0, atol=1e-6)
    assert moved[: len(dance)].mean() > 0.5
