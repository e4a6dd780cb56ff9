"""The one place that reads the host clock (perf_counter: fine and steady on every system)."""

from __future__ import annotations

import sys
from time import perf_counter, thread_time


class PerfClock:
    """Host time in seconds."""

    def now(self) -> float:
        """Return ``time.perf_counter()``."""
        return perf_counter()


def thread_s() -> float:
    """Return the seconds that the calling thread has had of a processor; host seconds on Windows.

    There it is counted in steps of 15.6 ms.
    """
    return perf_counter() if sys.platform == "win32" else thread_time()
