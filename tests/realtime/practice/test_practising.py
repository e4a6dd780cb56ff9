"""The pages of practising: chosen on the result page or in a pause, told about after the next dance."""

from __future__ import annotations

import dataclasses
import re
from concurrent.futures import wait

import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.types import Report, Verdict
from kpopdance.realtime.dance.performance import Outcome
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.dancing import LoadingPage
from kpopdance.realtime.game.result import ResultPage
from kpopdance.realtime.library.history import days_of
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.practised import keep_practised, take_practised
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.practice import practising
from kpopdance.realtime.practice.practising import Choice, PracticeLoading, PracticePage
from kpopdance.realtime.scoring.practice import Passage
from kpopdance.realtime.shell.pages import Message
from kpopdance.realtime.shell.songs import Songs
from tests import dances
from tests.fakes import ScriptedCamera
from tests.kept_dances import NOON
from tests.realtime.game.test_game import (
    choose,
    dancing,
    kit,
    library,
    no_waiting_for_a_camera,
    paused,
    who_leaves_means_it,
)

__all__ = ["library", "no_waiting_for_a_camera", "who_leaves_means_it"]
SCORES = (80.0, 20.0, 95.0, 60.0, 40.0)
SONG = SongPack(
    "A dance", "", 120.0, (dances.song(3, moves=2),), audio=None,
    sections=(("Verse", 0.0), ("Chorus", 4.0)),
)  # fmt: skip


def report_of(scores=SCORES, unjudged=()):
    moves = tuple(
        Verdict(
            k, 2.0 * k, 2.0 * k + 2, "OK", score, 0.0, "left arm not seen", k not in unjudged
        )
        for k, score in enumerate(scores)
    )
    return Report(50.0, 2, 0.0, 1.0, {}, moves, weights=(1.0,) * len(moves))


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        ("", (1, 1)), ("right", (2, 2)), ("left", (0, 0)), ("left left", (0, 0)), ("up", (0, 1)),
        ("up right", (2, 4)), ("up right right", (2, 4)), ("up right left", (0, 1)),
        ("up right down", (2, 2)), ("right up", (2, 4)), ("x", (1, 1)), ("up up", (0, 1)),
    ],
)  # fmt: skip
def test_arrows_choose_moves_and_sections(keys, chosen):
    choice = Choice(report_of(), SONG)
    for key in keys.split():
        choice.turn(key)
    assert choice.passage == chosen
    assert choice.wish.passage == chosen
    assert choice.wish.listed == (1, 4, 3)


def test_what_is_chosen_is_told_in_words():
    choice = Choice(report_of(), SONG)
    words, why = choice.told(choice.passage)
    assert re.fullmatch(r"Move 2 · 0:02 · [A-Z]+ \d+", words)
    assert why == "left arm not seen"
    assert choice.lines[0] == "Move 2 · 0:02 · left arm not seen · up to 16.0 points"
    choice.turn("up")
    assert choice.told(choice.passage) == ("Verse · 0:00", "")
    assert (Choice(report_of((99.0,)), SONG).passage, Choice(report_of(()), SONG).passage) == (
        (0, 0), None,
    )  # fmt: skip


def result_page(devices, report):
    song = load_pack(devices.settings.libraries[0] / "short")
    outcome = Outcome(report)
    game = Game(devices, Songs(devices.settings.libraries))
    page = ResultPage(
        game, (song, Terms()), outcome, lambda: LoadingPage(game, song, None), None
    )
    page.enter(100.0)
    wait([outcome.saving], timeout=60)
    page.step(103.0)
    return page


@pytest.fixture
def shown():
    return pygame.Surface((640, 360))


