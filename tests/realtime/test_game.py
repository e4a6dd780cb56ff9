"""The game around the loop: a player's way from list to dance to results and back."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import dataclasses
import json

import numpy as np
import pygame
import pytest

from engines.maps import DanceError
from realtime.devices.host_clock import PerfClock
from realtime.game import Game, Kit
from realtime.scores import read_scores
from realtime.settings import Settings
from realtime.songpack import SongPack, save_pack
from tests import dances
from tests.fakes import PaintedVision, ScriptedCamera, SilentAudio


class PressedWindow:
    """A window whose keys are pressed by the clock: (second, name) after it opened."""

    def __init__(self, *keys):
        self.surface = pygame.Surface((640, 360))
        self._keys = list(keys)
        self._clock = PerfClock()
        self._began_s = self._clock.now()
        self.flips = 0

    def events(self):
        age_s = self._clock.now() - self._began_s
        due = [name for at_s, name in self._keys if at_s <= age_s]
        self._keys = [key for key in self._keys if key[0] > age_s]
        if not self._keys and age_s > 60:
            raise AssertionError("the game did not end")
        return due

    def flip(self):
        self.flips += 1


@pytest.fixture
def library(tmp_path):
    """One song of two moves, four seconds long."""
    audio = tmp_path / "a.ogg"
    audio.write_bytes(b"never decoded here")
    song = SongPack("짧은 노래", "Nobody", 120.0, (dances.song(3, moves=2),), audio=audio)
    save_pack(song, tmp_path / "songs" / "short")
    return tmp_path / "songs"


def kit(library, **changes):
    camera, clock = ScriptedCamera(), PerfClock()
    made = Kit(
        vision=PaintedVision({0: None}), clock=clock, settings=Settings(library=str(library)),
        scores=library.parent / "scores.json",
        open_camera=lambda song, song_s: camera, close_camera=lambda camera: camera.close(),
        open_speaker=lambda samples, rate, count_in_s, beat_s: SilentAudio(clock),
        read_audio=lambda path: (np.zeros((4 * 8000, 2), dtype=np.float32), 8000),
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


@pytest.fixture(autouse=True)
def no_waiting_for_a_camera(monkeypatch):
    monkeypatch.setattr("realtime.game.FIRST_FRAME_S", 0.01)


def test_escape_leads_back_and_out(library):
    game = Game(PressedWindow((0.1, "escape")), kit(library))
    game.run()
    assert game.outcomes == []


def test_a_whole_dance_ends_on_the_result_page_and_the_list(library):
    devices = kit(library)
    window = PressedWindow((9.5, "escape"), (10.5, "escape"))
    game = Game(window, devices)
    game.run(library / "short")
    assert len(game.outcomes) == 1
    # nobody stood before a camera that gave no pictures: nothing judged, nothing kept
    assert not game.outcomes[0].report.complete
    assert read_scores(devices.scores) == {}
    assert window.flips > 100


def test_escape_leaves_a_dance_and_closes_its_devices(library):
    closed = []
    devices = kit(library, close_camera=closed.append)
    game = Game(PressedWindow((2.0, "space"), (2.5, "escape"), (3.0, "escape")), devices)
    game.run(library / "short")
    assert game.outcomes == []
    assert len(closed) == 1


@pytest.mark.parametrize("fault", [DanceError("no camera here"), RuntimeError("driver died")])
def test_what_fails_while_loading_reaches_the_windows_thread(library, fault):
    def fail(song, song_s):
        raise fault

    game = Game(PressedWindow((1.5, "escape"), (2.0, "escape")), kit(library, open_camera=fail))
    if isinstance(fault, DanceError):
        game.run(library / "short")
    else:
        with pytest.raises(RuntimeError, match="driver died"):
            game.run(library / "short")


def test_a_camera_is_closed_when_the_speaker_fails(library):
    closed = []

    def fail(*args):
        raise RuntimeError("no speaker")

    devices = kit(library, open_speaker=fail, close_camera=closed.append)
    with pytest.raises(RuntimeError, match="no speaker"):
        Game(PressedWindow(), devices).run(library / "short")
    assert len(closed) == 1


def test_a_watcher_that_fails_ends_the_dance_not_silently(library):
    class Broken(PaintedVision):
        def see(self, image, *, region, size):
            if image.shape[0] == 48:
                raise IndexError("out of bounds")
            return super().see(image, region=region, size=size)

    from realtime.pure.types import Frame

    camera = ScriptedCamera()
    devices = kit(library, vision=Broken({0: None}), open_camera=lambda song, song_s: camera)
    window = PressedWindow()
    game = Game(window, devices)
    flip = window.flip

    def film():
        flip()
        if game.performing is not None:
            camera.put(Frame(np.zeros((48, 64, 3), dtype=np.uint8), 0.0, 0))

    window.flip = film
    with pytest.raises(IndexError, match="out of bounds"):
        game.run(library / "short")


def test_best_scores_are_read_for_the_list(library):
    devices = kit(library)
    devices.scores.write_text(json.dumps({"short": 77.5}))
    from realtime.game import card_of

    card, song = card_of(library / "short", read_scores(devices.scores)["short"])
    assert (card.title, card.best_score, card.problem) == ("짧은 노래", 77.5, "")
    assert song is not None
