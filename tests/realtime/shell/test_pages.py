"""The one loop: pages come and go, whatever is pressed, and what goes wrong is told."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import threading
from concurrent.futures import Future
from typing import ClassVar

import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.ports import Hand
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.screen import Screen
from kpopdance.realtime.shell.pages import Message, Page, Shell, Waiting
from tests.fakes import FakeClock

STAGE = Backdrop(Theme())


class Buttons(Screen):
    """A screen with a button on its left half; its keys are actions."""

    meanings: ClassVar = {"r": "again", "escape": "leave", "return": "next"}

    def _under(self, position, size):
        return Target("choice", 1) if position[0] < size[0] / 2 else None


class Told(Page):
    """A page that tells what happens to it; ``answers`` says what comes next."""

    heading = "It went wrong"

    def __init__(self, name, said, answers=None, back=None):
        self.screen, self.back = Buttons(STAGE), back
        self._name, self._said, self._answers = name, said, answers or {}

    def _say(self, what):
        self._said.append(f"{self._name} {what}")
        answer = self._answers.get(what, self)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def enter(self, now_s):
        super().enter(now_s)
        self._say("enters")

    def step(self, now_s):
        super().step(now_s)
        return self._answers.get("step", self)

    def act(self, action):
        return self._say(action)

    def draw(self, surface):
        self._say(f"draws {self.pointed.which}" if self.pointed else "draws")

    def quit(self):
        return self._say("quit") if "quit" in self._answers else super().quit()

    def leave(self):
        self._said.append(f"{self._name} leaves")


class Window:
    """A window of one list of events a frame; a pair of numbers is a click."""

    def __init__(self, *frames, pointer=None):
        self.surface, self.pointer = pygame.Surface((640, 360)), pointer
        self.letters = {}
        self._frames, self._clicks = list(frames), []
        self.flips = 0

    def events(self):
        events = self._frames.pop(0)
        self._clicks = [event for event in events if isinstance(event, tuple)]
        return [event for event in events if isinstance(event, str)]

    def clicks(self):
        clicks, self._clicks = self._clicks, []
        return clicks

    def flip(self):
        self.flips += 1


def run(page, *frames, pointer=None):
    window = Window(*frames, pointer=pointer)
    Shell(window, FakeClock()).run(page)
    return window


def test_a_page_is_drawn_until_it_hands_back_another():
    said = []
    second = Told("second", said, {"leave": None})
    first = Told("first", said, {"next": second})
    window = run(first, [], ["x"], ["return"], [], ["escape"])
    assert said == [
        "first enters", "first draws", "first draws", "first next", "first leaves",
        "second enters", "second draws", "second leave", "second leaves",
    ]  # fmt: skip
    assert window.flips == 3


def test_keys_behind_the_one_that_changes_the_page_are_dropped():
    said = []
    run(Told("first", said, {"leave": None}), ["r", "escape", "r"])
    assert said == ["first enters", "first again", "first leave", "first leaves"]


def test_events_are_left_for_the_page_that_time_brings():
    said = []
    second = Told("second", said, {"leave": None})
    run(Told("first", said, {"step": second}), ["escape"])
    assert said == [
        "first enters",
        "first leaves",
        "second enters",
        "second leave",
        "second leaves",
    ]


@pytest.mark.parametrize("names", [["quit"], ["r", "quit"], ["quit", "escape"]])
def test_a_closed_window_ends_everything(names):
    said = []
    run(Told("first", said, back=Told("behind", said)), names)
    assert said == ["first enters", "first leaves"]


def test_a_page_may_stay_a_little_when_the_window_is_closed():
    said = []
    page = Told("first", said)
    page._answers["quit"] = page
    page._answers["leave"] = None
    run(page, ["quit"], ["escape"])
    assert said == ["first enters", "first quit", "first leave", "first leaves"]


def test_the_mouse_points_and_clicks():
    said = []
    run(Told("page", said, {"choose 2": None}), [], [(600, 9)], [(9, 9)], pointer=(10, 10))
    assert said == [
        "page enters",
        "page draws 1",
        "page draws 1",
        "page choose 2",
        "page leaves",
    ]
    said.clear()
    run(Told("page", said, {"choose 2": None}), [], [(9, 9)], pointer=(600, 10))
    assert said[1] == "page draws"


@pytest.mark.parametrize("where", ["enters", "draws", "again"])
def test_what_a_player_can_mend_is_told_and_leads_back(where, monkeypatch):
    said, told = [], []
    behind = Told("behind", said, {"leave": None})
    page = Told("page", said, {where: DanceError("mend this")}, back=behind)
    draw = Message.draw

    def note(self, surface):
        told.append(self.words)
        draw(self, surface)

    monkeypatch.setattr(Message, "draw", note)
    frames = [] if where == "enters" else [["r"]]
    run(page, *frames, [], ["return"], ["escape"])
    assert set(told) == {("It went wrong", "mend this")}
    assert said[-4:] == [
        "page leaves", "behind enters", "behind leave", "behind leaves",
    ]  # fmt: skip


@pytest.mark.parametrize("why", [DanceError("nothing behind"), RuntimeError("a fault of ours")])
def test_what_nobody_can_be_told_is_raised_and_the_page_left(why):
    said = []
    back = None if isinstance(why, DanceError) else Told("behind", said)
    with pytest.raises(type(why), match=str(why)):
        run(Told("page", said, {"again": why}, back=back), ["r"])
    assert said[-1] == "page leaves"


def test_waiting_goes_on_when_it_is_made_and_back_on_escape_alone():
    said, coming = [], Future()
    made, behind = Told("made", said), Told("behind", said)
    page = Waiting(STAGE, ("Heading", "Coming ..."), coming, {"it": made}.get, behind)
    page.enter(1.0)
    assert page.step(2.0) is page
    assert page.key("return") is page
    assert page.key("escape") is behind
    page.draw(pygame.Surface((640, 360)))
    coming.set_result("it")
    assert page.step(3.0) is made
    failed = Future()
    failed.set_exception(RuntimeError("broken"))
    with pytest.raises(RuntimeError, match="broken"):
        Waiting(STAGE, ("", ""), failed, {}.get, None).step(1.0)


def test_what_is_waited_for_is_shown_meanwhile():
    done = threading.Event()
    coming = Future()
    window = Window([], [], [])
    flips = window.flip

    def flip():
        flips()
        if window.flips == 3:
            coming.set_result(None)
            done.set()

    window.flip = flip
    page = Waiting(STAGE, ("Heading", "Coming ..."), coming, lambda made: None, None)
    Shell(window, FakeClock()).run(page)
    assert done.is_set()


class Worked(Told):
    """A page that is worked on by hand, and writes into a box."""

    by_hand, writes_at = True, (1, 2, 30, 40)

    def handled(self, hand, size):
        self._said.append((hand.typed, size))
        return self


def test_a_page_that_is_worked_on_hears_of_hands_and_the_next_writes_nowhere():
    said, boxes = [], []

    def hand(writes_at):
        boxes.append(writes_at)
        return Hand(typed="해")

    second = Told("second", said, {"leave": None})
    window = Window([], ["return"], [], ["escape"])
    Shell(window, FakeClock(), hand=hand).run(Worked("first", said, {"next": second}))
    assert boxes == [(1, 2, 30, 40), None]
    assert said.count(("해", (640, 360))) == 1
