"""Animated GIFs written through PyAV: sharp colours, true lengths, whole or not at all."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import av.error
import av.filter
import numpy as np

from kpopdance.engines.files import discard, hand_over, part_of
from kpopdance.realtime.devices.media_file import writing
from kpopdance.realtime.devices.video_file import VideoError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Image = NDArray[np.uint8]
    Colour = tuple[int, int, int]

TICK: Final = Fraction(1, 100)  # GIFs count in hundredths of a second
SHORTEST: Final = 2  # hundredths: viewers show what asks for less ten times as long
TABLE: Final = 256
BITS: Final = 5  # a channel keeps when colours are looked up
DITHER: Final = (
    "dither=bayer:bayer_scale=5:diff_mode=rectangle"  # stands still where the picture does
)


class GifWriter:
    """Writes pictures as a GIF that runs for ever; the file appears with ``finish``.

    Raises
    ------
    VideoError
        Where the place cannot be written to, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = part_of(path)
        with writing(self._path, VideoError):
            self._part.write_bytes(b"")
        self._container: Any = None
        self._stream: Any = None
        self._colours: _OnBlack | _Dithered | None = None
        self._ticks: list[int] = []
        self._kept: list[bool] = []
        self._last_delay = SHORTEST
        self._added = 0

    def expect(
        self,
        at_s: Sequence[float],
        ends_s: float,
        colours: Sequence[Colour],
        samples: Sequence[Image] = (),
    ) -> None:
        """Say what comes, before the first picture.

        Parameters
        ----------
        at_s : sequence of float
            The seconds of all pictures; one that comes too soon after another is left out.
        ends_s : float
            When the last picture ends.
        colours : sequence of (red, green, blue)
            Which are drawn and must be right; at most 18.
        samples : sequence of uint8 (h, w, 3) BGR
            Small pictures, alike in size, of what they are drawn over; none: over black.
        """
        last = -SHORTEST
        for second in at_s:
            self._ticks.append(round(second / TICK))
            self._kept.append(self._ticks[-1] - last >= SHORTEST)
            last = self._ticks[-1] if self._kept[-1] else last
        self._last_delay = max(round(ends_s / TICK) - last, SHORTEST)
        self._colours = _Dithered(samples, colours) if samples else _OnBlack(colours)

    def add(self, image: Image, at_s: float) -> None:
        """Append the next uint8 (H, W, 3) BGR picture; its second was told before."""
        if self._colours is None:
            raise ValueError("a GIF must know what to expect before its first picture")
        number, self._added = self._added, self._added + 1
        if not self._kept[number]:
            return
        with writing(self._path, VideoError):
            if self._container is None:
                self._open(image.shape[1], image.shape[0])
            for picture in self._colours.step(image):
                picture.pts, picture.time_base = self._ticks[number], TICK
                self._container.mux(self._stream.encode(picture))

    def finish(self, ends_s: float | None = None) -> None:
        """Write the rest and give the file its name; when it ends was told before."""
        with writing(self._path, VideoError):
            self._container.mux(self._stream.encode(None))
            self._container.close()
            hand_over(self._part, self._path)

    def close(self) -> None:
        """Remove what was not finished."""
        if self._container is not None:
            with contextlib.suppress(av.error.FFmpegError, OSError):
                self._container.close()
        discard(self._part)

    def _open(self, width: int, height: int) -> None:
        options = {"loop": "0", "final_delay": str(self._last_delay)}
        self._container = av.open(str(self._part), "w", format="gif", options=options)
        self._stream = self._container.add_stream("gif", rate=round(1 / TICK))
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "pal8"
        self._stream.codec_context.time_base = TICK


