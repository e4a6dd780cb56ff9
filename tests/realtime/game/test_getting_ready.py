"""Before a dance: it begins when the player stands in the picture, raises a hand, or says so."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import dataclasses
import threading

import numpy as np
import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core import body
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.dance.kit import Fitting
from kpopdance.realtime.dance.performance import STEP_BACK_S
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.dancing import CannotPage, DancePage, LoadingPage
from kpopdance.realtime.game.getting_ready import IN_PLACE_S, ReadyPage
from kpopdance.realtime.game.listing import first_page
from kpopdance.realtime.home.looking_on import LookingOn
from kpopdance.realtime.home.setting_up import SetupPage
from kpopdance.realtime.library.delays import Measured
from kpopdance.realtime.pose.stance import Amiss
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.ready import KEEP
from kpopdance.realtime.shell.beside import Later
from kpopdance.realtime.shell.songs import Songs
from tests.fakes import PaintedVision, ScriptedCamera, eyes_of
from tests.realtime.game import test_game
from tests.realtime.game.test_game import library  # noqa: F401 - a fixture
from tests.realtime.pose.test_stance import person
from tests.waiting import until

SIZE = (640, 480)
NOBODY, IN, NEAR, HAND, TWO = range(5)
FITTING = Fitting(
    cameras=lambda: (), peek=lambda source: None, watch=ScriptedCamera, outputs=lambda: (),
    keep=lambda changes: None, found=lambda kit: {},
)  # fmt: skip


def hand_up(joints):
    joints = joints.copy()
    joints[[body.R_ELBOW, body.R_WRIST], :2] = joints[body.R_SHOULDER, :2]
    joints[body.R_ELBOW, 1] -= 55
    joints[body.R_WRIST, 1] -= 125
    return joints


CLOSE = person(SIZE, 0.02, 1.5).joints
PEOPLE = {
    NOBODY: None, IN: person(SIZE, 0.1, 0.9).joints, NEAR: CLOSE,
    HAND: hand_up(person(SIZE, 0.35, 1.2).joints),
    TWO: np.stack([person(SIZE, 0.1, 0.9, 0.3).joints, person(SIZE, 0.1, 0.88, 0.75).joints]),
}  # fmt: skip


class Stand:
    """A game whose song is opened, with somebody before its camera."""

    def __init__(self, library, **changes):  # noqa: F811
        self.camera, self.closed = ScriptedCamera(), []
        self.kit = test_game.kit(
            library, seeing=Later.here(eyes_of(PaintedVision(PEOPLE))),
            open_camera=lambda song, song_s: self.camera, close_camera=self.closed.append,
            **{"fitting": FITTING, **changes},
        )  # fmt: skip
        self.game = Game(self.kit, Songs(self.kit.settings.libraries))
        self.clock = self.kit.clock

    def opened(self):
        """Return the page that follows when all is open."""
        page = first_page(self.game, self.kit.settings.libraries[0] / "short")
        page.enter(self.clock.now())
        return self.until(page, lambda page: not isinstance(page, LoadingPage))

    def until(self, page, there):
        """Let a page go on until another one is there."""
        pages = [page]
        until(
            lambda: there(pages[-1]),
            step=lambda: pages.append(pages[-1].step(self.clock.now())),
        )
        return pages[-1]

    def show(self, page, who, looks=30):
        """Let somebody stand before the camera for so many looks, a tenth of a second each."""
        self.until(page, lambda page: page._looking._watch is not None)
        for _ in range(looks):
            if page._ending is not None:
                break
            self.clock.at_s += 0.1
            image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
            image[0, 0, 0] = who
            before = page._looking.seen
            self.camera.put(Frame(image, self.clock.at_s, 0))
            page = self.until(page, lambda page, old=before: (
                page._ending is not None or page._looking.seen not in (None, old)
            ))  # fmt: skip
            page.step(self.clock.now())
        return page


@pytest.fixture(autouse=True)
def no_waiting_for_a_camera(monkeypatch):
    monkeypatch.setattr("kpopdance.realtime.shell.beside.FIRST_FRAME_S", 0.01)


def begins(page):
    return isinstance(page, DancePage)


@pytest.mark.parametrize(
    ("shown", "amiss", "dances"),
    [
        ([NOBODY], Amiss.NOBODY, False),
        ([NEAR], Amiss.BACK, False),
        ([TWO], Amiss.SOMEBODY, False),
        ([IN], Amiss.NOTHING, True),
        ([NOBODY, NEAR, IN], Amiss.NOTHING, True),
        ([HAND], Amiss.HIGH, True),
    ],
)
def test_it_begins_when_head_and_feet_are_in_or_a_hand_is_up(library, shown, amiss, dances):  # noqa: F811
    stand = Stand(library)
    page = stand.opened()
    assert isinstance(page, ReadyPage)
    page.enter(stand.clock.now())
    for who in shown:
        stand.show(page, who, looks=30 if who == shown[-1] else 5)
    assert page._looking.seen.stance.amiss is amiss
    page.draw(pygame.Surface((640, 360)))
    assert (page._ending is not None) is dances
    if dances:
        following = stand.until(page, begins)
        assert following.step_back_s == IN_PLACE_S >= 3
        page.leave()
        assert stand.closed == []
        followed = following._performance.watcher._trackers[0]
        assert (
            followed.region(stand.clock.now()) is not None
        )  # who stood there, from the first look
        following.enter(stand.clock.now())
        following._performance.session.stop()
    else:
        page.leave()
        page._looking.end().result(60)
        assert stand.closed == [stand.camera]


@pytest.mark.parametrize("key", ["return", "keypad enter", "space", "click"])
def test_who_says_so_has_time_to_step_back(library, key):  # noqa: F811
    stand = Stand(library)
    page = stand.opened()
    page.enter(stand.clock.now())
    page.draw(pygame.Surface((1280, 720)))
    page.clicked(Target("chip", 0)) if key == "click" else page.key(key)
    following = stand.until(page, begins)
    following.enter(stand.clock.now())
    stand.clock.at_s += STEP_BACK_S - 0.1
    following.step(stand.clock.now())
    assert following._performance.speaker.heard is None
    stand.clock.at_s += 0.2
    following.step(stand.clock.now())
    assert following._performance.speaker.heard is not None
    page.leave()
    following.leave()
    assert stand.closed == [stand.camera]


@pytest.mark.parametrize(
    ("key", "kind"), [("escape", "SongListPage"), ("c", "LoadingPage"), ("f1", "SetupPage")]
)
def test_other_keys_give_the_dance_up(library, key, kind):  # noqa: F811
    stand = Stand(library, turn_camera=lambda: True)
    page = stand.opened()
    page.enter(stand.clock.now())
    page.key("m")
    assert not stand.game.mirror
    page.key(key)
    following = stand.until(page, lambda following: following is not page)
    assert type(following).__name__ == kind
    page.leave()
    assert stand.closed == [stand.camera]
    if isinstance(following, LoadingPage):
        following.quit()
    stand.game.settle()


class Kept:
    """Keeps a player's pictures, were there any."""

    def close(self):
        pass


