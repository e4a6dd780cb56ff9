"""The chorus of the chosen song sounds after a while, fades, comes again, and gives way."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.core.types import Heard
from kpopdance.realtime.dance.chorus import (
    CLICKS,
    COUNT,
    LONG_S,
    LOUD,
    RESTED_S,
    Chorus,
    _done,
    faded_in_and_out,
)
from kpopdance.realtime.devices.count_in import CountIn
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.songpack import PackFacts
from tests.waiting import until

RATE = 1000


class Card:
    """A speaker that notes what it is asked for."""

    def __init__(self, samples, cause=Cause.WELL):
        self.samples, self.said = samples, []
        self.health = Health("sound", cause)
        self.heard = None

    def start(self, from_s):
        self.said.append(("start", from_s))

    def pause(self, fade_s):
        self.said.append("pause")

    def close(self):
        self.said.append("close")


class Kit:
    """What of a kit makes sound."""

    def __init__(self, cause=Cause.WELL, **settings):
        self.settings = Settings(**settings)
        self.reads, self.cards, self.cause = [], [], cause

    def read_part(self, path, start_s, seconds):
        self.reads.append((path.name, start_s, seconds))
        if path.name == "bad.ogg":
            raise DanceError(f"{path}: is damaged; copy it again")
        return np.ones((round(10 * RATE), 2), np.float32), RATE

    def count(self, rate, beat_s):
        return np.ones((round(4 * beat_s * rate), 2), np.float32), 0.1

    def open_speaker(self, samples, rate, count_in_s, beat_s):
        CountIn(count_in_s, beat_s)  # as the real one checks it
        self.cards.append(Card(samples, self.cause))
        return self.cards[-1]


def song(name):
    return PackFacts(name, "", 120.0, 1, 0.0, 60.0, Path(f"{name}.ogg"), preview_s=33.0)


def look(chorus, what, *seconds):
    """Look at a song in some moments, each when all beside the window is done."""
    for second in seconds:
        until(lambda: _done(chorus._working) and _done(chorus._hushing))
        chorus.look(what, second)


def test_it_sounds_when_looked_at_for_a_while_and_comes_again():
    kit, one = Kit(), song("one")
    chorus = Chorus(kit)
    look(chorus, one, 0.0, RESTED_S - 0.1)
    assert kit.reads == []
    look(chorus, one, RESTED_S, 1.0)
    assert kit.reads == [("one.ogg", 33.0, LONG_S)]
    (card,) = kit.cards
    assert card.said == [("start", 0.0)]
    assert chorus.second(1.5) is None  # the device has not told yet
    card.heard = Heard(0.25, 1.25)
    assert chorus.second(1.5) == 0.5
    assert chorus.second(99.0) == 10.0
    look(chorus, replace_facts(one), 5.0, 10.9)
    assert card.said == [("start", 0.0)]  # other facts of the same song
    look(chorus, one, 11.1)
    assert card.said == [("start", 0.0)] * 2


def replace_facts(one):
    return replace(one, tags=("known",))


def test_another_song_silences_it_at_once_and_is_heard_itself():
    kit = Kit()
    chorus = Chorus(kit)
    look(chorus, song("one"), 0.0)
    one, two = song("one"), song("two")
    look(chorus, one, 1.0, 2.0)
    look(chorus, two, 2.1)
    assert kit.cards[0].said[:2] == [("start", 0.0), "pause"]
    look(chorus, two, 2.2, 3.0, 3.1)
    assert kit.cards[0].said[2:] == ["close"]
    assert kit.cards[1].said == [("start", 0.0)]
    chorus.hush()
    chorus.settle()
    assert kit.cards[1].said[1:] == ["pause", "close"]
    look(chorus, two, 9.0, 10.0, 10.1)
    assert len(kit.cards) == 3  # back in the list


@pytest.mark.parametrize(
    ("effect", "from_s", "length_s", "loudest"),
    [(CLICKS, -2.0, 3.0, 0.0), (COUNT, 0.0, 3.0, 0.25)],
)
def test_sounds_of_the_game_are_heard_again_and_again(effect, from_s, length_s, loudest):
    kit = Kit(count_volume=50)
    chorus = Chorus(kit)
    look(chorus, effect, 0.0, 1.0, 1.1, 1.0 + length_s, 1.2 + length_s)
    (card,) = kit.cards
    assert card.said == [("start", from_s)] * 2
    assert card.samples.max() == pytest.approx(loudest)


def test_who_leaves_while_it_opens_hears_nothing():
    kit, going = Kit(), threading.Event()
    opened = kit.open_speaker

    def slowly(*sound):
        going.wait(60)
        return opened(*sound)

    kit.open_speaker = slowly
    chorus, one = Chorus(kit), song("one")
    chorus.look(one, 0.0)
    chorus.look(one, 1.0)
    chorus.hush()
    chorus.look(one, 1.1)  # does not wait
    going.set()
    chorus.settle()
    assert [card.said for card in kit.cards] == [["close"]]


@pytest.mark.parametrize(
    ("kit", "name", "reads"),
    [
        (Kit(preview_sound=False), "one", 0),
        (Kit(Cause.NEVER_OPENED), "one", 1),
        (Kit(), "bad", 1),
    ],
    ids=["off", "no sound card", "damaged"],
)
def test_where_nothing_can_sound_it_is_not_tried_again_and_again(kit, name, reads):
    chorus = Chorus(kit)
    one = song(name)
    look(chorus, one, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
    assert len(kit.reads) == reads
    assert all(("start", 0.0) not in card.said for card in kit.cards)


def test_it_comes_up_from_silence_and_goes_back():
    faded = faded_in_and_out(np.ones((4 * RATE, 2), np.float32), RATE)
    assert faded.dtype == np.float32
    assert np.abs(faded[[0, -1]]).max() < 0.01
    assert faded[2 * RATE] == pytest.approx(LOUD)
    assert np.abs(np.diff(faded[:, 0])).max() < 0.01
    assert faded_in_and_out(np.ones((1, 2), np.float32), RATE).shape == (1, 2)
