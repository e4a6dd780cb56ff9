"""The mix made a record: its colour, its density, its loudness, and no peak above the ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import butter, firwin2, oaconvolve, sosfilt

from tools.album.music.measures import RATE, THIRDS_HZ, loudness_lufs, peaks, thirds_db

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

LOUDNESS_LUFS: Final = -14.0
CEILING_DB: Final = -2.8
"""Below it the encoder may overshoot: what is decoded stays under -1 dB."""
STRENGTH, MOST_DB = 0.8, 5.0
"""How much of the way to the usual colour a mix is brought, and how far at most."""
USUAL: Final = ((31, -3), (50, 9), (160, 8), (1000, -2), (4000, -4), (16_000, -13))
"""Hz and dB of third octaves: as hit records fall (Pestana, Ma, Reiss, Barbosa, Black: "Spectral
characteristics of popular commercial recordings 1950-2010", AES 135, 2013), with the bass that those of
the last years and the dance tracks of ``check_music`` have more, and the middle that they have less.
"""
TAPS: Final = 4095
LOWEST_HZ: Final = 28.0
BLOCK: Final = 48
ATTACK_S, RELEASE_S, RATIO = 0.012, 0.16, 2.0
LOOK_S, LET_GO_S = 0.003, 0.08


def mastered(mix: Samples) -> Samples:
    """Return a mix float32 (N, 2) at -14 LUFS, its peaks below the ceiling."""
    sound = sosfilt(butter(2, LOWEST_HZ, "highpass", fs=RATE, output="sos"), mix, axis=0)
    sound = _glued(_coloured(sound.astype(np.float32)))
    peak, gain = peaks(sound), 1.0
    for _ in range(2):  # the limiter takes a little away: aim again
        gain *= 10 ** ((LOUDNESS_LUFS - loudness_lufs(_limited(sound, peak, gain))) / 20)
    return _limited(sound, peak, gain)


def usual_db() -> NDArray[np.float64]:
    """Return the third octaves of what is usually heard, (28,); their mean is 0."""
    told_hz, told_db = np.array(USUAL).T
    level = np.interp(np.log2(THIRDS_HZ), np.log2(told_hz), told_db)
    return np.asarray(level - level.mean())


def _coloured(mix: Samples) -> Samples:
    """Return a mix brought towards the usual spectrum, without shifting any phase."""
    off = np.convolve(np.pad(usual_db() - thirds_db(mix), 1, "edge"), np.ones(3) / 3, "valid")
    gain_db = np.clip(STRENGTH * (off - np.median(off)), -MOST_DB, MOST_DB)
    hz = np.concatenate([[0], THIRDS_HZ, [RATE / 2]])
    gain = 10 ** (np.concatenate([gain_db[:1], gain_db, gain_db[-1:]]) / 20)
    taps = firwin2(TAPS, hz, gain, fs=RATE).astype(np.float32)
    return np.asarray(oaconvolve(mix, taps[:, None], "same", axes=0), np.float32)


def _glued(sound: Samples) -> Samples:
    """Return a sound whose loud moments are held back gently, as a bus compressor does."""
    level = np.sqrt((_blocks(sound) ** 2).mean(axis=(1, 2))) + 1e-6
    threshold = np.sqrt((level**2).mean())
    wanted = np.minimum(0.0, (1 / RATIO - 1) * 20 * np.log10(level / threshold))
    attack, release = (np.exp(-BLOCK / RATE / s) for s in (ATTACK_S, RELEASE_S))
    held_db, now = np.empty(len(wanted)), 0.0
    for k, goal in enumerate(wanted.tolist()):
        keep = attack if goal < now else release
        now = keep * now + (1 - keep) * goal
        held_db[k] = now
    at = np.arange(len(sound)) / BLOCK
    gain = np.interp(at, np.arange(len(held_db)) + 0.5, 10 ** (held_db / 20))
    return np.asarray(sound * gain.astype(np.float32)[:, None])


def _limited(sound: Samples, peak: Samples, gain: float) -> Samples:
    """Return a sound so much louder, its ``peak`` (N,) below the ceiling: the limit looks ahead."""
    most = 10 ** (CEILING_DB / 20) / gain
    high = np.pad(peak, (0, -len(peak) % BLOCK)).reshape(-1, BLOCK).max(axis=1)
    wanted = np.minimum(1.0, most / np.maximum(high, 1e-9))
    release, now = float(np.exp(-BLOCK / RATE / LET_GO_S)), 1.0
    held = np.empty(len(wanted))
    for k, goal in enumerate(wanted.tolist()):
        now = min(goal, 1 - (1 - now) * release)
        held[k] = now
    width = 2 * round(LOOK_S * RATE / 2) + 1
    limit = np.repeat(held, BLOCK)[: len(sound)]
    limit = gain * uniform_filter1d(minimum_filter1d(limit, width), width)
    return np.asarray(sound * limit.astype(np.float32)[:, None])


def _blocks(sound: Samples) -> Samples:
    return np.pad(sound, ((0, -len(sound) % BLOCK), (0, 0))).reshape(-1, BLOCK, 2)
