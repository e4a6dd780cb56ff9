"""Whether confidences mean what they say, on people to whom their curves were not fitted.

Every network's curve is fitted to one half of the people and told of the other, both halves in turn; so
are those of networks that look together, whose poses are merged as in the game.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.confidence import (
    CURVES,
    OPENPOSE_HANDICAP,
    Curve,
    calibrated,
    merged,
)
from kpopdance.realtime.pose.looks import GLANCES, LOOKS
from tools.bench.pose import pose_measures as measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from tools.bench.pose.pose_truth import Person

    Floats = NDArray[np.float64]
    Bins = list[tuple[float, float, int]]

OPENPOSE: Final = "openpose"


def reliability(people: list[Person], seen: dict[str, Floats], tree: str) -> dict[str, Bins]:
    """Return and print (mean confidence, share right, count) per bin of networks and mixtures.

    ``seen`` are the poses (N, 18, 3) px of each system, confidences raw; ``tree`` is OpenPose's.
    """
    raw = {name: seen[system] for name, system in systems_fitted(seen, tree).items()}
    halves = {name: _halves(people, poses) for name, poses in raw.items()}
    told = {}
    for looks in _mixtures(raw):
        mixed = _mixed([halves[look] for look in looks], looks)
        hits, labelled = measure.right(people, mixed)
        use = labelled & (mixed[..., 2] > 0)
        told[_words(looks)] = measure.reliability(mixed[..., 2][use], hits[use])
    print("\nconfidence against truth, curves fitted to the other half of the people:")
    for name, bins in told.items():
        row = "  ".join(f"{sure:.2f}->{good:.2f} ({n})" for sure, good, n in bins)
        print(f"  {name:48s} expected calibration error {calibration_error(bins):.3f}  {row}")
    return told


def systems_fitted(systems: Iterable[str], tree: str) -> dict[str, str]:
    """Return the networks whose curves are fitted, and the systems of these alone."""
    names: dict[str, str] = {name: LOOKS[name].words for name in CURVES} | {OPENPOSE: tree}
    return {name: system for name, system in names.items() if system in systems}


def calibration_error(bins: Bins) -> float:
    """Return the expected calibration error: how far confidence and share right lie apart."""
    count = sum(n for _, _, n in bins)
    return sum(n * abs(sure - good) for sure, good, n in bins) / count


def curve_of(raw: Floats, good: NDArray[np.bool_]) -> Curve:
    """Return a rising curve of a dozen points through the isotonic fit."""
    x, y = measure.isotonic(raw, good)
    points = np.unique(np.quantile(raw, np.linspace(0, 1, 13)).round(3))
    at = np.array([y[np.abs(x - point).argmin()] for point in points])
    smooth = np.convolve(np.pad(at, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")
    return Curve((0.0, *points[:-1], 1.0), (0.0, *np.maximum.accumulate(smooth)))


def _halves(people: list[Person], seen: Floats) -> list[Pose]:
    """Return each person's pose with confidences by a curve fitted to the other half."""
    hits, labelled = measure.right(people, seen)
    use = labelled & (seen[..., 2] > 0)
    half = np.arange(len(people)) % 2
    fits = [(half != here)[:, None] & use for here in (0, 1)]
    curves = [curve_of(seen[..., 2][fit], hits[fit]) for fit in fits]
    return [
        calibrated(Pose(joints.astype(np.float32)), curves[n % 2])
        for n, joints in enumerate(seen)
    ]


def _mixtures(raw: dict[str, Floats]) -> list[tuple[str, ...]]:
    """Return what looks alone, what looks together, and that with OpenPose before."""
    together = [
        looks for looks in GLANCES if len(looks) > 1 and all(one in raw for one in looks)
    ]
    return [
        *((name,) for name in raw),
        *together,
        *((OPENPOSE, *looks) for looks in together if OPENPOSE in raw),
    ]


def _mixed(poses: list[list[Pose]], looks: Sequence[str]) -> Floats:
    """Return the poses (N, 18, 3) of these looks merged, the first one OpenPose's or a network's."""
    first, *rest = poses
    if looks[0] == OPENPOSE and rest:
        close = _together(rest)
        first = [
            merged(one, other, OPENPOSE_HANDICAP)
            for one, other in zip(first, close, strict=True)
        ]
        rest = []
    whole = _together([first, *rest])
    return np.stack([pose.joints for pose in whole]).astype(np.float64)


def _together(poses: list[list[Pose]]) -> list[Pose]:
    first, *rest = poses
    for other in rest:
        first = [merged(a, b) for a, b in zip(first, other, strict=True)]
    return first


def _words(looks: Sequence[str]) -> str:
    words = {name: facts.words for name, facts in LOOKS.items()} | {OPENPOSE: "OpenPose"}
    return " + ".join(words[look] for look in looks)
