"""Where joints are, as complex numbers x + iy, for the scorers of other games; unseen is NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import (
    L_ANKLE,
    L_ELBOW,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    NECK,
    NOSE,
    R_ANKLE,
    R_ELBOW,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Joints = NDArray[np.float32]
    Floats = NDArray[np.float64]
    Places = NDArray[np.complex128]


MID_HIP: Final = 18
TWELVE: Final = (
    L_SHOULDER, R_SHOULDER, L_ELBOW, R_ELBOW, L_WRIST, R_WRIST, L_HIP, R_HIP, L_KNEE, R_KNEE,
    L_ANKLE, R_ANKLE,
)  # fmt: skip
BODY: Final = (NOSE, *TWELVE)


def places_of(joints: Joints, confidence: float = 0.0) -> Places:
    """Joints (T, 19) as x + iy, the middle of the hips last; NaN where unseen or not trusted."""
    places = np.empty((len(joints), 19), dtype=np.complex128)
    places[:, :18] = joints[..., 0] + 1j * joints[..., 1].astype(np.float64)
    places[:, :18][(joints[..., 2] <= 0) | (joints[..., 2] < confidence)] = np.nan * (1 + 1j)
    places[:, MID_HIP] = places[:, [R_HIP, L_HIP]].mean(axis=1)
    return places


def on_same_rows(
    reference: Joints, player: Joints, confidence: float = 0.0
) -> tuple[Places, Places]:
    """Places of both for every row of the reference; unseen where the player has none."""
    theirs, ours = places_of(reference, confidence), places_of(player, confidence)
    same = np.full(theirs.shape, np.nan * (1 + 1j))
    rows = min(len(theirs), len(ours))
    same[:rows] = ours[:rows]
    return theirs, same


def angles_at(places: Places, triples: tuple[tuple[int, int, int], ...]) -> Floats:
    """Angles (T, A) in degrees at the middle joint of each triple."""
    first, middle, last = (places[:, list(joints)] for joints in zip(*triples, strict=True))
    return np.abs(np.rad2deg(np.angle((first - middle) * (last - middle).conj())))


def directions_of(places: Places, bones: tuple[tuple[int, int], ...]) -> Places:
    """Return unit vectors (T, B) of bones, NaN where an end is unseen or both ends are one place."""
    start, end = (places[:, list(joints)] for joints in zip(*bones, strict=True))
    bone = end - start
    return over(bone, np.abs(bone))


def mean_known(values: Floats, *, axis: int, none: float = 0.0) -> Floats:
    """Mean of the known values along an axis; ``none`` where there is none."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), none)


def mean_score(scores: Floats) -> float:
    """Mean of the scores that are known, 0 without any."""
    return float(mean_known(scores, axis=0))


def torso_of(places: Places) -> float:
    """Median neck to hips of a dance; 1 if never seen."""
    lengths = np.abs(places[:, NECK] - places[:, MID_HIP])
    lengths = lengths[lengths > 0]
    return float(np.median(lengths)) if len(lengths) else 1.0


def median_of(places: Places) -> complex:
    """Median x and y of what is known of (T,), 0 without any."""
    known = places[~np.isnan(places)]
    return complex(np.median(known.real), np.median(known.imag)) if len(known) else 0j


def over(places: Places, lengths: Floats) -> Places:
    """Return places over lengths, NaN over 0."""
    shorter: Places = places * (1 / np.where(lengths > 0, lengths, np.nan))
    return shorter


def about_hips(places: Places) -> Places:
    """Places about the middle of the hips, else of the shoulders, else NaN."""
    hip, shoulder = (places[:, pair].mean(axis=1) for pair in ([8, 11], [2, 5]))
    moved: Places = places - np.where(np.isnan(hip), shoulder, hip)[:, None]
    return moved
