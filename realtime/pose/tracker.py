"""The dancers we follow: found in the full picture, then tracked by crop, held among others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from kpopdance.realtime.core.body import body_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.engines.maps import Region
    from kpopdance.realtime.core.types import Pose

CROP_MARGIN: Final = 1.3  # of the box's longer side; 1.35 of one pose's own box measured best
OWN_COLUMNS: Final = 0.25  # of the box's width: so much beside it may still be the dancer
LEAST_BESIDE: Final = 0.1  # and of its longer side: an arm may fly out of a narrow box
BOX_RELAXES_S: Final = (
    0.5  # the box grows at once and shrinks slowly: half a pose is no half body
)
LOST_S: Final = 0.35  # without a believable pose: look at the full picture
FORGET_S: Final = 2.0  # gone longer: whoever is largest and most central now
POOR: Final = 9  # joints
MIN_SEEN: Final = 5
MIN_ACQUIRED: Final = 9  # to begin with: enough to be somebody, head and arms alone will do
TOO_UNLIKE: Final = 1.0
COLOUR_SCALE: Final = 60.0  # grey levels that make clothes a different person's
CLOTHES_SEEN: Final = 0.25  # of the patches must match; the dancer's own arms hide the others
COLOUR_MEMORY: Final = 0.05
_CLOTHES: Final = (
    (1, 8, 0.35),
    (1, 11, 0.35),
    (1, 8, 0.7),
    (1, 11, 0.7),
    (8, 9, 0.5),
    (11, 12, 0.5),
)


class Tracker:
    """Holds one dancer: ``region`` says where to search, ``choose_all`` who of those found it is.

    A person is recognised by place, size and the colours of the clothes, so the dancer stays the
    dancer while somebody else walks through.
    """

    carried_s: ClassVar[float] = 0.1
    """For so long unseen, somebody is taken to go on as they went."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the dancer."""
        self._pose: Pose | None = None
        self._box = np.zeros((2, 2))
        self._seen_s = -np.inf
        self._missed = False
        self._speed = np.zeros(2)
        self._clothes: NDArray[np.float64] | None = None

    def choose_anew(self, at_s: float) -> None:
        """Forget the dancer; the next look at host second ``at_s`` takes whoever is there."""
        self.reset()

    def hold(self, pose: Pose, image: NDArray[np.uint8], at_s: float) -> None:
        """Make this person, seen in a uint8 (H, W, 3) picture, the dancer."""
        self.reset()
        self._remember(pose, clothes_of(pose, image), at_s)

    def region(self, at_s: float) -> Region | None:
        """Return the square to look at in the frame captured at host second ``at_s``.

        None: the dancer is lost and must be looked for in the full picture.
        """
        gone_s = at_s - self._seen_s
        # Where a look takes longer than that, the dancer is not lost for want of looks.
        if self._pose is None or gone_s > FORGET_S or (self._missed and gone_s > LOST_S):
            return None
        return crop_region(self._box_at(at_s))

    def own_region(self, at_s: float) -> Region:
        """Return the part of ``region`` that shows the dancer and not the neighbours."""
        return own_region(self._box_at(at_s))

    def _box_at(self, at_s: float) -> NDArray[np.float64]:
        return self._box + self._speed * min(at_s - self._seen_s, self.carried_s)

    @property
    def doubtful(self) -> bool:
        """Whether so little of the dancer is seen that it might be furniture."""
        return self._pose is not None and int(self._pose.seen.sum()) <= POOR

    @property
    def sureness(self) -> float:
        """The mean confidence of the dancer's joints as last seen, 0..1."""
        return 0.0 if self._pose is None else float(self._pose.joints[:, 2].mean())

    def gone_s(self, at_s: float) -> float:
        """For how long the dancer has not been seen; infinite for nobody."""
        return at_s - self._seen_s

    def knows(self, at_s: float) -> bool:
        """Whether the dancer was seen a short while ago and would be recognised."""
        return self._pose is not None and at_s - self._seen_s <= FORGET_S

    def strangers(
        self, people: list[Pose], clothes: list[NDArray[np.float64]],
        image: NDArray[np.uint8], at_s: float,
    ) -> set[int]:  # fmt: skip
        """Return which of the people found are certainly not the dancer, by their numbers."""
        return set()

    def met(
        self, people: list[Pose], chosen: int | None, image: NDArray[np.uint8], at_s: float
    ) -> None:
        """Take note of everybody found, one of them the dancer or none."""

    def unlikeness(self, pose: Pose, clothes: NDArray[np.float64], at_s: float) -> float:
        """Return how unlike the dancer a person is: 0 the same, above 1 somebody else.

        ``clothes`` are the person's, see ``clothes_of``.
        """
        held = self._pose
        if held is None:
            return float(np.inf)
        gone_s = at_s - self._seen_s
        distance = self._distance(held, pose, self._speed * min(gone_s, self.carried_s))
        reach = 0.8 + 1.5 * gone_s  # body sizes; the longer gone, the farther away
        unlike = distance / reach
        if (
            self._clothes is not None and unlike <= TOO_UNLIKE
        ):  # else it is somebody else anyway
            apart = np.abs(clothes - self._clothes).mean(axis=1)
            if np.isfinite(apart).any():
                unlike += float(np.nanquantile(apart, CLOTHES_SEEN)) / COLOUR_SCALE
        return unlike

    def miss(self) -> None:
        """Take note that the dancer was looked for and not found."""
        self._missed = True

    def take(self, pose: Pose, clothes: NDArray[np.float64], at_s: float) -> None:
        """Follow this person; whoever was forgotten before no longer counts."""
        if not self.knows(at_s):
            self._clothes, self._pose = None, None
        self._missed = False
        self._remember(pose, clothes, at_s)

    def _distance(self, held: Pose, pose: Pose, shift: NDArray[np.float64]) -> float:
        """Return the median way of the joints seen in both, in body sizes (40 % of the box)."""
        both = held.seen & pose.seen
        if not both.any():
            return float(np.inf)
        size = 0.4 * max(float((self._box[1] - self._box[0]).max()), 10.0)
        apart = pose.joints[both, :2] - held.joints[both, :2] - shift
        return float(np.median(np.linalg.norm(apart, axis=1))) / size

    def _remember(self, pose: Pose, clothes: NDArray[np.float64], at_s: float) -> None:
        if self._pose is not None and 0 < at_s - self._seen_s < LOST_S:
            speed = _shift(self._pose, pose) / (at_s - self._seen_s)
            self._speed = 0.5 * self._speed + 0.5 * speed
        else:
            self._speed = np.zeros(2)
        if self._clothes is None:
            self._clothes = clothes
        else:
            known = np.where(np.isfinite(self._clothes), self._clothes, clothes)
            fresh = np.where(np.isfinite(clothes), clothes, known)
            self._clothes = (1 - COLOUR_MEMORY) * known + COLOUR_MEMORY * fresh
        self._grow_box(pose, at_s)
        self._pose, self._seen_s = pose, at_s

    def _grow_box(self, pose: Pose, at_s: float) -> None:
        now = box_of(pose)
        if self._pose is None:
            self._box = now
            return
        relax = 1 - np.exp(-(at_s - self._seen_s) / BOX_RELAXES_S)
        relaxed = self._box + relax * (now - self._box)
        self._box = np.stack([np.minimum(now[0], relaxed[0]), np.maximum(now[1], relaxed[1])])


