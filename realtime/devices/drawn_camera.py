"""A camera that films drawn dancers: a demo without a webcam, tests with a known truth."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import N_
from kpopdance.realtime.core.health import WELL_CAMERA, Cause, Health
from kpopdance.realtime.core.ports import CameraState, Deliveries, HostClock
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.drawn_person import OUTFITS, Outfit
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.devices.slot import FrameSlot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpopdance.realtime.devices.drawn_dancer import DrawnDancer

FPS: Final = 30.0
STOPPED: Final = Health(
    "camera",
    Cause.ENDED,
    N_("The drawn dancer has stopped."),
    N_("Choose a camera, and dance yourself."),
)


class DrawnCamera:
    """Films what dancers do at the song second it is told; fulfils the Camera port.

    It never fails to deliver: where it is late, the computer is.

    Parameters
    ----------
    dancers : sequence of DrawnDancer
        From the left to the right; their pictures, equally high, are beside each other in the
        camera's. Everybody wears another outfit, the first ``look``.
    song_s : callable
        Returns the song second of now, or None while nothing plays: the dancer then waits in
        the first pose. Called from the camera's thread.
    clock : HostClock
        Stamps every frame at the moment the song second was asked, before drawing.
    """

    def __init__(
        self,
        dancers: Sequence[DrawnDancer],
        song_s: Callable[[], float | None],
        clock: HostClock,
        look: Outfit = OUTFITS[0],
    ) -> None:
        self._dancers = tuple(dancers)
        self._song_s = song_s
        self._clock = clock
        first = OUTFITS.index(look)
        self._looks = [OUTFITS[(first + k) % len(OUTFITS)] for k in range(len(dancers))]
        self._size = dancers[0].picture[0], sum(dancer.picture[1] for dancer in dancers)
        self._studio = DrawnRoom(self._size)
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
        height, width = self._size
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
        people, left = [], sum(dancer.picture[1] for dancer in self._dancers)
        for dancer, look in zip(self._dancers, self._looks, strict=True):
            left -= dancer.picture[1]  # the first one is to the left of a mirror
            joints = dancer.first_pose() if song_s is None else dancer.joints(song_s)
            if joints is not None:
                people.append((joints + np.array([left, 0, 0], np.float32), look))
        tall = self._dancers[0].height_px if len(self._dancers) == 1 else None
        image = self._studio.take(people, index, tall)
        return Frame(image, captured_s, index)
