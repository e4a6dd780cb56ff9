"""Where a part of a picture lies in a network's input: which px are cut, and how they get there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.maps import Letterbox, Turned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.engines.maps import Region, Upright

SHRUNK_BY_ITSELF: Final = 0.5
"""Where linear interpolation shrinks more, it leaves px out."""


class Placement(NamedTuple):
    """A region's px ``rows`` and ``columns``, and the input px ``x`` and ``y`` where they begin."""

    rows: slice
    columns: slice
    x: int
    y: int
    box: Letterbox


class TurnedPlacement(NamedTuple):
    """What of a picture a turned square lies in, and how that gets into the input.

    Attributes
    ----------
    rows, columns : slice
        The px that are cut.
    halvings : int
        How often they are halved before they are turned.
    left : (int, int)
        Height and width of what is left then, px.
    matrix : float64 (2, 3)
        From px of what is left to px of the input.
    box : Turned
        How the picture lies in the input.
    """

    rows: slice
    columns: slice
    halvings: int
    left: tuple[int, int]
    matrix: NDArray[np.float64]
    box: Turned


def place(shape: tuple[int, ...], region: Region | None, size: tuple[int, int]) -> Placement:
    """Return how a region (None: all) of a picture of ``shape`` (H, W, ...) fills an input.

    It keeps its proportions and lies in the middle of ``size`` (height, width). Whole px are cut
    and pasted: the box stays exact and the middle is true to half a px.

    Raises
    ------
    NetworkError
        Where the region is empty.
    """
    left, top, right, bottom = region or (0, 0, shape[1], shape[0])
    if not (0 < right - left < math.inf and 0 < bottom - top < math.inf):
        raise NetworkError(
            f"the region {region} is empty; it is left, top, right, bottom in px"
        )
    height, width = size
    scale = min(height / (bottom - top), width / (right - left))
    columns, x = _along(left, right, shape[1], scale=scale, size=width)
    rows, y = _along(top, bottom, shape[0], scale=scale, size=height)
    box = Letterbox(scale, x - columns.start * scale, y - rows.start * scale)
    return Placement(rows, columns, x, y, box)


def _along(
    low: float, high: float, length: int, *, scale: float, size: int
) -> tuple[slice, int]:
    """Return which px of one axis of the picture to cut, and the input px where they begin."""
    start = min(max(math.ceil(low), 0), length)
    stop = min(max(math.floor(high), start), length)
    middle = (low + high) / 2
    return slice(start, stop), round(size / 2 + (start - middle) * scale)


def place_upright(shape: tuple[int, ...], upright: Upright, side: int) -> TurnedPlacement:
    """Return how a turned square of a picture of ``shape`` (H, W, ...) fills an input of ``side`` px."""
    up_x, up_y = upright.up
    scale = side / upright.side
    turn = scale * np.array([[-up_y, up_x], [-up_x, -up_y]])
    shift = np.array([side / 2 - 0.5] * 2) - turn @ np.array(upright.middle)
    # Of a square of side 1, half the width and height of what it lies in; and two px for the edge.
    reach = upright.side / 2 * (abs(up_x) + abs(up_y)) + 2
    columns, rows = (
        slice(*(min(max(edge, 0), length) for edge in (int(at - reach), int(at + reach) + 1)))
        for at, length in zip(upright.middle, (shape[1], shape[0]), strict=True)
    )
    left = (rows.stop - rows.start, columns.stop - columns.start)
    halvings = 0
    while scale * 2**halvings <= SHRUNK_BY_ITSELF and min(left) >= 2:
        left = (round(left[0] / 2), round(left[1] / 2))
        halvings += 1
    # px centres: picture = start + (left + 0.5) * 2**halvings - 0.5
    start = np.array([columns.start, rows.start]) + 0.5 * 2**halvings - 0.5
    matrix = np.column_stack([turn * 2**halvings, shift + turn @ start])
    box = Turned(np.column_stack([turn, shift]))
    return TurnedPlacement(rows, columns, halvings, left, matrix, box)
