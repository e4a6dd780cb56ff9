"""Pictures looked at as they come: decoded beside the looks, several at once, none of them twice.

What comes out, and in which order, depends neither on the number of cores nor on who is done first.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.pose.watcher import Together

T = TypeVar("T")
READ_AHEAD: Final = 3  # pictures decoded and not yet looked at
STANDS_S: Final = 0.25  # a picture that stands is looked at again, lest a tracker forget
ROWS: Final = 31  # of so many, one is compared before all are


def looked_at(
    frames: Iterable[Frame], look: Callable[[Frame], T], at_once: int = 1
) -> Generator[tuple[Frame, T], None, None]:
    """Yield frames with what is seen in them, in order.

    A picture that equals the one before is not looked at again. Whoever leaves early must close
    this before the film: its decoder is at work beside.

    Parameters
    ----------
    frames : iterable of Frame
        Read in a thread of its own.
    look : callable
        What is seen in a frame. With ``at_once`` above 1, several threads call it.
    at_once : int
        How many frames are looked at at the same time; 1: one after the other, as trackers need.
    """
    with _read_ahead(frames) as coming, _workers(at_once) as ask:
        waiting: deque[tuple[Frame, Future[T]]] = deque()
        last: tuple[Frame, Future[T]] | None = None
        for frame in coming:
            if last is None or not _same(last[0], frame):
                last = frame, ask(look, frame)
            waiting.append((frame, last[1]))
            if len(waiting) > at_once - 1:
                yield _answered(*waiting.popleft())
        while waiting:
            yield _answered(*waiting.popleft())


@contextmanager
def glancing(at_once: int) -> Iterator[Together]:
    """Give a ``map`` that glances at so many dancers at once."""
    if at_once == 1:
        yield map
        return
    with ThreadPoolExecutor(at_once, thread_name_prefix="looks") as pool:
        yield pool.map


def _answered(frame: Frame, answer: Future[T]) -> tuple[Frame, T]:
    return frame, answer.result()


@contextmanager
def _read_ahead(frames: Iterable[Frame]) -> Iterator[Iterator[Frame]]:
    """Give the same frames, a few of them read before they are asked for."""
    source = iter(frames)
    reader = ThreadPoolExecutor(1, thread_name_prefix="reads")

    def ahead() -> Iterator[Frame]:
        coming = deque(reader.submit(next, source, None) for _ in range(READ_AHEAD))
        while (frame := coming.popleft().result()) is not None:
            coming.append(reader.submit(next, source, None))
            yield frame

    try:
        yield ahead()
    finally:
        reader.shutdown(cancel_futures=True)


@contextmanager
def _workers(at_once: int) -> Iterator[Callable[[Callable[[Frame], T], Frame], Future[T]]]:
    """Give who looks at a frame: threads, or for one at a time whoever asks."""
    if at_once == 1:
        yield _here
        return
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="looks")
    try:
        yield pool.submit
    finally:
        pool.shutdown(cancel_futures=True)


def _here(look: Callable[[Frame], T], frame: Frame) -> Future[T]:
    answer: Future[T] = Future()
    answer.set_result(look(frame))
    return answer


def _same(looked: Frame, frame: Frame) -> bool:
    """Whether a frame shows the picture that was looked at just before."""
    one, other = looked.image, frame.image
    return (
        frame.captured_s - looked.captured_s < STANDS_S
        and np.array_equal(one[::ROWS], other[::ROWS])
        and np.array_equal(one, other)
    )
