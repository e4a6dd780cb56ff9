"""Everybody in a film, followed from frame to frame: who is new, who is still who."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.tracker import MIN_ACQUIRED, Tracker, apart, box_of, choose_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.engines.maps import Region

SAME: Final = 0.5  # body sizes: found again so near to somebody else, it is that one
SURE: Final = (
    0.65  # mean confidence of somebody's joints; below, a part of somebody else, or furniture
)
WITHIN: Final = 0.5  # of an unsure person's box lies in a surer one's: a part of that one
ONE_S: Final = 2.0  # two who take turns within this, at the same place, are one
DOUBLE: Final = 0.3  # body sizes: nearer to each other in one frame, they are one
TURN: Final = 0.8  # body sizes between them where they take turns
TOGETHER: Final = 0.1  # of the frames of the rarer one, both are seen: they are two


class Crowd:
    """Follows any number of people; ``step`` takes every frame in order.

    Somebody is a new person with nine joints or more of which two in three are sure, and the same as
    before by place, size and the colours of the clothes (``Tracker``). Who is gone for two seconds
    is somebody new.
    """

    def __init__(self) -> None:
        self._trackers: list[Tracker] = []
        self._rows: list[dict[int, Pose]] = []
        self._frames = 0

    def step(
        self,
        people: list[Pose],
        image: NDArray[np.uint8],
        at_s: float,
        look_again: Callable[[Region], list[Pose]] = lambda _: [],
    ) -> None:
        """Take the people found in one uint8 (H, W, 3) picture.

        ``look_again`` returns who is in a square of it: asked where somebody was and is not found.
        """
        people = without_parts(people)
        alive = [k for k, tracker in enumerate(self._trackers) if tracker.knows(at_s)]
        trackers = [self._trackers[k] for k in alive]
        found = choose_all(trackers, people, image, at_s)
        claimed = {id(pose) for pose in found}
        there = list(people)
        for n, tracker in enumerate(trackers):
            region = tracker.region(at_s) if found[n] is None else None
            if region is not None:
                again = [pose for pose in look_again(region) if _is_new(pose, there)]
                found[n] = choose_all([tracker], again, image, at_s)[0]
                there += [pose for pose in found[n : n + 1] if pose is not None]
        for k, pose in zip(alive, found, strict=True):
            if pose is not None:
                self._rows[k][self._frames] = pose
        for pose in people:
            whole = pose.seen.sum() >= MIN_ACQUIRED and sureness(pose) >= SURE
            if id(pose) not in claimed and whole:
                newcomer = Tracker()
                self._trackers.append(newcomer)
                self._rows.append({self._frames: pose})
                choose_all([newcomer], [pose], image, at_s)
        self._frames += 1

    def joints(self, at_s: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return joints float32 (P, T, 18, 3) px of everybody ever seen; frames were at ``at_s``."""
        out = np.full((len(self._rows), self._frames, 18, 3), np.nan, dtype=np.float32)
        out[..., 2] = 0
        for person, rows in zip(out, self._rows, strict=True):
            for index, pose in rows.items():
                person[index] = pose.joints
        return joined(at_s, out)


def without_parts(people: list[Pose]) -> list[Pose]:
    """Return people without those that are an unsure part of somebody surer."""
    return [
        pose
        for pose in people
        if sureness(pose) >= SURE
        or not any(
            sureness(other) > sureness(pose) and _share_within(pose, other) > WITHIN
            for other in people
        )
    ]


def sureness(pose: Pose) -> float:
    """Return the mean confidence of the joints seen, 0..1."""
    return float(pose.joints[pose.seen, 2].mean()) if pose.seen.any() else 0.0


def joined(at_s: NDArray[np.float64], joints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return joints (P, T, 18, 3) with those made one who were one person all along.

    They take turns: where one ceases to be seen the other begins, at the same place.
    """
    people = list(joints)
    k = 0
    while k < len(people):
        for other in range(k + 1, len(people)):
            if _take_turns(at_s, people[k], people[other]):
                people[k] = np.where(  # the same person, whoever it was taken for
                    _seen(people[k])[:, None, None], people[k], people.pop(other)
                )
                break
        else:
            k += 1
    return np.stack(people) if people else joints


def _take_turns(
    at_s: NDArray[np.float64], one: NDArray[np.float32], other: NDArray[np.float32]
) -> bool:
    a, b = _seen(one), _seen(other)
    both = [n for n in np.flatnonzero(a & b) if _apart(one[n], other[n]) > DOUBLE]
    if len(both) > TOGETHER * min(a.sum(), b.sum()):
        return False
    rows = np.flatnonzero(a | b)
    turns = [(i, j) for i, j in pairwise(rows) if a[i] != a[j] and at_s[j] - at_s[i] <= ONE_S]
    ways = [_apart((one if a[i] else other)[i], (one if a[j] else other)[j]) for i, j in turns]
    return bool(ways) and float(np.median(ways)) <= TURN


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return apart(Pose(one.copy()), Pose(other.copy()))


def _seen(joints: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return when a person (T, 18, 3) is seen, bool (T,)."""
    return np.asarray((joints[..., 2] > 0).any(axis=-1))


def _share_within(pose: Pose, other: Pose) -> float:
    """Return how much of a pose's box lies in another's, 0..1."""
    box, around = box_of(pose), box_of(other)
    sides = np.minimum(box[1], around[1]) - np.maximum(box[0], around[0])
    area = float(np.prod(np.maximum(box[1] - box[0], 1.0)))
    return float(np.prod(np.maximum(sides, 0.0))) / area


def _is_new(pose: Pose, people: list[Pose]) -> bool:
    return all(apart(pose, other) > SAME for other in people)
