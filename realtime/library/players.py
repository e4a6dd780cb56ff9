"""Who plays: names, colours and goals, kept in the store; and all of a player, counted or removed."""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import reason_of
from kpopdance.engines.texts import drawable_line, one_form, same_name
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.progress import Goal
from kpopdance.realtime.library.store import StoreError
from kpopdance.realtime.library.tables import FIRST_PLAYER

if TYPE_CHECKING:
    import sqlite3

    from kpopdance.realtime.library.store import Store

MOST_NAME: Final = 24
COLOURS: Final = 8
"""How many colours a player may have; the screens know them."""
MOST_PLAYERS: Final = 100
NEW_NAME: Final = "Player"
OLDER_FILES: Final = ("scores.json", "lags.json", "quizzes.json")
FACE_PX: Final = 96
FACE_BYTES: Final = 3 * FACE_PX**2
FIND: Final = "SELECT id, name, colour, made_s, goal, goal_of, face FROM players"
COLUMNS_OF_TABLES: Final = (
    "SELECT tables.name, columns.name FROM sqlite_master AS tables "
    "JOIN pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'"
)
HELD: Final = {
    N_("dances and practices"): "SELECT count(*) FROM dances WHERE player = :player",
    N_("best scores"): "SELECT count(*) FROM scores WHERE player = :player",
    N_("quizzes"): "SELECT count(*) FROM quizzes WHERE player = :player",
    N_("playlists"): "SELECT count(DISTINCT name) FROM playlists WHERE player = :player",
}


class PlayerError(DanceError):
    """There can be no such player; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody who plays; ``colour`` 0..COLOURS - 1, ``made_s`` seconds since 1970 (0: not known).

    ``face`` is a picture if wanted, RGB, FACE_PX square.
    """

    id: int
    name: str
    colour: int
    made_s: float = 0.0
    goal: Goal = Goal()  # noqa: RUF009 - a tuple
    face: bytes = b""


def file_name_of(player: Player) -> str:
    """Return a player's name as files are called by it."""
    return "".join(sign if sign.isalnum() else "-" for sign in player.name)


def players_of(store: Store) -> tuple[Player, ...]:
    """Return all players, who was chosen last first. Raises StoreError, as all of these do."""
    rows = store.read(f"{FIND} ORDER BY chosen DESC, id")
    return tuple(_player(row) for row in rows)


def player_of(store: Store) -> Player:
    """Return whose store it is."""
    rows = store.read(f"{FIND} WHERE id = :player")
    if not rows:
        raise PlayerError(_("{path}: this player is gone; choose another one", path=store.path))
    return _player(rows[0])


def named(store: Store, name: str) -> Player:
    """Return the player of a name, in any case and normal form; raises PlayerError."""
    players = {player.name: player for player in players_of(store)}
    meant = same_name(name, list(players))
    if meant is None:
        known = ", ".join(players)
        raise PlayerError(
            _(
                "{path}: no player is called {name!r}; there are {known}",
                path=store.path,
                name=name,
                known=known,
            )
        )
    return players[meant]


def add_player(store: Store, name: str, made_s: float) -> Player:
    """Add a player; without a name, the first free "Player 2" ...

    Raises
    ------
    PlayerError
        Where the name is another player's, or there are too many.
    """

    def work(db: sqlite3.Connection, _player: int) -> Player:
        players = _all(db)
        if len(players) >= MOST_PLAYERS:
            raise PlayerError(
                _(
                    "{most_players} players are the most; remove one first",
                    most_players=MOST_PLAYERS,
                )
            )
        taken = [player.name for player in players]
        free = (f"{NEW_NAME} {k}" for k in range(1, MOST_PLAYERS + 2))
        chosen = fit_name(name) or next(each for each in free if same_name(each, taken) is None)
        _refuse_twin(chosen, taken)
        colour = _least_used([player.colour for player in players])
        new = "INSERT INTO players (name, colour, made_s) VALUES (?, ?, ?)"
        number = db.execute(new, (chosen, colour, made_s)).lastrowid
        assert number is not None
        return Player(number, chosen, colour, made_s)

    return store.write(work)


