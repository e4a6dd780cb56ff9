"""Quizzes played, in one small file, and what was taken for what."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from platformdirs import user_data_path

from kpopdance.engines.files import set_aside, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kpopdance.realtime.quiz.rules import Quiz

log = logging.getLogger(__name__)

KEPT: Final = 500  # quizzes
TOLD: Final = 3  # confusions
Game = dict[str, Any]
"""``seed``, ``day``, ``points`` of each player, ``answers``: ``title``, ``chosen``, ``right`` ..."""


def quiz_file() -> Path:
    """Return the usual place of the quizzes played."""
    return user_data_path("kpopdance", appauthor=False) / "quizzes.json"


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


def read_games(path: Path) -> list[Game]:
    """Return the quizzes played, oldest first; a damaged file is set aside and said."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        games = [_checked(game) for game in told]
    except FileNotFoundError:
        return []
    except OSError as why:
        log.warning("%s: earlier quizzes cannot be read (%s)", path, why)
        return []
    except (ValueError, TypeError, KeyError, RecursionError) as why:
        set_aside(path, why)
        return []
    return games


def keep_game(path: Path, game: Game) -> None:
    """Add a quiz; where it cannot be written the log says so."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        games = [*read_games(path), game][-KEPT:]
        write_whole(path, json.dumps(games, ensure_ascii=False, indent=1))
    except OSError as why:
        log.warning("%s: the quiz cannot be kept (%s)", path, why)


def confusions(games: Sequence[Game]) -> tuple[str, ...]:
    """Return sentences on what is taken for what most often."""
    taken = Counter(
        (answer["title"], answer["chosen"])
        for game in games
        for answer in game["answers"]
        if not answer["right"] and answer["chosen"]
    )
    often = sorted(taken.items(), key=lambda pair: (-pair[1], pair[0]))[:TOLD]
    return tuple(f"{title} was taken for {chosen} {_times(n)}." for (title, chosen), n in often)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _checked(game: Any) -> Game:  # noqa: ANN401 - whatever the file holds
    for answer in game["answers"]:
        for key, kind in (("title", str), ("chosen", str), ("right", bool)):
            if not isinstance(answer[key], kind):
                raise TypeError(f"{key} is {answer[key]!r}")
    return dict(game)
