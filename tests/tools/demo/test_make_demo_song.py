from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.devices.audio_file import read_audio
from tools.demo import demo_music as music
from tools.demo import demo_synth as synth
from tools.demo.make_demo_song import PACK

RATE = music.SAMPLE_RATE


@pytest.fixture(scope="module")
def song():
    """The song as it lies in the pack."""
    return read_audio(Path(__file__).parents[3] / PACK / "audio.ogg").samples


def section(song, name):
    bar = 0
    for here, bars in music.SECTIONS:
        if here == name:
            return song[bar * music.BAR : (bar + bars) * music.BAR]
        bar += bars
    raise KeyError(name)


def test_it_lasts_36_bars_at_120(song):
    assert music.BARS == 36
    assert len(song) == music.LENGTH == 72 * RATE


def test_it_is_loud_clean_and_ends_in_silence(song):
    assert_allclose(music.loudness_lufs(song), music.LOUDNESS_LUFS, atol=0.5)
    assert np.abs(song).max() < 1
    assert np.abs(song[-200:]).max() < 0.01


def test_the_chorus_lifts_and_silence_comes_before(song):
    lufs = {name: music.loudness_lufs(section(song, name)) for name, _ in music.SECTIONS}
    assert lufs["chorus"] > lufs["pre-chorus"] + 1
    assert lufs["chorus"] > lufs["verse"] + 2
    assert lufs["chorus"] > lufs["intro"] + 4
    before = section(song, "pre-chorus")[-music.SILENT_BEFORE_DROP * music.SIXTEENTH :]
    assert np.abs(before[2000:-500]).max() < 0.01


def test_it_is_wide_and_survives_one_loudspeaker(song):
    chorus = section(song, "chorus")
    assert 0.3 < np.corrcoef(chorus.T)[0, 1] < 0.95
    mono = np.repeat(song.mean(axis=1, keepdims=True), 2, axis=1)
    assert music.loudness_lufs(mono) > music.loudness_lufs(song) - 1


def test_the_drop_lies_on_the_beat(song):
    """The first sound after the silence is the chorus' beat 1, 16 bars = 32 s in."""
    begin = 32 * RATE - 4000
    first = begin + np.argmax(np.abs(song[begin:]).max(axis=1) > 0.1)
    assert_allclose(first / RATE, 32.0, atol=0.003)


@pytest.mark.long
def test_the_same_seed_gives_the_song_in_the_pack(song):
    made = music.compose()
    likeness = np.corrcoef(made[:, 0], song[:, 0])[0, 1]
    assert likeness > 0.95  # what the codec leaves; the noise is the same noise
    assert np.isfinite(made).all()


def test_loudness_of_a_tone():
    """BS.1770: a 997 Hz sine at full scale on one channel is -3.01 LUFS."""
    tone = np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE)
    assert_allclose(music.loudness_lufs(np.stack([tone, 0 * tone], 1)), -3.01, atol=0.02)


def test_a_saw_hardly_aliases():
    hz = 2793.8
    wave = synth.saw(hz, RATE, 0.25) * np.hanning(RATE)
    power = np.abs(np.fft.rfft(wave)) ** 2
    near = np.abs(np.arange(len(power)) / hz - np.round(np.arange(len(power)) / hz)) * hz < 4
    audible = slice(20, 8000)
    assert power[audible][~near[audible]].sum() < 1e-3 * power.sum()
