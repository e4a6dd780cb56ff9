"""Drums and what leads from part to part: every sound is computed, none is recorded.

Each returns float64 mono (N,) or stereo (N, 2), about -1..1, dry; struck again it differs a little
(``take``), as no two strokes are the same.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from tools.album.music.sounds import SAMPLE_RATE, Sound, band, fade, hertz, saw, seconds

TAKES: Final = 4
"""Strokes that differ."""
SHOUTED: Final = (
    ((560, 1.0), (2050, 0.65), (2850, 0.35), (4000, 0.12)),
    ((330, 1.0), (2500, 0.60), (3200, 0.40), (4100, 0.12)),
)
"""The formants of "hey" as it begins and as it ends: Hz, strength."""


def strokes(name: str, take: int) -> np.random.Generator:
    """Return what makes a drum's stroke differ from others: the same each time."""
    return np.random.default_rng([take, *name.encode()])


def _fallen(hz: float, by_hz: float, in_s: float, t: Sound) -> Sound:
    """Return a sine whose pitch falls from ``hz + by_hz`` to ``hz``."""
    turn = 2 * np.pi * (hz * t + by_hz * in_s * (1 - np.exp(-t / in_s)))
    return np.sin(turn)


@cache
def kick(take: int) -> Sound:
    """Return a short deep drum with a click that small speakers play too."""
    t = seconds(0.30)
    body = _fallen(50, 150, 0.02, t) * np.exp(-t / 0.10)
    click = band(strokes("kick", take).normal(0, 1, len(t)), 2500, 7000) * np.exp(-t / 0.004)
    return fade(np.tanh(2.2 * body) + 0.30 * click, 0.0004, 0.05)


@cache
def soft_kick(take: int) -> Sound:
    """Return a felt beater's drum, for ballads."""
    t = seconds(0.34)
    body = _fallen(54, 60, 0.02, t) * np.exp(-t / 0.12)
    tap = band(strokes("soft", take).normal(0, 1, len(t)), 600, 2600) * np.exp(-t / 0.006)
    return fade(np.tanh(1.4 * body) + 0.12 * tap, 0.0015, 0.06)


@cache
def snare(take: int) -> Sound:
    """Return a fat snare (N, 2): two tones of the skin, and wires that ring longer at the sides."""
    rng, t = strokes("snare", take), seconds(0.30)
    skin = (_fallen(186, 70, 0.01, t) + 0.5 * _fallen(284, 60, 0.01, t)) * np.exp(-t / 0.06)
    wires = rng.normal(0, 1, (len(t), 2)) * 0.5 + rng.normal(0, 1, (len(t), 1))
    wires = (
        band(wires, 1300, 9500, slope=1.5)
        * (np.exp(-t / 0.075) + 0.5 * np.exp(-t / 0.012))[:, None]
    )
    return fade(0.75 * skin[:, None] + 0.62 * wires, 0.0003, 0.06)


@cache
def clap(take: int) -> Sound:
    """Return hands (N, 2): three early slaps and a room, over a snare's body."""
    rng, t = strokes("clap", take), seconds(0.32)
    slaps = sum(np.where(t >= d, np.exp(-(t - d) / 0.006), 0.0) for d in (0.0, 0.010, 0.021))
    room = np.where(t >= 0.024, np.exp(-(t - 0.024) / 0.075), 0.0)
    noise = rng.normal(0, 1, (len(t), 2)) * 0.45 + rng.normal(0, 1, (len(t), 1))
    hands = band(noise * (0.6 * slaps + 0.75 * room)[:, None], 900, 7500)
    body = np.sin(2 * np.pi * np.cumsum(185 + 60 * np.exp(-t / 0.015)) / SAMPLE_RATE)
    return fade(0.85 * hands + 0.55 * (body * np.exp(-t / 0.05))[:, None], 0.0003, 0.05)


