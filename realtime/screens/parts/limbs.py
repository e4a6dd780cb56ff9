"""Which limbs a drawn dancer has, and where: what they wear, how hair falls, the side that is seen.

Points are complex numbers, x + iy px; NaN is unseen. Lengths are body heights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.core import body

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.screens.parts.costumes import Costume
    from kpopdance.realtime.screens.parts.theme import Colour

    Points = NDArray[np.complex128]
    Lengths = NDArray[np.float64]

HEAD: Final = [body.NOSE, body.R_EYE, body.L_EYE, body.R_EAR, body.L_EAR]
ARMS: Final = (
    (body.R_SHOULDER, body.R_ELBOW, body.R_WRIST),
    (body.L_SHOULDER, body.L_ELBOW, body.L_WRIST),
)
LEG_JOINTS: Final = (
    (body.R_HIP, body.R_KNEE, body.R_ANKLE),
    (body.L_HIP, body.L_KNEE, body.L_ANKLE),
)
(SHOULDERS, ELBOWS, WRISTS), (HIPS, KNEES, ANKLES) = (
    [list(side) for side in zip(*pair, strict=True)] for pair in (ARMS, LEG_JOINTS)
)
TURNED: Final = 0.10
"""Shoulders and hips that lie the other way round by more, together, are seen from behind."""
LOOKS_ASIDE: Final = 0.05
"""The face goes along with the nose so far."""

(MID_HIP, CHEST, WAIST, R_CHEST, L_CHEST, R_WAIST, L_WAIST, HEAD_MIDDLE, CROWN, NAPE, FACE, JAW,
 R_FRINGE, R_PARTING, L_PARTING, L_FRINGE, R_LOCK, L_LOCK, KNOT, TAIL, R_BUN, L_BUN, R_BRIM, L_BRIM,
 R_HAND, L_HAND, R_CUFF, L_CUFF, R_HEM, L_HEM,
 R_HEEL, L_HEEL, R_TOE, L_TOE) = range(18, 52)  # fmt: skip


class Limb(NamedTuple):
    """From point, to point, radius at each; what it wears; with which hair or cut; from which side."""

    start: int
    end: int
    near: float
    far: float
    worn: str
    only: tuple[str, ...] = ()
    side: str = ""


BARE: Final = ("shorts", "skirt")
FALLING: Final = (
    Limb(CROWN, R_LOCK, 0.056, 0.026, "hair", ("long",)),
    Limb(CROWN, L_LOCK, 0.056, 0.026, "hair", ("long",)),
    Limb(KNOT, TAIL, 0.030, 0.012, "hair", ("tail",)),
)
"""Hair behind the back."""
TRUNK: Final = (
    Limb(R_CHEST, R_WAIST, 0.040, 0.042, "top"), Limb(L_CHEST, L_WAIST, 0.040, 0.042, "top"),
    Limb(CHEST, WAIST, 0.058, 0.050, "top"),
    Limb(R_CHEST, L_CHEST, 0.046, 0.046, "top"), Limb(WAIST, MID_HIP, 0.056, 0.058, "top"),
    Limb(body.R_SHOULDER, body.L_SHOULDER, 0.033, 0.033, "top"),
)  # fmt: skip
SKULL: Final = (
    Limb(body.NECK, HEAD_MIDDLE, 0.023, 0.022, "skin"),
    Limb(CROWN, NAPE, 0.066, 0.062, "hair", ("bob", "long", "tail", "buns", "cap")),
    Limb(CROWN, HEAD_MIDDLE, 0.064, 0.052, "hair", ("short",)),
    Limb(CROWN, R_BUN, 0.030, 0.034, "hair", ("buns",)),
    Limb(CROWN, L_BUN, 0.030, 0.034, "hair", ("buns",)),
    Limb(FACE, JAW, 0.051, 0.043, "skin", (), "front"),
    Limb(R_FRINGE, R_PARTING, 0.020, 0.030, "hair", (), "front"),
    Limb(L_PARTING, L_FRINGE, 0.029, 0.017, "hair", (), "front"),
    Limb(R_PARTING, KNOT, 0.052, 0.030, "top", ("cap",)),
    Limb(R_BRIM, L_BRIM, 0.014, 0.014, "sleeves", ("cap",), "front"),
)


def _leg(hip: int, knee: int, ankle: int, hem: int, heel: int, toe: int) -> tuple[Limb, ...]:
    return (
        Limb(heel, toe, 0.026, 0.021, "shoes"),
        Limb(knee, ankle, 0.034, 0.021, "skin", BARE),
        Limb(hip, knee, 0.050, 0.035, "skin", BARE),
        Limb(knee, ankle, 0.036, 0.021, "legs", ("trousers",)),
        Limb(hip, knee, 0.052, 0.037, "legs", ("trousers",)),
        Limb(knee, ankle, 0.046, 0.048, "legs", ("wide",)),
        Limb(hip, knee, 0.054, 0.046, "legs", ("wide",)),
        Limb(hip, hem, 0.052, 0.050, "legs", ("shorts",)),
        Limb(hip, hem, 0.048, 0.060, "legs", ("skirt",)),
    )


BELOW: Final = (
    *_leg(*LEG_JOINTS[0], R_HEM, R_HEEL, R_TOE), *_leg(*LEG_JOINTS[1], L_HEM, L_HEEL, L_TOE),
    Limb(R_HEM, L_HEM, 0.056, 0.056, "legs", ("skirt",)),
    Limb(body.R_HIP, L_HEM, 0.048, 0.050, "legs", ("skirt",)),
    Limb(body.L_HIP, R_HEM, 0.048, 0.050, "legs", ("skirt",)),
    Limb(body.R_HIP, body.L_HIP, 0.050, 0.050, "legs"),
)  # fmt: skip


def _arm(arm: tuple[int, int, int], hand: int, cuff: int, accent: int) -> tuple[Limb, ...]:
    shoulder, elbow, wrist = arm
    glove = Limb(cuff, hand, 0.024, 0.034, "accent")
    return (
        Limb(shoulder, elbow, 0.034, 0.027, "sleeves"),
        Limb(elbow, wrist, 0.025, 0.017, "skin"),
        glove if wrist == accent else Limb(wrist, hand, 0.019, 0.025, "skin"),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Limbs:
    """All limbs of a dancer seen from the front, back to front; groups' ends among them."""

    each: tuple[Limb, ...]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    radii: Lengths
    groups: tuple[int, ...]


