"""The camera looks on in menus only where players asked for it, seldom, and with little."""

from __future__ import annotations

import dataclasses
import threading
import time

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.engines.ports import Eyes
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.home.hands_on import (
    LOOK_EVERY_S,
    SEARCH_EVERY_S,
    HandsOn,
    Seldom,
    light,
)
from kpopdance.realtime.shell.beside import Later
from tests.fakes import FakeClock, PaintedVision, ScriptedCamera, eyes_of
from tests.realtime.home.test_setting_up import World

PICTURE = np.zeros((48, 64, 3), np.uint8)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.camera = ScriptedCamera()

    def watch():
        world.watched.append("menu")
        return world.camera

    fitting = dataclasses.replace(world.kit.fitting, watch=watch)
    world.game.kit = dataclasses.replace(world.game.kit, fitting=fitting)
    return world


def asked(world, **changes):
    kit = world.game.kit
    changes.setdefault("settings", dataclasses.replace(kit.settings, hands=True))
    world.game.kit = dataclasses.replace(kit, **changes)
    return HandsOn(world.game)


def until(done):
    late_s = time.perf_counter() + 10
    while not done() and time.perf_counter() < late_s:
        time.sleep(0.005)
    assert done()


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": None},
        {"fitting": None},
        {"keeps_scores": False},  # a drawn dancer, or one in a video
        {"seeing": Later(lambda: eyes_of(PaintedVision({0: None})))},  # not asked for yet
    ],
)
def test_nobody_looks_unasked(world, changes):
    if "settings" in changes:
        changes = {"settings": world.game.kit.settings}
    hands = asked(world, **changes)
    assert not hands.look(wanted=True)
    assert hands.sighting is None
    assert world.watched == []


def test_it_looks_while_a_menu_is_there_and_gives_the_camera_back(world):
    hands = asked(world)
    assert not hands.look(wanted=False)
    assert hands.look(wanted=True)
    until(lambda: hands.look(wanted=True) and world.watched == ["menu"])
    world.camera.put(Frame(PICTURE, 1.0, 0))
    until(lambda: hands.sighting is not None)
    assert not hands.look(wanted=False)
    assert hands.sighting is None
    until(lambda: world.closed == [world.camera])
    assert hands.look(wanted=True)
    until(lambda: world.watched == ["menu", "menu"])
    hands.look(wanted=False)


def test_a_camera_that_cannot_be_opened_leaves_the_menus_as_they_are(world):
    def refuse():
        raise DanceError("It is in use.")

    fitting = dataclasses.replace(world.game.kit.fitting, watch=refuse)
    hands = asked(world, fitting=fitting)
    until(lambda: not hands.look(wanted=True))
    assert hands.sighting is None


def test_pictures_are_taken_as_seldom_as_is_enough():
    clock, camera = FakeClock(), ScriptedCamera()
    seldom = Seldom(camera, clock, threading.Event())
    frame = Frame(PICTURE, 1.0, 0)
    pose = object()
    for seen, every_s in ((pose, LOOK_EVERY_S), (None, SEARCH_EVERY_S)):
        camera.put(frame)
        clock.at_s += 1.0
        assert seldom.newest(0.01) is frame
        seldom.note(frame, seen)
        camera.put(frame)
        assert seldom.newest(0.01) is None  # too early: it stays there
        clock.at_s += every_s
        assert seldom.newest(0.01) is frame
    seldom.note(None, None)  # no picture came: nobody left
    seldom.close()
    assert camera.closed


def test_one_light_network_looks_and_openpose_finds():
    vision, person = PaintedVision({0: None}), object()
    heavy = {"blazepose_heavy": person, "movenet_lightning": person, "movenet_thunder": person}
    assert light(Eyes(vision, heavy)).close.keys() == {"movenet_lightning"}
    assert light(Eyes(vision, {"movenet_thunder": person})).close.keys() == {"movenet_thunder"}
    assert light(Eyes(vision)).everybody is vision
