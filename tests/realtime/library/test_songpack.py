from __future__ import annotations

import contextlib
import dataclasses
import io
import pickle
import re
import tomllib
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.staging import UNSTAGED, Clothes, Staging
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.types import Choreography, Formation
from kpopdance.realtime.library.mirrored import as_danced, turned
from kpopdance.realtime.library.pack_reader import find_pack, load_pack, pack_folders
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import Film, SongPack, SongPackError
from tests import dances

TOML = """format = 1
title = "Title"
artist = "Artist"
language = "ko"
licence = "CC0"
audio = "audio.ogg"
bpm = 120
offset_s = 0.25
preview_s = 10.0
lead = 1

[[sections]]
name = "verse"
start_s = 0.0

[[sections]]
name = "chorus"
start_s = 4.5
"""


PNG = b"\x89PNG\r\n\x1a\n and so on"


def members(count=2):
    return tuple(
        Choreography(dances.song(k, moves=1).joints.copy(), 30.0, start_s=0.5)
        for k in range(count)
    )


def arrays(**other):
    joints = np.stack([member.joints for member in members()])
    return {"joints": joints, "fps": 30.0, "start_s": 0.5} | other


@pytest.fixture
def folder(tmp_path):
    """A sound pack, written by hand."""
    folder = tmp_path / "song"
    folder.mkdir()
    (folder / "song.toml").write_text(TOML, encoding="utf-8")
    (folder / "audio.ogg").write_bytes(b"OggS...")
    np.savez_compressed(folder / "choreography.npz", **arrays())
    return folder


def refusal(folder, *words):
    """The error of a damaged pack: one sentence that names file and remedy."""
    with pytest.raises(SongPackError) as error:
        load_pack(folder)
    text = str(error.value)
    assert "\n" not in text
    assert str(folder) in text
    for word in words:
        assert word in text
    remedy = (
        "record|restore|correct|copy|update|remove|add|write|README|no song|no choreography"
    )
    assert re.search(remedy, text), text
    return text


def test_a_pack_is_read(folder):
    pack = load_pack(folder)
    assert (pack.title, pack.artist, pack.language) == ("Title", "Artist", "ko")
    assert (pack.bpm, pack.offset_s, pack.preview_s, pack.lead) == (120.0, 0.25, 10.0, 1)
    assert pack.sections == (("verse", 0.0), ("chorus", 4.5))
    assert pack.audio == folder / "audio.ogg"
    assert pack.slug == "song"
    assert len(pack.members) == 2
    assert pack.length_s == 2.5
    for ours, theirs in zip(pack.members, members(), strict=True):
        assert_array_equal(ours.joints, theirs.joints)
        assert (ours.fps, ours.start_s) == (30.0, 0.5)


AWKWARD = "별빛 \"Star\" 'n' \\ back\\slash — 댄스 #1 = [x]"


def test_what_is_saved_is_read_back(tmp_path, folder):
    pack = SongPack(
        title=AWKWARD, artist="방탄 & \"co\"", bpm=127.5, members=members(3),
        audio=folder / "audio.ogg", language="ko", licence="CC BY 4.0", offset_s=-0.1234,
        preview_s=31.25, lead=2, sections=(("벌스", 0.0), ('"C"', 12.125)),
        tempo_changes=((40.125, 96.5), (80.0, 150.0)),
    )  # fmt: skip
    save_pack(pack, tmp_path / "made")
    again = load_pack(tmp_path / "made")
    for name in ("title", "artist", "bpm", "language", "licence", "offset_s", "lead"):
        assert getattr(again, name) == getattr(pack, name)
    assert (again.preview_s, again.sections) == (31.25, pack.sections)
    assert again.tempo_changes == pack.tempo_changes
    assert again.audio.read_bytes() == b"OggS..."
    for ours, theirs in zip(again.members, pack.members, strict=True):
        assert_array_equal(ours.joints, theirs.joints)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "song"]


@pytest.mark.parametrize("title", ["two\nlines", "tab\there", "bell\a", "nul\0", "\u2028sep"])
def test_a_title_with_control_characters_stays_a_title(tmp_path, folder, title):
    made = tmp_path / "made"
    pack = SongPack(title, "a", 120.0, members(1), folder / "audio.ogg")
    save_pack(pack, made)
    read = load_pack(made).title
    assert read.isprintable()
    assert read == "".join(c if c.isprintable() else " " for c in title)


