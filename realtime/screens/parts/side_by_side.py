"""A player's own dance beside the coach's, as two skeletons of neon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.figure import draw_neon, standing_height
from kpopdance.realtime.screens.parts.theme import FAINT, SOFT, VIOLET, Style, dim
from kpopdance.realtime.screens.parts.troupe import accent_wrist

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.screens.parts.theme import Theme
    from kpopdance.realtime.screens.view import SideView

MARGIN: Final = 0.08
"""Of the room's height, left free around whatever is danced."""
TUBE: Final = 64
"""A figure's height by a tube's radius."""


def draw_side_by_side(
    theme: Theme, surface: pygame.Surface, area: pygame.Rect, side: SideView, u: float
) -> None:
    """Draw the player in the left half of an area, the coach in the right one, equally large."""
    foot = round(20 * u)
    left = pygame.Rect(area.left, area.top, area.width // 2, area.height - foot)
    halves = (left, left.move(area.width - left.width, 0))
    pygame.draw.line(surface, dim(VIOLET, 0.5), left.topright, left.bottomright)
    clip = surface.get_clip()
    for half, joints, name in zip(
        halves, (side.you, side.coach), (_("YOU"), _("COACH")), strict=True
    ):
        words = pygame.Rect(half.left, half.bottom, half.width, foot)
        theme.write(surface, name, words, Style(14 * u, SOFT, "centre", 7))
        if joints is None or not (joints[:, 2] > 0).any():
            theme.write(surface, _("not seen"), half, Style(16 * u, FAINT, "centre", 8))
            continue
        surface.set_clip(half.clip(clip))
        placed = _placed(joints, side, half)
        thick = min(max(standing_height(placed) / TUBE, 1.5), 6.0)
        draw_neon(surface, placed, thick, accent_wrist(side.mirror))
        surface.set_clip(clip)


def _placed(
    joints: NDArray[np.float32], side: SideView, half: pygame.Rect
) -> NDArray[np.float32]:
    """Return joints in px, so that all of ``side.room`` is in a half."""
    left, top, right, bottom = side.room
    scale = min(
        (1 - 2 * MARGIN) * half.width / max(right - left, 1e-6),
        (1 - 2 * MARGIN) * half.height / max(bottom - top, 1e-6),
    )
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    out = joints.copy()
    out[:, :2] = (joints[:, :2] - middle) * scale
    if side.mirror:
        out = body.mirrored(out, 0.0)
    out[:, :2] += half.center
    return out
