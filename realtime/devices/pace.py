"""When the next frame is due: 60 a second, or 30 evenly where the computer has no time for more."""

from __future__ import annotations

import logging
from collections import deque
from typing import Final

log = logging.getLogger(__name__)

FULL: Final = 60
"""Frames a second."""
HALF: Final = 30
STALL_S: Final = 0.25
"""After a longer one the pace starts anew instead of hurrying."""
LOOKED_AT: Final = {FULL: 240, HALF: 120}
"""So many of the newest frames decide: four seconds of them."""
MOST_LATE: Final = {FULL: 30, HALF: 6}
"""More of them keep no pace. Building a page's lights takes 24 frames, and is not held against it."""
LATE_S: Final = {FULL: 1 / FULL, HALF: 0.7 / FULL}
"""A frame is late that was drawn so long after its turn; going back to 60 asks for room to spare."""
SHORTEST_S, LONGEST_S = 5.0, 120.0
"""Before 60 are tried again."""
RELAPSE_S: Final = 20.0
"""Who cannot keep 60 for so long waits twice as long before the next try."""


class Pace:
    """Says how long to wait after each frame; hands out 60 turns a second, or 30.

    It looks only at when frames were drawn, not at how long showing them took: that waits for the
    screen. All times are host seconds.
    """

    def __init__(self, now_s: float) -> None:
        self.frames_per_s = FULL
        self._due_s = self._turn_s = now_s
        self._late: deque[bool] = deque(maxlen=LOOKED_AT[FULL])
        self._changed_s = now_s
        self._patience_s = SHORTEST_S

    def wait_s(self, drawn_s: float, now_s: float) -> float:
        """Return how long to wait until the next frame's turn, as one was drawn and shown now."""
        self._late.append(drawn_s - self._turn_s > LATE_S[self.frames_per_s])
        if now_s - self._due_s > STALL_S:
            self._due_s = now_s
        self._choose(now_s)
        self._due_s += 1 / self.frames_per_s
        self._turn_s = max(self._due_s, now_s)
        return self._turn_s - now_s

    def _choose(self, now_s: float) -> None:
        """Go down to 30 where too many frames were late, and up again where few were for long."""
        fps, stays_s = self.frames_per_s, now_s - self._changed_s
        keeps = sum(self._late) <= MOST_LATE[fps]
        if fps == FULL and not keeps:
            longer_s = min(2 * self._patience_s, LONGEST_S)
            self._patience_s = longer_s if stays_s < RELAPSE_S else SHORTEST_S
            self._change(HALF, now_s)
        seen_enough = len(self._late) == self._late.maxlen and stays_s >= self._patience_s
        if fps == HALF and keeps and seen_enough:
            self._change(FULL, now_s)

    def _change(self, frames_per_s: int, now_s: float) -> None:
        log.info("from now on %d frames a second", frames_per_s)
        self.frames_per_s, self._changed_s = frames_per_s, now_s
        self._late = deque(maxlen=LOOKED_AT[frames_per_s])
