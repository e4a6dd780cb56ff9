"""Every message about a device, on every page that tells it, drawn at three sizes to be looked at.

``python -m tests.faults.draw_messages FOLDER`` draws offscreen.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import errno
import socket
from urllib.parse import urlsplit

import numpy as np
import pygame

from kpopdance.realtime.core.health import Health, watched
from kpopdance.realtime.core.types import Attendance
from kpopdance.realtime.dance.shared import DEMO
from kpopdance.realtime.devices import (
    camera,
    drawn_camera,
    net_camera,
    silent_speaker,
    sound,
    sound_system,
    video_file,
    webcam,
)
from kpopdance.realtime.devices.window import save_picture
from kpopdance.realtime.game.result import CANNOT
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.reverse import ReverseScreen
from kpopdance.realtime.screens.song_list import SongListScreen
from kpopdance.realtime.screens.view import ListView
from tests.realtime.screens import quiz_views, views

SIZES = ((800, 480), (1280, 720), (1920, 1080))
PHONE = "http://192.168.178.123:8080/video"
LONGEST = "http://living-room-camera.fritz.box:8080/cgi-bin/stream/channel/1/video.mjpg?size=hd"


def every_health() -> list[Health]:
    """Return one report of each kind, as the devices make them."""
    parts = urlsplit(PHONE)
    slow = camera.LiveCamera.__new__(camera.LiveCamera)
    slow._target = PHONE
    slow._came = [camera._Came(0.0, 0.001)]
    reports = [net_camera._status(a, net_camera._Answer(s, kind, PHONE)) for a, s, kind in (
        (PHONE, 401, ""), (PHONE, 404, ""), (PHONE, 302, ""), (PHONE, 503, ""),
        (LONGEST, 200, "text/html"), (LONGEST, 200, "image/jpeg"), (LONGEST, 200, "x"),
    )]  # fmt: skip
    reports += [net_camera._no_address(parts, why) for why in (
        socket.gaierror(), ConnectionRefusedError(), TimeoutError(),
    )]  # fmt: skip
    reports += [
        webcam._refusal(0, number) for number in (errno.EBUSY, errno.EACCES, errno.ENOENT)
    ]
    reports += [
        net_camera._hangs(PHONE, "answers the call, but sends nothing"), slow._slow(3.0),
        slow._silent(9.0), drawn_camera.STOPPED, video_file.ENDED,
        *(camera.of_picture(cause) for cause in camera.PICTURES),
        *watched(Health("camera"), Attendance(delivered=99, looked_at=20, look_s=0.3, nobody_s=9.0)),
        sound.LOST, sound_system.server_hangs().health,
    ]  # fmt: skip
    return reports


def pages(size: tuple[int, int]):
    """Yield the name and the picture of every message on every page."""
    backdrop = Backdrop(Theme())
    picture = np.full((480, 640, 3), 70, np.uint8)
    silent = Health(
        "sound", sound_system.server_hangs().health.cause,
        f"There is no single sound output called 'gramophone'. {silent_speaker.SILENTLY}",
        "There are: HDA Intel PCH: ALC257 Analog (hw:0,0), pulse, default. Write one of them into the "
        "settings.",
    )  # fmt: skip
    for number, report in enumerate(every_health()):
        view = views.dance(picture=picture, health=(report,))
        yield (
            f"dance-{number:02d}-{report.cause}",
            _drawn(size, DanceScreen(backdrop).draw, view),
        )
    both = (every_health()[0], silent)
    for phase in ("loading", "count-in", "playing", "paused"):
        view = views.dance(
            picture=picture, health=both, phase=phase, song_s=-0.7, title=views.LONG,
            message="Warming up ...", beat=-1.3,
        )  # fmt: skip
        yield f"two-{phase}", _drawn(size, DanceScreen(backdrop).draw, view)
    view = views.dance(picture=picture, notices=(DEMO,))
    yield "demo", _drawn(size, DanceScreen(backdrop).draw, view)
    view = quiz_views.reverse(picture=picture, health=both, notices=())
    yield "reverse", _drawn(size, ReverseScreen(backdrop).draw, view)
    screen = SongListScreen(backdrop, views.cards())
    yield "list", _drawn(size, screen.draw, ListView(9.0, notices=(both[0].words,)))
    message = MessageScreen(backdrop, (("R", "try again"), ("C", "another camera")))
    why = (
        "There is no camera '0'; found: none. Plug one in, choose another one, or let a phone be the "
        "camera."
    )
    yield "message", _drawn(size, message.draw, CANNOT, why)


def _drawn(size, draw, *shown):
    surface = pygame.Surface(size)
    draw(surface, *shown)
    return surface


def main(folder: Path) -> None:
    """Draw all pages, and a sheet of each size."""
    for size in SIZES:
        place = folder / f"{size[0]}x{size[1]}"
        place.mkdir(parents=True, exist_ok=True)
        drawn = list(pages(size))
        for name, surface in drawn:
            save_picture(surface, place / f"{name}.png")
        small = (640, round(640 * size[1] / size[0]))
        sheet = pygame.Surface((4 * small[0], -(-len(drawn) // 4) * small[1]))
        for number, (_, surface) in enumerate(drawn):
            at = (number % 4 * small[0], number // 4 * small[1])
            sheet.blit(pygame.transform.smoothscale(surface, small), at)
        save_picture(sheet, folder / f"sheet-{size[0]}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