@pytest.mark.parametrize("bpm", [100.0, 127.123456, 60 / 0.7, 128.00001])
def test_the_tempo_is_kept_exactly_enough_for_a_song(tmp_path, folder, bpm):
    pack = SongPack("t", "a", bpm, members(1), folder / "audio.ogg")
    save_pack(pack, tmp_path / "made")
    beats = 600  # five minutes
    drift_s = beats * abs(60 / load_pack(tmp_path / "made").bpm - 60 / bpm)
    assert drift_s < 0.005


def test_saving_does_not_replace_unless_told(tmp_path, folder):
    pack = SongPack("new", "a", 120.0, members(1), folder / "audio.ogg")
    with pytest.raises(SongPackError, match="exists already"):
        save_pack(pack, folder)
    assert load_pack(folder).title == "Title"
    save_pack(pack, folder, replace=True)
    assert load_pack(folder).title == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["song"]


@pytest.mark.parametrize("failing", ["copyfile", "save_choreography", "check_whole", "_copied"])
def test_a_failure_leaves_the_old_pack(tmp_path, folder, monkeypatch, failing):
    def fail(*args):
        raise OSError(f"disk full, {len(args)} arguments")

    writer = "kpopdance.realtime.library.pack_writer"
    target = f"{writer}.shutil" if failing == "copyfile" else writer
    monkeypatch.setattr(f"{target}.{failing}", fail)
    pack = SongPack("new", "a", 120.0, members(1), folder / "audio.ogg")
    with pytest.raises(OSError, match="disk full"):
        save_pack(pack, folder, replace=True)
    monkeypatch.undo()
    assert load_pack(folder).title == "Title"
    assert [path.name for path in tmp_path.iterdir()] == ["song"]


def steps_of_a_replacement(folder, monkeypatch, stop_at, stop):
    """Replace a pack, but stop at the n-th renaming or removal; tell whether it came so far."""
    calls = iter(range(1_000))
    for name in ("rename", "replace", "unlink"):
        plain = getattr(Path, name)

        def step(self, *args, plain=plain, **kwargs):
            if next(calls) == stop_at:
                raise stop
            return plain(self, *args, **kwargs)

        monkeypatch.setattr(Path, name, step)
    new = folder.parent / "new.mp4"
    new.write_bytes(b"new film")
    pack = SongPack(
        "new", "a", 120.0, members(2), folder / "audio.ogg", film=Film(new, 0.5), tags=("t",)
    )
    with contextlib.suppress(type(stop), DanceError):
        save_pack(pack, folder, replace=True)
    monkeypatch.undo()
    return next(calls) > stop_at


@pytest.mark.parametrize("stop", [OSError("in use"), KeyboardInterrupt()])
def test_stopped_at_any_step_the_old_pack_or_the_new_one_stands(tmp_path, monkeypatch, stop):
    for at in range(100):
        folder = tmp_path / str(at) / "song"
        save_pack(a_pack(tmp_path), folder)
        (folder / "notes.txt").write_text("mine")
        met = steps_of_a_replacement(folder, monkeypatch, at, stop)
        song = load_pack(folder)
        film = song.film.path.read_bytes()
        old_or_new = (("Old", 1, b"old film"), ("new", 2, b"new film"))
        assert (song.title, len(song.members), film) in old_or_new
        assert (folder / "notes.txt").read_text() == "mine"
        if not met:
            assert song.title == "new"
            assert sorted(path.name for path in folder.iterdir()) == OWN_AND_NOTES
            return
    pytest.fail("it never came to an end")


OWN_AND_NOTES = ["audio.ogg", "choreography.npz", "notes.txt", "song.toml", "video.mp4"]


def a_pack(tmp_path):
    audio = tmp_path / "sound.ogg"
    audio.write_bytes(b"OggS...")
    film, cover = tmp_path / "old.mp4", tmp_path / "old.png"
    film.write_bytes(b"old film")
    cover.write_bytes(PNG)
    return SongPack("Old", "a", 120.0, members(1), audio, film=Film(film, 0.5), cover=cover)


