"""Work beside the window: what is made once, and the thread that watches the dancer."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.health import watched
from kpopdance.realtime.core.ports import Deliveries
from kpopdance.realtime.core.types import Attendance
from kpopdance.realtime.pose.policy import Costs
from kpopdance.realtime.pose.watcher import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.core.ports import Camera, HostClock
    from kpopdance.realtime.core.types import Frame, Pose
    from kpopdance.realtime.pose.watcher import Watcher

T = TypeVar("T")
FIRST_FRAME_S: Final = 5.0
TAKE_S: Final = 0.1
LOOKS_KEPT: Final = 15  # that say how long a look takes of late
NOTICE_S: Final = 8.0  # how long a page tells that the networks run elsewhere now


_WORK: Final[SimpleQueue[Callable[[], None]]] = SimpleQueue()
_IDLE: Final = threading.Semaphore(0)


def beside(make: Callable[[], T]) -> Future[T]:
    """Return what is made on another thread; whatever goes wrong there is raised by ``result``.

    Threads are taken again, like those of a ``ThreadPoolExecutor``, but nobody waits at the end for
    one that is stuck. A new one for every dance would hold 40 MB more after each: what a thread has
    freed, glibc keeps for it.
    """
    coming: Future[T] = Future()

    def run() -> None:
        try:
            made = make()
        except BaseException as why:  # noqa: BLE001 - raised again on the window's thread
            coming.set_exception(why)
        else:
            coming.set_result(made)

    _WORK.put(run)
    if not _IDLE.acquire(blocking=False):
        threading.Thread(target=_serve, name="beside", daemon=True).start()
    return coming


def _serve() -> None:
    while True:
        _WORK.get()()  # kept in no name: what was made belongs to who asked
        _IDLE.release()


class Later(Generic[T]):
    """What is made beside the window once, begun when it is asked for."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._coming: Future[T] | None = None
        self._beginning = threading.Lock()

    @classmethod
    def here(cls, made: T) -> Later[T]:
        """Return what is made already."""
        later = cls(lambda: made)
        later._coming = Future()
        later._coming.set_result(made)
        return later

    def begin(self) -> Future[T]:
        """Begin, unless that was done already; return what comes."""
        with self._beginning:
            if self._coming is None:
                self._coming = beside(self._make)
            return self._coming

    @property
    def begun(self) -> bool:
        """Whether it was begun."""
        return self._coming is not None

    @property
    def done(self) -> bool:
        """Whether it is made, or failed."""
        return self._coming is not None and self._coming.done()

    def result(self) -> T:
        """Return it, however long that takes; raises what went wrong."""
        return self.begin().result()


class Warmth:
    """What watchers of the same eyes need not find out again: pictures warmed for, and costs."""

    def __init__(self) -> None:
        self.costs = Costs()
        self._warm: dict[str, set[float]] = {}
        self._warming = threading.Lock()

    def over(self, watcher: Watcher, image: NDArray[np.uint8]) -> None:
        """Let the networks prepare for pictures of this shape, unless they are."""
        watcher.go_by(self.costs)
        shape = round(image.shape[1] / image.shape[0], 2)
        with self._warming:
            shapes = self._warm.setdefault(watcher.runtime, set())
            if shape not in shapes:
                watcher.warm_up(image, WHOLE if shapes else ())
                shapes.add(shape)


def warmed(watcher: Watcher, camera: Camera, warmth: Warmth | None = None) -> Watcher:
    """Return a watcher whose networks are prepared for the camera's pictures."""
    frame = _first_frame(camera)
    image = np.zeros((480, 640, 3), np.uint8) if frame is None else frame.image
    (warmth or Warmth()).over(watcher, image)
    return watcher


def _first_frame(camera: Camera) -> Frame | None:
    """Return a camera's first frame; None where none comes in time, or it is known that none will."""
    for _each in range(max(1, round(FIRST_FRAME_S / TAKE_S))):
        frame = camera.newest(min(TAKE_S, FIRST_FRAME_S))
        if frame is not None or camera.state().health.no_picture:
            return frame
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """The newest frame with what was seen in it; ``took_s`` from capture until all was done with it.

    ``poses`` are everybody's who is followed, ``pose`` the first of them.
    """

    frame: Frame
    pose: Pose | None
    took_s: float
    poses: tuple[Pose | None, ...] = ()


