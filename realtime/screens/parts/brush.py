"""Smooth shapes on a surface: by OpenCV, as pygame's smooth lines take longer than all the rest."""

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
    for outline, colour in zip(fixed, colours, strict=True):
        paint = tuple((surface.map_rgb(colour) % (1 << 32)).to_bytes(4, sys.byteorder))
        cv2.fillConvexPoly(canvas, outline, paint, cv2.LINE_AA, SHIFT)
