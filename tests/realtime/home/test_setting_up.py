"""The set-up page: what is changed holds at once and is written; cameras are looked through."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import dataclasses
from concurrent.futures import wait

import numpy as np
import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.ports import Hand
from kpopdance.realtime.dance.kit import Fitting, Kit, NamedCamera, Peek
from kpopdance.realtime.dance.shared import DEMO, Game
from kpopdance.realtime.game.listing import SongListPage, first_page
from kpopdance.realtime.guide.guiding import GuideLoading
from kpopdance.realtime.home import settable
from kpopdance.realtime.home.calibrating import CalibrationPage
from kpopdance.realtime.home.setting_up import FoundPage, SetupPage
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.store import Store
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.shell.beside import Later
from kpopdance.realtime.shell.songs import Songs
from tests.fakes import FakeClock, PaintedVision, ScriptedCamera, SilentAudio, eyes_of
from tests.waiting import until as wait_until

PICTURE = np.full((48, 64, 3), 90, np.uint8)
CAMERAS = (NamedCamera("Good", "Good", "0"), NamedCamera("Wide", "Wide", "2"))
ROWS = (*settable.FIRST_ROWS, *settable.MORE_ROWS)
SIZES = [(640, 360), (1280, 720), (720, 1280), (70, 64), (30, 20)]


class World:
    """What a set-up page asks for, and what became of it."""

    def __init__(self, tmp_path, **changes):
        self.kept, self.peeked, self.watched, self.closed = [], [], [], []
        self.refusal = ""
        clock = FakeClock()
        fitting = Fitting(
            cameras=lambda: CAMERAS, peek=self.peek, watch=self.watch,
            outputs=lambda: ("HDMI", "Box"), keep=self.keep, found=self.found,
            microphones=lambda: ("Gooseneck",),
        )  # fmt: skip
        self.kit = dataclasses.replace(Kit(
            seeing=Later.here(eyes_of(PaintedVision({0: None}))), clock=clock,
            settings=Settings(library=str(tmp_path)),
            store=Store(tmp_path / "kpopdance.sqlite"),
            open_camera=lambda song, song_s: ScriptedCamera(), close_camera=self.closed.append,
            open_speaker=lambda *_: SilentAudio(clock),
            read_audio=lambda path: (np.zeros((8000, 2), np.float32), 8000), fitting=fitting,
        ), **changes)  # fmt: skip
        self.game = Game(self.kit, Songs((tmp_path,)))
        self.back = SongListPage(self.game)

    def peek(self, source):
        self.peeked.append(source)
        return Peek(None, "It is in use.")

    def watch(self):
        self.watched.append(self.game.kit.settings.camera)
        return ScriptedCamera()

    def keep(self, changes):
        if self.refusal:
            raise DanceError(self.refusal)
        self.kept.append(dict(changes))

    def found(self, kit):
        return {"game": {"found": "all"}, "gpu": {"found": "", "todo": "install it " * 90}}

    def page(self):
        page = SetupPage(self.game, lambda: self.back, self.back)
        page.enter(1.0)
        return page

    def leave(self, page):
        page.leave()
        self.game.settle()
        page._ended.result(60)


def until(page, true):
    """Let a page go on until something beside it is done."""
    wait_until(true, step=lambda: page.step(page.now_s + 0.1))


def row(page, wanted):
    page._choose(ROWS.index(wanted))


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.mark.parametrize("one", ROWS, ids=lambda one: one.name)
def test_every_line_is_changed_by_keys_and_mouse_and_written_at_the_end(world, one):
    page, before = world.page(), world.game.kit.settings
    until(
        page, lambda: all(each.done() for each in page._named.values()) and page._cameras.found
    )
    row(page, one)
    if one.sort == "text":
        page.act("write")
        page._writing = ""
        page.handled(Hand(typed="192.0.2.7/v"), (1280, 720))
        page.key("return")
    else:
        page.key("right")
    now = world.game.kit.settings
    at_its_end = (settable.VOLUME, settable.EFFECTS)
    assert one.of(now) != one.of(before) or one in at_its_end
    page.clicked(Target("less", ROWS.index(one)))
    page.draw(pygame.Surface((1280, 720)))
    now = world.game.kit.settings
    assert world.kept == []
    world.leave(page)
    changed = {key: getattr(now, key) for key in one.keys}
    assert world.kept == [changed]


def test_every_setting_has_a_line():
    told = {key for one in ROWS for key in one.keys}
    assert told == {field.name for field in dataclasses.fields(Settings)}


def test_numbers_stop_at_their_ends_and_choices_go_round(world):
    page = world.page()
    row(page, settable.VOLUME)
    page.key("right")
    assert world.game.kit.settings.volume == 100
    for _ in range(30):
        page.key("left")
    assert world.game.kit.settings.volume == 0
    world.game.change({"player_lag_ms": 137.0})  # by hand, none of the page's
    row(page, settable.LAG)
    page.key("right")
    assert world.game.kit.settings.player_lag_ms == 140
    row(page, settable.STRICT)
    seen = []
    for _ in range(3):
        page.key("return")
        seen.append(world.game.terms.strictness)
    assert sorted(seen) == ["kids", "normal", "pro"]
    world.leave(page)


def test_cameras_are_looked_through_and_one_is_clicked(world):
    page = world.page()
    until(page, lambda: world.watched and page._cameras._peeks)
    page.draw(pygame.Surface((1280, 720)))
    good, wide = page._cameras.cards("0", PICTURE)
    assert (good.chosen, good.picture is PICTURE, good.trouble) == (True, True, "")
    assert (wide.chosen, wide.trouble) == (False, "It is in use.")
    assert world.peeked == ["Wide"]  # the one that is set shows itself
    page.clicked(Target("camera", 1))
    assert world.game.kit.settings.camera == "Wide"
    until(page, lambda: world.watched[-1] == "Wide")
    row(page, settable.CAMERA)
    page.key("right")
    assert world.game.kit.settings.camera == "dancer"
    world.leave(page)
    assert world.kept == [{"camera": "dancer"}]
    assert world.closed  # each that was opened to look at is given back


def test_a_demo_is_named(tmp_path):
    world = World(tmp_path)
    world.game.kit = dataclasses.replace(
        world.game.kit,
        refit=lambda kit, settings: dataclasses.replace(
            kit, settings=settings, keeps_scores=settings.camera != "dancer"
        ),
    )
    world.game.change({"camera": "dancer"})
    assert world.game.told == (DEMO,)
    world.game.change({"camera": "0"})
    assert world.game.told == ()


@pytest.mark.parametrize(
    ("typed", "camera"),
    [
        ("http://192.0.2.7:8080/video", "http://192.0.2.7:8080/video"),
        ("rtsp://192.0.2.7/1", "rtsp://192.0.2.7/1"),
        ("192.0.2.7:8080/video", "http://192.0.2.7:8080/video"),
        ("", "0"),
        ("   ", "0"),
    ],
)
def test_a_phone_is_typed(world, typed, camera):
    page = world.page()
    row(page, settable.ADDRESS)
    page.key("return")
    assert page._writing == "http://"
    for _ in range(9):
        page.key("backspace")
    page.key("m")  # a letter, not the mirror
    page.handled(Hand(typed=typed), (1280, 720))
    assert page.writes_at is not None
    page.draw(pygame.Surface((1280, 720)))
    page.key("return")
    assert world.game.kit.settings.camera == camera
    assert world.game.mirror
    world.leave(page)


def test_several_folders_of_songs(world):
    page = world.page()
    page._choose(len(ROWS) - 1)
    page.key("return")
    page._writing = "/a; /b"
    page.key("return")
    assert world.game.kit.settings.library == ("/a", "/b")
    page.key("return")
    assert page._writing == "/a; /b"
    page.key("escape")
    assert world.game.kit.settings.library == ("/a", "/b")
    world.leave(page)


def test_what_is_no_value_is_said_and_changes_nothing(world):
    page = world.page()
    page._choose(len(ROWS) - 1)
    page.key("return")
    page._writing = "~nobody-here/x"
    page.key("return")
    assert "there is no such home" in page._trouble
    page.draw(pygame.Surface((640, 360)))
    world.leave(page)
    assert world.kept == []


def test_networks_that_do_not_open_are_taken_back(world):
    def refit(kit, settings):
        def make():
            raise DanceError("there is no such engine here")

        seeing = Later(make) if settings.engine == "rtx" else kit.seeing
        made = dataclasses.replace(kit, settings=settings, seeing=seeing)
        return dataclasses.replace(made, seeing=good) if settings.engine == "auto" else made

    good = world.kit.seeing
    world.game.kit = dataclasses.replace(world.game.kit, refit=refit)
    page = world.page()
    until(page, lambda: page._opened is not None)
    page._change({"engine": "rtx"})
    until(page, lambda: page._trouble)
    assert page._trouble == "there is no such engine here"
    assert world.game.kit.settings.engine == "auto"
    world.leave(page)
    assert world.kept[-1]["engine"] == "auto"


def test_what_cannot_be_written_is_told_in_the_list_and_holds_for_now(world):
    page = world.page()
    page.act("mirror")
    world.refusal = "settings.toml: cannot be written (nothing may be written there)"
    world.leave(page)
    assert not world.game.mirror
    assert "holds for now" in world.game.changes.trouble
    assert world.game.changes.trouble in world.back._view().notices
    world.refusal = ""
    world.game.change({"volume": 50})
    world.game.changes.write()
    world.game.settle()
    assert world.kept == [{"mirror": False, "volume": 50}]
    assert world.game.changes.trouble == ""


def test_the_first_start_begins_with_it_and_writes_once(tmp_path):
    world = World(tmp_path)
    fitting = dataclasses.replace(world.kit.fitting, first=True)
    game = world.game = Game(
        dataclasses.replace(world.kit, fitting=fitting), Songs((tmp_path,))
    )
    page = first_page(game)
    assert isinstance(page, SetupPage)
    page.enter(1.0)
    page.draw(pygame.Surface((640, 360)))
    following = page.key("escape")
    assert isinstance(following, GuideLoading)
    assert isinstance(following.key("escape"), SongListPage)
    world.leave(page)
    assert world.kept == [{}]
    later = SetupPage(game, lambda: None, None)
    later.enter(1.0)
    world.leave(later)
    assert world.kept == [{}]


def test_the_list_leads_to_it_and_back(world):
    page = world.back.key("f1")
    assert isinstance(page, SetupPage)
    assert page.key("escape") is world.back
    without = Game(dataclasses.replace(world.kit, fitting=None), Songs(()))
    listed = SongListPage(without)
    assert listed.key("f1") is listed


@pytest.mark.parametrize("size", SIZES)
def test_what_the_doctor_knows_is_a_page(world, size):
    page = world.page()
    waiting = page.key("i")
    world.leave(page)
    wait([waiting.coming], timeout=60)
    following = waiting.step(2.0)
    assert isinstance(following, FoundPage)
    for key in ("down", "down", "up", "down"):
        following.key(key)
        following.draw(pygame.Surface(size))
    assert following.key("escape") is page


@pytest.mark.parametrize("size", SIZES)
def test_all_of_it_can_be_clicked_at_every_size(world, size):
    page, surface = world.page(), pygame.Surface(size)
    until(page, lambda: page._cameras.found)
    row(page, settable.STRICT)
    page.draw(surface)
    page.clicked(Target("choice", 2))
    assert world.game.terms.strictness == "pro"
    kinds = set()
    for x in range(0, size[0], 9):
        for y in range(0, size[1], 9):
            target = page.screen.at((x, y), size)
            kinds |= set() if target is None else {target.kind}
    if min(size) > 100:
        assert kinds == {"row", "less", "greater", "camera", "chip", "choice"}
    page.draw(surface)
    world.leave(page)


def test_the_delay_is_measured_once_the_camera_is_free(world):
    page = world.page()
    following = page.key("d")
    assert isinstance(following, CalibrationPage)
    following.closing.result(60)
    assert following.key("escape") is page
    page.leave()
    world.game.settle()
