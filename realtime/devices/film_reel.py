"""A film to be looked at anywhere: asked for a moment, it brings that picture, made small."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.devices.media_file import MediaError
from kpopdance.realtime.devices.video_file import VideoFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kpopdance.realtime.core.types import Frame

SIDE_PX: Final = 540
"""Pictures are made so small: the window shows no larger ones."""
KEPT: Final = 48
"""Pictures kept, so that steps back cost nothing; of a wide film they take 75 MB."""
ON_S: Final = 1.5
"""So far ahead the film is read on; farther, it is wound."""
BEFORE_S: Final = 0.5
"""Wound to before a moment, so that the pictures just before it are there too."""
CLOSE_S: Final = 2.0


class FilmReel:
    """Brings pictures of a film on a thread of its own: ``wish`` a second, ``now`` is the newest.

    A picture's ``captured_s`` counts from the film's first one. What goes wrong later is ``trouble``.
    Raises MediaError where the film cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.now: Frame | None = None
        self.trouble = ""
        self._reader = _Reader(path)
        self._wished_s: float | None = None
        self._asked = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="film", daemon=True)
        self._thread.start()

    def wish(self, at_s: float) -> None:
        """Ask for the picture that is shown at a second; the newest wish counts."""
        with self._asked:
            self._wished_s = at_s
            self._asked.notify()

    def close(self) -> None:
        """Let go of the film."""
        with self._asked:
            self._closing = True
            self._asked.notify()
        self._thread.join(CLOSE_S)

    def _serve(self) -> None:
        while (wished_s := self._next_wish()) is not None:
            try:
                frame = self._reader.at(wished_s, self._goes_on)
            except MediaError as why:
                self.trouble = str(why)
                continue
            if frame is not None:
                self.now = frame
        self._reader.close()

    def _next_wish(self) -> float | None:
        with self._asked:
            while self._wished_s is None and not self._closing:
                self._asked.wait()
            wished_s, self._wished_s = self._wished_s, None
            return None if self._closing else wished_s

    def _goes_on(self) -> bool:
        """Say whether nothing else was wished for meanwhile."""
        return self._wished_s is None and not self._closing


class _Reader:
    """Winds and decodes a film; the pictures last decoded are kept."""

    def __init__(self, path: Path, side_px: int = SIDE_PX) -> None:
        self._kept: OrderedDict[float, Frame] = OrderedDict()
        self._film = VideoFile(path, side_px=side_px)
        self._coming = self._film.frames()
        self._last_s = -np.inf
        try:
            self._keep(next(self._coming))
        except BaseException:
            self._film.close()
            raise

    def at(self, wished_s: float, goes_on: Callable[[], bool]) -> Frame | None:
        """Return the picture shown at a second; None where something else is wished for by now."""
        found = self._among_kept(wished_s)
        if found is not None:
            return found
        if not self._last_s <= wished_s <= self._last_s + ON_S:
            self._wind(max(0.0, wished_s - BEFORE_S))
        while goes_on():
            before = next(reversed(self._kept.values()), None)
            frame = next(self._coming, None)
            if frame is None:
                return before
            self._keep(frame)
            if frame.captured_s > wished_s:
                return before or frame
        return None

    def close(self) -> None:
        """Let go of the film."""
        self._film.close()

    def _wind(self, to_s: float) -> None:
        self._film.seek(to_s)
        self._coming, self._last_s = self._film.frames(), -np.inf
        self._kept.clear()

    def _among_kept(self, wished_s: float) -> Frame | None:
        """Return the picture shown at a second, if it and the one behind it are kept."""
        times = list(self._kept)
        behind = int(np.searchsorted(times, wished_s, side="right"))
        return self._kept[times[behind - 1]] if 0 < behind < len(times) else None

    def _keep(self, frame: Frame) -> None:
        self._kept[frame.captured_s] = frame
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self._last_s = frame.captured_s
