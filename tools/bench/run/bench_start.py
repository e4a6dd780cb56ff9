"""Measure what starting costs: processor time of whole processes, interleaved.

    python -m tools.bench.run.bench_start [--rounds 5]

Stands beside ``python -c pass`` and what importing numpy and pygame alone costs. Prints the median
and the least of each, in ms.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

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


def main() -> None:
    """Run the measurement."""
    import resource  # no such thing on Windows, where this file is imported too

    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--rounds", type=int, default=5)
    rounds = ask.parse_args().rounds
    took_ms: dict[str, list[float]] = {name: [] for name in STARTS}

    def worked_s() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    for number in range(rounds + 1):
        for name, words in STARTS.items():
            before_s = worked_s()
            subprocess.run([sys.executable, *words], capture_output=True, check=False)
            if number:  # the first start compiles
                took_ms[name].append(1000 * (worked_s() - before_s))
    print(f"{'processor ms of the whole process':36s} median   least")
    for name, each in took_ms.items():
        print(f"{name:36s} {statistics.median(each):6.0f}  {min(each):6.0f}")


if __name__ == "__main__":
    main()
