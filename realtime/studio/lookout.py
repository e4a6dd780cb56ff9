"""Pass one: everybody in a film is seen, picture by picture; who is who is decided afterwards.

The whole picture is looked at twice a second and where somebody was lost, so that nobody comes in
unseen for long; in between, who was seen is looked at closely, as in a game. What the networks saw
is all that is kept: who follows whom here only says where to look next.
"""

from __future__ import annotations

import math
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.devices.scenery import Behind, Scenery
from kpopdance.realtime.pose.appearance import garments_of
from kpopdance.realtime.pose.crowd import SURE, sureness, without_parts
from kpopdance.realtime.pose.policy import Policy
from kpopdance.realtime.pose.scenes import is_cut
from kpopdance.realtime.pose.sightings import Sightings, in_a_row, row_at
from kpopdance.realtime.pose.tracker import (
    MIN_ACQUIRED,
    MIN_SEEN,
    Tracker,
    apart,
    box_of,
    choose_all,
    crop_region,
    own_region,
)
from kpopdance.realtime.pose.watcher import (
    CONTESTED_S,
    FULL_AREA_PX,
    Watcher,
    distinct,
    look_everywhere,
    others,
    within,
)
from kpopdance.realtime.studio.ahead import glancing, looked_at
from kpopdance.realtime.studio.recording import RecordingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from kpopdance.engines.maps import Region
    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.pose.watcher import Together
    from kpopdance.realtime.studio.kept_looks import KeptLooks

WIDE_AREA_PX: Final = 2 * FULL_AREA_PX  # of a whole picture's input; time does not press
AROUND_S: Final = 0.5  # between looks at the whole picture
SEARCH_S: Final = 0.2  # the same where somebody was lost
NOBODY_S: Final = 0.1  # and where nobody is there
PEEK_S: Final = 2.1  # of a film's beginning, to guess how many dance
MOST_RECENT: Final = 32  # pictures that somebody new is looked for in
GOES: Final = 0.8  # body sizes from one picture to the next
TWO: Final = 0.35  # body sizes: nearer they are one
MOST: Final = 16  # are followed closely
SMALL: Final = 0.3  # of the tallest; who is smaller is seen in whole pictures only


class Sighted(NamedTuple):
    """Somebody in a picture; ``colours`` and ``worn`` as in ``garments_of``, ``traced`` too."""

    pose: Pose
    colours: NDArray[np.uint8]
    worn: NDArray[np.bool_]
    traced: bool = False

    @classmethod
    def of(cls, pose: Pose, frame: Frame, *, traced: bool = False) -> Sighted:
        """Return somebody with what they wear."""
        return cls(pose, *garments_of(pose, frame.image), traced)


class Seen(NamedTuple):
    """What one picture showed, before it is put away; ``behind`` as ``Scenery`` told."""

    size: tuple[int, int]
    at_s: float
    whole: bool
    behind: Behind
    people: list[Sighted]


class _Followed:
    """Somebody who is looked at closely from picture to picture."""

    def __init__(self, pose: Pose, frame: Frame) -> None:
        self.tracker = Tracker()
        self.tracker.hold(pose, frame.image, frame.captured_s)
        self.contested_s = frame.captured_s