def choose_player(store: Store, player: int) -> Store:
    """Return the store of a player, who plays from now on, here and in the next game."""
    newest = "(SELECT max(chosen) + 1 FROM players)"
    choose = f"UPDATE players SET chosen = {newest} WHERE id = ?"
    store.write(lambda db, _: db.execute(choose, (player,)))
    return store.of(player)


def change_player(
    store: Store, player: Player, *,
    name: str | None = None, colour: int | None = None, goal: Goal | None = None,
) -> Player:  # fmt: skip
    """Return a player with another name, colour or goal; raises PlayerError as ``add_player``."""

    def work(db: sqlite3.Connection, _player: int) -> Player:
        others = [each.name for each in _all(db) if each.id != player.id]
        called = fit_name(name or "") or player.name
        _refuse_twin(called, others)
        tint = player.colour if colour is None else colour % COLOURS
        wants = goal or player.goal
        row = (called, tint, wants.many, wants.of, player.id)
        change = "UPDATE players SET name = ?, colour = ?, goal = ?, goal_of = ? WHERE id = ?"
        if not db.execute(change, row).rowcount:
            raise PlayerError(_("{player} is gone; choose another player", player=player.name))
        return replace(player, name=called, colour=tint, goal=wants)

    return store.write(work)


def keep_face(store: Store, face: bytes) -> None:
    """Keep a picture of whose store it is, or none any more."""
    if len(face) not in (0, FACE_BYTES):
        raise ValueError(f"a face is RGB, {FACE_PX} px square; got {len(face)} bytes")
    change = "UPDATE players SET face = ? WHERE id = ?"
    store.write(
        lambda db, player: db.execute(change, (zlib.compress(face) if face else b"", player))
    )


def held_of(store: Store, player: int) -> dict[str, int]:
    """Return how much is kept of a player: what -> how many, what there is none of left out."""
    theirs = store.of(player)
    counts = {what: theirs.read(how)[0][0] for what, how in HELD.items()}
    return {what: count for what, count in counts.items() if count}


def everything_of(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return all rows that are about a player as they are kept: table -> column -> value."""
    columns: dict[str, list[str]] = {}
    for table, column in store.read(COLUMNS_OF_TABLES):
        columns.setdefault(table, []).append(column)
    return {
        table: [
            dict(zip(names, row, strict=True))
            for row in store.read(f"SELECT * FROM {table} WHERE player = :player")
        ]
        for table, names in columns.items()
        if "player" in names
    }


def remove_player(store: Store, player: int) -> None:
    """Remove a player with all that is kept of them: it is overwritten on the disk.

    The files of older versions are the first player's, and go too. There is always a player: after
    the last one a new one.
    """

    def work(db: sqlite3.Connection, _player: int) -> None:
        db.execute("DELETE FROM players WHERE id = ?", (player,))
        if not _all(db):
            db.execute(
                "INSERT INTO players (name, colour, made_s) VALUES (?, 0, 0)",
                (f"{NEW_NAME} 1",),
            )

    store.write(work)
    for name in OLDER_FILES if player == FIRST_PLAYER else ():
        older = store.path.with_name(name)
        try:
            older.unlink(missing_ok=True)
        except OSError as why:
            raise StoreError(older, reason_of(why)) from None
    store.overwrite()


def _all(db: sqlite3.Connection) -> list[Player]:
    return [_player(row) for row in db.execute(FIND)]


def _player(row: tuple[int, str, int, float, int, str, bytes]) -> Player:
    number, name, colour, made_s, many, of, face = row
    return Player(number, name, colour, made_s, Goal(many, of), _face(face))


def _face(packed: bytes) -> bytes:
    """Return a picture as it was kept, none of what is no such picture."""
    with suppress(zlib.error, TypeError):
        face = zlib.decompressobj().decompress(packed, FACE_BYTES + 1)
        return face if len(face) == FACE_BYTES else b""
    return b""


def fit_name(name: str) -> str:
    """Return a name as it is kept: composed, without what cannot be drawn, not too long."""
    return " ".join(drawable_line(one_form(name)).split())[:MOST_NAME].strip()


def _refuse_twin(name: str, taken: list[str]) -> None:
    other = same_name(name, taken)
    if other is not None:
        raise PlayerError(
            _("There is a player called {other} already: take another name.", other=other)
        )


def _least_used(colours: list[int]) -> int:
    return min(range(COLOURS), key=colours.count)
