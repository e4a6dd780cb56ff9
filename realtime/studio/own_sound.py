"""The player's own recording of a song that came without its sound, and the dance placed in it."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from kpopdance.engines.texts import one_form
from kpopdance.realtime.core.tempo import BEATS_OF_BAR
from kpopdance.realtime.core.types import Choreography, Formation
from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.devices.media_file import MediaError
from kpopdance.realtime.studio.rhythm import ONSET_RATE, alike, match_sound, onset_strength

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.library.songpack import SongPack

SOUNDS: Final = (
    ".aac", ".aif", ".aiff", ".flac", ".m4a", ".m4b", ".mka", ".mkv", ".mov", ".mp3", ".mp4", ".oga",
    ".ogg", ".opus", ".wav", ".webm", ".wma",
)  # fmt: skip
SAME: Final = 0.45
"""Correlation of onsets: other recordings reached 0.34, the same with applause over it 0.52."""
LEAST_S: Final = 10.0
"""In common, or half of the song: less is nothing to dance to."""
FIRST_BEAT_S: Final = (-60.0, 600.0)
"""What a pack's ``offset_s`` may be."""


def sounds_in(folder: Path, title: str) -> list[Path]:
    """Return the sounds below a folder: what is named most like the title comes first."""
    wanted = one_form(title).casefold()

    def unlike(path: Path) -> float:
        return -SequenceMatcher(None, wanted, one_form(path.stem).casefold()).ratio()

    files = [path for path in folder.rglob("*") if path.suffix.lower() in SOUNDS]
    return sorted(sorted(path for path in files if path.is_file()), key=unlike)


@dataclass(frozen=True, slots=True)
class OwnSound:
    """A player's recording: ``second_s`` of it is a song's second 0; it is ``length_s`` long."""

    path: Path
    second_s: float
    length_s: float


def heard_in(path: Path, onsets: NDArray[np.float32]) -> OwnSound | None:
    """Return where a song begins in a sound; None where it is another recording.

    Parameters
    ----------
    path : Path
        A file with sound.
    onsets : float32 (bands, T)
        Onset strength of the song's sound.

    Raises
    ------
    MediaError
        Where it cannot be read.
    """
    sound = read_audio(path)
    own = onset_strength(sound.samples, sound.rate)
    match = match_sound(own, onsets)
    correlation, common_s = alike(own, onsets, match.shift_s)
    same = match.believable or correlation >= SAME
    enough = common_s >= min(LEAST_S, onsets.shape[1] / ONSET_RATE / 2)
    return OwnSound(path, match.shift_s, sound.length_s) if same and enough else None


def find_sound(
    onsets: NDArray[np.float32], files: Iterable[Path], hearing: Callable[[Path], None]
) -> OwnSound | None:
    """Return the first of some files that a song is heard in; ``hearing`` is told of each before.

    Files without readable sound are passed over.
    """
    for path in files:
        hearing(path)
        with suppress(MediaError):
            found = heard_in(path, onsets)
            if found is not None:
                return found
    return None


def danced_to(song: SongPack, own: OwnSound) -> SongPack:
    """Return a song that is danced to a player's own recording, as far as that goes."""
    by_s, tempo = own.second_s, song.tempo.later(own.second_s)
    offset_s, bar_s = tempo.offset_s, BEATS_OF_BAR * 60 / tempo.bpm
    while not FIRST_BEAT_S[0] <= offset_s <= FIRST_BEAT_S[1]:
        offset_s += bar_s if offset_s < FIRST_BEAT_S[0] else -bar_s
    return replace(
        song,
        audio=own.path,
        members=tuple(_part(one, by_s, own.length_s) for one in song.members),
        formation=song.formation and _places(song, by_s, own.length_s),
        bpm=tempo.bpm,
        offset_s=offset_s,
        tempo_changes=tempo.changes,
        preview_s=max(0.0, song.preview_s + by_s),
        sections=_sections(song, by_s, own.length_s),
        film=None
        if song.film is None
        else replace(song.film, start_s=song.film.start_s + by_s),
    )


def _part(dance: Choreography, by_s: float, length_s: float) -> Choreography:
    """Return what is danced later by so much, between a sound's beginning and its end."""
    rows = _rows(dance, by_s, length_s)
    start_s = dance.start_s + by_s + rows.start / dance.fps
    return Choreography(dance.joints[rows].copy(), dance.fps, start_s)


def _places(song: SongPack, by_s: float, length_s: float) -> Formation:
    """Return where the members stand in those parts."""
    assert song.formation is not None
    rows = _rows(song.members[0], by_s, length_s)
    return Formation(song.formation.floor[:, rows].copy(), song.formation.there[:, rows].copy())


def _rows(dance: Choreography, by_s: float, length_s: float) -> slice:
    start_s = dance.start_s + by_s
    first = max(0, math.ceil(round(-start_s * dance.fps, 6)))
    count = max(2, math.floor((length_s - start_s) * dance.fps) + 1 - first)
    return slice(first, first + count)


def _sections(song: SongPack, by_s: float, length_s: float) -> tuple[tuple[str, float], ...]:
    """Return the sections of which something is left; the one that is cut begins at 0."""
    starts = [at_s + by_s for _, at_s in song.sections]
    ends = [*starts, math.inf][1:]
    return tuple(
        (name, max(0.0, start_s))
        for (name, _), start_s, end_s in zip(song.sections, starts, ends, strict=True)
        if end_s > 0 and start_s < length_s
    )
