"""When both arms struck down, as on a drum, in a track of poses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.track import FILTER_LAG_S
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.scoring.calibration import EVERY_S, FIRST_S, LENGTH_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WRISTS: Final = (4, 7)
SHOULDERS: Final = (2, 5)
DEEP: Final = 0.5
"""How far both hands fall at least, in widths of the shoulders."""
QUICK: Final = 2.0
"""How fast they fall at least at their fastest, in widths of the shoulders a second."""
SPEED_S: Final = 0.05
"""Over so long speed is taken: over less, a px more or less would tell it."""
SELDOM_S: Final = 0.09
"""Where looks are further apart, nobody knows when a hand hit."""
STOPPED: Final = 0.25
"""A hand has hit where it has this share of that speed left."""
STRIKE_FPS: Final = 100.0
FALL_ROWS: Final = 20
HELD_ROWS: Final = 10
RISE_ROWS: Final = 33
UP_DEG: Final = -75.0
DOWN_DEG: Final = 45.0
FOREARM: Final = 0.1
STANDING: Final = np.array([
    (0.667, 0.22), (0.667, 0.30), (0.592, 0.30), (0.54, 0.40), (0.54, 0.30), (0.742, 0.30),
    (0.794, 0.40), (0.794, 0.30), (0.627, 0.51), (0.622, 0.68), (0.617, 0.85), (0.707, 0.51),
    (0.712, 0.68), (0.717, 0.85), (0.647, 0.21), (0.687, 0.21), (0.632, 0.215), (0.702, 0.215),
], np.float32)  # fmt: skip
"""Somebody who stands, (18, 2) in picture heights; the wrists move."""


def strokes(at_s: Floats, joints: NDArray[np.float32]) -> Floats:
    """Return the moments at which both hands hit, rising.

    A hand that hits stops at once; a pose comes 30 times a second and is smoothed. So a hit is where
    the steepest part of the fall, gone on with, reaches the lowest place.

    Parameters
    ----------
    at_s : float64 (T,)
        Song seconds, rising.
    joints : float32 (T, 18, 3)
        px and confidence; unseen is NaN.
    """
    width = joints[:, SHOULDERS[0], :2] - joints[:, SHOULDERS[1], :2]
    height = joints[:, WRISTS, 1].astype(np.float64).mean(axis=1)
    seen = np.isfinite(height)
    widths = np.linalg.norm(width, axis=1)
    widths = widths[np.isfinite(widths)]
    if seen.sum() < 3 or not len(widths):
        return np.zeros(0)
    at_s, height = at_s[seen], height[seen] / float(np.median(widths))
    hits = [_hit(at_s[fall], height[fall]) for fall in _falls(height)]
    return np.array([hit for hit in hits if hit is not None])


def _falls(height: Floats) -> list[slice]:
    """Return from where to where hands fall ``DEEP`` enough, as y grows, before they rise again."""
    falls, top, low = [], 0, 0
    falling = False
    for k, y in enumerate(height):
        if falling:
            if y > height[low]:
                low = k
            elif height[low] - y >= DEEP / 2:
                falls.append(slice(top, low + 1))
                falling, top = False, k
        elif y <= height[top]:
            top = k
        elif y - height[top] >= DEEP:
            falling, low = True, k
    return falls


def _hit(at_s: Floats, height: Floats) -> float | None:
    """Return when a fall, from its top to its lowest place, hits; None where it is no stroke."""
    apart = max(1, round(SPEED_S / float(np.median(np.diff(at_s)))))
    if len(at_s) <= apart:
        return None
    speed = (height[apart:] - height[:-apart]) / (at_s[apart:] - at_s[:-apart])
    fastest = int(np.argmax(speed))
    if speed[fastest] < QUICK:
        return None
    last = fastest + apart
    if np.diff(at_s[fastest : last + 2]).max() > SELDOM_S:
        return None
    slow = np.flatnonzero(
        np.diff(height[last:]) < STOPPED * speed[fastest] * np.diff(at_s[last:])
    )
    low = height[min(last + slow[0] + 1, len(height) - 1)] if len(slow) else height[-1]
    return float(at_s[last] + (low - height[last]) / speed[fastest]) - FILTER_LAG_S


def strike_choreography() -> Choreography:
    """Return a dance of strokes that hit with every click: what a drawn dancer does."""
    rows = np.arange(round(LENGTH_S * STRIKE_FPS))
    since = np.round((rows / STRIKE_FPS - FIRST_S) % EVERY_S * STRIKE_FPS)
    until = EVERY_S * STRIKE_FPS - since
    risen = np.clip((since - HELD_ROWS) / RISE_ROWS, 0, 1)
    fallen = np.clip(1 - until / FALL_ROWS, 0, 1) ** 2  # ever faster, until it hits
    angle = np.radians(DOWN_DEG + (UP_DEG - DOWN_DEG) * risen * (1 - fallen))
    joints = np.ones((len(rows), 18, 3), np.float32)
    joints[:, :, :2] = STANDING
    for wrist, elbow, side in ((4, 3, -1), (7, 6, 1)):
        reach = FOREARM * np.stack([side * np.cos(angle), np.sin(angle)], axis=-1)
        joints[:, wrist, :2] = joints[:, elbow, :2] + reach
    return Choreography(joints, STRIKE_FPS)
