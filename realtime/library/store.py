"""What the game remembers of each player, in one SQLite database.

Every call opens the database, does one transaction and closes it again: no connection is shared
between threads, and several programs may write at once. What has been returned is on the disk.

The files of older versions (scores.json and quizzes.json, beside it) are taken over in the
transaction that makes the tables, so exactly once; they stay where they are.
"""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

from platformdirs import user_data_path

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import reason_of, set_aside
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.library.delays import Measured
from kpopdance.realtime.library.tables import FIRST_PLAYER, UPGRADES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Set
    from pathlib import Path

    from kpopdance.realtime.core.terms import Terms

T = TypeVar("T")
QUIZZES_KEPT: Final = 500
BETWEEN_TERMS: Final = "/"
BUSY_S: Final = 5.0  # so long another program's writing is waited for
ADD_SCORE: Final = (
    "INSERT INTO scores VALUES (?, ?, ?) ON CONFLICT (player, key) DO UPDATE SET "
    "score = excluded.score WHERE excluded.score > score"
)
ADD_DANCED: Final = "INSERT OR REPLACE INTO danced (player, slug) VALUES (?, ?)"
GUEST: Final = N_("Guest")
MEMORY: Final = "file::memory:"
FAVOURITES: Final = ""
"""The playlist that has no name: songs are put on it by a key of their own."""
ADD_QUIZ: Final = "INSERT INTO quizzes (player, game) VALUES (?, ?)"
CHOSEN_LAST: Final = "SELECT id FROM players ORDER BY chosen DESC, id LIMIT 1"
NO_OLDER_FILE: Final = (
    ValueError, TypeError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip
DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
UNWRITABLE: Final = (
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
)  # fmt: skip
REASONS: Final = {
    sqlite3.SQLITE_FULL: N_("the disk is full"),
    sqlite3.SQLITE_IOERR: N_("the disk is full or fails"),
    sqlite3.SQLITE_BUSY: N_("another program holds it"),
    sqlite3.SQLITE_LOCKED: N_("another program holds it"),
    sqlite3.SQLITE_CONSTRAINT: N_("this player is gone: choose another one"),
} | dict.fromkeys(UNWRITABLE[:3], N_("the folder or file may not be written to"))


class StoreError(DanceError):
    """Nothing can be remembered now; ``reason`` says why, in a few words."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(_("{path}: cannot be used ({why})", path=path, why=reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a list of songs tells of a player.

    ``scores`` the best ones by key, ``danced`` slugs, the last danced one last; ``playlists`` name ->
    slugs, the favourites under ``FAVOURITES``; ``name`` and ``colour`` are the player's; ``new``: who
    has neither danced nor seen the first steps.
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    danced: tuple[str, ...] = ()
    playlists: Mapping[str, Set[str]] = field(default_factory=dict)
    name: str = ""
    colour: int = 0
    new: bool = False


def store_file() -> Path:
    """Return the usual place of the database."""
    return user_data_path("kpopdance", appauthor=False) / "kpopdance.sqlite"


def score_key(slug: str, terms: Terms) -> str:
    """Return under what a song's best score is kept: each terms have their own."""
    return slug if terms == USUAL else f"{slug}{BETWEEN_TERMS}{terms.words}"


class Store:
    """The database in a file, made with the first call; every call may raise StoreError.

    What it tells and keeps is one player's: who was chosen last, as of the first call, or the one
    that ``of`` names. ``keeps`` says whether any of it outlives the game.
    """

    keeps = True

    def __init__(self, path: Path, player: int | None = None) -> None:
        self.path, self._player = path, player

    def of(self, player: int) -> Store:
        """Return the store of another player."""
        return Store(self.path, player)

    def best_scores(self) -> dict[str, float]:
        """Return key -> best score 0..100."""
        return dict(self.read("SELECT key, score FROM scores WHERE player = :player"))

    def remembered(self) -> Remembered:
        """Return what a list of songs tells of this player."""
        danced = "SELECT slug FROM danced WHERE player = :player ORDER BY number"
        listed = "SELECT name, slug FROM playlists WHERE player = :player ORDER BY name"
        playlists: dict[str, set[str]] = {}
        for name, slug in self.read(listed):
            playlists.setdefault(name, set()).add(slug)
        slugs = tuple(slug for (slug,) in self.read(danced))
        who = self.read("SELECT name, colour FROM players WHERE id = :player") or [("", 0)]
        (name, colour), scores = who[0], self.best_scores()
        guided = self.read("SELECT 1 FROM guided WHERE player = :player")
        new = not (scores or slugs or guided)
        return Remembered(scores, slugs, playlists, name, colour, new)

    def turn_listed(self, name: str, slug: str) -> bool:
        """Put a song on a playlist, or take it off; return whether it is on it now."""

        def work(db: sqlite3.Connection, player: int) -> bool:
            row = (player, name, slug)
            where = "WHERE player = ? AND name = ? AND slug = ?"
            gone = db.execute(f"DELETE FROM playlists {where}", row).rowcount
            if not gone:
                db.execute("INSERT INTO playlists VALUES (?, ?, ?)", row)
            return not gone

        return self.write(work)

    def delays(self) -> dict[tuple[str, str], Measured]:
        """Return what was measured of outputs and cameras, by their names; see ``Delays``."""
        rows = self.read("SELECT output, camera, lag_ms, person_ms FROM delays")
        return {(output, camera): Measured(*told) for output, camera, *told in rows}

    def keep_delay(self, output: str, camera: str, measured: Measured) -> None:
        """Keep what was measured of an output, and of a camera with it (empty: of the output alone)."""
        row = (output, camera, round(measured.lag_ms, 1), round(measured.person_ms, 1))
        keep = "INSERT OR REPLACE INTO delays VALUES (?, ?, ?, ?)"
        self.write(lambda db, _: db.execute(keep, row))

    def quizzes(self) -> list[str]:
        """Return the quizzes played as JSON, oldest first."""
        played = "SELECT game FROM quizzes WHERE player = :player ORDER BY number"
        return [game for (game,) in self.read(played)]

    def keep_quiz(self, game: str) -> None:
        """Add a quiz as JSON."""
        self.write(lambda db, player: _add_quiz(db, player, game))

    def read(self, query: str, **values: str | float | None) -> list[Any]:
        """Return the rows of a query; in it, ``:player`` is the player, other names are ``values``."""
        return self._tried(lambda: self._looked_up(query, values))

    def write(self, work: Callable[[sqlite3.Connection, int], T]) -> T:
        """Return what some work gives, when all that it did is on the disk; it is told the player."""
        return self._tried(lambda: self._done(lambda db: work(db, self._whose(db))))

    def overwrite(self) -> None:
        """Write the database anew, so that nothing is left in it of what was removed."""

        def anew() -> None:
            with self._opened() as db:
                db.execute("VACUUM")

        self._tried(anew)

    def _whose(self, db: sqlite3.Connection) -> int:
        """Return whose store it is; the player who was chosen last stays it, whoever is chosen then."""
        if self._player is None:
            self._player = int(db.execute(CHOSEN_LAST).fetchone()[0])
        return self._player

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
            raise StoreError(self.path, _(REASONS.get(_code(why), str(why)))) from None
        except OSError as why:
            raise StoreError(self.path, reason_of(why)) from None

    def _looked_up(self, query: str, values: Mapping[str, str | float | None]) -> list[Any]:
        """Return rows; where nothing can be written, what the files hold as they are."""

        def work(db: sqlite3.Connection) -> list[Any]:
            return db.execute(query, {**values, "player": self._whose(db)}).fetchall()

        try:
            return self._done(work, "BEGIN")
        except OSError:  # there is no folder, and none can be made
            pass
        except sqlite3.OperationalError as why:
            if _code(why) not in UNWRITABLE:
                raise
        there = self.path.is_file() and self.path.stat().st_size > 0
        uri = f"{self.path.absolute().as_uri()}?immutable=1" if there else MEMORY
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
            if self._refuse_newer(db) == len(UPGRADES):
                return work(db)
            with closing(sqlite3.connect(MEMORY, uri=True, isolation_level=None)) as upgraded:
                db.backup(upgraded)
                self._upgrade(upgraded)
                return work(upgraded)

    def _done(
        self, work: Callable[[sqlite3.Connection], T], begin: str = "BEGIN IMMEDIATE"
    ) -> T:
        """Return what some work on the newest tables gives, when it is on the disk."""
        with self._opened() as db:
            db.execute("PRAGMA foreign_keys = ON")  # what is a player's goes with the player,
            db.execute("PRAGMA secure_delete = ON")  # and is overwritten
            if self._refuse_newer(db) < len(UPGRADES):
                self._upgrade(db)
            db.execute(begin)
            result = work(db)
            db.execute("COMMIT")
            return result

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)) as db:
            with suppress(sqlite3.OperationalError):  # no such disk, or another one is about it
                db.execute("PRAGMA journal_mode = WAL")
            yield db

    def _refuse_newer(self, db: sqlite3.Connection) -> int:
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > len(UPGRADES):
            raise StoreError(
                self.path, _("a newer version of the game wrote it: update the game")
            )
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
        for name, rows in (("scores", _scores), ("quizzes", _quizzes)):
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


