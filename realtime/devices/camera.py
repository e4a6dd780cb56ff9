"""A live camera: a thread reads it and keeps the newest frame, and says how the camera is doing."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.health import EMPTY, Cause, Health
from kpopdance.realtime.core.ports import CameraState, HostClock
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.net_camera import ADDRESSES, NetReader, Unreachable, shown
from kpopdance.realtime.devices.picture_check import PictureCheck
from kpopdance.realtime.devices.slot import FrameSlot
from kpopdance.realtime.devices.webcam import WebcamReader, camera_index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

LOST_S: Final = 1.0  # without a picture
STEADY_S: Final = 1.0  # pictures for so long: whatever was wrong is over
HUNG_S: Final = 6.0  # a reader stuck for longer is left behind and another one started
FIRST_HUNG_S: Final = 20.0  # while no picture has come yet: opening it twice would never end
RETRY_S: Final = 1.0
FIRST_S: Final = 8.0  # some webcams need seconds for their first picture
RATE_S: Final = 3.0  # over which a rate is told
LOOK_S: Final = 4.0  # until black, frozen and slow are told apart
SLOW_FPS: Final = 8.0  # fewer pictures a second cannot be judged well; 19 can
BUSY: Final = 0.6  # of the time spent on unpacking: the computer is slow, not the camera
LIGHT: Final = N_("Turn on a light in front of you.")
PICTURES: Final = {
    Cause.BLACK: (
        N_("The camera's picture is empty."),
        N_("Open its cover, or turn on the light."),
    ),
    Cause.FROZEN: (
        N_("The camera sends the same picture again and again."),
        N_("Start the camera or its app again."),
    ),
    Cause.TOO_DARK: (N_("It is too dark to see you well."), LIGHT),
}


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
            return _("as sent")
        return _("{size} at {fps:.0f}", size=f"{self.width}x{self.height}", fps=self.fps)


class Reader(Protocol):
    """An open camera, read picture by picture; ``wait`` blocks."""

    def wait(self) -> bool:
        """Return whether another picture came."""

    def picture(self) -> NDArray[np.uint8] | None:
        """Return the picture that came, uint8 (H, W, 3) BGR; None: it is damaged."""

    def why_not(self) -> Health:
        """Return why no picture came."""

    def close(self) -> None:
        """Release the camera."""


class _Came(NamedTuple):
    """When a picture came, and how long it took to unpack."""

    at_s: float
    unpacked_s: float


def rate(came_s: Sequence[float], now_s: float) -> float | None:
    """Return the pictures a second of the last ``RATE_S``, None where too few have come."""
    times = [at_s for at_s in came_s if now_s - at_s < RATE_S]
    return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 2 else None


class LiveCamera:
    """A camera that reconnects by itself; fulfils the Camera port.

    Raises
    ------
    CameraError
        At construction, where the system lists no such device (an address is tried for ever).
    """

    def __init__(self, request: CameraRequest, clock: HostClock) -> None:
        self._request, self._clock = request, clock
        source = request.source
        self._target: int | str = (
            source if source.startswith(ADDRESSES) else camera_index(source)
        )
        self._slot = FrameSlot()
        self._closing = threading.Event()
        self._check = PictureCheck()
        self._came: deque[_Came] = deque(maxlen=120)
        self._size: tuple[int, int] | None = None
        self._last_s: float | None = None
        self._steady_from_s = 0.0  # since when pictures come without a pause
        self._fault: Health | None = None  # of the last try, until pictures come steadily
        self._index = 0
        self._generation = 0
        self._start()

    def newest(self, timeout_s: float) -> Frame | None:
        """Return the newest frame not yet returned, or None after the timeout."""
        frame = self._slot.take(timeout_s)
        patience = HUNG_S if self._delivering else FIRST_HUNG_S
        if frame is None and self._clock.now() - self._beat_s > patience:
            log.warning("camera %s hangs; opening it again", shown(self._request.source))
            self._start()
        return frame

    def state(self) -> CameraState:
        """Return how the camera is doing now."""
        now = self._clock.now()
        health, rate = self._health(now), self._rate(now)
        return CameraState(
            name=shown(self._request.source), asked=self._request.words, size=self._size,
            fps=None if health.no_picture else rate, dropped=self._slot.dropped, health=health,
            delivered=self._slot.deliveries,
        )  # fmt: skip

    def retry(self) -> None:
        """Open the camera anew, at once."""
        self._fault = None
        self._last_s = None
        self._start()

    def show_also(self, also: Callable[[Frame], None] | None) -> None:
        """Show somebody every picture from now on; None: nobody any more."""
        self._slot.also = also

    def close(self) -> None:
        """Release the camera; a hung one is left to its own thread."""
        self._closing.set()
        self._thread.join(timeout=1.5)

    # how it is doing

    def _health(self, now: float) -> Health:
        last_s, fault = self._last_s, self._fault
        if last_s is None:
            if fault is not None:
                return fault
            waited_s = now - self._began_s
            return self._silent(waited_s) if waited_s > FIRST_S else _camera(Cause.OPENING)
        if now - last_s > LOST_S:
            return fault or _camera(
                Cause.LOST,
                _("Camera lost: no more pictures come."),
                _("It is opened again by itself."),
            )
        if fault is not None:
            if now - self._steady_from_s < STEADY_S:
                return fault
            self._fault = None
        return self._of_pictures(now)

    def _silent(self, waited_s: float) -> Health:
        sentence = _(
            "The camera was asked {s:.0f} s ago and has sent no picture yet.", s=waited_s
        )
        return _camera(Cause.HANGS, sentence, _("Start it again."))

    def _of_pictures(self, now: float) -> Health:
        cause, rate = self._check.cause, self._rate(now)
        if cause in EMPTY:
            return of_picture(cause)
        if rate is not None and rate < SLOW_FPS and now - self._steady_from_s > RATE_S:
            return self._slow(rate)
        return of_picture(cause)

    def _slow(self, rate: float) -> Health:
        """Return whose fault it is that few pictures come."""
        unpacked = sum(came.unpacked_s for came in list(self._came)) / max(len(self._came), 1)
        if unpacked * rate > BUSY:
            sentence = _(
                "This computer manages only {rate:.0f} of the camera's pictures a second.",
                rate=rate,
            )
            remedy = _("Close other programs, or let the camera send smaller pictures.")
            return Health("computer", Cause.SLOW_COMPUTER, sentence, remedy)
        sentence = _("The camera sends only {rate:.0f} pictures a second.", rate=rate)
        remedy = (
            _("Choose a smaller picture in its app, or come nearer to the Wi-Fi.")
            if isinstance(self._target, str)
            else f"{_(LIGHT)} " + _("Cameras slow down in the dark.")
        )
        return _camera(Cause.TOO_SLOW, sentence, remedy)

    def _rate(self, now: float) -> float | None:
        return rate([came.at_s for came in list(self._came)], now)

    # the reading thread

    def _start(self) -> None:
        self._generation += 1
        self._delivering = False
        self._beat_s = self._began_s = self._clock.now()
        self._thread = threading.Thread(
            target=self._read, args=(self._generation,), name="camera", daemon=True
        )
        self._thread.start()

    def _current(self, generation: int) -> bool:
        return generation == self._generation and not self._closing.is_set()

    def _read(self, generation: int) -> None:
        while self._current(generation):
            fault = self._read_once(generation)
            if self._current(generation):
                self._fault = fault
                self._beat_s = self._clock.now()
                self._closing.wait(RETRY_S)

    def _read_once(self, generation: int) -> Health:
        """Read the camera for as long as pictures come; return why none comes any more."""
        try:
            reader = self._opened()
        except Unreachable as why:
            return why.health
        try:
            self._read_while_it_lasts(reader, generation)
            return reader.why_not() if self._current(generation) else _camera(Cause.OPENING)
        finally:
            reader.close()

    def _opened(self) -> Reader:
        if isinstance(self._target, str):
            return NetReader(self._target)
        asked = self._request
        return WebcamReader(self._target, (asked.width, asked.height), asked.fps)

    def _read_while_it_lasts(self, reader: Reader, generation: int) -> None:
        while self._current(generation) and reader.wait():
            captured_s = self._clock.now()
            image = reader.picture()
            if not self._current(generation):
                return
            if image is not None:
                self._take(image, captured_s)

    def _take(self, image: NDArray[np.uint8], captured_s: float) -> None:
        if self._last_s is None or captured_s - self._last_s > LOST_S:
            self._steady_from_s = captured_s
        self._beat_s = self._last_s = captured_s
        self._delivering = True
        self._size = (image.shape[1], image.shape[0])
        self._came.append(_Came(captured_s, self._clock.now() - captured_s))
        self._check.see(image, captured_s)
        frame = Frame(image, captured_s, self._index)
        if self._check.cause in EMPTY:
            self._slot.show(frame)
        else:
            self._slot.put(frame)
        self._index += 1


def watched_for_a_while(camera: LiveCamera, clock: HostClock) -> CameraState:
    """Return how a camera does: at once where it cannot be opened, else after some seconds."""
    first_s: float | None = None
    begun_s = clock.now()
    while first_s is None or clock.now() - first_s < LOOK_S:
        frame = camera.newest(0.1)
        if frame is not None and first_s is None:
            first_s = frame.captured_s
        if first_s is None and (
            camera.state().health.no_picture or clock.now() - begun_s > FIRST_HUNG_S
        ):
            break
    return camera.state()


def of_picture(cause: Cause) -> Health:
    """Return what is to be said of a picture's look."""
    return _camera(cause, *PICTURES.get(cause, ("", "")))


def _camera(cause: Cause, sentence: str = "", remedy: str = "") -> Health:
    return Health("camera", cause, sentence, remedy)
