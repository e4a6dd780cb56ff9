"""Onsets of music, by which two recordings are laid over each other.

Onset strength is the half-wave rectified flux of band energies (Dixon, "Onset detection
revisited", DAFx 2006, section 2.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ONSET_RATE: Final = 200.0  # onset frames per second
HOPS: Final = 4  # of a window, in which an onset shows as soon as it has begun to hold it
WINDOW_S: Final = HOPS / ONSET_RATE
BANDS_HZ: Final = (60, 150, 300, 600, 1200, 2400, 4800, 9600)
MIN_SURE: Final = 2.0  # the best place against the best one elsewhere; below: another song
MIN_OVERLAP_S: Final = 5.0
NEAR_S: Final = 0.1
LOUDEST: Final = 4.0  # standard deviations; a click must not decide alone
EDGE_S: Final = 0.1  # where every file has the same onset: its beginning


@dataclass(frozen=True, slots=True)
class SoundMatch:
    """``shift_s``: second of the first sound = second of the other + shift; ``sure`` above 2."""

    shift_s: float
    sure: float

    @property
    def believable(self) -> bool:
        """Whether both are the same recording."""
        return self.sure >= MIN_SURE


def onset_strength(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return float32 (bands, T) at ``ONSET_RATE`` for stereo float32 (N, 2)."""
    mono = samples.mean(axis=1)
    hop = round(rate / ONSET_RATE)
    size = HOPS * hop
    count = max((len(mono) - size) // hop, 0)
    if count == 0:
        return np.zeros((len(BANDS_HZ) - 1, 0), dtype=np.float32)
    window = np.hanning(size).astype(np.float32)
    edges = np.searchsorted(np.fft.rfftfreq(size, 1 / rate), BANDS_HZ)
    energy = np.empty((count, len(BANDS_HZ) - 1), dtype=np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(mono, size)[::hop][:count]
    for start in range(0, count, 2048):
        power = np.abs(np.fft.rfft(frames[start : start + 2048] * window)) ** 2
        sums = np.add.reduceat(power, edges[:-1], axis=1)
        energy[start : start + 2048] = np.log1p(1e2 * sums)
    flux = np.maximum(np.diff(energy, axis=0, prepend=energy[:1]), 0)
    return np.ascontiguousarray(flux.T)


def match_sound(first: NDArray[np.float32], other: NDArray[np.float32]) -> SoundMatch:
    """Return how two onset strengths (bands, T) lie over each other.

    Normalised cross-correlation summed over the bands; places with less than 5 s (or half of the
    shorter) in common do not count. The sub-frame step is a parabola's vertex.
    """
    a, b = _standard(first), _standard(other)
    n, m = a.shape[1], b.shape[1]
    if min(n, m) < ONSET_RATE:
        return SoundMatch(0.0, 0.0)
    size = 1 << int(np.ceil(np.log2(n + m)))
    spectrum = np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size))
    full = np.fft.irfft(spectrum.sum(axis=0), size)
    shifts = np.arange(-(m - 1), n)
    correlation = full[shifts % size]
    overlap = np.minimum(n, shifts + m) - np.maximum(0, shifts)
    least = min(MIN_OVERLAP_S * ONSET_RATE, 0.5 * min(n, m))
    score = np.where(overlap >= least, correlation / np.sqrt(overlap), -np.inf)
    best = int(np.argmax(score))
    far = np.abs(shifts - shifts[best]) > NEAR_S * ONSET_RATE
    second = float(score[far & np.isfinite(score)].max(initial=1e-9))
    step = _vertex(score, best)
    return SoundMatch(
        float(shifts[best] + step) / ONSET_RATE, float(score[best]) / max(second, 1e-9)
    )


def alike(
    first: NDArray[np.float32], other: NDArray[np.float32], shift_s: float
) -> tuple[float, float]:
    """Return the correlation, -1..1, of two onset strengths that lie so, and for how many seconds.

    Sees that a song whose bars are all the same is the same recording, which no place of it can.
    """
    step = round(shift_s * ONSET_RATE)
    begin, end = max(0, step), min(first.shape[1], other.shape[1] + step)
    if end - begin < 2:
        return 0.0, 0.0
    a, b = _standard(first[:, begin:end]), _standard(other[:, begin - step : end - step])
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / max(scale, 1e-9), (end - begin) / ONSET_RATE


def _standard(strength: NDArray[np.float32]) -> NDArray[np.float32]:
    centred = strength - strength.mean(axis=1, keepdims=True)
    scaled: NDArray[np.float32] = centred / np.maximum(centred.std(axis=1, keepdims=True), 1e-6)
    scaled = np.clip(scaled, -LOUDEST, LOUDEST)
    scaled[:, : int(EDGE_S * ONSET_RATE)] = 0
    return scaled


def _vertex(values: NDArray[np.floating], at: int) -> float:
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = (float(values[at + k]) for k in (-1, 0, 1))
    bend = before - 2 * here + after
    return 0.5 * (before - after) / bend if np.isfinite(bend) and bend < 0 else 0.0
