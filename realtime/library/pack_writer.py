"""Song packs written: they appear whole or not at all, and only a pack's own files give way.

Where a pack is replaced, its files are first copied to ``.before-...`` inside its folder. The pack is
read from there while ``song.toml`` is missing (``pack_reader``), so that at no moment, whatever
happens, less than the old or the new one stands.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import tomli_w

from kpopdance.engines.files import check_folder, naming, part_of
from kpopdance.engines.tongues import _
from kpopdance.realtime.library.choreography_file import steps_of
from kpopdance.realtime.library.mirrored import turned
from kpopdance.realtime.library.pack_reader import BEFORE, check_whole, media_names, standing
from kpopdance.realtime.library.songpack import (
    CHOREOGRAPHY,
    FORMAT,
    TOML,
    Film,
    SongPack,
    SongPackError,
)
from kpopdance.realtime.library.staging_text import hex_of, staging_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpopdance.realtime.core.types import Choreography, Formation

Media: TypeAlias = dict[str, tuple[Path, str]]
"""By its key in song.toml: where a file lies, and its name in the pack."""
SLUG_LETTERS: Final = 60
RESERVED: Final = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9¹²³]")
"""Windows has no files of these names."""


def save_pack(
    pack: SongPack, folder: Path, *, replace: bool = False, sources: tuple[Path, ...] = ()
) -> None:
    """Write a pack as a folder; it appears whole or not at all.

    Parameters
    ----------
    pack : SongPack
        Its ``audio`` is copied, and a ``film`` that is not linked, and its ``cover``.
    folder : Path
        What to write; folders above it are made.
    replace : bool
        Whether a pack that is there gives way: its song.toml, choreography.npz, audio, video and
        cover. Whatever else lies in its folder stays.
    sources : tuple of Path
        Files it was made of: they stay, even where they are the old pack's audio or video.

    Raises
    ------
    SongPackError
        Where the folder exists and ``replace`` is off, where it holds no pack, or the pack lacks
        audio or is damaged.

    Examples
    --------
    >>> import kpopdance
    >>> from dataclasses import replace
    >>> from pathlib import Path
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> kpopdance.save_pack(replace(song, title="Faster", bpm=126.0), Path("faster"))
    >>> kpopdance.load_pack(Path("faster")).title
    'Faster'
    """
    check_pack_folder(folder, replace=replace)
    if pack.audio is None:
        raise SongPackError(_("{folder}: a song pack needs audio", folder=folder))
    there = folder.is_dir()
    (folder if there else folder.parent).mkdir(parents=True, exist_ok=True)
    making = part_of((folder if there else folder.parent) / "pack")
    media = _media(pack, folder, sources)
    making.mkdir()
    try:
        with _named(folder, making):
            _write(pack, making, media)
            check_whole(making)
            if there:
                _replace(making, folder, sources)
            else:
                making.rename(folder)
    finally:
        _remove(making, *(name for _path, name in media.values()))


def check_pack_folder(folder: Path, *, replace: bool, needs_bytes: int = 0) -> None:
    """Refuse a folder that no pack can be written to.

    Raises
    ------
    DanceError
        Where a pack is there and ``replace`` is off, where something else is there, or where nothing
        can be written.
    """
    check_folder(folder, needs_bytes=needs_bytes)
    if not folder.is_dir():
        return
    if media_names(standing(folder)) is None:
        raise SongPackError(
            _(
                "{folder}: is a folder, but no song pack of this game; name one that is not there yet",
                folder=folder,
            )
        )
    if not replace:
        raise SongPackError(
            _(
                "{folder}: exists already; choose another folder (--out), or add --replace",
                folder=folder,
            )
        )


def slug_of(title: str) -> str:
    """Return a folder name for a title: letters (Hangul too) and digits joined by hyphens.

    Raises
    ------
    SongPackError
        Where it has none of them, or is a name that Windows keeps for itself.
    """
    plain = unicodedata.normalize("NFC", title).lower()
    slug = re.sub(r"[^\w]+", "-", plain)[:SLUG_LETTERS].strip("-_")
    if not slug or RESERVED.fullmatch(slug):
        raise SongPackError(
            _(
                "{title}: no folder can be named after it; choose another title, or name one: --out "
                "FOLDER",
                title=title,
            )
        )
    return slug


def _write(pack: SongPack, folder: Path, media: Media) -> None:
    for source, name in media.values():
        shutil.copyfile(source, folder / name)
    names = {key: name for key, (_path, name) in media.items()}
    (folder / TOML).write_text(_toml(pack, names), encoding="utf-8")
    filmed, formation = pack.members, pack.formation
    if pack.mirrored:
        filmed, formation = turned(filmed), formation and formation.turned()
    save_choreography(folder / CHOREOGRAPHY, filmed, formation)


def save_choreography(
    path: Path, members: tuple[Choreography, ...], formation: Formation | None = None
) -> None:
    """Write choreography.npz (all members share rate, start and length)."""
    joints = np.stack([member.joints for member in members])
    steps = steps_of(joints)
    danced = {"joints": joints} if steps is None else {"steps": steps}
    first = members[0]
    arrays = danced | {"fps": np.array(first.fps), "start_s": np.array(first.start_s)}
    if formation is not None:
        arrays |= {"floor": formation.floor, "there": formation.there}
    np.savez_compressed(path, allow_pickle=False, **arrays)


def _replace(made: Path, folder: Path, sources: tuple[Path, ...]) -> None:
    """Let a pack's own files give way to those of another that was made inside its folder."""
    before = standing(folder)
    named = (CHOREOGRAPHY, *_own_media(before, sources), TOML)
    own = [name for name in named if (before / name).is_file()]
    aside, new = _copied(before, folder, own), sorted(path.name for path in made.iterdir())
    media = [name for name in new if name not in (CHOREOGRAPHY, TOML)]
    try:
        (folder / TOML).unlink(missing_ok=True)  # from here on the copies are read
        for name in (CHOREOGRAPHY, *media, TOML):
            (made / name).replace(folder / name)
        check_whole(folder)
    except BaseException:
        (folder / TOML).unlink(missing_ok=True)
        for name in set(media) - set(own):
            (folder / name).unlink(missing_ok=True)
        for name in own:
            (aside / name).replace(folder / name)
        _remove(aside)
        raise
    for name in set(own) - set(new):
        (folder / name).unlink(missing_ok=True)
    for done in folder.glob(f"{BEFORE}*"):
        _remove(done, *(media_names(done) or ()))


