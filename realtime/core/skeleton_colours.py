"""The colours in which OpenPose draws a body, so that every skeleton of ours is drawn alike."""

from __future__ import annotations

from typing import Final

JOINT_COLOURS: Final = (
    (255, 0, 85), (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0),
    (85, 255, 0), (0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255),
    (0, 85, 255), (0, 0, 255), (255, 0, 170), (170, 0, 255), (255, 0, 255), (85, 0, 255),
)  # fmt: skip
"""Red, green, blue of each of the 18 joints; a limb has the colour of its outer joint.

OpenPose's COCO body, ``POSE_COCO_COLORS_RENDER_GPU`` in ``pose/poseParametersRender.hpp``.
"""
