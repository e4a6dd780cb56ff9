"""A ghost on the stage: a figure of light beside the coach or over it, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.figure import draw_neon, standing_height
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    GOLD,
    MINT,
    NIGHT,
    WHITE,
    Glass,
    Style,
    dim,
)
from kpopdance.realtime.screens.parts.troupe import accent_wrist

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.realtime.screens.parts.theme import Theme
    from kpopdance.realtime.screens.view import DanceView, GhostView

BESIDE: Final = 0.29
"""Of the stage's width: how far from the coach a ghost stands."""


def draw_beside(
    theme: Theme, surface: pygame.Surface, area: pygame.Rect, view: DanceView,
    placed: NDArray[np.float32] | None, u: float,
) -> None:  # fmt: skip
    """Draw whose dance is beside the player's, if somebody's is, and how it stands.

    ``placed`` float32 (18, 3) is where the coach was drawn, px; None: it is a film.
    """
    ghost = view.ghost
    if ghost is None:
        return
    _standing(theme, surface, area, ghost, u)  # raised hands are seen before it
    place = likened(view.coach[view.lead], placed, area, mirror=view.mirror)
    if ghost.joints is not None and place is not None:
        draw_ghost(surface, area, place(ghost.joints, True), mirror=view.mirror)


def draw_ghost(
    surface: pygame.Surface, area: pygame.Rect, joints: NDArray[np.float32], *, mirror: bool
) -> None:  # fmt: skip
    """Draw a ghost whose joints (18, 3) are px, in a stage's area; see ``likened``."""
    clip = surface.get_clip()
    surface.set_clip(area)
    thick = min(max(standing_height(joints) / 90, 1.8), 6.0)
    draw_neon(surface, joints, thick, accent_wrist(mirror))
    surface.set_clip(clip)


def _standing(
    theme: Theme, surface: pygame.Surface, area: pygame.Rect, ghost: GhostView, u: float
) -> None:
    """Write above a ghost who it is, how it stands, and who is ahead."""
    middle = area.centerx + round(BESIDE * area.width)
    plate = pygame.Rect(0, 0, round(230 * u), round(62 * u))
    plate.midtop = (middle, area.top + round(8 * u))
    plate.clamp_ip(area)
    theme.panel(surface, plate, Glass(16 * u, dim(CYAN, 0.9), 1.4, 205, NIGHT))
    inner = plate.inflate(-round(24 * u), -round(8 * u))
    name = pygame.Rect(inner.left, inner.top, inner.width, inner.height // 2)
    low = pygame.Rect(inner.left, name.bottom, inner.width, inner.bottom - name.bottom)
    score = theme.write(surface, f"{ghost.score:.1f}", name, Style(21 * u, WHITE, "right", 1))
    name.width = max(0, score.left - name.left - round(8 * u))
    theme.write(surface, ghost.name, name, Style(21 * u, CYAN, "left", 8))
    theme.write(surface, *_ahead(ghost.ahead, low, u))


def _ahead(points: float, box: pygame.Rect, u: float) -> tuple[str, pygame.Rect, Style]:
    if round(abs(points), 1) == 0:
        return _("level"), box, Style(18 * u, WHITE, "left", 8)
    if points > 0:
        words, ink = _("you are {points:.1f} ahead", points=points), MINT
    else:
        words, ink = _("you are {points:.1f} behind", points=-points), GOLD
    return words, box, Style(18 * u, ink, "left", 8)


def likened(
    coach: NDArray[np.float32], placed: NDArray[np.float32] | None, area: pygame.Rect, *,
    mirror: bool,
) -> Callable[[NDArray[np.float32], bool], NDArray[np.float32]] | None:  # fmt: skip
    """Return what brings joints in stage units to px as the coach was brought; None: it is not seen.

    It is asked with joints (18, 3), and whether they go beside the coach. ``coach`` is in stage units,
    not mirrored yet. Where it is a film, ``placed`` is None: then it would stand in the area's middle.
    """
    coach = body.mirrored(coach, 0.0) if mirror else coach
    seen = np.isfinite(coach[:, :2]).all(axis=1)
    if seen.sum() < 2:
        return None
    middle, spread = coach[seen, :2].mean(axis=0), coach[seen, :2].std(axis=0).sum()
    if placed is None:
        to, scale = np.array(area.center), 0.7 * area.height / max(standing_height(coach), 1e-6)
    else:
        to, scale = (
            placed[seen, :2].mean(axis=0),
            placed[seen, :2].std(axis=0).sum() / max(spread, 1e-6),
        )

    def place(joints: NDArray[np.float32], beside: bool) -> NDArray[np.float32]:
        out = body.mirrored(joints, 0.0) if mirror else joints.copy()
        out[:, :2] = (out[:, :2] - middle) * scale + to
        out[:, 0] += round(BESIDE * area.width) if beside else 0
        return out

    return place
