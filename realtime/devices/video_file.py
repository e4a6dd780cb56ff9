"""Video files through PyAV: true timestamps, rotation, honest about truncated files."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import av.error
import numpy as np

from engines.maps import DanceError
from realtime.devices.slot import Slot
from realtime.ports import CameraState, HostClock
from realtime.pure.types import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

TICK = Fraction(1, 30_000)  # of written videos, s
VIDEO_SUFFIXES = (".mp4", ".mkv", ".mov")
TRUNCATED_S = 0.7  # of the promised length missing at the end


class VideoError(DanceError):
    """A video file cannot be read."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What the file promises: length in s (None: unknown), frames per second, size (w, h) px."""

    length_s: float | None
    fps: float
    size: tuple[int, int]
    has_audio: bool


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
        )
        self.warning = ""

    def frames(self) -> Iterator[Frame]:
        """Yield every picture, upright; ``captured_s`` counts from the first picture.

        After the last one ``warning`` says whether the file ended before its promised length.
        """
        last = 0.0
        index = 0
        first: float | None = None
        try:
            for picture in self._container.decode(video=0):
                at = float(picture.time) if picture.time is not None else index / self.info.fps
                if first is None:
                    first = at
                last = at - first
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
        self._slot: Slot[Frame] = Slot()
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
            name=self._path.name, lost=self._ended, asked="as recorded", size=(width, height),
            fps=self._info.fps, dropped=self._slot.dropped,
            message="The video has ended" if self._ended else "",
        )  # fmt: skip

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


class VideoWriter:
    """Writes pictures as an mp4; the file appears with ``finish``, never half-written.

    Raises
    ------
    VideoError
        Where the ending is unknown or the place cannot be written to.
    """

    def __init__(self, path: Path, fps: float) -> None:
        if path.suffix.lower() not in VIDEO_SUFFIXES:
            raise VideoError(
                f"{path}: is no video's name; let it end in {', '.join(VIDEO_SUFFIXES)}"
            )
        self._path = path
        self._part = path.with_name(f".part-{path.name}")
        self._fps = fps
        try:
            self._container = av.open(str(self._part), "w")
        except (av.error.FFmpegError, ValueError, OSError) as why:
            text = f"{path}: cannot be written ({why}); choose a name that ends in .mp4"
            raise VideoError(text) from None
        self._stream: Any = None
        self._last_tick = -1

    def add(self, image: NDArray[np.uint8], at_s: float) -> None:
        """Append a uint8 (H, W, 3) BGR picture shown at a second; odd edges are cut."""
        height, width = (side // 2 * 2 for side in image.shape[:2])
        if self._stream is None:
            codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"
            self._stream = self._container.add_stream(codec, rate=round(self._fps))
            self._stream.width, self._stream.height = width, height
            self._stream.pix_fmt = "yuv420p"
            self._stream.bit_rate = 4_000_000
            self._stream.codec_context.time_base = TICK
        even = np.ascontiguousarray(image[:height, :width])
        picture = av.VideoFrame.from_ndarray(even, format="bgr24")
        self._last_tick = max(round(at_s / TICK), self._last_tick + 1)
        picture.pts, picture.time_base = self._last_tick, TICK
        self._container.mux(self._stream.encode(picture))

    def finish(self) -> None:
        """Write the rest and give the file its name."""
        if self._stream is not None:
            self._container.mux(self._stream.encode())
        self._container.close()
        self._part.replace(self._path)

    def close(self) -> None:
        """Remove what was not finished."""
        self._container.close()
        self._part.unlink(missing_ok=True)
