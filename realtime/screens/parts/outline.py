"""The camera's picture as a mirror, with the outline of a body: where to stand, and who does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.brush import draw_closed
from kpopdance.realtime.screens.parts.costumes import FLAT
from kpopdance.realtime.screens.parts.figure import (
    draw_silhouette,
    silhouettes,
    standing_height,
)
from kpopdance.realtime.screens.parts.mirror import RADIUS, MirrorPanel, crop_to_fill
from kpopdance.realtime.screens.parts.theme import GOLD, MINT, SOFT, Glass, Style, dim

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose
    from kpopdance.realtime.screens.parts.theme import Theme
    from kpopdance.realtime.screens.setup_view import StandView

    Points = NDArray[np.complex128]

GUIDE: Final = np.array([
    (0.00, -0.42), (0.00, 0.00), (-0.32, 0.02), (-0.44, 0.53), (-0.50, 1.02),
    (0.32, 0.02), (0.44, 0.53), (0.50, 1.02), (-0.18, 1.00), (-0.22, 1.80), (-0.24, 2.56),
    (0.18, 1.00), (0.22, 1.80), (0.24, 2.56), (-0.06, -0.48), (0.06, -0.48), (-0.13, -0.45),
    (0.13, -0.45),
], np.float32)  # fmt: skip
"""Where to stand: somebody upright, in torsos from the neck."""
TOP, BOTTOM = -0.80, 2.74
"""Of that, crown and soles."""
LEGS: Final = [body.R_KNEE, body.R_ANKLE, body.L_KNEE, body.L_ANKLE]
SEATED_BOTTOM: Final = 1.5
GUIDE_HIGH: Final = 0.86
"""Of the panel's height: how large the guide is."""
SOFT_OVER: Final = 7
"""Points of an outline that are smoothed into one; an odd number."""
NO_OUTLINE: Final = np.zeros(0, np.complex128)


class OutlinePanel:
    """Draws the camera's whole picture, who stands in it outlined, and where to stand."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._mirror = MirrorPanel(theme)
        self._drawn: tuple[Pose | None, tuple[int, int], bool, bool] | None = None
        self._outline = NO_OUTLINE

    def draw(self, surface: pygame.Surface, room: pygame.Rect, view: StandView) -> pygame.Rect:
        """Draw it as large as a room allows; return where it is."""
        panel = room.copy()
        if view.picture is not None:
            panel.size = fitting(view.picture.shape[1::-1], room.size)
            panel.center = room.center
        self._mirror.draw(surface, panel, replace(view, pose=None))
        clip = surface.get_clip()
        surface.set_clip(panel.inflate(-4, -4))
        if view.picture is not None and not view.blind:
            if not view.ready:
                self._guide(surface, panel, seated=view.seated)
            self._player(surface, panel, view)
        surface.set_clip(clip)
        if view.ready:
            glass = Glass(panel.height * RADIUS, MINT, max(2.0, panel.height / 90), 0)
            self.theme.panel(surface, panel, glass)
        return panel

    def _guide(self, surface: pygame.Surface, panel: pygame.Rect, *, seated: bool) -> None:
        """Draw where to stand, faintly."""
        key = ("guide", panel.size, seated)

        def make() -> pygame.Surface:
            sprite = pygame.Surface(panel.size, pygame.SRCALPHA)
            bottom = SEATED_BOTTOM if seated else BOTTOM
            torso = GUIDE_HIGH * panel.height / (bottom - TOP)
            joints = np.ones((18, 3), np.float32)
            joints[:, :2] = GUIDE * torso + (
                panel.width / 2,
                panel.height * (1 - GUIDE_HIGH) / 2 - TOP * torso,
            )
            if seated:
                joints[LEGS] = (np.nan, np.nan, 0)
            outline = outline_of(joints, panel.size)
            draw_closed(sprite, outline, max(2, round(panel.height / 110)), SOFT)
            sprite.set_alpha(150)
            return sprite

        surface.blit(self.theme.kept(key, make), panel)

    def _player(self, surface: pygame.Surface, panel: pygame.Rect, view: StandView) -> None:
        """Draw the outline of who is there: green where all of them is in."""
        if view.pose is None or view.picture is None:
            return
        known = (view.pose, panel.size, view.mirror, view.seated)
        if self._drawn != known:
            crop = crop_to_fill(view.picture.shape[1::-1], panel.size)
            joints = view.pose.joints
            shown = body.mirrored(joints, view.picture.shape[1] - 1) if view.mirror else joints
            self._outline = outline_of(crop.to_panel(shown), panel.size)
            self._drawn = known
        colour = MINT if view.ready else GOLD
        if len(self._outline):
            outline = self._outline + complex(*panel.topleft)
            thick = max(3, round(panel.height / 80))
            draw_closed(surface, outline, 2 * thick, dim(colour, 0.4))
            draw_closed(surface, outline, thick, colour)


def fitting(picture: tuple[int, ...], room: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size of a picture's shape that fits a room."""
    scale = min(room[0] / picture[0], room[1] / picture[1])
    return max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))


def outline_of(joints: NDArray[np.float32], size: tuple[int, int]) -> Points:
    """Return the outline (n,) of a body, x + iy px of a panel of a size; empty where nobody is seen."""
    tall = standing_height(joints)
    if tall <= 0:
        return NO_OUTLINE
    small = max(1, round(size[1] / 240))  # soft enough, and quickly found
    low = (max(1, size[0] // small), max(1, size[1] // small))
    placed = joints.copy()
    placed[:, :2] /= small
    layer = pygame.Surface(low, pygame.SRCALPHA)
    figure = silhouettes(placed[None], [1.1 * tall / small], [FLAT], -1)[0]
    draw_silhouette(layer, figure, FLAT.rim, 3)
    mask = pygame.mask.from_surface(layer, 100)
    parts = mask.connected_components(20)
    whole = max(parts, key=pygame.Mask.count, default=mask)
    points = np.array([complex(x, y) for x, y in whole.outline()], np.complex128)
    if len(points) < SOFT_OVER:
        return NO_OUTLINE
    around = np.concatenate([points[-(SOFT_OVER // 2) :], points, points[: SOFT_OVER // 2]])
    smooth: Points = np.convolve(around, np.full(SOFT_OVER, 1 / SOFT_OVER), "valid")
    return smooth[::2] * small


def draw_sentence(
    theme: Theme, surface: pygame.Surface, strip: pygame.Rect, view: StandView, words: str
) -> None:
    """Draw the one sentence that goes with a picture: what to do, or that all is well."""
    colour = MINT if view.ready else GOLD
    shade = (8, 44, 34) if view.ready else (58, 40, 8)
    theme.panel(surface, strip, Glass(strip.height * 0.3, colour, 2.0, 226, shade))
    inner = strip.inflate(-round(strip.height * 0.6), 0)
    theme.write(surface, words, inner, Style(strip.height * 0.44, align="centre", least=8))
    if view.ready and 0 < view.share < 1:
        bar = pygame.Rect(strip.left, strip.bottom - 6, strip.width, 4)
        theme.bar(surface, bar.inflate(-round(strip.height), 0), view.share, MINT)
