"""What happens when in a reel: the second of the dance that each picture shows, and what was judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from kpopdance.realtime.scoring.report import combo_after, stars_filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Report, Verdict

Scene = Literal["title", "dance", "best", "card"]

FPS: Final = 30.0
TITLE_S, CARD_S = 2.5, 3.5
TAIL_S: Final = 1.0  # after the last move, so that its verdict is seen
SLOW: Final = 0.5
"""Speed of the best move when it comes again."""
AROUND_S: Final = 0.25  # shown before and after it
FADE_S: Final = 0.35  # of pictures and sound, where one scene follows another


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its scene, the song second it shows, and its share of the light."""

    scene: Scene
    song_s: float
    light: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What a dance was worth so far; ``verdict`` is the newest one, given ``age_s`` ago."""

    score: float = 0.0
    combo: int = 0
    verdict: Verdict | None = None
    age_s: float = 0.0

    @property
    def stars(self) -> float:
        """How many stars the score fills, 0..5."""
        return stars_filled(self.score)


class Story:
    """A dance told in pictures: title, dance, its best move slowed, what it was worth.

    Parameters
    ----------
    report : Report
    length_s : float
        Song second where the dance ends.
    best : Verdict, optional
        The move that comes again slowly; None: the report's best one, if there is one.
    """

    def __init__(self, report: Report, length_s: float, best: Verdict | None = None) -> None:
        self._moves = tuple(sorted(report.moves, key=lambda move: move.end_s))
        self._ends_s = np.array([move.end_s for move in self._moves])
        self._standings = _standings(report, self._moves)
        self.dance_s = length_s + TAIL_S
        self.best = best or next(
            (move for move in report.moves if move.move == report.best), None
        )

    @property
    def slow_s(self) -> tuple[float, float]:
        """Song seconds where the slowed part begins and ends; the same where there is no best move."""
        if self.best is None:
            return (self.dance_s, self.dance_s)
        return (
            max(self.best.start_s - AROUND_S, 0.0),
            min(self.best.end_s + AROUND_S, self.dance_s),
        )

    @property
    def moment_s(self) -> float:
        """The song second that stands for the dance: in the middle of its best move."""
        return (
            self.dance_s / 2 if self.best is None else (self.best.start_s + self.best.end_s) / 2
        )

    def shots(self) -> Iterator[Shot]:
        """Yield all pictures in order, ``FPS`` a second."""
        for k in range(_count(TITLE_S)):
            yield Shot("title", 0.0, _light(k, _count(TITLE_S)))
        yield from (Shot("dance", k / FPS) for k in range(_count(self.dance_s)))
        begin_s, end_s = self.slow_s
        slow = _count((end_s - begin_s) / SLOW)
        yield from (Shot("best", begin_s + k * SLOW / FPS) for k in range(slow))
        for k in range(_count(CARD_S)):
            yield Shot("card", self.moment_s, _light(k, _count(CARD_S)))

    @property
    def pictures(self) -> int:
        """How many there are."""
        begin_s, end_s = self.slow_s
        seconds = (TITLE_S, self.dance_s, (end_s - begin_s) / SLOW, CARD_S)
        return sum(_count(each) for each in seconds)

    def at(self, song_s: float) -> Standing:
        """Return what the dance was worth at a song second."""
        number = int(np.searchsorted(self._ends_s, song_s, side="right"))
        if number == 0:
            return Standing()
        score, combo = self._standings[number - 1]
        move = self._moves[number - 1]
        return Standing(score, combo, move, song_s - move.end_s)

    def sound(
        self, song: NDArray[np.float32], slowed: NDArray[np.float32], rate: int
    ) -> NDArray[np.float32]:
        """Return what sounds in the reel, float32 (N, 2): silence, the song, its slowed part, silence.

        ``song`` (M, 2) begins with song second 0; ``slowed`` is its part ``slow_s`` at speed ``SLOW``.
        """
        whole = np.zeros((round(self.pictures / FPS * rate), 2), np.float32)
        at = round(_count(TITLE_S) / FPS * rate)
        dance = song[: round(_count(self.dance_s) / FPS * rate)]
        whole[at : at + len(dance)] = _faded(dance, rate, begin=False)
        at += round(_count(self.dance_s) / FPS * rate)
        slowed = slowed[: len(whole) - at]
        whole[at : at + len(slowed)] = _faded(slowed, rate)
        return whole


def _standings(report: Report, moves: tuple[Verdict, ...]) -> list[tuple[float, int]]:
    """Return score and combo after each move: the score is what it all is worth, as far as earned."""
    earned = [move.score * report.weights[move.move] if move.judged else 0.0 for move in moves]
    whole, so_far, combo = sum(earned), 0.0, 0
    out = []
    for move, points in zip(moves, earned, strict=True):
        so_far += points
        combo = combo_after(combo, move)
        out.append((report.score * so_far / whole if whole > 0 else 0.0, combo))
    return out


def _count(seconds: float) -> int:
    return round(seconds * FPS)


def _light(number: int, count: int) -> float:
    """Return the light of one of so many pictures of a card that comes and goes."""
    fade = FADE_S * FPS
    return min(1.0, (number + 1) / fade, (count - number) / fade)


def _faded(
    samples: NDArray[np.float32], rate: int, *, begin: bool = True
) -> NDArray[np.float32]:
    """Return samples that come, if wanted, and go by and by."""
    out = samples.copy()
    ramp = np.linspace(0, 1, min(round(FADE_S * rate), len(out)), dtype=np.float32)[:, None]
    if begin:
        out[: len(ramp)] *= ramp
    out[len(out) - len(ramp) :] *= ramp[::-1]
    return out
