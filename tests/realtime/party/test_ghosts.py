"""Ghosts and boards in the window: opened, refused, danced beside, put there."""

from __future__ import annotations

import dataclasses
import os
import shutil

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.__main__ import main
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.types import Report, Verdict
from kpopdance.realtime.dance.ghost_dance import GhostDance
from kpopdance.realtime.dance.performance import Outcome
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.dancing import LoadingPage
from kpopdance.realtime.game.listing import first_page
from kpopdance.realtime.game.result import ResultPage
from kpopdance.realtime.library.board import put_on_board, read_board
from kpopdance.realtime.library.pack_reader import listed_pack
from kpopdance.realtime.library.replay import read_replay, save_replay
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.verified import verified
from kpopdance.realtime.party.board import BoardOffer, BoardPage
from kpopdance.realtime.party.ghosts import MetPage, OpeningPage
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.shell.pages import Message
from kpopdance.realtime.shell.songs import Songs
from tests import replays
from tests.realtime.game.test_game import (
    choose,
    dancing,
    kit,
    no_waiting_for_a_camera,
    who_leaves_means_it,
)
from tests.realtime.screens.views import dance
from tests.waiting import until

__all__ = ["no_waiting_for_a_camera", "who_leaves_means_it"]
KIDS = Terms("kids")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A library with the song, and dances of it: Mina's, Jun's, a guest's for kids, a forged one."""
    folder = tmp_path_factory.mktemp("made")
    library, group = replays.library(folder), folder / "group"
    group.mkdir()
    put_on_board(group, replays.danced(1, "Mina"))
    put_on_board(group, replays.danced(5, "Jun"))
    put_on_board(group, replays.danced(2, "", strictness="kids"))
    save_replay(group / "z.npz", replays.danced(3, "Sora"))
    replays.resealed(group / "z.npz", score=100.0)
    return library, group


@pytest.fixture
def group(made, tmp_path):
    return shutil.copytree(made[1], tmp_path / "group")


@pytest.fixture
def game(made, group, tmp_path):
    settings = Settings(library=str(made[0]), board=str(group))
    devices = kit(shutil.copytree(made[0], tmp_path / "songs"), settings=settings)
    game = Game(devices, Songs(devices.settings.libraries).whole())
    yield game
    game.settle()


def file_of(group, player, strictness="normal"):
    """The file of one of the dances."""
    return next(
        path
        for path in sorted(group.glob("short-*.npz"))
        if (read_replay(path).player, read_replay(path).strictness) == (player, strictness)
    )


def gone_on(page):
    """Wait until a page leads to another one; return that, come on."""
    now = [1.0]

    def following():
        now[0] += 0.1
        then = page.step(now[0])
        return then if then is not page else None

    found = until(following)
    found.enter(now[0])
    found.draw(pygame.Surface((640, 360)))
    return found


def ghost_of(made, group, player, strictness="normal"):
    path = file_of(group, player, strictness)
    return GhostDance(verified(path, lambda name: listed_pack(name, (made[0],))))


def test_a_replay_that_is_dropped_is_shown_and_danced_beside_on_its_terms(game, group):
    listed = first_page(game)
    listed.enter(1.0)
    opening = listed.dropped(file_of(group, "", "kids"))
    assert isinstance(opening, OpeningPage)
    opening.enter(1.0)
    met = gone_on(opening)
    assert isinstance(met, MetPage)
    assert met.words[0] == "Guest"
    assert "Short Song · kids" in met.words[1]
    assert (met.key("x"), met.key("escape")) == (met, listed)
    assert game.ghost is None
    loading = met.key("return")
    assert isinstance(loading, LoadingPage)
    assert game.ghost is not None
    assert (game.terms_of("short"), game.terms_of("other")) == (KIDS, Terms())
    loading.quit()
    listed.enter(5.0)
    assert game.ghost is None
    assert game.terms_of("short") == Terms()


def test_one_that_was_edited_is_refused_in_one_sentence(game, group):
    listed = first_page(game)
    opening = listed.dropped(group / "z.npz")
    opening.enter(1.0)
    with pytest.raises(DanceError, match=r"says 100\.0 points") as refused:
        gone_on(opening)
    told = opening.failed(refused.value)
    assert isinstance(told, Message)
    assert told.key("escape") is listed


@pytest.mark.parametrize(("moves", "k"), [(0, None), (1, 0), (3, 2), (9, 2)])
def test_its_score_stands_after_as_many_moves_as_the_player_s(made, group, moves, k):
    ghost = ghost_of(made, group, "Mina")
    verdict = Verdict(moves - 1, 0.0, 1.0, "OK", 50.0, 0.0) if moves else None
    dance_ = verified(file_of(group, "Mina"), lambda name: listed_pack(name, (made[0],)))
    score = 0.0 if k is None else dance_.course[k].score
    shown = ghost.view(dance(song_s=2.0, verdict=verdict, score=40.0))
    assert shown.score == score
    assert shown.ahead == pytest.approx(40.0 - score)
    assert shown.name == "Mina"
    assert shown.joints.shape == (18, 3)
    assert ghost.view(dance(song_s=500.0)).joints is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (5.0, "You are 5.0 points ahead"),
        (-5.0, "is 5.0 points ahead of you"),
        (0.01, "are level"),
    ],
)
def test_who_was_ahead_is_told_at_the_end(made, group, more, words):
    ghost = ghost_of(made, group, "Mina")
    assert words in ghost.told(Report(ghost.score + more, 3, 0.0, 1.0, {}, ()))


