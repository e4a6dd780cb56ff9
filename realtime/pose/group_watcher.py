"""Frame in, the poses of all players of a group out; each stays who they are."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from kpopdance.engines.tongues import _
from kpopdance.realtime.pose.looks import looks_in_words
from kpopdance.realtime.pose.watcher import CROP_PX, Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpopdance.engines.maps import Region
    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Frame, Pose
    from kpopdance.realtime.pose.group_tracker import GroupTracker
    from kpopdance.realtime.pose.looks import Glance
    from kpopdance.realtime.pose.policy import Need, Plan

LOOKS_S: Final = 1 / 16
"""What looking at a frame may take: fifteen poses a second, as some pictures are looked at between."""
WORTH_S: Final = 1 / 12
"""The same for looks that put many more joints in place, where a computer is too slow for both.

From ten looks a second on a score is as good as it gets."""


class Place(NamedTuple):
    """How a player's place is doing in the newest look.

    ``pose`` is theirs, steadied, px of the frame (None: not seen in it); ``gone_s`` is for how long
    they have not been seen, infinite for nobody yet; ``doubted`` where it may be another's.
    """

    pose: Pose | None
    gone_s: float
    doubted: bool


class GroupWatcher(Watcher):
    """Follows the players of a group.

    Parameters
    ----------
    eyes, crop_px, budget_s, now
        See ``Watcher``.
    group : GroupTracker
        Who they are.
    """

    def __init__(
        self, eyes: Eyes, group: GroupTracker, *, crop_px: int = CROP_PX,
        budget_s: float = math.inf, now: Callable[[], float] = lambda: 0.0,
    ) -> None:  # fmt: skip
        self.group = group
        super().__init__(
            eyes,
            players=group.places,
            crop_px=crop_px,
            budget_s=max(budget_s, LOOKS_S),
            evenly_s=WORTH_S,
            now=now,
        )
        self._trackers = group.trackers
        self.places: tuple[Place, ...] = ()
        self._crops: list[Glance] = []
        self._everywhere = False

    def reset(self) -> None:
        """Forget where everybody is."""
        super().reset()
        self.group.forget()
        self._trackers = self.group.trackers

    def hold(self, poses: Sequence[Pose], frame: Frame) -> None:
        """Make the people of these poses the players, in their order."""
        self.group.hold(poses, frame.image, frame.captured_s)
        self._trackers = self.group.trackers

    def watch(self, frame: Frame) -> list[Pose | None]:
        """Return each place's pose in px of the frame, steadied; None where nobody is seen."""
        at_s = frame.captured_s
        poses = [
            None if pose is None else self.group.steadied(k, pose, at_s)
            for k, pose in enumerate(self.find(frame))
        ]
        self.places = tuple(
            Place(pose, self.group.gone_s(k, at_s), self.group.unsettled_s(k) is not None)
            for k, pose in enumerate(poses)
        )
        return poses

    def find(self, frame: Frame) -> list[Pose | None]:
        """Return each place's pose as the networks saw it in this frame alone."""
        if self._anew:
            self._anew = False
            self.group.look_anew()
            self._trackers = self.group.trackers
        return super().find(frame)

    def given_up(self) -> str:
        """Return in words what one of them alone would be looked at with, and is not; empty: nothing."""
        alone = tuple(look for look in self._policy.alone if look != "crop")
        if len(self._crops) < 2 or all(set(alone) <= set(crop) for crop in self._crops):
            return ""
        return _(
            "so many at once: {got} instead of {alone}",
            got=looks_in_words(min(self._crops, key=len)),
            alone=looks_in_words(alone),
        )

    def _needs(self, regions: list[Region | None], at_s: float) -> list[Need]:
        """Return how each player is doing, and who may be taken for another."""
        needs = super()._needs(regions, at_s)
        return [
            replace(need, crossing=self.group.unsettled_s(k) is not None)
            for k, need in enumerate(needs)
        ]

    def _found(
        self, frame: Frame, regions: list[Region | None], plan: Plan
    ) -> list[Pose | None]:
        """Return each place's pose; what the players were looked at with is remembered."""
        self._crops = [crop for crop in plan.crops if crop]
        self._everywhere = plan.picture is not None
        return super()._found(frame, regions, plan)

    def _choose(self, held: list[int], people: list[Pose], frame: Frame) -> list[Pose | None]:
        """Return each place's pose among the people found; only those ``held`` were looked for."""
        sought = None if self._everywhere else [self._trackers[k] for k in held]
        found = self.group.step(people, frame.image, frame.captured_s, sought)
        self._trackers = self.group.trackers
        return found
