"""What is made beside the list: a dance that was looked at begins at once, and nothing is made twice."""

from __future__ import annotations

import dataclasses
import os
import threading

import numpy as np
import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.dance import preparing
from kpopdance.realtime.dance.performance import open_performance, watcher_of
from kpopdance.realtime.dance.preparing import RESTED_S, Preparing, warm
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.listing import first_page
from kpopdance.realtime.library import standards
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.shell.beside import Later
from kpopdance.realtime.shell.pages import Shell
from kpopdance.realtime.shell.songs import Songs
from tests.fakes import PaintedVision, eyes_of
from tests.realtime.game import test_game
from tests.realtime.game.test_game import kit

library = test_game.library
no_waiting_for_a_camera = test_game.no_waiting_for_a_camera
RATE = 8000


@pytest.fixture
def song(library):
    return load_pack(library / "short")


@pytest.fixture
def worked(monkeypatch):
    """What was worked out: songs' titles."""
    titles, real = [], standards.standard_from_choreography
    standards._newest.clear()
    monkeypatch.setattr(
        standards,
        "standard_from_choreography",
        lambda dance, **how: titles.append(dance) or real(dance, **how),
    )
    monkeypatch.setattr(standards, "read_kept", lambda *_: None)
    return titles


def seeing(vision):
    return Later.here(eyes_of(vision))


def look(prepared, song, devices, terms, after_s):
    """Look at a song so much later."""
    devices.clock.at_s += after_s
    prepared.look(song, terms, devices)


def rested(song, devices):
    """What is prepared once a song was looked at for long enough."""
    prepared = Preparing(devices.read_audio)
    for after_s in (0.0, RESTED_S + 0.1):
        look(prepared, song, devices, Terms(), after_s)
    prepared._working.result(60)
    assert prepared.done
    return prepared


def test_who_rests_at_a_song_waits_for_nothing_more(library, song, worked):
    read, eye = [], PaintedVision({0: None})
    sound = (np.zeros((4 * RATE, 2), np.float32), RATE)
    devices = kit(
        library, seeing=seeing(eye), read_audio=lambda path: read.append(path) or sound
    )
    prepared = rested(song, devices)
    assert (len(worked), len(read), len(eye.asked)) == (1, 1, 6)
    prepared.settle(song.folder, Terms())
    dance = open_performance(
        dataclasses.replace(devices, read_audio=prepared.sound_of), song, Terms()
    )
    assert (len(worked), len(read), len(eye.asked)) == (1, 1, 6)
    dance.close()
    assert prepared.sound_of(song.audio) is sound  # held for one dance: read again
    assert len(read) == 2


def test_who_passes_by_prepares_nothing(library, song, worked):
    devices = kit(library)
    prepared = Preparing(devices.read_audio)
    for number in range(9):
        look(prepared, song, devices, Terms(mirrored=number % 2 == 0), 0.9 * RESTED_S)
    assert prepared._working is None
    assert worked == []


def test_a_sound_that_was_written_anew_is_read_anew(library, song):
    read = []
    prepared = rested(
        song, kit(library, read_audio=lambda path: read.append(path) or ((), RATE))
    )
    told = song.audio.stat()
    os.utime(song.audio, ns=(told.st_atime_ns, told.st_mtime_ns + 10**9))
    prepared.sound_of(song.audio)
    assert len(read) == 2
    song.audio.unlink()
    prepared.sound_of(song.audio)  # the dance says that it is gone
    assert len(read) == 3


def test_a_sound_that_is_being_read_is_waited_for(library, song, monkeypatch):
    reading, go_on, read = threading.Event(), threading.Event(), []

    def slowly(path):
        read.append(path)
        reading.set()
        assert go_on.wait(60)
        return ((), RATE)

    monkeypatch.setattr(preparing, "standard_of", lambda *_: None)
    devices = kit(library, read_audio=slowly)
    prepared = Preparing(slowly)
    for after_s in (0.0, 1.0):
        look(prepared, song, devices, Terms(), after_s)
    assert reading.wait(60)
    threading.Timer(0.1, go_on.set).start()
    assert prepared.sound_of(song.audio) == ((), RATE)
    assert len(read) == 1


