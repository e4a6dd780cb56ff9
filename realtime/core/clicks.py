"""The sounds that count: drawn with a few lines of numpy, so nobody has rights in them."""

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
