"""Quizzes played, and what was taken for what."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.tongues import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.quiz.rules import Quiz

log = logging.getLogger(__name__)

TOLD: Final = 3  # confusions
Game = dict[str, Any]
"""``seed``, ``day``, ``points`` of each player, ``answers``: ``title``, ``chosen``, ``right`` ..."""


def game_of(quiz: Quiz, seed: str, day: str) -> Game:
    """Return what is kept of a quiz."""
    return {
        "seed": seed, "day": day,
        "points": [standing.points for standing in quiz.standings],
        "answers": [
            {
                "title": (asked := quiz.questions[answer.question]).titles[asked.answer],
                "chosen": "" if answer.choice is None else asked.titles[answer.choice],
                "right": answer.right, "player": answer.player,
                "took_s": round(answer.took_s, 2), "hints": answer.hints,
            }
            for answer in quiz.answers
        ],
    }  # fmt: skip


def keep_game(store: Store, game: Game) -> None:
    """Add a quiz; raises StoreError where it cannot be."""
    store.keep_quiz(json.dumps(game, ensure_ascii=False))


def read_games(store: Store) -> list[Game]:
    """Return the quizzes played, oldest first, but for damaged ones; raises StoreError."""
    games = []
    for text in store.quizzes():
        try:
            games.append(_checked(json.loads(text)))
        except (ValueError, TypeError, KeyError, RecursionError) as why:
            log.warning("%s: a quiz in it cannot be read (%s)", store.path, why)
    return games


def confusions(games: Sequence[Game]) -> tuple[str, ...]:
    """Return sentences on what is taken for what most often."""
    taken = Counter(
        (answer["title"], answer["chosen"])
        for game in games
        for answer in game["answers"]
        if not answer["right"] and answer["chosen"]
    )
    often = sorted(taken.items(), key=lambda pair: (-pair[1], pair[0]))[:TOLD]
    return tuple(
        counted(
            "{title} was taken for {chosen} once.", "{title} was taken for {chosen} {n} times.", n,
            title=title, chosen=chosen,
        )
        for (title, chosen), n in often
    )  # fmt: skip


def _checked(game: Any) -> Game:  # noqa: ANN401 - whatever the file holds
    for answer in game["answers"]:
        for key, kind in (("title", str), ("chosen", str), ("right", bool)):
            if not isinstance(answer[key], kind):
                raise TypeError(f"{key} is {answer[key]!r}")
    return dict(game)
