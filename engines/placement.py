"""Where a region of a picture lies in a network's input: which px are cut, where they are pasted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.maps import Letterbox

if TYPE_CHECKING:
    from kpopdance.engines.maps import Region


class Placement(NamedTuple):
    """A region's px ``rows`` and ``columns``, and the input px ``x`` and ``y`` where they begin."""

    rows: slice
    columns: slice
    x: int
    y: int
    box: Letterbox


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
