"""What was seen in a film, picture by picture: people without names, and the scenery behind them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SCENERY: Final = (18, 32, 3)
"""Rows, columns and colours of a picture made small."""
SEAMS: Final = (5, 500)
"""What tells of lines that part a picture: 320 upright ones, then 180 level ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """Everybody who was seen in T pictures: N sightings, in order of the pictures.

    Attributes
    ----------
    size : int64 (2,)
        Width and height of the pictures, px.
    at_s : float64 (T,)
        Seconds of the pictures.
    whole : bool (T,)
        Where everybody was looked for; in between, only near those who were there before.
    scenery : uint8 (T, 18, 32, 3)
        The pictures made small, BGR.
    moved : float32 (T, 2, 3)
        Where the scenery of the picture before is in this one: its places (x, y, 1) times this, px.
    seams : uint8 (T, 5, 500)
        Lines from edge to edge: the sixths along which the picture steps, a bit each; the shares of
        their halves, 255 is all, along which something moved on one side only, then on both.
    rows : int64 (N,)
        In which picture each was seen; rising.
    joints : float32 (N, 18, 3)
        x px, y px, confidence; unseen is NaN, NaN, 0.
    colours : uint8 (N, 10, 5, 3)
        Quantiles of the colours of what each wears, see ``garments_of``.
    worn : bool (N, 10)
        Which of that was seen.
    traced : bool (N,)
        Who was not known yet then, and found there when the film was traced back.
    """

    size: NDArray[np.int64]
    at_s: NDArray[np.float64]
    whole: NDArray[np.bool_]
    scenery: NDArray[np.uint8]
    moved: NDArray[np.float32]
    seams: NDArray[np.uint8]
    rows: NDArray[np.int64]
    joints: NDArray[np.float32]
    colours: NDArray[np.uint8]
    worn: NDArray[np.bool_]
    traced: NDArray[np.bool_]

    def of_row(self, row: int) -> slice:
        """Return the sightings of one picture."""
        first, behind = np.searchsorted(self.rows, [row, row + 1])
        return slice(int(first), int(behind))


def in_a_row(pieces: Sequence[Sightings]) -> Sightings:
    """Return what was seen in pieces of a film that follow one another."""
    before = np.cumsum([0, *(len(piece.at_s) for piece in pieces)])
    told = {}
    for field in fields(Sightings):
        parts = [getattr(piece, field.name) for piece in pieces]
        if field.name == "rows":
            parts = [rows + first for rows, first in zip(parts, before[:-1], strict=True)]
        told[field.name] = parts[0] if field.name == "size" else np.concatenate(parts)
    return Sightings(**told)


def row_at(seen: Sightings, at_s: float) -> int | None:
    """Return which picture is of that second; None where there is none."""
    row = int(np.searchsorted(seen.at_s, at_s))
    return row if row < len(seen.at_s) and seen.at_s[row] == at_s else None
