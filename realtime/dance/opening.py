"""Something to dance being opened beside the window, whether anybody still waits for it or not."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kpopdance.realtime.scoring.standard import Told


class Opened(Protocol):
    """What was opened."""

    def close(self) -> None:
        """Close all of it."""


T_co = TypeVar("T_co", bound=Opened, covariant=True)


class GivenUp(Exception):
    """Nobody waits for it any more."""


class Opening(Generic[T_co]):
    """Opens a dance, or what is practised, on a thread of its own.

    ``opens`` tells how far it is, and ends by what that raises. ``share`` is how much of what the song
    asks is known, 0..1. ``after`` is an earlier opening that was given up: there is one camera, so this
    one begins when that one has ended.
    """

    def __init__(
        self, opens: Callable[[Told], T_co], after: Opening[Opened] | None = None
    ) -> None:
        self.share = 0.0
        self._unwanted = threading.Event()
        self._closed: Future[None] | None = None

        def make() -> T_co:
            if after is not None:
                after.wait()
            return opens(self._told)

        self._coming = beside(make)

    @property
    def done(self) -> bool:
        """Whether it is open, or something went wrong."""
        return self._coming.done()

    def result(self) -> T_co:
        """Return what was opened; raises what went wrong."""
        return self._coming.result()

    def give_up(self) -> None:
        """Let it end at its next word, and close whatever it has opened by then."""
        self._unwanted.set()
        self._closed = beside(self._close)

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until an opening that was given up has ended."""
        if self._closed is not None:
            with suppress(TimeoutError):
                self._closed.exception(timeout_s)

    def _told(self, share: float) -> None:
        if self._unwanted.is_set():
            raise GivenUp
        self.share = share

    def _close(self) -> None:
        with suppress(GivenUp, DanceError):
            self._coming.result().close()
