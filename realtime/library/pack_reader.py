"""Song packs found and read: everything is checked before anything is believed.

What reads arrays is loaded with the first choreography: a list whose packs are known needs none.
"""

from __future__ import annotations

import hashlib
import math
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta

from kpopdance.engines.checked import checked, parted, say_unknown, shown
from kpopdance.engines.texts import one_form, same_name, toml_in
from kpopdance.engines.tongues import _
from kpopdance.realtime.library.songpack import (
    BUNDLED,
    CHOREOGRAPHY,
    FORMAT,
    TOML,
    Film,
    PackFacts,
    SongPack,
    SongPackError,
)
from kpopdance.realtime.library.staging_text import HEX, rgb, staging_in

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NAME_BYTES: Final = 255
MAX_PATH_BYTES: Final = 4096
MAX_COLOURS: Final = 5
MAX_TAGS: Final = 32
MAX_COVER_BYTES: Final = 8 * 1024 * 1024
COVERS: Final = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
"""How the pictures begin that a cover may be."""
MAX_CHANGES: Final = 1000
GROUPS_DEEP: Final = 3
"""Groups of songs within groups."""
BEFORE: Final = ".before-"
"""A folder inside a pack's that begins so holds the pack whole while it is being replaced."""

_Text = Annotated[str, Meta(description="a text in quotes")]
_Name = Annotated[str, Meta(pattern=r"\S", description="a text in quotes, and not empty")]
_Named = Annotated[str, Meta(max_length=100)]
_Finite = Annotated[float, Meta(ge=-sys.float_info.max, le=sys.float_info.max)]
_Bpm = Annotated[float, Meta(ge=30, le=300)]
_ChangeSecond = Annotated[float, Meta(ge=-60, le=36_000)]
_Colour = Annotated[str, Meta(pattern=HEX)]


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    start_s: _Finite


@dataclass(frozen=True, slots=True)
class PackText:
    """What song.toml tells, see ``songpack``."""

    format: int
    title: _Name
    artist: _Text
    language: _Text
    licence: _Text
    audio: _Name
    bpm: Annotated[_Bpm, Meta(description="a number from 30 to 300")]
    offset_s: Annotated[float, Meta(ge=-60, le=600, description="a number from -60 to 600")]
    preview_s: Annotated[float, Meta(ge=0, le=36_000, description="a number from 0 to 36000")]
    lead: Annotated[int, Meta(description="a whole number")] = 0
    mirrored: Annotated[bool, Meta(description="true or false")] = False
    colours: Annotated[
        tuple[_Colour, ...],
        Meta(max_length=MAX_COLOURS, description='up to 5 texts like "#ff2d96"'),
    ] = ()
    tempo: Annotated[
        tuple[tuple[_ChangeSecond, _Bpm], ...],
        Meta(max_length=MAX_CHANGES, description="pairs of a song second and beats a minute"),
    ] = ()
    members: Annotated[
        tuple[_Named, ...],
        Meta(description="names in quotes, one for each who dances, of up to 100 letters"),
    ] = ()
    sections: Annotated[
        tuple[_Section, ...], Meta(description="tables of a name and a start_s each")
    ] = ()
    video: _Text = ""
    video_link: _Text = ""
    video_start_s: Annotated[
        float, Meta(ge=-36_000, le=36_000, description="a number from -36000 to 36000")
    ] = math.nan  # with the dance
    cover: _Text = ""
    creator: _Text = ""
    year: Annotated[int, Meta(ge=0, le=9999, description="a whole number, such as 2016")] = 0
    tags: Annotated[
        tuple[str, ...], Meta(max_length=MAX_TAGS, description="up to 32 texts")
    ] = ()
    staging: Annotated[
        dict[str, Any] | None, Meta(description="a table of lights and clothes")
    ] = None

    def __post_init__(self) -> None:
        for key in ("audio", "video", "cover"):
            name = getattr(self, key)
            if len(name.encode()) > MAX_NAME_BYTES or not name.isprintable():
                raise ValueError(f"{key} is no file name; correct it")
        link = self.video_link
        if len(link.encode()) > MAX_PATH_BYTES or not link.isprintable():
            raise ValueError("video_link is no path; correct it")
        seconds = [self.offset_s, *(second for second, _ in self.tempo)]
        if any(after <= before for before, after in pairwise(seconds)):
            raise ValueError("tempo changes do not come one after the other; correct tempo")
        staging_in(self.staging or {})


@dataclass(frozen=True, slots=True)
class PackFiles:
    """What a pack's song.toml tells, keys unknown here in ``other``, and where its files lie."""

    told: PackText
    other: dict[str, Any]
    audio: Path
    choreography: Path

    @property
    def video(self) -> Path | None:
        """Where the song's video should lie; None where it has none."""
        name = self.told.video or self.told.video_link
        return self.choreography.parent / name if name else None


