"""Songs, quiz, pauses, cameras that come and go and resizes, many times faster than real."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.commands.quiz import Learning, quiz_kit
from kpopdance.realtime.commands.sound import samples_of
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.dance.kit import Kit
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.devices.count_in import CountIn
from kpopdance.realtime.devices.silent_speaker import SilentSpeaker
from kpopdance.realtime.devices.window import offscreen_surface
from kpopdance.realtime.game.listing import first_page
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.store import Store
from kpopdance.realtime.quiz.game import quiz_page
from kpopdance.realtime.quiz.reverse import guesser_of, reverse_page
from kpopdance.realtime.quiz.rules import Rules
from kpopdance.realtime.shell.beside import Later
from kpopdance.realtime.shell.songs import Songs
from tools.soak.evening import Hand, HandledWindow, WatchedShell
from tools.soak.meter import Meter
from tools.soak.pretended import FPS, KnownCamera, KnownEyes, SteppedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.quiz.game import QuizKit
    from kpopdance.realtime.shell.pages import Page

SILENCE: Final = Health("sound", Cause.NEVER_OPENED, "Simulated.")
SIZES: Final = ((640, 360), (480, 270), (800, 480), (1280, 720), (300, 700))
SAMPLE_S: Final = 300.0
SONGS: Final = 4
RESIZES: Final = 1 / 400  # a second
UNPLUGS: Final = 1 / 120
AWAY_S: Final = 8.0
YIELD_S: Final = 0.0005  # real seconds that threads beside the window get at every flip
WAIT_S: Final = 0.02  # where a page waits for them, time goes as it does


class PretendedWindow:
    """A surface in memory whose flip moves the clock and lets the camera film."""

    def __init__(self, clock: SteppedClock, hand: Hand) -> None:
        self.surface: Surface = offscreen_surface(SIZES[0])
        self.clock, self.hand, self._rng = clock, hand, hand.rng
        self.camera: KnownCamera | None = None
        self.work_s: list[float] = []
        self.looked_s: list[float] = []
        self._since_s = time.thread_time()
        self._away_until_s = 0.0
        self.flipped: Callable[[], None] = lambda: None

    def events(self) -> list[str]:
        """No key of its own."""
        return []

    def clicks(self) -> list[tuple[int, int]]:
        """No click of its own."""
        return []

    @property
    def pointer(self) -> tuple[int, int] | None:
        """There is no mouse."""
        return None

    @property
    def letters(self) -> Mapping[str, str]:
        """The keyboard is a US one."""
        return {}

    def copy(self, text: str) -> bool:
        """There is no clipboard."""
        return False

    def flip(self) -> None:
        """Move time on by one picture of the camera."""
        self.work_s.append(time.thread_time() - self._since_s)
        waits = self.hand.waits
        time.sleep(WAIT_S if waits else YIELD_S)
        self.clock.at_s += WAIT_S if waits else 1 / FPS
        if self._rng.random() < RESIZES / FPS:
            self.surface = offscreen_surface(SIZES[self._rng.integers(len(SIZES))])
        self._film()
        self.flipped()
        self._since_s = time.thread_time()

    def _film(self) -> None:
        camera, now = self.camera, self.clock.now()
        if camera is None:
            return
        if self._rng.random() < UNPLUGS / FPS:
            self._away_until_s = now + AWAY_S * self._rng.random()
        camera.away = now < self._away_until_s
        camera.film()
        self.looked_s += camera.looked_s
        camera.looked_s.clear()


def simulated_evening(length_s: float, seed: int) -> tuple[Meter, str]:
    """Return what was measured, and in words what was done."""
    rng, clock, meter = np.random.default_rng(seed), SteppedClock(), Meter()
    hand, began_s, began_real_s = Hand(rng), clock.now(), time.perf_counter()
    window = PretendedWindow(clock, hand)
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        kit = _kit(Path(name), window)
        game = Game(kit, Songs(kit.settings.libraries), _quiz(kit, window))
        _sampling(window, meter, game, hand, length_s)
        shell = WatchedShell(HandledWindow(window, hand, clock), clock, hand)
        songs = Songs(kit.settings.libraries).whole()
        while not hand.ends:
            shell.run(first_page(game))
            if not hand.ends:
                shell.run(_reverse(kit, songs))
    took_s = time.perf_counter() - began_real_s
    spent_s = clock.now() - began_s
    return meter, (
        f"{spent_s / 3600:.1f} simulated hours in {took_s / 60:.1f} minutes "
        f"({spent_s / took_s:.1f} times real speed), {len(game.outcomes)} dances; "
        + ", ".join(f"{kind} {s / 60:.0f} min" for kind, s in sorted(hand.pages.items()))
    )


def _sampling(
    window: PretendedWindow, meter: Meter, game: Game, hand: Hand, length_s: float
) -> None:
    """Take a sample every few simulated minutes, and end the evening in time."""
    began_s = window.clock.now()
    due_s = [SAMPLE_S]

    def flipped() -> None:
        at_s = window.clock.now() - began_s
        hand.ends = at_s >= length_s
        if at_s < due_s[0]:
            return
        due_s[0] += SAMPLE_S
        meter.take(
            at_s, frame_s=window.work_s, verdict_s=window.looked_s, songs=len(game.outcomes)
        )
        window.looked_s.clear()
        window.work_s.clear()

    window.flipped = flipped


def _kit(folder: Path, window: PretendedWindow) -> Kit:
    clock, known = window.clock, KnownEyes()
    library = folder / "songs"
    settings = Settings(library=str(library), replays=str(folder / "replays"))
    bundled = load_pack(find_pack("neon-steps", Settings().libraries))
    for k in range(SONGS):
        save_pack(dataclasses.replace(bundled, title=f"Song {k}"), library / f"song-{k}")

    def open_camera(song: SongPack, song_s: Callable[[], float | None]) -> KnownCamera:
        camera = KnownCamera(song.members[song.lead], song_s, clock)
        window.camera = known.camera = camera
        return camera

    def close_camera(camera: object) -> None:
        if window.camera is camera:
            window.camera = None

    def open_speaker(
        samples: NDArray[np.float32], rate: int, count_in_s: float, beat_s: float
    ) -> SilentSpeaker:
        count_in = CountIn(count_in_s, beat_s)
        return SilentSpeaker(len(samples) / rate, clock, count_in=count_in, why=SILENCE)

    return Kit(
        seeing=Later.here(known.eyes()), clock=clock, settings=settings,
        store=Store(folder / "kpopdance.sqlite"),
        open_camera=open_camera, close_camera=close_camera, open_speaker=open_speaker,
        read_audio=samples_of,
    )  # fmt: skip


def _quiz(kit: Kit, window: PretendedWindow) -> Callable[[Page], Page]:
    songs = Songs(kit.settings.libraries)

    def played() -> QuizKit:
        made = quiz_kit(kit.settings, Rules(), Learning(songs))
        return dataclasses.replace(
            made, clock=kit.clock, store=kit.store,
            open_speaker=lambda samples, rate: kit.open_speaker(samples, rate, 0.0, 0.5),
        )  # fmt: skip

    return lambda back: quiz_page(played, window.copy, back)


def _reverse(kit: Kit, songs: Songs) -> Page:
    song = songs.load(next(iter(songs.packs)))
    began_s = kit.clock.now()
    camera = kit.open_camera(song, lambda: (kit.clock.now() - began_s) % song.length_s)
    return reverse_page(
        guesser_of(songs.packs, songs.load), eyes=kit.eyes, camera=camera, clock=kit.clock
    )
