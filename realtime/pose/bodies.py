"""Bodies followed from look to look by place, motion and clothes, whoever they are.

Who they are is another question, answered by what they look like on average of some looks
(``group_tracker.py``). Looks are gathered while nobody else is near: at a crossing they would be the
other's. From the moment two bodies come so near that either may be taken for the other, they are in
doubt.
"""

from __future__ import annotations

from collections import deque
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from kpopdance.realtime.core.body import L_HIP, L_SHOULDER, NECK, R_HIP, R_SHOULDER
from kpopdance.realtime.pose.appearance import Remembered, appearance_of
from kpopdance.realtime.pose.live_filter import LiveFilter
from kpopdance.realtime.pose.player_tracker import OTHERWISE
from kpopdance.realtime.pose.tracker import (
    LOST_S,
    MIN_ACQUIRED,
    MIN_SEEN,
    TOO_UNLIKE,
    Tracker,
    apart,
    clothes_of,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose
    from kpopdance.realtime.pose.appearance import Appearance

TRUNK: Final = (NECK, R_SHOULDER, L_SHOULDER, R_HIP, L_HIP)
PACE_S: Final = 0.5  # over so long a pace is measured: limbs fly, trunks do not
LEAST_PACE_S: Final = 0.15
NEAR: Final = 0.9  # body sizes between two trunks: either may be taken for the other
ALONE: Final = 1.2  # body sizes to the next: what is worn there is one's own
UNWATCHED_S: Final = 1.0  # nobody looked for so long: another may be where somebody was
HIDDEN_S: Final = 0.6  # unseen for no longer, somebody may be behind another
SAME: Final = 0.5  # body sizes: nearer to somebody found already, it is that one seen twice
LEARN_EVERY_S: Final = 0.25
LEARN_SOON_S: Final = 0.08  # the same while too little is known
WELL_SEEN: Final = 10  # joints
SURELY_SEEN: Final = 0.5  # their mean confidence
ENOUGH_LOOKS: Final = 3  # that say what somebody looks like
FRESH_LOOKS: Final = 12  # so many say it of late; then it is learned anew
UNTOLD: Final = 0.5  # how unlike somebody is of whom too little is seen
NO_PAIR: Final = 1e3  # costs more than any that may be


class Body(Tracker):
    """Somebody followed.

    Attributes
    ----------
    fresh : Remembered
        What they look like of late, or since they were last in doubt.
    steady : LiveFilter
        What steadies their poses.
    pose : Pose or None
        As of the newest look; None: not found in it.
    since_s : float
        Host second of the first look.
    doubt_s : float or None
        Since when they may be somebody else than before; None: they are who they were.
    turn_s : float
        Host second at which, since then, somebody was nearest: if they are another, then from there on.
    clear_s : float
        Host second from which on nobody was near any more.
    """

    carried_s: ClassVar[float] = 0.5

    def __init__(self, pose: Pose, image: NDArray[np.uint8], at_s: float) -> None:
        self._way: deque[tuple[float, NDArray[np.float64]]] = deque()
        self._memory = Remembered()
        self.fresh = Remembered()
        self.steady = LiveFilter()
        self.pose: Pose | None = pose
        self.since_s = at_s
        self.doubt_s: float | None = None
        self.turn_s = self.clear_s = at_s
        self._nearest = np.inf
        self._told: Remembered | None = None
        self._learned_s = -np.inf
        super().__init__()
        self.hold(pose, image, at_s)

    @property
    def looks(self) -> Remembered | None:
        """What is known of their looks of late; None: too little."""
        return self.fresh if self.fresh.looks >= ENOUGH_LOOKS else self._told

    @property
    def size_px(self) -> float:
        """A length that stands for the body, see ``body_size``."""
        return 0.4 * max(float((self._box[1] - self._box[0]).max()), 10.0)

    def place(self, at_s: float) -> NDArray[np.float64]:
        """Return where the trunk's middle (2,) is, px; unseen, where it was bound for."""
        at, middle = self._way[-1]
        return middle + self._speed * min(at_s - at, self.carried_s)

    def looks_off(self, looks: Appearance) -> float:
        """Return how unlike somebody looks to what this body looked like before a doubt, 0..1.

        One look tells little: who was just found from afar looks otherwise from near.
        """
        told = self._memory.unlike(looks) if self._memory.looks >= ENOUGH_LOOKS else np.inf
        return min(told, 1.0) if np.isfinite(told) else UNTOLD

    def doubt(self, at_s: float, way: float = np.inf) -> None:
        """Take note that from now on this may be another, who is so many body sizes away."""
        if self.doubt_s is None:
            self.doubt_s = self.turn_s = at_s
            self._nearest = np.inf
        if way < self._nearest:
            self._nearest, self.turn_s = way, at_s
        self.clear_s = at_s
        self.fresh, self._told = Remembered(), None

    def suspect(self, at_s: float) -> None:
        """Take note that this looks like another, though nobody was near."""
        self.doubt_s = self.turn_s = at_s

    def settle(self) -> None:
        """Take note that it is known who this is, who may be another than before."""
        self.doubt_s, self._memory = None, Remembered()
        if self.looks is not None and self.looks.appearance is not None:
            self._memory.learn(self.looks.appearance, 0.0)
            self._memory.looks = self.looks.looks

    def learn(self, image: NDArray[np.uint8], at_s: float) -> Appearance | None:
        """Take in what they look like now, and return it; None: it is not time yet."""
        every_s = LEARN_SOON_S if self.looks is None else LEARN_EVERY_S
        if self.pose is None or at_s - self._learned_s < every_s - 1e-6:
            return None
        if self.fresh.looks >= FRESH_LOOKS:
            self._told, self.fresh = self.fresh, Remembered()
        looks = appearance_of(self.pose, image)
        self.fresh.learn(looks, 0.0)  # all looks count alike
        if self.doubt_s is None:
            self._memory.learn(looks, LEARN_EVERY_S)
        self._learned_s = at_s
        return looks

    def take(self, pose: Pose, clothes: NDArray[np.float64], at_s: float) -> None:
        """Follow this person; back after a while, it may be another at the same place."""
        if self.gone_s(at_s) > (LOST_S if self._missed else UNWATCHED_S):
            self.doubt(at_s)
        super().take(pose, clothes, at_s)
        self.pose = pose

    def _remember(self, pose: Pose, clothes: NDArray[np.float64], at_s: float) -> None:
        super()._remember(pose, clothes, at_s)
        self._way.append((at_s, middle_of(pose)))
        while at_s - self._way[0][0] > PACE_S:
            self._way.popleft()
        (first_s, first), (_, now) = self._way[0], self._way[-1]
        if at_s - first_s >= LEAST_PACE_S:
            self._speed = (now - first) / (at_s - first_s)


class Bodies:
    """Everybody who was seen a short while ago; ``step`` takes the people of every look."""

    def __init__(self) -> None:
        self.known: list[Body] = []

    def step(
        self, people: list[Pose], image: NDArray[np.uint8], at_s: float,
        sought: Iterable[Tracker] | None, owned: Container[Body] = (),
    ) -> None:  # fmt: skip
        """Follow everybody to the people found in a uint8 (H, W, 3) picture.

        ``sought`` are those who would have been found; None: all of the picture was looked at.
        ``owned`` are the players'; others who are not found are soon nobody.
        """
        people = _without_scraps([pose for pose in people if pose.seen.sum() >= MIN_SEEN])
        self.known = [body for body in self.known if body.knows(at_s)]
        clothes = [clothes_of(pose, image) for pose in people]
        pairs = self._pairs(people, clothes, image, at_s)
        looked = self.known if sought is None else list(sought)
        for k, body in enumerate(self.known):
            body.pose = None
            if k in pairs:
                body.take(people[pairs[k]], clothes[pairs[k]], at_s)
            elif body in looked:
                body.miss()
        there = [people[n] for n in pairs.values()]
        for n, pose in enumerate(people):
            if n not in pairs.values() and _is_new(pose, there) and self._is_free(pose, at_s):
                self.known.append(Body(pose, image, at_s))
                there.append(pose)
        self.known = [
            body for body in self.known
            if body in owned
            or body.pose is not None
            or not self._is_nobody(body, at_s, sought=body in looked)
        ]  # fmt: skip
        self._note_doubts(at_s)

    def _is_free(self, pose: Pose, at_s: float) -> bool:
        """Say whether somebody found stands where nobody just seen is missed, who may be that one."""
        return all(
            body.pose is not None
            or body.gone_s(at_s) > HIDDEN_S
            or float(np.linalg.norm(body.place(at_s) - middle_of(pose))) > NEAR * body.size_px
            for body in self.known
        )

    def _is_nobody(self, body: Body, at_s: float, *, sought: bool) -> bool:
        """Say whether somebody not found was another one seen twice, or is gone."""
        return (sought and body.gone_s(at_s) > HIDDEN_S) or any(
            other.pose is not None and _way(body, other, at_s) < NEAR for other in self.known
        )

    def alone(self, body: Body, at_s: float) -> bool:
        """Say whether somebody is seen now, well, and with nobody so near that limbs may be theirs."""
        return (
            body.pose is not None
            and _well_seen(body.pose)
            and all(other is body or _way(body, other, at_s) > ALONE for other in self.known)
        )

    def _pairs(
        self, people: list[Pose], clothes: list[NDArray[np.float64]],
        image: NDArray[np.uint8], at_s: float,
    ) -> dict[int, int]:  # fmt: skip
        """Return which of the people each body is now: the pairs that are likest taken together.

        By place and clothes; where some are in doubt, or one may be found twice, by all that they look
        like, too.
        """
        costs = np.array([
            [body.unlikeness(pose, dress, at_s) for pose, dress in zip(people, clothes, strict=True)]
            for body in self.known
        ]).reshape(len(self.known), len(people))  # fmt: skip
        far = ~(costs <= TOO_UNLIKE)
        doubted = any(body.doubt_s is not None for body in self.known)
        if doubted or any(_is_same(*two) for two in combinations(people, 2)):
            looks = [appearance_of(pose, image) for pose in people]
            off = np.array([[body.looks_off(each) for each in looks] for body in self.known])
            far |= off.reshape(far.shape) > OTHERWISE  # the one in front, taken for both
            costs += off.reshape(far.shape)
        costs[far] = NO_PAIR
        rows, columns = linear_sum_assignment(costs)
        return {int(k): int(n) for k, n in zip(rows, columns, strict=True) if not far[k, n]}

    def _note_doubts(self, at_s: float) -> None:
        about = [body for body in self.known if body.gone_s(at_s) <= HIDDEN_S]
        for one, other in combinations(about, 2):
            way = _way(one, other, at_s)
            if way < NEAR:
                one.doubt(at_s, way)
                other.doubt(at_s, way)


def middle_of(pose: Pose) -> NDArray[np.float64]:
    """Return the middle (2,) of what is seen of a trunk, else of all that is seen, px."""
    trunk = pose.joints[list(TRUNK)]
    seen = trunk[trunk[:, 2] > 0] if (trunk[:, 2] > 0).any() else pose.joints[pose.seen]
    middle: NDArray[np.float64] = seen[:, :2].astype(np.float64).mean(axis=0)
    return middle


def _way(one: Body, other: Body, at_s: float) -> float:
    """Return how far two trunks are from each other, in sizes of the larger body."""
    size_px = max(one.size_px, other.size_px)
    return float(np.linalg.norm(one.place(at_s) - other.place(at_s))) / size_px


def _without_scraps(people: list[Pose]) -> list[Pose]:
    """Return the people without what little is seen of somebody who is found whole as well.

    At a crossing it would be taken for the one behind, who then stays where nobody is.
    """
    whole = [pose for pose in people if pose.seen.sum() >= MIN_ACQUIRED]
    return [
        pose for pose in people
        if pose.seen.sum() >= MIN_ACQUIRED or not any(_is_same(pose, one) for one in whole)
    ]  # fmt: skip


def _is_new(pose: Pose, there: list[Pose]) -> bool:
    """Say whether somebody is enough of a person, and nobody found already seen twice."""
    return pose.seen.sum() >= MIN_ACQUIRED and not any(_is_same(pose, one) for one in there)


def _is_same(pose: Pose, one: Pose) -> bool:
    """Say whether a pose may be somebody found already, by the size of whom more is seen."""
    return min(apart(pose, one), apart(one, pose)) <= SAME


def _well_seen(pose: Pose) -> bool:
    seen = pose.seen
    return int(seen.sum()) >= WELL_SEEN and float(pose.joints[seen, 2].mean()) >= SURELY_SEEN
