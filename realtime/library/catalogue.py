"""What is known of all packs without reading them again, and a search through it.

One SQLite database in the user's cache: of each pack its stamp (another one as soon as its files
change), its facts, how hard it is, and every way its title, artist and tags may be typed (see
``spellings``), searched by SQLite's FTS5. It spares time and is nothing else: one that is damaged or
of other code is made again, and where nothing may be written it lives in memory. A SQLite without
FTS5 looks through the same words one by one.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

from msgspec import DecodeError, Meta, ValidationError, json

from kpopdance.realtime.library import kept
from kpopdance.realtime.library.songpack import CHOREOGRAPHY, TOML, PackFacts
from kpopdance.realtime.library.spellings import spellings, words_typed
from kpopdance.realtime.scoring.difficulty import Difficulty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

T = TypeVar("T")
log = logging.getLogger(__name__)

TABLES: Final = (
    "CREATE TABLE packs (number INTEGER PRIMARY KEY, folder BLOB UNIQUE NOT NULL, "
    "stamp TEXT NOT NULL, told BLOB NOT NULL)",
    "CREATE TABLE made_by (code TEXT NOT NULL)",
)
INDEX: Final = (
    "CREATE VIRTUAL TABLE words "
    "USING fts5(spelled, tokenize='ascii', detail=none, prefix='1 2')"
)
NO_INDEX: Final = "CREATE TABLE words (spelled TEXT NOT NULL)"
KNOW: Final = "SELECT folder, stamp, told FROM packs"
ADD: Final = "INSERT INTO packs (folder, stamp, told) VALUES (?1, ?2, ?3)"
ADD_WORDS: Final = (
    "INSERT INTO words (rowid, spelled) SELECT number, ?2 FROM packs WHERE folder = ?1"
)
FORGET_WORDS: Final = (
    "DELETE FROM words WHERE rowid = (SELECT number FROM packs WHERE folder = ?)"
)
FORGET: Final = "DELETE FROM packs WHERE folder = ?"
FIND: Final = "SELECT folder FROM packs WHERE number IN (SELECT rowid FROM words WHERE {})"
MOST_ASKED: Final = 16  # words of one search
MOST_PACKS: Final = 100_000
"""What lay in folders that are gone stays; beyond so many it is made again."""
MEMORY: Final = ":memory:"
BUSY_S: Final = 0.05  # so long another game's writing is waited for
BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@dataclass(frozen=True, slots=True)
class Entry:
    """A pack's facts, as they were when its files had this stamp."""

    stamp: str
    facts: PackFacts


def stamp_of(folder: Path) -> str:
    """Return what is another one as soon as a file of a pack is replaced, written to, or gone."""
    told = []
    for place in (os.fspath(folder), folder / TOML, folder / CHOREOGRAPHY):
        with suppress(OSError):
            now = os.stat(place)  # noqa: PTH116 - three for every pack, at every look
            told.append(f"{now.st_ino:x}.{now.st_size:x}.{now.st_mtime_ns:x}")
    return " ".join(told)


