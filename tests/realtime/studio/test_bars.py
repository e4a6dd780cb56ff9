"""Beats and bars of sounds whose beats are known: made by the test, bundled, and given."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.studio import bars
from kpopdance.realtime.studio.bars import Bars, bars_of
from tests.quick import but_quick

RATE = 48_000


def drummed(bpm, length_s, rate=RATE, *, meter=4, begin_s=0.0, pickup=0, seed=2):
    """A drum kit and a bass: float32 (N, 2); a bar's first beat has the deep drum and a chord."""
    rng = np.random.default_rng(seed)
    samples = np.zeros(round(length_s * rate), np.float32)
    time_s = np.arange(round(0.4 * rate)) / rate

    def strike(at_s, sound):
        first = round(at_s * rate)
        there = samples[first : first + len(sound)]
        there += sound[: len(there)].astype(np.float32)

    kick = (
        0.9
        * np.sin(2 * np.pi * (50 * time_s + 6 * (1 - np.exp(-30 * time_s))))
        * np.exp(-12 * time_s)
    )
    snare = 0.35 * rng.standard_normal(len(time_s)) * np.exp(-22 * time_s)
    hat = 0.10 * np.diff(rng.standard_normal(len(time_s) + 1)) * np.exp(-60 * time_s)
    chord = sum(0.2 * np.sin(2 * np.pi * hz * time_s) for hz in (110, 220, 277, 330)) * np.exp(
        -4 * time_s
    )
    for number, at_s in enumerate(np.arange(begin_s, length_s, 30 / bpm)):
        beat, half = divmod(number - 2 * pickup, 2)
        strike(at_s, hat)
        if half:
            continue
        strike(at_s, snare if beat % 2 and meter == 4 else 0.3 * snare)
        if beat % meter == 0:
            strike(at_s, kick)
            strike(at_s, chord)
        elif beat % meter == 2 and meter == 4:
            strike(at_s, 0.4 * kick)
    return np.stack([samples, samples], axis=1)


def f_measure(found_s, true_s):
    """Hits within 70 ms, one for one: 2 TP / (found + true)."""
    off = np.abs(np.asarray(found_s)[:, None] - np.asarray(true_s)[None])
    hits = min((off.min(axis=0) <= 0.07).sum(), (off.min(axis=1) <= 0.07).sum())
    return 2 * hits / (len(found_s) + len(true_s))


def scored(found: Bars, beat_s, first_s):
    return f_measure(found.beat_s, beat_s), f_measure(found.beat_s[found.number == 1], first_s)


@pytest.mark.parametrize(
    ("bpm", "begin_s"),
    but_quick(
        [(84, 0.0), (104, 0.37), (128, 0.0), (150, 1.9), (174, 0.2)], {(84, 0.0), (150, 1.9)}
    ),
)
def test_beats_and_bars_of_a_drum_kit(bpm, begin_s):
    found = bars_of(drummed(bpm, 24.0, begin_s=begin_s), RATE)
    beat_s = np.arange(begin_s, 24.0, 60 / bpm)
    beats, firsts = scored(found, beat_s, beat_s[::4])
    assert found.steady
    assert (found.meter, beats >= 0.9, firsts >= 0.85) == (4, True, True)
    assert_allclose(found.bpm, bpm, rtol=2e-3)
    bar_s = 240 / bpm
    assert abs((found.offset_s - begin_s + bar_s / 2) % bar_s - bar_s / 2) <= 0.012


def test_the_bundled_song_begins_its_bars_where_its_maker_put_them():
    sound = read_audio(BUNDLED / "neon-steps" / "audio.ogg")
    found = bars_of(sound.samples, sound.rate)
    beats, firsts = scored(found, np.arange(0, 72, 0.5), np.arange(0, 72, 2.0))
    assert (beats >= 0.97, firsts >= 0.9) == (True, True)
    assert_allclose([found.bpm, found.offset_s], [120, 0], atol=0.01)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["sm_howtoplay_loop", "sm_sync_music"])
def test_given_music_with_given_beats(name, shared):
    sound = read_audio(shared / "data" / "music" / f"{name}.ogg")
    true = np.loadtxt(shared / "data" / "music" / f"{name}.beats")
    beats, firsts = scored(
        bars_of(sound.samples, sound.rate), true[:, 0], true[true[:, 1] == 1, 0]
    )
    assert (beats >= 0.97, firsts >= 0.9) == (True, True)


@pytest.mark.parametrize(
    ("begin_s", "pickup", "first_s"),
    but_quick(
        [(0.0, 2, 1.0), (0.3, 1, 0.8), (6.3, 0, 6.3), (5.0, 3, 6.5), (0.0, 0, 0.0)],
        {(0.3, 1, 0.8), (5.0, 3, 6.5)},
    ),
)
def test_the_offset_is_the_first_bar_that_sounds(begin_s, pickup, first_s):
    found = bars_of(drummed(120, 20.0, begin_s=begin_s, pickup=pickup), RATE)
    assert_allclose([found.bpm, found.offset_s], [120, first_s], atol=0.012)


