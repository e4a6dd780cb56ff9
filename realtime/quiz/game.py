"""The quiz around its rules: clips looped, keys and mouse, music for a hint, the last page."""

from __future__ import annotations

import logging
import random
from concurrent.futures import wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _, counted
from kpopdance.realtime.library.store import BUSY_S, StoreError
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
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import HostClock, Speaker, Surface
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.quiz.clips import Clip, Music, Shelf
    from kpopdance.realtime.quiz.rules import Question, Rules
    from kpopdance.realtime.screens.actions import Action
    from kpopdance.realtime.screens.quiz_view import Colour

log = logging.getLogger(__name__)

BUZZERS: Final = ("a", "l", "f", "j")
MUSIC_S: Final = 2.0
SEEDS: Final = 10_000
COPIED_S: Final = 1.5
SETTLE_S: Final = 0.6  # the last page does not take the last question's Enter
CANNOT: Final = N_("The quiz cannot begin")


@dataclass(frozen=True, slots=True, eq=False)
class QuizKit:
    """What a quiz is played with.

    ``seed`` empty: another quiz each time; ``group``: everybody is shown from the start;
    ``open_speaker`` plays samples at a rate; ``alike`` as in ``make_questions``; ``store`` keeps
    the quizzes played, ``day`` is today's date.
    """

    clock: HostClock
    shelf: Shelf
    rules: Rules
    store: Store
    day: str
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
    """Asks quiz after quiz until the player leaves; ``begin`` is the first page.

    ``copy`` puts a text on the clipboard; ``played`` are all quizzes that came to an end or were
    broken off with an answer given, ``seeds`` theirs.

    Raises
    ------
    DanceError
        Where there is nothing to ask for.
    """

    def __init__(
        self, kit: QuizKit, copy: Callable[[str], bool], back: Page | None = None
    ) -> None:
        if not kit.shelf.entries:
            told = f" ({kit.shelf.problems[0]})" if kit.shelf.problems else ""
            raise DanceError(f"{kit.shelf.empty}{told}")
        self.kit, self.copy, self.back = kit, copy, back
        self.backdrop = Backdrop(Theme()) if back is None else back.screen.backdrop
        self.muted = False
        self.trouble = ""
        self.played: list[Quiz] = []
        self.seeds: list[str] = []

    def begin(self) -> Page:
        """Return the page of another quiz."""
        kit = self.kit
        seed = kit.seed or f"{random.randrange(SEEDS):04d}"
        own = {entry.title.casefold() for entry in kit.shelf.entries}
        known = [title for title in KNOWN_TITLES if title.casefold() not in own]
        questions = make_questions(
            kit.shelf.entries, kit.rules, seed, alike=kit.alike, known=known
        )
        asking = Asking(self, Quiz(questions, kit.rules, kit.clock.now()), seed)
        return ClipPage(asking, asking.coming(0))

    def notices(self, quiz: Quiz) -> tuple[str, ...]:
        """Return what the players must know now."""
        first = notices_of(self.kit.shelf) if quiz.number == 0 else ()
        return ((self.trouble,) if self.trouble else ()) + first


class Asking:
    """One quiz of a game."""

    def __init__(self, game: QuizGame, quiz: Quiz, seed: str) -> None:
        self.game, self.quiz, self.seed = game, quiz, seed
        self.screen = QuizScreen(game.backdrop)

    def coming(self, number: int) -> Future[_Shown]:
        """Prepare a question beside the one that is asked; behind the last one, that again."""
        question = self.quiz.questions[min(number, len(self.quiz.questions) - 1)]
        return beside(lambda: self._prepare(question))

    def go_on(self, coming: Future[_Shown]) -> Page | None:
        """Return the page of the next question, or the last one."""
        return self.over() if self.quiz.phase == "over" else ClipPage(self, coming)

    def over(self) -> Page | None:
        """Return the last page; what lies behind the quiz where it was left before any answer."""
        return EndPage(self) if self.played() else self.game.back

    def played(self) -> bool:
        """Count it among the quizzes played; return whether an answer was given."""
        if self.quiz.answers:
            self.game.played.append(self.quiz)
            self.game.seeds.append(self.seed)
        return bool(self.quiz.answers)

    def broken_off(self) -> None:
        """Store what was played, as the window closes."""
        if self.played():
            try:
                self.store()
            except StoreError as why:
                log.warning("the quiz is not saved: %s", why)

    def store(self) -> tuple[str, ...]:
        """Store what was played; return what is taken for what most often. Raises StoreError."""
        kit = self.game.kit
        keep_game(kit.store, game_of(self.quiz, self.seed, kit.day))
        try:
            return confusions(read_games(kit.store))
        except StoreError:  # stored it is, all the same
            return ()

    def _prepare(self, question: Question) -> _Shown:
        shelf, slug, clip_s = self.game.kit.shelf, question.slug, question.clip_s
        music = shelf.music(slug, clip_s, MUSIC_S) if "music" in question.hints else None
        return _Shown(shelf.clip(slug, clip_s), music, shelf.colours(slug))


