"""Frame in, players' poses out: the same stage for the live loop, recording and scoring videos."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Final

from kpopdance.engines.maps import FAINT
from kpopdance.engines.ports import Finder, PersonFinder
from kpopdance.realtime.pose.confidence import MOVENET, OPENPOSE, calibrated, merged
from kpopdance.realtime.pose.limb_tree import complete
from kpopdance.realtime.pose.live_filter import LiveFilter
from kpopdance.realtime.pose.one_person import person_from_maps
from kpopdance.realtime.pose.player_tracker import PlayerTracker
from kpopdance.realtime.pose.policy import Need, Policy
from kpopdance.realtime.pose.skeletons import assemble
from kpopdance.realtime.pose.tracker import Tracker, apart, box_of, choose_all, crop_region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.engines.maps import Candidates, PoseMaps, Region
    from kpopdance.engines.ports import Eyes, PersonVision, Vision
    from kpopdance.realtime.core.types import Frame, Pose
    from kpopdance.realtime.pose.policy import Look, Plan

CROP_PX: Final = 256
FULL_AREA_PX: Final = 432 * 368  # of the input for a full picture: two cores manage it in 70 ms
SAME_PERSON: Final = 0.5  # body sizes between two networks' poses of one person, at most
DOUBLE: Final = 0.2  # the same in two crops
WARM_UPS: Final = 2
LOOK_WORDS: Final[dict[Look, str]] = {
    "everybody": "OpenPose, whole picture",
    "crop": "OpenPose",
    "person": "MoveNet",
}


class Watcher:
    """Follows dancers through frames.

    Parameters
    ----------
    eyes : Eyes
        The networks.
    players : int
        How many dancers to follow.
    crop_px : int
        Side of OpenPose's input for one dancer, a multiple of 8.
    full_area_px : int
        Its input's area for a full picture.
    budget_s : float
        What watching one frame may take; infinite offline, then every dancer gets both networks.
    now : callable
        The host clock; offline it need not go.
    """

    kind: ClassVar[type[Tracker]] = Tracker

    def __init__(
        self, eyes: Eyes, *, players: int = 1, crop_px: int = CROP_PX,
        full_area_px: int = FULL_AREA_PX, budget_s: float = math.inf,
        now: Callable[[], float] = lambda: 0.0,
    ) -> None:  # fmt: skip
        self._eyes = eyes
        self._crop = (crop_px, crop_px)
        self._full_area_px = full_area_px
        self._now = now
        self._policy = Policy(eyes.wish, top_down=eyes.one is not None, budget_s=budget_s)
        self._trackers = [self.kind() for _ in range(players)]
        self._anew = False
        self._filters = [LiveFilter() for _ in range(players)]
        self.looks: tuple[Look, ...] = ()
        self._runtime = eyes.runtime

    def reset(self) -> None:
        """Forget the dancers."""
        self._policy.reset()
        for tracker, filtering in zip(self._trackers, self._filters, strict=True):
            tracker.reset()
            filtering.reset()

    def choose_anew(self) -> None:
        """Follow somebody else from the next frame on, in turn; any thread may ask."""
        self._anew = True

    def hold(self, poses: list[Pose], frame: Frame) -> None:
        """Follow the people of these poses, one for each player, from this frame on."""
        self.reset()
        for tracker, pose in zip(self._trackers, poses, strict=True):
            tracker.hold(pose, frame.image, frame.captured_s)

    def watch(self, frame: Frame) -> list[Pose | None]:
        """Return each dancer's pose in px of the frame, steadied; None where not seen."""
        found = self.find(frame)
        return [
            None if pose is None else filtering.step(pose, frame.captured_s)
            for pose, filtering in zip(found, self._filters, strict=True)
        ]

    def find(self, frame: Frame) -> list[Pose | None]:
        """Return each dancer's pose as the networks saw it in this frame alone."""
        at_s = frame.captured_s
        if self._anew:
            self._anew = False
            for tracker, filtering in zip(self._trackers, self._filters, strict=True):
                filtering.reset()
                tracker.choose_anew(at_s)
        if self._eyes.runtime != self._runtime:  # the GPU failed: others look, at other costs
            self._runtime = self._eyes.runtime
            self._policy.costs.forget()
        regions = [tracker.region(at_s) for tracker in self._trackers]
        needs = [
            Need(region is None, tracker.doubtful, tracker.sureness)
            for region, tracker in zip(regions, self._trackers, strict=True)
        ]
        plan = self._policy.plan(needs, at_s)
        self.looks = ("everybody",) if plan.everybody else max(plan.crops, key=len)
        if plan.everybody:
            return choose_all(self._trackers, self._everybody(frame.image), frame.image, at_s)
        return self._by_crops(frame, regions, plan)

    def warm_up(self, image: NDArray[np.uint8]) -> None:
        """Let the runtime prepare for every look it will be asked for, and learn what each costs."""
        height, width = image.shape[:2]
        middle = ((width - height) / 2, 0.0, (width + height) / 2, float(height))
        for _ in range(WARM_UPS):
            self._policy.costs.forget()
            self._everybody(image)
            self._crop_people(image, middle)
            self._person(image, middle)

    def _by_crops(
        self, frame: Frame, regions: list[Region | None], plan: Plan
    ) -> list[Pose | None]:
        """Return each dancer's pose from crops; who is lost waits for the next full picture."""
        people = [
            self.glance(frame.image, region, looks)
            for region, looks in zip(regions, plan.crops, strict=True)
            if region is not None
        ]
        held = [k for k, region in enumerate(regions) if region is not None]
        trackers = [self._trackers[k] for k in held]
        chosen = choose_all(trackers, distinct(people), frame.image, frame.captured_s)
        found: list[Pose | None] = [None] * len(self._trackers)
        for k, pose in zip(held, chosen, strict=True):
            found[k] = pose
        return found

    def glance(
        self, image: NDArray[np.uint8], region: Region, looks: tuple[Look, ...]
    ) -> list[Pose]:
        """Return who is seen in one dancer's crop, both networks' joints of the same person merged."""
        people = self._crop_people(image, region) if "crop" in looks else []
        one = self._person(image, region) if "person" in looks else None
        if one is None:
            return people
        nearest = min(people, key=lambda pose: apart(pose, one), default=None)
        if nearest is None or apart(nearest, one) > SAME_PERSON:
            return [*people, one]
        rest = [pose for pose in people if pose is not nearest]
        return [merged(nearest, one), *rest]

    def _everybody(self, image: NDArray[np.uint8]) -> list[Pose]:
        with self._timed("everybody"):
            return look_everywhere(self._eyes.everybody, image, area_px=self._full_area_px)

    def _crop_people(self, image: NDArray[np.uint8], region: Region) -> list[Pose]:
        with self._timed("crop"):
            seen = look(self._eyes.everybody, image, region=region, size=self._crop)
            # Where a crop shows nobody, the faintest peaks may be the player's.
            people = assemble(seen) or assemble(seen, threshold=FAINT)
            return believed(people, seen, region)

    def _person(self, image: NDArray[np.uint8], region: Region) -> Pose | None:
        if self._eyes.one is None:
            return None
        with self._timed("person"):
            return _one(self._eyes.one, image, region)

    @contextmanager
    def _timed(self, look: Look) -> Iterator[None]:
        began_s = self._now()
        yield
        self._policy.costs.add(look, self._now() - began_s)


