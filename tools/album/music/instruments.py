"""Instruments that have pitches: from a note to its sound, computed, dry.

Each returns float64 mono (N,) or stereo (N, 2), about -1..1. The same note gives the same array again
(they are kept): copy before changing it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from scipy.signal import iirpeak, lfilter

from tools.album.music.drums import strokes
from tools.album.music.sounds import SAMPLE_RATE, Sound, band, fade, hertz, saw, seconds

FORMANTS: Final = {  # Hz of a high voice, and their strength: the third rings, as singers' do
    "a": ((850, 0.9), (1350, 0.70), (2900, 0.50), (3900, 0.25)),
    "e": ((560, 0.8), (1950, 0.70), (2800, 0.50), (4000, 0.25)),
    "i": ((360, 0.9), (2400, 0.70), (3200, 0.50), (4100, 0.25)),
    "o": ((520, 0.7), (930, 0.60), (2700, 0.32), (3800, 0.16)),
    "u": ((380, 0.8), (820, 0.45), (2600, 0.22), (3700, 0.12)),
}
SHARPNESS: Final = (6.0, 9.0, 12.0, 14.0)
"""Of each formant: its frequency over its width."""
SLIDE_S: Final = 0.05


def _contour(pitch: int, slid_from: int, t: Sound, *, vibrato: float, scoop: float) -> Sound:
    """Return a tone's Hz: slid or scooped into, with a vibrato (semitones) that comes late."""
    late = np.clip((t - 0.22) / 0.25, 0, 1)
    bend = vibrato * late * np.sin(2 * np.pi * 5.4 * t) - scoop * np.exp(-t / 0.02)
    bend += (slid_from - pitch) * np.exp(-t / SLIDE_S) * (slid_from != pitch)
    return np.asarray(hertz(pitch) * 2 ** (bend / 12))


def _partials(pitch: int, t: Sound, counts: int, fall: float, decay: float) -> Sound:
    """Return overtones that die the sooner the higher they are; ``decay`` is the lowest one's, 1/s."""
    hz = hertz(pitch)
    tone = np.zeros(len(t))
    for k in range(1, min(counts, int(16_000 / hz)) + 1):
        stretched = hz * k * np.sqrt(1 + 0.0002 * k * k)
        tone += (
            np.sin(2 * np.pi * stretched * t + k)
            / k**fall
            * np.exp(-t * decay * (0.7 + 0.3 * k))
        )
    return tone


@cache
def piano(pitch: int, length_s: float) -> Sound:
    """Return a piano's note (N, 2): a hammer, strings that are slightly stiff, low ones to the left."""
    t = seconds(length_s + 0.25)
    strings = _partials(pitch, t, 16, 1.25, 1.1 * 2 ** ((pitch - 60) / 18))
    strings += 0.5 * _partials(pitch, t, 6, 1.4, 0.5)
    hammer = band(strokes("piano", pitch).normal(0, 1, len(t)), 500, 3000) * np.exp(-t / 0.008)
    left = np.clip(0.5 - (pitch - 64) / 60, 0.25, 0.75)
    tone = fade(0.42 * strings + 0.10 * hammer, 0.0015, 0.22)
    return tone[:, None] * np.sqrt([left, 1 - left])


@cache
def keys(pitch: int, length_s: float) -> Sound:
    """Return an electric piano's note (N, 2): two-operator FM with a tine, swaying gently."""
    t = seconds(length_s + 0.12)
    turn = 2 * np.pi * hertz(pitch) * t
    body = np.sin(turn + 1.3 * np.exp(-t / 0.35) * np.sin(turn))
    tine = 0.22 * np.sin(turn + 0.8 * np.exp(-t / 0.05) * np.sin(14 * turn)) * np.exp(-t / 0.2)
    tone = fade(0.7 * (body + tine) * np.exp(-t / 0.9), 0.003, 0.10)
    sway = 0.5 + 0.2 * np.sin(2 * np.pi * 4.2 * t + pitch)
    return tone[:, None] * np.sqrt(np.stack([sway, 1 - sway], axis=1))


