"""Dynamic time warping inside a band of lags.

After Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word recognition"
(IEEE ASSP 1978): the reference advances one row a step, the player none, one or two. Lags are the
columns: column c of row i compares reference row i with player row ``i + c - half`` where
``half`` is the band in rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STALL_PENALTY = (
    0.15  # the player stands on one row while the reference moves on; never twice in a row
)
SKIP_PENALTY = 0.05  # the player moves on by two rows


class DtwStream:
    """Accumulates costs row by row; both ends are open on the player's side.

    ``step`` takes costs float (..., L) of one reference row against L lags; leading axes are
    independent alignments done together.
    """

    def __init__(self) -> None:
        self._free: NDArray[np.float64] | None = None  # best sums that may stall next
        self._back: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]] = []

    def _begin(self, costs: NDArray[np.floating]) -> None:
        *shape, lags = costs.shape
        free, either = np.full((*shape, lags + 1), np.inf), np.full((*shape, lags + 1), np.inf)
        self._free, self._beyond = free[..., :-1], free[..., 1:]
        self._free[...] = costs
        self._stalled = np.full(costs.shape, np.inf)  # best sums that have just stalled
        self._stay, self._before = either[..., 1:], either[..., :-1]
        self._skip = np.empty(costs.shape)

    @property
    def sums(self) -> NDArray[np.float64]:
        """The best sums so far, float64 (..., L); a row was taken."""
        if self._free is None:
            raise ValueError("a path needs at least one row")
        best: NDArray[np.float64] = np.minimum(self._free, self._stalled)
        return best

    def step(self, costs: NDArray[np.floating]) -> None:
        """Take one row."""
        if self._free is None:
            self._begin(costs)
            return
        free, stay, skip, stalled = self._free, self._stay, self._skip, self._stalled
        after_stall = stalled < free
        np.minimum(stalled, free, out=stay)
        np.add(self._before, SKIP_PENALTY, out=skip)
        self._back.append((skip < stay, after_stall))
        np.add(costs, self._beyond, out=stalled)
        stalled += STALL_PENALTY
        np.minimum(skip, stay, out=skip)
        np.add(costs, skip, out=free)

    def path(self) -> NDArray[np.intp]:
        """Return the best path as columns int (..., R): the lag column of each reference row."""
        sums = self.sums
        *shape, lags = sums.shape
        column = sums.reshape(-1, lags).argmin(axis=-1)
        assert self._free is not None
        in_stall = (self._stalled < self._free).reshape(-1, lags)[
            np.arange(len(column)), column
        ]
        at = 2 * (lags * np.arange(len(column)) + column) + in_stall
        states = [at]
        for came_from in self._came_from()[::-1]:
            at = came_from[at]
            states.append(at)
        columns: NDArray[np.intp] = np.stack(states[::-1], axis=-1) // 2 % lags
        return columns.reshape(*shape, -1)

    def _came_from(self) -> NDArray[np.intp]:
        """Return for each row but the first where its states came from, int (R - 1, S).

        A state is a column of an alignment, and whether the player has just stalled there:
        2 * column + stalled, all alignments one after another.
        """
        if not self._back:
            return np.empty((0, 0), dtype=np.intp)
        skipped, stalled = (
            np.stack(told).reshape(len(self._back), -1)
            for told in zip(*self._back, strict=True)
        )
        stalled[:, 1:] = np.where(skipped[:, 1:], stalled[:, :-1], stalled[:, 1:])
        moved = stalled.view(np.int8) - 2 * skipped.view(np.int8)
        column = np.arange(skipped.shape[1])
        came = np.empty((*skipped.shape, 2), dtype=np.intp)
        np.add(2 * column, moved, out=came[..., 0])
        came[..., 1] = 2 * (column + 1)  # nobody stalls twice in a row
        return came.reshape(len(came), -1)


def align(costs: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return the best path (..., R) through costs float (..., R, L), see ``DtwStream``."""
    stream = DtwStream()
    for row in np.moveaxis(costs, -2, 0).astype(np.float64, order="C"):
        stream.step(row)
    return stream.path()
