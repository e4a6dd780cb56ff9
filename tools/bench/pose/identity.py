"""Are people kept apart? IDF1: how much of what was seen has one name for one person throughout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def idf1(
    together: NDArray[np.int64], true: NDArray[np.int64], told: NDArray[np.int64]
) -> float:
    """Return IDF1, 0..1.

    Parameters
    ----------
    together : int (P, Q)
        In how many pictures true person p was found as told person q.
    true, told : int (P,), (Q,)
        In how many pictures each was there, and was told to be.

    References
    ----------
    E. Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking",
    2016: one assignment of told to true people with the most pictures in common.
    """
    rows, columns = linear_sum_assignment(together, maximize=True)
    both = int(together[rows, columns].sum())
    return 2 * both / max(int(true.sum() + told.sum()), 1)


def pairs_of(assigned: NDArray[np.int64]) -> dict[int, int]:
    """Return which told person each true one is, by pictures in common (P, Q)."""
    rows, columns = linear_sum_assignment(assigned, maximize=True)
    return dict(zip(rows.tolist(), columns.tolist(), strict=True))
