"""The player's song packs: what a list tells of them, and those that are looked at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from kpopdance.engines.texts import one_form
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.pack_reader import load_pack, pack_folders, read_facts
from kpopdance.realtime.library.songpack import PackFacts, SongPack, SongPackError
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

TOLD_TOGETHER: Final = 16  # packs read before the list hears of them
BREATH_S: Final = 0.001  # between two packs: whoever draws the list comes first
KEPT: Final = 4  # choreographies


class Songs:
    """What is known of all packs of some folders, in the order of the song list.

    ``found`` grows while they are read, replaced whole: a pack's facts by its folder's name, or what
    is wrong with it. Nothing is read before it is asked for, a choreography only with ``load``.
    ``count`` is how many folders there are, 0 while that is not known.
    """

    def __init__(self, libraries: tuple[Path, ...]) -> None:
        self._libraries = libraries
        self._reading: Future[None] | None = None
        self._keeping = threading.Lock()
        self._kept: OrderedDict[str, SongPack] = OrderedDict()
        self.found: dict[str, PackFacts | str] = {}
        self.count = 0

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
    def progress(self) -> str:
        """How far the reading is, in words; empty once all are read."""
        if not self.reading:
            return ""
        return (
            f"{len(self.found):,} of {self.count:,} songs"
            if self.count
            else "looking for songs"
        )

    @property
    def packs(self) -> dict[str, PackFacts]:
        """Those that are whole, as far as that is known."""
        return {name: song for name, song in self.found.items() if isinstance(song, PackFacts)}

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the others, a sentence each."""
        return tuple(text for text in self.found.values() if isinstance(text, str))

    def load(self, name: str) -> SongPack:
        """Return a pack with its choreography; the last few are kept.

        Raises
        ------
        SongPackError
            For damage; the list knows of it from then on.
        """
        with self._keeping:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
        facts = self.found[name]
        try:
            if isinstance(facts, str):
                raise SongPackError(facts)
            song = load_pack(facts.folder)
        except SongPackError as why:
            with self._keeping:
                self.found = {**self.found, name: str(why)}
            raise
        with self._keeping:
            self._kept[name] = song
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return song

    def learn(self, folder: Path) -> str:
        """Put a pack that is new or another one now into the list; return its name there."""
        name = one_form(folder.name)
        facts = read_facts(folder)
        with self._keeping:
            self._kept.pop(name, None)
            self.found = {**self.found, name: facts}
        return name

    def _read(self) -> None:
        folders = pack_folders(self._libraries)
        self.count = len(folders)
        breath = threading.Event()
        fresh: dict[str, PackFacts | str] = {}
        for number, folder in enumerate(folders, 1):
            try:
                fresh[one_form(folder.name)] = read_facts(folder)
            except SongPackError as why:
                fresh[one_form(folder.name)] = str(why)
            if number % TOLD_TOGETHER == 0 or number in (1, self.count):
                with self._keeping:
                    self.found = {**self.found, **fresh}
                fresh = {}
            breath.wait(BREATH_S)


class Looked:
    """The song that is looked at, loaded beside the window; the newest wins."""

    def __init__(self, songs: Songs) -> None:
        self._songs = songs
        self._made: tuple[str, bool, SongPack] | None = None
        self._coming: Future[tuple[str, bool, SongPack]] | None = None

    def at(self, name: str, *, mirrored: bool) -> SongPack | None:
        """Return a song as it is danced; None while it comes, or where it is damaged."""
        if self._coming is not None and self._coming.done():
            coming, self._coming = self._coming, None
            why = coming.exception()
            if why is None:
                self._made = coming.result()
            elif not isinstance(why, SongPackError):
                raise why
        if self._made is not None and self._made[:2] == (name, mirrored):
            return self._made[2]
        if self._coming is None and isinstance(self._songs.found.get(name), PackFacts):
            self._coming = beside(lambda: self._load(name, mirrored=mirrored))
        return None

    def _load(self, name: str, *, mirrored: bool) -> tuple[str, bool, SongPack]:
        song = self._songs.load(name)
        return name, mirrored, as_danced(song, Terms(mirrored=mirrored))
