"""Dynamic time warping inside a band of lags.

After Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word recognition"
(IEEE ASSP 1978): the reference advances one row a step, the player none, one or two. Lags are the
columns: column c of row i compares reference row i with player row ``i + c - half`` where
``half`` is the band in rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
        self._stalled: NDArray[np.float64] | None = None  # best sums that have just stalled
        self._back: list[NDArray[np.int8]] = []

    def step(self, row: NDArray[np.floating]) -> NDArray[np.float64]:
        """Take one row; return the best sums so far, float64 (..., L)."""
        costs: NDArray[np.float64] = row.astype(np.float64)
        if self._free is None or self._stalled is None:
            self._free, self._stalled = costs, np.full_like(costs, np.inf)
            return costs
        free, stalled = self._free, self._stalled
        after_stall = stalled < free
        stay = np.where(after_stall, stalled, free)
        skip = _shifted(stay, 1) + SKIP_PENALTY
        skipped = skip < stay
        came = np.where(skipped, _shifted(after_stall, 1), after_stall)
        self._back.append(skipped + np.int8(2) * came)
        self._free = costs + np.where(skipped, skip, stay)
        self._stalled = costs + _shifted(free, -1) + STALL_PENALTY
        return np.minimum(self._free, self._stalled)

    def path(self) -> NDArray[np.intp]:
        """Return the best path as columns int (..., R): the lag column of each reference row."""
        if self._free is None or self._stalled is None:
            raise ValueError("a path needs at least one row")
        *shape, lags = self._free.shape
        both = np.stack([self._free, self._stalled]).reshape(2, -1, lags)
        each = np.arange(both.shape[1])
        column = both.min(axis=0).argmin(axis=-1)
        in_stall = both[:, each, column].argmin(axis=0)
        columns = [column]
        for best in reversed(self._back):
            step = best.reshape(-1, lags)[each, column]
            column = column + np.where(in_stall == 1, 1, -(step % 2))
            in_stall = np.where(in_stall == 1, 0, step // 2)
            columns.append(column)
        return np.stack(columns[::-1], axis=-1).reshape(*shape, -1)


def align(costs: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return the best path (..., R) through costs float (..., R, L), see ``DtwStream``."""
    stream = DtwStream()
    for row in range(costs.shape[-2]):
        stream.step(costs[..., row, :])
    return stream.path()


def _shifted(sums: NDArray[Any], by: int) -> NDArray[Any]:
    """Return the sums moved one column to higher (1) or lower (-1) lags; from outside comes inf."""
    out = np.empty_like(sums)
    if by > 0:
        out[..., 1:] = sums[..., :-1]
        out[..., 0] = sums.dtype.type(np.inf)
    else:
        out[..., :-1] = sums[..., 1:]
        out[..., -1] = sums.dtype.type(np.inf)
    return out
