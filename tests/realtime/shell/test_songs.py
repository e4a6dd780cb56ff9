"""The library read once, beside the window."""

from __future__ import annotations

import threading

import pytest

from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.shell.songs import Songs
from tests import dances

READ = "kpopdance.realtime.shell.songs.load_pack"


@pytest.fixture
def library(tmp_path):
    """Two songs and a damaged pack between them."""
    (tmp_path / "a.ogg").write_bytes(b"never decoded here")
    for k in (1, 3):
        song = SongPack(f"Song {k}", "N", 120.0, (dances.song(k, moves=2),), tmp_path / "a.ogg")
        save_pack(song, tmp_path / "songs" / f"song-{k}")
    (tmp_path / "songs" / "song-2").mkdir()
    return tmp_path / "songs"


def test_all_are_read_once_in_the_order_of_the_list(library, monkeypatch):
    songs = Songs((library,))
    assert songs.found == {}
    assert list(songs.whole().found) == ["song-1", "song-2", "song-3"]
    assert list(songs.packs) == ["song-1", "song-3"]
    assert len(songs.problems) == 1
    assert "song.toml" in songs.problems[0]
    assert not songs.reading
    monkeypatch.setattr(READ, None)
    assert songs.begin().whole() is songs


def test_songs_show_while_others_are_read(library, monkeypatch):
    going, first = threading.Event(), threading.Event()
    songs = Songs((library,))

    def slowly(folder):
        if folder.name == "song-3":
            first.set()
            going.wait(10)
        return SongPack(folder.name, "N", 120.0, (), None, folder=folder)

    monkeypatch.setattr(READ, slowly)
    songs.begin()
    assert first.wait(10)
    assert (list(songs.packs), songs.reading) == (["song-1", "song-2"], True)
    going.set()
    songs.whole()
    assert (len(songs.packs), songs.reading) == (3, False)


def test_a_fault_of_ours_is_raised_on_the_window_s_thread(library, monkeypatch):
    def broken(folder):
        raise IndexError("out of bounds")

    monkeypatch.setattr(READ, broken)
    songs = Songs((library,))
    with pytest.raises(IndexError):
        songs.whole()
    with pytest.raises(IndexError):
        assert songs.reading
