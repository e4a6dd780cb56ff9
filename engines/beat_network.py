"""BeatNet: how likely a beat, and a bar's first one, sounds in each fiftieth of a second.

Heydari, Cwitkowitz, Duan: "BeatNet: CRNN and particle filtering for online joint beat, downbeat and
meter tracking", ISMIR 2021, section 3.1; its features are madmom's (Boeck et al. 2016). Two networks
of 400,000 weights, taught on different music, are asked, and need no runtime: numpy multiplies them
in a fiftieth of the time that the sound takes.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.one_reader import ONE_READER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FILE: Final = Path(__file__).with_name("beatnet.npz")
FPS: Final = 50
"""Answers a second."""
TAUGHT_RATE: Final = 22_050
TAUGHT_SIZE: Final = 1411
"""Samples of a window as the network was taught: 64 ms."""
BANDS_AN_OCTAVE: Final = 24
TUNED_HZ: Final = 440.0
LOW_HZ, HIGH_HZ = 30.0, 17_000.0
KERNEL: Final = 10
CELLS: Final = 150
LAYERS: Final = 2
BLOCK: Final = 2048
"""Answers worked out together: a minute's features are 16 MB."""


def beat_chances(samples: Floats, rate: int) -> Floats:
    """Return how likely a beat sounds, and how likely it is a bar's first, float32 (T, 2), 0..1.

    Parameters
    ----------
    samples : float32 (N, 2)
        The sound, -1..1.
    rate : int
        Samples a second, a multiple of 50.

    Returns
    -------
    float32 (T, 2)
        At ``i / 50`` seconds: a beat that is no bar's first, a bar's first beat.
    """
    weights = _weights()
    spectra = _spectra(samples, rate)
    rise = np.maximum(np.diff(spectra, axis=0, prepend=spectra[:1]), 0)
    seen = np.concatenate([
        _convolved(weights, np.hstack([spectra[k : k + BLOCK], rise[k : k + BLOCK]]))
        for k in range(0, len(spectra), BLOCK)
    ], axis=1)  # fmt: skip
    for layer in range(LAYERS):
        told = seen @ weights[f"into_{layer}"] + weights[f"bias_{layer}"][:, None]
        seen = _remembering(told, weights[f"again_{layer}"])
    told = seen @ weights["out"] + weights["out_bias"][:, None]
    told = np.exp(told - told.max(axis=-1, keepdims=True))
    chances: Floats = (told / told.sum(axis=-1, keepdims=True))[..., :2].mean(axis=0)
    return chances


@lru_cache(maxsize=1)
def _weights() -> dict[str, Floats]:
    with ONE_READER, np.load(FILE, allow_pickle=False) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files}


def _spectra(samples: Floats, rate: int) -> Floats:
    """Return log10(1 + magnitude) of 136 bands, float32 (T, 136).

    A window of 64 ms has the same bins at any rate, so nothing needs to be resampled.
    """
    hop, size = rate // FPS, 2 * round(rate * TAUGHT_SIZE / TAUGHT_RATE / 2)
    bank, window = filters(), np.hanning(size).astype(np.float32)
    window *= np.float32(np.hanning(TAUGHT_SIZE).sum() / window.sum())
    mono = samples.mean(axis=1, dtype=np.float32)
    count = -(-len(mono) // hop)
    padded = np.pad(mono, (size // 2, size + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][:count]
    out = np.empty((count, bank.shape[1]), np.float32)
    for k in range(0, count, BLOCK):
        magnitude = np.abs(np.fft.rfft(frames[k : k + BLOCK] * window))
        out[k : k + BLOCK] = np.log10(1 + magnitude[:, : len(bank)] @ bank)
    return out


@lru_cache(maxsize=1)
def filters() -> Floats:
    """Return madmom's logarithmic filter bank for 64 ms, float32 (705, 136): triangles of sum 1."""
    count = TAUGHT_SIZE // 2
    bins_hz = np.arange(count) * TAUGHT_RATE / (2 * count)
    low, high = (np.log2(hz / TUNED_HZ) * BANDS_AN_OCTAVE for hz in (LOW_HZ, HIGH_HZ))
    hz = TUNED_HZ * 2 ** (np.arange(np.ceil(low), np.floor(high) + 1) / BANDS_AN_OCTAVE)
    nearest = np.unique(np.abs(bins_hz[:, None] - hz).argmin(axis=0))
    bank = np.zeros((count, len(nearest) - 2), np.float32)
    for band, (first, middle, last) in enumerate(
        zip(nearest, nearest[1:], nearest[2:], strict=False)
    ):
        if last - first < 2:
            bank[first, band] = 1
            continue
        rising = np.linspace(0, 1, middle - first, endpoint=False)
        falling = np.linspace(1, 0, last - middle, endpoint=False)
        triangle = np.concatenate([rising, falling])
        bank[first:last, band] = triangle / triangle.sum()
    return bank


def _convolved(weights: dict[str, Floats], features: Floats) -> Floats:
    """Return float32 (N, T, 150) of features (T, 272): convolved over the bands, the larger of two.

    N are the networks.
    """
    near = np.lib.stride_tricks.sliding_window_view(features, KERNEL, axis=1)
    out = []
    for kernel, bias, within, within_bias in zip(
        *(weights[name] for name in ("near", "near_bias", "within", "within_bias")), strict=True
    ):
        seen = np.maximum(near @ kernel + bias, 0)  # (T, 263, 2)
        even = seen[:, : seen.shape[1] // 2 * 2].reshape(len(seen), -1, 2, seen.shape[2])
        flat = even.max(axis=2).transpose(0, 2, 1).reshape(len(seen), -1)
        out.append(flat @ within + within_bias)
    return np.stack(out)


def _remembering(told: Floats, again: Floats) -> Floats:
    """Return what a layer of LSTM cells tells, (N, T, 150), of its gates' inputs (N, T, 600).

    The gates are input, forget, cell and output.
    """
    count, rows = told.shape[:2]
    out = np.empty((rows, count, 1, CELLS), np.float32)
    held = shown = np.zeros((count, 1, CELLS), np.float32)
    for k in range(rows):
        gates = told[:, k : k + 1] + shown @ again
        taken, kept, given = (
            _sigmoid(gates[..., g * CELLS : (g + 1) * CELLS]) for g in (0, 1, 3)
        )
        held = kept * held + taken * np.tanh(gates[..., 2 * CELLS : 3 * CELLS])
        out[k] = shown = given * np.tanh(held)
    return out[:, :, 0].swapaxes(0, 1)


def _sigmoid(x: Floats) -> Floats:
    half: Floats = 0.5 + 0.5 * np.tanh(0.5 * x)
    return half
