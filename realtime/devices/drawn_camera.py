"""A camera that films a drawn dancer: a demo without a webcam, tests with a known truth."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_
from kpopdance.realtime.core.health import WELL_CAMERA, Cause, Health
from kpopdance.realtime.core.ports import CameraState, Deliveries, HostClock
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.drawn_picture import OUTFITS, DrawnRoom, Outfit
from kpopdance.realtime.devices.slot import FrameSlot

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.devices.drawn_dancer import DrawnDancer

FPS: Final = 30.0
STOPPED: Final = Health(
    "camera",
    Cause.ENDED,
    N_("The drawn dancer has stopped."),
    N_("Choose a camera, and dance yourself."),
)


class DrawnCamera:
    """Films what a dancer does at the song second it is told; fulfils the Camera port.

    It never fails to deliver: where it is late, the computer is.

    Parameters
    ----------
    dancer : DrawnDancer
        Its picture size is the camera's.
    song_s : callable
        Returns the song second of now, or None while nothing plays: the dancer then waits in
        the first pose. Called from the camera's thread.
    clock : HostClock
        Stamps every frame at the moment the song second was asked, before drawing.
    """

    def __init__(
        self,
        dancer: DrawnDancer,
        song_s: Callable[[], float | None],
        clock: HostClock,
        look: Outfit = OUTFITS[0],
    ) -> None:
        self._dancer = dancer
        self._song_s = song_s
        self._clock = clock
        self._look = look
        self._studio = DrawnRoom(dancer.picture)
        self._slot = FrameSlot()
        self._times: deque[float] = deque(maxlen=60)
        self._due = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._film, name="drawn camera", daemon=True)
        self._thread.start()

    def newest(self, timeout_s: float) -> Frame | None:
        """Return the newest frame not yet returned; None after the timeout once it is closed."""
        frame = self._slot.take(timeout_s)
        while frame is None and self._thread.is_alive():
            frame = self._slot.take(timeout_s)
        return frame

    def state(self) -> CameraState:
        """Return how the camera is doing now."""
        times = list(self._times)
        stopped = self._closing.is_set()
        fps = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 5 else None
        height, width = self._dancer.picture
        return CameraState(
            name="drawn dancer",
            asked=f"{width}x{height} at {FPS:.0f}",
            size=(width, height) if times else None,
            fps=None if stopped else fps,
            dropped=self._slot.dropped,
            health=STOPPED if stopped else WELL_CAMERA,
            delivered=Deliveries(self._due, times[-1] if times else None),
        )

    def retry(self) -> None:
        """Nothing of it can be opened anew."""

    def show_also(self, also: Callable[[Frame], None] | None) -> None:
        """Show somebody every picture from now on; None: nobody any more."""
        self._slot.also = also

    def close(self) -> None:
        """Stop filming."""
        self._closing.set()
        self._thread.join(timeout=1.5)

    def _film(self) -> None:
        """Film until closed; a slow computer skips pictures rather than falling behind."""
        index = 0
        due_s = self._clock.now()
        while not self._closing.is_set():
            frame = self._picture(index)
            self._due = index + 1
            self._times.append(frame.captured_s)
            self._slot.put(frame)
            due_s += 1 / FPS
            missed = max(0, int((self._clock.now() - due_s) * FPS))
            due_s += missed / FPS
            index += 1 + missed
            self._closing.wait(max(0.0, due_s - self._clock.now()))

    def _picture(self, index: int) -> Frame:
        captured_s, song_s = self._clock.now(), self._song_s()
        joints = self._dancer.first_pose() if song_s is None else self._dancer.joints(song_s)
        people = [] if joints is None else [(joints, self._look)]
        image = self._studio.take(people, index, self._dancer.height_px)
        return Frame(image, captured_s, index)
