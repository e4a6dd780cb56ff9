"""When a song's beats are, with changes of tempo too."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.tempo import Tempo

PLAIN = Tempo(120.0, 1.0)
CHANGING = Tempo(120.0, 1.0, ((9.0, 60.0), (17.0, 150.0)))
CUT_SHORT = Tempo(120.0, 0.0, ((5.0, 120.0),))
"""Two bars and two beats, then a bar begins."""


@pytest.mark.parametrize(
    ("tempo", "song_s", "beat"),
    [
        (PLAIN, 1.0, 0.0), (PLAIN, 0.0, -2.0), (PLAIN, 3.25, 4.5), (PLAIN, 601.0, 1200.0),
        (CHANGING, 0.0, -2.0), (CHANGING, 8.5, 15.0), (CHANGING, 9.0, 16.0), (CHANGING, 16.0, 23.0),
        (CHANGING, 17.0, 24.0), (CHANGING, 17.4, 25.0),
        (CUT_SHORT, 4.5, 9.0), (CUT_SHORT, 5.0, 12.0), (CUT_SHORT, 5.5, 13.0),
    ],
)  # fmt: skip
def test_beats_and_seconds_belong_together(tempo, song_s, beat):
    assert_allclose(tempo.beat_at(song_s), beat)
    assert_allclose(tempo.second_of(beat), song_s)


@pytest.mark.parametrize(
    ("tempo", "song_s", "first"),
    [
        (PLAIN, -5.0, 0), (PLAIN, 1.0, 0), (PLAIN, 1.1, 0), (PLAIN, 1.2, 4), (PLAIN, 3.0, 4),
        (Tempo(120.0, -0.04), 0.0, 0), (Tempo(120.0, -3.0), 0.0, 8),
        (CHANGING, 9.0, 16), (CHANGING, 14.0, 24), (CUT_SHORT, 4.5, 12),
    ],
)  # fmt: skip
def test_the_next_bars_first_beat(tempo, song_s, first):
    assert tempo.bar_from(song_s) == first


@pytest.mark.parametrize("tempo", [PLAIN, CHANGING, CUT_SHORT])
def test_beats_are_told_once_each_and_time_never_runs_back(tempo):
    beats_s = tempo.beats_s(0, 20.0)
    assert np.diff(beats_s).min() > 0.2
    assert {tempo.second_of(0), *(at for at, _ in tempo.changes)} <= set(beats_s)
    assert beats_s[-1] <= 20.0
    moments = np.linspace(-2, 25, 4000)
    assert (np.diff([tempo.beat_at(at) for at in moments]) >= 0).all()
    assert (np.diff([tempo.second_of(beat) for beat in np.linspace(-4, 40, 4000)]) >= 0).all()


@pytest.mark.parametrize("by_s", [-20.0, -10.0, -9.0, 0.0, 12.5])
def test_a_song_that_begins_later_keeps_its_beats(by_s):
    later = CHANGING.later(by_s)
    moments = np.linspace(max(0, -by_s), 30, 200)
    before, after = (
        np.array([tempo.beat_at(at) for at in moments + shift])
        for tempo, shift in ((CHANGING, 0.0), (later, by_s))
    )
    assert_allclose(after - before, 4 * round((after - before)[0] / 4), atol=1e-6)
    assert all(at > 0 for at, _ in later.changes)


def test_a_dance_that_ends_before_the_first_beat_has_none():
    assert PLAIN.beats_s(0, 0.5) == []
