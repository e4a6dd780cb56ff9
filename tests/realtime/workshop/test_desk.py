"""The studio's page: keys and mouse edit, everything is kept, and a song comes of it."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import dataclasses
import threading

import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.ports import Hand
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.parts.timeline import timeline_layout, x_of
from kpopdance.realtime.screens.studio import ASKING_CHIPS, CHIPS, studio_layout
from kpopdance.realtime.studio.drafts import draft_of_song, opened
from kpopdance.realtime.workshop import drawer
from kpopdance.realtime.workshop.desk import TAPPED_S, DeskPage
from tests.fakes import FakeClock
from tests.realtime.workshop.desk_kits import GreyFilm, kept_draft, kit_of
from tests.waiting import until

STAGE = Backdrop(Theme())
SIZE = (1280, 720)


class Desk:
    """A page, its clock, and hands."""

    def __init__(self, library, kept=None):
        self.clock = FakeClock()
        self.done = []
        self.kit = kit_of(library, self.clock)
        self.page = DeskPage(
            self.kit, STAGE, kept or kept_draft(library), "behind", self.done.append
        )
        self.surface = pygame.Surface(SIZE)
        self.page.enter(self.clock.now())
        self.pass_s(0.1)
        until(lambda: self.pass_s(0.0) and self.page._player._speaker is not None)

    def pass_s(self, seconds):
        self.clock.at_s += seconds
        self.next = self.page.step(self.clock.now())
        self.page.draw(self.surface)
        return True

    def press(self, *names):
        for name in names:
            self.next = self.page.key(name)
            self.pass_s(0.01)
        return self.next

    def go(self, at_s):
        self.page._player.go(at_s)
        self.pass_s(0.0)

    def write(self, text, composing=""):
        self.page.handled(Hand(typed=text, composing=composing), SIZE)
        self.pass_s(0.0)

    def click(self, at, *held_at):
        target = self.page.screen.at(at, SIZE)
        self.next = self.page.clicked(target) if target else self.page
        for place in held_at:
            self.page.handled(Hand(held_at=place), SIZE)
            self.pass_s(0.02)
        self.page.handled(Hand(), SIZE)
        self.pass_s(0.0)

    @property
    def edits(self):
        return [f"{edit.word} {edit.told}" for edit in self.page.history.done]

    def on_line(self, song_s):
        line = timeline_layout(studio_layout(SIZE, (640, 360)).timeline, 1.0)
        return line, round(x_of(line, self.page.view(), song_s))


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path / "songs")
    yield made
    made.page.leave()


KEYS = {
    "swap with a number": (["s", "1"], ["swap 2,1@3.000"]),
    "swap with the next": (["s", "down"], ["swap 2,3@3.000"]),
    "a swap called off": (["s", "escape"], []),
    "join": (["1", "j", "3"], "join 1,3: both are on stage at 4.0 s"),
    "cut": (["3", "x"], "cut 3@3.000: dancer 3 is not there both before and after that"),
    "cut and undo and redo": (["x", "ctrl z", "ctrl y"], ["cut 2@3.000"]),
    "drop, and keep again": (["delete", "delete"], ["drop 2", "keep 2"]),
    "bring back who was left out": (["4", "delete"], ["keep 4"]),
    "lead": (["1", "l"], ["lead 1"]),
    "mirrored": (["m", "m"], ["mirrored yes", "mirrored no"]),
    "first beat": (["b"], ["offset 3.000"]),
    "chorus on the beat": (["right", "right", "c"], ["chorus 3.000"]),
    "sections named in turn": (["[", "[", "]"], ["section intro@3.000", "section verse@3.000",
                                                 "section @3.0"]),
    "undo all": (["l", "m", "ctrl z", "ctrl z", "ctrl z"], []),
    "what means nothing": (["q", "f5", "9", "é"], []),
}  # fmt: skip


@pytest.mark.parametrize("what", KEYS)
def test_keys_edit(desk, what):
    keys, wanted = KEYS[what]
    desk.go(3.0)
    assert desk.press(*keys) is desk.page
    if isinstance(wanted, str):
        assert desk.page.view().notice.startswith(wanted)
        wanted = []
    assert desk.edits == wanted


def test_every_chip_is_a_key_that_means_something(desk):
    meanings = set(desk.page.screen.meanings.values())
    assert {chip.action for chip in CHIPS} <= meanings
    places = desk.page.screen._chip_places(studio_layout(SIZE, (640, 360)), CHIPS)
    assert all(place.width for place in places)
    desk.click(places[[chip.action for chip in CHIPS].index("lead")].center)
    assert desk.edits == ["lead 2"]


def test_a_question_shows_its_own_keys(desk):
    desk.press("s")
    screen = desk.page.screen
    places = screen._chip_places(studio_layout(SIZE, (640, 360)), ASKING_CHIPS)
    assert [screen.action_of(k) for k in range(len(ASKING_CHIPS))] == ["down", "back"]
    desk.click(places[1].center)
    assert (desk.page.asks, desk.next, desk.edits) == ("", desk.page, [])
    desk.press("s")
    desk.click(places[0].center)
    assert desk.edits == ["swap 2,3@0.000"]


def test_names_are_written_hangul_as_it_is_composed(desk):
    desk.press("return")
    desk.write("해", composing="ㄹ")
    assert desk.press("return") is desk.page  # that Enter was the input method's
    assert desk.page.writing.composing == "ㄹ"
    desk.write("린")
    desk.press("s", "x", "backspace")  # letters are letters
    desk.write("인")
    desk.press("tab", "escape")
    assert desk.edits == ["name 2=해인"]
    desk.press("tab", "end")
    desk.write("!")
    desk.press("enter")
    assert desk.edits[1:] == ["title 새 노래!"]
    desk.press("return")
    desk.write("", composing="ㅎ")  # what is typed takes the place of what was there
    desk.write("하니")
    desk.press("return", "return", "backspace", "return")
    assert desk.edits[2:] == ["name 2=하니", "name 2="]
    desk.press("return")
    desk.write("x" * 200)
    desk.press("return")
    assert "longer than 100" in desk.page.view().notice


def test_the_first_beat_and_the_place_are_dragged(desk):
    line, x = desk.on_line(0.5)
    to = desk.on_line(1.25)[1]
    desk.click((x, line.ruler.centery), (x + 9, line.ruler.centery), (to, line.ruler.top))
    assert desk.edits[0].startswith("offset 1.2")
    x = desk.on_line(7.0)[1]
    desk.click((x, line.rows.centery), (x, line.rows.centery))
    assert desk.page.view().song_s == pytest.approx(7.0, abs=0.05)
    x = desk.on_line(3.0)[1]
    desk.click((x, line.rows.centery))  # a tap: pressed and let go within a frame
    assert desk.page.view().song_s == pytest.approx(3.0, abs=0.05)
    assert desk.page._drag == ""


def test_where_one_steps_or_drags_to_the_song_is_heard(desk):
    speaker, heard = desk.page._player._speaker, []
    start = speaker.start
    speaker.start = lambda from_s: (heard.append(round(from_s, 2)), start(from_s))
    desk.go(3.0)
    desk.press("right")
    desk.pass_s(0.3)
    line, x = desk.on_line(0.5)
    to = desk.on_line(1.25)[1]
    desk.click((x, line.ruler.centery), (x + 9, line.ruler.centery), (to, line.ruler.top))
    desk.pass_s(0.3)
    at = (desk.on_line(7.0)[1], line.rows.centery)
    desk.click(at, at)
    desk.pass_s(0.3)
    assert heard == pytest.approx([3.04, 1.25, 7.0], abs=0.05)
    assert speaker.heard is None


def test_who_is_clicked_is_worked_on(desk):
    rows = studio_layout(SIZE, (640, 360))
    place = desk.page.screen._row(rows, 0).center
    desk.click(place)
    assert desk.page.chosen == 0
    desk.press("s")
    desk.click(desk.page.screen._row(rows, 2).center)
    assert desk.edits == ["swap 1,3@0.000"]
    desk.click(place)
    assert desk.page.writing.field == "name"
    desk.press("escape")
    desk.click(rows.heading.center)
    assert desk.page.writing.field == "title"


def test_the_tempo_is_tapped_while_it_plays(desk):
    desk.press("t")
    assert desk.page.view().playing
    for _ in range(7):
        desk.pass_s(0.46)
        desk.press("t")
    assert desk.edits == []
    desk.pass_s(TAPPED_S + 0.1)
    word, told = desk.page.history.done[0]
    assert (word, float(told.partition("@")[0])) == ("bpm", pytest.approx(60 / 0.47, rel=0.02))
    desk.press("t")
    desk.pass_s(TAPPED_S + 0.1)
    assert "at least four beats" in desk.page.view().notice


def test_it_plays_with_its_sound_and_stops_at_the_end(desk):
    desk.press("space")
    desk.pass_s(2.0)
    assert desk.page.view().song_s == pytest.approx(2.0, abs=0.05)
    desk.press("right")
    assert not desk.page.view().playing
    assert desk.page.view().song_s == pytest.approx(2.04, abs=0.05)
    desk.press("page down")
    assert desk.page.view().song_s == pytest.approx(2.5)
    desk.press("page down", "page up")
    assert desk.page.view().song_s == pytest.approx(2.5)
    desk.go(15.5)
    desk.press("space")
    desk.pass_s(1.0)
    assert (desk.page.view().playing, desk.page.view().song_s) == (False, 16.0)


def test_the_time_line_is_zoomed_around_now(desk):
    desk.go(8.0)
    desk.press("+", "+", "+", "+")
    view = desk.page.view()
    assert view.end_s - view.begin_s == pytest.approx(4.0)
    assert view.begin_s <= 8.0 <= view.end_s
    desk.page.handled(Hand(wheel=-9), SIZE)
    assert desk.page.view().end_s - desk.page.view().begin_s == 16.0


def test_keys_that_are_held_step_on_and_rub_out(desk):
    for _ in range(5):
        desk.page.handled(Hand(again=("right",)), SIZE)
        desk.pass_s(0.02)
    assert desk.page.view().song_s == pytest.approx(0.2)
    desk.page.handled(Hand(again=("backspace",)), SIZE)
    assert desk.edits == []  # nobody is dropped by it
    desk.press("tab", "end")
    for _ in range(2):
        desk.page.handled(Hand(again=("backspace",)), SIZE)
    assert desk.page.writing.text == "새 "


def test_edits_are_kept_without_being_asked_and_after_leaving(tmp_path):
    desk = Desk(tmp_path / "songs")
    folder = desk.page._drawer._kept.folder
    desk.press("l", "m")
    until(lambda: desk.pass_s(0.01) and desk.page._drawer._keeping is None)
    assert [edit.word for edit in opened(folder).history.done] == ["lead", "mirrored"]
    desk.page.key("delete")  # and at once
    assert desk.page.key("escape") == "behind"
    desk.page.leave()
    assert [edit.word for edit in opened(folder).history.done][-1] == "drop"


def test_a_song_is_written_and_edited_again(tmp_path):
    library = tmp_path / "songs"
    desk = Desk(library)
    desk.go(3.0)
    desk.press("return")
    desk.write("민지")
    desk.press("return", "1", "delete")
    desk.press("ctrl s")
    assert desk.page.view().status.startswith("writing")
    desk.press("ctrl s")
    until(lambda: desk.pass_s(0.01) and desk.done)
    desk.page.leave()
    pack = desk.done[0]
    song = load_pack(pack)
    assert (song.title, song.artist, song.names, song.lead) == (
        "새 노래",
        "뉴스타",
        ("민지", ""),
        0,
    )
    again = Desk(library, draft_of_song(library, pack))
    assert again.page.view().saved
    again.press("ctrl z")
    assert not again.page.view().saved
    again.press("ctrl y")
    assert again.page.view().saved
    again.press("ctrl z")
    again.press("ctrl s")
    until(lambda: again.pass_s(0.01) and again.done)
    again.page.leave()
    assert len(load_pack(pack).members) == 3


@pytest.mark.parametrize("stays", [True, pytest.param(False, marks=pytest.mark.long)])
def test_what_is_edited_while_the_song_is_written_is_not_lost(tmp_path, monkeypatch, stays):
    library, go_on = tmp_path / "songs", threading.Event()
    real = drawer.saved

    def slowly(*given):
        assert go_on.wait(60)
        return real(*given)

    monkeypatch.setattr(drawer, "saved", slowly)
    desk = Desk(library)
    folder = desk.page._drawer._kept.folder
    desk.press("ctrl s", "1", "l")
    if stays:
        go_on.set()
        until(lambda: desk.pass_s(0.01) and desk.page.view().notice)
        assert "is not in it yet" in desk.page.view().notice
        assert desk.page.view().status == "kept; not in the song yet"
        assert (desk.next, desk.done) == (desk.page, [])
    else:
        threading.Timer(0.1, go_on.set).start()
    desk.page.leave()
    kept = opened(folder)
    assert [edit.word for edit in kept.history.done] == ["lead"]
    assert kept.pack == library / "새-노래"


def test_what_cannot_be_written_is_said_on_the_page(tmp_path):
    library = tmp_path / "songs"
    kept = kept_draft(library)
    desk = Desk(library, dataclasses.replace(kept, sound=tmp_path / "gone.wav", film=None))
    desk.press("ctrl s")
    until(lambda: desk.pass_s(0.01) and desk.page.view().notice)
    assert "gone.wav" in desk.page.view().notice
    assert (desk.next, desk.done) == (desk.page, [])
    desk.page.leave()


def test_what_is_wrong_with_sound_or_film_is_said_once(tmp_path):
    def no_sound(path):
        raise DanceError(f"{path}: no such file")

    class Torn(GreyFilm):
        def wish(self, at_s):
            super().wish(at_s)
            self.trouble = "film.mp4: is damaged" if at_s > 5 else ""

    kit = dataclasses.replace(kit_of(tmp_path / "songs"), read_audio=no_sound, open_film=Torn)
    page = DeskPage(kit, STAGE, kept_draft(tmp_path / "songs"), "behind", str)
    page.enter(0.0)
    until(lambda: page.step(0.0) and "film.wav: no such file" in page.view().notice)
    until(lambda: page.step(9.0) and page._projector.still is not None)
    assert page.view().notice == ""
    page._player.go(7.0)
    page.step(10.0)
    assert page.view().notice == "film.mp4: is damaged"
    page.step(19.0)
    assert page.view().notice == ""
    page.leave()


def test_a_film_that_opens_when_the_page_is_left_is_closed(tmp_path):
    go_on, opened_films = threading.Event(), []

    def slowly(path):
        assert go_on.wait(60)
        opened_films.append(GreyFilm(path))
        return opened_films[0]

    kit = dataclasses.replace(kit_of(tmp_path / "songs"), open_film=slowly)
    page = DeskPage(kit, STAGE, kept_draft(tmp_path / "songs"), "behind", str)
    page.enter(0.0)
    page.leave()
    go_on.set()
    until(lambda: opened_films and opened_films[0].closed)


def test_a_song_of_the_game_s_own_is_not_written(tmp_path):
    library = tmp_path / "songs"
    library.mkdir()
    desk = Desk(library, draft_of_song(library, BUNDLED / "neon-steps"))
    desk.press("l", "ctrl s")
    until(lambda: desk.pass_s(0.01) and desk.page.view().notice)
    assert "belongs to the game" in desk.page.view().notice
    desk.page.leave()


@pytest.mark.parametrize(
    "size", [(1, 1), (64, 36), (320, 700), (640, 360), (1000, 100), (1920, 1080)]
)
def test_it_draws_on_any_window(desk, size):
    surface = pygame.Surface(size)
    desk.press("s")
    desk.page.draw(surface)
    desk.press("escape", "return")
    desk.write("가" * 80, "나")
    desk.page.draw(surface)
    for x in range(0, size[0], 37):
        for y in range(0, size[1], 31):
            target = desk.page.screen.at((x, y), size)
            assert target is None or isinstance(target, Target)
