"""What the dance that is looked at will need, made beside the list, so that it begins at once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.dance.performance import watcher_of
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.library.songpack import SongPack

    Sound = tuple[NDArray[np.float32], int]

RESTED_S: Final = 0.7  # who looks at a song for so long may want to dance it


class _LookedAway(DanceError):
    """Another song is looked at."""


class Preparing:
    """Warms the networks, works out what a song asks, and reads its sound; one song at a time.

    ``read_audio`` returns a file's samples and their rate. Whatever goes wrong is met again, and
    told, by the dance that needs it.
    """

    def __init__(self, read_audio: Callable[[Path], Sound]) -> None:
        self._read_audio = read_audio
        self._audio: Path | None = None
        self._wanted: tuple[Path, Terms] | None = None
        self._since_s = 0.0
        self._working: Future[None] | None = None
        self._sound: tuple[Path, int, int, Sound] | None = None

    @property
    def done(self) -> bool:
        """Whether the song that is looked at lacks nothing any more, as far as it can be had."""
        return self._working is not None and self._working.done()

    def look(self, song: SongPack, terms: Terms, kit: Kit) -> None:
        """Prepare a song as it is danced on these terms, once it was looked at for a while."""
        now_s = kit.clock.now()
        wanted = (song.folder, terms)
        if wanted != self._wanted:
            self._wanted, self._since_s = wanted, now_s
        elif self._since_s + RESTED_S < now_s and (
            self._working is None or self._working.done()
        ):
            self._since_s, self._audio = np.inf, song.audio
            self._working = beside(lambda: self._prepare(song, terms, kit))

    def sound_of(self, path: Path) -> Sound:
        """Return a sound's samples and rate, read already or now; it is held for one dance only."""
        if self._working is not None and path == self._audio:
            self._working.exception()  # it is being read
        held, self._sound = self._sound, None
        if held is not None and held[:3] == _version_of(path):
            return held[3]
        return self._read_audio(path)

    def settle(self, folder: Path | None = None, terms: Terms | None = None) -> None:
        """Prepare nothing any more, unless it is this song."""
        if self._wanted != (folder, terms):
            self._wanted = None

    def _prepare(self, song: SongPack, terms: Terms, kit: Kit) -> None:
        wanted = (song.folder, terms)

        def told(_: float) -> None:
            if self._wanted != wanted:
                raise _LookedAway

        with suppress(DanceError, OSError):
            warm(kit)
            told(0.0)
            standard_of(song, terms, told)
            told(1.0)
            if song.audio is not None:
                self._sound = None
                self._sound = (*_version_of(song.audio), self._read_audio(song.audio))


def warm(kit: Kit) -> None:
    """Let the networks prepare for the camera's pictures, as far as its size is known."""
    width, height = kit.picture_size
    kit.warmth.over(watcher_of(kit), np.zeros((height, width, 3), np.uint8))


def _version_of(path: Path) -> tuple[Path, int, int]:
    """Return what tells a file from what it becomes when it is written anew; a missing one's is 0."""
    with suppress(OSError):
        told = path.stat()
        return path, told.st_size, told.st_mtime_ns
    return path, 0, 0
