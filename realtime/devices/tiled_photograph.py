"""Photographs that telephones keep in tiles (HEIC, AVIF): how they belong together.

FFmpeg gives each tile as a stream of its own; the place of each, and how the whole is turned, stands in
the file's boxes.

References
----------
ISO/IEC 23008-12 (HEIF), sections 6.5 and 6.6.2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

HEAD: Final = 1 << 20  # bytes that hold a photograph's boxes: they stand before its pixels
FULL_BOX: Final = 4  # bytes of version and flags


@dataclass(frozen=True, slots=True)
class Whole:
    """A photograph of tiles: ``size`` (w, h) px, ``turns`` what is done to it then, in order.

    A turn is ``irot`` with quarter turns against the clock, or ``imir`` with its axis.
    """

    size: tuple[int, int]
    turns: tuple[tuple[bytes, int], ...]

    def assembled(self, tiles: Sequence[Image]) -> Image | None:
        """Return the photograph, upright, of its tiles row by row; None where they do not fit."""
        high, wide = tiles[0].shape[:2]
        columns, rows = -(-self.size[0] // wide), -(-self.size[1] // high)
        if columns * rows != len(tiles) or {tile.shape for tile in tiles} != {(high, wide, 3)}:
            return None
        lines = [np.hstack(tiles[k * columns : (k + 1) * columns]) for k in range(rows)]
        image = np.vstack(lines)[: self.size[1], : self.size[0]]
        for kind, how in self.turns:
            if kind == b"irot":
                image = np.rot90(image, how & 3)
            else:
                image = image[:, ::-1] if how & 1 else image[::-1]
        return np.ascontiguousarray(image)


def whole_of(path: Path) -> Whole | None:
    """Return what a file says of its main photograph; None where it says nothing one can use."""
    try:
        with path.open("rb") as file:
            return _read(file.read(HEAD))
    except (OSError, IndexError, KeyError, ValueError):
        return None


def _read(head: bytes) -> Whole | None:
    meta = dict(_boxes(dict(_boxes(head))[b"meta"][FULL_BOX:]))
    main = _number(meta[b"pitm"], FULL_BOX, 4 if meta[b"pitm"][0] else 2)
    about = dict(_boxes(meta[b"iprp"]))
    all_told = list(_boxes(about[b"ipco"]))
    told = [all_told[number - 1] for number in _properties(about[b"ipma"], main)]
    sizes = [body for kind, body in told if kind == b"ispe"]
    turns = tuple((kind, body[0]) for kind, body in told if kind in (b"irot", b"imir"))
    size = (_number(sizes[0], FULL_BOX, 4), _number(sizes[0], FULL_BOX + 4, 4))
    return Whole(size, turns) if min(size) > 0 else None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of boxes that follow each other."""
    at = 0
    while at + 8 <= len(data):
        length, begin = _number(data, at, 4), at + 8
        if length == 1:
            length, begin = _number(data, at + 8, 8), at + 16
        if length and length < begin - at:
            raise ValueError("a box shorter than its own head")
        end = at + length if length else len(data)
        yield data[at + 4 : at + 8], data[begin:end]
        at = end


def _properties(table: bytes, item: int) -> list[int]:
    """Return the numbers, from 1, of the properties that belong to an item."""
    id_bytes, wide = 4 if table[0] else 2, table[3] & 1
    at = FULL_BOX + 4
    for _ in range(_number(table, FULL_BOX, 4)):
        this, count = _number(table, at, id_bytes), table[at + id_bytes]
        at += id_bytes + 1
        step = 2 if wide else 1
        if this == item:
            mask = 0x7FFF if wide else 0x7F
            return [_number(table, at + step * k, step) & mask for k in range(count)]
        at += step * count
    raise KeyError(item)


def _number(data: bytes, at: int, count: int) -> int:
    if at + count > len(data):
        raise ValueError("ends too early")
    return int.from_bytes(data[at : at + count], "big")