def test_only_a_pack_s_own_files_give_way(tmp_path, folder):
    pack = SongPack("new", "a", 120.0, members(2), folder / "audio.ogg")
    mine = {"film.mp4": b"film", "audio-2.ogg": b"sung", ".hidden": b"h", "cover.jpg": b"c"}
    for name, data in mine.items():
        (folder / name).write_bytes(data)
    (folder / "sub").mkdir()
    save_pack(pack, folder, replace=True)
    assert load_pack(folder).title == "new"
    assert {name: (folder / name).read_bytes() for name in mine} == mine
    assert {path.name for path in folder.iterdir()} == {
        *mine, "sub", "song.toml", "audio.ogg", "choreography.npz",
    }  # fmt: skip


def test_a_source_that_is_the_old_pack_s_audio_stays(folder):
    audio = folder / "audio.ogg"
    new = folder.parent / "new.ogg"
    new.write_bytes(b"OggS new")
    save_pack(
        SongPack("n", "a", 120.0, members(1), new), folder, replace=True, sources=(audio,)
    )
    assert audio.read_bytes() == b"OggS..."
    assert load_pack(folder).audio.read_bytes() == b"OggS new"
    save_pack(SongPack("n", "a", 120.0, members(1), new), folder, replace=True)
    assert (
        sorted(path.name for path in folder.glob("audio*"))
        == ["audio.ogg", "audio-2.ogg"][::-1]
    )


def test_another_audio_leaves_no_old_one_behind(folder):
    (folder / "audio.ogg").rename(folder / "old.flac")
    toml = (folder / "song.toml").read_text().replace("audio.ogg", "old.flac")
    (folder / "song.toml").write_text(toml)
    new = folder.parent / "new.ogg"
    new.write_bytes(b"OggS new")
    save_pack(SongPack("n", "a", 120.0, members(1), new), folder, replace=True)
    assert sorted(path.name for path in folder.iterdir()) == [
        "audio.ogg", "choreography.npz", "song.toml",
    ]  # fmt: skip


def no_pack(folder, kind):
    folder.unlink(missing_ok=True) if folder.is_file() else None
    texts = {"no format": "title = 'x'", "newer": "format = 2\ntitle = 'x'", "no TOML": "= ="}
    if kind == "a file":
        folder.write_text("mine")
    else:
        folder.mkdir()
        (folder / "film.mp4").write_text("mine")
    if kind in texts:
        (folder / "song.toml").write_text(texts[kind])


