"""A raised hand as a pointer: from poses to a place in the window, from a rest there to a choice.

Whoever looks at a menu may dance, wait, stretch or telephone before it, so a hand points only after a
deliberate start: raised beside the head, the other one hanging, body and hand still for a moment.
A choice is a way to somewhere and a rest there: a hand that merely stays up chooses nothing.
Lengths are in torsos (neck to hip), so that near and far, standing and seated players reach alike.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.core.body import (
    L_ELBOW,
    L_HIP,
    L_SHOULDER,
    L_WRIST,
    NOSE,
    R_ELBOW,
    R_HIP,
    R_SHOULDER,
    R_WRIST,
)
from kpopdance.realtime.pose.stature import torso_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from kpopdance.realtime.core.types import Pose

START_S: Final = 0.5
REST_S: Final = 0.8
RAISED: Final = 0.12  # of the wrist over its shoulder, to start
UPRIGHT_DEG: Final = 60.0  # of the forearm, to start
BENT: Final = 0.7  # of the wrist from its shoulder, to start: who leans on a wall stretches it
FOREARM: Final = 0.2  # of the wrist over its elbow, to start: a forearm that points up
BESIDE_HEAD: Final = 0.47  # of the wrist from the nose, to start: nearer it strokes hair
STILL: Final = 0.2  # a hand may wander so far in ``START_S``
BODY_STILL: Final = 0.15
HANGS, HUNG = 0.45, 0.25  # of the other wrist below its shoulder: to start, and from then on
LOW, LOWER = 0.2, 0.45  # so far over its shoulder an elbow may be: to start, and from then on
DROPPED: Final = 0.6  # of the wrist below its shoulder: it is taken down
FACING, FACED = 0.4, 0.25  # of one shoulder beside the other: to start, and from then on
LEANS: Final = 0.36  # of the shoulders beside the hips: a tilt of 20 degrees
MOVES: Final = 0.3  # of the body in ``MOVED_S``: whoever walks or dances does not point
MOVED_S: Final = 0.5
RESTLESS: Final = 1.3  # windows in ``LONG_S``: a hand that goes to and fro waves
LONG_S: Final = 2.0
STEP_S, STEP = 0.09, 0.05  # looks nearer in time and shorter ways do not count: they are noise
FORGIVEN_S: Final = 0.35  # a look that fails does not take the hand down
LOST_S: Final = 0.7  # nor one that points: before the body a wrist is easily missed
GONE_S: Final = 1.2  # looks that do not come do
FEWEST: Final = 3  # looks that say a hand is still
REACH: Final = ((-0.4, 0.8), (-0.12, 0.7))
"""What stands for the window: outward and upward of the shoulder, where an elbow stays low."""
CALM_HZ, LIVELY_HZ = 1.5, 6.0  # One-Euro: at rest, and more per window a second
JUMPS: Final = 0.4  # of the window between two looks: believed if the next one says so too
AWAY: Final = 0.1  # of the window: a way to somewhere
NEXT: Final = 0.05  # of the window: after a choice, to something else that lies near
WANDERS: Final = 0.1  # of the window: a hand that rests goes no farther from its place


@dataclass(frozen=True, slots=True)
class Pointing:
    """Where a raised hand points as of host second ``at_s``: 0..1 from the window's left and top.

    Beyond them it is outside: a hand that moves there does not rest.
    """

    x: float
    y: float
    at_s: float

    def px(self, size: tuple[int, int]) -> tuple[float, float]:
        """Return where that is in a window of a size, or nearest to it at its edge."""
        x, y = (min(max(share, 0.0), 1.0) for share in (self.x, self.y))
        return x * size[0], y * size[1]

    def away(self, other: Pointing) -> float:
        """Return how far another place is, of the window."""
        return math.hypot(self.x - other.x, self.y - other.y)


class _Arm(NamedTuple):
    """An arm as it points, and the body around it, in torsos.

    ``wrist`` is (outward, upward) of its shoulder, ``over_elbow`` likewise of its elbow; ``other`` is
    how far the other wrist hangs below its shoulder; ``body`` alone is px: (x, y) of the shoulders'
    middle.
    """

    right: bool
    wrist: tuple[float, float]
    over_elbow: tuple[float, float]
    off_nose: float
    other: float
    facing: float
    leans: float
    body: tuple[float, float]

    @property
    def elbow(self) -> float:
        """How far the elbow is over its shoulder."""
        return self.wrist[1] - self.over_elbow[1]

    @property
    def starts(self) -> bool:
        """Whether the arm is raised as nobody raises it but to point."""
        outward, upward = self.over_elbow
        return (
            self.wrist[1] >= RAISED
            and math.hypot(*self.wrist) <= BENT
            and upward >= FOREARM
            and abs(math.degrees(math.atan2(outward, upward))) <= UPRIGHT_DEG
            and self.off_nose >= BESIDE_HEAD
            and self.elbow <= LOW
            and self.other >= HANGS
            and self.facing >= FACING
            and self.leans <= LEANS
        )

    @property
    def stays(self) -> bool:
        """Whether it still points, once it does."""
        return (
            self.wrist[1] >= -DROPPED
            and self.elbow <= LOWER
            and self.other >= HUNG
            and self.facing >= FACED
            and self.leans <= LEANS
        )


class RaisedHand:
    """``step`` says where a player's raised hand points, look by look."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Take the hand down."""
        self._right: bool | None = None
        self._past: deque[tuple[float, _Arm]] = deque()
        self._held_s = -math.inf
        self._at: Pointing | None = None
        self._jumped: tuple[float, float] | None = None
        self._speed = 0.0
        self._steps: deque[Pointing] = deque()
        self._torso = 0.0

    def step(self, pose: Pose | None, at_s: float) -> Pointing | None:
        """Return where it points in the look of host second ``at_s``; None where none does."""
        if self._past and at_s - self._past[-1][0] > GONE_S:
            self.reset()
        arms = () if pose is None else self._arms(pose)
        if self._right is None:
            return self._starting(arms, at_s)
        arm = next((arm for arm in arms if arm.right == self._right), None)
        if arm is not None and arm.stays and not self._moves(arm, at_s):
            self._held_s = at_s
            self._note(arm, at_s, MOVED_S)
            self._at = self._steadied(_place(arm), at_s)
            if self._restless(self._at):
                self.reset()
        elif at_s - self._held_s > (FORGIVEN_S if arm is not None else LOST_S):
            self.reset()
        return self._at

    def _starting(self, arms: tuple[_Arm, ...], at_s: float) -> Pointing | None:
        """Begin to point with an arm that has been raised and still for a moment."""
        side = self._past[-1][1].right if self._past else None
        before = (arm for arm in arms if arm.right == side)
        arm = next((arm for arm in arms if arm.starts), next(before, None))
        if arm is None or (side is not None and arm.right != side):
            if at_s - self._held_s > FORGIVEN_S:
                self._past.clear()
            return None
        self._held_s = at_s
        since_s = self._note(arm, at_s, START_S)
        failed = sum(not past.starts for _, past in self._past)
        if at_s - since_s < START_S or len(self._past) < FEWEST or failed > 1 or not arm.starts:
            return None
        wander = np.ptp([past.wrist for _, past in self._past], axis=0)
        moved = np.ptp([past.body for _, past in self._past], axis=0)
        if math.hypot(*wander) > STILL or math.hypot(*moved) > BODY_STILL * self._torso:
            return None
        self._right = arm.right
        self._at = Pointing(*_place(arm), at_s)
        return self._at

    def _note(self, arm: _Arm, at_s: float, kept_s: float) -> float:
        """Keep an arm, and those before it for so long; return since when there are any."""
        self._past.append((at_s, arm))
        while len(self._past) > 2 and self._past[1][0] <= at_s - kept_s:
            self._past.popleft()
        return self._past[0][0]

    def _moves(self, arm: _Arm, at_s: float) -> bool:
        """Return whether the body goes elsewhere."""
        return any(
            math.dist(past.body, arm.body) > MOVES * self._torso
            for past_s, past in self._past
            if past_s >= at_s - MOVED_S
        )

    def _restless(self, at: Pointing) -> bool:
        """Return whether the hand goes to and fro all the time."""
        steps = self._steps
        if not steps or at.at_s - steps[-1].at_s >= STEP_S:
            steps.append(at)
        while steps[0].at_s < at.at_s - LONG_S:
            steps.popleft()
        ways = [there.away(here) for here, there in pairwise(steps)]
        return sum(way for way in ways if way > STEP) > RESTLESS

    def _steadied(self, place: tuple[float, float], at_s: float) -> Pointing:
        """Return a place without jitter: One-Euro (see ``one_euro.py``)."""
        before, jumped = self._at, self._jumped
        self._jumped = None
        if before is None or at_s <= before.at_s:
            return Pointing(*place, at_s)
        if math.dist(place, (before.x, before.y)) > JUMPS and (
            jumped is None or math.dist(place, jumped) > JUMPS
        ):
            self._jumped = place
            return before
        gone_s = at_s - before.at_s
        speed = math.hypot(place[0] - before.x, place[1] - before.y) / gone_s
        self._speed += _share(CALM_HZ, gone_s) * (speed - self._speed)
        share = _share(CALM_HZ + LIVELY_HZ * self._speed, gone_s)
        x, y = (
            before.x + share * (place[0] - before.x),
            before.y + share * (place[1] - before.y),
        )
        return Pointing(x, y, at_s)

    def _arms(self, pose: Pose) -> tuple[_Arm, ...]:
        """Return the arms that are seen, in the body's own lengths."""
        torso = float(torso_of(pose.joints))
        if torso <= 0 or not pose.seen[[R_SHOULDER, L_SHOULDER, NOSE]].all():
            return ()
        self._torso = torso if self._torso <= 0 else self._torso + 0.3 * (torso - self._torso)
        sides = ((True, R_SHOULDER, R_ELBOW, R_WRIST), (False, L_SHOULDER, L_ELBOW, L_WRIST))
        return tuple(
            _arm(pose, self._torso, right, (shoulder, elbow, wrist))
            for right, shoulder, elbow, wrist in sides
            if pose.seen[[elbow, wrist]].all()
        )


