"""Any keys, clicks, mouse and sizes on every page: no exception, and Escape always leads out."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import dataclasses
import random
import shutil
import threading
import time

import numpy as np
import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpopdance.realtime.core.ports import Hand
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.dance.kit import Fitting, Kit, NamedCamera, Peek
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.listing import Leaving, first_page
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.replay import save_replay
from kpopdance.realtime.library.settings import Settings, read_settings
from kpopdance.realtime.library.settings_writer import write_settings
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.library.store import Store
from kpopdance.realtime.quiz.clips import PackShelf
from kpopdance.realtime.quiz.game import QuizKit, quiz_page
from kpopdance.realtime.quiz.reverse import Guesser, reverse_page
from kpopdance.realtime.quiz.rules import Rules
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.search.guess import DanceLibrary
from kpopdance.realtime.shell.beside import Later
from kpopdance.realtime.shell.pages import Message, Shell
from kpopdance.realtime.shell.songs import Songs
from kpopdance.realtime.studio.drafts import drafts_in, opened
from kpopdance.realtime.workshop.films import Workshop
from tests import dances, replays
from tests.fakes import FakeClock, PaintedVision, ScriptedCamera, SilentAudio, eyes_of
from tests.faults.fuzzing import CASES, EVIL, cases
from tests.realtime.workshop import desk_kits

KEYS = [
    "escape", "return", "enter", "keypad enter", "space", "up", "down", "left", "right", "tab", "home",
    "end", "page up", "page down", "f11", "backspace", "delete", "", "é", "\0", "unknown key",
    *"abcdefghijklmnopqrstuvwxyz0123456789",
]  # fmt: skip
OFTEN = ["return", "space", "escape", *"qrlmsbtcafpwhgkv12", "up", "down"]
PLACES = st.tuples(st.integers(-50, 2000), st.integers(-50, 1200))
SIZES_PX = [(1, 1), (64, 36), (640, 360), (320, 700), (800, 480), (1280, 720), (1000, 100)]
SIZES = st.sampled_from(SIZES_PX)
SENT = ["mina.npz", "forged.npz", "nothing here.npz", "a.ogg"]
"""Beside the library, to be dropped."""
FEW = st.lists(
    st.one_of(
        st.sampled_from(KEYS), st.sampled_from(OFTEN), st.sampled_from(OFTEN),
        st.tuples(st.just("click"), PLACES), st.tuples(st.just("move"), st.none() | PLACES),
        st.tuples(st.just("size"), SIZES), st.tuples(st.just("wait"), st.integers(1, 200)),
        st.tuples(st.just("drop"), st.integers(0, len(SENT) - 1)),
    ),
    min_size=1, max_size=80,
)  # fmt: skip


def a_thousand(seed):
    """As many acts of the same kinds: more than hypothesis draws itself."""
    rng = random.Random(seed)

    def place():
        return rng.randint(-50, 2000), rng.randint(-50, 1200)

    kinds = (
        lambda: rng.choice(KEYS), lambda: rng.choice(OFTEN), lambda: rng.choice(OFTEN),
        lambda: ("click", place()), lambda: ("move", rng.choice([None, place()])),
        lambda: ("size", rng.choice(SIZES_PX)), lambda: ("wait", rng.randint(1, 20)),
        lambda: ("drop", rng.randrange(len(SENT))),
    )  # fmt: skip
    return [rng.choice(kinds)() for _ in range(1000)]


ACTS = st.integers(0, 2**32).map(a_thousand) if CASES else FEW
MOST_ESCAPES = 60
PATIENCE_S = (
    600.0 if CASES else 60.0
)  # of the window's processor time, which other programs leave alone


class RestlessWindow:
    """A window in front of which a child plays; then a parent presses Escape until it is over.

    Escape on the page that asks whether to leave goes back, so there Enter is pressed.
    """

    def __init__(self, clock, camera, acts, folder=None):
        self._folder, self._dropped = folder, []
        self.surface, self.pointer, self.letters = pygame.Surface((640, 360)), None, {"s": "ы"}
        self.page, self.escapes, self.seen = None, 0, set()
        self._clock, self._camera, self._acts, self._clicks = clock, camera, list(acts), []
        self._waits, self._frames = 0, 0
        self._pace, self._ends_s = threading.Event(), time.thread_time() + PATIENCE_S

    def events(self):
        assert time.thread_time() < self._ends_s, f"{self.page} is not left"
        if self._waits:
            self._waits -= 1
            return []
        if not self._acts:
            return self._led_out()
        act = self._acts.pop(0)
        if isinstance(act, str):
            return [act]
        return self._done(*act)

    def _done(self, kind, what):
        if kind == "click":
            self._clicks = [what]
        elif kind == "move":
            self.pointer = what
        elif kind == "size":
            self.surface = pygame.Surface(what)
        elif kind == "drop":
            self._dropped = [] if self._folder is None else [self._folder / SENT[what]]
        else:
            self._waits = what
        return []

    def drops(self):
        dropped, self._dropped = self._dropped, []
        return dropped

    def _led_out(self):
        self._frames += 1
        if self._frames % 4:
            return []
        self.escapes += 1
        assert self.escapes < MOST_ESCAPES, f"Escape does not lead out of {self.page}"
        return ["return" if isinstance(self.page, Leaving) else "escape"]

    def clicks(self):
        clicks, self._clicks = self._clicks, []
        return clicks

    def copy(self, text):
        return len(text) % 2 == 0

    def toggle_fullscreen(self):
        pass

    def flip(self):
        self._clock.at_s += 1 / 30
        self._camera.put(Frame(np.zeros((48, 64, 3), np.uint8), self._clock.at_s, 0))
        self._pace.wait(0.0005)


class SeenShell(Shell):
    """Tells the window which page it shows."""

    def _show(self, page):
        self._window.page = page
        self._window.seen.add(type(page).__name__)
        return super()._show(page)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Songs whose facts are foreign words, and a damaged one."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "a.ogg").write_bytes(b"never decoded here")
    for k in range(6):
        members = (dances.song(10 * k, moves=2),)
        song = SongPack(f"노래 {k} {EVIL}", EVIL, 120.0, members, folder / "a.ogg")
        save_pack(song, folder / "songs" / f"song-{k}")
        toml = folder / "songs" / f"song-{k}" / "song.toml"
        toml.write_text(
            toml.read_text(encoding="utf-8").replace("노래", r"노래\u001b[2J\u0000\u202e", 1),
            encoding="utf-8",
        )
    save_pack(
        dataclasses.replace(replays.SONG, audio=folder / "a.ogg"), folder / "songs" / "short"
    )
    for name, seed in (("mina", 1), ("forged", 2)):
        save_replay(folder / f"{name}.npz", replays.danced(seed, f"{EVIL[:20]}"))
    replays.resealed(folder / "forged.npz", score=100.0)
    shutil.copytree(folder / "songs/song-0", folder / "songs/damaged")
    (folder / "songs/damaged/choreography.npz").write_bytes(b"PK")
    return folder / "songs"


@pytest.fixture(scope="module", autouse=True)
def soon():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kpopdance.realtime.shell.beside.FIRST_FRAME_S", 0.01)
        yield


class SlowVision(PaintedVision):
    """Sees nobody, and takes its time."""

    def __init__(self, clock, look_s):
        super().__init__({0: None})
        self._clock, self._look_s = clock, look_s

    def see(self, image, *, region, size):
        self._clock.at_s += self._look_s
        return super().see(image, region=region, size=size)


def kit_of(library, clock, camera, store, look_s):
    return Kit(
        seeing=Later.here(eyes_of(SlowVision(clock, look_s))), clock=clock,
        refit=lambda kit, settings: dataclasses.replace(kit, settings=settings),
        settings=Settings(library=str(library)),
        store=Store(store), open_camera=lambda song, song_s: camera, close_camera=lambda camera: None,
        open_speaker=lambda samples, rate, count_in_s, beat_s: SilentAudio(clock),
        read_audio=lambda path: (np.zeros((4 * 8000, 2), dtype=np.float32), 8000),
        documents=lambda: store.parent, videos=lambda: store.parent,
        read_part=lambda path, start_s, seconds: (np.zeros((4 * 8000, 2), dtype=np.float32), 8000),
    )  # fmt: skip


def played(library, store, acts, look_s=0.0):
    """Let a child play the game and the quiz; return the names of the pages it met."""
    clock, camera = FakeClock(), ScriptedCamera()
    kit, songs = kit_of(library, clock, camera, store, look_s), Songs((library,))
    window = RestlessWindow(clock, camera, acts, library.parent)

    def quiz_kit():
        silent = lambda samples, rate: SilentAudio(clock)  # noqa: E731
        shelf = PackShelf(songs, lambda path, start_s, seconds: kit.read_audio(path))
        return QuizKit(clock, shelf, Rules(players=2), kit.store, "2026-11-29", silent)

    game = Game(kit, songs, lambda back: quiz_page(quiz_kit, window.copy, back))
    SeenShell(window, clock, window.drops).run(first_page(game, None))
    game.settle()
    return window.seen


@cases(5)
@given(acts=ACTS, look_s=st.sampled_from([0.0, 0.3]))
def test_fuzz_pages_of_the_game_and_the_quiz(library, tmp_path_factory, acts, look_s):
    played(library, tmp_path_factory.getbasetemp() / "store.sqlite", acts, look_s)


@pytest.mark.long
def test_every_page_can_be_met(library, tmp_path):
    long = [("wait", 300)]
    acts = [
        *long,
        "down",
        "return",
        *long * 3,
        "p",
        *long,
        "escape",
        *long,
        "escape",
        *(
            each
            for key in ("w", "delete", "escape", "h", "escape", "escape")
            for each in (*long, key)
        ),
        *long,
        "q",
        *long,
        "1",
        *long,
        "escape",
    ]
    assert played(library, tmp_path / "store.sqlite", acts) > {
        "SongListPage", "LoadingPage", "DancePage", "ResultPage", "ClipPage", "QuestionPage", "Leaving",
        "PlayersPage", "RemovingPage", "HistoryPage", "PracticeLoading", "PracticePage",
    }  # fmt: skip
    together = [
        *long,
        "down",
        "g",
        *long,
        "return",
        *long,
        "return",
        *long * 4,
        "escape",
        *long,
    ]
    party = [*together, "escape", *long, "k", *long, "escape", *long, "r", *long, "escape"]
    assert played(library, tmp_path / "store.sqlite", party) > {
        "GroupPage", "GroupLoading", "GroupReadyPage", "GroupDancePage", "GroupResultPage", "BoardPage",
        "RandomPage",
    }  # fmt: skip
    sent = [*long, ("drop", 1), *long, "escape", *long, ("drop", 0), *long, "return"]
    clip = [*sent, *long * 2, *("v", *long, "f", *long, "k", *long, "return", "escape", *long)]
    assert played(library, tmp_path / "store.sqlite", clip) > {
        "OpeningPage", "MetPage", "DancePage", "ResultPage", "ReelPage",
    }  # fmt: skip
    slowly = [*long, "down", "return", *long * 2, "f", *long * 2, "return", *long]
    assert played(library, tmp_path / "store.sqlite", slowly, 0.3) > {"SlowPage", "DancePage"}


@cases(4)
@given(data=st.data())
def test_fuzz_pages_of_setting_up(library, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("set")
    clock, camera, file = FakeClock(), ScriptedCamera(), folder / "settings.toml"
    file.write_text("# by hand\nmirror = true # mine\n", encoding="utf-8")
    fitting = Fitting(
        cameras=lambda: (NamedCamera(EVIL, EVIL, "0"), NamedCamera("1", "", "1")),
        peek=lambda source: Peek(None, EVIL * 9), watch=lambda: camera,
        outputs=lambda: (EVIL, ""), keep=lambda changes: write_settings(changes, file),
        found=lambda kit: {EVIL: {"found": "", "todo": EVIL * 99}}, first=True,
    )  # fmt: skip
    kit = dataclasses.replace(
        kit_of(library, clock, camera, folder / "store.sqlite", 0.0), fitting=fitting
    )
    window = HandledWindow(clock, data.draw(WORK), folder)
    game = Game(kit, Songs((library,)))
    SeenShell(window, clock, hand=window.hand).run(first_page(game))
    game.settle()
    assert "SetupPage" in window.seen
    read_settings(file)
    assert "# by hand\n" in file.read_text(encoding="utf-8")


@cases(4)
@given(acts=ACTS)
def test_fuzz_pages_of_the_reverse_quiz(acts):
    songs = {
        f"song-{k}": SongPack(EVIL, "N", 120.0, (dances.song(k, moves=4),), None)
        for k in range(3)
    }
    guessable = DanceLibrary()
    for slug, song in songs.items():
        guessable.add(slug, song.members)
    clock, camera = FakeClock(), ScriptedCamera()
    page = reverse_page(
        Guesser(guessable, songs, songs.__getitem__), eyes=eyes_of(PaintedVision({0: None})),
        camera=camera, clock=clock, another=lambda: ScriptedCamera(),
    )  # fmt: skip
    window = RestlessWindow(clock, camera, acts)
    SeenShell(window, clock).run(page)


WORK_KEYS = [
    *"sxjlbtcm[]+-123",
    "delete",
    "tab",
    "ctrl z",
    "ctrl y",
    "ctrl s",
    "left",
    "right",
    "return",
]
WORK = st.lists(
    st.one_of(
        st.sampled_from(KEYS), st.sampled_from(WORK_KEYS), st.sampled_from(WORK_KEYS),
        st.tuples(st.just("click"), PLACES), st.tuples(st.just("hold"), st.none() | PLACES),
        st.tuples(st.just("type"), st.sampled_from([EVIL, "해", "ㅎ", "", "1,2@3", "a" * 150])),
        st.tuples(st.just("size"), SIZES), st.tuples(st.just("wait"), st.integers(1, 60)),
        st.tuples(st.just("drop"), st.integers(0, 4)),
    ),
    min_size=1, max_size=120 if CASES else 60,
)  # fmt: skip


class HandledWindow(RestlessWindow):
    """The same child with its hands on the mouse, typing; ``hold``, ``type``, ``drop`` are acts too."""

    def __init__(self, clock, acts, folder):
        super().__init__(clock, ScriptedCamera(), acts, folder)
        self._held, self._typed = None, ""

    def _done(self, kind, what):
        if kind == "hold":
            self._held = self.pointer = what
        elif kind == "type":
            self._typed = what
        elif kind == "drop":
            self._dropped = [self._folder / DROPPED[what]]
        else:
            return super()._done(kind, what)
        return []

    def hand(self, writes_at):
        typed, self._typed = self._typed, ""
        wheel = len(typed) % 3 - 1
        return Hand(
            self._held if self._acts else None, wheel, typed, typed[:1] if self._acts else ""
        )


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    return desk_kits.a_film(tmp_path_factory.mktemp("films") / "film.mp4")


DROPPED = ["film.mp4", "film.wav", "songs", "nothing here.mp4", "songs/.drafts"]


@cases(6)
@given(acts=WORK, begins=st.sampled_from(["a draft", "the list", "a film"]))
def test_fuzz_pages_of_the_studio(filmed, tmp_path_factory, acts, begins):
    folder = tmp_path_factory.mktemp("studio")
    shutil.copy(filmed, folder / "film.mp4")
    draft = desk_kits.kept_draft(folder / "songs").folder
    clock, stage = FakeClock(), Backdrop(Theme())
    end = Message(stage, ("", ""), None)
    kit = desk_kits.kit_of(folder / "songs", clock, desk_kits.film_vision())
    workshop = Workshop(kit, stage, end, lambda pack: end)
    window = HandledWindow(clock, acts, folder)
    page = {
        "a draft": lambda: workshop.desk(opened(draft)), "the list": lambda: workshop.films(folder),
        "a film": lambda: workshop.film(folder / "film.mp4"),
    }[begins]()  # fmt: skip
    SeenShell(window, clock, drops=window.drops, hand=window.hand).run(page)
    for each in drafts_in(kit.library):
        opened(each)  # whatever was done to it
    assert (folder / "film.mp4").is_file()
