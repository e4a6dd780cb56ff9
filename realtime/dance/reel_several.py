"""Several players in a reel: what was judged of each, and how all stand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kpopdance.realtime.dance.reel_story import Story
from kpopdance.realtime.scoring.contest import Danced
from kpopdance.realtime.screens.reel_view import PlayerView

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Verdict
    from kpopdance.realtime.dance.footage import Footage
    from kpopdance.realtime.dance.reel_player import ReelPlayer, ReelPlayers
    from kpopdance.realtime.dance.reel_story import Shot
    from kpopdance.realtime.scoring.contest import Stand


class Several:
    """Tells what is seen of several players beside each other.

    ``best`` is the move that comes again slowly, None where nobody earned anything, and ``chosen``
    the number of whose it is: the move that earned most, of those that counted for who danced them.
    """

    def __init__(self, footage: Footage, until_s: float) -> None:
        self._reports = [each.report for each in footage.players]
        self._contest = None if footage.match is None else footage.match.contest
        self._stories = [Story(report, until_s) for report in self._reports]
        self.chosen, self.best = self._most_earned()

    def views(self, shot: Shot, players: ReelPlayers) -> tuple[PlayerView, ...]:
        """Return what is seen of everybody at a shot; after the dance their whole score."""
        over = shot.scene != "dance"
        stands = self._stands(math.inf if over else shot.song_s)
        return tuple(
            self._view(
                number, players[number], None if stands is None else stands[number], shot
            )
            for number in range(len(self._reports))
        )

    def _view(
        self, number: int, player: ReelPlayer, stand: Stand | None, shot: Shot
    ) -> PlayerView:
        standing, report = self._stories[number].at(shot.song_s), self._reports[number]
        over = shot.scene != "dance"
        points = report.score if over else standing.score
        return PlayerView(
            player.film(shot.song_s), player.figure(shot.song_s),
            points if stand is None else stand.points,
            report.best_combo if over else standing.combo,
            None if over else standing.verdict, standing.age_s, stand,
            lit=over or stand is None or stand.on,
            chosen=number == self.chosen
            if shot.scene == "best"
            else shot.scene == "card" and stand is not None and stand.rank == 1,
        )  # fmt: skip

    def _stands(self, song_s: float) -> tuple[Stand, ...] | None:
        """Return how everybody stands at a song second; None where each danced alone."""
        if self._contest is None:
            return None
        danced = [
            Danced([move for move in report.moves if move.end_s <= song_s], report.weights)
            for report in self._reports
        ]
        return self._contest.stood(danced, song_s)

    def _most_earned(self) -> tuple[int, Verdict | None]:
        moves = [
            (move.score, -number, move)
            for number, report in enumerate(self._reports)
            for move in report.moves
            if move.judged and move.score > 0
        ]
        for _score, number, move in sorted(moves, key=lambda each: each[:2], reverse=True):
            middle_s = (move.start_s + move.end_s) / 2
            stands = self._stands(middle_s)
            if stands is None or stands[-number].on:
                return -number, move
        return 0, None
