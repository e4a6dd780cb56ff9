"""A folder of OpenPose's JSON, one file a picture, as the dances it tells of: no network looks again.

OpenPose writes ``NAME_000000000042_keypoints.json`` with all people of a picture in no order that
lasts, as 25 keypoints (BODY_25) or 18 (COCO-18). Who is who is told by place and size alone.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.engines.anatomy import BODY_25, COCO_18, NECK
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.confidence import OPENPOSE, calibrated
from kpopdance.realtime.pose.scenes import STANDS
from kpopdance.realtime.pose.sightings import SCENERY, SEAMS, Sightings
from kpopdance.realtime.studio.recording import RecordingError
from kpopdance.realtime.studio.take_making import take_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.studio.take import Take

NUMBERED: Final = re.compile(r"(\d{1,15})_keypoints\.json")
MOST_FILES: Final = 500_000  # two hours at 60 a second
MOST_BYTES: Final = 1 << 20  # of one; hands and faces of ten people are 100 KiB
MOST_PEOPLE: Final = 64
MOST_PX: Final = 1e5
MIDDLE: Final = (8, 9, 12)
"""BODY_25's middle of the hips and its hips."""
ASTRAY: Final = 0.25
"""The middle of the hips lies so near to theirs, in their distance to the neck, in most poses."""


def take_of_folder(
    folder: Path,
    fps: float,
    *,
    dancers: tuple[int, ...] = (),
    progress: Callable[[], None] = lambda: None,
) -> Take:
    """Return the take of a folder of OpenPose's JSON.

    Parameters
    ----------
    folder : Path
        With ``..._keypoints.json``, numbered; a missing number is a picture not seen.
    fps : float
        Pictures a second: the files tell none.
    dancers : tuple of int
        As in ``take_of``.
    progress : callable
        Called after each file.

    Raises
    ------
    RecordingError
        Where the files are none of OpenPose's, too few, or do not show the dancers asked for.
    """
    files = numbered(folder)
    people, astray = [], []
    for _, path in files:
        told = keypoints_in(path)
        people.append([_pose(keypoints) for keypoints in told])
        astray += [off for keypoints in told if (off := _middle_off(keypoints)) is not None]
        progress()
    if astray and float(np.median(astray)) > ASTRAY:
        raise RecordingError(
            f"{folder}: its 25 keypoints are in another order than BODY_25's (BODY_25B has one); let "
            "OpenPose write BODY_25 or COCO"
        )
    at_s = np.array([number - files[0][0] for number, _ in files]) / fps
    try:
        return take_of(_sightings(at_s, people), dancers)
    except RecordingError as why:
        raise RecordingError(f"{folder}: {why}") from None


def _sightings(at_s: NDArray[np.float64], people: list[list[Pose]]) -> Sightings:
    """Return what the files tell: nobody's clothes, and no scenery."""
    seen = [[pose.joints for pose in poses if pose.seen.any()] for poses in people]
    joints = [each for poses in seen for each in poses]
    return Sightings(
        size=np.array(_extent(people), np.int64), at_s=at_s,
        whole=np.ones(len(at_s), np.bool_),
        scenery=np.zeros((len(at_s), *SCENERY), np.uint8),
        moved=np.tile(STANDS, (len(at_s), 1, 1)),
        seams=np.zeros((len(at_s), *SEAMS), np.uint8),
        rows=np.repeat(np.arange(len(at_s)), [len(poses) for poses in seen]),
        joints=np.array(joints, np.float32).reshape(-1, 18, 3),
        colours=np.zeros((len(joints), 10, 5, 3), np.uint8),
        worn=np.zeros((len(joints), 10), np.bool_),
        traced=np.zeros(len(joints), np.bool_),
    )  # fmt: skip


def numbered(folder: Path) -> list[tuple[int, Path]]:
    """Return the keypoint files of a folder with their numbers, in order."""
    files: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        named = NUMBERED.search(path.name) if path.is_file() else None
        if named is not None and files.setdefault(int(named[1]), path) != path:
            raise RecordingError(
                f"{folder}: holds two files of number {int(named[1])}; keep one video's in it"
            )
    if not files or len(files) > MOST_FILES:
        raise RecordingError(
            f"{folder}: holds {len(files)} of OpenPose's files (..._keypoints.json); name a folder with "
            "those of one video"
        )
    return sorted(files.items())


def keypoints_in(path: Path) -> list[NDArray[np.float64]]:
    """Return what one of OpenPose's files tells of each person: float64 (25 or 18, 3).

    Raises
    ------
    RecordingError
        Where it is none.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ValueError(f"is larger than {MOST_BYTES >> 20} MiB")
        told = json.loads(content)
        people = told.get("people") if isinstance(told, dict) else None
        if not isinstance(people, list) or len(people) > MOST_PEOPLE:
            raise ValueError("it tells of no people")
        return [_keypoints(person) for person in people]
    except OSError as why:
        raise RecordingError(
            f"{path}: cannot be read ({why.strerror}); check its rights"
        ) from None
    except (ValueError, RecursionError) as why:
        raise RecordingError(
            f"{path}: is no keypoint file of OpenPose ({why!s:.80}); restore it"
        ) from None


def _keypoints(person: Any) -> NDArray[np.float64]:  # noqa: ANN401 - whatever JSON says
    told = person if isinstance(person, dict) else {}
    flat = told.get("pose_keypoints_2d", told.get("pose_keypoints"))  # before OpenPose 1.2
    if not isinstance(flat, list) or not all(type(x) in (int, float) for x in flat):
        raise ValueError("somebody has no pose_keypoints_2d")
    if len(flat) not in (3 * len(COCO_18.ours), 3 * BODY_25.joints):
        raise ValueError(f"{len(flat)} numbers are neither BODY_25 nor COCO-18")
    if not all(abs(x) <= MOST_PX for x in flat):
        raise ValueError("somebody is far outside any picture")
    return np.array(flat, np.float64).reshape(-1, 3)


def _pose(keypoints: NDArray[np.float64]) -> Pose:
    ours = BODY_25.ours if len(keypoints) == BODY_25.joints else COCO_18.ours
    told = keypoints[list(ours)]
    seen = told[:, 2] > 0
    joints = np.where(seen[:, None], told, (np.nan, np.nan, 0)).astype(np.float32)
    joints[:, 2] = np.clip(joints[:, 2], 0, 1)
    return calibrated(Pose(joints), OPENPOSE)


def _middle_off(keypoints: NDArray[np.float64]) -> float | None:
    """Return how far the middle of the hips lies from theirs, in trunks; None where it is unseen."""
    if len(keypoints) != BODY_25.joints or not (keypoints[[NECK, *MIDDLE], 2] > 0).all():
        return None
    middle, right, left = keypoints[list(MIDDLE), :2]
    trunk = float(np.linalg.norm(keypoints[NECK, :2] - middle))
    return float(np.linalg.norm(middle - (right + left) / 2)) / max(trunk, 1.0)


def _extent(people: list[list[Pose]]) -> tuple[int, int]:
    """Return a picture's width and height, px, that holds all joints: the files tell none."""
    seen = [pose.joints[pose.seen, :2] for poses in people for pose in poses if pose.seen.any()]
    right, low = np.concatenate(seen).max(axis=0) if seen else (1.0, 1.0)
    return max(math.ceil(right), 1), max(math.ceil(low), 1)
