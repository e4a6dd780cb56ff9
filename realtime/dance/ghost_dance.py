"""A dance that somebody sent, beside the player's own: its figure, and its score move by move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.track import FILTER_LAG_S
from kpopdance.realtime.dance.ghost import Ghost
from kpopdance.realtime.library.board import called
from kpopdance.realtime.library.medley import told_title
from kpopdance.realtime.library.players import fit_name
from kpopdance.realtime.library.replay import track_of
from kpopdance.realtime.screens.view import GhostView

if TYPE_CHECKING:
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.library.verified import Verified
    from kpopdance.realtime.screens.view import DanceView

LEVEL: float = 0.05
"""Points: who is nearer to another than that is neither ahead nor behind."""


class GhostDance:
    """A verified dance to the song with this ``slug``, on its ``terms``, of a player's ``name``."""

    def __init__(self, dance: Verified) -> None:
        replay, song = dance.replay, dance.song
        self.slug, self.terms, self.title = song.slug, replay.terms, told_title(song)
        self.name = called(fit_name(replay.player))
        self.score = dance.report.score
        self._course = dance.course
        self._lag_s = replay.player_lag_s + FILTER_LAG_S
        self._figure = Ghost(track_of(replay), song.members[song.lead])

    def dances(self, slug: str, terms: Terms) -> bool:
        """Return whether it belongs beside a dance."""
        return (slug, terms) == (self.slug, self.terms)

    def view(self, view: DanceView) -> GhostView:
        """Return how it stands beside what is shown: after as many moves as the player has danced."""
        joints = self._figure.at(view.song_s + self._lag_s, view.coach[view.lead])
        judged = 0 if view.verdict is None else view.verdict.move + 1
        score = self._course[min(judged, len(self._course)) - 1].score if judged else 0.0
        return GhostView(self.name, joints, score, view.score - score)

    def told(self, report: Report) -> str:
        """Return who was ahead at the end, in one sentence."""
        ahead = report.score - self.score
        if abs(ahead) < LEVEL:
            return _("You and the ghost of {name} are level.", name=self.name)
        if ahead > 0:
            return _(
                "You are {points:.1f} points ahead of the ghost of {name}.",
                points=ahead, name=self.name,
            )  # fmt: skip
        return _(
            "The ghost of {name} is {points:.1f} points ahead of you.",
            points=-ahead, name=self.name,
        )  # fmt: skip
