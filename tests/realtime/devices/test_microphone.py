from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.commands.play import make_kit
from kpopdance.realtime.core.health import Cause
from kpopdance.realtime.devices import microphone
from kpopdance.realtime.devices.microphone import SystemMicrophone
from kpopdance.realtime.devices.sound_system import SoundError
from kpopdance.realtime.library.settings import Settings
from tests.fakes import FakeClock
from tools.bench.run.bench_calibration import LAGS_MS, measured, with_late_speaker

RATE = 48000


class FakeStream:
    """What the system hands over, one block a call of ``speak``."""

    def __init__(self, callback, **told):
        self.callback, self.told, self.active, self.closed = callback, told, False, False

    def start(self):
        self.active = True

    def abort(self, *, ignore_errors):
        self.active = False

    def close(self, *, ignore_errors):
        self.closed = True

    def speak(self, samples, ago_s):
        class Times:
            currentTime, inputBufferAdcTime = 50.0, 50.0 - ago_s

        self.callback(np.array(samples, np.float32)[:, None], len(samples), Times, None)


class FakePortAudio:
    """A system with one microphone, or with none; ``refuses`` what is opened."""

    class PortAudioError(Exception):
        pass

    class default:
        device = (0, 0)

    def __init__(self, *, there=True, refuses=False):
        self.there, self.refuses = there, refuses

    def query_hostapis(self):
        return []

    def query_devices(self, number=None, kind=None):
        if number is None:
            return []
        if not self.there:
            raise self.PortAudioError("no device")
        return {"name": "Gooseneck", "default_samplerate": float(RATE)}

    def InputStream(self, **told):
        if self.refuses:
            raise self.PortAudioError("busy")
        self.stream = FakeStream(**told)
        return self.stream


@pytest.fixture
def listening(monkeypatch):
    def listen(device=None, **how):
        system = FakePortAudio(**how)
        monkeypatch.setattr(microphone, "portaudio", lambda: system)
        clock = FakeClock()
        heard = SystemMicrophone(clock, device)
        return heard, system.stream, clock

    return listen


def test_blocks_are_stamped_with_when_they_were_heard(listening):
    heard, stream, clock = listening()
    for number in range(100):
        clock.at_s = 100.0 + 0.01 * number + 0.004 * (number % 3)  # called unevenly
        stream.speak(np.full(480, number / 100), 0.02 + 0.004 * (number % 3))
    sounds = heard.heard()
    assert len(sounds) == 100
    assert_allclose([s.at_s for s in sounds], 99.98 + 0.01 * np.arange(100), atol=1e-6)
    assert heard.heard() == []
    heard.close()
    assert stream.closed


def test_stamps_that_jitter_are_steadied_and_lost_samples_are_noticed(listening):
    heard, stream, clock = listening()
    rng = np.random.default_rng(1)
    for number in range(200):
        clock.at_s = 100.0 + 0.01 * number + (0.5 if number >= 150 else 0.0)
        stream.speak(np.zeros(480), 0.02 + rng.uniform(0, 0.006))
    at_s = np.array([s.at_s for s in heard.heard()])
    expected = 99.977 + 0.01 * np.arange(200) + 0.5 * (np.arange(200) >= 150)
    assert np.abs(at_s[64:150] - expected[64:150]).max() < 0.002
    assert np.abs(at_s[170:] - expected[170:]).max() < 0.003


def test_a_time_that_is_not_told_is_that_of_the_block(listening):
    heard, stream, clock = listening()
    stream.speak(np.zeros(480), 0.0)
    assert_allclose(heard.heard()[0].at_s, clock.at_s - 0.01)


def test_a_lost_microphone_is_told(listening):
    heard, stream, clock = listening()
    assert heard.health.well
    clock.at_s += 2.0
    assert heard.health.cause is Cause.LOST
    stream.speak(np.zeros(480), 0.02)
    assert heard.health.well
    stream.active = False
    assert heard.health.cause is Cause.LOST


@pytest.mark.parametrize(
    ("how", "cause", "words"),
    [
        ({"there": False}, Cause.NEVER_OPENED, "There is no microphone."),
        ({"refuses": True}, Cause.REFUSED, "The microphone Gooseneck does not open."),
        ({"there": False, "device": "Lavalier"}, Cause.NEVER_OPENED, "called 'Lavalier'"),
    ],
)
def test_no_microphone_is_one_sentence_with_another_way(listening, how, cause, words):
    with pytest.raises(SoundError) as why:
        listening(**how)
    assert why.value.health.cause is cause
    assert words in str(why.value)
    assert "both arms" in str(why.value)


@pytest.mark.long
@pytest.mark.sound
@pytest.mark.parametrize("late_ms", LAGS_MS)
def test_a_late_speaker_is_found_by_claps(null_sink, late_ms):
    kit = with_late_speaker(make_kit(Settings()), late_ms / 1000, seed=late_ms)
    found = measured(kit, "claps")
    assert found.trouble == ""
    assert abs(found.measured.lag_ms - late_ms) < 10
