"""Figures: the coach as a glowing silhouette, dancers behind, the player's neon, pictograms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from realtime.pure import body
from realtime.screens.theme import ADD, CYAN, GOLD, MAGENTA, VIOLET, WHITE, dim, mix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from realtime.screens.theme import Colour

    Points = NDArray[np.float64]

ARC: Final = 9
"""Points on each round end of a limb; every outline has ``2 * ARC`` points."""
HEAD: Final = (body.NOSE, body.R_EYE, body.L_EYE, body.R_EAR, body.L_EAR)
ARMS: Final = (
    (body.R_SHOULDER, body.R_ELBOW, body.R_WRIST),
    (body.L_SHOULDER, body.L_ELBOW, body.L_WRIST),
)
LEGS: Final = ((body.R_HIP, body.R_KNEE, body.R_ANKLE), (body.L_HIP, body.L_KNEE, body.L_ANKLE))
BONES: Final = np.array(body.LIMBS[:17])
AURA: Final = (226, 110, 255)
"""Tint of the light around the lead."""
RIGHT: Final = frozenset((body.R_SHOULDER, *ARMS[0], *LEGS[0]))
LEFT: Final = frozenset((body.L_SHOULDER, *ARMS[1], *LEGS[1]))


@dataclass(frozen=True, slots=True)
class Costume:
    """The colours of a silhouette; ``accent`` is the hand to follow."""

    skin: Colour
    top: Colour
    legs: Colour
    shoes: Colour
    hair: Colour
    rim: Colour
    accent: Colour


LEAD: Final = Costume(
    skin=(255, 224, 212), top=(255, 40, 142), legs=(70, 44, 178), shoes=(250, 248, 255),
    hair=(70, 220, 250), rim=(255, 240, 252), accent=GOLD,
)  # fmt: skip
BEHIND: Final = Costume(
    skin=(118, 92, 196), top=(88, 48, 166), legs=(54, 32, 124), shoes=(126, 104, 202),
    hair=(74, 46, 154), rim=(128, 92, 226), accent=(196, 168, 110),
)  # fmt: skip
FLAT: Final = Costume(WHITE, WHITE, WHITE, WHITE, WHITE, WHITE, GOLD)


@dataclass(frozen=True, slots=True)
class Part:
    """A round-ended limb from a to b with its radii, px."""

    a: Points
    b: Points
    radius_a: float
    radius_b: float
    colour: Colour


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """A dancer's filled outlines (k, 2 * ARC, 2) in px, back to front; a group has one rim."""

    outlines: Points
    colours: list[Colour]
    groups: list[tuple[int, int]]

    @property
    def box(self) -> pygame.Rect:
        """The rectangle that holds it; empty where nothing was seen."""
        if not len(self.outlines):
            return pygame.Rect(0, 0, 0, 0)
        left, top = np.floor(self.outlines.min(axis=(0, 1))).astype(int).tolist()
        right, bottom = np.ceil(self.outlines.max(axis=(0, 1))).astype(int).tolist()
        return pygame.Rect(left, top, right - left + 1, bottom - top + 1)


def silhouette(
    joints: NDArray[np.float32], height: float, costume: Costume, accent: int
) -> Silhouette:
    """Return a dancer's outlines.

    Parameters
    ----------
    joints : float32 (18, 3)
        x px, y px, confidence; unseen joints leave out what hangs on them.
    height : float
        The dancer's height standing, px; limbs are as thick as it says.
    costume : Costume
        Colours.
    accent : int
        Which wrist wears the accent.
    """
    xy = _seen_points(joints)
    groups = [
        [*_trunk(xy, height, costume.top), *_legs(xy, height, costume)],
        _head(xy, height, costume),
        *(_arm(xy[list(arm)], height, costume, arm[2] == accent) for arm in ARMS),
    ]
    kept = [[part for part in group if not np.isnan(part.a + part.b).any()] for group in groups]
    parts = [part for group in kept for part in group]
    ends = np.cumsum([len(group) for group in kept]).tolist()
    spans = list(zip([0, *ends[:-1]], ends, strict=True))
    return Silhouette(_outlines(parts), [part.colour for part in parts], spans)


def draw_silhouette(
    surface: pygame.Surface, figure: Silhouette, rim: Colour, rim_px: float
) -> None:
    """Draw a dancer with smooth edges and a light rim around each group of limbs."""
    if not len(figure.outlines):
        return
    rims = _grown(figure.outlines, rim_px).tolist() if rim_px > 0 else []
    fills = figure.outlines.tolist()
    for first, end in figure.groups:
        for outline in rims[first:end]:
            _fill(surface, rim, outline)
        for outline, colour in zip(fills[first:end], figure.colours[first:end], strict=True):
            _fill(surface, colour, outline)


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
        figure = silhouette(placed, tall * fine / room * 1.06, FLAT, accent)
        draw_silhouette(large, figure, WHITE, 0)
    return pygame.transform.smoothscale(large, (side, side))


