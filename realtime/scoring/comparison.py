"""How alike two dances are, window by window: likeness, lag, energy, coverage.

A window is some four seconds that end with the move under judgement: lag scatters too much over
less, so all of them align together and only the move is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.scoring.alignment import align
from kpopdance.realtime.scoring.coverage import enough, enough_of, visible
from kpopdance.realtime.scoring.energy import HOLD_EFFORT, Energy, energy, ratio
from kpopdance.realtime.scoring.features import LIMB_BONES, VELOCITY_ROWS, Features
from kpopdance.realtime.scoring.likeness import asked_weight, bone_likeness, shifted_likeness
from kpopdance.realtime.scoring.timing import BAND_ROWS, lag_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN_ROWS: Final = BAND_ROWS + VELOCITY_ROWS
"""Rows a player's window reaches beyond the reference's, on both sides."""


class LimbMarks(NamedTuple):
    """One limb in N windows, all float64 (N,) but ``energy``.

    ``likeness`` 0..1; ``energy`` its motion; ``asked`` how much of the dance it is as far as it
    was seen; ``seen`` 0..1, how much of what is asked of it was seen (1 where nothing is asked);
    ``whole`` how much of the dance it is, seen or not.
    """

    likeness: NDArray[np.float64]
    energy: Energy
    asked: NDArray[np.float64]
    seen: NDArray[np.float64]
    whole: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What N windows gave, float64 (N,) where not said.

    ``likeness`` 0..1; ``lag_s`` positive = late; ``energy`` the motion; ``coverage`` 0..1, how
    much of what is asked was seen; ``enough`` 0..1, whether rows saw enough to be judged;
    ``limbs`` name -> marks; ``bones`` (N, 11) likeness 0..1; ``aside`` (N, 11, 2) how far the
    player's directions lie beside the reference's on average, x to the right and y down.
    """

    likeness: NDArray[np.float64]
    lag_s: NDArray[np.float64]
    energy: Energy
    coverage: NDArray[np.float64]
    enough: NDArray[np.float64]
    limbs: dict[str, LimbMarks]
    bones: NDArray[np.float64]
    aside: NDArray[np.float64]

    def windows(self, which: slice) -> Comparison:
        """Return some of the windows."""
        limbs = {
            name: LimbMarks(
                limb.likeness[which],
                _some(limb.energy, which),
                limb.asked[which],
                limb.seen[which],
                limb.whole[which],
            )
            for name, limb in self.limbs.items()
        }
        return Comparison(
            self.likeness[which], self.lag_s[which], _some(self.energy, which),
            self.coverage[which], self.enough[which], limbs, self.bones[which], self.aside[which],
        )  # fmt: skip


def compare(
    reference: Features,
    player: Features,
    judged_rows: int | NDArray[np.intp],
    alike: list[NDArray[np.float32]] | None = None,
) -> Comparison:
    """Compare N windows.

    Parameters
    ----------
    reference : Features
        (N, R, 11) rows of the choreography.
    player : Features
        (N, R + 2 * BAND_ROWS, 11) rows of the player around the same song seconds. What falls
        on rows that were not filmed is not asked.
    judged_rows : int or int (N,)
        How many of the last rows belong to the move that is judged.
    alike : list of float32 (N, R, 11), optional
        Their ``shifted_likeness``, where it is known already.
    """
    ask = asked_weight(reference)
    if alike is None:
        alike = shifted_likeness(reference, player)
    costs = lag_costs(player, ask, alike)
    path = align(costs)
    n, rows = path.shape
    pick = (np.arange(n)[:, None], np.arange(rows) + path)
    matched = Features(player.direction[pick], player.velocity[pick], player.weight[pick])
    sees = enough(ask, matched.weight)
    lag_s = lag_of(costs, path, ask.sum(axis=-1), sees)
    moved = energy(reference, matched, ask).restless
    told = np.arange(rows) >= rows - np.broadcast_to(judged_rows, n)[:, None]
    if player.filmed is not None:
        told = told & player.filmed[pick]
    ask = ask * told[..., None]
    seen = ask * matched.weight
    best = bone_likeness(reference, matched)
    asked = ask.sum(axis=(-2, -1))
    likeness = ratio((seen * best).sum(axis=-1), seen.sum(axis=-1)) * sees
    row_weight = ask.sum(axis=-1)
    return Comparison(
        likeness=ratio((likeness * row_weight).sum(axis=-1), asked),
        lag_s=np.where(moved < HOLD_EFFORT, 0.0, lag_s),  # nobody holds a pose late
        energy=energy(reference, matched, ask),
        coverage=ratio((ask * visible(matched.weight)).sum(axis=(-2, -1)), asked),
        enough=ratio((sees * row_weight).sum(axis=-1), asked),
        limbs=_limbs(reference, matched, ask, best),
        bones=ratio((seen * best).sum(axis=-2), seen.sum(axis=-2)),
        aside=_aside(reference, matched, seen),
    )


def lag_costs(
    player: Features, ask: NDArray[np.float32], alike: list[NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Return the costs (N, R, L) of every row against every lag: unlikeness times importance."""
    rows, importance = ask.shape[-2], ask.sum(axis=-1)
    seen = visible(player.weight)
    likeness = []
    for lag, bones in enumerate(alike):
        weight = ask * player.weight[..., lag : lag + rows, :]
        near = np.einsum("...b,...b->...", weight, bones)
        asked_seen = (ask * seen[..., lag : lag + rows, :]).sum(axis=-1)
        likeness.append(ratio(near, weight.sum(axis=-1)) * enough_of(asked_seen, importance))
    mean = np.maximum(importance.mean(axis=-1, keepdims=True), 1e-9)
    costs: NDArray[np.float32] = (1 - np.stack(likeness, axis=-1)).astype(np.float32)
    costs *= (importance / mean)[..., None]
    return costs


def _limbs(
    reference: Features, matched: Features, ask: NDArray[np.float32], alike: NDArray[np.float32]
) -> dict[str, LimbMarks]:
    out = {}
    for name, bones in LIMB_BONES.items():
        pick = list(bones)
        weight = ask[..., pick]
        seen = weight * matched.weight[..., pick]
        asked = seen.sum(axis=(-2, -1)).astype(np.float64)
        whole = weight.sum(axis=(-2, -1)).astype(np.float64)
        share = np.where(whole > 0, ratio((weight * visible(matched.weight[..., pick])).sum(
            axis=(-2, -1)), whole), 1.0)  # fmt: skip
        likeness = ratio((seen * alike[..., pick]).sum(axis=(-2, -1)), asked)
        danced = energy(_only(reference, pick), _only(matched, pick), weight)
        out[name] = LimbMarks(likeness, danced, asked, share, whole)
    return out


def _some(danced: Energy, which: slice) -> Energy:
    return Energy(*(part[which] for part in danced))


def _aside(
    reference: Features, matched: Features, seen: NDArray[np.float32]
) -> NDArray[np.float64]:
    off = (matched.direction - reference.direction) * seen[..., None]
    return ratio(off.sum(axis=-3), seen.sum(axis=-2)[..., None])


def _only(features: Features, bones: list[int]) -> Features:
    return Features(
        features.direction[..., bones, :],
        features.velocity[..., bones, :],
        features.weight[..., bones],
    )
