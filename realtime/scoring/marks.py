"""The marks of a move: shape limb by limb, timing, size, side; their product is its worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.scoring.comparison import compare
from kpopdance.realtime.scoring.coverage import hidden
from kpopdance.realtime.scoring.energy import HOLD_EFFORT, Energy, energy_credit, ratio
from kpopdance.realtime.scoring.features import joined, mirror_image
from kpopdance.realtime.scoring.likeness import shifted_likeness
from kpopdance.realtime.scoring.timing import timing_credit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.terms import Strictness
    from kpopdance.realtime.scoring.comparison import Comparison, LimbMarks
    from kpopdance.realtime.scoring.features import Features

NOT_ASKED: Final = 0.85  # floor of a limb that hardly leaves its mean pose
LEAST_ASKED: Final = 0.05
WRONG_SIDE: Final = (0.10, 0.30)  # the mirror image fits better by so much: full credit, none
RECOGNISED: Final = (0.5, 0.3)  # likeness and energy


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """The likeness (K,) of each limb, standing in the mean pose, in each move: it is no dancing."""

    limbs: dict[str, NDArray[np.float64]]

    def of_move(self, k: int) -> Floor:
        """Return the floor of one move."""
        limbs = {name: floor[k : k + 1] for name, floor in self.limbs.items()}
        return Floor(limbs)


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The marks of N moves, float64 (N,) each, 0..1.

    ``shapes`` and ``shares`` name -> how alike a limb is, and how much of the dance it is;
    ``enough`` was seen; ``timing``, ``size`` and ``side`` are credits.
    """

    compared: Comparison
    shapes: dict[str, NDArray[np.float64]]
    shares: dict[str, NDArray[np.float64]]
    enough: NDArray[np.float64]
    timing: NDArray[np.float64]
    size: NDArray[np.float64]
    side: NDArray[np.float64]
    limb_sizes: dict[str, NDArray[np.float64]]

    @property
    def shape(self) -> NDArray[np.float64]:
        """All limbs together.

        Limb by limb, so that none makes up for another: all together, four limbs beyond what
        trained dancers reach would pay for a fifth that hangs.
        """
        total: NDArray[np.float64] = sum(
            (self.shares[name] * shape for name, shape in self.shapes.items()),
            start=np.zeros_like(self.enough),
        )
        return self.enough * total

    @property
    def worth(self) -> NDArray[np.float64]:
        """What the moves are worth, 0..1, before chance is taken off."""
        return self.shape * self.timing * self.size * self.side

    def limb_worth(self, name: str) -> NDArray[np.float64]:
        """Return what one limb alone is worth, 0..1."""
        return self.shapes[name] * self.limb_sizes[name] * self.timing

    @property
    def recognised(self) -> NDArray[np.bool_]:
        """Whether the moves were danced at all, however late: only then their lag says much."""
        likeness, moved = RECOGNISED
        compared = self.compared
        return (compared.likeness >= likeness) & (compared.energy.ratio >= moved)


def marks_of(  # noqa: PLR0913 - the last two only spare work
    reference: Features,
    player: Features,
    rows: NDArray[np.intp],
    floor: Floor,
    strict: Strictness,
    *,
    sided: bool = True,
    alike: list[NDArray[np.float32]] | None = None,
) -> Marks:
    """Return the marks of windows (see ``compare``) against a floor.

    ``sided`` off spares the look at the mirror image where it cannot matter; ``alike`` is what
    ``alike_of`` says of the same two, if that is known already.
    """
    compared, mirrored = _both_sides(reference, player, rows, sided, alike)
    timing = timing_credit(compared.lag_s, strict.on_time_s, strict.too_late_s)
    limbs = compared.limbs
    kept_out = hidden({name: limb.seen for name, limb in limbs.items()})
    shapes = {
        name: _shape(limb.likeness, floor.limbs[name], strict.ceiling)
        * ratio(limb.asked, limb.asked + kept_out[name] * limb.whole)
        for name, limb in limbs.items()
    }
    return Marks(
        compared, shapes, _shares(limbs, kept_out, floor), compared.enough, timing,
        energy_credit(_with_hidden(compared, kept_out), strict.full_energy),
        _side_credit(compared.likeness, mirrored),
        {name: _limb_size(limb, strict) for name, limb in limbs.items()},
    )  # fmt: skip


def alike_of(
    reference: Features, player: Features, *, sided: bool = True
) -> list[NDArray[np.float32]]:
    """Return what of a comparison does not depend on what was seen, for several of one dance."""
    if sided:
        reference, player = joined(reference, reference), joined(player, mirror_image(player))
    return shifted_likeness(reference, player)


def _both_sides(
    reference: Features,
    player: Features,
    rows: NDArray[np.intp],
    sided: bool,
    alike: list[NDArray[np.float32]] | None,
) -> tuple[Comparison, NDArray[np.float64]]:
    """Return the comparison and the mirror image's likeness (0 unless ``sided``), in one go."""
    if not sided:
        compared = compare(reference, player, rows, alike)
        return compared, np.zeros_like(compared.likeness)
    count = len(rows)
    both = compare(
        joined(reference, reference),
        joined(player, mirror_image(player)),
        np.tile(rows, 2),
        alike,
    )
    return both.windows(slice(count)), both.likeness[count:]


def _shape(
    likeness: NDArray[np.float64], floor: NDArray[np.float64], ceiling: float
) -> NDArray[np.float64]:
    """Return 0..1: likeness from what the mean pose has to ``ceiling``, at least half way to 1.

    A limb that hardly leaves its mean pose is right as long as it keeps still.
    """
    floor = np.minimum(floor, NOT_ASKED)
    span = np.maximum(ceiling - floor, (1 - floor) / 2)
    shape: NDArray[np.float64] = np.clip((likeness - floor) / span, 0, 1)
    return shape


def _shares(
    limbs: dict[str, LimbMarks], kept_out: dict[str, NDArray[np.float64]], floor: Floor
) -> dict[str, NDArray[np.float64]]:
    """Return how much of the dance each limb is; what hardly leaves the mean pose weighs little.

    As far as it was seen, and as far as it was kept out of sight.
    """
    asked = {
        name: (limb.asked + kept_out[name] * limb.whole)
        * np.maximum(1 - floor.limbs[name], LEAST_ASKED)
        for name, limb in limbs.items()
    }
    total = np.maximum(sum(asked.values()), 1e-9)
    return {name: weight / total for name, weight in asked.items()}


def _with_hidden(compared: Comparison, kept_out: dict[str, NDArray[np.float64]]) -> Energy:
    """Return the energy where what was kept out of sight has not moved."""
    asked = {name: limb.energy.effort * limb.whole for name, limb in compared.limbs.items()}
    total = np.asarray(sum(asked.values()))
    lost = np.asarray(sum(kept_out[name] * motion for name, motion in asked.items()))
    share = np.where(total > 0, 1 - ratio(lost, total), 1.0)
    return compared.energy._replace(ratio=compared.energy.ratio * share)


def _limb_size(limb: LimbMarks, strict: Strictness) -> NDArray[np.float64]:
    moved = np.clip(limb.energy.ratio / strict.full_energy, 0, 1)
    return np.where(limb.energy.effort < HOLD_EFFORT, 1.0, moved)


def _side_credit(
    right: NDArray[np.float64], mirrored: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the credit 0..1 for dancing on the right side: none where the mirror image fits."""
    low, high = WRONG_SIDE
    credit: NDArray[np.float64] = np.clip((high - (mirrored - right)) / (high - low), 0, 1)
    return credit
