"""How sure a network is, in words that mean the same for all: 0.8 is right in 80 of 100 cases.

Right means within 0.1 of the body's size (the longer side of its box). The curves were fitted by
``python -m tools.bench.pose.bench_pose --fit`` to labelled joints of photographs (COCO val2017 and
LSPET);
``tools/bench/pose/bench_pose.py`` shows how far they hold, on pictures they were not fitted to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.core.body import body_size
from kpopdance.realtime.core.types import BELIEVED, Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.pose.looks import Look


class Curve(NamedTuple):
    """``right`` at each ``raw`` confidence, both rising; straight between them."""

    raw: tuple[float, ...]
    right: tuple[float, ...]


OPENPOSE: Final = Curve(
    (0.00, 0.04, 0.08, 0.13, 0.18, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 1.00),
    (0.00, 0.18, 0.32, 0.41, 0.46, 0.53, 0.64, 0.77, 0.87, 0.92, 0.95, 0.98),
)
MOVENET: Final = Curve(
    (0.00, 0.05, 0.08, 0.12, 0.18, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 1.00),
    (0.00, 0.08, 0.20, 0.40, 0.50, 0.63, 0.71, 0.79, 0.83, 0.86, 0.90, 0.91, 0.94),
)

LIGHTNING: Final = Curve(
    (0.00, 0.02, 0.22, 0.33, 0.41, 0.49, 0.55, 0.60, 0.66, 0.70, 0.75, 0.79, 0.84, 1.00),
    (0.00, 0.12, 0.41, 0.63, 0.73, 0.80, 0.83, 0.86, 0.88, 0.89, 0.90, 0.91, 0.94, 0.98),
)
MOVENET_INT8: Final = Curve(
    (0.00, 0.02, 0.29, 0.40, 0.50, 0.56, 0.63, 0.68, 0.73, 0.77, 0.81, 0.84, 0.88, 1.00),
    (0.00, 0.14, 0.45, 0.67, 0.76, 0.83, 0.85, 0.86, 0.87, 0.88, 0.89, 0.90, 0.93, 0.98),
)
BLAZEPOSE_FULL: Final = Curve(
    (0.00, 0.01, 0.32, 0.42, 0.50, 0.57, 0.62, 0.67, 0.72, 0.76, 0.79, 0.83, 0.88, 1.00),
    (0.00, 0.11, 0.39, 0.63, 0.73, 0.80, 0.84, 0.87, 0.91, 0.93, 0.94, 0.95, 0.96, 0.99),
)
BLAZEPOSE_HEAVY: Final = Curve(
    (0.00, 0.02, 0.42, 0.52, 0.59, 0.66, 0.72, 0.76, 0.80, 0.83, 0.86, 0.89, 0.93, 1.00),
    (0.00, 0.17, 0.51, 0.72, 0.78, 0.81, 0.86, 0.91, 0.93, 0.94, 0.95, 0.96, 0.97, 0.99),
)
CURVES: Final[dict[Look, Curve]] = {
    "movenet_lightning": LIGHTNING,
    "movenet_thunder": MOVENET,
    "movenet_thunder_int8": MOVENET_INT8,
    "blazepose_full": BLAZEPOSE_FULL,
    "blazepose_heavy": BLAZEPOSE_HEAVY,
}
"""The curve of each network that looks closely."""

SAME_PLACE: Final = (
    0.25  # body sizes (0.1 of the box's longer side): both networks mean the same place
)
DOUBT: Final = 0.7
"""How far the other speaks against the surer where they differ: both may err together."""
OPENPOSE_HANDICAP: Final = 0.2
"""How much surer OpenPose must be where they differ; it was right less often than it said."""


def calibrated(pose: Pose, curve: Curve) -> Pose:
    """Return the pose with confidences that mean the share of right joints; the unsure unseen."""
    sure = np.interp(pose.joints[:, 2], curve.raw, curve.right).astype(np.float32)
    return _pose(pose.joints[:, :2], np.where(pose.seen, sure, 0))


def merged(first: Pose, second: Pose, handicap: float = 0.0) -> Pose:
    """Return one pose of two calibrated ones of the same person, joint by joint.

    Where both mean the same place, the mean weighted by the square of their confidences; where
    they differ, the surer one: the first only where it is surer by more than its ``handicap``; and less
    sure than before, for one of them at most is right.
    """
    a, b = first.joints.astype(np.float64), second.joints.astype(np.float64)
    apart = np.linalg.norm(a[:, :2] - b[:, :2], axis=1)
    surer = first.seen & (~second.seen | (a[:, 2] > b[:, 2] + handicap))
    out = np.where(surer[:, None], a, b)
    size = body_size(second.joints) or 1.0
    together = first.seen & second.seen & (apart < SAME_PLACE * size)
    weight = (a[:, 2] ** 2 / np.maximum(a[:, 2] ** 2 + b[:, 2] ** 2, 1e-9))[:, None]
    mean = weight * a[:, :2] + (1 - weight) * b[:, :2]
    xy = np.where(together[:, None], mean, out[:, :2])
    against = DOUBT * np.where(surer, b[:, 2], a[:, 2])
    alone = (
        out[:, 2] * (1 - against) / (1 - out[:, 2] * against)
    )  # Bayes, of what cannot both be
    sure = np.where(together, np.maximum(a[:, 2], b[:, 2]), alone)
    return _pose(xy, sure)


def _pose(xy: NDArray[np.floating], sure: NDArray[np.floating]) -> Pose:
    joints = np.concatenate([xy, sure[:, None]], axis=1).astype(np.float32)
    joints[~(sure >= BELIEVED)] = (np.nan, np.nan, 0)
    return Pose(joints)
