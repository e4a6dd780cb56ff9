"""Measure what starting costs: processor time of whole processes, interleaved.

    python -m tools.bench.run.bench_start [--rounds 5]

Stands beside ``python -c pass`` and what importing numpy and pygame alone costs. Prints the median
and the least of each, in ms. Nothing is kept from before: what the first start of all costs, in which
much is found and compiled, stands in a column of its own. The window opens under Xvfb where there is no
screen; it is watched by ``watched_start``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from typing import Final

from tools.bench.run.bench_live import screen

GAME = ("-m", "kpopdance")
STARTS = {
    "python -c pass": ("-c", "pass"),
    "import numpy, pygame": ("-c", "import numpy, pygame"),
    "kpopdance --version": (*GAME, "--version"),
    "kpopdance --help": (*GAME, "--help"),
    "kpopdance nonsense": (*GAME, "nonsense"),
    "kpopdance play --nonsense": (*GAME, "play", "--nonsense"),
    "kpopdance songs": (*GAME, "songs"),
}


WATCHED: Final = ("-m", "tools.bench.run.watched_start")
TOLD: Final = {"list_s": "the song list is seen", "begun_s": "from the key to the dance"}


def main() -> None:
    """Run the measurement."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--rounds", type=int, default=5)
    rounds = ask.parse_args().rounds
    took_ms: dict[str, list[float]] = {name: [] for name in (*STARTS, *TOLD.values())}
    with tempfile.TemporaryDirectory() as folder, screen():
        homes = {f"XDG_{kind}_HOME": folder for kind in ("CACHE", "DATA", "CONFIG")}
        for _ in range(rounds + 1):
            for name, words in STARTS.items():
                took_ms[name].append(1000 * _worked_s(words, homes))
            for name, seconds in _watched(homes).items():
                took_ms[TOLD[name]].append(1000 * seconds)
    print(f"{'processor ms of the process':36s} median   least   first start")
    for name, (first, *each) in took_ms.items():
        print(f"{name:36s} {statistics.median(each):6.0f}  {min(each):6.0f}  {first:12.0f}")


def _worked_s(words: tuple[str, ...], homes: dict[str, str]) -> float:
    """Return the processor seconds of a whole process."""
    import resource  # no such thing on Windows, where this file is imported too

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *words], capture_output=True, check=False, env=os.environ | homes
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _watched(homes: dict[str, str]) -> dict[str, float]:
    """Return what the window's start tells of itself."""
    told = subprocess.run(
        [sys.executable, *WATCHED], capture_output=True, text=True, check=True,
        env=os.environ | homes,
    )  # fmt: skip
    seconds: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return seconds


if __name__ == "__main__":
    main()
