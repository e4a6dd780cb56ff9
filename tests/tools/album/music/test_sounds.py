"""What instruments are computed of."""

import numpy as np

from tools.album.music.sounds import SAMPLE_RATE, saw


def test_a_saw_hardly_aliases():
    hz = 2793.8
    wave = saw(hz, SAMPLE_RATE, 0.25) * np.hanning(SAMPLE_RATE)
    power = np.abs(np.fft.rfft(wave)) ** 2
    near = np.abs(np.arange(len(power)) / hz - np.round(np.arange(len(power)) / hz)) * hz < 4
    audible = slice(20, 8000)
    assert power[audible][~near[audible]].sum() < 1e-3 * power.sum()
