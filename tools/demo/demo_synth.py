"""The instruments of the demo song: every sound is computed here, nothing is sampled.

Notes are MIDI numbers (69 = 440 Hz). Instruments return float64 mono (N,) or stereo (N, 2),
about -1..1, dry. The cached ones give the same array again: copy before changing it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]
SAMPLE_RATE: Final = 48000

VOWELS: Final = {  # formants, Hz, of a high voice, and their strength
    "a": ((850, 1.0), (1400, 0.6), (2900, 0.30), (3900, 0.12)),
    "e": ((560, 1.0), (2050, 0.65), (2850, 0.35), (4000, 0.12)),
    "i": ((330, 1.0), (2500, 0.60), (3200, 0.40), (4100, 0.12)),
    "o": ((520, 1.0), (950, 0.55), (2700, 0.15), (3800, 0.08)),
}


def hertz(note: float) -> float:
    """Return a note's frequency."""
    return float(440.0 * 2 ** ((note - 69) / 12))


def seconds(length_s: float) -> Sound:
    """Return the time of every sample of a sound."""
    return np.arange(round(length_s * SAMPLE_RATE)) / SAMPLE_RATE


def fade(sound: Sound, in_s: float, out_s: float) -> Sound:
    """Return a sound without a click at either end."""
    n = len(sound)
    shape = np.minimum(
        np.arange(n) / (in_s * SAMPLE_RATE), (n - np.arange(n)) / (out_s * SAMPLE_RATE)
    )
    shape = np.clip(shape, 0, 1)
    return sound * (shape if sound.ndim == 1 else shape[:, None])


def band(sound: Sound, low_hz: float, high_hz: float, *, slope: float = 2.0) -> Sound:
    """Return what lies between two frequencies; ``slope`` 2 falls by 12 dB per octave."""
    n = len(sound)
    hz = np.maximum(np.fft.rfftfreq(n, 1 / SAMPLE_RATE), 1e-3)
    gain = 1 / np.sqrt(1 + (low_hz / hz) ** (2 * slope))
    gain /= np.sqrt(1 + (hz / high_hz) ** (2 * slope))
    spectrum = np.fft.rfft(sound, axis=0)
    return np.fft.irfft(spectrum * (gain if sound.ndim == 1 else gain[:, None]), n, axis=0)


def saw(hz: Sound | float, length: int, phase: float) -> Sound:
    """Return a sawtooth, its jump rounded over two samples (PolyBLEP) against aliases."""
    step = np.broadcast_to(np.asarray(hz, np.float64) / SAMPLE_RATE, (length,))
    at = (phase + np.cumsum(step) - step) % 1.0
    wave = 2 * at - 1
    after, before = at < step, at > 1 - step
    near = at[after] / step[after]
    wave[after] -= 2 * near - near**2 - 1
    near = (at[before] - 1) / step[before]
    wave[before] -= near**2 + 2 * near + 1
    return wave


def kick() -> Sound:
    """Return a bass drum: a pitch that falls into the body, and a beater."""
    t = seconds(0.34)
    hz = 52 + 130 * np.exp(-t / 0.022) + 900 * np.exp(-t / 0.0022)
    body = np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE) * np.exp(-t / 0.11)
    return fade(np.tanh(1.9 * body), 0.0004, 0.04)


def clap(rng: np.random.Generator) -> Sound:
    """Return hands (N, 2): three early slaps and a room, over a snare's body."""
    t = seconds(0.32)
    slaps = sum(np.where(t >= d, np.exp(-(t - d) / 0.006), 0.0) for d in (0.0, 0.010, 0.021))
    room = np.where(t >= 0.024, np.exp(-(t - 0.024) / 0.075), 0.0)
    noise = rng.normal(0, 1, (len(t), 2)) * 0.45 + rng.normal(0, 1, (len(t), 1))
    hands = band(noise * (0.6 * slaps + 0.75 * room)[:, None], 900, 7500)
    body = np.sin(2 * np.pi * np.cumsum(185 + 60 * np.exp(-t / 0.015)) / SAMPLE_RATE)
    return fade(0.85 * hands + 0.55 * (body * np.exp(-t / 0.05))[:, None], 0.0003, 0.05)


