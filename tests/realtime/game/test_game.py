"""The game around the loop: a player's way from list to dance to results and back."""

from __future__ import annotations

import os
from concurrent.futures import wait

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import dataclasses
import threading

import numpy as np
import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.engines.fallback import LastingVision
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.types import Frame, Report
from kpopdance.realtime.dance import performance
from kpopdance.realtime.dance.kit import Kit
from kpopdance.realtime.dance.opening import GivenUp, Opening
from kpopdance.realtime.dance.performance import Outcome, open_performance
from kpopdance.realtime.dance.shared import DEMO, Game
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.game.cards import card_of
from kpopdance.realtime.game.listing import Leaving, first_page
from kpopdance.realtime.game.result import ResultPage
from kpopdance.realtime.home.calibrating import CalibrationPage
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.replay import dance_key
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.songpack import Film, PackFacts, SongPack
from kpopdance.realtime.library.store import Store
from kpopdance.realtime.quiz.clips import PackShelf
from kpopdance.realtime.quiz.game import QuizKit, quiz_page
from kpopdance.realtime.quiz.rules import Rules
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.quiz import QuizScreen
from kpopdance.realtime.screens.song_list import SongListScreen
from kpopdance.realtime.shell.beside import NOTICE_S, Later
from kpopdance.realtime.shell.pages import Message, Shell
from kpopdance.realtime.shell.songs import Songs
from tests import dances
from tests.fakes import (
    FailingVision,
    FakeClock,
    PaintedVision,
    ScriptedCamera,
    SilentAudio,
    eyes_of,
)
from tests.kept_dances import keep_score


class PressedWindow:
    """A window whose keys are pressed when the game is where they belong; time passes as it flips.

    ``steps`` are (when, key): the first one's key is pressed once ``when(game)`` holds, then the
    next one waits. After the last, Escape is pressed until the game ends.
    """

    pointer, letters = None, {}

    def __init__(self, clock, *steps):
        self.surface = pygame.Surface((640, 360))
        self.game = None
        self._clock, self._steps = clock, list(steps)
        self._pace = threading.Event()
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

    def clicks(self):
        return []

    def flip(self):
        self._clock.at_s += 1 / 30
        self._pace.wait(0.001)  # drawing without end would starve what is made beside it


def choose(devices, *steps, first=None, quiz=None):
    """Go from the song list or a first dance, pressing keys on the way."""
    window = PressedWindow(devices.clock, *steps)
    game = window.game = Game(devices, Songs(devices.settings.libraries).whole(), quiz)
    Shell(window, devices.clock).run(first_page(game, first))
    game.settle()
    return game


def play(devices, *steps):
    """Let a player dance the short song, pressing keys on the way."""
    return choose(devices, *steps, first=devices.settings.libraries[0] / "short")


def dancing(game):
    return game.performing is not None and game.performing.session.song_now() > -1.5


