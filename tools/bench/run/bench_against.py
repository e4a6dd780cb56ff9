"""The checkout beside an older one: one table, same machine, same run, in turn.

    python -m tools.bench.run.bench_against [--commit 4894cb8] [--rounds 5] [--no-dances]

The older one is checked out into a folder of its own for the time being (the default is the commit
before the game was made faster; it needs the repository's history). Figures are medians of rounds
that take turns, as processor time; a dance is danced once by each, alone, beside a program that
keeps one core busy, and in a window (``bench_live``).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.kept_trials import processor
from tools.bench.run.bench_start import STARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE: Final = Path(__file__).resolve().parents[3]
BEFORE: Final = "4894cb8"
LINKED: Final = ("engines", "realtime", "songs")
DOOR: Final = ("__init__.py", "__main__.py", "py.typed")
SIZES: Final = ("1280x720", "1920x1080", "2560x1440")
DANCE: Final = (
    "-m",
    "kpopdance",
    "play",
    "neon-steps",
    "--headless",
    "--json",
    "--camera",
    "dancer",
)
LIVE: Final = (str(HERE / "tools/bench/run/bench_live.py"),)  # one instrument for both

DRAWN: Final = """
import time, numpy as np
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.settings import Settings
song = load_pack(find_pack("neon-steps", Settings().libraries))
rows, room, took = song.members[song.lead].joints, DrawnRoom(), []
for k in range(0, 1200, 10):
    body = rows[k] * (400, 400, 1) + (0, 20, 0)
    began = time.process_time()
    room.take([(body.astype(np.float32), OUTFITS[0])], k)
    took.append(time.process_time() - began)
print(1000 * np.median(took))
"""
STANDARD: Final = """
import time
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.standards import standard_of
song = load_pack(find_pack("neon-steps", Settings().libraries))
began = time.process_time()
standard_of(song, Terms())
print(1000 * (time.process_time() - began))
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """One state of the product, and what its commands see of the world."""

    folder: Path
    environ: dict[str, str]

    def run(self, *words: str, **more: str) -> str:
        """Return what python prints when it is run on some words."""
        done = subprocess.run(
            [sys.executable, *words], cwd=self.folder, env=self.environ | more,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout

    def cost_ms(self, *words: str) -> float:
        """Return the processor time of the whole process, ms."""
        import resource  # no such thing on Windows, where this file is imported too

        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.run(*words)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    """Measure both and print the table."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--commit", default=BEFORE)
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--no-dances", action="store_true", help="only what takes two minutes")
    asked = ask.parse_args()
    print(
        f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start\n"
    )
    print(f"| what | {asked.commit} | now | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch, _both(asked.commit, Path(scratch)) as both:
        for name, figure in _figures().items():
            before, now = _in_turn(figure, both, asked.rounds)
            row = f"| {name} | {_short(before)} | {_short(now)} | {now / before:.2f} |"
            print(row, flush=True)
        for name, figures in {} if asked.no_dances else _dances().items():
            print(f"| {name} | {' | '.join(figures(one) for one in both)} | |", flush=True)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


def _short(ms: float) -> str:
    return f"{ms:,.0f}" if ms >= 20 else f"{ms:.1f}"


def _in_turn(
    figure: Callable[[Checkout], float], both: tuple[Checkout, Checkout], rounds: int
) -> tuple[float, float]:
    figures = [[figure(one) for one in both] for _ in range(rounds)]
    before, now = (statistics.median(each) for each in zip(*figures, strict=True))
    return before, now


def _figures() -> dict[str, Callable[[Checkout], float]]:
    """Return what is measured in rounds, processor ms."""
    starts = {
        f"`{name}`, ms": (lambda one, words=words: one.cost_ms(*words))
        for name, words in STARTS.items()
    }
    windows = {
        f"a frame of the dance at {size}, ms": (lambda one, size=size: _frame_ms(one, size))
        for size in SIZES
    }
    return {
        **starts,
        **windows,
        "a picture of the drawn dancer, ms": lambda one: float(one.run("-c", DRAWN)),
        "a song's standard, never made before, ms": _new_standard_ms,
        "a song's standard, the second time, ms": lambda one: float(one.run("-c", STANDARD)),
    }  # fmt: skip


def _frame_ms(one: Checkout, size: str) -> float:
    told = one.run(
        "-m", "tools.bench.run.bench_window",
        "--no-window", "--busy", "0", "--size", size, "--frames", "120",
    )  # fmt: skip
    line = next(each for each in told.splitlines() if "processor time" in each)
    return float(line.split("p50")[1].split()[0])


def _new_standard_ms(one: Checkout) -> float:
    with tempfile.TemporaryDirectory() as empty:
        return float(one.run("-c", STANDARD, XDG_CACHE_HOME=empty, XDG_DATA_HOME=empty))


def _dances() -> dict[str, Callable[[Checkout], str]]:
    return {
        "the demo without a window": lambda one: _danced(one, DANCE),
        "the same beside a program that keeps a core busy": _danced_beside,
        "the demo in a window, a camera over the network, sound": lambda one: _danced(
            one, LIVE
        ),
    }


def _danced_beside(one: Checkout) -> str:
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        return _danced(one, DANCE)
    finally:
        busy.kill()
        busy.wait()


def _danced(one: Checkout, words: tuple[str, ...]) -> str:
    told = _last_object(one.run(*words))
    if told is None:
        return "failed"
    timing = told.get("timing", told)
    took, frame = timing["capture_to_verdict_ms"], timing["frame_ms"]
    frames = f", frames p99 {frame['p99']:.1f} ms" if frame and words is LIVE else ""
    return (
        f"{timing['poses'] / LENGTH_S:.1f} looks/s, {took['p50']:.0f} ms (p99 {took['p99']:.0f}), "
        f"{100 * told['coverage']:.0f} % judged{frames}"
    )


LENGTH_S: Final = 72.0
"""Of the song that is danced."""


def _last_object(text: str) -> Any:  # noqa: ANN401 - whatever JSON says
    """Return the JSON object that some output ends with."""
    with contextlib.suppress(ValueError):
        return json.loads(text[text.index("{") :])
    return None


@contextlib.contextmanager
def _both(commit: str, scratch: Path) -> Iterator[tuple[Checkout, Checkout]]:
    """Check the older one out; give both caches of their own, and dance once to fill them."""
    older = scratch / "older"
    git = ("git", "-C", str(HERE), "worktree")
    subprocess.run([*git, "add", "--quiet", "--detach", older, commit], check=True)
    try:
        both = _checkout(older, scratch / "a"), _checkout(HERE, scratch / "b")
        for one in both:
            one.run("-c", STANDARD)
        yield both
    finally:
        subprocess.run([*git, "remove", "--force", older], check=True)


def _checkout(folder: Path, place: Path) -> Checkout:
    package = place / "links" / "kpopdance"
    package.mkdir(parents=True)
    for name in LINKED:
        (package / name).symlink_to(folder / name)
    for name in DOOR:
        (package / name).symlink_to(folder / "door" / name)
    homes = {
        f"XDG_{each}_HOME": str(place / each.lower()) for each in ("CACHE", "DATA", "CONFIG")
    }
    path = {"PYTHONPATH": f"{package.parent}{os.pathsep}{folder}"}
    return Checkout(folder, os.environ | homes | path)


if __name__ == "__main__":
    main()
