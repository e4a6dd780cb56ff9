"""What is known of the packs is kept, found again, made anew after damage, and shared by two games."""

import os
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from kpopdance.realtime.library import catalogue as module
from kpopdance.realtime.library import kept
from kpopdance.realtime.library.catalogue import Catalogue, Entry, stamp_of
from kpopdance.realtime.library.songpack import PackFacts
from kpopdance.realtime.scoring.difficulty import Difficulty

HARD = Difficulty(6.5, {"speed": 0.7, "limbs": 0.4})


def facts(folder, title="Song", artist="Nobody", tags=()):
    return PackFacts(
        title, artist, 120.0, 3, -1.5, 61.25, folder / "audio.ogg", "ko", folder,
        ((255, 45, 150),), folder / "cover.png", 12.5, tags, 1.7e9, HARD,
    )  # fmt: skip


def entry(folder, *told, **named):
    return Entry("stamp", facts(folder, *told, **named))


SONGS = {
    "neon": ("네온 스텝", "별빛"),
    "dasi": ("다시 만난 세계", "소녀"),
    "cafe": ("Café del Mar", "Łukasz"),
    "tagged": ("Something", "Nobody", ("girl group", "2세대")),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "catalogue.sqlite"


@pytest.fixture
def folders(tmp_path):
    return {tmp_path / name: entry(tmp_path / name, *told) for name, told in SONGS.items()}


def names(found, typed):
    return {Path(os.fsdecode(folder)).name for (folder,) in found.search(typed)}


def same(found, expected):
    def plain(entries):
        told = PackFacts.__dataclass_fields__
        return {
            folder: (one.stamp, *(getattr(one.facts, name) for name in told))
            for folder, one in entries.items()
        }

    return plain(found) == plain(expected)


def test_what_is_learnt_is_known_by_the_next_game(path, folders, tmp_path):
    first = Catalogue(path)
    assert first.entries() == {}
    first.learn(folders)
    assert same(Catalogue(path).entries(), folders)
    newer = {tmp_path / "neon": entry(tmp_path / "neon", "Other")}
    first.learn(newer)
    first.forget([tmp_path / "dasi", tmp_path / "never"])
    rest = {folder: one for folder, one in folders.items() if folder.name != "dasi"}
    assert same(Catalogue(path).entries(), rest | newer)
    assert not first.behind


FINDS = {
    "ㄴㅇㅅㅌ": {"neon"}, "네온": {"neon"}, "neon": {"neon"}, "네온스": {"neon"}, "별": {"neon"},
    "닷": {"dasi"}, "sonyeo": {"dasi"}, "cafe": {"cafe"}, "LUKASZ mar": {"cafe"},
    "girl": {"tagged"}, "2세": {"tagged"}, "some nobody": {"tagged"}, "zzz": set(), "neon zzz": set(),
    "ㅅ": {"neon", "dasi", "tagged"}, '"; DROP TABLE words; *': set(), "NEAR(": set(), "café*": {"cafe"},
}  # fmt: skip


@pytest.mark.parametrize("indexed", [True, False], ids=["FTS5", "no FTS5"])
def test_songs_are_found_as_they_are_typed(path, folders, indexed, monkeypatch):
    if not indexed:
        monkeypatch.setattr(module, "INDEX", "CREATE VIRTUAL TABLE words USING none(spelled)")
    found = Catalogue(path)
    found.learn(folders)
    assert {typed: names(found, typed) for typed in FINDS} == FINDS
    assert [found.search(typed) for typed in ("", "  ", "-")] == [None] * 3
    found.forget(list(folders))
    assert found.search("neon") == []


def damaged(path):
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\x55" * (len(data) - 100))


DAMAGE = {
    "no database": lambda path: path.write_bytes(b"never a database" * 100),
    "pages overwritten": damaged,
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:3000]),
    "empty": lambda path: path.write_bytes(b""),
    "of other code": lambda path: run(path, "UPDATE made_by SET code = 'other'"),
    "no words": lambda path: run(path, "DROP TABLE words"),
    "other columns": lambda path: run(
        path, "DROP TABLE packs", "CREATE TABLE packs (number INTEGER)"
    ),
    "what is told is none": lambda path: run(path, "UPDATE packs SET told = '[]'"),
    "a folder in its place": lambda path: (path.unlink(), path.mkdir()),
}


