"""A whole live run, measured: camera over MJPEG, sound into a null sink, window under Xvfb.

``python -m tools.bench.run.bench_live [--song S] [--shots FOLDER]`` starts what is missing (a
PulseAudio null
sink, Xvfb), serves the drawn dancer as a phone webcam would from a process of its own, plays the
song in the real window through the real network, and prints frame times, latency from a frame's
arrival to its verdict beside the bare network call, and underruns.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.sharedctypes import Synchronized

    from kpopdance.realtime.dance.performance import Outcome
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.devices.window import GameWindow
    from kpopdance.realtime.library.songpack import SongPack

SHOTS_S: Final = (-0.7, 3.0, 20.0, 35.0, 50.0, 62.0)
BARE_CALLS: Final = 60
RESULT_FLIPS: Final = 240  # how long the result page is looked at
LIST_FLIPS: Final = 120


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--song", default="neon-steps")
    parser.add_argument("--shots", type=Path, help="folder for screenshots")
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        stack.enter_context(screen())
        stack.enter_context(_sound())
        told = _run(chosen)
    print(json.dumps(told, indent=1))
    return 0


def _run(chosen: argparse.Namespace) -> dict[str, Any]:
    from kpopdance.realtime.commands.play import make_kit
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.devices.camera import CameraRequest, LiveCamera
    from kpopdance.realtime.devices.window import GameWindow
    from kpopdance.realtime.library.pack_reader import find_pack
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.shell.pages import Shell
    from kpopdance.realtime.shell.songs import Songs
    from tools.bench.run.phone import Phone

    kit = make_kit(Settings(camera="dancer"))
    bare_before = _bare_ms()
    with tempfile.TemporaryDirectory() as scores, Phone(chosen.song) as phone:

        def open_camera(_: SongPack, song_s: Callable[[], float | None]) -> LiveCamera:
            request = CameraRequest(phone.address)
            camera = LiveCamera(request, kit.clock)
            watch.song_s = song_s
            return camera

        import dataclasses

        from kpopdance.realtime.library.store import Store

        kit = dataclasses.replace(
            kit, open_camera=open_camera, close_camera=lambda camera: camera.close(),
            store=Store(Path(scores) / "kpopdance.sqlite"),
        )  # fmt: skip
        window = GameWindow()
        watch = _Watch(window, phone.offset, chosen)
        game = watch.game = Game(kit, Songs(kit.settings.libraries))
        page = _first_page(game, find_pack(chosen.song, kit.settings.libraries))
        Shell(watch, kit.clock).run(page)
        if chosen.shots:
            watch.save(chosen.shots)
        window.close()
    return _told(game.outcomes[0], bare_before, _bare_ms())


def _first_page(game: Game, folder: Path) -> Any:  # noqa: ANN401 - a page
    """Return a dance in front of the list; ``bench_against`` measures an older game too."""
    with contextlib.suppress(ModuleNotFoundError):
        from kpopdance.realtime.game.listing import first_page

        return first_page(game, folder)
    older: Any = game
    return older.first_page(folder)


class _Watch:
    """The window with a hand on it: tells the phone the song second, takes shots, presses keys."""

    def __init__(
        self, window: GameWindow, offset: Synchronized[float], chosen: argparse.Namespace
    ) -> None:
        self._window, self._offset, self._chosen = window, offset, chosen
        self.clicks, self.copy, self.letters = window.clicks, window.copy, window.letters
        self.song_s: Callable[[], float | None] = lambda: None
        self.game: Game | None = None
        self._shot = 0
        self._results = 0
        self._underruns = 0
        self._kept: dict[str, Any] = {}

    @property
    def surface(self) -> Any:  # noqa: ANN401
        """The real window's surface."""
        return self._window.surface

    @property
    def pointer(self) -> tuple[int, int] | None:
        """Where the mouse is."""
        return self._window.pointer

    def events(self) -> list[str]:
        """Return the real window's keys; leave after the result page has been seen."""
        names: list[str] = self._window.events()
        danced = self.game is not None and bool(self.game.outcomes)
        self._results += danced
        if self._results in (RESULT_FLIPS, RESULT_FLIPS + LIST_FLIPS):
            self._take("result" if self._results == RESULT_FLIPS else "songs")
            names.append("escape")
        elif self._results > RESULT_FLIPS + LIST_FLIPS:
            names.append("return")  # it asks before it leaves
        return names

    def flip(self) -> None:
        """Flip the real window."""
        self._window.flip()
        song_s = self.song_s()
        if song_s is None:
            return
        self._offset.value = song_s - perf_counter()
        self._note_underruns(song_s)
        if self._shot < len(SHOTS_S) and song_s >= SHOTS_S[self._shot]:
            self._take(f"dance{self._shot}")
            self._shot += 1

    def _note_underruns(self, song_s: float) -> None:
        """Say when the sound ran dry."""
        performing = None if self.game is None else self.game.performing
        count = performing.speaker.underruns if performing else 0
        if count > self._underruns:
            print(f"underrun {count} at song second {song_s:.2f}", file=sys.stderr)
        self._underruns = count

    def _take(self, name: str) -> None:
        """Keep a copy; writing a PNG would hold the sound's callback up for 0.2 s."""
        self._kept[name] = self._window.surface.copy()

    def save(self, folder: Path) -> None:
        """Write the pictures taken."""
        from kpopdance.realtime.devices.window import save_picture

        for name, surface in self._kept.items():
            save_picture(surface, folder / f"{name}.png")


