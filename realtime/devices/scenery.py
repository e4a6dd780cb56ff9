"""How the camera of a film moves: by the scenery, people left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import cv2
import numpy as np

from kpopdance.realtime.devices.seams import Seams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WIDE_PX: Final = 320
"""Pictures are compared at this width."""
SMALL: Final = (32, 18)
STILL_LEVELS: Final = 1.5  # mean grey levels between two pictures; less is noise
CORNERS: Final = 160
LEAST_CORNERS: Final = 12
QUALITY: Final = 0.01
APART_PX: Final = 7
WITHIN_PX: Final = 1.0  # of where the motion says, else it is something that moves itself
STANDS: Final = np.array([[1, 0, 0], [0, 1, 0]], np.float64)
ANCHORED_EVERY: Final = 10  # pictures

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, px."""


class Behind(NamedTuple):
    """What is behind the people of a picture.

    ``small`` uint8 (18, 32, 3), the picture made small; ``moved`` float32 (2, 3), a turn, a zoom and a
    shift in px since the picture before, the identity where nothing tells; ``seams`` as ``Seams`` tells.
    """

    small: NDArray[np.uint8]
    moved: NDArray[np.float32]
    seams: NDArray[np.uint8]


class Scenery:
    """Takes a film's pictures in order; tells what is behind the people, and how it moved.

    From picture to picture errors add up, so each is also compared with one long before, as long as
    that shows enough of the same.
    """

    def __init__(self) -> None:
        self._grey: NDArray[np.uint8] | None = None
        self._people: Sequence[Box] = ()
        self._anchor: tuple[NDArray[np.uint8], Sequence[Box]] | None = None
        self._since = np.eye(3)  # from the anchor to the last picture
        self._count = 0
        self._seams = Seams()

    def step(self, image: NDArray[np.uint8], people: Sequence[Box]) -> Behind:
        """Return what is behind the people of the next picture.

        Parameters
        ----------
        image : uint8 (H, W, 3)
        people : sequence of Box
            Where somebody is: that moves by itself.
        """
        small = cv2.resize(image, SMALL, interpolation=cv2.INTER_AREA)
        scale = WIDE_PX / image.shape[1]
        size = (WIDE_PX, max(round(image.shape[0] * scale), 8))
        grey = np.asarray(
            cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY),
            np.uint8,
        )  # fmt: skip
        there = [tuple(scale * px for px in box) for box in people]
        moved = self._moved(grey, there)
        moved[:, 2] /= scale
        self._grey, self._people = grey, there
        return Behind(
            np.asarray(small, np.uint8), moved.astype(np.float32), self._seams.step(grey)
        )

    def _moved(self, grey: NDArray[np.uint8], people: Sequence[Box]) -> NDArray[np.float64]:
        """Return how the scenery moved, px of the picture that is compared."""
        told = None
        if self._grey is not None and self._grey.shape == grey.shape:
            told = motion_between(self._grey, grey, [*self._people, *people])
        if told is None or self._anchor is None:
            self._anchor, self._since, self._count = (grey, people), np.eye(3), 0
            return STANDS.copy()
        since = _whole(told) @ self._since
        self._count += 1
        if self._count % ANCHORED_EVERY == 0 and not np.array_equal(since, np.eye(3)):
            before, were = self._anchor
            held = motion_between(before, grey, [*were, *people], since)
            if held is None:
                self._anchor, since = (grey, people), np.eye(3)
            else:
                told, since = (_whole(held) @ np.linalg.inv(self._since))[:2], _whole(held)
        self._since = since
        return told


def motion_between(
    before: NDArray[np.uint8], now: NDArray[np.uint8], people: Sequence[Box],
    guess: NDArray[np.float64] | None = None,
) -> NDArray[np.float64] | None:  # fmt: skip
    """Return how the scenery of a grey picture is moved in another (2, 3); None: nothing tells.

    ``guess`` (3, 3) is about how.
    """
    behind = np.full(before.shape, 255, np.uint8)
    for left, top, right, bottom in people:
        behind[
            max(int(top), 0) : max(int(bottom), 0), max(int(left), 0) : max(int(right), 0)
        ] = 0
    levels = cv2.absdiff(before, now)[behind > 0]
    if not len(levels) or float(levels.mean()) < STILL_LEVELS:
        return STANDS.copy()
    corners = cv2.goodFeaturesToTrack(before, CORNERS, QUALITY, APART_PX, mask=behind)
    if corners is None or len(corners) < LEAST_CORNERS:
        return None
    start = corners if guess is None else cv2.transform(corners, guess[:2].astype(np.float32))
    found, there, _ = cv2.calcOpticalFlowPyrLK(
        before, now, corners, np.array(start, np.float32), flags=cv2.OPTFLOW_USE_INITIAL_FLOW
    )
    held = np.asarray(there).ravel() > 0
    if held.sum() < LEAST_CORNERS:
        return None
    motion, fits = cv2.estimateAffinePartial2D(
        corners[held], found[held], method=cv2.RANSAC, ransacReprojThreshold=WITHIN_PX
    )
    if motion is None or np.sum(fits) < max(LEAST_CORNERS, held.sum() / 3):
        return None
    return np.array(motion, np.float64)


def _whole(motion: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.vstack([motion, (0, 0, 1)])