def choose_all(
    trackers: list[Tracker], poses: list[Pose], image: NDArray[np.uint8], at_s: float
) -> list[Pose | None]:
    """Return each player's person among those found in a uint8 (H, W, 3) picture, None: not there.

    Nobody is two trackers: the likest pairs come first, and who is not held yet or long gone takes
    the most prominent of the rest.
    """
    people = [pose for pose in poses if pose.seen.sum() >= MIN_SEEN]
    clothes = [clothes_of(pose, image) for pose in people]
    chosen: list[int | None] = [None] * len(trackers)
    barred = [tracker.strangers(people, clothes, image, at_s) for tracker in trackers]
    known = [k for k, tracker in enumerate(trackers) if tracker.knows(at_s)]
    pairs = sorted(
        (unlike, k, n)
        for k in known
        for n, pose in enumerate(people)
        if n not in barred[k]
        and (unlike := trackers[k].unlikeness(pose, clothes[n], at_s)) <= TOO_UNLIKE
    )
    taken: set[int] = set()
    for _, k, n in pairs:
        if chosen[k] is None and n not in taken:
            chosen[k] = n
            taken.add(n)
    whole = [n for n, pose in enumerate(people) if pose.seen.sum() >= MIN_ACQUIRED]
    rest = sorted(set(whole) - taken, key=lambda n: -prominence(people[n], image.shape[1]))
    for k in (k for k in range(len(trackers)) if k not in known):
        chosen[k] = next((n for n in rest if n not in barred[k]), None)
        rest = [n for n in rest if n != chosen[k]]
    for tracker, found in zip(trackers, chosen, strict=True):
        if found is None:
            tracker.miss()
        else:
            tracker.take(people[found], clothes[found], at_s)
        tracker.met(people, found, image, at_s)
    return [None if found is None else people[found] for found in chosen]


