"""Delays put in and found: of a speaker by claps, of a camera by strokes; prints a table.

``python -m tools.bench.run.bench_calibration [--claps] [--strokes]``. Claps: the clicks are played on a
null sink so much later than the sound card says, claps of a simulated person among them, and its
monitor is the microphone. Strokes: a drawn dancer strikes so much later, seen by the real networks.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.home.measuring import open_measuring
from kpopdance.realtime.scoring.calibration import LISTENED, clicks_s
from tools.bench.run.null_sink import NullSink, missing_programs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Speaker
    from kpopdance.realtime.dance.in_use import Way
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.home.measuring import Measuring

LAGS_MS: Final = (0, 60, 120, 180, 240, 300)
PERSON_S: Final = (-0.03, 0.02)
"""A person claps somewhat early: mean and standard deviation."""


def clap(rate: int, seed: int, loud: float = 0.6) -> NDArray[np.float32]:
    """Return a clap, float32 (N,): bright noise that rises within a millisecond, and its room."""
    rng, at_s = np.random.default_rng(seed), np.arange(round(0.25 * rate)) / rate
    rise = np.minimum(at_s / 0.001, 1.0)
    decay = np.exp(-at_s / 0.006) + 0.08 * np.exp(-at_s / 0.06)
    noise = np.convolve(rng.normal(0, 1, len(at_s)), [0.25, 0.5, 0.25], "same")
    return (loud * rise * decay * noise / 2).astype(np.float32)


def put(track: NDArray[np.float32], at_s: float, sound: NDArray[np.float32], rate: int) -> None:
    """Add a sound float32 (N,) to a track float32 (T,) or (T, 2) at a second."""
    begin = round(at_s * rate)
    there = track[begin : begin + len(sound)]
    there += sound[: len(there), None] if track.ndim == 2 else sound[: len(there)]


def clapped(
    track: NDArray[np.float32], rate: int, late_s: float, seed: int
) -> NDArray[np.float32]:
    """Return a track of clicks that sounds so much later, a person clapping with what is heard."""
    late = np.zeros_like(track)
    late[round(late_s * rate) :] = 0.3 * track[: len(track) - round(late_s * rate)]
    mean_s, deviation_s = PERSON_S
    person = np.random.default_rng(seed).normal(mean_s, deviation_s, len(clicks_s()))
    for number, at_s in list(enumerate(clicks_s()))[LISTENED:]:
        put(late, at_s + late_s + person[number], clap(rate, seed + number), rate)
    return late


def with_late_speaker(kit: Kit, late_s: float, seed: int = 0) -> Kit:
    """Return a kit whose speaker plays later than it says, with somebody who claps beside it."""

    def open_speaker(
        samples: NDArray[np.float32], rate: int, count_in_s: float, beat_s: float
    ) -> Speaker:
        return kit.open_speaker(clapped(samples, rate, late_s, seed), rate, count_in_s, beat_s)

    return replace(kit, open_speaker=open_speaker)


def measured(kit: Kit, way: Way) -> Measuring:
    """Measure, without a window."""
    measuring = open_measuring(kit, way)
    try:
        measuring.begin()
        while measuring.tick():
            time.sleep(1 / 60)
    finally:
        measuring.close()
    return measuring


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claps", action="store_true")
    parser.add_argument("--strokes", action="store_true")
    asked = parser.parse_args()
    if missing_programs():
        print(missing_programs(), file=sys.stderr)
        return 1
    sink = NullSink().start()
    os.environ.update(sink.environ)  # before PortAudio looks for devices
    sys.setswitchinterval(0.0005)  # as the game does
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_DATA_HOME"] = folder
            if asked.claps or not asked.strokes:
                print(_table("claps"))
            if asked.strokes or not asked.claps:
                print(_table("strokes"))
    finally:
        sink.close()
    return 0


def _table(way: Way) -> str:
    from kpopdance.realtime.commands.play import make_kit
    from kpopdance.realtime.library.settings import Settings

    lines = [f"| {way}: injected, ms | found | error | answers scatter |", "|---|---|---|---|"]
    for lag_ms in LAGS_MS:
        kit = make_kit(Settings(camera="dancer"), f"lateness_ms={lag_ms}")
        if way == "claps":
            kit = with_late_speaker(kit, lag_ms / 1000, seed=lag_ms)
        try:
            found = measured(kit, way)
        finally:
            kit.close()
        late_ms = found.measured.lag_ms
        scatter_ms = 1000 * found.answers.scatter_s
        lines.append(
            f"| {lag_ms} | {late_ms:.1f} | {late_ms - lag_ms:+.1f} | {scatter_ms:.0f} |"
        )
        print(lines[-1], file=sys.stderr)
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
