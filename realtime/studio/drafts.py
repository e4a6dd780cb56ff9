"""Drafts on the disk: what was seen once, and the edits since, so that nothing is lost by leaving.

They lie in ``.drafts`` of the player's library, a folder each: ``take.npz``, and ``draft.json`` with
what was known at first and the edits. That of a song stays beside it, so that it can be edited again
from what was seen; where the song is another one by now, the song itself is what is edited.
"""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import asdict, dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
from msgspec import Meta

from kpopdance.engines.checked import checked
from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import refusing, write_whole
from kpopdance.engines.tongues import _
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.mirrored import turned
from kpopdance.realtime.library.pack_reader import digest_of, load_pack, standing
from kpopdance.realtime.library.pack_writer import save_pack, slug_of
from kpopdance.realtime.library.songpack import BUNDLED, CHOREOGRAPHY, Film, SongPackError
from kpopdance.realtime.studio.editing import Draft, Edit, EditError, History, draft_of
from kpopdance.realtime.studio.new_song import song_from, sound_of, unwatched, write_song
from kpopdance.realtime.studio.take import Take, load_take, save_take

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.pose.strangers import Reason
    from kpopdance.realtime.studio.new_song import Watching

log = logging.getLogger(__name__)

FOLDER: Final = ".drafts"
TAKE, TOLD = "take.npz", "draft.json"
UNNAMED: Final = "film"
FORMAT: Final = 1
MOST_BYTES: Final = 4 << 20  # of draft.json: more edits than anybody does
ROWS_PX: Final = 512
"""Height of the picture that a song's rows are shown in: a power of two, so that none is changed."""
WIDE: Final = 16 / 9

_Second = Annotated[float, Meta(ge=-36_000, le=36_000)]


class DraftError(DanceError):
    """A draft cannot be read."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What ``draft.json`` holds: the draft before its edits, its files, its edits.

    Paths are written from the library on where they lie in it, and read as whole ones.
    """

    format: int
    sound: str
    title: str
    start_s: _Second
    length_s: _Second
    bpm: Annotated[float, Meta(ge=30, le=300)]
    offset_s: _Second
    preview_s: _Second
    artist: str = ""
    film: str = ""
    film_start_s: _Second = 0.0
    pack: str = ""
    digest: str = ""
    mirrored: bool = False
    finished: bool = False
    names: tuple[str, ...] = ()
    sections: tuple[tuple[str, _Second], ...] = ()
    tempo: tuple[tuple[_Second, float], ...] = ()
    edits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class KeptDraft:
    """A draft and its files.

    ``folder`` is its own; ``film`` the video (None: there is none); ``sound`` what its sound is taken
    from; ``pack`` the song that was made of it, None before; ``whole`` says whether what was seen is on
    the disk.
    """

    folder: Path
    film: Film | None
    sound: Path
    history: History
    pack: Path | None = None
    whole: bool = True

    @property
    def draft(self) -> Draft:
        """The draft that counts."""
        return self.history.now


def begun(library: Path, draft: Draft, film: Path, sound: Path) -> KeptDraft:
    """Return a new draft, kept; one that was there of another film stays."""
    try:
        name = slug_of(draft.title)
    except SongPackError:  # asked for again when it is to be a song
        name = UNNAMED
    folder = _free(library / FOLDER / name, lambda told: told.film == str(film))
    shown = Film(film, draft.start_s)
    return keep(KeptDraft(folder, shown, sound, History((draft,)), whole=False))


def keep(kept: KeptDraft) -> KeptDraft:
    """Write a draft's edits as they are now, and what was seen where that is not on the disk yet.

    Raises DanceError where it cannot be written.
    """
    first, film, pack = kept.history.drafts[0], kept.film, kept.pack
    library = kept.folder.parents[1]
    with refusing(kept.folder):
        digest = "" if pack is None else digest_of(standing(pack) / CHOREOGRAPHY)
        told = _Told(
            FORMAT, _from(library, kept.sound), first.title, first.start_s, first.length_s, first.bpm,
            first.offset_s, first.preview_s, first.artist,
            _from(library, film.path) if film else "", film.start_s if film else 0.0,
            _from(library, pack) if pack else "", digest, first.mirrored, first.finished,
            first.names, first.sections, first.tempo_changes, kept.history.done,
        )  # fmt: skip
        if not kept.whole:
            kept.folder.mkdir(parents=True, exist_ok=True)
            save_take(kept.folder / TAKE, first.take)
        write_whole(kept.folder / TOLD, json.dumps(asdict(told), ensure_ascii=False, indent=1))
    return replace(kept, whole=True)


