"""Who raises a hand and holds it still: a sign that dancing hardly ever gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.core.body import (
    L_SHOULDER,
    L_WRIST,
    NOSE,
    R_SHOULDER,
    R_WRIST,
    body_size,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose

HOLD_S: Final = 1.2
ABOVE: Final = 0.3  # body sizes over the nose
STILL: Final = 0.3  # body sizes that hand and nose may wander
GAP_S: Final = 0.8  # between two looks


class _Hand(NamedTuple):
    """Nose and raised wrist (2, 2) px where first seen, the body's size, since when, and last."""

    ends: NDArray[np.float32]
    size: float
    since_s: float
    last_s: float


class RaisedHands:
    """``step`` says whose hand has been up, one alone and still, for a second."""

    def __init__(self) -> None:
        self._up: list[_Hand] = []

    def step(self, people: list[Pose], at_s: float) -> int | None:
        """Return the number of the first such person among those found, None where nobody is."""
        known = [hand for hand in self._up if at_s - hand.last_s <= GAP_S]
        self._up, found = [], None
        for n, pose in enumerate(people):
            hand = raised(pose, at_s)
            if hand is None:
                continue
            same = [old for old in known if _still(old, hand)]
            since = same[0]._replace(last_s=at_s) if same else hand
            self._up.append(since)
            if found is None and at_s - since.since_s >= HOLD_S:
                found = n
        return found


def raised(pose: Pose, at_s: float) -> _Hand | None:
    """Return the one hand that is clearly above the head, the other being below its shoulder."""
    joints, seen, size = pose.joints, pose.seen, body_size(pose.joints)
    if size is None or not seen[NOSE]:
        return None
    for up, down, shoulder in (
        (R_WRIST, L_WRIST, L_SHOULDER), (L_WRIST, R_WRIST, R_SHOULDER),
    ):  # fmt: skip
        high = seen[up] and joints[up, 1] < joints[NOSE, 1] - ABOVE * size
        hangs = not (seen[down] and seen[shoulder]) or joints[down, 1] > joints[shoulder, 1]
        if high and hangs:
            return _Hand(joints[[NOSE, up], :2], size, at_s, at_s)
    return None


def _still(old: _Hand, new: _Hand) -> bool:
    way = np.linalg.norm(new.ends - old.ends, axis=-1)
    return bool((way <= STILL * old.size).all())
