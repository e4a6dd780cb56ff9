"""The pages of players and their progress: by keys, mouse and wheel, in fake time."""

from __future__ import annotations

import os
from dataclasses import replace

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import numpy as np
import pygame
import pytest

from kpopdance.realtime.core.ports import Hand
from kpopdance.realtime.core.progress import GOALS, Goal
from kpopdance.realtime.dance.kit import Kit
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.home.history import NAMES, HistoryPage
from kpopdance.realtime.home.players import PlayersPage, RemovingPage
from kpopdance.realtime.home.profile import goal_after
from kpopdance.realtime.library.history import dances_of, keep_dance
from kpopdance.realtime.library.players import (
    FACE_BYTES,
    add_player,
    choose_player,
    keep_face,
    named,
    player_of,
    players_of,
    remove_player,
)
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.store import Store, StoreError
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.shell.beside import Later
from kpopdance.realtime.shell.pages import Message
from kpopdance.realtime.shell.songs import Songs
from tests.fakes import FakeClock, PaintedVision, ScriptedCamera, SilentAudio, eyes_of
from tests.kept_dances import NOON, danced, now_of, weeks_of_dances

SIZES = [(1280, 720), (640, 360), (720, 1280)]


@pytest.fixture
def game(tmp_path):
    clock, store = FakeClock(), Store(tmp_path / "kpopdance.sqlite")
    for one in weeks_of_dances():
        keep_dance(store, one, one.slug)
    kit = Kit(
        seeing=Later.here(eyes_of(PaintedVision({0: None}))), clock=clock, settings=Settings(),
        store=store, open_camera=lambda song, song_s: ScriptedCamera(),
        close_camera=lambda camera: None, open_speaker=lambda *_: SilentAudio(clock),
        read_audio=lambda path: (np.zeros((1, 2)), 8000), local_now=now_of,
        documents=lambda: tmp_path / "documents",
    )  # fmt: skip
    return Game(kit, Songs(()))


@pytest.fixture
def back(game):
    return Message(game.backdrop, ("The list", ""), None)


def settled(page):
    """The page when all that goes on beside it is done, drawn; or the one after it."""
    for frame in range(3000):
        following = page.step(200.0 + frame / 60)
        if following is not page:
            return following
        if (
            not page.busy
            if isinstance(page, PlayersPage)
            else page._reading is page._writing is None
        ):
            break
        pygame.time.wait(1)
    for size in SIZES:
        page.draw(pygame.Surface(size))
    return page


def entered(page):
    page.enter(200.0)
    return settled(page)


def told(page):
    return [card.name for card in page._found.cards]


def write(page, typed, composing=""):
    page.handled(Hand(typed=typed, composing=composing), SIZES[0])


def test_who_is_chosen_dances_from_now_on(game, back):
    first, jun = player_of(game.database), add_player(game.database, "Jun", 0.0)
    game.play_as(game.database.of(first.id))
    page = entered(PlayersPage(game, back))
    assert told(page) == ["Player 1", "Jun", "Guest"]
    assert [card.plays for card in page._found.cards] == [True, False, False]
    assert page._found.cards[0].told == "30 dances · 3 days in a row"
    assert page.key("down") is page
    assert page.key("return") is page
    assert settled(page) is back
    assert player_of(game.kit.store) == jun
    assert player_of(Store(game.database.path)) == jun
    keep_dance(game.kit.store, danced(), "neon")
    assert [one.slug for one in dances_of(game.database.of(jun.id))] == ["neon"]


def test_a_guest_dances_and_nothing_is_kept(game, back):
    page = entered(PlayersPage(game, back))
    page.key("end")
    for key in ("r", "c", "g", "h", "delete"):
        assert page.key(key) is page
        assert not page.busy
    page.key("return")
    assert settled(page) is back
    keep_dance(game.kit.store, danced("secret"), "secret")
    assert game.kit.store.remembered().name == "Guest"
    assert "secret" not in game.database.best_scores()
    assert entered(PlayersPage(game, back))._chosen == 1
    assert entered(HistoryPage(game, game.kit.store, back)).view().player.name == "Guest"


