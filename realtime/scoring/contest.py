"""A song danced against each other: dealt out in turn, until one is left, or the best of three.

Everybody is judged all the time, each by their own judge; here is only told which moves count for
whom. A move belongs to the round in which its middle lies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
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
TOLD_DIGITS: Final = 1  # of points: what is told alike is alike


class Round(NamedTuple):
    """A part of the song, s; ``owner`` is whose turn it is, None: everybody's."""

    start_s: float
    end_s: float
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """How somebody stands: ``points`` 0..100 of what counts for them, None: nothing yet.

    ``on``: what is danced now counts for them; ``in_s``: in so many seconds their next turn begins,
    None: none does; ``out``: nothing counts any more; ``wins`` of rounds. ``here`` is as ``points``, of
    the round that is danced alone, and ``least``: whose are the lowest there, where that decides who is
    out. ``rank`` 1 is the best; who
    stands alike, as points are told, shares one.
    """

    points: float | None = None
    on: bool = True
    in_s: float | None = None
    out: bool = False
    wins: int = 0
    rank: int = 1
    here: float | None = None
    least: bool = False

    @property
    def soon(self) -> bool:
        """Whether their turn is about to begin."""
        return not self.on and self.in_s is not None and self.in_s <= SOON_S


class Course(NamedTuple):
    """How far a contest is: ``number`` of the round that is danced, from 0.

    ``since_s`` it began, negative before it, and ``left_s`` until it ends, s. ``ended`` is of each
    round that is decided who won it, or is out after it, None: nobody; ``told_s`` since the newest of
    them was decided, infinite before.
    """

    number: int
    since_s: float
    left_s: float
    ended: tuple[int | None, ...] = ()
    told_s: float = math.inf


class Earned(NamedTuple):
    """What somebody earned: in each round of theirs its ``number`` and points, None: nothing judged.

    ``moves`` are those that counted.
    """

    rounds: tuple[tuple[int, float | None], ...]
    moves: tuple[Verdict, ...]


