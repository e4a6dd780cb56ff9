"""How well a group dances together: in time with each other, in formation, each their own part.

The score of a team is the mean of its dancers' own, less up to a fifth for not being together and up
to a tenth for standing elsewhere than the choreography asks: so nobody gains by standing still side by
side. How late somebody is comes from their verdicts, against the choreography; how far two are apart is
the difference, so that a delay that all have in common (a speaker's) is none of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.scoring.judge import Judge

NEIGHBOURS: Final = 1  # moves before and after, of whose lags the median is taken
NEAR_S: Final = 2.5  # a lag is known so far from the middle of a move
TOGETHER_MS: Final = (40.0, 200.0)  # apart on average: all of the credit, none
IN_PLACE: Final = (0.3, 1.5)  # body heights off: all of the credit, none
UNISON_SHARE: Final = 0.2
FORMATION_SHARE: Final = 0.1
DEPTH: Final = (
    0.5  # of a step to the side counts one away from the camera: it is seen less exactly
)
ROOM: Final = (0.3, 1.3)  # a room may be so much smaller or larger than the stage


@dataclass(frozen=True, slots=True)
class Team:
    """A group's dance judged.

    Attributes
    ----------
    score : float
        0..100.
    own : float
        The mean of the dancers' own scores.
    apart_ms : float or None
        How far apart in time two of them are, on average; None: never two of them danced at once.
    lags_ms : tuple of float or None
        Each dancer's median lag, positive is late.
    formation : float or None
        How far off their places they are, in body heights; None where the song tells no places, all
        dance the same part, or too little was seen.
    """

    score: float
    own: float
    apart_ms: float | None
    lags_ms: tuple[float | None, ...]
    formation: float | None = None


def team_of(judges: Sequence[Judge], formation: float | None = None) -> Team:
    """Return how a group danced together; ``formation`` is how far off their places they were."""
    lags = [lags_of(judge) for judge in judges]
    own = float(np.mean([judge.totals()[0] for judge in judges]))
    apart = apart_ms(lags)
    medians = tuple(1000 * float(np.median(late)) if len(late) else None for _, late in lags)
    return Team(team_points(own, apart, formation), own, apart, medians, formation)


def team_points(own: float, apart: float | None, formation: float | None = None) -> float:
    """Return a team's score, 0..100: the mean of its dancers' ``own`` less what it costs.

    ``apart`` is in ms, ``formation`` how far off their places they are; not known, neither costs.
    """
    lost = UNISON_SHARE * (1 - _credit(apart, TOGETHER_MS))
    lost += FORMATION_SHARE * (1 - _credit(formation, IN_PLACE))
    return own * (1 - lost)


def lags_of(
    judge: Judge, since_s: float = -np.inf
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middles of the moves that were recognised, and their lags, float64 (N,) both, s.

    Only moves that end after ``since_s``; one move's lag is uncertain, so it is the median with its
    neighbours'.
    """
    moves = [
        move for move in judge.verdicts
        if move.judged and move.end_s > since_s and judge.recognised(move)
    ]  # fmt: skip
    middle = np.array([(move.start_s + move.end_s) / 2 for move in moves])
    lag = np.array([move.lag_s for move in moves])
    calm = [
        float(np.median(lag[max(k - NEIGHBOURS, 0) : k + NEIGHBOURS + 1]))
        for k in range(len(lag))
    ]
    return middle, np.array(calm)


def apart_ms(
    lags: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> float | None:
    """Return how far apart in time two dancers are on average, ms; None where no two are known at once.

    ``lags`` are everybody's, see ``lags_of``. The median over the moments of all moves, so that a
    passage in which one is lost does not decide.
    """
    moments = np.unique(np.concatenate([middle for middle, _ in lags] or [np.zeros(0)]))
    late = np.stack([_lag_at(moments, *one) for one in lags]) if lags else np.zeros((0, 0))
    pairs = np.array([np.abs(one - other) for one, other in combinations(late, 2)])
    if not pairs.size:
        return None
    both = np.isfinite(pairs)
    known = both.any(axis=0)
    if not known.any():
        return None
    mean = np.where(both, pairs, 0).sum(axis=0)[known] / both.sum(axis=0)[known]
    return 1000 * float(np.median(mean))


def off_places(danced: NDArray[np.float64], asked: NDArray[np.float64]) -> float | None:
    """Return how far off their places a group is, body heights; None where that is not known.

    Parameters
    ----------
    danced, asked : float64 (P, T, 2)
        Where dancers stood, and where the members are whose parts they dance: to the right and away
        from the camera, body heights; NaN unknown. Only how they stand to each other counts, and the
        room may be smaller than the stage.
    """
    known = np.asarray(np.isfinite(danced + asked).all(axis=-1))
    moments = known.sum(axis=0) >= 2
    if len(danced) < 2 or not moments.any():
        return None
    weigh = np.array([1.0, DEPTH])
    here, there = (
        _about_middle(places[:, moments], known[:, moments]) * weigh
        for places in (danced, asked)
    )
    spread = float((there * there).sum())
    if spread < 1e-6:
        return None
    room = float(np.clip((here * there).sum() / spread, *ROOM))
    off = np.linalg.norm(here - room * there, axis=-1) / room
    mean = np.where(known[:, moments], off, 0).sum(axis=0) / known[:, moments].sum(axis=0)
    return float(np.median(mean))


def _about_middle(places: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return places (P, T, 2) from the middle of those known at each moment; 0 where unknown."""
    there = np.where(known[..., None], places, 0)
    middle = there.sum(axis=0) / np.maximum(known.sum(axis=0), 1)[:, None]
    return np.where(known[..., None], there - middle, 0)


def _lag_at(
    moments: NDArray[np.float64], middle: NDArray[np.float64], lag: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return somebody's lag at song seconds (N,), NaN where none of their moves is near."""
    if not len(middle):
        return np.full(len(moments), np.nan)
    away = np.abs(moments[:, None] - middle).min(axis=1)
    return np.where(away <= NEAR_S, np.interp(moments, middle, lag), np.nan)


def _credit(value: float | None, between: tuple[float, float]) -> float:
    """Return 1..0 for what is well up to one value, and nothing from another on; 1: not known."""
    well, bad = between
    return 1.0 if value is None else float(np.clip((bad - value) / (bad - well), 0, 1))
