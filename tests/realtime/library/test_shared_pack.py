"""A song as one file: what goes in comes out to the last bit, and nothing else comes in."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import stat
import zipfile

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.shared_pack import (
    AUDIO,
    MANIFEST,
    MOST,
    ONSETS,
    SharedPackError,
    shared_bytes,
    unpack,
)
from kpopdance.realtime.library.songpack import CHOREOGRAPHY, TOML, SongPack
from tests.realtime.library.test_songpack import a_formation, members

ONSET_STRENGTH = np.random.default_rng(4).exponential(2.0, (7, 900)).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    sound = tmp_path / "music.mp3"
    sound.write_bytes(b"ID3 no music")
    song = SongPack(
        "너의 춤", "Artist", 121.5, members(3), sound, licence="CC0", offset_s=0.25, preview_s=9.0,
        lead=2, sections=(("verse", 0.0), ("chorus", 4.5)), mirrored=True, colours=((1, 2, 3),),
        names=("민지", "B", "C"), formation=a_formation(len(members(1)[0].joints), 3),
    )  # fmt: skip
    save_pack(song, tmp_path / "library" / "song")
    return tmp_path / "library" / "song"


@pytest.fixture
def into(tmp_path):
    (tmp_path / "into").mkdir()
    return tmp_path / "into"


def shared(tmp_path, content):
    path = tmp_path / "given.kpopdance"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("with_audio", [False, True])
def test_all_of_it_comes_out(folder, into, tmp_path, with_audio):
    path = shared(tmp_path, shared_bytes(folder, ONSET_STRENGTH, with_audio=with_audio))
    got, was = unpack(path, into), load_pack(folder)
    for name in ("title", "artist", "bpm", "language", "licence", "offset_s", "preview_s", "lead",
                 "sections", "mirrored", "colours", "names"):  # fmt: skip
        assert getattr(got.song, name) == getattr(was, name)
    for one, other in zip(got.song.members, was.members, strict=True):
        assert (one.fps, one.start_s) == (other.fps, other.start_s)
        assert_array_equal(one.joints, other.joints)
    assert_array_equal(got.song.formation.floor, was.formation.floor)
    assert_array_equal(got.song.formation.there, was.formation.there)
    assert_allclose(got.onsets, ONSET_STRENGTH, atol=0.15)  # 256 steps of 0..20, finer below
    assert [path.suffix for path in into.iterdir() if path.stem == AUDIO] == [
        ".mp3"
    ] * with_audio
    assert (got.song.audio is not None) == with_audio
    if with_audio:
        assert got.song.audio.read_bytes() == was.audio.read_bytes()


def test_the_same_song_is_the_same_file(folder):
    assert shared_bytes(folder, ONSET_STRENGTH) == shared_bytes(folder, ONSET_STRENGTH)


def manifest_of(files, **other):
    told = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    }
    return json.dumps({"format": 1, "files": told} | other).encode()


def repacked(folder, change=None, *, manifest=None, after=None, how=zipfile.ZIP_DEFLATED):
    """The pack as a hostile hand would write it: contents, manifest or zip changed, digests right."""
    with zipfile.ZipFile(io.BytesIO(shared_bytes(folder, ONSET_STRENGTH))) as packed:
        files = {name: packed.read(name) for name in packed.namelist() if name != MANIFEST}
    if change is not None:
        change(files)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", how) as packed:
        packed.writestr(MANIFEST, manifest_of(files) if manifest is None else manifest(files))
        for name, content in files.items():
            packed.writestr(name, content)
        if after is not None:
            after(packed)
    return written.getvalue()


def npz(**arrays):
    written = io.BytesIO()
    np.savez_compressed(written, **arrays)
    return written.getvalue()


def put(name, content):
    return lambda files: files.__setitem__(name, content)


def linked(packed):
    entry = zipfile.ZipInfo("onsets.link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed.writestr(entry, "/etc/passwd")


def words(old, new):
    return lambda files: files.__setitem__(TOML, files[TOML].replace(old, new))


class Harm:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


JOINTS = np.zeros((1, 40, 18, 3), np.float32)
HOSTILE = {
    "a path upwards": lambda f: repacked(f, put("../../evil.toml", b"x")),
    "an absolute path": lambda f: repacked(f, put("/tmp/evil", b"x")),
    "a drive": lambda f: repacked(f, put("C:\\evil.exe", b"x")),
    "a folder": lambda f: repacked(f, put("songs/", b"")),
    "a program beside": lambda f: repacked(f, put("start.py", b"print()")),
    "a link": lambda f: repacked(f, after=linked),
    "two files of one name": lambda f: repacked(f, after=lambda p: p.writestr(TOML, b"")),
    "a hundred files": lambda f: repacked(
        f, lambda files: files.update({f"{k}.txt": b"" for k in range(100)})
    ),
    "a bomb": lambda f: repacked(f, put(ONSETS, bytes(MOST[ONSETS] + 1))),
    "a bomb in an array": lambda f: repacked(f, put(ONSETS, npz(
        strength=np.zeros((7, 20_000_000), np.uint8), peak=np.ones((7, 1), np.float32)))),
    "a pickle": lambda f: repacked(f, put(CHOREOGRAPHY, npz(
        joints=np.array([Harm()], object), fps=30.0, start_s=0.0))),
    "only a pickle": lambda f: repacked(f, put(CHOREOGRAPHY, pickle.dumps(Harm()))),
    "joints of another shape": lambda f: repacked(f, put(CHOREOGRAPHY, npz(
        joints=JOINTS[..., :2], fps=30.0, start_s=0.0))),
    "nobody in it": lambda f: repacked(f, put(CHOREOGRAPHY, npz(
        joints=JOINTS, fps=30.0, start_s=0.0))),
    "onsets of another kind": lambda f: repacked(f, put(ONSETS, npz(
        strength=np.zeros((7, 9)), peak=np.ones((7, 1), np.float32)))),
    "onsets without a peak": lambda f: repacked(f, put(ONSETS, npz(
        strength=np.zeros((7, 9), np.uint8)))),
    "onsets that are no numbers": lambda f: repacked(f, put(ONSETS, npz(
        strength=np.zeros((7, 9), np.uint8), peak=np.full((7, 1), np.nan, np.float32)))),
    "a tempo of 9000": lambda f: repacked(f, words(b"bpm = 121.5", b"bpm = 9000")),
    "a lead who is not there": lambda f: repacked(f, words(b"lead = 2", b"lead = 7")),
    "no TOML": lambda f: repacked(f, put(TOML, b"\xff\xfe\x00")),
    "no song.toml": lambda f: repacked(f, lambda files: files.pop(TOML)),
    "another digest": lambda f: repacked(
        f, manifest=lambda files: manifest_of(files | {TOML: b"something else"})),
    "a file that it does not tell of": lambda f: repacked(
        f, manifest=lambda files: manifest_of({TOML: files[TOML]})),
    "a path for an ending": lambda f: repacked(
        f, put(AUDIO, b"x"), manifest=lambda files: manifest_of(files, audio_suffix="/../../x")),
    "a newer format": lambda f: repacked(f, manifest=lambda files: b'{"format": 2}'),
    "a format in words": lambda f: repacked(
        f, manifest=lambda files: manifest_of(files, format="one")),
    "no manifest": lambda f: repacked(f, manifest=lambda files: b""),
    "a list": lambda f: repacked(f, manifest=lambda files: b"[1]"),
    "nested a million times": lambda f: repacked(f, manifest=lambda files: b"[" * 60_000),
    "packed strangely": lambda f: repacked(f, how=zipfile.ZIP_LZMA)[:-30],
    "half of it": lambda f: shared_bytes(f, ONSET_STRENGTH)[:9000],
    "a byte changed": lambda f: changed(shared_bytes(f, ONSET_STRENGTH)),
    "nothing": lambda f: b"",
    "another file": lambda f: b"ID3" + bytes(5000),
    "a replay": lambda f: npz(at_s=np.zeros(3)),
}  # fmt: skip


def changed(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_song_is_refused_in_a_sentence(kind, folder, into, tmp_path):
    path = shared(tmp_path, HOSTILE[kind](folder))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SharedPackError) as refused:
        unpack(path, into)
    told = str(refused.value)
    assert told.startswith(f"{path}: ")
    assert "\n" not in told
    assert str(into) not in told
    strange = set(tmp_path.rglob("*")) - set(before)
    assert {one.name for one in strange} <= {TOML, CHOREOGRAPHY, ONSETS}
    assert all(one.parent == into for one in strange)
