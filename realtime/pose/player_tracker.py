"""The tracker of a player, who stays the player while out of the picture for however long.

Who was followed for some seconds is remembered by clothes and body. While they are gone, nobody
else is taken for them: not who was there beside them, and not who looks otherwise. They are taken
back wherever they come in again. Somebody else becomes the player only when asked for: by a key
(``choose_anew``), or by raising a hand while the player is away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.pose.appearance import Remembered, appearance_of
from kpopdance.realtime.pose.raised_hand import RaisedHands
from kpopdance.realtime.pose.tracker import (
    FORGET_S,
    LOST_S,
    MIN_ACQUIRED,
    TOO_UNLIKE,
    Tracker,
    apart,
    clothes_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose

SURE_S: Final = 4.0  # held for so long, somebody is the player; before, a passer-by may be
STEADY_S: Final = 1.0  # between two sights that count as holding
LEARN_EVERY_S: Final = 0.25
WELL_SEEN: Final = 12  # joints
ALONE: Final = 1.5  # body sizes to the next person: nobody else's clothes are learned
BESIDE: Final = 1.0  # body sizes; nearer it may be the player seen twice
TOO_FAR_S: Final = 1.0  # gone for less, who is out of reach is somebody else
LIKE: Final = 0.55  # see ``unlike``: drawn dancers look 0.45 unlike themselves at most
SURELY: Final = 0.4  # less unlike, it is them at one look
CLEARLY: Final = 0.15  # likelier somebody else known
CONFIRM_S: Final = 0.4  # long gone: looked at for so long before they are believed
ALIKE: Final = 0.47  # on average meanwhile
LOOKS_TOLD: Final = 2  # from so many on it is known what somebody else looks like
PASSED_S: Final = 10.0  # who was passed over by the key stays so
HAND_AFTER_S: Final = 3.0  # away for so long, a raised hand may take the place
THERE_S: Final = 1.0  # since they were seen, others are told by place
OTHERWISE: Final = 0.65  # a player who is held looks less unlike than that, whatever hides them
MOST_OTHERS: Final = 8


class _Other:
    """Somebody who is not the player: where they are, and what they look like."""

    def __init__(self, pose: Pose, image: NDArray[np.uint8], at_s: float) -> None:
        self.tracker = Tracker()
        self.tracker.hold(pose, image, at_s)
        self.memory = Remembered()
        self._learned_s = at_s
        self.learn(pose, image, at_s)

    def learn(self, pose: Pose, image: NDArray[np.uint8], at_s: float) -> None:
        """Take in what they look like now, if it is time."""
        if not self.memory.looks or at_s - self._learned_s >= LEARN_EVERY_S:
            self.memory.learn(appearance_of(pose, image), LEARN_EVERY_S)
            self._learned_s = at_s

    def there(self, at_s: float) -> bool:
        """Whether they were seen a moment ago, so that place tells them."""
        return self.tracker.gone_s(at_s) <= THERE_S


class _Back(NamedTuple):
    """Who may have come back: where, since when, and the sum of how unlike over so many looks."""

    pose: Pose
    since_s: float
    unlike: float
    looks: int


class PlayerTracker(Tracker):
    """Holds the player; see the top of the file."""

    def reset(self) -> None:
        """Forget the player and everybody else."""
        super().reset()
        self._held_s = 0.0
        self._memory = Remembered()
        self._learned_s = -np.inf
        self._others: list[_Other] = []
        self._barred: set[int] = set()  # of this look's people, who is surely somebody else
        self._mine: dict[int, float] = {}  # how unlike the player each of them looks
        self._back: _Back | None = None
        self._passed: list[tuple[Pose, float]] = []
        self._hands = RaisedHands()

    @property
    def sure(self) -> bool:
        """Whether the player is remembered, and nobody else is taken for them."""
        return self._held_s >= SURE_S and self._memory.looks > 0

    def choose_anew(self, at_s: float) -> None:
        """Forget the player; the next look takes another one if there is any."""
        passed, pose = self._passed, self._pose
        self.reset()
        self._passed = passed if pose is None else [*passed, (pose, at_s)]

    def take(self, pose: Pose, clothes: NDArray[np.float64], at_s: float) -> None:
        """Follow this person."""
        since_s = at_s - self._seen_s
        if not self.sure and since_s > FORGET_S:
            self._held_s, self._memory = 0.0, Remembered()
        super().take(pose, clothes, at_s)
        self._held_s += since_s if since_s <= STEADY_S else 0.0
        self._back = None

    def strangers(
        self, people: list[Pose], clothes: list[NDArray[np.float64]],
        image: NDArray[np.uint8], at_s: float,
    ) -> set[int]:  # fmt: skip
        """Return who is certainly not the player: while they are gone, nearly everybody."""
        everybody = set(range(len(people)))
        self._barred, self._mine = set(), {}
        if self._pose is None and self._passed:
            return self._passed_over(people, at_s)
        gone_s = self.gone_s(at_s)
        if not self.sure:
            return set()
        if gone_s <= LOST_S:
            company = len(people) > 1 or any(other.there(at_s) for other in self._others)
            return self._unlike(people, image, OTHERWISE) if company else set()
        hand = self._hands.step(people, at_s) if gone_s > HAND_AFTER_S else None
        if hand is not None:
            self.reset()
            return everybody - {hand}
        claimed = self._claimed(people, clothes, at_s)
        # one look in an odd pose makes nobody somebody else for good
        self._barred = claimed | self._unlike(people, image, OTHERWISE)
        long_gone = gone_s > FORGET_S
        # where looks are so far apart that none found them missing, they need not have been gone
        unlooked = long_gone and not self._missed
        most = SURELY if unlooked else LIKE
        barred = claimed | self._unlike(people, image, most, long_gone=long_gone)
        if unlooked or not long_gone:
            return barred
        return everybody - self._returned(people, everybody - barred, at_s)

    def met(
        self, people: list[Pose], chosen: int | None, image: NDArray[np.uint8], at_s: float
    ) -> None:
        """Learn what the player looks like, and who else is there."""
        player = None if chosen is None else people[chosen]
        rest = [n for n in range(len(people)) if n != chosen]
        if player is not None:
            away = {n: apart(player, people[n]) for n in rest}
            nearest = min(away.values(), default=np.inf)
            if nearest > ALONE and player.seen.sum() >= WELL_SEEN:
                self._learn(player, image, at_s)
            # as near as that it is the player seen twice, unless it looks otherwise
            rest = [n for n in rest if away[n] > BESIDE or self._otherwise(n, chosen)]
        else:
            rest = [
                n for n in rest
                if n in self._barred or self._out_of_reach(people[n], image, at_s)
            ]  # fmt: skip
        self._know([people[n] for n in rest], image, at_s)

    def _otherwise(self, n: int, chosen: int | None) -> bool:
        """Say whether one of this look's people clearly looks otherwise than the player found."""
        if chosen not in self._mine or n not in self._mine:
            return False
        return CLEARLY < self._mine[n] - self._mine[chosen] < np.inf

    def _learn(self, player: Pose, image: NDArray[np.uint8], at_s: float) -> None:
        since_s = at_s - self._learned_s
        if since_s >= LEARN_EVERY_S:
            self._memory.learn(appearance_of(player, image), min(since_s, STEADY_S))
            self._learned_s = at_s

    def _know(self, rest: list[Pose], image: NDArray[np.uint8], at_s: float) -> None:
        """Follow the others from look to look; of whom is long unseen the looks are kept."""
        for pose in (pose for pose in rest if pose.seen.sum() >= MIN_ACQUIRED):
            dress = clothes_of(pose, image)
            there = [other for other in self._others if other.there(at_s)]
            costs = [other.tracker.unlikeness(pose, dress, at_s) for other in there]
            if costs and min(costs) <= TOO_UNLIKE:
                nearest = there[int(np.argmin(costs))]
                nearest.tracker.take(pose, dress, at_s)
                nearest.learn(pose, image, at_s)
            else:
                self._others.append(_Other(pose, image, at_s))
        self._others = self._others[-MOST_OTHERS:]

    def _out_of_reach(self, pose: Pose, image: NDArray[np.uint8], at_s: float) -> bool:
        """Say whether the player, just gone, cannot be there already."""
        return at_s - self._seen_s < TOO_FAR_S and (
            self.unlikeness(pose, clothes_of(pose, image), at_s) > TOO_UNLIKE
        )

    def _claimed(
        self, people: list[Pose], clothes: list[NDArray[np.float64]], at_s: float
    ) -> set[int]:
        """Return who is one of the others, still there or moved a little."""
        mine = [self.unlikeness(pose, clothes[n], at_s) for n, pose in enumerate(people)]
        pairs = sorted(
            (cost, k, n)
            for k, other in enumerate(self._others)
            for n, pose in enumerate(people)
            if other.there(at_s)
            and (cost := other.tracker.unlikeness(pose, clothes[n], at_s)) <= TOO_UNLIKE
            and (cost < mine[n] or at_s - self._seen_s > FORGET_S)
        )
        used: set[int] = set()
        claimed: set[int] = set()
        for _, k, n in pairs:
            if k not in used and n not in claimed:
                used.add(k)
                claimed.add(n)
        return claimed

    def _unlike(
        self,
        people: list[Pose],
        image: NDArray[np.uint8],
        most: float,
        *,
        long_gone: bool = False,
    ) -> set[int]:
        """Return who looks more than so unlike the player, or more like somebody else known.

        ``long_gone``: nor do those count of whom too little is seen to tell.
        """
        out = set()
        known = [o.memory for o in self._others if o.memory.looks >= LOOKS_TOLD]
        for n, pose in enumerate(people):
            looks = appearance_of(pose, image)
            mine = self._mine[n] = self._memory.unlike(looks)
            theirs = min((memory.unlike(looks) for memory in known), default=np.inf)
            told = long_gone or np.isfinite(mine)
            if told and (mine > most or theirs < mine - CLEARLY):
                out.add(n)
        return out

    def _returned(self, people: list[Pose], likely: set[int], at_s: float) -> set[int]:
        """Return the one who looks like the player and did so for a moment, if there is one."""
        likely = {n for n in likely if people[n].seen.sum() >= MIN_ACQUIRED}
        if not likely:
            self._back = None
            return set()
        before = self._back
        best = min(self._mine[n] for n in likely)
        near = {n for n in likely if self._mine[n] < best + CLEARLY}
        same = [n for n in near if before and apart(people[n], before.pose) < ALONE]
        n = same[0] if same else min(near, key=lambda n: self._mine[n])
        if not same or before is None:
            before = _Back(people[n], at_s, 0.0, 0)
        back = _Back(people[n], before.since_s, before.unlike + self._mine[n], before.looks + 1)
        self._back = back
        alike = back.unlike / back.looks <= ALIKE
        return {n} if alike and at_s - back.since_s >= CONFIRM_S - 1e-6 else set()

    def _passed_over(self, people: list[Pose], at_s: float) -> set[int]:
        """Return who was the player before the key was pressed; after the last comes the first."""
        self._passed = [one for one in self._passed if at_s - one[1] < PASSED_S]
        whole = {n for n, pose in enumerate(people) if pose.seen.sum() >= MIN_ACQUIRED}
        for first in (0, -1):
            barred = {
                n
                for n, pose in enumerate(people)
                for gone, _ in self._passed[first:]
                if apart(pose, gone) < BESIDE
            }
            if whole - barred:
                return barred
        return set()
