"""Measures of sounds of which they are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tools.album.music import measures

AT_S = np.arange(4 * measures.RATE) / measures.RATE


def both(side):
    return np.stack([side, side], axis=1)


@pytest.mark.parametrize("level_db", [-6.0, -23.0])
def test_the_loudness_of_the_standards_tone(level_db):
    """BS.1770-4, annex 1: 0 dB of 997 Hz in one of two sides is -3.01 LUFS."""
    tone = 10 ** (level_db / 20) * np.sin(2 * np.pi * 997 * AT_S)
    one = np.stack([tone, 0 * tone], axis=1)
    assert_allclose(measures.loudness_lufs(one), level_db - 3.01, atol=0.02)
    half_silent = np.concatenate([both(tone), 0 * both(tone)])
    assert_allclose(measures.loudness_lufs(half_silent), level_db, atol=0.25)
    assert measures.loudness_lufs(0 * one) == -np.inf


def test_a_peak_between_samples_is_seen():
    tone = 0.5 * np.sin(2 * np.pi * 12_000 * AT_S + np.pi / 4) * np.hanning(len(AT_S))
    assert_allclose(np.abs(tone).max(), 0.5 * np.sqrt(0.5), rtol=1e-3)
    assert_allclose(measures.true_peak_db(both(tone)), 20 * np.log10(0.5), atol=0.1)


def test_colour_crest_and_sides():
    rng = np.random.default_rng(4)
    noise = rng.normal(0, 0.1, (len(AT_S), 2))
    assert_allclose(
        np.diff(measures.thirds_db(noise)[9:]), 1.0, atol=0.8
    )  # white: 3 dB an octave
    assert_allclose(measures.lost_in_mono_db(noise), 3.0, atol=0.1)
    assert_allclose(measures.lost_in_mono_db(both(noise[:, 0])), 0.0, atol=1e-9)
    assert_allclose(measures.crest_db(both(np.sin(AT_S * 700))), 3.01, atol=0.05)


def test_a_click_is_heard_and_a_drum_is_not():
    rng = np.random.default_rng(5)
    drum = np.exp(-AT_S * 20) * rng.normal(0, 0.3, len(AT_S)) * (AT_S > 0.5)
    tone = 0.3 * np.sin(2 * np.pi * 220 * AT_S)
    assert measures.clicks(both(drum + tone)) == 0
    broken = tone.copy()
    broken[90_000:] *= -1
    assert measures.clicks(both(broken)) > 0
