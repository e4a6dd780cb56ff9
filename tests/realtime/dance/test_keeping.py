"""Nothing is told as kept before it is stored; what cannot be stored is said and tried again."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.types import Report, Verdict
from kpopdance.realtime.dance.keeping import Keeping
from kpopdance.realtime.dance.kit import Kit
from kpopdance.realtime.dance.performance import Outcome
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.result import ResultPage
from kpopdance.realtime.library.history import dances_of
from kpopdance.realtime.library.players import FACE_BYTES, player_of
from kpopdance.realtime.library.replay import Replay, read_replay
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.library.store import GuestStore, Store, StoreError
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.shell.beside import Later
from kpopdance.realtime.shell.songs import Songs
from tests import dances
from tests.fakes import FakeClock, PaintedVision, ScriptedCamera, SilentAudio, eyes_of
from tests.kept_dances import NOON, keep_score, now_of

SONG = SongPack(
    "노래", "Nobody", 120.0, (dances.song(3, moves=2),), audio=None, folder=Path("song")
)


class FullDisk(Store):
    """A store on a disk that is full until room is made."""

    full = True
    tries = 0

    def write(self, work):
        self.tries += 1
        if self.full:
            raise StoreError(self.path, "the disk is full")
        return super().write(work)


@pytest.fixture
def store(tmp_path):
    return FullDisk(tmp_path / "kpopdance.sqlite")


def kit(store, **settings):
    clock = FakeClock()
    return Kit(
        seeing=Later.here(eyes_of(PaintedVision({0: None}))), clock=clock,
        settings=Settings(**settings), store=store,
        open_camera=lambda song, song_s: ScriptedCamera(), close_camera=lambda camera: None,
        open_speaker=lambda *_: SilentAudio(clock), read_audio=lambda path: (np.zeros((1, 2)), 8000),
    )  # fmt: skip


def outcome(score=70.0, lag_ms=120.0, replay=None):
    move = Verdict(0, 0.0, 2.0, "GREAT", score, 0.1)
    report = Report(score, 3, lag_ms, 1.0, {"left arm": 70.0}, (move,))
    return Outcome(report, replay=replay)


def a_replay():
    at_s = np.arange(4) / 30
    return Replay(
        at_s, np.zeros((4, 18, 3), np.float32), np.array([2, 4]), np.empty((0, 2)), "song", "key", "1",
        "network", 70.0,
    )  # fmt: skip


def shown(page, left):
    """What the page shows when what was to be stored is stored, or could not be."""
    wait([left.saving], timeout=60)
    page.step(105.0)
    return page.view()


def result_page(store, left):
    game = Game(kit(store), Songs(()))
    return ResultPage(game, (SONG, Terms()), left, lambda: None, None)


def test_a_score_is_shown_as_kept_only_when_it_is_stored(store, caplog):
    store.full = False
    keep_score(store, "song", 60.0)
    store.full = True
    left = outcome()
    page = result_page(store, left)
    page.enter(100.0)
    assert (page.view().stored, page.view().unsaved) == (False, "")
    view = shown(page, left)
    assert (view.stored, view.best_before) == (False, None)
    assert view.unsaved == "Your score is not saved: the disk is full."
    assert "Your score is not saved: " in caplog.text
    view = press(page, left)
    assert view.unsaved == "Your score is not saved: the disk is full."
    store.full = False
    view = press(page, left)
    assert (view.stored, view.unsaved, view.best_before) == (True, "", 60.0)
    assert store.best_scores() == {"song": 70.0}
    tries = store.tries
    assert page.key("s") is page
    assert store.tries == tries
    assert page.key("escape") is None


def test_the_player_s_picture_is_kept_on_a_key_alone(store):
    store.full = False
    left = outcome()
    left.face = bytes(FACE_BYTES)
    page = result_page(store, left)
    page.enter(100.0)
    assert shown(page, left).face == "my picture"
    assert player_of(store).face == b""
    import pygame

    for size in ((640, 360), (1280, 720), (720, 1280)):
        page.draw(pygame.Surface(size))
        assert Target("face") in under(page, size)
    assert page.clicked(Target("face")) is page
    page._offer._keeping.result(60)
    assert page.view().face == "your picture is kept"
    assert player_of(store).face == left.face


def press(page, left):
    assert page.key("s") is page
    return shown(page, left)


def test_the_player_goes_on_without_the_score(store):
    left = outcome()
    page = result_page(store, left)
    page.enter(100.0)
    shown(page, left)
    assert page.key("escape") is None


def test_storing_never_holds_the_window(store, monkeypatch):
    shown_by_then = threading.Event()

    def slow(work):
        assert shown_by_then.wait(60)
        raise StoreError(store.path, "another program holds it")

    monkeypatch.setattr(store, "write", slow)
    left = outcome()
    page = result_page(store, left)
    page.enter(100.0)
    page.step(100.1)
    assert not page.view().stored
    shown_by_then.set()
    assert shown(page, left).unsaved == "Your score is not saved: another program holds it."


def keeping_of(store, left, **more):
    return Keeping(replace(kit(store), local_now=now_of, **more), left, SONG, Terms("pro"))


def test_a_finished_dance_is_kept_as_it_was_danced(store):
    store.full = False
    for score in (40.0, 70.0):
        keeping = keeping_of(store, outcome(score=score)).store()
    assert (keeping.best_before, keeping.earlier) == (40.0, (40.0,))
    one = list(dances_of(store))[-1]
    assert one.began == NOON.before(SONG.length_s)
    assert (one.slug, one.title, one.terms) == (SONG.slug, SONG.title, "pro")
    assert (one.score, one.stars, one.lag_ms, one.counts) == (70.0, 3, 120.0, True)
    assert (one.limbs, one.moves) == ({"left arm": 70.0}, ((0.0, 70.0),))


@pytest.mark.parametrize(("judged", "keeps", "dances", "counts"), [
    (1.0, True, 1, True), (0.5, True, 1, False), (1.0, False, 0, None),
])  # fmt: skip
def test_a_demo_is_not_kept_and_little_judged_does_not_count(
    store, judged, keeps, dances, counts
):
    store.full = False
    left = outcome()
    left.report = replace(left.report, judged=judged)
    keeping = keeping_of(store, left, keeps_scores=keeps).store()
    kept = list(dances_of(store))
    assert [one.counts for one in kept] == [counts] * dances
    assert keeping.facts["score"] == bool(counts)
    assert len(store.best_scores()) == bool(counts)
    guest = GuestStore(store)
    assert keeping_of(guest, left, keeps_scores=keeps).store().facts["score"] is False
    assert len(list(dances_of(guest))) == dances


@pytest.mark.parametrize("broken", ["replay", "score", "nothing"])
def test_only_what_is_not_stored_is_tried_again(tmp_path, store, broken, caplog):
    store.full = broken == "score"
    folder = tmp_path / "kept"
    if broken == "replay":
        folder.write_text("mine")
    keeping = Keeping(
        kit(store, replays=str(folder)), outcome(replay=a_replay()), SONG, Terms()
    )
    with caplog.at_level(logging.WARNING):
        facts = keeping.store().facts
    assert facts["score"] == (broken != "score")
    assert (facts["replay"] is None) == (broken == "replay")
    assert len(facts["problems"]) == {"replay": 1, "score": 2, "nothing": 0}[broken]
    assert len(caplog.records) == len(facts["problems"])
    store.full = False
    if broken == "replay":
        assert (
            keeping.problem == "The replay is not saved: a file is where the folder should be."
        )
        folder.unlink()
    assert keeping.store().facts["problems"] == []
    assert keeping.store().problem == ""
    assert [path.name for path in folder.iterdir()] == ["song-001.npz"]
    assert read_replay(folder / "song-001.npz").score == 70.0


def test_the_button_saves_again(store):
    import pygame

    left = outcome()
    page = result_page(store, left)
    page.enter(100.0)
    shown(page, left)
    for size in ((800, 480), (1280, 720), (720, 1280), (1920, 1080)):
        page.draw(pygame.Surface(size))
        assert Target("save") in under(page, size)
    store.full = False
    press(page, left)
    page.draw(pygame.Surface(size))
    assert Target("save") not in under(page, size)


def under(page, size):
    """Everything that lies somewhere on the page."""
    return {
        page.screen.at((x, y), size) for x in range(0, size[0], 8) for y in range(0, size[1], 8)
    }
