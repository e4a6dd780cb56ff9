"""How many minutes simulated learners need to 85 points: by full runs, from the start, by our list.

    python -m tools.bench.scoring.bench_teaching [--learners 24] [--seed 1] [--seen 0.5]

The model. A learner has an error 0..1 in each of 60 moves, most of them small, some large; a move earns
100 times what is left of 1. At tempo t an error is t times as large: slow is easier. A repetition takes
away a share of a move's error: the learner's rate times what of the move went well, for nobody learns
from what fails altogether (Guadagnoli and Lee, "Challenge point", Journal of Motor Behavior 2004). In a
full run it takes away only ``--seen`` of that: the next move is danced already while one would think
about the last (Salmoni, Schmidt and Walter, "Knowledge of results", Psychological Bulletin 1984: filled
intervals after a result spoil its use). Between repetitions errors creep back towards their first size,
by half in ``--half-life`` minutes, and the slower the more often a move was repeated. Tries scatter.

The ways. ``runs``: the whole dance at full tempo, again and again. ``start``: each move from the first
on, by the game's own steps (``Drill``), until it is clean at full tempo; after the last one a full run,
then the first again. ``list``: a full run, then the first moves of ``what_to_practise`` by the same
steps, then a full run again. Each try costs its move and four counted beats at its tempo, each full run
its length and a pause, each change of move some seconds.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.types import Report, Verdict
from kpopdance.realtime.scoring.practice import (
    FULL,
    Drill,
    Passage,
    drill_of,
    sections_of,
    what_to_practise,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

GOAL: Final = 85.0
MOST_MINUTES: Final = 240.0
MOVES: Final = 60
BEAT_S: Final = 0.5
COUNT_IN_S: Final = 4 * BEAT_S
CHANGE_S: Final = 3.0  # of hands and eyes, from one move to the next
BETWEEN_RUNS_S: Final = 12.0  # the result, the loading, the count-in
LISTED: Final = 10  # of the list, before the next full run
MOST_TRIES: Final = 30  # of one move, then the next one
FIRMER_AFTER: Final = 4.0  # repetitions that make a move last twice as long
SCATTER: Final = 6.0  # points, of a try about what the learner can
RATES: Final = {"slow": 0.06, "usual": 0.12, "quick": 0.25}
HALF_LIFE_MIN: Final = 60.0
SEEN: Final = 0.5


@dataclass(slots=True)
class Learner:
    """Somebody who learns a dance of K moves; ``spent_s`` so far.

    ``first`` and ``error`` float64 (K,) 0..1, ``weight`` float64 (K,) sums to 1, ``length_s`` (K,).
    """

    first: Floats
    weight: Floats
    length_s: Floats
    rate: float
    half_life_s: float
    rng: np.random.Generator
    seen: float = 1.0
    spent_s: float = 0.0
    error: Floats = field(init=False)
    repeated: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.error, self.repeated = self.first.copy(), np.zeros(len(self.first))

    @property
    def score(self) -> float:
        """What a full run would earn now, 0..100."""
        return float(100 * (1 - (self.weight * self.error).sum()))

    @property
    def done(self) -> bool:
        """Whether the goal is reached, or given up."""
        return self.score >= GOAL or self.spent_s > 60 * MOST_MINUTES

    def wait(self, seconds: float) -> None:
        """Forget a little."""
        self.spent_s += seconds
        kept = 0.5 ** (seconds / (self.half_life_s * (1 + self.repeated / FIRMER_AFTER)))
        self.error = self.first + (self.error - self.first) * kept

    def repeat(self, moves: slice, tempo: float, share: float = 1.0) -> float:
        """Dance some moves once; return what the try earned."""
        error = self.error[moves] * tempo
        weight = self.weight[moves]
        earned = 100 * (1 - float(np.average(error, weights=weight)))
        self.error[moves] *= 1 - self.rate * share * (1 - error)
        self.repeated[moves] += share
        return earned + float(self.rng.normal(0, SCATTER))

    def run(self) -> Report:
        """Dance all of it; return what it said of each move."""
        error = self.error.copy()
        self.repeat(slice(None), 1.0, self.seen)
        self.wait(float(self.length_s.sum()) + BETWEEN_RUNS_S)
        scores = 100 * (1 - error) + self.rng.normal(0, SCATTER, len(error))
        ends_s = np.cumsum(self.length_s)
        moves = tuple(
            Verdict(k, float(end_s - length_s), float(end_s), "OK", float(score), 0.0)
            for k, (end_s, length_s, score) in enumerate(
                zip(ends_s, self.length_s, np.clip(scores, 0, 100), strict=True)
            )
        )
        return Report(self.score, 0, None, 1.0, {}, moves, weights=tuple(self.weight.tolist()))

    def practise(self, move: int, score: float | None) -> None:
        """Practise a move by the game's steps until it is clean at full tempo."""
        ends_s = np.cumsum(self.length_s)
        everything = sections_of((ends_s - self.length_s).tolist(), ends_s.tolist(), ())
        drill: Drill = drill_of(Passage(move, move), everything, score)
        self.wait(CHANGE_S)
        for _ in range(MOST_TRIES):
            if drill.passage != (move, move) or self.done:
                break
            earned = self.repeat(slice(move, move + 1), drill.tenths / FULL)
            self.wait((float(self.length_s[move]) + COUNT_IN_S) / drill.tempo)
            drill = drill.after(earned)


