"""The tracker of a player, who stays the player while out of the picture for however long.

Who was followed for some seconds, and surely, is remembered by clothes and body. While they are gone,
nobody else is taken for them: not who was there beside them, and not who looks otherwise. They are
taken back wherever they come in again, by what they look like on average of some looks; alone in the
picture for long, they may look a little less like themselves. Somebody else becomes the player only
when asked for: by a key (``choose_anew``), or by raising a hand while the player is away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.pose.appearance import Appearance, Remembered, appearance_of
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

    from kpopdance.engines.maps import Region
    from kpopdance.realtime.core.types import Pose

SURE_S: Final = 4.0  # held for so long, somebody is the player; before, a passer-by may be
STEADY_S: Final = 1.0  # between two sights that count as holding
LEARN_EVERY_S: Final = 0.25
WELL_SEEN: Final = 12  # joints
SURELY_SEEN: Final = 0.65  # mean confidence; less has who looks too closely at half of somebody
ALONE: Final = 1.5  # body sizes to the next person: nobody else's clothes are learned
BESIDE: Final = 1.0  # body sizes; nearer it may be the player seen twice
TOO_FAR_S: Final = 1.0  # gone for less, who is out of reach is somebody else
LIKE: Final = 0.55  # see ``unlike``: drawn dancers look 0.45 unlike themselves at most
SURELY: Final = 0.4  # less unlike, it is them at one look
CLEARLY: Final = 0.15  # likelier somebody else known
CONFIRM_S: Final = 0.4  # long gone: looked at for so long before they are believed
ALIKE: Final = 0.42  # unlike on average meanwhile, at most; others are 0.44 and more
ALONE_S: Final = 6.0  # nobody else is there for so long: up to LIKE, it is the player
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
    """Who may have come back: where, since when, since when alone, and what they look like."""

    pose: Pose
    since_s: float
    alone_s: float
    memory: Remembered


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

    @property
    def doubtful(self) -> bool:
        """Whether the player is seen so badly that it may be furniture, or half of somebody."""
        return super().doubtful or (self._pose is not None and not _well_seen(self._pose))

    def knows(self, at_s: float) -> bool:
        """Whether the player would be recognised; who was doubtful and then missed was nobody."""
        return super().knows(at_s) and not (self._missed and self.doubtful)

    def region(self, at_s: float) -> Region | None:
        """Return the square to look at, None where the whole picture is; see ``Tracker``."""
        return None if self._missed and self.doubtful else super().region(at_s)

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
        self._held_s += since_s if since_s <= STEADY_S and _well_seen(pose) else 0.0
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
        company = len(people) > 1 or any(other.there(at_s) for other in self._others)
        if gone_s <= LOST_S:
            return self._unlike(people, image, OTHERWISE) if company else set()
        hand = self._hands.step(people, at_s) if gone_s > HAND_AFTER_S else None
        if hand is not None:
            self.reset()
            return everybody - {hand}
        self._barred = claimed = self._claimed(people, clothes, at_s)
        likely = everybody - claimed
        back = self._returned(people, likely, image, at_s)
        # where looks are so far apart that none found them missing, they need not have been gone
        if gone_s <= FORGET_S or not self._missed:
            there = SURELY if gone_s > FORGET_S else OTHERWISE if company else np.inf
            most = LIKE if self._missed else there
            back |= likely - self._unlike(people, image, most)
        return everybody - back

    def met(
        self, people: list[Pose], chosen: int | None, image: NDArray[np.uint8], at_s: float
    ) -> None:
        """Learn what the player looks like, and who else is there."""
        player = None if chosen is None else people[chosen]
        rest = [n for n in range(len(people)) if n != chosen]
        if player is not None:
            away = {n: apart(player, people[n]) for n in rest}
            nearest = min(away.values(), default=np.inf)
            if nearest > ALONE and player.seen.sum() >= WELL_SEEN and _well_seen(player):
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

    def _unlike(self, people: list[Pose], image: NDArray[np.uint8], most: float) -> set[int]:
        """Return who looks more than so unlike the player, or more like somebody else known."""
        out = set()
        for n, pose in enumerate(people):
            looks = appearance_of(pose, image)
            mine = self._mine[n] = self._memory.unlike(looks)
            if np.isfinite(mine) and (mine > most or self._like_another(looks, mine - CLEARLY)):
                out.add(n)
        return out

    def _like_another(self, looks: Appearance, less: float, told: int = LOOKS_TOLD) -> bool:
        """Say whether somebody looks less unlike than that one of the others, seen so often."""
        known = (one.memory for one in self._others if one.memory.looks >= told)
        return any(memory.unlike(looks) < less for memory in known)

    def _returned(
        self, people: list[Pose], likely: set[int], image: NDArray[np.uint8], at_s: float
    ) -> set[int]:
        """Return the one who looks like the player, on average of some looks, if there is one.

        One look tells little: a limb out of place, or before the wall, is another garment.
        """
        looks = {
            n: appearance_of(people[n], image) for n in likely
            if people[n].seen.sum() >= MIN_ACQUIRED and _well_seen(people[n])
        }  # fmt: skip
        before, self._back = self._back, None
        unlike = {n: self._memory.unlike(each) for n, each in looks.items()}
        mine = {n: told for n, told in unlike.items() if np.isfinite(told)}
        if not mine:
            return set()
        near = [n for n in mine if mine[n] < min(mine.values()) + CLEARLY]
        same = [n for n in near if before and apart(people[n], before.pose) < ALONE]
        n = same[0] if same else min(near, key=lambda n: mine[n])
        back = (
            before
            if same and before is not None
            else _Back(people[n], at_s, at_s, Remembered())
        )
        alone_s = back.alone_s if len(people) == 1 else at_s
        back.memory.learn(looks[n], 0.0)  # all looks count alike
        self._back = back._replace(pose=people[n], alone_s=alone_s)
        most = LIKE if at_s - alone_s >= ALONE_S else ALIKE
        told = at_s - back.since_s >= CONFIRM_S - 1e-6
        return {n} if told and self._is_like(back.memory, most) else set()

    def _is_like(self, one: Remembered, most: float) -> bool:
        """Say whether somebody remembered looks no more than so unlike the player, or like another."""
        if one.appearance is None:
            return False
        unlike = self._memory.unlike(one.appearance)
        return unlike <= most and not self._like_another(one.appearance, unlike, told=1)

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


def _well_seen(pose: Pose) -> bool:
    """Say whether the joints seen are so sure that they are somebody's."""
    return float(pose.joints[pose.seen, 2].mean()) >= SURELY_SEEN
