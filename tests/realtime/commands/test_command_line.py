"""What may be typed: every path is a path, and everything else one sentence."""

from __future__ import annotations

import os
import unicodedata

import pytest

from kpopdance.realtime.__main__ import main, parser
from kpopdance.realtime.commands.command_line import (
    CommandLineError,
    a_file,
    a_target,
    understood,
)

LONG = "긴" * 82 + ".mp4"  # 250 bytes


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["aespa:Whiplash.mp4", "-x.mp4", "--json", LONG, "a b\n.mp4"])
def test_a_files_name_is_what_was_typed(tmp_path, name):
    (tmp_path / name).touch()
    for words in (["--", name], [f"./{name}"], [str(tmp_path / name)]):
        assert understood(parser(), ["pose", *words]).file.samefile(tmp_path / name)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_hangul_is_found_in_the_form_that_the_disk_holds(tmp_path, form):
    held = (
        tmp_path / unicodedata.normalize(form, "폴더") / unicodedata.normalize(form, "음악.mp4")
    )
    held.parent.mkdir()
    held.touch()
    for typed in ("NFC", "NFD"):
        assert a_file(unicodedata.normalize(typed, str(held))) == held


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["pose", "-x.mp4"], "file; see kpopdance pose --help; the file is written ./-x.mp4"),
        (["pose", "-"], "argument file: standard input is not read; name a file"),
        (["pose", "pipe"], "argument file: pipe is a pipe or a device"),
        (["mask", "a.mp4", "-o", "pipe"], "argument -o/--out: pipe is a pipe or a device"),
        (["pose", "a.jpg", "--out", "/dev/null"], "/dev/null is a pipe or a device"),
        (["songs", "--settings", "pipe"], "pipe is a pipe or a device"),
        (["score", "--replay", "pipe"], "pipe is a pipe or a device"),
        (["play", "x", "--model", "pipe"], "pipe is a pipe or a device"),
        (["pose", "a\0b"], "it holds a NUL"),
        (["pose", "x" * 300], "File name too long"),
        (["record", "a.mp4", "--bpm", "nan"], "invalid number value: 'nan'"),
        (["record", "a.mp4", "--out", ""], "the name is empty"),
        (["sing"], "invalid choice: 'sing'"),
        (["play", "--thre\x1b[2Jads", "1"], r"unrecognized arguments: --thre\x1b[2Jads"),
        (["play", "-" + "x" * 300], "unrecognized arguments: -xxx"),
        (["play", "-\0"], "unrecognized arguments"),
        (["play", "--threads", "9" * 9000], "..."),
        (["--", "pose"], "the following arguments are required: file"),
    ],
)  # fmt: skip
def test_what_is_no_command_is_one_sentence(tmp_path, capsys, words, told):
    (tmp_path / "-x.mp4").touch()
    os.mkfifo(tmp_path / "pipe")
    assert main(words) == 2
    said = capsys.readouterr().err
    assert told in said
    assert len(said.splitlines()) == 1
    assert len(said) < 1000


def test_a_target_may_be_new_or_a_file(tmp_path):
    assert a_target("new.mp4").name == "new.mp4"
    (tmp_path / "old.mp4").touch()
    assert a_target("old.mp4").name == "old.mp4"
    with pytest.raises(CommandLineError, match="pipe or a device"):
        understood(parser(), ["mask", "a.mp4", "-o", "/dev/null"])
