"""Sounds of the game's own, as loud as they are set: clicks before a song, the voice that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Speaker
    from kpopdance.realtime.dance.kit import Kit

RATE: Final = 48000
BEAT_S: Final = 0.5
BEATS: Final = 4
REST_S: Final = 1.0  # before it sounds again


class Opened(NamedTuple):
    """A speaker to be started at ``from_s``, for so many seconds."""

    speaker: Speaker
    from_s: float
    length_s: float


def counted(kit: Kit, rate: int, beat_s: float) -> tuple[NDArray[np.float32], float]:
    """Return the count as loud as it is wanted, (N, 2), and the second of its first beat."""
    if kit.count is None:
        return np.zeros((0, 2), np.float32), 0.0
    return as_loud_as_counted(kit, kit.count(rate, beat_s))


def as_loud_as_counted(
    kit: Kit, spoken: tuple[NDArray[np.float32], float]
) -> tuple[NDArray[np.float32], float]:
    """Return what the voice says, (N, 2), as loud as it is wanted, and the second of its first beat."""
    said, early_s = spoken
    return said * np.float32((kit.settings.count_volume / 100) ** 2), early_s


def clicks_to_hear(kit: Kit) -> Opened:
    """Return the clicks before a song, opened to be heard for themselves."""
    before_s = BEATS * BEAT_S
    rest = np.zeros((round(REST_S * RATE), 2), np.float32)
    speaker = kit.open_speaker(rest, RATE, before_s, BEAT_S)
    return Opened(speaker, -before_s, before_s + REST_S)


def count_to_hear(kit: Kit) -> Opened:
    """Return the voice that counts, opened to be heard for itself."""
    count, _ = counted(kit, RATE, BEAT_S)
    tape = np.concatenate([count, np.zeros((round(REST_S * RATE), 2), np.float32)])
    return Opened(kit.open_speaker(tape, RATE, 0.0, BEAT_S), 0.0, len(tape) / RATE)
