"""Many videos, one song each: several at once, here or on a cluster; none stops the others.

A video whose pack is there is done: after whatever ended a run, the same line goes on with the rest.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import deque
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tqdm import tqdm

from kpopdance.engines.errors import DanceError
from kpopdance.engines.texts import MOST_TEXT_BYTES, one_form
from kpopdance.realtime.commands.speaking import print_json, print_result, say
from kpopdance.realtime.library.pack_writer import slug_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor, Future

    from distributed import Client

    Hear = Callable[[str, int], None]
    """Hears of which video how much is done, %."""
    Work = Callable[[list[str], str], dict[str, Any]]
    """Records by a line of words; the second is what the video is called."""

VIDEOS: Final = (
    ".3gp", ".avi", ".flv", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ts", ".webm",
    ".wmv",
)  # fmt: skip
LIST: Final = ".txt"
PASSED_ON: Final = (
    "artist",
    "licence",
    "dancer",
    "network",
    "model",
    "engine",
    "settings",
)
"""Options that each video is recorded with."""
SWITCHES: Final = ("mirrored", "replace")
ANSWERS_S: Final = 15.0  # so long a cluster's scheduler is waited for
MOST_BYTES: Final = 64 * MOST_TEXT_BYTES
FAR: Final = re.compile(r"finding poses: +(\d+)%")
"""How far one recording says that it is."""
MOST_SHOWN: Final = 4
LAST_LINES: Final = 20


def is_many(path: Path) -> bool:
    """Return whether a path names a folder of videos or a list of them."""
    if path.is_dir():
        return any(each.suffix.lower() in VIDEOS for each in path.iterdir())
    return path.suffix.lower() == LIST and path.is_file()


def run_many(args: argparse.Namespace, library: Path) -> int:
    """Record all that are not there yet; return 2 where one failed."""
    refused = [
        name for name in ("title", "bpm", "offset", "audio") if getattr(args, name) is not None
    ]
    if refused:
        raise DanceError(f"--{refused[0]}: is one song's; leave it out for several videos")
    if args.cluster and args.jobs != 1:
        raise DanceError("--jobs: a cluster has its own workers; leave it out with --cluster")
    if args.jobs < 1:
        raise DanceError(f"--jobs {args.jobs}: choose 1 or more")
    folders = folders_for(videos_of(args.video), args.out or library)
    waiting = {v: f for v, f in folders.items() if args.replace or not f.exists()}
    say(f"{len(folders)} videos, {len(folders) - len(waiting)} of them are there already")
    told = _recorded(args, waiting)
    failed = {video: one["problem"] for video, one in told.items() if one.get("problem")}
    if args.json:
        print_json({"songs": [
            {"video": str(video), "folder": str(folder)} | told.get(video, {"there": True})
            for video, folder in folders.items()
        ]})  # fmt: skip
    else:
        for video, why in failed.items():
            print_result(f"{video}: {why}")
        print_result(
            f"{len(folders) - len(failed)} of {len(folders)} songs are in {args.out or library}"
        )
    return 2 if failed else 0


def videos_of(path: Path) -> list[Path]:
    """Return the videos of a folder, by name, or of a list: a path a line, from the list's folder."""
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.suffix.lower() in VIDEOS)
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DanceError(
            f"{path}: is no list of videos; write a path a line, in UTF-8"
        ) from None
    if len(content) > MOST_BYTES:
        raise DanceError(f"{path}: is larger than {MOST_BYTES >> 20} MiB; make it two lists")
    named = [path.parent / line.strip() for line in lines if line.strip() and line[0] != "#"]
    if not named:
        raise DanceError(f"{path}: names no video; write a path a line")
    return list(dict.fromkeys(named))


def folders_for(videos: list[Path], library: Path) -> dict[Path, Path]:
    """Return the folder of each video's song: by its name, numbered where several have it."""
    folders: dict[Path, Path] = {}
    taken: dict[str, int] = {}
    for video in videos:
        slug = slug_of(one_form(video.stem))
        taken[slug] = taken.get(slug, 0) + 1
        folders[video] = library / (slug if taken[slug] == 1 else f"{slug}-{taken[slug]}")
    return folders


