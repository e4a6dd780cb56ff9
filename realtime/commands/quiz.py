"""kpopdance quiz: Guess That Song!, from coloured skeletons on black."""

from __future__ import annotations

import math
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _, number_words
from kpopdance.realtime.commands.cameras import Cameras
from kpopdance.realtime.commands.common import eyes_from
from kpopdance.realtime.commands.sound import Sounding, part_of
from kpopdance.realtime.commands.speaking import print_result, say
from kpopdance.realtime.commands.wishes import say_missing, settings_from
from kpopdance.realtime.devices.host_clock import PerfClock, local_now
from kpopdance.realtime.library.store import Store, store_file
from kpopdance.realtime.quiz.clips import PackShelf, VideoShelf, refuse_missing
from kpopdance.realtime.quiz.rules import (
    Rules,
    fingerprint,
    share_line,
)
from kpopdance.realtime.shell.songs import Songs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.ports import Camera, HostClock
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.quiz.game import QuizGame, QuizKit
    from kpopdance.realtime.quiz.reverse import Guesser

BREATH_S: Final = 0.001  # between two songs: the window comes first
SETTLE_S: Final = 10.0  # longest wait at the end for a camera that does not open


def run(args: argparse.Namespace) -> int:
    """Play until the player leaves, then print each result in the line to share."""
    from kpopdance.realtime.devices.window import GameWindow
    from kpopdance.realtime.quiz.game import asked_of, notices_of, quiz_page
    from kpopdance.realtime.shell.pages import Shell

    settings = settings_from(args)
    say_missing(settings)
    if args.reverse:
        return _reversed(args, settings)
    rules = rules_from(args)
    if args.clips is not None:
        refuse_missing(args.clips)
    games: list[QuizGame] = []
    songs = Songs(settings.libraries)
    learning = Learning(songs)

    def begun(game: QuizGame) -> None:
        games.append(game)
        for notice in dict.fromkeys((*game.kit.shelf.problems, *notices_of(game.kit.shelf))):
            say(notice)

    window = GameWindow("Guess That Song!")
    try:
        if args.fullscreen:
            window.toggle_fullscreen()
        page = quiz_page(
            lambda: kit_from(args, settings, rules, learning), window.copy, None,
            news=learning.news, begun=begun,
        )  # fmt: skip
        Shell(window, PerfClock()).run(page)
    finally:
        learning.end()
        window.close()
    for game in games:
        library = fingerprint(game.kit.shelf.entries)
        for quiz, seed in zip(game.played, game.seeds, strict=True):
            print_result(share_line(seed, [each.right for each in asked_of(quiz)], library))
    return 0


def _reversed(args: argparse.Namespace, settings: Settings) -> int:
    """Let the program guess what is danced, until the player leaves."""
    from kpopdance.realtime.devices.window import GameWindow
    from kpopdance.realtime.quiz.reverse import reverse_page
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Theme
    from kpopdance.realtime.shell.beside import beside
    from kpopdance.realtime.shell.pages import Page, Shell, Waiting

    clock, learning = PerfClock(), Learning(Songs(settings.libraries))
    cameras = Cameras(settings, clock, args.dancer_style)
    window = GameWindow("You dance, it guesses")
    coming = beside(lambda: _reverse_opened(settings, cameras, clock, learning))

    def then(opened: tuple[Guesser, Eyes, Camera]) -> Page:
        guesser, eyes, camera = opened
        return reverse_page(
            guesser, eyes=eyes, camera=camera, clock=clock, budget_s=1 / settings.camera_fps,
            another=another,
        )  # fmt: skip

    def another() -> Camera:
        guesser = coming.result()[0]
        cameras.turn()
        return _camera_of(cameras, guesser, clock)

    try:
        if args.fullscreen:
            window.toggle_fullscreen()
        words = ("You dance, it guesses", "Your songs are being read ...")
        Shell(window, clock).run(
            Waiting(Backdrop(Theme()), words, coming, then, None, learning.news)
        )
    finally:
        learning.end()
        window.close()
        with suppress(DanceError, TimeoutError):
            cameras.close(coming.result(SETTLE_S)[2])
        cameras.shut()
    return 0


