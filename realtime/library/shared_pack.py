"""A song pack as one file, to be given to others: ``SONG.kpopdance``.

It is a zip (format 1) of ``manifest.json``, ``song.toml``, ``choreography.npz`` and ``onsets.npz``, and
holds the sound as ``audio`` and the film as ``video`` only where its owner wants that: most songs
belong to somebody else, and whoever gets the dance has the song already. A ``cover`` comes along.
``onsets.npz`` (``strength`` uint8 (bands, T), ``peak`` float32 (bands, 1)) tells when something begins
to sound, from which no music can be made: by it the dance finds its place in another recording.
``manifest.json`` tells format, size and sha256 of the others.

Nothing is unpacked by the name that it has in the zip: only these names are read, each bounded before
it is unpacked, and written under names of ours. What its ``song.toml`` tells of a file on somebody's
computer is left out when it is written, and refused when it is read.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
import tomli_w
from msgspec import Meta

from kpopdance.engines.checked import checked
from kpopdance.engines.texts import toml_in
from kpopdance.engines.tongues import _
from kpopdance.realtime.library.arrays import DAMAGE, arrays_in
from kpopdance.realtime.library.pack_reader import (
    MAX_COVER_BYTES,
    cover_at,
    load_pack,
    reading,
    song_in,
    standing,
)
from kpopdance.realtime.library.songpack import (
    CHOREOGRAPHY,
    TOML,
    Film,
    SongPack,
    SongPackError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT: Final = 1
ENDING: Final = ".kpopdance"
MANIFEST: Final = "manifest.json"
ONSETS: Final = "onsets.npz"
AUDIO: Final = "audio"
VIDEO: Final = "video"
COVER: Final = "cover"
MOST: Final = {
    MANIFEST: 65_536, TOML: 65_536, ONSETS: 16_000_000, CHOREOGRAPHY: 256 * 1024 * 1024,
    AUDIO: 512 * 1024 * 1024, VIDEO: 512 * 1024 * 1024, COVER: MAX_COVER_BYTES,
}  # fmt: skip
FILM_KEYS: Final = ("video", "video_link", "video_start_s")
"""Of song.toml: no business of others, where the film stays at home."""
"""Bytes of each, unpacked: what is larger is refused before it is unpacked."""
NEEDED: Final = (TOML, CHOREOGRAPHY, ONSETS)
MOST_ENTRIES: Final = 16
MOST_BANDS: Final = 16
SUFFIX_LETTERS: Final = 8
WRITTEN_AT: Final = (1980, 1, 1, 0, 0, 0)
"""The same pack is the same file, whenever it is written."""
LEVELS: Final = 255


class SharedPackError(SongPackError):
    """A shared pack is damaged, of another version, or none."""


class WithoutSoundError(SongPackError):
    """A shared song, its ``title`` says which, has no sound, and the player's own was not found."""

    def __init__(self, path: Path, title: str, why: str) -> None:
        super().__init__(f"{path}: {title} comes without its sound, and {why}")
        self.title = title


_Suffix = Annotated[str, Meta(pattern=r"^(\.[0-9A-Za-z]{1,8})?\Z")]


@dataclass(frozen=True, slots=True)
class _File:
    bytes: Annotated[int, Meta(ge=0, le=MOST[AUDIO])]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


@dataclass(frozen=True, slots=True)
class _Manifest:
    format: int
    files: dict[str, _File]
    audio_suffix: _Suffix = ""
    video_suffix: _Suffix = ""
    cover_suffix: _Suffix = ""

    def name_of(self, kind: str) -> str:
        """Return the name that a file gets here."""
        return kind + getattr(self, f"{kind}_suffix", "")


@dataclass(frozen=True, slots=True, eq=False)
class SharedPack:
    """What was in such a file.

    Attributes
    ----------
    song : SongPack
        Its ``audio`` is a file beside the others, None where the sound was left out.
    onsets : float32 (bands, T)
        Onset strength of the sound that it was recorded with, see ``studio.rhythm``.
    """

    song: SongPack
    onsets: NDArray[np.float32]


def shared_bytes(
    folder: Path, onsets: NDArray[np.float32], *,
    with_audio: bool = False, with_video: bool = False,
) -> bytes:  # fmt: skip
    """Return a pack as one file's content.

    Parameters
    ----------
    folder : Path
        The pack's; it should be whole (``load_pack``).
    onsets : float32 (bands, T)
        Onset strength of its sound.
    with_audio, with_video : bool
        Whether its sound, and its film, are put in too.

    Raises
    ------
    SongPackError
        Where it is damaged, or a file of it is too large to be given away.
    """
    song = load_pack(folder)
    assert song.audio is not None
    film = song.film if with_video else None
    media = {
        AUDIO: song.audio if with_audio else None,
        VIDEO: None if film is None else film.path,
        COVER: song.cover,
    }
    choreography = standing(folder) / CHOREOGRAPHY
    with reading(folder):
        files = {
            TOML: _told_to_others(choreography.with_name(TOML), film),
            CHOREOGRAPHY: choreography.read_bytes(),
            ONSETS: _packed(onsets),
        }
        there = {kind: path for kind, path in media.items() if path is not None}
        files |= {kind: _bounded(kind, path) for kind, path in there.items()}
    return _zipped(files, {f"{kind}_suffix": _suffix(path) for kind, path in there.items()})


def _told_to_others(path: Path, film: Film | None) -> bytes:
    """Return a song.toml without what it tells of a film that stays at home, or lies elsewhere."""
    told = toml_in(path)
    if not told.keys() & set(FILM_KEYS):
        return path.read_bytes()
    kept = {key: value for key, value in told.items() if key not in FILM_KEYS}
    if film is not None:
        kept |= {"video": VIDEO + _suffix(film.path), "video_start_s": film.start_s}
    return tomli_w.dumps(kept).encode()


