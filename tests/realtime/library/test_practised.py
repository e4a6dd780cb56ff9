"""What was practised is kept for each player, told once, and forgotten."""

from __future__ import annotations

import sqlite3

import pytest

from kpopdance.realtime.library.practised import keep_practised, take_practised
from kpopdance.realtime.library.store import Store, StoreError


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "kpopdance.sqlite")


def test_the_score_before_the_first_practice_is_told_once(store):
    keep_practised(store, "song", {2.0: (41.26, 3), 4.0001: (10.0, 1)})
    keep_practised(store, "song", {2.0: (70.0, 2)})
    keep_practised(store, "song/pro", {2.0: (5.0, 9)})
    assert take_practised(store, "song", [0.0, 2.0]) == {2.0: 41.3}
    assert take_practised(store, "song", [2.0, 4.0]) == {4.0: 10.0}
    assert take_practised(store, "song", [2.0, 4.0]) == {}
    assert take_practised(store, "song/pro", [2.0]) == {2.0: 5.0}


def test_it_is_one_players_own_and_goes_with_them(store):
    keep_practised(store, "song", {2.0: (41.0, 3)})

    def add(db, player):
        return db.execute(
            "INSERT INTO players (name, colour, made_s) VALUES ('N', 0, 0)"
        ).lastrowid

    other = store.of(store.write(add))
    assert take_practised(other, "song", [2.0]) == {}
    keep_practised(other, "song", {2.0: (50.0, 1)})
    store.write(lambda db, player: db.execute("DELETE FROM players WHERE id = ?", (player,)))
    with sqlite3.connect(store.path) as db:
        assert db.execute("SELECT before FROM practised").fetchall() == [(50.0,)]
    with pytest.raises(StoreError, match="player is gone"):
        keep_practised(store, "song", {2.0: (41.0, 3)})
