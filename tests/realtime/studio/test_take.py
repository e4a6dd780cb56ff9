"""A film that was looked at: kept as a file, and what songs are made of."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.pose.panels import Split
from kpopdance.realtime.studio.recording import RecordingError
from kpopdance.realtime.studio.take import Take, load_take, save_take
from tests import dances

ROWS = 40


def a_take(**other):
    """Two dancers and somebody at the edge, of a film of 20 pictures a second."""
    joints = np.stack([dances.song(k, moves=1).joints[:ROWS] for k in range(3)])
    joints[..., :2] *= 360
    joints[1, 10:20] = (np.nan, np.nan, 0)
    there = np.ones((3, ROWS), bool)
    there[1, :4] = False
    floor = np.zeros((3, ROWS, 2), np.float32)
    floor[:, :, 0] = np.arange(3)[:, None] + np.arange(ROWS) / 10
    floor[1, 10:20] = np.nan
    take = Take(
        np.arange(ROWS) / 20, (640, 360), joints, there, floor,
        ("member", "small", "member"), (7, 30), 2,
        (Split(7, 30, ((0.0, 0.0, 320.0, 360.0), (320.0, 0.0, 640.0, 360.0))),),
    )  # fmt: skip
    return dataclasses.replace(take, **other)


def test_what_is_kept_is_read_back(tmp_path):
    take = a_take()
    save_take(tmp_path / "take.npz", take)
    again = load_take(tmp_path / "take.npz")
    for name in ("at_s", "joints", "there", "floor"):
        assert_array_equal(getattr(again, name), getattr(take, name))
    for name in ("size", "reasons", "cuts", "lead", "members", "splits"):
        assert getattr(again, name) == getattr(take, name)
    assert [path.name for path in tmp_path.iterdir()] == ["take.npz"]


def test_what_was_kept_before_split_screens_were_told_is_read(tmp_path):
    save_take(tmp_path / "take.npz", a_take())
    with np.load(tmp_path / "take.npz") as kept:
        arrays = {name: kept[name] for name in kept if name != "splits"}
    np.savez(tmp_path / "take.npz", **arrays)
    assert load_take(tmp_path / "take.npz").splits == ()


def test_members_and_their_places_share_their_rows():
    take = a_take(reasons=("member", "member", "small"), lead=1)
    dances, formation = take.choreographies(2.5), take.formation()
    assert [(one.start_s, len(one.joints)) for one in dances] == [(2.5, 59)] * 2
    assert formation.floor.shape == (2, 59, 2)
    assert_allclose(formation.floor[0, :, 0], np.arange(59) / 15, atol=1e-5)
    assert_array_equal(np.flatnonzero(~formation.there[1]), np.arange(6))
    unknown = np.isnan(formation.floor[1, :, 0])
    assert_array_equal(np.flatnonzero(unknown), np.arange(14, 30))
    assert_allclose(dances[0].joints[30], take.joints[0, 20] / (360, 360, 1), atol=0.02)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"at_s": np.zeros(ROWS)}, "do not rise"),
        ({"at_s": np.arange(ROWS + 1.0)}, "of a take are"),
        ({"joints": np.zeros((3, ROWS, 18, 3))}, "of a take are float32"),
        ({"floor": np.full((3, ROWS, 2), np.inf, np.float32)}, "stands nowhere"),
        ({"joints": np.full((3, ROWS, 18, 3), np.nan, np.float32)}, "NaN"),
        ({"reasons": np.array([0, 99, 1])}, "index out of range"),
        ({"lead": np.array(1)}, "lead of a take is a member"),
        ({"splits": np.zeros(5)}, "reshape"),
        ({"size": np.array([640])}, "not enough values"),
        ({"there": None}, "lacks 'there'"),
        (b"PK\x03\x04 no take", "damaged"),
        (None, "cannot be read"),
    ],
    ids=str,
)
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path, other, told):
    path = tmp_path / "take.npz"
    if isinstance(other, bytes):
        path.write_bytes(other)
    elif other is not None:
        save_take(path, a_take())
        with np.load(path) as kept:
            arrays = {**kept, **other}
        np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(RecordingError, match=told) as refused:
        load_take(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_take_that_cannot_be_is_none():
    with pytest.raises(ValueError, match="lead"):
        a_take(reasons=("small", "small", "member"), lead=0)
    with pytest.raises(ValueError, match="there of a take"):
        a_take(there=np.ones((2, ROWS), bool))