def _arm(pose: Pose, torso: float, right: bool, joints: tuple[int, int, int]) -> _Arm:
    """Return one arm of a pose whose torso is so many px long."""
    xy, seen = pose.joints[:, :2].astype(np.float64), pose.seen
    shoulder, elbow, wrist = joints
    other_shoulder, other = (L_SHOULDER, L_WRIST) if right else (R_SHOULDER, R_WRIST)
    outward = -1.0 if right else 1.0  # whoever faces the camera has their right at its left
    middle = (xy[R_SHOULDER] + xy[L_SHOULDER]) / 2
    hips = [float(xy[hip, 0]) for hip in (R_HIP, L_HIP) if seen[hip]]

    def way(start: int) -> tuple[float, float]:
        x, y = (xy[wrist] - xy[start]) / torso
        return outward * float(x), -float(y)

    return _Arm(
        right, way(shoulder), way(elbow), math.hypot(*way(NOSE)),
        float(xy[other, 1] - xy[other_shoulder, 1]) / torso if seen[other] else HANGS,
        float(xy[L_SHOULDER, 0] - xy[R_SHOULDER, 0]) / torso,
        abs(float(middle[0]) - sum(hips) / len(hips)) / torso if hips else 0.0,
        (float(middle[0]), float(middle[1])),
    )  # fmt: skip