class _OnBlack:
    """Gives pictures of some colours on black a table of these colours' shades."""

    def __init__(self, colours: Sequence[Colour]) -> None:
        shades = (TABLE - 2) // len(colours)
        steps = np.arange(1, shades + 1)[::-1, None, None] / shades
        table = np.round(np.array(colours)[None] * steps).astype(np.uint8).reshape(-1, 3)
        self._table = np.concatenate([np.zeros((1, 3), np.uint8), table])
        self._palette = _palette(self._table)
        self._nearest = _nearest(self._table)

    def step(self, image: Image) -> list[Any]:
        """Return the picture with its table."""
        b, g, r = (image[..., k].astype(np.uint16) >> (8 - BITS) for k in range(3))
        which = self._nearest[(r << 2 * BITS) | (g << BITS) | b]
        table: Any = (which, self._palette)  # the stubs do not know of it
        return [av.VideoFrame.from_ndarray(table, format="pal8")]


class _Dithered:
    """Gives pictures one table made for all of them, and dots what lies between its colours."""

    def __init__(self, samples: Sequence[Image], colours: Sequence[Colour]) -> None:
        self._table = _table_of(samples, colours)
        self._through: _Filter | None = None

    def step(self, image: Image) -> list[Any]:
        """Return the picture with its table."""
        if self._through is None:
            self._through = _Filter("paletteuse", DITHER, image.shape[:2], self._table)
        return self._through.step(image)


class _Filter:
    """One of FFmpeg's filters; ``step`` gives what comes out after a picture, None ends it."""

    def __init__(
        self, name: str, how: str, shape: tuple[int, ...], second: Image | None = None
    ) -> None:
        graph = av.filter.Graph()
        node, sink = graph.add(name, how), graph.add("buffersink")
        self._in, self._out, self._count = _source(graph, shape), sink, 0
        self._in.link_to(node, 0, 0)
        if second is not None:
            beside = _source(graph, second.shape)
            beside.link_to(node, 0, 1)
        node.link_to(sink)
        graph.configure()
        self._graph = graph  # it lives as long as its nodes are used
        if second is not None:
            beside.push(_numbered(second, 0))
            beside.push(None)

    def step(self, image: Image | None) -> list[Any]:
        self._in.push(None if image is None else _numbered(image, self._count))
        self._count += 1
        out = []
        with contextlib.suppress(BlockingIOError, EOFError):
            while True:
                out.append(self._out.pull())
        return out


def _source(graph: Any, shape: tuple[int, ...]) -> Any:  # noqa: ANN401 - nodes have no typed base
    return graph.add_buffer(
        width=shape[1], height=shape[0], format=av.VideoFormat("bgra"), time_base=TICK
    )


def _numbered(image: Image, number: int) -> av.VideoFrame:
    """Return a uint8 (h, w, 3) BGR picture as a frame with its number for its time."""
    whole = np.ascontiguousarray(np.dstack([image, np.full(image.shape[:2], 255, np.uint8)]))
    frame = av.VideoFrame.from_ndarray(whole, format="bgra")
    frame.pts, frame.time_base = number, TICK
    return frame


def _table_of(samples: Sequence[Image], colours: Sequence[Colour]) -> Image:
    """Return a colour table as a BGR picture (16, 16, 3): the samples' colours, and all of these."""
    free = TABLE - len(colours)
    finding = _Filter(
        "palettegen", f"max_colors={free}:reserve_transparent=0", samples[0].shape[:2]
    )
    for sample in samples:
        finding.step(sample)
    table: Image = finding.step(None)[0].to_ndarray()[..., :3].reshape(TABLE, 3).copy()
    table[free:] = np.array(colours, np.uint8)[:, ::-1]
    return table.reshape(16, 16, 3)


def _nearest(table: Image) -> Image:
    """Return the number (2 ** (3 * BITS),) of the nearest RGB colour of a table for every colour."""
    side = 1 << BITS
    levels = np.round(np.arange(side) * 255 / (side - 1)).astype(np.float32)
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    wanted = table.astype(np.float32)
    # |a - b|^2 without |a|^2, which is the same for all of the table
    far = (wanted**2).sum(axis=1) - 2 * grid @ wanted.T
    nearest: Image = far.argmin(axis=1).astype(np.uint8)
    return nearest


def _palette(table: Image) -> Image:
    """Return a colour table as FFmpeg's: (256, 4) alpha, red, green, blue."""
    out = np.zeros((TABLE, 4), np.uint8)
    out[:, 0] = 255
    out[: len(table), 1:] = table
    return out
