"""The tables of the store, from version to version."""

from __future__ import annotations

from typing import Final

FIRST_PLAYER: Final = 1
"""Whose is all that was kept before players were told apart."""
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
    (
        "CREATE TABLE players (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, "
        "colour INTEGER NOT NULL, made_s REAL NOT NULL, chosen INTEGER NOT NULL DEFAULT 0, "
        "goal INTEGER NOT NULL DEFAULT 0, goal_of TEXT NOT NULL DEFAULT 'minutes')",
        "INSERT INTO players (name, colour, made_s) VALUES ('Player 1', 0, 0)",
        *(
            f"ALTER TABLE {name} RENAME TO old_{name}"
            for name in ("scores", "lags", "quizzes", "danced", "playlists")
        ),
        "CREATE TABLE scores (player INTEGER NOT NULL REFERENCES players ON DELETE CASCADE, "
        "key TEXT NOT NULL, score REAL NOT NULL, PRIMARY KEY (player, key)) WITHOUT ROWID",
        "CREATE TABLE lags (number INTEGER PRIMARY KEY, player INTEGER NOT NULL "
        "REFERENCES players ON DELETE CASCADE, lag_ms REAL NOT NULL)",
        "CREATE TABLE quizzes (number INTEGER PRIMARY KEY, player INTEGER NOT NULL "
        "REFERENCES players ON DELETE CASCADE, game TEXT NOT NULL)",
        "CREATE TABLE danced (number INTEGER PRIMARY KEY, player INTEGER NOT NULL "
        "REFERENCES players ON DELETE CASCADE, slug TEXT NOT NULL, UNIQUE (player, slug))",
        "CREATE TABLE playlists (player INTEGER NOT NULL REFERENCES players ON DELETE CASCADE, "
        "name TEXT NOT NULL, slug TEXT NOT NULL, PRIMARY KEY (player, name, slug)) WITHOUT ROWID",
        "INSERT INTO scores SELECT 1, key, score FROM old_scores",
        "INSERT INTO lags SELECT number, 1, lag_ms FROM old_lags",
        "INSERT INTO quizzes SELECT number, 1, game FROM old_quizzes",
        "INSERT INTO danced SELECT number, 1, slug FROM old_danced",
        "INSERT INTO playlists SELECT 1, name, slug FROM old_playlists",
        *(
            f"DROP TABLE old_{name}"
            for name in ("scores", "lags", "quizzes", "danced", "playlists")
        ),
        "CREATE INDEX lags_of ON lags (player, number)",
        "CREATE INDEX quizzes_of ON quizzes (player, number)",
        "CREATE TABLE dances (id INTEGER PRIMARY KEY, player INTEGER NOT NULL "
        "REFERENCES players ON DELETE CASCADE, at_s REAL NOT NULL, offset_s INTEGER NOT NULL, "
        "day INTEGER NOT NULL, slug TEXT NOT NULL, title TEXT NOT NULL, terms TEXT NOT NULL, "
        "tempo REAL NOT NULL, counts INTEGER NOT NULL, danced_s REAL NOT NULL, "
        "score REAL NOT NULL, stars INTEGER NOT NULL, lag_ms REAL, grades TEXT NOT NULL, "
        "limbs TEXT NOT NULL, moves BLOB NOT NULL)",
        "CREATE INDEX dances_by_day ON dances (player, day, at_s, offset_s, danced_s, counts, score)",
        "CREATE INDEX dances_by_song ON dances (player, slug, terms, counts, at_s, score)",
        "CREATE INDEX dances_by_time ON dances (player, at_s)",
    ),
    (
        "CREATE TABLE delays (output TEXT NOT NULL, camera TEXT NOT NULL, lag_ms REAL NOT NULL, "
        "person_ms REAL NOT NULL, PRIMARY KEY (output, camera)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE practised (player INTEGER NOT NULL REFERENCES players ON DELETE CASCADE, "
        "key TEXT NOT NULL, start_ms INTEGER NOT NULL, before REAL NOT NULL, "
        "tries INTEGER NOT NULL, PRIMARY KEY (player, key, start_ms)) WITHOUT ROWID",
    ),
    ("DROP TABLE lags",),
    (
        "ALTER TABLE dances ADD COLUMN practice INTEGER NOT NULL DEFAULT 0",
        "DROP INDEX dances_by_day",
        "CREATE INDEX dances_by_day ON dances (player, day, at_s, offset_s, danced_s, counts, score, "
        "practice)",
    ),
    ("ALTER TABLE players ADD COLUMN face BLOB NOT NULL DEFAULT x''",),
    ("CREATE TABLE guided (player INTEGER PRIMARY KEY REFERENCES players ON DELETE CASCADE)",),
)
"""What leads from each version of the tables to the next; ``PRAGMA user_version`` counts them.

What is a player's refers to ``players``, so that it goes with the player.
"""