def pack_folders(libraries: tuple[Path, ...]) -> list[Path]:
    """Return all folders that look like packs, by name, the first library's before the next's.

    A folder without song.toml that has folders in it is a group of songs, and may hold groups too.
    """
    found: dict[str, Path] = {}
    for library in libraries:
        for folder in _packs_in(library, GROUPS_DEEP):
            found.setdefault(one_form(folder.name), folder)
    return list(found.values())


def _packs_in(place: Path, deep: int) -> Iterator[Path]:
    for folder in _folders_in(place):
        is_pack = (standing(folder) / TOML).is_file() or folder.is_symlink()  # may lead round
        if deep and not is_pack and _folders_in(folder):
            yield from _packs_in(folder, deep - 1)
        else:
            yield folder


def _folders_in(place: Path) -> list[Path]:
    try:
        with os.scandir(place) as inside:
            shown = [each for each in inside if not each.name.startswith((".", "__"))]
    except (FileNotFoundError, NotADirectoryError):
        return []
    # a link may lead round in a circle, which a path knows
    return sorted(
        place / each.name
        for each in shown
        if (Path(each.path).is_dir() if each.is_symlink() else each.is_dir())
    )


def find_pack(name: str, libraries: tuple[Path, ...] = (BUNDLED,)) -> Path:
    """Return the folder of a pack named by slug or path.

    Parameters
    ----------
    name : str
        A folder's name in one of the libraries, in any normal form and case, or a path.
    libraries : tuple of Path
        Folders with packs, the first one's before the next's; the bundled songs if left out.

    Raises
    ------
    SongPackError
        Where there is none.

    Examples
    --------
    >>> import kpopdance
    >>> kpopdance.find_pack("neon-steps").name
    'neon-steps'
    """
    path = Path(name)
    return path if path.is_dir() else listed_pack(name, libraries)


def listed_pack(name: str, libraries: tuple[Path, ...]) -> Path:
    """Return the folder of a pack in one of the libraries; of a name that is a path there is none."""
    folders = {folder.name: folder for folder in pack_folders(libraries)}
    meant = same_name(name, list(folders))
    if meant is not None:
        return folders[meant]
    known = ", ".join(folders) or "none"
    raise SongPackError(
        _("there is no song {name!r}; known songs: {known}", name=name, known=known)
    )


def load_pack(folder: Path) -> SongPack:
    """Return the pack in a folder, everything in it checked.

    Parameters
    ----------
    folder : Path
        With ``song.toml``, the audio and ``choreography.npz``.

    Returns
    -------
    SongPack
        Each of its members is a ``Choreography``: joints float32 (T, 18, 3) in stage units.

    Raises
    ------
    SongPackError
        For every kind of damage, one sentence naming the file and the remedy.

    Examples
    --------
    >>> import kpopdance
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> song.language, len(song.members), song.bpm
    ('ko', 3, 120.0)
    """
    with reading(folder):
        files = files_of(folder)
        say_unknown(files.other, PackText, files.choreography.with_name(TOML))
        return _loaded(folder, files)


def check_whole(folder: Path) -> None:
    """Raise SongPackError where a pack that was just written could not be read."""
    with reading(folder):
        _loaded(folder, files_of(folder))


def read_facts(folder: Path) -> PackFacts:
    """Return what a list tells of a pack: its song.toml and how large its choreography is.

    The choreography itself is not read, so damage inside it shows in ``load_pack`` alone.

    Raises
    ------
    SongPackError
        For damage, as ``load_pack``.
    """
    from kpopdance.realtime.library.choreography_file import extent_of

    with reading(folder):
        files = files_of(folder)
        told, path = files.told, files.choreography
        say_unknown(files.other, PackText, path.with_name(TOML))
        dancers, start_s, end_s = extent_of(path)
    return PackFacts(
        told.title, told.artist, told.bpm, dancers, start_s, end_s, files.audio,
        told.language, folder, tuple(map(rgb, told.colours)), _cover(path.parent, told),
        told.preview_s, told.tags, path.stat().st_mtime, year=told.year,
    )  # fmt: skip


def standing(folder: Path) -> Path:
    """Return where a pack's files lie: in its folder, or in the copy of one that is being replaced."""
    if not (folder / TOML).is_file():
        for before in sorted(folder.glob(f"{BEFORE}*/{TOML}")):
            if not before.parent.is_symlink():  # it could lead out of the pack
                return before.parent
    return folder


def media_names(folder: Path) -> list[str] | None:
    """Return the names of a pack's audio, video and cover, as far as it has them.

    None where the folder holds no pack that this game wrote.
    """
    try:
        told, _ = _read_toml(folder / TOML)
    except SongPackError:
        return None
    return [name for name in (told.audio, told.video, told.cover) if name]


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Turn what the system says against reading a pack into a sentence."""
    try:
        yield
    except OSError as why:
        where = why.filename or folder
        raise SongPackError(
            _(
                "{where}: cannot be read ({why}); check its rights",
                where=where,
                why=why.strerror,
            )
        ) from None


def files_of(named: Path) -> PackFiles:
    """Return what a pack's song.toml tells, and where its audio and choreography lie."""
    folder = standing(named)
    told, other = _read_toml(_inside(folder, TOML))
    audio = _inside(folder, told.audio)
    if not audio.is_file() or audio.stat().st_size == 0:
        raise SongPackError(
            _("{path}: the audio is missing or empty; copy it into the pack", path=audio)
        )
    path = _inside(folder, CHOREOGRAPHY)
    if not path.is_file():
        raise SongPackError(
            _("{path}: is missing; record it with kpopdance record VIDEO", path=path)
        )
    for name in filter(None, (told.video, told.cover)):
        _inside(folder, name)
    return PackFiles(told, other, audio, path)


