"""A player's fixed lag, learnt from dance to dance: a suggestion, never applied by itself.

A Bluetooth speaker or a slow camera makes every dance late by the same; a dancer's own lateness
varies. The database holds the lags of the last dances, each against the lag that was set then.
"""

from __future__ import annotations

from typing import Final

import numpy as np

DANCES: Final = 3  # as many in a row must agree
SCATTER_MS: Final = 25.0  # two trained dancers' lags scatter by 16 to 40 ms over four seconds
WORTH_MS: Final = 40.0  # a smaller difference from what is set is not worth a word
MOST_MS: Final = 1000.0  # what the settings allow
LEAST_RECOGNISED: Final = 0.5  # of the moves, however late: else there is no lag to tell


def suggested_lag(lags: list[float], set_ms: float) -> float | None:
    """Return the fixed lag in ms that the last dances agree on, rounded to 10 ms.

    None where there are too few, where they disagree, or where it is what is set already.
    """
    last = np.array(lags[-DANCES:])
    if len(last) < DANCES or float(np.ptp(last)) > 2 * SCATTER_MS:
        return None
    lag_ms = round(float(np.median(last)) / 10) * 10.0
    if abs(lag_ms - set_ms) < WORTH_MS or abs(lag_ms) > MOST_MS:
        return None
    return lag_ms
