"""What must stay flat through an evening: memory, threads, handles, a frame's work, lateness."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import psutil

if TYPE_CHECKING:
    from collections.abc import Sequence

WARM: Final = 0.3  # of an evening; caches fill until then
NAMES: Final = ("memory_mb", "threads", "handles", "frame_ms", "verdict_ms")
MOST_AN_HOUR: Final[dict[str, float]] = {
    "memory_mb": 12.0, "threads": 0.5, "handles": 0.5, "frame_ms": 1.0, "verdict_ms": 5.0,
}  # fmt: skip
"""What an hour may add."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment: seconds of the evening, and what was measured since the last."""

    at_s: float
    memory_mb: float
    threads: float
    handles: float
    frame_ms: float
    verdict_ms: float
    songs: int


class Meter:
    """Takes samples of this process."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.samples: list[Sample] = []

    def take(
        self, at_s: float, *, frame_s: Sequence[float], verdict_s: Sequence[float], songs: int
    ) -> Sample:
        """Add a sample and return it."""
        gc.collect()
        process = self._process
        handles = process.num_handles() if psutil.WINDOWS else process.num_fds()
        sample = Sample(
            at_s, process.memory_info().rss / 2**20, process.num_threads(), handles,
            _median_ms(frame_s), _median_ms(verdict_s), songs,
        )  # fmt: skip
        self.samples.append(sample)
        print(_row(sample), file=sys.stderr, flush=True)  # so far
        return sample

    def growth(self) -> dict[str, float]:
        """Return what an hour adds to each, from the warm part: the median of all pairs' slopes.

        (P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968.)
        """
        if not self.samples:
            return {}
        from_s = self.samples[-1].at_s * WARM
        warm = [sample for sample in self.samples if sample.at_s >= from_s]
        hours = np.array([sample.at_s for sample in warm]) / 3600
        first, second = np.triu_indices(len(warm), k=1)
        if not len(first):
            return {}
        grown = {}
        for name in NAMES:
            values = np.array([getattr(sample, name) for sample in warm])
            slopes = (values[second] - values[first]) / (hours[second] - hours[first])
            slopes = slopes[np.isfinite(slopes)]
            grown[name] = float(np.median(slopes)) if len(slopes) else 0.0
        return grown

    def risen(self) -> list[str]:
        """Return what grew by more than an hour may add."""
        return [name for name, more in self.growth().items() if more > MOST_AN_HOUR[name]]

    def table(self, count: int = 12) -> str:
        """Return some of the samples and the growth as a table in Markdown."""
        heads = (
            "evening",
            "memory, MB",
            "threads",
            "handles",
            "frame, ms",
            "verdict, ms",
            "songs",
        )
        lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        step = max(len(self.samples) // count, 1)
        lines += [_row(one) for one in [*self.samples[::step][:-1], *self.samples[-1:]]]
        grown = [f"{self.growth().get(name, 0.0):+.2f}" for name in NAMES]
        lines.append("| an hour adds | " + " | ".join(grown) + " | |")
        return "\n".join(lines)


def _row(one: Sample) -> str:
    minutes = f"{int(one.at_s // 3600)}:{int(one.at_s // 60 % 60):02d} h"
    values = (one.memory_mb, one.threads, one.handles, one.frame_ms, one.verdict_ms)
    return "| " + " | ".join([minutes, *(f"{v:.1f}" for v in values), str(one.songs)]) + " |"


def _median_ms(seconds: Sequence[float]) -> float:
    known = [one for one in seconds if np.isfinite(one)]
    return 1000 * float(np.median(known)) if known else float("nan")
