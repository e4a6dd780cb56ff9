from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.types import Choreography, Frame
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.quiz.clips import MOST_SEEN_PX, PackShelf, VideoShelf, title_of
from kpopdance.realtime.quiz.rules import CLIP_S, LADDER
from kpopdance.realtime.shell.songs import Songs
from tests import dances


def tone(path, start_s, seconds):
    """A part of twenty seconds, each sample its second."""
    whole = np.repeat(np.arange(20, dtype=np.float32), 100)[:, None].repeat(2, axis=1)
    return whole[round(start_s * 100) : round((start_s + seconds) * 100)], 100


@pytest.fixture
def library(tmp_path):
    """A solo with colours, a trio whose second leads, and a damaged pack."""
    audio = tmp_path / "a.ogg"
    audio.write_bytes(b"never decoded here")
    solo = SongPack(
        "Solo", "N", 120.0, (dances.song(3, moves=12),), audio, colours=((1, 2, 255),)
    )
    trio = tuple(dances.song(seed, moves=12) for seed in (4, 5, 6))
    folder = tmp_path / "songs"
    save_pack(solo, folder / "solo")
    save_pack(
        dataclasses.replace(solo, title="셋", members=trio, lead=1, colours=()), folder / "trio"
    )
    (folder / "broken").mkdir()
    (folder / "broken" / "song.toml").write_text("format = 1")
    return folder


def test_a_library_is_read_and_damage_is_named(library):
    shelf = PackShelf(Songs((library,)), tone)
    assert {entry.slug: entry.title for entry in shelf.entries} == {
        "solo": "Solo",
        "trio": "셋",
    }
    assert len(shelf.problems) == 1
    assert "broken" in shelf.problems[0]
    hints = {entry.slug: entry.hints for entry in shelf.entries}
    assert hints["solo"] == ("points", "bones", "music", "colours")
    assert hints["trio"] == ("points", "bones", "formation", "music")
    assert PackShelf(Songs((library / "nowhere",)), tone).entries == ()


def test_a_clip_is_the_lead_and_on_demand_everybody(library):
    shelf = PackShelf(Songs((library,)), tone)
    song = load_pack(library / "trio")
    clip = shelf.clip("trio", 3.0)
    assert clip.length_s == pytest.approx(CLIP_S)
    for at_s in (0.0, 1.0, 7.9):
        row = round((3.0 + at_s) * song.members[1].fps)
        assert_array_equal(clip.joints(at_s, everybody=False)[0], song.members[1].joints[row])
        everybody = clip.joints(at_s, everybody=True)
        assert len(everybody) == 3
        assert_array_equal(everybody[1], song.members[0].joints[row])
        assert_array_equal(everybody[2], song.members[2].joints[row])
    assert_array_equal(
        clip.joints(CLIP_S + 1.0, everybody=False), clip.joints(1.0, everybody=False)
    )
    assert clip.picture(0.0) is None


def test_the_frame_of_a_clip_holds_all_its_poses(library):
    clip = PackShelf(Songs((library,)), tone).clip("trio", 3.0)
    for everybody in (False, True):
        left, top, right, bottom = clip.stature(everybody=everybody)
        for at_s in np.arange(0, CLIP_S, 0.1):
            xy = clip.joints(at_s, everybody=everybody)[..., :2]
            assert (np.nanmin(xy[..., 0]), np.nanmin(xy[..., 1])) >= (left, top)
            assert np.nanmax(xy[..., 0]) <= right
            assert np.nanmax(xy[..., 1]) <= bottom


def test_a_moment_without_the_dancer_is_not_asked_for(tmp_path):
    dance = dances.song(3, moves=20)
    joints = dance.joints.copy()
    joints[: round(8 * dance.fps)] = (np.nan, np.nan, 0)
    audio = tmp_path / "a.ogg"
    audio.write_bytes(b"x")
    late = Choreography(joints, dance.fps)
    save_pack(SongPack("Late", "N", 120.0, (late,), audio), tmp_path / "songs" / "late")
    clip = PackShelf(Songs((tmp_path / "songs",)), tone).clip("late", 1.0)
    seen = [
        (clip.joints(at_s, everybody=False)[0, :, 2] > 0).any() for at_s in np.arange(0, 8, 0.5)
    ]
    assert np.mean(seen) >= 0.5


def frames(count=40, fps=4.0, size=(8, 12)):
    for k in range(count):
        yield Frame(np.full((*size, 3), (k, 0, 255), np.uint8), k / fps, k)


def videos(folder, names):
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(b"")
    return folder


def damaged(path):
    if "bad" in path.name:
        raise DanceError(f"{path}: is damaged; mask it again")
    return 10.0


def test_a_folder_of_masked_videos_is_asked_for(tmp_path):
    folder = videos(
        tmp_path / "clips", ["Hype_Boy.mp4", "네온  스텝.GIF", "bad.mp4", "notes.txt"]
    )
    shelf = VideoShelf(folder, lambda path: frames(), damaged)
    assert {entry.title for entry in shelf.entries} == {"Hype Boy", "네온 스텝"}
    assert shelf.problems == (f"{folder / 'bad.mp4'}: is damaged; mask it again",)
    assert {entry.hints for entry in shelf.entries} == {LADDER[1:2]}
    clip = shelf.clip("Hype_Boy.mp4", 1.0)
    assert clip.length_s == pytest.approx(CLIP_S)
    assert clip.picture(0.0)[0, 0].tolist() == [255, 0, 4]  # RGB, from second 1 on
    assert clip.picture(0.26)[0, 0].tolist() == [255, 0, 5]
    assert_array_equal(clip.picture(CLIP_S + 0.26), clip.picture(0.26))
    assert clip.joints(0.0, everybody=True) is None
    assert clip.stature(everybody=False) == (0, 0, 12, 8)


def test_large_videos_are_made_small(tmp_path):
    folder = videos(tmp_path / "clips", ["a.mp4"])
    shelf = VideoShelf(folder, lambda path: frames(4, size=(1080, 1920)), damaged)
    clip = shelf.clip("a.mp4", 0.0)
    assert max(clip.picture(0.0).shape) <= MOST_SEEN_PX
    assert clip.length_s == 1.0


def test_a_video_that_ends_too_early_and_a_missing_folder_are_told(tmp_path):
    folder = videos(tmp_path / "clips", ["a.mp4"])
    shelf = VideoShelf(folder, lambda path: frames(4), damaged)
    with pytest.raises(DanceError, match=r"a\.mp4: has no pictures at 5 s"):
        shelf.clip("a.mp4", 5.0)
    with pytest.raises(DanceError, match="no such folder of clips"):
        VideoShelf(tmp_path / "gone", lambda path: frames(), damaged)


def test_titles_are_read_off_file_names(tmp_path):
    assert title_of(tmp_path / "DDU-DU_DDU-DU.v2.mp4") == "DDU-DU DDU-DU.v2"


def test_a_shelf_knows_sound_and_colours(library):
    shelf = PackShelf(Songs((library,)), tone)
    samples, rate = shelf.music("solo", 4.0, 2.0)
    assert (rate, samples.shape) == (100, (200, 2))
    assert (samples[0, 0], samples[-1, 0]) == (4.0, 5.0)
    assert (shelf.colours("solo"), shelf.colours("trio")) == (((1, 2, 255),), ())
    shelf.packs["solo"] = dataclasses.replace(shelf.packs["solo"], audio=None)
    assert shelf.music("solo", 4.0, 2.0) is None