def test_p_on_the_result_page_practises_and_escape_comes_back(library, shown):
    closed = []
    devices = kit(
        library, open_camera=lambda song, song_s: ScriptedCamera(), close_camera=closed.append
    )
    page = result_page(devices, report_of(SCORES[:2]))
    opening = page.key("p")
    assert isinstance(opening, PracticeLoading)
    opening._opening._coming.exception(60)
    practice = opening.step(104.0)
    assert isinstance(practice, PracticePage)
    practice.enter(104.0)
    assert practice.practice.drill.passage == Passage(1, 1)
    for key in (*"smgvnl", "tab", "up", "down", "left", "right", "space", "f9"):
        assert practice.key(key) is practice
        assert practice.step(105.0) is practice
        practice.draw(shown)
    assert isinstance(practice.key("return"), LoadingPage)
    assert practice.key("escape") is page
    practice.leave()
    assert len(closed) == 1


def test_p_pauses_a_dance_and_again_practises_there(library):
    def practising_now(game):
        return game.performing is None

    game = choose(
        kit(library), (dancing, "p"), (paused, "p"), (practising_now, "escape"),
        first=library / "short",
    )  # fmt: skip
    assert game.outcomes == []


def test_who_goes_back_while_it_is_opened_waits_for_nothing(library, shown):
    page = result_page(kit(library), report_of(SCORES[:2]))
    opening = page.key("p")
    opening.draw(shown)
    assert opening.key("x") is opening
    assert opening.key("escape") is page
    opening._game.settle()


def test_what_cannot_be_practised_is_said(library):
    def refuse(song, song_s):
        raise DanceError("there is no camera; plug one in")

    page = result_page(kit(library, open_camera=refuse), report_of(SCORES[:2]))
    opening = page.key("p")
    opening._opening._coming.exception(60)
    with pytest.raises(DanceError, match="no camera") as why:
        opening.step(104.0)
    told = opening.failed(why.value)
    assert isinstance(told, Message)
    assert told.back is page


class Tried:
    """What of a practice is kept."""

    def __init__(self, devices, tries, scores):
        self.tries = tries
        self.wish = practising.Wish(scores=scores)
        standard = dataclasses.make_dataclass("Asked", ["start_s", "end_s", "terms"])
        song = load_pack(devices.settings.libraries[0] / "short")
        whole = dances.standard_of(song.members[0])
        asked = standard(whole.start_s, whole.end_s, Terms())
        self.ground = dataclasses.make_dataclass("G", ["kit", "song", "standard"])(
            devices, song, asked
        )


def test_the_time_practised_is_kept_among_the_dances(library):
    devices = kit(library)
    practice = Tried(devices, {0: 4, 1: 2}, {})
    practising.keep(practice, NOON)
    asked = practice.ground.standard
    danced_s = float(asked.end_s[0] - asked.start_s[0]) * 4
    danced_s += float(asked.end_s[1] - asked.start_s[1]) * 2
    (day,) = days_of(devices.store)
    assert (day.danced_s, day.dances, day.score) == (pytest.approx(danced_s, abs=0.1), 0, None)
    assert devices.store.best_scores() == {}
    practising.keep(Tried(devices, {}, {0: 41.0}), NOON)
    assert days_of(devices.store) == (day,)


def test_the_next_dance_tells_what_practice_brought(library):
    devices = kit(library)
    practising.keep(
        Tried(devices, {0: 4, 1: 2}, {1: 41.0}), NOON
    )  # nothing was known of move 1
    first = result_page(devices, report_of((50.0, 78.0)))
    start_s = first._outcome.report.moves[1].start_s
    assert first.view().brought == ("Move 2: 41 → 78 since you practised it",)
    assert result_page(devices, report_of((50.0, 78.0))).view().brought == ()
    keep_practised(devices.store, "short", {start_s: (41.0, 3)})
    unjudged = result_page(devices, report_of((50.0, 0.0), unjudged={1}))
    assert unjudged.view().brought == ()
    assert take_practised(devices.store, "short", [start_s]) == {start_s: 41.0}


@pytest.mark.parametrize("why", ["a drawn dancer", "a full disk"])
def test_what_is_not_to_be_kept_or_cannot_be_harms_nothing(library, why):
    devices = kit(library, keeps_scores=why != "a drawn dancer")
    if why == "a full disk":
        devices.store.path.mkdir()
    practising.keep(Tried(devices, {1: 2}, {1: 41.0}), NOON)
    assert devices.store.path.is_file() is False