def standing_height(joints: NDArray[np.float32]) -> float:
    """Return a dancer's height were they upright, in the unit of the joints (..., 18, 3).

    Adds up trunk and the longer leg, so that bent knees and raised arms do not matter; the
    largest over the leading axes; 0 where nothing can be measured.
    """
    xy = np.where(joints[..., 2:] > 0, joints[..., :2], np.nan).reshape(-1, 18, 2)

    def apart(one: int, other: int) -> NDArray[np.float32]:
        gap: NDArray[np.float32] = np.hypot(*(xy[:, one] - xy[:, other]).T)
        return np.nan_to_num(gap)

    trunk = np.maximum(apart(body.NECK, body.R_HIP), apart(body.NECK, body.L_HIP))
    trunk = np.maximum(trunk, 1.1 * apart(body.R_SHOULDER, body.L_SHOULDER))
    legs = np.maximum(*(apart(hip, knee) + apart(knee, ankle) for hip, knee, ankle in LEGS))
    tall = 1.66 * trunk + np.maximum(legs, 1.2 * trunk)
    return float(tall.max(initial=0.0))


def draw_neon(
    surface: pygame.Surface, joints: NDArray[np.float32], width: float, accent: int
) -> None:
    """Draw a skeleton of neon tubes: cyan right, magenta left, a gold accent hand.

    ``joints`` is float32 (18, 3) in px of the surface; ``width`` is a tube's radius, px.
    """
    xy = _seen_points(joints)
    starts, ends = BONES.T
    alive = ~np.isnan(xy[starts, 0] + xy[ends, 0])
    a, b = xy[starts[alive]], xy[ends[alive]]
    colours = [_bone_colour(end) for end in ends[alive].tolist()]
    for share, light in ((1.0, 0.36), (0.66, 1.0), (0.24, 2.0)):
        radius = np.full(len(a), width * share)
        for tube, colour in zip(capsules(a, b, radius, radius).tolist(), colours, strict=True):
            _fill(surface, mix(colour, WHITE, 0.8) if light > 1 else dim(colour, light), tube)
    for joint in np.flatnonzero(~np.isnan(xy[:, 0])).tolist():
        _neon_joint(surface, (float(xy[joint, 0]), float(xy[joint, 1])), width, joint == accent)


def capsules(a: Points, b: Points, radius_a: Points, radius_b: Points) -> Points:
    """Return outlines (k, 2 * ARC, 2) of tapered limbs with round ends from a to b (k, 2)."""
    along = b - a
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-3)
    heading = np.arctan2(along[:, 1], along[:, 0])[:, None]
    lean = np.arccos(np.clip((radius_a - radius_b) / length, -0.99, 0.99))[:, None]
    turn = np.linspace(-1, 1, ARC)
    front = heading + lean * turn
    back = heading + np.pi + (np.pi - lean) * turn
    tip = b[:, None] + radius_b[:, None, None] * np.stack([np.cos(front), np.sin(front)], -1)
    root = a[:, None] + radius_a[:, None, None] * np.stack([np.cos(back), np.sin(back)], -1)
    return np.concatenate([tip, root], axis=1)


def add_glow(
    surface: pygame.Surface, layer: pygame.Surface, area: pygame.Rect, reach: float
) -> None:
    """Add a soft glow of a transparent layer's area onto a surface, at the same place.

    ``reach`` is about how far it shines, px.
    """
    wide = area.inflate(round(reach * 2.6), round(reach * 2.6)).clip(surface.get_rect())
    if wide.width < 8 or wide.height < 8:
        return
    soft = soft_light(layer, wide, reach)
    soft.fill(AURA, special_flags=pygame.BLEND_RGB_MULT)
    surface.blit(pygame.transform.smoothscale(soft, wide.size), wide, special_flags=ADD)


def soft_light(layer: pygame.Surface, area: pygame.Rect, reach: float) -> pygame.Surface:
    """Return a small, blurred, black-backed copy of a transparent layer's area."""
    black = pygame.Surface(area.size)
    black.blit(layer, (0, 0), area)
    shrink = max(2.0, reach / 3.2)
    small = (max(4, round(area.width / shrink)), max(4, round(area.height / shrink)))
    soft = pygame.transform.smoothscale(black, small)
    return pygame.transform.box_blur(pygame.transform.box_blur(soft, 2), 2)


