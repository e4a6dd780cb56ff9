"""Plain stand-ins for what touches the world; time is theirs alone."""

from __future__ import annotations

import threading

import numpy as np

from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.maps import Letterbox, PersonMaps, PoseMaps
from kpopdance.engines.ports import Eyes
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.core.ports import CameraState
from kpopdance.realtime.core.types import Frame, Heard

LOST_CAMERA = Health("camera", Cause.LOST, "Camera lost: no more pictures come.", "Wait.")


class FakeClock:
    """Host seconds that move when told."""

    def __init__(self, at_s: float = 100.0) -> None:
        self.at_s = at_s

    def now(self) -> float:
        return self.at_s


class SilentAudio:
    """A speaker that plays in fake time."""

    health, underruns = Health("sound"), 0

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._from_s: float | None = None
        self._began_s = 0.0
        self.closed = False

    @property
    def heard(self) -> Heard | None:
        if self._from_s is None:
            return None
        now = self._clock.now()
        return Heard(self._from_s + now - self._began_s, now)

    def start(self, from_s: float) -> None:
        self._from_s, self._began_s = from_s, self._clock.now()

    def pause(self, fade_s: float = 0.0) -> None:
        self._from_s = None

    def repeat(self, span_s: tuple[float, float] | None) -> None:
        return None

    def close(self) -> None:
        self.closed = True


class ScriptedCamera:
    """Hands out frames that the test puts in, one at a time, and waits until each was seen."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self._fresh = threading.Condition()
        self.lost = False
        self.health = Health("camera")
        self.retried = 0
        self.closed = False

    def put(self, frame: Frame) -> None:
        with self._fresh:
            self._frames.append(frame)
            self._fresh.notify_all()

    def newest(self, timeout_s: float) -> Frame | None:
        with self._fresh:
            if not self._frames:
                self._fresh.wait(timeout_s)
            return self._frames.pop(0) if self._frames else None

    def state(self) -> CameraState:
        health = LOST_CAMERA if self.lost else self.health
        return CameraState("scripted", "640x480 at 30", (640, 480), 30.0, 0, health)

    def retry(self) -> None:
        self.retried += 1

    def show_also(self, also) -> None:
        self.also = also

    def close(self) -> None:
        self.closed = True


def eyes_of(vision) -> Eyes:
    """Eyes with a bottom-up network alone."""
    return Eyes(vision, wish="openpose")


class PaintedVision:
    """Sees exactly the people a frame's number stands for: maps painted from known poses.

    ``people`` maps the mark in a picture's first pixel to float32 (18, 3) joints px, (P, 18, 3)
    of several, or None; ``mark`` reads a picture's number elsewhere. ``asked`` remembers the region of
    every look.
    """

    name, runtime, reason, failure = "painted", "no runtime", "a test", ""

    def __init__(self, people: dict[int, np.ndarray | None], mark=None) -> None:
        self.people, self._mark = people, mark or mark_of
        self.asked = []

    def see(self, image, *, region, size) -> PoseMaps:
        from tests.synthetic import paint

        self.asked.append(region)
        joints = self.people[self._mark(image)]
        left, top, right, bottom = region or (
            -0.5,
            -0.5,
            image.shape[1] - 0.5,
            image.shape[0] - 0.5,
        )
        scale = min(size[1] / (right - left), size[0] / (bottom - top))
        box = Letterbox(scale, -(left + 0.5) * scale, -(top + 0.5) * scale)
        people = [] if joints is None else np.reshape(joints, (-1, 18, 3))
        return paint(people, size, box=box, image_size=image.shape[:2])


class PaintedPersonVision:
    """Sees the person nearest to a crop's middle, exactly: maps painted from known poses.

    ``people`` as in ``PaintedVision``; unseen joints have a place and confidence 0. ``instead``
    are the people it sees whatever the picture shows.
    """

    name, runtime, reason, failure = "painted person", "no runtime", "a test", ""

    def __init__(self, people: dict[int, np.ndarray | None], *, instead=None) -> None:
        self.people, self.instead = people, instead
        self.asked = []

    def see_person(self, image, *, region) -> PersonMaps:
        from tests.synthetic_person import SIDE, paint_person

        self.asked.append(region)
        left, top, right, bottom = region
        scale = SIDE / max(right - left, bottom - top)
        x, y = ((low + high + 1) / 2 for low, high in ((left, right), (top, bottom)))
        box = Letterbox(scale, SIDE / 2 - x * scale, SIDE / 2 - y * scale)
        joints = self.people[mark_of(image)] if self.instead is None else self.instead
        if joints is None:
            flat = [np.zeros((n, 64, 64), np.float32) for n in (1, 17, 34, 34)]
            return PersonMaps(flat[0][0], *flat[1:], box, image.shape[:2])
        people = list(np.reshape(joints, (-1, 18, 3)))
        return paint_person(people, box=box, image_size=image.shape[:2])


def mark_of(image) -> int:
    """Return the number in a picture's first pixel."""
    return int(image[0, 0, 0]) + 256 * int(image[0, 0, 1])


class FailingVision(PaintedVision):
    """Painted eyes on a GPU that is lost at one look: ``fails_at`` counts from 1."""

    runtime = "a GPU"

    def __init__(self, people, *, fails_at) -> None:
        super().__init__(people)
        self.fails_at, self.closed = fails_at, False

    def find(self, image, *, region, size):
        from tests.candidates import candidates_of

        return candidates_of(self.see(image, region=region, size=size))

    def see(self, image, *, region, size):
        if len(self.asked) + 1 >= self.fails_at:
            raise GpuError("the GPU is lost; start the game again")
        return super().see(image, region=region, size=size)

    def close(self) -> None:
        self.closed = True
