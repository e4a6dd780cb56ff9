"""A draft's film, shown where one is in the song; it is opened beside the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from concurrent.futures import Future

    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.library.songpack import Film
    from kpopdance.realtime.workshop.kit import Reel, WorkKit

ROUNDING_S: Final = 1e-4
"""Of seconds as they are typed, against a picture's own."""


class Projector:
    """Shows a film, or nothing where there is none; ``start_s`` is its first picture's song second."""

    def __init__(self, kit: WorkKit, film: Film | None, start_s: float) -> None:
        self.start_s = start_s if film is None else film.start_s
        self._reel: Reel | None = None
        self._opening: Future[Reel] | None = None
        if film is not None:
            path = film.path
            self._opening = beside(lambda: kit.open_film(path))
        self._wished_s = -1.0
        self._told = ""

    @property
    def still(self) -> Frame | None:
        """The picture that is shown; ``captured_s`` from the film's first one."""
        return None if self._reel is None else self._reel.now

    def step(self, song_s: float) -> str:
        """Go to a song second; return what is wrong with the film when that is found, once."""
        if self._opening is not None and self._opening.done():
            opening, self._opening = self._opening, None
            if (why := opening.exception()) is not None:
                return str(why)
            self._reel = opening.result()
        if self._reel is None:
            return ""
        wished_s = max(song_s - self.start_s, 0.0) + ROUNDING_S
        if wished_s != self._wished_s:
            self._reel.wish(wished_s)
            self._wished_s = wished_s
        before, self._told = self._told, self._reel.trouble
        return self._told if self._told != before else ""

    def close(self) -> None:
        """Let go of the film, also where it opens later."""
        if self._opening is not None:
            self._opening.add_done_callback(_closed)
        if self._reel is not None:
            beside(self._reel.close)


def _closed(opening: Future[Reel]) -> None:
    if opening.exception() is None:
        opening.result().close()
