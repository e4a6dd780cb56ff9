"""What streaming programs show of a group: each one's name, score, combo and judgement, and the team."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kpopdance.realtime.scoring.unison import team_points
from kpopdance.realtime.screens.group import called
from kpopdance.realtime.screens.parts.dancer_card import MOST_CALLED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.scoring.contest import Kind, Stand
    from kpopdance.realtime.screens.group_view import DancerView, GroupView


@dataclass(frozen=True, slots=True)
class OnAirPlayer:
    """One of a group: ``score`` 0..100 of what counts for them, None: nothing yet.

    ``move`` is the number of the newest judgement's, from 1, 0: none yet; ``rank`` 1 is the best;
    ``on``: what is danced now counts for them; ``out`` and ``wins`` as in ``Stand``.
    """

    name: str
    score: float | None = None
    combo: int = 0
    judgement: str = ""
    move: int = 0
    rank: int = 1
    on: bool = True
    out: bool = False
    wins: int = 0


@dataclass(frozen=True, slots=True)
class OnAirGroup:
    """A group in the order of its places; ``team`` is its score, None in a contest."""

    kind: Kind = "together"
    team: float | None = None
    players: tuple[OnAirPlayer, ...] = ()

    @property
    def score(self) -> float:
        """What stands where one dancer's score does: the team's, or that of who leads."""
        first = min(self.players, key=lambda player: player.rank)
        return (first.score or 0.0) if self.team is None else self.team

    @property
    def texts(self) -> dict[str, str]:
        """The files' names and what stands in them."""
        told = {"kpopdance-team.txt": "" if self.team is None else f"{self.team:.1f}"}
        for number, player in enumerate(self.players, 1):
            lines = {
                "name": player.name,
                "score": "" if player.score is None else f"{player.score:.1f}",
                "combo": f"x{player.combo}" if player.combo > 1 else "",
                "judgement": player.judgement,
            }
            told |= {
                f"kpopdance-player-{number}-{what}.txt": line for what, line in lines.items()
            }
        return told

    def over(self) -> OnAirGroup:
        """Return what stays to be read after the dance."""
        still = [replace(player, combo=0, judgement="") for player in self.players]
        return replace(self, players=tuple(still))


def group_on_air(
    view: GroupView, stands: Sequence[Stand], kind: Kind, team: float | None = None
) -> OnAirGroup:
    """Return what is on air of a group; ``team`` is its score, None: as far as one can tell now."""
    players = tuple(
        _player(dancer, stand, kind) for dancer, stand in zip(view.dancers, stands, strict=True)
    )
    points = [stand.points for stand in stands if stand.points is not None]
    if kind != "together":
        team = None
    elif team is None:
        own = sum(points) / len(stands)
        team = team_points(own, view.apart_ms)
    return OnAirGroup(kind, None if team is None else round(team, 1), players)


def _player(dancer: DancerView, stand: Stand, kind: Kind) -> OnAirPlayer:
    combo = 0 if kind == "relay" else dancer.combo  # most of its moves are others'
    verdict = dancer.verdict
    fresh = verdict is not None and verdict.judged and dancer.verdict_age_s < MOST_CALLED
    return OnAirPlayer(
        called(dancer), None if stand.points is None else round(stand.points, 1), combo,
        verdict.grade if verdict is not None and fresh and stand.on else "",
        0 if verdict is None else verdict.move + 1, stand.rank, stand.on, stand.out, stand.wins,
    )  # fmt: skip
