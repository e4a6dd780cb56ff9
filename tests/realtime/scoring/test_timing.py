from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.terms import STRICTNESS
from kpopdance.realtime.scoring.timing import BAND_ROWS, lag_of, timing_credit

ROWS, LAGS = 60, 2 * BAND_ROWS + 1


def valley(lag_rows, depth=0.01):
    """Costs (1, R, L) of a parabola whose lowest point lies between rows."""
    at = np.arange(LAGS) - BAND_ROWS
    return np.broadcast_to(depth * (at - lag_rows) ** 2, (1, ROWS, LAGS)).astype(np.float32)


def found(costs, path):
    ones = np.ones((1, ROWS))
    return float(lag_of(costs, path, ones.astype(np.float32), ones)[0]) * 30


@pytest.mark.parametrize("lag_rows", [-8.6, -3.0, -0.4, 0.0, 0.25, 5.7, 9.2])
def test_the_lag_is_the_lowest_point_of_the_costs(lag_rows):
    path = np.full((1, ROWS), round(lag_rows) + BAND_ROWS)
    assert_allclose(found(valley(lag_rows), path), lag_rows, atol=1e-3)


def test_a_path_that_hops_to_the_next_row_changes_nothing():
    costs = valley(2.4)
    for column in (2, 3):  # the median falls on either side
        path = np.full((1, ROWS), column + BAND_ROWS)
        assert_allclose(found(costs, path), 2.4, atol=1e-3)


def test_a_lower_valley_far_from_the_path_is_another_move():
    costs = np.minimum(valley(-6.0, 0.02), valley(5.0, 0.02) + 0.001)
    assert_allclose(found(costs, np.full((1, ROWS), 5 + BAND_ROWS)), 5, atol=1e-3)


def test_unseen_rows_have_no_say_and_nobody_no_lag():
    costs, path = valley(3.0).copy(), np.full((1, ROWS), 3 + BAND_ROWS)
    path[0, :40], costs[0, :40] = 0, valley(-9.0)[0, :40]
    ones, seen = np.ones((1, ROWS), np.float32), np.ones((1, ROWS))
    seen[0, :40] = 0
    assert_allclose(lag_of(costs, path, ones, seen) * 30, 3, atol=1e-3)
    assert_allclose(lag_of(costs, path, ones, 0 * seen), 0)


def test_the_credit_falls_from_on_time_to_too_late():
    lags = np.array([-0.3, -0.19, -0.08, 0.0, 0.08, 0.19, 0.3, 1.0])
    assert_allclose(timing_credit(lags, 0.08, 0.3), [0, 0.5, 1, 1, 1, 0.5, 0, 0], atol=1e-9)


@pytest.mark.parametrize("name", STRICTNESS)
def test_no_credit_is_left_at_the_rim_of_the_band(name):
    strict = STRICTNESS[name]
    rim = np.array([BAND_ROWS / 30])
    assert timing_credit(rim, strict.on_time_s, strict.too_late_s) == 0
