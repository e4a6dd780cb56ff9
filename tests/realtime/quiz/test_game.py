"""The quiz played with keys and mouse, from the first clip to the last page."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import dataclasses
import threading

import numpy as np
import pygame
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.library.store import Store
from kpopdance.realtime.quiz.clips import PackShelf
from kpopdance.realtime.quiz.game import BUZZERS, QuizGame, QuizKit
from kpopdance.realtime.quiz.log import read_games
from kpopdance.realtime.quiz.rules import Rules
from kpopdance.realtime.screens.quiz import QuizScreen
from kpopdance.realtime.screens.quiz_end import QuizEndScreen
from kpopdance.realtime.shell.pages import Shell
from kpopdance.realtime.shell.songs import Songs
from tests import dances
from tests.fakes import FakeClock
from tests.quick import but_quick

SONGS = 9
WHOLE = {}


class PlayedWindow:
    """A window in front of which ``play`` says what is pressed, given what is shown.

    Time passes as it flips.
    """

    def __init__(self, play, clock, size=(640, 360)):
        self.surface = pygame.Surface(size)
        self.shown, self.play, self.copied = [], play, []
        self.pointer, self.letters = None, {}
        self._clock, self._clicks = clock, []
        self._pace = threading.Event()
        self._deadline_s = PerfClock().now() + 60

    def events(self):
        assert PerfClock().now() < self._deadline_s, "the quiz did not end"
        pressed = self.play(self) if self.shown else []
        self._clicks = [what for what in pressed if isinstance(what, tuple)]
        return [what for what in pressed if isinstance(what, str)]

    def clicks(self):
        clicks, self._clicks = self._clicks, []
        return clicks

    def copy(self, text):
        self.copied.append(text)
        return True

    def flip(self):
        self._clock.at_s += 1 / 30
        self._pace.wait(0.0005)  # drawing without end would starve what is made beside it


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    """Remember in the window what every page was shown."""
    for screen in (QuizScreen, QuizEndScreen):
        draw = screen.draw

        def note(self, surface, view, draw=draw):
            draw(self, surface, view)
            WINDOW[0].shown.append((self, view))

        monkeypatch.setattr(screen, "draw", note)


WINDOW = [None]


class Sounds:
    """A speaker that remembers what it was given."""

    health = Health("sound")

    def __init__(self):
        self.given, self.closed = [], 0

    def __call__(self, samples, rate):
        self.given.append((len(samples), rate))
        return self

    def start(self, from_s):
        assert from_s == 0.0

    def close(self):
        self.closed += 1


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    (folder / "a.ogg").write_bytes(b"never decoded here")
    for k in range(SONGS):
        members = tuple(dances.song(10 * k + m, moves=14) for m in range(1 + k % 2))
        song = SongPack(
            f"노래 {k}", "N", 120.0, members, folder / "a.ogg", colours=((k, 2, 3),)
        )
        save_pack(song, folder / "songs" / f"song-{k}")
    return PackShelf(Songs((folder / "songs",)), silence)


def silence(path, start_s, seconds):
    return np.zeros((round(seconds * 8000), 2), np.float32), 8000


def kit(shelf, tmp_path, *, speaker=None, seed="word", **rules):
    return QuizKit(
        clock=FakeClock(), shelf=shelf, rules=Rules(**rules), store=Store(tmp_path / "kpopdance.sqlite"),
        day="2026-11-22", seed=seed, open_speaker=speaker or Sounds(),
    )  # fmt: skip


def played(devices, play, size=(640, 360)):
    WINDOW[0] = window = PlayedWindow(play, devices.clock, size)
    game = window.game = QuizGame(devices, window.copy)
    Shell(window, devices.clock).run(game.begin())
    return game, window


def quiz_view(window):
    screen, view = window.shown[-1]
    return view if isinstance(screen, QuizScreen) else None


def right_choice(window):
    """The right answer, which a player who knows every song would choose."""
    view, shelf = quiz_view(window), window.shelf
    for k, title in enumerate(view.choices):
        slug = next((slug for slug, song in shelf.packs.items() if song.title == title), None)
        if slug is None:
            continue
        song = WHOLE.setdefault(slug, load_pack(shelf.packs[slug].folder))
        lead = song.members[song.lead].joints
        if view.joints is not None and (lead == view.joints[0]).all(axis=(1, 2)).any():
            return k
    return None


def knowing(shelf, *, mistakes=()):
    """Play with the keys: mark, submit, go on; leave at the end."""

    def play(window):
        window.shelf = shelf
        view = quiz_view(window)
        if view is None:
            return ["c", "escape"]
        if view.phase == "told":
            return ["return"]
        choice = right_choice(window)
        if choice is None:
            return []
        if view.number in mistakes:
            choice = (choice + 1) % len(view.choices)
        return [str(choice + 1)] if view.selected != choice else ["return"]

    return play


def test_a_quiz_of_nine_songs_with_the_keys(shelf, tmp_path):
    game, window = played(kit(shelf, tmp_path, questions=9), knowing(shelf, mistakes={3}))
    (quiz,) = game.played
    assert [answer.right for answer in quiz.answers] == [True, True, False] + [True] * 6
    screen, end = window.shown[-1]
    assert isinstance(screen, QuizEndScreen)
    assert len(end.asked) == 9
    assert [asked.right for asked in end.asked].count(False) == 1
    assert end.players[0].points == quiz.standings[0].points > 700
    shares = [view.share for screen, view in window.shown if isinstance(screen, QuizEndScreen)]
    assert shares[0].startswith("Guess That Song! word: 8/9 ●●○●●●●●●")
    assert window.copied == shares[:1]
    assert len(end.confusions) == 1
    (kept,) = read_games(Store(tmp_path / "kpopdance.sqlite"))
    assert (kept["seed"], kept["day"], len(kept["answers"])) == ("word", "2026-11-22", 9)
    views = [view for s, view in window.shown if isinstance(s, QuizScreen)]
    assert {view.notices for view in views} == {()}
    assert len({view.number for view in views}) == 9
    assert views[-1].marks == (True, True, False, *[True] * 5)
    assert all(0 <= view.played < 1 for view in views)
    assert max(view.played for view in views) > 0


def at(screen, size, kind, index=0):
    """Some place where the page says that this is."""
    for y in range(0, size[1], 12):
        for x in range(0, size[0], 12):
            target = screen.at((x, y), size)
            if target is not None and (target.kind, target.which) == (kind, index):
                return (x, y)
    raise AssertionError(f"there is no {kind} {index}")


@pytest.mark.parametrize(
    "size",
    but_quick([((640, 360),), ((480, 750),), ((1280, 720),)], {((480, 750),)}),
)
def test_a_quiz_with_the_mouse_alone(shelf, tmp_path, size):
    def play(window):
        window.shelf = shelf
        screen, view = window.shown[-1]
        if isinstance(screen, QuizEndScreen):
            return [at(screen, size, "copy"), at(screen, size, "leave")]
        if view.phase == "told":
            return [at(screen, size, "next")]
        choice = right_choice(window)
        if choice is None:
            return []
        where = at(screen, size, "choice", choice)
        if view.selected != choice:
            window.pointer = where
            return [where]
        assert view.hovered == choice
        return [at(screen, size, "submit")]

    game, window = played(kit(shelf, tmp_path, questions=2), play, size)
    assert [answer.right for answer in game.played[0].answers] == [True, True]
    ends = [view for screen, view in window.shown if isinstance(screen, QuizEndScreen)]
    assert window.copied == [ends[0].share]


def test_the_ladder_shows_more_step_by_step(shelf, tmp_path):
    sounds, seen = Sounds(), []

    def play(window):
        view = quiz_view(window)
        if view is None:
            return ["escape"]
        taken = tuple(hint.name for hint in view.hints if hint.taken)
        state = (taken[-1], view.figure, len(view.joints), bool(view.colours))
        if view.phase == "told":
            return ["escape"]
        if not seen or seen[-1] != state:
            seen.append(state)
            return ["h"]
        return ["1", "return"]

    game, _ = played(
        kit(shelf, tmp_path, speaker=sounds, begins=0, seed="a", questions=9), play
    )
    question = game.played[0].questions[0]
    crowd = 2 if "formation" in question.hints else 1
    expected = [("points", "points", 1, False), ("bones", "bones", 1, False)]
    if crowd == 2:
        expected.append(("formation", "bones", 2, False))
    expected += [("music", "bones", crowd, False), ("colours", "bones", crowd, True)]
    assert seen == expected
    assert sounds.given == [(16000, 8000)]
    assert sounds.closed == 1


def test_time_runs_out_and_the_answer_is_shown(shelf, tmp_path):
    told = []

    def play(window):
        view = quiz_view(window)
        if view is None or told:
            return ["escape"]
        if view.phase == "told":
            told.append(view)
        return []

    game, _ = played(kit(shelf, tmp_path, limit_s=0.2, questions=2), play)
    assert told[0].selected is None
    assert told[0].answer == game.played[0].questions[0].answer
    assert told[0].left_s == 0


def test_two_players_with_buzzers(shelf, tmp_path):
    def play(window):
        window.shelf = shelf
        view = quiz_view(window)
        if view is None:
            return ["escape"]
        if view.phase == "told":
            return ["return"]
        if view.phase == "asking":
            return [BUZZERS[0 if view.players[1].out else 1]]
        right = right_choice(window)
        wrong = (right + 1) % 4
        return [str((wrong if view.players[1].buzzing else right) + 1)]

    game, window = played(kit(shelf, tmp_path, questions=2, players=2), play)
    first, second = game.played[0].standings
    assert (first.right, second.right) == (2, 0)
    assert second.points == 0
    ranked = window.shown[-1][1].players
    assert [player.name for player in ranked] == ["Player 1", "Player 2"]
    assert [player.key for player in ranked] == list(BUZZERS[:2])


def test_leaving_in_the_middle_shows_what_was_answered_and_keeps_it(shelf, tmp_path):
    answered = knowing(shelf)

    def play(window):
        view = quiz_view(window)
        return ["escape"] if view is None or view.number == 2 else answered(window)

    game, window = played(kit(shelf, tmp_path), play)
    assert len(game.played[0].answers) == 1
    assert len(window.shown[-1][1].asked) == 1
    assert "1/1 ●" in window.shown[-1][1].share
    assert len(read_games(Store(tmp_path / "kpopdance.sqlite"))) == 1


def test_a_damaged_clip_is_left_out_and_the_quiz_goes_on(shelf, tmp_path):
    first = []

    class Damaged:
        entries, problems, empty = shelf.entries, (), ""
        music, colours = shelf.music, shelf.colours

        def clip(self, slug, start_s):
            if not first or first == [slug]:
                first[:] = [slug]
                raise DanceError(f"{slug}: holds no readable picture")
            return shelf.clip(slug, start_s)

    devices = dataclasses.replace(kit(shelf, tmp_path, questions=3), shelf=Damaged())
    game, window = played(devices, knowing(shelf))
    views = [view for screen, view in window.shown if isinstance(screen, QuizScreen)]
    assert {view.number for view in views} == {2, 3}
    assert "A clip was left out" in views[0].notices[0]
    assert views[-1].notices == ()
    assert [answer.question for answer in game.played[0].answers] == [1, 2]


def test_a_hint_without_sound_is_said_and_free(shelf, tmp_path):
    silent, seen = Sounds(), []
    silent.health = Health("sound", Cause.NEVER_OPENED)

    def play(window):
        view = quiz_view(window)
        if view is None:
            return ["escape"]
        seen.append(view.notices)
        if view.phase == "told":
            return ["escape"]
        return ["1", "return"] if view.hints[-2].taken else ["h"]

    game, _ = played(kit(shelf, tmp_path, speaker=silent, seed="a", questions=9), play)
    steps = [
        step for step in game.played[0].questions[0].hints if step in ("formation", "music")
    ]
    assert game.played[0].answers[0].hints == len(steps) - 1
    assert ("There is no sound here: this hint costs nothing.",) in seen


def test_leaving_at_once_keeps_nothing(shelf, tmp_path):
    game, _ = played(kit(shelf, tmp_path), lambda window: ["escape"])
    assert game.played == []
    assert read_games(Store(tmp_path / "kpopdance.sqlite")) == []
    game, _ = played(kit(shelf, tmp_path), lambda window: ["quit"])
    assert game.played == []


def test_again_asks_another_quiz_unless_a_word_was_given(shelf, tmp_path):
    answered = knowing(shelf)

    def twice(window):
        if quiz_view(window) is not None:
            return answered(window)
        return ["escape"] if len(window.game.seeds) > 1 else ["return"]

    game, _ = played(kit(shelf, tmp_path, seed="", questions=4), twice)
    assert game.seeds[0] != game.seeds[1]
    assert game.played[0].questions != game.played[1].questions
    game, _ = played(kit(shelf, tmp_path, seed="same", questions=4), twice)
    assert game.played[0].questions == game.played[1].questions


def test_an_empty_library_is_one_sentence(tmp_path):
    with pytest.raises(DanceError, match="no song to guess; record one"):
        QuizGame(kit(PackShelf(Songs((tmp_path,)), silence), tmp_path), lambda text: True)


def test_one_song_is_a_quiz_of_one_question_with_known_titles(tmp_path):
    (tmp_path / "a.ogg").write_bytes(b"x")
    song = SongPack("노래", "N", 120.0, (dances.song(3, moves=14),), tmp_path / "a.ogg")
    save_pack(song, tmp_path / "songs" / "one")
    shelf = PackShelf(Songs((tmp_path / "songs",)), silence)
    game, window = played(kit(shelf, tmp_path), knowing(shelf))
    (question,) = game.played[0].questions
    assert len(set(question.titles)) == 4
    first = next(view for screen, view in window.shown if isinstance(screen, QuizScreen))
    assert first.notices == ("Your library has 1 song: other titles fill up the choices.",)
    assert window.shown[-1][1].share.endswith("1/1 ● (songs " + window.shown[-1][1].share[-5:])