class GuestStore(Store):
    """A store of somebody of whom nothing is kept: it is in memory, and gone with the game.

    What is known of the devices is nobody's: ``database`` tells and keeps that.
    """

    keeps = False

    def __init__(self, database: Store) -> None:
        super().__init__(database.path)
        self._database = database
        self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._one_at_a_time = Lock()
        self.write(
            lambda db, _: db.execute("UPDATE players SET name = ?, colour = 7", (GUEST,))
        )

    def delays(self) -> dict[tuple[str, str], Measured]:
        """Return what was measured, see ``Store``."""
        return self._database.delays()

    def keep_delay(self, output: str, camera: str, measured: Measured) -> None:
        """Keep what was measured, see ``Store``."""
        self._database.keep_delay(output, camera, measured)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with self._one_at_a_time:
            try:
                yield self._db
            finally:
                self._db.rollback()  # of what went wrong half-way

    def _of_older_files(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        return iter(())


Rows = list[tuple[str, tuple[Any, ...]]]


def _scores(told: Any) -> Rows:  # noqa: ANN401 - whatever the file holds, as below
    rows = [(str(key), float(score)) for key, score in told.items()]
    return [(ADD_SCORE, (FIRST_PLAYER, *row)) for row in rows if math.isfinite(row[1])]


def _quizzes(told: Any) -> Rows:  # noqa: ANN401
    if not isinstance(told, list) or not all(isinstance(game, dict) for game in told):
        raise TypeError("no list of quizzes")
    games = told[-QUIZZES_KEPT:]
    return [(ADD_QUIZ, (FIRST_PLAYER, json.dumps(game, ensure_ascii=False))) for game in games]


def add_score(db: sqlite3.Connection, player: int, key: str, score: float) -> float | None:
    """Keep a score if it is the best under its key; return the best before, None for the first."""
    best = best_of(db, player, key)
    db.execute(ADD_SCORE, (player, key, round(score, 1)))
    db.execute(ADD_DANCED, (player, key.partition(BETWEEN_TERMS)[0]))
    return best


def best_of(db: sqlite3.Connection, player: int, key: str) -> float | None:
    """Return the best score under a key, None where there is none."""
    found = db.execute(
        "SELECT score FROM scores WHERE player = ? AND key = ?", (player, key)
    ).fetchone()
    return None if found is None else float(found[0])


def _add_quiz(db: sqlite3.Connection, player: int, game: str) -> None:
    """Add a player's quiz and drop the player's oldest ones."""
    db.execute(ADD_QUIZ, (player, game))
    db.execute(
        "DELETE FROM quizzes WHERE player = ?1 AND number <= (SELECT number FROM quizzes "
        "WHERE player = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)", (player, QUIZZES_KEPT),
    )  # fmt: skip


def _code(why: sqlite3.Error) -> int:
    """Return SQLite's primary code of what went wrong."""
    return int(getattr(why, "sqlite_errorcode", 0)) & 0xFF
