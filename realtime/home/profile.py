"""What the pages of players share: a player's line, goals, and a player's files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from kpopdance.engines.files import refusing, write_beside
from kpopdance.engines.tongues import _, counted
from kpopdance.realtime.core.curves import goal_words
from kpopdance.realtime.core.progress import GOALS, Goal, streak_of, weeks_of
from kpopdance.realtime.library.history import history_of
from kpopdance.realtime.library.players import file_name_of, player_of
from kpopdance.realtime.screens.players_view import PlayerCard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kpopdance.realtime.core.progress import Day
    from kpopdance.realtime.library.players import Player
    from kpopdance.realtime.library.store import Store

ALL_GOALS: Final = (Goal(), *(Goal(k, of) for of, ks in GOALS.items() for k in ks[1:]))
"""In the order in which a key goes through them."""


def card_of(player: Player, days: Sequence[Day], today: int) -> PlayerCard:
    """Return a player's line."""
    dances, streak = sum(day.dances for day in days), streak_of(days, today).now
    told = [counted("{n} dance", "{n} dances", dances)] if dances else [_("no dance yet")]
    told += [counted("{n} day in a row", "{n} days in a row", streak)] if streak else []
    done = weeks_of(days, today, 1)[0].done(player.goal)
    goal = goal_words(player.goal)
    return PlayerCard(
        player.name, player.colour, " · ".join(told), goal, done, face=player.face
    )


def goal_after(goal: Goal) -> Goal:
    """Return the goal after one, none after the last."""
    place = ALL_GOALS.index(goal) if goal in ALL_GOALS else 0
    return ALL_GOALS[(place + 1) % len(ALL_GOALS)]


def export(store: Store, today: int, folder: Path) -> str:
    """Write a player's report, and all that is kept of them, into a folder; return where, in words.

    Raises DanceError where they cannot be written.
    """
    from kpopdance.realtime.studio.history_page import page_of, told  # not for every start

    player = player_of(store)
    name = file_name_of(player)
    page, data = folder / f"kpopdance-{name}.html", folder / f"kpopdance-{name}.json"
    with refusing(page):
        folder.mkdir(parents=True, exist_ok=True)
        write_beside(page, page_of(player, history_of(store), today))
        write_beside(data, json.dumps(told(store), ensure_ascii=False, indent=1))
    return _("Written: {page} and {data} beside it.", page=page, data=data.name)
