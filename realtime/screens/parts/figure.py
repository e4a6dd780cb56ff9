"""Figures: the coach as a glowing silhouette, dancers behind, the player's neon, pictograms.

Points are complex numbers, x + iy px, so that a turn or a length is one operation; NaN is unseen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.engines.anatomy import LIMBS
from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.brush import fill_convex
from kpopdance.realtime.screens.parts.costumes import FLAT
from kpopdance.realtime.screens.parts.limbs import (
    ANKLES,
    ARMS,
    FROM_BEHIND,
    HIPS,
    KNEES,
    LEG_JOINTS,
    limbs_of,
    points_of,
    turned_away,
    worn_by,
)
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

    from kpopdance.realtime.screens.parts.costumes import Costume
    from kpopdance.realtime.screens.parts.theme import Colour

    Points = NDArray[np.complex128]
    Lengths = NDArray[np.float64]

ARC: Final = 8
"""Points on each round end of a limb; every outline has ``2 * ARC`` points."""
TURN: Final = np.linspace(-1, 1, ARC)
TUBES: Final = ((1.0, 0.36), (0.66, 1.0), (0.24, 2.0))
"""Of the player's neon, the widest first: share of its width, light; above 1 is nearly white."""
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
    limbs, tall = limbs_of(accent), np.asarray(heights, np.float64)
    at = _seen_points(joints).T
    turned = turned_away(at, tall).tolist()
    points = points_of(at, tall)
    a, b = points[limbs.starts].T, points[limbs.ends].T
    worn = [worn_by(one, accent, away) for one, away in zip(costumes, turned, strict=True)]
    shown = ~np.isnan(a + b) & [[colour is not None for colour in each] for each in worn]
    thick = limbs.radii[:, None] * tall[:, None]
    outlines = capsules(a[shown], b[shown], *thick[:, shown])
    figures, first = [], 0
    for kept, colours, away in zip(shown.tolist(), worn, turned, strict=True):
        end = first + sum(kept)
        drawn = [colour for colour, keep in zip(colours, kept, strict=True) if keep and colour]
        ends = [sum(kept[:last]) for last in limbs.groups]
        spans = list(zip([0, *ends[:-1]], ends, strict=True))
        figure = Silhouette(outlines[first:end], drawn, spans)
        figures.append(_from_behind(figure) if away else figure)
        first = end
    return figures


def _from_behind(figure: Silhouette) -> Silhouette:
    """Return a figure whose arms are hidden by the body, not the body by the arms."""
    groups = [figure.groups[group] for group in FROM_BEHIND]
    order = [number for first, end in groups for number in range(first, end)]
    ends = list(accumulate(end - first for first, end in groups))
    spans = list(zip([0, *ends[:-1]], ends, strict=True))
    return Silhouette(figure.outlines[order], [figure.colours[k] for k in order], spans)


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
    surface: pygame.Surface,
    layer: pygame.Surface,
    area: pygame.Rect,
    reach: float,
    tint: Colour = AURA,
) -> None:
    """Add a soft glow of a layer's area onto a surface, at the same place.

    ``reach`` is about how far it shines, px.
    """
    wide = glow_area(area, reach).clip(surface.get_rect())
    if wide.width < 8 or wide.height < 8:
        return
    soft = soft_light(layer, wide, reach)
    soft.fill(tint, special_flags=pygame.BLEND_RGB_MULT)
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


def _grown(outlines: Points, px: float) -> Points:
    """Return outlines pushed outwards; those of ``capsules`` all run the same way round."""
    around = np.concatenate([outlines[:, -1:], outlines, outlines[:, :1]], axis=1)
    ahead = around[:, 2:] - around[:, :-2]
    grown: Points = outlines - 1j * px * ahead / np.maximum(np.abs(ahead), 1e-3)
    return grown


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
