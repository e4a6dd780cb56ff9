"""kpopdance board: the verified ranking in a folder of replays that a group shares."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _
from kpopdance.realtime.commands.speaking import print_json, print_result, say
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.core.terms import said_terms
from kpopdance.realtime.library.board import called, read_board

if TYPE_CHECKING:
    import argparse

    from kpopdance.realtime.library.board import Board, Ranking

TOLD_EVERY: Final = 50


def run(args: argparse.Namespace) -> int:
    """Judge what is new in the folder, and print who stands where."""
    settings = settings_from(args)
    folder = args.folder or settings.board_folder
    if folder is None:
        raise DanceError("say which folder your group shares: kpopdance board FOLDER")
    board = read_board(folder, settings.libraries, _tell)
    if args.json:
        print_json(board_json(board))
    else:
        print_result(board_words(board))
    return 0


def _tell(board: Board) -> None:
    if board.left and board.left % TOLD_EVERY == 0:
        say(f"{board.left} replays are still to be looked at")


def board_json(board: Board) -> dict[str, Any]:
    """Return the board as ``--json`` prints it."""
    return {
        "songs": [
            {
                "song": ranking.standings[0].found.song, "title": ranking.title,
                "terms": asdict(ranking.terms),
                "ranking": [
                    {
                        "player": each.found.player, "score": round(each.found.score, 1),
                        "stars": each.found.stars, "file": each.path.name,
                        "score_then": round(each.found.then, 1), "aged": each.found.aged,
                    }
                    for each in ranking.standings
                ],
            }
            for ranking in board.rankings
        ],
        "refused": [{"file": name, "why": why} for name, why in board.refused],
        "waiting": list(board.waiting), "copies": board.copies,
    }  # fmt: skip


def board_words(board: Board) -> str:
    """Return the board in lines."""
    lines = [line for ranking in board.rankings for line in _ranking_words(ranking)]
    lines += ["", "not counted:"] if board.refused else []
    lines += [f"  {name}: {why}" for name, why in board.refused]
    if board.waiting:
        lines += ["", f"not whole yet: {', '.join(board.waiting)}"]
    return "\n".join(lines).strip("\n") or "no dances yet"


def _ranking_words(ranking: Ranking) -> list[str]:
    terms = ranking.terms.words
    lines = ["", f"{ranking.title} ({said_terms(terms)})" if terms else ranking.title]
    for place, each in enumerate(ranking.standings, 1):
        found = each.found
        then = _("{then:.1f} by the scoring of that day", then=found.then) if found.aged else ""
        stars = f"{'★' * found.stars:<5}"
        told = f"{place:3}. {found.score:5.1f}  {stars}  {called(found.player)}"
        lines.append("  ".join(filter(None, (told, then))))
    return lines
