"""A song's film as its coach: the picture that is due, where to look at it, who dances in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _
from kpopdance.realtime.core.closeup import closeups
from kpopdance.realtime.library.mirrored import turned
from kpopdance.realtime.screens.view import FilmView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Pictures
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.library.songpack import Film, SongPack


class CoachFilm:
    """Tells what to show of a film at a song second.

    Parameters
    ----------
    song : SongPack
        As its pack tells it, not as the terms turn it.
    film : Film
        Its own.
    terms : Terms
        On which it is danced.
    pictures : Pictures
        Of the film.
    """

    def __init__(self, song: SongPack, film: Film, terms: Terms, pictures: Pictures) -> None:
        self._film, self._pictures = film, pictures
        self._turned = song.mirrored != terms.mirrored
        width, height = self._size = pictures.size
        filmed = turned(song.members) if song.mirrored else song.members
        order = [song.lead, *(k for k in range(len(filmed)) if k != song.lead)]
        scale = np.array([height, height, 1], np.float32)
        self._joints = np.stack([filmed[k].joints * scale for k in order], axis=1)
        self._fps, self._start_s = filmed[0].fps, filmed[0].start_s
        self._close = closeups(self._joints[:, 0], self._fps, (width, height))
        self._made: tuple[tuple[Frame, bool, bool], FilmView] | None = None

    def view(self, song_s: float, *, everybody: bool, skeleton: bool) -> FilmView:
        """Return what is due at a song second: the same while nothing of it is new.

        ``everybody`` is the whole picture, else the lead is looked at closely; ``skeleton``: with
        joints.
        """
        wish = (self._pictures.at(song_s - self._film.start_s), everybody, skeleton)
        if self._made is None or self._made[0] != wish:
            self._made = wish, self._view(*wish)
        return self._made[1]

    def close(self) -> None:
        """Let go of the film."""
        self._pictures.close()

    def _view(self, frame: Frame, everybody: bool, skeleton: bool) -> FilmView:
        at = (self._film.start_s + frame.captured_s - self._start_s) * self._fps
        joints = _at(self._joints if everybody else self._joints[:, :1], at)
        width, height = self._size
        left, top, wide, high = (
            (0, 0, width, height) if everybody else _at(self._close, at).tolist()
        )
        return FilmView(
            frame.image, (left, top, wide, high), turned=self._turned,
            joints=joints if skeleton else joints[:0],
        )  # fmt: skip


def opened(
    song: SongPack, terms: Terms, open_film: Callable[[Path], Pictures] | None
) -> tuple[CoachFilm | None, str]:
    """Return a song's film, ready to be shown, if it has one; and why it cannot be shown, if so."""
    if song.film is None or open_film is None:
        return None, ""
    try:
        return CoachFilm(song, song.film, terms, open_film(song.film.path)), ""
    except DanceError as why:
        return None, _("The coach is drawn: {why}", why=why)


def _at(rows: NDArray[np.float32], at: float) -> NDArray[np.float32]:
    """Return what lies between rows (T, ...) at a place among them; the ends hold."""
    at = min(max(at, 0.0), len(rows) - 1.001)
    row, share = int(at), np.float32(at % 1)
    between: NDArray[np.float32] = rows[row] + share * (rows[row + 1] - rows[row])
    return between
