"""Time, camera and networks of a simulated evening: as fast as the computer can, nothing guessed.

The window's flips move the clock. The camera films the drawn dancer in small pictures, one a flip,
and the networks know who is in them; everything between them and the window is the game's own.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from kpopdance.engines.anatomy import COCO_18, LIMBS
from kpopdance.engines.maps import Candidates, Letterbox, PersonJoints
from kpopdance.engines.ports import Eyes
from kpopdance.realtime.core.health import WELL_CAMERA, Cause, Health
from kpopdance.realtime.core.ports import CameraState
from kpopdance.realtime.core.skeleton_colours import JOINT_COLOURS
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.drawn_dancer import DrawnDancer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.engines.maps import PersonMaps, PoseMaps, Region
    from kpopdance.realtime.core.types import Choreography

PICTURE: Final = (180, 320)
FPS: Final = 10.0
PATIENCE_S: Final = 0.25  # real seconds that a flip waits until the last picture was looked at
SURE: Final = 0.9
PERSON_PX: Final = 256
COCO_17: Final = (0, 15, 14, 17, 16, 5, 2, 6, 3, 7, 4, 11, 8, 12, 9, 13, 10)
"""Our joint of each of theirs."""


class SteppedClock:
    """Host seconds that move when told."""

    def __init__(self) -> None:
        self.at_s = 1000.0

    def now(self) -> float:
        """Return the simulated host second."""
        return self.at_s


class KnownCamera:
    """Films a drawn dancer when told to; ``away`` while it is unplugged. Fulfils the Camera port."""

    def __init__(
        self, dance: Choreography, song_s: Callable[[], float | None], clock: SteppedClock
    ) -> None:
        self._dancer = DrawnDancer(dance, picture=PICTURE)
        self._song_s, self._clock = song_s, clock
        self._ready = threading.Condition()
        self._frame: Frame | None = None
        self._waits = 0
        self._taken_s = clock.now()
        self.away = False
        self.index = 0
        self.seen: dict[int, NDArray[np.float32] | None] = {}
        self.looked_s: list[float] = []  # real seconds that each picture was looked at

    def film(self) -> None:
        """Take a picture and wait until the watching thread asks for another one."""
        if self.away:
            return
        song_s = self._song_s()
        joints = self._dancer.joints(0.0 if song_s is None else song_s)
        image = _picture(joints)
        self.seen[self.index % 100] = joints
        image[0, 0, 0] = self.index % 100
        with self._ready:
            self._taken_s = self._clock.now()
            self._frame = Frame(image, self._taken_s, self.index)
            self.index += 1
            self._ready.notify_all()
            waited, began_s = self._waits, time.perf_counter()
            self._ready.wait_for(lambda: self._waits > waited, PATIENCE_S)
            self.looked_s.append(time.perf_counter() - began_s)

    def newest(self, timeout_s: float) -> Frame | None:
        """Return the newest frame not yet returned, or None after the timeout."""
        with self._ready:
            self._waits += self._frame is None
            self._ready.notify_all()
            self._ready.wait_for(lambda: self._frame is not None, min(timeout_s, PATIENCE_S))
            frame, self._frame = self._frame, None
            return frame

    def state(self) -> CameraState:
        """Return how it is doing."""
        lost = self.away or self._clock.now() - self._taken_s > 1.0
        health = Health("camera", Cause.LOST, "Camera lost.") if lost else WELL_CAMERA
        size = (PICTURE[1], PICTURE[0])
        return CameraState("soak", "320x180 at 10", size, FPS, 0, health)

    def retry(self) -> None:
        """Do nothing: it comes back by itself."""

    def show_also(self, also: Callable[[Frame], None] | None) -> None:
        """Do nothing: nobody films an evening."""

    def close(self) -> None:
        """Nothing is held."""


class KnownEyes:
    """Both networks of a camera whose pictures are known: joints where they are, nothing else."""

    name, runtime, reason, failure = "known", "no runtime", "simulated", ""

    def __init__(self) -> None:
        self.camera: KnownCamera | None = None

    def eyes(self) -> Eyes:
        """Return them as the game wants them."""
        return Eyes(self, {"movenet_thunder": self})

    def see(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps:
        """Is never asked: the candidates are known."""
        raise AssertionError("whose candidates are known is asked for no maps")

    def find(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> Candidates:
        """Return the candidates of a region (None: all)."""
        box = _box(image, region, size[1], size[0])
        xy = self._cells(image, box, 8)
        here = np.flatnonzero(
            (xy >= 0).all(axis=1) & (xy < np.array(size[::-1]) / 8).all(axis=1)
        )
        there = set(here.tolist())
        pairs = sum(a in there and b in there for a, b in COCO_18.limbs)
        return Candidates(
            here, xy[here].astype(np.float32), np.full(len(here), SURE, np.float32),
            np.full(pairs, SURE, np.float32), np.full(pairs, 10, np.uint8), 19, box,
            image.shape[:2],
        )  # fmt: skip

    def see_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonMaps:
        """Is never asked: the joints are known."""
        raise AssertionError("whose joints are known is asked for no maps")

    def find_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonJoints:
        """Return the joints of the person in a region."""
        box = _box(image, region, PERSON_PX, PERSON_PX)
        cells = self._cells(image, box, 4)
        if not len(cells):
            nobody = np.zeros((17, 2), np.float32)
            return PersonJoints(nobody, np.zeros(17, np.float32), box, image.shape[:2])
        known = cells[list(COCO_17)].astype(np.float32)
        return PersonJoints(known, np.full(17, SURE, np.float32), box, image.shape[:2])

    def _cells(
        self, image: NDArray[np.uint8], box: Letterbox, stride: int
    ) -> NDArray[np.float64]:
        """Return (18, 2) map cells of the dancer's joints; (0, 2) where nobody is."""
        camera = self.camera
        joints = None if camera is None else camera.seen.get(int(image[0, 0, 0]))
        if joints is None:
            return np.zeros((0, 2))
        at = box.to_input(joints[:, :2]).astype(np.float64)
        return at / stride if stride == 4 else (at + 0.5) / stride - 0.5


def _picture(joints: NDArray[np.float32] | None) -> NDArray[np.uint8]:
    """Return somebody in clothes before a wall; nobody before it without joints."""
    image = np.full((*PICTURE, 3), 90, np.uint8)
    if joints is None:
        return image
    for (a, b), colour in zip(LIMBS[:13], JOINT_COLOURS, strict=False):
        start, end = (tuple(int(v) for v in joints[k, :2]) for k in (a, b))
        cv2.line(image, start, end, tuple(int(v) for v in colour), 9)
    return image


def _box(image: NDArray[np.uint8], region: Region | None, width: int, height: int) -> Letterbox:
    rows, columns = image.shape[:2]
    left, top, right, bottom = region or (-0.5, -0.5, columns - 0.5, rows - 0.5)
    scale = min(width / (right - left), height / (bottom - top))
    return Letterbox(scale, -(left + 0.5) * scale, -(top + 0.5) * scale)