@pytest.mark.parametrize("kind", ["a file", "other things", "no format", "newer", "no TOML"])
@pytest.mark.parametrize("linked", [False, True])
def test_what_is_no_pack_is_never_replaced(tmp_path, kind, linked):
    there = tmp_path / "there"
    no_pack(there, kind)
    target = tmp_path / "link" if linked else there
    if linked:
        target.symlink_to(there)
    before = sorted((path, path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file())
    for replace in (True, False):
        with pytest.raises(DanceError) as why:
            save_pack(a_pack(tmp_path), target, replace=replace)
        assert "--replace" not in str(why.value)
        assert str(why.value).startswith(f"{target}: ")
    for name in ("sound.ogg", "old.mp4", "old.png"):
        (tmp_path / name).unlink()
    after = sorted((path, path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file())
    assert after == before


def test_a_pack_whose_replacement_was_killed_is_read_from_its_copy(tmp_path, folder):
    made = tmp_path / "made"
    made.mkdir()
    folder.rename(made / ".before-01234567")
    (made / "audio.ogg").write_bytes(b"of another")
    song = load_pack(made)
    assert (song.title, song.slug, song.audio.read_bytes()) == ("Title", "made", b"OggS...")
    (made / ".before-01234567").rename(folder)
    (made / ".before-01234567").symlink_to(folder)
    refusal(made, "song.toml", "missing")


def test_a_link_to_a_pack_stays_a_link(tmp_path, folder):
    link = tmp_path / "link"
    link.symlink_to(folder)
    save_pack(a_pack(tmp_path), link, replace=True)
    assert link.is_symlink()
    assert load_pack(folder).title == "Old"


def test_a_pack_that_could_not_be_read_is_never_written(tmp_path, folder):
    pack = SongPack(" ", "a", 120.0, members(1), folder / "audio.ogg")
    with pytest.raises(SongPackError, match="title"):
        save_pack(pack, tmp_path / "made")
    assert [path.name for path in tmp_path.iterdir()] == ["song"]
    with pytest.raises(SongPackError, match="needs audio"):
        save_pack(SongPack("t", "a", 120.0, members(1), None), tmp_path / "made")


@pytest.mark.parametrize("name", ["song.toml", "audio.ogg", "choreography.npz"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    refusal(folder, name, "missing")


@pytest.mark.parametrize("name", ["song.toml", "audio.ogg", "choreography.npz"])
def test_an_empty_file_is_named(folder, name):
    (folder / name).write_bytes(b"")
    refusal(folder, name)


@pytest.mark.parametrize("name", ["song.toml", "choreography.npz"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.98])
def test_a_truncated_file_is_refused(folder, name, share):
    path = folder / name
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    refusal(folder, name)


@pytest.mark.parametrize("seed", range(12))
def test_garbage_inside_the_choreography_is_refused_or_harmless(folder, seed):
    path = folder / "choreography.npz"
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    for at in rng.integers(0, len(data), 20):
        data[at] = rng.integers(256)
    path.write_bytes(data)
    with contextlib.suppress(SongPackError):
        load_pack(folder)


@pytest.mark.parametrize(
    ("line", "other", "word"),
    [
        ("format = 1", "format = 2", "format"),
        ("format = 1", 'format = "1"', "format"),
        ("format = 1\n", "", "format"),
        ("bpm = 120", "bpm = 0", "bpm"),
        ("bpm = 120", 'bpm = "120"', "bpm"),
        ("bpm = 120", "bpm = nan", "bpm"),
        ("bpm = 120", "bpm = inf", "bpm"),
        ("bpm = 120", "bpm = true", "bpm"),
        ("bpm = 120\n", "", "bpm"),
        ("offset_s = 0.25", "offset_s = -100", "offset_s"),
        ("offset_s = 0.25", "offset_s = 0.25\ntempo = [[9, 90], [9, 95]]", "tempo"),
        ("offset_s = 0.25", "offset_s = 0.25\ntempo = [[0.25, 90]]", "tempo"),
        ("offset_s = 0.25", "offset_s = 0.25\ntempo = [[9.0, 0.0]]", "tempo"),
        ("offset_s = 0.25", "offset_s = 0.25\ntempo = [[9.0]]", "tempo"),
        ("offset_s = 0.25", "offset_s = 0.25\ntempo = 90", "tempo"),
        ("preview_s = 10.0", "preview_s = [1]", "preview_s"),
        ("lead = 1", "lead = 2", "lead"),
        ("lead = 1", "lead = -1", "lead"),
        ("lead = 1", "lead = 0.5", "lead"),
        ("lead = 1", "lead = true", "lead"),
        ('title = "Title"', "title = 7", "title"),
        ('title = "Title"', 'title = " "', "title"),
        ('artist = "Artist"\n', "", "artist"),
        ('licence = "CC0"', 'licence = ["CC0"]', "licence"),
        ("format = 1", f"format = 0x{'f' * 9000}", "format is 0xfff"),
        ("bpm = 120", f"bpm = 1{'0' * 5000}", "song.toml"),
        ('name = "verse"', "name = 5", "sections"),
        ("start_s = 4.5", 'start_s = "late"', "sections"),
        ("start_s = 4.5", "", "sections"),
        ("start_s = 4.5", "start_s = inf", "sections"),
        ("bpm = 120", f"bpm = 1{'0' * 400}", "bpm"),
        ("[[sections]]", "[sections]", "song.toml"),
        ("[[sections]]\nname", "sections = 3\nname", "song.toml"),
        ('"Title"', '"Ti\ntle"', "song.toml"),
        ('audio = "audio.ogg"', 'audio = ""', "audio"),
        ('audio = "audio.ogg"', 'audio = "."', "audio"),
        ('audio = "audio.ogg"', 'audio = "gone.ogg"', "gone.ogg"),
        ('audio = "audio.ogg"', 'audio = "../other.ogg"', "outside"),
        ('audio = "audio.ogg"', 'audio = "/etc/hostname"', "outside"),
        ('audio = "audio.ogg"', 'audio = "a\\u0000b"', "audio"),
        ('audio = "audio.ogg"', f'audio = "{"x" * 5000}"', "audio"),
    ],
)
def test_every_damage_to_song_toml_is_named(folder, line, other, word):
    (folder.parent / "other.ogg").write_bytes(b"sound")
    assert line in TOML
    (folder / "song.toml").write_text(TOML.replace(line, other, 1), encoding="utf-8")
    refusal(folder, word)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_toml_is_read_as_editors_write_it(folder, encoding):
    (folder / "song.toml").write_text(TOML.replace("\n", "\r\n"), encoding=encoding)
    assert load_pack(folder).title == "Title"


def test_an_unknown_key_is_said_and_stays(folder, caplog):
    text = TOML.replace("lead = 1", "led = 1")
    (folder / "song.toml").write_text(text, encoding="utf-8")
    assert load_pack(folder).lead == 0
    assert "'led' (did you mean 'lead'?)" in caplog.text
    assert (folder / "song.toml").read_text() == text


@pytest.mark.parametrize("told", ["NFC", "NFD"])
@pytest.mark.parametrize("held", ["NFC", "NFD"])
def test_audio_is_found_in_either_normal_form(folder, told, held):
    toml = TOML.replace("audio.ogg", unicodedata.normalize(told, "음악.ogg"))
    (folder / "song.toml").write_text(toml, encoding="utf-8")
    path = (folder / "audio.ogg").rename(folder / unicodedata.normalize(held, "음악.ogg"))
    assert load_pack(folder).audio == path


def test_a_song_is_found_and_kept_under_one_form_of_its_name(folder):
    library, decomposed = folder.parent, unicodedata.normalize("NFD", "음악")
    folder = folder.rename(library / decomposed)
    for name in ("음악", decomposed):
        assert find_pack(name, (library,)) == folder
    assert load_pack(folder).slug == "음악"
    (library / "Neon").mkdir()
    assert find_pack("neon", (library,)) == library / "Neon"


@pytest.mark.parametrize("text", [b"\xff\xfe\x00", b"\xed\xa0\x80 = 1", b"a" * 70_000])
def test_a_toml_that_is_no_text_is_refused(folder, text):
    (folder / "song.toml").write_bytes(text)
    refusal(folder, "song.toml")


def test_a_deeply_nested_toml_is_refused(folder):
    (folder / "song.toml").write_text("x = " + "[" * 20_000, encoding="utf-8")
    refusal(folder, "song.toml")


@pytest.mark.parametrize("name", ["audio.ogg", "song.toml", "choreography.npz"])
def test_a_link_out_of_the_pack_is_refused(folder, name):
    secret = folder.parent / "secret"
    secret.write_bytes((folder / name).read_bytes())
    (folder / name).unlink()
    (folder / name).symlink_to(secret)
    refusal(folder, name, "outside")


@pytest.mark.parametrize("name", ["audio.ogg", "song.toml", "choreography.npz"])
def test_a_link_to_itself_is_refused(folder, name):
    (folder / name).unlink()
    (folder / name).symlink_to(folder / name)
    refusal(folder, name)


@pytest.mark.parametrize("name", ["audio.ogg", "song.toml", "choreography.npz"])
def test_a_folder_in_a_files_place_is_refused(folder, name):
    (folder / name).unlink()
    (folder / name).mkdir()
    refusal(folder, name)


def spoilt(place, value):
    joints = arrays()["joints"]
    joints[place] = value
    return joints


@pytest.mark.parametrize(
    "other",
    [
        {"joints": spoilt((0, 3, 4, 0), np.nan)},
        {"joints": spoilt((0, 3, 4, 1), np.inf)},
        {"joints": spoilt((0, 3, 4, 2), np.nan)},
        {"joints": spoilt((0, 3, 4, 2), 1.5)},
        {"joints": spoilt((0, 3, 4, 2), -0.5)},
        {"joints": spoilt((0, 3, 4, 0), 1e6)},
        {"joints": spoilt((..., 2), 0.0)},
        {"joints": arrays()["joints"].astype(np.float64)},
        {"joints": arrays()["joints"].astype(np.int32)},
        {"joints": arrays()["joints"][0]},
        {"joints": arrays()["joints"][..., :2]},
        {"joints": arrays()["joints"][:, :, :17]},
        {"joints": arrays()["joints"][:, :1]},
        {"joints": arrays()["joints"][:0]},
        {"joints": np.repeat(arrays()["joints"][:, :4], 20, axis=0)},
        {"joints": np.array("text")},
        {"steps": np.zeros((2, 18, 2, 60), np.int32)},
        {"steps": np.zeros((2, 18, 3, 60), np.int16)},
        {"steps": np.zeros((2, 18, 2, 1), np.int16)},
        {"steps": np.zeros((18, 2, 60), np.int16)},
        {"steps": np.full((2, 18, 2, 60), 32_767, np.int16)},
        {"steps": np.array("text")},
        {"fps": 0.0},
        {"fps": 1000.0},
        {"fps": np.nan},
        {"fps": "thirty"},
        {"fps": np.array([30.0, 30.0])},
        {"fps": 30j},
        {"start_s": np.inf},
        {"start_s": 1e9},
        {"start_s": np.array([])},
    ],
    ids=str,
)
def test_every_damage_to_the_choreography_is_named(folder, other):
    np.savez_compressed(folder / "choreography.npz", **arrays(**other))
    refusal(folder, "choreography.npz")


@pytest.mark.parametrize("lacks", ["joints", "fps"])
def test_a_missing_array_is_named(folder, lacks):
    rest = {name: array for name, array in arrays().items() if name != lacks}
    np.savez_compressed(folder / "choreography.npz", **rest)
    refusal(folder, lacks)


def test_the_start_may_be_left_out(folder):
    rest = {name: array for name, array in arrays().items() if name != "start_s"}
    np.savez_compressed(folder / "choreography.npz", **rest)
    assert load_pack(folder).members[0].start_s == 0.0


class Bomb:
    """Says when it is unpickled."""

    went_off = False

    def __reduce__(self):
        return (setattr, (Bomb, "went_off", True))


@pytest.mark.parametrize("name", ["joints", "fps"])
def test_a_pickle_inside_is_never_loaded(folder, name):
    np.savez(folder / "choreography.npz", **arrays(**{name: np.array([Bomb()], dtype=object)}))
    refusal(folder, "choreography.npz")
    assert not Bomb.went_off


def test_a_bare_pickle_is_never_loaded(folder):
    (folder / "choreography.npz").write_bytes(pickle.dumps(Bomb()))
    refusal(folder, "choreography.npz")
    assert not Bomb.went_off


def npy(shape, data=b"", *, descr="<f4"):
    header = io.BytesIO()
    told = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, told)
    return header.getvalue() + data


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("joints.npy", npy((24, 10**9, 18, 3)), "claims"),  # terabytes
        ("joints.npy", npy((-1, 5, 18, 3)), ""),
        ("joints.npy", npy((10**400,)), ""),
        ("joints.npy", npy((2**63, 0)), ""),
        ("joints.npy", npy((2, 61, 18, 3), bytes(300_000_000)), "256 MiB"),  # 0.3 MB packed
        ("joints.npy", npy((2, 61, 18, 3), descr="<f3"), ""),
        ("fps.npy", npy((10**12,)), "claims"),
        pytest.param("extra.npy", bytes(300_000_000), "256 MiB", marks=pytest.mark.long),
        ("joints.npy", b"no array at all", "damaged"),
        ("joints.npy", b"\x93NUMPY\x09\x00" + bytes(200), "damaged"),
        ("joints.npy", b"", "damaged"),
    ],
)
def test_what_would_fill_the_memory_or_is_no_array_is_refused(folder, name, content, word):
    path = folder / "choreography.npz"
    with zipfile.ZipFile(path) as packed:
        rest = {entry: packed.read(entry) for entry in packed.namelist() if entry != name}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry, data in rest.items():
            packed.writestr(entry, data)
        packed.writestr(name, content)
    refusal(folder, "choreography.npz", word)


def test_an_encrypted_or_foreign_zip_is_refused(folder):
    path = folder / "choreography.npz"
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1  # "encrypted"
            at = data.find(mark, at + 4)
    path.write_bytes(data)
    refusal(folder, "choreography.npz")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "hello")
    refusal(folder, "choreography.npz")


