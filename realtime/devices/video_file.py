"""Films and still pictures through PyAV: true times, upright pictures, honest about damage."""

from __future__ import annotations

import contextlib
import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av
import av.error

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.health import WELL_CAMERA, Cause, Health
from kpopdance.realtime.core.ports import CameraState, HostClock
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.developing import Developer
from kpopdance.realtime.devices.media_file import (
    JUMP_S,
    MOST_PIXELS,
    MediaError,
    open_media,
    plain_file,
    reason,
)
from kpopdance.realtime.devices.slot import FrameSlot
from kpopdance.realtime.devices.tiled_photograph import whole_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.devices.media_file import Media

ROUNDING_S = 1e-6  # of time stamps against seconds as typed
LONGEST_SIDE_PX = 4096  # of what is only shown small
TRUNCATED_S = 0.7  # of the promised length missing at the end
MEASURED = ("gif", "apng", "mpegts", "mpeg")  # kinds that do not say how long they are
MATROSKA = "matroska,webm"
STILL_BRANDS = ("avif", "heic", "heix", "heim", "heis", "mif1")
HEAD = 1 << 17  # bytes in front of a photograph's pixels
ENDED = Health(
    "camera", Cause.ENDED, N_("The video has ended."), N_("It is shorter than the song.")
)


class VideoError(MediaError):
    """A picture or film cannot be read or written."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What is known of a film: length in s (None: unknown), frames per second, size (w, h) px.

    ``size`` is as stored; ``kind`` is FFmpeg's name of its format.
    """

    length_s: float | None
    fps: float
    size: tuple[int, int]
    has_audio: bool
    kind: str = ""


