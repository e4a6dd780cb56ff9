"""Guess That Song!: who is asked what, when an answer counts, and what it earns.

Everything is decided by the seed and the songs, so friends who have the same songs and the same
seed are asked the same questions in the same order.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from kpopdance.engines.tongues import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CHOICES: Final = 4
CLIP_S: Final = 8.0
SKIPPED: Final = 0.1  # of a dance, at its begin and end: people walk on and off
QUESTIONS: Final = 10
LIMIT_S: Final = 20.0
BUZZ_S: Final = 6.0  # to answer after buzzing
FULL_POINTS: Final = 100
FAST: Final = 0.5  # of the points are for speed
STREAK_BONUS: Final = 10  # for each right answer before in a row
MOST_BONUS: Final = 50
HINT_COST: Final = 0.15  # of the points, for each step of the ladder
WRONG_COSTS: Final = 25  # with buzzers: so that guessing does not pay
LADDER: Final = ("points", "bones", "formation", "music", "colours")
"""Hints: point lights only, then bones, all dancers, two seconds of music, the cover's colours."""
BONES: Final = 1
MOST_PLAYERS: Final = 4

Level = Literal["easy", "hard"]
QuizPhase = Literal["asking", "buzzed", "told", "over"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A song that may be asked for: its key in the library, title, and the seconds of its dance.

    ``hints`` are the steps of ``LADDER`` it can give; every song has the first two.
    """

    slug: str
    title: str
    start_s: float
    end_s: float
    hints: tuple[str, ...] = LADDER


@dataclass(frozen=True, slots=True)
class Question:
    """One clip and the titles to choose from; ``slugs`` are empty for titles that only fill up."""

    answer: int
    titles: tuple[str, ...]
    slugs: tuple[str, ...]
    clip_s: float
    hints: tuple[str, ...] = LADDER

    @property
    def slug(self) -> str:
        """The song asked for."""
        return self.slugs[self.answer]


@dataclass(frozen=True, slots=True)
class Rules:
    """What was agreed on.

    Attributes
    ----------
    questions : int
        At most; never more than there are songs, none comes twice.
    level : Level
        ``hard``: wrong answers are the songs whose dances are most alike.
    limit_s : float
        Seconds for a question; infinite for no hurry.
    begins : int
        The step of ``LADDER`` to begin with: 0 or 1.
    players : int
        One, or up to four with buzzers.
    """

    questions: int = QUESTIONS
    level: Level = "easy"
    limit_s: float = LIMIT_S
    begins: int = BONES
    players: int = 1

    def __post_init__(self) -> None:
        if self.questions < 1:
            raise ValueError(f"{self.questions} questions; choose 1 or more")
        if not self.limit_s > 0:
            raise ValueError(f"{self.limit_s} seconds for a question; choose more than 0")
        if not 1 <= self.players <= MOST_PLAYERS:
            raise ValueError(f"{self.players} players; choose 1 to {MOST_PLAYERS}")


def make_questions(
    songs: Sequence[Entry], rules: Rules, seed: str, *,
    alike: Callable[[str], Mapping[str, float]] | None = None, known: Sequence[str] = (),
) -> tuple[Question, ...]:  # fmt: skip
    """Return the questions: every song once at most, four distinct choices each.

    Parameters
    ----------
    songs : sequence of Entry
        The library; their order does not matter.
    rules : Rules
        How many, how hard.
    seed : str
        Decides everything.
    alike : callable, optional
        Returns how much alike other songs' dances are to a song's, by slug; asked for ``hard``.
    known : sequence of str
        Titles that fill up where there are too few songs.

    Raises
    ------
    ValueError
        Where there is no song.
    """
    if not songs:
        raise ValueError("there is no song to ask for")
    dice = random.Random(f"{seed} {rules.level}")
    shelf = sorted(songs, key=lambda song: song.slug)
    asked = dice.sample(shelf, min(rules.questions, len(shelf)))
    return tuple(_question(song, shelf, dice, rules, alike, known) for song in asked)


def _question(
    song: Entry, shelf: Sequence[Entry], dice: random.Random, rules: Rules,
    alike: Callable[[str], Mapping[str, float]] | None, known: Sequence[str],
) -> Question:  # fmt: skip
    others = [other for other in shelf if other.title != song.title]
    dice.shuffle(others)
    if rules.level == "hard" and alike is not None:
        likeness = alike(song.slug)
        others.sort(key=lambda other: -likeness.get(other.slug, -2.0))
    wrong: dict[str, str] = {}
    for other in others:
        wrong.setdefault(other.title, other.slug)
    for title in dice.sample(list(known), len(known)):
        if title != song.title:
            wrong.setdefault(title, "")
    choices = [(song.title, song.slug), *list(wrong.items())[: CHOICES - 1]]
    order = dice.sample(range(len(choices)), len(choices))
    rest_s = (song.end_s - song.start_s) * SKIPPED
    last_s = max(song.end_s - rest_s - CLIP_S, song.start_s)
    first_s = min(song.start_s + rest_s, last_s)
    return Question(
        order.index(0), tuple(choices[k][0] for k in order), tuple(choices[k][1] for k in order),
        first_s + dice.random() * (last_s - first_s), song.hints,
    )  # fmt: skip


def fingerprint(songs: Sequence[Entry]) -> str:
    """Return four letters that tell a library from another: friends' must be the same."""
    told = "\n".join(sorted(f"{song.slug}\t{song.title}" for song in songs))
    return hashlib.sha256(told.encode()).hexdigest()[:4]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: ``choice`` None where time ran out; ``hints`` taken; points earned."""

    question: int
    player: int
    choice: int | None
    right: bool
    took_s: float
    hints: int
    points: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A player's points, right answers in a row now and at best."""

    points: int = 0
    streak: int = 0
    best_streak: int = 0
    right: int = 0

    def after(self, answer: Answer) -> Standing:
        """Return the standing with one answer more."""
        streak = self.streak + 1 if answer.right else 0
        return Standing(
            max(0, self.points + answer.points), streak, max(self.best_streak, streak),
            self.right + answer.right,
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Quiz:
    """A quiz going on; times are host seconds, given by who asks.

    ``step`` is the ladder's step that is shown; ``phase``, ``mark`` (the choice marked), ``turn``
    (who answers) and ``out`` (who answered this question wrongly) are for the page; ``free`` hints of
    this question cost nothing.
    """

    questions: tuple[Question, ...]
    rules: Rules
    began_s: float
    number: int = 0
    phase: QuizPhase = "asking"
    step: int = 0
    mark: int | None = None
    turn: int = 0
    out: frozenset[int] = frozenset()
    answers: list[Answer] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    free: int = 0
    _buzzed_s: float = 0.0
    _paused_s: float = 0.0

    def __post_init__(self) -> None:
        self.standings = [Standing() for _ in range(self.rules.players)]
        self.step = self.rules.begins

    @property
    def question(self) -> Question:
        """The question asked now, or last."""
        return self.questions[self.number]

    @property
    def answering(self) -> int | None:
        """Who answers, or whose answer is told; None where nobody buzzed."""
        if self.phase == "buzzed" or (self.phase in ("told", "over") and self.turn in self.out):
            return self.turn
        return None

    @property
    def told(self) -> Answer | None:
        """The answer that ended the question, once it is told."""
        return self.answers[-1] if self.phase in ("told", "over") and self.answers else None

    def left_s(self, now_s: float) -> float:
        """Return the seconds left for the question, or for who buzzed."""
        if self.phase == "buzzed":
            return max(0.0, BUZZ_S - (now_s - self._buzzed_s))
        return max(0.0, self.rules.limit_s - (now_s - self.began_s - self._paused_s))

    def choose(self, choice: int) -> None:
        """Mark a choice; with buzzers only who buzzed may."""
        ready = ("asking",) if self.rules.players == 1 else ("buzzed",)
        if self.phase in ready and 0 <= choice < len(self.question.titles):
            self.mark = choice

    def move(self, step: int) -> None:
        """Mark the choice above (-1) or below (1)."""
        count = len(self.question.titles)
        first = count - 1 if step < 0 else 0
        self.choose(first if self.mark is None else (self.mark + step) % count)

    def hint(self) -> str | None:
        """Take the next step of the ladder; return its name, None where there is none left."""
        if self.phase not in ("asking", "buzzed") or self.step + 1 >= len(self.question.hints):
            return None
        self.step += 1
        return self.question.hints[self.step]

    def buzz(self, player: int, now_s: float) -> bool:
        """Let a player answer; return whether it is theirs now."""
        if self.phase != "asking" or self.rules.players == 1 or player in self.out:
            return False
        self.phase, self.turn, self.mark, self._buzzed_s = "buzzed", player, None, now_s
        return True

    def submit(self, now_s: float) -> bool:
        """Answer with the marked choice; return whether it was taken as an answer."""
        ready = "asking" if self.rules.players == 1 else "buzzed"
        if self.mark is None or self.phase != ready:
            return False
        self._answer(self.mark, now_s)
        return True

    def tick(self, now_s: float) -> None:
        """Let time run out: a marked choice is then the answer."""
        if self.phase in ("asking", "buzzed") and self.left_s(now_s) <= 0:
            self._answer(self.mark, now_s)

    def go_on(self, now_s: float) -> None:
        """Ask the next question, or end."""
        if self.phase == "told":
            self.skip(now_s)

    def skip(self, now_s: float) -> None:
        """Leave the question as it is, and ask the next one, or end."""
        if self.number + 1 == len(self.questions):
            self.phase = "over"
            return
        self.number += 1
        self.phase, self.step, self.mark = "asking", self.rules.begins, None
        self.out, self.free = frozenset(), 0
        self.began_s, self._paused_s = now_s, 0.0

    def marks(self) -> tuple[bool, ...]:
        """Return for each question before this one whether anybody answered it rightly."""
        right = {answer.question for answer in self.answers if answer.right}
        return tuple(number in right for number in range(self.number))

    def hints_taken(self) -> int:
        """Return how many steps of the ladder this question took that cost something."""
        return self.step - self.rules.begins - self.free

    def _answer(self, choice: int | None, now_s: float) -> None:
        """Take an answer; with buzzers, a wrong one passes the question on to the others."""
        buzzers = self.rules.players > 1
        took_s = now_s - self.began_s - self._paused_s
        if self.phase == "buzzed":
            took_s = (
                self._buzzed_s - self.began_s - self._paused_s
            )  # speed counts until the buzzer
        right = choice == self.question.answer
        missed = buzzers and self.phase == "asking"  # nobody buzzed
        streak = self.standings[self.turn].streak
        points = self._worth(took_s, streak) if right else -WRONG_COSTS if buzzers else 0
        answer = Answer(
            self.number, self.turn, choice, right, took_s, self.hints_taken(),
            0 if missed else points,
        )  # fmt: skip
        self.answers.append(answer)
        self.mark = choice
        if not missed:
            self.standings[self.turn] = self.standings[self.turn].after(answer)
            self.out |= {self.turn}
        if right or not buzzers or missed or len(self.out) == self.rules.players:
            self.phase = "told"
        else:
            self._paused_s += now_s - self._buzzed_s  # the others' time stood still
            self.phase, self.mark = "asking", None

    def _worth(self, took_s: float, streak: int) -> int:
        """Return the points of a right answer: less for time and hints, more for a streak."""
        hurry = (
            0.0 if self.rules.limit_s == float("inf") else min(took_s / self.rules.limit_s, 1.0)
        )
        full = FULL_POINTS * (1 - FAST * hurry) * max(0.0, 1 - HINT_COST * self.hints_taken())
        return round(full) + min(STREAK_BONUS * streak, MOST_BONUS)


def kind_word(right: int, asked: int) -> str:
    """Return a kind word on so many right answers."""
    share = right / max(asked, 1)
    if share == 1:
        return _("Every single one! You know these dances by heart.")
    if share >= 0.8:
        return _("Wonderful: hardly a step gets past you.")
    if share >= 0.5:
        return _("Well seen! More than half from bones alone.")
    if share > 0:
        return _("A good start: figures on black are hard to know.")
    return _("These were hard ones. Dance them once and you will know them.")


def share_line(seed: str, right: Sequence[bool], library: str) -> str:
    """Return a line to send to friends: seed, result, a mark for each question asked, the library."""
    marks = "".join("●" if well else "○" for well in right)
    return _(
        "Guess That Song! {seed}: {right}/{of} {marks} (songs {library})",
        seed=seed, right=sum(right), of=len(right), marks=marks, library=library,
    )  # fmt: skip
