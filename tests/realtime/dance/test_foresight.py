"""Fewer than six looks a second to come are said before the dance, with a key that helps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pygame
import pytest

from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.core.ports import CameraState, Deliveries
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.dance import foresight
from kpopdance.realtime.dance.foresight import foreseen, lighter, watched_for
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.dancing import DancePage, LoadingPage, SlowPage
from kpopdance.realtime.game.listing import first_page
from kpopdance.realtime.library.pack_reader import read_facts
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.shell.beside import Later, Warmth
from kpopdance.realtime.shell.songs import Songs
from tests.fakes import FakeClock, PaintedVision, eyes_of
from tests.realtime.game import test_game
from tests.realtime.game.test_game import kit

library = test_game.library
standards_kept = test_game.standards_kept


class SlowCamera:
    """Sends so many pictures a second, evenly; waiting for them lets the clock go on."""

    def __init__(self, clock, fps, health=Health("camera")):  # noqa: B008 - frozen
        self.fps, self.health, self.closed = fps, health, 0
        self._clock, self._sent = clock, 0

    def newest(self, timeout_s):
        due_s = self._sent / self.fps
        if due_s > self._clock.at_s + timeout_s:
            self._clock.at_s += timeout_s
            return None
        self._clock.at_s = max(due_s, self._clock.at_s)
        self._sent += 1
        return Frame(np.zeros((2, 2, 3), np.uint8), self._clock.at_s, self._sent)

    def state(self):
        fps = self.fps if self._sent > 2 else None
        return CameraState("slow", "", (2, 2), fps, 0, self.health, Deliveries(self._sent))

    def close(self):
        self.closed += 1


class SlowVision(PaintedVision):
    """Takes its time for a look."""

    def __init__(self, clock, look_s):
        super().__init__({0: None})
        self.look_s, self._clock = look_s, clock

    def see(self, image, *, region, size):
        self._clock.at_s += self.look_s
        return super().see(image, region=region, size=size)


def slow_kit(library, *, fps=30.0, look_s=0.03, **changes):
    clock = FakeClock(0.0)
    camera = SlowCamera(clock, fps, changes.pop("health", Health("camera")))
    return kit(
        library, clock=clock, open_camera=lambda song, song_s: camera,
        seeing=Later.here(eyes_of(SlowVision(clock, look_s))), **changes,
    )  # fmt: skip


def opened(game):
    """The page that follows when a dance has been opened."""
    facts = read_facts(game.kit.settings.libraries[0] / "short")
    page = LoadingPage(game, facts, first_page(game))
    page.enter(0.0)
    page._opening._coming.result(60)
    return page.step(1.0)


def told(page):
    reports = page._performance.foresee()
    return foresight.seldom_in_words(reports, page._lighter, "F")


@pytest.mark.parametrize(
    ("fps", "look_s", "words"),
    [(30.0, 0.03, ""), (6.0, 0.03, ""), (7.5, 0.149, ""),
     (5.5, 0.03, "sends only 5.5 pictures a second. Turn on a light"),
     (4.0, 0.03, "sends only 4 pictures a second. Turn on a light"),
     (30.0, 0.3, "can look only 3 times a second. Close other programs"),
     (2.0, 1.2, "can look only 0.75 times a second.")],
)  # fmt: skip
def test_fewer_than_six_looks_a_second_are_said_before_the_song(library, fps, look_s, words):
    game = Game(slow_kit(library, fps=fps, look_s=look_s), Songs((library,)))
    page = opened(game)
    assert isinstance(page, SlowPage if words else DancePage)
    if words:
        assert words in told(page)
        assert "every move is judged" in told(page)
        page.draw(pygame.Surface((640, 360)))
    page.quit() if words else page.leave()


def test_a_camera_knows_best_why_it_is_slow(library):
    health = Health("camera", Cause.TOO_SLOW, "It sends only 4.", "Come nearer to the Wi-Fi.")
    page = opened(Game(slow_kit(library, fps=4.0, health=health), Songs((library,))))
    assert "It sends only 4. Come nearer to the Wi-Fi." in told(page)
    page.quit()


@pytest.mark.parametrize(
    ("key", "following", "closed"),
    [("return", "DancePage", 0), ("keypad enter", "DancePage", 0), ("r", "LoadingPage", 1),
     ("f", "LoadingPage", 1), ("c", "LoadingPage", 1), ("escape", "SongListPage", 1),
     ("x", "SlowPage", 0), ("space", "SlowPage", 0)],
)  # fmt: skip
def test_each_key_does_what_it_says(library, key, following, closed):
    asked, closings = [], []

    def refit(kit, settings):
        asked.append(settings)
        return dataclasses.replace(kit, settings=settings, warmth=Warmth())

    devices = slow_kit(
        library, look_s=0.3, refit=refit, turn_camera=lambda: True, close_camera=closings.append
    )
    game = Game(devices, Songs((library,)))
    page = opened(game)
    after = page.key(key)
    assert (type(after).__name__, len(closings)) == (following, closed)
    assert [settings.network for settings in asked] == (["lightning"] if key == "f" else [])
    if key == "f":
        assert (asked[0].camera_width, asked[0].camera_height) == (640, 480)
    {"DancePage": after.leave, "SlowPage": page.quit, "LoadingPage": after.quit}.get(
        following, lambda: None
    )()
    game.settle()


def test_what_is_lightest_already_offers_nothing_lighter():
    assert lighter(Settings()).network == "lightning"
    assert lighter(lighter(Settings())) is None
    small = lighter(Settings(camera_width=320, camera_height=240, thorough=True))
    assert (small.camera_width, small.camera_height, small.thorough) == (320, 240, False)


def test_a_light_that_is_turned_on_meanwhile_is_seen(library):
    devices = slow_kit(library, fps=4.0)
    page = opened(Game(devices, Songs((library,))))
    assert "4 pictures" in told(page)
    page._performance.camera.fps = 30.0
    assert told(page).startswith("All is well now.")
    page.quit()


def test_one_slow_measurement_is_not_believed(library):
    devices = slow_kit(library)
    eyes = devices.eyes
    eyes.everybody.look_s = 0.5  # another program is busy while they are warmed
    devices.warmth.over(
        watcher := test_game.performance.watcher_of(devices),
        np.zeros((2, 2, 3), np.uint8),
    )
    assert watcher.quickest_s > 0.4
    eyes.everybody.look_s = 0.03
    page = opened(Game(devices, Songs((library,))))
    assert isinstance(page, DancePage)
    page.leave()


@pytest.mark.parametrize(("fps", "waits_s"), [(30.0, 0.4), (4.0, 3.6)])
def test_only_a_camera_that_seems_slow_is_watched_for_long(fps, waits_s):
    clock = FakeClock(0.0)
    watched_for(SlowCamera(clock, fps), clock, lambda: None)
    assert 0.05 < clock.at_s < waits_s


def test_a_camera_that_begins_slowly_is_waited_for():
    clock = FakeClock(0.0)
    camera = SlowCamera(clock, 4.0)

    def go_on():
        camera.fps = 30.0 if clock.at_s > 1.0 else 4.0

    watched_for(camera, clock, go_on)
    assert not foreseen(camera.state(), 0.03)
    assert clock.at_s < 2.0


def test_who_leaves_meanwhile_is_not_held():
    class Left(Exception):
        pass

    def go_on():
        raise Left

    clock = FakeClock(0.0)
    with pytest.raises(Left):
        watched_for(SlowCamera(clock, 4.0), clock, go_on)
