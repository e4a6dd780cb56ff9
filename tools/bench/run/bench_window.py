"""Time the dance screen: drawing alone, and the whole frame of an open window.

    python -m tools.bench.run.bench_window [--size 1280x720] [--frames 400] [--busy 1] [--no-window]

Prints p10, p50 and p99 in ms; processor time leaves out what other programs took, and beside
other programs the p10 comes nearest to a quiet computer's. ``--busy`` threads keep other cores at
work with the GIL released, as inference does. Without a screen only drawing is timed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one busy thread is one busy core

import argparse
import dataclasses
import sys
import threading
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from kpopdance.realtime.core.types import Pose, Verdict
from kpopdance.realtime.devices.window import GameWindow, NoScreen, offscreen_surface
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.view import DanceView, Upcoming

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Grade

WARM_FRAMES = 40
SWITCH_S = 0.0005
"""As the game sets it, so that inference cannot hold Python's lock for long."""
CAMERA_EVERY = 2
"""A camera of 30 pictures a second under a screen of 60."""


def main() -> None:
    """Run the measurement."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--size", default="1280x720")
    ask.add_argument("--frames", type=int, default=400)
    ask.add_argument("--busy", type=int, default=1)
    ask.add_argument("--no-window", action="store_true")
    told = ask.parse_args()
    wide, high = (int(side) for side in told.size.split("x"))
    sys.setswitchinterval(SWITCH_S)
    cv2.setNumThreads(1)  # what its own threads do would not be counted
    done = threading.Event()
    for _ in range(told.busy):
        threading.Thread(target=_keep_busy, args=(done,), daemon=True).start()
    print(f"{wide}x{high}, {told.frames} frames, {told.busy} busy threads, ms")
    try:
        wall, worked = _time_draw((wide, high), told.frames)
        _report("draw", wall)
        _report("draw, processor time alone", worked)
        if not told.no_window:
            _time_window((wide, high), told.frames)
    finally:
        done.set()


def _time_draw(size: tuple[int, int], frames: int) -> tuple[list[float], list[float]]:
    surface = offscreen_surface(size)
    screen = DanceScreen(Backdrop(Theme()))
    wall, worked = [], []
    for number, view in enumerate(_views(frames + WARM_FRAMES)):
        start_s, began_s = perf_counter(), thread_time()
        screen.draw(surface, view)
        if number >= WARM_FRAMES:
            wall.append(perf_counter() - start_s)
            worked.append(thread_time() - began_s)
    return wall, worked


def _time_window(size: tuple[int, int], frames: int) -> None:
    try:
        window = GameWindow(size=size)
    except NoScreen as why:
        print(f"window not timed: {why}")
        return
    screen = DanceScreen(Backdrop(Theme()))
    whole, work = [], []
    last_s = perf_counter()
    for number, view in enumerate(_views(frames + WARM_FRAMES)):
        start_s = perf_counter()
        window.events()
        screen.draw(window.surface, view)
        drawn_s = perf_counter()
        window.flip()
        if number >= WARM_FRAMES:
            work.append(drawn_s - start_s)
            whole.append(perf_counter() - last_s)
        last_s = perf_counter()
    _report("events + draw in the window", work)
    _report("frame to frame, paced", whole)
    print(f"{1 / float(np.mean(whole)):.1f} frames a second ({window.driver})")
    window.close()


def _report(what: str, spent_s: list[float]) -> None:
    p10, p50, p99 = np.percentile(np.array(spent_s) * 1000, [10, 50, 99])
    print(f"{what:30s} p10 {p10:6.2f}   p50 {p50:6.2f}   p99 {p99:6.2f}")


def _keep_busy(done: threading.Event) -> None:
    numbers = np.random.default_rng(1).random((400, 400))
    while not done.is_set():
        numbers @ numbers


def _views(count: int) -> list[DanceView]:
    """Return a dance of four members before a camera, 60 views a second."""
    rng = np.random.default_rng(3)
    pictures = [rng.integers(0, 255, (720, 1280, 3), np.uint8) for _ in range(4)]
    views = []
    for number in range(count):
        song_s = 10 + number / 60
        moves = np.arange(np.floor(song_s), song_s + 5, 0.5)
        view = view_at(
            song_s, tuple(Upcoming(float(at), _dancer(float(at), 0.9)) for at in moves)
        )
        if number % CAMERA_EVERY == 0:
            picture, pose = pictures[number // CAMERA_EVERY % len(pictures)], view.pose
        views.append(dataclasses.replace(view, picture=picture, pose=pose))
    return views


def view_at(song_s: float, upcoming: tuple[Upcoming, ...] = ()) -> DanceView:
    """Return a dance of four members at a song second."""
    move = int(song_s)
    grades: tuple[Grade, ...] = ("PERFECT", "GREAT", "GOOD", "OK")
    player = _dancer(song_s, 0.9)
    player[:, :2] *= 720
    members = [_dancer(song_s + 0.05 * i, x) for i, x in enumerate((0.9, 0.45, 1.35, 0.1))]
    return DanceView(
        title="네온 스텝",
        artist="bench",
        phase="playing",
        song_s=song_s,
        length_s=90.0,
        bpm=120.0,
        beat=song_s * 2,
        picture=None,
        pose=Pose(player),
        mirror=True,
        coach=np.stack(members),
        lead=0,
        upcoming=upcoming,
        score=50.0 + move % 40,
        combo=move,
        verdict=Verdict(move, move, move + 1.0, grades[move % 4], 80.0, 0.01 * (move % 9)),
        verdict_age_s=song_s - move,
        status="bench",
    )


def _dancer(song_s: float, x: float) -> NDArray[np.float32]:
    """Return float32 (18, 3): a dancer 0.7 high whose limbs swing with the beat."""
    swing = float(np.sin(2 * np.pi * song_s))
    up, down = -0.29 + 0.1 * swing, -0.29 - 0.1 * swing
    body = [
        (0, -0.40), (0, -0.30), (-0.08, -0.29), (-0.18, up), (-0.24, up + 0.1 * swing),
        (0.08, -0.29), (0.18, down), (0.24, down - 0.1 * swing),
        (-0.05, 0), (-0.07, 0.17), (-0.1, 0.34), (0.05, 0), (0.07, 0.17), (0.1, 0.34),
        (-0.01, -0.42), (0.01, -0.42), (-0.03, -0.41), (0.03, -0.41),
    ]  # fmt: skip
    joints = np.ones((18, 3), np.float32)
    joints[:, :2] = np.array(body) + np.array([x + 0.03 * swing, 0.55])
    return joints


if __name__ == "__main__":
    main()
