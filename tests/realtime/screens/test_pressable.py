"""Every key that a page shows can be clicked, and does what it says."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pygame
import pytest

from kpopdance.realtime.screens.actions import Target, pressed_by
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from tests.realtime.screens.test_legible import PAGES

MOVES = ("up", "down", "left", "right")
"""Keys that mean nothing where there is nothing to go along."""


@pytest.mark.parametrize("name", PAGES)
def test_every_key_that_is_shown_is_pressed_by_a_click(name):
    screen, *view = PAGES[name](Backdrop(Theme()))
    for size in ((1280, 720), (720, 1280)):
        screen.draw(pygame.Surface(size), *view)
        drawn = list(screen.theme.pressable)
        for place, key in drawn:
            target = screen.at(place.center, size)
            assert target is not None
            if target.kind == "key":
                assert screen.pressed_key(target) == key
                assert screen.theme.over == key
            assert key in MOVES or screen.key(key) is not None, key
        assert screen.at((-1, -1), size) is None
        assert screen.theme.over == ""


@pytest.mark.parametrize(
    ("cap", "name"),
    [("Esc", "escape"), ("Enter", "return"), ("Space", "space"), ("↑", "up"), ("←", "left"),
     ("F1", "f1"), ("Q", "q"), ("Del", "delete"), ("F11", ""), ("1-4", "")],
)  # fmt: skip
def test_what_stands_on_a_key_names_it(cap, name):
    assert pressed_by(cap) == name


def test_several_keys_on_one_cap_are_each_their_own():
    theme, row = Theme(), pygame.Rect(0, 0, 600, 30)
    theme.fit((1280, 720))
    theme.keys(
        pygame.Surface((640, 60)), row, (("← → ↑", "move, section"), ("F11", "full screen"))
    )
    assert [key for _, key in theme.pressable] == ["left", "right", "up"]
    edges = [place.left for place, _ in theme.pressable]
    assert edges == sorted(edges)
    assert len(set(edges)) == 3
    theme.fit((1280, 720))
    assert theme.pressable == []  # of the page before


def test_a_target_that_is_gone_presses_nothing():
    screen, *_ = PAGES["message"](Backdrop(Theme()))
    assert screen.pressed_key(Target("key", 99)) == ""
