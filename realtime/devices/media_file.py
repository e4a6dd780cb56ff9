"""Sound, pictures and films opened through PyAV: one door for all, and one clock for each file.

A path is a path: FFmpeg is handed an open file without a name, so that no name is taken for a protocol
or a pattern, and nothing in a file can open another one.
"""

from __future__ import annotations

import io
import stat
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import av
import av.error
from av.stream import Disposition

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import unwritten
from kpopdance.engines.texts import one_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer

CONTAINERS: Final = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dts,dv,eac3,flac,flv,h264,hevc,ivf,m4v,matroska,mjpeg,mov,"
    "mp3,mpeg,mpegts,mpegvideo,mxf,nut,obu,ogg,rm,tta,voc,w64,wav,wv"
)
PICTURES: Final = (
    "apng,bmp_pipe,exr_pipe,gif,hdr_pipe,j2k_pipe,jpeg_pipe,jpegxl_pipe,pam_pipe,pbm_pipe,pgm_pipe,"
    "png_pipe,ppm_pipe,qoi_pipe,tiff_pipe,webp_pipe"
)
"""With ``CONTAINERS``, what is read: no kind that names other files (playlists, concat, dash ...)."""
MOST_PIXELS: Final = 1 << 27  # more than a telephone's 108 million; 400 MB when read
READ_BYTES: Final = 1 << 15  # at once
JUMP_S: Final = 60.0  # no stream is silent for so long: a step further on is a wrong clock
BACK_S: Final = 0.1  # nor goes back by so much
MOST_ERRORS: Final = 20  # without anything read between them: then the rest is unreadable
LONGEST_TAG: Final = 300  # letters
GIF_SHORTEST: Final = 2  # hundredths of a second; browsers show what asks for less for
GIF_USUAL: Final = 10


class MediaError(DanceError):
    """A sound, picture or film cannot be read or written."""


@dataclass(slots=True, eq=False)
class Media:
    """An open file.

    ``picture`` and ``sound`` are its main streams, None where it has none; ``tiles`` those that make
    one photograph together. ``close`` it.
    """

    path: Path
    container: Any
    file: io.FileIO | io.BytesIO
    picture: Any
    sound: Any
    clock: Clock | GifClock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = GifClock() if self.kind == "gif" else Clock()

    @property
    def kind(self) -> str:
        """FFmpeg's name of the file's format."""
        return str(self.container.format.name)

    def packets(self, wanted: Any) -> Iterator[Any]:  # noqa: ANN401 - PyAV's streams
        """Yield one stream's packets in the order of the file, their times mended.

        All main streams are looked at, so that sound and pictures are mended alike.
        """
        streams = [stream for stream in (self.picture, self.sound) if stream is not None]
        errors = 0
        while True:
            try:
                for packet in self.container.demux(streams):
                    self.clock.mend(packet)
                    if packet.stream is wanted:
                        errors = 0
                        yield packet
            except (av.error.FFmpegError, OSError):
                errors += 1  # behind damage there may be more
                if errors > MOST_ERRORS:
                    raise
            else:
                return

    def begin_at(self, stamp_s: float) -> None:
        """Go to the last place before a second of the file's stamps where reading can begin."""
        self.container.seek(round(stamp_s * av.time_base), backward=True)
        self.clock = GifClock() if self.kind == "gif" else Clock()

    @property
    def tiles(self) -> list[Any]:
        """The streams of a photograph that is kept in tiles, in their order."""
        return [
            stream
            for stream in self.container.streams.video
            if stream.disposition & Disposition.dependent
        ]

    def close(self) -> None:
        """Let go of the file."""
        self.container.close()
        self.file.close()

    def __enter__(self) -> Media:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


class Clock:
    """Mends the stamps of all streams of a file alike: where they go back or jump, time goes on.

    A part of a file whose stamps begin anew (films joined end to end) is put behind what was before
    it; streams change over to a new part each at its own packet. ``jumps`` counts the parts behind
    the first.
    """

    def __init__(self) -> None:
        self._shifts = [0.0]  # of each part, s
        self._ticks_s: dict[int, float] = {}  # of each stream
        self._parts: dict[int, int] = {}  # of each stream
        self._at_s: dict[int, float] = {}  # of each stream's newest packet, mended
        self.ends_s = 0.0  # of all streams, as far as they were read

    @property
    def jumps(self) -> int:
        """How often the file's stamps were wrong."""
        return len(self._shifts) - 1

    def part_of(self, stream: Any) -> int:  # noqa: ANN401 - PyAV's
        """Return the number of the part that a stream's newest packet belongs to."""
        return self._parts.get(stream.index, 0)

    def mend(self, packet: Any) -> None:  # noqa: ANN401 - PyAV's
        """Set the next packet's times right."""
        index = packet.stream_index
        tick_s = self._ticks_s.get(index)
        if tick_s is None:  # fractions are slow, and there are many packets
            tick_s = self._ticks_s[index] = float(packet.time_base)
        if packet.dts is not None:
            at_s = packet.dts * tick_s
            part = self._next_part(index, at_s)
            self._parts[index] = part
            self._at_s[index] = at_s = at_s + self._shifts[part]
            self.ends_s = max(self.ends_s, at_s + min((packet.duration or 0) * tick_s, JUMP_S))
        shift_s = self._shifts[self._parts.get(index, 0)]
        if shift_s:
            shift = round(shift_s / tick_s)
            packet.dts = None if packet.dts is None else packet.dts + shift
            packet.pts = None if packet.pts is None else packet.pts + shift

    def _next_part(self, index: int, at_s: float) -> int:
        """Return the part a packet belongs to: its stream's, the newest one, or a new one."""
        if not self._at_s:  # the first packet of all
            self.ends_s = at_s
        newest = len(self._shifts) - 1
        for part in (self._parts.get(index, newest), newest):
            if self._goes_on(index, at_s + self._shifts[part]):
                return part
        self._shifts.append(self.ends_s - at_s)
        return newest + 1

    def _goes_on(self, index: int, at_s: float) -> bool:
        last_s = self._at_s.get(index, self.ends_s - JUMP_S)
        return last_s - BACK_S <= at_s <= self.ends_s + JUMP_S