class Attending:
    """Counts what became of a camera's pictures; ``now`` is the count, replaced whole."""

    def __init__(self) -> None:
        self.now = Attendance()
        self.taken = Deliveries()
        self._before: int | None = None
        self._seen_s: float | None = None
        self._looks_s: deque[float] = deque(maxlen=LOOKS_KEPT)

    def note(self, frame: Frame, *, seen: bool, delivered: Deliveries | None) -> None:
        """Count a look at a frame; of a camera that does not count, what was taken was delivered."""
        last_s = self.taken.newest_s
        self.taken = self.taken.after(frame.captured_s)
        pictures = (delivered or self.taken).pictures
        if self._before is None:
            self._before = pictures - 1
        since_s = 0.0 if last_s is None else frame.captured_s - last_s
        if last_s is not None:
            self._looks_s.append(since_s)
        if seen or self._seen_s is None:
            self._seen_s = frame.captured_s
        self.now = Attendance(
            delivered=pictures - self._before, looked_at=self.taken.pictures,
            look_s=float(np.median(self._looks_s)) if self._looks_s else None,
            nobody_s=frame.captured_s - self._seen_s,
            absent_s=self.now.absent_s + (0.0 if seen else since_s),
        )  # fmt: skip


class Watch:
    """The watching thread: takes the newest frame, finds the dancer, and hands both on.

    It shares only values that are replaced whole.

    Parameters
    ----------
    camera, watcher, clock
        Where frames come from, what finds the dancer, what times it.
    done : callable
        Given every frame with the dancer's pose in it (None: not seen), and None, None after
        ``TAKE_S`` without a frame, or with one that shows nothing: black, or an old one again.

    Attributes
    ----------
    sighting : Sighting or None
        The newest.
    took_s : list of float
        Of every frame.
    attending : Attending
        Counts what was delivered, looked at, and without a dancer.
    poses : tuple of Pose or None
        Everybody's who is followed, in the newest frame; the watching thread's own.
    """

    def __init__(
        self, camera: Camera, watcher: Watcher, clock: HostClock,
        done: Callable[[Frame | None, Pose | None], None],
    ) -> None:  # fmt: skip
        self.camera, self.watcher = camera, watcher
        self.sighting: Sighting | None = None
        self.took_s: list[float] = []
        self.poses: tuple[Pose | None, ...] = ()
        self.attending = Attending()
        self._clock, self._done = clock, done
        self._ending = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def begin(self) -> None:
        """Start watching."""
        self._thread.start()

    def health(self) -> tuple[Health, ...]:
        """Return what is the matter with camera, light, dancer and computer now."""
        return watched(self.camera.state().health, self.attending.now)

    def check(self) -> None:
        """Raise whatever went wrong while watching, if anything did; once."""
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def delivered(self) -> Deliveries:
        """Return what the camera delivered; of one that does not count, what was taken."""
        return self.camera.state().delivered or self.attending.taken

    def stop(self) -> None:
        """Stop watching; a second call does nothing."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=3)

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                frame = self.camera.newest(TAKE_S)
                state = self.camera.state()
                empty = frame is not None and state.health.empty
                self.poses = () if frame is None or empty else tuple(self.watcher.watch(frame))
                pose = next(iter(self.poses), None)
                if frame is not None and not empty:
                    seen = any(one is not None for one in self.poses)
                    self.attending.note(frame, seen=seen, delivered=state.delivered)
                self._done(None if empty else frame, pose)
                if frame is not None:
                    took_s = self._clock.now() - frame.captured_s
                    self.took_s.append(took_s)
                    self.sighting = Sighting(frame, pose, took_s, self.poses)
        except Exception as failure:  # noqa: BLE001 - raised again in check, on the window's thread
            self._failure = failure


class FailureNotice:
    """Tells for a while that a device failed and what sees now; once, not for every dance again."""

    def __init__(self, eyes: Eyes, clock: HostClock) -> None:
        self._eyes, self._clock = eyes, clock
        self._before = bool(eyes.failure)
        self._failed_s = np.inf

    def words(self) -> tuple[str, ...]:
        """Return the sentence, or nothing."""
        eyes, now = self._eyes, self._clock.now()
        if not eyes.failure or self._before:
            return ()
        self._failed_s = min(self._failed_s, now)
        if now - self._failed_s > NOTICE_S:
            return ()
        return (
            _(
                "What the networks ran on has failed: going on with {runtime}.",
                runtime=eyes.runtime.partition(",")[0],
            ),
        )
