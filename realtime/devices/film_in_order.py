"""A film's pictures, exact at any second, for whoever has the time to wait for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpopdance.realtime.devices.video_file import VideoFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kpopdance.realtime.core.types import Frame


class FilmInOrder:
    """Gives the picture that a film shows at a second; fulfils the ``Pictures`` port, but waits.

    Seconds are asked for in order, as a rule: going back means decoding again.

    Raises
    ------
    VideoError
        Where the file is gone or no film.
    """

    def __init__(self, path: Path, *, side_px: int | None = None) -> None:
        self._video = VideoFile(path, side_px=side_px)
        try:
            self._coming: Iterator[Frame] = self._video.frames()
            self._shown = next(self._coming)
        except BaseException:
            self._video.close()
            raise
        self._next: Frame | None = self._shown
        self.begins_s = self._video.begins_s

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its pictures, px."""
        height, width = self._shown.image.shape[:2]
        return width, height

    def at(self, second: float) -> Frame:
        """Return the newest picture up to a second from the film's first one; before it, that."""
        if second < self._shown.captured_s:
            self._video.seek(second)
            self._coming = self._video.frames()
            self._shown = next(self._coming)
            self._next = self._shown
        while self._next is not None and self._next.captured_s <= second:
            self._shown = self._next
            self._next = next(self._coming, None)
        return self._shown

    def close(self) -> None:
        """Let go of the film."""
        self._video.close()
