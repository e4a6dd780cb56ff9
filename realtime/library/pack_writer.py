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
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.files import check_folder, naming, part_of
from kpopdance.realtime.library.mirrored import turned
from kpopdance.realtime.library.pack_reader import BEFORE, audio_name, load_pack, standing
from kpopdance.realtime.library.songpack import (
    CHOREOGRAPHY,
    FORMAT,
    TOML,
    SongPack,
    SongPackError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpopdance.realtime.core.types import Choreography, Formation

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
        Its ``audio`` is copied.
    folder : Path
        What to write; folders above it are made.
    replace : bool
        Whether a pack that is there gives way: its song.toml, choreography.npz and audio. Whatever
        else lies in its folder stays.
    sources : tuple of Path
        Files it was made of: they stay, even where they are the old pack's audio.

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
        raise SongPackError(f"{folder}: a song pack needs audio")
    there = folder.is_dir()
    (folder if there else folder.parent).mkdir(parents=True, exist_ok=True)
    making = part_of((folder if there else folder.parent) / "pack")
    audio = (
        _audio_name(folder, pack.audio.suffix, sources)
        if there
        else f"audio{pack.audio.suffix}"
    )
    making.mkdir()
    try:
        with _named(folder, making):
            _write(pack, making, audio)
            load_pack(making)
            if there:
                _replace(making, folder, sources)
            else:
                making.rename(folder)
    finally:
        _remove(making, audio)


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
    if audio_name(standing(folder)) is None:
        raise SongPackError(
            f"{folder}: is a folder, but no song pack of this game; name one that is not there yet"
        )
    if not replace:
        raise SongPackError(
            f"{folder}: exists already; choose another folder (--out), or add --replace"
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
            f"{title}: no folder can be named after it; choose another title, or name one: --out FOLDER"
        )
    return slug


def _write(pack: SongPack, folder: Path, audio: str) -> None:
    assert pack.audio is not None
    shutil.copyfile(pack.audio, folder / audio)
    (folder / TOML).write_text(_toml(pack, audio), encoding="utf-8")
    filmed, formation = pack.members, pack.formation
    if pack.mirrored:
        filmed, formation = turned(filmed), formation and formation.turned()
    save_choreography(folder / CHOREOGRAPHY, filmed, formation)


def save_choreography(
    path: Path, members: tuple[Choreography, ...], formation: Formation | None = None
) -> None:
    """Write choreography.npz (all members share rate, start and length)."""
    joints = np.stack([member.joints for member in members])
    first = members[0]
    arrays = {"joints": joints, "fps": np.array(first.fps), "start_s": np.array(first.start_s)}
    if formation is not None:
        arrays |= {"floor": formation.floor, "there": formation.there}
    np.savez_compressed(path, allow_pickle=False, **arrays)


def _replace(made: Path, folder: Path, sources: tuple[Path, ...]) -> None:
    """Let a pack's own files give way to those of another that was made inside its folder."""
    before = standing(folder)
    named = (CHOREOGRAPHY, *_own_audio(before, sources), TOML)
    own = [name for name in named if (before / name).is_file()]
    aside, new = _copied(before, folder, own), sorted(path.name for path in made.iterdir())
    audio = next(name for name in new if name not in (CHOREOGRAPHY, TOML))
    try:
        (folder / TOML).unlink(missing_ok=True)  # from here on the copies are read
        for name in (CHOREOGRAPHY, audio, TOML):
            (made / name).replace(folder / name)
        load_pack(folder)
    except BaseException:
        (folder / TOML).unlink(missing_ok=True)
        if audio not in own:
            (folder / audio).unlink(missing_ok=True)
        for name in own:
            (aside / name).replace(folder / name)
        _remove(aside)
        raise
    for name in set(own) - set(new):
        (folder / name).unlink(missing_ok=True)
    for done in folder.glob(f"{BEFORE}*"):
        _remove(done, audio_name(done) or TOML)


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


def _own_audio(folder: Path, sources: tuple[Path, ...]) -> list[str]:
    """Return the name of a pack's audio, if it may be removed with the pack."""
    name = audio_name(folder)
    if name is None or Path(name).name != name or name in (TOML, CHOREOGRAPHY):
        return []
    path = folder / name
    is_source = any(one.exists() and path.exists() and path.samefile(one) for one in sources)
    return [name] if path.is_file() and not path.is_symlink() and not is_source else []


def _audio_name(folder: Path, ending: str, sources: tuple[Path, ...]) -> str:
    """Return a name for the new audio: the old one's, or one that is free."""
    own = _own_audio(standing(folder), sources)
    names = chain([f"audio{ending}"], (f"audio-{number}{ending}" for number in count(2)))
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


def _toml(pack: SongPack, audio: str) -> str:
    texts = {
        "title": pack.title, "artist": pack.artist, "language": pack.language,
        "licence": pack.licence, "audio": audio,
    }  # fmt: skip
    lines = [f"format = {FORMAT}"]
    lines += [f"{key} = {_quoted(text)}" for key, text in texts.items()]
    lines += [f"bpm = {pack.bpm:g}", f"offset_s = {pack.offset_s:.4f}"]
    lines += [f"preview_s = {pack.preview_s:.3f}", f"lead = {pack.lead}"]
    lines += ["mirrored = true"] if pack.mirrored else []
    if pack.colours:
        told = ", ".join(
            f'"#{red:02x}{green:02x}{blue:02x}"' for red, green, blue in pack.colours
        )
        lines += [f"colours = [{told}]"]
    if pack.names:
        lines += [f"members = [{', '.join(map(_quoted, pack.names))}]"]
    for name, start_s in pack.sections:
        lines += ["", "[[sections]]", f"name = {_quoted(name)}", f"start_s = {start_s:.3f}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    clean = "".join(c if c.isprintable() else " " for c in escaped)
    return f'"{clean}"'
