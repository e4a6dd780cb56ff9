"""Frame in, players' poses out: the same stage for the live loop, recording and scoring videos."""

from __future__ import annotations

import math
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, ClassVar, Final

from kpopdance.engines.maps import FAINT, Upright
from kpopdance.engines.ports import Finder, PersonFinder, UprightFinder, UprightVision
from kpopdance.realtime.pose.confidence import (
    CURVES,
    OPENPOSE,
    OPENPOSE_HANDICAP,
    calibrated,
    merged,
)
from kpopdance.realtime.pose.limb_tree import complete
from kpopdance.realtime.pose.live_filter import LiveFilter
from kpopdance.realtime.pose.looks import close_looks
from kpopdance.realtime.pose.neighbours import without_taken_arms
from kpopdance.realtime.pose.one_person import person_from_maps
from kpopdance.realtime.pose.player_tracker import PlayerTracker
from kpopdance.realtime.pose.policy import EVENLY_S, Need, Policy
from kpopdance.realtime.pose.skeletons import assemble
from kpopdance.realtime.pose.tracker import (
    MIN_SEEN,
    Tracker,
    apart,
    box_of,
    choose_all,
    own_region,
)
from kpopdance.realtime.pose.upright_person import person_from_upright, upright_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.engines.maps import Candidates, PoseMaps, Region
    from kpopdance.engines.ports import CloseVision, Eyes, Vision
    from kpopdance.realtime.core.types import Frame, Pose
    from kpopdance.realtime.pose.looks import Look
    from kpopdance.realtime.pose.policy import Costs, Plan

    Together = Callable[[Callable[[int], list[Pose]], Iterable[int]], Iterable[list[Pose]]]

