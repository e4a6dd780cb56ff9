"""What is kept of a pack spares time and does nothing else, whatever became of its file."""

from __future__ import annotations

import dataclasses
import json
import os
import threading

import numpy as np
import pytest

from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.library import kept, standards
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.scoring.standard import standard_from_choreography
from tests import dances

TERMS = Terms()
WORKED_OUT = {}


def song_in(library):
    return SongPack(
        "A song",
        "",
        120.0,
        (dances.song(5, bpm=120.0, moves=5),),
        None,
        folder=library / "song",
    )


@pytest.fixture
def library(tmp_path, monkeypatch):
    (tmp_path / "songs").mkdir()
    monkeypatch.setattr(kept, "cache_folder", lambda: tmp_path / "cache" / "kept")
    return tmp_path / "songs"


@pytest.fixture
def made(monkeypatch):
    """How often a standard was worked out; all tests share what comes of it, as it takes seconds."""
    count = []

    def counted(dance, *, told, **how):
        count.append(1)
        key = (standards.dance_key(dance), *how.items())
        if key not in WORKED_OUT:
            WORKED_OUT[key] = standard_from_choreography(dance, **how)
        return dataclasses.replace(WORKED_OUT[key])

    monkeypatch.setattr(standards, "standard_from_choreography", counted)
    return count


def standard_anew(song, terms=TERMS):
    """Return a standard as another day's game sees it."""
    standards._newest.clear()
    return standards.standard_of(song, terms)


