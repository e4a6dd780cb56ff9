"""Sound at another tempo: beats where they belong, as high and as loud as before."""

from __future__ import annotations

import sys
from itertools import product

import numpy as np
import pytest

from kpopdance.realtime.devices.stretched import stretched
from tests.quick import but_quick

RATE = 48000
TEMPOS = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def each_with(*others):
    """Every tempo with each of the others, quick with one of them."""
    quick = {(tempo, others[k % len(others)]) for k, tempo in enumerate(TEMPOS)}
    return but_quick(product(TEMPOS, others), quick)


def stereo(mono):
    return np.repeat(mono.astype(np.float32)[:, None], 2, axis=1)


def knocks(every_s, seconds, seed=0):
    """Drum-like: a burst of noise that dies away on every beat, over a soft chord."""
    at_s = np.arange(round(seconds * RATE)) / RATE
    out = 0.05 * sum(np.sin(2 * np.pi * hz * at_s) for hz in (220.0, 277.2, 329.6))
    noise = np.random.default_rng(seed).normal(0, 1, RATE // 10) * np.exp(
        -np.arange(RATE // 10) / (0.015 * RATE)
    )
    for beat in np.arange(0.2, seconds - 0.2, every_s):
        begin = round(beat * RATE)
        out[begin : begin + len(noise)] += 0.4 * noise
    return stereo(out)


def onsets_s(samples, near_s):
    """When it gets loud fastest, within 40 ms of each expected second."""
    power = np.convolve(samples[:, 0] ** 2, np.ones(96) / 96, mode="same")
    rise = power[96:] - power[:-96]
    found = []
    for second in near_s:
        begin = round((second - 0.04) * RATE)
        found.append(
            (begin + 48 + int(np.argmax(rise[begin : begin + round(0.08 * RATE)]))) / RATE
        )
    return np.array(found)


@pytest.mark.parametrize(("tempo", "every_s"), each_with(0.333, 0.5, 0.71))
def test_beats_are_where_they_belong(tempo, every_s):
    song = knocks(every_s, 8.0)
    before_s = onsets_s(song, np.arange(0.2, 7.8, every_s))
    after_s = onsets_s(stretched(song, RATE, tempo), before_s / tempo)
    off_ms = 1000 * (after_s - before_s / tempo)
    assert np.abs(off_ms).max() < 5


@pytest.mark.parametrize(("tempo", "hz"), each_with(110.0, 440.0, 1567.98))
def test_it_is_as_high_and_as_loud_as_before(tempo, hz):
    tone = stereo(0.3 * np.sin(2 * np.pi * hz * np.arange(4 * RATE) / RATE))
    slow = stretched(tone, RATE, tempo)
    assert slow.shape == (round(len(tone) / tempo), 2)
    assert slow.dtype == np.float32
    middle = slow[RATE : 3 * RATE, 0] * np.hanning(2 * RATE)
    spectrum = np.abs(np.fft.rfft(middle, 16 * RATE))
    found = spectrum.argmax() * RATE / (16 * RATE)
    assert abs(1200 * np.log2(found / hz)) < 5
    assert np.sqrt((slow[RATE : 3 * RATE] ** 2).mean()) == pytest.approx(0.3 / 2**0.5, rel=0.1)


@pytest.mark.parametrize("samples", [0, 1, 100, 9599, 9600, 20011])
def test_short_sounds_have_their_length_too(samples):
    slow = stretched(np.full((samples, 2), 0.1, np.float32), RATE, 0.5)
    assert slow.shape == (2 * samples, 2)
    assert np.isfinite(slow).all()


def test_where_the_library_has_no_wheel_ffmpeg_does_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "python_stretch", None)
    tone = stereo(0.3 * np.sin(2 * np.pi * 440.0 * np.arange(2 * RATE) / RATE))
    slow = stretched(tone, RATE, 0.5)
    assert slow.shape == (4 * RATE, 2)
    spectrum = np.abs(np.fft.rfft(slow[RATE : 3 * RATE, 0] * np.hanning(2 * RATE)))
    assert spectrum.argmax() / 2 == pytest.approx(440.0, abs=1)
