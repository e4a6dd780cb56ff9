"""The delay measured in the window: two ways, asked before anything is used, kept with the devices."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import dataclasses
from concurrent.futures import wait

import numpy as np
import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.dance.in_use import Devices, asks_to_measure, player_lag_ms
from kpopdance.realtime.dance.kit import Fitting
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.home.calibrating import (
    CalibrationPage,
    MeasuredPage,
    MeasuringPage,
    OpeningPage,
)
from kpopdance.realtime.library.delays import NO_CAMERA, Measured
from kpopdance.realtime.library.store import StoreError
from kpopdance.realtime.scoring.calibration import LENGTH_S
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.shell.songs import Songs
from tests.realtime.home.measured_rooms import HeardRoom, Room

STEP_S = 0.05


@pytest.fixture
def room(tmp_path):
    return Room(tmp_path)


def page_of(room):
    page = CalibrationPage(Game(room.kit, Songs(room.kit.settings.libraries)), None)
    page.enter(room.clock.at_s)
    wait([page._looking], timeout=60)
    return page.step(room.clock.at_s)


def opened(page, key):
    opening = page.key(key)
    wait([opening.coming], timeout=60)
    return opening.step(page.now_s)


def measured(room, page, key="1"):
    """The page behind the measuring, gone through frame by frame."""
    page = opened(page, key)
    page.enter(room.clock.at_s)
    surface = pygame.Surface((640, 360))
    for frame in range(round(LENGTH_S / STEP_S) + 20):
        following = page.step(room.clock.at_s)
        if following is not page:
            page.leave()
            wait([page._choosing.closing], timeout=60)
            following.enter(room.clock.at_s)
            return following
        if frame % 40 == 0:
            page.draw(surface)
        room.clock.at_s += STEP_S
    raise AssertionError("the measuring did not end")


def kept(page, key="return"):
    assert page.key(key) is page
    wait([page._keeping], timeout=60)
    return page.step(page.now_s)


def test_claps_are_measured_told_and_kept_when_asked_for(room):
    choosing = page_of(room)
    found = measured(room, choosing)
    assert isinstance(found, MeasuredPage)
    assert room.microphones[0].closed
    assert room.speakers[0].closed
    late_ms = found._measuring.measured.lag_ms
    assert abs(late_ms - 150) < 5
    found.draw(pygame.Surface((1280, 720)))
    assert room.kit.store.delays() == {}, "nothing is kept before it is asked for"
    assert player_lag_ms(room.kit) == 0
    assert kept(found) is choosing
    assert player_lag_ms(room.kit) == pytest.approx(late_ms, abs=0.1)
    assert Devices(room.kit).delays.words == f"Your speaker is {late_ms:.0f} ms late."


def test_who_leaves_changes_nothing(room):
    found = measured(room, page_of(room))
    assert found.key("escape") is found.back
    assert room.kit.store.delays() == {}


def test_what_is_not_sure_cannot_be_used(room):
    room.open_microphone = None
    silent = HeardRoom(room.clock, room.speakers, 0.1)
    silent._room = np.zeros(1, np.float32)
    room.kit = dataclasses.replace(room.kit, open_microphone=lambda: silent)
    refused = measured(room, page_of(room))
    assert "0 of 12 claps were heard" in refused._measuring.trouble
    refused.draw(pygame.Surface((640, 360)))
    assert refused.key("return") is refused
    assert refused._keeping is None
    assert isinstance(refused.key("r"), OpeningPage)


def test_what_cannot_be_kept_is_said(room):
    found = measured(room, page_of(room))

    def refuse(*_):
        raise StoreError(room.kit.store.path, "the disk is full")

    room.kit.store.keep_delay = refuse
    assert kept(found) is found
    assert found._trouble == ("It is not kept: the disk is full.",)
    del room.kit.store.keep_delay
    assert kept(found) is found.back


@pytest.mark.parametrize("key", ["1", pytest.param("2", marks=pytest.mark.long)])
def test_who_does_not_wait_leaves_nothing_open(room, key):
    page = page_of(room)
    opening = page.key(key)
    assert opening.key("escape") is page
    again = page.key(key)
    wait([again.coming], timeout=60)
    assert room.speakers[0].closed  # some devices are there for one at a time
    assert again.key("escape") is page
    wait([page.closing], timeout=60)
    assert [speaker.closed for speaker in room.speakers] == [True, True]
    assert all(microphone.closed for microphone in room.microphones)


@pytest.mark.parametrize("lost", ["speaker", "microphone"])
def test_a_device_lost_meanwhile_is_told(room, lost):
    page = opened(page_of(room), "1")
    page.enter(room.clock.at_s)
    page.step(room.clock.at_s)
    broken = {"speaker": room.speakers, "microphone": room.microphones}[lost][0]
    broken.health = Health("sound", Cause.LOST, "It is lost.", "Look.")
    with pytest.raises(DanceError, match="It is lost"):
        page.step(room.clock.at_s)


def test_no_microphone_is_a_sentence(room):
    room.kit = dataclasses.replace(room.kit, open_microphone=None)
    page = page_of(room)
    opening = page.key("1")
    wait([opening.coming], timeout=60)
    with pytest.raises(DanceError, match="both arms"):
        opening.step(0.0)
    assert room.speakers[0].closed


def test_clicks_choose_and_chips_lead_back(room):
    page = page_of(room)
    surface = pygame.Surface((1280, 720))
    page.draw(surface)
    spots = [(x, y) for x in range(0, 1280, 40) for y in range(0, 720, 20)]
    targets = {page.screen.at(spot, (1280, 720)) for spot in spots} - {None}
    assert {(one.kind, one.which) for one in targets} == {
        ("choice", 0),
        ("choice", 1),
        ("chip", 0),
    }
    for target in targets:
        following = page.clicked(target)
        if target.kind == "chip":
            assert following is None
        else:
            assert isinstance(following, OpeningPage)
            following.quit()
            wait([following.coming], timeout=60)


def test_another_microphone_is_chosen_and_written(room):
    assert page_of(room).screen.chips[0].key == "Esc"  # where nothing can be set up
    written = []
    fitting = Fitting(
        cameras=tuple, peek=None, watch=None, outputs=tuple, keep=written.append, found=dict,
        microphones=lambda: ("Gooseneck", "Lavalier"),
    )  # fmt: skip
    room.kit = dataclasses.replace(room.kit, fitting=fitting, refit=refitted)
    page = page_of(room)
    wait([page._microphones], timeout=10)
    told = []
    for _ in range(3):
        page.draw(pygame.Surface((640, 360)))
        told.append(page.screen.chips[0].words)
        page.clicked(Target("chip", 0))
    assert told == [
        f"microphone: {name}" for name in ("the usual one", "Gooseneck", "Lavalier")
    ]
    page.key("m")
    page.leave()
    page.game.settle()
    assert written == [{"microphone": "Gooseneck"}]


def refitted(kit, settings):
    return dataclasses.replace(kit, settings=settings)


def test_it_leads_where_it_was_asked_for(room):
    page = CalibrationPage(Game(room.kit, Songs(())), None, lambda: room)
    assert page.key("escape") is room


@pytest.mark.parametrize(
    ("known", "names", "asks"),
    [
        ({}, ("Boombox", "Webcam"), ""),
        ({("Boombox", NO_CAMERA)}, ("Boombox", "Webcam"), ""),
        ({("Boombox", NO_CAMERA)}, ("Soundbar", "Webcam"), "speaker"),
        ({("Boombox", NO_CAMERA), ("Boombox", "Webcam")}, ("Boombox", "Phone"), "camera"),
        ({("Boombox", "Webcam")}, ("Boombox", "Webcam"), ""),
        ({("Boombox", "Webcam")}, ("Soundbar", "Webcam"), "speaker"),
    ],
)
def test_a_new_device_is_asked_for(room, known, names, asks):
    for key in known:
        room.kit.store.keep_delay(*key, Measured(100.0))
    room.names[:] = names
    told = asks_to_measure(room.kit, "D")
    assert told == ((f"A new {asks}: press D to measure how late it is.",) if asks else ())


def test_what_is_set_by_hand_goes_before_what_is_measured(tmp_path):
    room = Room(tmp_path, player_lag_ms=77.0)
    room.kit.store.keep_delay("Boombox", NO_CAMERA, Measured(100.0))
    assert player_lag_ms(room.kit) == 77
    room.names[0] = "Soundbar"
    assert asks_to_measure(room.kit, "D") == ()
    assert isinstance(opened(page_of(room), "1"), MeasuringPage)