FROM_BEHIND: Final = (3, 4, 1, 2, 0)
"""The groups' order there: arms, body, head, the hair that falls."""


@lru_cache(maxsize=4)
def limbs_of(accent: int) -> Limbs:
    """Return the limbs of a dancer whose accent hand, a wrist's number, wears a glove."""
    groups = (
        FALLING, (*TRUNK, *BELOW), SKULL,
        _arm(ARMS[0], R_HAND, R_CUFF, accent), _arm(ARMS[1], L_HAND, L_CUFF, accent),
    )  # fmt: skip
    each = tuple(chain(*groups))
    radii = np.array([[limb.near for limb in each], [limb.far for limb in each]])
    last = tuple(accumulate(len(group) for group in groups))
    starts, ends = [limb.start for limb in each], [limb.end for limb in each]
    return Limbs(each, np.array(starts), np.array(ends), radii, last)


@lru_cache(maxsize=256)
def worn_by(costume: Costume, accent: int, turned: bool) -> tuple[Colour | None, ...]:
    """Return the colour of each limb; None where the costume, or the side that is seen, has none."""
    cuts, hidden = {costume.style, costume.cut}, "front" if turned else "back"
    return tuple(
        getattr(costume, limb.worn)
        if limb.side != hidden and (not limb.only or cuts & set(limb.only))
        else None
        for limb in limbs_of(accent).each
    )


