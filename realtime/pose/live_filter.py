"""A dancer's poses over time without swaps, impossible limbs, jumps and jitter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpopdance.realtime.pose.limb_length import LimbLengths
from kpopdance.realtime.pose.one_euro import OneEuro
from kpopdance.realtime.pose.sides import Sides

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Pose


class LiveFilter:
    """``step`` takes the pose of one frame: sides, then limb lengths, then the smoother."""

    def __init__(self) -> None:
        self._stages = (Sides(), LimbLengths(), OneEuro())

    def reset(self) -> None:
        """Forget the dancer."""
        for stage in self._stages:
            stage.reset()

    def step(self, pose: Pose, at_s: float) -> Pose:
        """Return the steadied pose of the frame captured at host second ``at_s``."""
        for stage in self._stages:
            pose = stage.step(pose, at_s)
        return pose
