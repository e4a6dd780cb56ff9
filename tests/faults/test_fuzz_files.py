"""Packs, replays, settings and facts that anybody may have made: read, or refused in one sentence."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpopdance.engines.errors import DanceError
from kpopdance.engines.gpu.sidecar import Sidecar, read_sidecar, sidecar_of
from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.core.types import Choreography, Pose
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.replay import (
    Replay,
    dance_key,
    judged_again,
    read_replay,
    save_replay,
)
from kpopdance.realtime.library.settings import Settings, read_settings
from kpopdance.realtime.library.shared_pack import shared_bytes, unpack
from kpopdance.realtime.library.songpack import Film, SongPack, SongPackError
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.pose.openpose_json import people_json
from kpopdance.realtime.scoring.report import report_of
from kpopdance.realtime.scoring.standard import standard_from_choreography
from tests import dances
from tests.faults.fuzzing import (
    ANYTHING,
    WORDS,
    cases,
    npy_bytes,
    npz_bytes,
    odd_arrays,
    odd_zip,
    refused_or_read,
    spoilt,
)

DANCE = Choreography(dances.song(3, moves=2).joints.copy(), 30.0, start_s=0.5)
TOML = """format = 1
title = "다시 만난 세계"
artist = "Artist"
language = "ko"
licence = "CC0"
audio = "audio.ogg"
bpm = 120
offset_s = 0.25
tempo = [[4.25, 96], [9, 150.5]]
preview_s = 1.0
lead = 0
mirrored = true
colours = ["#ff2d96", "#00ffff"]
sections = [{name = "verse", start_s = 0.0}, {name = "chorus", start_s = 2.5}]
video = "video.mp4"
video_start_s = -0.25
cover = "cover.png"
creator = "나"
year = 2016
tags = ["solo"]
mood = {light = ["red"], at = 2016-07-13T12:00:00}
"""
CHOREOGRAPHY = {
    "joints": DANCE.joints[None], "fps": np.array(30.0), "start_s": np.array(0.5),
}  # fmt: skip
KEYS = [line.split(" =")[0] for line in TOML.splitlines()] + ["video_link"]
SETTINGS = 'camera = 0\ncrop_px = 256\nmirror = true\nlibrary = "~/춤"\nplayer_lag_ms = 1.5\n'
STANDARD = standard_from_choreography(DANCE, bpm=120.0)


def toml_value(value):
    """A value as TOML writes it, or nearly."""
    if isinstance(value, dict):
        inside = ", ".join(f"{json.dumps(k)} = {toml_value(v)}" for k, v in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >> 64:
        return f"{value:#x}"
    text = json.dumps(value, ensure_ascii=False)
    return {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}.get(text, text)


@st.composite
def odd_toml(draw, text, keys):
    lines = dict(line.split(" = ", 1) for line in text.splitlines())
    for key in draw(st.lists(st.sampled_from([*keys, "other", "led"]), min_size=1, max_size=3)):
        lines[key] = toml_value(draw(ANYTHING))
    lines = [f"{key} = {value}" for key, value in lines.items()]
    encoding = draw(
        st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "cp949"])
    )
    return draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines).encode(encoding, "replace")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs") / "song"
    folder.mkdir()
    (folder / "audio.ogg").write_bytes(b"OggS...")
    return folder


def pack_of(folder, toml, choreography):
    (folder / "song.toml").write_bytes(toml)
    (folder / "choreography.npz").write_bytes(choreography)
    return refused_or_read(load_pack, folder)


GOOD = npz_bytes(CHOREOGRAPHY)


@cases(60)
@given(toml=st.one_of(spoilt(TOML.encode()), odd_toml(TOML, KEYS)))
@example(toml=TOML.replace("format = 1", "format = 0x" + "f" * 9000).encode())
@example(toml=TOML.replace("bpm = 120", "bpm = 1" + "0" * 5000).encode())
@example(toml=b"a." * 9000 + b"a = 1")
@example(toml=b"\xff\xfe\x00\x00")
def test_fuzz_song_toml(folder, toml):
    song = pack_of(folder, toml, GOOD)
    if song is not None:  # what was read can be written, and is read again
        with tempfile.TemporaryDirectory() as scratch:
            again = Path(scratch) / "again"
            with contextlib.suppress(DanceError):  # a number too long to be written
                save_pack(song, again)
            if again.exists():
                assert load_pack(again).other.keys() == song.other.keys()


@pytest.fixture(scope="module")
def shared_files(tmp_path_factory):
    """The files of a shared song, by their names in it."""
    place = tmp_path_factory.mktemp("shared")
    for name, content in {
        "a.ogg": b"OggS",
        "v.mp4": b"film",
        "c.png": b"\x89PNG\r\n\x1a\n",
    }.items():
        (place / name).write_bytes(content)
    song = SongPack(
        "춤", "Artist", 120.0, (DANCE,), place / "a.ogg", film=Film(place / "v.mp4", 0.5),
        cover=place / "c.png", other={"mood": {"light": [1]}},
    )  # fmt: skip
    save_pack(song, place / "song")
    onsets = np.random.default_rng(1).random((4, 200)).astype(np.float32)
    content = shared_bytes(place / "song", onsets, with_audio=True, with_video=True)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


MANIFEST_WORDS = st.sampled_from(
    ["format", "files", "audio_suffix", "video_suffix", "cover_suffix", "other"]
)


def zipped(files, manifest=None):
    """A shared song as a hostile hand writes it: whatever is in it, sizes and digests are right."""
    try:
        told = json.loads(files["manifest.json"])
        told["files"] = {}
    except (ValueError, TypeError, RecursionError):
        told = {"format": 1}
    told["files"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
        if name != "manifest.json"
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("manifest.json", json.dumps(told | (manifest or {})))
        for name, content in files.items():
            if name != "manifest.json":
                packed.writestr(name, content)
    return out.getvalue()


@cases(60)
@given(data=st.data())
def test_fuzz_shared_songs(shared_files, data):
    kind = data.draw(st.sampled_from(["whole", "inside", "toml", "manifest"]))
    if kind == "whole":
        content = data.draw(spoilt(zipped(shared_files)))
    elif kind == "manifest":
        content = zipped(
            shared_files, data.draw(st.dictionaries(MANIFEST_WORDS, ANYTHING, min_size=1))
        )
    else:
        name = (
            data.draw(st.sampled_from(sorted(shared_files)))
            if kind == "inside"
            else "song.toml"
        )
        spoiling = odd_toml(TOML, KEYS) if kind == "toml" else spoilt(shared_files[name])
        content = zipped(shared_files | {name: data.draw(spoiling)})
    with tempfile.TemporaryDirectory() as scratch:
        path, into = Path(scratch) / "from" / "given.kpopdance", Path(scratch) / "into"
        path.parent.mkdir()
        path.write_bytes(content)
        into.mkdir()
        got = refused_or_read(lambda path: unpack(path, into), path)
        assert {each.name for each in Path(scratch).iterdir()} == {"from", "into"}
        assert all(each.is_file() and not each.is_symlink() for each in into.iterdir())
        if got is not None and got.song.film is not None:
            assert got.song.film.path.is_relative_to(into)
            assert not got.song.film.linked


def long_header():
    """A pack whose array has a header that NumPy refuses in two lines."""
    joints = npy_bytes(CHOREOGRAPHY["joints"])
    grown = (
        joints[:8] + (20_000).to_bytes(2, "little") + joints[10:128].ljust(20_000) + b"\0" * 9
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("joints.npy", grown)
        packed.writestr("fps.npy", npy_bytes(CHOREOGRAPHY["fps"]))
    return out.getvalue()


@cases(40)
@example(choreography=long_header())
@given(
    choreography=st.one_of(
        spoilt(GOOD), odd_zip(CHOREOGRAPHY), odd_arrays(CHOREOGRAPHY).map(npz_bytes)
    )
)
def test_fuzz_choreography(folder, choreography):
    song = pack_of(folder, TOML.encode(), choreography)
    if song is not None and song.length_s < 60:
        with contextlib.suppress(SongPackError):  # it asks for hardly anything
            standard_of(song, USUAL)


REPLAY = Replay(
    np.arange(90) / 30 + 0.5, DANCE.joints[:90] * np.float32([100, 100, 1]) + np.float32([300, 300, 0]),
    np.array([40, 90]), np.array([[0.5, 0.6]]), "song", dance_key(DANCE), "0.1", "painted", 50.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def replay_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("replays") / "a.npz"
    save_replay(path, REPLAY)
    return path


@pytest.fixture(scope="module")
def replay_arrays(replay_file):
    with np.load(replay_file) as packed:
        return dict(packed)


def read_and_judged(path, content):
    path.write_bytes(content)
    replay = refused_or_read(read_replay, path)
    if replay is not None and len(replay.faults) < 50:
        report = report_of(judged_again(replay, STANDARD), ())
        assert 0 <= report.score <= 100


@cases(40)
@given(data=st.data())
def test_fuzz_replays(replay_file, replay_arrays, data):
    whole = npz_bytes(replay_arrays)
    kinds = (spoilt(whole), odd_zip(replay_arrays), odd_arrays(replay_arrays).map(npz_bytes))
    read_and_judged(replay_file, data.draw(st.one_of(*kinds)))


@cases(60)
@given(words=st.dictionaries(st.sampled_from(
    ["format", "song", "dance", "version", "score", "player_lag_s", "strictness", "body", "mirrored",
     "recipe"]), ANYTHING, min_size=1, max_size=2))  # fmt: skip
def test_fuzz_words_of_replays(replay_file, replay_arrays, words):
    told = json.loads(str(replay_arrays["told"])) | words
    read_and_judged(
        replay_file, npz_bytes(replay_arrays | {"told": np.array(json.dumps(told))})
    )


@pytest.fixture(scope="module")
def settings_path(tmp_path_factory):
    return tmp_path_factory.mktemp("settings") / "settings.toml"


@cases(80)
@given(
    toml=st.one_of(
        spoilt(SETTINGS.encode()), odd_toml(SETTINGS, list(Settings.__dataclass_fields__))
    )
)
@example(toml='library = "~춤"'.encode())
@example(toml=b'library = "' + b"x" * 300 + b'"')
def test_fuzz_settings(settings_path, toml):
    settings_path.write_bytes(toml)
    settings = refused_or_read(read_settings, settings_path)
    if settings is not None:
        assert settings.libraries
        assert isinstance(settings.missing_libraries, tuple)
        _ = settings.replay_folder, settings.model_file


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return tmp_path_factory.mktemp("engines") / "a.engine"


@cases(60)
@given(data=st.data())
def test_fuzz_facts_of_engines(plan, data):
    facts = dict.fromkeys(Sidecar.__dataclass_fields__, "") | {"format": 3}
    facts |= {"targets": ["8.6"], "flags": [], "shapes": [[1, 3, 8, 8]] * 3}
    whole = json.dumps(facts).encode()
    odd = st.dictionaries(st.sampled_from([*facts, "other"]), ANYTHING, max_size=3)
    made = data.draw(
        st.one_of(spoilt(whole), odd.map(lambda told: json.dumps(facts | told).encode()))
    )
    path = sidecar_of(plan)
    path.write_bytes(made)
    refused_or_read(lambda path: read_sidecar(plan, "build it"), path)


@cases(40)
@given(
    joints=st.lists(st.tuples(*[st.floats(width=32)] * 3), min_size=18, max_size=18), name=WORDS
)
def test_fuzz_openpose_json_is_json_whatever_was_seen(joints, name):
    joints = np.array(joints, np.float32)
    told = json.dumps(people_json([Pose(joints)] * 2) | {"name": name}, allow_nan=False)
    assert len(json.loads(told)["people"]) == 2
