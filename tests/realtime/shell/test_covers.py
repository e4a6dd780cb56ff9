"""Covers come beside the window; what cannot be read is not tried again and again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.devices.video_file import LONGEST_SIDE_PX, VideoError, small_picture
from kpopdance.realtime.shell.covers import KEPT, Covers
from tests.waiting import until


def come(covers, path):
    until(
        lambda: covers.of(path) is not None or (covers._working.done() and not covers._wanted)
    )
    return covers.of(path)


def test_a_cover_comes_once_and_stays_the_same():
    read = []
    covers = Covers(lambda path: read.append(path) or np.zeros((9, 9, 3), np.uint8))
    one = Path("a.png")
    cover = come(covers, one)
    assert cover is not None
    assert covers.of(one) is cover
    assert read == [one]
    for number in range(KEPT + 8):
        come(covers, Path(f"{number}.png"))
    assert len(covers._known) == KEPT


@pytest.mark.parametrize("why", [DanceError("no picture"), OSError("gone")])
def test_what_cannot_be_read_is_not_shown_and_not_tried_again(why):
    read = []

    def refuse(path):
        read.append(path)
        raise why

    covers = Covers(refuse)
    for _ in range(3):
        assert come(covers, Path("a.png")) is None
    assert len(read) == 1


def test_without_a_reader_or_a_cover_there_is_none():
    assert Covers(None).of(Path("a.png")) is None
    assert Covers(lambda path: pytest.fail("read")).of(None) is None


def test_a_picture_is_read_small_and_a_huge_one_refused(tmp_path):
    pil = pytest.importorskip("PIL.Image")
    pil.new("RGB", (900, 600), (200, 10, 30)).save(tmp_path / "a.jpg")
    picture = small_picture(tmp_path / "a.jpg", 200)
    assert picture.shape == (200, 300, 3)
    assert abs(int(picture[100, 150, 2]) - 200) < 6
    pil.new("RGB", (LONGEST_SIDE_PX + 1, 3)).save(tmp_path / "long.png")
    with pytest.raises(VideoError, match="save it smaller"):
        small_picture(tmp_path / "long.png", 200)
