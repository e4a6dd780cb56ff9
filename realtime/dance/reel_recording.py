"""The player's pictures kept while they dance, if they said so before: for the film of this dance."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import discard
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from kpopdance.realtime.core.ports import Camera
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.devices.picture_keeper import PictureKeeper


class Filmed:
    """The pictures of one dance; the file goes when nobody holds this any more, at last at the end.

    Attributes
    ----------
    path : Path
        Of the film, each picture at its song second.
    pictures, left_out : int
        So many it has, and for so many there was no time.
    scale : float
        How large they are kept, of what the camera gave: 1 or less.
    """

    def __init__(self, path: Path, pictures: int, left_out: int, scale: float = 1.0) -> None:
        self.path, self.pictures, self.left_out = path, pictures, left_out
        self.scale = scale
        weakref.finalize(self, discard, path)


class ReelRecording:
    """Keeps what a camera delivers while the song goes on, each picture at its true song second.

    Parameters
    ----------
    camera : Camera
    song_of : callable
        Returns the song second danced at a host second; None while nothing is danced.
    keeper : callable or None
        Opens what keeps the pictures; None: nothing is ever kept.
    wanted : bool
        Whether the player wants it; they may change it until it begins.
    """

    def __init__(
        self, camera: Camera, song_of: Callable[[float], float | None],
        keeper: Callable[[], PictureKeeper] | None, *, wanted: bool,
    ) -> None:  # fmt: skip
        self._camera, self._song_of, self._open = camera, song_of, keeper
        self.wanted = wanted and keeper is not None
        self.trouble = ""
        self._keeper: PictureKeeper | None = None

    @property
    def possible(self) -> bool:
        """Whether there is anything to keep pictures in."""
        return self._open is not None

    @property
    def kept(self) -> bool | None:
        """Whether pictures will be kept; None: nothing can be."""
        return self.wanted if self.possible else None

    def begin(self) -> None:
        """Begin, if it is wanted; where the disk refuses, ``trouble`` says why and the dance goes on."""
        if not self.wanted or self._open is None:
            return
        try:
            self._keeper = self._open()
        except DanceError as why:
            self.trouble = str(why)
            return
        self._camera.show_also(self._take)

    def finish(self) -> Future[Filmed | None] | None:
        """End, and return what was filmed once it is all packed; None where nothing was to be."""
        keeper = self._ended()
        return None if keeper is None else beside(lambda: _filmed(keeper))

    def close(self) -> None:
        """End, and keep nothing."""
        keeper = self._ended()
        if keeper is not None:
            beside(keeper.close)

    def _ended(self) -> PictureKeeper | None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            self._camera.show_also(None)
        return keeper

    def _take(self, frame: Frame) -> None:
        """Keep a picture of the dance; called from the camera's thread."""
        keeper, song_s = self._keeper, self._song_of(frame.captured_s)
        if keeper is not None and song_s is not None and song_s >= 0:
            keeper.put(frame.image, frame.captured_s, song_s)


def _filmed(keeper: PictureKeeper) -> Filmed | None:
    """Return what a keeper kept; None, and no file, where that is nothing."""
    kept = keeper.finish()
    if kept.pictures:
        return Filmed(kept.path, kept.pictures, kept.left_out, kept.scale)
    discard(kept.path)
    return None
