"""Songs whose parts are known: each part has its chords, tune, drums and loudness, and comes again."""

from __future__ import annotations

import numpy as np

from kpopdance.realtime.studio.bars import Bars

RATE = 24_000
CHORDS = (
    ((0, 4, 7), (7, 11, 14), (9, 12, 16), (5, 9, 12)),
    ((9, 12, 16), (5, 9, 12), (0, 4, 7), (7, 11, 14)),
    ((2, 5, 9), (7, 11, 14), (4, 7, 11), (9, 12, 16)),
    ((5, 9, 12), (7, 11, 14), (4, 7, 11), (9, 12, 16)),
    ((9, 12, 16), (2, 5, 9), (7, 11, 14), (0, 4, 7)),
    ((5, 9, 12), (4, 7, 11), (2, 5, 9), (0, 4, 7)),
)
SCALE = (0, 2, 4, 5, 7, 9, 11)
LIVELY = {
    "intro": 0.3,
    "verse": 0.5,
    "pre-chorus": 0.6,
    "chorus": 1.0,
    "break": 0.4,
    "outro": 0.2,
}
"""How loud, bright and busy a part is."""


def song(parts, bpm=120.0, *, seed=1, noise=0.0, meter=4, begin_s=0.0):
    """Return float32 (N, 2), its bars, and where its parts begin, s.

    ``parts`` are (name, bars) or (name, bars, semitones higher); those of one name are alike, with
    other words sung to the same tune.
    """
    rng = np.random.default_rng(seed)
    beat_s = 60 / bpm
    bar_s = meter * beat_s
    total = sum(part[1] for part in parts)
    sound = np.zeros(round((begin_s + total * bar_s + 0.5) * RATE))
    styles, starts, bar = {}, [], 0
    for name, bars, *higher in parts:
        if name not in styles:
            styles[name] = _style(name, rng, meter, len(styles))
        starts.append(begin_s + bar * bar_s)
        for k in range(bars):
            begin = begin_s + (bar + k) * bar_s
            _play_bar(sound, styles[name], k, begin, beat_s, higher[0] if higher else 0, rng)
        bar += bars
    sound += noise * rng.standard_normal(len(sound))
    sound /= np.abs(sound).max()
    at_s = begin_s + beat_s * np.arange(total * meter)
    number = np.arange(len(at_s)) % meter + 1
    bars = Bars(at_s, number, meter, bpm, begin_s % bar_s, steady=True)
    return np.stack([sound, sound], axis=1).astype(np.float32), bars, starts


def _style(name, rng, meter, index):
    lively = LIVELY[name] * rng.uniform(0.9, 1.1)
    tune = [
        (step, SCALE[rng.integers(7)] + 12 * int(rng.integers(2)))
        for step in range(8 * meter * 2)
        if rng.random() < 0.3 + 0.4 * lively
    ]
    kicks = [0, *(step for step in range(1, 2 * meter) if rng.random() < 0.35 * lively)]
    chords = CHORDS[(index + int(rng.integers(2))) % len(CHORDS)]
    return lively, chords, tune, kicks, rng.uniform(2, 9), meter


def _play_bar(sound, style, k, begin, beat_s, higher, rng):
    lively, chords, tune, kicks, bright, meter = style
    for note in chords[k % 4]:
        _add(sound, begin, _tone(note + higher, meter * beat_s, bright), 0.10 + 0.08 * lively)
    _add(sound, begin, _tone(chords[k % 4][0] + higher - 24, meter * beat_s, 3), 0.3 * lively)
    for step, note in tune:
        if step // (2 * meter) == k % 8:
            at = begin + step % (2 * meter) * beat_s / 2
            vowel = bright * rng.uniform(0.7, 1.4)  # other words
            _add(sound, at, _tone(note + higher + 12, beat_s * 0.45, vowel), 0.25)
    for step in kicks:
        _add(sound, begin + step * beat_s / 2, _kick(), 0.9 * lively)
    for step in range(2 * meter):
        _add(sound, begin + step * beat_s / 2, _hat(rng), 0.25 * lively**2)
        if step % 4 == 2 and lively > 0.45:
            _add(sound, begin + step * beat_s / 2, _hat(rng, 0.12), 0.6 * lively)


def _tone(note, length_s, partials):
    at_s = np.arange(round(length_s * RATE)) / RATE
    hz = 261.6 * 2 ** (note / 12)
    tone = sum(
        np.sin(2 * np.pi * hz * n * at_s) / n ** (1 + 2 / partials)
        for n in range(1, int(partials) + 2)
    )
    return tone * np.minimum(1, np.minimum(at_s, length_s - at_s) / 0.01)


def _kick():
    at_s = np.arange(round(0.25 * RATE)) / RATE
    return np.sin(2 * np.pi * (50 * at_s + 5 * (1 - np.exp(-30 * at_s)))) * np.exp(-14 * at_s)


def _hat(rng, length_s=0.04):
    at_s = np.arange(round(4 * length_s * RATE)) / RATE
    return np.diff(rng.standard_normal(len(at_s) + 1)) * np.exp(-at_s / length_s)


def _add(sound, at_s, part, gain):
    first = round(at_s * RATE)
    there = sound[first : first + len(part)]
    there += gain * part[: len(there)]