def _recorded(
    args: argparse.Namespace, waiting: dict[Path, Path]
) -> dict[Path, dict[str, Any]]:
    """Record each in a process of its own, so many at once; return what each told."""
    told: dict[Path, dict[str, Any]] = {}
    share = 1 if args.cluster else max(1, (os.cpu_count() or 2) // args.jobs)
    threads = args.threads or share
    with tqdm(total=len(waiting), unit="song", leave=False, disable=None) as bar:
        far = _Far(bar)
        with _pool(args, far.hear) as (pool, work):
            coming = {
                pool.submit(work, _words(args, video, folder, threads), video.name): video
                for video, folder in waiting.items()
            }
            try:
                for done in as_completed(coming):
                    video = coming[done]
                    told[video] = _told_by(done)
                    far.done(video.name, told[video].get("problem"))
            except KeyboardInterrupt:
                for one in coming:
                    one.cancel()
                pool.shutdown(wait=False)
                raise
    return told


class _Far:
    """Shows how far all are, and each that is being recorded; ``hear`` is called by any thread."""

    def __init__(self, bar: Any) -> None:  # noqa: ANN401 - tqdm has no types
        self._bar, self._failed = bar, 0
        self._each: dict[str, int] = {}

    def hear(self, name: str, percent: int) -> None:
        """Take in how far one is, %."""
        self._each[name] = percent
        self._show()

    def done(self, name: str, problem: str | None) -> None:
        """Take in that one is done, or why not."""
        self._each.pop(name, None)
        self._failed += bool(problem)
        self._bar.update()
        self._show()
        tqdm.write(f"{name}: {problem or 'done'}", file=sys.stderr)

    def _show(self) -> None:
        each = [f"{name} {percent} %" for name, percent in list(self._each.items())]
        shown = [*each[:MOST_SHOWN], *(["..."] if len(each) > MOST_SHOWN else [])]
        self._bar.set_postfix_str(", ".join([f"{self._failed} failed", *shown]))


@contextmanager
def _pool(args: argparse.Namespace, hear: Hear) -> Iterator[tuple[Executor, Work]]:
    """Give who records, and how: threads here, each with a process, or the workers of a Dask cluster.

    The workers see the same folders under the same names, and have the same game.
    """
    if not args.cluster:
        with ThreadPoolExecutor(args.jobs) as pool:
            yield pool, lambda words, name: _one(words, partial(hear, name))
        return
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise DanceError(
            "--cluster: needs Dask; install it with: pip install 'kpopdance[cluster]'"
        ) from None
    try:
        client: Any = Client(args.cluster, timeout=ANSWERS_S)
    except (OSError, ValueError) as why:
        raise DanceError(
            f"--cluster {args.cluster}: no scheduler answers ({why}); start one with: dask scheduler"
        ) from None
    with (
        client,
        client.get_executor(pure=False, resources=_asked_of(client)) as pool,
    ):
        topic = f"kpopdance {client.id}"
        client.subscribe_topic(topic, lambda event: hear(*event[1]))
        yield pool, partial(_on_worker, topic)


def _on_worker(topic: str, words: list[str], name: str) -> dict[str, Any]:
    """Record one video on a cluster's worker, which tells under a topic how far it is."""
    from distributed import get_worker

    worker = get_worker()
    return _one(words, lambda percent: worker.log_event(topic, (name, percent)))


def _asked_of(client: Client) -> dict[str, int]:
    """Return what a video takes of a worker: its GPU, where all workers say that they have one."""
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    return {"GPU": 1} if workers and all("GPU" in one["resources"] for one in workers) else {}


def _told_by(done: Future[dict[str, Any]]) -> dict[str, Any]:
    """Return what recording told, or why whoever should have recorded it could not."""
    why = done.exception()
    return done.result() if why is None else {"problem": f"its worker was lost ({why})"}


def _words(args: argparse.Namespace, video: Path, folder: Path, threads: int) -> list[str]:
    named = _from_anywhere if args.cluster else str  # here a message names what was typed
    words = ["record", named(video), "--out", named(folder), "--json"]
    words += ["--threads", str(threads)]
    for name in PASSED_ON:
        value = getattr(args, name, None)
        if value not in (None, ""):
            words += [f"--{name}", named(value) if isinstance(value, Path) else value]
    words += ["--language", args.sung]
    words += [f"--{name}" for name in SWITCHES if getattr(args, name)]
    for library in args.library or ():
        words += ["--library", library]
    return [*words, f"--{args.film}-video"]


def _from_anywhere(path: Path) -> str:
    """Return a path as it is called from other folders too."""
    return os.path.abspath(path)  # noqa: PTH100 - a link stays a link


def _one(words: list[str], hear: Callable[[int], None]) -> dict[str, Any]:
    """Return what recording one video told, or its ``problem``; ``hear`` hears how far it is, %."""
    last: deque[str] = deque(maxlen=LAST_LINES)
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out,
        subprocess.Popen(
            [sys.executable, "-m", "kpopdance", *words], stdout=out, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, text=True, encoding="utf-8", errors="replace",
        ) as process,
    ):  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            last.append(line)
            if (far := FAR.match(line.strip())) is not None:
                hear(int(far[1]))
        if process.wait() == 0:
            out.seek(0)
            told: dict[str, Any] = json.loads(out.read())
            return told
    lines = "".join(last).strip().splitlines() or [f"ended with {process.returncode}"]
    return {"problem": lines[-1].removeprefix("kpopdance: ")}
