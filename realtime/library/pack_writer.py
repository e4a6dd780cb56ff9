"""Song packs written: they appear whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.realtime.library.mirrored import turned
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import FORMAT, SongPack, SongPackError

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Choreography


def save_pack(pack: SongPack, folder: Path, *, replace: bool = False) -> None:
    """Write a pack as a folder; it appears whole or not at all.

    Parameters
    ----------
    pack : SongPack
        Its ``audio`` is copied.
    folder : Path
        What to write; folders above it are made.
    replace : bool
        Whether a folder that is there gives way.

    Raises
    ------
    SongPackError
        Where the folder exists and ``replace`` is off, or the pack lacks audio or is damaged.

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
    if folder.exists() and not replace:
        raise SongPackError(f"{folder}: exists already; choose another --out or add --replace")
    if pack.audio is None:
        raise SongPackError(f"{folder}: a song pack needs audio")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".making-") as making:
        made = Path(making) / folder.name
        made.mkdir()
        audio = made / f"audio{pack.audio.suffix}"
        shutil.copyfile(pack.audio, audio)
        (made / "song.toml").write_text(_toml(pack, audio.name), encoding="utf-8")
        filmed = turned(pack.members) if pack.mirrored else pack.members
        save_choreography(made / "choreography.npz", filmed)
        load_pack(made)
        _swap(made, folder, Path(making) / "old")


def save_choreography(path: Path, members: tuple[Choreography, ...]) -> None:
    """Write choreography.npz (all members share rate, start and length)."""
    joints = np.stack([member.joints for member in members])
    first = members[0]
    np.savez_compressed(path, joints=joints, fps=first.fps, start_s=first.start_s)


def _swap(made: Path, folder: Path, aside: Path) -> None:
    if folder.exists():
        folder.rename(aside)
    try:
        made.rename(folder)
    except OSError:
        if aside.exists():
            aside.rename(folder)
        raise


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
    for name, start_s in pack.sections:
        lines += ["", "[[sections]]", f"name = {_quoted(name)}", f"start_s = {start_s:.3f}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    clean = "".join(c if c.isprintable() else " " for c in escaped)
    return f'"{clean}"'