def opened(folder: Path) -> KeptDraft:
    """Return the draft in a folder.

    Raises
    ------
    DraftError, RecordingError
        For damage.
    """
    told = _told_in(folder / TOLD)
    take = load_take(folder / TAKE)
    draft = replace(
        draft_of(take, told.title), artist=told.artist, start_s=told.start_s,
        length_s=told.length_s, bpm=told.bpm, offset_s=told.offset_s, preview_s=told.preview_s,
        mirrored=told.mirrored, finished=told.finished, sections=told.sections,
        tempo_changes=told.tempo,
    )  # fmt: skip
    if len(told.names) == draft.people:
        draft = replace(draft, names=told.names)
    history = History((draft,))
    try:
        for word, words in told.edits:
            history = history.did(Edit(word, words))
    except EditError as why:
        raise DraftError(
            _("{folder}: {why}; remove the draft", folder=folder / TOLD, why=why)
        ) from None
    film = Film(Path(told.film), told.film_start_s) if told.film else None
    pack = Path(told.pack) if told.pack and Path(told.pack).is_dir() else None
    sound = Path(told.sound)
    if pack is not None and film is not None and not film.path.is_file():
        film = load_pack(pack).film  # the video is gone, and the song has a small one
    if pack is not None and not sound.is_file():
        sound = load_pack(pack).audio or sound
    return KeptDraft(folder, film, sound, history, pack)


def drafts_in(library: Path) -> list[Path]:
    """Return the folders of all drafts, the newest first."""
    found = [path.parent for path in (library / FOLDER).glob(f"*/{TOLD}")]
    return sorted(found, key=lambda folder: -(folder / TOLD).stat().st_mtime)


def draft_of_film(library: Path, film: Path) -> KeptDraft | None:
    """Return the draft that was begun of a film, None where there is none that can be read."""
    return _first(library, lambda told: told.film == str(film))


def draft_of_song(library: Path, pack: Path) -> KeptDraft:
    """Return the draft of a song, as it was seen; of one that is none's, the song's own rows.

    Raises
    ------
    SongPackError
        Where the song is damaged.
    """
    now = digest_of(standing(pack) / CHOREOGRAPHY)
    kept = _first(library, lambda told: told.pack == str(pack) and told.digest == now)
    if kept is not None:
        return kept
    song = load_pack(pack)
    assert song.audio is not None
    folder = _folder_of(library, pack)
    return KeptDraft(
        folder, song.film, song.audio, History((_draft_from(song),)), pack, whole=False
    )


def remember(library: Path, pack: Path, take: Take, film: Film | None, sound: Path) -> None:
    """Keep what was seen in the film of a song, so that it is edited from that.

    ``film`` is the video it was seen in, None where there was none; ``sound`` the file its sound is of.
    Raises DanceError where it cannot be kept.
    """
    song, pack = load_pack(pack), pack.resolve()
    draft = replace(_like(song, draft_of(take, song.title)), start_s=song.members[0].start_s)
    folder = _folder_of(library, pack)
    keep(KeptDraft(folder, film, sound.resolve(), History((draft,)), pack, whole=False))


def throw_away(kept: KeptDraft) -> None:
    """Remove a draft that is no song yet; its video stays.

    Raises
    ------
    DraftError
        Where it is a song's, or cannot be removed.
    """
    if kept.pack is not None:
        raise DraftError(
            _("{pack}: is a song; undo its edits, or remove its folder", pack=kept.pack)
        )
    try:
        (kept.folder / TOLD).unlink()  # first: from then on it is a draft no more
    except OSError as why:
        raise DraftError(
            _(
                "{folder}: cannot be removed ({why}); check its rights",
                folder=kept.folder,
                why=why.strerror,
            )
        ) from None
    shutil.rmtree(kept.folder, ignore_errors=True)


def check_own(kept: KeptDraft) -> None:
    """Refuse to change a song that belongs to the game. Raises DraftError."""
    if kept.pack is not None and kept.pack.is_relative_to(BUNDLED):
        raise DraftError(
            _(
                "{pack}: belongs to the game; copy it to your library, and edit that",
                pack=kept.pack,
            )
        )


