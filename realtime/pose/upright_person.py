"""A person turned upright for the network, and from its maps back to the person.

BlazePose (Bazarevsky et al., arXiv:2006.10204) sees one person who stands upright in its picture:
whoever the last pose, or another network's, says is there. Where they stand in it, and that each
point is moved to the heat's centre around it, is as in MediaPipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.maps import PersonJoints, Upright
from kpopdance.realtime.core.body import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER
from kpopdance.realtime.pose.one_person import person_from_maps, pose_from_joints

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.engines.maps import UprightMaps
    from kpopdance.realtime.core.types import Pose

SIDES_PER_REACH: Final = 2.5
"""The square's side, in ways from the hips' middle to the farthest joint."""
WINDOW: Final = 3
"""Cells to each side around a point whose heat says where it is: 7x7, MediaPipe's kernel."""
CELL_PX: Final = -0.25
"""Where cell 0 lies, px of the input: pictures and their mirror images say so (-0.17, heavy -0.29)."""
LEAST_TORSO: Final = 0.05
"""Of that farthest way: a shorter torso does not tell what is up."""


def upright_of(pose: Pose) -> Upright | None:
    """Return where a person stands; None where neither hips nor shoulders tell."""
    xy = pose.joints[:, :2].astype(np.float64)
    hips, shoulders = (
        xy[both][pose.seen[both]] for both in ([R_HIP, L_HIP], [R_SHOULDER, L_SHOULDER])
    )
    if not len(hips) or not len(shoulders):
        return None
    middle = hips.mean(axis=0)
    torso = shoulders.mean(axis=0) - middle
    reach = float(np.linalg.norm(xy[pose.seen] - middle, axis=1).max())
    length = float(np.linalg.norm(torso))
    if length < max(LEAST_TORSO * reach, 1.0):
        return None
    up_x, up_y = torso / length
    return Upright(
        (float(middle[0]), float(middle[1])),
        (float(up_x), float(up_y)),
        SIDES_PER_REACH * reach,
    )


def person_from_upright(told: UprightMaps | PersonJoints) -> Pose:
    """Return the person in a turned square, joints in px of the picture.

    Confidence is the highest heat near the point. The network's own word for it, visibility, says
    next to nothing (AUC 0.55-0.60, against 0.80). ``told`` may hold the joints alone, where a GPU
    found them.
    """
    if isinstance(told, PersonJoints):
        return person_from_maps(told)
    xy, height = refined_points(told.points, told.heat, told.stride)
    return pose_from_joints(told.box.to_image(xy), height, told)


def refined_points(
    points: NDArray[np.float32], heat: NDArray[np.float32], stride: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return points moved to the heat's centre around them, and the highest heat there.

    Parameters
    ----------
    points : float32 (17, 2), px of the input
    heat : float32 (17, h, w), 0..1
    """
    joints, h, w = heat.shape
    near = np.arange(-WINDOW, WINDOW + 1)
    cell = np.clip(np.floor((points + 0.5) / stride), (0, 0), (w - 1, h - 1)).astype(np.intp)
    y, x = cell[:, 1, None, None] + near[:, None], cell[:, 0, None, None] + near
    within = (y >= 0) & (y < h) & (x >= 0) & (x < w)
    around = heat[np.arange(joints)[:, None, None], y.clip(0, h - 1), x.clip(0, w - 1)] * within
    total = np.maximum(around.sum(axis=(1, 2)), 1e-9)
    centre = np.stack([(around * at).sum(axis=(1, 2)) / total for at in (x, y)], axis=1)
    height = around.max(axis=(1, 2))
    moved = np.where(height[:, None] > 0, centre * stride + CELL_PX, points)
    return moved.astype(np.float32), height.astype(np.float32)
