"""Photographs as telephones write them: HEIC files of one picture, or of tiles that make one."""

from __future__ import annotations

import io
import struct

import av
import numpy as np


def box(kind, *parts, version=None, flags=0):
    head = b"" if version is None else struct.pack(">I", version << 24 | flags)
    body = head + b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def encoded(image):
    """Return a uint8 (H, W, 3) BGR picture's HEVC configuration (its box's content) and its bytes."""
    whole = io.BytesIO()
    with av.open(whole, "w", format="mp4") as container:
        options = {"x265-params": "log-level=none:keyint=1", "crf": "8"}
        stream = container.add_stream("libx265", rate=25, options=options)
        stream.height, stream.width = image.shape[:2]
        stream.pix_fmt = "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    data = whole.getvalue()
    at = data.index(b"hvcC")
    config = data[at + 4 : at - 4 + int.from_bytes(data[at - 4 : at], "big")]
    whole.seek(0)
    with av.open(whole) as container:
        return config, bytes(next(container.demux(video=0)))


def heic(image, tile=64, *, turns=0, mirror=None):
    """Return a HEIC file of a picture in tiles; ``turns`` quarter turns against the clock (irot)."""
    height, width = image.shape[:2]
    rows, columns = -(-height // tile), -(-width // tile)
    padded = np.pad(
        image, ((0, rows * tile - height), (0, columns * tile - width), (0, 0)), mode="edge"
    )
    tiles = [
        encoded(np.ascontiguousarray(padded[y * tile : (y + 1) * tile, x * tile : (x + 1) * tile]))
        for y in range(rows)
        for x in range(columns)
    ]  # fmt: skip
    count, grid = len(tiles), len(tiles) + 1
    size = lambda w, h: box(b"ispe", struct.pack(">II", w, h), version=0)  # noqa: E731
    properties = [box(b"hvcC", tiles[0][0]), size(tile, tile), size(width, height)]
    of_grid = [3]
    if turns:
        properties.append(box(b"irot", bytes([turns])))
        of_grid.append(len(properties) | 0x80)
    if mirror is not None:
        properties.append(box(b"imir", bytes([mirror])))
        of_grid.append(len(properties) | 0x80)
    links = b"".join(struct.pack(">HB2B", k, 2, 0x81, 2) for k in range(1, count + 1))
    links += struct.pack(">HB", grid, len(of_grid)) + bytes(of_grid)
    layout = struct.pack(">4B2H", 0, 0, rows - 1, columns - 1, width, height)
    items = [(k, b"hvc1", 1) for k in range(1, count + 1)] + [(grid, b"grid", 0)]
    told = [
        box(b"infe", struct.pack(">HH4s", k, 0, kind), b"\0", version=2, flags=hidden)
        for k, kind, hidden in items
    ]

    def meta(at):
        places = b""
        for k, (_, data) in enumerate(tiles, start=1):
            places += struct.pack(">HHHHII", k, 0, 0, 1, at, len(data))
            at += len(data)
        places += struct.pack(">HHHHII", grid, 1, 0, 1, 0, len(layout))
        return box(
            b"meta",
            box(b"hdlr", bytes(4), b"pict", bytes(12), b"\0", version=0),
            box(b"pitm", struct.pack(">H", grid), version=0),
            box(b"iloc", struct.pack(">HH", 0x4400, count + 1), places, version=1),
            box(b"iinf", struct.pack(">H", count + 1), *told, version=0),
            box(
                b"iref",
                box(b"dimg", struct.pack(f">HH{count}H", grid, count, *range(1, count + 1))),
                version=0,
            ),
            box(
                b"iprp",
                box(b"ipco", *properties),
                box(b"ipma", struct.pack(">I", count + 1), links, version=0),
            ),
            box(b"idat", layout),
            version=0,
        )

    front = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    at = len(front) + len(meta(0)) + 8
    return front + meta(at) + box(b"mdat", *(data for _, data in tiles))
