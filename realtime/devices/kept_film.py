"""A video made small, to be kept beside its dance and shown as the coach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.realtime.devices.media_file import writing
from kpopdance.realtime.devices.video_file import VideoError
from kpopdance.realtime.devices.video_writer import VideoWriter, join, last_picture_s

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.devices.video_file import VideoFile

SUFFIX: Final = ".mp4"
SIDE_PX: Final = 480
"""The shorter side of what is kept: as much as a stage shows of a dancer from head to foot."""
GROUP_SIDE_PX: Final = 720
"""Where one of several is looked at closely."""
FPS: Final = 30.0
EARLY: Final = 0.12
"""Of a picture's time: pictures of 50 a second are every second one then, not 2 of 3 in turns."""
SMALL: Final = {
    "crf": "24", "preset": "veryfast", "g": "15",  # a picture every half second needs no other
}  # fmt: skip
BYTES_A_SECOND: Final = 320_000
"""Of what is kept and of its pieces, at most as a rule; asked of the disk before the work."""
PIECE_S: Final = 5.0
"""Of film: no more is encoded in vain, whatever ends the work."""


def keep_film(
    video: VideoFile, target: Path, pieces: Path, progress: Callable[[Frame], None] = lambda _: None
) -> None:  # fmt: skip
    """Write a video's pictures as a small mp4 without sound; it appears whole or not at all.

    They are as large as ``video`` gives them. Its first one is at 0; all are upright, in square pixels.
    They are encoded piece by piece into the folder ``pieces``, and those that an earlier call left
    there are taken as they are. Whoever needs them no more removes it.

    Raises
    ------
    VideoError
        Where the video cannot be read or nothing be written.
    """
    with writing(target, VideoError):
        pieces.mkdir(exist_ok=True)
    made, last_s = _made_before(pieces)
    begun_s = 0.0
    writer: VideoWriter | None = None

    def too_soon(from_s: float, _until_s: float) -> bool:
        return from_s - last_s < (1 - EARLY) / FPS

    try:
        for frame in video.frames(passed_over=too_soon):
            last_s = frame.captured_s
            if writer is not None and last_s - begun_s >= PIECE_S:
                writer.finish(last_s)
                writer = None
            if writer is None:
                made.append(_piece(pieces, len(made)))
                writer, begun_s = VideoWriter(made[-1], FPS, SMALL), last_s
            writer.add(frame.image, last_s)
            progress(frame)
        if writer is not None:
            writer.finish(video.ends_s)
    finally:
        if writer is not None:
            writer.close()
    join(made, target, video.ends_s)


def _made_before(pieces: Path) -> tuple[list[Path], float]:
    """Return a film's pieces that are there, and the second of their last picture, -1 for none."""
    made: list[Path] = []
    last_s = -1.0
    try:
        while (path := _piece(pieces, len(made))).exists():
            last_s = last_picture_s(path)
            made.append(path)
    except VideoError:  # damaged: it is made anew, and all behind it
        path.unlink()
    return made, last_s


def _piece(pieces: Path, number: int) -> Path:
    return pieces / f"{number:06d}{SUFFIX}"