def run(path, *statements):
    with sqlite3.connect(path, isolation_level=None) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_made_again(path, folders, damage):
    before = Catalogue(path)
    before.learn(folders)
    before.close()
    damage(path)
    again = Catalogue(path)
    assert len(again.entries()) == 0
    again.learn(folders)
    assert same(again.entries(), folders)
    assert names(again, "neon") == {"neon"}


def test_damage_while_the_game_runs_is_told_to_those_who_keep(path, folders):
    found = Catalogue(path)
    found.learn(folders)
    found.close()
    path.write_bytes(b"never a database" * 100)
    assert found.search("neon") == []
    assert found.behind
    found.learn(folders)
    assert len(found.search("neon")) == 1


@pytest.mark.skipif(os.name == "nt", reason="rights of folders are POSIX's")
@pytest.mark.parametrize("there", [True, False])
def test_where_nothing_may_be_written_it_lives_in_memory(path, folders, there, monkeypatch):
    path.parent.mkdir()
    if there:
        Catalogue(path).learn(folders)
    connect = sqlite3.connect

    def read_only(place, **how):
        if place == ":memory:":
            return connect(place, **how)
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(module.sqlite3, "connect", read_only)
    monkeypatch.setattr(module, "_remove", lambda place: None)
    found = Catalogue(path)
    found.learn(folders)
    assert same(found.entries(), folders)
    assert len(found.search("ㄴㅇ")) == 1


def test_two_games_keep_into_one_file(path, tmp_path):
    games = [Catalogue(path), Catalogue(path)]
    folders = [
        [tmp_path / f"{game}-{number}" for number in range(60)] for game in range(len(games))
    ]

    def keep(game):
        for folder in folders[game]:
            one = {folder: entry(folder, f"Title {folder.name}")}
            games[game].learn(one)
            while games[game].behind:  # as its owner does at the next look
                games[game].behind = False
                games[game].learn(one)

    threads = [threading.Thread(target=keep, args=(game,)) for game in range(len(games))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(Catalogue(path).entries()) == {*folders[0], *folders[1]}
    assert len(games[0].search("title")) == 120


def test_a_game_that_writes_is_not_waited_for(path, folders):
    first = Catalogue(path)
    first.learn(folders)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        first.forget(list(folders))
        assert first.behind
        assert len(first.search("neon")) == 1
        other.execute("ROLLBACK")
    other.close()


def test_a_name_that_is_no_text_is_only_not_kept(path, tmp_path):
    folder = tmp_path / os.fsdecode(b"song-\xff")
    odd = replace(facts(folder), audio=folder / os.fsdecode(b"\xff.ogg"))
    whole = {folder: entry(folder), tmp_path / "odd": Entry("stamp", odd)}
    whole[tmp_path / "odd"] = Entry("stamp", replace(odd, folder=folder))
    found = Catalogue(path)
    found.learn(whole)
    assert set(found.entries()) == {folder}


def test_too_many_packs_of_long_ago_are_forgotten(path, folders, monkeypatch):
    Catalogue(path).learn(folders)
    monkeypatch.setattr(module, "MOST_PACKS", 3)
    assert Catalogue(path).entries() == {}


def test_the_usual_place_is_the_cache(folders):
    Catalogue().learn(folders)
    assert (kept.cache_folder() / "catalogue.sqlite").is_file()


def test_a_stamp_changes_with_every_file(tmp_path):
    folder = tmp_path / "song"
    folder.mkdir()
    seen = {stamp_of(folder), stamp_of(Path("nowhere"))}
    for number, name in enumerate(["song.toml", "choreography.npz", "audio.ogg"]):
        (folder / name).write_text("a")
        os.utime(folder, ns=(number, number))
        seen.add(stamp_of(folder))
    (folder / "song.toml").write_text("ab")
    seen.add(stamp_of(folder))
    os.utime(folder / "choreography.npz", ns=(5, 5))
    seen.add(stamp_of(folder))
    assert len(seen) == 7
