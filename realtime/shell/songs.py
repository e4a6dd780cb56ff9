"""The player's song packs, read once, beside the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpopdance.engines.texts import one_form
from kpopdance.realtime.library.pack_reader import load_pack, pack_folders
from kpopdance.realtime.library.songpack import SongPack, SongPackError
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path


class Songs:
    """All packs of some folders, in the order of the song list.

    ``found`` grows while they are read, replaced whole: a pack by its folder's name, or what is
    wrong with it. Nothing is read before it is asked for.
    """

    def __init__(self, libraries: tuple[Path, ...]) -> None:
        self._libraries = libraries
        self._reading: Future[None] | None = None
        self.found: dict[str, SongPack | str] = {}

    def begin(self) -> Songs:
        """Begin to read, unless that was done already."""
        if self._reading is None:
            self._reading = beside(self._read)
        return self

    def whole(self) -> Songs:
        """Wait until all are read."""
        self.begin()
        if self._reading is not None:
            self._reading.result()
        return self

    @property
    def reading(self) -> bool:
        """Whether more are to come; raises what went wrong while reading."""
        if self._reading is not None and self._reading.done():
            self._reading.result()
            return False
        return True

    @property
    def packs(self) -> dict[str, SongPack]:
        """Those that are whole."""
        return {name: song for name, song in self.found.items() if isinstance(song, SongPack)}

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the others, a sentence each."""
        return tuple(text for text in self.found.values() if isinstance(text, str))

    def _read(self) -> None:
        for folder in pack_folders(self._libraries):
            try:
                song: SongPack | str = load_pack(folder)
            except SongPackError as why:
                song = str(why)
            self.found = {**self.found, one_form(folder.name): song}
