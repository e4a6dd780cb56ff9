"""Video files through PyAV: true timestamps, rotation, honest about truncated files."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av
import av.error
import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.health import WELL_CAMERA, Cause, Health
from kpopdance.realtime.core.ports import CameraState, HostClock
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.slot import FrameSlot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

ROUNDING_S = 1e-6  # of time stamps against seconds as typed
TRUNCATED_S = 0.7  # of the promised length missing at the end
ENDED = Health("camera", Cause.ENDED, "The video has ended.", "It is shorter than the song.")


class VideoError(DanceError):
    """A video file cannot be read."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What the file promises: length in s (None: unknown), frames per second, size (w, h) px.

    ``kind`` is FFmpeg's name of its format.
    """

    length_s: float | None
    fps: float
    size: tuple[int, int]
    has_audio: bool
    kind: str = ""


class VideoFile:
    """One video; ``frames`` gives its pictures with their own timestamps, from its first picture."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises
        ------
        VideoError
            Where it is missing, empty, no video, or has no picture stream.
        """
        self.path = path
        self._container = _open(path)
        stream = self._container.streams.video[0]
        stream.thread_type = "AUTO"
        length = stream.duration * stream.time_base if stream.duration else None
        if length is None and self._container.duration and not self._container.streams.audio:
            length = self._container.duration / av.time_base
        self.info = VideoInfo(
            length_s=None if length is None else float(length),
            fps=float(stream.average_rate or stream.guessed_rate or 30),
            size=(stream.width, stream.height),
            has_audio=bool(self._container.streams.audio),
            kind=self._container.format.name,
        )
        self.warning = ""
        self.begins_s = 0.0
        self.ends_s = 0.0

    def frames(self, start_s: float = 0.0, end_s: float = math.inf) -> Iterator[Frame]:
        """Yield every picture, upright; ``captured_s`` counts from the file's first picture.

        Only those from ``start_s`` to before ``end_s`` are given. After the first, ``begins_s`` is
        its time in the file's own stamps; after the last, ``ends_s`` is where it ends, and
        ``warning`` says whether the file ended before its promised length.
        """
        last = 0.0
        index = 0
        first: float | None = None
        try:
            for picture in self._container.decode(video=0):
                at = float(picture.time) if picture.time is not None else index / self.info.fps
                if first is None:
                    first = self.begins_s = at
                last = at - first
                if last >= end_s - ROUNDING_S:
                    return
                self.ends_s = last + self._lasts_s(picture)
                if last >= start_s - ROUNDING_S:
                    yield Frame(_upright(picture), last, index)
                index += 1
        except av.error.FFmpegError as why:
            self.warning = f"{self.path}: damaged after {last:.1f} s ({why.strerror})"
        self._check_end(index, last)

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def _lasts_s(self, picture: Any) -> float:  # noqa: ANN401 - as _upright
        """Return how long a picture is shown."""
        if picture.duration and picture.time_base:
            return float(picture.duration * picture.time_base)
        return 1 / self.info.fps

    def _check_end(self, count: int, last_s: float) -> None:
        if count == 0:
            raise VideoError(f"{self.path}: holds no readable picture; export it again as mp4")
        promised = self.info.length_s
        ends_s = last_s + 1 / self.info.fps
        if not self.warning and promised is not None and ends_s < promised - TRUNCATED_S:
            told = f"ends after {ends_s:.1f} s of {promised:.1f} s"
            self.warning = f"{self.path}: {told}, the file is truncated"


def _open(path: Path) -> Any:  # noqa: ANN401 - PyAV's containers have no common typed base
    if not path.exists():
        raise VideoError(f"{path}: there is no such file; check the path")
    if path.is_dir():
        raise VideoError(f"{path}: is a folder; name a video file")
    if path.stat().st_size == 0:
        raise VideoError(f"{path}: is empty (0 bytes); copy or export it again")
    try:
        container = av.open(str(path))
    except av.error.FFmpegError as why:
        text = (
            f"{path}: cannot be read as a video ({why.strerror}); it may be cut off or of another "
            "kind: copy it again, or export it as mp4 or webm"
        )
        raise VideoError(text) from None
    if not container.streams.video:
        container.close()
        raise VideoError(f"{path}: has sound but no pictures; a choreography needs a video")
    return container


def _upright(picture: Any) -> NDArray[np.uint8]:  # noqa: ANN401 - av.VideoFrame lacks rotation in stubs
    image: NDArray[np.uint8] = picture.to_ndarray(format="bgr24")
    turns = round(picture.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


class VideoCamera:
    """A video file in place of a camera: frame t is captured when song second t sounds.

    Before the song starts the first frame stands; the file runs again for every song.

    Parameters
    ----------
    path : Path
    clock : HostClock
    song_s : callable
        Returns the song second now, None while no song plays.
    """

    def __init__(
        self, path: Path, clock: HostClock, song_s: Callable[[], float | None]
    ) -> None:
        with VideoFile(path) as video:
            self._info = video.info
            self._first = next(video.frames())
        self._path, self._clock, self._song_s = path, clock, song_s
        self._slot = FrameSlot()
        self._closing = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="video camera", daemon=True)
        self._thread.start()

    def newest(self, timeout_s: float) -> Frame | None:
        """Return the newest frame not yet returned, or None after the timeout."""
        return self._slot.take(timeout_s)

    def state(self) -> CameraState:
        """Return how the camera is doing now."""
        height, width = self._first.image.shape[:2]
        return CameraState(
            name=self._path.name, asked="as recorded", size=(width, height),
            fps=self._info.fps, dropped=self._slot.dropped,
            health=ENDED if self._ended else WELL_CAMERA,
            delivered=self._slot.deliveries,
        )  # fmt: skip

    def retry(self) -> None:
        """Nothing of it can be opened anew: it runs with the song."""

    def close(self) -> None:
        """Stop reading."""
        self._closing.set()
        self._thread.join(timeout=1.5)

    def _run(self) -> None:
        index = 0
        while not self._closing.is_set():
            song_s = self._song_s()
            if song_s is None or song_s < 0:
                self._slot.put(Frame(self._first.image, self._clock.now(), index))
                index += 1
                self._closing.wait(1 / self._info.fps)
            else:
                index = self._play(index)

    def _play(self, index: int) -> int:
        last_s = 0.0
        with VideoFile(self._path) as video:
            for frame in video.frames():
                while (song_s := self._song_s()) is not None and song_s < frame.captured_s:
                    if self._closing.is_set() or song_s < last_s - 1:
                        return index
                    self._closing.wait(min(frame.captured_s - song_s, 0.05))
                if song_s is None or self._closing.is_set():
                    return index
                last_s = song_s
                behind_s = song_s - frame.captured_s  # decoding took its time: not the dancer's
                self._slot.put(Frame(frame.image, self._clock.now() - behind_s, index))
                index += 1
        self._ended = True
        while (song_s := self._song_s()) is not None and song_s >= last_s - 1:
            if self._closing.wait(0.1):
                break
        self._ended = False
        return index
