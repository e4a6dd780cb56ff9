"""What is known of the library, read once, beside the window; choreographies only when looked at."""

from __future__ import annotations

import shutil
import threading

import numpy as np
import pytest

from kpopdance.realtime.library.catalogue import Catalogue
from kpopdance.realtime.library.pack_reader import load_pack, read_facts
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import PackFacts, SongPack, SongPackError
from kpopdance.realtime.shell import songs as module
from kpopdance.realtime.shell.songs import KEPT, LOOK_S, Looked, Songs
from tests import dances
from tests.waiting import until


@pytest.fixture
def library(tmp_path):
    """Two songs and a damaged pack between them."""
    (tmp_path / "a.ogg").write_bytes(b"never decoded here")
    for k in (1, 3):
        song = SongPack(f"Song {k}", "N", 120.0, (dances.song(k, moves=2),), tmp_path / "a.ogg")
        save_pack(song, tmp_path / "songs" / f"song-{k}")
    (tmp_path / "songs" / "song-2").mkdir()
    return tmp_path / "songs"


@pytest.fixture
def loads(monkeypatch):
    """The folders whose choreography was loaded."""
    loaded = []

    def load(folder):
        loaded.append(folder.name)
        return load_pack(folder)

    monkeypatch.setattr(module, "load_pack", load)
    return loaded


def test_all_are_read_once_in_the_order_of_the_list(library, monkeypatch, loads):
    songs = Songs((library,))
    assert (songs.found, songs.count, songs.progress) == ({}, 0, "looking for songs")
    assert list(songs.whole().found) == ["song-1", "song-2", "song-3"]
    assert list(songs.packs) == ["song-1", "song-3"]
    assert len(songs.problems) == 1
    assert "song.toml" in songs.problems[0]
    assert (songs.reading, songs.count, songs.progress) == (False, 3, "")
    monkeypatch.setattr(module, "read_facts", None)
    assert songs.begin().whole() is songs
    assert loads == []


def test_songs_show_while_others_are_read(library, monkeypatch):
    going, first = threading.Event(), threading.Event()
    songs = Songs((library,))

    def slowly(folder):
        if folder.name == "song-3":
            first.set()
            going.wait(60)
        return PackFacts(folder.name, "N", 120.0, 1, 0.0, 4.0, None, folder=folder)

    monkeypatch.setattr(module, "TOLD_TOGETHER", 2)
    monkeypatch.setattr(module, "read_facts", slowly)
    songs.begin()
    assert first.wait(60)
    assert (list(songs.packs), songs.reading) == (["song-1", "song-2"], True)
    assert songs.progress == "2 of 3 songs"
    going.set()
    songs.whole()
    assert (len(songs.packs), songs.reading) == (3, False)


def test_a_fault_of_ours_is_raised_on_the_window_s_thread(library, monkeypatch):
    def broken(folder):
        raise IndexError("out of bounds")

    monkeypatch.setattr(module, "read_facts", broken)
    songs = Songs((library,))
    with pytest.raises(IndexError):
        songs.whole()
    with pytest.raises(IndexError):
        assert songs.reading


def test_facts_are_those_of_the_whole_pack(library):
    facts, song = read_facts(library / "song-1"), load_pack(library / "song-1")
    assert (facts.title, facts.artist, facts.bpm, facts.dancers) == ("Song 1", "N", 120.0, 1)
    assert (facts.slug, facts.audio, facts.language) == (song.slug, song.audio, song.language)
    assert facts.length_s == pytest.approx(song.length_s)
    assert facts.start_s == song.members[0].start_s


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({}, "lacks"),
        ({"fps": np.zeros(10_000)}, "large arrays"),
        ({"fps": np.array(30.0), "joints": np.zeros(3, np.float32)}, "unpack"),
        ({"fps": np.array(30.0), "joints": np.zeros((25, 9, 18, 3), np.float32)}, "25 members"),
        ({"fps": np.array(30.0), "joints": np.zeros((1, 1, 18, 3), np.float32)}, "1 rows"),
        ({"fps": np.array(3000.0), "joints": np.zeros((1, 9, 18, 3), np.float32)}, "3000 a"),
        ({"fps": np.array("x"), "joints": np.zeros((1, 9, 18, 3), np.float32)}, "again"),
        (b"PK nonsense", "damaged"),
        (b"", "damaged"),
    ],
)
def test_what_the_list_looks_at_is_checked(library, arrays, told):
    path = library / "song-1" / "choreography.npz"
    if isinstance(arrays, bytes):
        path.write_bytes(arrays)
    else:
        np.savez(path, **arrays)
    with pytest.raises(SongPackError, match=told) as why:
        read_facts(library / "song-1")
    assert str(path) in str(why.value)


