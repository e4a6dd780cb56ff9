"""Which songs a list shows: searched for, of a kind, in an order, on a player's lists."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from kpopdance.realtime.core.ports import Hand
from kpopdance.realtime.game.choosing import (
    MOST_NAME,
    MOST_TYPED,
    ORDERS,
    Choosing,
    Searching,
    kinds,
)
from kpopdance.realtime.library.songpack import PackFacts
from kpopdance.realtime.library.store import FAVOURITES, Remembered
from kpopdance.realtime.scoring.difficulty import Difficulty


def song(name, title, artist, bpm, length_s, level, recorded_s):
    hard = None if level is None else Difficulty(level, {})
    return PackFacts(
        title, artist, bpm, 1, 0.0, length_s, None, folder=Path(name), recorded_s=recorded_s,
        difficulty=hard,
    )  # fmt: skip


FOUND = {
    "b": song("b", "Beta", "zoo", 90.0, 100.0, 3.0, 30.0),
    "bad": "bad/song.toml: is missing",
    "a": song("a", "alpha", "Moon", 150.0, 60.0, 7.5, 10.0),
    "c": song("c", "가", "", 120.0, 200.0, None, 20.0),
}
SCORES = {"a": 55.0, "b": 92.0}
REMEMBERED = Remembered(
    SCORES, ("b", "a"), {FAVOURITES: {"c", "gone"}, "Party": {"a", "b"}, "Empty": set()}
)
IN_ORDER = {
    "title": "abc", "artist": "abc", "tempo": "bca", "length": "abc", "difficulty": "bac",
    "newest": "bca", "last danced": "abc", "best": "bac",
}  # fmt: skip
OF_KIND = {
    "all songs": ["a", "b", "c", "bad"], "favourites": ["c"], "not danced yet": ["c", "bad"],
    "danced badly": ["a"], "Party": ["a", "b"], "Empty": [],
}  # fmt: skip


def choosing(meant=lambda typed: None):
    asks = Choosing(meant)
    asks.remembered = REMEMBERED
    return asks


@pytest.mark.parametrize("order", ORDERS)
def test_songs_come_in_the_order_that_is_asked_for_damaged_ones_last(order):
    asks = choosing()
    while asks.asked.order != order:
        asks.turn("order")
    assert asks.names(FOUND, SCORES.get, ()) == (*IN_ORDER[order], "bad")


def test_kinds_come_one_after_the_other_and_playlists_by_name():
    asks, seen = choosing(), {}
    assert kinds(REMEMBERED)[4:] == ("Party", "Empty")
    for _ in kinds(REMEMBERED):
        seen[asks.asked.only] = list(asks.names(FOUND, SCORES.get, ()))
        asks.turn("only")
    assert seen == OF_KIND
    assert asks.asked.only == "all songs"


def test_a_playlist_that_is_gone_shows_all_songs_again():
    asks = choosing()
    asks.asked = replace(asks.asked, only="Party")
    asks.remembered = Remembered()
    assert len(asks.names(FOUND, SCORES.get, ())) == 4
    assert asks.asked.only == "all songs"


def test_what_is_typed_and_composed_is_searched_for_within_the_kind():
    told = []

    def meant(typed):
        told.append(typed)
        return {"a", "c"} if typed else None

    asks = choosing(meant)
    asks.begin("search")
    assert asks.write(Hand(typed="네", composing="ㅇ"))
    assert not asks.write(Hand(composing="ㅇ"))
    assert asks.names(FOUND, SCORES.get, ()) == ("a", "c")
    asks.turn("only")
    assert asks.names(FOUND, SCORES.get, ()) == ("c",)
    assert told == ["네ㅇ"] * 2
    assert asks.end() == ""
    assert (asks.asked.typed, asks.asked.composing, asks.asked.field) == ("네ㅇ", "", "")
    assert asks.clear()
    assert not asks.clear()


def test_the_name_of_a_playlist_is_no_search():
    asks = choosing(lambda typed: set())
    asks.begin("playlist")
    asks.write(Hand(typed="  Party "))
    assert len(asks.names(FOUND, SCORES.get, ())) == 4
    assert asks.end() == "Party"
    assert asks.asked.typed == ""
    asks.begin("playlist")
    asks.write(Hand(typed="x" * 1000))
    asks.take_back()
    assert len(asks.asked.typed) == MOST_TYPED - 1
    assert len(asks.end()) == MOST_NAME


def test_the_order_is_worked_out_once_until_something_changes():
    asks, asked = choosing(), []

    def best(name):
        asked.append(name)
        return SCORES.get(name)

    asks.asked = replace(asks.asked, order="best")
    first = asks.names(FOUND, best, "terms")
    count = len(asked)
    assert asks.names(FOUND, best, "terms") is first
    assert len(asked) == count
    asks.names(dict(FOUND), best, "terms")
    asks.names(FOUND, best, "other terms")
    assert len(asked) == 3 * count


def test_many_songs_are_searched_beside_and_the_newest_word_wins():
    going, asked = threading.Event(), []

    def meant(typed):
        if typed:
            assert threading.current_thread() is not threading.main_thread()
            going.wait(60)
        asked.append(typed)
        return {typed} if typed else None

    search = Searching(meant, lambda: False)
    assert search("") is None
    assert search("a") is None  # what was found before stands
    assert search("ab") is None
    assert not search.news()
    going.set()
    found = []
    while not found or found[-1] != {"ab"}:
        if search.news():
            found.append(search("ab"))
        threading.Event().wait(0.001)
    assert found == [{"a"}, {"ab"}]
    assert search("ab") == {"ab"}
    assert asked == ["", "a", "ab"]
    search.again()
    assert search("ab") == {"ab"}  # and is looked for again
    assert search("") is None


def test_few_songs_are_searched_at_once():
    search = Searching(lambda typed: {typed}, lambda: True)
    assert (search("a"), search("b")) == ({"a"}, {"b"})
    assert not search.news()


def test_where_there_are_many_another_order_is_made_beside_the_window():
    asks = Choosing(lambda typed: None, lambda: False)
    asks.remembered = REMEMBERED
    by_title = asks.names(FOUND, SCORES.get, 0)
    for _ in range(2):  # artist, then tempo, while the first is made
        asks.turn("order")
        assert asks.names(FOUND, SCORES.get, 0) == by_title
    for order in (["a", "b", "c", "bad"], ["b", "c", "a", "bad"]):
        asks._coming.exception(10)
        assert asks.news()
        assert asks._made[1] == tuple(order)
        asks.names(FOUND, SCORES.get, 0)
    assert not asks.news()
    known_better = {**FOUND, "a": replace(FOUND["a"], bpm=10.0)}
    assert asks.names(known_better, SCORES.get, 0) == ("b", "c", "a", "bad")
    asks._coming.exception(10)
    assert asks.news()
    assert asks.names(known_better, SCORES.get, 0) == ("a", "b", "c", "bad")
    fewer = {"a": FOUND["a"]}
    assert asks.names(fewer, SCORES.get, 0) == ("a",)  # the others are gone: at once
