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
        wider = (*shape, lags + 1)
        self._free = np.full(wider, np.inf)
        self._free[..., :-1] = costs
        self._stalled = np.full(costs.shape, np.inf)  # best sums that have just stalled
        self._either, self._after_stall = np.full(wider, np.inf), np.zeros(wider, bool)

    @property
    def sums(self) -> NDArray[np.float64]:
        """The best sums so far, float64 (..., L); a row was taken."""
        if self._free is None:
            raise ValueError("a path needs at least one row")
        best: NDArray[np.float64] = np.minimum(self._free[..., :-1], self._stalled)
        return best

    def step(self, costs: NDArray[np.floating]) -> None:
        """Take one row."""
        if self._free is None:
            self._begin(costs)
            return
        free, beyond = self._free[..., :-1], self._free[..., 1:]
        after_stall, stay = self._after_stall[..., 1:], self._either[..., 1:]
        np.less(self._stalled, free, out=after_stall)
        np.minimum(self._stalled, free, out=stay)
        skip = self._either[..., :-1] + SKIP_PENALTY
        skipped = skip < stay
        came = np.where(skipped, self._after_stall[..., :-1], after_stall)
        self._back.append((skipped, came))
        np.add(costs, beyond, out=self._stalled)
        self._stalled += STALL_PENALTY
        np.add(costs, np.minimum(skip, stay), out=free)

    def path(self) -> NDArray[np.intp]:
        """Return the best path as columns int (..., R): the lag column of each reference row."""
        sums = self.sums
        *shape, lags = sums.shape
        column = sums.reshape(-1, lags).argmin(axis=-1)
        each = np.arange(len(column))
        assert self._free is not None
        in_stall = (self._stalled < self._free[..., :-1]).reshape(-1, lags)[each, column]
        columns = [column]
        for skipped, came in reversed(self._back):
            by = -skipped.reshape(-1, lags)[each, column].astype(np.intp)
            stalls = came.reshape(-1, lags)[each, column] & ~in_stall
            column = column + np.where(in_stall, 1, by)
            in_stall = stalls
            columns.append(column)
        return np.stack(columns[::-1], axis=-1).reshape(*shape, -1)


def align(costs: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return the best path (..., R) through costs float (..., R, L), see ``DtwStream``."""
    stream = DtwStream()
    for row in range(costs.shape[-2]):
        stream.step(costs[..., row, :])
    return stream.path()
