"""Sound files through PyAV: whole songs in, whole songs out, position by sample count.

Time stamps only tell where sound is missing (an MP3 without a Xing header is 25 ms off):
sample n of what was decoded sounds at ``n / rate``. Whatever changes on the way (rate, channels, the
links of an Ogg chain, damage), what comes out is one stereo sound with everything in its place.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import av
import av.error
import numpy as np
from av.audio.resampler import AudioResampler

from kpopdance.engines.files import appearing
from kpopdance.engines.tongues import _
from kpopdance.realtime.devices.media_file import (
    MediaError,
    open_media,
    plain_file,
    reason,
    url_of,
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from numpy.typing import NDArray

    from kpopdance.realtime.devices.media_file import Media

log = logging.getLogger(__name__)

SAMPLE_RATE = 48000
BEFORE_S = 0.5  # decoded before and behind a part: decoders need a moment to come in
LONGEST_S = 1800.0  # half an hour is longer than any song or dance, and 0.7 GB when read
RATES = (4000, 768_000)  # samples a second: beyond, a few bytes become hours
MISSING_S = 0.1  # this much may be missing in the end: containers round to a frame or two
SLACK = 64  # samples by which resampling may lengthen a sound
BLOCK = 4800  # samples handed to an encoder at once
ENDING_S = 0.7  # as much of a film
OPEN_ENDED = 0xFFFFFFFF  # a .wav written to a pipe
HOLE_S = 0.1  # time stamps are believed this far: a greater step is sound that is not there
GUESSED = ("aac", "ac3", "eac3", "dts", "amr", "mpeg", "mpegts")  # kinds that state no length
COUNTED = ("mp3", "aac", "ac3", "eac3", "dts")  # kinds whose stamps FFmpeg counts itself
LENGTH_FRAME = 4096  # bytes that surely contain an .mp3's first frame
OGG_HEAD = 27  # bytes of an Ogg page before its table of segments
OGG_FIRST, OGG_LAST = 2, 4  # flags of a stream's first and last page
ID3_SHIFTS = (21, 14, 7, 0)


class NoSoundError(MediaError):
    """A file has no sound, which is no damage."""


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """A sound.

    Attributes
    ----------
    samples : float32 (N, 2), about -1..1
        Left and right; lossy formats may reach a little beyond 1.
    rate : int
        Samples per second.
    start_s : float
        When sample 0 sounds, counted from the first video picture; 0 where there is no video.
    warning : str
        What is wrong with its file; empty where nothing is.
    """

    samples: NDArray[np.float32]
    rate: int
    start_s: float = 0.0
    warning: str = ""

    def __post_init__(self) -> None:
        if self.samples.dtype != np.float32 or self.samples.shape[1:] != (2,):
            raise ValueError(
                f"audio is float32 (N, 2), got {self.samples.dtype} {self.samples.shape}"
            )
        self.samples.flags.writeable = False

    @property
    def length_s(self) -> float:
        """Seconds from the first to behind the last sample."""
        return len(self.samples) / self.rate


class Stereo:
    """Makes stereo of one rate of a file's decoded sound, whatever changes from frame to frame."""

    def __init__(self, path: Path, rate: int) -> None:
        self._path, self._rate = path, rate
        self._form: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None

    def step(self, frame: AudioFrame | None) -> list[NDArray[np.float32]]:
        """Return the next samples, float32 (N, 2); what a change of kind or the end, None, leaves too.

        Raises
        ------
        MediaError
            Where a few bytes would become hours, or the layout is not known.
        """
        form = None
        if frame is not None:
            form = (frame.format.name, frame.layout.name, frame.sample_rate)
        out: list[AudioFrame] = []
        try:
            if form != self._form:
                out += self._resampler.resample(None) if self._resampler else []
                self._resampler, self._form = self._fitting(frame), form
            if frame is not None and self._resampler is not None:
                out += self._resampler.resample(frame)
        except (av.error.FFmpegError, ValueError) as why:
            raise MediaError(
                _(
                    "{path}: its sound cannot be made stereo ({reason}); encode it again",
                    path=self._path,
                    reason=reason(why),
                )
            ) from None
        return [np.ascontiguousarray(part.to_ndarray().T, np.float32) for part in out]

    def _fitting(self, frame: AudioFrame | None) -> AudioResampler | None:
        if frame is None:
            return None
        if not RATES[0] <= frame.sample_rate <= RATES[1]:
            raise MediaError(
                _(
                    "{path}: has {sample_rate} samples a second; encode it with 48000",
                    path=self._path,
                    sample_rate=frame.sample_rate,
                )
            )
        return AudioResampler(format="fltp", layout="stereo", rate=self._rate)


