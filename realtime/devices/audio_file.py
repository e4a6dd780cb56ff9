"""Sound files through PyAV: whole songs in, whole songs out, position by sample count.

Time stamps only tell where sound is missing (an MP3 without a Xing header is 25 ms off):
sample n of what was decoded sounds at ``n / rate``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import av
import av.error
import numpy as np
from av.audio.resampler import AudioResampler
from av.stream import Disposition

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import appearing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

SAMPLE_RATE = 48000
MISSING_S = 0.1  # this much may be missing in the end: containers round to a frame or two
BLOCK = 4800  # samples handed to an encoder at once
OPEN_ENDED = 0xFFFFFFFF  # a .wav written to a pipe
HOLE_S = 0.1  # time stamps are believed this far: a greater step is sound that is not there
HOLE_MAX_S = 60.0
LENGTH_FRAME = 4096  # bytes that surely contain an .mp3's first frame
OGG_PAGE = 65536  # bytes, the largest
ID3_SHIFTS = (21, 14, 7, 0)


class MediaError(DanceError):
    """A sound file cannot be read or written."""


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
    """

    samples: NDArray[np.float32]
    rate: int
    start_s: float = 0.0

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


def read_audio(path: Path, rate: int = SAMPLE_RATE) -> Audio:
    """Return a file's first sound stream as stereo; videos give their sound.

    Raises
    ------
    MediaError
        The file is missing, empty, unknown, silent of any sound stream, damaged or cut off.
    """
    with _open(path) as container:
        if not container.streams.audio:
            raise MediaError(f"{path}: has no sound stream; choose a file with music in it")
        promised_s = _promised_s(container, path)
        samples, start_s = _decode(container, path, rate)
    have_s = len(samples) / rate
    if have_s < promised_s - MISSING_S or not _ends_properly(path):
        promise = f" of {promised_s:.1f} s" if promised_s > have_s else ""
        raise MediaError(
            f"{path}: damaged or cut off, {have_s:.1f} s{promise} are there; fetch it again"
        )
    picture_s = _first_picture_s(path)
    return Audio(samples, rate, 0.0 if picture_s is None else start_s - picture_s)


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
        raise MediaError(f"{path}: cannot write {path.suffix!r}; use .ogg, .flac or .wav")
    try:
        with appearing(path) as part:
            _encode(part, samples, rate, codec=codec, bit_rate=bit_rate)
    except (OSError, av.error.FFmpegError) as why:
        raise MediaError(f"{path}: cannot be written ({why}); check folder and space") from why


def _open(path: Path) -> InputContainer:
    try:
        if path.stat().st_size == 0:
            raise MediaError(f"{path}: is empty (0 bytes); fetch it again")
        return av.open(str(path))
    except FileNotFoundError as why:
        raise MediaError(f"{path}: is not there; check the name") from why
    except (OSError, av.error.FFmpegError) as why:
        raise MediaError(
            f"{path}: is no sound file that can be read ({why}); "
            "use mp3, ogg, flac, wav, m4a or mp4"
        ) from why


def _decode(
    container: InputContainer, path: Path, rate: int
) -> tuple[NDArray[np.float32], float]:
    """Return all samples and the first one's time stamp, s."""
    resampler = AudioResampler(format="fltp", layout="stereo", rate=rate)
    parts: list[NDArray[np.float32]] = []
    start_s, count = 0.0, 0
    for frame in _frames(container):
        time_s = frame.time or 0.0
        if count == 0:
            start_s = time_s
        hole_s = time_s - start_s - count / frame.sample_rate
        if hole_s > HOLE_S:
            parts.append(_silence(path, hole_s, rate))
            count += round(hole_s * frame.sample_rate)
        count += frame.samples
        parts.extend(_stereo(part) for part in resampler.resample(frame))
    if not parts:
        raise MediaError(f"{path}: no sound could be decoded; fetch or encode it again")
    parts.extend(_stereo(part) for part in resampler.resample(None))
    return np.concatenate(parts), start_s


def _frames(container: InputContainer) -> Iterator[AudioFrame]:
    """Give the decoded frames; what cannot be decoded is missing."""
    for packet in container.demux(container.streams.audio[0]):
        try:
            frames = packet.decode()
        except av.error.FFmpegError as why:
            log.debug("%s: %s", container.name, why)
            continue
        yield from frames


def _silence(path: Path, hole_s: float, rate: int) -> NDArray[np.float32]:
    """Return what stands for missing sound, so that what follows keeps its place."""
    if hole_s > HOLE_MAX_S:
        raise MediaError(f"{path}: {hole_s:.0f} s are missing inside; fetch it again")
    log.warning("%s: %.2f s of sound are missing inside, played as silence", path, hole_s)
    return np.zeros((round(hole_s * rate), 2), np.float32)


def _stereo(frame: AudioFrame) -> NDArray[np.float32]:
    return np.ascontiguousarray(frame.to_ndarray().T, np.float32)


def _promised_s(container: InputContainer, path: Path) -> float:
    """Return the length the file itself states, not one guessed from its size; else 0."""
    stream = container.streams.audio[0]
    kind = container.format.name
    if kind == "wav":  # the reader states what is there, the header what should be
        return _riff_bytes(path) * 8 / container.bit_rate if container.bit_rate else 0.0
    if kind == "mp3" and not _has_length_frame(path):
        return 0.0
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration and not container.streams.video:  # pictures may go on for longer
        return container.duration / av.time_base
    return 0.0


def _riff_bytes(path: Path) -> int:
    """Return the size a .wav's header states; 0 for the open-ended and the very large."""
    with path.open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:8], "little")
    return 0 if head[:4] != b"RIFF" or size == OPEN_ENDED else size


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
    with path.open("rb") as file:
        if file.read(4) != b"OggS":
            return True
        file.seek(max(0, path.stat().st_size - OGG_PAGE))
        tail = file.read()
    page = tail.rfind(b"OggS")
    return page >= 0 and len(tail) > page + 5 and bool(tail[page + 5] & 4)


def _first_picture_s(path: Path) -> float | None:
    """Return the time of the first video picture; None without video (a cover is none)."""
    with _open(path) as container:
        for stream in container.streams.video:
            if stream.disposition & Disposition.attached_pic:
                continue
            for frame in container.decode(stream):
                return float(frame.time or 0.0)
    return None


def _encode(
    path: Path, samples: NDArray[np.float32], rate: int, *, codec: str, bit_rate: int
) -> None:
    kind = {"libopus": "ogg", "flac": "flac", "pcm_s16le": "wav"}[codec]
    same_bytes = {"fflags": "+bitexact"}  # no random serial number, no library version
    with av.open(str(path), "w", format=kind, options=same_bytes) as container:
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
