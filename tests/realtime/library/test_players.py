"""Players: told apart, never two of one name, and gone with all that was kept of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from kpopdance.realtime.core.progress import Goal
from kpopdance.realtime.library.delays import Measured
from kpopdance.realtime.library.history import dances_of, keep_dance
from kpopdance.realtime.library.players import (
    COLOURS,
    MOST_NAME,
    PlayerError,
    add_player,
    change_player,
    choose_player,
    held_of,
    named,
    player_of,
    players_of,
    remove_player,
)
from kpopdance.realtime.library.store import FAVOURITES, GuestStore, Store, StoreError
from tests.kept_dances import danced, keep_score


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "kpopdance.sqlite")


def names(store):
    return [player.name for player in players_of(store)]


def fill(store, word="neon"):
    """Keep something of every kind."""
    keep_dance(store, danced(word, title=f"{word} title"), word)
    store.keep_quiz(f'{{"quiz": "{word}"}}')
    store.turn_listed(FAVOURITES, word)
    store.turn_listed(f"{word} list", word)


def told(store):
    return (
        replace(store.remembered(), name="", colour=0),
        store.quizzes(),
        list(dances_of(store)),
    )


def test_there_is_always_a_player_who_is_remembered(store):
    assert names(store) == ["Player 1"]
    mina = add_player(store, " Mina ", 5.0)
    assert (mina.name, mina.made_s, mina.goal) == ("Mina", 5.0, Goal())
    assert player_of(Store(store.path)) == named(store, "player 1")
    assert player_of(choose_player(store, mina.id)) == mina == player_of(Store(store.path))
    assert names(store) == ["Mina", "Player 1"]


def test_what_is_kept_is_one_player_s(store):
    fill(store, "neon")
    before = told(store)
    theirs = store.of(add_player(store, "별", 0.0).id)
    assert told(theirs) == told(Store(store.path.with_name("new.sqlite")))
    fill(theirs, "other")
    assert told(store) == before
    assert theirs.best_scores().keys() == {"other"}
    choose_player(store, named(store, "별").id)
    assert told(Store(store.path)) == told(theirs)


def test_a_game_goes_on_with_its_player_whoever_is_chosen_elsewhere(store):
    keep_score(store, "mine", 40.0)
    choose_player(Store(store.path), add_player(Store(store.path), "Jun", 0.0).id)
    keep_score(store, "mine too", 40.0)
    assert store.best_scores().keys() == {"mine", "mine too"}


NAMES = {
    "long": ("x" * 99, "x" * MOST_NAME), "spaces": ("  a \t b\n", "a b"), "nothing": (" \n", "Player 2"),
    "decomposed": ("\u1107\u1167\u11af", "별"), "a terminal's": ("\x1b[31mRed\u202e", "[31mRed"),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "kept"), NAMES.values(), ids=NAMES)
def test_names_are_kept_so_that_they_can_be_shown(store, typed, kept):
    assert add_player(store, typed, 0.0).name == kept
    assert names(store) == ["Player 1", kept]


def test_no_two_players_have_one_name(store):
    mina = add_player(store, "Mina", 0.0)
    for name in ("Mina", "mina", " MINA "):
        with pytest.raises(PlayerError, match="Mina already"):
            add_player(store, name, 0.0)
    with pytest.raises(PlayerError, match="Player 1 already"):
        change_player(store, mina, name="PLAYER 1")
    assert change_player(store, mina, name="MINA").name == "MINA"
    with pytest.raises(
        PlayerError, match="no player is called 'Jun'; there are Player 1, MINA"
    ):
        named(store, "Jun")


def test_colours_and_goals_are_changed_and_new_players_differ(store):
    colours = {add_player(store, "", 0.0).colour for _ in range(COLOURS - 1)}
    assert colours == set(range(1, COLOURS))
    one = named(store, "Player 3")
    changed = change_player(store, one, colour=COLOURS + 2, goal=Goal(60, "minutes"))
    assert (changed.colour, changed.goal) == (2, Goal(60, "minutes"))
    assert named(store, "Player 3") == changed


def test_all_of_a_player_goes_at_once_and_from_the_disk(store):
    fill(store, "neon")
    mina = add_player(store, "Minaaaaaa", 0.0)
    theirs, kept = store.of(mina.id), told(store)
    for number in range(20):
        fill(theirs, f"secretsong-{number}")
    assert held_of(store, mina.id) == {
        "dances and practices": 20, "best scores": 20, "quizzes": 20, "playlists": 21,
    }  # fmt: skip
    remove_player(store, mina.id)
    assert names(store) == ["Player 1"]
    assert told(store) == kept
    left = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert b"neon title" in left
    assert b"secretsong" not in left
    assert b"Minaaaaaa" not in left
    assert held_of(store, mina.id) == {}


def test_who_is_gone_is_said_and_nobody_takes_their_place(store):
    mina = add_player(store, "Mina", 0.0)
    theirs = store.of(mina.id)
    remove_player(store, mina.id)
    assert theirs.best_scores() == {}
    for late in (
        lambda: keep_score(theirs, "neon", 1.0),
        lambda: keep_dance(theirs, danced(), "neon"),
    ):
        with pytest.raises(StoreError) as why:
            late()
        assert why.value.reason == "this player is gone: choose another one"
    with pytest.raises(PlayerError, match="gone"):
        player_of(theirs)
    with pytest.raises(PlayerError, match="Mina is gone"):
        change_player(store, mina, name="Mia")
    assert add_player(store, "Jun", 0.0).id != mina.id


def test_after_the_last_player_there_is_a_new_one(store):
    (store.path.with_name("scores.json")).write_text('{"old": 40}')
    fill(store)
    remove_player(store, players_of(store)[0].id)
    assert names(store) == ["Player 1"]
    assert Store(store.path).best_scores() == {}
    assert [path.name for path in store.path.parent.iterdir()] == ["kpopdance.sqlite"]


def test_of_a_guest_nothing_is_kept(store, tmp_path):
    (tmp_path / "scores.json").write_text('{"old": 40}')
    guest = GuestStore(store)
    fill(guest)
    assert guest.best_scores().keys() == {"neon"}
    assert len(guest.quizzes()) == 1
    with pytest.raises(ZeroDivisionError):
        guest.write(lambda db, player: db.execute("DELETE FROM scores") and 1 / 0)
    assert guest.best_scores().keys() == {"neon"}
    assert GuestStore(store).best_scores() == {}
    assert [path.name for path in tmp_path.iterdir()] == ["scores.json"]
    guest.keep_delay("speaker", "camera", Measured(120.0))  # the devices are nobody's
    assert guest.delays() == store.delays() == {("speaker", "camera"): Measured(120.0)}


def test_no_table_outlives_the_player_it_is_about(store):
    """A table of a newer version too: what names a player goes with the player."""
    store.best_scores()
    with closing(sqlite3.connect(store.path)) as db:
        tables = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for name in tables:
            columns = {row[1] for row in db.execute(f"PRAGMA table_info({name})")}
            kept = [(row[2], row[6]) for row in db.execute(f"PRAGMA foreign_key_list({name})")]
            assert ("player" in columns) == (("players", "CASCADE") in kept), name
