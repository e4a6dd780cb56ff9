"""Gamepads, as many as are plugged in: what is pressed on them, named as the key that does the same."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pygame
from pygame._sdl2 import controller

if TYPE_CHECKING:
    from collections.abc import Mapping

BUTTONS: Final[Mapping[int, str]] = {
    pygame.CONTROLLER_BUTTON_A: "return", pygame.CONTROLLER_BUTTON_START: "return",
    pygame.CONTROLLER_BUTTON_B: "escape", pygame.CONTROLLER_BUTTON_BACK: "escape",
    pygame.CONTROLLER_BUTTON_X: "space", pygame.CONTROLLER_BUTTON_Y: "p",
    pygame.CONTROLLER_BUTTON_DPAD_UP: "up", pygame.CONTROLLER_BUTTON_DPAD_DOWN: "down",
    pygame.CONTROLLER_BUTTON_DPAD_LEFT: "left", pygame.CONTROLLER_BUTTON_DPAD_RIGHT: "right",
    pygame.CONTROLLER_BUTTON_LEFTSHOULDER: "page up",
    pygame.CONTROLLER_BUTTON_RIGHTSHOULDER: "page down",
    pygame.CONTROLLER_BUTTON_LEFTSTICK: "f1", pygame.CONTROLLER_BUTTON_RIGHTSTICK: "tab",
}  # fmt: skip
"""By their place on an Xbox pad; SDL knows where they are on others."""
CLICK: Final = "click"
STICK: Final[Mapping[int, tuple[str, str]]] = {
    pygame.CONTROLLER_AXIS_LEFTX: ("left", "right"),
    pygame.CONTROLLER_AXIS_LEFTY: ("up", "down"),
    pygame.CONTROLLER_AXIS_TRIGGERRIGHT: ("", CLICK),
}
AIM: Final[Mapping[int, int]] = {
    pygame.CONTROLLER_AXIS_RIGHTX: 0, pygame.CONTROLLER_AXIS_RIGHTY: 1,
}  # fmt: skip
"""The stick that moves the mouse: whatever has no button of its own can be pointed at."""
RESTS: Final = 0.15
"""Of the stick's way: nearer its middle it moves nothing."""
PUSHED, LET_GO = 0.6, 0.4
"""Of the stick's way: from where on it counts as pressed, and below which no longer."""
WHOLE_WAY: Final = 32767


class Gamepads:
    """Opens those there are and those that come.

    ``held`` names what is pressed now; ``aim`` is how far the right stick is pushed, -1..1 rightwards
    and downwards.
    """

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.aim = [0.0, 0.0]
        self._open: dict[int, controller.Controller] = {}
        with suppress(pygame.error):  # a system without them
            controller.init()

    def pressed(self, event: pygame.Event) -> str:
        """Take in an event; return the name of what was pressed with it, empty for nothing."""
        if event.type == pygame.CONTROLLERDEVICEADDED:
            with suppress(pygame.error):  # it was pulled out again
                opened = controller.Controller(event.device_index)
                self._open[opened.as_joystick().get_instance_id()] = opened
        elif event.type == pygame.CONTROLLERDEVICEREMOVED:
            self._open.pop(event.instance_id, None)
            self.held.clear()
            self.aim = [0.0, 0.0]
        elif event.type == pygame.CONTROLLERBUTTONUP:
            self.held.discard(BUTTONS.get(event.button, ""))
        elif event.type == pygame.CONTROLLERBUTTONDOWN:
            return self._press(BUTTONS.get(event.button, ""))
        elif event.type == pygame.CONTROLLERAXISMOTION:
            return self._axis(event.axis, event.value / WHOLE_WAY)
        return ""

    def _axis(self, axis: int, way: float) -> str:
        """Aim with the right stick; return what another one presses."""
        if axis in AIM:
            self.aim[AIM[axis]] = way if abs(way) > RESTS else 0.0
        return self._move(STICK[axis], way) if axis in STICK else ""

    def _press(self, name: str) -> str:
        if name:
            self.held.add(name)
        return name

    def _move(self, names: tuple[str, str], way: float) -> str:
        """Return what the stick presses now that it did not before; ``way`` is -1..1."""
        for name, far in zip(names, (-way, way), strict=True):
            if far < LET_GO:
                self.held.discard(name)
            elif far >= PUSHED and name not in self.held:
                return self._press(name)
        return ""
