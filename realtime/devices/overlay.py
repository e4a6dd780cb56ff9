"""Skeletons drawn onto pictures, and the files they are written to."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from engines.anatomy import LIMBS
from engines.files import write_whole
from engines.maps import DanceError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from realtime.pure.types import Pose

BODY_LIMBS: Final = LIMBS[:17]


class PictureError(DanceError):
    """A picture cannot be written."""


def draw_skeletons(image: NDArray[np.uint8], poses: list[Pose]) -> NDArray[np.uint8]:
    """Return a copy of a uint8 (H, W, 3) BGR picture with every pose drawn in its own colours."""
    out = image.copy()
    width = max(round(max(image.shape[:2]) / 240), 2)
    for pose in poses:
        for k, (a, b) in enumerate(BODY_LIMBS):
            if pose.seen[a] and pose.seen[b]:
                start, end = (_point(pose, joint) for joint in (a, b))
                cv2.line(out, start, end, _colour(k), width, cv2.LINE_AA)
        for joint in np.flatnonzero(pose.seen):
            cv2.circle(
                out, _point(pose, int(joint)), width + 1, (255, 255, 255), -1, cv2.LINE_AA
            )
    return out


def write_picture(path: Path, image: NDArray[np.uint8]) -> None:
    """Write a picture; it appears when it is complete.

    Raises
    ------
    PictureError
        Where the ending is unknown or the folder cannot be written to.
    """
    ending = path.suffix.lower() or ".png"
    try:
        fine, data = cv2.imencode(ending, image)
    except cv2.error:
        fine, data = False, np.empty(0, dtype=np.uint8)
    if not fine:
        raise PictureError(f"{path}: cannot write {ending!r} pictures; use .png or .jpg")
    try:
        write_whole(path, data.tobytes())
    except OSError as why:
        raise PictureError(f"{path}: cannot be written ({why.strerror})") from None


def _point(pose: Pose, joint: int) -> tuple[int, int]:
    x, y = pose.joints[joint, :2]
    return round(float(x)), round(float(y))


def _colour(limb: int) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(limb / len(BODY_LIMBS), 0.9, 1.0)
    return round(255 * blue), round(255 * green), round(255 * red)
