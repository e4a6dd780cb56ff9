"""Where dancers stand on the screen: the lead large and steady, however they were filmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.figure import standing_height

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLLOW_S: Final = 1.6
"""Half-life of following the lead across the stage; slower than a step, so steps are seen."""
SETTLE_S: Final = 6.0
"""Half-life of height and floor, which only change when the dancer nears the camera."""
LEAP_S: Final = 2.0
"""Longer jumps of the clock are seeks: frame anew."""
ANKLES: Final = (body.R_ANKLE, body.L_ANKLE)
SOLE: Final = 0.05
"""Of a dancer's height: from ankle to floor."""


class Framing:
    """Follows the lead through a song; stage units in, what fills the screen out."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the dance seen so far."""
        self._at_s: float | None = None
        self._centre_x = 0.0
        self._floor_y = 1.0
        self._height = 0.0

    def step(self, lead: NDArray[np.float32], at_s: float) -> None:
        """Take in the lead's joints (18, 3), stage units, at a second of the song."""
        seen = lead[:, 2] > 0
        tall = standing_height(lead)
        if not seen.any() or tall <= 0:
            return
        centre = float(lead[seen, 0].mean())
        floor = self._floor_of(lead, tall)
        gone_s = np.inf if self._at_s is None else at_s - self._at_s
        if not 0 <= gone_s <= LEAP_S or self._height <= 0:
            self._centre_x, self._floor_y, self._height = centre, floor, tall
        else:
            self._centre_x = _eased(self._centre_x, centre, gone_s / FOLLOW_S)
            self._floor_y = _risen(self._floor_y, floor, gone_s / SETTLE_S)
            self._height = _risen(self._height, tall, gone_s / SETTLE_S)
        self._at_s = at_s

    def place(
        self, joints: NDArray[np.float32], feet: tuple[float, float], height_px: float
    ) -> NDArray[np.float32]:
        """Return joints (..., 18, 3) in px with the lead's feet at a point.

        ``height_px`` is the lead's height standing. Nobody is seen before the lead was: there is
        no size yet, and figures of any other would be millions of px large.
        """
        placed = joints.copy()
        if self._height <= 0:
            placed[:] = (np.nan, np.nan, 0)
            return placed
        scale = height_px / self._height
        placed[..., 0] = (joints[..., 0] - self._centre_x) * scale + feet[0]
        placed[..., 1] = (joints[..., 1] - self._floor_y) * scale + feet[1]
        return placed

    @staticmethod
    def _floor_of(lead: NDArray[np.float32], tall: float) -> float:
        feet = [float(lead[ankle, 1]) for ankle in ANKLES if lead[ankle, 2] > 0]
        if feet:
            return max(feet) + SOLE * tall
        return float(np.nanmin(np.where(lead[:, 2] > 0, lead[:, 1], np.nan))) + 1.05 * tall


def _eased(now: float, wanted: float, half_lives: float) -> float:
    return wanted + (now - wanted) * float(0.5**half_lives)


def _risen(now: float, wanted: float, half_lives: float) -> float:
    """Follow upwards at once and downwards slowly: a jump or a crouch is no change of size."""
    return wanted if wanted > now else _eased(now, wanted, half_lives)