def read_audio(path: Path, rate: int = SAMPLE_RATE) -> Audio:
    """Return a file's main sound as stereo, whatever changes on its way; films give theirs.

    What is damaged or cut off is used as far as it goes; ``warning`` and the log say so.

    Raises
    ------
    NoSoundError
        There is no sound stream.
    MediaError
        The file is missing, empty, unknown, too long, or nothing of its sound can be decoded.
    """
    gathered = _Gathered(path, rate)
    for link in _links(path):
        with open_media(path, part=link) as media:
            gathered.take(media)
    samples = gathered.whole()
    picture_s = _first_picture_s(path)
    start_s = 0.0 if picture_s is None else gathered.start_s - picture_s
    if warning := gathered.warning():
        log.warning("%s", warning)
    return Audio(samples, rate, start_s, warning)


def read_part(path: Path, start_s: float, seconds: float, rate: int = SAMPLE_RATE) -> Audio:
    """Return some seconds of a file's main sound, decoding hardly more than those.

    Raises
    ------
    MediaError
        The file is missing, empty, unknown, or has no sound there.
    """
    with open_media(path) as media:
        samples = _Gathered(path, rate).part(media, start_s, seconds)
    if not len(samples):
        raise MediaError(
            _(
                "{path}: there is no sound at {start_s:.0f} s; fetch it again",
                path=path,
                start_s=start_s,
            )
        )
    return Audio(samples, rate)


def write_audio(
    path: Path,
    samples: NDArray[np.float32],
    rate: int = SAMPLE_RATE,
    *,
    bit_rate: int = 120_000,
) -> None:
    """Write float32 (N, 2) as .ogg (Opus), .flac or .wav; the name appears when it is complete.

    ``bit_rate`` is for .ogg. Opus knows 48000 samples per second and its fractions only. (Its
    position is exact; FFmpeg's own Vorbis encoder, the one in PyAV's wheels, is experimental.)

    Raises
    ------
    MediaError
        Another ending, or the folder cannot be written to.
    """
    codecs = {".ogg": "libopus", ".flac": "flac", ".wav": "pcm_s16le"}
    codec = codecs.get(path.suffix.lower())
    if codec is None:
        raise MediaError(
            _(
                "{path}: cannot write {suffix!r}; use .ogg, .flac or .wav",
                path=path,
                suffix=path.suffix,
            )
        )
    with writing(path), appearing(path) as part:
        _encode(part, samples, rate, codec=codec, bit_rate=bit_rate)


