"""A telephone that serves as a camera: the drawn dancer over MJPEG, from a process of its own."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, Final, Self

import cv2

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

FPS: Final = 30.0
STARTS_S: Final = 30.0
BOUNDARY: Final = b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"


SPAWN: Final = multiprocessing.get_context("spawn")
"""A copy of a program with threads (``fork``) may wait for ever for a lock that one of them held."""


class Phone:
    """Films whoever dances a song; ``offset`` is song second less host second, NaN: not playing.

    ``kill`` and ``start`` again keep its address.
    """

    def __init__(self, song: str) -> None:
        self._song = song
        self._process: Any = None
        self.offset: Synchronized[float] = SPAWN.Value("d", math.nan)
        self.port = 0

    @property
    def address(self) -> str:
        """What the game is told as its camera."""
        return f"http://127.0.0.1:{self.port}/video"

    def start(self) -> Self:
        """Serve; returns when it listens."""
        ports: Any = SPAWN.Queue()
        asked = (self._song, self.offset, self.port, ports)
        self._process = SPAWN.Process(target=_serve, args=asked, daemon=True)
        self._process.start()
        self.port = ports.get(timeout=STARTS_S)
        return self

    def kill(self) -> None:
        """Be gone without a goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *args: object) -> None:
        self.kill()


def _serve(song: str, offset: Synchronized[float], port: int, ports: Any) -> None:  # noqa: ANN401
    from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
    from kpopdance.realtime.devices.drawn_person import OUTFITS
    from kpopdance.realtime.devices.drawn_picture import DrawnRoom
    from kpopdance.realtime.library.pack_reader import find_pack, load_pack
    from kpopdance.realtime.library.settings import Settings

    cv2.setNumThreads(1)
    pack = load_pack(find_pack(song, Settings().libraries))
    dancer = DrawnDancer(pack.members[pack.lead])
    studio = DrawnRoom(dancer.picture)

    class Serving(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
            self.end_headers()
            due, index = perf_counter(), 0
            with contextlib.suppress(OSError):
                while True:
                    song_s = offset.value + perf_counter()
                    joints = dancer.joints(song_s if song_s == song_s else -2.0)
                    picture = studio.take(
                        [] if joints is None else [(joints, OUTFITS[0])], index
                    )
                    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
                    data = jpeg.tobytes()
                    self.wfile.write(BOUNDARY % len(data) + data + b"\r\n")
                    index, due = index + 1, due + 1 / FPS
                    sleep(max(due - perf_counter(), 0.0))

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Serving)
    ports.put(server.server_address[1])
    server.serve_forever()