def turned_away(at: Points, tall: Lengths) -> NDArray[np.bool_]:
    """Return who (M,) is seen from behind: whose right shoulder and hip lie to the right."""
    across = sum((at[left] - at[right]).real for right, left in (SHOULDERS, HIPS))
    away: NDArray[np.bool_] = np.nan_to_num(np.asarray(across)) < -TURNED * tall
    return away


def points_of(at: Points, tall: Lengths) -> Points:
    """Return joints (18, M) followed by the points between and beyond them, NaN if unknown."""
    neck, hips = at[body.NECK], (at[body.R_HIP] + at[body.L_HIP]) / 2
    across = (at[body.L_SHOULDER] - at[body.R_SHOULDER]) / 2
    down = hips - neck
    waist = neck + 0.80 * down
    trunk = [
        hips, neck + 0.30 * down, waist,
        neck + 0.10 * down - 0.80 * across, neck + 0.10 * down + 0.80 * across,
        waist - 0.34 * across, waist + 0.34 * across,
    ]  # fmt: skip
    more = [*trunk, *_head(at, tall), *_hands(at, tall), *_hems(at, tall), *_feet(at, tall)]
    return np.concatenate([at, np.array(more)])


def _head(at: Points, tall: Lengths) -> list[Points]:
    middle = mean_seen(at[HEAD])
    rise = middle - at[body.NECK]
    up = unit(np.where(np.isnan(rise), -0.1j * tall, rise)) * tall
    side = 1j * up
    aside = np.nan_to_num(((at[body.NOSE] - middle) / side).real)
    aside = np.clip(aside, -LOOKS_ASIDE, LOOKS_ASIDE) * side
    brow, back = middle + 0.026 * up + 0.6 * aside, middle - 0.3 * aside
    seen_face = middle + 0.0 * at[body.NOSE] + 0.5 * aside
    return [
        middle, back + 0.024 * up, back - 0.014 * up,
        seen_face - 0.016 * up, seen_face - 0.030 * up,
        brow - 0.034 * side, brow + 0.006 * side, brow + 0.008 * side, brow + 0.040 * side,
        back - 0.050 * side - 0.120 * up, back + 0.050 * side - 0.120 * up,
        back + 0.078 * up, back + 0.085 * side - 0.110 * up,
        back - 0.054 * side + 0.076 * up, back + 0.054 * side + 0.076 * up,
        brow - 0.052 * side - 0.004 * up, brow + 0.064 * side - 0.012 * up,
    ]  # fmt: skip


def _hands(at: Points, tall: Lengths) -> Points:
    wrists = at[WRISTS]
    ahead = unit(wrists - at[ELBOWS]) * tall
    return np.concatenate([wrists + 0.036 * ahead, wrists - 0.03 * ahead])


def _hems(at: Points, tall: Lengths) -> Points:
    """Return where shorts and skirts end: on the thighs, a little further apart."""
    hips, knees = at[HIPS], at[KNEES]
    outward = np.sign((hips - hips.mean(axis=0)).real) * 0.014 * tall
    hems: Points = hips + 0.52 * (knees - hips) + outward
    return hems


def _feet(at: Points, tall: Lengths) -> Points:
    ankles = at[ANKLES]
    shin = unit(ankles - at[KNEES]) * tall
    heels = ankles + 0.022 * shin
    outward = np.sign((ankles - mean_seen(at)).real) * 0.036 * tall
    return np.concatenate([heels, heels + 0.016 * shin + outward])


def mean_seen(at: Points) -> Points:
    """Return the mean (M,) of seen points (n, M), NaN where none is."""
    seen = ~np.isnan(at)
    count = seen.sum(axis=0)
    total = np.where(seen, at, 0.0).sum(axis=0)
    mean: Points = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean


def unit(vector: Points) -> Points:
    """Return vectors of length 1."""
    one: Points = vector * (1 / np.maximum(np.abs(vector), 1e-6))
    return one
