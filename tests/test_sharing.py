"""A song given to others and taken from others, as typed."""

from __future__ import annotations

import dataclasses
import json
import shutil

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.__main__ import main
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import Film, SongPack
from tests import dances
from tests.realtime.studio.test_rhythm import RATE, music

LENGTH_S = 14
SOUND = music(21, LENGTH_S)


@pytest.fixture(scope="module")
def friend(tmp_path_factory):
    """A friend's folder: a song, its sound, another song's."""
    folder = tmp_path_factory.mktemp("friend")
    write_audio(folder / "friend.ogg", SOUND, RATE)
    write_audio(folder / "other.wav", music(8, 12), RATE)
    dance = Choreography(dances.song(3, moves=5).joints, 30.0, 0.5)
    song = SongPack("우리의 춤", "Artist", 118.0, (dance,), folder / "friend.ogg", offset_s=0.1)
    save_pack(song, folder / "friends" / "dance")
    return folder


@pytest.fixture(autouse=True)
def given(friend, tmp_path, monkeypatch):
    """A friend's song in a folder to work in; nobody's library."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("XDG_MUSIC_DIR", str(tmp_path / "music"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(friend, tmp_path, dirs_exist_ok=True)
    return load_pack(tmp_path / "friends" / "dance")


def typed(capsys, *words):
    code = main(list(words))
    told = capsys.readouterr()
    return code, told.out, told.err


def test_there_and_back_with_ones_own_sound(given, tmp_path, capsys):
    assert typed(capsys, "export", "friends/dance")[0] == 0
    (tmp_path / "music").mkdir()
    write_audio(tmp_path / "music" / "mine.ogg", np.concatenate([music(5, 3), SOUND]), RATE)
    code, out, _ = typed(capsys, "import", "dance.kpopdance", "--json")
    assert code == 0
    told = json.loads(out)
    got = load_pack(tmp_path / "XDG_DATA_HOME" / "kpopdance" / "songs" / "우리의-춤")
    assert (told["folder"], told["title"]) == (str(got.folder), "우리의 춤")
    assert_allclose(told["shift_s"], 3.0, atol=0.01)
    assert got.audio.read_bytes() == (tmp_path / "music" / "mine.ogg").read_bytes()
    assert_array_equal(got.members[0].joints, given.members[0].joints)
    assert_allclose(got.members[0].start_s, 3.5, atol=0.01)
    assert_allclose(got.offset_s, 3.1, atol=0.01)


def test_with_its_sound_it_is_the_same_song(given, tmp_path, capsys):
    assert (
        typed(capsys, "export", "friends/dance", "--with-sound", "--out", "x.kpopdance")[0] == 0
    )
    assert typed(capsys, "import", "x.kpopdance", "--out", "mine")[0] == 0
    got = load_pack(tmp_path / "mine")
    assert got.audio.read_bytes() == given.audio.read_bytes()
    assert_array_equal(got.members[0].joints, given.members[0].joints)
    assert (got.members[0].start_s, got.offset_s) == (0.5, 0.1)


@pytest.mark.parametrize(("kind", "count"), [("openpose", None), ("csv", 1), ("bvh", 1)])
def test_the_dance_goes_out_for_other_programs(kind, count, given, tmp_path, capsys):
    code, out, _ = typed(capsys, "export", "friends/dance", "--as", kind, "--json")
    files = json.loads(out)["files"]
    assert code == 0
    assert len(files) == (count or len(given.members[0].joints))
    assert sorted(files) == sorted(
        f"dance-{kind}/{path.name}" for path in (tmp_path / f"dance-{kind}").iterdir()
    )


def test_a_folder_of_openposes_json_becomes_a_song(given, tmp_path, capsys):
    assert typed(capsys, "export", "friends/dance", "--as", "openpose")[0] == 0
    words = (
        "record",
        "dance-openpose",
        "--audio",
        "friend.ogg",
        "--title",
        "Dance",
        "--out",
        "mine",
    )
    assert typed(capsys, *words)[0] == 0
    got, was = load_pack(tmp_path / "mine").members[0], given.members[0]
    seen = (got.joints[..., 2] > 0) & (was.joints[: len(got.joints), :, 2] > 0)
    assert seen.mean() > 0.9
    scale = got.joints[seen][:, 1].max() / was.joints[: len(got.joints)][seen][:, 1].max()
    off = got.joints[seen][:, :2] - scale * was.joints[: len(got.joints)][seen][:, :2]
    assert np.median(np.linalg.norm(off, axis=1)) < 0.01


@pytest.mark.parametrize(("line", "words"), [
    ("record friends --audio friend.ogg", "0 of OpenPose's files"),
    ("record friends", "--audio FILE"),
    ("record friends --audio friend.ogg --fps 1000", "--fps 1000"),
    ("export nothing", "there is no song"),
    ("export friends/dance --as csv --with-sound", "only a pack holds sound"),
    ("export friends/dance --as bvh --with-video", "only a pack holds video"),
    ("export friends/dance --with-video", "has no video"),
    ("export friends/dance --out friends", "friends"),
    ("export friends/dance --as csv --out friend.ogg", "friend.ogg"),
    ("export friends/dance --as fbx", "invalid choice"),
    ("import nothing.kpopdance", "nothing.kpopdance"),
    ("import friends", "friends"),
    ("import friend.ogg", "no shared song"),
    ("import given.kpopdance", "--audio FILE"),
    ("import given.kpopdance --audio nothing.mp3", "nothing.mp3"),
    ("import given.kpopdance --audio given.kpopdance", "given.kpopdance"),
    ("import given.kpopdance --audio other.wav", "is another recording"),
    ("import given.kpopdance --audio friends/other", "nothing in"),
    ("import given.kpopdance --audio friend.ogg --out friends/dance", "exists already"),
    ("import given.kpopdance --audio friend.ogg --out friends", "no song pack"),
])  # fmt: skip
def test_bad_input_is_one_sentence_and_leaves_nothing(line, words, given, tmp_path, capsys):
    assert typed(capsys, "export", "friends/dance", "--out", "given.kpopdance")[0] == 0
    (tmp_path / "friends" / "other").mkdir()
    before = held(tmp_path)
    code, out, told = typed(capsys, *line.split())
    assert (code, out) == (2, "")
    assert told.startswith("kpopdance: ")
    assert told.count("\n") == 1
    assert words in told
    assert held(tmp_path) == before


def held(folder):
    """All files and folders, and what is in them; but the game's own."""
    return {
        path: path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*") if "XDG" not in str(path)
    }  # fmt: skip


def test_songs_says_what_it_does_not_know_and_what_is_gone(given, tmp_path, capsys, caplog):
    film = Film(tmp_path / "gone.mp4", 0.0, linked=True)
    other = dataclasses.replace(given, film=film, creator="나", year=2024, other={"led": 1})
    save_pack(other, tmp_path / "second" / "other")
    words = ("--library", "friends", "--library", "second", "--library", "third")
    code, out, err = typed(capsys, "songs", *words, "--json")
    assert code == 0
    rows = {row["slug"]: row for row in json.loads(out)["songs"]}
    assert {"dance", "other", "neon-steps"} <= set(rows)
    row = rows["other"]
    assert (row["creator"], row["year"], row["unknown"], row["video"]) == (
        "나", 2024, ["led"], str(film.path),
    )  # fmt: skip
    assert rows["dance"]["unknown"] == []
    assert err.count("third: the library is not there") == 1
    assert err.count("gone.mp4: the video of other is not there") == 1
    assert caplog.text.count("'led' (did you mean 'lead'?)") == 1