class Lookout:
    """Looks at a film; ``step`` takes every frame in order.

    Parameters
    ----------
    eyes : Eyes
    together : callable
        As in ``Watcher``.
    """

    def __init__(self, eyes: Eyes, together: Together = map) -> None:
        self._eyes = eyes
        self._together = together
        self._watcher = Watcher(eyes)
        self._policy = Policy(eyes.wish, close=eyes.close, budget_s=math.inf)
        self._scenery = Scenery()
        self._followed: list[_Followed] = []
        self._small: NDArray[np.uint8] | None = None
        self._around_s = -math.inf
        self._recent: list[tuple[Frame, Seen]] = []
        self._lost = False

    @property
    def settled_s(self) -> float:
        """Until when nothing is added any more to what was seen."""
        return self._around_s

    def step(self, frame: Frame) -> Seen:
        """Look at a frame; what was seen after the last whole picture may be added to by this."""
        behind = self._scenery.step(frame.image, self._boxes(frame.captured_s))
        if self._small is not None and is_cut(self._small, behind.small):
            self._followed, self._recent = [], []
        self._small = behind.small
        whole = self._due(frame.captured_s)
        people = self._look(frame, whole=whole)
        seen = Seen(
            frame.image.shape[1::-1], frame.captured_s, whole, behind,
            [Sighted.of(pose, frame) for pose in people],
        )  # fmt: skip
        for pose in self._follow(frame, people, whole=whole):
            self._trace_back(pose)
        self._recent = [] if whole else [*self._recent, (frame, seen)][-MOST_RECENT:]
        return seen

    def again(self, frame: Frame, people: list[Pose], *, whole: bool) -> None:
        """Go on after a frame that was looked at before, and showed these people."""
        self._small = self._scenery.step(frame.image, self._boxes(frame.captured_s)).small
        self._follow(frame, people, whole=whole)

    def _trace_back(self, pose: Pose) -> None:
        """Look for somebody who was just found in the pictures before, until they are not there."""
        for frame, seen in reversed(self._recent):
            box = box_of(pose)
            looks = self._policy.glance(len(self._followed), contested=True)
            found = self._watcher.glance(
                frame.image, crop_region(box), looks, own_region(box)
            )  # fmt: skip
            same = min(found, key=lambda each: apart(pose, each), default=None)
            if same is None or not _is_somebody(same) or apart(pose, same) > GOES:
                return
            if any(apart(one.pose, same) < TWO for one in seen.people):
                return
            seen.people.append(Sighted.of(same, frame, traced=True))
            pose = same

    def _due(self, at_s: float) -> bool:
        """Say whether the whole picture is to be looked at."""
        waited_s = at_s - self._around_s
        if not self._followed:
            return waited_s >= NOBODY_S - 1e-6 or self._lost
        return waited_s >= (SEARCH_S if self._lost else AROUND_S) - 1e-6

    def _look(self, frame: Frame, *, whole: bool) -> list[Pose]:
        regions = [one.tracker.region(frame.captured_s) for one in self._followed]

        def glance(k: int) -> list[Pose]:
            region, one = regions[k], self._followed[k]
            assert region is not None
            own = one.tracker.own_region(frame.captured_s)
            contested = frame.captured_s < one.contested_s
            looks = self._policy.glance(len(self._followed), contested=contested)
            return self._watcher.glance(frame.image, region, looks, own)

        there = [k for k, region in enumerate(regions) if region is not None]
        people = distinct(list(self._together(glance, there)))
        if whole:
            around = look_everywhere(self._eyes.everybody, frame.image, area_px=WIDE_AREA_PX)
            people += others(around, people)
        return without_parts([pose for pose in people if pose.seen.sum() >= MIN_SEEN])

    def _follow(self, frame: Frame, people: list[Pose], *, whole: bool) -> list[Pose]:
        """Decide where to look in the next frame; return who is followed from now on."""
        at_s = frame.captured_s
        if whole:
            self._around_s = at_s
        trackers = [one.tracker for one in self._followed]
        chosen = choose_all(trackers, people, frame.image, at_s)
        strangers = [pose for pose in people if all(pose is not one for one in chosen)]
        for one, pose in zip(self._followed, chosen, strict=True):
            region = one.tracker.region(at_s)
            if pose is None or any(within(each, region) for each in strangers):
                one.contested_s = at_s + CONTESTED_S
        self._lost = any(pose is None for pose in chosen)
        self._followed = [one for one in self._followed if one.tracker.region(at_s) is not None]
        tall = max((_height(pose) for pose in people), default=0.0)
        fresh = [p for p in strangers if _is_somebody(p) and _height(p) >= SMALL * tall]
        fresh = sorted(fresh, key=_height, reverse=True)[: MOST - len(self._followed)]
        self._followed += [_Followed(pose, frame) for pose in fresh]
        return fresh

    def _boxes(self, at_s: float) -> list[Region]:
        """Return where somebody may be."""
        regions = (one.tracker.region(at_s) for one in self._followed)
        return [region for region in regions if region is not None]


def _is_somebody(pose: Pose) -> bool:
    return int(pose.seen.sum()) >= MIN_ACQUIRED and sureness(pose) >= SURE


def _height(pose: Pose) -> float:
    low, high = box_of(pose) if pose.seen.any() else (np.zeros(2), np.zeros(2))
    return float((high - low).max())


