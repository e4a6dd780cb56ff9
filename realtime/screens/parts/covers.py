"""A song's cover as a square: the picture's middle, or one drawn of its title and colours."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.realtime.screens.parts.backdrop import lights_of
from kpopdance.realtime.screens.parts.brush import cut_out
from kpopdance.realtime.screens.parts.film import rounded
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    GOLD,
    MAGENTA,
    MINT,
    VIOLET,
    WHITE,
    Style,
    dim,
    mix,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.view import Cover

DYES: Final = (MAGENTA, CYAN, VIOLET, GOLD, MINT)
"""Two of them, chosen by the title, colour a song that has no colours."""


def cover_square(cover: Cover, side: int, radius: float) -> pygame.Surface:
    """Return the middle of a cover's picture, its corners rounded."""
    high, wide = cover.picture.shape[:2]
    part = min(high, wide)
    window = ((wide - part) / 2, (high - part) / 2, float(part), float(part))
    seen = cut_out(cover.picture, window, (side, side), flip=False)
    return _rounded(pygame.image.frombuffer(seen.data, (side, side), "BGR"), radius)


def drawn_square(
    theme: Theme, title: str, colours: Sequence[Colour], side: int, radius: float
) -> pygame.Surface:
    """Return a cover of a title's first letter before two lights and a ring, kept."""
    lights = colours_of(title, colours)
    letter = next((sign for sign in title if sign.isalnum()), "").upper()
    key = ("drawn cover", lights, letter, side, radius)
    return theme.kept(key, lambda: _drawn(theme, letter, lights, side, radius))


def _drawn(
    theme: Theme, letter: str, lights: tuple[Colour, Colour], side: int, radius: float
) -> pygame.Surface:
    one, other = lights
    down = np.linspace(0, 1, side, dtype=np.float32)
    share = (0.5 * (down[:, None] + down[None, :]))[..., None]
    light = (1 - share) * np.array(dim(one, 0.62)) + share * np.array(dim(other, 0.34))
    square = pygame.surfarray.make_surface(light.astype(np.uint8))
    middle, thick = (side * 0.62, side * 0.40), max(1, round(side / 30))
    for far in (0.52, 0.36):
        pygame.draw.circle(square, mix(dim(one, 0.62), WHITE, 0.30), middle, far * side, thick)
    theme.write(square, letter, square.get_rect(), Style(side * 0.56, WHITE, "centre", 6))
    return _rounded(square, radius)


def colours_of(title: str, colours: Sequence[Colour]) -> tuple[Colour, Colour]:
    """Return two colours: the song's own, else two that its title chooses, always the same ones."""
    if colours:
        return lights_of(colours)[:2]
    number = zlib.crc32(title.encode())
    first = number % len(DYES)
    return DYES[first], DYES[(first + 1 + number // len(DYES) % (len(DYES) - 1)) % len(DYES)]


def _rounded(picture: pygame.Surface, radius: float) -> pygame.Surface:
    square = pygame.Surface(picture.get_size(), pygame.SRCALPHA)
    square.blit(picture, (0, 0))
    pygame.surfarray.pixels_alpha(square)[:] = rounded(picture.get_size(), radius)
    return square
