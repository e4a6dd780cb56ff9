"""Poses over time, and their rows at any rate: no grade may depend on the camera's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Choreography, Pose

FILTER_LAG_S = 0.009  # by how much live filtering delays a dance: the median over the demo song
MAX_GAP_S = 0.25  # longer gaps are not bridged: who was not seen did not dance
BRIDGED_S = 0.5  # between two looks at a player whom both saw: a slow computer's bursts
_START_ROWS = 1024


class PoseTrack:
    """One player's poses in order of time; ``add`` one by one, ``rows`` at wished moments."""

    def __init__(self) -> None:
        self._at_s = np.empty(_START_ROWS)
        self._joints = np.empty((_START_ROWS, 18, 3), dtype=np.float32)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def at_s(self) -> NDArray[np.float64]:
        """Times float64 (T,), strictly rising."""
        return self._at_s[: self._length]

    @property
    def joints(self) -> NDArray[np.float32]:
        """Joints float32 (T, 18, 3)."""
        return self._joints[: self._length]

    @property
    def there(self) -> NDArray[np.bool_]:
        """Bool (T,): in which of the moments anything was seen of the player."""
        return np.asarray((self.joints[..., 2] > 0).any(axis=1), dtype=np.bool_)

    def add(self, at_s: float, pose: Pose | None) -> None:
        """Append a pose (None: nobody seen); a time that does not rise is dropped."""
        if self._length and at_s <= self._at_s[self._length - 1]:
            return
        if self._length == len(self._at_s):
            self._at_s = np.concatenate([self._at_s, np.empty_like(self._at_s)])
            self._joints = np.concatenate([self._joints, np.empty_like(self._joints)])
        self._at_s[self._length] = at_s
        self._joints[self._length] = (np.nan, np.nan, 0) if pose is None else pose.joints
        self._length += 1

    def rows(
        self, times: NDArray[np.float64], max_gap_s: float = MAX_GAP_S
    ) -> NDArray[np.float32]:
        """Return joints float32 (N, 18, 3) at times float64 (N,), see ``resample``."""
        return resample(self.at_s, self.joints, times, max_gap_s)


def choreography_rows(dance: Choreography, times: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return a choreography's joints float32 (N, 18, 3) at song seconds float64 (N,)."""
    at_s = dance.start_s + np.arange(len(dance.joints)) / dance.fps
    return resample(at_s, dance.joints, times)


def resample(
    at_s: NDArray[np.float64],
    joints: NDArray[np.float32],
    times: NDArray[np.float64],
    max_gap_s: float = MAX_GAP_S,
) -> NDArray[np.float32]:
    """Return joints float32 (N, 18, 3) at the given times, linear between the two neighbours.

    A joint is unseen (NaN, NaN, 0) where either neighbour has not seen it, where they lie more
    than ``max_gap_s`` apart, and outside the track. Confidence is the lower of the two.
    """
    unseen = np.full((len(times), 18, 3), np.nan, dtype=np.float32)
    unseen[..., 2] = 0
    if len(at_s) < 2:
        return unseen
    right = np.clip(np.searchsorted(at_s, times, side="right"), 1, len(at_s) - 1)
    left = right - 1
    gap = at_s[right] - at_s[left]
    share = ((times - at_s[left]) / gap).astype(np.float32)[:, None, None]
    a, b = joints[left], joints[right]
    rows = a + share * (b - a)
    rows[..., 2] = np.minimum(a[..., 2], b[..., 2])
    usable = (times >= at_s[0] - 1e-9) & (times <= at_s[-1] + 1e-9) & (gap <= max_gap_s)
    seen = usable[:, None] & (rows[..., 2] > 0) & np.isfinite(rows[..., 0])
    return np.where(seen[..., None], rows, unseen)
