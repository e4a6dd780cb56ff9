"""A video made small: its first picture at 0, upright, thirty a second, quick to begin anywhere."""

from __future__ import annotations

import shutil

import av
import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.devices.kept_film import FPS, keep_film
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.devices.video_writer import VideoWriter
from tests.coded_film import coded_picture, number_in, write_coded


def kept(source, target, side_px=90):
    with VideoFile(source, side_px=side_px) as video:
        keep_film(video, target, target.with_name("pieces"))
    with VideoFile(target) as video:
        return list(video.frames()), video.info


@pytest.mark.parametrize(
    ("fps", "size", "kept_size", "step"),
    [
        (30.0, (320, 180), (160, 90), 1),
        (60.0, (180, 320), (90, 160), 2),
        (50.0, (240, 180), (120, 90), 2),
        (24.0, (160, 90), (160, 90), 1),
        (29.97, (320, 182), (158, 90), 1),
        (120.0, (200, 100), (180, 90), 4),
    ],
)
def test_any_video_becomes_a_small_one_at_the_same_times(tmp_path, fps, size, kept_size, step):
    at_s = write_coded(tmp_path / "in.mp4", 72, fps, size)
    frames, info = kept(tmp_path / "in.mp4", tmp_path / "out.mp4")
    assert info.size == kept_size
    assert not info.has_audio
    assert [number_in(frame.image) for frame in frames] == list(range(0, 72, step))
    assert_allclose([frame.captured_s for frame in frames], at_s[::step], atol=1e-3)
    assert info.fps <= FPS + 0.1
    assert_allclose(info.length_s, 72 / fps, atol=2 / fps)


def test_pictures_at_odd_times_keep_them(tmp_path):
    at_s = np.cumsum([0, 0.01, 0.2, 0.04, 0.033, 1.5, 0.02, 0.3])
    writer = VideoWriter(tmp_path / "in.mp4", 30)
    for number, each in enumerate(at_s):
        writer.add(coded_picture(number, (160, 90)), float(each))
    writer.finish(3.0)
    frames, _ = kept(tmp_path / "in.mp4", tmp_path / "out.mp4")
    told = [number_in(frame.image) for frame in frames]
    assert told == [0, 2, 3, 4, 5, 7]
    assert_allclose([frame.captured_s for frame in frames], at_s[told], atol=1e-3)


def test_it_can_be_begun_every_half_second(tmp_path):
    write_coded(tmp_path / "in.mp4", 120, key_every=240)
    kept(tmp_path / "in.mp4", tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as film:
        keys = [
            float(p.pts * p.time_base) for p in film.demux(video=0) if p.size and p.is_keyframe
        ]
    assert_allclose(np.diff([*keys, 4.0]).max(), 0.5, atol=0.01)


class StoppedError(Exception):
    """What ends the work in the middle."""


@pytest.mark.parametrize("damaged", [pytest.param(False, marks=pytest.mark.long), True])
def test_whatever_ends_the_work_costs_one_piece(tmp_path, damaged):
    write_coded(tmp_path / "in.mp4", 12 * 60, 60.0, (64, 48), key_every=60)
    whole, _ = kept(tmp_path / "in.mp4", tmp_path / "whole.mp4")
    shutil.rmtree(tmp_path / "pieces")

    def until(stop_s):
        encoded = []

        def progress(frame):
            encoded.append(frame.captured_s)
            if frame.captured_s > stop_s:
                raise StoppedError

        with VideoFile(tmp_path / "in.mp4") as video:
            keep_film(video, tmp_path / "out.mp4", tmp_path / "pieces", progress)
        return encoded

    for stop_s in (7.0, 11.0):
        with pytest.raises(StoppedError):
            until(stop_s)
        assert not (tmp_path / "out.mp4").exists()
    if damaged:  # as by a disk, or a computer switched off
        (tmp_path / "pieces" / "000001.mp4").write_bytes(b"half of a piece")
    assert until(99)[0] == pytest.approx(5.0 if damaged else 10.0)
    assert (tmp_path / "out.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()
    assert [number_in(frame.image) for frame in whole] == list(range(0, 720, 2))


@pytest.mark.parametrize("at_s", [0.0, 0.2, 1.0, 2.51])
def test_reading_goes_on_from_any_second(tmp_path, at_s):
    path = tmp_path / "in.mkv"
    write_coded(path, 90, key_every=10)
    with VideoFile(path) as video:
        list(video.frames(end_s=1.0))
        video.seek(at_s)
        frames = list(video.frames())
    first = number_in(frames[0].image)
    assert first <= at_s * 30 + 0.01 < first + 10
    assert [number_in(frame.image) for frame in frames] == list(range(first, 90))
    assert_allclose(
        [frame.captured_s for frame in frames], np.arange(first, 90) / 30, atol=2e-3
    )
