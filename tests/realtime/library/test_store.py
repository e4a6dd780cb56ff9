"""What is remembered: by several programs at once, from older versions, on damaged and full disks."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from functools import partial
from itertools import product

import pytest

from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.library import store as module
from kpopdance.realtime.library.guided import keep_guided
from kpopdance.realtime.library.history import dances_of
from kpopdance.realtime.library.store import (
    FAVOURITES,
    QUIZZES_KEPT,
    Remembered,
    Store,
    StoreError,
    score_key,
    store_file,
)
from kpopdance.realtime.library.tables import FIRST_PLAYER, UPGRADES
from tests.kept_dances import keep_score

WRITER = """
import sys
from pathlib import Path
from kpopdance.realtime.library.guided import keep_guided
from kpopdance.realtime.library.history import keep_dance
from kpopdance.realtime.library.store import Store
from tests.kept_dances import danced
store = Store(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}-{number}"
    keep_dance(store, danced(name), name)
    store.keep_quiz("{}")
"""


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "deep" / "kpopdance.sqlite")


def write(store, name, count):
    return subprocess.Popen([sys.executable, "-c", WRITER, str(store.path), name, str(count)])


def rewrite(store, statement):
    with closing(sqlite3.connect(store.path)) as db, db:
        db.execute(statement)


def test_the_best_score_of_each_key_is_kept(store):
    assert store.best_scores() == {}
    assert keep_score(store, "neon", 61.26) is None
    assert keep_score(store, "neon", 50.0) == 61.3
    assert keep_score(store, "neon", 72.0) == 61.3
    assert keep_score(store, "별", 5.0) is None
    assert store.best_scores() == {"neon": 72.0, "별": 5.0}
    assert [path.name for path in store.path.parent.iterdir()] == ["kpopdance.sqlite"]


def test_the_newest_quizzes_are_kept_in_order(store, monkeypatch):
    monkeypatch.setattr(module, "QUIZZES_KEPT", 4)
    for k in range(6):
        store.keep_quiz(str(k))
    assert store.quizzes() == ["2", "3", "4", "5"]


@pytest.mark.parametrize(("version", "count"), [(0, 100), (2, 20)])
def test_two_programs_lose_nothing_of_each_other(store, version, count):
    """Dances and quizzes; both begin with no database, or with one of an older version."""
    if version:
        of_version(store.path, version)
    writers = [write(store, name, count) for name in "ab"]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    assert set(store.best_scores()) == {
        f"{name}-{k}" for name, k in product("ab", range(count))
    } | ({"neon"} if version else set())
    assert len(list(dances_of(store))) == 2 * count
    assert len(store.quizzes()) == 2 * count + bool(version)


def test_threads_share_a_store(store):
    threads = [
        threading.Thread(target=lambda k=k: keep_score(store, f"song-{k}", 1.0))
        for k in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.best_scores()) == 8


def of_old(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, told in files.items():
        text = told if isinstance(told, str) else json.dumps(told)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def test_older_files_are_taken_over_once_and_stay(store):
    games = [{"seed": str(k), "answers": []} for k in range(QUIZZES_KEPT + 2)]
    of_old(
        store.path.parent, scores={"neon": 61.3, "별": 5, "nan": float("nan")},
        quizzes=games,
    )  # fmt: skip
    assert keep_score(store, "neon", 60.0) == 61.3
    assert store.best_scores() == {"neon": 61.3, "별": 5.0}
    assert [json.loads(game) for game in store.quizzes()] == games[2:]
    rewrite(store, "DELETE FROM scores")
    assert store.best_scores() == {}
    assert {path.name for path in store.path.parent.glob("*.json")} == {
        "scores.json", "quizzes.json",
    }  # fmt: skip


OLD_DAMAGE = {
    "scores": ["", "{", "[]", "7", '{"a": "b"}', '{"a": null}', "[" * 50_000, "\ufeff{}", '{"a": {}}'],
    "quizzes": ["{}", "[7]", "null"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in OLD_DAMAGE.items() for text in texts],
    ids=range(12),
)  # fmt: skip
def test_a_damaged_older_file_is_set_aside_and_said(store, caplog, name, text):
    of_old(store.path.parent, scores={"neon": 40.0}, quizzes=[{}])
    of_old(store.path.parent, **{name: text})
    found = {"scores": store.best_scores(), "quizzes": store.quizzes()}
    wanted = {"scores": {"neon": 40.0}, "quizzes": ["{}"]}
    assert found == wanted | {name: type(wanted[name])()}
    assert f"set aside as {name}.damaged" in caplog.text
    assert (store.path.parent / f"{name}.damaged").read_text(encoding="utf-8") == text


def test_an_older_file_that_cannot_be_read_is_not_forgotten(store):
    of_old(store.path.parent)
    (store.path.parent / "scores.json").mkdir()
    with pytest.raises(StoreError):
        keep_score(store, "neon", 1.0)
    (store.path.parent / "scores.json").rmdir()
    of_old(store.path.parent, scores={"neon": 40.0})
    assert keep_score(store, "neon", 1.0) == 40.0


def of_version(path, version):
    """Make the database of an older version, with something in each of its tables."""
    rows = [
        ("INSERT INTO scores VALUES ('neon', 61.3)", "INSERT INTO lags VALUES (7, 20.0), (9, 30.0)",
         "INSERT INTO quizzes VALUES (3, '{}')"),
        ("INSERT INTO danced VALUES (4, 'neon'), (5, 'star')",
         "INSERT INTO playlists VALUES ('', 'neon'), ('Party', 'star')"),
    ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA journal_mode = WAL")
        for steps in (*UPGRADES[:version], *rows[:version]):
            for step in steps:
                db.execute(step)
        db.execute(f"PRAGMA user_version = {version}")


def all_of(store):
    return store.best_scores(), store.quizzes(), store.remembered()


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize("version", [1, 2])
def test_an_older_database_is_the_first_player_s(store, version, writable, monkeypatch):
    of_version(store.path, version)
    if not writable:
        connect, closed = sqlite3.connect, sqlite3.OperationalError("readonly")
        closed.sqlite_errorcode = sqlite3.SQLITE_READONLY

        def read_only(path, **options):
            if options.get("uri"):
                return connect(path, **options)
            raise closed

        monkeypatch.setattr(sqlite3, "connect", read_only)
    danced, lists = (), {}
    if version > 1:
        danced, lists = ("neon", "star"), {FAVOURITES: {"neon"}, "Party": {"star"}}
    scores = {"neon": 61.3}
    told_of = partial(Remembered, name="Player 1")
    for one in (store, store.of(FIRST_PLAYER)):
        assert all_of(one) == (scores, ["{}"], told_of(scores, danced, lists))
    assert all_of(store.of(FIRST_PLAYER + 1)) == ({}, [], Remembered(new=True))
    if writable:
        assert keep_score(store, "neon", 50.0) == 61.3


def overwritten(path, where, data):
    with path.open("r+b") as file:
        file.seek(where)
        file.write(data)


DAMAGE = {
    "no database": lambda path: path.write_bytes(b"scores" * 999),
    "a head of nothing": lambda path: overwritten(path, 0, bytes(100)),
    "pages of nothing": lambda path: overwritten(path, 4096, bytes(path.stat().st_size - 4096)),
    "half of it": lambda path: path.write_bytes(path.read_bytes()[:6000]),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_database_is_set_aside_under_a_fresh_name(store, caplog, damage):
    folder = store.path.parent
    of_old(folder)
    (folder / "kpopdance.damaged").write_text("an earlier one")
    keep_score(store, "neon", 40.0)
    damage(store.path)
    (folder / "kpopdance.sqlite-wal").write_text("what was written last")
    damaged = store.path.read_bytes()
    assert keep_score(store, "neon", 30.0) is None
    assert store.best_scores() == {"neon": 30.0}
    assert (folder / "kpopdance.damaged").read_text() == "an earlier one"
    assert (folder / "kpopdance.damaged-2").read_bytes() == damaged
    assert caplog.text.count("set aside as kpopdance.damaged-2") == 1


def test_a_newer_database_is_left_alone(store):
    keep_score(store, "neon", 40.0)
    rewrite(store, f"PRAGMA user_version = {len(UPGRADES) + 1}")
    before = store.path.read_bytes()
    for call in (store.best_scores, lambda: keep_score(store, "neon", 50.0)):
        with pytest.raises(StoreError, match="newer version") as why:
            call()
        assert str(why.value).startswith(f"{store.path}: ")
    assert store.path.read_bytes() == before


def test_a_busy_database_is_waited_for_and_then_said(store, monkeypatch):
    monkeypatch.setattr(module, "BUSY_S", 0.2)
    keep_score(store, "neon", 40.0)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert store.best_scores() == {"neon": 40.0}
        with pytest.raises(StoreError) as why:
            keep_score(store, "neon", 50.0)
        assert why.value.reason == "another program holds it"
        other.execute("ROLLBACK")
    assert keep_score(store, "neon", 50.0) == 40.0


@contextmanager
def full_disk(largest_bytes):
    """No file may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("largest_bytes", [0, 1, 512, 4096, 10_000, 40_000])
