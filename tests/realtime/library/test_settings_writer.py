"""What the game writes into a settings file: the changed values alone, whole or not at all."""

from __future__ import annotations

import codecs
import multiprocessing
import os

import pytest

from kpopdance.realtime.library.settings import Settings, SettingsError, read_settings
from kpopdance.realtime.library.settings_writer import FIRST, write_settings

BY_HAND = """\
# 내 설정
threads = 2   # two cores are enough

strictnes = "pro"  # misspelt, and mine
camera = 1 # the good one
mirror=true

[later]  # of a newer game
x = {y = [1, 2]}  # kept
"""


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))


def written(path, content, **changes):
    path.write_bytes(content)
    write_settings(changes, path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("changes", "was", "now"),
    [
        ({"camera": "0"}, "camera = 1 #", 'camera = "0" #'),
        ({"camera": 'a "b" \\ 눈'}, "camera = 1 #", 'camera = "a \\"b\\" \\\\ 눈" #'),
        ({"mirror": False}, "mirror=true", "mirror=false"),
        ({"threads": 3, "mirror": False}, "threads = 2   #", "threads = 3   #"),
        ({"crop_px": 224}, "mirror=true\n", "mirror=true\ncrop_px = 224\n"),
        ({"player_lag_ms": -120.5}, "mirror=true\n", "mirror=true\nplayer_lag_ms = -120.5\n"),
        ({"library": ("a", "b")}, "mirror=true\n", 'mirror=true\nlibrary = ["a", "b"]\n'),
        ({}, "", ""),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("bom", "encoding"),
    [(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")],
)
def test_all_that_a_hand_wrote_stays(tmp_path, changes, was, now, ends, bom, encoding):
    path = tmp_path / "settings.toml"
    content = bom + BY_HAND.replace("\n", ends).encode(encoding)
    content = written(path, content, **changes)
    assert content.startswith(bom)
    text = content[len(bom) :].decode(encoding)
    assert text.count("\r") == (text.count("\n") if ends == "\r\n" else 0)
    expected = BY_HAND.replace(was, now) if was else BY_HAND
    if len(changes) > 1:
        expected = expected.replace("mirror=true", "mirror=false")
    assert text.replace("\r\n", "\n") == expected
    settings = read_settings(path)
    assert all(getattr(settings, key) == value for key, value in changes.items())


def test_the_older_name_of_a_key_is_written_to(tmp_path):
    path = tmp_path / "settings.toml"
    assert written(path, b'runtime = "rtx"', engine="openvino") == b'runtime = "openvino"'
    both = written(path, b'engine = "rtx"\nruntime = "auto"\n', engine="openvino")
    assert both == b'engine = "openvino"\nruntime = "openvino"\n'


def test_the_first_file_is_made_with_its_folders(tmp_path):
    write_settings({"strictness": "kids"})
    assert read_settings() == Settings(strictness="kids")
    write_settings({"strictness": "pro"})
    assert (tmp_path / "CONFIG" / "kpopdance" / "settings.toml").read_text() == (
        f'{FIRST}strictness = "pro"\n'
    )


def test_a_link_stays_one_and_a_private_file_private(tmp_path):
    (tmp_path / "real.toml").write_text("threads = 1\n")
    (tmp_path / "real.toml").chmod(0o600)
    link = tmp_path / "settings.toml"
    link.symlink_to("real.toml")
    write_settings({"threads": 2}, link)
    assert link.is_symlink()
    assert (tmp_path / "real.toml").read_text() == "threads = 2\n"
    assert (tmp_path / "real.toml").stat().st_mode & 0o777 == 0o600


def refused(path, monkeypatch, kind):
    if kind == "a folder":
        path.mkdir()
    elif kind == "a file for a folder":
        path.parent.write_text("in the way")
    elif kind == "no right":
        path.write_text("threads = 1\n")
        monkeypatch.setattr(os, "access", lambda path, mode: False)
    elif kind == "not TOML":
        path.write_text("threads 1")
    elif kind == "too large":
        path.write_text("#" * 70_000)
    else:
        path.write_text("threads = 1\n")
        monkeypatch.setattr("pathlib.Path.replace", failing)


def failing(part, path):
    raise OSError(28, "No space left on device", str(path))


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("a folder", "cannot be written"), ("a file for a folder", "a file is where the folder"),
        ("no right", "is write-protected"), ("not TOML", "cannot be read"),
        ("too large", "is larger than 64 KiB"), ("no space", "the disk is full"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_said_in_one_sentence(tmp_path, monkeypatch, kind, word):
    path = tmp_path / "folder" / "settings.toml"
    if kind != "a file for a folder":
        path.parent.mkdir()
    refused(path, monkeypatch, kind)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(SettingsError, match=word) as said:
        write_settings({"threads": 2}, path)
    assert str(said.value).startswith(f"{path}: ")
    assert "\n" not in str(said.value)
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert [one.name for one in tmp_path.rglob(".part-*")] == []


def turn(path, key, count):
    for number in range(count):
        write_settings({key: number}, path)


def test_programs_that_write_at_once_lose_nothing(tmp_path):
    path = tmp_path / "settings.toml"
    keys = [f"x{number}" for number in range(4)]
    fork = multiprocessing.get_context("spawn")
    programs = [fork.Process(target=turn, args=(path, key, 25)) for key in keys]
    for one in programs:
        one.start()
    for one in programs:
        one.join()
    told = path.read_text(encoding="utf-8")
    assert all(f"{key} = 24\n" in told for key in keys)
