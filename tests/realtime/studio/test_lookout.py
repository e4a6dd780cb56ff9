"""Pass one: everybody is seen from the moment they come in; what was seen is kept, and gone on with."""

from __future__ import annotations

import dataclasses
from dataclasses import fields

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kpopdance.realtime.pose.sightings import Sightings
from kpopdance.realtime.studio.kept_looks import EVERY_S, KeptLooks, looks_of
from kpopdance.realtime.studio.lookout import look_at, people_at_first
from tests.fakes import FakeClock
from tests.realtime.studio.test_recording import Film, person

ROWS = 34


def a_film():
    """One dances; a second comes at picture 9, is hidden for four, a third goes at 12."""
    return Film([
        [person(60, row)]
        + [person(150, row + 9)] * (row >= 9 and not 20 <= row < 24)
        + [person(250, row + 20)] * (row < 12)
        for row in range(ROWS)
    ])  # fmt: skip


@pytest.fixture(scope="module")
def whole():
    film = a_film()
    return look_at(film, film.eyes)


def same(one, other):
    for field in fields(Sightings):
        assert_array_equal(
            getattr(one, field.name), getattr(other, field.name), err_msg=field.name
        )


def test_who_comes_in_is_seen_from_the_first_picture_on(whole):
    count = np.bincount(whole.rows, minlength=ROWS)
    assert_array_equal(count, [len(people) for people in a_film().scenes])
    assert whole.traced.sum() > 3
    assert 2 < whole.whole.sum() < 12


class Stopped(Exception):
    """The work is broken off."""


@pytest.mark.parametrize("rows", [7, pytest.param(24, marks=pytest.mark.long)])
def test_what_was_broken_off_goes_on_to_the_same(rows, whole, tmp_path):
    clock = FakeClock()
    film, count = a_film(), 0

    def stop(_frame):
        nonlocal count
        count += 1
        clock.at_s += EVERY_S / 5
        if count == rows:
            raise Stopped

    with pytest.raises(Stopped):
        look_at(film, film.eyes, kept=KeptLooks(tmp_path / "film", clock.now), progress=stop)
    looked = len(film.eyes.everybody.asked)
    film, again = a_film(), KeptLooks(tmp_path / "film", clock.now)
    kept = again.so_far()
    same(look_at(film, film.eyes, kept=again), whole)
    if rows > 17:
        assert len(kept.at_s) > rows - 17  # half a second, and the picture that stopped it
        assert len(film.eyes.everybody.asked) < looked + (ROWS - rows) * 5
    same(look_at(film, film.eyes, kept=KeptLooks(tmp_path / "film", clock.now)), whole)
    again.remove()
    assert not (tmp_path / "film").exists()


@pytest.mark.parametrize("spoil", [
    lambda path: path.write_bytes(b"PK"), lambda path: path.unlink(),
    lambda path: path.write_bytes(path.read_bytes()[:-300]),
    lambda path: np.savez(path, at_s=np.zeros(3)),
])  # fmt: skip
def test_a_damaged_piece_and_what_comes_after_it_is_forgotten(spoil, whole, tmp_path):
    kept = KeptLooks(tmp_path, FakeClock().now)
    for _ in range(3):
        kept.add(whole)
        whole = dataclasses.replace(whole, at_s=whole.at_s + 10)
    assert len(KeptLooks(tmp_path, FakeClock().now).so_far().at_s) == 3 * ROWS
    spoil(tmp_path / "000001.npz")
    assert len(KeptLooks(tmp_path, FakeClock().now).so_far().at_s) == ROWS


def test_a_film_is_known_by_its_content_and_who_looks(tmp_path):
    for name, content in {"a": b"one", "b": b"one", "c": b"other"}.items():
        (tmp_path / name).write_bytes(content)
    told = [
        looks_of(tmp_path / name, eyes, tmp_path / "cache", FakeClock().now).folder
        for name, eyes in [("a", "x"), ("b", "x"), ("c", "x"), ("a", "y")]
    ]
    assert told[0] == told[1]
    assert len(set(told)) == 3


def test_where_nothing_can_be_kept_nothing_else_is_lost(whole, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    kept = KeptLooks(tmp_path / "file" / "film", FakeClock().now)
    assert kept.add(whole) is whole
    assert kept.so_far() is None


def test_how_many_dance_is_guessed_by_the_beginning():
    film = a_film()
    assert people_at_first(film, film.eyes) == 2
