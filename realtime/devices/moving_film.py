"""A film shown to music: decoded ahead on a thread of its own, the newest due picture at hand."""

from __future__ import annotations

import math
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.devices.video_file import VideoError, VideoFile

if TYPE_CHECKING:
    from pathlib import Path

    from kpopdance.realtime.core.types import Frame

SIDE_PX: Final = 720
"""Pictures of a linked film are made smaller: they would cost more than is seen of them."""
AHEAD: Final = 12
"""Pictures: 0.4 s of them, so that a busy computer's pauses do not show."""
LATE_S: Final = 1.0
"""Falling behind by so much more than where it began, it goes on at a picture that needs no other."""
LAST_S: Final = 0.2
"""So much of its end is decoded however late it is: the music may go on for longer."""
CLOSE_S: Final = 1.5


class MovingFilm:
    """Gives a film's picture for any second of it, at once.

    Seconds are asked for as the music goes: on, or some back. Who asks never waits: what is not
    decoded in time is dropped, and the picture before it is shown longer.

    Raises
    ------
    VideoError
        Where the file is gone or no film.
    """

    def __init__(self, path: Path) -> None:
        self._video = VideoFile(path, side_px=SIDE_PX, threads=1)
        try:
            self._shown = next(self._video.frames())
            self._video.seek(0.0)
        except BaseException:
            self._video.close()
            raise
        self._ahead: deque[Frame] = deque()
        self._turn = threading.Condition()
        self._shown_s = 0.0  # -inf: of another place than is asked for; nobody went there yet
        self._asked_s = 0.0
        self._seek = False
        self._closing = False
        self._allowed_s: float | None = LATE_S  # that decoding is behind; None: not known yet
        self._hurries = False
        self._thread = threading.Thread(target=self._run, name="film", daemon=True)
        self._thread.start()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its pictures, px."""
        height, width = self._shown.image.shape[:2]
        return width, height

    def at(self, second: float) -> Frame:
        """Return the newest picture that is due at a second of the film, before it the first one.

        Its ``captured_s`` is its own second.
        """
        asked_s = max(second, 0.0)
        with self._turn:
            self._asked_s = asked_s
            if self._shown_s > asked_s:
                self._ahead.clear()
                self._shown_s, self._seek = -math.inf, True
            while self._ahead and self._ahead[0].captured_s <= asked_s:
                self._shown = self._ahead.popleft()
                self._shown_s = self._shown.captured_s
            self._turn.notify()
            return self._shown

    def close(self) -> None:
        """Stop decoding."""
        with self._turn:
            self._closing = True
            self._turn.notify()
        self._thread.join(CLOSE_S)

    def _run(self) -> None:
        with (
            self._video,
            suppress(VideoError),
        ):  # where it cannot go on, the last picture stands
            while True:
                self._decode()
                with self._turn:
                    self._turn.wait_for(lambda: self._seek or self._closing)
                    if self._closing:
                        return
                    asked_s = self._asked_s
                    self._seek, self._shown_s = False, asked_s  # before that: back once more
                self._allowed_s = None
                self._video.seek(asked_s)

    def _decode(self) -> None:
        """Decode until the end, or until something else is asked for."""
        for frame in self._video.frames(passed_over=self._passed):
            with self._turn:
                self._turn.wait_for(
                    lambda: len(self._ahead) < AHEAD or self._seek or self._closing
                )
                if self._seek or self._closing:
                    return
                self._ahead.append(frame)

    def _passed(self, from_s: float, until_s: float) -> bool:
        """Return whether a picture comes too late; who falls behind takes key pictures alone."""
        if self._seek or self._closing:
            return False  # whoever takes it looks whether to go on
        behind_s = max(self._asked_s - from_s, 0.0)
        if self._allowed_s is None or behind_s == 0:
            self._allowed_s = behind_s + LATE_S
        if behind_s == 0 or behind_s > self._allowed_s:
            self._hurries = behind_s > 0
            self._video.only_key_pictures(self._hurries)
        last = until_s > (self._video.info.length_s or math.inf) - LAST_S
        return until_s <= self._asked_s and not self._hurries and not last
