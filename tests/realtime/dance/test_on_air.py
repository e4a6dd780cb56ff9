"""What streaming programs read of a dance: whole files, the newest state, never a dance held up."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import numpy as np
import pytest

from kpopdance.realtime.core.types import Verdict
from kpopdance.realtime.dance import on_air
from kpopdance.realtime.dance.on_air import EVENTS, OnAir
from kpopdance.realtime.scoring.contest import Stand
from kpopdance.realtime.screens.group_view import DancerView, GroupView
from kpopdance.realtime.screens.view import DanceView, GhostView
from tests.waiting import until

VIEW = DanceView(
    "네온 스텝", "Nobody", "playing", 1.0, 30.0, 120.0, 2.0, None, None, True,
    np.zeros((1, 18, 3), np.float32), 0, (), 12.34, 3,
    Verdict(4, 0.0, 1.0, "GREAT", 80.0, 0.0, ""), 0.1,
)  # fmt: skip


def shown(folder):
    """What the texts say now."""
    return {
        name: (folder / f"kpopdance-{name}.txt").read_text(encoding="utf-8")
        for name in ("song", "score", "combo", "judgement")
    }


def events(folder):
    return [json.loads(line) for line in (folder / EVENTS).read_text("utf-8").splitlines()]


@pytest.fixture
def aired(tmp_path):
    """A folder that is not there yet, and what writes into it."""
    return tmp_path / "on" / "air", OnAir(tmp_path / "on" / "air")


def test_score_combo_song_and_judgement_are_files(aired):
    folder, air = aired
    air.show(VIEW)
    until(lambda: (folder / EVENTS).is_file())
    assert shown(folder) == {
        "song": "Nobody - 네온 스텝", "score": "12.3", "combo": "x3", "judgement": "GREAT",
    }  # fmt: skip
    air.over()
    air.end()
    assert shown(folder) == dict.fromkeys(("song", "score", "combo", "judgement"), "")
    told = events(folder)
    assert told[0] == {
        "phase": "playing", "song": "네온 스텝", "artist": "Nobody", "score": 12.3, "combo": 3,
        "judgement": "GREAT", "move": 5, "ghost": "", "ahead": 0.0,
    }  # fmt: skip
    assert told[-1]["phase"] == "over"
    assert not list(folder.glob(".part-*"))


@pytest.mark.parametrize(
    ("view", "states"),
    [
        (VIEW, 1),
        (replace(VIEW, song_s=2.0, beat=3.0, verdict_age_s=1.0, score=12.341), 1),
        (replace(VIEW, combo=4), 2),
        (replace(VIEW, ghost=GhostView("Mina", None, 10.0, 2.3)), 2),
        (replace(VIEW, phase="paused"), 2),
    ],
)
def test_only_what_changed_is_written(aired, view, states):
    folder, air = aired
    air.show(VIEW)
    until(lambda: (folder / EVENTS).is_file())
    for _ in range(50):
        air.show(view)
    air.end()
    assert len(events(folder)) == states + 1  # and that it ended


def dancer(place, **other):
    shown = {"score": 1.0, "combo": 4, "verdict": VIEW.verdict, "verdict_age_s": 0.2}
    return DancerView(place, ("Mina", "")[place], 0, **{**shown, **other})


def danced(**other):
    """Two who were judged just now."""
    return GroupView(VIEW, (dancer(0, **other), dancer(1)), 120.0)


STANDS = (Stand(91.26), Stand(None, on=False, out=True, wins=1, rank=2))
TEXTS = {
    "player-1-name": "Mina", "player-1-score": "91.3", "player-1-combo": "x4",
    "player-1-judgement": "GREAT", "player-2-name": "dancer 2", "player-2-score": "",
    "player-2-combo": "x4", "player-2-judgement": "",
}  # fmt: skip


def of_group(folder):
    """What the files of a group say now."""
    return {
        path.stem.removeprefix("kpopdance-"): path.read_text("utf-8")
        for path in folder.glob("kpopdance-*.txt")
        if "-player-" in path.name or "-team" in path.name
    }


@pytest.mark.parametrize(
    ("kind", "told", "team", "score"),
    [
        ("together", None, "41.1", 41.1),  # 45.6 of their own, 120 ms apart: a tenth off
        ("together", 77.04, "77.0", 77.0),
        ("duel", 77.04, "", 91.3),
    ],
)
def test_everybody_of_a_group_has_files_of_their_own(aired, kind, told, team, score):
    folder, air = aired
    air.show_group(danced(), STANDS, kind, told)
    until(lambda: (folder / EVENTS).is_file())
    assert of_group(folder) == TEXTS | {"team": team}
    assert shown(folder) == {
        "song": "Nobody - 네온 스텝", "score": f"{score}", "combo": "", "judgement": "",
    }  # fmt: skip
    (line,) = events(folder)
    first, second = line.pop("players")
    assert first == {
        "name": "Mina", "score": 91.3, "combo": 4, "judgement": "GREAT", "move": 5, "rank": 1,
        "on": True, "out": False, "wins": 0,
    }  # fmt: skip
    assert (second["score"], second["out"], second["wins"]) == (None, True, 1)
    assert (line["kind"], line["team"], line["score"]) == (
        kind,
        float(team or 0) or None,
        score,
    )
    air.over()
    air.end()
    assert of_group(folder) == dict.fromkeys([*TEXTS, "team"], "")
    over = events(folder)[1]
    assert (over["phase"], over["score"], over["players"][0]["score"]) == ("over", score, 91.3)
    assert [player["combo"] for player in over["players"]] == [0, 0]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ({"verdict_age_s": 1.0, "gone_s": 3.0}, 1), ({"verdict_age_s": 9.0}, 2),
        ({"combo": 5}, 2), ({"verdict": replace(VIEW.verdict, move=5)}, 2),
    ],
)  # fmt: skip
def test_only_what_changed_of_a_group_is_written(aired, change, lines):
    folder, air = aired
    air.show_group(danced(), STANDS, "together")
    until(lambda: (folder / EVENTS).is_file())
    for _ in range(20):
        air.show_group(danced(**change), STANDS, "together")
    air.end()
    assert len(events(folder)) == lines + 1


def test_in_a_relay_nobody_has_a_row_of_moves(aired):
    folder, air = aired
    air.show_group(danced(), STANDS, "relay")
    until(lambda: (folder / EVENTS).is_file())
    assert [player["combo"] for player in events(folder)[0]["players"]] == [0, 0]
    assert of_group(folder)["player-1-combo"] == ""
    air.end()


def test_one_dancer_after_a_group_has_the_files_of_one(aired):
    folder, air = aired
    air.show(VIEW)
    air.end()
    assert of_group(folder) == {}
    air.show_group(danced(), STANDS, "together")
    air.end()
    air.show(VIEW)
    until(lambda: events(folder)[-1]["phase"] == "playing")
    assert set(of_group(folder).values()) == {""}
    assert shown(folder)["score"] == "12.3"
    assert events(folder)[-1] == events(folder)[0]
    air.end()


def test_a_slow_disk_holds_up_nothing_and_the_newest_state_comes_next(aired, monkeypatch):
    folder, air = aired
    slow, begun = threading.Event(), threading.Event()
    write = on_air.write_whole

    def slowly(path, text):
        begun.set()
        assert slow.wait(20)
        write(path, text)

    monkeypatch.setattr(on_air, "write_whole", slowly)
    air.show(VIEW)
    assert begun.wait(20)
    for combo in range(4, 90):
        air.show(replace(VIEW, combo=combo))
    slow.set()
    until(lambda: air.show(replace(VIEW, combo=90)) or len(events_or_none(folder)) == 2)
    assert [event["combo"] for event in events(folder)] == [3, 90]


def events_or_none(folder):
    return events(folder) if (folder / EVENTS).is_file() else []


def test_what_cannot_be_written_is_said_once_and_the_dance_goes_on(tmp_path, caplog):
    (tmp_path / "file").touch()
    air = OnAir(tmp_path / "file")
    for combo in range(3, 9):
        air.show(replace(VIEW, combo=combo))
        air.end()
    assert "the dance goes on" in air.trouble
    assert sum("the dance goes on" in record.message for record in caplog.records) == 1


def test_the_lines_begin_anew_before_they_fill_a_disk(aired, monkeypatch):
    folder, air = aired
    monkeypatch.setattr(on_air, "MOST_BYTES", 200)
    for combo in range(2, 30):
        air.show(replace(VIEW, combo=combo))
        air.end()
    assert (folder / EVENTS).stat().st_size < 600


def test_without_a_folder_nothing_is_done():
    air = OnAir(None)
    air.show(VIEW)
    air.over()
    air.end()
    assert air.trouble == ""
