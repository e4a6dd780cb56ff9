"""Where a new song begins: films listed, chosen and dropped; one looked at, ended, left, or refused."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import threading

import numpy as np
import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.audio_file import NoSoundError
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.shell.pages import Message
from kpopdance.realtime.studio.filming import EnoughError, Glimpse
from kpopdance.realtime.workshop import films
from kpopdance.realtime.workshop.desk import DeskPage
from kpopdance.realtime.workshop.films import FilmListPage, LookingPage, OpeningPage, Workshop
from tests.fakes import FakeClock
from tests.realtime.workshop.desk_kits import kept_draft, kit_of
from tests.waiting import until

STAGE = Backdrop(Theme())


class Looks:
    """Looks at nothing, as long as it is let: every glimpse waits for ``more``."""

    def __init__(self, library):
        self.library, self.more, self.ended = library, threading.Semaphore(0), []
        self.silent = False

    def __call__(self, film, places, open_eyes, tell, sound=None):
        if self.silent and sound is None:
            raise NoSoundError(f"{film}: has no sound stream")
        people = np.ones((2, 18, 3), np.float32)
        try:
            for number in range(1, 11):
                assert self.more.acquire(timeout=60)
                frame = Frame(np.zeros((90, 160, 3), np.uint8), number / 10, number)
                tell(Glimpse(number / 10, frame, people))
        except EnoughError:
            self.ended.append("enough")
        except DanceError:
            self.ended.append("left")
            raise
        return kept_draft(self.library)


@pytest.fixture
def looks(tmp_path, monkeypatch):
    (tmp_path / "songs").mkdir(exist_ok=True)
    made = Looks(tmp_path / "songs")
    monkeypatch.setattr(films, "first_draft", made)
    yield made
    made.more.release(99)


@pytest.fixture
def workshop(tmp_path):
    (tmp_path / "songs").mkdir(exist_ok=True)
    return Workshop(kit_of(tmp_path / "songs"), STAGE, "list", lambda pack: f"done {pack.name}")


class Shown:
    """A page shown for a while."""

    def __init__(self, page):
        self.page, self.clock, self.surface = page, FakeClock(), pygame.Surface((640, 360))
        page.enter(self.clock.now())

    def pass_s(self, seconds=0.1):
        self.clock.at_s += seconds
        following = self.page.step(self.clock.now())
        if following is self.page:
            self.page.draw(self.surface)
        return following

    def until(self, true):
        until(lambda: self.pass_s() is self.page and true())

    def until_next(self):
        found = []

        def gone():
            following = self.pass_s(0.01)
            found.append(following)
            return following is not self.page

        until(gone)
        return found[-1]


def film_in(tmp_path, name="새 춤.mp4"):
    path = tmp_path / name
    path.write_bytes(b"looked at by nobody")
    return path


def test_a_folder_s_films_are_listed_and_walked_through(tmp_path, workshop, looks):
    film_in(tmp_path)
    film_in(tmp_path, "a.webm")
    film_in(tmp_path, "notes.txt")
    film_in(tmp_path, ".hidden.mp4")
    (tmp_path / "더").mkdir()
    list_ = Shown(workshop.films(tmp_path))
    list_.until(lambda: list_.page._cards)
    names = [card.name for card in list_.page._cards]
    assert names == ["songs", "더", "a.webm", "새 춤.mp4"]
    for key, chosen in (("end", 3), ("down", 3), ("up", 2), ("page up", 0), ("home", 0)):
        assert list_.page.key(key) is list_.page
        assert list_.page._chosen == chosen
    list_.page.key("down")
    assert list_.page.key("return") is list_.page  # a folder opens in place
    list_.until(lambda: list_.page._listing is None)
    assert list_.page._cards == ()
    list_.page.key("left")
    list_.until(lambda: list_.page._cards)
    list_.page.clicked(Target("film", 3))
    opening = list_.page.clicked(Target("film", 3))
    assert isinstance(opening, OpeningPage)
    looking = Shown(opening).until_next()
    assert isinstance(looking, LookingPage)
    looking.quit()
    assert list_.page.key("escape") == "list"


def test_a_folder_that_is_gone_is_told(tmp_path, workshop):
    list_ = Shown(workshop.films(tmp_path / "nowhere"))
    list_.until(lambda: list_.page._notice)
    assert "nowhere: cannot be read" in list_.page._notice


def test_what_was_begun_is_listed_first_and_opened(tmp_path, workshop):
    kept_draft(tmp_path / "songs")
    list_ = Shown(workshop.films(tmp_path))
    list_.until(lambda: list_.page._cards)
    assert (list_.page._cards[0].name, list_.page._cards[0].begun) == ("새 노래", True)
    desk = Shown(list_.page.key("return")).until_next()
    assert isinstance(desk, DeskPage)
    desk.leave()


def test_a_draft_is_thrown_away_when_one_is_sure(tmp_path, workshop):
    film = kept_draft(tmp_path / "songs").film.path
    list_ = Shown(workshop.films(tmp_path))
    list_.until(lambda: list_.page._cards)
    for sure in ("escape", "down"):
        list_.page.key("delete")
        list_.pass_s()
        assert "Throw away 새 노래?" in list_.page._notice
        assert list_.page.key(sure) is list_.page
        assert (list_.page._notice, list_.page._cards[0].begun) == ("", True)
    list_.page.key("delete")
    list_.pass_s()
    list_.page.clicked(Target("film", 1))  # a click beside the question is no answer to it
    assert not list_.page._asks
    list_.page.key("delete")
    list_.page.key("return")
    list_.until(lambda: list_.page._cards and not list_.page._cards[0].begun)
    assert film.is_file()
    assert not list((tmp_path / "songs" / ".drafts").iterdir())
    list_.page.key("delete")  # a folder is none
    assert not list_.page._asks


def test_a_draft_that_cannot_be_thrown_away_is_told(tmp_path, workshop):
    kept = kept_draft(tmp_path / "songs")
    list_ = Shown(workshop.films(tmp_path))
    list_.until(lambda: list_.page._cards)
    (kept.folder / "draft.json").unlink()
    list_.page.key("delete")
    list_.page.key("return")
    list_.until(lambda: "draft.json: cannot be read" in list_.page._notice)


def test_a_film_that_was_begun_goes_on_where_it_was_left(tmp_path, workshop):
    kept = kept_draft(tmp_path / "songs")
    desk = Shown(workshop.film(kept.film.path)).until_next()
    assert isinstance(desk, DeskPage)
    desk.leave()


def test_a_dropped_folder_is_listed(tmp_path, workshop):
    assert isinstance(workshop.film(tmp_path), FilmListPage)


def looking_at(tmp_path, workshop):
    opening = workshop.film(film_in(tmp_path))
    return Shown(Shown(opening).until_next())


def test_poses_appear_with_the_time_left_then_the_desk(tmp_path, workshop, looks):
    shown = looking_at(tmp_path, workshop)
    shown.pass_s()
    assert shown.page.view().film.picture is None
    for _ in range(3):
        before = shown.page.view().share  # the worker may be faster than this line
        looks.more.release()
        shown.until(lambda before=before: shown.page.view().share > before)
        shown.pass_s(5.0)
    view = shown.page.view()
    assert (view.share, len(view.film.joints)) == (0.3, 2)
    assert 10 < view.left_s < 60
    looks.more.release(99)
    desk = shown.until_next()
    assert isinstance(desk, DeskPage)
    desk.leave()


@pytest.mark.parametrize(
    ("keys", "ended"), [(["escape", "return"], "enough"), (["escape", "escape"], "left"),
                        (["escape", "space", "escape", "return"], "enough")],
)  # fmt: skip
def test_it_is_asked_before_it_ends(tmp_path, workshop, looks, keys, ended):
    shown = looking_at(tmp_path, workshop)
    looks.more.release()
    shown.until(lambda: shown.page.view().share)
    for key in keys:
        following = shown.page.key(key)
        shown.pass_s()
    looks.more.release(99)
    if ended == "left":
        assert following == "list"
        until(lambda: looks.ended)
    else:
        desk = shown.until_next()
        assert isinstance(desk, DeskPage)
        desk.leave()
    assert looks.ended == [ended]


def test_before_anything_is_seen_it_is_left_at_once(tmp_path, workshop, looks):
    shown = looking_at(tmp_path, workshop)
    assert shown.page.key("escape") == "list"


def test_what_is_no_film_is_told_in_one_sentence(tmp_path, workshop):
    shown = looking_at(tmp_path, workshop)
    with pytest.raises(DanceError, match=r"새 춤\.mp4: cannot be read") as told:
        shown.until_next()
    message = shown.page.failed(told.value)
    assert isinstance(message, Message)
    assert message.back == "list"


def test_a_film_without_sound_asks_for_it(tmp_path, workshop, looks):
    looks.silent = True
    shown = looking_at(tmp_path, workshop)
    with pytest.raises(NoSoundError) as told:
        shown.until_next()
    silent = shown.page.failed(told.value)
    assert "새 춤.mp4 has no sound" in silent.words[1]
    assert silent.key("escape") == "list"
    looks.more.release(99)
    desk = Shown(silent.dropped(tmp_path / "song.mp3")).until_next()
    assert isinstance(desk, DeskPage)
    desk.leave()


@pytest.mark.parametrize("size", [(1, 1), (64, 36), (320, 700), (640, 360), (1920, 1080)])
def test_they_draw_on_any_window(tmp_path, workshop, looks, size):
    surface = pygame.Surface(size)
    shown = looking_at(tmp_path, workshop)
    shown.page.draw(surface)
    looks.more.release()
    shown.until(lambda: shown.page.view().share)
    shown.page.key("escape")
    shown.page.draw(surface)
    list_ = Shown(workshop.films(tmp_path))
    list_.until(lambda: list_.page._cards)
    list_.page.draw(surface)
    for page in (shown.page, list_.page):
        for x in range(0, size[0], 41):
            for y in range(0, size[1], 23):
                target = page.screen.at((x, y), size)
                if target is not None and target.kind == "chip":
                    page.screen.action_of(target.which)
    shown.page.quit()
