"""What a person looks like: the colours of clothes, hair and skin, part by part, and proportions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

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

    from kpopdance.realtime.core.types import Pose

PARTS: Final = (
    ((NECK, R_HIP), (NECK, L_HIP), (R_SHOULDER, R_HIP), (L_SHOULDER, L_HIP)),
    ((R_HIP, R_KNEE), (L_HIP, L_KNEE)),
    ((R_KNEE, R_ANKLE), (L_KNEE, L_ANKLE)),
    ((R_SHOULDER, R_ELBOW), (L_SHOULDER, L_ELBOW)),
    ((R_ELBOW, R_WRIST), (L_ELBOW, L_WRIST)),
    ((NECK, NOSE),),
)
"""Torso, thighs, shins, upper arms, forearms, head: right and left are one, as who turns round."""
WEIGHT: Final = np.array([2.0, 1.5, 1.0, 1.0, 0.5, 0.5])
LEAST_TOLD: Final = 1.5  # of these: thighs, or both arms of whom no more than those is seen
ALONG: Final = np.linspace(0.15, 0.85, 8)  # of a bone, where colours are taken
QUANTILES: Final = (0.1, 0.3, 0.5, 0.7, 0.9)
GREY_LEVELS: Final = 30.0  # between two distributions of colours: another garment
MOST: Final = 2.0  # such steps; farther is no more than another garment
LIGHTER: Final = (0.7, 1.4)  # the light may change by so much and is taken off
LENGTHS: Final = (
    (NECK, R_HIP),
    (NECK, L_HIP),
    (R_HIP, R_KNEE),
    (L_HIP, L_KNEE),
    (R_KNEE, R_ANKLE),
    (L_KNEE, L_ANKLE),
    (R_SHOULDER, L_SHOULDER),
)
OTHER_BUILD: Final = 0.35  # natural logarithm of a proportion: somebody else's body
BUILD_SHARE: Final = 0.25  # of another garment; bodies turn and bend, clothes do not change
ADAPTS_S: Final = 20.0  # light changes, people do not
GARMENTS: Final = (
    PARTS[0], PARTS[5], *((bone,) for part in PARTS[1:5] for bone in part),
)  # fmt: skip
"""Torso, head, then thighs, shins, upper arms, forearms, each time right and left."""
_BONES: Final = np.array([bone for part in PARTS for bone in part])
_OF_PART: Final = np.repeat(np.arange(len(PARTS)), [len(part) for part in PARTS])
_WORN: Final = np.array([bone for part in GARMENTS for bone in part])
_OF_GARMENT: Final = np.repeat(np.arange(len(GARMENTS)), [len(part) for part in GARMENTS])


class Appearance(NamedTuple):
    """What can be compared.

    ``colours`` (6, 5, 3): quantiles of each part's, BGR, NaN where unseen; ``build`` (4,) the
    logarithms of lengths against the torso, NaN where unknown.
    """

    colours: NDArray[np.float64]
    build: NDArray[np.float64]


def appearance_of(pose: Pose, image: NDArray[np.uint8]) -> Appearance:
    """Return what a person looks like in a uint8 (H, W, 3) picture."""
    pixels, inside = _taken(pose, image, _BONES)
    taken = pixels.astype(np.float64)
    taken[~inside] = np.nan
    colours = np.full((len(PARTS), len(QUANTILES), 3), np.nan)
    for part in range(len(PARTS)):
        rows = taken[part == _OF_PART].reshape(-1, 3)
        rows = np.sort(rows[np.isfinite(rows[:, 0])], axis=0)
        if len(rows) >= len(ALONG):
            colours[part] = rows[[int(q * len(rows)) for q in QUANTILES]]
    return Appearance(colours, _build(pose))


def garments_of(
    pose: Pose, image: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return quantiles of each garment's colours, uint8 (10, 5, 3), and which are seen, bool (10,)."""
    taken, inside = _taken(pose, image, _WORN)
    colours = np.zeros((len(GARMENTS), len(QUANTILES), 3), np.uint8)
    seen = np.zeros(len(GARMENTS), np.bool_)
    for part in range(len(GARMENTS)):
        of_part = part == _OF_GARMENT
        rows = np.sort(taken[of_part][inside[of_part]], axis=0)
        seen[part] = len(rows) >= len(ALONG) // 2
        if seen[part]:
            colours[part] = rows[[int(q * len(rows)) for q in QUANTILES]]
    return colours, seen


