"""Files appear whole: with two writers at once, a full disk, a damaged file."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import (
    check_file,
    check_folder,
    set_aside,
    write_beside,
    write_whole,
)
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


def test_a_damaged_file_that_must_stay_is_said(tmp_path, caplog, monkeypatch):
    def refuse(*args):
        raise PermissionError(13, "Permission denied", str(args[0]))

    (tmp_path / "scores.json").write_text("mine")
    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "rename", refuse)
    set_aside(tmp_path / "scores.json", ValueError("no JSON"))
    assert "cannot be set aside" in caplog.text
    assert (tmp_path / "scores.json").read_text() == "mine"


@pytest.mark.parametrize("links", [True, False])
def test_what_a_player_s_file_replaces_is_kept_beside_it(tmp_path, caplog, monkeypatch, links):
    def no_links(*args):
        raise OSError(1, "Operation not permitted", str(args[0]))

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "film.tar.gif"
    for text in ("holiday", "first", "second"):
        write_beside(path, text)
    kept = {one.name: one.read_text() for one in tmp_path.iterdir()}
    assert kept == {
        "film.tar.gif": "second", "film.tar.before.gif": "holiday", "film.tar.before-2.gif": "first",
    }  # fmt: skip
    assert [record.getMessage() for record in caplog.records] == [
        f"{path}: was there already; what it was is kept as film.tar.before{n}.gif"
        for n in ("", "-2")
    ]


def test_a_link_gives_way_and_what_it_leads_to_stays(tmp_path):
    (tmp_path / "film.mp4").write_text("mine")
    (tmp_path / "link.gif").symlink_to(tmp_path / "film.mp4")
    write_beside(tmp_path / "link.gif", "new")
    assert (tmp_path / "film.mp4").read_text() == "mine"
    assert (tmp_path / "link.gif").read_text() == "new"
    assert (tmp_path / "link.before.gif").is_symlink()


LONG = {
    "letters": "a" * 250 + ".gif", "Hangul": "뛰" * 83 + ".gif", "ending": "a." + "b" * 250,
    "hidden": ".x",
}  # fmt: skip


@pytest.mark.parametrize("name", LONG.values(), ids=LONG)
def test_the_longest_names_can_be_written_and_kept(tmp_path, name):
    for text in ("one", "two"):
        check_file(tmp_path / name)
        write_beside(tmp_path / name, text)
    assert (tmp_path / name).read_text() == "two"
    assert sorted(one.read_text() for one in tmp_path.iterdir()) == ["one", "two"]


def names_here():
    return sorted(path.name for path in Path().iterdir())


REFUSED = {
    "a folder": ("folder", "is a folder"),
    "itself": ("film.mp4", "is the input itself"),
    "a second name of it": ("twin.mp4", "is the input itself"),
    "a link to it": ("link.mp4", "is the input itself"),
    "a pipe": ("pipe", "is a device or a pipe"),
    "nowhere": ("none/x.gif", "there is no folder"),
    "below a file": ("film.mp4/x.gif", "there is no folder"),
    "too long": ("x" * 300, "cannot be written"),
    "this folder": (".", "is a folder"),
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders")
@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_could_not_be_written_is_refused_first(tmp_path, monkeypatch, what):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "film.mp4").write_text("mine")
    os.link("film.mp4", "twin.mp4")
    Path("link.mp4").symlink_to("film.mp4")
    os.mkfifo("pipe")
    name, words = REFUSED[what]
    before = names_here()
    with pytest.raises(DanceError, match=words) as why:
        check_file(Path(name), inputs=[Path("film.mp4"), Path("none.ogg")])
    assert str(why.value).startswith(f"{name}: ")
    assert names_here() == before
    assert Path("film.mp4").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("file", "it is no folder"), ("file/songs/x", "file is no folder"), ("x" * 300, "cannot be"),
        ("deep/" + "x" * 300, "cannot be"), ("loop", "is no folder"),
    ],
    ids=["a file", "below a file", "long", "long below", "a loop"],
)  # fmt: skip
def test_a_folder_that_could_not_be_made_is_refused_first(tmp_path, monkeypatch, name, words):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("mine")
    Path("loop").symlink_to("loop")
    with pytest.raises(DanceError, match=words) as why:
        check_folder(Path(name))
    assert str(why.value).startswith(f"{name}: ")
    check_folder(Path("deep/er"))
    assert names_here() == ["file", "loop"]


def test_a_full_or_closed_disk_is_refused_first(tmp_path, monkeypatch):
    def refuse(part, data):
        raise OSError(30, "Read-only file system", str(part))

    with pytest.raises(DanceError, match=r"takes 1000000000\.0 MB at least, .* are free"):
        check_file(tmp_path / "x.gif", needs_bytes=10**15)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    for check in (check_file, check_folder):
        with pytest.raises(DanceError, match="nothing may be written there") as why:
            check(tmp_path / "x.gif")
        assert ".part-" not in str(why.value)
    assert list(tmp_path.iterdir()) == []


def test_only_old_parts_of_killed_programs_are_swept(tmp_path):
    old = [".part-0123abcd.gif", ".part-0123abcd", ".part-01234567.d"]
    young, others = [".part-aaaaaaaa.gif"], [".part-0123.gif", "part-0123abcd.gif", ".partial"]
    for name in (*old, *young, *others):
        (tmp_path / name).write_text("x")
    (tmp_path / old[-1]).unlink()
    (tmp_path / old[-1]).mkdir()
    (tmp_path / old[-1] / "song.toml").write_text("x")
    for path in tmp_path.iterdir():
        if path.name not in young:
            os.utime(path, (1e9, 1e9))
    check_file(tmp_path / "new.gif")
    assert {path.name for path in tmp_path.iterdir()} == {*young, *others}


@pytest.mark.parametrize("write", [write_whole, write_beside])
def test_what_goes_wrong_names_the_player_s_path(tmp_path, write):
    path = tmp_path / "nowhere" / "x.json"
    with pytest.raises(FileNotFoundError) as why:
        write(path, "new")
    assert why.value.filename == str(path)
    assert ".part-" not in str(why.value)