def test_a_new_player_is_named_as_they_are_made(game, back):
    page = entered(PlayersPage(game, back))
    page.key("n")
    settled(page)
    write(page, "", "ㅁ")
    assert page.key("return") is page  # the key is the input method's
    assert page.writes_at == page.screen.field_box(SIZES[0])
    write(page, "민ax")
    page.key("backspace")
    settled(page)
    page.key("return")
    settled(page)
    assert told(page) == ["Player 1", "민a", "Guest"]
    assert named(game.database, "민a").made_s == NOON.at_s


@pytest.mark.parametrize(("name", "called", "notice"), [
    ("", "Player 1", ""), ("x" * 99, "x" * 24, ""),
    (" Jun ", "Player 1", "There is a player called Jun already: take another name."),
])  # fmt: skip
def test_names_are_changed_or_the_reason_is_told(game, back, name, called, notice):
    add_player(game.database, "Jun", 0.0)
    page = entered(PlayersPage(game, back))
    page.key("home")
    page.key("r")
    page._writing = None if name is None else page._writing.__class__("")
    write(page, name)
    page.key("return")
    settled(page)
    assert told(page)[0] == called
    assert page._notice == notice
    page.key("r")
    write(page, "other")
    assert page.key("escape") is page
    assert told(settled(page))[0] == called
    assert page.key("escape") is back


def test_colours_and_goals_go_round(game, back):
    page = entered(PlayersPage(game, back))
    for _ in range(2):
        page.key("c")
        settled(page)
        page.key("g")
        settled(page)
    player = player_of(game.database)
    assert (player.colour, player.goal) == (2, Goal(40, "minutes"))
    assert page._found.cards[0].goal == "40 minutes a week"
    assert page._found.cards[0].done > 1
    goals = [Goal()]
    while (following := goal_after(goals[-1])) != Goal():
        goals.append(following)
    assert len(goals) == 1 + sum(len(many) - 1 for many in GOALS.values())
    assert goal_after(Goal(7, "hours")) == goals[1]


def test_a_picture_is_shown_and_taken_away(game, back):
    keep_face(game.database, bytes(FACE_BYTES))
    page = entered(PlayersPage(game, back))
    page.key("home")
    assert page._found.cards[0].face == bytes(FACE_BYTES)
    assert [chip.action for chip in page.screen._chips][-2:] == ["face", "back"]
    page.key("u")
    settled(page)
    assert page._found.cards[0].face == b""
    page.key("u")
    assert not page.busy


def test_a_player_goes_after_one_question_that_says_what_goes(game, back, tmp_path):
    add_player(game.database, "Jun", 0.0)
    page = entered(PlayersPage(game, back))
    page.key("home")
    asking = page.key("delete")
    assert isinstance(asking, RemovingPage)
    asking.enter(200.0)
    asking._counting.result(60)
    shown = []
    asking.screen.draw = lambda surface, heading, words, beat: shown.append((heading, words))
    asking.draw(None)
    assert shown[0][0] == "Remove Player 1?"
    assert shown[0][1].startswith(
        "What goes, for good: 30 dances and practices, 4 best scores;"
    )
    assert asking.key("x") is asking
    asking._writing.result(60)
    asking.draw(None)
    assert shown[1][1].startswith(
        f"Written: {tmp_path / 'documents' / 'kpopdance-Player-1.html'} "
    )
    assert len(list(dances_of(game.database.of(1)))) == 30
    assert asking.key("escape") is page
    asking.key("return")
    asking._going.result(60)
    assert asking.step(201.0) is page
    assert told(entered(page)) == ["Jun", "Guest"]
    assert player_of(game.kit.store).name == "Jun"


def test_who_removes_another_player_dances_on(game, back):
    jun = add_player(game.database, "Jun", 0.0)
    choose_player(Store(game.database.path), jun.id)  # in another game
    mina = add_player(game.database, "Mina", 0.0)
    game.play_as(game.database.of(1))
    for gone, plays in ((mina, "Player 1"), (player_of(game.kit.store), "Jun")):
        asking = RemovingPage(game, gone, PlayersPage(game, back))
        asking.enter(200.0)
        asking._counting.result(60)
        asking.key("return")
        asking._going.result(60)
        asking.step(201.0)
        assert player_of(game.kit.store).name == plays


def test_who_was_removed_elsewhere_chooses_another(game, back):
    add_player(game.database, "Jun", 0.0)
    game.play_as(game.database.of(1))
    remove_player(Store(game.database.path), 1)
    page = entered(PlayersPage(game, back))
    assert told(page) == ["Jun", "Guest"]
    assert not any(card.plays for card in page._found.cards)
    page.key("return")
    assert settled(page) is back
    assert player_of(game.kit.store).name == "Jun"


