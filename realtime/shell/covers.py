"""Covers of the songs that are seen, read and made small beside the window."""

from __future__ import annotations

from collections import OrderedDict, deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.screens.view import Cover
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

KEPT: Final = 64
WAITING: Final = 16
"""Who scrolls on wants no longer what was seen before."""


class Covers:
    """Gives covers as far as they are read; ``read`` returns a small picture, uint8 (H, W, 3) BGR."""

    def __init__(self, read: Callable[[Path], NDArray[np.uint8]] | None) -> None:
        self._read = read
        self._known: OrderedDict[Path, Cover | None] = OrderedDict()
        self._wanted: deque[Path] = deque(maxlen=WAITING)
        self._working: Future[None] | None = None

    def of(self, path: Path | None) -> Cover | None:
        """Return a cover; None where there is none, it cannot be read, or it is still to come."""
        if path is None or self._read is None:
            return None
        with suppress(KeyError):
            return self._known[path]
        if path not in self._wanted:
            self._wanted.append(path)
        if self._working is None or self._working.done():
            self._working = beside(self._work)
        return None

    def _work(self) -> None:
        assert self._read is not None
        while self._wanted:
            path, cover = self._wanted.pop(), None
            with suppress(DanceError, OSError):  # a song is danced without it
                cover = Cover(self._read(path))
            self._known[path] = cover
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
