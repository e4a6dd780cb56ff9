"""The parts of songs whose parts are known: made by the test, and bundled."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.studio.bars import Bars, bars_of
from kpopdance.realtime.studio.song_parts import parts_of
from tests.realtime.studio.made_songs import RATE, song

I, V, P, C, B, O = "intro", "verse", "pre-chorus", "chorus", "break", "outro"  # noqa: E741
USUAL = ((I, 4), (V, 8), (P, 4), (C, 8), (V, 8), (P, 4), (C, 8), (B, 4), (C, 8), (O, 4))


def agree(found, told_s, names, bar_s):
    """Whether the same parts were found, each beginning within a bar of where it does."""
    assert [name for name, _ in found.sections] == names
    np.testing.assert_allclose([at for _, at in found.sections], told_s, atol=bar_s)
    assert found.preview_s == found.sections[names.index(C)][1]


@pytest.mark.parametrize(("parts", "bpm", "more"), [
    (USUAL, 150, {}),
    pytest.param(USUAL, 96, {"seed": 5, "noise": 0.02}, marks=pytest.mark.long),
    pytest.param(
        ((V, 8), (C, 8), (V, 8), (C, 8), (B, 4), (C, 8, 2)), 160, {"begin_s": 0.37},
        marks=pytest.mark.long,
    ),
    pytest.param(
        ((C, 8), (V, 8), (P, 8), (C, 8), (V, 8), (P, 8), (C, 8)), 128, {"seed": 7},
        marks=pytest.mark.long,
    ),
    pytest.param(
        ((I, 8), (V, 16), (C, 8), (V, 16), (C, 16)), 172, {"seed": 6}, marks=pytest.mark.long
    ),
    (((V, 8), (C, 8), (V, 8), (C, 8), (O, 4)), 150, {"meter": 3, "seed": 2}),
])  # fmt: skip
def test_parts_are_told_with_their_names(parts, bpm, more):
    sound, bars, starts_s = song(parts, bpm, **more)
    found = parts_of(sound, RATE, bars)
    agree(found, starts_s, [part[0] for part in parts], bars.meter * 60 / bpm)


def test_the_last_chorus_in_another_key_is_a_part_of_its_own():
    sound, bars, starts_s = song(((V, 8), (C, 8), (V, 8), (C, 8), (C, 8, 1)), 160, seed=4)
    agree(parts_of(sound, RATE, bars), starts_s, [V, C, V, C, C], 1.5)


def test_the_bundled_songs_parts_are_its_makers():
    pack = load_pack(BUNDLED / "neon-steps")
    sound = read_audio(pack.audio)
    found = parts_of(sound.samples, sound.rate, bars_of(sound.samples, sound.rate))
    names = [I, "part A", "part B", C, B, C]  # what does not come again has no name
    agree(found, [at for _, at in pack.sections], names, 2.0)
    assert abs(found.preview_s - pack.preview_s) < 0.05


def test_silence_before_and_after_is_no_part():
    sound, bars, starts_s = song(((V, 8), (C, 8), (V, 8), (C, 8)), 160)
    silence = np.zeros((round(6 * RATE), 2), np.float32)
    beat_s = np.arange(0, 12 + bars.beat_s[-1], 60 / 160)
    number = np.arange(len(beat_s)) % 4 + 1
    found = parts_of(
        np.concatenate([silence, sound, silence]), RATE,
        Bars(beat_s, number, 4, 160.0, 0.0, steady=True),
    )  # fmt: skip
    agree(found, np.array(starts_s) + 6, [V, C, V, C], 1.5)


@pytest.mark.parametrize("length_s", [0.0, 1.0, 20.0, 60.0])
@pytest.mark.parametrize("loudness", [0.0, 0.1])
def test_where_nothing_comes_again_there_are_no_parts(length_s, loudness):
    rng = np.random.default_rng(1)
    rise = np.linspace(0.5, 1.0, round(length_s * RATE))[:, None]
    sound = (loudness * rise * rng.standard_normal((len(rise), 2))).astype(np.float32)
    beat_s = np.arange(0, length_s, 0.5)
    found = parts_of(
        sound, RATE, Bars(beat_s, np.arange(len(beat_s)) % 4 + 1, 4, 120.0, 0.0, steady=True)
    )
    assert found.sections == ()
    assert found.preview_s % 2 == 0
    assert 0 <= found.preview_s <= length_s
