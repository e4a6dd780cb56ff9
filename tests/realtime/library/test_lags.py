from __future__ import annotations

import pytest

from kpopdance.realtime.library.lags import suggested_lag


@pytest.mark.parametrize(
    ("lags", "set_ms", "wanted"),
    [
        ([118.0, 131.0, 122.0], 0.0, 120.0),
        ([-118.0, -131.0, -122.0], 0.0, -120.0),  # a camera that is set too late
        ([118.0, 131.0], 0.0, None),  # too few
        ([118.0, 131.0, 200.0], 0.0, None),  # they disagree: that is the dancer
        ([300.0, 20.0, 118.0, 131.0, 122.0], 0.0, 120.0),  # the last ones count
        ([30.0, 35.0, 25.0], 0.0, None),  # not worth a word
        ([118.0, 131.0, 122.0], 100.0, None),  # as good as set
        ([10.0, 12.0, 8.0], 150.0, 10.0),  # set, but no longer there: the speaker has changed
        ([1500.0, 1510.0, 1505.0], 0.0, None),  # more than the settings allow
        ([], 0.0, None),
    ],
)
def test_a_lag_is_suggested_where_three_dances_agree(lags, set_ms, wanted):
    assert suggested_lag(lags, set_ms) == wanted