def _told(outcome: Outcome, before: list[float], after: list[float]) -> dict[str, Any]:
    from kpopdance.realtime.commands.play import timing

    return {
        "score": round(outcome.report.score, 1),
        "lag_ms": outcome.report.lag_ms,
        "coverage": round(outcome.report.coverage, 3),
        **timing(outcome),
        "bare_call_ms_before": _p(before),
        "bare_call_ms_after": _p(after),
        "camera": outcome.camera,
    }


def _p(ms: list[float]) -> dict[str, float]:
    return {
        "p50": round(float(np.median(ms)), 1),
        "p99": round(float(np.percentile(ms, 99)), 1),
    }


def _bare_ms() -> list[float]:
    """Return the times in ms of the bare network call on a crop-sized tensor."""
    from kpopdance.engines.choose import BUNDLED
    from kpopdance.engines.formats import OPENPOSE
    from kpopdance.engines.openvino_runner import OpenVinoNetwork

    network = OpenVinoNetwork(BUNDLED, OPENPOSE, threads=max((os.cpu_count() or 2) - 1, 1))
    tensor = np.random.default_rng(1).uniform(0, 255, (1, 3, 256, 256)).astype(np.float32)
    took = []
    for _ in range(BARE_CALLS):
        began = perf_counter()
        network.infer(tensor)
        took.append(1000 * (perf_counter() - began))
    return took[5:]


@contextlib.contextmanager
def screen() -> Iterator[None]:
    """Start Xvfb where there is no screen."""
    if os.environ.get("DISPLAY") or shutil.which("Xvfb") is None:
        yield
        return
    display = ":97"
    process = subprocess.Popen(
        ["Xvfb", display, "-screen", "0", "1280x720x24"], stderr=subprocess.DEVNULL
    )
    os.environ.update(DISPLAY=display, SDL_FRAMEBUFFER_ACCELERATION="0", SDL_VIDEODRIVER="x11")
    sleep(1.0)
    try:
        yield
    finally:
        process.terminate()


@contextlib.contextmanager
def _sound() -> Iterator[None]:
    """Start a null sink where PulseAudio is installed."""
    if shutil.which("pulseaudio") is None:
        yield
        return
    from tools.bench.run.null_sink import NullSink

    sink = NullSink().start()
    os.environ.update(sink.environ)
    try:
        yield
    finally:
        sink.close()


if __name__ == "__main__":
    sys.exit(main())
