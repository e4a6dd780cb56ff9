"""OpenPose's folders, written by the test: who is who, in whichever order and body they are told."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines.anatomy import BODY_25
from kpopdance.realtime.core import body
from kpopdance.realtime.studio.keypoint_folder import take_of_folder
from kpopdance.realtime.studio.recording import RecordingError
from tests import dances
from tests.quick import but_quick

FPS = 30.0
ROWS = 90


def people(count=3):
    """Dances float64 (count, ROWS, 18, 3) px, side by side from the left; the middle one is largest."""
    out = []
    for k in range(count):
        joints = dances.song(k, moves=4).joints[:ROWS].astype(np.float64)
        size = 400 if k == 1 else 300
        joints[..., :2] *= size
        joints[..., 0] += 600 * k  # nobody behind another's arm
        joints[..., 2] = 0.9
        out.append(joints)
    return np.stack(out)


def as_told(joints, kind):
    if kind == "COCO-18":
        return joints.ravel().tolist()
    told = np.zeros((25, 3))
    if (
        kind == "BODY_25B"
    ):  # OpenPose's newest body, which has neither neck nor middle of the hips
        told[:17] = joints[[0, 15, 14, 17, 16, 5, 2, 6, 3, 7, 4, 11, 8, 12, 9, 13, 10]]
    else:
        told[list(BODY_25.ours)] = joints
        told[8] = (joints[body.R_HIP] + joints[body.L_HIP]) / 2
    return told.ravel().tolist()


def written(folder, who, kind="COCO-18", rows=range(ROWS), seed=0):
    """Write the files as OpenPose does: people in any order, hidden joints 0, 0, 0."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(seed)
    for row in rows:
        there = [who[k, row] for k in rng.permutation(len(who))]
        told = [{"person_id": [-1], "pose_keypoints_2d": as_told(one, kind)} for one in there]
        path = folder / f"video_{row:012d}_keypoints.json"
        path.write_text(json.dumps({"version": 1.3, "people": told}), encoding="utf-8")
    return folder


def recordings_of(*told, **wishes):
    take = take_of_folder(*told, **wishes)
    return [take.recording(person) for person in take.members]


ASKED = [
    (kind, dancers, found)
    for dancers, found in (((), [0, 1, 2]), ((1, 3), [0, 2]), ((2,), [1]))
    for kind in ("COCO-18", "BODY_25")
]


@pytest.mark.parametrize(("kind", "dancers", "found"), but_quick(ASKED, ASKED[::3]))
def test_each_is_followed_through_any_order(kind, dancers, found, tmp_path):
    who = people()
    who[0, 10:14, body.R_WRIST] = 0
    recordings = recordings_of(written(tmp_path / "json", who, kind), FPS, dancers=dancers)
    assert len(recordings) == len(found)
    for recording, k in zip(recordings, found, strict=True):
        assert_allclose(recording.at_s, np.arange(ROWS) / FPS)
        seen = who[k, ..., 2] > 0
        assert ((recording.joints[..., 2] > 0) == seen).all()
        assert_allclose(recording.joints[seen][:, :2], who[k][seen][:, :2], atol=1e-3)
        assert np.nanmax(recording.choreography().joints[..., 1]) <= 1.0 + 1e-6


def test_a_picture_that_is_missing_takes_its_time(tmp_path):
    rows = [row for row in range(ROWS) if row not in (30, 31, 32)]
    [recording] = recordings_of(written(tmp_path / "json", people(1), rows=rows), 15.0)
    assert_allclose(recording.at_s, np.array(rows) / 15.0)


def test_who_stands_elsewhere_at_the_start_is_counted_by_that(tmp_path):
    """Two cross: the one from the left stays dancer 1."""
    who = people(2)
    way = np.linspace(0, 1, ROWS)
    who[0, :, :, 0] += 900 * way[:, None]
    who[1, :, :, 1] += (
        40  # nearer to the camera, so that they can be told apart where they meet
    )
    first, second = recordings_of(written(tmp_path / "json", who), FPS, dancers=(1, 2))
    assert_allclose(first.joints[-1, :, 0], who[0, -1, :, 0], atol=1e-3)
    assert_allclose(second.joints[-1, :, 0], who[1, -1, :, 0], atol=1e-3)


def spoilt(content):
    def write(folder):
        sorted(folder.iterdir())[5].write_bytes(content)

    return write


PERSON = {"people": [{"pose_keypoints_2d": [1.0] * 54}]}


def numbers(flat):
    return spoilt(json.dumps({"people": [{"pose_keypoints_2d": flat}]}).encode())


@pytest.mark.parametrize("spoil", [
    spoilt(b""), spoilt(b"[]"), spoilt(b'{"people": 3}'), spoilt(b'{"people": [1]}'),
    spoilt(b"[" * 90_000), spoilt(b" " * (1 << 20) + b"{}"), spoilt(b"\xff\xfe"),
    numbers([1.0] * 51), numbers(["1"] * 54), numbers([1e9] * 54), numbers([float("nan")] * 54),
    numbers([True] * 54), spoilt(json.dumps({"people": [{}] * 100}).encode()),
    lambda folder: (folder / "other_000000000003_keypoints.json").write_text(json.dumps(PERSON)),
    lambda folder: [path.unlink() for path in sorted(folder.iterdir())[1:]],
    lambda folder: [path.unlink() for path in folder.iterdir()],
    lambda folder: [path.write_text('{"people": []}') for path in folder.iterdir()],
])  # fmt: skip
def test_what_openpose_never_wrote_is_refused_in_a_sentence(spoil, tmp_path):
    folder = written(tmp_path / "json", people(1))
    spoil(folder)
    with pytest.raises(RecordingError) as refused:
        recordings_of(folder, FPS)
    assert str(refused.value).startswith(str(folder))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("kind", "dancers", "words"), [
    ("BODY_25B", (), "another order"), ("COCO-18", (4,), "3 people"),
])  # fmt: skip
def test_what_cannot_be_followed_is_told(kind, dancers, words, tmp_path):
    with pytest.raises(RecordingError, match=words):
        recordings_of(written(tmp_path / "json", people(), kind), FPS, dancers=dancers)
