"""Chords by their names, and how they lead to each other."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tools.album.music.chords import bass_note, chord_of, voiced


@pytest.mark.parametrize(("name", "higher", "bass", "tones"), [
    ("C", 0, 0, (0, 4, 7)), ("F#m7b5", 0, 6, (6, 9, 0, 4)), ("Bbmaj9", 0, 10, (10, 2, 9, 0)),
    ("D/F#", 0, 6, (2, 6, 9)), ("G7#9", 2, 9, (9, 1, 7, 0)), ("E5", 0, 4, (4, 11)),
])  # fmt: skip
def test_a_chord_by_its_name(name, higher, bass, tones):
    assert chord_of(name, higher) == (bass, tones)


@pytest.mark.parametrize("name", ["H7", "Cmajor", "", "C/", "c"])
def test_what_is_no_chord_is_named(name):
    with pytest.raises(ValueError, match=f"no chord is called '{name}'"):
        chord_of(name)


def test_voices_move_little_and_stay_in_the_middle():
    names = ["Dmaj7", "A", "F#m7", "Bm7", "Em9", "A7", "Dadd9", "D7", "Gm6", "C9sus4", "E5"] * 2
    voices, before = [], ()
    for name in names:
        before = voiced(chord_of(name), before)
        voices.append(before)
    for name, notes in zip(names, voices, strict=True):
        assert {note % 12 for note in notes} == set(chord_of(name).tones)
        assert list(notes) == sorted(set(notes))
    moved = [sum(abs(a - b) for a, b in zip(*two, strict=True)) for two in pairwise(voices)]
    assert max(moved) <= 14
    assert sum(moved) / len(moved) <= 7
    assert all(50 <= note <= 79 for notes in voices for note in notes)


def test_a_bass_is_low():
    assert [bass_note(tone) for tone in (4, 3, 9)] == [28, 39, 33]
