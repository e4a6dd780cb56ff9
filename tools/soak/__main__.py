"""An evening with the game, for hours: memory, threads, handles and latency must stay flat.

``python -m tools.soak [--hours 4] [--seed 1] [--out FILE]`` simulates: the clock moves with the
flips, as fast as the computer can; networks and sound card are stood in for, all between is the
game's own. ``--real MINUTES`` plays at real speed instead: the bundled networks, a phone camera and
a null sink that come and go, a window under Xvfb. Exit code 1 where something grew.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kpopdance.engines.files import write_whole
from kpopdance.realtime.devices.memory import give_memory_back
from tools.soak.real_evening import real_evening
from tools.soak.simulated_evening import simulated_evening


def main() -> int:
    """Run and print; return 1 where something grew."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.soak", description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--hours", type=float, default=4.0, help="of simulated evening")
    parser.add_argument("--real", type=float, metavar="MINUTES", help="at real speed instead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table there too")
    asked = parser.parse_args()
    give_memory_back()  # as the game does
    if asked.real is None:
        meter, told = simulated_evening(asked.hours * 3600, asked.seed)
    else:
        meter, told = real_evening(asked.real * 60, asked.seed)
    words = f"{told}\n\n{meter.table()}\n"
    print(words)
    if asked.out is not None:
        write_whole(asked.out, words)
    risen = meter.risen()
    print("grew: " + ", ".join(risen) if risen else "nothing grew")
    return 1 if risen else 0


if __name__ == "__main__":
    sys.exit(main())