@cache
def guitar(pitch: int, length_s: float) -> Sound:
    """Return a plucked steel string (Karplus, Strong 1983; Jaffe, Smith 1983): noise in a delay."""
    n = round((length_s + 0.15) * SAMPLE_RATE)
    period = SAMPLE_RATE / hertz(pitch) - 0.5
    whole, part = int(period), period % 1.0
    pluck = np.zeros(n)
    pluck[: whole + 1] = band(strokes("guitar", pitch).normal(0, 1, whole + 1), 60, 5200)
    back = np.zeros(
        whole + 3
    )  # a delay between samples, and the mean of two: what is high dies first
    back[0], kept = 1.0, 0.9965
    back[whole : whole + 3] = -kept * np.convolve([1 - part, part], [0.5, 0.5])
    return fade(1.1 * lfilter([1.0], back, pluck), 0.001, 0.12)


@cache
def pluck(pitch: int, length_s: float) -> Sound:
    """Return a small bright pluck."""
    t = seconds(min(length_s + 0.15, 0.5))
    return fade(0.55 * _partials(pitch, t, 14, 1.0, 9.0), 0.001, 0.06)


@cache
def bell(pitch: int, length_s: float) -> Sound:
    """Return a music box's tine, an octave up."""
    t = seconds(length_s + 0.6)
    hz = hertz(pitch + 12)
    parts = ((1.0, 1.0, 3.2), (2.76, 0.35, 6.0), (5.4, 0.18, 12.0))
    tone = np.zeros(len(t))
    for ratio, strength, decay in parts:
        tone += strength * np.sin(2 * np.pi * hz * ratio * t) * np.exp(-t * decay)
    return fade(0.7 * tone, 0.001, 0.3)


@cache
def saws(pitch: int, length_s: float) -> Sound:
    """Return seven saws around a note (N, 2), detuned, the outer ones at the sides."""
    rng, n = strokes("saws", pitch), round((length_s + 0.06) * SAMPLE_RATE)
    note = np.zeros((n, 2))
    for cents, side in zip(
        (-18, -11, -5, 0, 5, 11, 18), (-1, 0.7, -0.3, 0, 0.3, -0.7, 1), strict=True
    ):
        wave = saw(hertz(pitch + cents / 100), n, rng.random())
        note += wave[:, None] * np.sqrt([(1 - 0.85 * side) / 2, (1 + 0.85 * side) / 2])
    return fade(band(note, 190, 9000) / 4.2, 0.006, 0.06)


@cache
def pad(pitch: int, length_s: float) -> Sound:
    """Return a soft wide sound (N, 2) that comes and goes slowly, and opens on its way."""
    n = round((length_s + 0.35) * SAMPLE_RATE)
    rng, t = strokes("pad", pitch), seconds(n / SAMPLE_RATE)
    note = np.stack([
        sum(saw(hertz(pitch + c / 100) * (1 + 0.0015 * np.sin(2 * np.pi * 0.6 * t + c)), n, rng.random())
            for c in cents)
        for cents in ((-9, 3), (-3, 9))
    ], axis=1)  # fmt: skip
    open_ = (0.5 - 0.5 * np.cos(np.pi * np.clip(t / max(length_s, 0.1), 0, 1)))[:, None]
    soft = band(note, 150, 900) * (1 - open_) + band(note, 150, 2600) * open_
    return fade(0.34 * soft, 0.12, 0.35)


@cache
def organ(pitch: int, length_s: float) -> Sound:
    """Return drawbars, with a little click."""
    t = seconds(length_s + 0.04)
    turn = 2 * np.pi * hertz(pitch) * t + 0.02 * np.sin(2 * np.pi * 6.3 * t)
    draws = ((0.5, 0.5), (1, 1.0), (1.5, 0.5), (2, 0.6), (3, 0.3), (4, 0.25))
    tone = np.sum([strength * np.sin(ratio * turn) for ratio, strength in draws], axis=0)
    return fade(0.34 * tone, 0.002, 0.03)


