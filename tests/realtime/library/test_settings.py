from __future__ import annotations

import dataclasses
import os
import re
from pathlib import Path

import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.library.settings import (
    Settings,
    SettingsError,
    own_library,
    read_settings,
    settings_file,
)
from kpopdance.realtime.library.songpack import BUNDLED


def read(tmp_path, text):
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_everything_may_be_set(tmp_path):
    told = {
        "language": "ko", "camera": "http://phone:8080/video", "camera_width": 640, "camera_height": 480,
        "camera_fps": 60, "mirror": False, "network": "movenet",
        "model": "~/own.onnx", "engine": "onnxruntime", "threads": 3,
        "crop_px": 224, "thorough": True, "player_lag_ms": -120.5,
        "strictness": "pro", "body": "seated", "coach": "both", "preview_sound": False, "calm": True,
        "hands": True, "reel": True,
        "sound_device": "블루투스", "microphone": "Gooseneck",
        "volume": 70, "effect_volume": 30,
        "count_volume": 40,
            "replays": "~/춤춤", "board": "~/모임", "on_air": "~/방송", "on_air_window": True,
            "library": "~/춤",
    }  # fmt: skip
    lines = [
        f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}"
        for key, value in told.items()
    ]
    assert set(told) == {field.name for field in dataclasses.fields(Settings)}
    assert dataclasses.asdict(read(tmp_path, "\n".join(lines))) == told


def test_a_part_leaves_the_rest(tmp_path):
    settings = read(tmp_path, "crop_px = 224\nplayer_lag_ms = 200")
    assert settings == Settings(crop_px=224, player_lag_ms=200.0)
    assert read(tmp_path, "") == Settings()


def test_the_older_name_of_a_key_is_read(tmp_path):
    assert read(tmp_path, 'runtime = "onnxruntime"') == Settings(engine="onnxruntime")


def test_the_usual_file_may_be_missing_a_named_one_may_not(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "kpopdance.realtime.library.settings.settings_file", lambda: tmp_path / "none.toml"
    )
    assert read_settings() == Settings()
    with pytest.raises(SettingsError, match=r"gone\.toml: there is no such settings file"):
        read_settings(tmp_path / "gone.toml")
    (tmp_path / "none.toml").write_text("threads = 2")
    assert read_settings().threads == 2


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[camera]\nname = 1", "camera"),
        ('crop_px = "256"', "crop_px must be int"),
        ("crop_px = 256.0", "crop_px must be int"),
        ("crop_px = true", "crop_px must be int"),
        ("mirror = 1", "mirror must be bool"),
        ('mirror = "yes"', "mirror must be bool"),
        ("camera = 0.5", "camera must be str"),
        ("camera = true", "camera must be str"),
        ("threads = 0x" + "f" * 9000, "threads is too large a number"),
        ("threads = 1" + "0" * 5000, "cannot be read"),
        ("x = '" + "y" * 70_000 + "'", "is larger than 64 KiB"),
        (".".join("a" * 9000) + " = 1", "has a line of more than 1000 dots"),
        ("player_lag_ms = true", "player_lag_ms must be float"),
        ("player_lag_ms = nan", "player_lag_ms is nan"),
        ("player_lag_ms = 1001", "player_lag_ms is 1001"),
        ("player_lag_ms = -inf", "player_lag_ms is -inf"),
        ("volume = 101", "volume is 101"),
        ("volume = -1", "choose 0 to 100"),
        ("crop_px = 250", "multiple of 8"),
        ("crop_px = 64", "128 to 512"),
        ("crop_px = 4096", "128 to 512"),
        ("threads = -1", "threads is -1"),
        ("camera_width = 0", "0x720"),
        ("camera_fps = -30", "at -30"),
        ("crop_px 256", "cannot be read"),
        (
            'library = "~no-such-player/songs"',
            "library is '~no-such-player/songs': there is no such home",
        ),
        ("x = " + "[" * 20_000, "is nested too deeply"),
    ],
)
def test_what_is_no_setting_is_refused_in_one_sentence(tmp_path, text, word):
    with pytest.raises(SettingsError, match=re.escape(word)) as error:
        read(tmp_path, text)
    assert "settings.toml" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("loudness = 3", "'loudness': not known"),
        ("Crop_px = 224", "'Crop_px' (did you mean 'crop_px'?)"),
        (
            'strictnes = "pro"\n[later]\nx = 1',
            "'strictnes' (did you mean 'strictness'?), 'later'",
        ),
        ("\n".join(f"x{k} = 1" for k in range(5)), "'x0', 'x1', 'x2' and 2 more"),
    ],
)
def test_unknown_keys_are_said_and_stay(tmp_path, caplog, text, warned):
    assert read(tmp_path, f"threads = 2\n{text}") == Settings(threads=2)
    assert warned in caplog.text
    assert len(caplog.records) == 1
    assert (tmp_path / "settings.toml").read_text() == f"threads = 2\n{text}"


def test_a_cameras_number_needs_no_quotes(tmp_path):
    assert read(tmp_path, "camera = 1") == Settings(camera="1")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", "# 춤".encode("cp949")])
def test_a_file_that_is_no_text_is_refused(tmp_path, content):
    (tmp_path / "settings.toml").write_bytes(content)
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        read_settings(tmp_path / "settings.toml")


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(SettingsError, match="is no file; give another"):
            read_settings(tmp_path / name)


def test_a_library_that_is_missing_is_said(tmp_path):
    (tmp_path / "file").touch()
    assert Settings().missing_libraries == ()
    assert Settings(library=str(tmp_path)).missing_libraries == ()
    named = tuple(str(tmp_path / name) for name in ("gone", "", "file", "gone too"))
    told = Settings(library=named).missing_libraries
    assert len(told) == 3
    for words, each in zip(("gone: the library is not there", "file: the library is no folder",
                            "gone too: the library is not there"), told, strict=True):  # fmt: skip
        assert words in each
    assert Settings(library=named[0]).missing_libraries == told[:1]


def test_libraries_are_the_own_and_the_bundled():
    assert Settings().libraries == (own_library(), BUNDLED)
    assert Settings(library="~/songs").libraries == (Path.home() / "songs", BUNDLED)
    several = Settings(library=("~/songs", "/mnt/songs", "~/songs", ""))
    assert several.libraries == (Path.home() / "songs", Path("/mnt/songs"), BUNDLED)
    assert Settings(library=()).libraries == Settings().libraries


def test_several_libraries_are_a_list(tmp_path):
    assert read(tmp_path, 'library = ["~/a", "b"]').library == ("~/a", "b")
    for wrong in ("7", "[7]", "[[]]", '{a = "b"}'):
        with pytest.raises(
            SettingsError, match="library must be a folder in quotes, or a list"
        ):
            read(tmp_path, f"library = {wrong}")
    assert settings_file().name == "settings.toml"


def test_the_error_is_one_of_ours():
    assert issubclass(SettingsError, DanceError)