def snare(rng: np.random.Generator) -> Sound:
    """Return the short snare of rolls."""
    t = seconds(0.16)
    noise = band(rng.normal(0, 1, len(t)), 1200, 9000) * np.exp(-t / 0.04)
    body = np.sin(2 * np.pi * 210 * t) * np.exp(-t / 0.03)
    return fade(0.9 * noise + 0.5 * body, 0.0003, 0.03)


def hat(rng: np.random.Generator, decay_s: float) -> Sound:
    """Return a hi-hat: square partials that fit no scale, and noise, both very high."""
    t = seconds(min(6 * decay_s, 0.5))
    metal = sum(np.sign(np.sin(2 * np.pi * f * t + f)) for f in (3170, 4210, 5430, 6790, 8210))
    bright = band(0.25 * metal + rng.normal(0, 1, len(t)), 7500, 15000)
    return fade(bright * np.exp(-t / decay_s), 0.0003, 0.02)


def crash(rng: np.random.Generator, length_s: float = 2.4) -> Sound:
    """Return a cymbal (N, 2)."""
    t = seconds(length_s)
    noise = band(rng.normal(0, 1, (len(t), 2)), 3500, 13000, slope=1.0)
    return fade(noise * np.exp(-t / (0.28 * length_s))[:, None], 0.001, 0.3)


def boom() -> Sound:
    """Return the deep hit under a section's first beat."""
    t = seconds(1.6)
    hz = 38 + 45 * np.exp(-t / 0.09)
    return fade(np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE) * np.exp(-t / 0.42), 0.002, 0.3)


def riser(rng: np.random.Generator, length_s: float) -> Sound:
    """Return noise (N, 2) whose band climbs, with a climbing tone under it."""
    t = seconds(length_s)
    way = t / length_s
    noise = rng.normal(0, 1, (len(t), 2))
    steps = 7
    centres = 500 * 2 ** (np.arange(steps) * 4.2 / (steps - 1))
    layers = [band(noise, hz / 1.5, hz * 1.5) for hz in centres]
    weights = np.clip(1 - np.abs(way[:, None] * (steps - 1) - np.arange(steps)), 0, 1)
    wind = sum(w[:, None] * layer for w, layer in zip(weights.T, layers, strict=True))
    tone = band(saw(220 * 2 ** (2 * way**1.5), len(t), 0.0), 200, 3500)
    return fade((wind + 0.22 * tone[:, None]) * (way**2)[:, None], 0.01, 0.01)


@cache
def sub(note: float, length_s: float) -> Sound:
    """Return the deep part of the bass, with just enough overtones for small speakers."""
    t = seconds(length_s)
    return fade(np.tanh(1.5 * np.sin(2 * np.pi * hertz(note) * t)), 0.006, 0.03)


@cache
def pluck_bass(note: float, length_s: float) -> Sound:
    """Return a plucked bass: overtones that die the sooner the higher they are."""
    t = seconds(length_s)
    k = np.arange(1, 25)[:, None]
    tone = np.sin(2 * np.pi * k * hertz(note) * t) / k**0.8 * np.exp(-t * (2.2 + 1.15 * k))
    return fade(np.tanh(1.1 * tone.sum(axis=0)), 0.002, 0.03)


@cache
def pluck(note: float) -> Sound:
    """Return a small bright pluck for arpeggios."""
    t = seconds(0.34)
    k = np.arange(1, 13)[:, None]
    tone = np.sin(2 * np.pi * k * hertz(note) * t) / k * np.exp(-t * (9 + 3.0 * k))
    return fade(0.6 * tone.sum(axis=0), 0.001, 0.05)


@cache
def piano(notes: tuple[int, ...], length_s: float) -> Sound:
    """Return an electric piano's chord (N, 2): two-operator FM with a tine, gently panned."""
    t = seconds(length_s)
    chord = np.zeros((len(t), 2))
    for i, note in enumerate(notes):
        turn = 2 * np.pi * hertz(note) * t
        body = np.sin(turn + 1.5 * np.exp(-t / 0.35) * np.sin(turn))
        tine = 0.22 * np.sin(turn + 0.9 * np.exp(-t / 0.05) * np.sin(14 * turn))
        left = 0.5 + 0.36 * (-1) ** i
        tone = (body + tine * np.exp(-t / 0.2)) * np.exp(-t / 0.9)
        chord += tone[:, None] * np.sqrt([left, 1 - left])
    return fade(chord / len(notes), 0.003, 0.08)


