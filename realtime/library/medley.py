"""A medley: chorus after chorus, a song pack in memory that is danced as any other one.

Between two of them lie some bars of the song that comes, in which it is counted and nothing is asked.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.tempo import BEATS_OF_BAR
from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.library.songpack import Excerpt, SongPack, SongPackError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.core.tempo import Tempo

CHORUS: Final = ("chorus", "hook", "refrain", "후렴")
"""With what the name of a section begins that everybody knows."""
LEAST_S, MOST_S = 12.0, 40.0
"""Of an excerpt; a shorter chorus goes on into what follows it."""
LEAD_S: Final = 3.0  # at least, in whole bars: to hear what comes, and to find one's place
COUNTED: Final = 3
"""Numbers before the dance: three, two, one."""
SHORTEST_COUNT_S: Final = 0.45  # of a number
FPS: Final = 30.0
TOLD_SONGS: Final = 3


def excerpt_of(song: SongPack) -> Excerpt:
    """Return a song's chorus; where it names none, what its preview begins with.

    Raises
    ------
    SongPackError
        Where nothing is danced there, or it has no sound.
    """
    tempo, lead = song.tempo, song.members[song.lead]
    start = _bar_near(tempo, _chorus_s(song))
    start_s = tempo.second_of(start)
    until_s = min(_chorus_end_s(song, start_s), lead.end_s)
    bars = math.floor((tempo.beat_at(until_s + 1e-3) - start) / BEATS_OF_BAR)
    if bars < 1 or start_s < lead.start_s - 1.0 or song.audio is None:
        raise SongPackError(
            _("{song}: has no chorus that is danced; choose another song", song=song.title)
        )
    end_s = tempo.second_of(start + BEATS_OF_BAR * bars)
    count_s = 60 / tempo.bpm_at(start_s)
    before = BEATS_OF_BAR * math.ceil(LEAD_S / (BEATS_OF_BAR * count_s) - 1e-6)
    from_s = tempo.second_of(start - before)
    while count_s < SHORTEST_COUNT_S:
        count_s *= 2
    part = _cut_out(song, from_s, start_s, end_s)
    return Excerpt(part, from_s, start_s - from_s, end_s - from_s, count_s)


def _chorus_s(song: SongPack) -> float:
    """Return where the first chorus begins that is long enough, else the longest; else the preview."""
    spans = [
        (end_s - start_s, start_s)
        for name, start_s, end_s in _stretches(song)
        if name.casefold().startswith(CHORUS)
    ]
    if not spans:
        return song.preview_s
    enough = [start_s for length_s, start_s in spans if length_s >= LEAST_S]
    return enough[0] if enough else max(spans)[1]


def _chorus_end_s(song: SongPack, start_s: float) -> float:
    ends_s = [end_s for _, _, end_s in _stretches(song) if end_s >= start_s + LEAST_S]
    return min([*ends_s[:1], start_s + MOST_S])


def _stretches(song: SongPack) -> list[tuple[str, float, float]]:
    """Return the sections as name, begin and end; those of one name that follow each other are one."""
    out: list[tuple[str, float, float]] = []
    starts_s = [start_s for _, start_s in song.sections]
    ends_s = [*starts_s[1:], song.length_s]
    for (name, start_s), end_s in zip(song.sections, ends_s, strict=False):
        if out and out[-1][0] == name:
            out[-1] = (name, out[-1][1], end_s)
        else:
            out.append((name, start_s, end_s))
    return out


def _bar_near(tempo: Tempo, song_s: float) -> int:
    """Return the first beat of the bar whose begin is nearest, none before the first."""
    return max(round(tempo.beat_at(song_s) / BEATS_OF_BAR) * BEATS_OF_BAR, 0)


def _cut_out(song: SongPack, from_s: float, start_s: float, end_s: float) -> SongPack:
    """Return what is danced between two seconds of a song, its second 0 being ``from_s``; lead first."""
    tempo = song.tempo.later(-from_s)
    order = [
        song.members[song.lead],
        *song.members[: song.lead],
        *song.members[song.lead + 1 :],
    ]
    changes = tuple(change for change in tempo.changes if change[0] < end_s - from_s)
    return replace(
        song, bpm=tempo.bpm, offset_s=tempo.offset_s, tempo_changes=changes, lead=0, names=(),
        members=tuple(_rows(member, from_s, start_s, end_s) for member in order),
        formation=None, film=None, sections=(), preview_s=0.0,
    )  # fmt: skip


def _rows(dance: Choreography, from_s: float, start_s: float, end_s: float) -> Choreography:
    first = max(math.ceil((start_s - dance.start_s) * dance.fps - 1e-6), 0)
    last = math.floor((end_s - dance.start_s) * dance.fps + 1e-6)
    joints = dance.joints[first : last + 1].copy()
    return Choreography(joints, dance.fps, dance.start_s + first / dance.fps - from_s)


def medley_of(title: str, artist: str, excerpts: Sequence[Excerpt]) -> SongPack:
    """Return some songs' excerpts after one another, the first one from where it is danced."""
    placed: list[Excerpt] = []
    at_s = -excerpts[0].lead_s
    for excerpt in excerpts:
        placed.append(replace(excerpt, at_s=at_s))
        at_s += excerpt.end_s
    first = placed[0].song.tempo.later(placed[0].at_s)
    changes = first.changes + tuple(
        change for excerpt in placed[1:] for change in _tempo_in(excerpt)
    )
    return SongPack(
        title, artist, first.bpm, joined_members(placed), placed[0].song.audio,
        offset_s=first.offset_s, tempo_changes=changes, folder=Path(f"random-{_key(placed)}"),
        sections=tuple((each.song.title, max(each.at_s, 0.0)) for each in placed),
        excerpts=tuple(placed),
    )  # fmt: skip


