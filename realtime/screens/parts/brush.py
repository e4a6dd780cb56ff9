"""Smooth shapes and pictures, by OpenCV: pygame's smooth lines took longer than all the rest."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import pygame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.screens.parts.theme import Colour

    Points = NDArray[np.complex128]

SHIFT: Final = 4
"""Fraction bits of drawn coordinates."""
FARTHEST_PX: Final = 3e4


def fill_convex(surface: pygame.Surface, outlines: Points, colours: Sequence[Colour]) -> None:
    """Fill convex outlines (k, n), x + iy px, one over the other, within the surface's clip."""
    if surface.get_bytesize() != 4:  # a screen of few colours
        for outline, colour in zip(outlines, colours, strict=True):
            pygame.draw.polygon(
                surface, colour, [(at.real, at.imag) for at in outline.tolist()]
            )
        return
    clip = surface.get_clip()
    if not (clip.width and clip.height):
        return
    pixels = pygame.surfarray.pixels2d(surface).T
    part = pixels[clip.top : clip.bottom, clip.left : clip.right]
    canvas = part.view(np.uint8).reshape(*part.shape, 4)
    xy = (outlines - complex(*clip.topleft)).view(np.float64).reshape(*outlines.shape, 2)
    fixed = np.rint(np.clip(xy, -FARTHEST_PX, FARTHEST_PX) * (1 << SHIFT)).astype(np.int32)
    paints = {
        colour: tuple((surface.map_rgb(colour) % (1 << 32)).to_bytes(4, sys.byteorder))
        for colour in set(colours)
    }
    for outline, colour in zip(fixed, colours, strict=True):
        cv2.fillConvexPoly(canvas, outline, paints[colour], cv2.LINE_AA, SHIFT)


def resized(picture: NDArray[np.uint8], size: tuple[int, int], *, flip: bool) -> pygame.Surface:
    """Return a picture, uint8 (H, W, 3) BGR, at another (width, height), flipped if wanted."""
    while min(picture.shape[1] // size[0], picture.shape[0] // size[1]) >= 2:
        half = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    shown = cv2.flip(small, 1) if flip else small
    return pygame.image.frombuffer(shown.data, size, "BGR")
