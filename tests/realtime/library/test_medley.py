"""A medley: which part of a song it takes, and that all of it lies where it is danced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kpopdance.realtime.core.body import NECK
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.library.medley import LEAD_S, LEAST_S, MOST_S, excerpt_of, medley_of
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.songpack import SongPack, SongPackError
from tests import dances


def pack(name="a", bpm=120.0, *, moves=30, members=1, start_s=0.0, **facts):
    """A minute of dance; bars of two seconds at 120 beats a minute."""
    danced = tuple(
        dances.song(ord(name[0]) + k, bpm=bpm, moves=moves, start_s=start_s)
        for k in range(members)
    )
    audio = facts.pop("audio", Path(f"{name}.ogg"))
    folder = Path("/nowhere") / name
    return SongPack(f"Song {name}", "Somebody", bpm, danced, audio, folder=folder, **facts)


def sections(*starts):
    return tuple((name.rstrip("0123456789"), start) for name, start in starts)


NAMED = {
    "its chorus": (sections(("verse", 0), ("chorus", 20), ("bridge", 36)), (20, 36)),
    "the first that is long enough": (
        sections(("chorus", 0), ("verse", 6), ("chorus", 20), ("outro", 34)), (20, 34)
    ),
    "a short one goes on": (sections(("chorus", 10), ("verse", 16), ("outro", 30)), (10, 30)),
    "two of a name are one": (
        sections(("verse", 0), ("chorus", 20), ("chorus1", 28), ("x", 36)), (20, 36)
    ),
    "a long one is cut": (sections(("chorus", 4),), (4, 4 + MOST_S)),
    "the last one ends with the dance": (sections(("verse", 0), ("Chorus", 44),), (44, 60)),
    "whole bars": (sections(("verse", 0), ("chorus", 20.3), ("outro", 35.4)), (20, 34)),
    "Korean": (sections(("1절", 0), ("후렴", 20), ("2절", 36)), (20, 36)),
}  # fmt: skip


@pytest.mark.parametrize(("named", "danced"), NAMED.values(), ids=NAMED)
def test_a_song_gives_its_chorus(named, danced):
    excerpt = excerpt_of(pack(sections=named))
    from_s, to_s = excerpt.from_s + excerpt.lead_s, excerpt.from_s + excerpt.end_s
    assert (from_s, to_s) == pytest.approx(danced)
    assert excerpt.lead_s >= LEAD_S - 1e-6


def test_without_sections_it_is_what_the_preview_plays():
    excerpt = excerpt_of(pack(preview_s=24.2))
    assert excerpt.from_s + excerpt.lead_s == pytest.approx(24.0)
    assert excerpt.end_s - excerpt.lead_s >= LEAST_S


@pytest.mark.parametrize(
    ("bpm", "bars", "count_s"), [(120, 2, 0.5), (174, 3, 120 / 174), (84, 2, 60 / 84)]
)
def test_it_is_counted_in_whole_bars_before_it(bpm, bars, count_s):
    excerpt = excerpt_of(pack(bpm=float(bpm), moves=40, preview_s=24.0))
    assert excerpt.lead_s == pytest.approx(bars * 4 * 60 / bpm)
    assert excerpt.count_s == pytest.approx(count_s)


@pytest.mark.parametrize(
    "facts",
    [{"audio": None}, {"start_s": 40.0, "preview_s": 8.0}, {"moves": 4, "preview_s": 30.0}],
)
def test_a_song_without_a_danced_chorus_is_none_of_it(facts):
    with pytest.raises(SongPackError, match="Song a"):
        excerpt_of(pack(**facts))


def three():
    one = pack("a", 120.0, sections=sections(("chorus", 20), ("outro", 36)))
    two = pack("b", 90.0, members=3, lead=1, preview_s=20.0, tempo_changes=((32.0, 100.0),))
    return [
        excerpt_of(one),
        excerpt_of(two),
        excerpt_of(pack("c", 150.0, moves=40, preview_s=8.0)),
    ]


def test_songs_follow_each_other_bar_by_bar():
    medley = medley_of("Medley", "", three())
    tempo = medley.tempo
    assert medley.excerpts[0].danced_s[0] == pytest.approx(0.0)
    for before, after in zip(medley.excerpts, medley.excerpts[1:], strict=False):
        assert after.at_s == pytest.approx(before.danced_s[1])
    for excerpt in medley.excerpts:
        for second in (*excerpt.danced_s, max(excerpt.at_s, 0.0)):
            beat = tempo.beat_at(second + 1e-6)
            assert beat / 4 == pytest.approx(round(beat / 4), abs=1e-3)  # a bar's first one
        middle = excerpt.lead_s + 1.0
        assert tempo.bpm_at(excerpt.at_s + middle) == excerpt.song.tempo.bpm_at(middle)


def test_each_dance_lies_where_it_is_danced_and_nothing_in_between():
    medley = medley_of("Medley", "", three())
    assert len(medley.members) == 3
    times = np.arange(len(medley.members[0].joints)) / medley.members[0].fps
    asked = np.zeros(len(times), bool)
    for excerpt, song in zip(
        medley.excerpts, (pack("a"), pack("b", 90.0, members=3), None), strict=True
    ):
        start_s, end_s = excerpt.danced_s
        inside = (times >= start_s + 0.05) & (times <= end_s - 0.05)
        asked |= (times >= start_s - 1e-6) & (times <= end_s + 1e-6)
        if song is not None:
            lead = song.members[1 if len(song.members) > 1 else 0]
            whole = choreography_rows(lead, times[inside] - excerpt.at_s + excerpt.from_s)
            np.testing.assert_allclose(medley.members[0].joints[inside], whole, atol=1e-4)
    assert (medley.members[0].joints[~asked][..., 2] == 0).all()
    assert (medley.members[0].joints[asked][..., 2] > 0).mean() > 0.99


def test_which_song_it_is_now():
    medley = medley_of("Medley", "", three())
    second = medley.excerpts[1]
    told = [
        medley.excerpt_at(at).song.title
        for at in (-2.0, 0.0, second.at_s - 0.1, second.at_s, medley.length_s + 9)
    ]
    assert told == ["Song a", "Song a", "Song a", "Song b", "Song c"]
    assert pack().excerpt_at(3.0) is None


def test_the_same_songs_have_the_same_name():
    slugs = [
        medley_of("x", "", songs).slug
        for songs in (three(), three(), three()[:2], three()[::-1])
    ]
    assert slugs[0] == slugs[1]
    assert len(set(slugs)) == 3


def test_its_mirror_image_is_that_of_each_song():
    medley = medley_of("Medley", "", three())
    turned = as_danced(medley, Terms(mirrored=True))
    for before, after in zip(medley.excerpts, turned.excerpts, strict=True):
        alone = as_danced(before.song, Terms(mirrored=True))
        np.testing.assert_array_equal(after.song.members[0].joints, alone.members[0].joints)
    row = round(2 * turned.members[0].fps)
    neck = turned.members[0].joints[row, NECK, 0], medley.members[0].joints[row, NECK, 0]
    assert neck[0] != neck[1]
    assert as_danced(medley, replace(Terms(), strictness="kids")) is medley
