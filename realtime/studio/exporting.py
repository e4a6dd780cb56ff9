"""A song's dance for other programs: OpenPose's JSON, CSV, BVH, C3D."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core import body
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.openpose_json import people_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Choreography
    from kpopdance.realtime.library.songpack import SongPack

PICTURE_PX: Final = 720
"""Height of the picture that joints are given in, px; a choreography is in picture heights."""
BVH_CM: Final = 100.0
"""Centimetres for a picture height: about what a dancer who fills most of it is tall."""
C3D_MM: Final = 1000.0
"""Millimetres for a picture height."""
COLUMNS: Final = ("song_s", "member", "joint", "x", "y", "confidence")
TREE: Final = {
    body.NECK: (body.NOSE, body.R_SHOULDER, body.L_SHOULDER, body.R_HIP, body.L_HIP),
    body.NOSE: (body.R_EYE, body.L_EYE),
    body.R_EYE: (body.R_EAR,),
    body.L_EYE: (body.L_EAR,),
    body.R_SHOULDER: (body.R_ELBOW,),
    body.R_ELBOW: (body.R_WRIST,),
    body.L_SHOULDER: (body.L_ELBOW,),
    body.L_ELBOW: (body.L_WRIST,),
    body.R_HIP: (body.R_KNEE,),
    body.R_KNEE: (body.R_ANKLE,),
    body.L_HIP: (body.L_KNEE,),
    body.L_KNEE: (body.L_ANKLE,),
}
"""Which joints hang on which, from the neck; OpenPose's skeleton."""


def files_as(kind: str, song: SongPack) -> Iterator[tuple[str, str | bytes]]:
    """Give the names and contents of the files that hold a song's dance.

    ``openpose``: one file for each row, as OpenPose writes them (format 1.3, COCO-18), in px of a
    picture 720 px high; ``csv``: one file, a line for each joint seen, in picture heights; ``bvh``: one
    file a member (Biovision's hierarchy, as motion capture programs read it), flat, in cm, each joint
    with its own place, hidden joints where they were last seen; ``c3d``: one file a member, markers in
    mm, x to the right and z up, hidden ones marked as such.

    Raises
    ------
    DanceError
        Where the package that writes C3D is not installed.
    """
    return _WRITERS[kind](song)


def _openpose(song: SongPack) -> Iterator[tuple[str, str]]:
    scale = np.array([PICTURE_PX, PICTURE_PX, 1], np.float32)
    for row in range(len(song.members[0].joints)):
        shown = [Pose(member.joints[row] * scale) for member in song.members]
        seen = [pose for pose in shown if (pose.joints[:, 2] > 0).any()]
        yield f"{song.slug}_{row:012d}_keypoints.json", json.dumps(people_json(seen))


def _csv(song: SongPack) -> Iterator[tuple[str, str]]:
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(COLUMNS)
    for number, member in enumerate(song.members, 1):
        for row, joints in enumerate(member.joints):
            at_s = f"{member.start_s + row / member.fps:.4f}"
            for joint in np.flatnonzero(joints[:, 2] > 0):
                x, y, sure = joints[joint].tolist()
                name = body.JOINTS[joint]
                lines.writerow([at_s, number, name, f"{x:.5f}", f"{y:.5f}", f"{sure:.3f}"])
    yield f"{song.slug}.csv", written.getvalue()


def _bvh(song: SongPack) -> Iterator[tuple[str, str]]:
    for number, member in enumerate(song.members, 1):
        yield f"{song.slug}-{number}.bvh", _bvh_of(member)


def _bvh_of(member: Choreography) -> str:
    places = _held(member.joints) * (BVH_CM, -BVH_CM)
    order: list[int] = []
    lines = ["HIERARCHY", *_hierarchy(body.NECK, None, places[0], order)]
    lines += [
        "MOTION",
        f"Frames: {len(places)}",
        f"Frame Time: {1 / member.fps:.8f}",
    ]
    parent = {child: joint for joint, children in TREE.items() for child in children}
    for row in places:
        away = [
            row[joint] - row[parent[joint]] if joint in parent else row[joint]
            for joint in order
        ]
        lines.append(" ".join(f"{x:.4f} {y:.4f} 0" for x, y in away))
    return "\n".join(lines) + "\n"


def _hierarchy(
    joint: int, parent: int | None, places: NDArray[np.float64], order: list[int], deep: int = 0
) -> Iterator[str]:
    """Give the lines of a joint and of all that hang on it; note the order of their numbers."""
    order.append(joint)
    indent, within = "\t" * deep, "\t" * (deep + 1)
    x, y = places[joint] - (places[parent] if parent is not None else places[joint])
    yield f"{indent}{'JOINT' if deep else 'ROOT'} {body.JOINTS[joint].replace(' ', '_')}"
    yield f"{indent}{{"
    yield f"{within}OFFSET {x:.4f} {y:.4f} 0"
    yield f"{within}CHANNELS 3 Xposition Yposition Zposition"
    for child in TREE.get(joint, ()):
        yield from _hierarchy(child, joint, places, order, deep + 1)
    if joint not in TREE:
        yield from (
            f"{within}End Site",
            f"{within}{{",
            f"{within}\tOFFSET 0 0 0",
            f"{within}}}",
        )
    yield f"{indent}}}"


def _held(joints: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return places (T, 18, 2), each hidden joint's where it was last seen, or will be first."""
    seen = joints[..., 2] > 0
    rows = np.arange(len(joints))[:, None]
    last = np.maximum.accumulate(np.where(seen, rows, -1), axis=0)
    first = np.argmax(seen, axis=0)
    index = np.where(last < 0, first, last)
    xy = np.take_along_axis(joints[..., :2], index[..., None], axis=0).astype(np.float64)
    never: NDArray[np.bool_] = np.logical_not(seen.any(axis=0))
    neck = xy[:, body.NECK] if not never[body.NECK] else np.zeros_like(xy[:, 0])
    xy[:, never] = neck[:, None]
    return xy


def _c3d(song: SongPack) -> Iterator[tuple[str, bytes]]:
    try:
        import c3d  # an extra
    except ImportError:
        raise DanceError(
            "C3D is written by the package c3d: pip install 'kpopdance[c3d]', then type this again"
        ) from None
    for number, member in enumerate(song.members, 1):
        writer = c3d.Writer(point_rate=member.fps)
        writer.set_point_labels([name.replace(" ", "_") for name in body.JOINTS])
        no_analog = np.zeros((0, 1))
        writer.add_frames([(row, no_analog) for row in _markers(member.joints)])
        written = io.BytesIO()
        writer.write(written)
        yield f"{song.slug}-{number}.c3d", written.getvalue()


def _markers(joints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return markers (T, 18, 5): x, y, z in mm, residual (-1: hidden), how many cameras saw it."""
    seen = joints[..., 2] > 0
    markers = np.zeros((*seen.shape, 5), np.float32)
    markers[..., 0] = np.where(seen, joints[..., 0] * C3D_MM, 0)
    markers[..., 2] = np.where(seen, (1 - joints[..., 1]) * C3D_MM, 0)
    markers[..., 3] = np.where(seen, 0, -1)
    return markers


_WRITERS: Final[dict[str, Callable[[SongPack], Iterator[tuple[str, str | bytes]]]]] = {
    "openpose": _openpose, "csv": _csv, "bvh": _bvh, "c3d": _c3d,
}  # fmt: skip
