"""Choreographies in little room: what lies on the grid comes back to the bit."""

import numpy as np
import pytest

from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.library import choreography_file
from kpopdance.realtime.library.choreography_file import extent_of, read_choreography, steps_of
from kpopdance.realtime.library.pack_writer import save_choreography


def dance(seed=1, members=3, rows=90, grid=choreography_file.GRID):
    rng = np.random.default_rng(seed)
    places = 0.5 + np.cumsum(rng.normal(0, 0.01, (members, rows, 18, 2)), axis=1)
    joints = np.ones((members, rows, 18, 3), np.float32)
    joints[..., :2] = np.round(places * grid) / grid
    return joints


def unsure(joints):
    joints[1, 40, 4, 2] = 0.5
    return joints


def unseen(joints):
    joints[1, 40, 4] = (np.nan, np.nan, 0)
    return joints


def far_off(joints):
    joints[0, 1::2, 0, 0] = 17.0
    return joints


@pytest.mark.parametrize(
    ("joints", "small"),
    [(dance(), True), (dance(2, 1, 2), True), (dance(grid=3000.0), False),
     (unsure(dance()), False), (unseen(dance()), False), (far_off(dance()), False)],
)  # fmt: skip
def test_what_is_written_comes_back_to_the_bit(tmp_path, joints, small):
    path = tmp_path / "choreography.npz"
    save_choreography(path, tuple(Choreography(one.copy(), 30.0, 0.5) for one in joints))
    with np.load(path) as held:
        assert ("steps" in held) == small
    members, formation = read_choreography(path)
    np.testing.assert_array_equal(np.stack([one.joints for one in members]), joints)
    assert formation is None
    assert extent_of(path) == (len(joints), 0.5, 0.5 + (joints.shape[1] - 1) / 30)


def test_steps_that_would_unpack_to_too_much_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "choreography.npz"
    np.savez_compressed(path, steps=steps_of(dance()), fps=30.0)
    monkeypatch.setattr(choreography_file, "MAX_ARRAY_BYTES", dance().nbytes)
    assert len(read_choreography(path)[0]) == 3
    monkeypatch.setattr(choreography_file, "MAX_ARRAY_BYTES", dance().nbytes - 1)
    with pytest.raises(choreography_file.SongPackError, match="unpacks to more"):
        read_choreography(path)
