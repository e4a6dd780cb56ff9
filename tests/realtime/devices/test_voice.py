"""The voice that counts: words, each with its vowel on the beat, sounding as their table says."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.devices.voice import (
    EARLY_S,
    LOUD,
    WORDS,
    counted_aloud,
    counted_down,
    spoken,
)

RATE = 48000


def level(samples, at_s, length_s=0.02):
    begin = round(at_s * RATE)
    return float(np.sqrt((samples[begin : begin + round(length_s * RATE)] ** 2).mean()))


def band(samples, at_s, low_hz, high_hz, length_s=0.03):
    """Return the power of a moment's sound in a band."""
    begin = round(at_s * RATE)
    part = samples[begin : begin + round(length_s * RATE)]
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
    hz = np.fft.rfftfreq(len(part), 1 / RATE)
    return float(power[(hz >= low_hz) & (hz < high_hz)].sum())


@pytest.mark.parametrize("beat_s", [0.45, 0.6, 1.2])
@pytest.mark.parametrize(
    ("says", "words", "louder"), [(counted_aloud, 4, 100), (counted_down, 3, 3)]
)
def test_words_are_counted_with_their_vowels_on_the_beats(beat_s, says, words, louder):
    """Before the vowels of three and one their r and w swing already."""
    count = says(RATE, beat_s)
    assert count.shape == (round((EARLY_S + words * beat_s) * RATE), 2)
    assert count.dtype == np.float32
    assert np.abs(count).max() <= LOUD + 1e-6
    mono = count[:, 0].astype(np.float64)
    for number in range(words):
        beat = EARLY_S + number * beat_s
        before, on = (band(mono, beat + off, 100, 1000) for off in (-0.045, 0.02))
        assert on > louder * before  # a vowel sounds, and none just before
        assert on > 3 * band(mono, beat + 0.02, 1000, 10_000)
        assert (
            level(mono, beat + beat_s - EARLY_S - 0.02) < 0.02
        )  # it ends before the next word


@pytest.mark.parametrize("number", range(len(WORDS)))
def test_a_vowel_has_the_formants_of_its_table(number):
    """Found again by linear prediction, which knows nothing of how the sound was made."""
    word, vowel_s = spoken(number, RATE)
    at = next(k for k, sound in enumerate(WORDS[number]) if sound.voice == 1)
    begin = round((vowel_s + 0.02) * RATE)
    part = word[begin : begin + round(0.05 * RATE) : 5]  # 9600 Hz, up to 4800
    found = formants_of(part, RATE / 5)
    for wanted in WORDS[number][at][1:3]:
        assert min(abs(found - wanted) / wanted) < 0.12, (wanted, found)


def formants_of(samples, rate, order=10):
    """Return the resonances of a sound in Hz: roots of its linear prediction."""
    framed = np.append(samples[0], samples[1:] - 0.9 * samples[:-1]) * np.hamming(len(samples))
    lags = np.array([framed[: len(framed) - k] @ framed[k:] for k in range(order + 1)])
    square = lags[np.abs(np.subtract.outer(np.arange(order), np.arange(order)))]
    ahead = np.linalg.solve(square, lags[1:])
    roots = np.roots(np.append(1.0, -ahead))
    return np.sort(np.angle(roots[roots.imag > 0]) * rate / (2 * np.pi))


@pytest.mark.parametrize("number", [1, 2])
def test_six_and_seven_begin_with_a_hiss(number):
    word, vowel_s = spoken(number, RATE)
    hiss = [band(word, vowel_s - 0.05, *edges) for edges in ((4500, 10_000), (0, 4500))]
    assert hiss[0] > 4 * hiss[1]
