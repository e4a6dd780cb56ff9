"""Moves of a dance that is over, again and again at half speed: the player's own beside the coach's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.dance.ghost import Ghost
from kpopdance.realtime.screens.view import SideView

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.core.types import Choreography

    Room = tuple[float, float, float, float]

SPEED: Final = 0.5
REST_S: Final = 0.6  # in the last pose, before it begins again
FPS: Final = 30.0


class SideBySide:
    """Shows a dance's moves.

    ``track`` is the player's, px of the camera's pictures, and ``lag_s`` late by its devices.
    """

    def __init__(self, track: PoseTrack, dance: Choreography, lag_s: float) -> None:
        self._ghost, self._dance, self._lag_s = Ghost(track, dance), dance, lag_s
        self._span_s = (np.nan, np.nan)
        self._coach = self._you = np.zeros((0, 18, 3), np.float32)
        self._room: Room = (0.0, 0.0, 1.0, 1.0)

    def at(
        self, span_s: tuple[float, float], age_s: float, words: tuple[str, str], *, mirror: bool
    ) -> SideView:
        """Return what is danced between two song seconds, so many seconds after it was begun."""
        if span_s != self._span_s:
            self._turn_to(span_s)
        rows = len(self._coach)
        length_s = rows / FPS / SPEED
        row = min(int(age_s % (length_s + REST_S) * FPS * SPEED), rows - 1)
        you = self._you[row]
        seen = you if (you[:, 2] > 0).any() else None
        return SideView(*words, self._coach[row], seen, self._room, mirror)

    def _turn_to(self, span_s: tuple[float, float]) -> None:
        times = np.arange(span_s[0], max(span_s[1], span_s[0] + 1 / FPS), 1 / FPS)
        self._span_s, self._coach = span_s, choreography_rows(self._dance, times)
        self._you = self._ghost.rows(times + self._lag_s, self._coach)
        self._room = _room(np.concatenate([self._coach, self._you]))


def _room(joints: NDArray[np.float32]) -> Room:
    """Return what all seen joints (N, 18, 3) are within."""
    at = joints[joints[..., 2] > 0][:, :2]
    if not len(at):
        return (0.0, 0.0, 1.0, 1.0)
    (left, top), (right, bottom) = at.min(axis=0).tolist(), at.max(axis=0).tolist()
    return (left, top, right, bottom)