def same(one, other):
    for name in ("start_s", "end_s", "rows", "weight"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    assert np.array_equal(one.windows.direction, other.windows.direction)
    assert one.windows.direction.strides == other.windows.direction.strides  # sums round alike
    for name in ("null", "null_upper", "null_name", "nulls", "limb_null"):
        assert getattr(one, name) == getattr(other, name)
    for name, low in one.floor.limbs.items():
        assert np.array_equal(low, other.floor.limbs[name])
        assert np.array_equal(one.limb_weight[name], other.limb_weight[name])
    return True


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize(
    "terms", [Terms(), pytest.param(Terms("pro", "seated"), marks=pytest.mark.long)]
)
def test_the_second_time_it_is_the_same_to_the_last_bit(library, made, beside, terms):
    if beside:
        kept.keep_beside(library)
    first = standard_anew(song_in(library), terms)
    assert same(first, standard_anew(song_in(library), terms))
    assert len(made) == 1
    where, other = library / ".kept", kept.cache_folder()
    assert len(files(where if beside else other)) == 1
    assert not (other if beside else where).exists()


@pytest.mark.parametrize("what", ["tempo", "terms", "dance", "code"])
def test_what_changes_is_worked_out_anew(library, made, monkeypatch, what):
    song, terms = song_in(library), TERMS
    standard_anew(song)
    if what == "tempo":
        song = SongPack("A song", "", 110.0, song.members, None, folder=song.folder)
    elif what == "dance":
        dance = dances.song(6, bpm=120.0, moves=5)
        song = SongPack("A song", "", 120.0, (dance,), None, folder=song.folder)
    elif what == "terms":
        terms = Terms("kids")
    else:
        monkeypatch.setattr(kept, "code", lambda: "newer")
    standard_anew(song, terms)
    assert len(made) == 2


def spoilt(facts):
    """Return name -> what may lie in place of a standard's facts."""
    k = len(facts["start_s"])
    worse = {
        "other moves": {"start_s": [s + 500 for s in facts["start_s"]],
                        "end_s": [s + 500 for s in facts["end_s"]]},
        "fewer": {"weight": facts["weight"][:-1]},
        "none": {key: [] for key in ("start_s", "end_s", "weight")},
        "backwards": {"start_s": facts["end_s"], "end_s": facts["start_s"]},
        "crowded": {"start_s": [i * 1e-5 for i in range(k)],
                    "end_s": [(i + 1) * 1e-5 for i in range(k)]},
        "no number": {"null": float("nan")}, "endless": {"end_s": [float("inf")] * k},
        "beyond": {"null_upper": 1.5}, "below": {"weight": [-1.0] * k},
        "text": {"nulls": {"still": "1"}}, "no limbs": {"floor": {}},
        "long number": {"null": 10**400},
    }  # fmt: skip
    return {
        "empty": b"", "half": json.dumps(facts).encode()[:900], "no json": b"\xff\xfe\0",
        "a list": b"[1]", "a number": b"7", "deep": b"[" * 100_000, "big": b" " * 5_000_000,
        "less": json.dumps({"null": 0.1}).encode(),
        "more": json.dumps({**facts, "also": 1}).encode(),
        "a cut number": b"9" * 5000,
        **{name: json.dumps({**facts, **each}).encode() for name, each in worse.items()},
    }  # fmt: skip


def test_a_damaged_or_foreign_file_is_made_again(library, made):
    song = song_in(library)
    kept.keep_beside(library)
    whole = standard_anew(song)
    path = next((library / ".kept").iterdir())
    content = path.read_bytes()
    cases = spoilt(json.loads(content))
    for number, (name, bad) in enumerate(cases.items(), 2):
        path.write_bytes(bad)
        assert same(whole, standard_anew(song)), name
        assert len(made) == number, name
        assert path.read_bytes() == content, name


@pytest.mark.parametrize("where", ["a file", "a folder for a file", "a link to itself"])
def test_where_nothing_can_be_kept_there_it_lies_in_the_cache(library, made, where):
    song = song_in(library)
    if where == "a file":
        (library / ".kept").write_bytes(b"mine")
    else:
        kept.keep_beside(library)
        name = kept.kept_name(
            "standard", standards.dance_key(song.members[0]), song.bpm, song.offset_s, TERMS
        )
        place = library / ".kept" / name
        place.mkdir() if where == "a folder for a file" else place.symlink_to(place)
    standard_anew(song)
    standard_anew(song)
    assert len(made) == 1
    assert (
        len(files(kept.cache_folder()))
        + sum(
            path.is_file() and path.suffix == ".json" for path in (library / ".kept").glob("*")
        )
        == 1
    )


@pytest.mark.skipif(
    not hasattr(os, "getuid"), reason="folders are not closed by their mode here"
)
def test_a_read_only_library_and_cache_cost_time_alone(library, made, monkeypatch):
    kept.keep_beside(library)

    def refuse(path, text):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(kept, "write_whole", refuse)
    assert same(standard_anew(song_in(library)), standard_anew(song_in(library)))
    assert len(made) == 2


def test_the_oldest_go_and_nothing_else(library, monkeypatch):
    kept.keep_beside(library)
    folder = library / ".kept"
    (folder / "mine.json").write_text("{}")
    monkeypatch.setattr(kept, "MOST_FILES", 3)
    for number in range(6):
        name = kept.kept_name("standard", number)
        kept.keep(library, name, {"number": number})
        os.utime(folder / name, (number, number))
    left = {path.name for path in folder.iterdir()}
    newest = {kept.kept_name("standard", number) for number in (3, 4, 5)}
    assert left == {"mine.json", *newest}
    monkeypatch.setattr(kept, "MOST_TOGETHER", 1)
    kept.keep(library, kept.kept_name("standard", 7), {"number": 7})
    assert len(list(folder.iterdir())) == 2


def test_who_keeps_and_reads_at_once_sees_it_whole(library):
    kept.keep_beside(library)
    names = [kept.kept_name("standard", number) for number in range(3)]
    values = [{"number": number, "rows": [number] * 5000} for number in range(20)]
    kept.keep_all(library, dict.fromkeys(names, values[0]))
    seen = []

    def write(order):
        for value in order:
            kept.keep_all(library, dict.fromkeys(names, value))

    def read():
        for _ in range(100):
            seen.extend(kept.read_kept(library, name) for name in names)

    threads = [
        threading.Thread(target=write, args=(values,)),
        threading.Thread(target=write, args=(values[::-1],)), threading.Thread(target=read),
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(value in values for value in seen)
    assert sorted(files(library / ".kept")) == sorted(names)  # and no parts


def test_each_kind_has_its_own_bounds(library, monkeypatch):
    kept.keep_beside(library)
    monkeypatch.setattr(kept, "MOST_FILES", 2)
    standard = kept.kept_name("standard", 1)
    kept.keep(library, standard, {})
    kept.keep_all(library, {kept.kept_name("search", number): {} for number in range(5)})
    kinds = [name.partition("-")[0] for name in files(library / ".kept")]
    assert kinds == ["search", "search", "standard"]


def test_a_disk_that_fills_leaves_what_was_whole(library, made, monkeypatch):
    song = song_in(library)
    kept.keep_beside(library)
    whole = standard_anew(song)
    real = kept.write_whole

    def fills(path, text):
        path.with_name(".part-0123abcd.json").write_text(text[:100])
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(kept, "write_whole", fills)
    standard_anew(song, Terms("kids"))
    monkeypatch.setattr(kept, "write_whole", real)
    assert same(whole, standard_anew(song))
    assert len(made) == 2


def test_a_recorded_song_s_first_dance_waits_for_no_standard(library, made):
    """What ``record`` does last, with the settings that a dance will have."""
    from kpopdance.realtime.library.pack_reader import load_pack
    from kpopdance.realtime.library.pack_writer import save_pack
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.studio.new_song import learn

    audio = library.parent / "a.ogg"
    audio.write_bytes(b"never decoded here")
    settings = Settings(library=str(library), strictness="kids")
    folder = library / "노래"
    save_pack(dataclasses.replace(song_in(library), audio=audio), folder)
    learn(folder, library, settings.terms)
    assert len(made) == 1
    assert [name.partition("-")[0] for name in files(library / ".kept")] == ["standard"]
    standard_anew(load_pack(folder), settings.terms)
    assert len(made) == 1
    standard_anew(load_pack(folder), Terms("pro"))
    assert len(made) == 2
