"""Sound as the settings want it: files read, a song played."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import HostClock, Microphone, Speaker
    from kpopdance.realtime.library.settings import Settings


class Sounding:
    """Opens speakers as the settings want them now."""

    def __init__(self, settings: Settings, clock: HostClock) -> None:
        self.settings, self._clock = settings, clock

    @property
    def name(self) -> str:
        """What the output is called that plays now; empty where there is none."""
        from kpopdance.realtime.devices.sound_system import output_name

        return output_name(self.settings.sound_device or None)

    def speaker(
        self,
        samples: NDArray[np.float32],
        rate: int,
        count_in_s: float = 0.0,
        beat_s: float = 1.0,
    ) -> Speaker:
        """Return a speaker of samples float32 (N, 2), with the seconds of count-in and of a beat."""
        from kpopdance.realtime.devices.count_in import CountIn
        from kpopdance.realtime.devices.sound import open_speaker

        count_in = CountIn(count_in_s, beat_s, self.settings.effect_volume / 100)
        return open_speaker(
            samples, rate, self._clock, count_in=count_in,
            device=self.settings.sound_device or None, volume=self.settings.volume / 100,
        )  # fmt: skip

    def microphone(self) -> Microphone:
        """Return the microphone that is set, listening."""
        from kpopdance.realtime.devices.microphone import SystemMicrophone

        return SystemMicrophone(self._clock, self.settings.microphone or None)


def part_of(path: Path, start_s: float, seconds: float) -> tuple[NDArray[np.float32], int]:
    """Return some seconds of a file, float32 (N, 2), and their rate."""
    from kpopdance.realtime.devices.audio_file import read_part

    audio = read_part(path, start_s, seconds)
    return audio.samples, audio.rate


def samples_of(path: Path) -> tuple[NDArray[np.float32], int]:
    """Return a file's samples float32 (N, 2), and their rate."""
    from kpopdance.realtime.devices.audio_file import read_audio

    audio = read_audio(path)
    return audio.samples, audio.rate


def stretched(samples: NDArray[np.float32], rate: int, tempo: float) -> NDArray[np.float32]:
    """Return samples (N, 2) at another tempo, as high as before."""
    from kpopdance.realtime.devices import stretched as device

    return device.stretched(samples, rate, tempo)


def counted(rate: int, beat_s: float) -> tuple[NDArray[np.float32], float]:
    """Return "five, six, seven, eight", float32 (N, 2), and the second of its first beat."""
    from kpopdance.realtime.devices import voice

    return voice.counted_aloud(rate, beat_s), voice.EARLY_S


def counted_down(rate: int, beat_s: float) -> tuple[NDArray[np.float32], float]:
    """Return "three, two, one", float32 (N, 2), and the second of its first beat."""
    from kpopdance.realtime.devices import voice

    return voice.counted_down(rate, beat_s), voice.EARLY_S
