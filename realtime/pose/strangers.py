"""Who of those in a film dances, and who does not: passers-by, the audience, images in a mirror.

Everybody is measured by whoever dances most: is on screen longest, largest, and moves most. Who is not
one of the dancers is told by these, in this order:

- *seldom*: there for less than a second, or for less than a twentieth of the film.
- *mirror*: does at every moment what a larger dancer does, with right and left exchanged.
- *small*: less than 0.45 of the dancers' size, in those moments in which both are there.
- *partial*: hips and knees are surely seen far less often than the dancers' are, as of heads before the
  camera; or knees are far less sure where they are seen, as of an audience, whose legs networks guess
  behind what it sits behind.
- *still*: moves arms and legs less than a third as much as the dancers; or goes by: is there once, for
  less than half of the film, and goes straight from one side to another.
- *twice*: looks and moves like a dancer in another panel of a split screen, seen longer or larger.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from kpopdance.realtime.core.body import L_HIP, L_KNEE, MIRROR, NECK, R_HIP, R_KNEE
from kpopdance.realtime.pose.stature import torsos_over_time

if TYPE_CHECKING:
    from numpy.typing import NDArray

Reason = Literal["member", "unasked", "seldom", "partial", "small", "mirror", "still", "twice"]
"""Why somebody is a member of a dance, or none."""

LEAST_S: Final = 1.0
LEAST_SHARE: Final = 0.05  # of the film
SMALL: Final = 0.45
WHOLE: Final = 0.35  # of how often the dancers' legs are seen, or are sure
SURELY: Final = 0.7  # of how sure the dancers' legs usually are
MOSTLY: Final = 0.5  # of the knees seen are sure: these dancers are filmed with their knees
STILL: Final = 0.33  # of how much the dancers move
ONCE: Final = 0.5  # of the film: who is there longer does not go by
STRAIGHT: Final = 0.8  # of the way gone is from the first place to the last
GOES: Final = 1.5  # torsos a second
PARTED: Final = 0.15  # of the film: a longer absence makes it two visits
MIRRORED: Final = 0.6  # correlation of movements with right and left exchanged
LONGER: Final = 0.2  # more or less, two are seen as long as each other
MORE: Final = 0.2  # than of the same side
LESS_TALL: Final = 0.85  # an image is farther away than who stands before the mirror
STEP_S: Final = 0.2  # over which movements are measured
LIMBS: Final = (3, 4, 6, 7, 9, 10, 12, 13)
KNEES: Final = (R_KNEE, L_KNEE)
LEGS: Final = (R_HIP, L_HIP, *KNEES)
LEAST_TOLD: Final = 60  # numbers from which movements are compared


class Crowd:
    """Everybody's measures; joints are float32 (P, T, 18, 3) px."""

    def __init__(self, at_s: NDArray[np.float64], joints: NDArray[np.float32]) -> None:
        self.at_s = at_s
        self.joints = joints
        self.seen = np.asarray((joints[..., 2] > 0).sum(axis=-1) >= 5)
        self.torso = torsos_over_time(at_s, joints).astype(np.float64)
        self.moves = movements(at_s, joints, self.torso)
        self.length_s = float(at_s[-1] - at_s[0])
        step_s = self.length_s / max(len(at_s) - 1, 1)
        self.seen_s = self.seen.sum(axis=1) * step_s
        speeds = np.linalg.norm(self.moves, axis=-1)
        self.speed = np.array([_mean_of(each) for each in speeds])

    def size_beside(self, one: int, other: int) -> float:
        """Return how large one is beside another, where both are seen; NaN: they never are."""
        both = self.seen[one] & self.seen[other] & (self.torso[other] > 0)
        if not both.any():
            return float(np.nan)
        return float(np.median(self.torso[one][both] / self.torso[other][both]))

    def sure_legs(self, one: int) -> float:
        """Return the confidence from which on legs are as surely seen as somebody's mostly are."""
        legs = self.joints[one][self.seen[one]][:, LEGS, 2]
        return SURELY * float(np.median(legs[legs > 0])) if (legs > 0).any() else 0.0

    def legs(self, one: int, sure: float) -> tuple[float, float]:
        """Return of somebody's hips and knees the share surely seen; and of the knees seen, the same."""
        told = self.joints[one][self.seen[one]][..., 2]
        legs, knees = told[:, LEGS], told[:, KNEES]
        surely = _mean_of(np.where(legs > 0, legs >= sure, 0.0))
        return surely, _mean_of(np.where(knees > 0, knees >= sure, np.nan))


def reasons_of(at_s: NDArray[np.float64], joints: NDArray[np.float32]) -> list[Reason]:
    """Return for each of joints float32 (P, T, 18, 3) px whether they dance, and why not."""
    crowd = Crowd(at_s, joints)
    size = np.array([_mean_of(np.where(t > 0, t, np.nan)) for t in crowd.torso])
    first = int(np.argmax(np.nan_to_num(crowd.seen_s * size * (0.1 + crowd.speed))))
    order = sorted(range(len(joints)), key=lambda k: -float(np.nan_to_num(size[k])))
    reasons: dict[int, Reason] = {first: "member"}
    for k in (k for k in order if k != first):
        members = [j for j, why in reasons.items() if why == "member"]
        reasons[k] = _reason(crowd, k, first, members)
    return [reasons[k] for k in range(len(joints))]