CROP_PX: Final = 256
FULL_AREA_PX: Final = 432 * 368  # of the input for a full picture
SMALL_SHARE: Final = (
    0.31  # of that for a small one, 256x192: enough for whoever fills half the height
)
SAME_PERSON: Final = 0.5  # body sizes between two networks' poses of one person, at most
DOUBLE: Final = 0.2  # the same in two crops
WARM_UPS: Final = 2
WHOLE: Final[tuple[Look, ...]] = ("everybody", "small")
"""Looks at the picture as it is, whose input has its shape."""
CONTESTED_S: Final = 0.5  # after a dancer was missed, or somebody else was near


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
    budget_s, evenly_s : float
        What watching one frame may take, and what where it is much more exact then (``Policy``); the
        first is infinite offline, then every dancer gets all that help.
    now : callable
        The host clock; offline it need not go.
    together : callable
        A ``map`` that may glance at several dancers at once; the poses are the same.
    """

    kind: ClassVar[type[Tracker]] = Tracker

    def __init__(  # noqa: PLR0913 - all but one by their names
        self, eyes: Eyes, *, players: int = 1, crop_px: int = CROP_PX,
        full_area_px: int = FULL_AREA_PX, budget_s: float = math.inf, evenly_s: float = EVENLY_S,
        now: Callable[[], float] = lambda: 0.0, together: Together = map,
    ) -> None:  # fmt: skip
        self._eyes = eyes
        self._together = together
        self._crop = (crop_px, crop_px)
        self._full_area_px = full_area_px
        self._now = now
        self._policy = Policy(eyes.wish, close=eyes.close, budget_s=budget_s, evenly_s=evenly_s)
        self._trackers = [self.kind() for _ in range(players)]
        self._contested_s = [math.inf] * players
        self._anew = False
        self._filters = [LiveFilter() for _ in range(players)]
        self.looks: tuple[Look, ...] = ()
        self._runtime = eyes.runtime

    @property
    def runtime(self) -> str:
        """What the networks run on now."""
        return self._eyes.runtime

    @property
    def quickest(self) -> tuple[Look, ...]:
        """The looks at a dancer that cost least."""
        return self._policy.quickest

    @property
    def quickest_s(self) -> float:
        """What they cost, as far as that was measured."""
        return self._policy.quickest_s

    def go_by(self, costs: Costs) -> None:
        """Go by what looks through these eyes cost others, and tell them what is learnt."""
        self._policy.costs = costs

    def reset(self) -> None:
        """Forget the dancers."""
        self._policy.reset()
        self._contested_s = [math.inf] * len(self._trackers)
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
        plan = self._policy.plan(self._needs(regions, at_s), at_s)
        picture = () if plan.picture is None else (plan.picture,)
        self.looks = (*picture, *max(plan.crops, key=len))
        return self._found(frame, regions, plan)

    def warm_up(self, image: NDArray[np.uint8], looks: Sequence[Look] = ()) -> None:
        """Let the runtime prepare for these looks, or all it may be asked for, and learn the costs."""
        height, width = image.shape[:2]
        middle = ((width - height) / 2, 0.0, (width + height) / 2, float(height))
        for _ in range(WARM_UPS):
            for name in looks or self._policy.looks:
                self._policy.costs.forget(name)
                if name in WHOLE:
                    self._picture_people(image, name)
                elif name == "crop":
                    self._crop_people(image, middle)
                else:
                    with self._timed(name):
                        seen_closely(self._eyes.close[name], image, middle)

    def _needs(self, regions: list[Region | None], at_s: float) -> list[Need]:
        """Return how each dancer is doing, whose regions are known."""
        return [
            Need(region is None, tracker.doubtful, tracker.sureness, at_s < contested_s)
            for region, tracker, contested_s in zip(
                regions, self._trackers, self._contested_s, strict=True
            )
        ]

    def _found(
        self, frame: Frame, regions: list[Region | None], plan: Plan
    ) -> list[Pose | None]:
        """Return each dancer's pose; who is lost waits for the next picture."""
        at_s = frame.captured_s

        def glance(k: int) -> list[Pose]:
            region = regions[k]
            assert region is not None
            own = self._trackers[k].own_region(frame.captured_s)
            return self.glance(frame.image, region, plan.crops[k], own)

        seen = [k for k, looks in enumerate(plan.crops) if looks and regions[k] is not None]
        people = distinct(list(self._together(glance, seen)))
        if plan.picture is not None:
            people += others(self._picture_people(frame.image, plan.picture), people)
        people = without_taken_arms(people)
        held = [k for k, region in enumerate(regions) if region is not None or plan.picture]
        found = self._choose(held, people, frame)
        strangers = [pose for pose in people if all(pose is not one for one in found)]
        for k in held:
            pose, region = found[k], self._trackers[k].region(at_s)
            if pose is None or any(within(one, region) for one in strangers):
                self._contested_s[k] = at_s + CONTESTED_S
            elif math.isinf(self._contested_s[k]):  # OpenPose has looked
                self._contested_s[k] = at_s
        return found

    def _choose(self, held: list[int], people: list[Pose], frame: Frame) -> list[Pose | None]:
        """Return each dancer's pose among the people found; only those ``held`` were looked for."""
        trackers = [self._trackers[k] for k in held]
        chosen = choose_all(trackers, people, frame.image, frame.captured_s)
        found: list[Pose | None] = [None] * len(self._trackers)
        for k, pose in zip(held, chosen, strict=True):
            found[k] = pose
        return found

    def glance(
        self, image: NDArray[np.uint8], region: Region, looks: tuple[Look, ...],
        own: Region | None = None,
    ) -> list[Pose]:  # fmt: skip
        """Return who is seen in one dancer's crop, all networks' joints of the same person merged.

        ``own`` is the part of it that shows the dancer and not the neighbours.
        """
        people = self._crop_people(image, region) if "crop" in looks else []
        close = [look for look in looks if look in self._eyes.close]
        one = closely(self._eyes, image, region if own is None else own, close, self._timed)
        if one is None:
            return people
        nearest = min(people, key=lambda pose: apart(pose, one), default=None)
        if nearest is None or apart(nearest, one) > SAME_PERSON:
            return [*people, one]
        rest = [pose for pose in people if pose is not nearest]
        return [merged(nearest, one, OPENPOSE_HANDICAP), *rest]

    def _picture_people(self, image: NDArray[np.uint8], picture: Look) -> list[Pose]:
        share = SMALL_SHARE if picture == "small" else 1.0
        with self._timed(picture):
            return look_everywhere(
                self._eyes.everybody, image, area_px=round(share * self._full_area_px)
            )

    def _crop_people(self, image: NDArray[np.uint8], region: Region) -> list[Pose]:
        with self._timed("crop"):
            seen = look(self._eyes.everybody, image, region=region, size=self._crop)
            # Where a crop shows nobody, the faintest peaks may be the player's.
            people = assemble(seen) or assemble(seen, threshold=FAINT)
            return believed(people, seen, region)

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
    """Return everybody in a picture, each looked at again by the top-down networks if there are any."""
    people = look_everywhere(eyes.everybody, image, area_px=area_px)
    return [refined(pose, eyes, image) for pose in people]


