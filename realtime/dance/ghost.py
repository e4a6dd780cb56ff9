"""The player in their last try, to be drawn beside the coach: the same hips and size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import L_HIP, NECK, R_HIP
from kpopdance.realtime.core.track import BRIDGED_S, choreography_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.core.types import Choreography

HIPS = [R_HIP, L_HIP]
SIZED_BY: Final = 500
"""So many poses, throughout, tell how tall somebody is."""


class Ghost:
    """What a player danced, at song seconds; as tall as the coach, whatever the camera saw.

    ``track`` holds poses in px of a camera's pictures, ``dance`` is the coach's.
    """

    def __init__(self, track: PoseTrack, dance: Choreography) -> None:
        self._track = track
        some = slice(None, None, max(len(track) // SIZED_BY, 1))
        at_s, joints = track.at_s[some], track.joints[some]
        ours, coachs = _trunks(joints), _trunks(choreography_rows(dance, at_s))
        self._scale = coachs / ours if ours > 0 else 0.0

    def at(self, song_s: float, coach: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Return the joints (18, 3) in stage units with the coach's hips (18, 3); None: not seen."""
        joints = self.rows(np.array([song_s]), coach[None])[0]
        return joints if (joints[:, 2] > 0).any() else None

    def rows(
        self, times: NDArray[np.float64], coach: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the joints (N, 18, 3) at song seconds (N,), each with the coach's hips (N, 18, 3)."""
        joints = self._track.rows(times, BRIDGED_S)
        moved: NDArray[np.float32] = joints.copy()
        ours, coachs = (each[:, HIPS, :2].mean(axis=1) for each in (joints, coach))
        away = coachs - self._scale * ours
        moved[..., :2] = self._scale * joints[..., :2] + away[:, None]
        moved[~np.isfinite(away).all(axis=1) | (self._scale <= 0)] = (np.nan, np.nan, 0)
        return moved


def _trunks(joints: NDArray[np.float32]) -> float:
    """Return how far neck and hips are apart over rows (T, 18, 3) in the middle; 0: never seen."""
    apart = joints[:, NECK, :2] - joints[:, HIPS, :2].mean(axis=1)
    length = np.hypot(*apart.T)
    seen = length[np.isfinite(length)]
    return float(np.median(seen)) if len(seen) else 0.0
