"""The one place that reads the host clock (perf_counter: fine and steady on every system)."""

from __future__ import annotations

from time import perf_counter


class PerfClock:
    """Host time in seconds."""

    def now(self) -> float:
        """Return ``time.perf_counter()``."""
        return perf_counter()
