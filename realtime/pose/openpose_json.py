"""OpenPose's own JSON layout, version 1.3, COCO-18 joint order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Pose


def people_json(poses: list[Pose]) -> dict[str, Any]:
    """Return the object OpenPose writes for one picture; unseen joints are 0, 0, 0 there."""
    return {"version": 1.3, "people": [_person(pose) for pose in poses]}


def _person(pose: Pose) -> dict[str, Any]:
    flat = np.nan_to_num(pose.joints).astype(float).round(3).ravel().tolist()
    return {
        "person_id": [-1],
        "pose_keypoints_2d": flat,
        "face_keypoints_2d": [],
        "hand_left_keypoints_2d": [],
        "hand_right_keypoints_2d": [],
        "pose_keypoints_3d": [],
        "face_keypoints_3d": [],
        "hand_left_keypoints_3d": [],
        "hand_right_keypoints_3d": [],
    }