def _bounded(kind: str, path: Path) -> bytes:
    if path.stat().st_size > MOST[kind]:
        raise SongPackError(
            _(
                "{path}: is larger than {most} MiB, too large to be given away; leave it out",
                path=path,
                most=MOST[kind] >> 20,
            )
        )
    return path.read_bytes()


def _suffix(path: Path) -> str:
    plain = path.suffix[1:].isalnum() and path.suffix.isascii()
    return path.suffix if plain and len(path.suffix) <= SUFFIX_LETTERS else ""


def _zipped(files: dict[str, bytes], suffixes: dict[str, str]) -> bytes:
    """Return a zip of files with their manifest in front."""
    manifest = {
        "format": FORMAT,
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        },
    } | suffixes
    told = json.dumps(manifest, indent=1).encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for name, content in {MANIFEST: told, **files}.items():
            how = zipfile.ZIP_DEFLATED if name in (MANIFEST, TOML) else zipfile.ZIP_STORED
            packed.writestr(zipfile.ZipInfo(name, WRITTEN_AT), content, how)
    return written.getvalue()


def unpack(path: Path, into: Path) -> SharedPack:
    """Return what a shared pack holds, its files written into an empty folder; all is checked first.

    Raises
    ------
    SharedPackError
        Where it is damaged, too large, of a newer game, or no such file; OSError where nothing can
        be written.
    """
    with (
        reading(path),
        path.open("rb") as file,
        _damage_of(path),
        zipfile.ZipFile(file) as packed,
    ):
        manifest, contents = _contents(packed)
    for kind, content in contents.items():
        (into / manifest.name_of(kind)).write_bytes(content)
    places = {kind: into / manifest.name_of(kind) for kind in contents}
    with _damage_of(path, into):
        return SharedPack(_with_own_files(song_in(into), places), _unpacked(into / ONSETS))


def _with_own_files(song: SongPack, places: dict[str, Path]) -> SongPack:
    """Return a song with the files that came with it, and no others."""
    film = song.film
    if film is not None and film.linked:
        raise ValueError("it names a file on somebody's computer (video_link)")
    if VIDEO in places:
        begins_s = song.members[0].start_s if film is None else film.start_s
        film = Film(places[VIDEO], begins_s)
    else:
        film = None
    cover = cover_at(places[COVER]) if COVER in places else None
    return replace(song, audio=places.get(AUDIO), film=film, cover=cover)


def _contents(packed: zipfile.ZipFile) -> tuple[_Manifest, dict[str, bytes]]:
    """Return the files of a pack by their names, whole and as the manifest says."""
    entries = packed.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or len(set(names)) != len(names):
        raise ValueError("it holds more than a song, or two files of one name")
    strange = next((name for name in names if name not in MOST), None)
    if strange is not None:
        raise ValueError(f"it holds {strange!r:.60}, which no song has")
    told = json.loads(_read(packed, MANIFEST))
    version = told.get("format") if isinstance(told, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise ValueError(
            f"it is of format {version}, this game reads {FORMAT}: update the game"
        )
    manifest = checked(told, _Manifest)
    if set(manifest.files) != set(names) - {MANIFEST} or not set(NEEDED) <= set(names):
        raise ValueError("its manifest tells of other files than it has")
    contents = {name: _read(packed, name) for name in manifest.files}
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != manifest.files[name].sha256:
            raise ValueError(f"{name} is not what its manifest says")
    return manifest, contents


def _read(packed: zipfile.ZipFile, name: str) -> bytes:
    entry = packed.getinfo(name)
    if entry.file_size > MOST[name]:
        raise ValueError(f"{name} is larger than {MOST[name] >> 20 or 1} MiB")
    with packed.open(entry) as stream:
        content = stream.read(MOST[name] + 1)
    if len(content) > MOST[name]:  # it claimed to be smaller
        raise ValueError(f"{name} is larger than it says")
    return content


def _packed(onsets: NDArray[np.float32]) -> bytes:
    """Return onset strength in 256 steps a band, square roots so that the quiet ones keep theirs."""
    peak = np.maximum(onsets.max(axis=1, keepdims=True, initial=0.0), 1e-6).astype(np.float32)
    steps = np.rint(LEVELS * np.sqrt(np.clip(onsets, 0, None) / peak)).astype(np.uint8)
    written = io.BytesIO()
    np.savez_compressed(written, strength=steps, peak=peak)
    return written.getvalue()


def _unpacked(path: Path) -> NDArray[np.float32]:
    arrays = arrays_in(path, ("strength", "peak"), MOST[ONSETS])
    steps, peak = arrays["strength"], arrays["peak"]
    bands = len(steps) if steps.ndim == 2 else 0
    known = steps.dtype == np.uint8 and peak.dtype == np.float32 and peak.shape == (bands, 1)
    if not (known and 1 <= bands <= MOST_BANDS and np.isfinite(peak).all()):
        raise ValueError("its sound cannot be told")
    told: NDArray[np.float32] = (steps / np.float32(LEVELS)) ** 2 * peak
    return told


@contextmanager
def _damage_of(path: Path, unpacked: Path | None = None) -> Iterator[None]:
    """Let all that goes wrong name the file that was given, in a sentence."""
    try:
        yield
    except SongPackError as why:
        told = str(why).replace(f"{unpacked}/", "").replace(f"{unpacked}\\", "")
        raise SharedPackError(f"{path}: {told}") from None
    except DAMAGE as why:
        raise SharedPackError(
            _(
                "{path}: is damaged or no shared song ({why:.120}); get it again",
                path=path,
                why=str(why) or type(why).__name__,
            )
        ) from None