def without_twins(
    at_s: NDArray[np.float64], joints: NDArray[np.float32], reasons: list[Reason],
    twins: NDArray[np.bool_],
) -> list[Reason]:  # fmt: skip
    """Return reasons with each dancer a member once: who is seen longer, or larger, stays.

    ``twins`` bool (P, P): who may be the same, as they look alike, and whenever both are seen they are
    in two panels of a split screen.
    """
    out, crowd = list(reasons), Crowd(at_s, joints)
    members = [k for k, why in enumerate(out) if why == "member"]
    for k, j in combinations(members, 2):
        if "twice" in (out[k], out[j]) or not twins[k, j] or not _moves_like(crowd, k, j):
            continue
        longer = crowd.seen_s[k] / max(crowd.seen_s[j], 1e-9)
        size = crowd.size_beside(k, j)
        out[j if (longer if abs(longer - 1) > LONGER else size) >= 1 else k] = "twice"
    return out


def movements(
    at_s: NDArray[np.float64], joints: NDArray[np.float32], torso: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how arms and legs move about the body, (P, T, 8, 2) torsos a second; NaN unknown."""
    xy = np.where(joints[..., 2:] > 0, joints[..., :2], np.nan).astype(np.float64)
    trunk = xy[:, :, (NECK, R_HIP, L_HIP)].mean(axis=2, keepdims=True)
    about = (xy[:, :, LIMBS] - trunk) / np.where(torso > 0, torso, np.nan)[..., None, None]
    later = np.searchsorted(at_s, at_s + STEP_S)
    there = later < len(at_s)
    out = np.full(about.shape, np.nan)
    way_s = at_s[later[there]] - at_s[there]
    out[:, there] = (about[:, later[there]] - about[:, there]) / way_s[:, None, None]
    return out


def _moves_like(crowd: Crowd, k: int, other: int) -> bool:
    """Say whether two move alike at the same moments, seen from the same side or another."""
    mine, theirs = crowd.moves[k], crowd.moves[other]
    exchanged = [LIMBS.index(MIRROR[joint]) for joint in LIMBS]
    ways = (_alike(mine, theirs), _alike(mine[:, exchanged] * (-1, 1), theirs))
    return max(ways) > MIRRORED


def _reason(crowd: Crowd, k: int, first: int, members: list[int]) -> Reason:
    if crowd.seen_s[k] < max(min(LEAST_S, crowd.length_s / 2), LEAST_SHARE * crowd.length_s):
        return "seldom"
    if any(_is_image(crowd, k, j) for j in members):
        return "mirror"
    sizes = [crowd.size_beside(k, j) for j in members]
    if np.isfinite(sizes).any() and float(np.nanmedian(sizes)) < SMALL:
        return "small"
    if _is_partial(crowd, k, first):
        return "partial"
    if crowd.speed[k] < STILL * crowd.speed[first] or _goes_by(crowd, k):
        return "still"
    return "member"


def _is_partial(crowd: Crowd, k: int, first: int) -> bool:
    """Say whether legs are out of the picture, or behind something, that dancers show."""
    sure = crowd.sure_legs(first)
    legs, knees = crowd.legs(k, sure)
    shown, shown_knees = crowd.legs(first, sure)
    guessed = (crowd.joints[k][crowd.seen[k]][:, KNEES, 2] > 0).any() and (
        shown_knees > MOSTLY and knees < WHOLE * shown_knees
    )
    return bool(legs < WHOLE * shown or guessed)


def _is_image(crowd: Crowd, k: int, other: int) -> bool:
    """Say whether somebody is another's image: does the same with right and left exchanged."""
    if not crowd.size_beside(k, other) < LESS_TALL:
        return False
    exchanged = [LIMBS.index(MIRROR[joint]) for joint in LIMBS]
    mine, theirs = crowd.moves[k][:, exchanged], crowd.moves[other]
    same = _alike(crowd.moves[k], theirs)
    ways = (_alike(mine, theirs), _alike(mine * (-1, 1), theirs))
    return max(ways) > MIRRORED and max(ways) > same + MORE


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the correlation of two people's movements; 0 where too little is known."""
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < LEAST_TOLD:
        return 0.0
    a, b = one[known], other[known]
    return float((a * b).sum() / max(np.sqrt((a * a).sum() * (b * b).sum()), 1e-9))


def _goes_by(crowd: Crowd, k: int) -> bool:
    """Say whether somebody is there once and goes straight on meanwhile."""
    rows = np.flatnonzero(crowd.seen[k])
    at_s = crowd.at_s[rows]
    once = len(rows) > 1 and float(np.diff(at_s).max()) < PARTED * crowd.length_s
    if not once or at_s[-1] - at_s[0] > ONCE * crowd.length_s:
        return False
    x = np.nanmean(
        np.where(crowd.joints[k, rows, :, 2] > 0, crowd.joints[k, rows, :, 0], np.nan), axis=1
    )
    torso = float(np.median(crowd.torso[k, rows]))
    second = np.searchsorted(at_s, np.arange(at_s[0], at_s[-1], 0.5))
    way = np.abs(np.diff(x[second])).sum()
    gone = abs(float(x[second[-1]] - x[second[0]]))
    return bool(gone > STRAIGHT * way and gone > GOES * torso * (at_s[-1] - at_s[0]))


def _mean_of(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0