def refined(pose: Pose, eyes: Eyes, image: NDArray[np.uint8]) -> Pose:
    """Return a person's pose merged with what the top-down networks see there.

    Theirs alone where they were wished for; as it is where there is none, or where they see
    somebody else.
    """
    looks = close_looks(eyes.close, unhurried=True)
    if not looks or pose.seen.sum() < 2:
        return pose
    one = closely(eyes, image, own_region(box_of(pose)), looks)
    if one is None or apart(pose, one) > SAME_PERSON:
        return pose
    return merged(pose, one, OPENPOSE_HANDICAP) if eyes.wish == "auto" else one


def closely(
    eyes: Eyes, image: NDArray[np.uint8], region: Region, looks: Sequence[Look],
    timed: Callable[[Look], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> Pose | None:  # fmt: skip
    """Return the dancer of a region as these networks see them together; None where none can.

    One that wants the person upright takes where they stand from those before it; ``timed`` stands
    around each.
    """
    told: Pose | None = None
    for look in looks:
        eye = eyes.close[look]
        upright = None if told is None else upright_of(told)
        if upright is None and isinstance(eye, UprightVision):
            continue
        with timed(look):
            pose = calibrated(seen_closely(eye, image, region, upright), CURVES[look])
        told = pose if told is None else merged(told, pose)
    return told


def seen_closely(
    eye: CloseVision, image: NDArray[np.uint8], region: Region, upright: Upright | None = None
) -> Pose:
    """Return the person of a region, confidences as the network tells them.

    A network that wants the person upright sees who stands ``upright``; None: in the middle.
    """
    if isinstance(eye, UprightVision):
        there = upright or _middle(region)
        if isinstance(eye, UprightFinder):
            return person_from_upright(eye.find_upright(image, upright=there))
        return person_from_upright(eye.see_upright(image, upright=there))
    if isinstance(eye, PersonFinder):
        return person_from_maps(eye.find_person(image, region=region))
    return person_from_maps(eye.see_person(image, region=region))


def _middle(region: Region) -> Upright:
    left, top, right, bottom = region
    return Upright(((left + right) / 2, (top + bottom) / 2), (0.0, -1.0), bottom - top)


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


def others(people: list[Pose], known: list[Pose]) -> list[Pose]:
    """Return those of a picture's people who are none of those known, whom a closer look saw."""
    return [
        pose for pose in people
        if all(apart(pose, one) > SAME_PERSON for one in known)
    ]  # fmt: skip


def within(pose: Pose, region: Region | None) -> bool:
    """Say whether so much of somebody is in a region that it may be taken for another."""
    if region is None:
        return False
    left, top, right, bottom = region
    x, y = pose.joints[:, 0], pose.joints[:, 1]  # NaN is nowhere
    there = (left <= x) & (x <= right) & (top <= y) & (y <= bottom)
    return int(there.sum()) >= MIN_SEEN


def full_size(shape: tuple[int, ...], area_px: int) -> tuple[int, int]:
    """Return the input (height, width), multiples of 8, of about ``area_px`` in the picture's shape."""
    height, width = shape[:2]
    scale = math.sqrt(area_px / (height * width))
    return max(round(height * scale / 8), 4) * 8, max(round(width * scale / 8), 4) * 8
