"""A new song of what was seen and heard: its beats, its pack, and what its first dance will ask for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.files import part_of
from kpopdance.realtime.devices.audio_file import SAMPLE_RATE, read_audio, write_audio
from kpopdance.realtime.devices.media_file import MediaError
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.kept import keep_beside
from kpopdance.realtime.library.mirrored import turned
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import SongPack, SongPackError
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.studio.bars import bars_of
from kpopdance.realtime.studio.recording import RecordingError, check_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Choreography
    from kpopdance.realtime.devices.audio_file import Audio

BYTES_A_SECOND: Final = 12_000  # sound and one dancer of a pack, a little less than it is
FIRST_PICTURES: Final = 8


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a new song; what is None is heard from its sound."""

    title: str
    artist: str = ""
    language: str = "ko"
    licence: str = "private use"
    bpm: float | None = None
    offset_s: float | None = None
    mirrored: bool = False


def check_film(path: Path) -> None:
    """Refuse a film by its first pictures, before all of it is looked at."""
    with VideoFile(path) as video:
        at_s = [frame.captured_s for frame in islice(video.frames(), FIRST_PICTURES)]
    try:
        check_pictures(at_s)
    except RecordingError as why:
        raise RecordingError(f"{path}: {why}") from None


def sound_of(path: Path) -> Audio:
    """Return a film's sound, without which there is no song."""
    try:
        return read_audio(path)
    except MediaError as why:
        raise MediaError(f"{why} (a song needs sound: give it with --audio FILE)") from None


def song_of(wish: Wish, filmed: tuple[Choreography, ...], audio: Audio) -> SongPack:
    """Return a song of dances as they were filmed, on the beats that are heard in its sound."""
    bars = bars_of(audio.samples, audio.rate)
    return SongPack(
        title=wish.title, artist=wish.artist, language=wish.language, licence=wish.licence,
        bpm=wish.bpm or round(bars.bpm, 2),
        offset_s=round(bars.offset_s, 3) if wish.offset_s is None else wish.offset_s,
        members=turned(filmed) if wish.mirrored else filmed, mirrored=wish.mirrored,
        audio=None, preview_s=round(audio.length_s / 3, 1),
    )  # fmt: skip


def write_song(
    song: SongPack, audio: Audio, folder: Path, *, sources: tuple[Path, ...], give_way: bool
) -> None:
    """Write a song with its sound as a pack; ``give_way`` as ``replace`` in ``save_pack``."""
    beside = folder if folder.is_dir() else folder.parent
    beside.mkdir(parents=True, exist_ok=True)
    sound = part_of(beside / "audio.ogg")
    try:
        write_audio(sound, np.clip(audio.samples, -1, 1), SAMPLE_RATE)
        save_pack(replace(song, audio=sound), folder, replace=give_way, sources=sources)
    except MediaError:
        raise MediaError(
            f"{folder}: the sound cannot be written; check the folder, its rights and its space"
        ) from None
    finally:
        sound.unlink(missing_ok=True)


def learn(folder: Path, library: Path, terms: Terms) -> None:
    """Work out beforehand what the first dance would wait for."""
    if folder.parent == library:
        keep_beside(library)
    with suppress(SongPackError):  # it is said when somebody wants to dance it
        standard_of(load_pack(folder), terms)
