"""Dances in the store: each as it was danced, and what is told of many. All may raise StoreError."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from kpopdance.realtime.core.progress import (
    Danced,
    DancedMove,
    Day,
    History,
    Moment,
    SongDanced,
)
from kpopdance.realtime.library.store import add_score, best_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from kpopdance.realtime.library.store import Store

log = logging.getLogger(__name__)
RECENT: Final = 200
"""So many dances are looked at move by move."""
SCORES: Final = 60
"""So many scores of a song are told."""
MOVE: Final = np.dtype([("start_ds", "<u2"), ("score", "u1")])
"""A move as it is kept: tenths of a second, and the score in whole points."""
NOT_JUDGED: Final = 255
MOST_DS: Final = 65_535
COLUMNS: Final = (
    "at_s, offset_s, day, slug, title, terms, tempo, counts, danced_s, score, stars, lag_ms, grades, "
    "limbs, moves, practice"
)
ADD: Final = f"INSERT INTO dances (player, {COLUMNS}) VALUES ({', '.join('?' * 17)})"
EARLIER: Final = (
    "SELECT score FROM dances WHERE player = :player AND slug = :slug AND terms = :terms AND counts "
    f"= 1 ORDER BY at_s DESC, id DESC LIMIT {SCORES}"
)
BY_DAY: Final = (
    "SELECT day, sum(danced_s), sum(1 - practice), avg(CASE WHEN counts THEN score END), min(at_s), "
    "max(offset_s) FROM dances WHERE player = :player GROUP BY day"
)
BY_SONG: Final = (
    "SELECT slug, terms, (SELECT title FROM dances WHERE player = :player AND slug = each.slug AND "
    "terms = each.terms AND counts = 1 ORDER BY at_s DESC LIMIT 1), count(*), max(score) FROM dances "
    "AS each WHERE player = :player AND counts = 1 GROUP BY slug, terms ORDER BY max(at_s) DESC"
)
SCORES_BY_SONG: Final = (
    "SELECT slug, terms, score FROM (SELECT slug, terms, score, at_s, row_number() OVER "
    "(PARTITION BY slug, terms ORDER BY at_s DESC) AS back FROM dances WHERE player = :player AND "
    f"counts = 1) WHERE back <= {SCORES} ORDER BY slug, terms, at_s"
)
NEWEST: Final = (
    f"SELECT {COLUMNS} FROM dances WHERE player = :player AND counts ORDER BY at_s DESC, id DESC "
    f"LIMIT {RECENT}"
)
ALL: Final = f"SELECT {COLUMNS} FROM dances WHERE player = :player ORDER BY at_s, id"


class Before(NamedTuple):
    """What a dance is told beside: the best score of the song on its terms, and the last ones."""

    best: float | None = None
    scores: tuple[float, ...] = ()


def keep_dance(store: Store, danced: Danced, key: str) -> Before:
    """Keep a dance, and its score if it counts and is the best under a key; return what was before."""

    def work(db: sqlite3.Connection, player: int) -> Before:
        asked = {"player": player, "slug": danced.slug, "terms": danced.terms}
        earlier = tuple(score for (score,) in db.execute(EARLIER, asked))[::-1]
        db.execute(ADD, (player, *_row_of(danced)))
        if danced.counts:
            return Before(add_score(db, player, key, danced.score), earlier)
        return Before(best_of(db, player, key), earlier)

    return store.write(work)


def history_of(store: Store) -> History:
    """Return what the pages show of a player."""
    scores: dict[tuple[str, str], list[float]] = {}
    for slug, terms, score in store.read(SCORES_BY_SONG):
        scores.setdefault((slug, terms), []).append(score)
    songs = (
        SongDanced(slug, terms, title, count, best, tuple(scores.get((slug, terms), ())))
        for slug, terms, title, count, best in store.read(BY_SONG)
    )
    recent = tuple(_all_danced(store, NEWEST))[::-1]
    return History(tuple(songs), days_of(store), recent)


def days_of(store: Store) -> tuple[Day, ...]:
    """Return the days on which a player danced, in order."""
    return tuple(Day(*row) for row in store.read(BY_DAY))


def dances_of(store: Store) -> Iterator[Danced]:
    """Yield all dances of a player, oldest first."""
    return _all_danced(store, ALL)


def _all_danced(store: Store, query: str) -> Iterator[Danced]:
    """Yield dances, but for damaged ones."""
    for row in store.read(query):
        try:
            yield _danced(row)
        except (ValueError, TypeError, AttributeError, RecursionError) as why:
            log.warning("%s: a dance in it cannot be read (%s)", store.path, why)


def _row_of(danced: Danced) -> tuple[Any, ...]:
    began, moves = danced.began, np.zeros(len(danced.moves), MOVE)
    moves["start_ds"] = np.clip([round(10 * move.start_s) for move in danced.moves], 0, MOST_DS)
    moves["score"] = [
        NOT_JUDGED if move.score is None else round(move.score) for move in danced.moves
    ]
    return (
        began.at_s, began.offset_s, began.day, danced.slug, danced.title, danced.terms, danced.tempo,
        danced.counts, round(danced.danced_s, 1), round(danced.score, 1), danced.stars,
        None if danced.lag_ms is None else round(danced.lag_ms, 1), _as_json(danced.grades),
        _as_json({name: round(score, 1) for name, score in (danced.limbs or {}).items()}),
        moves.tobytes(), danced.practice,
    )  # fmt: skip


def _as_json(told: object) -> str:
    return json.dumps(told or {}, separators=(",", ":"))


def _danced(row: tuple[Any, ...]) -> Danced:
    at_s, offset_s, _, slug, title, terms, tempo, counts, danced_s, score, stars, *rest = row
    lag_ms, grades, limbs, moves, practice = rest
    return Danced(
        Moment(at_s, offset_s), slug, title, danced_s, score, stars, terms, tempo, bool(counts),
        lag_ms, dict(json.loads(grades)), dict(json.loads(limbs)),
        tuple(
            DancedMove(start / 10, None if points == NOT_JUDGED else float(points))
            for start, points in np.frombuffer(moves, MOVE).tolist()
        ),
        bool(practice),
    )  # fmt: skip
