"""Frame in, player's pose out: the same stage for the live loop, recording and scoring videos."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from realtime.pure.player import Player
from realtime.pure.skeletons import assemble
from realtime.pure.smoother import Smoother

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engines.maps import PoseMaps, Vision
    from realtime.pure.types import Frame, Pose

CROP_PX: Final = 256
FULL_AREA_PX: Final = 432 * 368  # of the input for a full picture: two cores manage it in 70 ms


class Watcher:
    """Follows one dancer through frames."""

    def __init__(
        self, vision: Vision, *, crop_px: int = CROP_PX, full_area_px: int = FULL_AREA_PX
    ) -> None:
        self._vision = vision
        self._crop = (crop_px, crop_px)
        self._full_area_px = full_area_px
        self._player = Player()
        self._smoother = Smoother()

    def reset(self) -> None:
        """Forget the dancer."""
        self._player.reset()
        self._smoother.reset()

    def hold(self, pose: Pose, frame: Frame) -> None:
        """Follow the person of this pose, seen in this frame, from now on."""
        self.reset()
        self._player.hold(pose, frame.image, frame.captured_s)

    def watch(self, frame: Frame) -> Pose | None:
        """Return the dancer's pose in px of the frame, smoothed; None where not seen."""
        pose = self.find(frame)
        return None if pose is None else self._smoother.step(pose, frame.captured_s)

    def find(self, frame: Frame) -> Pose | None:
        """Return the dancer's pose as the network saw it, not smoothed."""
        region = self._player.look(frame.captured_s).region
        size = (
            full_size(frame.image.shape, self._full_area_px) if region is None else self._crop
        )
        maps = self._vision.see(frame.image, region=region, size=size)
        return self._player.choose(assemble(maps), frame.image, frame.captured_s)


def look_everywhere(
    vision: Vision, image: NDArray[np.uint8], *, area_px: int = FULL_AREA_PX
) -> tuple[list[Pose], PoseMaps]:
    """Return everybody in a picture, most visible first, and the maps they were found in."""
    maps = vision.see(image, region=None, size=full_size(image.shape, area_px))
    return assemble(maps), maps


def full_size(shape: tuple[int, ...], area_px: int) -> tuple[int, int]:
    """Return the input (height, width), multiples of 8, of about ``area_px`` in the picture's shape."""
    height, width = shape[:2]
    scale = math.sqrt(area_px / (height * width))
    return max(round(height * scale / 8), 4) * 8, max(round(width * scale / 8), 4) * 8
