"""What the game remembers: best scores, playlists, lags and quizzes, in one SQLite database.

Every call opens the database, does one transaction and closes it again: no connection is shared
between threads, and several programs may write at once. What has been returned is on the disk.

The files of older versions (scores.json, lags.json, quizzes.json, beside it) are taken over in the
transaction that makes the tables, so exactly once; they stay where they are.
"""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from platformdirs import user_data_path

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import reason_of, set_aside
from kpopdance.realtime.core.terms import USUAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Set
    from pathlib import Path

    from kpopdance.realtime.core.terms import Terms

T = TypeVar("T")
LAGS_KEPT: Final = 8
QUIZZES_KEPT: Final = 500
BETWEEN_TERMS: Final = "/"
BUSY_S: Final = 5.0  # so long another program's writing is waited for
UPGRADES: Final = (
    (
        "CREATE TABLE scores (key TEXT PRIMARY KEY, score REAL NOT NULL) WITHOUT ROWID",
        "CREATE TABLE lags (number INTEGER PRIMARY KEY, lag_ms REAL NOT NULL)",
        "CREATE TABLE quizzes (number INTEGER PRIMARY KEY, game TEXT NOT NULL)",
    ),
    (
        "CREATE TABLE danced (number INTEGER PRIMARY KEY, slug TEXT UNIQUE NOT NULL)",
        "CREATE TABLE playlists (name TEXT NOT NULL, slug TEXT NOT NULL, PRIMARY KEY (name, slug)) "
        "WITHOUT ROWID",
    ),
)
"""What leads from each version of the tables to the next; ``PRAGMA user_version`` counts them."""
ADD_SCORE: Final = (
    "INSERT INTO scores VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET score = excluded.score "
    "WHERE excluded.score > score"
)
ADD_DANCED: Final = "INSERT OR REPLACE INTO danced (slug) VALUES (?)"
FAVOURITES: Final = ""
"""The playlist that has no name: songs are put on it by a key of their own."""
ADD_LAG: Final = "INSERT INTO lags (lag_ms) VALUES (?)"
ADD_QUIZ: Final = "INSERT INTO quizzes (game) VALUES (?)"
NO_OLDER_FILE: Final = (
    ValueError, TypeError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip
DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
UNWRITABLE: Final = (
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
)  # fmt: skip
REASONS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk is full or fails",
    sqlite3.SQLITE_BUSY: "another program holds it",
    sqlite3.SQLITE_LOCKED: "another program holds it",
} | dict.fromkeys(UNWRITABLE[:3], "the folder or file may not be written to")


class StoreError(DanceError):
    """Nothing can be remembered now; ``reason`` says why, in a few words."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: cannot be used ({reason})")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a list of songs tells of a player.

    ``scores`` the best ones by key, ``danced`` slugs, the last danced one last; ``playlists`` name ->
    slugs, the favourites under ``FAVOURITES``.
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    danced: tuple[str, ...] = ()
    playlists: Mapping[str, Set[str]] = field(default_factory=dict)


def store_file() -> Path:
    """Return the usual place of the database."""
    return user_data_path("kpopdance", appauthor=False) / "kpopdance.sqlite"


def score_key(slug: str, terms: Terms) -> str:
    """Return under what a song's best score is kept: each terms have their own."""
    return slug if terms == USUAL else f"{slug}{BETWEEN_TERMS}{terms.words}"


