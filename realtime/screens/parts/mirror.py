"""The player in the mirror: the camera's picture with their skeleton in neon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.brush import resized
from kpopdance.realtime.screens.parts.figure import draw_neon, standing_height
from kpopdance.realtime.screens.parts.theme import CYAN, FAINT, INK, VIOLET, Glass, Style, dim
from kpopdance.realtime.screens.parts.troupe import accent_wrist

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose
    from kpopdance.realtime.screens.parts.theme import Theme

GENTLE: Final = 1.34
"""Largest zoom beyond the whole picture: 16:9 still fills a 4:3 panel."""
LOST_DARKNESS: Final = 178
RADIUS: Final = 0.075
"""Of the panel's height: roundness of its corners."""


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture that is shown, its scale, and where it stands in the panel; px."""

    part: pygame.Rect
    scale: float
    shown: pygame.Rect

    def to_panel(self, joints: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return joints (18, 3) in px of the panel for joints in px of the picture."""
        placed = joints.copy()
        placed[:, 0] = (joints[:, 0] + 0.5 - self.part.left) * self.scale + self.shown.left
        placed[:, 1] = (joints[:, 1] + 0.5 - self.part.top) * self.scale + self.shown.top
        return placed


def crop_to_fill(picture: tuple[int, int], panel: tuple[int, int]) -> Crop:
    """Return the middle part of a (width, height) picture that fills the panel.

    At most a quarter of a side is cut: beyond that, bars remain beside the picture.
    """
    fill = max(panel[0] / picture[0], panel[1] / picture[1])
    scale = min(fill, GENTLE * min(panel[0] / picture[0], panel[1] / picture[1]))
    width = min(picture[0], max(1, round(panel[0] / scale)))
    height = min(picture[1], max(1, round(panel[1] / scale)))
    part = pygame.Rect((picture[0] - width) // 2, (picture[1] - height) // 2, width, height)
    shown = pygame.Rect(
        0, 0,
        max(1, min(panel[0], round(width * scale))), max(1, min(panel[1], round(height * scale))),
    )  # fmt: skip
    shown.center = (panel[0] // 2, panel[1] // 2)
    return Crop(part, scale, shown)


def fitted(room: pygame.Rect, picture: tuple[int, int]) -> pygame.Rect:
    """Return the part of a room in whose middle a (width, height) picture leaves no bars."""
    return crop_to_fill(picture, room.size).shown.move(room.topleft)


class Mirrored(Protocol):
    """A view of somebody in a camera's picture; see ``DanceView``."""

    @property
    def picture(self) -> NDArray[np.uint8] | None:
        """The picture."""

    @property
    def pose(self) -> Pose | None:
        """Who is in it."""

    @property
    def mirror(self) -> bool:
        """Whether it is shown as in a mirror."""

    @property
    def blind(self) -> bool:
        """Whether it shows nothing."""


class MirrorPanel:
    """Draws the player; makes the panel once of each camera picture, however often it is shown."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._seen: tuple[NDArray[np.uint8] | None, Pose | None] = (None, None)
        self._made_for: tuple[tuple[int, int], bool] | None = None
        self._shown = pygame.Surface((1, 1))

    def draw(self, surface: pygame.Surface, panel: pygame.Rect, view: Mirrored) -> None:
        """Draw picture, skeleton and frame."""
        radius = panel.height * RADIUS
        if view.picture is None:
            self._waiting(surface, panel, radius)
            return
        pose = None if view.blind else view.pose
        surface.blit(self._player(view.picture, pose, panel.size, mirror=view.mirror), panel)
        edge = VIOLET if pose is None else dim(CYAN, 0.9)
        darkness = LOST_DARKNESS if view.blind else 0
        self.theme.panel(surface, panel, Glass(radius, edge, panel.height / 110, darkness))

    def _player(
        self,
        picture: NDArray[np.uint8],
        pose: Pose | None,
        size: tuple[int, int],
        *,
        mirror: bool,
    ) -> pygame.Surface:
        """Return the panel's inside; the last one where nothing of it is new."""
        known = self._seen[0] is picture and self._seen[1] is pose
        if not known or self._made_for != (size, mirror):
            self._shown = self._scaled(picture, size, mirror)
            if pose is not None:
                _draw_player(self._shown, pose.joints, picture.shape[1::-1], mirror=mirror)
            self._seen, self._made_for = (picture, pose), (size, mirror)
        return self._shown

    def _scaled(
        self, picture: NDArray[np.uint8], size: tuple[int, int], mirror: bool
    ) -> pygame.Surface:
        high, wide = picture.shape[:2]
        crop = crop_to_fill((wide, high), size)
        part = picture[crop.part.top : crop.part.bottom, crop.part.left : crop.part.right]
        small = resized(part, crop.shown.size, flip=mirror)
        rounded = pygame.Surface(size, pygame.SRCALPHA)
        if crop.shown.size != size:
            rounded.fill((*INK, 255))
        rounded.blit(small, crop.shown)
        mask = self.theme.kept(("mask", size), lambda: _round_mask(size, size[1] * RADIUS))
        rounded.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
        return rounded

    def _waiting(self, surface: pygame.Surface, panel: pygame.Rect, radius: float) -> None:
        self.theme.panel(surface, panel, Glass(radius, VIOLET, panel.height / 110, 200))
        unit = panel.height / 300
        centre = (panel.centerx, panel.top + panel.height * 0.42)
        self.theme.shine(surface, centre, 90 * unit, dim(VIOLET, 0.5))
        pygame.draw.aacircle(surface, FAINT, centre, 38 * unit, max(2, round(4 * unit)))
        pygame.draw.aacircle(surface, FAINT, centre, 15 * unit)
        words = pygame.Rect(
            panel.left, panel.top + round(panel.height * 0.66), panel.width, round(40 * unit)
        )
        words = words.inflate(-round(24 * unit), 0)
        self.theme.write(
            surface, _("waiting for camera"), words, Style(22 * unit, FAINT, "centre")
        )


def _draw_player(
    panel: pygame.Surface,
    joints: NDArray[np.float32],
    picture: tuple[int, int],
    *,
    mirror: bool,
) -> None:
    """Draw the skeleton over a panel that shows a (width, height) picture."""
    crop = crop_to_fill(picture, panel.get_size())
    shown = body.mirrored(joints, picture[0] - 1) if mirror else joints
    placed = crop.to_panel(shown)
    thick = min(max(standing_height(placed) / 70, 1.8), panel.get_height() / 60)
    panel.set_clip(panel.get_rect().inflate(-6, -6))
    draw_neon(panel, placed, thick, accent_wrist(mirror))


def _round_mask(size: tuple[int, int], radius: float) -> pygame.Surface:
    fine = 3
    large = pygame.Surface((size[0] * fine, size[1] * fine), pygame.SRCALPHA)
    large.fill((255, 255, 255, 0))
    pygame.draw.rect(
        large, (255, 255, 255, 255), large.get_rect(), border_radius=round(radius * fine)
    )
    return pygame.transform.smoothscale(large, size)
