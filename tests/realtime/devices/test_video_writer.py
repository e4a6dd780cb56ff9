"""Videos read back: every picture at its own time, the true length, true colours, nothing left."""

from __future__ import annotations

import av
import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.devices.video_file import VideoError, VideoFile
from kpopdance.realtime.devices.video_writer import VideoWriter

BLUE_AND_ORANGE = np.zeros((96, 160, 3), np.uint8)
BLUE_AND_ORANGE[:, :80] = (255, 0, 0)
BLUE_AND_ORANGE[:, 80:] = (0, 170, 255)


def write(path, times, ends_s=None):
    writer = VideoWriter(path, 30)
    for at_s in times:
        writer.add(BLUE_AND_ORANGE, at_s)
    writer.finish(ends_s)
    writer.close()
    return path


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_times_and_length_are_what_was_said(tmp_path, suffix):
    times = [0.0, 0.033, 0.1, 0.5, 0.511, 1.7]
    path = write(tmp_path / f"v{suffix}", times, 2.25)
    with VideoFile(path) as video:
        assert video.info.length_s == pytest.approx(2.25, abs=1e-3)
        assert_allclose([f.captured_s for f in video.frames()], times, atol=5e-5)
        assert video.ends_s == pytest.approx(2.25, abs=1e-3)
        assert video.warning == ""
    assert list(tmp_path.iterdir()) == [path]


def test_thirty_a_second_of_television_do_not_drift(tmp_path):
    times = [k * 1001 / 30000 for k in range(60)]
    with VideoFile(write(tmp_path / "v.mp4", times)) as video:
        assert_allclose([f.captured_s for f in video.frames()], times, atol=1e-9)


def test_it_is_h264_that_plays_everywhere_and_says_its_colours(tmp_path):
    path = write(tmp_path / "v.mp4", [0.0, 0.1])
    with av.open(str(path)) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt) == ("h264", "yuv420p")
        assert (codec.colorspace, codec.color_range) == (1, 1)
    with VideoFile(path) as video:
        image = next(video.frames()).image
    assert_allclose(image[48, 40], (255, 0, 0), atol=8)
    assert_allclose(image[48, 120], (0, 170, 255), atol=8)


def test_odd_edges_are_cut(tmp_path):
    writer = VideoWriter(tmp_path / "v.mp4", 30)
    writer.add(np.zeros((97, 161, 3), np.uint8), 0.0)
    writer.finish()
    with VideoFile(tmp_path / "v.mp4") as video:
        assert video.info.size == (160, 96)


def test_a_part_of_a_film(tmp_path):
    path = write(tmp_path / "v.mp4", [k / 10 for k in range(20)], 2.0)
    with VideoFile(path) as video:
        assert_allclose([f.captured_s for f in video.frames(0.5, 0.8)], [0.5, 0.6, 0.7])
        assert video.ends_s == pytest.approx(0.8)
        assert video.warning == ""


def test_what_is_not_finished_leaves_nothing(tmp_path):
    path = tmp_path / "v.mp4"
    path.write_bytes(b"before")
    writer = VideoWriter(path, 30)
    writer.add(BLUE_AND_ORANGE, 0.0)
    writer.close()
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "words"), [("v.webp", "no video's name"), ("none/v.mp4", "cannot be written")]
)
def test_a_wrong_place_is_told_at_once(tmp_path, name, words):
    with pytest.raises(VideoError, match=words):
        VideoWriter(tmp_path / name, 30)
    assert list(tmp_path.iterdir()) == []


def test_a_source_without_sound_is_said(tmp_path):
    silent = write(tmp_path / "s.mp4", [0.0, 0.1])
    writer = VideoWriter(tmp_path / "v.mp4", 30)
    assert writer.keep_sound(silent, 0.0) == "none"
    writer.add(BLUE_AND_ORANGE, 0.0)
    writer.finish()