def _copied(before: Path, folder: Path, own: list[str]) -> Path:
    """Return a new folder with copies of a pack's files: with a name of its own when it is whole."""
    part = part_of(folder / "pack")
    part.mkdir()
    try:
        for name in own:
            shutil.copy2(before / name, part / name)
        return part.rename(folder / f"{BEFORE}{token_hex(4)}")
    finally:
        if part.exists():
            _remove(part, *own)


def _own_media(folder: Path, sources: tuple[Path, ...]) -> list[str]:
    """Return the names of those of a pack's media that may be removed with the pack."""
    names = dict.fromkeys(media_names(folder) or ())
    return [name for name in names if _is_own(folder, name, sources)]


def _is_own(folder: Path, name: str, sources: tuple[Path, ...]) -> bool:
    if Path(name).name != name or name in (TOML, CHOREOGRAPHY):
        return False
    path = folder / name
    is_source = any(one.exists() and path.exists() and path.samefile(one) for one in sources)
    return path.is_file() and not path.is_symlink() and not is_source


def _media(pack: SongPack, folder: Path, sources: tuple[Path, ...]) -> Media:
    """Return what a pack takes along; a film or cover that is gone is left out."""
    own = _own_media(standing(folder), sources) if folder.is_dir() else []
    film = None if pack.film is None or pack.film.linked else pack.film.path
    more = {"video": film, "cover": pack.cover}
    files = {"audio": pack.audio} | {
        k: path for k, path in more.items() if path and path.is_file()
    }
    return {
        key: (path, _free_name(folder, key, path.suffix, own))
        for key, path in files.items()
        if path is not None
    }


def _free_name(folder: Path, stem: str, ending: str, own: list[str]) -> str:
    """Return a name for a new file: the old one's, or one that is free."""
    names = chain([f"{stem}{ending}"], (f"{stem}-{number}{ending}" for number in count(2)))
    return next(name for name in names if name in own or not (folder / name).exists())


def _remove(folder: Path, *names: str) -> None:
    """Remove a folder of our own, but nothing from it that is not ours."""
    for name in (*names, TOML, CHOREOGRAPHY):
        with suppress(OSError):
            (folder / name).unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


@contextmanager
def _named(folder: Path, made: Path) -> Iterator[None]:
    """Let what goes wrong name the player's folder, not the one the pack was made in."""
    try:
        with naming(folder):
            yield
    except SongPackError as why:
        raise SongPackError(str(why).replace(str(made), str(folder))) from None


def _toml(pack: SongPack, names: dict[str, str]) -> str:
    """Return a song.toml; ``names`` are those of its media, by their keys."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "title": pack.title, "artist": pack.artist, "language": pack.language,
        "licence": pack.licence, "audio": names["audio"],
        "bpm": float(f"{pack.bpm:g}"), "offset_s": round(pack.offset_s, 4),
        "preview_s": round(pack.preview_s, 3), "lead": pack.lead,
        **_film_told(pack.film, names), **_told_if_known(pack, names),
        "sections": [{"name": name, "start_s": round(start_s, 3)} for name, start_s in pack.sections],
    }  # fmt: skip
    if not pack.sections:
        del told["sections"]
    try:
        return tomli_w.dumps(
            {key: _printable(value) for key, value in told.items()} | dict(pack.other)
        )
    except ValueError as why:  # a number of 5000 digits
        raise SongPackError(
            _(
                "{folder}: cannot be written again ({why}); correct it",
                folder=pack.folder / TOML,
                why=why,
            )
        ) from None


def _film_told(film: Film | None, names: dict[str, str]) -> dict[str, Any]:
    """Return what song.toml tells of a film."""
    if film is None or not (film.linked or "video" in names):
        return {}
    place = {"video_link": str(film.path)} if film.linked else {"video": names["video"]}
    return place | {"video_start_s": round(film.start_s, 4) + 0.0}  # no -0.0


def _told_if_known(pack: SongPack, names: dict[str, str]) -> dict[str, Any]:
    """Return the keys that are left out where there is nothing to tell."""
    told = {
        "tempo": [[round(start_s, 3), bpm] for start_s, bpm in pack.tempo_changes],
        "mirrored": pack.mirrored, "members": list(pack.names),
        "colours": [hex_of(colour) for colour in pack.colours],
        "cover": names.get("cover"), "creator": pack.creator, "year": pack.year, "tags": list(pack.tags),
        "staging": staging_told(pack.staging),
    }  # fmt: skip
    return {key: value for key, value in told.items() if value}


def _printable(value: Any) -> Any:  # noqa: ANN401 - whatever song.toml holds
    """Return a value whose texts hold nothing that could steer a terminal."""
    if isinstance(value, str):
        return "".join(c if c.isprintable() else " " for c in value)
    if isinstance(value, list):
        return [_printable(one) for one in value]
    return (
        {key: _printable(one) for key, one in value.items()}
        if isinstance(value, dict)
        else value
    )
