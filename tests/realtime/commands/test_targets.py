"""What cannot be written is refused before a network is opened, and nothing there is touched."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from kpopdance.realtime.__main__ import main
from kpopdance.realtime.devices.drawn_film import drawn_film
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import BUNDLED

PACK = BUNDLED / "neon-steps"
SOUND = ["--audio", str(PACK / "audio.ogg")]


@pytest.fixture(scope="module")
def things(tmp_path_factory):
    """A folder with films, a file, a pack and another folder."""
    folder, song = tmp_path_factory.mktemp("things"), load_pack(PACK)
    drawn_film(folder / "film.mp4", song.members[0], 40, 40.2)
    for name, fps, count in (("one.mp4", 25.0, 1), ("slow.mp4", 2.0, 4)):
        writer = VideoWriter(folder / name, fps)
        for k in range(count):
            writer.add(np.zeros((64, 64, 3), np.uint8), k / fps)
        writer.finish(count / fps)
        writer.close()
    for mine in ("mine", "~"):
        (folder / mine).mkdir()
        (folder / mine / "diary.txt").write_text("mine")
    (folder / "file").write_text("mine")
    (folder / "settings.toml").write_text('library = "file"\n')
    save_pack(song, folder / "pack")
    return folder


@pytest.fixture
def there(things, tmp_path, monkeypatch):
    """A copy of it to stand in; no network can be opened."""

    def never(*_args, **_kwargs):
        raise AssertionError("the work began")

    monkeypatch.setattr("kpopdance.realtime.commands.record.eyes_for_film", never)
    for command in ("mask", "pose", "play"):
        monkeypatch.setattr(f"kpopdance.realtime.commands.{command}.eyes_from", never)
    there = tmp_path / "there"
    shutil.copytree(things, there)
    monkeypatch.chdir(there)
    return there


def lies_there(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


RECORD = ["record", "film.mp4", *SOUND]
REFUSED = [
    ([*RECORD, "--out", "."], "there: is a folder, but no song pack"),
    ([*RECORD, "--out", ".", "--replace"], "there: is a folder, but no song pack"),
    ([*RECORD, "--out", "..", "--replace"], "is a folder, but no song pack"),
    ([*RECORD, "--out", "mine", "--replace"], "mine: is a folder, but no song pack"),
    ([*RECORD, "--out", "~", "--replace"], "~: is a folder, but no song pack"),
    ([*RECORD, "--out", "file", "--replace"], "file: cannot be written (it is no folder)"),
    ([*RECORD, "--out", "film.mp4", "--replace"], "film.mp4: cannot be written (it is no folder)"),
    ([*RECORD, "--out", "file/new"], "file/new: cannot be written (file is no folder)"),
    ([*RECORD, "--out", "pack"], "pack: exists already"),
    ([*RECORD, "--out", "/proc/new"], "/proc/new: cannot be written"),
    ([*RECORD, "--settings", "settings.toml"], "film: cannot be written"),
    ([*RECORD, "--title", " "], "--title: is blank"),
    ([*RECORD, "--title", ""], "--title: is blank"),
    ([*RECORD, "--title", "!!! 🎵"], "no folder can be named after it"),
    ([*RECORD, "--title", "Con"], "no folder can be named after it"),
    ([*RECORD, "--title", "x\ny", "--out", "new"], "signs that cannot be shown"),
    ([*RECORD, "--title", "\udcff", "--out", "new"], "signs that cannot be shown"),
    ([*RECORD, "--artist", "x" * 70_000, "--out", "new"], "longer than 300 letters"),
    ([*RECORD, "--dancer", "0", "--out", "new"], "--dancer 0"),
    (["record", "one.mp4", *SOUND, "--out", "new"], "one.mp4: the video holds too few pictures (1)"),
    (["record", "slow.mp4", *SOUND, "--out", "new"], "a picture every 0.5 s only"),
    (["mask", "film.mp4", "-o", "mine"], "mine: cannot write that"),
    (["mask", "film.mp4", "-o", "film.mp4"], "film.mp4: is the input itself"),
    (["mask", "film.mp4", "-o", "file/x.mp4"], "there is no folder file"),
    (["mask", "film.mp4", "-o", "/proc/x.gif"], "/proc/x.gif: cannot be written"),
    (["pose", "film.mp4", "--draw", "/proc/x.mp4"], "/proc/x.mp4: cannot be written"),
    (["pose", "film.mp4", "--out", "file"], "file: cannot be written (it is no folder)"),
    (["pose", "film.mp4", "--out", "/proc/x"], "/proc/x: cannot be written"),
    (["pose", "film.mp4", "--draw", "new.mp4", "--out", "new.mp4"], "both --out and --draw"),
    (["play", str(PACK), "--headless", "--out", "file"], "file: cannot be written (it is no folder)"),
    (["play", str(PACK), "--headless", "--out", "/proc/x"], "/proc/x: cannot be written"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "told"), REFUSED, ids=range(len(REFUSED)))
def test_a_bad_target_is_refused_first(there, capsys, words, told):
    before = lies_there(there)
    assert main(words) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
    assert ".part-" not in said
    if "exists already" not in told:
        assert "--replace" not in said
    assert lies_there(there) == before
    assert sorted(path.name for path in there.iterdir() if path.is_dir()) == [
        "mine",
        "pack",
        "~",
    ]
