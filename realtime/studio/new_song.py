"""A new song of what was seen and heard: its beats, its pack, and what its first dance will ask for."""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.files import part_of
from kpopdance.engines.texts import one_form
from kpopdance.engines.tongues import _
from kpopdance.realtime.core.types import Choreography, Formation
from kpopdance.realtime.devices.audio_file import SAMPLE_RATE, read_audio, write_audio
from kpopdance.realtime.devices.kept_film import GROUP_SIDE_PX, SIDE_PX, SUFFIX, keep_film
from kpopdance.realtime.devices.media_file import MediaError, tags_of
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.kept import keep_beside
from kpopdance.realtime.library.mirrored import turned
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import SongPack, SongPackError
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.studio.bars import bars_of
from kpopdance.realtime.studio.recording import RecordingError, check_pictures
from kpopdance.realtime.studio.song_parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.devices.audio_file import Audio
    from kpopdance.realtime.library.songpack import Film
    from kpopdance.realtime.studio.editing import Draft
    from kpopdance.realtime.studio.take import Take

    Watching = Callable[[VideoFile], AbstractContextManager[Callable[[Frame], None]]]

log = logging.getLogger(__name__)

BYTES_A_SECOND: Final = 12_000  # sound and one dancer of a pack, a little less than it is
FIRST_PICTURES: Final = 8
DASH: Final = re.compile(r"\s+[-–—]\s+")
DOWNLOADED: Final = re.compile(r"\s*\[[\w-]{11}\]$")
"""What a film's address leaves in the name of its file."""


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


def unwatched(_video: VideoFile) -> AbstractContextManager[Callable[[Frame], None]]:
    """Let a film be read, and tell nobody."""
    return nullcontext(lambda _frame: None)


def check_film(path: Path) -> None:
    """Refuse a film by its first pictures, before all of it is looked at."""
    with VideoFile(path) as video:
        at_s = [frame.captured_s for frame in islice(video.frames(), FIRST_PICTURES)]
    try:
        check_pictures(at_s)
    except RecordingError as why:
        raise RecordingError(f"{path}: {why}") from None


def named_in(film: Path) -> tuple[str, str]:
    """Return title and artist of a film: what its tags say, else its name, ``Artist - Title``."""
    told = {key: text for key, text in tags_of(film).items() if key in ("title", "artist")}
    name = DOWNLOADED.sub("", one_form(film.stem)).strip() or film.stem
    parts = [part.strip() for part in DASH.split(name, maxsplit=1)]
    artist, title = parts if len(parts) == 2 and all(parts) else ("", name)
    return told.get("title", title), told.get("artist", "" if "title" in told else artist)


def sound_of(path: Path) -> Audio:
    """Return a film's sound, without which there is no song."""
    try:
        return read_audio(path)
    except MediaError as why:
        raise type(why)(
            _("{why} (a song needs sound: give it with --audio FILE)", why=why)
        ) from None


def song_of(
    wish: Wish,
    filmed: tuple[Choreography, ...],
    audio: Audio,
    formation: Formation | None = None,
) -> SongPack:
    """Return a song of dances as they were filmed, on the beats that are heard in its sound."""
    bars = bars_of(audio.samples, audio.rate)
    parts = parts_of(audio.samples, audio.rate, bars)
    offset_s = round(bars.offset_s, 3) if wish.offset_s is None else wish.offset_s
    changes = () if wish.bpm else bars.changes
    if wish.mirrored:
        filmed, formation = turned(filmed), formation and formation.turned()
    return SongPack(
        title=wish.title, artist=wish.artist, language=wish.language, licence=wish.licence,
        bpm=wish.bpm or round(bars.bpm, 2), offset_s=offset_s,
        tempo_changes=tuple(change for change in changes if change[0] > offset_s),
        members=filmed, mirrored=wish.mirrored, formation=formation,
        audio=None, sections=parts.sections, preview_s=parts.preview_s,
    )  # fmt: skip


def heard(draft: Draft, audio: Audio) -> Draft:
    """Return a draft on the beats, with the parts, that are heard in its sound."""
    bars = bars_of(audio.samples, audio.rate)
    parts = parts_of(audio.samples, audio.rate, bars)
    return replace(
        draft, bpm=round(bars.bpm, 2), offset_s=round(bars.offset_s, 3),
        tempo_changes=bars.changes, sections=parts.sections, preview_s=parts.preview_s,
        length_s=audio.length_s,
    )  # fmt: skip