class VideoFile:
    """One film or still picture; ``frames`` gives its pictures at their times, from its first one.

    Pictures come upright, with square pixels, of one size, in ordinary colours; times rise strictly,
    whatever the file's stamps do.
    """

    def __init__(self, path: Path, *, side_px: int | None = None, threads: int = 0) -> None:
        """Open the file.

        Parameters
        ----------
        path : Path
        side_px : int, optional
            Pictures are given smaller where their shorter side is longer.
        threads : int
            That decode; 0: as many as are of use.

        Raises
        ------
        VideoError
            Where it is missing, empty, no film or picture, or has no picture stream.
        """
        self.path = path
        self._media = open_media(path, VideoError)
        try:
            self._stream = _checked(path, self._media)
            extent = _extent(path, self._media)
        except BaseException:
            self._media.close()
            raise
        self._stream.thread_type = "AUTO"
        self._stream.codec_context.thread_count = threads
        self._side_px = side_px
        self._sought = False
        self.info = VideoInfo(
            length_s=extent.length_s,
            fps=extent.fps,
            size=(self._stream.width, self._stream.height),
            has_audio=self._media.sound is not None,
            kind=self._media.kind,
        )
        self.still = _is_still(path, self._media, extent.count)
        self.warning = ""
        self.begins_s = 0.0
        self.ends_s = 0.0

    def frames(
        self, start_s: float = 0.0, end_s: float = math.inf,
        passed_over: Callable[[float, float], bool] = lambda *_: False,
    ) -> Iterator[Frame]:  # fmt: skip
        """Yield every picture; ``captured_s`` counts from the file's first picture.

        Only those from ``start_s`` to before ``end_s`` are given, without those that are to be
        ``passed_over``, told from which second to which they are shown: they cost less. After ``seek``
        they begin there. After the first, ``begins_s`` is its time in the file's own stamps; after
        the last, ``ends_s`` is where it ends, and ``warning`` says what was wrong with the file: cut
        off, damaged, or with times that had to be mended.
        """
        if self._media.tiles:
            yield Frame(self._assembled(), 0.0, 0)
            return
        developer = Developer(self._stream.sample_aspect_ratio, self._side_px)
        moments = _Moments(self.info.fps, self.begins_s if self._sought else None)
        damage = _Damage()
        cut = ""
        for index, picture in enumerate(damage.survived(self._media, self._stream)):
            at_s = moments.step(picture)
            self.begins_s = moments.first_s
            if at_s >= end_s - ROUNDING_S:
                break
            self.ends_s = at_s + self._lasts_s(picture)
            if at_s >= start_s - ROUNDING_S and not passed_over(at_s, self.ends_s):
                yield Frame(developer.step(picture), at_s, index)
        else:
            cut = self._cut()
        if moments.last_s is None:
            raise VideoError(
                _("{path}: holds no readable picture; export it again as mp4", path=self.path)
            )
        told = [
            damage.told(moments.last_s) or cut,
            _counted(self._media.clock.jumps, "place where its times jump", "mended"),
            _counted(moments.mended, "picture at a time that repeats or goes back", "mended"),
            _counted(
                developer.resized, "picture of another size", "brought to the first one's"
            ),
        ]
        self.warning = f"{self.path}: {'; '.join(filter(None, told))}" if any(told) else ""

    def seek(self, at_s: float) -> None:
        """Let ``frames`` begin anew with the last picture before a second that needs no other.

        Where the file's times had to be mended so far, it begins at the start again: no stamp says
        where a second is. At least one picture must have been given before.

        Raises
        ------
        VideoError
            Where nothing can be sought in the file.
        """
        self._sought = self._media.clock.jumps == 0 and self.info.kind != "gif"
        stamp_s = self.begins_s + (max(at_s, 0.0) if self._sought else 0.0)
        try:
            self._media.begin_at(stamp_s)
        except (av.error.FFmpegError, OSError) as why:
            raise VideoError(
                _("{path}: cannot be sought in ({reason})", path=self.path, reason=reason(why))
            ) from None

    def only_key_pictures(self, wanted: bool) -> None:
        """Leave out all pictures that need others, or no longer: whoever is late catches up so."""
        self._stream.codec_context.skip_frame = "NONKEY" if wanted else "DEFAULT"

    def close(self) -> None:
        """Close the file."""
        self._media.close()

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def _assembled(self) -> NDArray[np.uint8]:
        """Return the photograph that is kept in tiles."""
        tiles = {}
        with contextlib.suppress(av.error.FFmpegError, OSError):
            for packet in self._media.container.demux(self._media.tiles):
                for picture in packet.decode():
                    tiles[packet.stream.index] = Developer(None).step(picture)
        whole = whole_of(self.path)
        in_order = [tiles[index] for index in sorted(tiles)]
        image = whole.assembled(in_order) if whole and tiles else None
        if image is None:
            raise VideoError(
                _(
                    "{path}: is a photograph in tiles that do not fit together; export it as jpg",
                    path=self.path,
                )
            )
        return image

    def _lasts_s(self, picture: Any) -> float:  # noqa: ANN401 - PyAV's frames
        """Return how long a picture is shown."""
        if picture.duration and picture.time_base:
            return min(float(picture.duration * picture.time_base), JUMP_S)
        return 1 / self.info.fps

    def _cut(self) -> str:
        """Return whether the file ends before what it promises, in words."""
        media, stream = self._media, self._stream
        if media.clock.jumps or media.kind in MEASURED:
            return ""
        there_s = self.ends_s
        promised_s = float((stream.duration or 0) * stream.time_base)
        if media.kind == MATROSKA:  # states but the length of its longest stream
            there_s = media.clock.ends_s
            promised_s = float((media.container.duration or 0) / av.time_base)
        if there_s > promised_s - TRUNCATED_S:
            return ""
        return f"ends after {there_s:.1f} s of {promised_s:.1f} s, the file is truncated"


def small_picture(path: Path, side_px: int) -> NDArray[np.uint8]:
    """Return a photograph or a film's first picture, its shorter side so long at most.

    Raises
    ------
    VideoError
        Where it cannot be read, or its sides are so long that reading it would take seconds.
    """
    with VideoFile(path, side_px=side_px) as video:
        if max(video.info.size) > LONGEST_SIDE_PX:
            raise VideoError(
                _(
                    "{path}: is larger than {px} px; save it smaller",
                    path=path,
                    px=LONGEST_SIDE_PX,
                )
            )
        return next(video.frames()).image


class _Moments:
    """Gives pictures their seconds from the file's first one, rising strictly."""

    def __init__(self, fps: float, begins_s: float | None = None) -> None:
        self._usual_s = 1 / fps
        self._begins_s = begins_s  # of the file, where it is read from elsewhere
        self.first_s = 0.0
        self.last_s: float | None = None
        self.mended = 0

    def step(self, picture: Any) -> float:  # noqa: ANN401 - PyAV's frames
        """Return the next picture's second."""
        stamp_s = picture.time
        if self.last_s is None:
            here_s = float(stamp_s or 0.0)
            self.first_s = here_s if self._begins_s is None else self._begins_s
            self.last_s = max(here_s - self.first_s, 0.0)
        elif stamp_s is None:
            self.last_s += self._usual_s
        elif stamp_s - self.first_s > self.last_s + ROUNDING_S:
            self.last_s = float(stamp_s - self.first_s)
        else:  # half a step: whoever comes next may be right again
            self.last_s += self._usual_s / 2
            self.mended += 1
        return self.last_s


