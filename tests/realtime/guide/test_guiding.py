"""The pages of the guided song: opened beside, led through, left at any time, and asked once."""

from __future__ import annotations

import dataclasses
from concurrent.futures import wait

import pygame
import pytest

from kpopdance.realtime.dance import ground
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.devices.silent_speaker import SilentSpeaker
from kpopdance.realtime.game.listing import SongListPage, first_page
from kpopdance.realtime.guide.guiding import GuideLoading, GuidePage
from kpopdance.realtime.guide.tasks import TASKS
from kpopdance.realtime.home.setting_up import SetupPage
from kpopdance.realtime.library.guided import keep_guided
from kpopdance.realtime.shell.songs import Songs
from tests import dances
from tests.fakes import FakeClock
from tests.realtime.game.test_game import kit, library, no_waiting_for_a_camera
from tests.realtime.game.test_getting_ready import FITTING
from tests.realtime.guide.test_guided import LEAD, SONG, WELL
from tests.waiting import until

__all__ = ["library", "no_waiting_for_a_camera"]


@pytest.fixture(autouse=True)
def standard_kept(monkeypatch):
    """What the guided song asks is computed once for all tests."""
    kept = dances.standard_of(LEAD, bpm=SONG.bpm)
    monkeypatch.setattr(ground, "standard_of", lambda song, terms, told: kept)


class Guide:
    """A game whose guided song can be opened; it knows its speakers and which cameras were closed."""

    def __init__(self, library, **changes):
        self.clock, self.closed, self.speakers = FakeClock(), [], []
        self.devices = kit(
            library, clock=self.clock, open_speaker=self.speaker, close_camera=self.closed.append,
            **changes,
        )  # fmt: skip
        self.game = Game(self.devices, Songs((library,)))
        self.listed = first_page(self.game)

    def speaker(self, samples, rate, count_in_s, beat_s):
        self.speakers.append(SilentSpeaker(len(samples) / rate, self.clock, why=WELL))
        return self.speakers[-1]

    def page(self):
        opening = self.listed.key("f2")
        assert isinstance(opening, GuideLoading)
        opening.enter(100.0)
        opening.draw(pygame.Surface((640, 360)))
        opening._opening._coming.exception(60)
        page = opening.step(self.clock.now())
        assert isinstance(page, GuidePage)
        page.enter(self.clock.now())
        return page

    def new(self):
        return self.devices.store.remembered().new


def test_f2_leads_through_all_tasks_and_to_the_songs(library):
    guide = Guide(library)
    page, shown = guide.page(), pygame.Surface((640, 360))
    for number in range(len(TASKS) + 1):
        view = page.guided.view(mirror=True).guide
        assert (view.number, view.of, view.finished) == (number + 1, len(TASKS) + 1, False)
        for key in ("m", "r", "f9", "return"):  # the last one leaves the task
            assert page.key(key) is page
        guide.clock.at_s += 0.05
        assert page.step(guide.clock.now()) is page
        page.draw(shown)
    assert page.guided.finished
    assert isinstance(page.key("r"), GuideLoading)
    assert page.key("return") is guide.listed
    page.leave()
    until(lambda: not guide.new())
    assert len(guide.closed) == 1


@pytest.mark.parametrize("tasks_before", range(len(TASKS) + 1))
def test_escape_leaves_at_every_task_and_it_is_not_asked_again(library, tasks_before):
    guide = Guide(library)
    assert guide.new()
    page = guide.page()
    for _ in range(tasks_before):
        page.key("space")
        guide.clock.at_s += 0.05
        page.step(guide.clock.now())
    assert page.guided.view(mirror=False).guide.number == tasks_before + 1
    assert page.key("escape") is guide.listed
    page.leave()
    until(lambda: not guide.new())
    assert all(speaker.heard is None for speaker in guide.speakers)


def test_the_first_start_leads_there_after_the_setup_and_no_other(library):
    setup = Guide(library, fitting=dataclasses.replace(FITTING, first=True)).listed
    assert isinstance(setup, SetupPage)
    leading = setup.key("escape")
    assert isinstance(leading, GuideLoading)
    assert leading.key("escape") is setup.back
    assert isinstance(Guide(library, fitting=FITTING).listed, SongListPage)


def test_who_goes_back_while_it_is_opened_does_not_wait(library):
    guide = Guide(library)
    opening = guide.listed.key("f2")
    assert (opening.key("return"), opening.key("escape")) == (opening, guide.listed)
    guide.game.settle()
    assert len(guide.closed) <= 1


def test_a_player_is_told_where_to_begin_until_they_did(library):
    guide = Guide(library)
    listed = guide.listed

    def told():
        listed.enter(100.0)
        wait([listed._reading], timeout=60)
        listed.step(101.0)
        return [words for words in listed._view().notices if "first steps" in words]

    assert told() == ["New here? F2 leads you through your first steps."]
    keep_guided(guide.devices.store)
    assert told() == []