def test_who_looks_elsewhere_ends_the_work(library, song, monkeypatch):
    at_work, ended = threading.Event(), []

    def long_work(song, terms, told):
        at_work.set()
        try:
            while True:
                told(0.5)
        except DanceError as why:
            ended.append(why)
            raise

    monkeypatch.setattr(preparing, "standard_of", long_work)
    devices = kit(library)
    prepared = Preparing(devices.read_audio)
    for after_s in (0.0, 1.0):
        look(prepared, song, devices, Terms(), after_s)
    assert at_work.wait(60)
    prepared.settle(song.folder, Terms())  # danced: it goes on
    assert not prepared._working.done()
    look(prepared, song, devices, Terms("pro"), 0.1)
    prepared._working.result(60)
    assert len(ended) == 1


def test_a_dance_waits_for_the_standard_that_is_being_made(song, worked, monkeypatch):
    made, entered, go_on = standards._kept_or_made, threading.Event(), threading.Event()

    def slowly(*what):
        entered.set()
        assert go_on.wait(60)
        return made(*what)

    monkeypatch.setattr(standards, "_kept_or_made", slowly)
    first = threading.Thread(target=lambda: standards.standard_of(song, Terms()))
    first.start()
    assert entered.wait(60)

    def told(share):
        go_on.set()

    standards.standard_of(song, Terms(), told)
    first.join(60)
    assert len(worked) == 1


@pytest.mark.parametrize("trouble", ["sound", "network", "song"])
def test_trouble_is_left_for_the_dance_to_tell(library, song, monkeypatch, trouble):
    def refuse(*_):
        raise DanceError("it cannot be")

    devices = kit(library)
    if trouble == "sound":
        devices = kit(library, read_audio=refuse)
    elif trouble == "network":
        devices = kit(library, seeing=Later(refuse))
    else:
        monkeypatch.setattr(preparing, "standard_of", refuse)
    prepared = rested(song, devices)
    assert prepared._sound is None


def test_networks_are_warmed_once_and_for_each_shape_of_a_picture(library):
    eye = PaintedVision({0: None})
    devices = kit(library, seeing=seeing(eye), picture_size=(1280, 720))
    for _ in range(3):
        warm(devices)
    assert len(eye.asked) == 6  # all looks, twice
    watcher = watcher_of(devices)
    devices.warmth.over(watcher, np.zeros((480, 640, 3), np.uint8))
    assert len(eye.asked) == 10  # whole pictures, twice
    assert watcher._policy.costs is devices.warmth.costs
    devices.warmth.over(watcher, np.zeros((960, 1280, 3), np.uint8))
    assert len(eye.asked) == 10


class OneShotWindow:
    """Flips until something is seen, or so often."""

    pointer, letters = None, {}

    def __init__(self, clock):
        self.surface, self.flips, self._clock = pygame.Surface((640, 360)), 0, clock

    def events(self):
        return ["quit"] if self.flips > 400 else []

    def clicks(self):
        return []

    def flip(self):
        self.flips += 1
        self._clock.at_s += 1 / 30
        threading.Event().wait(0.005)


def test_the_list_is_seen_before_the_networks_are_opened(library):
    window = []

    def opened():
        assert window[0].flips >= 1
        raise DanceError("the network is damaged; download it again")

    devices = kit(library, seeing=Later(opened), news=lambda: "Finding out ...")
    window.append(OneShotWindow(devices.clock))
    page = first_page(Game(devices, Songs((library,))))
    page.enter(0.0)
    looking = ("Finding out ...", "looking for songs", "0 of 1 songs", "1 of 1 songs")
    assert page._view().status in looking
    with pytest.raises(DanceError, match="download it again"):
        Shell(window[0], devices.clock).run(page)
    assert window[0].flips < 400