def by_runs(learner: Learner) -> None:
    """Dance the whole dance, again and again."""
    while not learner.done:
        learner.run()


def from_the_start(learner: Learner) -> None:
    """Practise each move from the first one on."""
    scores: list[float | None] = [move.score for move in learner.run().moves]
    while not learner.done:
        for move, score in enumerate(scores):
            if not learner.done:
                learner.practise(move, score)
        scores = [move.score for move in learner.run().moves]


def by_the_list(learner: Learner) -> None:
    """Practise what would gain most per minute, and look at all of it from time to time."""
    while not learner.done:
        report = learner.run()
        for exercise in what_to_practise(report, COUNT_IN_S)[:LISTED]:
            if not learner.done:
                learner.practise(exercise.move, report.moves[exercise.move].score)


WAYS: Final[dict[str, Callable[[Learner], None]]] = {
    "runs": by_runs, "start": from_the_start, "list": by_the_list,
}  # fmt: skip


def learner_of(
    seed: int, rate: float, *, half_life_min: float = HALF_LIFE_MIN, seen: float = SEEN
) -> Learner:
    """Return a learner of a dance whose moves are as unlike as those of real ones."""
    rng = np.random.default_rng([16, seed])
    length_s = BEAT_S * rng.choice([2, 4, 4, 4, 8], MOVES)
    weight = rng.uniform(0.4, 1.5, MOVES) * length_s
    hard = rng.beta(1, 2, MOVES)  # a third on average
    return Learner(hard, weight / weight.sum(), length_s, rate, 60 * half_life_min, rng, seen)


def minutes(way: str, learner: Learner) -> float:
    """Return how long a learner takes to the goal one way."""
    WAYS[way](learner)
    return learner.spent_s / 60


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--half-life", type=float, default=HALF_LIFE_MIN)
    parser.add_argument("--seen", type=float, default=SEEN)
    args = parser.parse_args()
    print("minutes to 85 points, median of", args.learners, "learners (quartiles)")
    print(f"{'learner':10}" + "".join(f"{way:>22}" for way in WAYS))
    for name, rate in RATES.items():
        cells = []
        for way in WAYS:
            took = [
                minutes(way, learner_of(
                    args.seed + k, rate, half_life_min=args.half_life, seen=args.seen
                )) for k in range(args.learners)
            ]  # fmt: skip
            low, middle, high = np.percentile(took, [25, 50, 75])
            cells.append(f"{middle:.0f} ({low:.0f}-{high:.0f})")
        print(f"{name:10}" + "".join(f"{cell:>22}" for cell in cells))


if __name__ == "__main__":
    main()