@cache
def brass(pitch: int, length_s: float) -> Sound:
    """Return trumpets (N, 2): three players, brighter the louder, scooped into."""
    t = seconds(length_s + 0.07)
    loud = np.minimum(t / 0.035, 1) * (0.75 + 0.25 * np.exp(-t / 0.09))
    section = np.zeros((len(t), 2))
    for k, (cents, side) in enumerate(((-7, -0.6), (0, 0.1), (8, 0.6))):
        hz = _contour(pitch, pitch, t, vibrato=0.10, scoop=0.5 + 0.2 * k) * 2 ** (cents / 1200)
        wave = saw(hz, len(t), 0.3 * k)
        soft, bright = band(wave, 160, 1300), band(wave, 160, 5200)
        section += (soft * (1 - loud) + bright * loud)[:, None] * np.sqrt(
            [(1 - side) / 2, (1 + side) / 2]
        )
    return fade(0.55 * section * loud[:, None], 0.002, 0.06)


@cache
def power(pitch: int, length_s: float) -> Sound:
    """Return an electric guitar through a hot amplifier and a box (N, 2), played twice."""
    t = seconds(length_s + 0.05)
    sides = []
    for cents in (-6, 7):
        string = saw(hertz(pitch + cents / 100 - 12), len(t), 0.1) * (
            0.6 + 0.4 * np.exp(-t / 0.25)
        )
        sides.append(band(np.tanh(4.5 * band(string, 110, 3200)), 140, 4600))
    return fade(0.42 * np.stack(sides, axis=1), 0.002, 0.04)


@cache
def lead(pitch: int, length_s: float, slid_from: int) -> Sound:
    """Return the hook's synthesiser: three saws and an octave square."""
    t = seconds(length_s + 0.05)
    hz = _contour(pitch, slid_from, t, vibrato=0.14, scoop=0.4)
    tone = sum(
        saw(hz * 2 ** (c / 1200), len(t), 0.37 * k) for k, c in enumerate((-7.0, 0.0, 7.0))
    )
    square = np.tanh(4 * np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE))
    bright = band(tone + 1.2 * square, 320, 6500, slope=1.5)
    return fade(0.3 * bright * (0.6 + 0.4 * np.exp(-t / 0.12)), 0.004, 0.05)


@cache
def whistle(pitch: int, length_s: float, slid_from: int) -> Sound:
    """Return somebody who whistles, an octave up."""
    t = seconds(length_s + 0.06)
    hz = 2 * _contour(pitch, slid_from, t, vibrato=0.22, scoop=0.9)
    turn = 2 * np.pi * np.cumsum(hz) / SAMPLE_RATE
    air = band(strokes("whistle", pitch).normal(0, 1, len(t)), 1500, 6000)
    return fade(0.7 * (np.sin(turn) + 0.08 * np.sin(2 * turn)) + 0.025 * air, 0.03, 0.06)


@cache
def voice(pitch: int, length_s: float, slid_from: int, vowel: str) -> Sound:
    """Return one who sings: a saw through the mouth's formants, breath, a vowel that closes a little."""
    t = seconds(length_s + 0.07)
    hz = _contour(pitch, slid_from, t, vibrato=0.16, scoop=1.1)
    throat = saw(hz, len(t), 0.0)
    air = band(strokes("voice", pitch).normal(0, 1, len(t)), 1500, 7000)
    way = np.clip(1.2 * t / length_s, 0, 1)
    closing = {"a": "o", "o": "u", "e": "i", "i": "e", "u": "o"}[vowel]
    sung = (1 - 0.5 * way) * _mouth(throat, vowel) + 0.5 * way * _mouth(throat, closing)
    breath = air * (0.30 * np.exp(-t / 0.03) + 0.02)
    return fade(1.5 * sung + breath, 0.014, 0.07)


