"""What a body can do: a dance measured beside professional ones.

``python -m tools.album.dance.natural [FOLDER]`` prints the album beside the clips of AIST++ in a
folder (COCO-17 key points, px, 30 a second, ``*_coco17_px.npy``).
"""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.signal import savgol_filter

from kpopdance.realtime.core import body
from tools.album.dance.choreograph import FPS, projected
from tools.album.dance.company import REACH, along_arm
from tools.album.dance.figure import SHIN, THIGH, TORSO
from tools.album.dance.flesh import (
    ARM_ROUND,
    FORE_PART,
    SHOULDERS,
    UPPER_PART,
    Torso,
    arm_of,
    nearest_between,
    rods,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tools.album.dance.choreograph import Danced

    Floats = NDArray[np.float64]

MEASURED: Final = {
    "wrists": (body.R_WRIST, body.L_WRIST), "elbows": (body.R_ELBOW, body.L_ELBOW),
    "knees": (body.R_KNEE, body.L_KNEE), "ankles": (body.R_ANKLE, body.L_ANKLE),
    "hips": (body.R_HIP, body.L_HIP), "head": (body.NOSE,),
}  # fmt: skip
COCO: Final = {
    body.NOSE: 0, body.R_SHOULDER: 6, body.L_SHOULDER: 5, body.R_ELBOW: 8, body.L_ELBOW: 7,
    body.R_WRIST: 10, body.L_WRIST: 9, body.R_HIP: 12, body.L_HIP: 11, body.R_KNEE: 14,
    body.L_KNEE: 13, body.R_ANKLE: 16, body.L_ANKLE: 15,
}  # fmt: skip
"""Where COCO-17 keeps a joint."""
PROFESSIONAL: Final = {
    "wrists": (2.36, 31.0), "elbows": (1.64, 20.0), "knees": (1.28, 13.9), "ankles": (1.80, 19.5),
    "hips": (0.90, 10.1), "head": (1.38, 12.3),
}  # fmt: skip
"""The most that ``motion`` tells of any of nine clips of AIST++: house, krump and hip hop."""
WINDOW: Final = 7
"""Rows over which a parabola gives speed and acceleration: key points of videos are noisy."""
OFTEN: Final = 95
"""Per cent of the time in which a dance is slower than what it is told by."""
ALONG: Final = 25
"""Points of a shin at which it is held against the other."""
FOLDS: Final = {
    "elbow": ((2, 3, 4), (5, 6, 7)),
    "knee": ((8, 9, 10), (11, 12, 13)),
}


def motion(joints: Floats) -> dict[str, tuple[float, float]]:
    """Return the 95th percentiles of speed and acceleration of each kind of joint.

    ``joints`` (T, 18, 2), of a body one high, 30 a second; body heights a second, and a second squared.
    """
    told = {}
    for name, which in MEASURED.items():
        tracks = joints[:, list(which)]
        each = []
        for order in (1, 2):
            moved = savgol_filter(tracks, WINDOW, 2, deriv=order, delta=1 / FPS, axis=0)
            each.append(float(np.percentile(np.linalg.norm(moved, axis=-1), OFTEN)))
        told[name] = (each[0], each[1])
    return told


def professional(path: Path) -> Floats:
    """Return a clip of AIST++ as joints (T, 18, 2) of a body about one high."""
    points = np.load(path, allow_pickle=False)
    joints = np.full((len(points), 18, 2), np.nan)
    for joint, coco in COCO.items():
        joints[:, joint] = points[:, coco]
    joints[:, body.NECK] = (joints[:, body.R_SHOULDER] + joints[:, body.L_SHOULDER]) / 2
    return joints / _height(joints)


def _height(joints: Floats) -> float:
    """Return how tall a body is, by its longest legs and trunk: a picture shortens them."""
    hips = (joints[:, body.R_HIP] + joints[:, body.L_HIP]) / 2
    bones = [
        (joints[:, body.NECK] - hips, TORSO),
        (joints[:, body.R_HIP] - joints[:, body.R_KNEE], THIGH),
        (joints[:, body.R_KNEE] - joints[:, body.R_ANKLE], SHIN),
    ]
    seen = sum(float(np.nanpercentile(np.linalg.norm(each, axis=-1), 90)) for each, _ in bones)
    return seen / sum(length for _, length in bones)


def of_picture(danced: Danced, member: int = 0) -> Floats:
    """Return what a member dances as a camera sees it, of a body one high."""
    return projected(danced.space[member], danced.height) / danced.height


def hips(danced: Danced) -> Floats:
    """Return where the members' hips are above the floor, (M, T, 2)."""
    middle = (danced.space[:, :, body.R_HIP] + danced.space[:, :, body.L_HIP]) / 2
    return np.asarray(middle[..., [0, 2]])


def drift(danced: Danced) -> float:
    """Return how far a foot that stands ever moves, body heights."""
    most = 0.0
    for member in range(len(danced.space)):
        for foot, ankle in enumerate((body.R_ANKLE, body.L_ANKLE)):
            stands = danced.planted[member, :, foot]
            edges = np.flatnonzero(
                np.diff(np.concatenate([[False], stands, [False]]).astype(int))
            )
            for start, stop in edges.reshape(-1, 2):
                track = danced.space[member, start:stop, ankle]
                most = max(most, float(np.linalg.norm(track - track[0], axis=-1).max()))
    return most


def folded(danced: Danced) -> dict[str, tuple[float, float]]:
    """Return the least and the largest angle between the two bones of elbows and knees, degrees."""
    told = {}
    for name, chains in FOLDS.items():
        angles = []
        for first, middle, last in chains:
            one = danced.space[:, :, first] - danced.space[:, :, middle]
            other = danced.space[:, :, last] - danced.space[:, :, middle]
            cos = (
                (one * other).sum(-1)
                / np.linalg.norm(one, axis=-1)
                / np.linalg.norm(other, axis=-1)
            )
            angles.append(np.degrees(np.arccos(np.clip(cos, -1, 1))))
        told[name] = (float(np.min(angles)), float(np.max(angles)))
    return told


def in_flesh(danced: Danced) -> float:
    """Return how deep a bone of an arm ever lies in trunk or head, body heights; below 0 outside."""
    deepest = -np.inf
    for points in danced.space:
        torso = Torso.of(points)
        for chain in FOLDS["elbow"]:
            for start, end, part in zip(
                chain, chain[1:], (UPPER_PART, FORE_PART), strict=False
            ):
                bone = points[:, end] - points[:, start]
                along = points[:, start, None] + bone[:, None] * np.array(part)[:, None]
                deepest = max(deepest, float(torso.depth(along).max()))
    return deepest


def arms_crossed(danced: Danced) -> float:
    """Return in what share of the moments a forearm of anybody's goes through their other arm."""
    right, left = SHOULDERS
    through = [
        np.minimum(
            nearest_between(rods(arm_of(points, right), 1), along_arm(points, left))[0],
            nearest_between(rods(arm_of(points, left), 1), along_arm(points, right))[0],
        )
        < ARM_ROUND
        for points in danced.space
    ]
    return float(np.mean(through))


def neighbours_apart(danced: Danced) -> float:
    """Return how near the arms of two members ever come to each other; infinite for one."""
    arms = [
        np.concatenate([along_arm(points, shoulder) for shoulder in SHOULDERS], axis=1)
        for points in danced.space
    ]
    middle = hips(danced)
    nearest = np.inf
    for one, other in combinations(range(len(arms)), 2):
        beside = np.linalg.norm(middle[one] - middle[other], axis=-1) < REACH
        if beside.any():
            near, _ = nearest_between(arms[one][beside], arms[other][beside])
            nearest = min(nearest, float(near.min()))
    return nearest


def shins_apart(danced: Danced) -> float:
    """Return how near the two shins of anybody ever come to each other, body heights."""
    (_, right, right_foot), (_, left, left_foot) = FOLDS["knee"]
    share = np.linspace(0, 1, ALONG)[:, None]
    nearest = np.inf
    for points in danced.space:
        one, other = (
            points[:, knee, None] * (1 - share) + points[:, foot, None] * share
            for knee, foot in ((right, right_foot), (left, left_foot))
        )
        gaps = np.linalg.norm(one[:, :, None] - other[:, None], axis=-1)
        nearest = min(nearest, float(gaps.min()))
    return nearest


def lines(told: dict[str, dict[str, tuple[float, float]]]) -> list[str]:
    """Return a table of dances, each with speed and acceleration of every kind of joint."""
    out = [f"{'':28s}" + "".join(f"{name:>14s}" for name in MEASURED)]
    for name, each in told.items():
        row = "".join(f"{speed:8.2f} {force:5.1f}" for speed, force in each.values())
        out.append(f"{name:28s}{row}")
    return out


def main(folders: Sequence[str]) -> int:
    """Print the album beside professional dances."""
    from tools.album.dance.album import danced_song, dances

    told = {}
    for folder in folders:
        for path in sorted(Path(folder).glob("*_coco17_px.npy")):
            told[path.name.removesuffix("_coco17_px.npy")] = motion(professional(path))
    for song in dances():
        danced, _ = danced_song(song)
        told[song] = motion(of_picture(danced))
    print("\n".join(lines(told)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
