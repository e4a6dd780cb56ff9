"""The body the game knows: OpenPose's 18 joints and their mirror swap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

JOINTS: Final = (
    "nose", "neck",
    "right shoulder", "right elbow", "right wrist",
    "left shoulder", "left elbow", "left wrist",
    "right hip", "right knee", "right ankle",
    "left hip", "left knee", "left ankle",
    "right eye", "left eye", "right ear", "left ear",
)  # fmt: skip
(NOSE, NECK, R_SHOULDER, R_ELBOW, R_WRIST, L_SHOULDER, L_ELBOW, L_WRIST,
 R_HIP, R_KNEE, R_ANKLE, L_HIP, L_KNEE, L_ANKLE, R_EYE, L_EYE, R_EAR, L_EAR) = range(18)  # fmt: skip

MIRROR: Final = (0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16)
"""Joint i of the mirrored body is joint MIRROR[i] of the body."""


def mirrored(joints: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """Return (..., 18, 3) joints as a mirror shows them: x flipped in ``width``, left and right swapped.

    ``width`` is the picture's, such that x becomes ``width - x``; pass ``image_width - 1`` for px.
    """
    out: NDArray[np.float32] = joints[..., MIRROR, :].copy()
    out[..., 0] = width - out[..., 0]
    return out


def body_size(joints: NDArray[np.float32]) -> float | None:
    """Return a length in px that stands for the body: its box's longer side over 2.5.

    About one torso and head of a standing person; None where fewer than two joints are seen.
    """
    seen = joints[:, 2] > 0
    if seen.sum() < 2:
        return None
    span = np.ptp(joints[seen, :2], axis=0)
    return max(float(span.max()) / 2.5, 4.0)
