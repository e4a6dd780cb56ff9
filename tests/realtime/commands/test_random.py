"""kpopdance random: a list by its seed, written; what is asked for in vain is said in one sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands import options, random
from kpopdance.realtime.commands.command_line import CommandLineError, understood
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.party import making
from tests.realtime.library.test_medley import pack


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Three songs, no others."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(making, "standard_of", lambda song, terms, told: None)
    monkeypatch.setattr(
        random, "part_of", lambda path, start_s, length_s: (np.zeros((8, 2)), 8)
    )
    monkeypatch.setattr("kpopdance.realtime.library.settings.BUNDLED", tmp_path / "none")
    monkeypatch.setattr(random, "store_file", lambda: tmp_path / "kept.sqlite")
    (tmp_path / "a.ogg").write_bytes(b"never decoded here")
    for name, bpm in (("a", 120.0), ("b", 90.0), ("c", 140.0)):
        song = replace(pack(name, bpm, preview_s=8.0, moves=16), audio=tmp_path / "a.ogg")
        save_pack(song, tmp_path / "songs" / name)
    return tmp_path / "songs"


def run(library, *words):
    told = understood(options.parser(), ["random", "--library", str(library), *words])
    return random.run(told)


def listed(library, capsys, *words):
    assert run(library, "--list", "list.txt", "--json", *words) == 0
    return json.loads(capsys.readouterr().out)


def test_a_seed_gives_a_list_again_and_it_is_written(library, capsys, tmp_path):
    first, second = (listed(library, capsys, "--seed", "7") for _each in range(2))
    assert first == second
    assert first["seed"] == "7"
    assert sorted(song["title"] for song in first["songs"]) == ["Song a", "Song b", "Song c"]
    assert " 1. 0:00  Somebody - Song " in (tmp_path / "list.txt").read_text(encoding="utf-8")


ASKED = {
    "a tempo": (["--tempo", "100-130"], ["Song a"]),
    "from one on": (["--tempo", "100-"], ["Song a", "Song c"]),
    "one number": (["--members", "1"], ["Song a", "Song b", "Song c"]),
    "a few seconds": (["--minutes", "0.1"], 1),
}


@pytest.mark.parametrize(("words", "titles"), ASKED.values(), ids=ASKED)
def test_only_what_is_asked_for_comes(library, capsys, words, titles):
    songs = sorted(song["title"] for song in listed(library, capsys, *words)["songs"])
    assert songs == titles or len(songs) == titles


NONE = {
    "nobody": (["--artist", "nobody"], "none of your 3 songs"),
    "no known song": (["--known"], "none of your 3 songs"),
    "too long": (["--minutes", "30"], "up to 20 minutes"),
    "a folder": (["--list", "songs"], "songs"),
    "a seed like a book": (["--seed", "x" * 99], "up to 40 letters"),
}


@pytest.mark.parametrize(("words", "sentence"), NONE.values(), ids=NONE)
def test_what_cannot_be_is_said(library, words, sentence):
    given = words if "--list" in words else [*words, "--list", "list.txt"]
    with pytest.raises(DanceError, match=sentence):
        run(library, *given)


@pytest.mark.parametrize("span", ["fast", "130-100", "-", "nan", "1-2-3"])
def test_a_span_is_numbers(span):
    with pytest.raises(CommandLineError, match=r"span, such as 90-120"):
        understood(options.parser(), ["random", f"--tempo={span}"])


def test_without_a_window_it_is_danced_and_with_one_its_page_comes_first(library, monkeypatch):
    danced = []

    def unseen(args, settings, song, terms):
        danced.append(song)
        return 0

    def windowed(args, settings, first_page):
        danced.append(first_page)
        return 0

    monkeypatch.setattr(random, "unseen", unseen)
    monkeypatch.setattr(random, "windowed", windowed)
    assert run(library, "--headless", "--seed", "달") == 0
    assert len(danced[0].excerpts) == 3
    assert run(library, "--seed", "달") == 0
    asked = []
    monkeypatch.setattr(
        "kpopdance.realtime.game.listing.SongListPage",
        lambda game: SimpleNamespace(random=asked.append),
    )
    danced[1]("game")
    assert [wanted.seed for wanted in asked] == ["달"]
