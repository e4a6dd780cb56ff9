"""A video made small, to be kept beside its dance and shown as the coach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.realtime.devices.video_writer import VideoWriter

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
BYTES_A_SECOND: Final = 160_000
"""Of what is kept, at most as a rule; asked of the disk before the work."""


def keep_film(
    video: VideoFile, target: Path, progress: Callable[[Frame], None] = lambda _: None
) -> None:
    """Write a video's pictures as a small mp4 without sound; it appears whole or not at all.

    They are as large as ``video`` gives them. Its first one is at 0; all are upright, in square pixels.

    Raises
    ------
    VideoError
        Where the video cannot be read or nothing be written.
    """
    last_s = -1.0

    def too_soon(from_s: float, _until_s: float) -> bool:
        return from_s - last_s < (1 - EARLY) / FPS

    writer = VideoWriter(target, FPS, SMALL)
    try:
        for frame in video.frames(passed_over=too_soon):
            last_s = frame.captured_s
            writer.add(frame.image, last_s)
            progress(frame)
        writer.finish(video.ends_s)
    finally:
        writer.close()