class GifClock:
    """Gives a GIF's pictures the times that browsers give them."""

    jumps: Final = 0
    ends_s: Final = 0.0

    def __init__(self) -> None:
        self._at = 0

    def part_of(self, _stream: Any) -> int:  # noqa: ANN401 - PyAV's
        """Return the number of the part that a stream's newest packet belongs to."""
        return 0

    def mend(self, packet: Any) -> None:  # noqa: ANN401 - PyAV's
        """Set the next packet's time; GIFs count in hundredths of a second."""
        if packet.dts is not None:
            packet.dts = packet.pts = self._at
            lasts = packet.duration or 0
            packet.duration = lasts if lasts >= GIF_SHORTEST else GIF_USUAL
            self._at += packet.duration


def open_media(
    path: Path, error: type[MediaError] = MediaError, part: tuple[int, int] | None = None
) -> Media:
    """Open a sound, picture or film file, or a part of it as if it were a file: from, to in bytes.

    Raises
    ------
    error
        Where it is missing, empty, no file, of a kind that is not read, or damaged from its start.
    """
    file: io.FileIO | io.BytesIO = plain_file(path, error)
    if part is not None:
        with file:
            file.seek(part[0])
            file = io.BytesIO(file.read(part[1] - part[0]))
    try:
        container = av.open(
            file, mode="r", buffer_size=READ_BYTES, io_open=_no_other_file,
            metadata_errors="replace",  # titles come in all encodings
            options={
                "format_whitelist": f"{CONTAINERS},{PICTURES}",
                "protocol_whitelist": "none",
                "max_pixels": str(MOST_PIXELS),
            },
        )  # fmt: skip
    except (av.error.FFmpegError, OSError) as why:
        file.close()
        raise error(
            f"{path}: cannot be read ({reason(why)}); it may be cut off, or of a kind that is not read "
            "here: copy it again, or export it as mp4 or webm"
        ) from None
    for stream in container.streams:
        if stream.type == "video" and stream.codec_context is not None:
            stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    return Media(path, container, file, _main(container, "video"), _main(container, "audio"))


def tags_of(path: Path) -> dict[str, str]:
    """Return what a file's tags say, by their names in small letters, where it can be shown."""
    with open_media(path) as media:
        tags = {str(k).lower(): str(v).strip() for k, v in media.container.metadata.items()}
    return {
        k: one_form(v) for k, v in tags.items() if v.isprintable() and 0 < len(v) <= LONGEST_TAG
    }


@contextmanager
def writing(path: Path, error: type[MediaError] = MediaError) -> Iterator[None]:
    """Turn what goes wrong while a file is written into a sentence."""
    try:
        yield
    except (av.error.FFmpegError, OSError) as why:
        raise error(unwritten(path, why)) from None


def url_of(path: Path) -> str:
    """Return what FFmpeg calls a path that is to be written, whatever it looks like."""
    return f"file:{path}"


def reason(why: Exception) -> str:
    """Return what FFmpeg or the system say, without a path."""
    return str(getattr(why, "strerror", None) or why)


def plain_file(path: Path, error: type[MediaError] = MediaError) -> io.FileIO:
    """Open a file; what is none, such as a pipe, would let everybody wait."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise error(f"{path}: is a folder; name a file")
        if not stat.S_ISREG(found.st_mode):
            raise error(
                f"{path}: is a pipe or a device; save what comes from it as a file first"
            )
        if found.st_size == 0:
            raise error(f"{path}: is empty (0 bytes); copy or export it again")
        file = io.FileIO(path)
    except FileNotFoundError:
        raise error(f"{path}: there is no such file; check the path") from None
    except (OSError, ValueError) as why:
        raise error(f"{path}: cannot be opened ({reason(why)}); check the path") from None
    file.name = ""  # FFmpeg believes names more than what is in a file
    return file


def _no_other_file(url: str, *_: object) -> object:
    raise OSError(f"names another file: {url}")


def _main(container: InputContainer, kind: str) -> Any:  # noqa: ANN401 - PyAV's streams
    """Return the stream that players play: the default one; a cover is none."""
    streams = [
        stream
        for stream in container.streams
        if stream.type == kind and not stream.disposition & Disposition.attached_pic
    ]
    streams.sort(
        key=lambda stream: (
            stream.codec_context is None,  # nothing here can decode it
            not stream.disposition & Disposition.default,
            -min(stream.frames, 2),  # an animated picture has a still one beside it
        )
    )
    return streams[0] if streams else None