class Contest:
    """One song's rounds; ``stands`` tells how everybody stands.

    Parameters
    ----------
    kind : Kind
        ``together`` everybody dances all; ``relay`` sections are dealt to players in turn;
        ``elimination`` after each round who earned least in it is out, of two alike who has less so far;
        ``duel`` best of three rounds.
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
        self._end_s = span_s[1]

    def stands(self, judges: Sequence[Judge], song_s: float) -> tuple[Stand, ...]:
        """Return how everybody stands at a song second; infinite: at the end."""
        return self.stood(_danced(judges), song_s)

    def stood(self, moves: Sequence[Danced], song_s: float) -> tuple[Stand, ...]:
        """Return how everybody stands at a song second with what was judged until then."""
        ended = self._ended(moves, song_s)
        stands = [self._stand(k, one, song_s, ended) for k, one in enumerate(moves)]
        order = [
            (stand.wins, self._last(k, ended), round(stand.points or 0.0, TOLD_DIGITS))
            for k, stand in enumerate(stands)
        ]
        least = self._least(stands)
        return tuple(
            replace(stand, rank=1 + sum(other > order[k] for other in order), least=k == least)
            for k, stand in enumerate(stands)
        )

    def _least(self, stands: Sequence[Stand]) -> int | None:
        """Return who would be out now; None where nobody is yet, or it is not known."""
        here = {k: stand.here for k, stand in enumerate(stands) if not stand.out}
        known = [points for points in here.values() if points is not None]
        if self.kind != "elimination" or len(known) < max(len(here), 2):
            return None
        low = [k for k, points in here.items() if points == min(known)]
        return low[0] if len(low) == 1 else None

    def course(self, judges: Sequence[Judge], song_s: float) -> Course:
        """Return how far the contest is at a song second."""
        number = self._number(song_s)
        now = self.rounds[number]
        ended = self._ended(_danced(judges), song_s)
        told_s = song_s - self.rounds[len(ended) - 1].end_s - KNOWN_S if ended else math.inf
        left_s = max(min(now.end_s, self._end_s) - song_s, 0.0)
        return Course(number, song_s - now.start_s, left_s, ended, told_s)

    def earned(self, judges: Sequence[Judge]) -> tuple[Earned, ...]:
        """Return what everybody earned in the rounds that counted for them, at the end."""
        moves = _danced(judges)
        ended = self._ended(moves, math.inf)
        return tuple(
            Earned(
                tuple(
                    (number, one.points([self.rounds[number]]))
                    for number in self._theirs(k, ended)
                ),
                tuple(one.inside([self.rounds[number] for number in self._theirs(k, ended)])),
            )
            for k, one in enumerate(moves)
        )

    @property
    def changes_s(self) -> tuple[float, ...]:
        """Song seconds at which a round begins after another."""
        return tuple(each.start_s for each in self.rounds[1:])

    def _number(self, song_s: float) -> int:
        """Return which round is danced at a song second; before the first one it is that."""
        return max(sum(song_s >= each.start_s for each in self.rounds) - 1, 0)

    def whose(self, song_s: float) -> int | None:
        """Return whose turn it is at a song second; None: everybody's."""
        return self.rounds[
            max(sum(song_s >= each.start_s for each in self.rounds) - 1, 0)
        ].owner

    def _ended(self, moves: Sequence[Danced], song_s: float) -> tuple[int | None, ...]:
        """Return of each round that is over who won it, or is out after it."""
        ended: list[int | None] = []
        if self.kind not in ("duel", "elimination"):
            return ()
        for number, each in enumerate(self.rounds):
            won = max(ended.count(k) for k in range(self.players)) > BEST_OF // 2
            if song_s < each.end_s + KNOWN_S or (self.kind == "duel" and won):
                break
            told = [_told(one, [each]) for one in moves]
            if self.kind == "duel":
                best = [k for k, points in enumerate(told) if points == max(told)]
                ended.append(best[0] if len(best) == 1 else None)
                continue
            so_far = [_told(one, self.rounds[: number + 1]) for one in moves]
            inside = [k for k in range(self.players) if k not in ended]
            ended.append(min(inside, key=lambda k: (told[k], so_far[k])))
        return tuple(ended)

    def _last(self, k: int, ended: Sequence[int | None]) -> int:
        """Return the last round in which somebody was in; who never goes out: as many as there are."""
        out = self.kind == "elimination" and k in ended
        return ended.index(k) if out else len(self.rounds)

    def _theirs(self, k: int, ended: Sequence[int | None]) -> list[int]:
        """Return the rounds that count for somebody."""
        last = self._last(k, ended)
        return [
            number
            for number, each in enumerate(self.rounds)
            if each.owner in (None, k) and number <= last
        ]

    def _stand(
        self, k: int, moves: Danced, song_s: float, ended: Sequence[int | None]
    ) -> Stand:
        theirs = [self.rounds[number] for number in self._theirs(k, ended)]
        out = self._last(k, ended) < len(self.rounds)
        on = not out and self._number(song_s) in self._theirs(k, ended)
        coming = [
            each.start_s - song_s
            for each in theirs
            if each.owner == k and each.start_s > song_s
        ]
        in_s = min(coming, default=None)
        wins = ended.count(k) if self.kind == "duel" else 0
        here = moves.points([self.rounds[self._number(song_s)]]) if on else None
        return Stand(moves.points(theirs), on, in_s, out, wins, here=here)


class Danced(NamedTuple):
    """Somebody's verdicts, and how much each of the song's moves counts."""

    verdicts: Sequence[Verdict]
    weight: Sequence[float]

    def inside(self, rounds: Sequence[Round]) -> list[Verdict]:
        """Return the moves that were judged and lie in some rounds."""
        return [
            move
            for move in self.verdicts
            if move.judged
            and any(
                one.start_s <= (move.start_s + move.end_s) / 2 < one.end_s for one in rounds
            )
        ]

    def points(self, rounds: Sequence[Round]) -> float | None:
        """Return what was earned in some rounds, 0..100; None where nothing of them was judged."""
        inside = self.inside(rounds)
        weight = [self.weight[move.move] for move in inside]
        if not sum(weight) > 0:
            return None
        return float(np.average([move.score for move in inside], weights=weight))


def _told(one: Danced, rounds: Sequence[Round]) -> float:
    """Return somebody's points in some rounds as they are told; 0 where nothing was judged."""
    return round(one.points(rounds) or 0.0, TOLD_DIGITS)


def _danced(judges: Sequence[Judge]) -> list[Danced]:
    return [Danced(judge.verdicts, judge.standard.weight.tolist()) for judge in judges]


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
