"""GIFs read back: delays, length, colours."""

from __future__ import annotations

import av
import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.skeleton_colours import JOINT_COLOURS
from kpopdance.realtime.devices.gif_writer import GifWriter
from kpopdance.realtime.devices.overlay import skeleton_picture
from kpopdance.realtime.devices.video_file import VideoError
from tests.realtime.studio.test_masking import body


def write(path, images, at_s, ends_s, samples=()):
    writer = GifWriter(path)
    writer.expect(at_s, ends_s, JOINT_COLOURS, samples)
    for image, second in zip(images, at_s, strict=True):
        writer.add(image, second)
    writer.finish(ends_s)
    writer.close()


def read(path):
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [
        (round(float(f.time) * 100), round(float(f.duration * f.time_base) * 100),
         f.to_ndarray(format="bgr24")) for f in frames
    ]  # fmt: skip


def skeletons(count):
    return [skeleton_picture(body(100 + 5 * k, 90)[None], (240, 230)) for k in range(count)]


def test_thirty_a_second_do_not_drift(tmp_path):
    at_s = [k / 30 for k in range(100)]
    write(tmp_path / "a.gif", skeletons(100), at_s, 100 / 30)
    found = read(tmp_path / "a.gif")
    assert [begin for begin, _, _ in found] == [round(100 * k / 30) for k in range(100)]
    assert found[-1][0] + found[-1][1] == 333
    assert list(tmp_path.iterdir()) == [tmp_path / "a.gif"]


def test_too_hasty_pictures_are_left_out_and_the_last_may_stay(tmp_path):
    at_s = [0.0, 0.004, 0.011, 0.02, 0.031, 0.5]
    write(tmp_path / "a.gif", skeletons(6), at_s, 2.5)
    assert [(a, b) for a, b, _ in read(tmp_path / "a.gif")] == [(0, 2), (2, 48), (50, 200)]


def test_colours_on_black_are_exact_and_edges_near(tmp_path):
    images = skeletons(5)
    write(tmp_path / "a.gif", images, [k / 10 for k in range(5)], 0.5)
    for image, (_, _, found) in zip(images, read(tmp_path / "a.gif"), strict=True):
        assert (found[image.max(axis=2) == 0] == 0).all()
        full = np.isin(image, (0, 85, 170, 255)).all(axis=2) & (image.max(axis=2) == 255)
        assert (found[full] == image[full]).all(axis=1).mean() > 0.98
        assert np.abs(found.astype(int) - image).max() < 128  # where two colours blend
        assert np.abs(found.astype(int) - image).mean() < 0.5
    assert (tmp_path / "a.gif").stat().st_size < 20_000


def test_over_a_picture_the_drawn_colours_stay_sharp(tmp_path):
    y, x = np.mgrid[0:96, 0:160]
    picture = np.dstack([x, y * 2, 255 - x]).astype(np.uint8)
    drawn = picture.copy()
    for k, colour in enumerate(JOINT_COLOURS):
        drawn[10:30, 8 * k : 8 * k + 8] = colour[::-1]
    write(
        tmp_path / "a.gif", [drawn, picture], [0.0, 0.1], 0.2, samples=[picture[::2, ::2]] * 2
    )
    first, second = (image for _, _, image in read(tmp_path / "a.gif"))
    for k, colour in enumerate(JOINT_COLOURS):
        assert first[20, 8 * k + 4, ::-1].tolist() == list(colour)
    assert np.abs(second.astype(int) - picture).mean() < 10


def test_what_to_expect_must_be_told(tmp_path):
    writer = GifWriter(tmp_path / "a.gif")
    with pytest.raises(ValueError, match="expect"):
        writer.add(np.zeros((8, 8, 3), np.uint8), 0.0)
    writer.close()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to(tmp_path):
    with pytest.raises(VideoError, match="cannot be written"):
        GifWriter(tmp_path / "none" / "a.gif")


def test_a_still_film_keeps_its_length(tmp_path):
    image = skeletons(1)[0]
    write(tmp_path / "a.gif", [image] * 10, [k / 5 for k in range(10)], 2.0)
    found = read(tmp_path / "a.gif")
    assert found[-1][0] + found[-1][1] == 200
    assert_allclose(found[-1][2], image, atol=128)
