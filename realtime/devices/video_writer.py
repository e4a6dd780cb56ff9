"""Videos written through PyAV: every picture at its own time, sound beside it, whole or not at all."""

from __future__ import annotations

import contextlib
import math
from collections import deque
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import av.error
import numpy as np

from kpopdance.engines.files import discard, hand_over, part_of, unwritten
from kpopdance.realtime.devices.audio_file import Stereo
from kpopdance.realtime.devices.media_file import open_media, reason, url_of, writing
from kpopdance.realtime.devices.video_file import VideoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.devices.media_file import Media

TICK: Final = Fraction(1, 30_000)  # of written videos, s
VIDEO_SUFFIXES: Final = (".mp4", ".mkv", ".mov")
FINE: Final[Mapping[str, str]] = {
    "crf": "19"
}  # x264's constant rate factor: nothing is seen of it
BT709: Final = 1  # of colours in the file, told so that every player shows the same
COPIED: Final = {  # what these hold and their players know; all else is encoded anew
    ".mp4": ("aac", "mp3", "mp3float", "ac3", "eac3", "alac", "flac", "opus"),
    ".mkv": ("aac", "mp3", "mp3float", "ac3", "eac3", "alac", "flac", "opus", "vorbis"),
    ".mov": ("aac", "mp3", "mp3float", "ac3", "eac3", "alac"),
}
SAMPLE_RATE: Final = 48_000  # of sound encoded anew
SOUND_BITS: Final = 160_000  # a second
HOLE: Final = (
    SAMPLE_RATE // 50
)  # samples: so much more than is there, by the time stamps, is silence
HOLE_MOST: Final = 60 * SAMPLE_RATE
AT_ONCE: Final = 4096  # samples
PREROLL: Final = 2  # packets before a cut, which decoders need to begin; not heard


