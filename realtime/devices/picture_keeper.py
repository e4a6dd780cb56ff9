"""A camera's pictures kept while somebody dances: each a JPEG at its own second, in one file.

They are packed on a thread of its own that takes only so much of the processor: whoever looks at the
dancer goes before. What there is no time for is left out, and the others keep their true seconds.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import av.error
import cv2

from kpopdance.engines.files import discard
from kpopdance.realtime.devices.media_file import url_of, writing
from kpopdance.realtime.devices.video_file import VideoError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

MOST_SIDE_PX: Final = 720
"""The shorter side of what is kept: half of a reel shows no more of it."""
QUALITY: Final = 82  # of 100
TICK: Final = Fraction(1, 1000)  # s, Matroska's own
WAITING: Final = 6
"""Pictures that wait to be packed, at most: a fifth of a second."""
SHARE: Final = 0.08
"""Of the processor: what packing takes of it, so that nine tenths of all looks are left."""
MOST_BYTES: Final = 2_000_000_000
POLITE: Final = 10  # nice: on Linux a thread has one of its own


@dataclass(frozen=True, slots=True)
class KeptPictures:
    """What was kept: so many pictures, and how many there was no time for.

    ``scale`` is how large they are kept, of what came: 1 or less.
    """

    path: Path
    pictures: int
    left_out: int
    scale: float = 1.0


class PictureKeeper:
    """Keeps pictures in a file that it makes; ``put`` never waits.

    Parameters
    ----------
    path : Path
        An mkv; the folder is there.
    cores : int, optional
        Of the processor, all together.

    Raises
    ------
    VideoError
        Where the file cannot be written.
    """

    def __init__(self, path: Path, cores: int | None = None) -> None:
        self.path = path
        self._allowed = SHARE * (cores or os.cpu_count() or 1)
        with writing(path, VideoError):
            path.touch(mode=0o600)  # nobody else's business
            self._container = av.open(url_of(path), "w", format="matroska")
        self._stream: Any = None
        self._waiting: deque[tuple[NDArray[np.uint8], float, float]] = deque()
        self._turn = threading.Condition()
        self._ending = False
        self._full = False
        self._rested_s = float("-inf")  # host second from which on there is time again
        self._last_tick = -1
        self._scale = 1.0
        self._pictures = self._left_out = self._bytes = 0
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def put(self, image: NDArray[np.uint8], captured_s: float, at_s: float) -> None:
        """Keep a picture, uint8 (H, W, 3) BGR, captured at a host second, under its own second.

        One whose second does not come after the one before is left out.
        """
        with self._turn:
            busy = len(self._waiting) >= WAITING or captured_s < self._rested_s
            if busy or self._full or self._ending:
                self._left_out += 1
                return
            self._waiting.append((image, captured_s, at_s))
            self._turn.notify()

    def finish(self) -> KeptPictures:
        """Pack what waits, and return what was kept; what could not be written any more is left out."""
        self._stop()
        with suppress(av.error.FFmpegError, OSError):
            self._container.close()
        return KeptPictures(self.path, self._pictures, self._left_out, self._scale)

    def close(self) -> None:
        """Keep nothing after all."""
        with self._turn:
            self._waiting.clear()
        self.finish()
        discard(self.path)

    def _stop(self) -> None:
        with self._turn:
            self._ending = True
            self._turn.notify()
        self._thread.join()

    def _run(self) -> None:
        if sys.platform == "linux":
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), POLITE)
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._waiting or self._ending)
                if not self._waiting:
                    return
                image, captured_s, at_s = self._waiting.popleft()
            began_s = time.thread_time()
            self._keep(image, at_s)
            took_s = time.thread_time() - began_s
            self._rested_s = max(self._rested_s, captured_s) + took_s / self._allowed

    def _keep(self, image: NDArray[np.uint8], at_s: float) -> None:
        """Write a picture; where the disk is full, no more come."""
        tick = round(at_s / TICK)
        if tick <= self._last_tick:
            return
        data = packed(image)
        try:
            self._write(data, tick, image)
        except (av.error.FFmpegError, OSError):
            self._full = True
            return
        self._last_tick = tick
        self._pictures += 1
        self._bytes += len(data)
        self._full = self._bytes >= MOST_BYTES

    def _write(self, data: bytes, tick: int, image: NDArray[np.uint8]) -> None:
        if self._stream is None:
            stream: Any = self._container.add_stream("mjpeg", rate=30)
            stream.width, stream.height = size_kept(image.shape[1], image.shape[0])
            stream.pix_fmt = "yuvj420p"
            self._stream = stream
            self._scale = stream.height / image.shape[0]
        packet = av.Packet(data)
        packet.stream = self._stream
        packet.time_base = TICK
        packet.pts = packet.dts = tick
        packet.is_keyframe = True
        self._container.mux(packet)


def size_kept(width: int, height: int) -> tuple[int, int]:
    """Return the size that a picture of a (width, height) is kept in, px, even."""
    scale = min(1.0, MOST_SIDE_PX / min(width, height))
    return max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2)


def packed(image: NDArray[np.uint8]) -> bytes:
    """Return a picture as a JPEG of the size that is kept."""
    size = size_kept(image.shape[1], image.shape[0])
    if size != image.shape[1::-1]:
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]  # its stubs
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])
