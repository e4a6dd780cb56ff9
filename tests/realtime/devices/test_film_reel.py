"""A film looked at anywhere: the picture that is shown at a second, however one gets there."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.devices.film_reel import FilmReel, _Reader
from kpopdance.realtime.devices.media_file import MediaError
from kpopdance.realtime.devices.video_writer import VideoWriter
from tests.waiting import until

FPS, COUNT = 25.0, 300


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Twelve seconds whose pictures grow brighter: 0.8 steps a picture."""
    path = tmp_path_factory.mktemp("reel") / "film.mp4"
    writer = VideoWriter(path, FPS)
    for index in range(COUNT):
        writer.add(np.full((90, 160, 3), 8 + round(index * 0.8), np.uint8), index / FPS)
    writer.finish()
    return path


def number_of(still):
    """Which picture it is, by its light."""
    return (float(still.image.mean()) - 8) / 0.8


@pytest.mark.parametrize("seconds", [
    [0, 1, 2, 3], [11.9, 0, 6, 5.96, 5.92, 5.88, 5], [3, 3, 3.01, 2.99], [99, -1], [0.04, 11.0, 0.04],
])  # fmt: skip
def test_the_picture_of_a_moment_is_the_one_that_is_shown_then(film, seconds):
    reader = _Reader(film)
    for at_s in seconds:
        still = reader.at(at_s, lambda: True)
        wanted = min(max(int(np.floor(at_s * FPS + 1e-6)), 0), COUNT - 1)
        assert still.captured_s == pytest.approx(wanted / FPS, abs=1e-3), at_s
        assert abs(number_of(still) - wanted) < 4
    reader.close()


def test_steps_back_are_not_decoded_again(film, monkeypatch):
    reader = _Reader(film)
    reader.at(8.0, lambda: True)
    wound = []
    monkeypatch.setattr(reader, "_wind", wound.append)
    for step in range(10):
        assert reader.at(8.0 - step / FPS, lambda: True).captured_s == pytest.approx(
            8.0 - step / FPS
        )
    assert wound == []
    reader.close()


def test_pictures_are_made_to_fit(film):
    reader = _Reader(film, 36)
    assert reader.at(0.0, lambda: True).image.shape == (36, 64, 3)
    reader.close()


def test_the_newest_wish_is_brought_beside_the_window(film):
    reel = FilmReel(film)
    for at_s in (1.0, 9.0, 4.0):
        reel.wish(at_s)
    until(lambda: reel.now is not None and abs(reel.now.captured_s - 4.0) <= 0.05)
    reel.close()
    until(lambda: not reel._thread.is_alive())


def test_what_is_no_film_is_told(tmp_path):
    (tmp_path / "film.mp4").write_bytes(b"nothing")
    with pytest.raises(MediaError, match=r"film\.mp4"):
        FilmReel(tmp_path / "film.mp4")
