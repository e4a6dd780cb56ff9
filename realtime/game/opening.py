"""A dance being opened beside the window, whether anybody still waits for it or not."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.game.performance import open_performance
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.game.kit import Kit
    from kpopdance.realtime.game.performance import Performance
    from kpopdance.realtime.library.songpack import SongPack


class GivenUp(Exception):
    """Nobody waits for the dance any more."""


class Opening:
    """Opens a dance on a thread of its own.

    ``share`` is how much of what the song asks is known, 0..1. ``after`` is an earlier opening that
    was given up: there is one camera, so this one begins when that one has ended.
    """

    def __init__(
        self, kit: Kit, load: Callable[[], SongPack], terms: Terms, after: Opening | None = None
    ) -> None:
        self.share = 0.0
        self._unwanted = threading.Event()
        self._closed: Future[None] | None = None

        def make() -> Performance:
            if after is not None:
                after.wait()
            return open_performance(kit, load(), terms, self._told)

        self._coming = beside(make)

    @property
    def done(self) -> bool:
        """Whether the dance can begin, or something went wrong."""
        return self._coming.done()

    def result(self) -> Performance:
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
