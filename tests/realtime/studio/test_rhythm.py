"""Onsets and alignment of generated sounds whose shifts are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.studio.rhythm import (
    BANDS_HZ,
    ONSET_RATE,
    match_sound,
    onset_strength,
)

RATE = 24_000


def sounding(at_s, length_s, seed=0):
    """Stereo float32: a burst of noise that dies away at each of these seconds."""
    rng = np.random.default_rng(seed)
    samples = np.zeros(round(length_s * RATE), np.float32)
    burst = np.exp(-np.arange(round(0.05 * RATE)) / (0.01 * RATE))
    for second in at_s:
        begin = round(second * RATE)
        there = samples[begin : begin + len(burst)]
        there += 0.5 * rng.standard_normal(len(there)) * burst[: len(there)]
    return np.stack([samples, samples], axis=1).astype(np.float32)


def music(seed, length_s):
    """A sound whose onsets come at random, as no other seed's do."""
    rng = np.random.default_rng(seed)
    return sounding(np.cumsum(rng.uniform(0.1, 0.6, round(length_s / 0.35))), length_s, seed)


def test_onsets_stand_where_a_sound_begins():
    strength = onset_strength(sounding([1.0, 2.5], 4.0), RATE)
    assert strength.dtype == np.float32
    assert len(strength) == len(BANDS_HZ) - 1
    assert strength.min() >= 0
    flux = strength.sum(axis=0)
    loud_s = np.flatnonzero(flux > 0.5 * flux.max()) / ONSET_RATE
    assert_allclose(loud_s[[0, -1]], [1.0, 2.5], atol=0.02)
    assert onset_strength(np.zeros((10, 2), np.float32), RATE).shape == (len(BANDS_HZ) - 1, 0)


@pytest.mark.parametrize("shift_s", [-3.0, -0.4025, 0.0, 1.2525, 6.0])
def test_a_sound_is_found_again_in_its_recording(shift_s):
    whole = music(3, 40)
    begin = 8.0
    other_begin = begin + shift_s
    first = whole[round(begin * RATE) :]
    other = whole[round(other_begin * RATE) : round((other_begin + 20) * RATE)]
    quiet = 0.2 * other + 0.001 * music(4, 20)[: len(other)]
    match = match_sound(onset_strength(first, RATE), onset_strength(quiet, RATE))
    assert match.believable
    assert match.shift_s == pytest.approx(shift_s, abs=1.5e-3)  # a frame has 5 ms


def test_another_song_is_not_believed():
    match = match_sound(onset_strength(music(3, 30), RATE), onset_strength(music(5, 20), RATE))
    assert not match.believable


def test_less_than_a_second_matches_nothing():
    whole = onset_strength(music(3, 20), RATE)
    match = match_sound(whole, whole[:, : int(ONSET_RATE) - 1])
    assert (match.shift_s, match.sure, match.believable) == (0.0, 0.0, False)


def test_a_bang_in_both_does_not_decide_alone():
    whole = music(3, 30)
    first, other = whole.copy(), whole[4 * RATE : 24 * RATE].copy()
    for samples, at_s in ((first, 12.0), (other, 16.0)):
        samples[round(at_s * RATE) :][:200] += 30.0
    match = match_sound(onset_strength(first, RATE), onset_strength(other, RATE))
    assert match.shift_s == pytest.approx(4.0, abs=1.5e-3)
    assert match.believable


def test_the_onset_that_every_file_begins_with_says_nothing():
    first, other = np.random.default_rng(0).exponential(1, (2, 7, 2000)).astype(np.float32)
    without_s = match_sound(first, other).shift_s
    for strength in (first, other):
        strength[:, :20] = 8
    match = match_sound(first, other)
    assert without_s > 0.02
    assert match.shift_s == pytest.approx(without_s, abs=0.01)
    assert not match.believable