class PlayerWatcher(Watcher):
    """Follows a player: one person for a whole song, however long they are gone."""

    kind = PlayerTracker


def look_everywhere(
    vision: Vision, image: NDArray[np.uint8], *, area_px: int = FULL_AREA_PX
) -> list[Pose]:
    """Return everybody in a picture, most visible first."""
    seen = look(vision, image, region=None, size=full_size(image.shape, area_px))
    return believed(assemble(seen), seen)


def look(
    vision: Vision, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
) -> PoseMaps | Candidates:
    """Return what a network sees, and only the candidates where it finds them itself."""
    if isinstance(vision, Finder):
        return vision.find(image, region=region, size=size)
    return vision.see(image, region=region, size=size)


def look_closely(
    eyes: Eyes, image: NDArray[np.uint8], *, area_px: int = FULL_AREA_PX
) -> list[Pose]:
    """Return everybody in a picture, each looked at again by the top-down network if there is one."""
    people = look_everywhere(eyes.everybody, image, area_px=area_px)
    return [refined(pose, eyes, image) for pose in people]


def refined(pose: Pose, eyes: Eyes, image: NDArray[np.uint8]) -> Pose:
    """Return a person's pose merged with what the top-down network sees there.

    That network's alone where it was wished for; as it is where there is none, or where it sees
    somebody else.
    """
    if eyes.one is None or pose.seen.sum() < 2:
        return pose
    one = _one(eyes.one, image, crop_region(box_of(pose)))
    if apart(pose, one) > SAME_PERSON:
        return pose
    return one if eyes.wish == "movenet" else merged(pose, one)


def _one(vision: PersonVision, image: NDArray[np.uint8], region: Region) -> Pose:
    if isinstance(vision, PersonFinder):
        seen = vision.find_person(image, region=region)
    else:
        seen = vision.see_person(image, region=region)
    return calibrated(person_from_maps(seen), MOVENET)


def believed(
    people: list[Pose], seen: PoseMaps | Candidates, region: Region | None = None
) -> list[Pose]:
    """Return OpenPose's people with missing joints filled and confidences that mean something.

    ``region`` bounds where joints are looked for; None: around each person.
    """
    return [calibrated(pose, OPENPOSE) for pose in complete(people, seen, region)]


def distinct(crops: list[list[Pose]]) -> list[Pose]:
    """Return the people of several crops without doubles: of one seen twice, the surer pose.

    Two people of one crop are two, however near they stand.
    """
    kept = list(crops[0]) if crops else []
    for people in crops[1:]:
        fresh = []
        for pose in people:
            double = min(kept, key=lambda other: apart(pose, other), default=None)
            if double is None or apart(pose, double) > DOUBLE:
                fresh.append(pose)
            elif pose.joints[:, 2].sum() > double.joints[:, 2].sum():
                kept[[id(other) for other in kept].index(id(double))] = pose
        kept += fresh
    return kept


def looks_in_words(looks: tuple[Look, ...]) -> str:
    """Return which networks looked, for the small print."""
    return " + ".join(LOOK_WORDS[look] for look in looks) or "looking"


def full_size(shape: tuple[int, ...], area_px: int) -> tuple[int, int]:
    """Return the input (height, width), multiples of 8, of about ``area_px`` in the picture's shape."""
    height, width = shape[:2]
    scale = math.sqrt(area_px / (height * width))
    return max(round(height * scale / 8), 4) * 8, max(round(width * scale / 8), 4) * 8
