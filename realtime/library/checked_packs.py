"""Packs checked whole, sound and all, and what was found kept: nothing whole is checked twice.

It is kept by the content of all files of the pack, which are read every time: one byte more, less or
changed, and all is checked anew. A pack that something is wrong with is always checked anew.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from kpopdance.engines.checked import checked
from kpopdance.realtime.library.kept import keep, kept_name, read_kept
from kpopdance.realtime.library.pack_reader import digest_of, files_of, load_pack, reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kpopdance.realtime.library.pack_reader import PackText


@dataclass(frozen=True, slots=True)
class Extent:
    """How many dance in a pack, and the song second where they end."""

    members: Annotated[int, Meta(ge=1, le=1000)]
    length_s: Annotated[float, Meta(ge=-1e6, le=1e6)]


def check_pack(folder: Path, warning_of: Callable[[Path], str]) -> tuple[PackText, Extent, str]:
    """Return what a pack's song.toml tells, its extent, and what is wrong with its sound, if anything.

    Parameters
    ----------
    folder : Path
        The pack's.
    warning_of : callable
        What is wrong with a sound file that can be used all the same; it raises where it cannot.

    Raises
    ------
    SongPackError
        As ``load_pack``; and what ``warning_of`` raises.
    """
    with reading(folder):
        files = files_of(folder)
        told, audio = files.told, files.audio
        name = kept_name("checked", told, digest_of(audio), digest_of(files.choreography))
    with suppress(ValueError):
        return told, checked(read_kept(folder.parent, name), Extent), ""
    song = load_pack(folder)
    extent = Extent(len(song.members), song.length_s)
    warning = warning_of(audio)
    if not warning:
        keep(folder.parent, name, asdict(extent))
    return told, extent, warning
