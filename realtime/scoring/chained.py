"""What several dances after one another ask: each one's moves as they are, cheats over all of them."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.realtime.scoring.features import joined
from kpopdance.realtime.scoring.marks import Floor
from kpopdance.realtime.scoring.standard import Standard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.core.types import Choreography


def chained(dance: Choreography, parts: Sequence[tuple[float, Standard]]) -> Standard:
    """Return what ``dance`` asks, made of (second at which its second 0 is, standard), in order.

    What a cheat earns is the mean of what it earns of each, as they count: the best one is the one
    that is best all along.
    """
    standards = [standard for _, standard in parts]
    counts = [float(standard.weight.sum()) for standard in standards]
    nulls = {
        kind: float(
            np.average([each.nulls.get(kind, 0.0) for each in standards], weights=counts)
        )
        for kind in sorted({kind for each in standards for kind in each.nulls})
    }
    best = max(nulls, key=lambda kind: nulls[kind])
    limbs = standards[0].floor.limbs
    return Standard(
        dance, standards[0].terms,
        np.concatenate([at_s + each.start_s for at_s, each in parts]),
        np.concatenate([at_s + each.end_s for at_s, each in parts]),
        np.concatenate([each.rows for each in standards]),
        reduce(joined, [each.windows for each in standards]),
        np.concatenate([each.weight for each in standards]),
        Floor({name: np.concatenate([s.floor.limbs[name] for s in standards]) for name in limbs}),
        nulls[best], float(np.average([each.null_upper for each in standards], weights=counts)),
        best, nulls, {name: _limb_null(standards, name) for name in limbs},
        {name: np.concatenate([s.limb_weight[name] for s in standards]) for name in limbs},
    )  # fmt: skip


def _limb_null(standards: Sequence[Standard], limb: str) -> float:
    asked = [float(each.limb_weight[limb].sum()) for each in standards]
    earned = [each.limb_null[limb] for each in standards]
    return float(np.average(earned, weights=asked)) if sum(asked) > 0 else 0.0