def test_packs_are_found_by_name_and_path(tmp_path, folder):
    own, bundled = tmp_path / "own", tmp_path / "bundled"
    for path in (own / "b", own / "a", bundled / "a", bundled / "c", own / ".hidden"):
        path.mkdir(parents=True)
    (bundled / "__pycache__").mkdir()
    (bundled / "readme.txt").touch()
    libraries = (own, bundled, tmp_path / "nowhere")
    assert pack_folders(libraries) == [own / "a", own / "b", bundled / "c"]
    assert find_pack("a", libraries) == own / "a"
    assert find_pack("c", libraries) == bundled / "c"
    assert find_pack(str(folder), libraries) == folder
    with pytest.raises(SongPackError, match="known songs: a, b, c"):
        find_pack("d", libraries)
    with pytest.raises(SongPackError, match="known songs: none"):
        find_pack("d", ())


def test_songs_lie_in_groups_too(tmp_path, folder):
    for place in ("z", "idols/a", "idols/2024/b", "idols/2024/best/c", "1/2/3/4/5"):
        (tmp_path / "own" / place).mkdir(parents=True)
        (tmp_path / "own" / place / "song.toml").write_text(TOML)
    (tmp_path / "own" / "damaged").mkdir()
    (tmp_path / "own" / "idols" / ".kept" / "x").mkdir(parents=True)
    (tmp_path / "own" / "idols" / "round").symlink_to(tmp_path / "own" / "idols")
    (tmp_path / "own" / "z" / "extras").mkdir()
    (tmp_path / "own" / "z" / ".before-1").mkdir()
    names = [path.name for path in pack_folders((tmp_path / "own",))]
    assert names == ["4", "damaged", "b", "c", "a", "round", "z"]
    assert find_pack("b", (tmp_path / "own",)) == tmp_path / "own" / "idols" / "2024" / "b"


