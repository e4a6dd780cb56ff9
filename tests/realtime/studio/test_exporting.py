"""What other programs read, read again: the joints lie where the song has them."""

from __future__ import annotations

import csv
import io
import json
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core import body
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.studio.exporting import BVH_CM, C3D_MM, PICTURE_PX, files_as
from tests import dances

ROWS = 20


@pytest.fixture
def song():
    """Two dancers; one hides a wrist at first, an ankle always, and is away for a row."""
    joints = np.stack([dances.song(k, moves=1).joints[:ROWS] for k in range(2)])
    joints[1, :6, body.R_WRIST] = joints[1, :, body.L_ANKLE] = joints[1, 9] = (
        np.nan,
        np.nan,
        0,
    )
    members = tuple(Choreography(one, 30.0, 0.5) for one in joints)
    return SongPack("Title", "Artist", 120.0, members, None)


def test_openpose_has_a_file_a_row_in_px(song):
    files = dict(files_as("openpose", song))
    assert list(files) == [f"{song.slug}_{row:012d}_keypoints.json" for row in range(ROWS)]
    for row, content in enumerate(files.values()):
        people = json.loads(content)["people"]
        assert len(people) == (1 if row == 9 else 2)
        for member, person in zip(song.members, people, strict=False):
            got = np.reshape(person["pose_keypoints_2d"], (18, 3))
            want = np.nan_to_num(member.joints[row] * (PICTURE_PX, PICTURE_PX, 1))
            assert_allclose(got, want, atol=1e-3)


def test_csv_has_a_line_for_each_joint_seen(song):
    [(name, content)] = files_as("csv", song)
    assert name.endswith(".csv")
    lines = list(csv.DictReader(io.StringIO(content)))
    seen = sum(int((member.joints[..., 2] > 0).sum()) for member in song.members)
    assert len(lines) == seen
    for line in lines:
        row = round((float(line["song_s"]) - 0.5) * 30)
        joint = body.JOINTS.index(line["joint"])
        want = song.members[int(line["member"]) - 1].joints[row, joint]
        assert_allclose([float(line[key]) for key in ("x", "y", "confidence")], want, atol=1e-3)


def placed(content):
    """Where a BVH file's joints are, cm (T, joint's name): read as programs do, from the root down."""
    head, motion = content.split("MOTION\n")
    stack, parents, names = [], [], []
    for line in head.split("\n"):
        words = line.split()
        if words[:1] in (["ROOT"], ["JOINT"], ["End"]):
            current = None if words[0] == "End" else words[1]
            if current is not None:
                parents.append(next((one for one in reversed(stack) if one), None))
                names.append(current)
        elif words == ["{"]:
            stack.append(current)
        elif words == ["}"]:
            stack.pop()
        elif words[:1] == ["CHANNELS"]:
            assert words[1:] == ["3", "Xposition", "Yposition", "Zposition"]
    count, rate, *rows = motion.strip().split("\n")
    away = np.array([row.split() for row in rows], float).reshape(len(rows), -1, 3)
    assert count == f"Frames: {len(rows)}"
    assert_allclose(float(rate.removeprefix("Frame Time: ")), 1 / 30, atol=1e-6)
    at = {}
    for number, (name, parent) in enumerate(zip(names, parents, strict=True)):
        at[name] = away[:, number] + (at[parent] if parent else 0)
    assert stack == []
    return at


def test_bvh_has_a_file_a_member_that_places_every_joint(song):
    files = list(files_as("bvh", song))
    assert len(files) == 2
    for (_, content), member in zip(files, song.members, strict=True):
        at = placed(content)
        assert sorted(at) == sorted(name.replace(" ", "_") for name in body.JOINTS)
        for joint, name in enumerate(body.JOINTS):
            seen = member.joints[:, joint, 2] > 0
            want = member.joints[seen, joint, :2] * (BVH_CM, -BVH_CM)
            got = at[name.replace(" ", "_")]
            assert_allclose(got[seen, :2], want, atol=2e-3)
            assert np.isfinite(got).all()


def test_a_hidden_joint_stays_where_it_was_last_seen(song):
    wrist = placed(list(files_as("bvh", song))[1][1])["right_wrist"]
    assert_allclose(wrist[:6], wrist[[6] * 6], atol=2e-3)  # or will be first
    assert_allclose(wrist[9], wrist[8], atol=2e-3)


@pytest.mark.filterwarnings("ignore:No analog data")
def test_c3d_has_a_marker_for_each_joint(song):
    c3d = pytest.importorskip("c3d")
    files = dict(files_as("c3d", song))
    assert list(files) == [f"{song.slug}-{number}.c3d" for number in (1, 2)]
    for member, content in zip(song.members, files.values(), strict=True):
        reader = c3d.Reader(io.BytesIO(content))
        assert [label.strip() for label in reader.point_labels] == [
            name.replace(" ", "_") for name in body.JOINTS
        ]
        assert reader.point_rate == 30.0
        rows = np.stack([points for _, points, _ in reader.read_frames()])
        seen = member.joints[..., 2] > 0
        assert_allclose((rows[..., 3] >= 0), seen)
        assert_allclose(rows[..., 0][seen] / C3D_MM, member.joints[..., 0][seen], atol=1e-4)
        assert_allclose(1 - rows[..., 2][seen] / C3D_MM, member.joints[..., 1][seen], atol=1e-4)


def test_without_the_package_c3d_is_refused_in_a_sentence(song, monkeypatch):
    monkeypatch.setitem(sys.modules, "c3d", None)
    with pytest.raises(DanceError, match=r"pip install 'kpopdance\[c3d\]'"):
        list(files_as("c3d", song))
