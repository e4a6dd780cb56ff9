"""Labelled people for ``bench_pose``: COCO, LSPET and what the original OpenPose saw."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.engines.anatomy import BODY_25
from kpopdance.realtime.core.body import L_SHOULDER, NECK, R_SHOULDER
from kpopdance.realtime.pose.one_person import COCO_17
from kpopdance.realtime.pose.tracker import own_region

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.engines.maps import Region

ALL_BUT_NECK: Final = np.delete(np.arange(18), NECK)
TWELVE: Final = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
"""Shoulders to ankles: what is danced."""

LSP_JOINTS: Final = {
    "r_ankle": 10, "r_knee": 9, "r_hip": 8, "l_hip": 11, "l_knee": 12, "l_ankle": 13,
    "r_wrist": 4, "r_elbow": 3, "r_shoulder": 2, "l_shoulder": 5, "l_elbow": 6, "l_wrist": 7,
    "neck": 1,
}  # fmt: skip
CROP: Final = 1.35  # of the true box


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One labelled person: ``joints`` (18, 3) px, label 0 none, 1 hidden, 2 visible; ``box`` px."""

    picture: Path
    box: tuple[float, float, float, float]
    joints: NDArray[np.float64]
    upright: bool = True

    @property
    def size(self) -> float:
        """The longer side of the box, px."""
        return max(self.box[2:])

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """Bool (18,): which joints have a label."""
        return self.joints[:, 2] > 0

    @property
    def whole(self) -> bool:
        """Whether shoulders to ankles are labelled."""
        return bool(self.labelled[list(TWELVE)].all())

    def region(self) -> Region:
        """Return the square crop around the true box."""
        x, y, width, height = self.box
        half = CROP * self.size / 2
        middle = (x + width / 2, y + height / 2)
        return (middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half)

    def own_region(self) -> Region:
        """Return the part of it that shows the person and not the neighbours."""
        x, y, width, height = self.box
        return own_region(np.array([[x, y], [x + width, y + height]]), CROP)


def coco_people(folder: Path) -> list[Person]:
    """Return every person of COCO's development part that has a labelled joint."""
    told = json.loads((folder / "person_keypoints_dev.json").read_text(encoding="utf-8"))
    names = {image["id"]: image["file_name"] for image in told["images"]}
    people = []
    for note in told["annotations"]:
        if note["iscrowd"] or not note["num_keypoints"]:
            continue
        labels = np.array(note["keypoints"], dtype=float).reshape(17, 3)
        joints = _unlabelled()
        for ours, theirs in zip(ALL_BUT_NECK, COCO_17, strict=True):
            if labels[theirs, 2] > 0:
                joints[ours] = labels[theirs]
        shoulders = joints[[R_SHOULDER, L_SHOULDER]]
        if (shoulders[:, 2] > 0).all():
            joints[NECK] = (*shoulders[:, :2].mean(axis=0), shoulders[:, 2].min())
        picture = folder / "images" / names[note["image_id"]]
        people.append(Person(picture, tuple(note["bbox"]), joints))
    return people


def athletes(folder: Path) -> list[Person]:
    """Return LSPET's people; the box is that of the labels."""
    told = json.loads((folder / "lspet_dev.json").read_text(encoding="utf-8"))
    people = []
    for image in told["images"]:
        labels = np.array(image["joints14"], dtype=float)
        joints = _unlabelled()
        for name, at in zip(told["joint_order"], labels, strict=True):
            if name in LSP_JOINTS and np.isfinite(at).all():
                joints[LSP_JOINTS[name]] = (*at[:2], 2)
        known = labels[np.isfinite(labels).all(axis=1), :2]
        low, high = known.min(axis=0), known.max(axis=0)
        (x, y), (width, height) = low.tolist(), (high - low).tolist()
        picture = folder / "images" / image["file"]
        people.append(Person(picture, (x, y, width, height), joints, bool(image["upright"])))
    return people


def original_people(keypoints: Path) -> list[NDArray[np.float64]]:
    """Return the people (18, 3) px the original OpenPose saw, from its JSON."""
    told: dict[str, Any] = json.loads(keypoints.read_text(encoding="utf-8"))
    people = []
    for person in told["people"]:
        flat = person.get("pose_keypoints_2d") or person["pose_keypoints"]
        joints = np.array(flat, dtype=float).reshape(-1, 3)
        joints = joints[list(BODY_25.ours)] if len(joints) == BODY_25.joints else joints
        joints[joints[:, 2] <= 0, :2] = np.nan
        people.append(joints)
    return people


def _unlabelled() -> NDArray[np.float64]:
    joints = np.full((18, 3), np.nan)
    joints[:, 2] = 0
    return joints
