"""Figures: the coach as a glowing silhouette, dancers behind, the player's neon, pictograms.

Points are complex numbers, x + iy px, so that a turn or a length is one operation; NaN is unseen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.engines.anatomy import LIMBS
from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.brush import fill_convex
from kpopdance.realtime.screens.parts.theme import (
    ADD,
    CYAN,
    GOLD,
    MAGENTA,
    VIOLET,
    WHITE,
    dim,
    mix,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.screens.parts.theme import Colour

    Points = NDArray[np.complex128]
    Lengths = NDArray[np.float64]

ARC: Final = 8
"""Points on each round end of a limb; every outline has ``2 * ARC`` points."""
TURN: Final = np.linspace(-1, 1, ARC)
TUBES: Final = ((1.0, 0.36), (0.66, 1.0), (0.24, 2.0))
"""Of the player's neon, the widest first: share of its width, light; above 1 is nearly white."""
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
TALL_FROM: Final = [body.NECK, body.NECK, body.R_SHOULDER, *HIPS, *KNEES]
TALL_TO: Final = [*HIPS, body.L_SHOULDER, *KNEES, *ANKLES]
"""What a height is added up of: trunk, shoulders, thighs, shins."""
BONES: Final = np.array(LIMBS[:17])
SAMPLES: Final = 3.0
"""So many px a side are enough for one of soft light."""
AURA: Final = (226, 110, 255)
"""Tint of the light around the lead."""
RIGHT: Final = frozenset((body.R_SHOULDER, *ARMS[0], *LEG_JOINTS[0]))
LEFT: Final = frozenset((body.L_SHOULDER, *ARMS[1], *LEG_JOINTS[1]))


@dataclass(frozen=True, slots=True)
class Costume:
    """The colours of a silhouette; ``accent`` is the hand to follow."""

    skin: Colour
    top: Colour
    sleeves: Colour
    legs: Colour
    shoes: Colour
    hair: Colour
    rim: Colour
    accent: Colour


LEAD: Final = Costume(
    skin=(255, 224, 212), top=(255, 40, 142), sleeves=(255, 74, 160), legs=(70, 44, 178),
    shoes=(250, 248, 255), hair=(70, 220, 250), rim=(255, 240, 252), accent=GOLD,
)  # fmt: skip
LOOKS: Final[tuple[tuple[Colour, Colour, Colour, Colour], ...]] = (
    (LEAD.hair, LEAD.top, LEAD.sleeves, LEAD.legs),
    ((255, 214, 150), (64, 214, 255), (232, 246, 255), (40, 46, 96)),
    ((196, 120, 255), (250, 248, 255), (255, 196, 76), (112, 40, 140)),
    ((60, 44, 66), (255, 150, 60), (255, 150, 60), (30, 92, 120)),
    ((255, 120, 150), (84, 255, 178), (44, 170, 150), (60, 40, 120)),
    ((120, 74, 52), (150, 96, 255), (255, 240, 252), (150, 34, 88)),
    ((230, 236, 250), (240, 70, 80), (60, 44, 100), (46, 40, 74)),
)
"""Each member's hair, top, sleeves and legs; after the last the first comes again."""
SHADE: Final = (44, 22, 128)
"""What dims the dancers behind: the stage is dark there."""


def costume_of(member: int, *, behind: bool) -> Costume:
    """Return what a member of a song wears, counted from 0; the lead stands in the light."""
    hair, top, sleeves, legs = LOOKS[member % len(LOOKS)]
    lit = replace(LEAD, hair=hair, top=top, sleeves=sleeves, legs=legs)
    return _shaded(lit) if behind else lit


@lru_cache(maxsize=len(LOOKS))
def _shaded(lit: Costume) -> Costume:
    return Costume(*(mix(SHADE, getattr(lit, part.name), 0.42) for part in fields(Costume)))


FLAT: Final = Costume(WHITE, WHITE, WHITE, WHITE, WHITE, WHITE, WHITE, GOLD)

(MID_HIP, CHEST, WAIST, R_CHEST, L_CHEST, R_WAIST, L_WAIST, HEAD_MIDDLE, CROWN, NAPE, FACE, JAW,
 R_FRINGE, R_PARTING, L_PARTING, L_FRINGE, R_HAND, L_HAND, R_CUFF, L_CUFF,
 R_HEEL, L_HEEL, R_TOE, L_TOE) = range(18, 42)  # fmt: skip

Limb = tuple[int, int, float, float, str]
"""From point, to point, radius at each in heights, what it wears."""

