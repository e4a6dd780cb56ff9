"""What all instruments are computed of: time, fades, bands and a sawtooth that does not alias.

Sounds are float64 mono (N,) or stereo (N, 2), about -1..1. Notes are MIDI numbers (69 = 440 Hz).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tools.album.music.measures import RATE

Sound = NDArray[np.float64]
SAMPLE_RATE: Final = RATE


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
