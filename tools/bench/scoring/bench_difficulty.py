"""How well the level of a dance says what players of several skills will earn of it.

    python -m tools.bench.scoring.bench_difficulty [--songs 24] [--seed 1]

Songs nobody danced, each with a tempo, reach, limbs, holds and repetitions of its own, are danced by
players of four skills and judged by the game's own judge. A player knows nothing of the level: late by
a lag that wanders, off in every bone the more the farther it goes, no faster than a body of that skill
turns, and forgetting a bar the more often the more poses it has and the less often it came. Printed:
every song, and how well the order of the levels is the order of what was lost (Spearman's rank
correlation), all players together and skill by skill.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.tempo import Tempo
from kpopdance.realtime.core.track import resample
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.scoring.chance import corrected
from kpopdance.realtime.scoring.difficulty import Difficulty, difficulty_of
from kpopdance.realtime.scoring.marks import marks_of
from kpopdance.realtime.scoring.standard import standard_from_choreography, windows_of
from kpopdance.realtime.scoring.timing import BAND_ROWS
from tools.bench.scoring import spoilt_dances as spoil
from tools.bench.scoring.generated_dances import FPS, STYLES, choreography, generated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.scoring.standard import Standard

    Joints = NDArray[np.float32]

SKILLS: Final = (0.2, 0.4, 0.6, 0.8)
PLAYERS: Final = 12  # of each skill
LENGTH_S: Final = 40.0
PHRASE_BARS: Final = 4
LATE_S: Final = 0.15  # a wandering lag's standard deviation at skill 0, as the others
UNSTEADY: Final = 0.5  # of how far a bone is from its mean direction
TURNS: Final = (2.5, 9.0)  # rad/s that a body of skill 0, and of skill 1, can turn its bones
FORGETS: Final = 0.12  # how often a pose to reach that came never before is; then half as often


@dataclass(frozen=True, slots=True, eq=False)
class Song:
    """A generated song: its dance, its tempo, which bar each one is, and poses to reach in a bar."""

    name: str
    dance: Choreography
    bpm: float
    bars: tuple[int, ...]
    poses: float


def song_of(seed: int) -> Song:
    """Return the song of a seed: one of the twelve styles made easier at random, phrases repeated."""
    rng = np.random.default_rng([16, seed])
    name = list(STYLES)[seed % len(STYLES)]
    usual = STYLES[name]
    style = replace(
        usual,
        bpm=usual.bpm * rng.uniform(0.75, 1.15),
        arms=usual.arms * rng.uniform(0.5, 1.0),
        legs=usual.legs * rng.uniform(0.2, 1.0),
        holds=max(usual.holds, float(rng.choice([0.0, 0.0, 0.3]))),
        alike=max(usual.alike, float(rng.choice([0.0, 0.0, 0.8]))),
    )
    joints = choreography(generated(style, seed, length_s=LENGTH_S)).joints
    bar_rows = 4 * 60 / style.bpm * FPS
    count = int(len(joints) / bar_rows)
    again = int(rng.choice([1, 2, 4, 99]))  # phrases until the first one comes again
    bars = tuple(k % (again * PHRASE_BARS) for k in range(count))
    parts = [
        joints[round(k * bar_rows) :][: round((n + 1) * bar_rows) - round(n * bar_rows)]
        for n, k in enumerate(bars)
    ]
    dance = Choreography(np.concatenate(parts), FPS)
    poses = 4 / float(np.mean(style.rhythm)) * (1 - style.holds) * (1 - style.alike / 2)
    limbs = f"arms {style.arms:.1f} legs {style.legs:.1f}"
    return Song(f"{name}, {style.bpm:.0f} bpm, {limbs}", dance, style.bpm, bars, poses)


def danced(song: Song, skill: float, seed: int) -> Joints:
    """Return how a player of a skill 0..1 dances it, joints (T, 18, 3) in picture heights."""
    rng = np.random.default_rng([17, seed])
    lack = 1 - skill
    joints = _forgotten(song, lack * FORGETS, rng)
    joints = spoil.unsteady(joints, seed, lack * UNSTEADY, fps=FPS)
    joints = spoil.turned_at_most(joints, (TURNS[0] + skill * (TURNS[1] - TURNS[0])) / FPS)
    at_s = np.arange(len(joints)) / FPS
    lag_s = lack * LATE_S * np.abs(spoil.wandering(rng, 0.4 * at_s))
    return spoil.noisy(resample(at_s, joints, np.clip(at_s - lag_s, 0, at_s[-1])), seed)


def _forgotten(song: Song, often: float, rng: np.random.Generator) -> Joints:
    """Return the dance with forgotten bars held still where they begin."""
    joints = song.dance.joints.copy()
    bar_rows = 4 * 60 / song.bpm * FPS
    came: dict[int, int] = {}
    for number, bar in enumerate(song.bars):
        rows = slice(round(number * bar_rows), round((number + 1) * bar_rows))
        remembered = (1 - often * 0.5 ** came.get(bar, 0)) ** song.poses
        if rng.uniform() > remembered:
            joints[rows] = joints[rows.start]
        came[bar] = came.get(bar, 0) + 1
    return joints


def earned(standard: Standard, joints: Joints) -> float:
    """Return the score 0..100 that the game's judge gives, all moves at once."""
    at_s = standard.dance.start_s + np.arange(len(joints)) / FPS
    player = windows_of(lambda t: resample(at_s, joints, t), standard.end_s, BAND_ROWS)
    marks = marks_of(
        standard.windows, player, standard.rows, standard.floor, standard.terms.strict
    )
    worth = float(np.average(marks.worth, weights=standard.weight))
    return 100 * corrected(worth, standard.null)


def rank_correlation(first: list[float], second: list[float]) -> float:
    """Return Spearman's rank correlation of values without ties."""
    ranks = [np.argsort(np.argsort(each)) for each in (first, second)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--songs", type=int, default=24)
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    levels, lost = [], []
    print("| song | level | why | " + " | ".join(f"skill {s}" for s in SKILLS) + " |")
    print("|---" * (3 + len(SKILLS)) + "|")
    for seed in range(asked.seed, asked.seed + asked.songs):
        song = song_of(seed)
        found: Difficulty = difficulty_of(song.dance, Tempo(song.bpm))
        standard = standard_from_choreography(song.dance, bpm=song.bpm)
        scores = [
            float(np.mean([earned(standard, danced(song, skill, k)) for k in range(PLAYERS)]))
            for skill in SKILLS
        ]
        levels.append(found.level)
        lost.append([100 - score for score in scores])
        row = " | ".join(f"{score:.0f}" for score in scores)
        print(
            f"| {song.name} | {found.level:.1f} | {', '.join(found.reasons)} | {row} |",
            flush=True,
        )
    together = rank_correlation(levels, np.mean(lost, axis=1).tolist())
    each = [rank_correlation(levels, column) for column in np.transpose(lost).tolist()]
    print(f"\nSpearman, all players together: {together:.2f}")
    print("skill by skill: " + ", ".join(f"{rho:.2f}" for rho in each))


if __name__ == "__main__":
    main()
