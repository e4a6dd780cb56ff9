"""What the pages of players and of their progress are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpopdance.realtime.core.curves import Line


@dataclass(frozen=True, slots=True)
class PlayerCard:
    """A player's line; ``goal`` says the week's in words, ``done`` how much of it, 0..1.

    ``plays`` is who dances now; ``face`` a square picture, RGB, or none.
    """

    name: str
    colour: int
    told: str = ""
    goal: str = ""
    done: float = 0.0
    plays: bool = False
    face: bytes = b""


@dataclass(frozen=True, slots=True)
class Written:
    """A text that is being written, and what an input method holds that is not written yet."""

    typed: str = ""
    composing: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PlayersView:
    """Who there is to play; ``writing`` is the name that is written into the chosen one's line."""

    age_s: float
    cards: tuple[PlayerCard, ...] = ()
    chosen: int = 0
    writing: Written | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class HistoryView:
    """How a player gets on: under one of the ``pages`` some lines, the chosen one with its curve.

    ``facts`` are short sentences; ``streak`` days in a row now; ``message`` is shown where there is
    no line.
    """

    age_s: float
    player: PlayerCard
    page: str
    pages: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    chosen: int = 0
    facts: tuple[str, ...] = ()
    streak: int = 0
    message: str = ""
