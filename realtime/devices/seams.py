"""Where straight lines from edge to edge may part a film's pictures, as split screens are parted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDE, HIGH = 320, 180
"""Pictures are made so small, whatever their shape."""
EVERY: Final = 3  # pictures; in between nothing new is told
STEP_LEVELS: Final = 10  # grey levels from one side of a line to the other
STANDS_OUT: Final = 1.5  # times as much as beside it
ASIDE: Final = (4, 7)  # px away, so that a thin line between two panels is one step
MOVES_LEVELS: Final = 12  # grey levels from one look to the next: something moved
BESIDE: Final = 3  # px from a line
SECTIONS: Final = 6  # of a line
STEPS: Final = 0.5  # of a section


class Seams:
    """Takes a film's pictures in order."""

    def __init__(self) -> None:
        self._before: NDArray[np.int16] | None = None
        self._told = np.zeros((5, WIDE + HIGH), np.uint8)
        self._count = 0

    def step(self, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return what tells of lines in a grey picture, uint8 (5, 500).

        The 500 are upright lines from left to right (320), then level ones from the top (180). Told
        are the sixths of a line along which the picture steps, a bit each from its top or left, and the
        shares of its first and its second half along which something moved on one side only, and of
        both along which it moved on both sides: 255 is all of it.
        """
        if self._count % EVERY == 0:
            small = cv2.resize(grey, (WIDE, HIGH), interpolation=cv2.INTER_AREA)
            now = np.asarray(small, np.int16)
            before = now if self._before is None else self._before
            moves = np.abs(now - before) > MOVES_LEVELS
            self._told = np.concatenate([_along(now, moves), _along(now.T, moves.T)], axis=1)
            self._before = now
        self._count += 1
        return self._told


def _along(picture: NDArray[np.int16], moves: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return what tells of upright lines, uint8 (5, columns), of every second row."""
    picture, moves = picture[::2], moves[::2]
    jump = np.pad(np.abs(picture[:, 2:] - picture[:, :-2]), ((0, 0), (1, 1)))
    aside = [
        np.minimum(*(np.roll(jump, side * px, axis=1) for px in ASIDE)) for side in (-1, 1)
    ]
    steps = (jump > STEP_LEVELS) & (jump > STANDS_OUT * np.maximum(*aside))
    one, other = (
        np.logical_or.reduce([np.roll(moves, side * px, axis=1) for px in range(1, BESIDE + 1)])
        for side in (-1, 1)
    )
    sections = [each.mean(axis=0) >= STEPS for each in np.array_split(steps, SECTIONS)]
    bits = np.packbits(sections, axis=0, bitorder="little")[0]
    shares = [
        np.round(255 * half.mean(axis=0))
        for moved in (one ^ other, one & other) for half in np.array_split(moved, 2)
    ]  # fmt: skip
    return np.stack([bits, *shares]).astype(np.uint8)
