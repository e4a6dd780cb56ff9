"""A voice that counts "five, six, seven, eight" and "three, two, one", drawn by arithmetic alone.

Source and filter, after Klatt, "Software for a cascade/parallel formant synthesizer" (JASA 1980): what
swings is a row of harmonics, as loud as the throat's resonances (formants) let each pass; what hisses
is noise in a band. Formants are those of Peterson and Barney, "Control methods used in a study of the
vowels" (JASA 1952), of women. Each word is placed so that its vowel begins on the beat, as people count.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EARLY_S: Final = 0.12  # the first beat of a count is so far inside it: "s" comes before it
HIGHEST_HZ: Final = 5000.0  # of the harmonics
PITCH_HZ: Final = (235.0, 180.0)  # at a word's begin and end
BANDWIDTH_HZ: Final = (70.0, 90.0, 140.0, 250.0)
FOURTH_HZ: Final = 3900.0
LOUD: Final = 0.5
SIDE: Final = 1.8  # of a band of noise: how much wider it is above its middle


class Sound(NamedTuple):
    """One moment of a word: formants in Hz, how loud it swings and hisses (0..1), and where, Hz."""

    after_ms: float
    first_hz: float
    second_hz: float
    third_hz: float
    voice: float
    hiss: float = 0.0
    hiss_hz: float = 6000.0


WORDS: Final[tuple[tuple[Sound, ...], ...]] = (
    (  # f ai v
        Sound(0, 700, 1200, 2700, 0, 0.0, 7000), Sound(15, 700, 1200, 2700, 0, 0.16, 7000),
        Sound(85, 700, 1200, 2700, 0, 0.16, 7000), Sound(30, 850, 1300, 2750, 1),
        Sound(90, 850, 1350, 2750, 1), Sound(90, 480, 2250, 3000, 0.9),
        Sound(30, 300, 1400, 2600, 0.25, 0.05, 6000), Sound(55, 280, 1300, 2600, 0.2, 0.05, 6000),
        Sound(20, 280, 1300, 2600, 0),
    ),
    (  # s i k s
        Sound(0, 430, 2100, 3000, 0, 0.0), Sound(25, 430, 2100, 3000, 0, 0.3, 6800),
        Sound(75, 430, 2100, 3000, 0, 0.3, 6800), Sound(20, 430, 2300, 3050, 1, 0.03, 6800),
        Sound(75, 430, 2300, 3050, 1), Sound(20, 350, 2200, 2900, 0), Sound(40, 350, 2200, 2900, 0),
        Sound(4, 350, 2200, 2900, 0, 0.35, 2600), Sound(22, 350, 2200, 2900, 0, 0.08, 3500),
        Sound(15, 430, 2100, 3000, 0, 0.28, 6800), Sound(80, 430, 2100, 3000, 0, 0.22, 6800),
        Sound(30, 430, 2100, 3000, 0),
    ),
    (  # s e v n
        Sound(0, 600, 1900, 2950, 0, 0.0), Sound(25, 600, 1900, 2950, 0, 0.3, 6800),
        Sound(75, 600, 1900, 2950, 0, 0.3, 6800), Sound(20, 610, 2250, 2980, 1, 0.03, 6800),
        Sound(75, 610, 2200, 2980, 1), Sound(25, 320, 1300, 2600, 0.3, 0.04, 6000),
        Sound(30, 320, 1300, 2600, 0.3, 0.04, 6000), Sound(25, 520, 1550, 2750, 0.7),
        Sound(35, 480, 1600, 2750, 0.6), Sound(20, 300, 1700, 2700, 0.4),
        Sound(70, 280, 1700, 2700, 0.35), Sound(30, 280, 1700, 2700, 0),
    ),
    (  # ei t
        Sound(0, 560, 2150, 2950, 0), Sound(20, 560, 2200, 2950, 1), Sound(70, 540, 2300, 2980, 1),
        Sound(90, 380, 2650, 3200, 0.9), Sound(20, 350, 2500, 3100, 0), Sound(45, 350, 2500, 3100, 0),
        Sound(4, 350, 2500, 3100, 0, 0.4, 4800), Sound(35, 350, 2500, 3100, 0, 0.1, 5200),
        Sound(30, 350, 2500, 3100, 0),
    ),
    (  # th r ii
        Sound(0, 400, 1500, 2600, 0, 0.0, 5500), Sound(15, 400, 1500, 2600, 0, 0.1, 5500),
        Sound(70, 400, 1500, 2600, 0, 0.1, 5500), Sound(20, 380, 1250, 1700, 0.4),
        Sound(35, 400, 1400, 1900, 0.5), Sound(45, 320, 2600, 3150, 1),
        Sound(120, 310, 2790, 3310, 1), Sound(60, 310, 2750, 3300, 0),
    ),
    (  # t uu
        Sound(0, 370, 1700, 2670, 0, 0.0, 4800), Sound(4, 370, 1700, 2670, 0, 0.4, 4800),
        Sound(30, 370, 1700, 2670, 0, 0.12, 4800), Sound(20, 370, 1600, 2670, 1),
        Sound(80, 370, 1250, 2670, 1), Sound(100, 370, 950, 2670, 0.95),
        Sound(60, 370, 950, 2670, 0),
    ),
    (  # w a n
        Sound(0, 330, 700, 2300, 0), Sound(35, 330, 700, 2300, 0.25), Sound(50, 500, 850, 2500, 0.4),
        Sound(45, 760, 1350, 2780, 1), Sound(75, 760, 1450, 2780, 1),
        Sound(25, 400, 1650, 2700, 0.5), Sound(90, 280, 1700, 2700, 0.4),
        Sound(40, 280, 1700, 2700, 0),
    ),
)  # fmt: skip
"""Five, six, seven, eight; three, two, one."""
COUNT: Final = range(4)
COUNTDOWN: Final = range(4, 7)


def counted_aloud(rate: int, beat_s: float) -> NDArray[np.float32]:
    """Return "five, six, seven, eight", float32 (N, 2): a word a beat, the first at ``EARLY_S``."""
    return _said(COUNT, rate, beat_s)


def counted_down(rate: int, beat_s: float) -> NDArray[np.float32]:
    """Return "three, two, one", float32 (N, 2): a word a beat, the first at ``EARLY_S``."""
    return _said(COUNTDOWN, rate, beat_s)


def _said(words: range, rate: int, beat_s: float) -> NDArray[np.float32]:
    out = np.zeros(round((EARLY_S + len(words) * beat_s) * rate))
    for beat, number in enumerate(words):
        word, vowel_s = spoken(number, rate)
        begin = max(round((EARLY_S + beat * beat_s - vowel_s) * rate), 0)
        there = out[begin : begin + len(word)]
        there += word[: len(there)]
    return np.repeat(out.astype(np.float32)[:, None], 2, axis=1)


@lru_cache(maxsize=8)
def spoken(number: int, rate: int) -> tuple[Floats, float]:
    """Return a word (N,), -1..1, and the second at which its vowel begins."""
    sounds = WORDS[number]
    ends_s = np.cumsum([sound.after_ms for sound in sounds]) / 1000
    at_s = np.arange(round(ends_s[-1] * rate)) / rate

    def course(values: list[float]) -> Floats:
        return np.interp(at_s, ends_s, values)

    swings = _swung(at_s, sounds, course) * course([sound.voice for sound in sounds])
    word: Floats = swings + _hissed(sounds, rate, course)
    vowel = next(k for k, sound in enumerate(sounds) if sound.voice == 1)
    word *= LOUD / np.abs(word).max()
    return word, float(ends_s[vowel] - 0.01)


def _swung(
    at_s: Floats, sounds: tuple[Sound, ...], course: Callable[[list[float]], Floats]
) -> Floats:
    """Return what the voice's cords and the throat make, (N,): harmonics, each as far as it passes."""
    pitch = np.interp(at_s, (0, at_s[-1]), PITCH_HZ)
    phase = 2 * np.pi * np.cumsum(pitch) * (at_s[1] - at_s[0])
    formants = [course([sound[k] for sound in sounds]) for k in (1, 2, 3)]
    formants.append(np.full(len(at_s), FOURTH_HZ))
    out: Floats = np.zeros(len(at_s))
    for harmonic in range(1, int(HIGHEST_HZ / PITCH_HZ[1]) + 1):
        hz = harmonic * pitch
        loud = (hz < HIGHEST_HZ) / harmonic  # 12 dB an octave of the cords, less 6 of the lips
        for middle, width in zip(formants, BANDWIDTH_HZ, strict=True):
            loud = loud * middle**2 / np.hypot(middle**2 - hz**2, width * hz)
        out += loud * np.sin(harmonic * phase)
    out /= np.abs(out).max()
    return out


def _hissed(
    sounds: tuple[Sound, ...], rate: int, course: Callable[[list[float]], Floats]
) -> Floats:
    """Return the noise of a word (N,): a band for each place where it hisses."""
    out = np.zeros(len(course([0.0] * len(sounds))))
    for place in sorted({sound.hiss_hz for sound in sounds if sound.hiss}):
        loud = course([sound.hiss * (sound.hiss_hz == place) for sound in sounds])
        noise = np.fft.rfft(np.random.default_rng(int(place)).normal(0, 1, len(out)))
        away = (np.fft.rfftfreq(len(out), 1 / rate) - place) / (0.25 * place)
        band = np.exp(-0.5 * np.where(away > 0, away / SIDE, away) ** 2)
        hiss = np.fft.irfft(noise * band, len(out))
        out += loud * hiss / np.abs(hiss).std() / 3
    return out
