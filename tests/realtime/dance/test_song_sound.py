"""What sounds of a medley: each song on its beat, faded over the other, counted by the voice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.dance.song_sound import DANCED, LAST_S, UNDER, counted_to, sound_of
from kpopdance.realtime.library.medley import COUNTED, excerpt_of, medley_of
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.songpack import SongPack
from tests.realtime.library.test_medley import pack

RATE = 4000
EARLY_S = 0.1


class Kit:
    """Songs are one loudness each, with a click where each second begins."""

    def __init__(self, **settings):
        self.settings = Settings(**settings)
        self.loud = {"a.ogg": 0.2, "b.ogg": 0.2, "c.ogg": 0.05}

    def read_part(self, path, start_s, seconds):
        assert start_s >= 0
        if path.name not in self.loud:
            raise DanceError(f"{path}: is damaged; copy it again")
        begin, count = round(start_s * RATE), round(seconds * RATE)
        at = np.arange(begin, begin + count)
        samples = np.full((count, 2), self.loud[path.name], np.float32)
        samples[:, 1] = 0
        samples[at % RATE == 0, 1] = self.loud[path.name]
        return samples, RATE

    def read_audio(self, path):
        return np.ones((8, 2), np.float32), RATE

    def countdown(self, rate, beat_s):
        said = np.zeros((round((EARLY_S + 3 * beat_s) * rate), 2), np.float32)
        for number in range(COUNTED):
            said[round((EARLY_S + number * beat_s) * rate)] = 0.5
        return said, EARLY_S


def songs(*names):
    return medley_of("x", "", [excerpt_of(pack(name, preview_s=20.0)) for name in names])


def level(sound, at_s, length_s=0.3):
    begin = round(at_s * RATE)
    return float(np.median(sound[begin : begin + round(length_s * RATE), 0]))


def test_a_song_alone_is_its_file():
    assert sound_of(Kit(), pack())[0].shape == (8, 2)
    with pytest.raises(DanceError, match="no audio"):
        sound_of(Kit(), SongPack("x", "", 120.0, pack().members, None, folder=Path("x")))


def test_one_song_goes_as_the_other_comes():
    medley = songs("a", "b")
    sound, rate = sound_of(Kit(count_volume=0), medley)
    second = medley.excerpts[1]
    begin, dances = second.at_s, second.danced_s[0]
    assert (len(sound), rate) == (
        round((medley.excerpts[-1].danced_s[1] + LAST_S) * RATE),
        RATE,
    )
    assert level(sound, 1.0) == pytest.approx(0.2, rel=0.01)
    assert level(sound, begin - 0.4) == pytest.approx(0.2, rel=0.01)
    assert 0 < level(sound, dances - 0.5) < 1.1 * UNDER * 0.2  # the count is to be heard
    assert level(sound, dances + 0.1) == pytest.approx(0.2, rel=0.01)
    assert sound[-1, 0] < 0.01  # it ends in silence
    steps = np.abs(np.diff(sound[:, 0]))
    assert steps[RATE // 2 :].max() < 0.2 / (0.03 * RATE)  # nowhere a crack


def test_a_songs_second_sounds_where_it_is_danced():
    medley = songs("a", "b")
    sound, _ = sound_of(Kit(count_volume=0), medley)
    for excerpt in medley.excerpts:
        song_s = np.ceil(excerpt.from_s + excerpt.lead_s + 1)
        at = round((excerpt.at_s + song_s - excerpt.from_s) * RATE)
        assert np.abs(sound[at - 3 : at + 4, 1]).max() == sound[at, 1] > 0.1


def test_three_two_one_end_where_the_dance_begins():
    medley = songs("a", "b", "c")
    quiet, loud = (sound_of(Kit(count_volume=volume), medley)[0] for volume in (0, 100))
    said = np.flatnonzero(np.abs(loud - quiet)[:, 0] > 0.05) / RATE
    wanted = [
        excerpt.danced_s[0] - number * excerpt.count_s
        for excerpt in medley.excerpts[1:]
        for number in (3, 2, 1)
    ]
    np.testing.assert_allclose(said, wanted, atol=2 / RATE)


@pytest.mark.parametrize("bpm", [120.0, 200.0])
def test_rounds_are_counted_to_over_the_song(bpm):
    song, beat_s = replace(pack(), bpm=bpm), 60 / bpm * (2 if bpm > 140 else 1)
    plain = np.full((30 * RATE, 2), 0.2, np.float32), RATE
    quiet, loud = (
        counted_to(Kit(count_volume=volume), song, plain, (8.0, 20.0))[0] for volume in (0, 100)
    )
    said = np.flatnonzero(np.abs(loud - quiet)[:, 0] > 0.05) / RATE
    wanted = [at_s - number * beat_s for at_s in (8.0, 20.0) for number in (3, 2, 1)]
    np.testing.assert_allclose(said, wanted, atol=2 / RATE)
    assert level(quiet, 7.3) == pytest.approx(0.2 * DANCED, rel=0.01)
    assert level(quiet, 8.0) == level(quiet, 12.0) == pytest.approx(0.2)
    assert np.abs(np.diff(quiet[:, 0])).max() < 0.2 / (0.03 * RATE)  # nowhere a crack
    assert np.ptp(plain[0]) == 0  # what was read stays as it is


def test_a_soft_song_is_made_as_loud_as_the_others():
    medley = songs("a", "c")
    sound, _ = sound_of(Kit(count_volume=0), medley)
    told = [level(sound, excerpt.danced_s[0] + 2) for excerpt in medley.excerpts]
    assert told[0] / told[1] == pytest.approx(1.0, rel=0.05)


def test_a_file_that_cannot_be_read_is_said():
    with pytest.raises(DanceError, match=r"z\.ogg: is damaged"):
        sound_of(Kit(), songs("a", "z"))
