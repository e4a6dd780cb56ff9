"""The same evening at real speed, in a real window: a phone camera and a sound server come and go."""

from __future__ import annotations

import dataclasses
import os
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.bench.run.bench_live import screen
from tools.bench.run.null_sink import NullSink, missing_programs
from tools.bench.run.phone import Phone
from tools.soak.evening import Hand, HandledWindow, WatchedShell
from tools.soak.meter import Meter

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.sharedctypes import Synchronized

    from kpopdance.realtime.core.ports import Camera
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.library.songpack import SongPack

SONG: Final = "neon-steps"
SAMPLE_S: Final = 60.0
TROUBLE_S: Final = 90.0
"""So often, on average, the camera or the sound goes, and so long, at most, is it away."""
AWAY_S: Final = 12.0
FULLSCREEN_S: Final = 200.0


def real_evening(length_s: float, seed: int) -> tuple[Meter, str]:
    """Return what was measured, and in words what was done."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-"))
        os.environ |= {f"XDG_{kind}_HOME": folder for kind in ("DATA", "CONFIG", "CACHE")}
        stack.enter_context(screen())
        phone = stack.enter_context(Phone(SONG))
        sink = None if missing_programs() else NullSink().start()
        if sink is not None:
            stack.callback(sink.close)
            os.environ |= sink.environ
        trouble = _Trouble(phone, sink, seed)
        stack.callback(trouble.end)
        meter, told = _played(phone, Path(folder) / "replays", length_s, seed)
    times = trouble.times
    return meter, f"{told}; camera away {times['camera']} times, sound {times['sound']} times"


def _played(
    phone: Phone, replays: Path, length_s: float, seed: int
) -> tuple[Meter, str]:  # fmt: skip
    from kpopdance.realtime.commands.play import make_kit
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.devices.window import GameWindow
    from kpopdance.realtime.game.listing import first_page
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.shell.songs import Songs

    settings = Settings(camera=phone.address, replays=str(replays))
    watched, meter, hand = _Watched(phone.offset), Meter(), Hand(np.random.default_rng(seed))
    kit, window = watched.over(make_kit(settings)), GameWindow()
    game = Game(kit, Songs(settings.libraries))
    shown = _RealWindow(window, watched, hand, length_s, game, meter)
    shell = WatchedShell(HandledWindow(shown, hand, kit.clock), kit.clock, hand)
    try:
        while not hand.ends:
            shell.run(first_page(game))
    finally:
        kit.close()
        window.close()
    spent = ", ".join(f"{kind} {s / 60:.1f} min" for kind, s in sorted(hand.pages.items()))
    return meter, f"{length_s / 60:.0f} real minutes, {len(game.outcomes)} dances; {spent}"


class _Watched:
    """Tells the phone which song second it is."""

    def __init__(self, offset: Synchronized[float]) -> None:
        self._offset = offset
        self._song_s: Callable[[], float | None] = lambda: None

    def over(self, kit: Kit) -> Kit:
        """Return a kit whose camera is told of."""
        open_camera = kit.open_camera

        def opened(song: SongPack, song_s: Callable[[], float | None]) -> Camera:
            self._song_s = song_s
            return open_camera(song, song_s)

        return dataclasses.replace(kit, open_camera=opened)

    def tell(self) -> None:
        """Pass the song second on."""
        song_s = self._song_s()
        self._offset.value = np.nan if song_s is None else song_s - time.perf_counter()


class _Trouble(threading.Thread):
    """Kills the phone's server and the sound's, hangs the sound's, brings them back."""

    def __init__(self, phone: Phone, sink: NullSink | None, seed: int) -> None:
        super().__init__(name="trouble", daemon=True)
        self._phone, self._sink = phone, sink
        self._ending = threading.Event()
        self._rng = np.random.default_rng(seed + 1)
        self.times = {"camera": 0, "sound": 0}
        self.start()

    def end(self) -> None:
        """Break nothing more."""
        self._ending.set()
        self.join()

    def run(self) -> None:
        """Wait, break something, wait, mend it."""
        while not self._ending.wait(TROUBLE_S * (0.5 + self._rng.random())):
            if self._sink is None or self._rng.random() < 0.5:
                self._without(self._phone.kill, self._phone.start, "camera")
            elif self._rng.random() < 0.5:
                self._without(self._sink.kill, self._sink.start, "sound")
            else:
                self._without(self._sink.hang, self._sink.wake, "sound")

    def _without(
        self, take: Callable[[], object], give: Callable[[], object], what: str
    ) -> None:
        take()
        self.times[what] += 1
        self._ending.wait(AWAY_S * self._rng.random())
        give()


class _RealWindow:
    """The window; its flips tell the phone, take samples and end the evening."""

    def __init__(
        self, window: Any, watched: _Watched, hand: Hand, length_s: float, game: Any,  # noqa: ANN401
        meter: Meter,
    ) -> None:  # fmt: skip
        self._window, self._watched, self._hand = window, watched, hand
        self._game, self._meter, self._length_s = game, meter, length_s
        self._began_s = time.perf_counter()
        self._due_s = SAMPLE_S
        self._work_s: list[float] = []
        self._since_s = time.thread_time()
        self._took_s: list[float] = []
        self.events, self.clicks, self.copy = window.events, window.clicks, window.copy
        self.letters = window.letters

    @property
    def surface(self) -> Any:  # noqa: ANN401 - pygame's
        """What to draw on."""
        return self._window.surface

    @property
    def pointer(self) -> tuple[int, int] | None:
        """Where the mouse is."""
        at: tuple[int, int] | None = self._window.pointer
        return at

    def flip(self) -> None:
        """Flip, then look after the evening."""
        self._work_s.append(time.thread_time() - self._since_s)
        self._window.flip()
        self._watched.tell()
        if self._hand.rng.random() < 1 / (60 * FULLSCREEN_S):
            self._window.toggle_fullscreen()
        at_s = time.perf_counter() - self._began_s
        self._hand.ends = at_s >= self._length_s
        if at_s >= self._due_s:
            self._due_s += SAMPLE_S
            self._sample(at_s)
        self._since_s = time.thread_time()

    def _sample(self, at_s: float) -> None:
        performing = self._game.performing
        took_s = [] if performing is None else performing.session.took_s
        self._meter.take(
            at_s, frame_s=self._work_s, verdict_s=took_s[-600:], songs=len(self._game.outcomes)
        )
        self._work_s.clear()