def unlike(one: Appearance, other: Appearance) -> float:
    """Return how unlike two people look: 0 the same, from about 0.5 on others; infinite: no idea.

    The mean of the parts seen of both, in garments; one common change of light is taken off.
    """
    both = np.isfinite(one.colours[:, 0, 0]) & np.isfinite(other.colours[:, 0, 0])
    if WEIGHT[both].sum() < LEAST_TOLD:
        return float(np.inf)
    a, b, weight = one.colours[both], other.colours[both], WEIGHT[both]
    light = float(np.clip((b.sum() + 1) / (a.sum() + 1), *LIGHTER))
    far = np.abs(a * np.sqrt(light) - b / np.sqrt(light)).mean(axis=(1, 2)) / GREY_LEVELS
    garments = float((weight * np.minimum(far, MOST)).sum() / weight.sum())
    bones = np.abs(one.build - other.build)
    known = np.isfinite(bones)
    body = float(np.median(bones[known])) / OTHER_BUILD if known.sum() > 1 else 0.0
    return garments + BUILD_SHARE * min(body, MOST)


class Remembered:
    """Somebody's appearance, learned look by look: quickly at first, then slowly as light changes."""

    def __init__(self) -> None:
        self.appearance: Appearance | None = None
        self.looks = 0

    def learn(self, seen: Appearance, since_s: float) -> None:
        """Take in one more look, ``since_s`` after the last."""
        self.looks += 1
        if self.appearance is None:
            self.appearance = seen
            return
        share = max(1 / self.looks, 1 - float(np.exp(-since_s / ADAPTS_S)))
        self.appearance = Appearance(*(
            _towards(old, new, share) for old, new in zip(self.appearance, seen, strict=True)
        ))  # fmt: skip

    def unlike(self, seen: Appearance) -> float:
        """Return how unlike somebody is whom we see now; infinite for nobody remembered."""
        return float(np.inf) if self.appearance is None else unlike(self.appearance, seen)


def _taken(
    pose: Pose, image: NDArray[np.uint8], bones: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return colours along bones, uint8 (bones, 8, 3), and which lie in the picture, bool (bones, 8)."""
    ends = pose.joints[bones, :2].astype(np.float64)  # (bones, 2, 2)
    at = ends[:, :1] + ALONG[:, None] * (ends[:, 1:] - ends[:, :1])  # (bones, 8, 2)
    high, wide = image.shape[:2]
    # what is unseen lies nowhere
    inside = np.asarray(((at >= 0) & (at < (wide, high))).all(axis=-1), dtype=np.bool_)
    x, y = np.where(inside[..., None], at, 0).astype(np.intp).transpose(2, 0, 1)
    return image[y, x], inside


def _build(pose: Pose) -> NDArray[np.float64]:
    ends = pose.joints[np.array(LENGTHS), :2].astype(np.float64)
    lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=-1)
    pairs = lengths[:6].reshape(3, 2)
    torso, thigh, shin = np.where(
        np.isfinite(pairs).any(axis=1), np.nanmax(np.nan_to_num(pairs), axis=1), np.nan
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        build = np.log(np.array([thigh, shin, thigh + shin, lengths[6]]) / torso)
    return np.where(np.isfinite(build), build, np.nan)


def _towards(
    old: NDArray[np.float64], new: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """Return values moved some way; what is known of one alone is taken from it."""
    moved = old + share * (new - old)
    return np.where(np.isfinite(moved), moved, np.where(np.isfinite(old), old, new))