def test_it_is_on_the_stage_beside_the_player(made, group, monkeypatch):
    views = []
    draw = DanceScreen.draw

    def see(screen, surface, view, *more):
        views.append(view)
        draw(screen, surface, view, *more)

    monkeypatch.setattr(DanceScreen, "draw", see)
    devices = kit(made[0], settings=Settings(library=str(made[0])))
    ghost = ghost_of(made, group, "Mina")

    def beside(game):
        game.ghost = ghost
        return dancing(game) and any(view.ghost for view in views)

    choose(devices, (beside, "space"), (beside, "escape"), first=made[0] / "short")
    shown = next(view.ghost for view in views if view.ghost)
    assert (shown.name, shown.score) == ("Mina", 0.0)


@pytest.fixture
def board(game):
    page = BoardPage(game, lambda facts, back: LoadingPage(game, facts, back), first_page(game))
    page.enter(1.0)
    until(lambda: page.step(2.0) and page._reading is None)
    return page


def shown_on(page, monkeypatch):
    """The view that a page draws, at three sizes."""
    views = []
    draw = page.screen.draw
    monkeypatch.setattr(
        page.screen, "draw", lambda surface, view: (views.append(view), draw(surface, view))
    )
    for size in ((1280, 720), (640, 360), (480, 900), (1, 1)):
        page.draw(pygame.Surface(size))
    return views[-1]


def test_the_board_shows_who_stands_where_and_what_does_not_count(board, monkeypatch):
    view = shown_on(board, monkeypatch)
    assert [(line.place, line.name) for line in view.lines] == [(1, "Mina"), (2, "Jun")]
    assert (view.title, view.terms, view.which, view.of) == ("Short Song", "", 1, 3)
    assert "1 file does not count" in view.status
    board.act("right")
    assert shown_on(board, monkeypatch).terms == "kids"
    board.act("right")
    refused = shown_on(board, monkeypatch)
    assert refused.title == "Not counted"
    assert (refused.lines[0].place, refused.lines[0].name) == (0, "z.npz")
    assert board.act("play") is board
    board.act("right")
    assert shown_on(board, monkeypatch).which == 1


def test_one_of_them_is_chosen_and_danced_beside(board, game, monkeypatch):
    shown_on(board, monkeypatch)
    board.key("down")
    board.key("down")
    opening = board.key("return")
    opening.enter(3.0)
    met = gone_on(opening)
    assert met.words[0] == "Jun"
    loading = met.key("return")
    assert loading.back is board
    loading.quit()
    assert board.clicked(Target("card", 0)) is board
    assert isinstance(board.clicked(Target("card", 0)), OpeningPage)
    board.enter(9.0)
    assert game.ghost is None


def test_a_folder_that_is_dropped_is_the_board_from_then_on(board, game, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    assert board.dropped(other) is board
    until(lambda: board.step(3.0) and board._reading is None)
    view = shown_on(board, monkeypatch)
    assert (view.lines, game.kit.settings.board) == ((), str(other))
    assert "No dances yet" in view.message
    assert isinstance(board.dropped(tmp_path / "sent.npz"), OpeningPage)
    other.rmdir()
    board.act("again")
    until(lambda: board.step(4.0) and board._reading is None)
    assert "the board cannot be read" in shown_on(board, monkeypatch).notice


def test_without_a_folder_it_says_what_a_board_is(game, monkeypatch):
    game.kit = dataclasses.replace(
        game.kit, settings=dataclasses.replace(game.kit.settings, board="")
    )
    page = BoardPage(game, lambda facts, back: back, first_page(game))
    page.enter(1.0)
    page.step(1.1)
    assert "Drop that folder here" in shown_on(page, monkeypatch).message


def test_a_dance_is_put_on_the_board_once_where_the_player_says_so(game, group):
    replay = replays.danced(7)
    assert BoardOffer(None, replay, game.kit.store).words == ""
    assert BoardOffer(group, None, game.kit.store).words == ""
    offer = BoardOffer(group, replay, game.kit.store)
    before = len(list(group.iterdir()))
    assert offer.words == "on the board"
    offer.take()
    until(lambda: offer.words == "it is on the board")
    offer.take()
    assert len(list(group.iterdir())) == before + 1
    names = [
        each.found.player
        for ranking in read_board(group, game.kit.settings.libraries).rankings
        for each in ranking.standings
    ]
    assert game.kit.store.remembered().name in names
    gone = BoardOffer(group / "gone", replay, game.kit.store)
    gone.take()
    until(lambda: "the dance is not put there" in gone.words)


@pytest.mark.parametrize("excerpts", [(), ("one",)])
def test_a_song_s_dance_and_a_medley_s_may_be_put_there(game, excerpts):
    song = dataclasses.replace(replays.SONG, excerpts=excerpts)
    outcome = Outcome(Report(50.0, 2, 0.0, 1.0, {}, ()), replay=replays.danced(7))
    page = ResultPage(game, (song, Terms()), outcome, lambda: None, None)
    assert page.view().board == "on the board"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--ghost", "z.npz"], "says 100.0 points"),
        (["--ghost", "gone.npz"], "cannot be read"),
        (["neon-steps", "--ghost", "MINA"], "dances Short Song"),
        (["--ghost", "MINA", "--mirrored"], "its terms hold"),
    ],
)
def test_the_command_refuses_a_ghost_before_a_window_is_opened(made, capsys, words, told):
    library, group = made
    mina = str(file_of(group, "Mina"))
    typed = [mina if word == "MINA" else str(group / word) if ".npz" in word else word
             for word in words]  # fmt: skip
    assert main(["play", *typed, "--library", str(library)]) == 2
    assert told in capsys.readouterr().err
