"""A film beside the music: the newest picture due, whatever is asked; who asks never waits."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from kpopdance.realtime.devices.moving_film import AHEAD, MovingFilm
from kpopdance.realtime.devices.video_file import VideoError
from tests.coded_film import number_in, write_coded
from tests.waiting import until

FPS = 30.0
COUNT = 360


@pytest.fixture(scope="module", params=[15, 240], ids=["keys often", "keys seldom"])
def path(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    write_coded(path, COUNT, FPS, key_every=request.param)
    return path


@pytest.fixture
def film(path):
    film = MovingFilm(path)
    yield film
    film.close()
    until(lambda: not any(each.name == "film" for each in threading.enumerate()))


def due_at(second):
    return min(max(int(second * FPS), 0), COUNT - 1)


def settled(film, second):
    """The number of the picture at a second, once all that is due is decoded; on as music goes on."""
    for on in np.arange(film._asked_s + 0.1037, second, 0.1037):
        settled(film, float(on))
    due = due_at(second)
    until(lambda: number_in(film.at(second).image) == due)
    return due, film.at(second).captured_s


def test_the_newest_due_picture_is_shown(film):
    assert film.size == (160, 90)
    for second in (-3.0, 0.0, 0.01, 0.04, 0.51, 0.54, 1.01, 1.36):
        number, at_s = settled(film, second)
        assert number == due_at(second)
        assert at_s == pytest.approx(number / FPS, abs=1e-4)


@pytest.mark.parametrize(
    "way",
    [
        (2.01, 1.21, 1.22, 1.31),
        (3.01, 0.01, 0.51),
        (9.51, 9.41, 9.31, 2.01),
        (12.91, 11.91, 11.01),
        (1.01, -2.0, 0.21),
    ],
)
def test_it_goes_back_with_the_music(film, way):
    for second in way:
        assert settled(film, second)[0] == due_at(second)


def test_it_is_decoded_a_little_ahead_and_no_more(film):
    settled(film, 1.01)
    until(lambda: len(film._ahead) == AHEAD)
    time.sleep(0.05)
    assert [number_in(frame.image) for frame in film._ahead] == [31 + k for k in range(AHEAD)]
    assert number_in(film.at(1.01 + AHEAD / FPS).image) == 30 + AHEAD


def test_who_asks_never_waits_for_a_film_that_is_late(film):
    decode, asked = film._video.frames, []

    def slow(**kwargs):
        for frame in decode(**kwargs):
            time.sleep(0.2)
            yield frame

    film._video.frames = slow
    film.at(5.0), film.at(0.0)  # both ways: it begins anew
    for k in range(40):
        began = time.thread_time()
        film.at(k / FPS)
        asked.append(time.thread_time() - began)
    assert max(asked) < 0.05


def test_it_goes_back_once_more_while_it_is_still_going_back(film):
    settled(film, 4.01)
    seek, going, go_on = film._video.seek, threading.Event(), threading.Event()

    def slowly(second):
        going.set()
        assert go_on.wait(60)
        seek(second)

    film._video.seek = slowly
    film.at(3.01)
    assert going.wait(60)
    film.at(1.01)
    go_on.set()
    assert settled(film, 1.01)[0] == due_at(1.01)


def test_who_falls_behind_takes_up_again_at_the_music(path):
    film = MovingFilm(path)
    film.close()
    asked_s = 6.0
    film._allowed_s = 0.5
    film._asked_s, film._closing = asked_s, False
    assert film._passed(5.7, 5.73)  # too late, but it may catch up
    assert film._video._stream.codec_context.skip_frame == "DEFAULT"
    assert not film._passed(
        1.0, 1.03
    )  # far too late: what comes now is a key picture, and shown
    assert film._video._stream.codec_context.skip_frame == "NONKEY"
    assert not film._passed(6.1, 6.13)
    film._asked_s = 99.0  # the music is longer than the film, whose last picture stands
    film._allowed_s = 99.0
    assert film._passed(11.0, 11.03)
    assert not film._passed(11.967, 12.0)
    assert film._video._stream.codec_context.skip_frame == "DEFAULT"


@pytest.mark.parametrize("content", [None, b"", b"no film at all" * 99])
def test_what_is_no_film_is_said(tmp_path, content):
    path = tmp_path / "film.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VideoError, match=r"film\.mp4"):
        MovingFilm(path)


def test_a_damaged_film_stands_where_it_ends(tmp_path):
    path = tmp_path / "film.mp4"
    write_coded(path, 90)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 4])
    film = MovingFilm(path)
    for second in (0.5, 1.0, 2.9, 0.2, 30.0):
        film.at(second)
        time.sleep(0.05)
    assert film.at(30.0).image.shape == (90, 160, 3)
    film.close()
