"""A player's fixed lag, learnt from dance to dance: a suggestion, never applied by itself.

A Bluetooth speaker or a slow camera makes every dance late by the same; a dancer's own lateness
varies. The file holds the lags of the last dances, each against the lag that was set then.
"""

from __future__ import annotations

import json
import logging
import math
from typing import TYPE_CHECKING, Final

import numpy as np
from platformdirs import user_data_path

from kpopdance.engines.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

KEPT: Final = 8
DANCES: Final = 3  # as many in a row must agree
SCATTER_MS: Final = 25.0  # two trained dancers' lags scatter by 16 to 40 ms over four seconds
WORTH_MS: Final = 40.0  # a smaller difference from what is set is not worth a word
MOST_MS: Final = 1000.0  # what the settings allow
LEAST_RECOGNISED: Final = (
    0.5  # of the moves at least, however late: else there is no lag to tell
)


def lags_file() -> Path:
    """Return the usual place of the lags."""
    return user_data_path("kpopdance", appauthor=False) / "lags.json"


def read_lags(path: Path) -> list[float]:
    """Return the last dances' lags in ms, oldest first; none where the file is missing or damaged."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        lags = [float(lag) for lag in told]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, OverflowError, RecursionError) as why:
        log.warning("%s: the lags of past dances cannot be read (%s)", path, why)
        return []
    return [lag for lag in lags if math.isfinite(lag)][-KEPT:]


def keep_lag(path: Path, lag_ms: float) -> list[float]:
    """Add a dance's lag in ms; return all. Where it cannot be written the log says so."""
    lags = [*read_lags(path), round(lag_ms, 1)][-KEPT:]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(lags))
    except OSError as why:
        log.warning("%s: the lag cannot be kept (%s)", path, why)
    return lags


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
