"""Several before one camera: does each stay who they are, are they judged as alone, what does it cost.

    python -m tools.bench.pose.bench_together [--people 2 3] [--seconds 70] [--seeds 0 1] [--later 60]
        [--aside 0.2]
    python -m tools.bench.pose.bench_together --cost [--people 1 2 3 4] [--cores 2]
    python -m tools.bench.pose.bench_together --films LEFT.mp4 RIGHT.mp4

Drawn dancers dance the demo song, each 60 ms (``--later``) later than the one before, and all change
places every three seconds, so that they cross, each a fifth of a body height (``--aside``) to the right
of the straight line, on which they would go through each other; ten pictures a second. Told are the
crossings, of how many moves the judge saw nearly all poses of the right dancer (attribution; the others
are listed below), how many poses were another's, the unison that was found and that there was, and
everybody's score beside that of the same poses without any mistake of who is who.

``--cost``: the processor's time of a picture and of a pose with one to four dancers, and how many
poses a second that is on so many cores. Looks are planned by the processor's time shared by the threads
that the networks have in the game, one fewer than the cores, so that another program's load changes
nothing; that they share it evenly is taken for granted.

``--films``: two videos of real people side by side are one camera's pictures; each dancer is judged
against their own film's choreography, recorded alone, and the scores are compared with those alone.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import cv2
import numpy as np

from kpopdance.realtime.commands.common import wished_eyes
from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.dance.held_back import HeldBack
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.pose.group_tracker import GroupTracker
from kpopdance.realtime.pose.group_watcher import GroupWatcher
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.unison import apart_ms, lags_of
from tools.bench.pose.drawn_group import Group, troupe
from tools.bench.scoring.real_dancers import filmed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Pose
    from kpopdance.realtime.scoring.standard import Standard

CORES: Final = 2
FROM_S: Final = 32.0
"""There is much to dance: what it costs is measured from here on."""
LATER_MS: Final = 60.0
ASIDE: Final = 0.2
"""Body heights: they pass each other at two such, about an arm's length."""
EVERY: Final = 2
"""Of the drawn pictures, of which there are twenty a second."""
SAME_PX: Final = 60.0
OWN: Final = 0.8
"""Of the poses of a move: then it was the right dancer's."""
COST_S: Final = 6.0
FILM_FPS: Final = 10.0
FILM_S: Final = 20.0
FILM_PX: Final = 480


class Seen(NamedTuple):
    """What a group's watching gave: everybody's poses by second, the processor's s, the looks."""

    tracks: list[list[tuple[float, Pose | None]]]
    took_s: float
    pictures: int
    given_up: str


class Off(NamedTuple):
    """A move that was not the right dancer's: which place's, song seconds, poses theirs and in all."""

    place: int
    start_s: float
    end_s: float
    own: int
    poses: int


class Told(NamedTuple):
    """How well who is who was told."""

    off: list[Off]
    moves: int
    others: float
    apart_ms: float | None
    scores: list[float]
    at_best: list[float]


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--people", type=int, nargs="+")
    ask.add_argument("--seconds", type=float, default=70.0)
    ask.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    ask.add_argument("--later", type=float, default=LATER_MS, metavar="MS")
    ask.add_argument("--aside", type=float, default=ASIDE, metavar="BODIES")
    ask.add_argument("--cost", action="store_true")
    ask.add_argument("--cores", type=int, default=CORES)
    ask.add_argument("--films", type=Path, nargs=2, metavar=("LEFT", "RIGHT"))
    asked = ask.parse_args()
    eyes = wished_eyes(Settings())
    if asked.cost:
        costs(eyes, asked.people or [1, 2, 3, 4], asked.cores)
    elif asked.films:
        films(eyes, *asked.films)
    else:
        wanted = [(count, seed) for count in asked.people or [2, 3] for seed in asked.seeds]
        crossings(eyes, wanted, asked.seconds, asked.later / 1000, asked.aside)


