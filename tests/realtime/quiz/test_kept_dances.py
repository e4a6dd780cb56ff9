"""Songs are described once for the search, whatever became of what was kept."""

from __future__ import annotations

import base64
import errno
import json
import os
import shutil
import zlib

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.library import kept
from kpopdance.realtime.library.pack_reader import load_pack, read_facts
from kpopdance.realtime.library.songpack import BUNDLED, SongPackError
from kpopdance.realtime.quiz import kept_dances
from kpopdance.realtime.quiz.kept_dances import MOST_ROW_BYTES, KeptDances
from kpopdance.realtime.quiz.reverse import guesser_of


@pytest.fixture
def pack(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "cache_folder", lambda: tmp_path / "cache" / "kept")
    folder = tmp_path / "songs" / "네온"
    shutil.copytree(BUNDLED / "neon-steps", folder)
    return folder


class Library:
    """Loads packs and counts."""

    def __init__(self, *folders):
        self.packs = {folder.name: read_facts(folder) for folder in folders}
        self.loaded = []

    def load(self, slug):
        self.loaded.append(slug)
        return load_pack(self.packs[slug].folder)

    def arrays(self):
        """What is searched."""
        return guesser_of(self.packs, self.load).library.to_arrays()


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def files():
    return sorted(kept.cache_folder().iterdir())


def test_a_song_is_described_once_and_searched_alike(pack):
    library = Library(pack)
    first = library.arrays()
    assert len(first["lengths"]) == 3
    assert same(first, library.arrays())
    assert library.loaded == [pack.name]
    (file,) = files()
    assert file.name.startswith("search-")
    assert file.stat().st_size < 40_000


@pytest.mark.parametrize("what", ["a byte", "mirrored", "code", "title"])
def test_what_changes_is_described_anew_and_nothing_else(pack, monkeypatch, what):
    library = Library(pack)
    before = library.arrays()
    text = (pack / "song.toml").read_text(encoding="utf-8")
    if what == "a byte":
        arrays = dict(np.load(pack / "choreography.npz"))
        told = (pack / "choreography.npz").stat()
        arrays["joints"][:, 300, 4, 0] += 0.2
        np.savez_compressed(pack / "choreography.npz", **arrays)
        os.utime(pack / "choreography.npz", ns=(told.st_atime_ns, told.st_mtime_ns))
    elif what == "mirrored":
        (pack / "song.toml").write_text("mirrored = true\n" + text, encoding="utf-8")
    elif what == "title":
        (pack / "song.toml").write_text(text.replace("Neon", "Noen"), encoding="utf-8")
    else:
        monkeypatch.setattr(kept, "code", lambda: "newer")
    after = library.arrays()
    assert len(library.loaded) == (1 if what == "title" else 2)
    assert same(before, after) == (what in ("code", "title"))


def spoilt(told):
    """Return what may lie in place of a song's dances."""

    def rows(data):
        return json.dumps({**told, "rows": [base64.b64encode(data).decode()] * 3}).encode()

    return [
        b"", b"[]", b"\xff", b"[" * 100_000, json.dumps({**told, "rows": []}).encode(),
        json.dumps({**told, "start_s": [1e99] * 3}).encode(),
        json.dumps({**told, "more": 1}).encode(), json.dumps({**told, "rows": ["!"] * 3}).encode(),
        rows(b"no zlib"), rows(zlib.compress(b"123")), rows(zlib.compress(bytes(220))[:-6]),
        rows(zlib.compress(bytes(MOST_ROW_BYTES + 22))),
    ]  # fmt: skip


def test_a_damaged_file_is_made_again(pack):
    library = Library(pack)
    whole = library.arrays()
    (path,) = files()
    content = path.read_bytes()
    for number, bad in enumerate(spoilt(json.loads(content)), 2):
        path.write_bytes(bad)
        assert same(whole, library.arrays()), bad[:60]
        assert len(library.loaded) == number, bad[:60]
        assert path.read_bytes() == content, bad[:60]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_where_nothing_can_be_kept_it_costs_time_alone(pack, monkeypatch, number):
    def refuse(path, text):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(kept, "write_whole", refuse)
    library = Library(pack)
    assert same(library.arrays(), library.arrays())
    assert len(library.loaded) == 2


def test_damage_is_met_and_left_out(pack):
    library = Library(pack)
    library.arrays()
    (pack / "choreography.npz").write_bytes(b"PK damaged")
    with pytest.raises(SongPackError):
        KeptDances(library.load, 1).of(pack.name, library.packs[pack.name])
    assert len(library.arrays()["lengths"]) == 0


def test_who_leaves_keeps_what_was_described(pack, tmp_path):
    other = tmp_path / "songs" / "other"
    shutil.copytree(pack, other)
    library = Library(pack, other)

    def passing(names):
        yield next(iter(names))
        raise DanceError("nobody waits any more")

    with pytest.raises(DanceError, match="nobody"):
        guesser_of(library.packs, library.load, passing)
    assert len(files()) == 1


def test_too_many_songs_do_not_push_each_other_out(pack, monkeypatch):
    monkeypatch.setattr(kept_dances, "MOST_SONGS", 0)
    Library(pack).arrays()
    assert not kept.cache_folder().exists()
