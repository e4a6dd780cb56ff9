"""From a top-down network's maps to the one person of its crop.

Restates in numpy what MoveNet SinglePose v4 does behind its heads, node by node and with its
constants. After Zhou et al., "Objects as Points" (arXiv:1904.07850), section 5: a middle, joints
regressed from there, each moved to the best peak of its heat map near by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kpopdance.engines.maps import PersonJoints
from kpopdance.realtime.core.body import L_SHOULDER, NECK, R_SHOULDER
from kpopdance.realtime.core.types import Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.engines.maps import PersonMaps, UprightMaps

NEARNESS_CELLS = 1.8
"""Added to a distance before dividing by it, so that the nearest cell does not outweigh all."""

COCO_17 = (0, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
"""The network's channel of each of our joints, the neck left out."""

_ALL_BUT_NECK = np.delete(np.arange(18), NECK)


def person_from_maps(told: PersonMaps | PersonJoints) -> Pose:
    """Return the person nearest to the middle of the crop, joints in px of the picture.

    There always is one: the caller decides from which confidence on it believes a joint. In 47
    crops of COCO pictures with nobody in them half of the confidences were below 0.04, one in twenty
    above 0.29.

    Confidence is the joint's heat. ``told`` may hold the joints alone, where a GPU found them.
    """
    seen = told if isinstance(told, PersonJoints) else joints_of(told)
    # No half cells: measured, a joint at px p of the input is told as (p + 0.2) / stride.
    return pose_from_joints(seen.box.to_image(seen.cells * seen.stride), seen.height, seen)


def pose_from_joints(
    xy: NDArray[np.float32],
    height: NDArray[np.float32],
    told: PersonMaps | PersonJoints | UprightMaps,
) -> Pose:
    """Return a pose of joints of COCO-17, (17, 2) px of the picture and (17,) confidences.

    The neck lies between the shoulders and has the lower of their confidences; it is unseen where
    one of them lies outside of the picture, as is every joint there. A joint within half a cell of
    the border is put on it.
    """
    joints = np.empty((18, 3), np.float32)
    joints[_ALL_BUT_NECK, :2] = xy[list(COCO_17)]
    joints[_ALL_BUT_NECK, 2] = height[list(COCO_17)]
    joints[NECK] = _between(joints[R_SHOULDER], joints[L_SHOULDER])
    spill = 0.5 * told.stride / told.box.scale
    return Pose(_within_picture(joints, told.image_size, spill))


def joints_of(maps: PersonMaps) -> PersonJoints:
    """Return where in the maps the person's joints are."""
    yx = regress(maps)
    y, x, height = nearest_peaks(maps.heat, yx)
    offset = maps.offset.reshape(-1, 2, *maps.centre.shape)
    channel = np.arange(len(y))
    cells = np.stack([x + offset[channel, 1, y, x], y + offset[channel, 0, y, x]], axis=1)
    return PersonJoints(
        cells.astype(np.float32), height, maps.box, maps.image_size, maps.stride
    )


def regress(maps: PersonMaps) -> NDArray[np.float32]:
    """Return where the middle of the person expects each joint: float32 (17, 2), y and x in cells.

    The middle is the highest cell of the centre map after dividing it by the distance to the
    crop's own middle, so of two people the central one wins.
    """
    h, w = maps.centre.shape
    away = distances(h, w, np.array([[h // 2, w // 2]], np.float32))[0]
    weight = 1 / (away + np.float32(NEARNESS_CELLS))
    weight = weight.astype(np.float16).astype(np.float32)  # the graph stores it so
    y, x = np.divmod(np.argmax(maps.centre * weight), w)
    middle = np.array([y, x], np.float32)
    expected: NDArray[np.float32] = middle + maps.regression[:, y, x].reshape(-1, 2)
    return expected


def nearest_peaks(
    heat: NDArray[np.float32], yx: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Return y, x and height of the cell that is highest after division by distance.

    Parameters
    ----------
    heat : float32 (17, h, w), 0..1
    yx : float32 (17, 2), cells
        Where each joint is expected.
    """
    channels, h, w = heat.shape
    near = heat / (distances(h, w, yx) + np.float32(np.float16(NEARNESS_CELLS)))
    y, x = np.divmod(near.reshape(channels, -1).argmax(axis=1), w)
    height: NDArray[np.float32] = heat[np.arange(channels), y, x]
    return y, x, height


def distances(h: int, w: int, yx: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the distance of each cell to each of P points, cells, float32 (P, h, w)."""
    dy = np.arange(h, dtype=np.float32)[None, :, None] - yx[:, 0, None, None]
    dx = np.arange(w, dtype=np.float32)[None, None, :] - yx[:, 1, None, None]
    away: NDArray[np.float32] = np.sqrt(dy * dy + dx * dx)
    return away


def _between(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    middle = (a + b) * np.float32(0.5)
    middle[2] = min(a[2], b[2])
    return middle


def _within_picture(
    joints: NDArray[np.float32], image_size: tuple[int, int], spill: float
) -> NDArray[np.float32]:
    """Return the joints with those more than ``spill`` px outside of the picture unseen."""
    edge = np.array([image_size[1] - 1, image_size[0] - 1], dtype=np.float32)
    xy = joints[:, :2]
    seen = ((xy >= -spill) & (xy <= edge + spill)).all(axis=1) & (joints[:, 2] > 0)
    seen[NECK] &= seen[R_SHOULDER] & seen[L_SHOULDER]
    within = joints.copy()
    within[:, :2] = np.clip(xy, 0, edge)
    within[~seen] = (np.nan, np.nan, 0)
    return within
