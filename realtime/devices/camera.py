"""Webcams and network cameras through OpenCV, read by a thread that keeps only the newest frame."""

from __future__ import annotations

import logging
import os
import platform
import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from cv2_enumerate_cameras import enumerate_cameras

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.ports import CameraState, HostClock
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.slot import FrameSlot

log = logging.getLogger(__name__)

LOST_S: Final = 1.0  # without a picture
HUNG_S: Final = 6.0  # a reader stuck for longer is left behind and another one started
FIRST_HUNG_S: Final = 20.0  # while no picture has come yet: opening it twice would never end
RETRY_S: Final = 1.0
FIRST_S: Final = 8.0  # some webcams need seconds for their first picture
OPEN_TIMEOUT_MS: Final = 3000
READ_TIMEOUT_MS: Final = 2000
ADDRESSES: Final = ("http://", "https://", "rtsp://", "rtmp://", "udp://", "tcp://")


class CameraError(DanceError):
    """There is no such camera."""


@dataclass(frozen=True, slots=True)
class CameraRequest:
    """What is asked of a camera: ``source`` is an index, a device name or an address."""

    source: str
    width: int = 1280
    height: int = 720
    fps: int = 30

    @property
    def words(self) -> str:
        """The request in words."""
        if self.source.startswith(ADDRESSES):
            return "as sent"
        return f"{self.width}x{self.height} at {self.fps}"


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """One camera the system lists."""

    index: int
    name: str


class OpenCvCamera:
    """A camera that reconnects by itself; fulfils the Camera port.

    Raises
    ------
    CameraError
        At construction, where the system lists no such device (an address is tried for ever).
    """

    def __init__(self, request: CameraRequest, clock: HostClock) -> None:
        self._request = request
        self._clock = clock
        self._target: int | str = (
            request.source
            if request.source.startswith(ADDRESSES)
            else camera_index(request.source)
        )
        self._slot = FrameSlot()
        self._closing = threading.Event()
        self._times: deque[float] = deque(maxlen=60)
        self._size: tuple[int, int] | None = None
        self._began_s = clock.now()
        self._last_s: float | None = None
        self._index = 0
        self._generation = 0
        self._beat_s = clock.now()
        self._delivering = False
        self._start()

    def newest(self, timeout_s: float) -> Frame | None:
        """Return the newest frame not yet returned, or None after the timeout."""
        frame = self._slot.take(timeout_s)
        patience = HUNG_S if self._delivering else FIRST_HUNG_S
        if frame is None and self._clock.now() - self._beat_s > patience:
            log.warning("camera %s hangs; opening it again", self._request.source)
            self._start()
        return frame

    def state(self) -> CameraState:
        """Return how the camera is doing now."""
        now = self._clock.now()
        since = now - (self._last_s if self._last_s is not None else self._began_s)
        lost = since > (LOST_S if self._last_s is not None else FIRST_S)
        times = list(self._times)
        fps = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 5 else None
        return CameraState(
            name=self._request.source, lost=lost, asked=self._request.words, size=self._size,
            fps=None if lost else fps, dropped=self._slot.dropped,
            message="Camera lost - reconnecting" if lost else "",
            delivered=self._slot.deliveries,
        )  # fmt: skip

    def close(self) -> None:
        """Release the camera; a hung one is left to its own thread."""
        self._closing.set()
        self._thread.join(timeout=1.5)

    def _start(self) -> None:
        self._generation += 1
        self._delivering = False
        self._beat_s = self._clock.now()
        self._thread = threading.Thread(
            target=self._read, args=(self._generation,), name="camera", daemon=True
        )
        self._thread.start()

    def _current(self, generation: int) -> bool:
        return generation == self._generation and not self._closing.is_set()

    def _read(self, generation: int) -> None:
        while self._current(generation):
            capture = _open(self._target, self._request)
            try:
                self._read_while_it_lasts(capture, generation)
            finally:
                capture.release()
            if self._current(generation):
                self._beat_s = self._clock.now()
                self._closing.wait(RETRY_S)

    def _read_while_it_lasts(self, capture: cv2.VideoCapture, generation: int) -> None:
        while self._current(generation) and capture.grab():
            captured_s = self._clock.now()
            got, image = capture.retrieve()
            if not self._current(generation) or not got or image is None:
                return
            self._beat_s = self._last_s = captured_s
            self._delivering = True
            self._times.append(captured_s)
            self._size = (image.shape[1], image.shape[0])
            self._slot.put(Frame(np.asarray(image, dtype=np.uint8), captured_s, self._index))
            self._index += 1


def camera_index(source: str) -> int:
    """Return the index of a camera named by number, device path or (part of) its name.

    Raises
    ------
    CameraError
        Where the system lists no such camera.
    """
    found = list_cameras()
    if source.isdigit():
        index = int(source)
    elif source.startswith("/dev/video") and source[10:].isdigit():
        index = int(source[10:])
    else:
        matches = [camera.index for camera in found if source.lower() in camera.name.lower()]
        index = matches[0] if matches else -1
    listed = platform.system() != "Linux" or any(camera.index == index for camera in found)
    if index < 0 or not listed:
        names = ", ".join(f"{camera.index} ({camera.name})" for camera in found) or "none"
        raise CameraError(
            f"there is no camera {source!r}; found: {names}; "
            "plug one in, use a phone (--camera http://...), or try --camera dancer"
        )
    return index


def list_cameras() -> list[FoundCamera]:
    """Return the cameras that the system lists and pictures can be read from, in order."""
    found = enumerate_cameras(_backend())
    return sorted(
        (FoundCamera(one.index, one.name) for one in found), key=lambda one: one.index
    )


def _backend() -> int:
    backends = {"Linux": cv2.CAP_V4L2, "Windows": cv2.CAP_DSHOW, "Darwin": cv2.CAP_AVFOUNDATION}
    return backends.get(platform.system(), cv2.CAP_ANY)


def _open(target: int | str, request: CameraRequest) -> cv2.VideoCapture:
    if isinstance(target, str):
        os.environ.setdefault(
            "OPENCV_FFMPEG_CAPTURE_OPTIONS", "fflags;nobuffer|flags;low_delay"
        )
        timeouts = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS,
        ]  # fmt: skip
        return cv2.VideoCapture(target, cv2.CAP_FFMPEG, timeouts)
    capture = cv2.VideoCapture(target, _backend())
    # MJPG before the size: raw pictures of 1280x720 come at 10 fps over USB 2
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, request.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, request.height)
    capture.set(cv2.CAP_PROP_FPS, request.fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture
