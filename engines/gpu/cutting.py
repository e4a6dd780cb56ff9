"""How the GPU cuts a network's pictures: a kernel, and its table, which says where each crop lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from kpopdance.engines.gpu.kernels import CROP, TURN

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.engines.placement import Placement, TurnedPlacement


class Cutting(NamedTuple):
    """A ``kernel`` that cuts, what a ``row`` of its table holds, and what ``write``s a placement there.

    A row is a view of the table; a row of zeros is a crop that stays black.
    """

    kernel: str
    row: np.dtype[Any]
    write: Callable[[NDArray[Any], Any], None]


def write_crop(row: NDArray[Any], at: Placement) -> None:
    """Write a region's placement as a ``CROP``."""
    _write_cut(row, at)
    row["scale"], row["paste_x"], row["paste_y"] = at.box.scale, at.x, at.y


def write_turn(row: NDArray[Any], at: TurnedPlacement) -> None:
    """Write a turned square's placement as a ``TURN``."""
    _write_cut(row, at)
    turn = np.linalg.inv(at.matrix[:, :2])
    row["from_x"], row["from_y"] = np.column_stack([turn, -turn @ at.matrix[:, 2]])
    row["halvings"] = at.halvings
    row["left_height"], row["left_width"] = at.left


def _write_cut(row: NDArray[Any], at: Placement | TurnedPlacement) -> None:
    row["cut_x"], row["cut_y"] = at.columns.start, at.rows.start
    row["cut_width"], row["cut_height"] = (
        axis.stop - axis.start for axis in (at.columns, at.rows)
    )


LETTERBOX: Final = Cutting("letterbox", CROP, write_crop)
UPRIGHT: Final = Cutting("upright", TURN, write_turn)