@pytest.mark.parametrize(
    ("before", "keys", "kept"),
    [
        (False, "", False),
        (False, "k", True),
        (False, "k k", False),
        (True, "", True),
        (True, "k", False),
    ],
)
def test_pictures_are_kept_only_where_it_was_said_before(library, before, keys, kept):  # noqa: F811
    opened, written = [], []
    stand = Stand(
        library, keep_pictures=lambda: opened.append(Kept()) or opened[-1],
        fitting=dataclasses.replace(FITTING, keep=written.append),
    )  # fmt: skip
    stand.game.change({"reel": before})
    page = stand.opened()
    page.enter(stand.clock.now())
    for key in keys.split():
        page.key(key)
    page.draw(pygame.Surface((1280, 720)))
    assert opened == []  # nothing is kept of who only stands there
    assert page.screen._chips[2] == KEEP[kept]
    page.key("return")
    dance = stand.until(page, begins)
    dance.enter(stand.clock.now())
    assert len(opened) == kept
    dance.key("k")
    assert len(opened) == kept  # it is too late now
    page.leave()
    dance.leave()
    stand.game.settle()
    assert stand.game.kit.settings.reel == kept  # the next dance's too
    assert bool(written) == bool(keys)


def test_k_means_nothing_where_nothing_can_be_kept(library):  # noqa: F811
    stand = Stand(library)
    page = stand.opened()
    page.enter(stand.clock.now())
    page.key("k")
    page.draw(pygame.Surface((1280, 720)))
    assert not any(chip.action == "keep" for chip in page.screen._chips)
    assert not stand.game.kit.settings.reel
    page.leave()
    page._looking.end().result(60)
    stand.game.settle()