def digest_of(path: Path) -> str:
    """Return what tells a pack's file from every other content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def song_in(folder: Path, audio: Path | None = None) -> SongPack:
    """Return the pack in a folder with another sound than its own, or none; all else is checked.

    Raises
    ------
    SongPackError
        For damage, as ``load_pack``.
    """
    with reading(folder):
        told, other = _read_toml(folder / TOML)
        return _song(folder, told, other, audio, folder / CHOREOGRAPHY)


def _loaded(named: Path, files: PackFiles) -> SongPack:
    return _song(named, files.told, files.other, files.audio, files.choreography)


def _song(
    folder: Path, told: PackText, other: dict[str, Any], audio: Path | None, path: Path
) -> SongPack:
    from kpopdance.realtime.library.choreography_file import read_choreography
    from kpopdance.realtime.library.mirrored import turned

    members, formation = read_choreography(path)
    if told.mirrored:
        members = turned(members)
        formation = formation and formation.turned()
    if not 0 <= told.lead < len(members):
        raise SongPackError(
            _(
                "{path}: lead is {lead}, but there are members 0 to {members}; correct lead",
                path=path.with_name(TOML),
                lead=told.lead,
                members=len(members) - 1,
            )
        )
    if told.members and len(told.members) != len(members):
        raise SongPackError(
            _(
                "{path}: names {members} members, but {dancers} dance; correct members",
                path=path.with_name(TOML),
                members=len(told.members),
                dancers=len(members),
            )
        )
    return SongPack(
        told.title, told.artist, told.bpm, members, audio, told.language, told.licence,
        told.offset_s, told.preview_s, told.lead,
        sections=tuple((section.name, section.start_s) for section in told.sections),
        folder=folder, mirrored=told.mirrored, colours=tuple(map(rgb, told.colours)),
        names=told.members, formation=formation,
        film=_film(path.parent, told, members[0].start_s), cover=_cover(path.parent, told),
        creator=told.creator, year=told.year, tags=told.tags, other=other,
        tempo_changes=told.tempo, staging=staging_in(told.staging or {}),
    )  # fmt: skip


def _film(folder: Path, told: PackText, start_s: float) -> Film | None:
    """Return a pack's film, whether it is there or gone; it begins with the dance unless told."""
    begins_s = start_s if math.isnan(told.video_start_s) else told.video_start_s
    if told.video:
        return Film(_inside(folder, told.video), begins_s)
    if told.video_link:
        return Film(folder / told.video_link, begins_s, linked=True)
    return None


def _cover(folder: Path, told: PackText) -> Path | None:
    """Return a pack's cover; None where there is none that can be shown."""
    return cover_at(_inside(folder, told.cover)) if told.cover else None


def cover_at(path: Path) -> Path | None:
    """Return where a cover lies, if it is a picture of a kind and size that can be shown."""
    try:
        with path.open("rb") as file:
            begins = file.read(max(map(len, COVERS)))
            size = path.stat().st_size
    except OSError:
        return None
    known = any(begins.startswith(sign) for sign in COVERS)
    return path if known and size <= MAX_COVER_BYTES else None


def _read_toml(path: Path) -> tuple[PackText, dict[str, Any]]:
    """Return what a song.toml tells, and the keys in it that this game does not know."""
    if not path.is_file():
        raise SongPackError(
            _(
                "{path}: is missing; a pack needs song.toml; kpopdance record makes one",
                path=path,
            )
        )
    try:
        told = toml_in(path)
    except ValueError as why:
        raise SongPackError(
            _("{path}: {why}; correct it or restore it", path=path, why=why)
        ) from None
    if told.get("format") != FORMAT:
        raise SongPackError(
            _(
                "{path}: format is {told}, this game reads {format}; update the game or record the "
                "song again",
                path=path,
                told=shown(told.get("format")),
                format=FORMAT,
            )
        )
    known, other = parted(told, PackText)
    try:
        return checked(known, PackText), other
    except ValueError as why:
        raise SongPackError(f"{path}: {why}") from None


def _inside(folder: Path, name: str) -> Path:
    """Return a pack's file, whose name a disk may keep in another normal form or case."""
    path = folder / name
    if not path.exists() and (meant := same_name(name, _names_in(folder))) is not None:
        path = folder / meant
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link to itself
        inside = False
    if not inside:
        raise SongPackError(
            _(
                "{folder}: {name!r} lies outside the pack; copy it inside",
                folder=folder,
                name=name,
            )
        )
    return path


def _names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []
