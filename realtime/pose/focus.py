"""How blurred a picture is, without another to compare it with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS: Final = (
    240  # of the picture as it is looked at: finer blur does not matter to the networks
)
WINDOW: Final = 9
FLAT: Final = 0.3  # mean step between two px, of 255: there is nothing that could be sharp


def blur_of(image: NDArray[np.uint8]) -> float:
    """Return how blurred a picture uint8 (H, W, 3) is, 0..1; sharp ones have 0.2 to 0.5.

    How much less neighbours differ once the picture is blurred again: hardly less in one that was
    blurred already (Crété et al., The Blur Effect, SPIE 2007). One without any contrast has 0.
    """
    grey = _smaller(image[..., 1])
    return max(_blur_along(grey), _blur_along(grey.T))


def _smaller(channel: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return a channel in about so many rows, each px the mean of those it stands for."""
    step = max(1, min(channel.shape) // ROWS)
    high, wide = (side // step * step for side in channel.shape)
    blocks = channel[:high, :wide].reshape(high // step, step, wide // step, step)
    smaller: NDArray[np.float32] = blocks.mean(axis=(1, 3), dtype=np.float32)
    return smaller


def _blur_along(grey: NDArray[np.float32]) -> float:
    """Return the blur along the first axis."""
    if len(grey) <= WINDOW:
        return 0.0
    sums = np.cumsum(np.pad(grey, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    again = (sums[WINDOW:] - sums[:-WINDOW]) / WINDOW
    half = WINDOW // 2
    steps = np.abs(np.diff(grey[half : half + len(again)], axis=0))
    if steps.mean() < FLAT:
        return 0.0
    lost = np.maximum(steps - np.abs(np.diff(again, axis=0)), 0.0)
    return float(1 - lost.sum() / steps.sum())
