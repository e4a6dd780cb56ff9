"""The coach on film: a rounded picture with dark edges, the skeleton over it if it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.brush import cut_out
from kpopdance.realtime.screens.parts.figure import draw_neon, standing_height
from kpopdance.realtime.screens.parts.theme import MAGENTA, VIOLET, Glass, dim, mix
from kpopdance.realtime.screens.parts.troupe import accent_wrist

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.screens.parts.theme import Theme
    from kpopdance.realtime.screens.view import DanceView, FilmView

RADIUS: Final = 0.045
"""Of the panel's height: roundness of its corners."""
MARGIN: Final = 0.012
"""Of the area's height: left free around the panel."""
EDGE_DARK: Final = 0.45
"""How much of the light is gone in a corner of the picture."""
WAITING_DARK: Final = 120
"""Of 255: while it is counted, so that the numbers are read."""
OTHERS: Final = 0.6
"""How thick the skeletons are that are not to be copied."""


class FilmPanel:
    """Draws the film; makes the panel once of each of its pictures, however often it is shown."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._made_of: tuple[FilmView | None, tuple[int, int], bool] = (None, (0, 0), False)
        self._shown = pygame.Surface((1, 1))

    def draw(
        self, surface: pygame.Surface, area: pygame.Rect, film: FilmView, view: DanceView
    ) -> None:
        """Draw the film in the middle of an area, as large as it fits."""
        panel = panel_for(film.window[2] / film.window[3], area)
        made_of = (film, panel.size, view.mirror)
        if self._made_of != made_of:
            self._shown, self._made_of = self._made(*made_of), made_of
        surface.blit(self._shown, panel)
        darkness = WAITING_DARK if view.phase == "count-in" else 0
        edge = mix(dim(VIOLET, 0.9), MAGENTA, 0.35)
        radius = panel.height * RADIUS
        self.theme.panel(
            surface, panel, Glass(radius, edge, max(1.5, panel.height / 260), darkness)
        )

    def _made(self, film: FilmView, size: tuple[int, int], mirror: bool) -> pygame.Surface:
        """Return the panel's inside."""
        flip = mirror != film.turned
        seen = cut_out(film.picture, film.window, size, flip=flip)
        panel = pygame.Surface(size, pygame.SRCALPHA)
        panel.blit(pygame.image.frombuffer(seen.data, size, "BGR"), (0, 0))
        for number, joints in reversed(list(enumerate(film.joints))):
            thick = OTHERS if number else 1.0
            self._skeleton(panel, film, joints, mirror=mirror, thick=thick)
        mask = self.theme.kept(("film mask", size), lambda: _mask(size))
        panel.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
        return panel

    def _skeleton(
        self, picture: pygame.Surface, film: FilmView, joints: NDArray[np.float32], *,
        mirror: bool, thick: float,
    ) -> None:  # fmt: skip
        left, top, wide, _ = film.window
        scale = picture.get_width() / wide
        placed = joints.copy()
        placed[:, :2] = (joints[:, :2] + 0.5 - (left, top)) * scale
        if mirror != film.turned:
            placed = body.mirrored(placed, picture.get_width())
        radius = thick * min(max(standing_height(placed) / 110, 1.6), 6.0)
        draw_neon(picture, placed, radius, accent_wrist(mirror))


def panel_for(shape: float, area: pygame.Rect) -> pygame.Rect:
    """Return the largest panel of a shape (width by height) in the middle of an area."""
    margin = round(2 * MARGIN * area.height)
    room = area.inflate(-margin, -margin)
    panel = pygame.Rect(0, 0, 0, 0)
    panel.size = (
        max(2, min(room.width, round(room.height * shape))),
        max(2, min(room.height, round(room.width / shape))),
    )
    panel.center = room.center
    return panel


def _mask(size: tuple[int, int]) -> pygame.Surface:
    """Return what a picture is multiplied by: dark towards its edges, nothing beyond its corners."""
    wide, high = size
    x, y = np.linspace(-1, 1, wide), np.linspace(-1, 1, high)
    away = (x[:, None] ** 4 + y[None, :] ** 4) / 2
    light = np.rint(255 * (1 - EDGE_DARK * np.clip(away, 0, 1))).astype(np.uint8)
    mask = pygame.Surface(size, pygame.SRCALPHA)
    pygame.surfarray.blit_array(mask, np.repeat(light[..., None], 3, axis=2))
    pygame.surfarray.pixels_alpha(mask)[:] = rounded(size, high * RADIUS)
    return mask


def rounded(size: tuple[int, int], radius: float) -> NDArray[np.uint8]:
    """Return how much of each px lies inside a rounded rectangle, uint8 (width, height)."""
    beyond = [
        np.maximum(np.abs(np.arange(side) + 0.5 - side / 2) - side / 2 + radius, 0)
        for side in size
    ]
    far = np.hypot(beyond[0][:, None], beyond[1][None, :])
    share: NDArray[np.uint8] = np.rint(255 * np.clip(radius + 0.5 - far, 0, 1)).astype(np.uint8)
    return share
