"""The game around the loop: a player's way from list to dance to results and back."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import dataclasses
import json
import threading
import time

import numpy as np
import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.engines.fallback import LastingVision
from kpopdance.realtime.core.types import Report
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.game.game import Game, lag_words
from kpopdance.realtime.game.performance import NOTICE_S, Kit, Outcome, Performance
from kpopdance.realtime.library.lags import keep_lag
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.scores import read_scores
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.songpack import SongPack
from tests import dances
from tests.fakes import (
    FailingVision,
    FakeClock,
    PaintedVision,
    ScriptedCamera,
    SilentAudio,
    eyes_of,
)


class PressedWindow:
    """A window whose keys are pressed when the game is where they belong.

    ``steps`` are (when, key): the first one's key is pressed once ``when(game)`` holds, then the
    next one waits. After the last, Escape is pressed until the game ends.
    """

    def __init__(self, *steps):
        self.surface = pygame.Surface((640, 360))
        self.game = None
        self._pace = threading.Event()
        self._steps = list(steps)
        self._deadline_s = PerfClock().now() + 60

    def events(self):
        assert PerfClock().now() < self._deadline_s, "the game did not end"
        if not self._steps:
            return ["escape"]
        when, key = self._steps[0]
        if not when(self.game):
            return []
        del self._steps[0]
        return [key]

    def flip(self):
        self._pace.wait(
            1 / 60
        )  # as a screen does: drawing without end would starve the loading


def play(devices, *steps):
    """Let a player dance the short song, pressing keys on the way."""
    window = PressedWindow(*steps)
    game = window.game = Game(window, devices)
    game.run(devices.settings.libraries[0] / "short")
    return game


def dancing(game):
    return game.performing is not None and game.performing.session.song_now() > -1.5


def paused(game):
    return game.performing.session.paused


def danced(game):
    return bool(game.outcomes)


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
        eyes=eyes_of(PaintedVision({0: None})), clock=clock, settings=Settings(library=str(library)),
        scores=library.parent / "scores.json", lags=library.parent / "lags.json",
        open_camera=lambda song, song_s: camera, close_camera=lambda camera: camera.close(),
        open_speaker=lambda samples, rate, count_in_s, beat_s: SilentAudio(clock),
        read_audio=lambda path: (np.zeros((4 * 8000, 2), dtype=np.float32), 8000),
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


@pytest.fixture(autouse=True)
def no_waiting_for_a_camera(monkeypatch):
    monkeypatch.setattr("kpopdance.realtime.game.performance.FIRST_FRAME_S", 0.01)


def test_escape_leads_back_and_out(library):
    game = Game(PressedWindow(), kit(library))
    game.run()
    assert game.outcomes == []


def test_a_whole_dance_ends_on_the_result_page_and_the_list(library):
    devices = kit(library)
    game = play(devices, (danced, "escape"))
    assert len(game.outcomes) == 1
    # nobody stood before a camera that gave no pictures: nothing judged, nothing kept
    assert not game.outcomes[0].report.complete
    assert read_scores(devices.scores) == {}


def test_escape_leaves_a_paused_dance_and_closes_its_devices(library):
    closed = []
    devices = kit(library, close_camera=closed.append)
    game = play(devices, (dancing, "space"), (paused, "escape"))
    assert game.outcomes == []
    assert len(closed) == 1


def test_what_a_player_can_mend_is_told_on_a_page(library):
    def fail(song, song_s):
        raise DanceError("no camera here")

    game = play(kit(library, open_camera=fail))
    assert game.outcomes == []


@pytest.mark.parametrize("part", ["open_camera", "open_speaker"])
def test_what_nobody_can_mend_reaches_the_windows_thread(library, part):
    closed = []

    def fail(*args):
        raise RuntimeError("driver died")

    devices = kit(library, **{part: fail, "close_camera": closed.append})
    with pytest.raises(RuntimeError, match="driver died"):
        play(devices)
    assert len(closed) == (part == "open_speaker")  # the camera was open already


def test_a_watcher_that_fails_ends_the_dance_not_silently(library):
    class Broken(PaintedVision):
        def see(self, image, *, region, size):
            if image.shape[0] == 48:
                raise IndexError("out of bounds")
            return super().see(image, region=region, size=size)

    from kpopdance.realtime.core.types import Frame

    camera = ScriptedCamera()
    devices = kit(
        library, eyes=eyes_of(Broken({0: None})), open_camera=lambda song, song_s: camera
    )

    def film(game):
        if game.performing is not None:
            camera.put(Frame(np.zeros((48, 64, 3), dtype=np.uint8), 0.0, 0))
        return False

    with pytest.raises(IndexError, match="out of bounds"):
        play(devices, (film, "escape"))


def test_best_scores_are_read_for_the_list(library):
    devices = kit(library)
    devices.scores.write_text(json.dumps({"short": 77.5}))
    from kpopdance.realtime.game.game import card_of

    card, song = card_of(library / "short", read_scores(devices.scores)["short"])
    assert (card.title, card.best_score, card.problem) == ("짧은 노래", 77.5, "")
    assert song is not None


def ready(game):
    return True


def seen_terms(monkeypatch):
    """The terms of every dance that is loaded."""
    from kpopdance.realtime.game.performance import Performance

    terms = []
    made = Performance.__init__

    def note(self, kit, song, how):
        terms.append(how)
        made(self, kit, song, how)

    monkeypatch.setattr(Performance, "__init__", note)
    return terms


def choose(devices, *steps):
    """Go from the song list, pressing keys on the way."""
    window = PressedWindow(*steps)
    game = window.game = Game(window, devices)
    game.run()
    return game


def test_terms_are_chosen_in_the_list_and_danced(library, monkeypatch):
    terms = seen_terms(monkeypatch)
    choose(
        kit(library),
        (ready, "s"),
        (ready, "b"),
        (ready, "t"),
        (ready, "return"),
        (dancing, "escape"),
    )
    assert [one.words for one in terms] == ["pro · seated · mirrored"]


def test_terms_go_round(library, monkeypatch):
    terms = seen_terms(monkeypatch)
    keys = [(ready, key) for key in "sssbbtt"]
    choose(kit(library), *keys, (ready, "return"), (dancing, "escape"))
    assert [one.words for one in terms] == [""]


def test_the_mirror_image_is_shown_and_the_replay_knows_it(library, tmp_path):
    settings = Settings(library=str(library), replays=str(tmp_path / "kept"))
    game = choose(
        kit(library, settings=settings), (ready, "t"), (ready, "return"), (danced, "escape")
    )
    from kpopdance.realtime.library.pack_reader import load_pack
    from kpopdance.realtime.library.replay import dance_key, read_replay

    song = load_pack(library / "short")
    replay = read_replay(tmp_path / "kept" / "short-001.npz")
    assert replay.terms.mirrored
    assert replay.dance == dance_key(song.members[0])  # of the song itself, whichever way
    danced_to = game.performing.song.members[0].joints
    assert np.abs(danced_to[:, 4, 0] - song.members[0].joints[:, 4, 0]).max() > 0.05


def judged_late(lag_ms, recognised=1.0):
    return Outcome(Report(0.0, 0, lag_ms, 1.0, {}, (), recognised=recognised))


def shown(game, outcome, *steps):
    """Show a result page; return the game and what it suggested last."""
    from types import SimpleNamespace

    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.library.pack_reader import load_pack
    from kpopdance.realtime.screens.results import ResultsScreen

    told = []
    draw = ResultsScreen.draw
    ResultsScreen.draw = lambda self, surface, view: told.append(view.suggestion)
    try:
        window = PressedWindow(*steps)
        made = window.game = Game(window, game)
        song = load_pack(game.settings.libraries[0] / "short")
        made._show_result(SimpleNamespace(song=song, terms=Terms()), outcome)
    finally:
        ResultsScreen.draw = draw
    return made, [text for k, text in enumerate(told) if k == 0 or text != told[k - 1]]


def test_a_fixed_lag_is_suggested_and_taken_off_only_when_asked(library):
    devices = kit(library)
    for lag_ms in (118.0, 126.0):
        keep_lag(devices.lags, lag_ms)
    frames = iter(range(1000))
    game, told = shown(devices, judged_late(121.0), (lambda _: next(frames) > 3, "escape"))
    assert game._kit.settings.player_lag_ms == 0
    assert "120 ms late" in told[0]
    assert "Press L" in told[0]
    frames = iter(range(1000))
    game, told = shown(
        devices, judged_late(121.0), (lambda _: next(frames) > 3, "l"),
        (lambda _: next(frames) > 9, "escape"),
    )  # fmt: skip
    assert game._kit.settings.player_lag_ms == 120
    assert "player_lag_ms = 120" in told[-1]


@pytest.mark.parametrize("outcome", [judged_late(121.0, 0.4), judged_late(None)])
def test_who_hardly_danced_has_no_lag(library, outcome):
    devices = kit(library)
    for lag_ms in (118.0, 126.0):
        keep_lag(devices.lags, lag_ms)
    game, told = shown(devices, outcome, (ready, "l"))  # L does nothing, then Escape
    assert game._kit.settings.player_lag_ms == 0
    assert told in ([], [""])


def test_a_drawn_dancer_teaches_no_lag(library):
    devices = kit(library, keeps_scores=False)
    shown(devices, judged_late(121.0))
    assert not devices.lags.exists()


def test_the_suggestion_in_words():
    assert lag_words(None, 0) == ""
    assert "100 ms late" in lag_words(150.0, 50.0)
    assert "60 ms early" in lag_words(-60.0, 0.0)


def test_a_song_with_nothing_to_dance_is_refused(tmp_path):
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.library.standards import standard_of

    still = dances.song(3, moves=3)
    held = dataclasses.replace(still, joints=dances.held(still.joints))
    legs = dances.held(still.joints)
    for limb, hip in ((dances.RIGHT_LEG, 8), (dances.LEFT_LEG, 11)):
        legs[:, limb] = still.joints[:, limb] - still.joints[:, [hip]] + legs[:, [hip]]
    gone = np.full_like(still.joints, np.nan)
    gone[..., 2] = 0
    unseen = SongPack("Gone", "", 120.0, (dataclasses.replace(still, joints=gone),), audio=None)
    with pytest.raises(DanceError, match="never seen"):
        standard_of(unseen, Terms())
    song = SongPack("Held", "", 120.0, (held,), audio=None)
    with pytest.raises(DanceError, match="nothing to dance in it"):
        standard_of(song, Terms())
    only_legs = dataclasses.replace(song, members=(dataclasses.replace(still, joints=legs),))
    assert standard_of(only_legs, Terms()).null < 0.5
    with pytest.raises(DanceError, match="nothing to dance seated"):
        standard_of(only_legs, Terms(body="seated"))


def test_dancing_again_does_not_wait_for_the_standard(library):
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.library.pack_reader import load_pack
    from kpopdance.realtime.library.standards import standard_of

    song = load_pack(library / "short")
    assert standard_of(song, Terms()) is standard_of(song, Terms())
    assert standard_of(song, Terms("pro")).terms == Terms("pro")


def test_a_gpu_that_fails_is_told_on_screen_for_a_while(library):
    clock, people = FakeClock(), {0: None}
    eye = LastingVision(FailingVision(people, fails_at=10), lambda why: PaintedVision(people))
    song = load_pack(library / "short")
    performance = Performance(kit(library, eyes=eyes_of(eye), clock=clock), song)
    image = np.zeros((480, 640, 3), np.uint8)
    assert performance.view(mirror=True).notices == ()
    for _ in range(10):
        performance.kit.eyes.everybody.see(image, region=None, size=(64, 64))
    told = "Going on with no runtime: the GPU is lost"
    assert performance.view(mirror=True).notices == (told,)
    clock.at_s += NOTICE_S
    assert performance.view(mirror=True).notices == (told,)
    clock.at_s += 0.1
    assert performance.view(mirror=True).notices == ()
    assert "no runtime" in performance.view(mirror=True).status
    performance.close()
    again = Performance(kit(library, eyes=eyes_of(eye), clock=clock), song)
    assert again.view(mirror=True).notices == ()  # told once
    again.close()


def test_what_takes_long_while_loading_is_told(library, monkeypatch):
    shown, draw = [], Game._draw

    def note(self, screen, view):
        shown.append((view.phase, view.message))
        draw(self, screen, view)

    monkeypatch.setattr(Game, "_draw", note)

    def slowly(song, song_s):
        time.sleep(0.05)
        return ScriptedCamera()

    devices = kit(library, open_camera=slowly, news=lambda: "Building an engine")
    play(devices, (dancing, "space"), (paused, "escape"))
    assert ("loading", "Building an engine") in shown
    assert ("loading", "Warming up ...") not in shown


def test_q_in_the_list_plays_the_quiz_and_comes_back(library):
    played = []

    def quiz():
        played.append(1)
        return False

    window = PressedWindow((lambda game: True, "q"), (lambda game: bool(played), "escape"))
    game = window.game = Game(window, kit(library), quiz)
    game.run()
    assert played == [1]


def test_a_window_closed_in_the_quiz_ends_the_game(library):
    window = PressedWindow((lambda game: True, "q"), (lambda game: False, "never"))
    game = window.game = Game(window, kit(library), lambda: True)
    game.run()


def test_a_quiz_that_cannot_begin_is_told_on_a_page(library, monkeypatch):
    from kpopdance.realtime.screens.message import MessageScreen

    told = []
    monkeypatch.setattr(MessageScreen, "draw", lambda self, *what: told.append(what[1:3]))

    def quiz():
        raise DanceError("there is no song to guess")

    window = PressedWindow((lambda game: True, "q"), (lambda game: bool(told), "escape"))
    game = window.game = Game(window, kit(library), quiz)
    game.run()
    assert told[0] == ("The quiz cannot begin", "there is no song to guess")
