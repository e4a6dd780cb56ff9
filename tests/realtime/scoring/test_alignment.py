from __future__ import annotations

import numpy as np
import pytest
from dtaidistance import dtw_ndim
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.scoring.alignment import DtwStream, align
from tests.oracles import dtw_naive


def random_costs(seed, rows=40, lags=9):
    """Costs 0..1 with a cheap valley that wanders faster than one row a step may follow."""
    rng = np.random.default_rng(seed)
    valley = np.clip(np.cumsum(rng.integers(-2, 3, rows)) + lags // 2, 0, lags - 1)
    far = np.abs(np.arange(lags) - valley[:, None])
    return np.clip(0.15 * far + rng.uniform(0, 0.5, (rows, lags)), 0, 1)


def streamed(costs):
    stream, sums = DtwStream(), []
    for row in range(costs.shape[-2]):
        stream.step(costs[..., row, :])
        sums.append(stream.sums)
    return np.stack(sums, axis=-2)


@pytest.mark.parametrize(("rows", "lags"), [(1, 5), (2, 1), (3, 2), (40, 9), (90, 21)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_stream_equals_the_whole(seed, rows, lags):
    costs = random_costs(seed, rows, lags)
    assert_allclose(streamed(costs), dtw_naive.accumulate(costs.tolist()), rtol=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_the_path_keeps_the_rules_and_costs_what_the_sums_say(seed):
    costs = random_costs(seed, rows=60)
    path = align(costs)
    assert path.shape == (60,)
    price = dtw_naive.price(costs.tolist(), path.tolist())
    assert_allclose(price, streamed(costs)[-1].min(), rtol=1e-12)
    assert_allclose(price, min(dtw_naive.accumulate(costs.tolist())[-1]), rtol=1e-12)


def test_wild_costs_use_every_step_so_the_rules_are_tried():
    ways = np.concatenate([np.diff(align(random_costs(s, rows=60))) for s in range(12)])
    assert {int(way) for way in ways} == {-1, 0, 1}


def test_leading_axes_are_alignments_of_their_own():
    costs = np.stack([random_costs(s) for s in range(6)]).reshape(2, 3, 40, 9)
    together = align(costs)
    assert together.shape == (2, 3, 40)
    sums = streamed(costs)
    for i in range(2):
        for j in range(3):
            assert_array_equal(together[i, j], align(costs[i, j]))
            assert_array_equal(sums[i, j], streamed(costs[i, j]))


@pytest.mark.parametrize("lag", range(-5, 6))
def test_a_constant_lag_is_found(lag):
    rng = np.random.default_rng(7)
    dance = np.cumsum(rng.normal(0, 1, (140, 3)), axis=0)
    half, rows = 6, 100
    reference = dance[20 : 20 + rows]
    player = np.roll(dance, lag, axis=0) + rng.normal(0, 0.05, dance.shape)
    at = 20 + np.arange(rows)[:, None] + np.arange(-half, half + 1)
    costs = np.linalg.norm(player[at] - reference[:, None], axis=-1)
    assert_array_equal(align(costs) - half, lag)


def test_both_ends_are_open():
    costs = np.ones((20, 9))
    costs[:, 7] = 0.1
    assert_array_equal(align(costs), 7)


def test_nobody_stands_still_twice_in_a_row():
    costs = np.ones((20, 30))
    costs[np.arange(20), 25 - np.arange(20)] = 0.0  # free for who stands on one row throughout
    costs[np.arange(20), 25 - np.arange(20) // 2] = 0.2  # and for every second row, cheap
    stalls = np.diff(align(costs)) == -1
    assert stalls.sum() > 5
    assert not (stalls[1:] & stalls[:-1]).any()


def test_a_path_needs_a_row():
    with pytest.raises(ValueError, match="at least one row"):
        DtwStream().path()


def band_costs(reference, player, half):
    """Costs (R, 2 * half + 1) of reference rows (R, D) against the player's (R + 2 * half, D)."""
    at = half + np.arange(len(reference))[:, None] + np.arange(-half, half + 1)
    return ((player[at] - reference[:, None]) ** 2).sum(axis=-1)


def curve(at):
    """Three smooth signals at rows (N,)."""
    return np.stack([np.sin(at / 5.0), np.cos(at / 7.3 + 1), np.sin(at / 3.1) / 2], axis=-1)


@pytest.mark.parametrize("lag", [-6, -1, 0, 3, 8])
def test_a_constant_lag_costs_what_dtaidistance_says(lag):
    """Where nobody warps both are one: penalties never paid, both ends of the player open."""
    half, rows = 8, 80
    rng = np.random.default_rng(lag + 20)
    reference = curve(np.arange(rows))
    player = curve(np.arange(-half, rows + half) - lag)
    player += rng.normal(0, 0.02, player.shape)
    costs = band_costs(reference, player, half)
    theirs = dtw_ndim.distance(reference, player, psi=(0, 0, 2 * half, 2 * half), penalty=1e6)
    assert_allclose(streamed(costs)[-1].min(), theirs**2, rtol=1e-9)
    assert_array_equal(align(costs) - half, lag)


@pytest.mark.parametrize("seed", range(6))
def test_a_wandering_lag_is_followed_as_dtaidistance_follows_it(seed):
    """Slopes between a half and two, where our steps do not bind: paths within two rows."""
    half, rows = 10, 120
    rng = np.random.default_rng(seed)
    at = np.arange(rows, dtype=float)
    lag = 5 * np.sin(2 * np.pi * at / 110 + rng.uniform(0, 6)) + rng.uniform(-3, 3)
    all_rows = np.arange(-half, rows + half)
    player = curve(np.interp(all_rows, at + lag, at, left=None, right=None))
    ours = align(band_costs(curve(at), player, half)) - half
    pairs = np.array(
        dtw_ndim.warping_path(curve(at), player, psi=(0, 0, 2 * half, 2 * half), penalty=0.05)
    )
    theirs = np.array([pairs[pairs[:, 0] == row, 1].mean() - row - half for row in range(rows)])
    middle = slice(half, -half)
    assert np.abs(ours - theirs)[middle].max() <= 2
    assert_allclose(ours[middle], lag[middle], atol=2)
