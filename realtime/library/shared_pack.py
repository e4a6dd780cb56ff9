"""A song pack as one file, to be given to others: ``SONG.kpopdance``.

It is a zip (format 1) of ``manifest.json``, ``song.toml``, ``choreography.npz`` and ``onsets.npz``, and
holds the sound as ``audio`` only where its owner wants that: most songs belong to somebody else, and
whoever gets the dance has the song already. ``onsets.npz`` (``strength`` uint8 (bands, T), ``peak``
float32 (bands, 1)) tells when something begins to sound, from which no music can be made: by it the
dance finds its place in another recording. ``manifest.json`` tells format, size and sha256 of the
others.

Nothing is unpacked by the name that it has in the zip: only these names are read, each bounded before
it is unpacked, and written under names of ours.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
from msgspec import Meta

from kpopdance.engines.checked import checked
from kpopdance.realtime.library.arrays import DAMAGE, arrays_in
from kpopdance.realtime.library.pack_reader import files_of, reading, song_in
from kpopdance.realtime.library.songpack import CHOREOGRAPHY, TOML, SongPack, SongPackError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT: Final = 1
ENDING: Final = ".kpopdance"
MANIFEST: Final = "manifest.json"
ONSETS: Final = "onsets.npz"
AUDIO: Final = "audio"
MOST: Final = {
    MANIFEST: 65_536, TOML: 65_536, ONSETS: 16_000_000, CHOREOGRAPHY: 256 * 1024 * 1024,
    AUDIO: 512 * 1024 * 1024,
}  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class _File:
    bytes: Annotated[int, Meta(ge=0, le=MOST[AUDIO])]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


@dataclass(frozen=True, slots=True)
class _Manifest:
    format: int
    files: dict[str, _File]
    audio_suffix: Annotated[str, Meta(pattern=r"^(\.[0-9A-Za-z]{1,8})?\Z")] = ""


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
    folder: Path, onsets: NDArray[np.float32], *, with_audio: bool = False
) -> bytes:
    """Return a pack as one file's content.

    Parameters
    ----------
    folder : Path
        The pack's; it should be whole (``load_pack``).
    onsets : float32 (bands, T)
        Onset strength of its sound.
    with_audio : bool
        Whether the sound is put in too.
    """
    with reading(folder):
        _, audio, choreography = files_of(folder)
        files = {
            TOML: choreography.with_name(TOML).read_bytes(),
            CHOREOGRAPHY: choreography.read_bytes(),
            ONSETS: _packed(onsets),
        }
        suffix = audio.suffix if audio.suffix[1:].isalnum() and audio.suffix.isascii() else ""
        if with_audio:
            files[AUDIO] = audio.read_bytes()
    manifest = {
        "format": FORMAT,
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        },
    }
    if with_audio and len(suffix) <= SUFFIX_LETTERS:
        manifest["audio_suffix"] = suffix
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
    for name, content in contents.items():
        (into / (f"{AUDIO}{manifest.audio_suffix}" if name == AUDIO else name)).write_bytes(
            content
        )
    audio = into / f"{AUDIO}{manifest.audio_suffix}" if AUDIO in contents else None
    with _damage_of(path, into):
        return SharedPack(song_in(into, audio), _unpacked(into / ONSETS))


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
            f"{path}: is damaged or no shared song ({str(why) or type(why).__name__:.120}); "
            "get it again"
        ) from None