def never(game):
    return False


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
    camera, clock = ScriptedCamera(), FakeClock()
    made = Kit(
        seeing=Later.here(eyes_of(PaintedVision({0: None}))), clock=clock,
        settings=Settings(library=str(library)),
        store=Store(library.parent / "kpopdance.sqlite"),
        open_camera=lambda song, song_s: camera, close_camera=lambda camera: camera.close(),
        open_speaker=lambda samples, rate, count_in_s, beat_s: SilentAudio(clock),
        read_audio=lambda path: (np.zeros((4 * 8000, 2), dtype=np.float32), 8000),
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


@pytest.fixture(autouse=True)
def no_waiting_for_a_camera(monkeypatch):
    monkeypatch.setattr("kpopdance.realtime.shell.beside.FIRST_FRAME_S", 0.01)


@pytest.fixture(autouse=True)
def who_leaves_means_it(monkeypatch):
    """No question at the end: Escape leads all the way out."""
    monkeypatch.setattr(Leaving, "step", lambda page, now_s: None)


@pytest.fixture(autouse=True)
def standards_kept(monkeypatch):
    """What the short song asks is computed once, not for every test's own copy of it."""
    made = performance.standard_of

    def standard_of(song, terms, told):
        key = (dance_key(song.members[song.lead]), terms)
        if key not in STANDARDS:
            STANDARDS[key] = made(song, terms, told)
        return STANDARDS[key]

    monkeypatch.setattr(performance, "standard_of", standard_of)


STANDARDS = {}


def test_the_game_asks_before_it_is_left(library, monkeypatch):
    monkeypatch.undo()
    listed = first_page(Game(kit(library), Songs((library,))))
    for key, following in (("escape", listed), ("return", None), ("keypad enter", None)):
        asked = listed.key("escape")
        asked.enter(1.0)
        assert (asked.step(2.0), asked.key("x"), asked.key("space")) == (asked, asked, asked)
        assert asked.key(key) is following
        asked.draw(pygame.Surface((640, 360)))
    assert asked.quit() is None


def test_escape_pauses_a_dance_and_again_leaves_it(library):
    noted = []

    def pausing(game):
        noted.append(game.performing.session.paused)
        return noted[-1]

    game = play(kit(library), (dancing, "escape"), (pausing, "escape"))
    assert (game.outcomes, noted[-1]) == ([], True)


@pytest.mark.parametrize("first", ["short", "neon-steps"])
def test_the_song_that_was_asked_for_is_selected_in_the_list(library, first):
    devices = kit(library)
    songs = Songs(devices.settings.libraries)
    game = Game(devices, songs)
    page = first_page(game, find_pack(first, devices.settings.libraries))
    listed = page.key("escape")
    listed.enter(1.0)
    songs.whole()
    listed.step(1.1)
    assert listed.screen.selected.slug == first
    listed.act("select")
    listed.screen.key("home")
    listed.step(1.2)
    assert listed.screen.selected.slug == listed.screen.cards[0].slug
    game.settle()


def lost(game):
    if dancing(game):
        game.performing.camera.lost = True
    return dancing(game)


def test_a_camera_is_opened_anew_on_the_stage(library):
    camera = ScriptedCamera()
    devices = kit(library, open_camera=lambda song, song_s: camera)
    game = play(devices, (dancing, "r"), (lost, "r"), (lost, "escape"))
    assert camera.retried == 1  # one that is well is left alone
    assert game.outcomes == []


def test_another_camera_is_turned_to_on_the_stage_and_named_as_a_demo(library):
    turns = []

    def turn():
        turns.append(1)
        return False

    devices = kit(library, turn_camera=turn, open_camera=lambda song, song_s: ScriptedCamera())
    game = play(devices, (dancing, "c"), (lost, "c"), (lambda game: bool(turns), "x"))
    assert len(turns) == 1
    assert game.told == (DEMO,)
    assert not game.kit.keeps_scores


def test_a_camera_that_gives_nothing_is_told_before_the_dance(library):
    camera = ScriptedCamera()
    camera.lost = True
    devices = kit(library, open_camera=lambda song, song_s: camera)
    with pytest.raises(DanceError, match="Camera lost: no more pictures come"):
        open_performance(devices, load_pack(library / "short"))
    assert camera.closed


@pytest.mark.parametrize(("key", "turned"), [("r", 0), ("c", 1)])
def test_a_dance_that_cannot_begin_is_tried_again(library, key, turned):
    opened, turns = [], []

    def open_camera(song, song_s):
        opened.append(ScriptedCamera())
        if len(opened) == 1:
            raise DanceError("there is no camera")
        return opened[-1]

    def turn():
        turns.append(1)
        return True

    def refused(game):
        return len(opened) == 1

    devices = kit(library, open_camera=open_camera, turn_camera=turn)
    pressed = [(refused, "x")] * 20 + [(refused, key), (dancing, "escape")]
    play(devices, *pressed)
    assert (len(opened), len(turns)) == (2, turned)


def test_escape_leads_back_and_out(library):
    assert choose(kit(library)).outcomes == []


def test_a_whole_dance_ends_on_the_result_page_and_the_list(library):
    devices = kit(library)
    game = play(devices, (danced, "escape"))
    assert len(game.outcomes) == 1
    # nobody stood before a camera that gave no pictures: nothing judged, nothing kept
    assert not game.outcomes[0].report.complete
    assert devices.store.best_scores() == {}


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
        play(devices, (never, "escape"))
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
        library,
        seeing=Later.here(eyes_of(Broken({0: None}))),
        open_camera=lambda song, song_s: camera,
    )

    def film(game):
        if game.performing is not None:
            camera.put(Frame(np.zeros((48, 64, 3), dtype=np.uint8), 0.0, 0))
        return False

    with pytest.raises(IndexError, match="out of bounds"):
        play(devices, (film, "escape"))


