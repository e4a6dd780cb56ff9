"""Packs checked whole, sound and all, and what was found kept: nothing whole is checked twice.

It is kept by the content of all files of the pack, which are read every time: one byte more, less or
changed, and all is checked anew. A pack that something is wrong with is always checked anew.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from kpopdance.engines.checked import checked, say_unknown
from kpopdance.realtime.library.kept import keep, kept_name, read_kept
from kpopdance.realtime.library.pack_reader import digest_of, files_of, load_pack, reading
from kpopdance.realtime.library.songpack import TOML

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kpopdance.realtime.library.pack_reader import PackFiles


@dataclass(frozen=True, slots=True)
class Extent:
    """How many dance in a pack, and the song second where they end."""

    members: Annotated[int, Meta(ge=1, le=1000)]
    length_s: Annotated[float, Meta(ge=-1e6, le=1e6)]


def check_pack(
    folder: Path, warning_of: Callable[[Path], str]
) -> tuple[PackFiles, Extent, str]:
    """Return a pack's files, its extent, and what is wrong with its sound, if anything.

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
    say_unknown(files.other, type(told), files.choreography.with_name(TOML))
    with suppress(ValueError):
        return files, checked(read_kept(folder.parent, name), Extent), ""
    song = load_pack(folder)
    extent = Extent(len(song.members), song.length_s)
    warning = warning_of(audio)
    if not warning:
        keep(folder.parent, name, asdict(extent))
    return files, extent, warning