def _place(arm: _Arm) -> tuple[float, float]:
    """Return where in the window an arm points, as in a mirror."""
    shares = [
        (value - low) / (high - low)
        for value, (low, high) in zip(arm.wrist, REACH, strict=True)
    ]
    return (shares[0] if arm.right else 1 - shares[0]), 1 - shares[1]


def _share(cutoff_hz: float, gone_s: float) -> float:
    return 1 / (1 + 1 / (2 * math.pi * cutoff_hz * gone_s))


class Rest:
    """``step`` says when a hand has come to something and rested on it: that is a choice.

    Attributes
    ----------
    on : Hashable or None
        What it rests on.
    since_s : float or None
        Since when, host seconds; None: it has not gone anywhere yet, and chooses nothing.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the hand."""
        self.on: Hashable | None = None
        self.since_s: float | None = None
        self._from: Pointing | None = None
        self._chosen: Hashable | None = None
        self._past: list[Pointing] = []
        self._stray: tuple[Hashable | None, Pointing] | None = None

    def step(self, on: Hashable | None, at: Pointing | None, *, again: bool = False) -> bool:
        """Return whether what the hand is ``on`` is chosen; ``again``: also if it goes on to rest there.

        After a choice the hand has to go elsewhere first.
        """
        if at is None:
            self.reset()
            return False
        self._from = self._from or at
        least = AWAY if self._chosen in (None, on) else NEXT
        if not self._stays(on, at) or (self.since_s is None and at.away(self._from) < least):
            return False
        self._past = rested([*self._past, at])
        self.since_s = self._past[0].at_s
        if on is None or at.at_s - self.since_s < REST_S:
            return False
        self._from, self._past, self._chosen = at, [], on
        self.since_s = at.at_s if again else None
        return True

    def _stays(self, on: Hashable | None, at: Pointing) -> bool:
        """Return whether it is on the same as before; one look that says otherwise is not believed."""
        stray, self._stray = self._stray, None
        if on == self.on:
            return True
        if self.on is not None and (stray is None or stray[0] != on):
            self._stray = on, at
            return False
        self.on = on
        self._past = [] if stray is None or self.since_s is None else [stray[1]]
        return True


def rested(past: list[Pointing]) -> list[Pointing]:
    """Return the newest of these looks in which a hand rested; one in seven may be mistaken."""
    while len(past) > 1:
        x, y = median(each.x for each in past), median(each.y for each in past)
        far = sum(math.hypot(each.x - x, each.y - y) > WANDERS for each in past)
        if far <= len(past) // 7:
            break
        past = past[1:]
    return past