def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path, largest_bytes):
    """Also as the database is made, and taken over from older files."""
    of_old(tmp_path, scores={"old": 10.0})
    store = Store(tmp_path / "kpopdance.sqlite")
    kept, reasons = {"old"}, set()
    with full_disk(largest_bytes):
        for k in range(60):
            try:
                keep_score(store, key := f"{k}-" + "x" * 500, 1.0)
            except StoreError as why:
                reasons.add(why.reason)
            else:
                kept.add(key)
    assert reasons <= {"the disk is full", "the disk is full or fails"}
    assert set(store.best_scores()) == kept
    assert keep_score(store, "old", 1.0) == 10.0


def test_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "taken").write_text("mine")
    store = Store(tmp_path / "taken" / "kpopdance.sqlite")
    assert store.best_scores() == {}
    with pytest.raises(StoreError, match="a file is where the folder should be"):
        store.keep_quiz("{}")


def test_what_cannot_be_written_can_still_be_read(store, monkeypatch):
    """A read-only disk: SQLite can make none of its files there."""
    keep_score(store, "neon", 40.0)
    connect, closed = sqlite3.connect, sqlite3.OperationalError("unable to open database file")
    closed.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN

    def read_only(path, **options):
        if options.get("uri"):
            return connect(path, **options)
        raise closed

    monkeypatch.setattr(sqlite3, "connect", read_only)
    assert store.best_scores() == {"neon": 40.0}
    with pytest.raises(StoreError) as why:
        keep_score(store, "neon", 50.0)
    assert why.value.reason == "the folder or file may not be written to"
    store.path.unlink()
    of_old(store.path.parent, scores={"old": 10.0})
    assert store.best_scores() == {"old": 10.0}
    assert not store.path.exists()