def test_a_card_says_what_its_pack_and_the_scores_say():
    song = PackFacts("짧은 노래", "Nobody", 120.0, 3, 0.0, 4.0, None)
    card = card_of("short", song, 77.5)
    assert (card.slug, card.title, card.best_score, card.problem) == (
        "short", "짧은 노래", 77.5, "",
    )  # fmt: skip
    card = card_of("bad", "song.toml: is missing", None)
    assert (card.title, card.best_score, card.problem) == ("bad", None, "song.toml: is missing")


def ready(game):
    return True


def seen_terms(monkeypatch):
    """The terms of every dance that is loaded."""
    terms = []

    def note(kit, song, how, told):
        terms.append(how)
        return open_performance(kit, song, how, told)

    monkeypatch.setattr("kpopdance.realtime.game.dancing.open_performance", note)
    return terms


def test_terms_are_chosen_in_the_list_and_danced(library, monkeypatch):
    terms = seen_terms(monkeypatch)
    choose(
        kit(library),
        (ready, "end"),
        (ready, "s"),
        (ready, "b"),
        (ready, "t"),
        (ready, "return"),
        (dancing, "escape"),
    )
    assert [one.words for one in terms] == ["pro · seated · mirrored"]


def test_terms_go_round(library, monkeypatch):
    terms = seen_terms(monkeypatch)
    keys = [(ready, key) for key in ("end", *"sssbbtt")]
    choose(kit(library), *keys, (ready, "return"), (dancing, "escape"))
    assert [one.words for one in terms] == [""]


def test_the_mirror_image_is_shown_and_the_replay_knows_it(library, tmp_path):
    settings = Settings(library=str(library), replays=str(tmp_path / "kept"))
    game = choose(
        kit(library, settings=settings),
        *((ready, key) for key in ("end", "t", "return")),
        (danced, "escape"),
    )
    from kpopdance.realtime.library.replay import read_replay

    song = load_pack(library / "short")
    assert game.outcomes[0].saving.result(timeout=60).facts["replay"] is not None
    assert game.outcomes[0].replay is None  # on the disk, and no longer in memory
    replay = read_replay(tmp_path / "kept" / "short-001.npz")
    assert replay.terms.mirrored
    assert replay.dance == dance_key(song.members[0])  # of the song itself, whichever way
    danced_to = game.performing.song.members[0].joints
    assert np.abs(danced_to[:, 4, 0] - song.members[0].joints[:, 4, 0]).max() > 0.05


def judged_late(lag_ms, *, recognised=1.0, taken_off_ms=0.0):
    report = Report(0.0, 0, lag_ms, 1.0, {}, (), recognised=recognised)
    return Outcome(report, lag_ms=taken_off_ms)


def result(devices, outcome):
    """The result page of an outcome, as it comes on."""
    game = Game(devices, Songs(devices.settings.libraries))
    song = load_pack(devices.settings.libraries[0] / "short")
    page = ResultPage(game, (song, Terms()), outcome, lambda: None, None)
    page.enter(100.0)
    saved(page, outcome)
    return page, game


def saved(page, outcome):
    """Wait until what was to be stored is stored, or could not be."""
    wait([outcome.saving], timeout=60)
    page.step(103.0)


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (judged_late(121.0), "121 ms late"),
        (judged_late(-90.0), "90 ms early"),
        (judged_late(79.0), ""),
        (judged_late(121.0, recognised=0.4), ""),
        (judged_late(None), ""),
        (judged_late(121.0, taken_off_ms=60.0), ""),
    ],
)
def test_who_was_late_all_along_is_led_to_where_it_is_measured(library, outcome, says):
    page, _ = result(kit(library), outcome)
    suggestion = page.view().suggestion
    assert says in suggestion
    assert bool(suggestion) == bool(says)
    following = page.key("l")
    assert isinstance(following, CalibrationPage if says else ResultPage)
    assert following is page or following.back is page


