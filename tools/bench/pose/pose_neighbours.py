"""Whether close looks take a neighbour for the dancer, on a video of several who dance side by side.

All dancers of a frame are looked at, and what they say of each other's arms counts as in the game.

Who is where, OpenPose says on the whole picture, at its largest input; of the arms those joints count
that a close look at their owner puts there too, for OpenPose gives some to whom they do not belong.
"""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.realtime.core.body import L_ELBOW, L_WRIST, R_ELBOW, R_WRIST, body_size
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.pose.looks import LOOKS, Look
from kpopdance.realtime.pose.neighbours import without_taken_arms
from kpopdance.realtime.pose.tracker import apart, box_of, crop_region, own_region
from kpopdance.realtime.pose.watcher import closely, look_everywhere

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes

    Known = tuple[Pose, NDArray[np.float32]]

CLIP: Final = "fiyud_dance"
EVERY: Final = 9
FRAMES: Final = 40
AREA_PX: Final = 656 * 368
SEEN: Final = 12
"""Joints of somebody whom OpenPose knows well enough."""
NEAR: Final = 0.25  # body sizes: 0.1 of the box's longer side
UNSEEN: Final = Pose(np.tile(np.array((np.nan, np.nan, 0), np.float32), (18, 1)))
SURE: Final[tuple[Look, ...]] = ("movenet_lightning", "blazepose_heavy")
WAYS: Final[tuple[tuple[Look, ...], ...]] = (
    ("movenet_thunder",), ("movenet_lightning",), ("movenet_lightning", "blazepose_full"),
    ("movenet_lightning", "blazepose_heavy"), ("movenet_thunder_int8", "blazepose_heavy"),
)  # fmt: skip


def neighbours(folder: Path, eyes: Eyes) -> dict[str, Any]:
    """Count close looks that take a neighbour's body, or put a wrist on a neighbour's arm."""
    crowds = _crowds(folder, eyes)
    dancers = sum(len(people) for _, people in crowds)
    told: dict[str, Any] = {}
    print(f"\n{CLIP}: % of {dancers} dancers in {FRAMES} frames, each looked at closely")
    for looks, (name, region_of) in itertools.product(
        WAYS, (("whole crop", crop_region), ("own columns", own_region))
    ):
        wrong = np.zeros(3)
        for image, people in crowds:
            seen = [
                closely(eyes, image, region_of(box_of(pose)), looks) or UNSEEN
                for pose, _ in people
            ]
            for one, known in zip(without_taken_arms(seen), people, strict=True):
                wrong += _wrong(one, known[0], [each for each in people if each is not known])
        words = f"{' + '.join(LOOKS[look].words for look in looks)}, {name}"
        body = 100 * wrong[0] / dancers
        wrists = 100 * wrong[1] / max(wrong[2], 1)
        told[words] = {"body": round(body, 1), "wrists": round(wrists, 1)}
        print(f"{words:50s} a neighbour's body {body:5.1f}, arm {wrists:5.1f}", flush=True)
    return told


def _crowds(folder: Path, eyes: Eyes) -> list[tuple[NDArray[np.uint8], list[Known]]]:
    """Return pictures and the people in each whom OpenPose sees nearly whole, with their arms."""
    out = []
    with VideoFile(folder / f"{CLIP}.mp4") as video:
        for frame in itertools.islice(video.frames(), 0, EVERY * FRAMES, EVERY):
            people = look_everywhere(eyes.everybody, frame.image, area_px=AREA_PX)
            known = [pose for pose in people if pose.seen.sum() >= SEEN]
            out.append(
                (frame.image, [(pose, _arms(pose, eyes, frame.image)) for pose in known])
            )
            print(f"\r{CLIP}: frame {len(out)} ", end="", file=sys.stderr, flush=True)
    print("\r\033[K", end="", file=sys.stderr)
    return out


def _arms(pose: Pose, eyes: Eyes, image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return x, y of somebody's elbows and wrists where a close look finds them too, px."""
    ends = [R_ELBOW, R_WRIST, L_ELBOW, L_WRIST]
    close = closely(eyes, image, own_region(box_of(pose)), SURE)
    if close is None:
        return pose.joints[:0, :2]
    off = np.linalg.norm(close.joints[ends, :2] - pose.joints[ends, :2], axis=1)
    agreed = off < NEAR * (body_size(pose.joints) or 1.0)
    return pose.joints[np.array(ends)[agreed], :2]


def _wrong(seen: Pose, pose: Pose, others: list[Known]) -> tuple[int, int, int]:
    """Return whether a neighbour's body was taken, how many wrists lie on their arms, of how many."""
    if not seen.seen.any() or not others:
        return 0, 0, 0
    body = min(apart(other, seen) for other, _ in others) < apart(pose, seen)
    size = body_size(pose.joints) or 1.0
    arms = np.concatenate([arms for _, arms in others])
    own = pose.joints[[R_WRIST, L_WRIST], :2]
    on = of = 0
    for joint in (R_WRIST, L_WRIST):
        if not seen.seen[joint] or not np.isfinite(own).all():
            continue
        of += 1
        at = seen.joints[joint, :2]
        theirs = np.linalg.norm(arms - at, axis=1).min(initial=np.inf)
        ours = np.linalg.norm(own - at, axis=1).min()
        on += bool(theirs < NEAR * size < ours)
    return int(body), on, of
