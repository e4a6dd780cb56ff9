"""What a pack tells of its film, its cover and whoever made it, and the keys that are not known here."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.library.pack_reader import load_pack, read_facts
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.shared_pack import SharedPackError, shared_bytes, unpack
from kpopdance.realtime.library.songpack import TOML, Film, SongPack, SongPackError
from tests.realtime.library.test_shared_pack import ONSET_STRENGTH, put, repacked
from tests.realtime.library.test_songpack import PNG, members

TOLD = {"creator": "나", "year": 2016, "tags": ("solo", "느린 곡")}
OTHER = {"mood": "sad", "scenes": [{"at_s": 1.5}, {"at_s": 3.0}], "lights": {"red": [1, 2, 3]}}


@pytest.fixture
def pack(tmp_path):
    """A pack of all that there is; its film begins 0.2 s after the music."""
    for name, content in {"a.ogg": b"OggS", "film.mp4": b"film", "art.png": PNG}.items():
        (tmp_path / name).write_bytes(content)
    return SongPack(
        "제목", "Artist", 120.0, members(2), tmp_path / "a.ogg", film=Film(tmp_path / "film.mp4", 0.2),
        cover=tmp_path / "art.png", other=OTHER, **TOLD,
    )  # fmt: skip


def told(song):
    return {name: getattr(song, name) for name in TOLD}


def test_all_of_it_is_kept_when_a_pack_is_written_again(pack, tmp_path):
    folder = tmp_path / "library" / "song"
    save_pack(pack, folder)
    for title in ("제목", "Another", "A third"):
        song = load_pack(folder)
        assert (song.title, told(song), song.other) == (title, TOLD, OTHER)
        assert song.film == Film(folder / "video.mp4", 0.2)
        assert song.film.path.read_bytes() == b"film"
        assert song.cover.read_bytes() == PNG
        assert read_facts(folder).cover == song.cover
        following = {"제목": "Another", "Another": "A third"}.get(title, "")
        save_pack(replace(song, title=following or "end"), folder, replace=True)
    assert sorted(path.name for path in folder.iterdir()) == [
        "audio.ogg", "choreography.npz", "cover.png", "song.toml", "video.mp4",
    ]  # fmt: skip


def test_a_linked_film_stays_where_it_is(pack, tmp_path):
    linked = replace(pack, film=replace(pack.film, linked=True))
    save_pack(linked, tmp_path / "song")
    assert load_pack(tmp_path / "song").film == linked.film
    assert not (tmp_path / "song" / "video.mp4").exists()
    linked.film.path.unlink()
    assert load_pack(tmp_path / "song").film == linked.film  # said by whoever shows it


@pytest.mark.parametrize("gone", ["video.mp4", "cover.png"])
def test_a_song_goes_on_without_its_pictures(pack, tmp_path, gone):
    save_pack(pack, tmp_path / "song")
    (tmp_path / "song" / gone).unlink()
    song = load_pack(tmp_path / "song")
    assert (song.cover is None) == (gone == "cover.png")
    save_pack(song, tmp_path / "again")
    keys = tomllib.loads((tmp_path / "again" / TOML).read_text()).keys()
    assert not keys & {gone.partition(".")[0]}


@pytest.mark.parametrize("cover", [b"GIF89a", b"", b"<svg onload=x>", PNG + bytes(9 << 20)])
def test_a_cover_is_a_picture_of_a_sensible_size(pack, tmp_path, cover):
    save_pack(pack, tmp_path / "song")
    (tmp_path / "song" / "cover.png").write_bytes(cover)
    assert load_pack(tmp_path / "song").cover is None


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('video = "../film.mp4"', "outside"),
        ('video = "/etc/hostname"', "outside"),
        ('video = "a\\u0000b"', "video"),
        ('cover = "../art.png"', "outside"),
        (f'video_link = "{"x" * 5000}"', "video_link"),
        ('video_link = "a\\nb"', "video_link"),
        ('video = "v.mp4"\nvideo_start_s = nan', "video_start_s"),
        ("year = -3", "year"),
        ('year = "2016"', "year"),
        ('tags = "solo"', "tags"),
        (f"tags = {[str(k) for k in range(40)]}", "tags"),
        ("creator = 7", "creator"),
    ],
)
def test_what_is_wrong_with_these_keys_is_said(pack, tmp_path, line, word):
    folder = tmp_path / "song"
    plain = replace(pack, film=None, cover=None, creator="", year=0, tags=(), other={})
    save_pack(plain, folder)
    line = line.replace("'", '"')
    text = (folder / TOML).read_text().replace("lead = 0", f"lead = 0\n{line}")
    (folder / TOML).write_text(text)
    for reading in (load_pack, read_facts):
        with pytest.raises(SongPackError, match=word):
            reading(folder)


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("with_video", [False, True])
def test_a_film_is_shared_only_when_asked(pack, tmp_path, linked, with_video):
    save_pack(replace(pack, film=replace(pack.film, linked=linked)), tmp_path / "song")
    content = shared_bytes(tmp_path / "song", ONSET_STRENGTH, with_video=with_video)
    assert (b"film" in content) == with_video
    assert str(tmp_path).encode() not in content
    (tmp_path / "a.kpopdance").write_bytes(content)
    (tmp_path / "into").mkdir()
    song = unpack(tmp_path / "a.kpopdance", tmp_path / "into").song
    assert (told(song), song.other, song.cover.read_bytes()) == (TOLD, OTHER, PNG)
    assert (song.film is not None) == with_video
    if with_video:
        assert song.film.path.read_bytes() == b"film"
        assert_allclose(song.film.start_s, 0.2)
        assert not song.film.linked


@pytest.mark.parametrize(
    "line",
    [
        'video_link = "/etc/passwd"',
        'video_link = "C:\\\\Users\\\\x.mp4"',
        'video = "/etc/passwd"',
        'video = "../../x.mp4"',
        'cover = "../../x.png"',
    ],
)
def test_a_shared_song_names_no_file_outside_itself(pack, tmp_path, line):
    save_pack(replace(pack, film=None, cover=None), tmp_path / "song")
    (tmp_path / "into").mkdir()
    toml = (tmp_path / "song" / TOML).read_text().replace("lead = 0", f"lead = 0\n{line}")
    path = tmp_path / "given.kpopdance"
    path.write_bytes(repacked(tmp_path / "song", put(TOML, toml.encode())))
    with pytest.raises(SharedPackError) as refused:
        unpack(path, tmp_path / "into")
    assert str(refused.value).startswith(f"{path}: ")


def test_a_number_that_cannot_be_written_is_said(pack, tmp_path):
    with pytest.raises(SongPackError, match="cannot be written again"):
        save_pack(replace(pack, other={"far": 1 << 40_000}), tmp_path / "song")
    assert not (tmp_path / "song").exists()