class Catalogue:
    """The database, opened with the first call; what goes wrong with it is logged, never raised.

    ``path`` None is the usual place. ``behind``: it lacks what it was told to keep.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.behind = False
        self._path = path
        self._place: str | None = None
        self._db: sqlite3.Connection | None = None
        self._alone = threading.Lock()
        self._indexed = True

    def entries(self) -> dict[Path, Entry]:
        """Return what is known, by folder."""
        nothing: list[tuple[bytes, str, bytes]] = []
        rows = self._tried(lambda db: db.execute(KNOW).fetchall(), nothing)
        found = {}
        for folder, stamp, told in rows:
            with suppress(DecodeError, ValidationError, TypeError, ValueError):
                path = Path(os.fsdecode(folder))
                found[path] = Entry(str(stamp), _facts_of(path, json.decode(told, type=_Told)))
        return found

    def learn(self, entries: Mapping[Path, Entry]) -> None:
        """Keep what was read of some packs, in place of what was known."""
        gone = [(os.fsencode(folder),) for folder in entries]
        packs, words = [], []
        for folder, entry in entries.items():
            with suppress(ValueError):  # a file's name that is no text
                told = json.encode(_told_of(entry.facts))
                packs.append((os.fsencode(folder), entry.stamp, told))
                words.append((os.fsencode(folder), _spelled(entry.facts)))
        self._write({FORGET_WORDS: gone, FORGET: gone, ADD: packs, ADD_WORDS: words})

    def forget(self, folders: Iterable[Path]) -> None:
        """Keep nothing of some packs."""
        gone = [(os.fsencode(folder),) for folder in folders]
        self._write({FORGET_WORDS: gone, FORGET: gone})

    def search(self, typed: str) -> list[tuple[bytes]] | None:
        """Return rows of the folders (see ``os.fsencode``) of the packs that are meant by what is typed.

        Every word of it begins one of a title's, an artist's or a tag's, see ``spellings``; None for
        no word at all.
        """
        words = words_typed(typed)[:MOST_ASKED]
        if not words:
            return None

        def work(db: sqlite3.Connection) -> list[tuple[bytes]]:
            if self._indexed:
                asked = " ".join(f'"{word}"*' for word in words)
                return db.execute(FIND.format("words MATCH ?"), (asked,)).fetchall()
            each = " AND ".join(["instr(spelled, ?)"] * len(words))
            return db.execute(FIND.format(each), [f" {word}" for word in words]).fetchall()

        nothing: list[tuple[bytes]] = []
        return self._tried(work, nothing)

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._alone:
            self._shut()

    def _write(self, rows: Mapping[str, Sequence[tuple[object, ...]]]) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            with db:
                for statement, each in rows.items():
                    db.executemany(statement, each)

        self._tried(work, None)

    def _tried(self, work: Callable[[sqlite3.Connection], T], failed: T) -> T:
        """Return what some work gives; after damage on a new database, or on one in memory."""
        usual = os.fspath(self._path or kept.cache_folder() / "catalogue.sqlite")
        with self._alone:
            for place in (self._place or usual, usual, MEMORY):
                try:
                    self._db = self._db or self._opened(place)
                    return work(self._db)
                except (sqlite3.Error, OSError) as why:
                    self.behind = True
                    if getattr(why, "sqlite_errorcode", 0) & 0xFF in BUSY:
                        return failed
                    log.info("%s: is made again, or kept in memory (%s)", place, why)
                    self._shut()
                    _remove(place)
        return failed

    def _opened(self, place: str) -> sqlite3.Connection:
        if place != MEMORY:
            Path(place).parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(
            place, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = OFF")  # what a power cut takes is read again
            db.execute("BEGIN IMMEDIATE")
            with db:
                self._indexed = _made(db)
        except sqlite3.Error:
            db.close()
            raise
        self._place = place
        return db

    def _shut(self) -> None:
        if self._db is not None:
            self._db.close()
        self._db = None


_Second = Annotated[float, Meta(ge=-1e6, le=1e6)]
_Part = Annotated[float, Meta(ge=0, le=1)]
_Byte = Annotated[int, Meta(ge=0, le=255)]


@dataclass(frozen=True, slots=True)
class _Told:
    """What the database tells of a pack; ``audio`` and ``cover`` inside its folder."""

    title: str
    artist: str
    bpm: Annotated[float, Meta(ge=1, le=1000)]
    dancers: Annotated[int, Meta(ge=1, le=1000)]
    start_s: _Second
    length_s: _Second
    audio: str | None
    language: str
    colours: tuple[tuple[_Byte, _Byte, _Byte], ...]
    cover: str | None
    preview_s: _Second
    tags: tuple[str, ...]
    recorded_s: float
    level: Annotated[float, Meta(ge=1, le=10)] | None
    parts: dict[str, _Part]
    year: Annotated[int, Meta(ge=0, le=9999)] = 0


def _told_of(facts: PackFacts) -> _Told:
    hard = facts.difficulty
    audio, cover = (
        None if path is None else os.fspath(path.relative_to(facts.folder))
        for path in (facts.audio, facts.cover)
    )
    return _Told(
        facts.title, facts.artist, facts.bpm, facts.dancers, facts.start_s, facts.length_s, audio,
        facts.language, facts.colours, cover, facts.preview_s, facts.tags, facts.recorded_s,
        None if hard is None else hard.level, {} if hard is None else hard.parts, facts.year,
    )  # fmt: skip


def _facts_of(folder: Path, told: _Told) -> PackFacts:
    audio, cover = (
        None if name is None else folder / name for name in (told.audio, told.cover)
    )
    return PackFacts(
        told.title, told.artist, told.bpm, told.dancers, told.start_s, told.length_s, audio,
        told.language, folder, told.colours, cover, told.preview_s, told.tags, told.recorded_s,
        None if told.level is None else Difficulty(told.level, told.parts), told.year,
    )  # fmt: skip


def _spelled(facts: PackFacts) -> str:
    texts = (facts.title, facts.artist, *facts.tags)
    return "".join(f" {word}" for word in sorted(set().union(*map(spellings, texts))))


def _made(db: sqlite3.Connection) -> bool:
    """Make the tables anew unless they are this code's; return whether they have an index."""
    tables = dict(db.execute("SELECT name, sql FROM sqlite_master"))
    if {"packs", "words", "made_by"} <= tables.keys():
        by = [code for (code,) in db.execute("SELECT code FROM made_by")]
        (count,) = db.execute("SELECT count(*) FROM packs").fetchone()
        if by == [kept.code()] and count <= MOST_PACKS:
            return "fts5" in tables["words"].lower()
    for name in ("packs", "words", "made_by"):
        db.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in TABLES:
        db.execute(statement)
    db.execute("INSERT INTO made_by VALUES (?)", (kept.code(),))
    try:
        db.execute(INDEX)
    except sqlite3.OperationalError as why:  # a SQLite without FTS5
        log.info("the search has no index (%s)", why)
        db.execute(NO_INDEX)
        return False
    return True


def _remove(place: str) -> None:
    """Remove a damaged database with what belongs to it; where that is not allowed, leave it."""
    if place != MEMORY:
        for ending in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(place + ending).unlink()
