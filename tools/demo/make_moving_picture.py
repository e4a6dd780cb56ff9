"""Make the README's moving picture: ``python -m tools.demo.make_moving_picture [--out FILE.webp]``.

The drawn dancer dances the bundled song, the real networks see it, the real judge judges it, and
some seconds of what the window would show are kept. All of it goes by a slow clock, so that the
picture does not depend on how fast or busy the computer is; it takes three times the song.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pygame
from PIL import Image

from kpopdance.realtime.commands.cameras import Cameras
from kpopdance.realtime.commands.play import make_kit
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.dance.performance import open_performance
from kpopdance.realtime.dance.unseen import dance_unseen
from kpopdance.realtime.devices.count_in import CountIn
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.devices.silent_speaker import SilentSpeaker
from kpopdance.realtime.devices.window import offscreen_surface
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme

if TYPE_CHECKING:
    from kpopdance.realtime.screens.view import DanceView

SONG = "neon-steps"
STYLE = "lateness_ms=55,amplitude=0.9,noise_deg=9"  # somebody good, not the coach again
DRAWN_SIZE = (1280, 720)
SIZE = (640, 360)
SLOWER = 3.0
NO_SOUND = Health("sound", Cause.NEVER_OPENED, "A picture has no sound.")


class SlowClock:
    """Host time in seconds that are longer than the host's."""

    def __init__(self) -> None:
        self._clock = PerfClock()

    def now(self) -> float:
        """Return seconds, ``SLOWER`` of the host's each."""
        return self._clock.now() / SLOWER


class Film:
    """Keeps the views of some seconds of a dance, one for each picture of the film."""

    def __init__(self, from_s: float, length_s: float, fps: float) -> None:
        self._due_s = [from_s + k / fps for k in range(round(length_s * fps))]
        self.views: list[DanceView] = []

    def see(self, view: DanceView) -> None:
        """Keep a view if the next picture is due; that there is no sound is no news here."""
        if len(self.views) < len(self._due_s) and view.song_s >= self._due_s[len(self.views)]:
            self.views.append(dataclasses.replace(view, health=(), notices=()))


def film_dance(film: Film, style: str) -> None:
    """Dance the song to its end before the film."""
    settings, clock = Settings(camera="dancer"), SlowClock()
    cameras = Cameras(settings, clock, style)
    kit = dataclasses.replace(
        make_kit(settings), clock=clock, open_camera=cameras.open, close_camera=cameras.close,
        open_speaker=lambda samples, rate, count_in_s, beat_s: SilentSpeaker(
            len(samples) / rate, clock, count_in=CountIn(count_in_s, beat_s), why=NO_SOUND
        ),
    )  # fmt: skip
    try:
        song = load_pack(find_pack(SONG, settings.libraries))
        outcome = dance_unseen(open_performance(kit, song), film.see)
    finally:
        kit.close()
    print(f"score {outcome.report.score:.0f}, {len(outcome.took_s)} pictures seen")


def picture_of(screen: DanceScreen, view: DanceView) -> Image.Image:
    """Return what the window shows of a view, smaller."""
    page = offscreen_surface(DRAWN_SIZE)
    screen.draw(page, view)
    drawn = Image.frombytes("RGB", DRAWN_SIZE, pygame.image.tobytes(page, "RGB"))
    return drawn.resize(SIZE, Image.Resampling.LANCZOS)


def main() -> int:
    """Make the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/dance.webp"))
    parser.add_argument("--from-s", type=float, default=33.0, help="song second it begins at")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--fps", type=float, default=12.5)
    parser.add_argument("--quality", type=int, default=60, help="of WebP, 0 to 100")
    parser.add_argument("--dancer-style", default=STYLE, help="as of kpopdance play")
    chosen = parser.parse_args()
    film = Film(chosen.from_s, chosen.seconds, chosen.fps)
    film_dance(film, chosen.dancer_style)
    screen = DanceScreen(Backdrop(Theme()))
    first, *rest = [picture_of(screen, view) for view in film.views]
    first.save(
        chosen.out, save_all=True, append_images=rest, duration=round(1000 / chosen.fps), loop=0,
        quality=chosen.quality, method=6,
    )  # fmt: skip
    print(f"{chosen.out}: {len(film.views)} pictures, {chosen.out.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