def test_a_choreography_is_loaded_once_and_the_last_few_kept(library, loads):
    songs = Songs((library,)).whole()
    assert songs.load("song-1") is songs.load("song-1")
    assert loads == ["song-1"]
    for k in range(KEPT):
        songs.found[f"more-{k}"] = songs.found["song-3"]
        songs.load(f"more-{k}")
    songs.load("song-1")
    assert loads == ["song-1", *["song-3"] * KEPT, "song-1"]


def test_damage_inside_is_known_once_it_was_looked_at(library):
    songs = Songs((library,)).whole()
    joints = np.full((1, 60, 18, 3), np.nan, np.float32)
    np.savez(library / "song-3" / "choreography.npz", joints=joints, fps=30.0, start_s=0.0)
    with pytest.raises(SongPackError, match="confidences"):
        songs.load("song-3")
    assert "confidences" in songs.found["song-3"]
    with pytest.raises(SongPackError, match="confidences"):
        songs.load("song-3")


def test_the_song_looked_at_comes_beside_and_the_newest_wins(library, loads):
    songs = Songs((library,)).whole()
    looked = Looked(songs)

    def wait(name, *, mirrored=False):
        return until(lambda: looked.at(name, mirrored=mirrored))

    assert looked.at("song-1", mirrored=False) is None
    assert wait("song-3").title == "Song 3"
    assert wait("song-1").title == "Song 1"
    other = wait("song-1", mirrored=True)
    assert not np.array_equal(other.members[0].joints, songs.load("song-1").members[0].joints)
    assert looked.at("song-2", mirrored=False) is None
    assert sorted(loads) == ["song-1", "song-3"]


@pytest.fixture
def catalogue(tmp_path):
    return Catalogue(tmp_path / "catalogue.sqlite")


@pytest.fixture
def reads(monkeypatch):
    """The folders whose facts were read."""
    read = []

    def facts(folder):
        read.append(folder.name)
        return read_facts(folder)

    monkeypatch.setattr(module, "read_facts", facts)
    return read


def test_the_next_start_reads_only_what_changed(library, catalogue, reads):
    before = Songs((library,), catalogue).whole()
    assert sorted(reads) == ["song-1", "song-2", "song-3"]
    reads.clear()
    again = Songs((library,), catalogue).whole()
    assert reads == ["song-2"]  # damage may be mended by now
    assert list(again.found) == list(before.found)
    assert again.packs["song-1"].title == "Song 1"
    reads.clear()
    toml = library / "song-3" / "song.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace("Song 3", "Other"), encoding="utf-8"
    )
    changed = Songs((library,), catalogue).whole()
    assert reads == ["song-2", "song-3"]
    assert changed.packs["song-3"].title == "Other"


def passed(songs, now_s):
    """Let the songs look at their folders once, at a second."""
    songs.look(now_s)
    while songs._looking is not None:
        if songs._looking.done():
            songs.look(now_s)
        threading.Event().wait(0.002)
    return songs


