from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.library.scores import keep_score, read_scores, score_key, scores_file


def test_the_best_is_kept_per_song(tmp_path):
    path = tmp_path / "deep" / "scores.json"
    assert read_scores(path) == {}
    assert keep_score(path, "neon", 61.26) is None
    assert keep_score(path, "neon", 50.0) == 61.3
    assert keep_score(path, "neon", 72.0) == 61.3
    assert keep_score(path, "별", 5.0) is None
    assert read_scores(path) == {"neon": 72.0, "별": 5.0}
    assert [p.name for p in path.parent.iterdir()] == ["scores.json"]


@pytest.mark.parametrize(
    "text",
    [
        '{"neon": 6',
        '{"neon": 1' + "0" * 400 + "}",
        "[1, 2]",
        '{"neon": "much"}',
        "",
        "[" * 50_000,
    ],
)
def test_a_damaged_file_is_set_aside_and_said(tmp_path, caplog, text):
    path = tmp_path / "scores.json"
    path.write_text(text)
    assert read_scores(path) == {}
    assert "scores.json" in caplog.text
    assert keep_score(path, "neon", 40.0) is None
    assert read_scores(path) == {"neon": 40.0}
    assert (tmp_path / "scores.damaged").read_text() == text


def test_bytes_that_are_no_text_are_set_aside_too(tmp_path, caplog):
    (tmp_path / "scores.json").write_bytes(b"\xff\xfe\x00")
    assert read_scores(tmp_path / "scores.json") == {}
    assert (tmp_path / "scores.damaged").exists()
    assert "damaged" in caplog.text


def test_scores_that_are_no_numbers_are_left_out(tmp_path):
    (tmp_path / "scores.json").write_text('{"a": NaN, "b": Infinity, "c": 3}')
    assert read_scores(tmp_path / "scores.json") == {"c": 3.0}


def test_a_full_disk_leaves_the_old_scores_and_is_said(tmp_path, monkeypatch, caplog):
    path = tmp_path / "scores.json"
    keep_score(path, "neon", 40.0)

    def fail(self, target):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    assert keep_score(path, "neon", 90.0) == 40.0
    assert "disk full" in caplog.text
    assert json.loads(path.read_text()) == {"neon": 40.0}


def test_a_folder_in_its_place_is_said(tmp_path, caplog):
    (tmp_path / "scores.json").mkdir()
    assert read_scores(tmp_path / "scores.json") == {}
    assert keep_score(tmp_path / "scores.json", "neon", 40.0) is None
    assert "cannot be kept" in caplog.text


def test_the_usual_place():
    assert scores_file().name == "scores.json"


def test_each_terms_have_their_own_best(tmp_path):
    terms = [
        Terms(), Terms("pro"), Terms("kids"), Terms(body="seated"), Terms(mirrored=True),
        Terms("pro", "seated", mirrored=True),
    ]  # fmt: skip
    keys = [score_key("neon", one) for one in terms]
    assert keys[0] == "neon"  # as before there were terms
    assert len(set(keys)) == len(keys)
    for k, key in enumerate(keys):
        keep_score(tmp_path / "scores.json", key, 10.0 * k)
    kept = read_scores(tmp_path / "scores.json")
    assert [kept[key] for key in keys] == [0, 10, 20, 30, 40, 50]
