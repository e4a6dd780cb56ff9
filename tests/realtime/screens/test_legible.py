"""Every page at every size: no text too small to be read, and full screen is named."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import psutil
import pygame
import pytest

from kpopdance.realtime.screens.calibration import CalibrationScreen
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.found import FoundScreen
from kpopdance.realtime.screens.history import HistoryScreen
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.players import PlayersScreen
from kpopdance.realtime.screens.players_view import Written
from kpopdance.realtime.screens.quiz import QuizScreen
from kpopdance.realtime.screens.quiz_end import QuizEndScreen
from kpopdance.realtime.screens.ready import ReadyScreen
from kpopdance.realtime.screens.results import ResultsScreen
from kpopdance.realtime.screens.reverse import ReverseScreen
from kpopdance.realtime.screens.setup import SetupScreen
from kpopdance.realtime.screens.song_list import SongListScreen
from kpopdance.realtime.screens.view import CalibrationView, ListView
from tests.quick import but_quick
from tests.realtime.screens import party_views, quiz_views, setup_views, views

STATUS = (
    "openpose-thin + movenet-thunder · OpenVINO 2026.4 CPU · no NVIDIA driver is installed " * 2
)
ASKED = setup_views.ready(turns=True, keeps=False, asks=(
    "A new speaker: press D to measure its delay, once, for a minute."
))  # fmt: skip
WORDS = "Your speaker is 142 ms late, your camera 96 ms late.\n" * 3
PAGES = {
    "list": lambda back: (SongListScreen(back, views.cards(30)), ListView(0.0, status=STATUS)),
    "empty list": lambda back: (SongListScreen(back), ListView(0.0, status=STATUS)),
    "loading": lambda back: (
        DanceScreen(back), views.dance(phase="loading", message="Warming up ...", loaded=0.4)
    ),
    "count-in": lambda back: (DanceScreen(back), views.dance(phase="count-in", counts=9.0)),
    "dance": lambda back: (DanceScreen(back), views.dance(status=STATUS)),
    "paused": lambda back: (DanceScreen(back), views.dance(phase="paused", status=STATUS)),
    "players": lambda back: (PlayersScreen(back), views.players()),
    "a name": lambda back: (PlayersScreen(back), views.players(writing=Written("지", "ㅎ"), chosen=1)),
    "history": lambda back: (HistoryScreen(back), views.history()),
    "weeks": lambda back: (HistoryScreen(back), views.history(chosen=1)),
    "no history": lambda back: (HistoryScreen(back), views.history(lines=(), message="Nothing. " * 9)),
    "sparkline": lambda back: (ResultsScreen(back), replace(views.result(), earlier=(40.0, 60.0))),
    "result": lambda back: (ResultsScreen(back), views.result()),
    "question": lambda back: (QuizScreen(back), quiz_views.quiz()),
    "buzzers": lambda back: (QuizScreen(back), quiz_views.quiz(players=quiz_views.players(4))),
    "answer": lambda back: (QuizScreen(back), quiz_views.told()),
    "last page": lambda back: (QuizEndScreen(back), quiz_views.end()),
    "reverse": lambda back: (ReverseScreen(back), quiz_views.reverse()),
    "calibration": lambda back: (CalibrationScreen(back), CalibrationView(devices=STATUS)),
    "clapping": lambda back: (CalibrationScreen(back), CalibrationView("answer", lags_ms=(140.0,) * 5)),
    "striking": lambda back: (CalibrationScreen(back), CalibrationView("listen", "strokes")),
    "measured": lambda back: (
        CalibrationScreen(back),
        CalibrationView("found", figures=("142 ms late",), words=WORDS),
    ),
    "set up": lambda back: (SetupScreen(back), setup_views.setup()),
    "before a dance": lambda back: (ReadyScreen(back), setup_views.ready()),
    "another speaker": lambda back: (ReadyScreen(back), ASKED),
    "kept for a clip": lambda back: (ReadyScreen(back), setup_views.ready(keeps=True)),
    "who dances together": party_views.group_page,
    "two step in": lambda back: party_views.ready(back, 2),
    "six step in": lambda back: party_views.ready(back, 6),
    "two dance": lambda back: party_views.stage(back, 2),
    **{
        name: lambda back, count=count, told=told: party_views.stage(
            back, count, party_views.contest(*told)
        )
        for name, count, told in (
            ("a relay of four", 4, ("relay", 4, 20.0)), ("the next turn", 4, ("relay", 4, 12.0)),
            ("who begins", 6, ("relay", 6, -1.0)), ("a round begins", 2, ("duel", 2, 21.0)),
            ("a duel", 2, ("duel", 2, 26.0, (0,))), ("a duel is won", 2, ("duel", 2, 50.0, (0, 0), 9.0)),
            ("one is out", 4, ("elimination", 4, 24.0, (3,))),
        )
    },
    "six dance": lambda back: party_views.stage(back, 6),
    "a group pauses": lambda back: party_views.stage(back, 3, phase="paused"),
    "result of two": lambda back: party_views.result(back, 2),
    "result of six": lambda back: party_views.result(back, 6),
    "random play dance": party_views.random_page,
    "its list is made": lambda back: party_views.random_page(back, 0, done=0.4, told="Getting ..."),
    "next song": lambda back: (DanceScreen(back), views.dance(phase="next song", counts=3.0)),
    "board": party_views.board,
    "not counted": party_views.refused,
    "no board": lambda back: party_views.board(back, 0, title="", terms="", of=0, status=""),
    "a ghost": lambda back: (DanceScreen(back), party_views.ghost(status=STATUS)),
    "a clip": party_views.clip,
    "a clip is written": lambda back: party_views.clip(back, share=0.4),
    "no clip of the player": lambda back: party_views.clip(back, filmed=False, look="skeleton"),
    "found": lambda back: (FoundScreen(back), setup_views.FOUND, 1.0),
    "message": lambda back: (MessageScreen(back), "It went wrong", "There is no camera. " * 60),
}  # fmt: skip


class Read(Theme):
    """A theme that remembers every text it rendered, and its size."""

    def __init__(self):
        super().__init__()
        self.rendered = []

    def _render(self, text, size, colour):
        self.rendered.append((size, text))
        return super()._render(text, size, colour)


def drawn(page, size, given=None):
    """Return what a page renders; ``given`` gets its screen and what that is shown."""
    theme = Read()
    screen, *shown = PAGES[page](Backdrop(theme))
    if given is not None:
        given += (screen, *shown)
    screen.draw(pygame.Surface(size), *shown)
    return theme.rendered


@pytest.mark.parametrize(
    ("size", "least_px"),
    but_quick(
        [((1280, 720), 14), ((1920, 1080), 14), ((1024, 600), 11), ((800, 480), 9)],
        {((1280, 720), 14), ((800, 480), 9)},
    ),
)
@pytest.mark.parametrize("page", PAGES)
def test_no_text_is_too_small(page, size, least_px):
    px, text = min(drawn(page, size))
    assert px >= least_px, text


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (720, 1280)])
@pytest.mark.parametrize(
    "page", ["two step in", "six step in", "result of two", "result of six"]
)
def test_nothing_of_a_group_is_cut(page, size):
    assert [text for _, text in drawn(page, size) if text.endswith("…")] == []


@pytest.mark.parametrize("size", [(1280, 720), (1024, 528), (800, 408), (720, 1280)])
@pytest.mark.parametrize("page", ["list", "dance", "paused"])
def test_full_screen_is_named(page, size):
    assert "F11" in [text for _, text in drawn(page, size)]


def test_sizes_of_text_hold_no_file_open():
    theme = Theme()
    for px in range(12, 60):
        theme.width("네온 스텝", px)
    held = {Path(file.path).suffix for file in psutil.Process().open_files()}
    assert not held & {".otf", ".ttf"}