def test_the_error_is_one_of_ours():
    assert issubclass(SongPackError, DanceError)


def test_a_song_recorded_from_a_mirrored_video_is_turned_round(tmp_path, folder):
    pack = SongPack("M", "a", 120.0, members(2), folder / "audio.ogg", mirrored=True)
    save_pack(pack, tmp_path / "made")
    text = (tmp_path / "made" / "song.toml").read_text()
    assert "mirrored = true" in text
    again = load_pack(tmp_path / "made")
    assert again.mirrored
    for ours, theirs in zip(again.members, pack.members, strict=True):
        assert_allclose(ours.joints, theirs.joints, atol=1e-5)
    # whoever finds out later only takes the word back or adds it
    (tmp_path / "made" / "song.toml").write_text(text.replace("mirrored = true", ""))
    plain = load_pack(tmp_path / "made")
    assert not plain.mirrored
    assert_allclose(plain.members[0].joints, turned(pack.members)[0].joints, atol=1e-5)


def test_the_mirror_image_swaps_sides_and_the_formation(folder):
    pack = load_pack(folder)
    image = as_danced(pack, Terms(mirrored=True))
    assert as_danced(pack, Terms()) is pack
    for ours, theirs in zip(image.members, pack.members, strict=True):
        apart = ours.joints[:, 4, 0] - ours.joints[:, 1, 0]  # the right wrist from the neck
        assert_allclose(apart, theirs.joints[:, 1, 0] - theirs.joints[:, 7, 0], atol=1e-5)
        assert (ours.fps, ours.start_s) == (theirs.fps, theirs.start_s)
    first, second = (np.nanmean(member.joints[:, 1, 0]) for member in pack.members)
    one, two = (np.nanmean(member.joints[:, 1, 0]) for member in image.members)
    assert_allclose(one - two, second - first, atol=1e-5)
    back = turned(image.members)
    assert_allclose(back[0].joints, pack.members[0].joints, atol=1e-5)


