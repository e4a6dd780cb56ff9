"""The result page: every move can be looked at beside the coach, and practised."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.types import Report, Verdict
from kpopdance.realtime.dance.performance import Outcome
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.result import ResultPage, went_well
from kpopdance.realtime.game.side_by_side import FPS, REST_S, SPEED, SideBySide
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.practice.practising import PracticeLoading
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.shell.songs import Songs
from tests import dances
from tests.realtime.game.test_game import kit, library

__all__ = ["library"]
DANCE = dances.song(5, moves=4)
SONG = SongPack("A dance", "", 120.0, (DANCE,), audio=None, sections=(("Verse", 0.0),))
SCORES = (80.0, 20.0, 95.0, 60.0)
LATE_S = 0.06


def report_of(scores=SCORES):
    moves = tuple(
        Verdict(k, 2.0 * k, 2.0 * k + 2, "OK", score, 0.0, "left arm lower")
        for k, score in enumerate(scores)
    )
    best = max(range(len(scores)), key=scores.__getitem__, default=None)
    weights = (1.0,) * len(moves)
    return Report(50.0, 2, 0.0, 1.0, {}, moves, best=best, best_combo=3, weights=weights)


def page_of(library, report):
    game = Game(kit(library), Songs(()))
    outcome = Outcome(
        report, track=dances.track_of(DANCE.joints, late_s=LATE_S), lag_ms=1000 * LATE_S
    )
    page = ResultPage(game, (SONG, Terms()), outcome, lambda: None, None)
    page.enter(100.0)
    assert outcome.track is None  # an evening of them would not fit the memory
    return page


def chosen(page):
    return page.view().chosen


def test_a_dance_as_the_coach_s_looks_the_same_whatever_its_size_and_the_devices_lag(library):
    page = page_of(library, report_of())
    for at_s in (100.0, 101.0, 103.0):
        page.step(at_s)
        side = page.view().side
        seen = side.you[:, 2] > 0
        assert seen.all()
        assert np.abs(side.you[seen, :2] - side.coach[seen, :2]).max() < 0.02
        left, top, right, bottom = side.room
        for x, y in side.coach[:, :2]:
            assert left <= x <= right
            assert top <= y <= bottom


def test_moves_go_round_at_half_speed():
    side = SideBySide(dances.track_of(DANCE.joints), DANCE, 0.0)
    span_s, told = (2.0, 4.0), ("Move 2", "")
    for age_s, song_s in ((0.0, 2.0), (2.0, 3.0), (4.0, 4.0), (2 / SPEED + REST_S, 2.0)):
        shown = side.at(span_s, age_s, told, mirror=True).coach
        assert np.abs(shown - DANCE.row(song_s)).max() < 0.1 + 2 / FPS
    assert side.at((900.0, 902.0), 0.0, told, mirror=True).you is None


def test_keys_and_clicks_choose_any_move_and_practise_it(library):
    page = page_of(library, report_of())
    assert chosen(page) == (1, 1)
    steps = (
        ("b", (2, 2)), ("b", (1, 1)), ("left", (0, 0)), (Target("move", 3), (3, 3)),
        (Target("best"), (2, 2)), ("up", (0, 3)),
    )  # fmt: skip
    for does, which in steps:
        following = page.key(does) if isinstance(does, str) else page.clicked(does)
        assert following is page
        assert chosen(page) == which
    page.clicked(Target("move", 3))
    for following in (
        page.key("return"), page.clicked(Target("practise")), page.clicked(Target("move", 3))
    ):  # fmt: skip
        assert isinstance(following, PracticeLoading)
        following.quit()
    assert page_of(library, report_of(())).key("return") is None  # dances it again


def test_the_move_under_the_mouse_tells_its_reason(library):
    import pygame

    page, surface = page_of(library, report_of()), pygame.Surface((1280, 720))
    page.draw(surface)
    bars = {
        page.screen.at((x, 250), surface.get_size()) for x in range(0, 1280, 10)
    } - {None}  # fmt: skip
    assert bars == {Target("move", k) for k in range(4)}
    page.pointed = Target("move", 3)
    assert page.view().pointed_words == "Move 4 · 0:06 · OK 60 · left arm lower"


@pytest.mark.parametrize(
    ("terms", "next_one"), [(Terms(), "pro"), (Terms("kids"), "normal"), (Terms("pro"), None)]
)
def test_a_dance_without_a_fault_tells_what_went_well_and_what_is_next(terms, next_one):
    told = went_well(report_of((99.0, 97.0)), terms)
    assert told[:3] == (
        "Move 1 · 0:00 · 99",
        "Move 2 · 0:02 · 97",
        "3 moves in a row better than OK",
    )
    unseen = dataclasses.replace(report_of((99.0, 97.0)), judged=0.5)
    assert went_well(unseen, terms) == ()
    assert (next_one is None and len(told) == 3) or next_one in told[3]
