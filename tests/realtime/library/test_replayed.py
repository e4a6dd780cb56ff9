"""A medley's dance judged again: by who has its songs as they were, and by nobody else."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from kpopdance.realtime.__main__ import main
from kpopdance.realtime.core.terms import USUAL, Terms
from kpopdance.realtime.dance.ghost_dance import GhostDance
from kpopdance.realtime.library.board import put_on_board, read_board
from kpopdance.realtime.library.medley import excerpt_of, medley_of, songs_of
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.pack_reader import listed_pack, load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.replay import (
    Replay,
    ReplayError,
    beats_key,
    dance_key,
    judged_again,
    read_replay,
    save_replay,
)
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.library.verified import UnverifiedError, verified
from kpopdance.realtime.party.ghosts import met_in
from tests import dances, replays

NAMES = ("one", "two")
SECTIONS = (("chorus", 0.0), ("end", 12.0))


def put(library, name, sections=SECTIONS, seed=None):
    """A song of sixteen seconds, in a library."""
    dance = dances.song(ord(name[0]) if seed is None else seed, moves=8)
    song = SongPack(
        f"Song {name}", "Nobody", 120.0, (dance,), library / "a.ogg", sections=sections
    )
    save_pack(song, library / name, replace=True)


def danced(library, terms=USUAL, player="Mina"):
    """A dance of both choruses, every pose judged at the end."""
    songs = [load_pack(listed_pack(name, (library,))) for name in NAMES]
    here = medley_of("Random", "seed 1", [excerpt_of(song) for song in songs])
    medley = as_danced(here, terms)
    standard = standard_of(medley, terms)
    asked = medley.members[0].joints
    there = np.flatnonzero((asked[..., 2] > 0).any(axis=1))
    whole = asked[
        there[np.searchsorted(there, np.arange(len(asked)))]
    ]  # stands ready in between
    joints = dances.noisy(dances.styled(whole, 3, 20.0), 3)
    track = dances.track_of(joints)
    judged_at = np.full(len(standard.start_s), len(track), dtype=np.int64)
    made = Replay(
        track.at_s.copy(), track.joints.copy(), judged_at, np.empty((0, 2)), here.slug,
        dance_key(here.members[0]), "0.1", "painted", 0.0, **asdict(terms), player=player,
        beats=beats_key(here), songs=songs_of(here),
    )  # fmt: skip
    return replace(made, score=judged_again(made, standard).totals()[0])


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    (folder / "a.ogg").write_bytes(b"never decoded here")
    for name in NAMES:
        put(folder, name)
    return folder


@pytest.mark.parametrize(
    "terms", [Terms(), Terms("kids", mirrored=True)], ids=["usual", "turned"]
)
def test_who_has_the_songs_judges_it_to_the_last_bit(library, tmp_path, terms, capsys):
    replay = danced(library, terms)
    path = put_on_board(tmp_path, replay)
    assert read_replay(path).needs == NAMES
    dance = verified(path, lambda name: listed_pack(name, (library,)))
    assert dance.report.score == replay.score > 30
    assert [each.song.title for each in dance.song.excerpts] == ["Song one", "Song two"]
    met = met_in(path, (library,))
    assert met.song.slug == met.ghost.slug == replay.song
    assert isinstance(met.ghost, GhostDance)
    assert dance_key(met.song.members[0]) == replay.dance
    (ranking,) = read_board(tmp_path, (library,)).rankings
    assert ranking.title == "Random play dance: Song one, Song two"
    assert ranking.standings[0].found.score == pytest.approx(replay.score)
    assert main(["score", "--replay", str(path), "--library", str(library), "--json"]) == 0
    assert f'"score": {replay.score:.1f}' in capsys.readouterr().out


def test_a_song_given_for_it_is_refused(library, tmp_path, capsys):
    path = put_on_board(tmp_path, danced(library))
    assert main(["score", "one", "--replay", str(path), "--library", str(library)]) == 2
    assert "leave the song out" in capsys.readouterr().err


def test_no_film_is_made_of_what_has_no_sound_of_its_own(library, tmp_path, capsys):
    path, out = put_on_board(tmp_path, danced(library)), tmp_path / "x.mp4"
    typed = ["reel", str(path), "--library", str(library), "--out", str(out)]
    assert main(typed) == 2
    assert "write its card" in capsys.readouterr().err
    assert not out.exists()


CHANGED = {
    "one is missing": ({"two": None}, {}, "two, which is not among your songs"),
    "one is danced otherwise": ({"two": {"seed": 99}}, {}, "another version"),
    "one's chorus lies elsewhere": ({"one": {"sections": (("chorus", 2.0),)}}, {}, "another"),
    "one has no chorus": ({"one": {"sections": (("chorus", 15.9),)}}, {}, "another version"),
    "in another order": ({}, {"songs": "two/one"}, "another version"),
    "one of them alone": ({}, {"songs": "one"}, "another version"),
    "with more points": ({}, {"score": 99.0}, "it was edited"),
}  # fmt: skip


@pytest.mark.parametrize(("packs", "words", "told"), CHANGED.values(), ids=CHANGED)
def test_nobody_else_does(library, tmp_path, packs, words, told):
    here, shared = tmp_path / "songs", tmp_path / "shared"
    here.mkdir()
    shared.mkdir()
    (here / "a.ogg").write_bytes(b"never decoded here")
    for name in NAMES:
        changes = packs.get(name, {})
        if changes is not None:
            put(here, name, **changes)
    path = put_on_board(shared, danced(library))
    replays.resealed(path, **words)
    with pytest.raises(UnverifiedError, match=told):
        verified(path, lambda name: listed_pack(name, (here,)))
    if packs:  # once all songs are as they were, the board counts it
        assert not read_board(shared, (here,)).rankings
        for name in NAMES:
            put(here, name)
        assert len(read_board(shared, (here,)).rankings) == 1


@pytest.mark.parametrize("songs", ["a/" * 300, "x" * 50_000])
def test_more_songs_than_a_medley_has_are_damage(library, tmp_path, songs):
    save_replay(tmp_path / "x.npz", replace(danced(library), songs=songs))
    with pytest.raises(ReplayError, match="damaged"):
        read_replay(tmp_path / "x.npz")
