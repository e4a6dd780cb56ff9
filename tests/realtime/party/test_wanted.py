"""Which songs may come, and that friends with one seed hear them in one order."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.library.songpack import PackFacts
from kpopdance.realtime.party.wanted import Span, Wanted, in_order


def facts(artist="Luna", bpm=120.0, dancers=1, year=0, audio="a.ogg"):
    sound = None if audio is None else Path(audio)
    return PackFacts("t", artist, bpm, dancers, 0.0, 60.0, sound, year=year)


SONGS = {
    "a": facts(), "b": facts("루나 (LUNA)", 90.0, 4, 2016), "c": facts("Sol", 150.0, 7, 2023),
    "d": facts("Sol", 100.0, 2, 2019), "mute": facts(audio=None),
}  # fmt: skip
TAKEN = {
    "all that sound": ({}, "abcd"),
    "an artist, in any case": ({"artist": " luna"}, "ab"),
    "Hangul": ({"artist": "루나"}, "b"),
    "a tempo": ({"tempo": Span(100, 130)}, "ad"),
    "from a tempo on": ({"tempo": Span(120)}, "ac"),
    "years, the known ones": ({"years": Span(2016, 2019)}, "bd"),
    "members": ({"members": Span(2, 4)}, "bd"),
    "only danced ones": ({"known": True}, "ac"),
    "all at once": ({"known": True, "members": Span(5), "artist": "sol"}, "c"),
}


@pytest.mark.parametrize(("asked", "names"), TAKEN.values(), ids=TAKEN)
def test_only_what_is_wanted_comes(asked, names):
    assert sorted(in_order(SONGS, Wanted(**asked), {"a", "c"})) == list(names)


def test_where_nothing_is_wanted_it_says_so():
    with pytest.raises(DanceError, match="none of your 5 songs"):
        in_order(SONGS, Wanted(artist="nobody"))


def test_a_seed_is_an_order_and_another_seed_another():
    many = {f"song-{k}": facts() for k in range(40)}
    orders = {seed: in_order(many, Wanted(seed)) for seed in ("1", "2", "달")}
    assert in_order(dict(reversed(many.items())), Wanted("1")) == orders["1"]
    assert len(set(orders.values())) == 3
    assert all(sorted(order) == sorted(many) for order in orders.values())
    firsts = {in_order(many, Wanted(str(seed)))[0] for seed in range(100)}
    assert len(firsts) > 25  # every song comes first now and then


def test_friends_with_other_songs_too_hear_the_common_ones_in_one_order():
    mine = {f"song-{k}": facts() for k in range(30)}
    theirs = {f"song-{k}": facts() for k in range(10, 45)}
    orders = [
        [name for name in in_order(songs, Wanted("7")) if name in mine and name in theirs]
        for songs in (mine, theirs)
    ]
    assert orders[0] == orders[1]


@pytest.mark.parametrize(
    "asked", [{"minutes": 0}, {"minutes": 21}, {"seed": ""}, {"seed": "x" * 41}]
)
def test_what_cannot_be_is_refused(asked):
    with pytest.raises(DanceError):
        Wanted(**asked)