class Store:
    """The database in a file, made with the first call; every call may raise StoreError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def best_scores(self) -> dict[str, float]:
        """Return key -> best score 0..100."""
        return dict(self._read("SELECT key, score FROM scores"))

    def keep_score(self, key: str, score: float) -> float | None:
        """Keep a score if it is the best under its key; return the best before, None for the first."""

        def work(db: sqlite3.Connection) -> float | None:
            found = db.execute("SELECT score FROM scores WHERE key = ?", (key,)).fetchone()
            db.execute(ADD_SCORE, (key, round(score, 1)))
            db.execute(ADD_DANCED, (key.partition(BETWEEN_TERMS)[0],))
            return None if found is None else float(found[0])

        return self._write(work)

    def remembered(self) -> Remembered:
        """Return what a list of songs tells of this player."""
        danced = [slug for (slug,) in self._read("SELECT slug FROM danced ORDER BY number")]
        playlists: dict[str, set[str]] = {}
        for name, slug in self._read("SELECT name, slug FROM playlists ORDER BY name"):
            playlists.setdefault(name, set()).add(slug)
        return Remembered(self.best_scores(), tuple(danced), playlists)

    def turn_listed(self, name: str, slug: str) -> bool:
        """Put a song on a playlist, or take it off; return whether it is on it now."""

        def work(db: sqlite3.Connection) -> bool:
            row = (name, slug)
            gone = db.execute("DELETE FROM playlists WHERE name = ? AND slug = ?", row).rowcount
            if not gone:
                db.execute("INSERT INTO playlists VALUES (?, ?)", row)
            return not gone

        return self._write(work)

    def lags_ms(self) -> list[float]:
        """Return the last dances' lags, oldest first."""
        return [lag_ms for (lag_ms,) in self._read("SELECT lag_ms FROM lags ORDER BY number")]

    def keep_lag(self, lag_ms: float) -> list[float]:
        """Add a dance's lag; return the last ones, oldest first."""

        def work(db: sqlite3.Connection) -> list[float]:
            _add(db, "lags", LAGS_KEPT, round(lag_ms, 1))
            return [lag for (lag,) in db.execute("SELECT lag_ms FROM lags ORDER BY number")]

        return self._write(work)

    def quizzes(self) -> list[str]:
        """Return the quizzes played as JSON, oldest first."""
        return [game for (game,) in self._read("SELECT game FROM quizzes ORDER BY number")]

    def keep_quiz(self, game: str) -> None:
        """Add a quiz as JSON."""
        self._write(lambda db: _add(db, "quizzes", QUIZZES_KEPT, game))

    def _read(self, query: str) -> list[Any]:
        return self._tried(lambda: self._looked_up(query))

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return self._tried(lambda: self._done(work))

    def _tried(self, do: Callable[[], T]) -> T:
        """Do something; a damaged database is set aside first. Raises StoreError."""
        try:
            try:
                return do()
            except sqlite3.DatabaseError as why:
                if _code(why) not in DAMAGED:
                    raise
                self._set_aside(why)
            return do()
        except sqlite3.Error as why:
            raise StoreError(self.path, REASONS.get(_code(why), str(why))) from None
        except OSError as why:
            raise StoreError(self.path, reason_of(why)) from None

    def _looked_up(self, query: str) -> list[Any]:
        """Return rows; where nothing can be written, what the files hold as they are."""
        try:
            return self._done(lambda db: db.execute(query).fetchall(), "BEGIN")
        except OSError:  # there is no folder, and none can be made
            pass
        except sqlite3.OperationalError as why:
            if _code(why) not in UNWRITABLE:
                raise
        there = self.path.is_file() and self.path.stat().st_size > 0
        uri = f"{self.path.absolute().as_uri()}?immutable=1" if there else "file::memory:"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
            if self._refuse_newer(db) < len(UPGRADES) and not there:
                self._upgrade(db)
            return db.execute(query).fetchall()

    def _done(
        self, work: Callable[[sqlite3.Connection], T], begin: str = "BEGIN IMMEDIATE"
    ) -> T:
        """Return what some work on the newest tables gives, when it is on the disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)) as db:
            with suppress(sqlite3.OperationalError):  # no such disk, or another one is about it
                db.execute("PRAGMA journal_mode = WAL")
            if self._refuse_newer(db) < len(UPGRADES):
                self._upgrade(db)
            db.execute(begin)
            result = work(db)
            db.execute("COMMIT")
            return result

    def _refuse_newer(self, db: sqlite3.Connection) -> int:
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > len(UPGRADES):
            raise StoreError(self.path, "a newer version of the game wrote it: update the game")
        return version

    def _upgrade(self, db: sqlite3.Connection) -> None:
        """Bring the tables to the newest version, whichever program comes first."""
        db.execute("BEGIN IMMEDIATE")
        version = self._refuse_newer(db)
        for statement in (each for steps in UPGRADES[version:] for each in steps):
            db.execute(statement)
        if version == 0:
            for add, row in self._of_older_files():
                db.execute(add, row)
        db.execute(f"PRAGMA user_version = {len(UPGRADES)}")
        db.execute("COMMIT")

    def _of_older_files(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Yield what version 0.1 and its followers kept; a damaged file is set aside and said."""
        for name, rows in (("scores", _scores), ("lags", _lags), ("quizzes", _quizzes)):
            path = self.path.with_name(f"{name}.json")
            try:
                yield from rows(json.loads(path.read_text(encoding="utf-8")))
            except (FileNotFoundError, NotADirectoryError):
                continue
            except NO_OLDER_FILE as why:
                set_aside(path, why)

    def _set_aside(self, why: Exception) -> None:
        """Set the database aside, with what was written to it last."""
        aside = set_aside(self.path, why)
        if aside is not None:
            for ending in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    beside = self.path.with_name(self.path.name + ending)
                    beside.replace(aside.with_name(aside.name + ending))


Rows = list[tuple[str, tuple[Any, ...]]]


def _scores(told: Any) -> Rows:  # noqa: ANN401 - whatever the file holds, as below
    rows = [(str(key), float(score)) for key, score in told.items()]
    return [(ADD_SCORE, row) for row in rows if math.isfinite(row[1])]


def _lags(told: Any) -> Rows:  # noqa: ANN401
    lags_ms = [float(lag_ms) for lag_ms in told]
    return [(ADD_LAG, (lag,)) for lag in lags_ms if math.isfinite(lag)][-LAGS_KEPT:]


def _quizzes(told: Any) -> Rows:  # noqa: ANN401
    if not isinstance(told, list) or not all(isinstance(game, dict) for game in told):
        raise TypeError("no list of quizzes")
    games = told[-QUIZZES_KEPT:]
    return [(ADD_QUIZ, (json.dumps(game, ensure_ascii=False),)) for game in games]


def _add(db: sqlite3.Connection, table: str, kept: int, value: float | str) -> None:
    """Add a row and drop the oldest ones."""
    db.execute(ADD_LAG if table == "lags" else ADD_QUIZ, (value,))
    db.execute(
        f"DELETE FROM {table} WHERE number <= (SELECT max(number) FROM {table}) - ?", (kept,)
    )


def _code(why: sqlite3.Error) -> int:
    """Return SQLite's primary code of what went wrong."""
    return int(getattr(why, "sqlite_errorcode", 0)) & 0xFF