BODY_LIMBS: Final[tuple[Limb, ...]] = (
    (R_CHEST, R_WAIST, 0.040, 0.042, "top"), (L_CHEST, L_WAIST, 0.040, 0.042, "top"),
    (CHEST, WAIST, 0.058, 0.050, "top"), (body.R_SHOULDER, body.L_SHOULDER, 0.033, 0.033, "top"),
    (R_HEEL, R_TOE, 0.026, 0.021, "shoes"), (body.R_KNEE, body.R_ANKLE, 0.036, 0.021, "legs"),
    (body.R_HIP, body.R_KNEE, 0.052, 0.037, "legs"),
    (L_HEEL, L_TOE, 0.026, 0.021, "shoes"), (body.L_KNEE, body.L_ANKLE, 0.036, 0.021, "legs"),
    (body.L_HIP, body.L_KNEE, 0.052, 0.037, "legs"),
    (body.R_HIP, body.L_HIP, 0.050, 0.050, "legs"),
)  # fmt: skip
HEAD_LIMBS: Final[tuple[Limb, ...]] = (
    (body.NECK, HEAD_MIDDLE, 0.023, 0.022, "skin"), (CROWN, NAPE, 0.066, 0.062, "hair"),
    (FACE, JAW, 0.051, 0.043, "skin"),
    (R_FRINGE, R_PARTING, 0.020, 0.030, "hair"), (L_PARTING, L_FRINGE, 0.029, 0.017, "hair"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Limbs:
    """All limbs of a dancer, back to front: points, radii (2, n), what they wear, groups' ends."""

    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    radii: Lengths
    worn: tuple[str, ...]
    groups: tuple[int, ...]


@lru_cache(maxsize=4)
def _limbs(accent: int) -> Limbs:
    groups = (
        BODY_LIMBS, HEAD_LIMBS,
        _arm_limbs(ARMS[0], R_HAND, R_CUFF, accent), _arm_limbs(ARMS[1], L_HAND, L_CUFF, accent),
    )  # fmt: skip
    starts, ends, near, far, worn = zip(*chain(*groups), strict=True)
    radii = np.array([near, far], np.float64)
    last = tuple(accumulate(len(group) for group in groups))
    return Limbs(np.array(starts), np.array(ends), radii, worn, last)


def _arm_limbs(
    arm: tuple[int, int, int], hand: int, cuff: int, accent: int
) -> tuple[Limb, ...]:
    shoulder, elbow, wrist = arm
    glove = (cuff, hand, 0.024, 0.034, "accent")
    return (
        (shoulder, elbow, 0.034, 0.027, "sleeves"),
        (elbow, wrist, 0.025, 0.017, "skin"),
        glove if wrist == accent else (wrist, hand, 0.019, 0.025, "skin"),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """A dancer's filled outlines (k, 2 * ARC), back to front; a group has one rim."""

    outlines: Points
    colours: list[Colour]
    groups: list[tuple[int, int]]

    @property
    def box(self) -> pygame.Rect:
        """The rectangle that holds it; empty where nothing was seen."""
        if not len(self.outlines):
            return pygame.Rect(0, 0, 0, 0)
        x, y = self.outlines.real, self.outlines.imag
        left, top = math.floor(x.min()), math.floor(y.min())
        return pygame.Rect(
            left, top, math.ceil(x.max()) - left + 1, math.ceil(y.max()) - top + 1
        )


def silhouettes(
    joints: NDArray[np.float32],
    heights: Sequence[float],
    costumes: Sequence[Costume],
    accent: int,
) -> list[Silhouette]:
    """Return the outlines of dancers.

    Parameters
    ----------
    joints : float32 (M, 18, 3)
        x px, y px, confidence; unseen joints leave out what hangs on them.
    heights : (M,)
        Each dancer's height standing, px; limbs are as thick as it says.
    costumes : (M,)
        Each dancer's colours.
    accent : int
        Which wrist wears the accent.
    """
    limbs = _limbs(accent)
    tall = np.asarray(heights, np.float64)
    points = _points(_seen_points(joints).T, tall)
    a, b = points[limbs.starts].T, points[limbs.ends].T
    whole = ~np.isnan(a + b)
    thick = limbs.radii[:, None] * tall[:, None]
    outlines = capsules(a[whole], b[whole], *thick[:, whole])
    figures, first = [], 0
    for kept, costume in zip(whole.tolist(), costumes, strict=True):
        end = first + sum(kept)
        worn = [
            getattr(costume, what) for what, keep in zip(limbs.worn, kept, strict=True) if keep
        ]
        ends = [sum(kept[:last]) for last in limbs.groups]
        spans = list(zip([0, *ends[:-1]], ends, strict=True))
        figures.append(Silhouette(outlines[first:end], worn, spans))
        first = end
    return figures


def draw_silhouette(
    surface: pygame.Surface, figure: Silhouette, rim: Colour, rim_px: float
) -> None:
    """Draw a dancer with smooth edges and a light rim around each group of limbs."""
    if not len(figure.outlines):
        return
    if rim_px <= 0:
        fill_convex(surface, figure.outlines, figure.colours)
        return
    rims = _grown(figure.outlines, rim_px)
    outlines, colours = [], []
    for first, end in figure.groups:
        outlines += [rims[first:end], figure.outlines[first:end]]
        colours += [*[rim] * (end - first), *figure.colours[first:end]]
    fill_convex(surface, np.concatenate(outlines), colours)


def pictogram(joints: NDArray[np.float32], side: int, accent: int) -> pygame.Surface:
    """Return a small white figure of a pose with its accent hand in gold, ``side`` px high.

    ``joints`` is float32 (18, 3) in any unit, already mirrored where a mirror is shown.
    """
    fine = side * 3
    large = pygame.Surface((fine, fine), pygame.SRCALPHA)
    large.fill((*WHITE, 0))
    seen = joints[:, 2] > 0
    if seen.any():
        tall = max(standing_height(joints), 1e-6)
        low, high = joints[seen, :2].min(axis=0), joints[seen, :2].max(axis=0)
        room = max(float((high - low).max()) + tall * 0.2, tall * 0.9)
        placed = joints.copy()
        placed[:, :2] = (joints[:, :2] - (low + high) / 2) * (fine / room) + fine / 2
        figures = silhouettes(placed[None], [tall * fine / room * 1.06], [FLAT], accent)
        draw_silhouette(large, figures[0], WHITE, 0)
    return pygame.transform.smoothscale(large, (side, side))


def standing_height(joints: NDArray[np.float32]) -> float:
    """Return a dancer's height were they upright, in the unit of the joints (..., 18, 3).

    Adds up trunk and the longer leg, so that bent knees and raised arms do not matter; the
    largest over the leading axes; 0 where nothing can be measured.
    """
    at = _seen_points(joints).reshape(-1, 18).T
    gaps = np.abs(at[TALL_FROM] - at[TALL_TO])
    gaps = np.where(np.isnan(gaps), 0.0, gaps)
    trunk = np.maximum(gaps[:2].max(axis=0), 1.1 * gaps[2])
    legs = (gaps[3:5] + gaps[5:7]).max(axis=0)
    tall = 1.66 * trunk + np.maximum(legs, 1.2 * trunk)
    return float(tall.max(initial=0.0))


def draw_neon(
    surface: pygame.Surface, joints: NDArray[np.float32], width: float, accent: int
) -> None:
    """Draw a skeleton of neon tubes: cyan right, magenta left, a gold accent hand.

    ``joints`` is float32 (18, 3) in px of the surface; ``width`` is a tube's radius, px.
    """
    at = _seen_points(joints)
    starts, ends = BONES.T
    alive = ~np.isnan(at[starts] + at[ends])
    a, b = at[starts[alive]], at[ends[alive]]
    bones = [_bone_colour(end) for end in ends[alive].tolist()]
    tubes = TUBES if width > 2.4 else TUBES[:2]
    radius = np.repeat([width * share for share, _ in tubes], len(a))
    outlines = capsules(np.tile(a, len(tubes)), np.tile(b, len(tubes)), radius, radius)
    colours = [
        mix(bone, WHITE, 0.8) if light > 1 else dim(bone, light)
        for _, light in tubes
        for bone in bones
    ]
    fill_convex(surface, outlines, colours)
    for joint in np.flatnonzero(~np.isnan(at)).tolist():
        point = complex(at[joint])
        _neon_joint(surface, (point.real, point.imag), width, joint == accent)


def capsules(a: Points, b: Points, radius_a: Lengths, radius_b: Lengths) -> Points:
    """Return outlines (k, 2 * ARC) of tapered limbs with round ends from a to b (k,)."""
    along = b - a
    length = np.maximum(np.abs(along), 1e-3)
    heading = (along / length)[:, None]
    lean = np.arccos(np.clip((radius_a - radius_b) / length, -0.99, 0.99))[:, None]
    front, back = lean * TURN, (np.pi - lean) * TURN
    tip = b[:, None] + radius_b[:, None] * heading * (np.cos(front) + 1j * np.sin(front))
    root = a[:, None] - radius_a[:, None] * heading * (np.cos(back) + 1j * np.sin(back))
    return np.concatenate([tip, root], axis=1)


def glow_area(area: pygame.Rect, reach: float) -> pygame.Rect:
    """Return what a glow around an area lights, and reads of its layer."""
    return area.inflate(round(reach * 2.6), round(reach * 2.6))


def add_glow(
    surface: pygame.Surface, layer: pygame.Surface, area: pygame.Rect, reach: float
) -> None:
    """Add a soft glow of a layer's area onto a surface, at the same place.

    ``reach`` is about how far it shines, px.
    """
    wide = glow_area(area, reach).clip(surface.get_rect())
    if wide.width < 8 or wide.height < 8:
        return
    soft = soft_light(layer, wide, reach)
    soft.fill(AURA, special_flags=pygame.BLEND_RGB_MULT)
    surface.blit(pygame.transform.smoothscale(soft, wide.size), wide, special_flags=ADD)


def soft_light(layer: pygame.Surface, area: pygame.Rect, reach: float) -> pygame.Surface:
    """Return a small, blurred copy of a layer's area; the layer is black where nothing is."""
    shrink = max(2.0, reach / 3.2)
    small = (max(4, round(area.width / shrink)), max(4, round(area.height / shrink)))
    sharp, fewer = layer.subsurface(area), int(shrink / SAMPLES)
    if fewer > 1:
        sharp = pygame.transform.scale(sharp, (area.width // fewer, area.height // fewer))
    soft = pygame.transform.smoothscale(sharp, small)
    return pygame.transform.box_blur(pygame.transform.box_blur(soft, 2), 2)


def _points(at: Points, tall: Lengths) -> Points:
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
    more = np.array([*trunk, *_head(at, tall), *_hands(at, tall), *_feet(at, tall)])
    return np.concatenate([at, more])


def _head(at: Points, tall: Lengths) -> list[Points]:
    middle = _mean_seen(at[HEAD])
    rise = middle - at[body.NECK]
    up = _unit(np.where(np.isnan(rise), -0.1j * tall, rise)) * tall
    side = 1j * up
    brow = middle + 0.026 * up
    seen_face = middle + 0.0 * at[body.NOSE]
    return [
        middle, middle + 0.024 * up, middle - 0.014 * up,
        seen_face - 0.016 * up, seen_face - 0.030 * up,
        brow - 0.034 * side, brow + 0.006 * side, brow + 0.008 * side, brow + 0.040 * side,
    ]  # fmt: skip


def _hands(at: Points, tall: Lengths) -> Points:
    wrists = at[WRISTS]
    ahead = _unit(wrists - at[ELBOWS]) * tall
    return np.concatenate([wrists + 0.036 * ahead, wrists - 0.03 * ahead])


def _feet(at: Points, tall: Lengths) -> Points:
    ankles = at[ANKLES]
    shin = _unit(ankles - at[KNEES]) * tall
    heels = ankles + 0.022 * shin
    outward = np.sign((ankles - _mean_seen(at)).real) * 0.036 * tall
    return np.concatenate([heels, heels + 0.016 * shin + outward])


def _mean_seen(at: Points) -> Points:
    """Return the mean (M,) of seen points (n, M), NaN where none is."""
    seen = ~np.isnan(at)
    count = seen.sum(axis=0)
    total = np.where(seen, at, 0.0).sum(axis=0)
    mean: Points = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean


def _grown(outlines: Points, px: float) -> Points:
    """Return outlines pushed outwards; those of ``capsules`` all run the same way round."""
    around = np.concatenate([outlines[:, -1:], outlines, outlines[:, :1]], axis=1)
    ahead = around[:, 2:] - around[:, :-2]
    grown: Points = outlines - 1j * px * ahead / np.maximum(np.abs(ahead), 1e-3)
    return grown


def _unit(vector: Points) -> Points:
    """Return vectors of length 1."""
    unit: Points = vector * (1 / np.maximum(np.abs(vector), 1e-6))
    return unit


def _seen_points(joints: NDArray[np.float32]) -> Points:
    at = joints[..., 0] + 1j * joints[..., 1].astype(np.float64)
    return np.where(joints[..., 2] > 0, at, np.nan)


def _bone_colour(end: int) -> Colour:
    if end in RIGHT:
        return CYAN
    return MAGENTA if end in LEFT else mix(VIOLET, WHITE, 0.35)


def _neon_joint(
    surface: pygame.Surface, at: tuple[float, float], width: float, accent: bool
) -> None:
    if accent:
        pygame.draw.aacircle(surface, dim(GOLD, 0.45), at, width * 2.4)
        pygame.draw.aacircle(surface, GOLD, at, width * 1.9)
    pygame.draw.aacircle(surface, WHITE, at, width * (1.0 if accent else 0.72))