@pytest.mark.parametrize(
    ("measured", "asks"), [("Soundbar", ""), ("Boombox", "A new speaker: press D to measure")]
)
def test_other_devices_than_were_measured_are_asked_for(library, measured, asks):  # noqa: F811
    stand = Stand(library, device_names=lambda: ("Soundbar", "Webcam"))
    stand.kit.store.keep_delay(measured, "Webcam", Measured(100.0))
    page = stand.opened()
    page.enter(stand.clock.now())
    page._new_device.result(10)
    page.draw(pygame.Surface((640, 360)))
    assert page._asks.startswith(asks)
    assert bool(page._asks) == bool(asks)
    page.key("d")
    page.key("escape")  # where nothing is asked, D means nothing
    following = stand.until(page, lambda following: following is not page)
    assert type(following).__name__ == ("CalibrationPage" if asks else "SongListPage")
    if asks:
        assert isinstance(following.key("escape"), LoadingPage)
    page.leave()
    stand.game.settle()


@pytest.mark.parametrize("changes", [{"keeps_scores": False}, {"fitting": None}])
def test_a_drawn_dancer_is_ready_at_once(library, changes):  # noqa: F811
    stand = Stand(library, **changes)
    page = stand.opened()
    assert isinstance(page, DancePage)
    page.leave()


def test_what_is_the_matter_with_the_camera_is_told(library):  # noqa: F811
    stand = Stand(library)
    page = stand.opened()
    page.enter(stand.clock.now())
    stand.until(page, lambda page: page._looking.camera is not None)
    stand.camera.health = Health("camera", Cause.BLACK, "It is empty.", "Open its cover.")
    assert page._looking.view(mirror=True).sentence == "It is empty. Open its cover."
    stand.show(page, IN, looks=0)
    page.quit()
    page.leave()
    assert stand.closed == [stand.camera]


def test_the_picture_is_seen_before_the_networks_are_there(library):  # noqa: F811
    stand, opening = Stand(library), threading.Event()

    def open_eyes():
        opening.wait(60)
        raise DanceError("no networks here")

    kit = dataclasses.replace(stand.kit, seeing=Later(open_eyes), news=lambda: "Trying ...")
    looking = LookingOn(kit, lambda: stand.camera, "whole")
    stand.camera.put(Frame(np.full((4, 6, 3), 7, np.uint8), 1.0, 0))
    until(lambda: looking.view(mirror=True).picture is not None, step=looking.step)
    assert looking.view(mirror=True).sentence == "Trying ..."
    opening.set()
    until(lambda: looking.trouble, step=looking.step)
    assert looking.view(mirror=True).sentence == "no networks here"
    looking.end().result(60)


def test_a_camera_is_chosen_where_a_dance_cannot_begin(library):  # noqa: F811
    stand = Stand(library)
    stand.camera.lost = True
    page = first_page(stand.game, stand.kit.settings.libraries[0] / "short")
    page.enter(stand.clock.now())
    with pytest.raises(Exception, match="Camera lost") as lost:
        stand.until(page, lambda page: False)
    cannot = page.failed(lost.value)
    assert isinstance(cannot, CannotPage)
    surface = pygame.Surface((1280, 720))
    cannot.draw(surface)
    buttons = {
        cannot.screen.pressed(target): target
        for x in range(0, 1280, 10)
        for y in range(0, 720, 10)
        if (target := cannot.screen.at((x, y), (1280, 720))) is not None
    }
    assert set(buttons) == {"r", "f1", "escape"}
    assert isinstance(cannot.clicked(buttons["f1"]), SetupPage)
    again = cannot.clicked(buttons["r"])
    assert isinstance(again, LoadingPage)
    again.quit()
    assert cannot.clicked(buttons["escape"]) is cannot.back
    stand.game.settle()


def test_set_up_from_a_pause_begins_the_song_anew(library):  # noqa: F811
    stand = Stand(library, keeps_scores=False)
    page = stand.opened()
    page.enter(stand.clock.now())
    assert page.key("f1") is page  # who dances does not mean it
    page.key("space")
    following = page.key("f1")
    assert isinstance(following, SetupPage)
    page.leave()
    again = following.key("escape")
    assert isinstance(again, LoadingPage)
    again.quit()
    stand.game.settle()