def look_at(
    frames: Iterable[Frame],
    eyes: Eyes,
    *,
    kept: KeptLooks | None = None,
    progress: Callable[[Frame], None] = lambda _: None,
    glimpse: Callable[[Frame, list[Pose]], None] = lambda *_: None,
) -> Sightings:
    """Return everybody who is seen in a film's frames; ``progress`` is called after each.

    ``glimpse`` is too, with who was seen in it.
    What is ``kept`` of an earlier look at the same film is not looked at again, and what is seen now
    is kept as it comes, also where the work is broken off.
    """
    before = None if kept is None else kept.so_far()
    pieces = [] if before is None else [before]
    with glancing(eyes.at_once) as together:
        lookout = Lookout(eyes, together)
        look = _Look(lookout, before)
        fresh: list[Seen] = []
        try:
            with closing(looked_at(frames, look)) as looked:
                for frame, seen in looked:
                    if look.row_of(frame) is None:
                        fresh.append(seen._replace(at_s=frame.captured_s))
                    if kept is not None and kept.due:
                        pieces += _kept(kept, fresh, lookout.settled_s)
                    progress(frame)
                    glimpse(frame, [each.pose for each in seen.people])
        except BaseException:
            if kept is not None:
                _kept(kept, fresh, lookout.settled_s)
            raise
    if fresh:
        pieces.append(put_away(fresh))
    if not pieces:
        raise RecordingError(_("the video holds too few pictures (0) to record a dance from"))
    return in_a_row(pieces)


def _kept(kept: KeptLooks, fresh: list[Seen], settled_s: float) -> list[Sightings]:
    """Keep what nothing will be added to, take it from the list, and return it."""
    settled = [one for one in fresh if one.at_s <= settled_s]
    del fresh[: len(settled)]
    return [kept.add(put_away(settled))] if settled else []


def people_at_first(frames: Iterable[Frame], eyes: Eyes) -> int:
    """Return how many people are seen at once in a film's first seconds, as a guess of what comes."""
    most, next_s = 0, 0.0
    for frame in frames:
        if frame.captured_s >= next_s:
            people = without_parts(look_everywhere(eyes.everybody, frame.image))
            most = max(most, sum(int(pose.seen.sum()) >= MIN_ACQUIRED for pose in people))
            next_s += PEEK_S / 2
    return most


class _Look:
    """Looks at a frame, or takes what was seen in it before."""

    def __init__(self, lookout: Lookout, before: Sightings | None) -> None:
        self._lookout = lookout
        self._before = before

    def row_of(self, frame: Frame) -> int | None:
        """Return where what was seen before in a frame stands; None: it was not looked at."""
        return None if self._before is None else row_at(self._before, frame.captured_s)

    def __call__(self, frame: Frame) -> Seen:
        row = self.row_of(frame)
        if row is None or self._before is None:
            return self._lookout.step(frame)
        seen = _taken_out(self._before, row)
        people = [each.pose for each in seen.people]
        self._lookout.again(frame, people, whole=seen.whole)
        return seen


def _taken_out(seen: Sightings, row: int) -> Seen:
    """Return what one picture showed."""
    here = seen.of_row(row)
    width, height = seen.size.tolist()
    people = [
        Sighted(Pose(joints.copy()), colours, worn)
        for joints, colours, worn, traced in zip(
            seen.joints[here], seen.colours[here], seen.worn[here], seen.traced[here],
            strict=True,
        )
        if not traced
    ]  # fmt: skip
    return Seen(
        (width, height), float(seen.at_s[row]), bool(seen.whole[row]),
        Behind(seen.scenery[row], seen.moved[row], seen.seams[row]), people,
    )  # fmt: skip


def put_away(seen: Sequence[Seen]) -> Sightings:
    """Return what pictures in a row showed."""
    people = [each for one in seen for each in one.people]
    count = len(people)
    return Sightings(
        size=np.array(seen[0].size, np.int64),
        at_s=np.array([one.at_s for one in seen], np.float64),
        whole=np.array([one.whole for one in seen], np.bool_),
        scenery=np.stack([one.behind.small for one in seen]),
        moved=np.stack([one.behind.moved for one in seen]),
        seams=np.stack([one.behind.seams for one in seen]),
        rows=np.repeat(np.arange(len(seen)), [len(one.people) for one in seen]),
        joints=np.array([each.pose.joints for each in people], np.float32).reshape(
            count, 18, 3
        ),
        colours=np.array([each.colours for each in people], np.uint8).reshape(count, 10, 5, 3),
        worn=np.array([each.worn for each in people], np.bool_).reshape(count, 10),
        traced=np.array([each.traced for each in people], np.bool_),
    )