def supersaw(
    rng: np.random.Generator, notes: tuple[int, ...], length_s: float, *, bright_hz: float
) -> Sound:
    """Return a wide chord (N, 2): seven saws a note, detuned, the outer ones at the sides."""
    n = round(length_s * SAMPLE_RATE)
    chord = np.zeros((n, 2))
    for note in notes:
        for cents, side in zip(
            (-19, -12, -6, 0, 6, 12, 19), np.linspace(-1, 1, 7), strict=True
        ):
            wave = saw(hertz(note + cents / 100), n, rng.random())
            side *= rng.choice((-1, 1))
            chord += wave[:, None] * np.sqrt([(1 - 0.8 * side) / 2, (1 + 0.8 * side) / 2])
    return fade(band(chord, 190, bright_hz) / (3.2 * len(notes)), 0.008, 0.05)


def lead(rng: np.random.Generator, note: int, length_s: float) -> Sound:
    """Return the hook's voice: three saws and an octave square, with late vibrato."""
    t = seconds(length_s)
    late = np.clip((t - 0.12) / 0.15, 0, 1)
    bend = 0.12 * late * np.sin(2 * np.pi * 5.6 * t) - 0.6 * np.exp(-t / 0.012)
    hz = hertz(note) * 2 ** (bend / 12)
    tone = sum(saw(hz * 2 ** (c / 1200), len(t), rng.random()) for c in (-7.0, 0.0, 7.0))
    square = np.tanh(4 * np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE))
    bright = band(tone + 1.3 * square, 480, 7000, slope=1.5)
    return fade(0.3 * bright * (0.55 + 0.45 * np.exp(-t / 0.12)), 0.004, 0.05)


def voice(
    rng: np.random.Generator, note: float, vowels: str, length_s: float, *, breath: float = 0.0
) -> Sound:
    """Return a sung chop: harmonics under formants that move from vowel to vowel."""
    t = seconds(length_s)
    way = np.clip(t / length_s * 1.4, 0, 1)
    bend = -1.6 * np.exp(-t / 0.025) + 0.1 * np.sin(2 * np.pi * 5.2 * t)
    hz = hertz(note) * 2 ** (bend / 12)
    turn = 2 * np.pi * np.cumsum(hz) / SAMPLE_RATE
    tone = np.zeros(len(t))
    for k in range(1, int(5200 / hertz(note)) + 1):
        first, last = (_formant_gain(k * hz, VOWELS[v]) for v in (vowels[0], vowels[-1]))
        tone += ((1 - way) * first + way * last) * np.sin(k * turn + k * k) / k**0.35
    air = band(rng.normal(0, 1, len(t)), 1200, 6500) * np.exp(-t / 0.03)
    return fade(0.45 * tone + breath * air, 0.006, 0.07)


def hey(rng: np.random.Generator) -> Sound:
    """Return a small crowd (N, 2) that shouts "hey!"."""
    crowd = np.zeros((round(0.42 * SAMPLE_RATE), 2))
    for side in np.linspace(-0.7, 0.7, 7):
        person = voice(rng, rng.normal(60, 1.1), "ei", 0.34, breath=0.5)
        late = int(rng.integers(0, 900))
        pan = np.sqrt([(1 - side) / 2, (1 + side) / 2])
        crowd[late : late + len(person)] += person[:, None] * pan
    t = seconds(0.42)
    return fade(band(crowd, 250, 7000) * 0.5 * np.exp(-t / 0.3)[:, None], 0.003, 0.08)


def _formant_gain(hz: Sound, formants: tuple[tuple[int, float], ...]) -> Sound:
    """Return how strongly the mouth passes each frequency."""
    gain = np.zeros_like(hz)
    for centre, strength in formants:
        gain += strength / (1 + ((hz - centre) / (0.09 * centre + 40)) ** 2)
    return gain
