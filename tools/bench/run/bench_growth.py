"""What grows with what: each case beside its smallest, one table, in one run.

    python -m tools.bench.run.bench_growth [--most 10000] [--hours 0]

Songs and replays are links to one; each case runs in a process of its own, so that its memory is
its own. ``--hours`` lets a simulated evening go by as well (``tools.soak``; an hour takes minutes).
Dances to search through grow in ``tools.bench.scoring.bench_guess``, people and dancers in
``tools.bench.run.bench_offline``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.kept_trials import processor

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.library.replay import Replay
    from kpopdance.realtime.shell.songs import Songs

SMALLEST: Final = 10
SIZE: Final = (1280, 720)
KEY_FRAMES: Final = 20
_SPAWN: Final = multiprocessing.get_context("spawn")


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--most", type=int, default=10_000, help="songs, replays")
    ask.add_argument("--hours", type=float, default=0.0, help="of a simulated evening too")
    asked = ask.parse_args()
    print(
        f"{processor()}, {os.cpu_count()} cores\n\n| what | how many | figures |\n|---|---|---|"
    )
    counts = [SMALLEST]
    while counts[-1] < asked.most:
        counts.append(min(counts[-1] * 10, asked.most))
    for what, case in (("songs in the library", songs), ("replays kept", replays)):
        for count in [1, *counts] if case is replays else counts:
            print(f"| {what} | {count:,} | {_alone(case, count)} |", flush=True)
    if asked.hours:
        from tools.soak.simulated_evening import simulated_evening

        meter, told = simulated_evening(asked.hours * 3600, seed=1)
        print(f"\n{told}\n\n{meter.table()}")


def _alone(case: Callable[[int, Path], str], count: int) -> str:
    """Return what a case says in a new process."""
    with tempfile.TemporaryDirectory() as folder, _SPAWN.Pool(1) as pool:
        return pool.apply(case, (count, Path(folder)))


def songs(count: int, folder: Path) -> str:
    """Return what so many songs cost: the first start, the next one, a frame of the list, a search."""
    from kpopdance.realtime.library.catalogue import Catalogue
    from kpopdance.realtime.shell.songs import Songs

    _library_of(count, folder)
    catalogue = Catalogue(folder / ".catalogue.sqlite")
    began_s = time.process_time()
    assert len(Songs((folder,), catalogue).whole().packs) >= count
    first_s = time.process_time() - began_s
    catalogue.close()
    before_mb, began_s = _memory_mb(), time.process_time()
    listed = Songs((folder,), catalogue).begin()
    while len(listed.found) < count:
        time.sleep(0.001)
    known_s = time.process_time() - began_s
    listed.whole()
    looked_s = time.process_time() - began_s
    return (
        f"first start {first_s:.2f} s ({1000 * first_s / count:.2f} ms each); second start: whole "
        f"after {known_s:.2f} s, looked through after {looked_s:.2f} s, "
        f"+{_memory_mb() - before_mb:.0f} MB; {_frames(listed)}"
    )


def _library_of(count: int, folder: Path) -> None:
    """Fill a folder with songs that differ in their words; sound and dance are links."""
    from kpopdance.realtime.library.pack_reader import find_pack
    from kpopdance.realtime.library.settings import Settings

    model = find_pack("neon-steps", Settings().libraries)
    parts = ("audio.ogg", "choreography.npz")
    for name in parts:
        shutil.copyfile(model / name, folder / f".{name}")
    words = (model / "song.toml").read_text(encoding="utf-8")
    for number in range(count):
        pack = folder / f"song-{number:05d}"
        pack.mkdir()
        for name in parts:
            os.link(folder / f".{name}", pack / name)
        (pack / "song.toml").write_text(
            words.replace("Neon Steps", f"Neon Steps {number}"), encoding="utf-8"
        )


def _frames(listed: Songs) -> str:
    """Return what frames of the song list cost while nothing is pressed, and those with a key."""
    from kpopdance.realtime.commands.play import make_kit
    from kpopdance.realtime.core.ports import Hand
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.devices.window import offscreen_surface
    from kpopdance.realtime.game.listing import SongListPage
    from kpopdance.realtime.library.settings import Settings

    page = SongListPage(Game(make_kit(Settings(camera="dancer")), listed))
    surface = offscreen_surface(SIZE)
    page.enter(0.0)
    took_s: dict[str, list[float]] = {"still": [], "key": [], "search": []}
    keys = [
        "",
        "down",
        "page down",
        "end",
        "home",
        "o",
        "o",
        "f",
        "f",
        "f",
        "f",
        "/",
        *"neon 9",
    ]
    for frame in range(len(keys) * KEY_FRAMES):
        key, pressed = keys[frame // KEY_FRAMES], frame % KEY_FRAMES == 0
        searching = bool(page.choosing.asked.field)
        began_s = time.thread_time()
        page.step(frame / 60)
        if pressed and searching:
            page.handled(Hand(typed=key), SIZE)
        elif pressed and key:
            page.key(key)
        page.draw(surface)
        kind = "search" if searching else "key" if pressed else "still"
        if key:  # what is drawn first of all is kept
            took_s[kind].append(time.thread_time() - began_s)
        time.sleep(1 / 60)  # what else the page has begun gets its turn, as in the game
    page.leave()
    return (
        f"a frame of the list {1000 * float(np.median(took_s['still'])):.1f} ms, with a key "
        f"{1000 * max(took_s['key']):.1f} ms at most, while a search is typed "
        f"{1000 * max(took_s['search']):.1f} ms at most"
    )


def replays(count: int, folder: Path) -> str:
    """Return what keeping one replay more costs beside so many."""
    from kpopdance.realtime.dance.keeping import keep_replay

    model = _replay()
    first = keep_replay(folder, model)
    for number in range(2, count + 1):
        os.link(first, folder / f"{model.song}-{number:03d}.npz")
    began_s = time.process_time()
    keep_replay(folder, model)
    return f"one more is kept in {1000 * (time.process_time() - began_s):.0f} ms"


def _replay() -> Replay:
    """Return a dance of 72 s at 30 poses a second."""
    from kpopdance.realtime.library.replay import Replay

    rng = np.random.default_rng(1)
    return Replay(
        at_s=np.arange(2160) / 30,
        joints=rng.uniform(0, 640, (2160, 18, 3)).astype(np.float32),
        judged_at=np.arange(50, 2150, 50),
        faults=np.empty((0, 2)),
        song="neon-steps", dance="0" * 64, version="0", network="drawn", score=90.0,
    )  # fmt: skip


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