def _mouth(throat: Sound, vowel: str) -> Sound:
    """Return what a mouth lets through: its formants, side by side."""
    sung = np.zeros_like(throat)
    for (hz, strength), sharp in zip(FORMANTS[vowel], SHARPNESS, strict=True):
        sung += strength * lfilter(*iirpeak(hz, sharp, SAMPLE_RATE), throat)
    return sung


@cache
def choir(pitch: int, length_s: float, slid_from: int, vowel: str) -> Sound:
    """Return five who sing together (N, 2): never quite the same pitch, nor the same moment."""
    rng, n = strokes("choir", pitch), round((length_s + 0.3) * SAMPLE_RATE)
    t = seconds(n / SAMPLE_RATE)
    sung = np.zeros((n, 2))
    for side in (-0.8, -0.4, 0.0, 0.4, 0.8):
        sway = 0.12 * np.sin(2 * np.pi * rng.uniform(4.6, 5.8) * t + rng.uniform(0, 6))
        off = rng.normal(0, 0.07) + (slid_from - pitch) * np.exp(-t / SLIDE_S)
        throat = saw(hertz(pitch) * 2 ** ((sway + off) / 12), n, rng.random())
        late = int(rng.integers(0, 700))
        sung[late:] += throat[: n - late, None] * np.sqrt([(1 - side) / 2, (1 + side) / 2])
    mouths = np.stack([_mouth(one, vowel) for one in sung.T], axis=1)
    return fade(0.62 * mouths, 0.07, 0.28)


def aah(pitch: int, length_s: float) -> Sound:
    """Return the choir on one note of a chord (N, 2)."""
    return choir(pitch, length_s, pitch, "a")


@cache
def bass(pitch: int, length_s: float, slid_from: int) -> Sound:
    """Return a synthesiser's bass: a sine that small speakers hear too, under a plucked saw."""
    t = seconds(length_s + 0.02)
    hz = _contour(pitch, slid_from, t, vibrato=0.0, scoop=0.0)
    deep = np.tanh(1.5 * np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE))
    wave = saw(hz, len(t), 0.0)
    pluck_ = band(wave, 80, 1500) * np.exp(-t / 0.10) + 0.6 * band(wave, 80, 420)
    return fade(0.62 * deep + 0.55 * pluck_, 0.004, 0.03)


@cache
def round_bass(pitch: int, length_s: float, _: int) -> Sound:
    """Return a finger on a thick string: for ballads and what swings."""
    t = seconds(length_s + 0.05)
    tone = _partials(pitch, t, 10, 1.5, 2.2)
    thumb = band(strokes("thumb", pitch).normal(0, 1, len(t)), 300, 1500) * np.exp(-t / 0.008)
    return fade(np.tanh(0.95 * tone) + 0.08 * thumb, 0.004, 0.05)


@cache
def deep_bass(pitch: int, length_s: float, slid_from: int) -> Sound:
    """Return a bass drum that became a bass: long, hot, sliding."""
    t = seconds(length_s + 0.05)
    hz = _contour(pitch, slid_from, t, vibrato=0.0, scoop=0.0) * (1 + 1.4 * np.exp(-t / 0.012))
    tone = np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE)
    return fade(np.tanh(2.6 * tone * np.exp(-t / 1.1)), 0.002, 0.05)


@cache
def growl(pitch: int, length_s: float, slid_from: int) -> Sound:
    """Return two saws that beat, driven hot, over a sine: a hard song's bass."""
    t = seconds(length_s + 0.02)
    hz = _contour(pitch, slid_from, t, vibrato=0.0, scoop=0.0)
    pair = saw(hz * 1.004, len(t), 0.0) + saw(hz * 0.996, len(t), 0.4)
    hot = band(np.tanh(2.2 * band(pair, 60, 1100)), 90, 2600)
    return fade(
        0.55 * np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE) + 0.42 * hot, 0.003, 0.03
    )
