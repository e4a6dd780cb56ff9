from __future__ import annotations

import pytest

from kpopdance.realtime.library.lags import KEPT, keep_lag, lags_file, read_lags, suggested_lag


def test_the_last_lags_are_kept_in_order(tmp_path):
    path = tmp_path / "deep" / "lags.json"
    assert read_lags(path) == []
    for k in range(KEPT + 3):
        kept = keep_lag(path, 10.04 * k)
    assert kept == read_lags(path) == [round(10.04 * k, 1) for k in range(3, KEPT + 3)]
    assert [p.name for p in path.parent.iterdir()] == ["lags.json"]


@pytest.mark.parametrize(
    "text", ["[1, 2", "7", "[1" + "0" * 400 + "]", '["much"]', "[null]", "", "[" * 50_000]
)
def test_a_damaged_file_is_said_and_begun_anew(tmp_path, caplog, text):
    path = tmp_path / "lags.json"
    path.write_text(text)
    assert read_lags(path) == []
    assert "lags.json" in caplog.text
    assert keep_lag(path, 50.0) == [50.0]


def test_a_file_that_cannot_be_written_only_loses_the_lag(tmp_path, caplog):
    (tmp_path / "taken").write_text("no folder")
    assert keep_lag(tmp_path / "taken" / "lags.json", 5.0) == [5.0]
    assert "cannot be kept" in caplog.text


def test_lags_that_are_no_numbers_are_left_out(tmp_path):
    (tmp_path / "lags.json").write_text("[NaN, 12.5, Infinity]")
    assert read_lags(tmp_path / "lags.json") == [12.5]


def test_the_usual_place_is_beside_the_scores():
    assert lags_file().name == "lags.json"
    assert lags_file().parent.name == "kpopdance"


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
