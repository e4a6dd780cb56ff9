"""Drafts on the disk: nothing is lost by leaving, and a song of old is edited as well as a new one."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.types import Formation
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.library.pack_reader import load_pack, pack_folders
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import Film, SongPack
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.studio import drafts
from kpopdance.realtime.studio.drafts import (
    begun,
    draft_of_film,
    draft_of_song,
    drafts_in,
    keep,
    opened,
    remember,
    saved,
    throw_away,
)
from kpopdance.realtime.studio.editing import Edit, draft_of
from kpopdance.realtime.studio.new_song import song_from
from kpopdance.realtime.studio.take import Take
from tests import dances
from tests.coded_film import write_coded


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "film.wav"
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (8 * 48_000, 2))
    write_audio(path, noise.astype(np.float32))
    return path


def a_draft():
    """Two dancers of a film of 25 pictures a second, and somebody in the mirror."""
    joints = np.stack([dances.song(k, moves=3).joints[:150] for k in range(3)])
    joints[..., :2] *= 360
    take = Take(
        np.arange(150) / 25, (640, 360), joints, np.ones((3, 150), bool),
        np.zeros((3, 150, 2), np.float32), ("member", "member", "mirror"), (70,), 1,
    )  # fmt: skip
    return dataclasses.replace(
        draft_of(take, "노래 Nº 1"), bpm=121.5, offset_s=0.25, length_s=8.0, start_s=-0.05
    )


def with_edits(kept, *words):
    history = kept.history
    for each in words:
        history = history.did(Edit(*each.split(" ", 1)))
    return dataclasses.replace(kept, history=history)


def test_what_is_kept_comes_back_with_its_edits(tmp_path, sound):
    kept = begun(tmp_path, a_draft(), sound, sound)
    kept = with_edits(kept, "swap 1,2@2", "name 1=민지", "drop 2", "section chorus@3")
    kept = dataclasses.replace(kept, history=kept.history.undone())
    keep(kept)
    again = draft_of_film(tmp_path, sound)
    assert (again.folder, again.film.path, again.pack) == (kept.folder, sound, None)
    assert [edit.word for edit in again.history.done] == ["swap", "name", "drop"]
    one, other = kept.draft, again.draft
    for field in dataclasses.fields(one):
        if field.name not in ("take", "who"):
            assert getattr(one, field.name) == getattr(other, field.name), field.name
    assert_array_equal(one.who, other.who)
    assert_array_equal(one.take.joints, other.take.joints)
    assert pack_folders((tmp_path,)) == []  # no song yet


def test_films_of_one_name_have_drafts_of_their_own(tmp_path, sound):
    other = tmp_path / "other.wav"
    shutil.copy(sound, other)
    folders = [begun(tmp_path, a_draft(), film, film).folder for film in (sound, other, sound)]
    assert folders[0] == folders[2] != folders[1]
    assert len(drafts_in(tmp_path)) == 2


def test_a_song_is_made_of_a_draft_and_edited_again_from_what_was_seen(tmp_path, sound):
    kept = with_edits(begun(tmp_path, a_draft(), sound, sound), "name 2=해린", "bpm 100@0.5")
    done = saved(kept, tmp_path)
    song = load_pack(done.pack)
    assert done.pack == tmp_path / "노래-nº-1"
    assert (song.title, song.bpm, song.offset_s, song.names) == (
        "노래 Nº 1",
        100,
        0.5,
        ("", "해린"),
    )
    assert (len(song.members), song.lead, song.members[0].start_s) == (2, 1, -0.05)
    again = draft_of_song(tmp_path, done.pack)
    assert not again.draft.finished
    again = saved(with_edits(again, "drop 1", "mirrored yes"), tmp_path)
    song = load_pack(again.pack)
    assert (song.names, song.lead, song.mirrored, song.bpm) == (("해린",), 0, True, 100)
    assert [e.word for e in draft_of_song(tmp_path, done.pack).history.done] == [
        "name", "bpm", "drop", "mirrored",
    ]  # fmt: skip


def test_two_songs_of_one_title_lie_beside_each_other(tmp_path, sound):
    other = tmp_path / "other.wav"
    shutil.copy(sound, other)
    packs = [
        saved(begun(tmp_path, a_draft(), film, film), tmp_path).pack for film in (sound, other)
    ]
    assert packs[0] != packs[1]
    assert all(load_pack(pack).title == "노래 Nº 1" for pack in packs)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_song_without_a_draft_keeps_all_that_is_not_edited(tmp_path, sound, mirrored):
    members = tuple(dances.song(k, moves=3) for k in range(3))
    rows = len(members[0].joints)
    floor = np.random.default_rng(2).normal(size=(3, rows, 2)).astype(np.float32)
    pack = tmp_path / "alt"
    save_pack(
        SongPack(
            "Alt", "Artist", 128.0, members, sound, "en", "CC0", 0.1, 2.0, 1, (("verse", 0.0),),
            mirrored=mirrored, colours=((1, 2, 3),),
            formation=Formation(floor, np.ones((3, rows), bool)),
        ), pack,
    )  # fmt: skip
    before = load_pack(pack)
    kept = with_edits(draft_of_song(tmp_path, pack), "name 3=Yuna", "drop 1", "chorus 1.5")
    saved(keep(kept), tmp_path)
    song = load_pack(pack)
    assert (song.names, song.lead, song.preview_s) == (("", "Yuna"), 0, 1.5)
    told = ("title", "artist", "bpm", "language", "licence", "offset_s", "sections", "colours",
            "mirrored", "slug")  # fmt: skip
    assert [getattr(song, name) for name in told] == [getattr(before, name) for name in told]
    aside = song.members[0].joints[0, 0, 0] - before.members[1].joints[0, 0, 0]
    assert mirrored or aside == 0  # turned about another middle
    for now, then in zip(song.members, before.members[1:], strict=True):
        moved = then.joints + np.array([aside, 0, 0], np.float32)
        np.testing.assert_allclose(now.joints, moved, atol=1e-6 if mirrored else 0)
        assert (now.fps, now.start_s) == (then.fps, then.start_s)
    assert_array_equal(song.formation.floor, before.formation.floor[1:])
    undone = draft_of_song(tmp_path, pack)
    undone = dataclasses.replace(undone, history=undone.history.undone().undone())
    saved(undone, tmp_path)
    assert len(load_pack(pack).members) == 3


@pytest.mark.parametrize(
    ("size", "wide"), [((96, 160), 307), ((160, 90), 910), (None, 910), ("gone", 910)]
)
def test_rows_of_a_song_lie_on_the_picture_of_its_film(tmp_path, sound, size, wide):
    path, pack = tmp_path / "film.mp4", tmp_path / "alt"
    write_coded(path, 4, size=(96, 160) if size == "gone" else size or (160, 90))
    song = SongPack(
        "Alt", "", 128.0, (dances.song(0, moves=3),), sound, "en", "CC0", 0.1, 2.0, 0, ()
    )
    save_pack(
        dataclasses.replace(song, film=Film(path, 0.0, linked=True) if size else None), pack
    )
    if size == "gone":
        path.unlink()
    take = draft_of_song(tmp_path, pack).draft.take
    assert take.size == (wide, drafts.ROWS_PX)
    assert_array_equal(take.joints[0, :, :, :2] / 512, song.members[0].joints[..., :2])


def test_a_draft_of_a_song_that_is_another_one_now_is_not_taken(tmp_path, sound):
    done = saved(begun(tmp_path, a_draft(), sound, sound), tmp_path)
    song = load_pack(done.pack)
    alone = dataclasses.replace(song, members=song.members[:1], lead=0, formation=None)
    save_pack(alone, done.pack, replace=True)
    fresh = draft_of_song(tmp_path, done.pack)
    assert fresh.draft.finished
    assert fresh.draft.people == 1


def test_a_recorded_song_is_edited_from_what_was_seen(tmp_path, sound):
    draft, pack = a_draft(), tmp_path / "song"
    song = dataclasses.replace(song_from(draft), audio=sound)
    save_pack(song, pack)
    waiting = begun(tmp_path, dataclasses.replace(draft, title="song"), sound, sound)
    remember(tmp_path, pack, draft.take, Film(sound, draft.start_s), sound)
    kept = draft_of_song(tmp_path, pack)
    assert kept.folder != waiting.folder  # another film's draft of that name stays
    assert not kept.draft.finished
    assert (kept.draft.bpm, kept.draft.start_s, kept.draft.people) == (121.5, -0.05, 3)
    saved(with_edits(kept, "keep 3", "name 3=유나"), tmp_path)
    assert load_pack(pack).names == ("", "", "유나")
    assert len(drafts_in(tmp_path)) == 2


def test_a_song_s_draft_moves_with_its_library(tmp_path, sound):
    library, moved = tmp_path / "songs", tmp_path / "elsewhere" / "songs"
    film = Path(shutil.copy(sound, tmp_path / "film.wav"))
    done = saved(begun(library, a_draft(), film, film), library)
    keep(with_edits(done, "name 1=민지"))
    remains = keep(begun(library, a_draft(), done.pack / "audio.ogg", done.pack / "audio.ogg"))
    moved.parent.mkdir()
    library.rename(moved)
    again = draft_of_song(moved, moved / done.pack.name)
    assert (again.draft.names[0], again.draft.people, again.film.path) == ("민지", 3, film)
    waiting = draft_of_film(moved, moved / done.pack.name / "audio.ogg")
    assert waiting.folder.name == remains.folder.name
    film.unlink()
    again = draft_of_song(moved, moved / done.pack.name)
    assert (again.film, again.sound) == (None, moved / done.pack.name / "audio.ogg")


DAMAGE = {
    "cut off": lambda told: json.dumps(told)[:-9],
    "no numbers": lambda told: json.dumps(told | {"start_s": float("nan")}),
    "far off": lambda told: json.dumps(told | {"offset_s": 1e9}),
    "another kind": lambda told: json.dumps(told | {"edits": {"swap": "1,2"}}),
    "an edit that cannot be": lambda told: json.dumps(told | {"edits": [["swap", "7,8@1"]]}),
    "of a newer game": lambda told: json.dumps(told | {"format": 2}),
    "a list": lambda told: json.dumps([told]),
    "no text": lambda told: "\udcff",
    "nested": lambda told: "[" * 100_000,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_draft_is_told_in_one_sentence_and_left_out(tmp_path, sound, kind, caplog):
    kept = begun(tmp_path, a_draft(), sound, sound)
    path = kept.folder / drafts.TOLD
    text = DAMAGE[kind](json.loads(path.read_text(encoding="utf-8")))
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DanceError, match=r"draft\.json: ") as told:
        opened(kept.folder)
    assert "\n" not in str(told.value)
    assert draft_of_film(tmp_path, sound) is None
    assert str(path) in caplog.text


def test_a_take_that_is_gone_is_told(tmp_path, sound):
    kept = begun(tmp_path, a_draft(), sound, sound)
    (kept.folder / drafts.TAKE).unlink()
    with pytest.raises(DanceError, match=r"take\.npz"):
        opened(kept.folder)


def test_a_song_whose_sound_is_gone_is_not_half_written(tmp_path, sound):
    film = tmp_path / "film.wav"
    shutil.copy(sound, film)
    kept = begun(tmp_path, a_draft(), film, film)
    film.unlink()
    with pytest.raises(DanceError, match=r"film\.wav"):
        saved(kept, tmp_path)
    assert pack_folders((tmp_path,)) == []
    assert draft_of_film(tmp_path, film) is not None


def test_a_draft_is_thrown_away_and_a_song_is_not(tmp_path, sound):
    kept = begun(tmp_path, a_draft(), sound, sound)
    song = saved(
        begun(tmp_path, dataclasses.replace(a_draft(), title="b"), sound, sound), tmp_path
    )
    throw_away(kept)
    assert drafts_in(tmp_path) == [song.folder]
    assert not kept.folder.exists()
    assert sound.is_file()
    with pytest.raises(DanceError, match="is a song"):
        throw_away(song)
    with pytest.raises(DanceError, match="cannot be removed"):
        throw_away(kept)
    assert draft_of_song(tmp_path, song.pack).folder == song.folder


@pytest.mark.parametrize("edit", ["offset 0.6", "bpm 100@0.1"])
def test_moves_are_cut_on_the_bars_as_they_are_corrected(tmp_path, sound, edit):
    kept = begun(tmp_path, a_draft(), sound, sound)
    song = load_pack(saved(with_edits(kept, edit), tmp_path).pack)
    standard = standard_of(song, Terms())
    beats = [song.tempo.beat_at(float(at_s)) for at_s in standard.start_s]
    assert len(beats) > 1
    assert_allclose(beats, np.round(beats), atol=1e-6)
    assert round(beats[0]) % 4 == 0
