"""What can be measured of a sound: float (N, 2) at 48 kHz in, a number out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.signal import resample_poly, sosfilt, welch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.floating]

RATE: Final = 48_000
WEIGHTING: Final = (
    (
        1.53512485958697,
        -2.69169618940638,
        1.19839281085285,
        1.0,
        -1.69065929318241,
        0.73248077421585,
    ),
    (1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621),
)
"""ITU-R BS.1770-4, tables 1 and 2, at 48 kHz."""
ABSOLUTE_LUFS, RELATIVE_LU = -70.0, 10.0
OVER: Final = 4
CLICK: Final = 10.0
"""Times what is usual around it; one jump in silence is 15."""
CLICK_LEAST: Final = 0.01
THIRDS_HZ: Final = 1000 * 2.0 ** (np.arange(-15, 13) / 3)
"""The middles of the third octaves from 31 Hz to 16 kHz."""


def loudness_lufs(sound: Samples) -> float:
    """Return the integrated loudness (ITU-R BS.1770-4); minus infinity where nothing sounds."""
    hop = RATE // 10
    sides = np.ascontiguousarray(sound[: len(sound) // hop * hop].T, np.float64)
    tenths = (sosfilt(WEIGHTING, sides) ** 2).reshape(2, -1, hop).mean(axis=2).sum(axis=0)
    power = np.convolve(tenths, np.ones(4) / 4, "valid")
    power = power[power > 10 ** ((ABSOLUTE_LUFS + 0.691) / 10)]
    if not len(power):
        return -np.inf
    power = power[power > power.mean() * 10 ** (-RELATIVE_LU / 10)]
    return float(-0.691 + 10 * np.log10(power.mean()))


def peaks(sound: Samples) -> NDArray[np.float32]:
    """Return the highest of each sample and those between it and the next, of both sides, (N,)."""
    over = np.abs([resample_poly(side, OVER, 1) for side in np.ascontiguousarray(sound.T)])
    return np.asarray(np.maximum.reduce([side[k::OVER] for side in over for k in range(OVER)]))


def true_peak_db(sound: Samples) -> float:
    """Return the highest peak, between samples too (BS.1770-4, annex 2), dB of full scale."""
    return float(20 * np.log10(max(peaks(sound).max(), 1e-9)))


def thirds_db(sound: Samples) -> NDArray[np.float64]:
    """Return the power of each third octave, dB, (28,); their mean is 0."""
    hz, power = welch(sound.mean(axis=1), RATE, nperseg=16_384)
    edges = np.searchsorted(hz, THIRDS_HZ[:, None] * 2.0 ** (np.array([-1, 1]) / 6))
    level = 10 * np.log10([power[a:b].sum() + 1e-15 for a, b in edges])
    return np.asarray(level - level.mean())


def crest_db(sound: Samples) -> float:
    """Return how far the highest peak is above the whole's power."""
    return float(20 * np.log10(np.abs(sound).max() / np.sqrt((sound**2).mean())))


def lost_in_mono_db(sound: Samples) -> float:
    """Return how much power is lost where both sides are added: 0 is none, 3 is unrelated sides."""
    middle = sound.mean(axis=1)
    return float(10 * np.log10((sound**2).mean() / (middle**2).mean()))


def clicks(sound: Samples) -> int:
    """Return how many samples stand out of their 10 ms: a jump that nothing around it explains."""
    bend = np.abs(np.diff(sound.mean(axis=1), n=3))
    around = np.sqrt(np.maximum(uniform_filter1d(bend**2, RATE // 100), 0))
    return int((bend > np.maximum(CLICK * around, CLICK_LEAST)).sum())
