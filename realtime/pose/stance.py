"""Whether a player stands so that all of them is seen, and what to do about it if not.

Arithmetic alone: everybody seen in a picture, its size, how sharp and how bright it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import N_
from kpopdance.realtime.core.body import (
    L_ANKLE,
    L_EAR,
    L_EYE,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    NECK,
    NOSE,
    R_ANKLE,
    R_EAR,
    R_EYE,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
)
from kpopdance.realtime.pose.stature import torso_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose

HEAD: Final = (NOSE, R_EYE, L_EYE, R_EAR, L_EAR)
TRUNK: Final = (NECK, R_SHOULDER, L_SHOULDER, R_HIP, L_HIP)
HIPS, KNEES, FEET = (R_HIP, L_HIP), (R_KNEE, L_KNEE), (R_ANKLE, L_ANKLE)
CROWN: Final = 0.30  # torsos (neck to hip) from the face's middle up
NECK_CROWN: Final = 0.75  # the same from the neck
SOLE: Final = 0.14  # from the ankles down
KNEE_SOLE, HIP_SOLE, NECK_HIP = 0.78 + SOLE, 1.63 + SOLE, 1.0
TALL: Final = NECK_CROWN + NECK_HIP + HIP_SOLE
ROOM: Final = 0.5  # torsos from the body's middle to a side of the picture, at least
FAR: Final = 0.3  # of the picture's height: who stands less tall is seen badly
SMALL_PX: Final = 130.0  # the same where the picture has few px
LEAST_SEEN: Final = 5  # joints that make somebody
SOMEBODY: Final = 0.6  # of the player's size: smaller, they are at the other end of the room
SURE: Final = 0.55  # mean confidence: who is seen so well may stand in the dark
BLURRED: Final = 0.62  # see ``blur_of``
READY_S: Final = 1.0
FORGIVEN_S: Final = 0.35  # a look that fails: nobody leaves the picture for so short


class Amiss(StrEnum):
    """What to do so that all of a player is seen; empty where nothing is amiss."""

    NOTHING = ""
    NOBODY = N_("Nobody is seen: step before the camera.")
    DARK = N_("It is too dark to see you well: turn on a light in front of you.")
    BLURRED = N_(
        "The picture is out of focus: wipe the lens, or turn its ring until it is sharp."
    )
    BACK = N_("Step back until your head and your feet are in the picture.")
    SIT_BACK = N_("Move back until your head and your hips are in the picture.")
    NEARER = N_("Come nearer: you are too small to be seen well.")
    LOW = N_("The camera looks too low: tilt it up until your head is in.")
    HIGH = N_("The camera looks too high: tilt it down until your feet are in.")
    SITS_HIGH = N_("The camera looks too high: tilt it down until your hips are in.")
    HEAD_HIDDEN = N_("Your head is not seen: turn to the camera.")
    FEET_HIDDEN = N_("Your feet are not seen: clear away what stands before them.")
    HIPS_HIDDEN = N_("Your hips are not seen: clear away what is before them.")
    RIGHT = N_("Step to your right, into the middle of the picture.")
    LEFT = N_("Step to your left, into the middle of the picture.")
    SOMEBODY = N_("Somebody else is there: raise a hand to be the one who dances.")


@dataclass(frozen=True, slots=True)
class Seeing:
    """How a picture is: (width, height) px, how blurred (see ``blur_of``), and whether it is dark."""

    size: tuple[int, int]
    blur: float = 0.0
    dark: bool = False


@dataclass(frozen=True, slots=True)
class Stance:
    """Which of the people seen is the player (None: nobody), and what is amiss."""

    player: int | None
    amiss: Amiss

    @property
    def ready(self) -> bool:
        """Whether the dance may begin."""
        return self.amiss is Amiss.NOTHING


def stance_of(
    people: Sequence[Pose], seeing: Seeing, *, body: str, player: int | None = None
) -> Stance:
    """Return how a player stands among the people of a picture.

    ``body`` is ``whole`` or ``seated``; ``player`` who it is, None: the largest.
    """
    there = [n for n, pose in enumerate(people) if pose.seen.sum() >= LEAST_SEEN]
    torso = {n: float(torso_of(people[n].joints)) for n in there}
    torso = {n: px for n, px in torso.items() if px > 0}
    if not torso:
        return Stance(None, _unseen(seeing))
    if player not in torso:
        player = max(torso, key=torso.__getitem__)
    joints, px = people[player].joints, torso[player]
    amiss = _cut_off(joints, px, seeing.size, seated=body == "seated")
    if amiss is Amiss.NOTHING:
        amiss = _misplaced(joints, px, seeing.size)
    unsure = float(joints[joints[:, 2] > 0, 2].mean()) < SURE
    if unsure and _unseen(seeing) is not Amiss.NOBODY:
        amiss = _unseen(seeing)
    others = max((size for n, size in torso.items() if n != player), default=0.0)
    if amiss is Amiss.NOTHING and others > SOMEBODY * px:
        amiss = Amiss.SOMEBODY
    return Stance(player, amiss)


def _unseen(seeing: Seeing) -> Amiss:
    """Return why nobody is seen, or hardly."""
    if seeing.dark:
        return Amiss.DARK
    return Amiss.BLURRED if seeing.blur > BLURRED else Amiss.NOBODY


def _cut_off(
    joints: NDArray[np.float32], torso: float, size: tuple[int, int], *, seated: bool
) -> Amiss:
    """Return whether head and feet (seated: hips) are in the picture, and seen."""
    height = size[1]
    crown, head_seen = _crown(joints, torso)
    lowest, foot_seen = _hips(joints, torso) if seated else _soles(joints, torso)
    above, below = crown, height - lowest
    if above < 0 and below < 0:
        return Amiss.SIT_BACK if seated else Amiss.BACK
    if above < 0:
        return Amiss.LOW if below > -above else _back(seated=seated)
    if below < 0:
        high = Amiss.SITS_HIGH if seated else Amiss.HIGH
        return high if above > -below else _back(seated=seated)
    if not head_seen:
        return Amiss.HEAD_HIDDEN
    hidden = Amiss.HIPS_HIDDEN if seated else Amiss.FEET_HIDDEN
    return Amiss.NOTHING if foot_seen else hidden


def _back(*, seated: bool) -> Amiss:
    return Amiss.SIT_BACK if seated else Amiss.BACK


def _crown(joints: NDArray[np.float32], torso: float) -> tuple[float, bool]:
    """Return the y of the crown, px, and whether the head is seen; without it, by the neck."""
    face = _mean_y(joints, HEAD)
    if face is not None:
        return face - CROWN * torso, True
    neck = _mean_y(joints, (NECK, R_SHOULDER, L_SHOULDER))
    if neck is not None:
        return neck - NECK_CROWN * torso, False
    hips = _mean_y(joints, HIPS) or 0.0
    return hips - (NECK_HIP + NECK_CROWN) * torso, False


def _soles(joints: NDArray[np.float32], torso: float) -> tuple[float, bool]:
    """Return the y of the soles, px, and whether feet are seen; without them, of who stands upright."""
    seen = [float(joints[k, 1]) for k in FEET if joints[k, 2] > 0]
    if seen:
        return max(seen) + SOLE * torso, True
    for above, gap in ((KNEES, KNEE_SOLE), (HIPS, HIP_SOLE)):
        y = _mean_y(joints, above)
        if y is not None:
            return y + gap * torso, False
    return (_mean_y(joints, TRUNK) or 0.0) + (NECK_HIP + HIP_SOLE) * torso, False


def _hips(joints: NDArray[np.float32], torso: float) -> tuple[float, bool]:
    """Return the y of the hips, px, and whether they are seen."""
    y = _mean_y(joints, HIPS)
    if y is not None:
        return y, True
    return (_mean_y(joints, (NECK, R_SHOULDER, L_SHOULDER)) or 0.0) + NECK_HIP * torso, False


def _misplaced(joints: NDArray[np.float32], torso: float, size: tuple[int, int]) -> Amiss:
    """Return whether a body that is in the picture is large enough, and in its middle."""
    width, height = size
    if TALL * torso < max(FAR * height, min(SMALL_PX, 0.5 * height)):
        return Amiss.NEARER
    middle = float(np.nanmean(np.where(joints[:, 2] > 0, joints[:, 0], np.nan)))
    if middle < ROOM * torso:
        return Amiss.LEFT  # who faces the camera has their left where its right is
    return Amiss.RIGHT if middle > width - ROOM * torso else Amiss.NOTHING


def _mean_y(joints: NDArray[np.float32], which: Sequence[int]) -> float | None:
    seen = [float(joints[k, 1]) for k in which if joints[k, 2] > 0]
    return sum(seen) / len(seen) if seen else None


class Readiness:
    """``step`` says whether a player has been ready for a second; a look that fails is forgiven."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._last_s = -np.inf

    def step(self, *, ready: bool, at_s: float) -> bool:
        """Return whether they have been, as of a look at host second ``at_s``."""
        if ready:
            self._since_s = at_s if self._since_s is None else self._since_s
            self._last_s = at_s
        elif at_s - self._last_s > FORGIVEN_S:
            self._since_s = None
        return ready and self._since_s is not None and at_s - self._since_s >= READY_S

    def share(self, at_s: float) -> float:
        """Return how much of that second has passed, 0..1."""
        return 0.0 if self._since_s is None else min((at_s - self._since_s) / READY_S, 1.0)