def test_new_changed_and_vanished_packs_are_noticed(library, catalogue, reads, tmp_path):
    songs = Songs((library,), catalogue).whole()
    kept = songs.load("song-3")
    songs.look(0.0)
    assert songs._looking is None  # all were just read
    passed(songs, LOOK_S)
    reads.clear()
    before = songs.found
    passed(songs, 10 * LOOK_S)
    assert songs.found is before
    assert reads == []

    save_pack(
        SongPack("New", "N", 120.0, (dances.song(5, moves=2),), tmp_path / "a.ogg"),
        library / "a-new",
    )
    save_pack(
        SongPack("Else", "N", 120.0, (dances.song(6, moves=2),), tmp_path / "a.ogg"),
        library / "song-3",
        replace=True,
    )
    shutil.rmtree(library / "song-1")
    passed(songs, 20 * LOOK_S)
    assert list(songs.found) == ["a-new", "song-2", "song-3"]
    assert songs.packs["song-3"].title == "Else"
    assert songs.load("song-3") is not kept
    assert songs.meant("new") == {"a-new"}
    assert songs.meant("song") == set()
    assert songs.meant(" ") is None
    shutil.rmtree(library)
    assert list(passed(songs, 30 * LOOK_S).found) == []
    assert catalogue.entries() == {}


def test_a_song_that_is_gone_is_said_to_be(library):
    songs = Songs((library,)).whole()
    shutil.rmtree(library / "song-3")
    songs._read()
    with pytest.raises(SongPackError, match="song-3 is gone"):
        songs.load("song-3")
    assert "song-3" not in songs.found


def test_a_song_that_goes_while_others_are_weighed_holds_nothing_up(library, monkeypatch):
    songs = Songs((library,)).whole()

    def load(folder):
        shutil.rmtree(library / "song-3", ignore_errors=True)
        songs._read()
        return load_pack(folder)

    monkeypatch.setattr(module, "load_pack", load)
    assert weighed(songs, "") == ["song-1"]
    until(songs._weighing.done)
    songs.weigh("")  # raises what went wrong


def test_a_library_that_is_away_for_a_moment_takes_nothing_away(
    library, catalogue, monkeypatch
):
    songs = Songs((library,), catalogue).whole()
    songs.look(0.0)

    def gone(libraries):
        raise OSError("the disk is away")

    monkeypatch.setattr(module, "pack_folders", gone)
    assert len(passed(songs, 2 * LOOK_S).found) == 3


def test_a_damaged_catalogue_learns_all_again(library, catalogue, tmp_path):
    songs = Songs((library,), catalogue).whole()
    songs.look(0.0)
    catalogue.close()
    (tmp_path / "catalogue.sqlite").write_bytes(b"no database" * 100)
    assert songs.meant("song") == set()
    passed(songs, 2 * LOOK_S)
    assert songs.meant("song") == {"song-1", "song-3"}


def weighed(songs, first):
    def known():
        songs.weigh(first)
        return all(song.difficulty is not None for song in songs.packs.values())

    until(known)
    return list(songs.packs)


def test_how_hard_songs_are_is_worked_out_once_the_chosen_one_first(library, catalogue, loads):
    songs = Songs((library,), catalogue).whole()
    assert [song.difficulty for song in songs.packs.values()] == [None, None]
    weighed(songs, "song-3")
    assert loads == ["song-3", "song-1"]
    expected = songs.packs["song-1"].difficulty
    again = Songs((library,), catalogue).whole()
    assert again.packs["song-1"].difficulty.level == pytest.approx(expected.level)
    assert again.packs["song-1"].difficulty.reasons == expected.reasons


def test_damage_found_while_weighing_is_told(library, catalogue):
    songs = Songs((library,), catalogue).whole()
    joints = np.full((1, 60, 18, 3), np.nan, np.float32)
    np.savez(library / "song-3" / "choreography.npz", joints=joints, fps=30.0, start_s=0.0)
    songs.look(0.0)
    passed(songs, LOOK_S)
    weighed(songs, "song-3")
    assert "confidences" in songs.found["song-3"]
    assert "confidences" in passed(songs, 10 * LOOK_S).found["song-3"]