def test_mirrored_is_yes_or_no(folder):
    toml = folder / "song.toml"
    toml.write_text(TOML.replace("lead = 1", 'lead = 1\nmirrored = "yes"'), encoding="utf-8")
    refusal(folder, "mirrored", "true or false")


def test_the_cover_s_colours_survive_the_file(tmp_path, folder):
    colours = ((255, 45, 150), (0, 1, 2))
    pack = SongPack("C", "a", 120.0, members(1), folder / "audio.ogg", colours=colours)
    save_pack(pack, tmp_path / "made")
    told = tomllib.loads((tmp_path / "made/song.toml").read_text())
    assert told["colours"] == ["#ff2d96", "#000102"]
    assert load_pack(tmp_path / "made").colours == colours
    assert load_pack(folder).colours == ()


def test_a_staging_lights_the_stage_survives_the_file_and_is_checked_at_the_door(
    tmp_path, folder
):
    lights, colours = ((1, 2, 3), (4, 5, 6), (7, 8, 9)), ((255, 45, 150),)
    clothes = Clothes((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4), (5, 5, 5), "tail", "wide")
    pack = SongPack(
        "S", "a", 120.0, members(1), folder / "audio.ogg", colours=colours,
        staging=Staging(lights, (clothes,)),
    )  # fmt: skip
    assert dataclasses.replace(pack, staging=UNSTAGED).lights == colours
    save_pack(pack, tmp_path / "made")
    again = load_pack(tmp_path / "made")
    assert (again.lights, again.staging, again.other) == (lights, pack.staging, {})
    toml = tmp_path / "made/song.toml"
    toml.write_text(toml.read_text().replace('style = "tail"', 'style = "wig"'))
    refusal(tmp_path / "made", "song.toml", "staging.clothes 1", "style must be one of")


