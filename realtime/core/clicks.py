"""The game's own sounds, drawn with a few lines of numpy, so nobody has rights in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def stick(rate: int) -> NDArray[np.float32]:
    """Return a drum stick's knock, float32 (N,): a short ring at two wooden pitches."""
    at_s = np.arange(round(0.06 * rate)) / rate
    ring = np.sin(2 * np.pi * 1150 * at_s) + 0.7 * np.sin(2 * np.pi * 2630 * at_s)
    return (0.35 * ring * np.exp(-at_s / 0.009)).astype(np.float32)


def hat(rate: int) -> NDArray[np.float32]:
    """Return an opening hi-hat, float32 (N,): bright noise, longer than the sticks."""
    at_s = np.arange(round(0.14 * rate)) / rate
    noise = np.diff(np.random.default_rng(4).normal(0, 1, len(at_s) + 1))
    return (0.22 * noise * np.exp(-at_s / 0.035)).astype(np.float32)


def chime(rate: int) -> NDArray[np.float32]:
    """Return two small bells, one a fourth above the other, float32 (N, 2)."""
    sound = np.zeros(round(1.2 * rate))
    for begin_s, hertz in ((0.0, 1318.5), (0.09, 1760.0)):
        at_s = np.arange(round((1.2 - begin_s) * rate)) / rate
        ring = np.sin(2 * np.pi * hertz * at_s) + 0.3 * np.sin(2 * np.pi * 2.76 * hertz * at_s)
        sound[-len(at_s) :] += 0.25 * ring * np.exp(-at_s / 0.25) * np.minimum(at_s / 0.002, 1)
    return np.repeat(sound[:, None], 2, axis=1).astype(np.float32)