class _Gathered:
    """Sound brought to one rate and stereo, every sample at its place."""

    def __init__(self, path: Path, rate: int) -> None:
        self.start_s = 0.0  # time stamp of the first sample
        self._path, self._rate = path, rate
        self._parts: list[NDArray[np.float32]] = []
        self._heard_s = 0.0  # decoded, and silence for what is missing
        self._stamps_s = 0.0  # time stamps are ahead of that by so much
        self._surplus = 0  # samples that two parts of a film have in common
        self._promised_s = self._missing_s = 0.0
        self._jumps, self._damage = 0, ""
        self._counted = self._lost = False  # whether stamps hide what is lost; whether it is
        self._misplaced_s: float | None = None  # from here on, if anything is lost
        self._stereo = Stereo(path, rate)

    def take(self, media: Media) -> None:
        """Decode all of a file's main sound; what cannot be decoded is missing."""
        self._check(media)
        if _promised_s(media, self._path) > LONGEST_S:
            raise _too_long(self._path, _promised_s(media, self._path))
        self._counted = media.kind in COUNTED
        part: int | None = None
        try:
            for packet in media.packets(media.sound):
                for frame in self._decoded(packet):
                    if part is None:
                        self._begin(frame)
                    before, part = part, media.clock.part_of(media.sound)
                    self._add(frame, exactly=before not in (None, part))
        except (av.error.FFmpegError, OSError) as why:
            self._damage = f"is damaged after {self._heard_s:.1f} s ({reason(why)})"
        self._keep(None)
        self._jumps += media.clock.jumps
        self._promised_s += _promised_s(media, self._path)

    def part(self, media: Media, start_s: float, seconds: float) -> NDArray[np.float32]:
        """Decode a part alone, and return it as far as it is there, float32 (N, 2)."""
        self._check(media)
        with contextlib.suppress(av.error.FFmpegError):  # what cannot jump is decoded whole
            media.container.seek(round(max(0.0, start_s - BEFORE_S) * av.time_base))
        begin_s, at_s = 0.0, -math.inf
        with contextlib.suppress(av.error.FFmpegError, OSError):  # up to the damage
            for packet in media.container.demux(media.sound):
                for frame in self._decoded(packet):
                    at_s = frame.time or 0.0
                    begin_s = begin_s if self._parts else at_s
                    self._keep(frame)
                if at_s > start_s + seconds + BEFORE_S:
                    break
        first = max(0, round((start_s - begin_s) * self._rate))
        samples = np.concatenate([np.zeros((0, 2), np.float32), *self._parts])
        return samples[first : first + round(seconds * self._rate)]

    def whole(self) -> NDArray[np.float32]:
        """Return all samples, float32 (N, 2)."""
        if not self._parts:
            raise MediaError(
                _(
                    "{path}: has a sound stream, but nothing of it can be decoded; fetch or encode it "
                    "again",
                    path=self._path,
                )
            )
        lost_s = self._promised_s - self._heard_s
        if lost_s > MISSING_S and self._misplaced_s is not None:
            self._heard_s = self._misplaced_s
        elif lost_s > MISSING_S and abs(lost_s - self.start_s) < MISSING_S:  # lost in front
            self._parts.insert(0, np.zeros((round(self.start_s * self._rate), 2), np.float32))
            self._missing_s, self._heard_s = self._missing_s + lost_s, self._promised_s
            self.start_s = 0.0
        return np.concatenate(self._parts)[: round(self._heard_s * self._rate) + SLACK]

    def warning(self) -> str:
        """Return what is wrong with the sound; empty where nothing is."""
        told = []
        if self._heard_s < self._promised_s - MISSING_S:
            told.append(
                f"is cut off, {self._heard_s:.1f} s of {self._promised_s:.1f} s are there"
            )
        elif self._damage or not _ends_properly(self._path):
            told.append(self._damage or f"is cut off after {self._heard_s:.1f} s")
        if self._missing_s:
            told.append(f"lacks {self._missing_s:.2f} s inside, played as silence")
        if self._jumps:
            told.append(f"has time stamps that jump ({self._jumps}), mended")
        return f"{self._path}: the sound {', '.join(told)}; used as it is" if told else ""

    def _check(self, media: Media) -> None:
        if media.sound is None:
            raise NoSoundError(
                _(
                    "{path}: has no sound stream; choose a file with music in it",
                    path=self._path,
                )
            )

    def _begin(self, frame: AudioFrame) -> None:
        """Take a file's first frame for what comes next, whatever its stamp."""
        self._stamps_s = (frame.time or 0.0) - self._heard_s
        if not self._heard_s:
            self.start_s = self._stamps_s

    def _decoded(self, packet: Any) -> Iterator[AudioFrame]:  # noqa: ANN401 - PyAV's
        try:
            frames = packet.decode()
        except av.error.FFmpegError as why:
            log.debug("%s: %s", self._path, why)
            self._lost = True
            if self._counted and self._misplaced_s is None:
                self._misplaced_s = self._heard_s
            return
        yield from frames

    def _add(self, frame: AudioFrame, *, exactly: bool) -> None:
        """Append a frame where it belongs; ``exactly`` where another part of the film begins."""
        if self._counted and not self._lost and frame.time is not None:
            self._stamps_s = frame.time - self._heard_s
        self._lost = False
        hole_s = 0.0 if frame.time is None else frame.time - self._stamps_s - self._heard_s
        if hole_s > (0.0 if exactly else HOLE_S):
            self._parts.append(np.zeros((round(hole_s * self._rate), 2), np.float32))
            self._heard_s += hole_s
            self._missing_s += hole_s if hole_s > HOLE_S else 0.0
        elif exactly:
            self._surplus = round(-hole_s * self._rate)
            self._heard_s += hole_s
        self._heard_s += frame.samples / frame.sample_rate
        if self._heard_s > LONGEST_S:
            raise _too_long(self._path, self._heard_s)
        self._keep(frame)

    def _keep(self, frame: AudioFrame | None) -> None:
        for samples in self._stereo.step(frame):
            self._parts.append(samples[self._surplus :])
            self._surplus = max(self._surplus - len(samples), 0)