def test_the_usual_place_is_the_user_s_own():
    assert store_file().name == "kpopdance.sqlite"
    assert store_file().parent.name == "kpopdance"


def test_each_terms_have_their_own_best_score():
    terms = [
        Terms(),
        Terms("pro"),
        Terms("kids", "seated"),
        Terms("kids", "whole", mirrored=True),
    ]
    keys = [score_key("neon", each) for each in terms]
    assert keys[0] == "neon"
    assert len(set(keys)) == len(keys)


def test_lists_and_the_order_of_dances_are_remembered(tmp_path):
    store = Store(tmp_path / "kpopdance.sqlite")
    assert store.remembered() == Remembered(name="Player 1", new=True)
    keep_guided(store)
    keep_guided(store)
    assert store.remembered() == Remembered(name="Player 1")
    for key in ("neon", "별", "neon/pro"):
        keep_score(store, key, 50.0)
    assert store.turn_listed(FAVOURITES, "별")
    assert store.turn_listed("Party", "neon")
    assert store.turn_listed("Party", "별")
    assert not store.turn_listed("Party", "neon")
    found = Store(store.path).remembered()
    assert found.danced == ("별", "neon")
    assert found.playlists == {FAVOURITES: {"별"}, "Party": {"별"}}
    assert set(found.scores) == {"neon", "별", "neon/pro"}
