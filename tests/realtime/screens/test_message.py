"""The page for one error: all of it is readable, on any window."""

from __future__ import annotations

import os

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import pygame
import pytest

from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme

PATH = "/home/somebody/games/" + "a-folder-with-a-long-name/" * 7 + "song.toml"
TEXT = f"{PATH}: bpm is missing; add it, or record the song again with kpopdance record VIDEO."
SIZES = ((640, 360), (640, 400), (1280, 720), (1920, 1080), (720, 1280))


@pytest.fixture(scope="module")
def screen():
    return MessageScreen(Backdrop(Theme()))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", [TEXT, TEXT * 4, "No camera.", "", "한" * 300])
def test_the_whole_message_is_shown_inside_the_window(screen, monkeypatch, size, text):
    surface, shown = pygame.Surface(size), []
    render = screen.theme.sprite
    monkeypatch.setattr(
        screen.theme, "sprite", lambda line, *style: shown.append(line) or render(line, *style)
    )
    for _ in range(2):
        shown.clear()
        screen.draw(surface, "This song cannot be danced", text, 3.0)
        assert "…" not in "".join(shown)
        assert "".join(text.split()) in "".join("".join(shown).split())
    lines, px = screen._fitted
    assert all(screen.theme.width(line, px) <= size[0] for line in lines)
    assert len(lines) * px * 1.38 <= size[1]


def test_an_error_of_usual_length_is_large(screen):
    screen.draw(pygame.Surface((1280, 720)), "This song cannot be danced", TEXT)
    assert screen._fitted[1] >= 20
    assert len(screen._fitted[0]) > 2


def test_keys_of_the_message(screen):
    meant = [screen.key(name) for name in ("escape", "return", "space", "x")]
    assert meant == ["back", "back", "back", None]


def test_words_are_broken_where_a_path_is(screen):
    lines = screen.theme.wrapped(f"see {PATH} now", 20, 400)
    assert " ".join(lines).replace(" ", "") == f"see{PATH}now"
    assert all(screen.theme.width(line, 20) <= 400 for line in lines)
    assert all(line.endswith(("/", "-", ".")) for line in lines[1:-1])


@pytest.mark.parametrize("size", [(1, 1), (63, 40), (64, 64), (70, 300), (300, 66)])
def test_a_tiny_window_is_no_error(screen, size):
    screen.draw(pygame.Surface(size), "Heading", TEXT)


@pytest.mark.parametrize("hints", [(), (("R", "try again"), ("F1", "choose a camera"))])
def test_a_mouse_that_is_there_before_the_page_is_over_nothing(hints):
    """The window's pointer is asked for before the first drawing."""
    assert MessageScreen(Backdrop(Theme()), hints).at((320, 180), (640, 360)) is None
