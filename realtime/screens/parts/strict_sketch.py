"""Strictness in three sketches: how near an arm must come to the coach's for full points."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.core import body
from kpopdance.realtime.core.terms import STRICTNESS
from kpopdance.realtime.scoring.likeness import THETA_RAD
from kpopdance.realtime.screens.parts.costumes import FLAT
from kpopdance.realtime.screens.parts.figure import draw_silhouette, silhouettes
from kpopdance.realtime.screens.parts.outline import GUIDE, LEGS, TOP
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    GOLD,
    MINT,
    SOFT,
    WHITE,
    Glass,
    Style,
    dim,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.theme import Theme

ARM_RAD: Final = -0.6  # which way the coach's arm points, from the shoulder; up is negative
UPPER, WHOLE = 0.55, 1.08
"""Length of an upper arm and of an arm, torsos."""
STEPS: Final = 12
HIGH, HIPS = 0.86, 1.1
"""Of a sketch's height: the body shown, from the crown to so many torsos below the neck."""


def full_points_rad(strictness: str) -> float:
    """Return how far a limb may point elsewhere for full points, as the scoring has it."""
    return THETA_RAD * math.sqrt(-math.log(STRICTNESS[strictness].ceiling))


def _places(box: pygame.Rect) -> list[pygame.Rect]:
    """Return where each sketch is, side by side."""
    count = len(STRICTNESS)
    gap = round(box.width * 0.02)
    wide = (box.width - (count - 1) * gap) // count
    return [
        pygame.Rect(box.left + number * (wide + gap), box.top, wide, box.height)
        for number in range(count)
    ]


def draw_sketches(
    theme: Theme, surface: pygame.Surface, box: pygame.Rect, chosen: str
) -> list[pygame.Rect]:
    """Draw all three, the chosen one lit; return where each is."""
    places = _places(box)
    for name, place in zip(STRICTNESS, places, strict=True):
        lit = name == chosen
        edge = MINT if lit else dim(SOFT, 0.5)
        glass = Glass(place.height * 0.08, edge, 2.4 if lit else 1.0, 200)
        theme.panel(surface, place, glass)
        key = ("strict", name, place.size, lit)
        sprite = theme.kept(key, partial(_sketch, name, place.size, lit=lit))
        surface.blit(sprite, place)
        foot = pygame.Rect(0, 0, round(place.width * 0.5), round(place.height * 0.2))
        foot.right = place.right - round(place.height * 0.06)
        foot.bottom = place.bottom - round(place.height * 0.03)
        colour = WHITE if lit else SOFT
        theme.write(surface, _(name), foot, Style(foot.height * 0.72, colour, "right", 7))
    return places


def _sketch(name: str, size: tuple[int, int], *, lit: bool) -> pygame.Surface:
    """Return the coach with one arm up, and where the player's may be."""
    fine = 3
    large = pygame.Surface((size[0] * fine, size[1] * fine), pygame.SRCALPHA)
    torso = HIGH * large.get_height() / (HIPS - TOP)
    origin = np.array([large.get_width() * 0.30, large.get_height() * 0.08 - TOP * torso])
    joints = np.ones((18, 3), np.float32)
    joints[:, :2] = GUIDE * torso + origin
    shoulder = joints[body.L_SHOULDER, :2]
    for joint, long in ((body.L_ELBOW, UPPER), (body.L_WRIST, WHOLE)):
        joints[joint, :2] = shoulder + torso * long * _way(ARM_RAD)
    turns = ARM_RAD + full_points_rad(name) * np.linspace(-1, 1, STEPS)
    rim = shoulder + torso * 1.25 * WHOLE * np.array([_way(turn) for turn in turns])
    joints[LEGS] = (np.nan, np.nan, 0)
    wedge = [(float(x), float(y)) for x, y in (shoulder, *rim)]
    colour = MINT if lit else CYAN
    pygame.draw.polygon(large, (*colour, 90), wedge)
    pygame.draw.lines(large, (*colour, 255), True, wedge, fine)
    figure = silhouettes(joints[None], [3.6 * torso], [FLAT], body.L_WRIST)[0]
    draw_silhouette(large, figure, GOLD if lit else SOFT, 0)
    return pygame.transform.smoothscale(large, size)


def _way(turn_rad: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([math.cos(turn_rad), math.sin(turn_rad)])
