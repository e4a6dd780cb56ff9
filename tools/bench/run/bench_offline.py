"""Time what looks at videos beside its bare networks, and how that grows with people and dancers.

    python -m tools.bench.run.bench_offline [--rounds 2] [--pictures 16]

A film is drawn with as many people as a case has. First the case runs once and the calls of its
networks are counted; then, in turn, those calls alone on all cores, and the case, from the film's
file to its choreographies, poses or pictures. Ratios are medians over the rounds, of what was timed
right after each other, so that a busy computer does less harm; to the processor's time least.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from kpopdance.engines.kept_trials import processor
from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork
from kpopdance.engines.openvino_runner import OpenVinoNetwork
from kpopdance.realtime.commands.common import ANY_NUMBER, wished_eyes
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.studio.attempts import track_from_video
from kpopdance.realtime.studio.looking import poses_in_video
from kpopdance.realtime.studio.mask_film import mask_video
from kpopdance.realtime.studio.take_making import take_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes

SIZE: Final = (1280, 720)
FPS: Final = 30.0
TALL_PX: Final = 330
APART_PX: Final = 240  # at most
ROWS_APART: Final = 45  # of the dance, between neighbours
RUNNERS: Final = (OpenVinoNetwork, OnnxRuntimeNetwork)
INFER: Final = "infer"  # mypy knows that methods do not change: here they do
BARE_INFER: Final[dict[type, Any]] = {runner: runner.infer for runner in RUNNERS}

Call = tuple[Any, "NDArray[np.float32]"]


class Took(NamedTuple):
    """What something took: seconds, and the processor's seconds on all cores."""

    wall_s: float
    cores_s: float


@dataclass(slots=True, eq=False)
class Case:
    """One kind of work: how many people are in the film, how many looks are wanted at a time."""

    name: str
    people: int
    wanted: int
    work: Callable[[Path, Eyes], object]
    calls: list[Call] = field(default_factory=list)
    bare: list[Took] = field(default_factory=list)
    whole: list[Took] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--rounds", type=int, default=2)
    ask.add_argument("--pictures", type=int, default=16)
    asked = ask.parse_args()
    load = os.getloadavg()[0]
    print(f"{processor()}, {os.cpu_count()} cores, load {load:.1f} at the start\n")
    with tempfile.TemporaryDirectory() as folder:
        films = {n: drawn_film(Path(folder), n, asked.pictures) for n in (1, 2, 3, 5, 9)}
        print(f"reading the film of one alone: {_reading_ms(films[1]):.1f} ms a picture\n")
        measured("what", _commands(), films, asked.rounds)
        measured("dancers followed", [_recorded(n) for n in (1, 2, 3, 5, 9)], films, 1)


def measured(what: str, cases: list[Case], films: dict[int, Path], rounds: int) -> None:
    """Time cases in turn; print a table in which each stands beside the first."""
    eyes = {one.wanted: wished_eyes(Settings(), wanted=one.wanted) for one in cases}
    for one in cases:  # everything is warm then
        with _noting(one.calls):
            one.work(films[one.people], eyes[one.wanted])
    for _ in range(rounds):
        for one in cases:
            see = eyes[one.wanted]
            one.bare.append(_took(partial(_call_all, one.calls, see.at_once)))
            one.whole.append(_took(partial(one.work, films[one.people], see)))
    print(
        f"| {what} | calls | networks | whole | of the networks' | of the first's |\n"
        "|---|---|---|---|---|---|"
    )
    for one in cases:
        print(
            f"| {one.name} | {len(one.calls)} | {_median(one.bare)} | {_median(one.whole)} "
            f"| {_ratio(one.whole, one.bare)} | {_ratio(one.whole, cases[0].whole)} |"
        )
    print(flush=True)


def _took(work: Callable[[], object]) -> Took:
    began_s, had_s = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - began_s, time.process_time() - had_s)


def _median(took: list[Took]) -> str:
    wall_s, cores_s = (statistics.median(each) for each in zip(*took, strict=True))
    return f"{wall_s:.2f} s ({cores_s:.2f} of processor)"


def _ratio(these: list[Took], those: list[Took]) -> str:
    """Return how many times as long these took, each beside that of its round."""
    wall, cores = (
        statistics.median(one[k] / other[k] for one, other in zip(these, those, strict=True))
        for k in (0, 1)
    )
    return f"{wall:.2f} ({cores:.2f} of processor)"


def drawn_film(folder: Path, people: int, pictures: int) -> Path:
    """Write a film of so many drawn people side by side who dance, each elsewhere in the song."""
    path = folder / f"{people}.mp4"
    song = load_pack(find_pack("neon-steps", Settings().libraries))
    rows = song.members[song.lead].joints[960:]
    apart = min(APART_PX, SIZE[0] / people)
    middle = (people - 1) / 2
    room, writer = DrawnRoom(SIZE[::-1]), VideoWriter(path, FPS)
    try:
        for index in range(pictures):
            there = []
            for n in range(people):
                joints = rows[ROWS_APART * n + index] * (TALL_PX, TALL_PX, 1)
                hips = joints[[8, 11], :2].mean(axis=0)
                joints[:, :2] += (SIZE[0] / 2 + (n - middle) * apart, 400) - hips
                there.append((joints.astype(np.float32), OUTFITS[n % len(OUTFITS)]))
            writer.add(room.take(there, index), index / FPS)
        writer.finish()
    finally:
        writer.close()
    return path


def _recorded(people: int) -> Case:
    def work(film: Path, eyes: Eyes) -> None:
        with VideoFile(film) as video:
            take = take_from(video.frames(), eyes)
        take.choreographies()
        take.formation()

    name = f"`record`, {people} dancers" if people > 1 else "`record`, 1 dancer"
    return Case(name, people, people, work)


def _commands() -> list[Case]:
    return [
        _recorded(1),
        _recorded(5),
        Case("`score`, 1 dancer", 1, 1, track_from_video),
        Case(
            "`mask`, 2 people", 2, ANY_NUMBER,
            lambda film, eyes: mask_video(film, film.with_name("masked.mp4"), eyes),
        ),
        Case(
            "`pose`, 2 people", 2, ANY_NUMBER,
            lambda film, eyes: list(poses_in_video(film, eyes)),
        ),
    ]  # fmt: skip


@contextmanager
def _noting(calls: list[Call]) -> Iterator[None]:
    """Note every call of a network while this stands, with one input of each size."""
    kept: dict[tuple[int, ...], NDArray[np.float32]] = {}

    def noted(network: Any, tensor: NDArray[np.float32]) -> Any:  # noqa: ANN401
        calls.append((network, kept.setdefault(tensor.shape, tensor)))
        return BARE_INFER[type(network)](network, tensor)

    try:
        for runner in RUNNERS:
            setattr(runner, INFER, noted)
        yield
    finally:
        for runner in RUNNERS:
            setattr(runner, INFER, BARE_INFER[runner])


def _call_all(calls: list[Call], at_once: int) -> None:
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda call: BARE_INFER[type(call[0])](*call), calls))


def _reading_ms(film: Path) -> float:
    began_s = time.process_time()
    with VideoFile(film) as video:
        count = sum(1 for _ in video.frames())
    return 1000 * (time.process_time() - began_s) / count


if __name__ == "__main__":
    main()
