"""The one place that reads clocks: the host's (perf_counter: fine and steady), and the calendar."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from time import perf_counter, thread_time


class PerfClock:
    """Host time in seconds."""

    def now(self) -> float:
        """Return ``time.perf_counter()``."""
        return perf_counter()


def local_now() -> datetime:
    """Return date and time as they are told here, with the zone: for what is kept, not to measure."""
    return datetime.now(UTC).astimezone()


def thread_s() -> float:
    """Return the seconds that the calling thread has had of a processor; host seconds on Windows.

    There it is counted in steps of 15.6 ms.
    """
    return perf_counter() if sys.platform == "win32" else thread_time()
