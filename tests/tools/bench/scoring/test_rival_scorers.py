"""Other games' scorers: the top for the dance itself, cases by hand, and the holes they have."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests import dances
from tests.oracles import warping_naive
from tools.bench.scoring import rival_forgiving, rival_same_moment
from tools.bench.scoring.rival_forgiving import MMPOSE_TOP
from tools.bench.scoring.rival_scorers import RIVALS
from tools.bench.scoring.rival_warping import accumulated, fast_warp, warp

FPS = dances.FPS
FORGIVING = (
    "bones_after_dtw", "bones_in_window", "boxed_keypoints", "keypoints_after_fastdtw"
)  # fmt: skip
EVERY = pytest.mark.parametrize("name", RIVALS)


def score(name, reference, player):
    return RIVALS[name].score(reference, player, FPS)


def late(joints, rows):
    return np.concatenate([np.repeat(joints[:1], rows, axis=0), joints[:-rows]])


def seen(**places):
    """One row where only these joints are seen: j4=(x, y)."""
    joints = np.full((1, 18, 3), np.nan, dtype=np.float32)
    joints[..., 2] = 0
    for name, at in places.items():
        joints[0, int(name[1:])] = (*at, 1)
    return joints


@pytest.fixture(scope="module")
def song():
    return dances.song(1).joints


# The top


@EVERY
def test_the_dance_itself_is_the_top_of_the_scale(name, song):
    assert_allclose(score(name, song, song), RIVALS[name].top, atol=1e-3)


@EVERY
def test_one_size_and_unit_is_as_good_as_another(name, song):
    in_px = song * np.array([dances.PX, dances.PX, 1], dtype=np.float32)
    noisy = dances.noisy(song, 2)
    assert_allclose(
        score(name, in_px, noisy * np.array([dances.PX, dances.PX, 1], dtype=np.float32)),
        score(name, song, noisy),
        atol=0.1 if name != "keypoints_after_fastdtw" else 1.0,  # that one shows whole points
    )


# Unseen


@EVERY
@pytest.mark.parametrize("how", ["joints", "rows", "nobody", "short", "empty"])
def test_unseen_joints_and_rows_are_survived(name, how, song):
    song = song[:300]
    player = dances.noisy(song, 3)
    hidden = np.zeros(player.shape[:2], dtype=bool)
    if how == "joints":
        hidden = np.random.default_rng(4).random(hidden.shape) < 0.3
    elif how == "rows":
        hidden[100:250] = True
    elif how == "nobody":
        hidden[:] = True
    player[hidden] = (np.nan, np.nan, 0)
    player = player[: {"short": 77, "empty": 0}.get(how)]
    for got in (score(name, song, player), len(player) and score(name, player, song)):
        assert 0 <= got <= RIVALS[name].top + 1e-6
    if how in ("nobody", "empty"):
        assert score(name, song, player) == 0


def test_a_player_out_of_view_keeps_clone_dances_last_pose(song):
    player = song.copy()
    player[100:] = (np.nan, np.nan, 0)
    assert score("calibrated_keypoints", song, player) > 95


# By hand


def test_an_angle_half_the_tolerance_off_is_half_of_its_fifteenth():
    straight = seen(j2=(0, 0), j3=(1, 0), j4=(2, 0))
    bent = seen(j2=(0, 0), j3=(1, 0), j4=(1 + np.cos(np.pi / 6), np.sin(np.pi / 6)))
    assert_allclose(score("joint_angles", straight, bent), 100 / 2 / 15, atol=1e-4)


def test_a_nose_half_a_shoulder_width_too_high():
    """Both stand on their weighted middles, 0.125 apart, so 0.125 per shoulder, 0.375 the nose."""
    reference = seen(j0=(0.5, -1), j2=(0, 0), j5=(1, 0))
    player = seen(j0=(0.5, -1.5), j2=(0, 0), j5=(1, 0))
    error = (2 * 0.075 * 0.125 + 0.05 * 0.375) / 0.2
    assert_allclose(
        score("positions_and_angles", reference, player), 100 * (1 - error), atol=1e-4
    )


def test_openjustdance_turns_the_player_upright(song):
    turn = np.exp(1j * np.deg2rad(25))
    places = (song[..., 0] + 1j * song[..., 1]) * turn * 3 + 7
    player = np.stack([places.real, places.imag, song[..., 2]], axis=-1).astype(np.float32)
    assert_allclose(score("positions_and_angles", song, player), 100, atol=1e-3)


@pytest.mark.parametrize(("deg", "points"), [(0, 100), (30, 100 - 51.7638), (60, 0), (170, 0)])
def test_a_bone_loses_the_distance_of_its_direction(deg, points):
    angle = np.deg2rad(deg)
    player = seen(j3=(5, 5), j4=(5 + 2 * np.cos(angle), 5 + 2 * np.sin(angle)))
    got = score("bone_cosine", seen(j3=(0, 0), j4=(1, 0)), player)
    assert_allclose(got, points, atol=1e-3)


@pytest.mark.parametrize("name", ["bones_after_dtw", "bones_in_window"])
def test_one_of_twelve_bones_square_to_its_direction(name, song):
    still = dances.held(song)[:60]
    player = still.copy()
    bone = still[:, 4, :2] - still[:, 3, :2]
    player[:, 4, :2] = still[:, 3, :2] + np.stack([-bone[:, 1], bone[:, 0]], axis=-1)
    assert_allclose(score(name, still, player), 100 * np.exp(-6 / 12), atol=1e-3)


def test_a_tenth_of_the_box_costs_one_joint_its_share(song):
    still = dances.held(song)[:40]
    body = still[0, [0, *range(2, 14)], :2]
    wide = np.ptp(body[:, 0])
    inside = 1 if still[0, 0, 0] < np.median(body[:, 0]) else -1
    player = still.copy()
    player[:, 0, 0] += inside * 0.1 * wide
    assert body[:, 0].min() < player[0, 0, 0] < body[:, 0].max()
    worth = (12 + np.exp(-50 * 0.1**2)) / 13
    assert_allclose(score("boxed_keypoints", still, player), MMPOSE_TOP * worth, atol=1e-3)


def test_mmpose_counts_the_joints_it_sees():
    reference = np.repeat(seen(j0=(0, 0), j2=(1, 1)), 20, axis=0)
    want = 100 * np.log(1 + 10) / np.log(161)
    assert_allclose(score("boxed_keypoints", reference, reference), want, atol=1e-4)
    alone = np.repeat(seen(j0=(0, 0)), 20, axis=0)
    assert score("boxed_keypoints", alone, alone) == 0


def test_a_nose_in_the_picture():
    """Squares (1, 0) and (1, 0.25); cosine and distance weigh 41 of 40."""
    cosine = 1 / np.hypot(1, 0.25)
    want = 100 * 41 / 40 * (cosine - np.sqrt(2 * (1 - cosine)))
    got = score("picture_cosine", seen(j0=(3, 0)), seen(j0=(1, 0.5)))
    assert_allclose(got, want, atol=1e-4)


def test_errors_ease_over_gaps():
    eased = rival_same_moment._eased(np.array([[1.0], [0.0], [np.nan], [0.0]]), 0.3)
    assert_allclose(eased[:, 0], [1.0, 0.7, np.nan, 0.49])


@pytest.mark.parametrize(
    ("means", "want"),
    [
        ((0.95, 0.92, 0.1, 0.1), 0.95),
        ((0.95, 0.85, 0.1, 0.1), 0.9),
        ((0.85, 0.85, 0.5, 0.4), 0.7 * 0.85 + 0.175),
        ((0.7, 0.6, 0.15, 0.05), 0.05),
        ((0.7, 0.6, 0.5, 0.3), 0.39 + 0.16),
    ],
)
def test_the_ladder_of_the_fastdtw_app(means, want):
    assert_allclose(rival_forgiving._blended(*means), want)


def test_a_video_jumps_only_when_it_is_far_off():
    wanted = np.array([10, 10, 10, 15, 15, 30, 30])
    assert rival_forgiving._played(wanted, 30.0).tolist() == [10, 11, 12, 13, 14, 30, 31]


# Time warping


@pytest.mark.parametrize("seed", range(6))
def test_warp_is_the_plain_recursion(seed):
    rng = np.random.default_rng(seed)
    costs = rng.random(rng.integers(1, 9, 2))
    total, path = warping_naive.cheapest(costs.tolist())
    assert_allclose(accumulated(costs)[-1, -1], total)
    assert [tuple(cell) for cell in warp(costs)] == path


@pytest.mark.parametrize("radius", [1, 2, 30])
@pytest.mark.parametrize("seed", range(6))
def test_fast_warp_is_the_plain_fastdtw(seed, radius):
    rng = np.random.default_rng(seed)
    first, second = (rng.random(n) for n in rng.integers(5, 30, 2))
    _, path = warping_naive.fast(
        first.tolist(), second.tolist(), lambda a, b: abs(a - b), radius
    )
    got = fast_warp(first, second, lambda a, b: np.abs(a - b), radius=radius)
    assert [tuple(cell) for cell in got] == path


def test_fast_warp_finds_a_delay(song):
    first = song[:200, 4, :2].astype(float)
    path = fast_warp(first, np.roll(first, 12, axis=0), lambda a, b: np.hypot(*(a - b).T))
    assert_allclose(np.median(path[:, 1] - path[:, 0]), 12, atol=1)


# The holes


@pytest.mark.parametrize("name", [name for name in RIVALS if name != "bones_after_dtw"])
def test_standing_still_scores(name, song):
    assert score(name, song, dances.noisy(dances.turned(song, swing=0.0), 5)) > 40


@pytest.mark.parametrize("name", FORGIVING)
def test_a_beat_late_is_forgiven(name, song):
    plain = score(name, song, dances.noisy(song, 6))
    assert score(name, song, late(dances.noisy(song, 6), 15)) > 0.88 * plain


@EVERY
def test_another_dance_scores(name, song):
    assert score(name, song, dances.song(101).joints) > 20


def test_mmpose_does_not_know_left_from_right(song):
    assert_allclose(
        score("boxed_keypoints", song, dances.in_mirror(song)), MMPOSE_TOP, atol=1e-3
    )


def test_clone_dance_calls_anything_a_match(song):
    assert score("calibrated_keypoints", song, dances.flailing(song, 7)) > 95


@EVERY
def test_better_dancing_is_still_not_worse(name, song):
    good = dances.noisy(dances.styled(song, 8, 8.0), 8)
    assert score(name, song, good) >= score(name, song, dances.arms_down(song))
