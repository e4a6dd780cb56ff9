"""How hard a dance is, 1 to 10, and what makes it so.

Six things are measured of the dance alone, no player needed: how fast it turns its limbs, how many of
them at once, how far they reach, how much of it has not come before, how much of that must be
remembered in a time, and how little it holds still. Each is a mean over the whole dance, of speeds
the root of their mean square: a burst is harder than the same way at leisure. So a dance that is
slowed down, made smaller, held, repeated (also in the mirror) or danced with fewer limbs is never
harder for it. ``tools/bench/scoring/bench_difficulty.py`` checks the level against what simulated
players earn.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import N_
from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.scoring.energy import HOLD_EFFORT, motion, ratio
from kpopdance.realtime.scoring.features import (
    BASE_WEIGHT,
    FEATURE_FPS,
    LIMB_BONES,
    describe,
    mirror_image,
)
from kpopdance.realtime.scoring.moves import motion_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.tempo import Tempo
    from kpopdance.realtime.core.types import Choreography
    from kpopdance.realtime.scoring.features import Features

    Floats = NDArray[np.floating]

EASIEST: Final = 1.0
HARDEST: Final = 10.0
SHOWN: Final = 0.3
"""Of the time a limb must be seen to count: nobody copies what the coach hardly shows."""
MOVES: Final = 0.4  # 1/s; a limb that turns less goes along with the others
WILD: Final = 8.0  # 1/s; faster is a joint mistaken for another
SAME: Final = 0.6
"""Mean distance of two bars' directions (two opposite ones: 2) from which on nothing is alike."""
BAR_ROWS: Final = 24  # of a bar as it is compared with others, whatever its length
USUAL: Final = {
    "speed": 2.9, "limbs": 1.9, "reach": 0.5, "new": 0.4, "memory": 1.6, "motion": 0.75,
}  # fmt: skip
"""What an idol dance of middling difficulty has; there each part is one half."""
WEIGHT: Final = {
    "speed": 0.4, "limbs": 0.1, "reach": 0.2, "new": 0.05, "memory": 0.15, "motion": 0.1,
}  # fmt: skip
STEEP: Final = 2.5
EASY_BELOW: Final = 0.35
HARD_ABOVE: Final = 0.62
WORDS: Final = {
    "speed": (N_("fast"), N_("slow")),
    "limbs": (N_("many limbs at once"), N_("few limbs at once")),
    "reach": (N_("large moves"), N_("small moves")),
    "new": (N_("few repeats"), N_("many repeats")),
    "memory": (N_("much to remember"), N_("little to remember")),
    "motion": (N_("hardly a hold"), N_("many holds")),
}
"""What is said where a part is high, and where it is low."""
REASONS: Final = 3


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How hard a dance is.

    ``level`` is 1..10; ``parts`` name -> 0..1, one half in a dance of middling difficulty: ``speed``,
    ``limbs`` at once, ``reach``, ``new`` (has not come before), ``memory`` (how much of that in a
    time) and ``motion`` (no hold).
    """

    level: float
    parts: dict[str, float]

    @property
    def reasons(self) -> tuple[str, ...]:
        """What makes it hard, or easy, in words; what tells most first, nothing of the usual."""
        telling = sorted(self.parts.items(), key=lambda part: -abs(part[1] - 0.5))
        said = [
            WORDS[name][0 if value > HARD_ABOVE else 1]
            for name, value in telling
            if not EASY_BELOW <= value <= HARD_ABOVE
        ]
        return tuple(said[:REASONS])


def difficulty_of(dance: Choreography, tempo: Tempo) -> Difficulty:
    """Return how hard it is to dance one member's dance to a tempo."""
    at_s = np.arange(dance.start_s, dance.end_s, 1 / FEATURE_FPS)
    features = describe(choreography_rows(dance, at_s), FEATURE_FPS)
    measured = measure(features, at_s, tempo)
    parts = {name: _share(value, USUAL[name]) for name, value in measured.items()}
    load = sum(WEIGHT[name] * value for name, value in parts.items())
    return Difficulty(EASIEST + (HARDEST - EASIEST) * load, parts)