class VideoWriter:
    """Writes pictures as an mp4; the file appears with ``finish``, never half-written.

    ``options`` are the encoder's.

    Raises
    ------
    VideoError
        Where the ending is unknown, the place cannot be written to, or the disk is full.
    """

    def __init__(self, path: Path, fps: float, options: Mapping[str, str] = FINE) -> None:
        if path.suffix.lower() not in VIDEO_SUFFIXES:
            raise VideoError(
                f"{path}: is no video's name; let it end in {', '.join(VIDEO_SUFFIXES)}"
            )
        self._path = path
        self._part = part_of(path)
        self._fps = fps
        self._options = dict(options)
        in_front = {} if path.suffix.lower() == ".mkv" else {"movflags": "faststart"}
        try:
            self._part.write_bytes(b"")  # PyAV would tell only with the first picture
            self._container = av.open(url_of(self._part), "w", options=in_front)
        except (av.error.FFmpegError, ValueError, OSError) as why:
            raise VideoError(unwritten(path, why)) from None
        self._stream: Any = None
        self._sound: _Sound | _Samples | None = None
        self._copies = False
        self._held: Any = None
        self._last_tick = -1

    def keep_sound(self, source: Path, begin_s: float, end_s: float | None = None) -> str:
        """Take a file's sound along from a second of its time stamps; before the first picture.

        Returns what is done: ``copied``, ``encoded``, or ``none`` where there is no sound.
        """
        opened = open_media(source, VideoError)
        if opened.sound is None:
            opened.close()
            return "none"
        self._sound = _Sound(opened, begin_s, end_s, COPIED[self._path.suffix.lower()])
        return "copied" if self._sound.copied else "encoded"

    def let_sound(self, samples: NDArray[np.float32], rate: int) -> None:
        """Let samples, float32 (N, 2), sound from second 0 on; before the first picture."""
        self._sound = _Samples(samples, rate)

    def add(self, image: NDArray[np.uint8], at_s: float) -> None:
        """Append a picture shown at a second, uint8 (H, W, 3) BGR or (H, W, 4); odd edges are cut."""
        height, width = (side // 2 * 2 for side in image.shape[:2])
        if self._stream is None:
            self._stream = self._pictures(width, height)
            if self._sound is not None:
                self._sound.into(self._container)
        even = np.ascontiguousarray(image[:height, :width])
        picture = av.VideoFrame.from_ndarray(
            even, format="bgra" if even.shape[2] == 4 else "bgr24"
        )
        picture = picture.reformat(format="yuv420p", dst_colorspace="ITU709")
        self._last_tick = max(round(at_s / TICK), self._last_tick + 1)
        picture.pts, picture.time_base = self._last_tick, TICK
        with writing(self._path, VideoError):
            if self._sound is not None:
                self._sound.write(at_s)
            self._mux(self._stream.encode(picture))

    def copy(self, film: Path) -> None:
        """Append the pictures of a film as they are; it was written with the same options."""
        with open_media(film, VideoError) as media, writing(self._path, VideoError):
            for packet in _pictures_of(media):
                if self._stream is None:
                    self._stream = self._container.add_stream_from_template(media.picture)
                    self._copies = True
                packet.stream = self._stream
                self._last_tick = packet.pts
                self._mux([packet])

    def finish(self, ends_s: float | None = None) -> None:
        """Write the rest and give the file its name; the last picture is shown until ``ends_s``."""
        with writing(self._path, VideoError):
            if self._stream is not None and not self._copies:
                self._mux(self._stream.encode())
            if self._held is not None:
                ends = self._last_tick if ends_s is None else round(ends_s / TICK)
                self._held.duration = max(ends - self._last_tick, 0) or self._held.duration
                self._container.mux(self._held)
            if self._sound is not None:
                self._sound.write(math.inf)
            self._container.close()
            hand_over(self._part, self._path)

    def close(self) -> None:
        """Remove what was not finished."""
        with contextlib.suppress(av.error.FFmpegError, OSError):
            self._container.close()
        if self._sound is not None:
            self._sound.close()
        discard(self._part)

    def _mux(self, packets: list[Any]) -> None:
        """Write pictures, each as long as until the next; so the last one waits."""
        for packet in packets:
            if self._held is not None:
                self._held.duration = packet.pts - self._held.pts
                self._container.mux(self._held)
            self._held = packet

    def _pictures(self, width: int, height: int) -> Any:  # noqa: ANN401 - stubs lack the fields set
        h264 = "libx264" in av.codecs_available
        stream: Any = self._container.add_stream(
            "libx264" if h264 else "mpeg4",
            rate=max(round(self._fps), 1),
            # no pictures out of their order: files with them state a wrong length
            options=self._options | ({"bf": "0"} if h264 else {"b": "8000000"}),
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.time_base = TICK
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = 1
        return stream


def join(films: Iterable[Path], target: Path, ends_s: float) -> None:
    """Write films of one kind as one mp4, their pictures as they are, at the times that they have.

    All were written with the same options; the last picture is shown until ``ends_s``.

    Raises
    ------
    VideoError
        Where one cannot be read, or nothing be written.
    """
    writer = VideoWriter(target, 0.0)
    try:
        for film in films:
            writer.copy(film)
        writer.finish(ends_s)
    finally:
        writer.close()


def last_picture_s(film: Path) -> float:
    """Return the second of a film's last picture. VideoError where it has none."""
    with open_media(film, VideoError) as media:
        last = max((packet.pts for packet in _pictures_of(media)), default=None)
        if last is None:
            raise VideoError(f"{film}: holds no picture; write it again")
        return float(last * media.picture.time_base)


def _pictures_of(media: Media) -> Iterator[Any]:
    """Yield a film's pictures as they are encoded. VideoError where they cannot be read."""
    if media.picture is None:
        raise VideoError(f"{media.path}: has no pictures; write it again")
    try:
        yield from (packet for packet in media.packets(media.picture) if packet.size)
    except (av.error.FFmpegError, OSError) as why:
        raise VideoError(
            f"{media.path}: cannot be read ({reason(why)}); write it again"
        ) from None


class _Sound:
    """A file's sound on its way into another, packet by packet.

    Parameters
    ----------
    source : Media
        With a sound stream.
    begin_s, end_s : float
        Seconds of its time stamps; what is written begins with ``begin_s`` at 0.
    copied : tuple of str
        Codecs that are taken as they are.
    """

    def __init__(
        self, source: Media, begin_s: float, end_s: float | None, copied: tuple[str, ...]
    ) -> None:
        self._source = source
        self._stream = source.sound
        self._begin_s = begin_s
        self._length_s = math.inf if end_s is None else end_s - begin_s
        self.copied = self._stream.codec_context.name in copied
        self._target: Any = None
        self._packets: Iterator[tuple[float, Any]] = iter(())
        self._waiting: tuple[float, Any] | None = None

    def into(self, target: Any) -> None:  # noqa: ANN401
        """Begin in an output container that has its other streams."""
        self._target = target
        if self.copied:
            self._packets = self._copies(target.add_stream_from_template(self._stream))
        else:
            self._packets = self._encoded(
                target.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
            )
        self._waiting = next(self._packets, None)

    def write(self, until_s: float) -> None:
        """Write what begins before a second."""
        while self._waiting is not None and self._waiting[0] < until_s:
            self._target.mux(self._waiting[1])
            self._waiting = next(self._packets, None)

    def close(self) -> None:
        """Let go of the source."""
        self._source.close()

    def _copies(self, out: Any) -> Iterator[tuple[float, Any]]:  # noqa: ANN401
        """Yield second and packet, as they are; those before the cut only to begin decoding."""
        before: deque[tuple[float, Any]] = deque(maxlen=PREROLL)
        for packet in self._readable():
            at_s = float(packet.pts * packet.time_base) - self._begin_s
            if at_s >= self._length_s:
                return
            shift = round(self._begin_s / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = out
            if at_s < 0:
                before.append((at_s, packet))
                continue
            yield from before
            before.clear()
            yield at_s, packet

    def _readable(self) -> Iterator[Any]:
        """Yield packets as far as the file can be read."""
        with contextlib.suppress(av.error.FFmpegError):
            last = -math.inf
            for packet in self._source.packets(self._stream):
                if packet.pts is None or packet.dts is None or not packet.size:
                    continue
                if packet.dts > last:  # what repeats is heard once
                    last = packet.dts  # before it is on its way, and in other units
                    yield packet

    def _encoded(self, out: Any) -> Iterator[tuple[float, Any]]:  # noqa: ANN401
        """Yield second and packet, encoded anew and cut to the sample."""
        out.bit_rate = SOUND_BITS
        stereo = Stereo(self._source.path, SAMPLE_RATE)
        at: int | None = None  # the next sample's place in what is written
        for packet in self._readable():
            try:
                decoded = packet.decode()
            except av.error.FFmpegError:
                continue  # what cannot be decoded is missing
            for frame in decoded:
                due = round(((frame.time or 0.0) - self._begin_s) * SAMPLE_RATE)
                if at is None:
                    at = due
                if HOLE < due - at < HOLE_MOST:
                    yield from self._encode(out, np.zeros((due - at, 2), np.float32), at)
                    at = due
                for samples in stereo.step(frame):
                    yield from self._encode(out, samples, at)
                    at += len(samples)
                if at / SAMPLE_RATE >= self._length_s:
                    break
        yield from self._muxed(out.encode(None))

    def _encode(
        self,
        out: Any,  # noqa: ANN401
        samples: NDArray[np.float32],
        at: int,
    ) -> Iterator[tuple[float, Any]]:
        last = (
            len(samples)
            if math.isinf(self._length_s)
            else round(self._length_s * SAMPLE_RATE) - at
        )
        kept = samples[max(-at, 0) : max(last, 0)].T
        if kept.shape[1]:
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(kept, np.float32), format="fltp", layout="stereo"
            )
            frame.rate, frame.pts = SAMPLE_RATE, max(at, 0)
            yield from self._muxed(out.encode(frame))

    @staticmethod
    def _muxed(packets: Iterable[Any]) -> Iterator[tuple[float, Any]]:
        for packet in packets:
            yield float((packet.pts or 0) * packet.time_base), packet


class _Samples:
    """Samples on their way into a film, as AAC."""

    def __init__(self, samples: NDArray[np.float32], rate: int) -> None:
        self._samples, self._rate = samples, rate
        self._at = 0
        self._target: Any = None
        self._out: Any = None

    def into(self, target: Any) -> None:  # noqa: ANN401
        """Begin in an output container that has its other streams."""
        self._target = target
        self._out = target.add_stream("aac", rate=self._rate, layout="stereo")
        self._out.bit_rate = SOUND_BITS

    def write(self, until_s: float) -> None:
        """Write what begins before a second; after the last second, all."""
        ends = len(self._samples)
        until = ends if math.isinf(until_s) else min(round(until_s * self._rate), ends)
        while self._at < until:
            part = np.clip(self._samples[self._at : self._at + AT_ONCE], -1, 1).T
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(part, np.float32), format="fltp", layout="stereo"
            )
            frame.rate, frame.pts = self._rate, self._at
            self._target.mux(self._out.encode(frame))
            self._at += part.shape[1]
        if math.isinf(until_s):
            self._target.mux(self._out.encode(None))

    def close(self) -> None:
        """Nothing is held."""
