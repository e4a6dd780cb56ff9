"""What recording many videos takes on the workers of a Dask cluster, beside the same without one.

    python -m tools.bench.run.bench_many FILM... [--videos 6] [--seconds 8] [--rounds 1] [--many 10000]

The films are cut into videos of so many seconds. In turn they are recorded one after the other with
one thread (bare), with ``--jobs 2``, and with ``--cluster`` on one and on two workers that run already.
Printed are the wall time, the processor time of those who record, and the throughput of each worker as
a share of the bare one: by the wall, which other programs spoil, and by the processor's time. Of the
bare run's throughput it is extrapolated what so many songs of four minutes take.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import psutil
from distributed import LocalCluster

from kpopdance.engines.kept_trials import processor
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.devices.video_writer import VideoWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SONG_S: Final = 240.0


class Took(NamedTuple):
    """What a run took: seconds, and the processor's seconds of those who record."""

    wall_s: float
    cores_s: float


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("films", type=Path, nargs="+")
    ask.add_argument("--videos", type=int, default=6)
    ask.add_argument("--seconds", type=float, default=8.0)
    ask.add_argument("--rounds", type=int, default=1)
    ask.add_argument("--many", type=int, default=10_000)
    asked = ask.parse_args()
    print(f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        videos = folder / "videos"
        videos.mkdir()
        each = -(-asked.videos // len(asked.films))
        for film in asked.films:
            _cut(film, videos, each, asked.seconds)
        for surplus in sorted(videos.iterdir())[asked.videos :]:
            surplus.unlink()
        _measured(folder, asked.rounds, asked.seconds, asked.many)


def _measured(folder: Path, rounds: int, seconds: float, many: int) -> None:
    count = len(list((folder / "videos").iterdir()))
    ways: dict[tuple[str, int], Callable[[Path], Took]] = {
        ("bare", 1): partial(_here, folder, 1), ("--jobs 2", 2): partial(_here, folder, 2),
        ("--cluster", 1): partial(_there, folder, 1), ("--cluster", 2): partial(_there, folder, 2),
    }  # fmt: skip
    took: dict[tuple[str, int], list[Took]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, run in ways.items():
            out = folder / "out"
            took[way].append(run(out))
            shutil.rmtree(out)
    bare = [statistics.median(each) for each in zip(*took["bare", 1], strict=True)]
    print(
        f"\n{count} videos of {seconds:g} s\n\n"
        "| way | workers | wall | processor | of bare, wall | of bare, processor |\n"
        "|---|---|---|---|---|---|"
    )
    for (name, workers), runs in took.items():
        wall_s, cores_s = (statistics.median(each) for each in zip(*runs, strict=True))
        print(
            f"| {name} | {workers} | {wall_s:.1f} s | {cores_s:.1f} s "
            f"| {bare[0] / wall_s / workers:.2f} | {bare[1] / cores_s:.2f} |"
        )
    song_h = bare[0] / count / seconds * SONG_S / 3600
    print(
        f"\n{many} songs of {SONG_S:g} s: {many * song_h:.0f} hours of a worker, on 100 workers "
        f"{many * song_h / 100:.0f}; by the processor's time {many * song_h * bare[1] / bare[0]:.0f}"
    )


def _here(folder: Path, jobs: int, out: Path) -> Took:
    before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _record(folder, out, "--jobs", str(jobs), "--threads", "1")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(time.perf_counter() - began_s, spent_s)


def _there(folder: Path, workers: int, out: Path) -> Took:
    with _cluster(workers) as (address, pids):
        before_s, began_s = _spent_s(pids), time.perf_counter()
        _record(folder, out, "--cluster", address)
        return Took(time.perf_counter() - began_s, _spent_s(pids) - before_s)


@contextmanager
def _cluster(workers: int) -> Iterator[tuple[str, list[int]]]:
    """Give the address and the processes of workers, one thread each."""
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=40
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address, [nanny.pid for nanny in cluster.workers.values()]


def _spent_s(pids: list[int]) -> float:
    """Return the processor's seconds of processes and of those that they waited for."""
    return sum(sum(psutil.Process(pid).cpu_times()[:4]) for pid in pids)


def _record(folder: Path, out: Path, *words: str) -> None:
    line = ["record", str(folder / "videos"), "--out", str(out), "--no-video", *words]
    done = subprocess.run(
        [sys.executable, "-m", "kpopdance", *line], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr + done.stdout)


def _cut(film: Path, folder: Path, most: int, seconds: float) -> None:
    """Cut the first pieces of a film, with their sound."""
    with VideoFile(film) as video:
        length_s = video.info.length_s or 0.0
    for number in range(min(most, int(length_s // seconds))):
        begin_s = number * seconds
        writer = VideoWriter(folder / f"{film.stem}-{number}.mp4", 30.0)
        writer.keep_sound(film, begin_s, begin_s + seconds)
        with VideoFile(film) as video:
            video.seek(begin_s)
            frames = (f for f in video.frames() if f.captured_s >= begin_s)
            for frame in islice(frames, round(30 * seconds)):
                writer.add(frame.image, frame.captured_s - begin_s)
        writer.finish(seconds)
        writer.close()


if __name__ == "__main__":
    main()
