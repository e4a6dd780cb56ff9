"""What was practised, kept until the next dance tells what it brought. All may raise StoreError."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from kpopdance.realtime.library.store import Store

ADD: Final = (
    "INSERT INTO practised VALUES (?, ?, ?, ?, ?) ON CONFLICT (player, key, start_ms) "
    "DO UPDATE SET tries = tries + excluded.tries"
)
WHERE: Final = "WHERE player = ? AND key = ? AND start_ms = ?"


def keep_practised(store: Store, key: str, moves: Mapping[float, tuple[float, int]]) -> None:
    """Add tries of a song's moves: the song second where each starts -> its score before, and tries.

    The score before the first of several practices stands.
    """

    def work(db: sqlite3.Connection, player: int) -> None:
        for start_s, (before, tries) in moves.items():
            db.execute(ADD, (player, key, _ms(start_s), round(before, 1), tries))

    store.write(work)


def take_practised(store: Store, key: str, starts_s: Iterable[float]) -> dict[float, float]:
    """Return start -> the score before it was practised of those moves that were, and forget them."""

    def work(db: sqlite3.Connection, player: int) -> dict[float, float]:
        taken = {}
        for start_s in starts_s:
            row = (player, key, _ms(start_s))
            found = db.execute(f"SELECT before FROM practised {WHERE}", row).fetchone()
            if found is not None:
                db.execute(f"DELETE FROM practised {WHERE}", row)
                taken[start_s] = float(found[0])
        return taken

    return store.write(work)


def _ms(start_s: float) -> int:
    return round(1000 * start_s)