def test_a_drawn_dancer_is_late_on_purpose(library):
    page, _ = result(kit(library, keeps_scores=False), judged_late(121.0))
    assert page.view().suggestion == ""


def test_a_song_with_nothing_to_dance_is_refused(tmp_path):
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
    from kpopdance.realtime.library.pack_reader import load_pack
    from kpopdance.realtime.library.standards import standard_of

    song = load_pack(library / "short")
    assert standard_of(song, Terms()) is standard_of(song, Terms())
    assert standard_of(song, Terms("pro")).terms == Terms("pro")


def test_the_dance_before_is_let_go_of_before_the_next_is_opened(library):
    opened, seen = [], threading.Event()
    devices = kit(library)

    def open_camera(*asked):
        opened.append(asked)
        if len(opened) > 1:
            seen.wait(60)
        return devices.open_camera(*asked)

    def let_go(game):
        if game.performing is None:
            seen.set()
        return len(opened) > 1

    steps = (dancing, "p"), (paused, "r"), (let_go, "escape")
    play(dataclasses.replace(devices, open_camera=open_camera), *steps)
    assert seen.is_set()


def test_a_gpu_that_fails_is_told_on_screen_for_a_while(library):
    clock, people = FakeClock(), {0: None}
    eye = LastingVision(FailingVision(people, fails_at=10), lambda why: PaintedVision(people))
    song = load_pack(library / "short")
    danced = open_performance(kit(library, seeing=Later.here(eyes_of(eye)), clock=clock), song)
    image = np.zeros((480, 640, 3), np.uint8)
    assert danced.view(mirror=True).notices == ()
    for _ in range(10):
        danced.kit.eyes.everybody.see(image, region=None, size=(64, 64))
    told = "What the networks ran on has failed: going on with no runtime."
    assert danced.view(mirror=True).notices == (told,)
    clock.at_s += NOTICE_S
    assert danced.view(mirror=True).notices == (told,)
    clock.at_s += 0.1
    assert danced.view(mirror=True).notices == ()
    assert "no runtime" in danced.view(mirror=True).status
    danced.close()
    again = open_performance(kit(library, seeing=Later.here(eyes_of(eye)), clock=clock), song)
    assert again.view(mirror=True).notices == ()  # told once
    again.close()


class Noted:
    """Remembers what a screen was shown."""

    def __init__(self, monkeypatch, screen):
        self.shown, draw = [], screen.draw

        def note(screen, surface, *view):
            self.shown.append(view)
            draw(screen, surface, *view)

        monkeypatch.setattr(screen, "draw", note)


def test_what_takes_long_while_loading_is_told(library, monkeypatch):
    noted, opening = Noted(monkeypatch, DanceScreen), threading.Event()

    def slowly(song, song_s):
        opening.wait(60)
        return ScriptedCamera()

    devices = kit(library, open_camera=slowly, news=lambda: "Building an engine")

    def told(game):
        views = [view for (view,) in noted.shown]
        assert {(view.phase, view.message) for view in views} <= {
            ("loading", "Building an engine")
        }
        if views:
            opening.set()
        return bool(views)

    play(devices, (told, "x"), (dancing, "space"), (paused, "escape"))


@pytest.mark.parametrize("key", ["escape", "quit"])
def test_who_goes_back_while_it_loads_waits_for_nothing(library, monkeypatch, key):
    noted, closed = Noted(monkeypatch, DanceScreen), []
    asked, opening = threading.Event(), threading.Event()

    def slowly(song, song_s):
        asked.set()
        opening.wait(60)
        return ScriptedCamera()

    devices = kit(library, open_camera=slowly, close_camera=closed.append)
    window = PressedWindow(
        devices.clock, (lambda game: bool(noted.shown) and asked.is_set(), key)
    )
    game = window.game = Game(devices, Songs(devices.settings.libraries))
    Shell(window, devices.clock).run(first_page(game, library / "short"))
    assert (game.outcomes, closed) == ([], [])  # the window is gone, the camera still opens
    opening.set()
    game.settle()
    assert len(closed) == 1


