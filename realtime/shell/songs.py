"""The player's song packs: what a list tells of them, and those that are looked at."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.texts import one_form
from kpopdance.engines.tongues import _, number_words
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.library.catalogue import Catalogue, Entry, stamp_of
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.pack_reader import load_pack, pack_folders, read_facts
from kpopdance.realtime.library.songpack import PackFacts, SongPack, SongPackError
from kpopdance.realtime.scoring.difficulty import difficulty_of
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future
    from pathlib import Path

TOLD_TOGETHER: Final = 16  # packs read before the list hears of them
BREATH_S: Final = 0.001  # between two packs: whoever draws the list comes first
REST_S: Final = 0.03  # between two songs whose difficulty is worked out
KEPT: Final = 4  # choreographies
LOOK_S: Final = 3.0  # between two looks at the folders
SELDOM: Final = 10
"""Times what a look takes is waited before the next: many packs are looked at more seldom."""


class Songs:
    """What is known of all packs of some folders, in the order of their folders' names.

    ``found`` is replaced whole: a pack's facts by its folder's name, or what is wrong with it. What
    the catalogue knows is there at once, and packs are read only where their files have become other
    ones since; a choreography is with ``load``, or to work out how hard it is. ``look`` notices what
    is new, changed or gone while the game runs. ``count`` is how many folders there are, 0 while that
    is not known.
    """

    def __init__(self, libraries: tuple[Path, ...], catalogue: Catalogue | None = None) -> None:
        self._libraries = libraries
        self._catalogue = catalogue or Catalogue()
        self._reading: Future[None] | None = None
        self._looking: Future[None] | None = None
        self._began_s = 0.0
        self._next_s: float | None = None
        self._weighing: Future[None] | None = None
        self._weighed: Mapping[str, PackFacts | str] | None = None
        self._keeping = threading.Lock()
        self._kept: OrderedDict[str, SongPack] = OrderedDict()
        self._stamps: dict[str, str] = {}
        self._names: dict[bytes, str] = {}
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

    def look(self, now_s: float) -> None:
        """Look beside the window, once in a while, which packs are new, others or gone."""
        if self.reading:
            return
        if self._next_s is None:  # all were just read
            self._next_s = now_s + LOOK_S
        if self._looking is not None and self._looking.done():
            self._looking.result()
            self._looking = None
            self._next_s = now_s + max(LOOK_S, SELDOM * (now_s - self._began_s))
        if self._looking is None and now_s >= self._next_s:
            self._began_s, self._looking = now_s, beside(self._look_again)

    def weigh(self, first: str) -> None:
        """Work out beside the window how hard songs are of which nobody knows, this one first."""
        if self._weighing is not None:
            if not self._weighing.done():
                return
            self._weighing.result()
            self._weighing = None
        if self._weighed is not self.found and not self.reading:
            self._weighing = beside(lambda: self._weigh(first))

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
            _(
                "{found} of {count} songs",
                found=number_words(len(self.found)),
                count=number_words(self.count),
            )
            if self.count
            else _("looking for songs")
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
        song = self._loaded(name)
        with self._keeping:
            self._kept[name] = song
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return song

    def _loaded(self, name: str) -> SongPack:
        facts = self.found.get(
            name, _("the song {name} is gone: choose another one", name=name)
        )
        try:
            if isinstance(facts, str):
                raise SongPackError(facts)
            return load_pack(facts.folder)
        except SongPackError as why:
            with self._keeping:
                if name in self.found:
                    self.found = {**self.found, name: str(why)}
            raise

    def learn(self, folder: Path) -> str:
        """Put a pack that is new or another one now into the list; return its name there."""
        name = one_form(folder.name)
        self._tell({name: (stamp_of(folder), read_facts(folder))})
        return name

    def meant(self, typed: str) -> set[str] | None:
        """Return the names of the songs that are searched for; None where nothing is."""
        rows = self._catalogue.search(typed)
        if rows is None:
            return None
        return {self._names[folder] for (folder,) in rows if folder in self._names}

    def version(self, name: str) -> str:
        """Return what is another text as soon as a song's files have become other ones."""
        return self._stamps.get(name, "")

    def _read(self) -> None:
        folders = {one_form(each.name): each for each in pack_folders(self._libraries)}
        self.count = len(folders)
        if not self._stamps:
            known = self._catalogue.entries()
            told = {name: known[each] for name, each in folders.items() if each in known}
            self._stamps = {name: each.stamp for name, each in told.items()}
            self._names = {os.fsencode(folders[name]): name for name in told}
            self.found = {name: each.facts for name, each in told.items()}
        breath = threading.Event()
        fresh: dict[str, tuple[str, PackFacts | str]] = {}
        for number, (name, folder) in enumerate(folders.items(), 1):
            stamp = stamp_of(folder)
            if stamp != self._stamps.get(name):
                fresh[name] = stamp, _facts(folder)
                breath.wait(BREATH_S)
            if number % TOLD_TOGETHER == 0 or number in (1, self.count):
                self._tell(fresh)
                fresh = {}
        self._part_with(folders)

    def _tell(self, fresh: dict[str, tuple[str, PackFacts | str]]) -> None:
        """Let list and catalogue know of packs that were just read, with their stamps."""
        if not fresh:
            return
        with self._keeping:
            for name, (stamp, told) in fresh.items():
                if self._stamps.get(name) != stamp:
                    self._kept.pop(name, None)
                self._stamps[name] = stamp
                if isinstance(told, PackFacts):
                    self._names[os.fsencode(told.folder)] = name
            self.found = {**self.found, **{name: told for name, (_, told) in fresh.items()}}
        self._catalogue.learn(
            {
                told.folder: Entry(stamp, told)
                for stamp, told in fresh.values()
                if isinstance(told, PackFacts)
            }
        )

    def _part_with(self, folders: Mapping[str, Path]) -> None:
        """Forget the packs that are gone, and put the others into the folders' order."""
        with self._keeping:
            gone = {
                name: told
                for name, told in self.found.items()
                if name not in folders and not _brought(told)
            }
            order = [*folders, *(name for name in self.found if name not in folders)]
            order = [name for name in order if name not in gone]
            if list(self.found) != order:
                self.found = {name: self.found[name] for name in order}
            self._stamps = {name: self._stamps[name] for name in order}
        self._catalogue.forget(
            told.folder for told in gone.values() if isinstance(told, PackFacts)
        )
        if self._catalogue.behind:  # it was made again meanwhile, or another game held it
            self._catalogue.behind = False
            self._tell({name: (self._stamps[name], told) for name, told in self.found.items()})

    def _look_again(self) -> None:
        with suppress(OSError):  # a disk that is away just now
            self._read()

    def _weigh(self, first: str) -> None:
        """Work out how hard the first song is; where that is known, some others'."""
        found = self.found
        left = [
            name
            for name, told in found.items()
            if isinstance(told, PackFacts) and told.difficulty is None
        ]
        if not left:
            self._weighed = found
            return
        breath = threading.Event()
        for name in [first] if first in left else left[:TOLD_TOGETHER]:
            with suppress(SongPackError):
                self._weigh_one(name, found[name])
            breath.wait(REST_S)

    def _weigh_one(self, name: str, facts: PackFacts | str) -> None:
        song = self._kept.get(name) or self._loaded(name)
        hard = difficulty_of(song.members[song.lead], song.tempo)
        with self._keeping:
            stamp = self._stamps[name] if self.found.get(name) is facts else None
        if isinstance(facts, PackFacts) and stamp is not None:
            self._tell({name: (stamp, replace(facts, difficulty=hard))})


