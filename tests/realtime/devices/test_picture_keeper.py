"""Pictures kept while somebody dances: at their true seconds, never waited for, gone with a word."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines.files import part_of
from kpopdance.realtime.devices.film_in_order import FilmInOrder
from kpopdance.realtime.devices.picture_keeper import (
    WAITING,
    PictureKeeper,
    packed,
    size_kept,
)
from kpopdance.realtime.devices.video_file import VideoError, VideoFile
from tests.coded_film import coded_picture, number_in
from tests.waiting import until

SIZE = (160, 90)


def kept(path, times, *, cores=1000):
    """Keep a numbered picture at each time, none of them hurried."""
    keeper = PictureKeeper(path, cores)
    for number, at_s in enumerate(times):
        keeper.put(coded_picture(number, SIZE), 100.0 + number, at_s)
        until(lambda: not keeper._waiting)
    return keeper


def test_each_picture_is_found_again_at_its_own_second(tmp_path):
    rng = np.random.default_rng(2)
    times = 0.25 + np.cumsum(rng.uniform(0.02, 0.4, 40))
    told = kept(tmp_path / "k.mkv", times).finish()
    assert (told.pictures, told.left_out) == (40, 0)
    assert (told.path.stat().st_mode & 0o077) == 0
    with VideoFile(told.path) as video:
        frames = list(video.frames())
        assert video.begins_s == pytest.approx(times[0], abs=6e-4)
    assert_allclose([f.captured_s for f in frames], times - times[0], atol=1.1e-3)
    assert [number_in(f.image) for f in frames] == list(range(40))


def test_a_film_in_order_shows_what_is_due_forwards_and_back(tmp_path):
    times = np.array([0.0, 0.1, 0.5, 0.52, 1.0, 3.0])
    film = FilmInOrder(kept(tmp_path / "k.mkv", times).finish().path)
    for second, number in (
        (-1, 0), (0.05, 0), (0.1, 1), (0.49, 1), (0.9, 3), (9.0, 5), (0.51, 2), (0.0, 0), (1.2, 4),
    ):  # fmt: skip
        assert number_in(film.at(second).image) == number
    assert film.size == SIZE
    film.close()


def test_who_has_no_time_leaves_pictures_out_and_never_waits(tmp_path):
    keeper = PictureKeeper(tmp_path / "k.mkv", cores=0.0001)
    for number in range(60):
        keeper.put(coded_picture(number, SIZE), number / 30, number / 30)
    told = keeper.finish()
    assert 1 <= told.pictures <= WAITING + 1
    assert told.pictures + told.left_out == 60


def test_what_goes_back_in_time_is_left_out(tmp_path):
    told = kept(tmp_path / "k.mkv", [1.0, 2.0, 1.5, 2.0, 2.1]).finish()
    assert told.pictures == 3


def test_who_keeps_nothing_leaves_no_file(tmp_path):
    kept(tmp_path / "k.mkv", [1.0, 2.0]).close()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(VideoError, match="cannot be written"):
        PictureKeeper(part_of(tmp_path / "none" / "k.mkv"))


@pytest.mark.parametrize(
    ("size", "small"),
    [((1280, 720), (1280, 720)), ((1920, 1080), (1280, 720)), ((641, 481), (640, 480)),
     ((1080, 1920), (720, 1280))],
)  # fmt: skip
def test_large_pictures_are_kept_smaller(tmp_path, size, small):
    import cv2

    keeper = PictureKeeper(tmp_path / "k.mkv", 1000)
    keeper.put(np.zeros((size[1], size[0], 3), np.uint8), 0.0, 0.0)
    assert keeper.finish().scale == pytest.approx(small[1] / size[1])

    assert size_kept(*size) == small
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    assert cv2.imdecode(np.frombuffer(packed(picture), np.uint8), 1).shape[1::-1] == small
