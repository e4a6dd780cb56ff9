"""The quiz around its rules: clips looped, keys and mouse, music for a hint, the last page."""

from __future__ import annotations

import logging
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.quiz.known_titles import KNOWN_TITLES
from kpopdance.realtime.quiz.log import confusions, game_of, keep_game, read_games
from kpopdance.realtime.quiz.rules import (
    CHOICES,
    Quiz,
    fingerprint,
    kind_word,
    make_questions,
    share_line,
)
from kpopdance.realtime.screens.actions import BUZZ, CHOOSE
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.quiz import QuizScreen
from kpopdance.realtime.screens.quiz_end import QuizEndScreen
from kpopdance.realtime.screens.quiz_view import (
    AskedView,
    HintView,
    PlayerView,
    QuizEndView,
    QuizView,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import HostClock, PointedWindow, Speaker
    from kpopdance.realtime.quiz.clips import Clip, Shelf
    from kpopdance.realtime.quiz.rules import Question, Rules
    from kpopdance.realtime.screens.actions import Action, Target
    from kpopdance.realtime.screens.quiz_view import Colour

log = logging.getLogger(__name__)

BUZZERS: Final = ("a", "l", "f", "j")
MUSIC_S: Final = 2.0
SEEDS: Final = 10_000
COPIED_S: Final = 1.5
SETTLE_S: Final = (
    0.6  # the last page does not take the Enter that was meant for the last question
)
Music = tuple["NDArray[np.float32]", int]


@dataclass(frozen=True, slots=True, eq=False)
class QuizKit:
    """What a quiz is played with.

    ``seed`` empty: another quiz each time; ``group``: everybody is shown from the start; ``music``
    returns some seconds of a song from a second on, None where it has none; ``colours`` its
    cover's; ``open_speaker`` plays samples at a rate; ``alike`` as in ``make_questions``; ``log``
    keeps the quizzes played, ``day`` is today's date.
    """

    clock: HostClock
    shelf: Shelf
    rules: Rules
    log: Path
    day: str
    music: Callable[[str, float, float], Music | None]
    colours: Callable[[str], tuple[Colour, ...]]
    open_speaker: Callable[[NDArray[np.float32], int], Speaker]
    seed: str = ""
    group: bool = False
    alike: Callable[[str], Mapping[str, float]] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """What one question shows and lets hear."""

    clip: Clip
    music: Music | None
    colours: tuple[Colour, ...]


class QuizGame:
    """Asks quiz after quiz until the player leaves; ``run`` returns then.

    ``played`` are all that came to an end or were broken off with an answer given, ``seeds`` theirs.
    """

    def __init__(self, window: PointedWindow, kit: QuizKit) -> None:
        if not kit.shelf.entries:
            told = f" ({kit.shelf.problems[0]})" if kit.shelf.problems else ""
            raise DanceError(f"{kit.shelf.empty}{told}")
        self._window, self._kit = window, kit
        self._stage = Backdrop(Theme())
        self._quit = False
        self._speaker: Speaker | None = None
        self._silent_from_s = 0.0
        self._muted = False
        self._trouble = ""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="next clip")
        self.played: list[Quiz] = []
        self.seeds: list[str] = []

    def run(self) -> bool:
        """Play until the player leaves; return whether the window was closed."""
        try:
            while not self._quit:
                seed = self._kit.seed or f"{random.randrange(SEEDS):04d}"
                quiz = self._play(seed)
                if quiz is None or not self._end(quiz, seed):
                    break
        finally:
            self._hush()
            self._pool.shutdown(cancel_futures=True)
        return self._quit

    def _play(self, seed: str) -> Quiz | None:
        """Ask all questions; return the quiz, None where it was left before any answer."""
        kit, screen = self._kit, QuizScreen(self._stage)
        questions = make_questions(
            kit.shelf.entries, kit.rules, seed, alike=kit.alike, known=self._known()
        )
        quiz = Quiz(questions, kit.rules, kit.clock.now())
        coming = self._coming(quiz, 0)
        while quiz.phase != "over" and not self._quit:
            try:
                shown = self._await(coming)
            except DanceError as why:
                log.warning("%s", why)
                self._trouble = f"A clip was left out: {why}"
                quiz.skip(kit.clock.now())
                coming = self._coming(quiz, quiz.number)
                continue
            if shown is None:
                break
            coming = self._coming(quiz, quiz.number + 1)
            quiz.began_s = kit.clock.now()
            if not self._ask(screen, quiz, shown):
                break
        if not quiz.answers:
            return None
        self.played.append(quiz)
        self.seeds.append(seed)
        keep_game(kit.log, game_of(quiz, seed, kit.day))
        return quiz

    def _coming(self, quiz: Quiz, number: int) -> Future[_Shown]:
        """Prepare a question beside the one that is asked; behind the last one, that again."""
        question = quiz.questions[min(number, len(quiz.questions) - 1)]
        return self._pool.submit(self._prepare, question)

    def _ask(self, screen: QuizScreen, quiz: Quiz, shown: _Shown) -> bool:
        """Ask one question until it is answered and seen; return whether the quiz goes on."""
        number, phase = quiz.number, quiz.phase
        clip_from_s = phase_from_s = self._kit.clock.now()
        while quiz.number == number and quiz.phase != "over":
            now = self._kit.clock.now()
            if quiz.phase != phase:
                phase, phase_from_s = quiz.phase, now
            quiz.tick(now)
            hovered = None
            for action in self._actions(screen):
                if action in ("quit", "leave"):
                    self._quit |= action == "quit"
                    self._hush()
                    return False
                if action == "replay":
                    clip_from_s = now
                self._act(quiz, shown, action, now)
            pointer = self._window.pointer
            if pointer is not None:
                target = screen.at(pointer, self._window.surface.get_size())
                hovered = (
                    target.which if target is not None and target.kind == "choice" else None
                )
            if self._speaker is not None and now >= self._silent_from_s:
                self._hush()
            view = self._view(quiz, shown, now - clip_from_s, now)
            view = replace(view, hovered=hovered, age_s=now - phase_from_s)
            screen.draw(self._window.surface, view)
            self._window.flip()
        self._hush()
        self._trouble = ""
        return True

    def _act(self, quiz: Quiz, shown: _Shown, action: str, now: float) -> None:
        """Do what a key or a button means."""
        plain: dict[str, Callable[[], object]] = {
            "up": lambda: quiz.move(-1), "down": lambda: quiz.move(1),
            "submit": lambda: quiz.submit(now), "next": lambda: quiz.go_on(now),
            "hint": lambda: self._hint(quiz, shown), "mute": self._mute,
        }  # fmt: skip
        if action in CHOOSE:
            quiz.choose(CHOOSE.index(action))
            if quiz.rules.players > 1:
                quiz.submit(now)
        elif action in BUZZ:
            quiz.buzz(BUZZ.index(action), now)
        elif action in plain:
            plain[action]()

    def _hint(self, quiz: Quiz, shown: _Shown) -> None:
        if quiz.hint() == "music" and shown.music is not None:
            self._sound(*shown.music)
            if self._speaker is None or self._speaker.problem:
                quiz.free += 1
                self._trouble = "There is no sound here: this hint costs nothing."

    def _mute(self) -> None:
        self._muted = not self._muted
        self._hush()

    def _actions(self, screen: QuizScreen | QuizEndScreen) -> list[str]:
        """Return what keys and mouse ask for."""
        names = self._window.events()
        actions: list[str] = []
        for name in names:
            action = "quit" if name == "quit" else screen.key(name)
            if action is not None:
                actions.append(action)
        size = self._window.surface.get_size()
        targets = [screen.at(at, size) for at in self._window.clicks()]
        return actions + [action_of(target) for target in targets if target is not None]

    def _view(self, quiz: Quiz, shown: _Shown, clip_s: float, now: float) -> QuizView:
        question, told = quiz.question, quiz.told
        taken = question.hints[: quiz.step + 1]
        everybody = self._kit.group or "formation" in taken or told is not None
        clip = shown.clip
        return QuizView(
            phase="told" if quiz.phase == "over" else quiz.phase,
            number=quiz.number + 1, total=len(quiz.questions), choices=question.titles,
            selected=quiz.mark, hovered=None,
            answer=question.answer if told is not None else None,
            points_earned=told.points if told is not None else 0,
            joints=clip.joints(clip_s, everybody=everybody),
            stature=clip.stature(everybody=everybody), picture=clip.picture(clip_s),
            figure="bones" if "bones" in taken or told is not None else "points", lead=0,
            hints=tuple(HintView(name, name in taken) for name in question.hints),
            colours=shown.colours if "colours" in taken else (),
            sounding=self._speaker is not None,
            left_s=quiz.left_s(now), limit_s=quiz.rules.limit_s,
            players=players_of(quiz), age_s=0.0, beat=clip_s * clip.bpm / 60,
            notices=self._notices(quiz),
            marks=quiz.marks(), played=clip_s % clip.length_s / clip.length_s,
        )  # fmt: skip

    def _notices(self, quiz: Quiz) -> tuple[str, ...]:
        first = notices_of(self._kit.shelf) if quiz.number == 0 else ()
        return ((self._trouble,) if self._trouble else ()) + first

    def _end(self, quiz: Quiz, seed: str) -> bool:
        """Show the last page; return whether another quiz is wanted."""
        kit, screen = self._kit, QuizEndScreen(self._stage)
        began_s = kit.clock.now()
        best = max(range(len(quiz.standings)), key=lambda k: quiz.standings[k].points)
        asked = asked_of(quiz)
        marks = [each.right for each in asked]
        line = share_line(seed, marks, fingerprint(kit.shelf.entries))
        view = QuizEndView(
            players=tuple(sorted(players_of(quiz), key=lambda player: -player.points)),
            asked=asked, word=kind_word(sum(marks), len(asked)),
            best_streak=quiz.standings[best].best_streak,
            confusions=confusions(read_games(kit.log)), share=line, age_s=0.0,
        )  # fmt: skip
        told_s = began_s
        while not self._quit:
            settled = kit.clock.now() - began_s > SETTLE_S
            for action in self._actions(screen):
                self._quit |= action == "quit"
                if not settled:
                    continue
                if action == "copy":
                    copied = self._window.copy(line)
                    told = "Copied." if copied else "The clipboard cannot be reached here."
                    view, told_s = replace(view, share=told), kit.clock.now()
                if action in ("again", "leave"):
                    return action == "again"
            if kit.clock.now() - told_s > COPIED_S:
                view = replace(view, share=line)
            screen.draw(self._window.surface, replace(view, age_s=kit.clock.now() - began_s))
            self._window.flip()
        return False

    def _known(self) -> list[str]:
        own = {entry.title.casefold() for entry in self._kit.shelf.entries}
        return [title for title in KNOWN_TITLES if title.casefold() not in own]

    def _prepare(self, question: Question) -> _Shown:
        kit = self._kit
        clip = kit.shelf.clip(question.slug, question.clip_s)
        music = (
            kit.music(question.slug, question.clip_s, MUSIC_S)
            if "music" in question.hints
            else None
        )
        return _Shown(clip, music, kit.colours(question.slug))

    def _await(self, coming: Future[_Shown]) -> _Shown | None:
        """Return the next clip, with a page while it takes; None where the player left."""
        screen, began_s = MessageScreen(self._stage), self._kit.clock.now()
        while not coming.done():
            names = self._window.events()
            self._quit |= "quit" in names
            if self._quit or "escape" in names:
                return None
            beat = 2 * (self._kit.clock.now() - began_s)
            screen.draw(
                self._window.surface, "Guess That Song!", "The next clip is coming ...", beat
            )
            self._window.flip()
        return coming.result()

    def _sound(self, samples: NDArray[np.float32], rate: int) -> None:
        self._hush()
        if self._muted:
            return
        self._speaker = self._kit.open_speaker(samples, rate)
        self._speaker.start(0.0)
        self._silent_from_s = self._kit.clock.now() + len(samples) / rate + 0.3

    def _hush(self) -> None:
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = None