class _Damage:
    """Decodes what can be decoded and remembers what could not."""

    def __init__(self) -> None:
        self._count = 0
        self._end = ""

    def survived(self, media: Media, stream: Any) -> Iterator[Any]:  # noqa: ANN401 - PyAV's
        """Yield all pictures that can be decoded."""
        try:
            for packet in media.packets(stream):
                try:
                    pictures = packet.decode()
                except av.error.FFmpegError:
                    self._count += 1
                    continue
                yield from pictures
        except (av.error.FFmpegError, OSError) as why:
            self._end = reason(why)

    def told(self, last_s: float | None) -> str:
        """Return the damage in words; empty for none."""
        if self._end:
            return f"damaged after {last_s or 0:.1f} s ({self._end})"
        return _counted(self._count, "damaged place inside", "left out")


@dataclass(frozen=True, slots=True)
class _Extent:
    length_s: float | None
    count: int
    fps: float


def _extent(path: Path, media: Media) -> _Extent:
    """Return a film's length in s (None: unknown), its pictures, and how many come a second.

    Where the file says nothing to be relied on, all of its packets are looked at.
    """
    stream = media.picture
    said_fps = float(stream.average_rate or stream.guessed_rate or 30)
    if stream.duration and media.kind not in MEASURED:
        return _Extent(float(stream.duration * stream.time_base), stream.frames, said_fps)
    at_s, lasts_s = [], 0.0
    with contextlib.suppress(av.error.FFmpegError, OSError), open_media(path) as again:
        for packet in again.packets(again.picture):
            if packet.size and packet.pts is not None:
                at_s.append(float(packet.pts * packet.time_base))
                lasts_s = float((packet.duration or 0) * packet.time_base)
    span_s = max(at_s, default=0.0) - min(at_s, default=0.0)
    if not span_s:
        return _Extent(lasts_s or None, len(at_s), said_fps)
    fps = (len(at_s) - 1) / span_s
    return _Extent(span_s + (lasts_s or 1 / fps), len(at_s), fps)


def _counted(count: int, what: str, done: str) -> str:
    first, _, rest = what.partition(" ")
    return f"{count} {first if count == 1 else first + 's'} {rest}, {done}" if count else ""


def _checked(path: Path, media: Media) -> Any:  # noqa: ANN401 - PyAV's streams
    """Return the picture stream of a file that can be read."""
    stream = media.picture
    if stream is None:
        raise VideoError(
            _("{path}: has sound but no pictures; a choreography needs a video", path=path)
        )
    if stream.codec_context is None:
        raise VideoError(
            _(
                "{path}: its pictures are of a kind that is not read; export it as mp4",
                path=path,
            )
        )
    if media.kind == "webp_pipe" and not stream.width and _is_animated(path):
        raise VideoError(
            _(
                "{path}: is an animated WebP, which is not read; save it as GIF or mp4",
                path=path,
            )
        )
    if not 0 < stream.width * stream.height <= MOST_PIXELS:
        raise VideoError(
            _(
                "{path}: its pictures cannot be read, or have more than {most} million "
                "pixels; export them again, smaller",
                path=path,
                most=MOST_PIXELS // 1000000,
            )
        )
    return stream


def _is_animated(path: Path) -> bool:
    with plain_file(path) as file:
        return b"ANIM" in file.read(HEAD)


def _is_still(path: Path, media: Media, count: int) -> bool:
    """Return whether a file is a photograph or drawing, not a film; its name is no proof."""
    if media.kind == "mjpeg":  # or a photograph with a second one behind it, as telephones do
        with plain_file(path) as file:
            return b"MPF\0" in file.read(HEAD) or path.suffix.lower() in (".jpg", ".jpeg")
    brand = media.container.metadata.get("major_brand", "")
    return (
        media.kind.endswith("_pipe")
        or brand in STILL_BRANDS
        or (media.kind in ("gif", "apng") and count == 1)
    )


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

    def show_also(self, also: Callable[[Frame], None] | None) -> None:
        """Show somebody every picture from now on; None: nobody any more."""
        self._slot.also = also

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