class ClipPage(Waiting[_Shown]):
    """Waits for the next clip; one that is damaged is left out and said."""

    heading = CANNOT

    def __init__(self, asking: Asking, coming: Future[_Shown]) -> None:
        words = (_("Guess That Song!"), _("The next clip is coming ..."))
        super().__init__(asking.game.backdrop, words, coming, self._ask, asking.game.back)
        self._asking = asking

    def step(self, now_s: float) -> Page | None:
        """Ask as soon as the clip is there."""
        asking = self._asking
        try:
            return super().step(now_s)
        except DanceError as why:
            log.warning("%s", why)
            asking.game.trouble = _("A clip was left out: {why}", why=why)
            asking.quiz.skip(now_s)
            return asking.go_on(asking.coming(asking.quiz.number))

    def key(self, name: str) -> Page | None:
        """Break the quiz off on Escape."""
        return self._asking.over() if name == "escape" else self

    def quit(self) -> None:
        """Keep what was answered."""
        self._asking.broken_off()

    def _ask(self, shown: _Shown) -> Page:
        return QuestionPage(self._asking, shown)


class QuestionPage(Page):
    """One question, until it is answered and seen."""

    heading = CANNOT

    def __init__(self, asking: Asking, shown: _Shown) -> None:
        self._asking, self._game, self._quiz = asking, asking.game, asking.quiz
        self._shown, self.back = shown, asking.game.back
        self.screen = asking.screen
        self._number, self._phase = asking.quiz.number, asking.quiz.phase
        self._coming = asking.coming(self._number + 1)
        self._clip_from_s = self._phase_from_s = self._silent_from_s = 0.0
        self._speaker: Speaker | None = None

    def enter(self, now_s: float) -> None:
        """Begin to count the time."""
        super().enter(now_s)
        self._quiz.began_s = self._clip_from_s = self._phase_from_s = now_s

    def step(self, now_s: float) -> Page | None:
        """Let the time run; go on after the answer was seen."""
        super().step(now_s)
        quiz = self._quiz
        if quiz.phase != self._phase:
            self._phase, self._phase_from_s = quiz.phase, now_s
        quiz.tick(now_s)
        if self._speaker is not None and now_s >= self._silent_from_s:
            self._hush()
        if quiz.number == self._number and quiz.phase != "over":
            return self
        self._game.trouble = ""
        return self._asking.go_on(self._coming)

    def act(self, action: Action) -> Page | None:
        """Do what a key or a button means."""
        quiz = self._quiz
        plain: dict[Action, Callable[[], object]] = {
            "up": lambda: quiz.move(-1), "down": lambda: quiz.move(1),
            "submit": lambda: quiz.submit(self.now_s), "next": lambda: quiz.go_on(self.now_s),
            "hint": self._hint, "mute": self._mute,
        }  # fmt: skip
        if action == "leave":
            return self._asking.over()
        if action == "replay":
            self._clip_from_s = self.now_s
        elif action in CHOOSE:
            quiz.choose(CHOOSE.index(action))
            if quiz.rules.players > 1:
                quiz.submit(self.now_s)
        elif action in BUZZ:
            quiz.buzz(BUZZ.index(action), self.now_s)
        elif action in plain:
            plain[action]()
        return self

    def draw(self, surface: Surface) -> None:
        """Draw the question as it stands."""
        self.screen.draw(surface, self.view())

    def quit(self) -> None:
        """Keep what was answered."""
        self._asking.broken_off()

    def leave(self) -> None:
        """Fall silent."""
        self._hush()

    def view(self) -> QuizView:
        """Return what is shown now."""
        quiz, clip, clip_s = self._quiz, self._shown.clip, self.now_s - self._clip_from_s
        question, told, target = quiz.question, quiz.told, self.pointed
        taken = question.hints[: quiz.step + 1]
        everybody = self._game.kit.group or "formation" in taken or told is not None
        return QuizView(
            phase="told" if quiz.phase == "over" else quiz.phase,
            number=quiz.number + 1, total=len(quiz.questions), choices=question.titles,
            selected=quiz.mark,
            hovered=target.which if target is not None and target.kind == "choice" else None,
            answer=question.answer if told is not None else None,
            points_earned=told.points if told is not None else 0,
            joints=clip.joints(clip_s, everybody=everybody),
            stature=clip.stature(everybody=everybody), picture=clip.picture(clip_s),
            figure="bones" if "bones" in taken or told is not None else "points", lead=0,
            hints=tuple(HintView(name, name in taken) for name in question.hints),
            colours=self._shown.colours if "colours" in taken else (),
            sounding=self._speaker is not None,
            left_s=quiz.left_s(self.now_s), limit_s=quiz.rules.limit_s,
            players=players_of(quiz), age_s=self.now_s - self._phase_from_s,
            beat=clip_s * clip.bpm / 60, notices=self._game.notices(quiz),
            marks=quiz.marks(), played=clip_s % clip.length_s / clip.length_s,
        )  # fmt: skip

    def _hint(self) -> None:
        if self._quiz.hint() == "music" and self._shown.music is not None:
            self._sound(*self._shown.music)
            if self._speaker is None or not self._speaker.health.well:
                self._quiz.free += 1
                self._game.trouble = _("There is no sound here: this hint costs nothing.")

    def _mute(self) -> None:
        self._game.muted = not self._game.muted
        self._hush()

    def _sound(self, samples: NDArray[np.float32], rate: int) -> None:
        self._hush()
        if not self._game.muted:
            self._speaker = self._game.kit.open_speaker(samples, rate)
            self._speaker.start(0.0)
            self._silent_from_s = self.now_s + len(samples) / rate + 0.3

    def _hush(self) -> None:
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = None