def apart(one: Pose, other: Pose) -> float:
    """Return the median way between the joints seen in both, in body sizes; infinite for none."""
    both = one.seen & other.seen
    size = body_size(one.joints)
    if size is None or not both.any():
        return float(np.inf)
    way = np.linalg.norm(one.joints[both, :2] - other.joints[both, :2], axis=1)
    return float(np.median(way)) / size


def prominence(pose: Pose, image_width: int) -> float:
    """Return how large and central a person is; the dancer is the one with the most."""
    xy = pose.joints[pose.seen, :2]
    off_centre = abs(float(xy[:, 0].mean()) - image_width / 2) / (image_width / 2)
    return float(np.ptp(xy[:, 1])) * float(pose.seen.sum()) * (1 - 0.6 * off_centre)


def box_of(pose: Pose) -> NDArray[np.float64]:
    """Return the lowest and highest x, y (2, 2) of a pose's seen joints, px."""
    xy = pose.joints[pose.seen, :2].astype(np.float64)
    return np.stack([xy.min(axis=0), xy.max(axis=0)])


def crop_region(box: NDArray[np.float64], margin: float = CROP_MARGIN) -> Region:
    """Return the square around a box (2, 2) of lowest and highest x, y: its longer side x margin."""
    x, y = box.mean(axis=0)
    half = margin * max(float((box[1] - box[0]).max()), 16.0) / 2
    return (float(x - half), float(y - half), float(x + half), float(y + half))


def own_region(box: NDArray[np.float64], margin: float = CROP_MARGIN) -> Region:
    """Return the crop's region without the columns beside a box (2, 2) of lowest and highest x, y.

    What lies there is black to the network, so that nobody else's arm is taken for the dancer's.
    """
    left, top, right, bottom = crop_region(box, margin)
    width, height = box[1] - box[0]
    beside = max(OWN_COLUMNS * width, LEAST_BESIDE * max(width, height))
    half = min((right - left) / 2, float(width / 2 + beside))
    x = float(box[:, 0].mean())
    return (x - half, top, x + half, bottom)


def clothes_of(pose: Pose, image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean colours (6, 3) of small patches of torso and thighs; NaN where unseen."""
    height, width = image.shape[:2]
    colours = np.full((len(_CLOTHES), 3), np.nan)
    for k, (a, b, share) in enumerate(_CLOTHES):
        at = pose.joints[a, :2] * (1 - share) + pose.joints[b, :2] * share
        if np.isfinite(at).all():
            x, y = int(min(max(at[0], 2), width - 3)), int(min(max(at[1], 2), height - 3))
            colours[k] = image[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).mean(axis=0)
    return colours


def _shift(old: Pose, new: Pose) -> NDArray[np.float64]:
    both = old.seen & new.seen
    if not both.any():
        return np.zeros(2)
    shift: NDArray[np.float64] = np.median(new.joints[both, :2] - old.joints[both, :2], axis=0)
    return shift.astype(np.float64)