@pytest.mark.parametrize(
    "colours",
    ['"#ff2d96"', '["red"]', "[7]", '["#ff2d9"]', '["#ff2d96 "]', str(["#000000"] * 6)],
)
def test_colours_are_a_few_texts(folder, colours):
    toml = folder / "song.toml"
    told = TOML.replace("lead = 1", f"lead = 1\ncolours = {colours}")
    toml.write_text(told.replace("'", '"'), encoding="utf-8")
    refusal(folder, "colours", "up to 5")


def a_formation(rows, count=2):
    floor = np.random.default_rng(7).normal(0, 2, (count, rows, 2)).astype(np.float32)
    floor[0, 3] = np.nan
    there = np.ones((count, rows), bool)
    there[1, :9] = False
    return Formation(floor, there)


@pytest.mark.parametrize("mirrored", [False, True])
def test_names_and_places_survive_the_file(tmp_path, folder, mirrored):
    dancers = members()
    pack = SongPack(
        "C", "a", 120.0, dancers, folder / "audio.ogg", names=("하니", '"Dani" \\'),
        formation=a_formation(len(dancers[0].joints)), mirrored=mirrored,
    )  # fmt: skip
    save_pack(pack, tmp_path / "made")
    again = load_pack(tmp_path / "made")
    assert again.names == pack.names
    assert_array_equal(again.formation.floor, pack.formation.floor)
    assert_array_equal(again.formation.there, pack.formation.there)
    with np.load(tmp_path / "made" / "choreography.npz") as kept:
        side = kept["floor"][..., 0]  # as it was filmed
    assert_array_equal(side, pack.formation.floor[..., 0] * (-1 if mirrored else 1))
    turned_round = as_danced(again, Terms(mirrored=True)).formation
    assert_array_equal(turned_round.floor, pack.formation.floor * np.float32((-1, 1)))
    plain = load_pack(folder)
    assert (plain.names, plain.formation) == ((), None)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"there": None}, "lacks 'there'"),
        ({"floor": None}, "lacks 'floor'"),
        ({"there": np.ones((2, 5), bool)}, "who is there"),
        ({"there": np.ones((2, 61), np.uint8)}, "who is there"),
        ({"floor": np.zeros((2, 5, 2), np.float32), "there": np.ones((2, 5), bool)}, "dance"),
        ({"floor": np.full((2, 61, 2), 1e9, np.float32)}, "far off"),
        ({"floor": np.full((2, 61, 2), np.inf, np.float32)}, "far off"),
        ({"floor": np.zeros((2, 61, 2))}, "floor"),
    ],
    ids=str,
)
def test_places_that_cannot_be_are_refused(folder, other, told):
    rows = len(members()[0].joints)
    kept = {"floor": np.zeros((2, rows, 2), np.float32), "there": np.ones((2, rows), bool)}
    whole = arrays(**kept) | other
    np.savez(folder / "choreography.npz", **{k: v for k, v in whole.items() if v is not None})
    refusal(folder, "choreography.npz", told)


@pytest.mark.parametrize("names", ['["one"]', "[1, 2]", '"two"', f'["{"a" * 101}", "b"]'])
def test_names_are_one_for_each_member(folder, names):
    toml = folder / "song.toml"
    toml.write_text(TOML.replace("lead = 1", f"lead = 1\nmembers = {names}"), encoding="utf-8")
    refusal(folder, "song.toml", "members")
