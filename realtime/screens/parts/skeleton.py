"""OpenPose's coloured skeleton, and a dancer as a handful of lights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.engines.anatomy import LIMBS
from kpopdance.realtime.core import body
from kpopdance.realtime.core.skeleton_colours import JOINT_COLOURS
from kpopdance.realtime.screens.parts.brush import fill_convex
from kpopdance.realtime.screens.parts.theme import WHITE, dim

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.screens.parts.theme import Colour

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


def draw_bones(
    surface: pygame.Surface, joints: NDArray[np.float32], tall: float, share: float = 1.0,
    tint: Colour | None = None,
) -> None:  # fmt: skip
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
    tint : Colour, optional
        One colour instead of all of OpenPose's.
    """
    seen = visible(joints)
    at = joints[:, 0] + 1j * joints[:, 1].astype(np.float64)
    whole = BONES[seen[BONES].all(axis=1)]
    colours = [dim(tint or colour, share) for colour in JOINT_COLOURS]
    fill_convex(
        surface, _ellipses(at, whole, tall), [colours[outer] for _, outer in whole.tolist()]
    )
    for joint in np.flatnonzero(seen).tolist():
        radius = max(DOT * tall * (FACE if joint >= body.R_EYE else 1.0), THINNEST)
        place = (float(joints[joint, 0]), float(joints[joint, 1]))
        pygame.draw.aacircle(surface, colours[joint], place, radius)


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
    at: NDArray[np.complex128], bones: NDArray[np.int_], tall: float
) -> NDArray[np.complex128]:
    """Return outlines (k, 28) of limbs between joints (18,)."""
    starts, ends = at[bones[:, 0]], at[bones[:, 1]]
    along = (ends - starts)[:, None] / 2
    fine = np.where(bones[:, 1] >= body.R_EYE, FACE, 1.0)[:, None]
    half = np.maximum(STROKE * tall * fine, THINNEST)
    across = 1j * along / np.maximum(np.abs(along), 1e-6) * half
    outlines: NDArray[np.complex128] = (
        starts[:, None] + along + np.cos(TURN) * along + np.sin(TURN) * across
    )
    return outlines
