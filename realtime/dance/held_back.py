"""Poses of a group's players that may be another's: held back until that is known, then in order."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kpopdance.realtime.core.types import Pose
    from kpopdance.realtime.pose.group_tracker import Exchange

HELD_S: Final = 3.0  # no verdict waits longer


class Held(NamedTuple):
    """A player's pose in a frame, by the host's second and the song's."""

    captured_s: float
    song_s: float
    pose: Pose | None


class HeldBack:
    """One row for each player and frame; what was given to the wrong one is given back here."""

    def __init__(self, players: int) -> None:
        self._rows: list[deque[Held]] = [deque() for _ in range(players)]

    def add(self, captured_s: float, song_s: float, poses: Sequence[Pose | None]) -> None:
        """Take everybody's poses in one frame."""
        for rows, pose in zip(self._rows, poses, strict=True):
            rows.append(Held(captured_s, song_s, pose))

    def exchange(self, told: Exchange) -> None:
        """Give the poses back to those whose they were."""
        players = {*told.was, *(k for k in told.was.values() if k is not None)}
        if any(not self._rows[k] for k in players):
            return
        since_s = max(told.since_s, *(self._rows[k][0].captured_s for k in players))
        late = {k: [row for row in self._rows[k] if row.captured_s >= since_s] for k in players}
        for k, was in told.was.items():
            theirs = late[k] if was is None else late[was]
            for _ in late[k]:
                self._rows[k].pop()
            self._rows[k].extend(
                row._replace(pose=None) if was is None else row for row in theirs
            )

    def settled(self, k: int, unsettled_s: float | None) -> Iterator[Held]:
        """Yield, once and for all, what is a player's own for certain, or was held back for long."""
        rows = self._rows[k]
        until_s = np.inf if unsettled_s is None else unsettled_s
        while rows and (
            rows[0].captured_s < until_s or rows[-1].captured_s - rows[0].captured_s > HELD_S
        ):
            yield rows.popleft()
