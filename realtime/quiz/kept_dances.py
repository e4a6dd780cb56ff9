"""Songs' dances as a search keeps them, kept beside the packs: described once, by content and code."""

from __future__ import annotations

import base64
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
from msgspec import Meta

from kpopdance.engines.checked import checked
from kpopdance.realtime.library.kept import keep_all, kept_name, read_kept
from kpopdance.realtime.library.pack_reader import digest_of, files_of
from kpopdance.realtime.library.songpack import PackFacts
from kpopdance.realtime.search.dance_index import COLUMNS
from kpopdance.realtime.search.guess import Described, described

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kpopdance.realtime.library.songpack import SongPack

MOST_SONGS: Final = 500
"""Of one library; the files of more would push each other out."""
MOST_ROW_BYTES: Final = 7_200 * 10 * COLUMNS  # of one dance: two hours


@dataclass(frozen=True, slots=True)
class DancesFile:
    """What a file holds: for each member the song second of its first row, and the rows packed."""

    start_s: tuple[Annotated[float, Meta(ge=-1e6, le=1e6)], ...]
    rows: tuple[str, ...]


class KeptDances:
    """Describes songs' dances, or reads what was described before; ``write`` keeps what is new."""

    def __init__(self, load: Callable[[str], SongPack], songs: int) -> None:
        self._load, self._keeps = load, songs <= MOST_SONGS
        self._fresh: dict[Path, dict[str, dict[str, object]]] = {}

    def of(self, slug: str, pack: PackFacts | SongPack) -> list[Described]:
        """Return a song's dances, described; raises SongPackError where it is damaged."""
        if not (self._keeps and isinstance(pack, PackFacts)):
            return described(self._load(slug).members)
        library, name = pack.folder.parent, ""
        with suppress(ValueError, OSError, zlib.error):
            files = files_of(pack.folder)
            name = kept_name("search", files.told.mirrored, digest_of(files.choreography))
            return unpacked(checked(read_kept(library, name), DancesFile))
        dances = described(self._load(slug).members)
        if name:
            self._fresh.setdefault(library, {})[name] = packed(dances)
        return dances

    def write(self) -> None:
        """Keep what was described anew."""
        for library, files in self._fresh.items():
            keep_all(library, files)
        self._fresh = {}


def packed(dances: list[Described]) -> dict[str, object]:
    """Return dances as a file holds them."""
    rows = [base64.b64encode(zlib.compress(each.rows.tobytes())).decode() for each in dances]
    return {"start_s": [each.start_s for each in dances], "rows": rows}


def unpacked(file: DancesFile) -> list[Described]:
    """Return the dances of a file; raises ValueError or zlib.error where they are none."""
    dances = []
    for start_s, text in zip(file.start_s, file.rows, strict=True):
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(text, validate=True), MOST_ROW_BYTES)
        if not unpacking.eof:
            raise ValueError("these rows are cut off, or too many")
        rows = np.frombuffer(data, np.int8).reshape(-1, COLUMNS)
        dances.append(Described(start_s, rows))
    return dances
