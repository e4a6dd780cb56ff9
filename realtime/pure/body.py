"""The body the game knows: OpenPose's 18 joints, their limbs, affinity channels and mirror swap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
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

LIMBS: Final = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11),
    (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17), (2, 16), (5, 17),
)  # fmt: skip
"""From joint, to joint; OpenPose's order. The last two only join what the others found."""

LIMB_CHANNELS: Final = (
    (12, 13), (20, 21), (14, 15), (16, 17), (22, 23), (24, 25), (0, 1), (2, 3), (4, 5), (6, 7),
    (8, 9), (10, 11), (28, 29), (30, 31), (34, 35), (32, 33), (36, 37), (18, 19), (26, 27),
)  # fmt: skip
"""Part-affinity channels (x, y) of each limb."""

MIRROR: Final = (0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16)
"""Joint i of the mirrored body is joint MIRROR[i] of the body."""


def mirrored(joints: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """Return (..., 18, 3) joints as a mirror shows them: x flipped in ``width``, left and right swapped.

    ``width`` is the picture's, such that x becomes ``width - x``; pass ``image_width - 1`` for px.
    """
    out: NDArray[np.float32] = joints[..., MIRROR, :].copy()
    out[..., 0] = width - out[..., 0]
    return out