def _too_long(path: Path, length_s: float) -> MediaError:
    return MediaError(
        _(
            "{path}: its sound is {minutes:.0f} minutes long or more; songs are at most "
            "{most:.0f}: cut it",
            path=path,
            minutes=length_s / 60,
            most=LONGEST_S / 60,
        )
    )


def _promised_s(media: Media, path: Path) -> float:
    """Return the length the file itself states, not one guessed from its size; else 0."""
    container, stream = media.container, media.sound
    if media.kind == "wav":  # the reader states what is there, the header what should be
        return _wave_bytes(path) * 8 / container.bit_rate if container.bit_rate else 0.0
    if media.kind in GUESSED or (media.kind == "mp3" and not _has_length_frame(path)):
        return 0.0
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    length_s = float((container.duration or 0) / av.time_base)
    whole = media.picture is not None and media.clock.ends_s > length_s - ENDING_S
    return 0.0 if whole else length_s  # pictures may go on for longer than the sound


def _wave_bytes(path: Path) -> int:
    """Return how much sound a .wav's header states; 0 for the open-ended and the very large."""
    with path.open("rb") as file:
        if file.read(4) != b"RIFF":
            return 0
        file.seek(12)
        while len(head := file.read(8)) == 8:
            size = int.from_bytes(head[4:], "little")
            if head[:4] == b"data":
                return 0 if size == OPEN_ENDED else size
            file.seek(size + size % 2, 1)
    return 0


def _has_length_frame(path: Path) -> bool:
    """Return whether an .mp3 says how long it is; otherwise its readers guess."""
    with path.open("rb") as file:
        head = file.read(10)
        tag = 0
        if head[:3] == b"ID3":  # its size has seven bits a byte
            size = zip(head[6:], ID3_SHIFTS, strict=True)
            tag = 10 + sum((byte & 0x7F) << shift for byte, shift in size)
        file.seek(tag)
        frame = file.read(LENGTH_FRAME)
    return any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))


def _ends_properly(path: Path) -> bool:
    """Return whether an Ogg file's last page is marked as the last; true for other kinds."""
    with plain_file(path) as file:
        pages = list(_ogg_pages(file))
    return not pages or bool(pages[-1][1] & OGG_LAST)


def _links(path: Path) -> list[tuple[int, int] | None]:
    """Return where the links of an Ogg chain begin and end, bytes; None for a file that is no chain.

    FFmpeg reads a chain only as far as nothing changes in it.
    """
    starts, first = [0], True
    with plain_file(path) as file:
        for at, flags in _ogg_pages(file):
            if flags & OGG_FIRST and not first:
                starts.append(at)
            first = bool(flags & OGG_FIRST)
        ends = [*starts[1:], file.seek(0, io.SEEK_END)]
    return list(zip(starts, ends, strict=True)) if len(starts) > 1 else [None]


def _ogg_pages(file: io.FileIO) -> Iterator[tuple[int, int]]:
    """Yield where each page of an Ogg file begins, and its flags; nothing for other kinds."""
    at = 0
    while (head := file.read(OGG_HEAD)).startswith(b"OggS") and len(head) == OGG_HEAD:
        yield at, head[5]
        at += OGG_HEAD + head[26] + sum(file.read(head[26]))
        file.seek(at)


def _first_picture_s(path: Path) -> float | None:
    """Return the time of the first video picture; None without video (a cover is none)."""
    with open_media(path) as media:
        if media.picture is not None:
            with contextlib.suppress(av.error.FFmpegError):
                for packet in media.packets(media.picture):
                    for frame in packet.decode():
                        return float(frame.time or 0.0)
    return None


def _encode(
    path: Path, samples: NDArray[np.float32], rate: int, *, codec: str, bit_rate: int
) -> None:
    kind = {"libopus": "ogg", "flac": "flac", "pcm_s16le": "wav"}[codec]
    same_bytes = {"fflags": "+bitexact"}  # no random serial number, no library version
    with av.open(url_of(path), "w", format=kind, options=same_bytes) as container:
        stream = cast("AudioStream", container.add_stream(codec, rate=rate, layout="stereo"))
        if codec == "libopus":
            stream.bit_rate = bit_rate
        resampler = AudioResampler(
            format=stream.codec_context.format, layout="stereo", rate=rate
        )
        for begin in range(0, len(samples), BLOCK):
            block = np.clip(samples[begin : begin + BLOCK], -1, 1).T
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(block, np.float32), format="fltp", layout="stereo"
            )
            frame.rate, frame.pts = rate, begin
            for part in resampler.resample(frame):
                container.mux(stream.encode(part))
        container.mux(stream.encode(None))
