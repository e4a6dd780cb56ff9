"""How much is danced: motion of the bones beyond what a standing body wanders, and its credit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.scoring.features import lengths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.scoring.features import Features

STEADY_SPEED: Final = 0.5  # 1/s, what a standing player's key points wander
HOLD_EFFORT: Final = 0.10  # 1/s; a reference with less motion is a hold
WILD_ENERGY: Final = (2.0, 3.2)  # times the reference's motion: full credit, none
HOLD_STILL: Final = (0.3, 1.3)  # 1/s beyond that; all that is allowed in a hold


class Energy(NamedTuple):
    """Motion in N windows, float64 (N,).

    ``ratio`` the player's per the reference's, of what was seen of both; ``effort`` the
    reference's and ``restless`` the player's own, 1/s.
    """

    ratio: NDArray[np.float64]
    effort: NDArray[np.float64]
    restless: NDArray[np.float64]


def motion(features: Features) -> NDArray[np.float32]:
    """Return each bone's motion in 1/s, float32 (..., B), 0 for what a standing body wanders."""
    speed = lengths(features.velocity)
    moved: NDArray[np.float32] = np.maximum(speed - STEADY_SPEED, 0)
    return moved


def energy(reference: Features, player: Features, ask: NDArray[np.float32]) -> Energy:
    """Return the energies of N windows of rows that belong together, weighted by ``ask`` (N, R, B)."""
    both = ask * (player.weight > 0)
    total = both.sum(axis=(-2, -1))
    asked = ratio((both * motion(reference)).sum(axis=(-2, -1)), total)
    danced = ratio((both * motion(player)).sum(axis=(-2, -1)), total)
    effort = ratio((ask * motion(reference)).sum(axis=(-2, -1)), ask.sum(axis=(-2, -1)))
    return Energy(ratio(danced, asked), effort, danced)


def energy_credit(danced: Energy, full: float) -> NDArray[np.float64]:
    """Return the credit 0..1 for motion: as large as the choreography, and not much wilder.

    ``full`` is the share of the reference's motion that earns everything. A hold asks for
    stillness only; what is allowed grows from there with what the reference moves where both
    were seen.
    """
    seen = np.where(danced.ratio > 0, ratio(danced.restless, danced.ratio), danced.effort)
    fine, none = (
        still + times * seen for still, times in zip(HOLD_STILL, WILD_ENERGY, strict=True)
    )
    tame = np.clip((none - danced.restless) / (none - fine), 0, 1)
    enough = np.clip(danced.ratio / full, 0, 1)
    credit: NDArray[np.float64] = tame * np.where(danced.effort < HOLD_EFFORT, 1.0, enough)
    return credit


def ratio(part: NDArray[np.floating], whole: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return part / whole, 0 where there is no whole."""
    out: NDArray[np.float64] = np.where(whole > 1e-9, part / np.maximum(whole, 1e-9), 0.0)
    return out