def _reverse_opened(
    settings: Settings, cameras: Cameras, clock: HostClock, learning: Learning
) -> tuple[Guesser, Eyes, Camera]:
    """Return the songs described, the networks, and the camera in front of which is danced."""
    from kpopdance.realtime.quiz.reverse import guesser_of

    songs = learning.songs.whole()
    for problem in songs.problems:
        say(problem)
    guesser = guesser_of(songs.packs, songs.load, learning.passing)
    eyes = eyes_from(settings, learning.tell, learning.go_on)
    return guesser, eyes, _camera_of(cameras, guesser, clock)


def _camera_of(cameras: Cameras, guesser: Guesser, clock: HostClock) -> Camera:
    """Return the camera; a drawn dancer dances the first song again and again."""
    began_s = clock.now()
    song = guesser.load(next(iter(guesser.library.songs)))
    return cameras.open(song, lambda: (clock.now() - began_s) % song.length_s)


class Learning:
    """Counts the songs whose dances are described, for the page that waits for them and the networks."""

    def __init__(self, songs: Songs) -> None:
        self.songs = songs
        self._words = ""
        self._ended = threading.Event()

    def news(self) -> str:
        """Return how far it is; empty where that is not known."""
        return self._words or self.songs.progress

    def end(self) -> None:
        """Nobody waits any more: let it end with the song it is at."""
        self._ended.set()

    def passing(self, names: Collection[str]) -> Iterator[str]:
        """Give the names one by one, a breath between them: the window comes first."""
        for number, name in enumerate(names, 1):
            self._ended.wait(BREATH_S)
            self.go_on()
            self.tell(
                _(
                    "learning the dances: {which} of {of}",
                    which=number_words(number),
                    of=number_words(len(names)),
                )
            )
            yield name

    def tell(self, words: str) -> None:
        """Tell what takes long now."""
        self._words = words

    def go_on(self) -> None:
        """Raise where nobody waits any more."""
        if self._ended.is_set():
            raise DanceError("nobody waits for the songs any more")


def rules_from(args: argparse.Namespace) -> Rules:
    """Return the rules that the options ask for; raises DanceError where there are no such."""
    if args.seconds is not None and args.seconds < 0:
        raise DanceError(f"--seconds {args.seconds:g}: choose 0 (no limit) or more")
    limit_s = math.inf if args.seconds == 0 else args.seconds
    said = {"questions": args.questions, "limit_s": limit_s, "players": args.players}
    try:
        return Rules(
            level="hard" if args.hard else "easy", begins=0 if args.ladder else 1,
            **{name: value for name, value in said.items() if value is not None},
        )  # fmt: skip
    except ValueError as why:
        raise DanceError(str(why)) from None


def kit_from(
    args: argparse.Namespace, settings: Settings, rules: Rules, learning: Learning
) -> QuizKit:
    """Return what a quiz of these options is played with; raises DanceError where it cannot be."""
    return quiz_kit(
        settings,
        rules,
        learning,
        clips=args.clips,
        seed=_today() if args.daily else args.seed,
        group=args.group,
    )


def quiz_kit(
    settings: Settings, rules: Rules, learning: Learning, *,
    clips: Path | None = None, seed: str = "", group: bool = False,
) -> QuizKit:  # fmt: skip
    """Return what a quiz over the player's songs, or over a folder of masked videos, is played with.

    Raises
    ------
    DanceError
        Where there is no such folder.
    """
    from kpopdance.realtime.quiz.game import QuizKit
    from kpopdance.realtime.quiz.reverse import guesser_of

    clock, alike, songs = PerfClock(), None, learning.songs
    shelf = (
        PackShelf(songs, part_of) if clips is None else VideoShelf(clips, _frames, _length_s)
    )
    if rules.level == "hard" and isinstance(shelf, PackShelf) and shelf.packs:
        alike = guesser_of(shelf.packs, songs.load, learning.passing).alike
    return QuizKit(
        clock=clock, shelf=shelf, rules=rules,
        store=Store(store_file()), day=_today(), seed=seed, group=group, alike=alike,
        open_speaker=Sounding(settings, clock).speaker,
    )  # fmt: skip


def _today() -> str:
    return local_now().date().isoformat()


def _frames(path: Path) -> Iterator[Frame]:
    from kpopdance.realtime.devices.video_file import VideoFile

    with VideoFile(path) as video:
        yield from video.frames()


def _length_s(path: Path) -> float:
    from kpopdance.realtime.devices.video_file import VideoFile

    with VideoFile(path) as video:
        next(iter(video.frames()))  # refuses a video without a readable picture
        return video.info.length_s or 0.0
