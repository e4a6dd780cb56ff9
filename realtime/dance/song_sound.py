"""What sounds of a song: its file, or of a medley the songs faded over each other, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.tempo import BEATS_OF_BAR
from kpopdance.realtime.dance.effects import as_loud_as_counted
from kpopdance.realtime.library.medley import COUNTED, SHORTEST_COUNT_S
from kpopdance.realtime.library.songpack import SongPackError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.library.songpack import Excerpt, SongPack

    Sound = tuple[NDArray[np.float32], int]

UNDER: Final = 0.4  # how loud a song is while it is counted
DANCED: Final = 0.6  # and where it is danced meanwhile
ATTACK_S: Final = 0.05  # up to full, on the beat
LAST_S: Final = 2.0  # behind the last song
EVEN: Final = (0.5, 2.0)  # a song is made so much softer or louder, at most
SILENT: Final = 1e-4


def sound_of(kit: Kit, song: SongPack) -> Sound:
    """Return what sounds of a song from its second 0 on, (N, 2), and the rate.

    Raises
    ------
    DanceError
        Where there is nothing that can be read.
    """
    if song.audio is None:
        raise SongPackError(_("{folder}: has no audio to dance to", folder=song.folder))
    return _medley(kit, song.excerpts) if song.excerpts else kit.read_audio(song.audio)


def _medley(kit: Kit, excerpts: tuple[Excerpt, ...]) -> Sound:
    tails_s = [_fade_s(after) for after in excerpts[1:]] + [LAST_S]
    read = [_read(kit, each, tail_s) for each, tail_s in zip(excerpts, tails_s, strict=True)]
    rate = read[0][1]
    out = np.zeros((round((excerpts[-1].danced_s[1] + LAST_S) * rate), 2), np.float32)
    even = _evened([sound[0] for sound in read])
    for number, excerpt in enumerate(excerpts):
        samples, tail_s = read[number][0], tails_s[number]
        loud = even[number] * _rise_and_fall(excerpt, len(samples), rate, tail_s)
        _add(out, samples * loud, excerpt, rate)
    for excerpt in excerpts[1:]:
        _count(kit, out, rate, excerpt.danced_s[0], excerpt.count_s)
    return np.clip(out, -1, 1), rate


def _fade_s(after: Excerpt) -> float:
    """Return how long a song is heard into the next one's lead: it goes in the four beats of a bar."""
    return min(BEATS_OF_BAR * after.count_s, after.lead_s)


def _read(kit: Kit, excerpt: Excerpt, tail_s: float) -> Sound:
    """Return an excerpt with what it fades out in, (N, 2) from its second 0 on, and the rate."""
    assert kit.read_part is not None
    assert excerpt.song.audio is not None
    begin_s = max(excerpt.from_s, 0.0)
    samples, rate = kit.read_part(
        excerpt.song.audio, begin_s, excerpt.from_s + excerpt.end_s + tail_s - begin_s
    )
    before = np.zeros((round((begin_s - excerpt.from_s) * rate), 2), np.float32)
    return np.concatenate([before, samples]), rate


def _evened(sounds: list[NDArray[np.float32]]) -> list[np.float32]:
    """Return how much softer or louder each song is to be, so that all sound alike."""
    loud = np.array([max(float(np.sqrt(np.mean(each**2))), SILENT) for each in sounds])
    usual = float(np.exp(np.log(loud).mean()))
    return list(np.clip(usual / loud, *EVEN).astype(np.float32))


def _rise_and_fall(
    excerpt: Excerpt, count: int, rate: int, tail_s: float
) -> NDArray[np.float32]:
    """Return how loud each sample (N, 1) is: up from silence while counted, out behind the dance."""
    at_s, lead_s = np.arange(count) / rate, excerpt.lead_s
    known = (
        0.0,
        0.3 * lead_s,
        lead_s - ATTACK_S,
        lead_s,
        excerpt.end_s,
        excerpt.end_s + tail_s,
    )
    risen = np.interp(at_s, known, (0.0, 0.0, UNDER, 1.0, 1.0, 0.0))
    return risen.astype(np.float32)[:, None]


def _add(
    out: NDArray[np.float32], samples: NDArray[np.float32], excerpt: Excerpt, rate: int
) -> None:
    begin = round(excerpt.at_s * rate)
    heard = samples[max(-begin, 0) :]
    there = out[max(begin, 0) :][: len(heard)]
    there += heard[: len(there)]


def counted_to(kit: Kit, song: SongPack, sound: Sound, at_s: Sequence[float]) -> Sound:
    """Return a song's sound with "three, two, one" before some of its seconds, softer meanwhile."""
    samples, rate = sound
    if kit.countdown is None or not at_s:
        return sound
    out = samples.copy()
    for each_s in at_s:
        count_s = 60 / song.tempo.bpm_at(each_s)
        while count_s < SHORTEST_COUNT_S:
            count_s *= 2
        first = max(round((each_s - COUNTED * count_s) * rate), 0)
        there = out[first : round(each_s * rate)]
        known = np.array([0.0, ATTACK_S, COUNTED * count_s - ATTACK_S, COUNTED * count_s])
        softer = np.interp(np.arange(len(there)), known * rate, (1.0, DANCED, DANCED, 1.0))
        there *= softer.astype(np.float32)[:, None]
        _count(kit, out, rate, each_s, count_s)
    return np.clip(out, -1, 1), rate


def _count(
    kit: Kit, out: NDArray[np.float32], rate: int, ends_s: float, count_s: float
) -> None:
    """Let the voice say "three, two, one" up to a second, in numbers of so many seconds."""
    if kit.countdown is None:
        return
    spoken, early_s = as_loud_as_counted(kit, kit.countdown(rate, count_s))
    begin = round((ends_s - COUNTED * count_s - early_s) * rate)
    heard = spoken[max(-begin, 0) :]
    there = out[max(begin, 0) :][: len(heard)]
    there += heard[: len(there)]
