"""A song without its sound finds its place in the player's own recording, whatever was done to it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.types import Choreography, Formation
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.studio.own_sound import (
    OwnSound,
    danced_to,
    find_sound,
    heard_in,
    sounds_in,
)
from kpopdance.realtime.studio.rhythm import onset_strength
from tests import dances
from tests.realtime.studio.test_rhythm import RATE, music, sounding

LENGTH_S = 40
SONG = music(11, LENGTH_S)
ONSETS = onset_strength(SONG, RATE)


def silence(seconds):
    return np.zeros((round(seconds * RATE), 2), np.float32)


def part(begin_s, end_s):
    return SONG[round(begin_s * RATE) : round(end_s * RATE)]


def noise(seconds):
    rng = np.random.default_rng(9)
    return rng.normal(0, 0.002, (round(seconds * RATE), 2)).astype(np.float32)


@pytest.mark.parametrize(("samples", "begins_s"), [
    pytest.param(SONG, 0.0, marks=pytest.mark.long),
    (np.concatenate([silence(3.7), SONG]), 3.7),
    (part(12, 40), -12.0),
    pytest.param(np.concatenate([music(5, 8), part(4, 30)]), 4.0, marks=pytest.mark.long),
    (0.1 * SONG + noise(LENGTH_S), 0.0),
    pytest.param(SONG[:, ::-1] * (0.9, 0.2), 0.0, marks=pytest.mark.long),
])  # fmt: skip
def test_it_is_heard_in_any_cut_and_loudness(samples, begins_s, tmp_path):
    path = tmp_path / "mine.ogg"
    write_audio(path, samples.astype(np.float32), RATE)
    own = heard_in(path, ONSETS)
    assert own is not None
    assert own.path == path
    assert_allclose(own.second_s, begins_s, atol=0.01)
    assert_allclose(own.length_s, len(samples) / RATE, atol=0.1)


def test_bars_that_are_all_the_same_are_the_same_recording(tmp_path):
    """The best place is hardly better than a bar later, and the correlation tells all the same."""
    loop = sounding(np.arange(0, 32, 0.5) + np.tile([0, 0.03, 0.11, 0.05], 16), 32)
    write_audio(tmp_path / "mine.wav", loop, RATE)
    assert_allclose(
        heard_in(tmp_path / "mine.wav", onset_strength(loop, RATE)).second_s, 0, atol=0.01
    )


@pytest.mark.parametrize("samples", [
    music(12, LENGTH_S),
    sounding(np.arange(0, LENGTH_S, 0.5), LENGTH_S),
    silence(20),
    part(0, 3),
])  # fmt: skip
def test_another_recording_is_told(samples, tmp_path):
    write_audio(tmp_path / "other.wav", samples, RATE)
    assert heard_in(tmp_path / "other.wav", ONSETS) is None


def test_a_folder_is_searched_the_likeliest_name_first(tmp_path):
    below = tmp_path / "album" / "cd 1"
    below.mkdir(parents=True)
    write_audio(below / "03 너의 춤.wav", SONG, RATE)
    write_audio(tmp_path / "a.wav", music(12, 20), RATE)
    (tmp_path / "b.mp3").write_bytes(b"no sound")
    (tmp_path / "notes.txt").write_text("너의 춤", encoding="utf-8")
    files, heard = sounds_in(tmp_path, "너의 춤"), []
    assert [path.name for path in files] == ["03 너의 춤.wav", "a.wav", "b.mp3"]
    assert find_sound(ONSETS, files, heard.append).path == files[0]
    assert heard == files[:1]
    assert find_sound(ONSETS, files[1:], heard.append) is None
    assert heard == files


@pytest.mark.parametrize(("second_s", "told"), [
    (2.0, (120.0, 2.2, ((12.0, 90.0),))),
    (-11.0, (90.0, -1.0, ())),
])  # fmt: skip
def test_changes_of_tempo_move_along(second_s, told, tmp_path):
    dance = Choreography(dances.song(1, moves=12).joints, 30.0)
    song = SongPack(
        "Title", "Artist", 120.0, (dance,), None, offset_s=0.2, tempo_changes=((10.0, 90.0),)
    )
    moved = danced_to(song, OwnSound(tmp_path / "mine.ogg", second_s, 60.0))
    assert (moved.bpm, moved.offset_s, moved.tempo_changes) == told


@pytest.mark.parametrize(("second_s", "length_s", "first", "last"), [
    (0.0, 60.0, 0, None),
    (2.5, 60.0, 0, None),
    (-2.25, 60.0, 53, None),  # 0.5 s - 2.25 s: rows up to -1.75 s are gone
    (0.0, 3.5, 0, 91),
    (-2.25, 2.0, 53, 113),
])  # fmt: skip
def test_what_is_danced_lies_within_the_sound(second_s, length_s, first, last, tmp_path):
    joints = dances.song(1, moves=3).joints
    floor = np.arange(2 * len(joints), dtype=np.float32).reshape(1, -1, 2)
    song = SongPack(
        "Title", "Artist", 120.0, (Choreography(joints, 30.0, 0.5),), None,
        formation=Formation(floor, floor[..., 0] > 150), offset_s=0.2,
        preview_s=1.0, sections=(("intro", 0.0), ("verse", 2.0), ("end", 5.0)),
    )  # fmt: skip
    moved = danced_to(song, OwnSound(tmp_path / "mine.ogg", second_s, length_s))
    dance = moved.members[0]
    assert_array_equal(dance.joints, joints[first:last])
    assert_array_equal(moved.formation.floor, floor[:, first:last])
    assert_array_equal(moved.formation.there, floor[:, first:last, 0] > 150)
    assert_allclose(dance.start_s, 0.5 + second_s + first / 30)
    assert dance.start_s >= 0
    assert dance.end_s <= length_s + 1e-6 or last is None
    assert_allclose(moved.offset_s, 0.2 + second_s)
    assert moved.preview_s == max(0.0, 1.0 + second_s)
    kept = [(name, at_s) for name, at_s in moved.sections if at_s > 0]
    assert kept == [(n, s + second_s) for n, s in song.sections if 0 < s + second_s < length_s]
    assert moved.audio == tmp_path / "mine.ogg"


@pytest.mark.parametrize("second_s", [-400.0, 900.0])
def test_a_first_beat_far_away_is_one_of_another_bar(second_s, tmp_path):
    song = SongPack("T", "A", 120.0, (Choreography(np.ones((9, 18, 3), np.float32), 30.0, 500.0),),
                    None, offset_s=0.25)  # fmt: skip
    offset_s = danced_to(song, OwnSound(tmp_path / "x", second_s, 2000.0)).offset_s
    assert -60 <= offset_s <= 600
    assert_allclose((offset_s - 0.25 - second_s) % 2.0, 0.0, atol=1e-6)