def _brought(told: PackFacts | str) -> bool:
    """Return whether a pack that was not there when the folders were looked at has come since."""
    return isinstance(told, PackFacts) and told.folder.is_dir()


def _facts(folder: Path) -> PackFacts | str:
    """Return what a list tells of a pack, or what is wrong with it."""
    try:
        return read_facts(folder)
    except SongPackError as why:
        return str(why)


class Looked:
    """The song that is looked at, loaded beside the window; the newest wins."""

    def __init__(self, songs: Songs) -> None:
        self._songs = songs
        self._made: tuple[tuple[str, bool, str], SongPack] | None = None
        self._coming: Future[tuple[tuple[str, bool, str], SongPack]] | None = None

    def at(self, name: str, *, mirrored: bool) -> SongPack | None:
        """Return a song as it is danced; None while it comes, or where it is damaged."""
        if self._coming is not None and self._coming.done():
            coming, self._coming = self._coming, None
            why = coming.exception()
            if why is None:
                self._made = coming.result()
            elif not isinstance(why, SongPackError):
                raise why
        wanted = name, mirrored, self._songs.version(name)
        if self._made is not None and self._made[0] == wanted:
            return self._made[1]
        if self._coming is None and isinstance(self._songs.found.get(name), PackFacts):
            self._coming = beside(lambda: (wanted, self._load(name, mirrored=mirrored)))
        return None

    def _load(self, name: str, *, mirrored: bool) -> SongPack:
        return as_danced(self._songs.load(name), Terms(mirrored=mirrored))
