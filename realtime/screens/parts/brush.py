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
SHRUNK: Final = 1.6
"""So many px on one: a px between others would leave some of them out."""


def fill_convex(surface: pygame.Surface, outlines: Points, colours: Sequence[Colour]) -> None:
    """Fill convex outlines (k, n), x + iy px, one over the other, within the surface's clip."""
    if surface.get_bytesize() != 4:  # a screen of few colours
        for outline, colour in zip(outlines, colours, strict=True):
            pygame.draw.polygon(
                surface, colour, [(at.real, at.imag) for at in outline.tolist()]
            )
        return
    if not all(surface.get_clip().size):
        return
    canvas, fixed = _canvas(surface), _fixed(outlines, surface)
    paints = {colour: _paint(surface, colour) for colour in set(colours)}
    for outline, colour in zip(fixed, colours, strict=True):
        cv2.fillConvexPoly(canvas, outline, paints[colour], cv2.LINE_AA, SHIFT)


def draw_closed(surface: pygame.Surface, outline: Points, thick: int, colour: Colour) -> None:
    """Draw a closed line through points (n,), x + iy px, so many px thick, within the clip."""
    if surface.get_bytesize() != 4:
        points = [(at.real, at.imag) for at in outline.tolist()]
        pygame.draw.polygon(surface, colour, points, thick)
        return
    if not all(surface.get_clip().size):
        return
    paint, fixed = _paint(surface, colour), _fixed(outline, surface)
    cv2.polylines(_canvas(surface), [fixed], True, paint, thick, cv2.LINE_AA, SHIFT)


def _canvas(surface: pygame.Surface) -> NDArray[np.uint8]:
    """Return the px within a surface's clip, four bytes each, to be drawn on."""
    clip = surface.get_clip()
    pixels = pygame.surfarray.pixels2d(surface).T
    part = pixels[clip.top : clip.bottom, clip.left : clip.right]
    return part.view(np.uint8).reshape(*part.shape, 4)


def _fixed(outlines: Points, surface: pygame.Surface) -> NDArray[np.int32]:
    """Return points in px of a surface's clip as OpenCV wants them."""
    moved = outlines - complex(*surface.get_clip().topleft)
    xy = moved.view(np.float64).reshape(*outlines.shape, 2)
    return np.rint(np.clip(xy, -FARTHEST_PX, FARTHEST_PX) * (1 << SHIFT)).astype(np.int32)


def _paint(surface: pygame.Surface, colour: Colour) -> tuple[int, ...]:
    return tuple((surface.map_rgb(colour) % (1 << 32)).to_bytes(4, sys.byteorder))


def cut_out(
    picture: NDArray[np.uint8], window: tuple[float, float, float, float],
    size: tuple[int, int], *, flip: bool,
) -> NDArray[np.uint8]:  # fmt: skip
    """Return a window of a picture, uint8 (H, W, 3) BGR, at a (width, height), flipped if wanted.

    The window (left, top, width, height) lies between pixels too, so that it moves without trembling.
    """
    left, top, wide, high = window
    scale_x, scale_y = wide / size[0], high / size[1]
    if max(scale_x, scale_y) > SHRUNK:  # so much smaller nobody sees it tremble
        part = picture[round(top) : round(top + high), round(left) : round(left + wide)]
        small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.flip(small, 1) if flip else small, np.uint8)
    step_x = -scale_x if flip else scale_x
    first_x = left + (wide if flip else 0.0) + step_x / 2 - 0.5
    places = np.array([[step_x, 0, first_x], [0, scale_y, top + scale_y / 2 - 0.5]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(picture, places, size, flags=how, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def resized(picture: NDArray[np.uint8], size: tuple[int, int], *, flip: bool) -> pygame.Surface:
    """Return a picture, uint8 (H, W, 3) BGR, at another (width, height), flipped if wanted."""
    while min(picture.shape[1] // size[0], picture.shape[0] // size[1]) >= 2:
        half = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    shown = cv2.flip(small, 1) if flip else small
    return pygame.image.frombuffer(shown.data, size, "BGR")
