"""kpopdance report: a page, all that is kept, and its end."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands import options, report
from kpopdance.realtime.commands.command_line import understood
from kpopdance.realtime.library.history import keep_dance
from kpopdance.realtime.library.players import add_player, players_of
from kpopdance.realtime.library.store import FAVOURITES, Store
from tests.kept_dances import now_of, weeks_of_dances


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "local_now", now_of)
    monkeypatch.setattr(report, "store_file", lambda: tmp_path / "kept" / "kpopdance.sqlite")
    store = Store(tmp_path / "kept" / "kpopdance.sqlite")
    for one in weeks_of_dances():
        keep_dance(store, one, one.slug)
    store.turn_listed(FAVOURITES, "moon")
    store.keep_quiz('{"seed": "x"}')
    return store


def run(*words):
    return report.run(understood(options.parser(), ["report", *words]))


class Page(HTMLParser):
    """Which elements a page has, and what it loads from elsewhere."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.loads, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        self.words.append(data.strip())


def test_the_page_needs_nothing_else(store, tmp_path, capsys):
    assert run() == 0
    assert "wrote kpopdance-Player-1.html" in capsys.readouterr().err
    page = Page((tmp_path / "kpopdance-Player-1.html").read_text(encoding="utf-8"))
    assert page.loads == []
    assert page.tags.count("svg") == page.tags.count("section") > 20
    assert {"Songs", "Body", "Weeks", "Timing", "Best moves", "네온 스텝"} <= set(page.words)
    assert run("-o", "mine.html", "--player", "player 1") == 0
    assert (tmp_path / "mine.html").exists()


def test_all_that_is_kept_is_printed(store, capsys):
    assert run("--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["name"] == "Player 1"
    assert len(told["dances"]) == 30
    assert told["dances"][0]["moves"][1]["start_s"] == 2.0
    assert told["dances"][-1]["date"] == "2026-11-29"
    assert [len(told[name]) for name in ("scores", "quizzes", "playlists")] == [4, 1, 1]


def test_a_player_is_removed_once_all_is_printed(store, capsys):
    add_player(store, "Jun <b>", 0.0)
    assert run("--player", "Player 1", "--json", "--remove") == 0
    said = capsys.readouterr()
    assert len(json.loads(said.out)["dances"]) == 30
    assert (
        "removed Player 1, with 30 dances and practices, 4 best scores, 1 quizzes, 1 playlists"
        in said.err
    )
    assert [player.name for player in players_of(store)] == ["Jun <b>"]
    assert run() == 0
    page = Page(Path("kpopdance-Jun--b-.html").read_text(encoding="utf-8"))
    assert "b" not in page.tags
    assert "No dance yet." in page.words


@pytest.mark.parametrize(("words", "why"), [
    (("--player", "Nobody"), "no player is called 'Nobody'; there are Player 1"),
    (("--remove",), "--remove needs --player NAME"),
    (("-o", "taken/x.html", "--player", "Player 1", "--remove"), "there is no folder taken"),
])  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_lost(store, tmp_path, words, why):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(DanceError, match=why):
        run(*words)
    assert len(store.best_scores()) == 4
