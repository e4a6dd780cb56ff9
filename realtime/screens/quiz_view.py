"""What the quiz's screens are shown: one frozen picture of its state per drawn frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.health import Health

QuizPhase = Literal["asking", "buzzed", "told"]
Figure = Literal["points", "bones"]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class HintView:
    """One step of the ladder of hints: its name, and whether it was taken already."""

    name: str
    taken: bool


@dataclass(frozen=True, slots=True)
class PlayerView:
    """One player: name, the key that buzzes (empty when playing alone), points, streak.

    ``out``: answered this question wrongly already; ``buzzing``: is answering now.
    """

    name: str
    key: str
    points: int
    streak: int
    out: bool = False
    buzzing: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class QuizView:
    """Everything the quiz's page shows.

    Attributes
    ----------
    phase : QuizPhase
        ``asking``; ``buzzed``: one of several players answers; ``told``: the answer is shown.
    number, total : int
        Which question, from 1, of how many.
    choices : tuple of str
        Titles, four of them or more.
    selected : int or None
        The choice marked; after ``told`` the one that was given, None where time ran out.
    hovered : int or None
        The choice under the mouse.
    answer : int or None
        The right choice, once told.
    points_earned : int
        By this answer, once told.
    joints : float32 (M, 18, 3) or None
        The dancers shown now, in units of the clip's own (see ``stature``), unseen NaN; None where
        ``picture`` is shown.
    stature : (float, float, float, float)
        Left, top, right, bottom of all that the clip's dancers reach: the clip's frame stays still.
    picture : uint8 (H, W, 3) RGB or None
        A masked video's picture now.
    figure : Figure
        Point lights or whole bones.
    lead : int
        Which of the dancers is the one asked for.
    hints : tuple of HintView
        The ladder, from the bottom.
    colours : tuple of Colour
        The cover's colours, once that hint was taken.
    sounding : bool
        Whether music is heard now.
    left_s, limit_s : float
        Seconds left of the time for this question; infinite where there is no limit.
    players : tuple of PlayerView
        One, or up to four.
    age_s : float
        How long this phase has been on screen, for motion.
    beat : float
        Of the clip, for motion.
    notices : tuple of str
        What the player must know now.
    marks : tuple of bool
        Of the questions before this one: whether they were answered rightly.
    played : float
        Share of the clip that was shown, 0..1.
    """

    phase: QuizPhase
    number: int
    total: int
    choices: tuple[str, ...]
    selected: int | None
    hovered: int | None
    answer: int | None
    points_earned: int
    joints: NDArray[np.float32] | None
    stature: tuple[float, float, float, float]
    picture: NDArray[np.uint8] | None
    figure: Figure
    lead: int
    hints: tuple[HintView, ...]
    colours: tuple[Colour, ...]
    sounding: bool
    left_s: float
    limit_s: float
    players: tuple[PlayerView, ...]
    age_s: float
    beat: float
    notices: tuple[str, ...] = ()
    marks: tuple[bool, ...] = ()
    played: float = 0.0


@dataclass(frozen=True, slots=True)
class AskedView:
    """One question on the last page: its song, whether right, and what was taken for it instead."""

    title: str
    right: bool
    chosen: str
    took_s: float


@dataclass(frozen=True, slots=True)
class QuizEndView:
    """Everything the last page shows.

    Attributes
    ----------
    players : tuple of PlayerView
        The best first.
    asked : tuple of AskedView
        All questions in order.
    word : str
        A kind word.
    best_streak : int
        Of the best player.
    confusions : tuple of str
        Sentences on what is often taken for what, over all quizzes.
    share : str
        One line to send to a friend, with the seed; empty where there is none.
    age_s : float
        How long it has been on screen, for motion.
    unsaved : str
        One sentence that says why the quiz is not saved; empty where it is.
    """

    players: tuple[PlayerView, ...]
    asked: tuple[AskedView, ...]
    word: str
    best_streak: int
    confusions: tuple[str, ...]
    share: str
    age_s: float
    unsaved: str = ""


@dataclass(frozen=True, slots=True)
class GuessView:
    """One song the program thinks of: how sure it is, 0..1, and the place in the song, s."""

    title: str
    artist: str
    certainty: float
    place_s: float


@dataclass(frozen=True, slots=True, eq=False)
class ReverseView:
    """You dance, it guesses: everything its page shows.

    Attributes
    ----------
    picture : uint8 (H, W, 3) BGR or None
        The newest camera picture, not mirrored; ``pose`` float32 (18, 3) px of it or None.
    guesses : tuple of GuessView
        The best first; empty until enough was danced.
    known : bool
        Whether the first is certain enough to be named; otherwise it says that it does not know.
    danced_s : float
        Seconds of dance it has seen; ``needed_s`` until it dares a first guess.
    coach : float32 (M, 18, 3) or None
        The dance it takes this for, at the place it takes it for, stage units; ``lead`` in front.
    songs : int
        How many songs it knows.
    beat, age_s : float
        For motion.
    health, notices, status
        As in ``DanceView``.
    """

    picture: NDArray[np.uint8] | None
    pose: NDArray[np.float32] | None
    guesses: tuple[GuessView, ...]
    known: bool
    danced_s: float
    needed_s: float
    coach: NDArray[np.float32] | None
    lead: int
    songs: int
    beat: float
    age_s: float
    health: tuple[Health, ...] = ()
    notices: tuple[str, ...] = ()
    status: str = ""
