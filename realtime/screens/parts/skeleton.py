"""OpenPose's coloured skeleton, and a dancer as a handful of lights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.engines.anatomy import LIMBS
from kpopdance.realtime.core import body
from kpopdance.realtime.core.skeleton_colours import JOINT_COLOURS
from kpopdance.realtime.screens.parts.theme import WHITE, dim

if TYPE_CHECKING:
    from numpy.typing import NDArray

BONES: Final = np.array(LIMBS[:17])
STROKE, DOT = 0.0135, 0.0165
"""Half a limb's width and a joint's radius, of a dancer's height."""
FACE: Final = 0.62
"""Eyes and ears are drawn finer."""
THINNEST: Final = 0.9
"""Half of what can still be seen, px."""
LIGHT: Final = 0.021
"""A point light's radius, of a dancer's height."""
LIGHTS: Final = (
    body.NOSE, *range(body.R_SHOULDER, body.R_EYE),
)  # fmt: skip
"""Johansson's point lights (1973): the head and the twelve large joints."""
TURN: Final = np.linspace(0, 2 * np.pi, 28, endpoint=False)
CIRCLE: Final = np.stack([np.cos(TURN), np.sin(TURN)], axis=1)


def draw_bones(
    surface: pygame.Surface, joints: NDArray[np.float32], tall: float, share: float = 1.0
) -> None:
    """Draw a skeleton as OpenPose does: ellipses for limbs, discs for joints, its colours.

    Parameters
    ----------
    surface : pygame.Surface
        Drawn on.
    joints : float32 (18, 3)
        x px, y px, confidence; what is unseen or not a number is left out.
    tall : float
        The dancer's height standing, px; strokes are as thick as it says.
    share : float
        Of the colours' light, for those who are not asked for.
    """
    seen = visible(joints)
    xy = joints[:, :2].astype(np.float64)
    whole = BONES[seen[BONES].all(axis=1)]
    colours = [dim(colour, share) for colour in JOINT_COLOURS]
    for outline, (_, outer) in zip(_ellipses(xy, whole, tall), whole.tolist(), strict=True):
        points = outline.tolist()
        pygame.draw.polygon(surface, colours[outer], points)
        pygame.draw.aalines(surface, colours[outer], True, points)
    for joint in np.flatnonzero(seen).tolist():
        radius = max(DOT * tall * (FACE if joint >= body.R_EYE else 1.0), THINNEST)
        at = (float(xy[joint, 0]), float(xy[joint, 1]))
        pygame.draw.aacircle(surface, colours[joint], at, radius)


def draw_lights(
    surface: pygame.Surface, joints: NDArray[np.float32], tall: float, share: float = 1.0
) -> None:
    """Draw only the lights on a dancer's joints; parameters as in ``draw_bones``."""
    seen = visible(joints)
    for joint in LIGHTS:
        if seen[joint]:
            at = (float(joints[joint, 0]), float(joints[joint, 1]))
            radius = max(LIGHT * tall, THINNEST)
            pygame.draw.aacircle(surface, dim(WHITE, 0.26 * share), at, radius * 1.5)
            pygame.draw.aacircle(surface, dim(WHITE, share), at, radius)


def visible(joints: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return bool (..., 18): which joints (..., 18, 3) were seen and lie somewhere."""
    seen: NDArray[np.bool_] = (joints[..., 2] > 0) & np.isfinite(joints[..., :2]).all(axis=-1)
    return seen


def _ellipses(
    xy: NDArray[np.float64], bones: NDArray[np.int_], tall: float
) -> NDArray[np.float64]:
    """Return outlines (k, 28, 2) of limbs between joints (18, 2)."""
    starts, ends = xy[bones[:, 0]], xy[bones[:, 1]]
    along = (ends - starts) / 2
    long = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)[:, None]
    fine = np.where(bones[:, 1] >= body.R_EYE, FACE, 1.0)[:, None]
    half = np.maximum(STROKE * tall * fine, THINNEST)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / long * half
    outlines = (starts + along)[:, None] + (
        CIRCLE[None, :, :1] * along[:, None] + CIRCLE[None, :, 1:] * across[:, None]
    )
    return np.clip(outlines, -3e4, 3e4)