@cache
def rim(take: int) -> Sound:
    """Return a stick on the rim."""
    t = seconds(0.09)
    wood = np.sin(2 * np.pi * 1710 * t) + 0.7 * np.sin(2 * np.pi * 905 * t)
    tick = band(strokes("rim", take).normal(0, 1, len(t)), 1800, 8000) * np.exp(-t / 0.003)
    return fade(0.6 * wood * np.exp(-t / 0.011) + 0.5 * tick, 0.0003, 0.02)


@cache
def snap(take: int) -> Sound:
    """Return fingers that snap (N, 2)."""
    rng, t = strokes("snap", take), seconds(0.16)
    noise = band(
        rng.normal(0, 1, (len(t), 2)) * 0.4 + rng.normal(0, 1, (len(t), 1)), 1400, 5200
    )
    shape = np.where(t < 0.006, 0.4 * np.exp(-t / 0.002), np.exp(-(t - 0.006) / 0.022))
    return fade(1.1 * noise * shape[:, None], 0.0004, 0.04)


@cache
def hat(take: int) -> Sound:
    """Return a closed hi-hat."""
    return 0.8 * _hat(strokes("hat", take), 0.024 + 0.003 * take)


@cache
def open_hat(take: int) -> Sound:
    """Return an open one."""
    return 0.7 * _hat(strokes("open", take), 0.12)


def _hat(rng: np.random.Generator, decay_s: float) -> Sound:
    """Return a hi-hat: square partials that fit no scale, and noise, both very high."""
    t = seconds(min(6 * decay_s, 0.5))
    metal = sum(np.sign(np.sin(2 * np.pi * f * t + f)) for f in (3170, 4210, 5430, 6790, 8210))
    bright = band(0.25 * metal + rng.normal(0, 1, len(t)), 7500, 15000)
    return fade(bright * np.exp(-t / decay_s), 0.0003, 0.02)


@cache
def ride(take: int) -> Sound:
    """Return a ride cymbal: a bell that fits no scale, and a long shimmer."""
    t = seconds(0.7)
    partials = (2710, 3540, 4480, 5230, 6870, 8030)
    bell = sum(np.sin(2 * np.pi * hz * t + hz) / (1 + k / 2) for k, hz in enumerate(partials))
    shimmer = band(strokes("ride", take).normal(0, 1, len(t)), 5500, 13_000) * np.exp(-t / 0.22)
    return fade(0.16 * bell * np.exp(-t / 0.10) + 0.34 * shimmer, 0.0005, 0.15)


@cache
def shaker(take: int) -> Sound:
    """Return a shaker: it swells before it strikes."""
    t = seconds(0.09)
    grains = band(strokes("shaker", take).normal(0, 1, len(t)), 5200, 13_000)
    return fade(0.8 * grains * np.exp(-(((t - 0.022) / 0.018) ** 2)), 0.002, 0.02)


@cache
def brush(take: int) -> Sound:
    """Return a brush on the snare."""
    t = seconds(0.22)
    wires = band(strokes("brush", take).normal(0, 1, len(t)), 900, 7000, slope=1.0)
    return fade(0.7 * wires * (np.exp(-t / 0.05) + 0.3 * np.exp(-t / 0.008)), 0.002, 0.06)


def _tom(hz: float, take: int) -> Sound:
    t = seconds(0.42)
    skin = _fallen(hz, 0.6 * hz, 0.03, t) * np.exp(-t / 0.14)
    stick = band(strokes("tom", take).normal(0, 1, len(t)), 1500, 5000) * np.exp(-t / 0.006)
    return fade(np.tanh(1.5 * skin) + 0.2 * stick, 0.0006, 0.08)


@cache
def high_tom(take: int) -> Sound:
    """Return the smaller tom."""
    return _tom(168, take)


@cache
def low_tom(take: int) -> Sound:
    """Return the larger tom."""
    return _tom(98, take)


