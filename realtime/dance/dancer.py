"""One who dances a song: poses at song seconds, the judge of them, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.scoring.report import combo_after

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Verdict
    from kpopdance.realtime.scoring.judge import Judge


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Score and judgements so far, replaced whole after each verdict, given at a host second."""

    score: float = 0.0
    combo: int = 0
    verdict: Verdict | None = None
    given_s: float = -np.inf


class Dancer:
    """Poses in, verdicts out: the same for one alone and for each of a group.

    Attributes
    ----------
    judged_at : list of int
        How many poses were known when each move was judged.
    """

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.track = PoseTrack()
        self.standing = Standing()
        self.judged_at: list[int] = []

    @property
    def last_s(self) -> float:
        """The song second of the newest pose; minus infinity before the first."""
        return float(self.track.at_s[-1]) if len(self.track) else -np.inf

    def judge_until(self, song_s: float, now_s: float) -> None:
        """Judge what is due by a song second; ``now_s`` is the host's."""
        for verdict in self.judge.step(self.track, song_s):
            self.judged_at.append(len(self.track))
            combo = combo_after(self.standing.combo, verdict)
            self.standing = Standing(self.judge.gathered(), combo, verdict, now_s)