@pytest.mark.parametrize(
    ("period", "between", "bpm"), [(44, 0.3, 136), (44, 0.05, 68), (25, 0.3, 120)]
)
def test_a_tempo_too_slow_to_dance_to_is_taken_twice(period, between, bpm):
    frames = np.arange(3, 900, period)
    number = np.arange(len(frames)) % 4
    heard = np.full(950, 0.02)
    heard[frames], heard[frames[:-1] + period // 2] = 0.7, between
    beats, numbers = bars._danced(frames, number, 4, heard)
    assert_allclose(3000 / np.median(np.diff(beats)), bpm, rtol=0.01)
    assert_array_equal(numbers[:9], np.arange(9) % 4)


def joined(*tempos, length_s=24.0):
    """One tempo after another, about so long each, in whole bars; and where each begins."""
    parts, starts = [], []
    for bpm in tempos:
        starts.append(sum(map(len, parts)) / RATE)
        parts.append(drummed(bpm, round(length_s / 240 * bpm) * 240 / bpm))
    return np.concatenate(parts), starts


@pytest.mark.parametrize(
    "tempos",
    but_quick(
        [((110, 128),), ((128, 110),), ((100, 103),), ((120, 90, 120),), ((140, 144, 132),)],
        {((128, 110),), ((120, 90, 120),)},
    ),
)
def test_changes_of_tempo_are_told_with_their_bars(tempos):
    sound, starts = joined(*tempos)
    found = bars_of(sound, RATE)
    assert found.steady
    assert_allclose([found.bpm, *(bpm for _, bpm in found.changes)], tempos, rtol=3e-3)
    assert_allclose([found.offset_s, *(at for at, _ in found.changes)], starts, atol=0.03)
    beat_s = np.concatenate([
        start + np.arange(round(24 / 240 * bpm) * 4) * 60 / bpm
        for start, bpm in zip(starts, tempos, strict=True)
    ])  # fmt: skip
    assert f_measure(found.beat_s, beat_s) >= 0.95
    told = found.tempo.beats_s(0, len(sound) / RATE - 0.1)
    assert_allclose(told, beat_s[: len(told)], atol=0.04)


@pytest.mark.parametrize("border", [45, 48, 51])
def test_a_tempo_changes_where_both_meet(border):
    """However unsurely it is heard where: the bar nearest to that counts."""
    slow, fast = 60 / 110, 60 / 115
    at_s = np.concatenate([slow * np.arange(48), slow * 48 + fast * np.arange(48)])
    at_s = at_s + np.random.default_rng(border).normal(0, 0.005, 96)
    number = np.arange(96) % 4 + 1
    before, after = (
        bars._even(at_s[part], number[part], 4) for part in (np.s_[:border], np.s_[border:])
    )
    assert_allclose(bars._begin_s(before, after, 4), 48 * slow, atol=0.1)


def test_one_tempo_is_told_where_a_bar_is_heard_wrong():
    """Half a beat too long, as a silent break may be heard, and back again."""
    number = np.arange(128) % 4 + 1
    lasts = np.full(128, 0.5)
    lasts[[40, 70]] = 0.75, 0.25
    at_s = np.cumsum(lasts) - 0.5
    assert bars._changes(at_s, 4) == []
    assert_allclose(bars._even(at_s, number, 4).beat_s, 0.5, atol=1e-3)


@pytest.mark.parametrize("samples", [
    np.zeros((20 * RATE, 2), np.float32),
    np.zeros((RATE, 2), np.float32),
    np.zeros((0, 2), np.float32),
])  # fmt: skip
def test_where_nothing_is_to_be_danced_to_the_usual_beat_stands(samples):
    found = bars_of(samples, RATE)
    assert (found.bpm, found.offset_s, found.meter) == (120.0, 0.0, 4)
    assert len(found.beat_s) == len(found.number) == np.ceil(len(samples) / RATE * 2)


def heard(beats, meter, first, length, rng):
    """Chances as a network would tell them: sure at the beats, with doubts everywhere."""
    chances = rng.uniform(0.0, 0.08, (length, 2))
    for k, frame in enumerate(beats):
        chances[frame, int((k - first) % meter == 0)] = rng.uniform(0.4, 0.8)
    return chances


@pytest.mark.parametrize("meter", [3, 4])
@pytest.mark.parametrize("period", [17, 25, 40])
def test_the_likeliest_way_goes_through_what_is_heard(meter, period):
    rng = np.random.default_rng(period)
    beats = np.arange(7, 900, period)
    heard_here = np.delete(beats, rng.choice(np.arange(4, len(beats) - 1), 3, replace=False))
    chances = heard(beats, meter, 2, 900, rng)
    chances[np.setdiff1d(beats, heard_here)] = 0.02  # three are not heard
    told = {m: bars._likeliest(chances, m) for m in (3, 4)}
    assert max(told, key=lambda m: told[m][0]) == meter
    _, frames, number = told[meter]
    nearest = np.abs(frames[:, None] - beats[None, 2:]).argmin(axis=0)
    assert_allclose(frames[nearest], beats[2:], atol=period / bars.ON_BEAT)
    assert_array_equal(number[nearest], np.arange(len(beats) - 2) % meter)
