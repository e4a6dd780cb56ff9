"""Films whose pictures carry their number, so that what is shown of them can be told."""

from __future__ import annotations

import numpy as np

from kpopdance.realtime.devices.video_writer import FINE, VideoWriter

COLUMNS, ROWS = 4, 3
BITS = COLUMNS * ROWS


def coded_picture(number, size):
    """A picture (H, W, 3) of black and white fields: the number's bits, the lowest first."""
    bits = (number >> np.arange(BITS)) & 1
    fields = (40 + 175 * bits).astype(np.uint8).reshape(ROWS, COLUMNS)
    wide, high = size
    grey = fields[np.arange(high) * ROWS // high][:, np.arange(wide) * COLUMNS // wide]
    return np.repeat(grey[..., None], 3, axis=2)


def number_in(picture, *, flip=False):
    """The number of a picture, at any size."""
    seen = picture[:, ::-1] if flip else picture
    high, wide = seen.shape[:2]
    rows = ((np.arange(ROWS) + 0.5) * high / ROWS).astype(int)
    columns = ((np.arange(COLUMNS) + 0.5) * wide / COLUMNS).astype(int)
    bits = seen[np.ix_(rows, columns)].mean(axis=2).ravel() > 127
    return int((bits << np.arange(BITS)).sum())


def write_coded(path, count, fps=30.0, size=(160, 90), key_every=15, sound=None):
    """Write so many of them, with a file's sound; return their seconds."""
    at_s = np.arange(count) / fps
    writer = VideoWriter(
        path, fps, {**FINE, "g": str(key_every), "preset": "ultrafast", "sc_threshold": "0"}
    )
    if sound is not None:
        writer.keep_sound(sound, 0.0)
    for number, each in enumerate(at_s):
        writer.add(coded_picture(number, size), float(each))
    writer.finish(count / fps)
    writer.close()
    return at_s
