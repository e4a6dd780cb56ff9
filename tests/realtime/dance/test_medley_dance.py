"""A medley on the stage: the song that is danced now by its name, and the next one counted."""

from __future__ import annotations

import math

import pytest

from kpopdance.realtime.dance.loop import DanceSession
from kpopdance.realtime.library.medley import medley_of
from tests.fakes import FakeClock, ScriptedCamera, SilentAudio
from tests.realtime.library.test_medley import three


class NobodyJudges:
    """Asks for nothing."""

    faults = ()

    def step(self, track, song_s):
        return []

    def due_s(self):
        return None


@pytest.fixture
def session():
    clock = FakeClock()
    return DanceSession(
        medley_of("Medley", "", three()), NobodyJudges(), camera=ScriptedCamera(),
        watcher=None, speaker=SilentAudio(clock), clock=clock,
    )  # fmt: skip


MOMENTS = [
    (-1.0, "Song a", "count-in", 2), (3.0, "Song a", "playing", None),
    (16.5, "Song b", "next song", 8), (20.9, "Song b", "next song", 1),
    (22.0, "Song b", "playing", None),
]  # fmt: skip


@pytest.mark.parametrize(("song_s", "title", "phase", "counts"), MOMENTS)
def test_which_song_it_is_and_what_is_counted(session, song_s, title, phase, counts):
    session._shown_clock.reset(song_s)
    view = session.view(mirror=True)
    assert (view.title, view.phase) == (title, phase)
    assert counts is None or math.ceil(view.counts) == counts
    assert view.length_s == pytest.approx(session.song.length_s)
