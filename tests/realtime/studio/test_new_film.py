"""A new song's film: made small in its pack, linked, or left out where it cannot be kept."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.devices.audio_file import Audio
from kpopdance.realtime.devices.kept_film import GROUP_SIDE_PX, SIDE_PX
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import Film, SongPack
from kpopdance.realtime.studio.new_song import write_song
from tests import dances
from tests.coded_film import number_in, write_coded

AUDIO = Audio(np.zeros((48_000, 2), np.float32), 48_000, 0.0, "")


def written(tmp_path, film, dancers=1, **how):
    one = Choreography(dances.song(1, moves=1).joints, 30.0, -0.2)
    song = SongPack("노래", "a", 120.0, (one,) * dancers, None, film=film)
    folder = tmp_path / "library" / "song"
    song = write_song(
        song, AUDIO, folder, sources=(film.path,), give_way=folder.exists(), **how
    )
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".part")]
    assert load_pack(folder).film == song.film
    return song


@pytest.mark.parametrize(("dancers", "side_px"), [(1, SIDE_PX), (3, GROUP_SIDE_PX)])
def test_a_video_is_kept_small_where_the_song_begins(tmp_path, dancers, side_px):
    at_s = write_coded(tmp_path / "in.mp4", 20, 25.0, (1600, 900))
    for _ in range(2):  # and again in its place
        song = written(tmp_path, Film(tmp_path / "in.mp4", -0.2), dancers)
        assert song.film == Film(song.folder / "video.mp4", -0.2)
        with VideoFile(song.film.path) as video:
            frames = list(video.frames())
        assert [number_in(frame.image) for frame in frames] == list(range(20))
        assert_allclose([frame.captured_s for frame in frames], at_s, atol=1e-3)
        assert min(frames[0].image.shape[:2]) == side_px
    assert len(list(song.folder.iterdir())) == 4


def test_whoever_goes_on_encodes_only_what_is_missing(tmp_path):
    write_coded(tmp_path / "in.mp4", 7 * 25, 25.0, (64, 48))
    encoded = []

    @contextmanager
    def watching(_video, stop_s=5.5):
        def progress(frame):
            encoded.append(frame.captured_s)
            if frame.captured_s > stop_s:
                raise KeyboardInterrupt

        yield progress

    film = Film(tmp_path / "in.mp4", 0.0)
    with pytest.raises(KeyboardInterrupt):
        written(tmp_path, film, watching=watching)
    before = len(encoded)
    song = written(tmp_path, film, watching=partial(watching, stop_s=99.0))
    assert encoded[before] == pytest.approx(5.0)
    with VideoFile(song.film.path) as video:
        assert len(list(video.frames())) == 7 * 25


def test_a_linked_video_is_not_read(tmp_path):
    film = Film(tmp_path / "nowhere.mp4", 0.0, linked=True)
    assert written(tmp_path, film).film == film


@pytest.mark.parametrize("content", [None, b"no film"])
def test_a_song_is_worth_keeping_without_its_video(tmp_path, caplog, content):
    if content is not None:
        (tmp_path / "in.mp4").write_bytes(content)
    assert written(tmp_path, Film(tmp_path / "in.mp4", 0.0)).film is None
    assert "the video is not kept in the pack" in caplog.text
    assert "in.mp4" in caplog.text
