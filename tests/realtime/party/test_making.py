"""A random play dance made song by song; what cannot be danced is left out and said."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.party import making
from kpopdance.realtime.party.making import Source, make_medley
from kpopdance.realtime.party.set_list import rows_of, write_list
from kpopdance.realtime.party.wanted import Wanted
from tests.realtime.library.test_medley import pack, sections

CHORUS = sections(("verse", 0), ("chorus", 20), ("outro", 40))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """What a song asks is known at once."""
    asked = []

    def standard_of(song, terms, told):
        asked.append(song.title)
        told(0.5)

    monkeypatch.setattr(making, "standard_of", standard_of)
    return asked


def load(name):
    if name == "damaged":
        raise DanceError("damaged: cannot be read; record it again")
    bpm = 90.0 if name == "b" else 120.0
    return replace(pack(name[0], bpm, sections=CHORUS), title=name, artist="Somebody")


def read_part(path, start_s, seconds):
    if path.name.startswith("s"):
        raise DanceError(f"{path}: there is no sound; fetch it again")
    return np.zeros((round(100 * seconds), 2), np.float32), 100


def made(*names, minutes=1.0, told=lambda share: None):
    return make_medley(names, Source(load, read_part), Wanted("7", minutes), USUAL, told)


def titles(song):
    return [excerpt.song.title for excerpt in song.excerpts]


def test_songs_come_until_it_is_long_enough():
    song, left_out = made("a", "b", "c", "d", "e")
    assert titles(song) == ["a", "b", "c"]
    assert 60 <= song.length_s + song.excerpts[0].lead_s < 60 + 24
    assert left_out == ()
    assert (song.title, song.artist) == ("Random play dance", "3 songs · seed 7")


def test_where_there_are_too_few_it_is_shorter():
    assert titles(made("a", "b", minutes=20).song) == ["a", "b"]


def test_what_cannot_be_danced_is_left_out():
    song, left_out = made("damaged", "silent", "a", minutes=0.1)
    assert titles(song) == ["a"]
    assert [why.partition(":")[0] for why in left_out] == ["damaged", "s.ogg"]
    with pytest.raises(DanceError, match="damaged: cannot be read"):
        made("damaged", "silent")


def test_it_tells_how_far_it_is_and_ends_where_that_raises(quick):
    shares = []
    made("a", "b", "c", told=shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)

    def enough(share):
        if share > 0:
            raise KeyboardInterrupt

    quick.clear()
    with pytest.raises(KeyboardInterrupt):
        made("a", "b", "c", told=enough)
    assert quick == ["a"]


LISTS = {
    "list.txt": ("Random play dance · 2 songs · seed 7\n\n 1. 0:00  Somebody - =a\n 2. 0:", None),
    "list.m3u8": ("#EXTM3U\n#PLAYLIST:Random play dance\n#EXTINF:20,Somebody - =a\n"
                  "#EXTVLCOPT:start-time=20.00\n#EXTVLCOPT:stop-time=40.00\n", "a.ogg"),
    "list.M3U": ("#EXTM3U\n", "b.ogg"),
}  # fmt: skip


def two():
    song = made("a", "b", minutes=0.6).song
    first = replace(song.excerpts[0], song=replace(song.excerpts[0].song, title="=a"))
    return replace(song, excerpts=(first, *song.excerpts[1:]))


@pytest.mark.parametrize(("name", "told"), LISTS.items(), ids=LISTS)
def test_the_list_is_written(tmp_path, name, told):
    begin, holds = told
    write_list(tmp_path / name, two())
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith(begin)
    assert holds is None or str(Path(holds).absolute()) in text.splitlines()


def test_the_table_is_read_again(tmp_path):
    write_list(tmp_path / "list.csv", two())
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["title"] for row in rows] == ["'=a", "b"]  # no spreadsheet calculates with it
    assert [list(row) for row in rows_of(two())] == [list(rows[0])] * 2
    assert (rows[0]["at_s"], rows[0]["from_s"], rows[0]["to_s"]) == ("0.0", "20.0", "40.0")


def test_a_file_name_of_two_lines_is_one(tmp_path):
    song = two()
    broken = replace(
        song.excerpts[0], song=replace(song.excerpts[0].song, audio=Path("a\nb.ogg"))
    )
    write_list(tmp_path / "x.m3u", replace(song, excerpts=(broken,)))
    lines = (tmp_path / "x.m3u").read_text(encoding="utf-8").splitlines()
    assert lines[-1].startswith("file:///")
    assert lines[-1].endswith("a%0Ab.ogg")


def test_a_list_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(DanceError, match="nowhere"):
        write_list(tmp_path / "nowhere" / "list.txt", two())