class EndPage(Page):
    """The last page: who won, what was asked, one line to share."""

    heading = CANNOT

    def __init__(self, asking: Asking) -> None:
        self._asking, self._game, quiz = asking, asking.game, asking.quiz
        self.back = self._game.back
        self.screen = QuizEndScreen(self._game.backdrop)
        kit, asked = self._game.kit, asked_of(quiz)
        marks = [each.right for each in asked]
        best = max(quiz.standings, key=lambda standing: standing.points)
        self._line = share_line(asking.seed, marks, fingerprint(kit.shelf.entries))
        self._view = QuizEndView(
            players=tuple(sorted(players_of(quiz), key=lambda player: -player.points)),
            asked=asked, word=kind_word(sum(marks), len(asked)), best_streak=best.best_streak,
            confusions=(), share=self._line, age_s=0.0,
        )  # fmt: skip
        self._told, self._told_s = "", 0.0
        self._saving: Future[tuple[str, ...]] | None = beside(asking.store)

    def step(self, now_s: float) -> Page:
        """Tell what was stored."""
        super().step(now_s)
        if self._saving is not None and self._saving.done():
            self._tell(self._saving)
            self._saving = None
        return self

    def act(self, action: Action) -> Page | None:
        """Copy, ask another quiz or leave; not with the key that was meant for the last question."""
        if self.age_s <= SETTLE_S:
            return self
        if action == "copy":
            copied = self._game.copy(self._line)
            self._told = _("Copied.") if copied else _("The clipboard cannot be reached here.")
            self._told_s = self.now_s
        if action == "save" and self._view.unsaved:
            self._view = replace(self._view, unsaved="")
            self._saving = beside(self._asking.store)
        if action == "again":
            return self._game.begin()
        return self.back if action == "leave" else self

    def leave(self) -> None:
        """Let the storing come to its end."""
        if self._saving is not None:
            wait([self._saving], timeout=BUSY_S)

    def _tell(self, saving: Future[tuple[str, ...]]) -> None:
        try:
            self._view = replace(self._view, confusions=saving.result())
        except StoreError as why:
            log.warning("the quiz is not saved: %s", why)
            told = _("This quiz is not saved: {why}.", why=why.reason)
            self._view = replace(self._view, unsaved=told)

    def draw(self, surface: Surface) -> None:
        """Draw the results."""
        told = self._told if self.now_s - self._told_s <= COPIED_S else ""
        view = replace(self._view, share=told or self._line, age_s=self.age_s)
        self.screen.draw(surface, view)


def quiz_page(
    open_kit: Callable[[], QuizKit], copy: Callable[[str], bool], back: Page | None, *,
    news: Callable[[], str] = lambda: "", begun: Callable[[QuizGame], None] = lambda game: None,
) -> Page:  # fmt: skip
    """Return a quiz in front of a page; it begins as soon as what it is played with is there.

    ``news`` says how far that is; ``begun`` is given the quiz.
    """
    words = (_("Guess That Song!"), _("Your songs are being read ..."))

    def begin(kit: QuizKit) -> Page:
        game = QuizGame(kit, copy, back)
        begun(game)
        return game.begin()

    backdrop = Backdrop(Theme()) if back is None else back.screen.backdrop
    page = Waiting(backdrop, words, beside(open_kit), begin, back, news)
    page.heading = CANNOT
    return page


def notices_of(shelf: Shelf) -> tuple[str, ...]:
    """Return what is wrong with a library, and that it is small, in a sentence each."""
    count = len(shelf.entries)
    few = counted(
        "Your library has {n} song: other titles fill up the choices.",
        "Your library has {n} songs: other titles fill up the choices.", count,
    )  # fmt: skip
    return (*shelf.problems[:1], *((few,) if count < CHOICES else ()))


def players_of(quiz: Quiz) -> tuple[PlayerView, ...]:
    """Return the players as the pages show them."""
    several = quiz.rules.players > 1
    answering = quiz.answering if several else None
    return tuple(
        PlayerView(
            _("Player {number}", number=k + 1) if several else _("You"), BUZZERS[k] if several else "",
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