def _tempo_in(excerpt: Excerpt) -> tuple[tuple[float, float], ...]:
    """Return the changes of tempo from an excerpt's first bar on, in the medley's seconds."""
    tempo, at_s = excerpt.song.tempo, excerpt.at_s
    later = tuple((at_s + change_s, bpm) for change_s, bpm in tempo.changes if change_s > 0)
    return ((at_s, tempo.bpm_at(0.0)), *later)


def joined_members(excerpts: Sequence[Excerpt]) -> tuple[Choreography, ...]:
    """Return what each member dances all along; nobody is seen where nothing is danced."""
    times = np.arange(round(excerpts[-1].danced_s[1] * FPS) + 1) / FPS
    count = max(len(excerpt.song.members) for excerpt in excerpts)
    joints = np.full((count, len(times), 18, 3), np.nan, dtype=np.float32)
    joints[..., 2] = 0
    for excerpt in excerpts:
        _lay(joints, times, excerpt)
    return tuple(Choreography(member, FPS) for member in joints)


def _lay(joints: NDArray[np.float32], times: NDArray[np.float64], excerpt: Excerpt) -> None:
    """Lay an excerpt's dances where they belong, (members, T, 18, 3) at the medley's seconds (T,)."""
    start_s, end_s = excerpt.danced_s
    rows = slice(*np.searchsorted(times, (start_s - 1e-6, end_s + 1e-6)))
    for number, member in enumerate(excerpt.song.members):
        joints[number, rows] = choreography_rows(member, times[rows] - excerpt.at_s)


def songs_of(song: SongPack) -> str:
    """Return the short names of a medley's songs in their order, a slash between; of a song nothing."""
    return "/".join(each.song.slug for each in song.excerpts)


def told_title(song: SongPack) -> str:
    """Return a song's title, of a medley with those of its first songs."""
    titles = [each.song.title for each in song.excerpts]
    more = " ..." if len(titles) > TOLD_SONGS else ""
    told = ", ".join(titles[:TOLD_SONGS]) + more
    return f"{song.title}: {told}" if told else song.title


def _key(excerpts: Sequence[Excerpt]) -> str:
    """Return what is the same for the same songs in the same order."""
    told = [f"{each.song.slug} {each.from_s:.3f} {each.end_s:.3f}" for each in excerpts]
    return hashlib.blake2b("\n".join(told).encode(), digest_size=4).hexdigest()
