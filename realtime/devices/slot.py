"""One value between two threads: the newest wins, nothing grows, drops are counted."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from kpopdance.realtime.core.ports import Deliveries

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.core.types import Frame

T = TypeVar("T")


class Slot(Generic[T]):
    """``put`` replaces what was not taken; ``take`` waits for something not yet taken."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._value: T | None = None
        self.dropped = 0

    def put(self, value: T) -> None:
        """Leave a value, replacing and counting one that nobody took."""
        with self._condition:
            self.dropped += self._value is not None
            self._value = value
            self._condition.notify()

    def take(self, timeout_s: float) -> T | None:
        """Return the value and empty the slot; None after the timeout."""
        with self._condition:
            if self._value is None:
                self._condition.wait(timeout_s)
            value, self._value = self._value, None
            return value


class FrameSlot(Slot["Frame"]):
    """A camera's slot: ``deliveries`` counts every frame put in, taken or not.

    ``also`` is shown every one of them, on the camera's thread; None: nobody is.
    """

    def __init__(self) -> None:
        super().__init__()
        self.deliveries = Deliveries()
        self.also: Callable[[Frame], None] | None = None

    def put(self, value: Frame) -> None:
        """Leave a frame; it counts as delivered before anybody can take it."""
        self.deliveries = self.deliveries.after(value.captured_s)
        super().put(value)
        also = self.also
        if also is not None:
            also(value)

    def show(self, value: Frame) -> None:
        """Leave a frame that shows nothing, black or an old one again: it is no delivery."""
        super().put(value)