def opening_of(devices, after=None):
    song = load_pack(devices.settings.libraries[0] / "short")
    return Opening(lambda told: open_performance(devices, song, Terms(), told), after)


def test_the_next_dance_opens_when_the_one_given_up_is_closed(library):
    opening, said = threading.Event(), []

    def slowly(song, song_s):
        said.append("opens")
        opening.wait(60)
        return ScriptedCamera()

    devices = kit(
        library, open_camera=slowly, close_camera=lambda camera: said.append("closes")
    )
    first = opening_of(devices)
    while not said:
        opening.wait(0.001)
    first.give_up()
    second = opening_of(devices, first)
    opening.set()
    second.result().close()
    assert said == ["opens", "closes", "opens", "closes"]


def test_what_a_song_asks_is_broken_off_at_its_next_word(library, monkeypatch):
    began, known, said = threading.Event(), threading.Event(), []

    def standard_of(song, terms, told):
        began.set()
        known.wait(60)
        told(0.5)
        said.append("went on")

    monkeypatch.setattr(performance, "standard_of", standard_of)
    opening = opening_of(kit(library))
    assert began.wait(60)
    opening.give_up()
    known.set()
    opening.wait(60)
    assert (said, opening.share) == ([], 0.0)
    with pytest.raises(GivenUp):
        opening.result()


def test_q_in_the_list_plays_the_quiz_and_comes_back(library):
    played = []

    def quiz(back):
        played.append(back)
        return Message(back.screen.backdrop, ("Quiz", "..."), back)

    def left(game):
        return len(played) > 0

    choose(
        kit(library), (ready, "q"), (left, "escape"), (ready, "q"), (ready, "escape"), quiz=quiz
    )
    assert len(played) == 2
    assert played[0] is played[1]


def test_a_window_closed_in_the_quiz_ends_the_game(library):
    quizzes = []

    def quiz(back):
        quizzes.append(back)
        return Message(back.screen.backdrop, ("Quiz", "..."), back)

    choose(
        kit(library),
        (ready, "q"),
        (lambda game: bool(quizzes), "quit"),
        (ready, "never"),
        quiz=quiz,
    )


def test_a_quiz_that_cannot_begin_is_told_on_a_page(library, monkeypatch):
    noted = Noted(monkeypatch, MessageScreen)

    def open_kit():
        raise DanceError("there is no song to guess")

    def quiz(back):
        return quiz_page(open_kit, lambda text: True, back)

    def told(game):
        return any(shown[0] == "The quiz cannot begin" for shown in noted.shown)

    choose(kit(library), (ready, "q"), (told, "escape"), quiz=quiz)
    assert noted.shown[-1][1] == "there is no song to guess"


def test_no_key_reads_the_library_again_and_new_scores_show(library, monkeypatch, tmp_path):
    """S, B, T, Q, a dance and the way back: all that is read is read beside the window."""
    shown, devices = Noted(monkeypatch, SongListScreen), kit(library)
    songs = Songs(devices.settings.libraries).whole()
    slugs, reads, loads = set(songs.found), [], []

    def load(folder):
        loads.append((folder.name, threading.current_thread() is threading.main_thread()))
        return load_pack(folder)

    monkeypatch.setattr("kpopdance.realtime.shell.songs.read_facts", reads.append)
    monkeypatch.setattr("kpopdance.realtime.shell.songs.load_pack", load)

    def part(path, start_s, seconds):
        return devices.read_audio(path)

    def quiz(back):
        return quiz_page(
            lambda: QuizKit(
                devices.clock, PackShelf(songs, part), Rules(), devices.store,
                "2026-11-29", lambda samples, rate: SilentAudio(devices.clock),
            ),
            lambda text: True, back,
        )  # fmt: skip

    def asked(game):
        return bool(questions.shown)

    def back(game):
        return shown.shown[-1][0].age_s < 0.1

    def write(game):
        keep_score(devices.store, "short", 66.0)
        return dancing(game)

    def learned(game):
        return 66.0 in listed.choosing.remembered.scores.values()

    questions = Noted(monkeypatch, QuizScreen)
    keys = [*("sss"), *("bb"), *("tt"), "q"]
    window = PressedWindow(
        devices.clock, *((ready, key) for key in keys), (asked, "escape"), (back, "end"),
        (ready, "return"), (write, "escape"), (paused, "escape"), (back, "home"), (learned, "s"),
    )  # fmt: skip
    game = window.game = Game(devices, songs, quiz)
    listed = first_page(game)
    Shell(window, devices.clock).run(listed)
    assert (reads, len(set(loads))) == ([], len(loads))  # a choreography once, and kept
    assert not any(at_the_window for _, at_the_window in loads)
    assert {card.slug for card in listed.screen.cards} == slugs
    assert game.performing.song.slug == "short"
    best = {card.slug: card.best_score for card in listed.screen.cards}
    assert best["short"] is None  # on these terms
    listed.act("strictness")
    listed.act("strictness")
    assert next(card for card in listed.screen.cards if card.slug == "short").best_score == 66.0


