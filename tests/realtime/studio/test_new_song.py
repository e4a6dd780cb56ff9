"""What a new song is told of its sound."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.devices.audio_file import Audio
from kpopdance.realtime.studio.new_song import Wish, song_of
from tests import dances
from tests.realtime.studio.made_songs import RATE, song


@pytest.fixture(scope="module")
def sound():
    """Two songs of half a minute in one, the second slower; a bar's first beats at whole bars."""
    quick, _, _ = song((("verse", 8), ("chorus", 8)), 150, seed=3)
    slow, _, _ = song((("verse", 8), ("chorus", 8)), 125, seed=3)
    return Audio(np.concatenate([quick[: round(25.6 * RATE)], slow]), RATE)


@pytest.fixture(scope="module")
def dance():
    return Choreography(dances.song(2, moves=3).joints.copy(), 30.0)


def test_tempo_parts_and_preview_are_heard(sound, dance):
    made = song_of(Wish("Song"), (dance,), sound)
    assert_allclose(made.bpm, 150, rtol=2e-3)
    [(at_s, bpm)] = made.tempo_changes
    assert_allclose(bpm, 125, rtol=2e-3)
    assert abs(at_s - 25.6) < 1.7
    names = [name for name, _ in made.sections]
    assert names.count("chorus") == 2
    assert dict(reversed(made.sections))["chorus"] == made.preview_s
    assert abs(made.preview_s - 12.8) < 1.7


def test_a_tempo_that_is_told_counts(sound, dance):
    made = song_of(Wish("Song", bpm=100.0, offset_s=0.5), (dance,), sound)
    assert (made.bpm, made.offset_s, made.tempo_changes) == (100.0, 0.5, ())
