"""Decoded pictures developed: upright, square pixels, all of one size, in ordinary colours."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import av.filter
import numpy as np
from av.sidedata.sidedata import Type
from av.video.reformatter import ColorPrimaries, ColorTrc, VideoReformatter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

WIDEST: Final = 8  # times as wide as high, or the other way round: other pixels are nonsense
EXIF: Final = 31  # FFmpeg's number of a kind of data beside pictures that PyAV has no name for
HIGH_RANGE: Final = (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)
ORDINARY: Final = {
    "dst_color_trc": ColorTrc.IEC61966_2_1, "dst_color_primaries": ColorPrimaries.BT709,
}  # fmt: skip
MATRIX: Final = np.dtype("=i4")
GROUND: Final = 255  # white, as viewers lay it under what can be seen through


class Developer:
    """Makes a file's decoded pictures uint8 (H, W, 3) BGR, all of the first one's size.

    Parameters
    ----------
    pixel : Fraction or None
        Width of a pixel over its height.
    side_px : int or None
        The shorter side is made so long where it is longer.
    """

    def __init__(self, pixel: Fraction | None, side_px: int | None = None) -> None:
        sensible = pixel is not None and 1 / WIDEST <= pixel <= WIDEST
        self._pixel = pixel if sensible and pixel is not None else Fraction(1)
        self._side_px = side_px
        self._reformatter = VideoReformatter()
        self._seen: tuple[int, int] | None = None  # width and height of the first picture
        self._first = (0, 0)  # and of what is given
        self.resized = 0

    def step(self, picture: Any) -> Image:  # noqa: ANN401 - PyAV's frames
        """Return the next picture as it is meant to be seen."""
        turn = _turn_of(picture)
        size = self._seen_size(picture)
        size = size[::-1] if turn.turns else size
        if self._seen is None:
            self._seen, self._first = size, _within(size, self._side_px)
        fitted = _fitted(size, self._first)
        image = turn.applied(self._colours(picture, fitted[::-1] if turn.turns else fitted))
        if size != self._seen:
            self.resized += 1
        return image if fitted == self._first else _framed(image, self._first)

    def _seen_size(self, picture: Any) -> tuple[int, int]:  # noqa: ANN401
        """Return width and height in square pixels; nothing gets smaller."""
        wide = max(self._pixel, Fraction(1))
        high = max(1 / self._pixel, Fraction(1))
        return max(round(picture.width * wide), 1), max(round(picture.height * high), 1)

    def _colours(self, picture: Any, size: tuple[int, int]) -> Image:  # noqa: ANN401
        see_through = any(part.is_alpha for part in picture.format.components)
        wished: dict[str, Any] = {"width": size[0], "height": size[1]}
        if picture.color_trc in HIGH_RANGE or picture.color_primaries == ColorPrimaries.BT2020:
            # FFmpeg brings the brightness of bright pictures down with the colours
            wished |= ORDINARY
        kind = "bgra" if see_through or picture.format.name == "pal8" else "bgr24"
        frame: Any = self._reformatter.reformat(picture, format=kind, **wished)
        image: Image = frame.to_ndarray()
        return image if kind == "bgr24" else _on_ground(image)


class _Turn:
    """How a stored picture is turned and mirrored to stand upright."""

    def __init__(self, matrix: tuple[int, ...]) -> None:
        a, b, _, c, d = matrix[:5]
        self.turns = abs(b) + abs(c) > abs(a) + abs(d)  # columns become rows
        x, y = (c, b) if self.turns else (a, d)
        self._flips = (
            slice(None, None, -1 if y < 0 else 1),
            slice(None, None, -1 if x < 0 else 1),
        )

    def applied(self, image: Image) -> Image:
        turned = image.swapaxes(0, 1) if self.turns else image
        return np.ascontiguousarray(turned[self._flips])


UPRIGHT: Final = _Turn((1, 0, 0, 0, 1))


def _turn_of(picture: Any) -> _Turn:  # noqa: ANN401
    try:
        beside = picture.side_data
    except ValueError:  # PyAV knows no Exif
        beside = _without_exif(picture).side_data
    matrix = beside.get(Type.DISPLAYMATRIX)
    return UPRIGHT if matrix is None else _Turn(tuple(np.frombuffer(matrix, MATRIX)))


def _without_exif(picture: Any) -> Any:  # noqa: ANN401
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=picture.width,
        height=picture.height,
        format=picture.format,
        time_base=Fraction(1, 25),
    )
    filtered, sink = graph.add("sidedata", f"mode=delete:type={EXIF}"), graph.add("buffersink")
    source.link_to(filtered)
    filtered.link_to(sink)
    graph.configure()
    source.push(picture)
    return sink.pull()


def _within(size: tuple[int, int], side_px: int | None) -> tuple[int, int]:
    """Return a size of the same shape whose shorter side is so long at most; its sides are even then."""
    if side_px is None or min(size) <= side_px:
        return size
    scale = Fraction(side_px, min(size))
    return round(size[0] * scale / 2) * 2, round(size[1] * scale / 2) * 2


def _fitted(size: tuple[int, int], into: tuple[int, int]) -> tuple[int, int]:
    """Return a size of the same shape that just fits into another."""
    scale = min(Fraction(into[0], size[0]), Fraction(into[1], size[1]))
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)


def _framed(image: Image, size: tuple[int, int]) -> Image:
    """Return a picture in the middle of a black one."""
    out = np.zeros((size[1], size[0], 3), np.uint8)
    top, left = (size[1] - image.shape[0]) // 2, (size[0] - image.shape[1]) // 2
    out[top : top + image.shape[0], left : left + image.shape[1]] = image
    return out


def _on_ground(image: Image) -> Image:
    """Return uint8 (H, W, 4) BGRA without what lies behind it."""
    alpha = image[..., 3:].astype(np.uint16)
    if alpha.min(initial=255) == 255:
        return np.ascontiguousarray(image[..., :3])
    mixed = (image[..., :3] * alpha + GROUND * (255 - alpha) + 127) // 255
    return mixed.astype(np.uint8)