def crossings(
    eyes: Eyes, wanted: list[tuple[int, int]], seconds: float, later_s: float, aside: float
) -> None:
    """Print how well drawn groups are kept apart, each of so many dancers and with a seed."""
    song = load_pack(find_pack("neon-steps"))
    standard = standard_of(song, USUAL)
    print(
        "| people | seed | crossings | moves right | others' poses | apart, ms | was "
        "| scores | at best |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    off = []
    for count, seed in wanted:
        late_s = [later_s * k for k in range(count)]
        drawn = _drawn(song, late_s, 0.0, seconds, seed, aside)
        told = told_of(drawn, watched(eyes, drawn.frames(EVERY), count), standard)
        was_ms = 1000 * np.mean([abs(one - other) for one, other in combinations(late_s, 2)])
        found_ms = "" if told.apart_ms is None else f"{told.apart_ms:.0f}"
        scores, best = (
            " ".join(f"{score:.1f}" for score in each) for each in (told.scores, told.at_best)
        )
        print(
            f"| {count} | {seed} | {crossed(drawn)} | {told.moves - len(told.off)}/{told.moves} "
            f"| {100 * told.others:.2f} % | {found_ms} | {was_ms:.0f} "
            f"| {scores} | {best} |", flush=True
        )  # fmt: skip
        off += [
            f"{count} people, seed {seed}: place {one.place + 1}, {one.start_s:.1f}-{one.end_s:.1f} s: "
            f"{one.own} of {one.poses} poses theirs"
            for one in told.off
        ]  # fmt: skip
    print("\n".join(["", *off]))


def _drawn(
    song: SongPack, late_s: list[float], from_s: float, seconds: float, seed: int = 0,
    aside: float = ASIDE,
) -> Group:  # fmt: skip
    """Return a group that dances a song's lead from a second on, each so late."""
    dances = [song.members[song.lead]] * len(late_s)
    return troupe(dances, late_s, from_s=from_s, seconds=seconds, seed=seed, aside=aside)


def watched(eyes: Eyes, frames: Iterable[Frame], people: int, cores: int = CORES) -> Seen:
    """Return what the game would have seen of so many players in these pictures."""
    watcher = GroupWatcher(
        eyes, GroupTracker(people), now=lambda: time.process_time() / threads_of(cores),
        budget_s=1 / Settings().camera_fps,
    )  # fmt: skip
    held = HeldBack(people)
    tracks: list[list[tuple[float, Pose | None]]] = [[] for _ in range(people)]
    took_s, pictures, warm = 0.0, 0, False
    for frame in frames:
        if not warm:
            watcher.warm_up(frame.image)
            warm = True
        began_s = time.process_time()
        poses = watcher.watch(frame)
        took_s += time.process_time() - began_s
        pictures += 1
        for exchange in watcher.group.exchanges:
            held.exchange(exchange)
        held.add(frame.captured_s, frame.captured_s, poses)
        for k in range(people):
            settled = held.settled(k, watcher.group.unsettled_s(k))
            tracks[k] += [(row.song_s, row.pose) for row in settled]
    for k in range(people):
        tracks[k] += [(row.song_s, row.pose) for row in held.settled(k, None)]
    return Seen(tracks, took_s, pictures, watcher.given_up())


def threads_of(cores: int) -> int:
    """Return how many threads the networks have in the game: the window has a core, too."""
    return max(1, cores - 1)


def told_of(drawn: Group, seen: Seen, standard: Standard) -> Told:
    """Return how well everybody was told from the others."""
    whose = [np.array([_whose(drawn, at_s, pose) for at_s, pose in row]) for row in seen.tracks]
    persons = [int(np.bincount(row[row >= 0][:30]).argmax()) for row in whose]
    at_s = np.array([at for at, _ in seen.tracks[0]])
    off, moves = [], 0
    for place, (row, person) in enumerate(zip(whose, persons, strict=True)):
        for begin, end in _moves(standard, at_s):
            given = row[(at_s >= begin) & (at_s < end)]
            given = given[given >= 0]
            own = int((given == person).sum())
            moves += len(given) > 0
            if own < OWN * len(given):
                off.append(Off(place, begin, end, own, len(given)))
    wrong = sum(
        int(((row >= 0) & (row != p)).sum()) for row, p in zip(whose, persons, strict=True)
    )
    judges = [_judge(row, standard) for row in seen.tracks]
    best = [_judge(_true(seen, whose, person), standard) for person in persons]
    return Told(
        off, moves, wrong / max(sum(int((row >= 0).sum()) for row in whose), 1),
        apart_ms([lags_of(judge) for judge in judges]),
        [judge.totals()[0] for judge in judges], [judge.totals()[0] for judge in best],
    )  # fmt: skip


def _moves(standard: Standard, at_s: NDArray[np.float64]) -> Iterator[tuple[float, float]]:
    for begin, end in zip(standard.start_s, standard.end_s, strict=True):
        if begin >= at_s[0] and end <= at_s[-1]:
            yield float(begin), float(end)


def _whose(drawn: Group, at_s: float, pose: Pose | None) -> int:
    """Return which of the drawn dancers a pose shows; -1: none."""
    if pose is None or not pose.seen.any():
        return -1
    row = int(np.abs(drawn.at_s - at_s).argmin())
    way = np.linalg.norm(drawn.joints[:, row, :, :2] - pose.joints[None, :, :2], axis=-1)
    far = np.nanmedian(way, axis=1)
    return int(far.argmin()) if far.min() < SAME_PX else -1


def _true(
    seen: Seen, whose: list[NDArray[np.int64]], person: int
) -> list[tuple[float, Pose | None]]:
    """Return the poses of one dancer, whoever they were given to."""
    out = []
    for n, (at_s, _) in enumerate(seen.tracks[0]):
        given = [
            row[n][1] for row, who in zip(seen.tracks, whose, strict=True) if who[n] == person
        ]
        out.append((at_s, given[0] if given else None))
    return out


def _judge(rows: list[tuple[float, Pose | None]], standard: Standard) -> Judge:
    """Return a judge of the moves that were danced."""
    track = PoseTrack()
    for at_s, pose in rows:
        track.add(at_s, pose)
    judge = Judge(standard)
    judge.fault(-np.inf, rows[0][0])
    judge.step(track, rows[-1][0])
    return judge


def crossed(drawn: Group) -> int:
    """Return how often two of a group changed sides, seen from the camera."""
    x = drawn.joints[..., 0].mean(axis=2)
    return sum(
        int((np.diff(np.sign(x[a] - x[b])) != 0).sum()) for a in range(len(x)) for b in range(a)
    )


def costs(eyes: Eyes, wanted: list[int], cores: int) -> None:
    """Print what looking at one to four dancers costs."""
    song = load_pack(find_pack("neon-steps"))
    print("| dancers | a picture, ms | a pose, ms | poses/s each | given up |")
    print("|---|---|---|---|---|")
    for people in wanted:
        drawn = _drawn(song, [0.0] * people, FROM_S, COST_S)
        seen = watched(eyes, drawn.frames(), people, cores)
        picture_s = seen.took_s / seen.pictures
        print(
            f"| {people} | {1000 * picture_s:.0f} | {1000 * picture_s / people:.0f} "
            f"| {threads_of(cores) / picture_s:.1f} | {seen.given_up} |", flush=True
        )  # fmt: skip


def films(eyes: Eyes, left: Path, right: Path) -> None:
    """Print what two real dancers in one picture get, and what each gets alone."""
    kept = Path(tempfile.gettempdir()) / "bench-together"
    pictures = [_pictures(video) for video in (left, right)]
    alone = [watched(eyes, frames, 1).tracks[0] for frames in pictures]
    both = watched(eyes, _side_by_side(*pictures), 2).tracks
    print("| film | alone | beside the other |")
    print("|---|---|---|")
    # the first place is to the left of a mirror
    for video, *tracks in zip((left, right), alone, reversed(both), strict=True):
        dancer = filmed(video, eyes, kept_in=kept)[0]
        dance = dancer.recording.choreography(start_s=0.0)
        standard = standard_of(SongPack(video.stem, "", dancer.beat[0], (dance,), None), USUAL)
        one, beside = (_judge(track, standard).totals()[0] for track in tracks)
        print(f"| {video.stem} | {one:.1f} | {beside:.1f} |", flush=True)


def _pictures(video: Path) -> list[Frame]:
    """Return a film's pictures, ten a second, as high as a camera's."""
    out: list[Frame] = []
    with VideoFile(video) as film:
        for frame in film.frames():
            if len(out) / FILM_FPS <= frame.captured_s < FILM_S:
                high, wide = frame.image.shape[:2]
                size = (round(wide * FILM_PX / high), FILM_PX)
                image = np.asarray(cv2.resize(frame.image, size), np.uint8)
                out.append(Frame(image, len(out) / FILM_FPS, len(out)))
    return out


def _side_by_side(left: list[Frame], right: list[Frame]) -> Iterator[Frame]:
    for one, other in zip(left, right, strict=False):
        image = np.concatenate([one.image, other.image], axis=1)
        yield Frame(image, one.captured_s, one.index)


if __name__ == "__main__":
    main()
