"""Something to draw a film's pictures on, without a screen and whatever that is like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

if TYPE_CHECKING:
    from numpy.typing import NDArray

MASKS: Final = (0xFF0000, 0xFF00, 0xFF, 0)


def film_surface(size: tuple[int, int]) -> pygame.Surface:
    """Return a surface of a (width, height), px, that ``picture_on`` can read."""
    return pygame.Surface(size, 0, 32, MASKS)


def picture_on(surface: pygame.Surface) -> NDArray[np.uint8]:
    """Return what is drawn, uint8 (H, W, 4): blue, green, red, nothing; not drawn on while held."""
    pixels = pygame.surfarray.pixels2d(surface).T
    wide, high = surface.get_size()
    picture: NDArray[np.uint8] = pixels.view(np.uint8).reshape(high, wide, 4)
    return picture