@pytest.mark.parametrize("there", [True, False])
def test_the_list_says_where_the_players_library_is_missing(library, there):
    folder = library if there else library / "gone"
    settings = Settings(library=str(folder))
    listed = first_page(Game(kit(library, settings=settings), Songs((library,))))
    listed.enter(1.0)
    said = f"{folder}: the library is not there; correct library in the settings"
    assert (said in listed._view().notices) != there


class StillFilm:
    """A film of one picture."""

    size = (64, 36)

    def __init__(self, path):
        if path.name != "video.mp4":
            raise DanceError(f"{path}: there is no such file; check the path")
        self.frame, self.closed = Frame(np.zeros((36, 64, 3), np.uint8), 0.0, 0), False

    def at(self, second):
        return self.frame

    def close(self):
        self.closed = True


def with_film(library, *, linked=False):
    song = load_pack(library / "short")
    (library.parent / "v.mp4").write_bytes(b"never decoded here")
    film = Film(library.parent / "v.mp4", 0.0, linked=linked)
    save_pack(dataclasses.replace(song, film=film), library / "short", replace=True)


def test_v_and_g_change_what_is_seen_of_the_coach(library, monkeypatch):
    with_film(library)
    views, draw = [], DanceScreen.draw

    def seen(screen, surface, view, *more):
        views.append(view)
        draw(screen, surface, view, *more)

    monkeypatch.setattr(DanceScreen, "draw", seen)

    def shown(*what):
        def when(game):
            if not views or not views[-1].has_film:
                return False
            film = views[-1].film
            told = () if film is None else (len(film.joints), film.window[2:] == StillFilm.size)
            return told == what

        return when

    films = []
    devices = kit(library, open_film=lambda path: films.append(StillFilm(path)) or films[-1])
    play(
        devices, (shown(0, False), "v"), (shown(1, False), "g"), (shown(1, True), "v"),
        (shown(), "v"), (shown(0, True), "m"), (lambda game: not views[-1].mirror, "g"),
        (shown(0, False), "m"), (danced, "escape"),
    )  # fmt: skip
    assert [film.closed for film in films] == [True]


def test_why_a_video_is_not_shown_is_told_in_the_first_dance_alone(library, monkeypatch):
    with_film(library, linked=True)
    told, draw = [], DanceScreen.draw

    def seen(screen, surface, view, *more):
        if view.phase in ("count-in", "playing"):
            told.append(view.notices)
            assert view.film is None
        draw(screen, surface, view, *more)

    monkeypatch.setattr(DanceScreen, "draw", seen)
    game = play(kit(library, open_film=StillFilm), (danced, "r"), (dancing, "x"))
    [trouble] = game.film_troubles
    assert trouble.startswith("The coach is drawn: ")
    assert "v.mp4: there is no such file" in trouble
    assert told[0] == (trouble,)
    assert len(game.outcomes) == 1
    again = [notices for notices in told if not notices]
    assert again
    assert told[-1] == ()
