"""A song danced against each other: dealt out in turn, until one is left, or the best of three.

Everybody is judged all the time, each by their own judge; here is only told which moves count for
whom. A move belongs to the round in which its middle lies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.core.types import Verdict
    from kpopdance.realtime.scoring.judge import Judge

Kind = Literal["together", "relay", "elimination", "duel"]
KINDS: Final[tuple[Kind, ...]] = ("together", "relay", "elimination", "duel")
BEST_OF: Final = 3
SHORTEST_S: Final = 8.0  # of a turn: who is on must have time to step forward
NEAR: Final = 0.4  # of a round: a section that begins so near to its begin is where it begins
KNOWN_S: Final = 3.0  # after a round's end, by when its last moves are judged
SOON_S: Final = 4.0  # before a turn it is told whose it is


class Round(NamedTuple):
    """A part of the song, s; ``owner`` is whose turn it is, None: everybody's."""

    start_s: float
    end_s: float
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """How somebody stands: ``points`` 0..100 of what counts for them, None: nothing yet.

    ``on``: what is danced now counts for them, and ``soon`` it will; ``out``: no more; ``wins`` of
    rounds. ``rank`` 1 is the best; who stands alike shares one.
    """

    points: float | None = None
    on: bool = True
    soon: bool = False
    out: bool = False
    wins: int = 0
    rank: int = 1


class Contest:
    """One song's rounds; ``stands`` tells how everybody stands.

    Parameters
    ----------
    kind : Kind
        ``together`` everybody dances all; ``relay`` sections are dealt to players in turn;
        ``elimination`` after each round who earned least in it is out; ``duel`` best of three rounds.
    players : int
        How many.
    span_s : (float, float)
        Song seconds where the dance begins and ends.
    sections_s : sequence of float
        Where sections begin.
    """

    def __init__(
        self, kind: Kind, players: int, span_s: tuple[float, float], sections_s: Sequence[float]
    ) -> None:
        self.kind, self.players = kind, players
        self.rounds = _rounds_of(kind, players, span_s, sections_s)

    def stands(self, judges: Sequence[Judge], song_s: float) -> tuple[Stand, ...]:
        """Return how everybody stands at a song second; infinite: at the end."""
        danced = [Danced(judge.verdicts, judge.standard.weight.tolist()) for judge in judges]
        return self.stood(danced, song_s)

    def stood(self, moves: Sequence[Danced], song_s: float) -> tuple[Stand, ...]:
        """Return how everybody stands at a song second with what was judged until then."""
        done = [each for each in self.rounds if song_s >= each.end_s + KNOWN_S]
        wins, left = [0] * self.players, [len(self.rounds)] * self.players
        for number, each in enumerate(done):
            earned = [one.points([each]) or 0.0 for one in moves]
            self._count(number, earned, wins, left)
        stands = [self._stand(k, one, song_s, wins, left) for k, one in enumerate(moves)]
        order = [(stand.wins, left[k], stand.points or 0.0) for k, stand in enumerate(stands)]
        return tuple(
            Stand(
                stand.points, stand.on, stand.soon, stand.out, stand.wins,
                1 + sum(other > order[k] for other in order),
            )
            for k, stand in enumerate(stands)
        )  # fmt: skip

    def _count(
        self, number: int, earned: list[float], wins: list[int], left: list[int]
    ) -> None:
        """Count a round that is over: who won it, and who is out after it."""
        if self.kind == "duel" and max(wins) <= BEST_OF // 2:
            best = [k for k, points in enumerate(earned) if points == max(earned)]
            if len(best) == 1:
                wins[best[0]] += 1
        if self.kind == "elimination":
            inside = [k for k, rounds in enumerate(left) if rounds == len(self.rounds)]
            if len(inside) > 1:
                left[min(inside, key=lambda k: earned[k])] = number

    def _stand(
        self, k: int, moves: Danced, song_s: float, wins: list[int], left: list[int]
    ) -> Stand:
        theirs = [
            each
            for number, each in enumerate(self.rounds)
            if each.owner in (None, k) and number <= left[k]
        ]
        out = left[k] < len(self.rounds)
        on = not out and any(each.start_s <= song_s < each.end_s for each in theirs)
        soon = any(0 < each.start_s - song_s <= SOON_S for each in theirs if each.owner == k)
        return Stand(moves.points(theirs), on, soon and not on, out, wins[k])


class Danced(NamedTuple):
    """Somebody's verdicts, and how much each of the song's moves counts."""

    verdicts: Sequence[Verdict]
    weight: Sequence[float]

    def points(self, rounds: Sequence[Round]) -> float | None:
        """Return what was earned in some rounds, 0..100; None where nothing of them was judged."""
        inside = [
            move
            for move in self.verdicts
            if move.judged
            and any(
                one.start_s <= (move.start_s + move.end_s) / 2 < one.end_s for one in rounds
            )
        ]
        weight = [self.weight[move.move] for move in inside]
        if not sum(weight) > 0:
            return None
        return float(np.average([move.score for move in inside], weights=weight))


def _rounds_of(
    kind: Kind, players: int, span_s: tuple[float, float], sections_s: Sequence[float]
) -> tuple[Round, ...]:
    begin_s, end_s = span_s
    if kind == "relay":
        starts = [begin_s]
        for start_s in sorted(sections_s):
            if start_s - starts[-1] >= SHORTEST_S and end_s - start_s >= SHORTEST_S:
                starts.append(start_s)
        if len(starts) < players:
            starts = _even(span_s, 2 * players, sections_s)
        return tuple(
            Round(start, end, number % players)
            for number, (start, end) in enumerate(pairwise([*starts, math.inf]))
        )
    count = {"together": 1, "elimination": players - 1, "duel": BEST_OF}[kind]
    starts = _even(span_s, max(count, 1), sections_s)
    return tuple(Round(start, end) for start, end in pairwise([*starts, end_s + 1.0]))


def _even(span_s: tuple[float, float], count: int, sections_s: Sequence[float]) -> list[float]:
    """Return where so many rounds begin: as long as each other, or where a section begins nearby."""
    begin_s, end_s = span_s
    long_s = (end_s - begin_s) / count
    starts = [begin_s]
    for number in range(1, count):
        even_s = begin_s + number * long_s
        near = min(sections_s, key=lambda at_s: abs(at_s - even_s), default=even_s)
        near = near if abs(near - even_s) <= NEAR * long_s and near > starts[-1] else even_s
        starts.append(near)
    return starts