def _share(value: float, usual: float) -> float:
    """Return 0 for nothing, one half for the usual, near 1 for much more; it always rises."""
    steep: float = (value / usual) ** STEEP
    return steep / (1 + steep)


def measure(features: Features, at_s: Floats, tempo: Tempo) -> dict[str, float]:
    """Return the six parts as they are measured of a dance's rows at song seconds (T,)."""
    turning = _turning(features)
    new = _newness(features, at_s, tempo)
    weight = BASE_WEIGHT * features.weight
    middle = ratio(
        (weight[..., None] * features.direction).sum(axis=0), weight.sum(axis=0)[:, None]
    )
    away = np.linalg.norm(features.direction - middle, axis=-1)
    return {
        "speed": float(np.sqrt((turning.max(axis=1) ** 2).mean())),
        "limbs": float((turning > MOVES).sum(axis=1).mean()),
        "reach": float(_of_shown(features, ratio((weight * away).sum(0), weight.sum(0)))),
        "new": float(new.mean()),
        "memory": float((new * turning.sum(axis=1)).mean()),
        "motion": float((motion_of(features) >= HOLD_EFFORT).mean()),
    }


def _turning(features: Features) -> Floats:
    """Return how fast each limb turns, 1/s (T, 5); 0 for one that is hardly ever shown."""
    weight = BASE_WEIGHT * features.weight
    moved = np.minimum(motion(features), WILD)
    limbs = []
    for bones in map(list, LIMB_BONES.values()):
        seen = weight[:, bones].sum(axis=1)
        share = float((seen > 0).mean())
        fast = ratio((weight[:, bones] * moved[:, bones]).sum(axis=1), seen)
        limbs.append(fast / share if share >= SHOWN else 0.0 * fast)
    return np.stack(limbs, axis=1)


def _of_shown(features: Features, each: Floats) -> float:
    """Return the mean of a value of each bone (B,), 0 for those that are hardly ever shown."""
    shown = (features.weight > 0).mean(axis=0) >= SHOWN
    return float((BASE_WEIGHT * shown * each).sum() / BASE_WEIGHT.sum())


def _newness(features: Features, at_s: Floats, tempo: Tempo) -> Floats:
    """Return how new each row's bar is (T,): 1 like nothing before, 0 danced before, or its mirror."""
    edges = np.searchsorted(at_s, _bars_s(at_s, tempo))
    spans = [(a, b) for a, b in pairwise([0, *edges.tolist(), len(at_s)]) if b > a]
    turned = mirror_image(features)
    told, mirrors = (_alike([_bar(one, span) for span in spans]) for one in (features, turned))
    apart = np.minimum(
        *(1 - ratio(told[0] @ known.T, told[1] @ seen.T) for known, seen in (told, mirrors))
    )
    apart[np.triu(np.ones_like(apart, dtype=bool))] = 2.0  # itself and what comes later
    nearest = np.clip(apart.min(axis=1) / SAME, 0, 1)
    return np.repeat(nearest, [b - a for a, b in spans])


def _bars_s(at_s: Floats, tempo: Tempo) -> list[float]:
    """Return the song seconds at which bars begin in a dance."""
    beats = range(tempo.bar_from(float(at_s[0])), int(tempo.beat_at(float(at_s[-1]))) + 1, 4)
    return [tempo.second_of(beat) for beat in beats]


def _bar(features: Features, span: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return directions (R, 11, 2) and their weights (R, 11) of a bar at so many moments."""
    rows = np.linspace(*span, BAR_ROWS, endpoint=False).astype(np.intp)
    return features.direction[rows], np.sqrt(BASE_WEIGHT) * features.weight[rows]


def _alike(bars: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Return weighted directions (N, ...) and weights (N, ...): products of two tell the likeness."""
    way, weight = (np.stack(each).astype(np.float32) for each in zip(*bars, strict=True))
    return (way * weight[..., None]).reshape(len(bars), -1), weight.reshape(len(bars), -1)
