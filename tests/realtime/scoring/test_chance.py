from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.scoring.chance import SHUFFLED, cheats, corrected, lucky
from tests import dances

ROWS = 60  # of a move


@pytest.fixture(scope="module")
def dance():
    return dances.song(1, moves=8).joints


@pytest.fixture(scope="module")
def made(dance):
    return cheats(dance, 30.0, ROWS)


def test_all_kinds_are_there_and_as_long_as_the_dance(dance, made):
    kinds = {name.partition("#")[0].partition(" every")[0] for name in made}
    waves = {"waving low", "waving high", "waving as it stands"}
    assert kinds == {"standing still", "arms down", "flailing", SHUFFLED, *waves}
    for joints in made.values():
        assert joints.shape == dance.shape
        assert joints.dtype == np.float32


def test_the_same_choreography_has_the_same_cheats(dance, made):
    again = cheats(dance.copy(), 30.0, ROWS)
    for name, joints in made.items():
        assert_array_equal(again[name], joints)


def test_who_stands_still_stands_in_the_mean_pose(dance, made):
    still = made["standing still"]
    assert_array_equal(np.ptp(still, axis=0), 0)
    about_neck = (dance[..., :2] - dance[:, 1:2, :2]).mean(axis=0)
    assert_allclose(still[0, :, :2] - still[0, 1, :2], about_neck, atol=1e-5)


def test_arms_down_hang(made):
    down = made["arms down"][0]
    for shoulder, elbow, wrist in ((2, 3, 4), (5, 6, 7)):
        assert_allclose(down[[elbow, wrist], 0], down[shoulder, 0], atol=1e-6)
        assert down[shoulder, 1] < down[elbow, 1] < down[wrist, 1]


def test_who_flails_moves_the_arms_a_lot_and_the_body_not(dance, made):
    for k in range(4):
        flail = made[f"flailing#{k}"]
        moved = np.linalg.norm(np.diff(flail[..., :2], axis=0), axis=-1).mean(axis=0)
        danced = np.linalg.norm(np.diff(dance[..., :2], axis=0), axis=-1).mean(axis=0)
        assert (moved[[4, 7]] > danced[[4, 7]]).all()
        assert_array_equal(moved[[0, 1, 2, 5, 8, 11]], 0)
    assert not np.array_equal(made["flailing#0"], made["flailing#2"])


def test_shuffled_moves_are_all_there_and_nearly_none_at_its_place(dance, made):
    for k in range(4):
        shuffled = made[f"{SHUFFLED}#{k}"]
        moves, own = (j[: 8 * ROWS].reshape(8, ROWS, 18, 3) for j in (shuffled, dance))
        order = [next(i for i in range(8) if np.array_equal(move, own[i])) for move in moves]
        assert sorted(order) == list(range(8))
        assert sum(i == j for i, j in enumerate(order)) == 0  # the best of twenty orders
        assert_array_equal(shuffled[8 * ROWS :], shuffled[: len(dance) - 8 * ROWS])


def test_a_dancer_seen_in_part_has_cheats_too(dance):
    partly = dance.copy()
    partly[:, 10] = (np.nan, np.nan, 0)  # an ankle never seen
    partly[::3, 1] = (np.nan, np.nan, 0)  # the neck now and then
    partly[100:160] = (np.nan, np.nan, 0)
    for name, joints in cheats(partly, 30.0, ROWS).items():
        seen = joints[..., 2] > 0
        assert np.isfinite(joints[seen]).all(), name
        assert np.isnan(joints[~seen][:, :2]).all(), name
    still = cheats(partly, 30.0, ROWS)["standing still"]
    assert (still[:, [j for j in range(18) if j != 10], 2] > 0).all()
    assert (still[:, 10, 2] == 0).all()


def test_a_dancer_without_neck_has_cheats_without_a_word(dance):
    headless = dance.copy()
    headless[:, 1] = (np.nan, np.nan, 0)
    for joints in cheats(headless, 30.0, ROWS).values():
        assert joints.shape == dance.shape  # a warning would fail this test


def test_waves_are_on_the_beat(dance):
    made = cheats(dance, 30.0, ROWS, first_row=7)
    beat = ROWS // 4
    wave = made["waving high every 1 beats, up"]
    height = -wave[:, 4, 1]  # of the right wrist, upwards
    tops = np.flatnonzero((height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:])) + 1
    assert_array_equal((tops - 7) % beat, 0)
    assert len(tops) > 20
    low, high = made["waving low every 2 beats, up"], made["waving low every 2 beats, down"]
    assert_allclose(low[7 + beat, 4], high[7, 4], atol=1e-5)  # half a period apart


def test_who_has_no_hips_flails_all_the_same(dance):
    waist_up = dance.copy()
    waist_up[:, 8:14] = (np.nan, np.nan, 0)
    made = cheats(waist_up, 30.0, ROWS)
    for name in ("arms down", "flailing#0", "waving low every 1 beats, up"):
        assert np.isfinite(made[name][:, 4, :2]).all()


def test_what_is_left_after_the_last_move_is_shuffled_too(dance):
    short = dance[: 2 * ROWS + ROWS // 2]
    shuffled = cheats(short, 30.0, ROWS)[f"{SHUFFLED}#0"]
    assert len(shuffled) == len(short)
    assert_array_equal(shuffled[2 * ROWS :], short[ROWS : ROWS + ROWS // 2])


def test_a_lucky_try_earns_a_deviation_more_than_the_mean():
    worth = {"waving": 0.3, "flailing#0": 0.1, "flailing#1": 0.3}
    assert lucky(worth) == pytest.approx({"waving": 0.3, "flailing": 0.3})


def test_chance_is_taken_off():
    assert_allclose([corrected(w, 0.25) for w in (0.1, 0.25, 0.625, 1.0)], [0, 0, 0.5, 1])


@pytest.mark.parametrize(("middle", "about"), [("low", 1.2), ("high", 2.2)])
def test_waves_swing_six_tenths_about_their_middle_on_both_sides_alike(made, middle, about):
    wave = made[f"waving {middle} every 2 beats, up"]
    for shoulder, elbow, wrist, side in ((2, 3, 4, -1), (5, 6, 7, 1)):
        for start, end in ((shoulder, elbow), (elbow, wrist)):  # straight arms, outwards
            bone = wave[:, end, :2] - wave[:, start, :2]
            raised = np.unwrap(np.arctan2(side * bone[:, 0], bone[:, 1]))
            assert_allclose([raised.min(), raised.max()], [about - 0.6, about + 0.6], atol=0.01)


def test_what_comes_before_the_first_move_stays_where_it_is(dance):
    shuffled = cheats(dance, 30.0, ROWS, first_row=7)[f"{SHUFFLED}#0"]
    assert_array_equal(shuffled[:7], dance[:7])
    moves = shuffled[7 : 7 + 7 * ROWS].reshape(7, ROWS, 18, 3)
    own = dance[7 : 7 + 7 * ROWS].reshape(7, ROWS, 18, 3)
    order = [next(i for i in range(7) if np.array_equal(move, own[i])) for move in moves]
    assert sorted(order) == list(range(7))