def notices_of(shelf: Shelf) -> tuple[str, ...]:
    """Return what is wrong with a library, and that it is small, in a sentence each."""
    count = len(shelf.entries)
    few = f"Your library has {count} song{'s' * (count > 1)}: other titles fill up the choices."
    return (*shelf.problems[:1], *((few,) if count < CHOICES else ()))


def action_of(target: Target) -> Action:
    """Return what a click on something asks for."""
    return CHOOSE[target.which] if target.kind == "choice" else target.kind


def players_of(quiz: Quiz) -> tuple[PlayerView, ...]:
    """Return the players as the pages show them."""
    several = quiz.rules.players > 1
    answering = quiz.answering if several else None
    return tuple(
        PlayerView(
            f"Player {k + 1}" if several else "You", BUZZERS[k] if several else "",
            standing.points, standing.streak, k in quiz.out and quiz.phase != "told",
            k == answering,
        )
        for k, standing in enumerate(quiz.standings)
    )  # fmt: skip


def asked_of(quiz: Quiz) -> tuple[AskedView, ...]:
    """Return every question answered, with the answer that ended it."""
    last = {answer.question: answer for answer in quiz.answers}
    return tuple(
        AskedView(
            question.titles[question.answer], last[k].right,
            "" if last[k].choice is None else question.titles[last[k].choice or 0], last[k].took_s,
        )
        for k, question in enumerate(quiz.questions)
        if k in last
    )  # fmt: skip
