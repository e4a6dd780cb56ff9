"""Who was led through the first steps already, or did not want to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpopdance.realtime.library.store import Store

KEEP = "INSERT OR IGNORE INTO guided VALUES (?)"


def keep_guided(store: Store) -> None:
    """Keep that the player of a store was."""
    store.write(lambda db, player: db.execute(KEEP, (player,)))
