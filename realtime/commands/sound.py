"""Sound as the settings want it: files read, a song played."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import HostClock, Speaker


def speaker_for(
    samples: NDArray[np.float32], rate: int, clock: HostClock, device: str, *,
    count_in: tuple[float, float] | None = None,
) -> Speaker:  # fmt: skip
    """Return a speaker of samples float32 (N, 2); ``count_in`` is its seconds and a beat's."""
    from kpopdance.realtime.devices.sound import NO_COUNT_IN, CountIn, open_speaker

    before = NO_COUNT_IN if count_in is None else CountIn(*count_in)
    return open_speaker(samples, rate, clock, count_in=before, device=device or None)


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
