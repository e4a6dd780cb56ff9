"""The second window: shows pictures and cards, takes no input, may be closed, ends with the game's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
OPEN = """
import os
from concurrent.futures import Future
import pygame
from kpopdance.realtime.devices.window import GameWindow
game = GameWindow(size=(320, 180), on_air=True)
stage, window = game.stage, game.stage._window
game.events()
def happens(kind, of=window, **more):
    pygame.event.post(pygame.event.Event(kind, window=of, **more))
def picture(colour, size=(320, 180)):
    drawn = pygame.Surface(size)
    drawn.fill(colour)
    return drawn
def card(colour):
    drawn = Future()
    drawn.set_result(picture(colour))
    return drawn
def seen(at=(160, 90)):
    return tuple(window.get_surface().get_at(at))[:3]
key = dict(scancode=pygame.KSCAN_S, key=pygame.K_s, mod=0)
"""
RED, BLUE = (200, 0, 0), (0, 0, 200)


def told(program):
    env = {k: v for k, v in os.environ.items() if not k.startswith("SDL_")}
    env |= {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
    env["PYTHONPATH"] = os.pathsep.join(
        [*filter(None, [os.environ.get("PYTHONPATH")]), str(ROOT)]
    )
    command = [sys.executable, "-c", OPEN + program]
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


CASES = {
    "a dance's picture is shown": (f"stage.show(picture({RED})); print(seen())", f"{RED}"),
    "one that follows at once is left out": (
        f"stage.show(picture({RED})); stage.show(picture({BLUE})); print(seen())",
        f"{RED}",
    ),
    "and none is due meanwhile, or once it is closed": (
        "from kpopdance.realtime.devices import stage_window; stage_window.EVERY_S = 60; "
        f"stage._shown_s = -9e9; print(stage.due, end=' '); stage.show(picture({RED})); "
        "print(stage.due, end=' '); stage._shown_s = -9e9; stage.close(); print(stage.due)",
        "True False False",
    ),
    "a card comes with the game's next picture": (
        f"stage.show(picture({RED})); stage.rest(card({BLUE})); print(seen(), end=' '); "
        "game.flip(); print(seen())",
        f"{RED} {BLUE}",
    ),
    "a dance takes the place of a card that is still drawn": (
        f"stage.rest(card({BLUE})); stage.show(picture({RED})); game.flip(); print(seen())",
        f"{RED}",
    ),
    "another shape lies in the middle, whole": (
        f"stage.show(picture({RED}, (180, 180))); print(seen(), seen((5, 90)))",
        f"{RED} (0, 0, 0)",
    ),
    "a card is shown again where the desktop covered it": (
        f"stage.rest(card({BLUE})); game.flip(); window.get_surface().fill({RED}); "
        "happens(pygame.WINDOWEXPOSED); game.events(); print(seen())",
        f"{BLUE}",
    ),
    "a key pressed in it is the game's": (
        "happens(pygame.KEYDOWN, **key); print(game.events())",
        "['s']",
    ),
    "a click in it is nobody's": (
        "happens(pygame.MOUSEBUTTONDOWN, button=1, pos=(9, 9)); print(game.events(), game.clicks())",
        "[] []",
    ),
    "the mouse in it points at nothing": (
        "happens(pygame.WINDOWENTER); game.events(); print(stage.pointed, game.pointer, "
        "game.hand(None).held_at, end=' '); "
        "happens(pygame.WINDOWLEAVE); game.events(); print(stage.pointed)",
        "True None None False",
    ),
    "closed, it shows nothing and the game goes on": (
        f"happens(pygame.WINDOWCLOSE); print(game.events(), end=' '); stage.show(picture({RED})); "
        f"stage.rest(card({BLUE})); game.flip(); happens(pygame.KEYDOWN, of=game._window, **key); "
        "print(game.events(), stage.size)",
        "[] ['s'] (0, 0)",
    ),
    "the game's own window closed is the end": (
        "happens(pygame.WINDOWCLOSE, of=game._window); print(game.events()); game.close()",
        "['quit']",
    ),
    "it closes with the game's": ("game.close(); print(stage.size)", "(0, 0)"),
    "the game's own window still waits for the screen": (
        "print(os.environ['SDL_RENDER_VSYNC'], "
        "'SDL_WINDOW_NO_ACTIVATION_WHEN_SHOWN' in os.environ)",
        "1 False",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_second_window(case):
    program, says = CASES[case]
    assert told(program) == says