def test_mouse_and_wheel(game, back):
    for name in ("Jun", "Mina", "별", "Yuna", "Ari", "Sol", "Bo"):
        add_player(game.database, name, 0.0)
    page = entered(PlayersPage(game, back))
    for size in SIZES:
        page.draw(pygame.Surface(size))
        kinds = {
            page.screen.at((x, y), size)
            for x in range(0, size[0], 10)
            for y in range(0, size[1], 8)
        }
        assert {target.kind for target in kinds if target} == {"card", "chip"}
        chips = {target.which for target in kinds if target and target.kind == "chip"}
        assert chips == set(range(9)), size
    page.handled(Hand(wheel=99), SIZES[0])
    assert page._chosen == 0
    page.handled(Hand(wheel=-2), SIZES[0])
    assert page.clicked(Target("card", 1)) is page
    assert page.clicked(Target("chip", 3)) is page
    assert page._writing is not None
    page.draw(pygame.Surface(SIZES[0]))
    page.clicked(Target("chip", 0))
    assert page._writing is None
    page.clicked(Target("card", 1))
    assert settled(page) is back
    assert player_of(game.kit.store).name == "Jun"


def test_the_history_has_a_page_for_each_heading(game, back):
    page = entered(HistoryPage(game, game.kit.store, back))
    view = page.view()
    assert view.facts[0] == "30 dances"
    assert view.streak == 3
    for number, name in enumerate(NAMES, 1):
        assert page.view().page == name
        assert page.view().lines, name
        settled(page)
        page.key("end")
        assert page.view().chosen == len(page.view().lines) - 1
        page.handled(Hand(wheel=99), SIZES[0])
        assert page.view().chosen == 0
        page.key("right")
        assert page.key(str(number)) is page
        assert page.view().page == name
        page.key("right")
    page.key("left")
    assert page.view().page == NAMES[-1]
    assert page.key("escape") is back


def test_the_history_by_mouse(game, back):
    page = entered(HistoryPage(game, game.kit.store, back))
    for size in SIZES:
        page.draw(pygame.Surface(size))
        targets = {
            page.screen.at((x, y), size)
            for x in range(0, size[0], 8)
            for y in range(0, size[1], 8)
        }
        wanted = {Target("choice", k) for k in range(5)} | {Target("chip", k) for k in range(5)}
        assert targets >= wanted, size
    page.clicked(Target("choice", 1))
    page.clicked(Target("card", 3))
    assert (page.view().page, page.view().chosen) == (NAMES[1], 3)
    assert page.clicked(Target("chip", 4)) is back


def test_a_goal_is_set_and_files_are_written_or_refused(game, back, tmp_path):
    page = entered(HistoryPage(game, game.kit.store, back))
    page.key("g")
    settled(page)
    assert page.view().player.goal == "20 minutes a week"
    page.key("x")
    settled(page)
    names = ["kpopdance-Player-1.html", "kpopdance-Player-1.json"]
    assert sorted(path.name for path in (tmp_path / "documents").iterdir()) == names
    assert page.view().facts == (
        f"Written: {tmp_path / 'documents' / names[0]} and {names[1]} beside it.",
    )
    (tmp_path / "taken").write_text("mine")
    game.kit = replace(game.kit, documents=lambda: tmp_path / "taken")
    page.key("x")
    settled(page)
    assert "a file is where the folder should be" in page.view().facts[0]


def test_a_new_player_s_history_says_what_to_do(game, back):
    empty = game.database.of(add_player(game.database, "New", 0.0).id)
    page = entered(HistoryPage(game, empty, back))
    assert page.view().message.startswith("Nothing yet")
    for name in NAMES:
        assert page.view().lines == (), name
        page.key("right")


def test_a_store_that_cannot_be_read_is_told(game, back):
    def refused(*_, **__):
        raise StoreError(game.database.path, "the disk is full or fails")

    game.database.read = refused
    for page in (PlayersPage(game, back), HistoryPage(game, game.database, back)):
        page.enter(200.0)
        with pytest.raises(StoreError, match="fails"):
            settled(page)
        assert page.failed(StoreError(game.database.path, "fails")).back is back
    del game.database.read
    assert len(players_of(game.database)) == 1
