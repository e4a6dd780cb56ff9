"""The album's table: what its columns count, and that whoever asks for an unknown song is told."""

from __future__ import annotations

import sys

import pytest

from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from tools.bench.scoring import bench_album

SONGS = ("moonlight-walk", "paper-plane")


@pytest.fixture(scope="module")
def album():
    return [load_pack(BUNDLED / song) for song in SONGS]


def test_the_search_is_asked_for_each_song(album):
    walk, plane = album
    library = bench_album.library_of([walk])
    assert bench_album.found(walk, library, 4.0, tries=2) == 2
    assert bench_album.found(plane, library, 4.0, tries=2) == 0


def test_lines_go_from_easy_to_hard(album, monkeypatch):
    earned = {album[0].title: ([0.5, 0, 0], [4, 9, 0]), album[1].title: ([0, 0, 0], [0, 0, 0])}
    monkeypatch.setattr(bench_album, "earned", lambda song: earned[song.title])
    monkeypatch.setattr(bench_album, "found", lambda *_: 10)
    walk, plane = bench_album.lines_of(album[::-1], album)
    assert walk.startswith("| Moonlight Walk (달빛 산책) | 84 | 1 | 1.")
    assert walk.endswith("|  | 0.5, 0.0, 0.0 | 9.0 | 10 of 10, 10 of 10 |")
    assert plane.startswith("| Paper Plane")


def test_an_unknown_song_is_named(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench_album", "no-such-song"])
    assert bench_album.main() == 2
    assert "no-such-song" in capsys.readouterr().err


@pytest.mark.long
def test_cheats_and_the_mirror_image_earn_nothing(album):
    cheats, mirrored = bench_album.earned(album[0])
    assert len(cheats) == len(mirrored) == 3
    assert max(cheats) <= 3
    assert max(mirrored) <= 10