@cache
def stomp(take: int) -> Sound:
    """Return feet of many on a wooden floor (N, 2)."""
    rng, t = strokes("stomp", take), seconds(0.4)
    boards = band(rng.normal(0, 1, (len(t), 2)), 90, 900) * np.exp(-t / 0.05)[:, None]
    return fade(
        0.9 * boards + 0.9 * (_fallen(62, 70, 0.02, t) * np.exp(-t / 0.09))[:, None], 0.001, 0.1
    )


def crash(take: int) -> Sound:
    """Return a cymbal (N, 2)."""
    return _cymbal(strokes("crash", take), 2.4)


def swell(length_s: float) -> Sound:
    """Return a cymbal turned round (N, 2): it grows and stops."""
    return fade(_cymbal(strokes("swell", 0), length_s)[::-1], 0.05, 0.01)


def _cymbal(rng: np.random.Generator, length_s: float) -> Sound:
    t = seconds(length_s)
    noise = band(rng.normal(0, 1, (len(t), 2)), 3500, 13000, slope=1.0)
    return fade(noise * np.exp(-t / (0.28 * length_s))[:, None], 0.001, 0.3)


def boom(_: int) -> Sound:
    """Return the deep hit under a part's first beat."""
    t = seconds(1.6)
    hz = 38 + 45 * np.exp(-t / 0.09)
    return fade(np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE) * np.exp(-t / 0.42), 0.002, 0.3)


def hey(take: int) -> Sound:
    """Return a small crowd's "hey!" (N, 2)."""
    rng = strokes("hey", take)
    crowd = np.zeros((round(0.42 * SAMPLE_RATE), 2))
    for side in np.linspace(-0.7, 0.7, 7):
        person = _shout(rng, rng.normal(60, 1.1), 0.34)
        late = int(rng.integers(0, 900))
        pan = np.sqrt([(1 - side) / 2, (1 + side) / 2])
        crowd[late : late + len(person)] += person[:, None] * pan
    t = seconds(0.42)
    return fade(band(crowd, 250, 7000) * 0.5 * np.exp(-t / 0.3)[:, None], 0.003, 0.08)


def _shout(rng: np.random.Generator, note: float, length_s: float) -> Sound:
    """Return one of them: harmonics under formants that move, and breath."""
    t = seconds(length_s)
    way = np.clip(t / length_s * 1.4, 0, 1)
    bend = -1.6 * np.exp(-t / 0.025) + 0.1 * np.sin(2 * np.pi * 5.2 * t)
    hz = hertz(note) * 2 ** (bend / 12)
    turn = 2 * np.pi * np.cumsum(hz) / SAMPLE_RATE
    tone = np.zeros(len(t))
    for k in range(1, int(5200 / hertz(note)) + 1):
        first, last = (_formant_gain(k * hz, vowel) for vowel in SHOUTED)
        tone += ((1 - way) * first + way * last) * np.sin(k * turn + k * k) / k**0.35
    air = band(rng.normal(0, 1, len(t)), 1200, 6500) * np.exp(-t / 0.03)
    return fade(0.45 * tone + 0.5 * air, 0.006, 0.07)


def _formant_gain(hz: Sound, formants: tuple[tuple[int, float], ...]) -> Sound:
    """Return how strongly the mouth passes each frequency."""
    gain = np.zeros_like(hz)
    for centre, strength in formants:
        gain += strength / (1 + ((hz - centre) / (0.09 * centre + 40)) ** 2)
    return gain


def riser(length_s: float) -> Sound:
    """Return noise (N, 2) whose band climbs, with a climbing tone under it."""
    rng = strokes("riser", 0)
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


def fall(length_s: float) -> Sound:
    """Return a tone that dives (N,)."""
    t = seconds(length_s)
    hz = 1400 * 2 ** (-4 * t / length_s)
    tone = np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE)
    return fade(0.5 * tone * (1 - t / length_s), 0.005, 0.05)
