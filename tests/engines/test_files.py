"""Files appear whole: with two writers at once, a full disk, a damaged file."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from kpopdance.engines.files import set_aside, write_whole
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.devices.gif_writer import GifWriter
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.devices.video_writer import VideoWriter


def test_a_writer_in_the_middle_of_another_s_takes_nothing_from_it(tmp_path, monkeypatch):
    path, plain, inner = tmp_path / "scores.json", Path.write_bytes, [b"theirs"]

    def write_bytes(part, data):
        plain(part, data)
        if inner:
            write_whole(path, inner.pop())
            assert path.read_bytes() == b"theirs"

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    write_whole(path, "ours")
    assert path.read_bytes() == b"ours"
    assert list(tmp_path.iterdir()) == [path]


def test_many_writers_at_once_leave_one_s_whole_file(tmp_path):
    path, failures = tmp_path / "scores.json", []

    def write(letter):
        try:
            for _ in range(100):
                write_whole(path, letter * 50_000)
        except OSError as why:
            failures.append(why)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen = path.read_bytes() if path.exists() else b"a" * 50_000
        assert (len(seen), len(set(seen))) == (50_000, 1)
    assert failures == []
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch):
    path, plain = tmp_path / "scores.json", Path.write_bytes
    path.write_bytes(b"old")

    def full_disk(part, data):
        plain(part, data[:1])
        raise OSError(28, "No space left on device", str(part))

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such rights")
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_others_may_read_it_as_any_other_file(umask, tmp_path):
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "whole", b"")
        (tmp_path / "plain").write_bytes(b"")
    finally:
        os.umask(before)
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode


def film(writer):
    def write(path, pictures):
        made = writer(path)
        if isinstance(made, GifWriter):
            made.expect([k / 10 for k in range(pictures)], pictures / 10, [(255, 255, 255)])
        for k in range(pictures):
            made.add(np.zeros((32, 32, 3), np.uint8), k / 10)
        return made

    return write


@pytest.mark.parametrize(
    ("name", "begin"),
    [("a.mp4", film(lambda path: VideoWriter(path, 25.0))), ("a.gif", film(GifWriter))],
)
def test_two_films_of_one_name_are_both_written(name, begin, tmp_path):
    path = tmp_path / name
    first, second = begin(path, 80), begin(path, 90)
    for writer, pictures in ((first, 80), (second, 90)):
        writer.finish(pictures / 10)
        with VideoFile(path) as video:
            assert len(list(video.frames())) == pictures
        path.unlink()
    for writer in (first, second):
        writer.close()
    assert list(tmp_path.iterdir()) == []


def test_two_sounds_of_one_name_are_both_written(tmp_path, monkeypatch):
    path, plain, inner = tmp_path / "a.wav", Path.replace, [True]

    def replace(part, target):
        if inner.pop() if inner else False:
            write_audio(path, np.zeros((48_000, 2), np.float32), 48_000)
        return plain(part, target)

    monkeypatch.setattr(Path, "replace", replace)
    write_audio(path, np.zeros((480, 2), np.float32), 48_000)
    assert path.stat().st_size < 48_000
    assert list(tmp_path.iterdir()) == [path]


def test_no_damaged_file_takes_the_place_of_another(tmp_path, caplog):
    path = tmp_path / "scores.json"
    with caplog.at_level(logging.WARNING):
        for text in ("first", "second", "third"):
            path.write_text(text)
            set_aside(path, ValueError("no JSON"))
            assert not path.exists()
    kept = {one.name: one.read_text() for one in tmp_path.iterdir()}
    assert kept == {
        "scores.damaged": "first", "scores.damaged-2": "second", "scores.damaged-3": "third",
    }  # fmt: skip
    for name, record in zip(kept, caplog.records, strict=True):
        assert record.getMessage().startswith(f"{path}: is damaged (no JSON); set aside as ")
        assert record.getMessage().rpartition(" ")[2] in kept, name


def test_a_damaged_file_that_another_program_set_aside_leaves_nothing_behind(tmp_path):
    set_aside(tmp_path / "scores.json", ValueError("no JSON"))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_that_must_stay_is_said(tmp_path, caplog):
    set_aside(tmp_path / "nowhere" / "scores.json", ValueError("no JSON"))
    assert "cannot be set aside" in caplog.text
