"""Pictures looked at ahead: in order, bounded, none twice, whatever goes wrong beside."""

from __future__ import annotations

import threading
import tracemalloc
from contextlib import closing

import numpy as np
import pytest

from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.studio.ahead import READ_AHEAD, STANDS_S, glancing, looked_at

FPS = 30
PATIENCE_S = 10


def frame(index, mark=None, at_s=None):
    image = np.zeros((64, 48, 3), np.uint8)
    image[5, 7] = index if mark is None else mark  # in a row that is not compared first
    return Frame(image, index / FPS if at_s is None else at_s, index)


class Film:
    """Frames that are counted as they are read, and by whom."""

    def __init__(self, frames, broken=None):
        self.frames, self.broken, self.read, self.readers = frames, broken, 0, set()

    def __iter__(self):
        for each in self.frames:
            self.read += 1
            self.readers.add(threading.get_ident())
            yield each
        if self.broken is not None:
            raise self.broken


@pytest.mark.parametrize("count", [0, 1, 2, 3, 20])
@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_frames_come_in_order_with_what_is_seen_in_them(at_once, count):
    film = Film([frame(k) for k in range(count)])
    seen = list(looked_at(film, lambda one: one.index**2, at_once))
    assert [(one.index, what) for one, what in seen] == [(k, k * k) for k in range(count)]
    assert threading.get_ident() not in film.readers


def test_several_are_looked_at_at_once_and_who_is_done_first_does_not_matter():
    done = [threading.Event() for _ in range(9)]

    def look(one):  # of three, the last is done first
        k = one.index
        if k % 3 < 2:
            assert done[k + 1].wait(PATIENCE_S)
        done[k].set()
        return k

    assert [what for _, what in looked_at(Film([frame(k) for k in range(9)]), look, 3)] == [
        *range(9)
    ]


@pytest.mark.parametrize("at_once", [1, 3])
def test_no_more_is_read_than_is_soon_needed(at_once):
    film = Film([frame(k) for k in range(100)])
    with closing(looked_at(film, lambda one: one.index, at_once)) as looked:
        for count, _ in enumerate(looked, 1):
            assert film.read <= count + READ_AHEAD + at_once
            if count == 50:
                break
    read = film.read
    assert read < 60
    assert not [one for one in threading.enumerate() if one.name.startswith(("reads", "looks"))]
    assert film.read == read


@pytest.mark.parametrize("at_once", [1, 3])
@pytest.mark.parametrize(
    ("marks", "seen"),
    [
        ([1, 2, 2, 2, 3, 3, 1], [0, 1, 1, 1, 4, 4, 6]),
        ([5] * 12, [0] * 8 + [8] * 4),  # STANDS_S later again
        ([5, 6] * 3, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_picture_that_stands_is_looked_at_once(marks, seen, at_once):
    frames = [frame(k, mark) for k, mark in enumerate(marks)]
    assert [what for _, what in looked_at(frames, lambda one: one.index, at_once)] == seen
    assert 7 / FPS < STANDS_S < 8 / FPS


def test_pictures_of_another_size_are_another_picture():
    frames = [Frame(np.zeros((h, 48, 3), np.uint8), h / 1000, h) for h in (64, 64, 96)]
    assert [what for _, what in looked_at(frames, lambda one: one.image.shape[0])] == [
        64,
        64,
        96,
    ]


@pytest.mark.parametrize("at_once", [1, 3])
def test_what_goes_wrong_in_the_film_is_raised_when_all_before_was_looked_at(at_once):
    film, seen = Film([frame(k) for k in range(7)], OSError("the disk is gone")), []
    with pytest.raises(OSError, match="the disk is gone"):
        seen.extend(what for _, what in looked_at(film, lambda one: one.index, at_once))
    assert seen == [*range(7 - at_once + 1)]


@pytest.mark.parametrize("at_once", [1, 3])
@pytest.mark.parametrize("error", [ValueError("blind"), KeyboardInterrupt()])
def test_what_goes_wrong_in_a_look_is_raised_in_its_turn(at_once, error):
    def look(one):
        if one.index == 4:
            raise error
        return one.index

    seen = []
    film = Film([frame(k) for k in range(50)])
    with pytest.raises(type(error)), closing(looked_at(film, look, at_once)) as looked:
        seen.extend(what for _, what in looked)
    assert film.read < 15
    assert not [one for one in threading.enumerate() if one.name.startswith(("reads", "looks"))]


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_glances_come_in_the_dancers_order(at_once):
    with glancing(at_once) as together:
        assert list(together(lambda k: k * k, range(8))) == [k * k for k in range(8)]


def peak_mb(path, minutes, at_once):
    """What looking at a film of so many minutes takes at most, beside what was there."""
    writer = VideoWriter(path, 5.0)
    for index in range(round(minutes * 60 * 5)):
        writer.add(np.full((120, 160, 3), index % 251, np.uint8), index / 5)
    writer.finish()
    writer.close()
    tracemalloc.start()
    try:
        with (
            VideoFile(path) as video,
            closing(looked_at(video.frames(), id, at_once)) as looked,
        ):
            assert sum(1 for _ in looked) == minutes * 60 * 5
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("at_once", [pytest.param(1, marks=pytest.mark.long), 3])
def test_a_longer_film_takes_no_more_memory(tmp_path, at_once):
    peak_mb(tmp_path / "warm.mp4", 0.2, at_once)
    short, long = (peak_mb(tmp_path / f"{n}.mp4", n, at_once) for n in (0.5, 2))
    assert long < short + 1  # 450 pictures more are 26 MB