def saved(kept: KeptDraft, library: Path, watching: Watching = unwatched) -> KeptDraft:
    """Write the song, whole or not at all, and keep the draft as the song's; return it.

    ``watching`` as in ``write_song``.

    Raises
    ------
    DanceError
        Where the song cannot be written, or its film or sound is gone.
    """
    check_own(kept)
    if kept.pack is None:
        folder = _unused(library / slug_of(kept.draft.title))
        sources = (kept.sound, *((kept.film.path,) if kept.film else ()))
        song = replace(song_from(kept.draft), film=kept.film)
        write_song(
            song,
            sound_of(kept.sound),
            folder,
            sources=sources,
            give_way=False,
            watching=watching,
        )
    else:
        folder = kept.pack
        with refusing(folder):
            save_pack(song_from(kept.draft, load_pack(folder)), folder, replace=True)
    return keep(replace(kept, pack=folder))


def _draft_from(song: SongPack) -> Draft:
    """Return a draft of a song's own rows, as they were filmed."""
    filmed = turned(song.members) if song.mirrored else song.members
    joints = np.stack([member.joints for member in filmed])
    joints[..., :2] *= ROWS_PX
    first, places = filmed[0], song.formation
    there = np.asarray((joints[..., 2] > 0).any(axis=2))
    floor = np.full((*there.shape, 2), np.nan, np.float32)
    if places is not None:
        places = places.turned() if song.mirrored else places
        there, floor = places.there, places.floor
    reasons: tuple[Reason, ...] = tuple("member" for _ in joints)
    take = Take(
        np.arange(joints.shape[1]) / first.fps, (_width_px(song.film), ROWS_PX), joints,
        there, floor, reasons, (), song.lead,
    )  # fmt: skip
    names = song.names or ("",) * len(joints)
    draft = replace(draft_of(take, song.title), names=names, start_s=first.start_s)
    return replace(_like(song, draft), finished=True)


def _width_px(film: Film | None) -> int:
    """Return how wide the picture is that is so high as the rows': its film's, where there is one."""
    if film is None:
        return round(ROWS_PX * WIDE)
    try:
        with VideoFile(film.path) as video:
            high, wide = (int(px) for px in next(video.frames()).image.shape[:2])
    except (DanceError, StopIteration):  # the page tells why it shows none
        return round(ROWS_PX * WIDE)
    return round(ROWS_PX * wide / high)


def _like(song: SongPack, draft: Draft) -> Draft:
    """Return a draft with what a song tells beside its dances."""
    return replace(
        draft, artist=song.artist, bpm=song.bpm, offset_s=song.offset_s, preview_s=song.preview_s,
        sections=song.sections, mirrored=song.mirrored, length_s=song.length_s,
        tempo_changes=song.tempo_changes,
    )  # fmt: skip


def _first(library: Path, wanted: Callable[[_Told], bool]) -> KeptDraft | None:
    for folder in drafts_in(library):
        try:
            if wanted(_told_in(folder / TOLD)):
                return opened(folder)
        except DanceError as why:
            log.warning("%s", why)
    return None


def _told_in(path: Path) -> _Told:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ValueError(f"is larger than {MOST_BYTES >> 20} MiB")
        told = checked(json.loads(content, parse_constant=_no_number), _Told)
    except OSError as why:
        raise DraftError(
            _("{path}: cannot be read ({why}); check its rights", path=path, why=why.strerror)
        ) from None
    except (ValueError, RecursionError) as why:
        raise DraftError(_("{path}: {why}; remove the draft", path=path, why=why)) from None
    if told.format != FORMAT:
        raise DraftError(
            _(
                "{path}: is of format {format}, not {ours}; update the game",
                path=path,
                format=told.format,
                ours=FORMAT,
            )
        )
    library = path.parents[2]
    sound, film, pack = (
        str(library / one) if one else "" for one in (told.sound, told.film, told.pack)
    )
    return replace(told, sound=sound, film=film, pack=pack)


def _from(library: Path, path: Path) -> str:
    """Return a path as it is written: what lies in the library moves with it."""
    inside = path.resolve().is_relative_to(library.resolve())
    return path.resolve().relative_to(library.resolve()).as_posix() if inside else str(path)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _folder_of(library: Path, pack: Path) -> Path:
    return _free(library / FOLDER / pack.name, lambda told: told.pack == str(pack))


def _free(folder: Path, own: Callable[[_Told], bool]) -> Path:
    """Return a folder for a draft: that of its name, numbered where another one lies there."""
    names = chain([folder], (folder.with_name(f"{folder.name}-{n}") for n in count(2)))
    for one in names:
        try:
            if not (one / TOLD).exists() or own(_told_in(one / TOLD)):
                return one
        except DraftError:
            continue
    raise AssertionError


def _unused(folder: Path) -> Path:
    names = chain([folder], (folder.with_name(f"{folder.name}-{n}") for n in count(2)))
    return next(one for one in names if not one.exists())
