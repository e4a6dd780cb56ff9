"""You dance, it guesses: from frames to the song's name, with painted eyes."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")


import numpy as np
import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.engines.fallback import LastingVision
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.pose.watcher import Watcher
from kpopdance.realtime.quiz.reverse import (
    GONE_S,
    NEEDED_S,
    DanceGuesser,
    Guesser,
    guesser_of,
    named,
    newest,
    reverse_page,
)
from kpopdance.realtime.search.guess import DanceLibrary, Guess, Guesses
from kpopdance.realtime.shell.beside import NOTICE_S
from kpopdance.realtime.shell.pages import Shell
from tests import dances
from tests.fakes import (
    LOST_CAMERA,
    FailingVision,
    FakeClock,
    PaintedVision,
    ScriptedCamera,
    eyes_of,
)
from tests.realtime.quiz.test_game import PlayedWindow
from tests.waiting import until

FPS = 20.0
SONGS = {
    f"song-{k}": SongPack(f"노래 {k}", "N", 120.0, (dances.song(k, moves=16),), None)
    for k in range(6)
}


@pytest.fixture(scope="module")
def guesser():
    library = DanceLibrary()
    for slug, song in SONGS.items():
        library.add(slug, song.members)
    return Guesser(library, SONGS, SONGS.__getitem__)


class Room:
    """A dancer in front of painted eyes; ``dance`` lets some seconds pass."""

    def __init__(self, guesser):
        self.clock, self.camera, self.vision = FakeClock(), ScriptedCamera(), PaintedVision({})
        self.dancing = DanceGuesser(
            guesser, camera=self.camera, watcher=Watcher(eyes_of(self.vision)), clock=self.clock
        )
        self.dancing.watch.begin()
        self.index = 0

    def dance(self, slug, seconds, *, from_s=6.0, style=None):
        dancer = DrawnDancer(SONGS[slug].members[0], style or DancerStyle()) if slug else None
        for k in range(round(seconds * FPS)):
            mark = self.index % 65536
            song_s = from_s + k / FPS
            self.vision.people[mark] = dancer.joints(song_s) if dancer else None
            image = np.zeros((480, 640, 3), np.uint8)
            image[0, 0] = (mark % 256, mark // 256, 0)
            frame = Frame(image, self.clock.now(), self.index)
            self.camera.put(frame)
            self.wait(
                lambda frame=frame: (
                    self.dancing.watch.sighting and self.dancing.watch.sighting.frame is frame
                )
            )
            self.index += 1
            self.clock.at_s += 1 / FPS
        return song_s

    def wait(self, done):
        until(done, step=self.dancing.watch.check)

    def answered(self):
        """Wait for a fresh answer."""
        count = len(self.dancing.took_s)
        self.wait(lambda: len(self.dancing.took_s) > count)
        return self.dancing.answer


@pytest.fixture
def room(guesser):
    room = Room(guesser)
    yield room
    room.dancing.watch.stop()


def test_a_dance_is_named_with_its_place(room):
    song_s = room.dance("song-3", 6.0)
    room.wait(lambda: room.dancing.answer.known is not None)
    known, answer = room.dancing.answer.known, room.dancing.answer
    assert known.song == "song-3"
    danced_at_s = song_s - (room.clock.now() - 1 / FPS - answer.at_s)
    assert known.song_s == pytest.approx(danced_at_s, abs=0.3)


def test_another_dance_replaces_the_first(room):
    room.dance("song-1", 6.0)
    room.wait(lambda: room.dancing.answer.known is not None)
    room.dance("song-4", 8.0)
    room.wait(lambda: getattr(room.dancing.answer.known, "song", "") == "song-4")


def test_nothing_is_asked_before_there_is_enough(room):
    room.dance("song-2", NEEDED_S - 0.3)
    assert room.dancing.took_s == []
    assert room.dancing.answer.guesses == ()
    assert room.dancing.danced_s == pytest.approx(NEEDED_S - 0.3, abs=0.1)


def test_standing_still_is_not_known(room):
    room.dance("song-2", 7.0, style=DancerStyle(still=True))
    room.answered() if not room.dancing.took_s else None
    assert room.dancing.answer.known is None


def test_who_was_gone_begins_anew_and_so_does_who_asks_for_it(room):
    room.dance("song-2", 5.0)
    room.dance(None, GONE_S + 0.3)
    room.dance("song-2", 0.5)
    assert room.dancing.danced_s < 0.6
    assert room.dancing.answer.guesses == ()
    room.dance("song-2", 4.0)
    room.dancing.again()
    room.dance("song-2", 0.5)
    assert room.dancing.danced_s < 0.6
    assert room.dancing.answer.guesses == ()


def test_what_goes_wrong_while_watching_is_told(guesser):
    room = Room(guesser)
    room.vision.people = None  # the painter breaks
    room.camera.put(Frame(np.zeros((480, 640, 3), np.uint8), 0.0, 0))
    with pytest.raises(TypeError):
        room.wait(lambda: False)
    room.dancing.watch.stop()


@pytest.mark.parametrize(
    ("seconds", "certainty", "known"),
    [(2.0, 0.99, False), (4.0, 0.99, True), (8.0, 0.99, True), (8.0, 0.5, False)],
)
def test_a_song_is_named_after_four_seconds_and_only_if_it_is_certain(
    seconds, certainty, known
):
    guess = Guess("song-1", 0, 3.0, 0.9, certainty, False)
    assert (named(Guesses((guess,), 1.0, seconds)) is guess) == known
    assert named(Guesses()) is None


def test_the_newest_seconds_are_a_track_of_their_own():
    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.core.types import Pose

    track = PoseTrack()
    for k in range(1000):
        track.add(k / 30, Pose(np.full((18, 3), 0.5, np.float32)))
    copy = newest(track)
    assert copy.at_s[-1] == track.at_s[-1]
    assert 8.0 < copy.at_s[-1] - copy.at_s[0] < 10.0
    track.add(100.0, None)
    assert copy.at_s[-1] < 100.0


class Page:
    """The page in front of a scripted camera, stepped by hand."""

    def __init__(self, guesser, vision, monkeypatch):
        monkeypatch.setattr("kpopdance.realtime.shell.beside.FIRST_FRAME_S", 0.01)
        self.clock, self.camera = FakeClock(), ScriptedCamera()
        waiting = reverse_page(
            guesser, eyes=eyes_of(vision), camera=self.camera, clock=self.clock
        )
        waiting.enter(self.clock.now())
        assert waiting.key("escape") is None
        waiting.coming.result(60)
        self.page = waiting.step(self.clock.now())
        assert self.page is not waiting
        self.page.enter(self.clock.now())

    def film(self, seconds=0.0):
        """Let some seconds pass, then a frame; return what is shown."""
        self.clock.at_s += seconds
        image = np.zeros((480, 640, 3), np.uint8)
        frame = Frame(image, self.clock.now(), 0)
        self.camera.put(frame)
        watch = self.page.dancing.watch
        until(lambda: watch.sighting is not None and watch.sighting.frame is frame)
        assert self.page.step(self.clock.now()) is self.page
        return self.page.view()


def test_the_page_shows_guesses_until_the_player_leaves(guesser, monkeypatch):
    room = Page(guesser, PaintedVision({0: None}), monkeypatch)
    view = room.film(1.0)
    assert (view.songs, view.age_s) == (len(SONGS), 1.0)
    assert (view.guesses, view.known) == ((), False)
    assert view.status.endswith("no runtime")
    surface = pygame.Surface((640, 360))
    room.page.draw(surface)
    assert pygame.surfarray.array3d(surface).std() > 0
    assert room.page.key("x") is room.page
    assert room.page.key("escape") is None
    room.page.leave()


def test_a_gpu_that_fails_is_told_on_the_page_for_a_while(guesser, monkeypatch):
    people = {0: None}
    gpu = FailingVision(people, fails_at=1000)
    room = Page(guesser, LastingVision(gpu, lambda why: PaintedVision(people)), monkeypatch)
    assert room.film(1.0).notices == ()
    gpu.fails_at = 1  # from now on
    told = "What the networks ran on has failed: going on with no runtime."
    assert room.film(1.0).notices == (told,)
    assert room.film(NOTICE_S).notices == (told,)
    assert room.film(0.1).notices == ()
    room.camera.lost = True
    assert room.film().health == (LOST_CAMERA,)
    room.page.leave()


@pytest.mark.parametrize("cause", [Cause.BLACK, Cause.FROZEN, Cause.WELL])
def test_empty_pictures_are_no_dance(guesser, monkeypatch, cause):
    room = Page(guesser, PaintedVision({0: None}), monkeypatch)
    room.camera.health = Health("camera", cause, "Nothing is shown.")
    for _ in range(20):
        view = room.film(0.4)
    assert (view.danced_s, view.guesses) == (0.0, ())
    told = [report.cause for report in view.health]
    assert told == [Cause.NOBODY if cause is Cause.WELL else cause]
    room.page.leave()


def test_the_page_mends_its_camera(guesser, monkeypatch):
    room = Page(guesser, PaintedVision({0: None}), monkeypatch)
    room.film(1.0)
    room.page.act("again")
    assert room.camera.retried == 0  # it is well: the dance alone is forgotten
    room.camera.lost = True
    room.page.act("again")
    assert room.camera.retried == 1
    assert room.page.act("camera") is room.page  # there is no other one
    room.page.leave()


def test_what_breaks_while_watching_reaches_the_page(guesser, monkeypatch):
    vision = PaintedVision({0: None})
    room = Page(guesser, vision, monkeypatch)
    vision.people = None  # the painter breaks
    room.camera.put(Frame(np.zeros((480, 640, 3), np.uint8), 0.0, 0))
    until(lambda: room.page.dancing.watch._failure)
    with pytest.raises(TypeError):
        room.page.step(room.clock.now())
    room.page.leave()


def test_the_window_closed_ends_it(guesser, monkeypatch):
    monkeypatch.setattr("kpopdance.realtime.shell.beside.FIRST_FRAME_S", 0.01)
    clock, camera = FakeClock(), ScriptedCamera()
    window = PlayedWindow(lambda window: ["quit"], clock)
    window.shown.append(None)
    page = reverse_page(
        guesser, eyes=eyes_of(PaintedVision({0: None})), camera=camera, clock=clock
    )
    Shell(window, clock).run(page)


def test_an_empty_library_is_one_sentence():
    with pytest.raises(DanceError, match="no song to guess; record one"):
        guesser_of({}, SONGS.__getitem__)