def song_from(draft: Draft, like: SongPack | None = None) -> SongPack:
    """Return the song that a draft is; what a draft does not tell is as in a song that it was."""
    take, formation = draft.corrected(), None
    if draft.finished:
        filmed = tuple(_rows(take, member, draft.start_s) for member in take.members)
        if like is not None and like.formation is not None:
            who = list(take.members)
            formation = Formation(take.floor[who], take.there[who])
    else:
        filmed, formation = take.choreographies(draft.start_s), take.formation()
    if draft.mirrored:
        filmed, formation = turned(filmed), formation and formation.turned()
    names = tuple(draft.names[member] for member in take.members)
    song = like or SongPack(draft.title, "", 120.0, filmed, None, "ko", "private use")
    return replace(
        song, title=draft.title, artist=draft.artist, bpm=draft.bpm, members=filmed,
        offset_s=draft.offset_s, tempo_changes=draft.tempo_changes, preview_s=draft.preview_s,
        sections=draft.sections,
        lead=take.members.index(draft.lead), mirrored=draft.mirrored, formation=formation,
        names=names if any(names) else (),
    )  # fmt: skip


def _rows(take: Take, member: int, start_s: float) -> Choreography:
    """Return rows that were a song's own, as they were."""
    joints = take.joints[member].copy()
    joints[..., :2] /= take.size[1]
    fps = round((len(take.at_s) - 1) / float(take.at_s[-1]), 9)
    return Choreography(joints, fps, start_s)


def write_song(
    song: SongPack, audio: Audio, folder: Path, *, sources: tuple[Path, ...], give_way: bool,
    watching: Watching = unwatched,
) -> SongPack:  # fmt: skip
    """Write a song with its sound as a pack, and return what that holds.

    ``give_way`` as ``replace`` in ``save_pack``. Its film, unless it is linked, is made small first;
    ``watching`` shows how far that is.
    """
    beside = folder if folder.is_dir() else folder.parent
    beside.mkdir(parents=True, exist_ok=True)
    sound, kept = part_of(beside / "audio.ogg"), part_of(beside / f"video{SUFFIX}")
    pieces = beside / _pieces_of(song, folder)
    try:
        write_audio(sound, np.clip(audio.samples, -1, 1), SAMPLE_RATE)
        film = _made_small(song, kept, pieces, watching)
        song = replace(song, audio=sound, film=film)
        save_pack(song, folder, replace=give_way, sources=sources)
    except MediaError:
        raise MediaError(
            _(
                "{folder}: the sound cannot be written; check the folder, its rights and its space",
                folder=folder,
            )
        ) from None
    finally:
        sound.unlink(missing_ok=True)
        kept.unlink(missing_ok=True)
    shutil.rmtree(pieces, ignore_errors=True)
    return load_pack(folder)


def _made_small(song: SongPack, kept: Path, pieces: Path, watching: Watching) -> Film | None:
    """Return a song's film as its pack holds it; a song is worth keeping without it too."""
    film = song.film
    if film is None or film.linked:
        return film
    try:
        video = VideoFile(film.path, side_px=_side_px(song))
        with video, watching(video) as progress:
            keep_film(video, kept, pieces, progress)
            video.warning = ""  # it was told before
    except MediaError as why:
        told = str(why).replace(f"{pieces}", f"{pieces.parent}")
        log.warning("the video is not kept in the pack: %s", told)
        return None
    return replace(film, path=kept)


def _side_px(song: SongPack) -> int:
    return GROUP_SIDE_PX if len(song.members) > 1 else SIDE_PX


def _pieces_of(song: SongPack, folder: Path) -> str:
    """Return the name of a folder for the pieces of a song's film, the same whenever it is made anew.

    It is a part's name, see ``engines/files.py``: where nobody goes on, it is swept a day later.
    """
    told: list[object] = [folder.name, _side_px(song)]
    if song.film is not None:
        with suppress(OSError):
            film = song.film.path.stat()
            told += [song.film.path.resolve(), film.st_size, film.st_mtime_ns]
    return f".part-{hashlib.blake2b(repr(told).encode(), digest_size=4).hexdigest()}"


def learn(folder: Path, library: Path, terms: Terms) -> None:
    """Work out beforehand what the first dance would wait for."""
    if folder.parent == library:
        keep_beside(library)
    with suppress(SongPackError):  # it is said when somebody wants to dance it
        standard_of(load_pack(folder), terms)
