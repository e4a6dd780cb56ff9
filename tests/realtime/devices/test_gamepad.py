"""Gamepads as keys, by the events that SDL sends for them."""

from __future__ import annotations

import os

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import pygame
import pytest

from kpopdance.realtime.devices import gamepad
from kpopdance.realtime.devices.gamepad import BUTTONS, CLICK, WHOLE_WAY, Gamepads
from kpopdance.realtime.devices.window import GameWindow

DOWN, UP = pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP
MOVED = pygame.CONTROLLERAXISMOTION
TRIGGER = pygame.CONTROLLER_AXIS_TRIGGERRIGHT
X, Y = pygame.CONTROLLER_AXIS_LEFTX, pygame.CONTROLLER_AXIS_LEFTY


@pytest.fixture
def pads():
    pygame.display.init()
    return Gamepads()


def button(kind, which):
    return pygame.Event(kind, button=which, instance_id=3)


def moved(axis, way):
    return pygame.Event(MOVED, axis=axis, value=round(way * WHOLE_WAY), instance_id=3)


@pytest.mark.parametrize(("which", "name"), BUTTONS.items())
def test_a_button_is_a_key_until_it_is_let_go(pads, which, name):
    assert pads.pressed(button(DOWN, which)) == name
    assert pads.held == {name}
    assert pads.pressed(button(UP, which)) == ""
    assert pads.held == set()


def test_a_button_without_a_meaning_is_none(pads):
    assert pads.pressed(button(DOWN, pygame.CONTROLLER_BUTTON_GUIDE)) == ""
    assert pads.held == set()


@pytest.mark.parametrize(
    ("axis", "ways", "pressed"),
    [
        (Y, [0.2, 0.5, 0.7, 0.9, 0.5, 0.7], ["down"]),  # it trembles, and is pushed once
        (Y, [-0.7, -0.3, -0.8], ["up", "up"]),
        (X, [1.0, 0.0, -1.0], ["right", "left"]),
        (X, [0.9, -0.9], ["right", "left"]),  # thrown over
        (pygame.CONTROLLER_AXIS_RIGHTX, [1.0], []),  # that one aims
        (TRIGGER, [0.3, 1.0, 0.8, 0.1, 0.7], [CLICK, CLICK]),
    ],
)
def test_the_stick_presses_once_until_it_is_let_go(pads, axis, ways, pressed):
    told = [pads.pressed(moved(axis, way)) for way in ways]
    assert [name for name in told if name] == pressed
    assert pads.pressed(moved(axis, 0.0)) == ""
    assert pads.held == set()


def test_the_right_stick_aims_until_it_is_let_go(pads):
    for axis, place in ((pygame.CONTROLLER_AXIS_RIGHTX, 0), (pygame.CONTROLLER_AXIS_RIGHTY, 1)):
        pads.pressed(moved(axis, -0.5))
        assert pads.aim[place] == pytest.approx(-0.5, abs=1e-3)
        pads.pressed(moved(axis, 0.1))  # it never comes to rest quite in the middle
        assert pads.aim == [0.0, 0.0]
    pads.pressed(moved(pygame.CONTROLLER_AXIS_RIGHTX, 1.0))
    pads.pressed(pygame.Event(pygame.CONTROLLERDEVICEREMOVED, instance_id=3))
    assert pads.aim == [0.0, 0.0]


class Pad:
    def __init__(self, index):
        if index:
            raise pygame.error("it is gone")

    def as_joystick(self):
        return self

    def get_instance_id(self):
        return 3


def test_pads_come_and_go_at_any_time(pads, monkeypatch):
    monkeypatch.setattr(gamepad.controller, "Controller", Pad)
    for index in (0, 1):  # the second is pulled out before it is opened
        added = pygame.Event(pygame.CONTROLLERDEVICEADDED, device_index=index)
        assert pads.pressed(added) == ""
    pads.pressed(button(DOWN, pygame.CONTROLLER_BUTTON_DPAD_DOWN))
    for _ in range(2):
        gone = pygame.Event(pygame.CONTROLLERDEVICEREMOVED, instance_id=3)
        assert pads.pressed(gone) == ""
    assert pads.held == set()  # nobody lets go of what is gone


def test_what_has_no_button_is_pointed_at_and_clicked(pads):
    window = GameWindow(size=(800, 600))
    wide, high = window.size
    try:
        pygame.event.post(moved(pygame.CONTROLLER_AXIS_RIGHTX, 1.0))
        window.events()
        from_x = pygame.mouse.get_pos()[0]
        for _ in range(3):
            window._aim(window._asked_s + 0.1, clicks=False)
        assert pygame.mouse.get_pos()[0] == pytest.approx(from_x + 0.36 * high, abs=3)
        for _ in range(90):  # no farther than the window
            window._aim(window._asked_s + 0.1, clicks=False)
        assert pygame.mouse.get_pos()[0] == wide - 1
        for axis, way in ((pygame.CONTROLLER_AXIS_RIGHTX, 0.0), (TRIGGER, 1.0)):
            pygame.event.post(moved(axis, way))
        assert window.events() == []
        assert window.clicks() == [pygame.mouse.get_pos()]
    finally:
        window.close()
        pygame.display.init()