def _legs(xy: Points, height: float, costume: Costume) -> list[Part]:
    parts = []
    middle = np.nanmean(xy[:, 0]) if not np.isnan(xy[:, 0]).all() else 0.0
    for hip, knee, ankle in LEGS:
        shin = _unit(xy[ankle] - xy[knee])
        outward = 0.036 * np.sign(xy[ankle, 0] - middle)
        heel = xy[ankle] + shin * 0.022 * height
        toe = heel + (shin * 0.016 + np.array([outward, 0.004])) * height
        parts += [
            _part(heel, toe, (0.026, 0.021), height, costume.shoes),
            _part(xy[knee], xy[ankle], (0.036, 0.021), height, costume.legs),
            _part(xy[hip], xy[knee], (0.052, 0.037), height, costume.legs),
        ]
    hips = _part(xy[body.R_HIP], xy[body.L_HIP], (0.050, 0.050), height, costume.legs)
    return [*parts, hips]


def _trunk(xy: Points, height: float, colour: Colour) -> list[Part]:
    neck, hips = xy[body.NECK], (xy[body.R_HIP] + xy[body.L_HIP]) / 2
    across = (xy[body.L_SHOULDER] - xy[body.R_SHOULDER]) / 2
    down = hips - neck
    chest, waist = neck + 0.30 * down, neck + 0.80 * down
    sides = [
        _part(neck + 0.10 * down + side * across * 0.80, waist + side * across * 0.34,
              (0.040, 0.042), height, colour)
        for side in (-1, 1)
    ]  # fmt: skip
    return [
        *sides,
        _part(chest, waist, (0.058, 0.050), height, colour),
        _part(xy[body.R_SHOULDER], xy[body.L_SHOULDER], (0.033, 0.033), height, colour),
    ]


def _head(xy: Points, height: float, costume: Costume) -> list[Part]:
    seen = xy[list(HEAD)]
    seen = seen[~np.isnan(seen[:, 0])]
    if not len(seen):
        return []
    middle, neck = seen.mean(axis=0), xy[body.NECK]
    up = np.array([0.0, -1.0]) if np.isnan(neck).any() else _unit(middle - neck)
    side = np.array([-up[1], up[0]])
    face = middle - up * 0.016 * height, middle - up * 0.030 * height
    crown = middle + up * 0.024 * height
    brow = middle + up * 0.026 * height
    along = side * height
    hair, skin = costume.hair, costume.skin
    shown = not np.isnan(xy[body.NOSE]).any()
    return [
        _part(neck, middle, (0.023, 0.022), height, skin),
        _part(crown, middle - up * 0.014 * height, (0.066, 0.062), height, hair),
        *([_part(*face, (0.051, 0.043), height, skin)] if shown else []),
        _part(brow - along * 0.034, brow + along * 0.006, (0.020, 0.030), height, hair),
        _part(brow + along * 0.008, brow + along * 0.040, (0.029, 0.017), height, hair),
    ]  # fmt: skip


def _arm(xy: Points, height: float, costume: Costume, accent: bool) -> list[Part]:
    shoulder, elbow, wrist = xy
    ahead = _unit(wrist - elbow)
    sleeve = mix(costume.top, WHITE, 0.16)
    hand = costume.accent if accent else costume.skin
    size = 1.25 if accent else 1.0
    cuff = wrist - ahead * 0.03 * height if accent else wrist
    return [
        _part(shoulder, elbow, (0.034, 0.027), height, sleeve),
        _part(elbow, wrist, (0.025, 0.017), height, costume.skin),
        _part(cuff, wrist + ahead * 0.036 * height, (0.019 * size, 0.025 * size), height, hand),
    ]


def _part(
    a: Points, b: Points, radii: tuple[float, float], height: float, colour: Colour
) -> Part:
    return Part(a, b, radii[0] * height, radii[1] * height, colour)


def _outlines(parts: list[Part]) -> Points:
    if not parts:
        return np.empty((0, 2 * ARC, 2))
    a, b = np.array([part.a for part in parts]), np.array([part.b for part in parts])
    radius_a = np.array([part.radius_a for part in parts])
    return capsules(a, b, radius_a, np.array([part.radius_b for part in parts]))


def _grown(outlines: Points, px: float) -> Points:
    """Return outlines pushed outwards; those of ``capsules`` all run the same way round."""
    ahead = np.roll(outlines, -1, axis=1) - np.roll(outlines, 1, axis=1)
    length = np.maximum(np.hypot(ahead[..., 0], ahead[..., 1]), 1e-3)
    normal = np.stack([ahead[..., 1], -ahead[..., 0]], axis=-1) / length[..., None]
    return outlines + normal * px


def _fill(
    surface: pygame.Surface, colour: Colour, outline: Iterable[tuple[float, float]]
) -> None:
    points = list(outline)
    pygame.draw.polygon(surface, colour, points)
    pygame.draw.aalines(surface, colour, True, points)


def _unit(vector: Points) -> Points:
    length = float(np.hypot(*vector))
    unit: Points = vector / max(length, 1e-6) if length == length else vector
    return unit


def _seen_points(joints: NDArray[np.float32]) -> Points:
    return np.where(joints[:, 2:] > 0, joints[:, :2], np.nan).astype(np.float64)


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
