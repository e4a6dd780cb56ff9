"""The page that makes a clip: chosen by keys, drawn and written beside the window, stopped at a word."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import dataclasses
import threading
from concurrent.futures import Future

import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.dance import reel_page
from kpopdance.realtime.dance.opening import GivenUp
from kpopdance.realtime.dance.performance import Outcome
from kpopdance.realtime.dance.reel_page import FOLDER, ReelPage
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.result import ResultPage
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.shell.songs import Songs
from tests import dances
from tests.realtime.dance.test_reel import footage, tiny  # noqa: F401 - a fixture
from tests.realtime.game.test_game import kit, library  # noqa: F401 - a fixture
from tests.realtime.game.test_result import DANCE, SONG, report_of
from tests.waiting import until


def known(made):
    coming = Future()
    coming.set_result(made)
    return coming


class World:
    """A page on which a clip is made, and how its writing goes: told step by step."""

    def __init__(self, library, monkeypatch, tmp_path, **made):  # noqa: F811
        self.go_on, self.written, self.failure = threading.Semaphore(0), [], None
        game = Game(kit(library, videos=lambda: tmp_path / "Videos"), Songs(()))
        self.page = ReelPage(game, known(footage(**made)), back="result")
        monkeypatch.setattr(reel_page, "write_reel", self.write)
        self.page.enter(0.0)
        self.step()

    def write(self, footage, wish, out, sound_of, told):
        for tenth in range(11):
            self.go_on.acquire()
            if self.failure is not None:
                raise self.failure
            told(tenth / 10)
        out.write_bytes(b"film")
        self.written.append((wish, out))

    def step(self, true=lambda: True):
        until(true, step=lambda: self.page.step(1.0))
        self.page.step(1.0)


@pytest.fixture
def world(library, monkeypatch, tmp_path):  # noqa: F811
    return lambda **made: World(library, monkeypatch, tmp_path, **made)


def test_it_is_drawn_as_chosen_and_written_under_a_clear_free_name(world, tmp_path):
    made = world()
    page = made.page
    made.step(lambda: page.view().preview is not None)
    assert page.view().preview.shape == (192, 108, 3)
    assert (page.view().look, page.view().filmed) == ("skeleton", False)
    page.key("t")
    made.step(lambda: page.view().preview is not None and page.view().preview.shape[1] == 192)
    names = []
    for _each in range(2):
        page.key("return")
        made.go_on.release(11)
        made.step(lambda: page.view().share is None)
        names.append(made.written[-1][1])
        assert str(names[-1]) in page.view().words
    date = page._footage.danced_on
    assert names == [
        tmp_path / "Videos" / FOLDER / f"네온 스텝{date} 70{k}.mp4" for k in ("", " 2")
    ]
    assert made.written[0][0].shape == "wide"
    assert page.key("escape") == "result"


def test_escape_stops_the_writing_first_and_a_closed_window_waits_for_that(world):
    made = world()
    page = made.page
    page.clicked(Target("submit"))
    made.go_on.release(3)
    made.step(lambda: (page.view().share or 0) >= 0.2)
    assert page.key("t") is page
    assert page.key("escape") is page
    made.go_on.release(9)
    made.step(lambda: page.view().share is None)
    assert (made.written, "nothing was written" in page.view().words) == ([], True)
    page.key("return")
    assert page.quit() is page
    made.go_on.release(11)
    until(lambda: page.step(2.0) is None)


@pytest.mark.parametrize("why", [DanceError("r.mp4: the disk is full"), GivenUp()])
def test_what_goes_wrong_is_told_there(world, why):
    made = world()
    made.failure = why
    made.page.key("return")
    made.go_on.release(11)
    made.step(lambda: made.page.view().share is None)
    assert made.page.view().words == (str(why) or "Stopped; nothing was written.")


def test_a_card_is_saved_at_once_and_a_folder_that_cannot_be_is_told(world, tmp_path):
    made = world()
    made.page.key("k")
    made.step(lambda: made.page.view().share is None)
    (card,) = (tmp_path / "Videos" / FOLDER).iterdir()
    assert card.suffix == ".png"
    refused = world()
    (tmp_path / "file").write_bytes(b"")
    game = refused.page._game
    game.kit = dataclasses.replace(game.kit, videos=lambda: tmp_path / "file")
    refused.page.key("k")
    refused.step(lambda: refused.page.view().share is None)
    assert "file" in refused.page.view().words


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (640, 360), (320, 240)])
def test_every_choice_is_on_the_page_and_clicked(world, size):
    page = world().page
    surface = pygame.Surface(size)
    page.draw(surface)
    targets = {
        page.screen.at((x, y), size) for x in range(0, size[0], 4) for y in range(0, size[1], 4)
    }
    chips = {Target("chip", number) for number in range(len(page.screen._chips))}
    assert targets >= {*chips, Target("submit")}
    shapes = [page.view().shape, page.clicked(Target("chip", 0)).view().shape]
    assert shapes == ["tall", "wide"]


def test_the_result_leads_there_with_the_dance_it_shows(library):  # noqa: F811
    outcome = Outcome(report_of(), track=dances.track_of(DANCE.joints), lag_ms=40.0)
    game = Game(kit(library), Songs(()))
    game.load = lambda song: song
    page = ResultPage(game, (SONG, Terms()), outcome, lambda: None, None)
    page.enter(0.0)
    made = page.key("v")
    assert isinstance(made, ReelPage)
    assert made.back is page
    told = made._coming.result()
    assert (told.report, told.lag_s, told.pictures) == (outcome.report, 0.04, None)
    assert len(told.danced_on) == 10
