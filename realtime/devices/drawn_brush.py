"""A brush for drawn people: shaded, tapered bones, ellipses and outlines, painted all at once.

Points are complex numbers, x + iy px: a turn is a product, and 1j times a direction is its left.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Image = NDArray[np.uint8]
Points = NDArray[np.complex128]
Fixed = NDArray[np.int32]
"""An outline (N, 2) in fractions of a px."""
Colour = tuple[int, int, int]
"""Blue, green, red."""
Paint = Colour | float
"""A colour; or how much darker what lies there becomes, softly."""
Bone = tuple[complex, complex, tuple[float, ...]]
"""From, to (px), and radii along the way (body heights)."""

LIGHT: Final = -0.6 - 0.5j
"""From where the light comes, px."""
SHIFT: Final = 4
"""Fraction bits of drawn coordinates."""
_CAP = np.linspace(np.pi / 2, -np.pi / 2, 7)[1:-1]
TIP: Final = np.exp(1j * _CAP)
"""Round end of a bone of radius 1: (5,)."""
_TURN = np.linspace(0, 2 * np.pi, 24, endpoint=False)
ACROSS, ALONG = np.cos(_TURN), np.sin(_TURN)


class Brush:
    """Draws shaded shapes in body heights on a canvas in px.

    Strokes are noted, and drawn in their order by ``paint``: all outlines are then one operation.
    """

    def __init__(self, canvas: Image, size_px: float) -> None:
        self.canvas = canvas
        self.px = size_px
        self._outlines: list[Points] = []
        self._bones: dict[int, list[tuple[complex, ...]]] = {2: [], 3: []}
        self._strokes: list[tuple[int, int, Paint]] = []

    def polygon(self, points: Points, paint: Paint) -> None:
        """Fill (N,) px."""
        self._strokes.append((0, len(self._outlines), paint))
        self._outlines.append(points)

    def bone(
        self, start: complex, end: complex, radii: tuple[float, ...], paint: Paint
    ) -> None:
        """Fill one tapered bone; its two or three radii are px."""
        alike = self._bones[len(radii)]
        self._strokes.append((len(radii), len(alike), paint))
        alike.append((start, end, *radii))

    def blob(
        self, middle: complex, radii: tuple[float, float], up: complex, colour: Colour
    ) -> None:
        """Fill an ellipse whose second radius lies along ``up``."""
        self.polygon(self.ring(middle, radii, up), colour)

    def ring(self, middle: complex, radii: tuple[float, float], up: complex) -> Points:
        """Return the (24,) px outline of an ellipse."""
        across, along = radii
        ring: Points = middle + up * self.px * (1j * across * ACROSS + along * ALONG)
        return ring

    def chain(self, bones: Sequence[Bone], colour: Colour, edge: float = 0.0) -> None:
        """Draw joined tapered bones, rounded by a dark edge, the colour, and a light side."""
        tones = ((0.72, 1.0, 0.0, edge), (1.0, 0.82, 0.14, 0.0), (1.08, 0.42, 0.36, 0.0))
        for brightness, width, shift, more in tones:
            tone = toned(colour, brightness)
            for start, end, radii in bones:
                off = LIGHT * shift * radii[-1] * self.px
                wide = tuple([radius * self.px * width + more for radius in radii])
                self.bone(start + off, end + off, wide, tone)

    def paint(self) -> None:
        """Draw all strokes."""
        outlines: dict[int, Sequence[Fixed]] = {0: _fixed(self._outlines)}
        for radii, alike in self._bones.items():
            outlines[radii] = _fixed(list(_tapered(np.array(alike)))) if alike else ()
        for kind, index, paint in self._strokes:
            if isinstance(paint, float):
                self._shade(outlines[kind][index], paint)
            else:
                cv2.fillPoly(self.canvas, [outlines[kind][index]], paint, cv2.LINE_AA, SHIFT)

    def _shade(self, outline: Fixed, strength: float) -> None:
        """Darken softly what lies under an outline."""
        pad = 5
        low, high = outline.min(axis=0) >> SHIFT, outline.max(axis=0) >> SHIFT
        left, top = np.maximum(low - pad, 0).tolist()
        right, bottom = np.maximum(high + pad + 1, 0).tolist()
        under = self.canvas[top:bottom, left:right]
        if not under.size:
            return
        mask = np.zeros(under.shape[:2], np.uint8)
        inside = outline - (left << SHIFT, top << SHIFT)
        cv2.fillPoly(mask, [inside.astype(np.int32)], 255, cv2.LINE_AA, SHIFT)
        cv2.blur(mask, (7, 7), dst=mask)
        kept = 255 - cv2.convertScaleAbs(mask, alpha=strength)
        under[:] = cv2.multiply(under, cv2.merge([kept, kept, kept]), scale=1 / 255)


def _fixed(outlines: list[Points]) -> list[Fixed]:
    """Return each outline as (N, 2) fractions of a px, as they are drawn."""
    if not outlines:
        return []
    xy = np.concatenate(outlines).view(np.float64).reshape(-1, 2)
    fixed = np.rint(xy * (1 << SHIFT)).astype(np.int32)
    ends = list(accumulate(len(outline) for outline in outlines))
    return [
        fixed[end - len(outline) : end] for outline, end in zip(outlines, ends, strict=True)
    ]


def _tapered(bones: Points) -> Points:
    """Return (k, N) px of bones with round ends.

    ``bones`` is (k, 2 + r): from, to, and the radii evenly along it.
    """
    starts, along, radii = bones[:, :1], bones[:, 1:2] - bones[:, :1], bones[:, 2:].real
    length = np.maximum(np.abs(along), 1e-6)
    side = length * np.linspace(0, 1, radii.shape[1]) + 1j * radii
    tip, root = length + radii[:, -1:] * TIP, radii[:, :1] * -TIP
    whole = np.concatenate([side, tip, side[:, ::-1].conj(), root], axis=1)
    outline: Points = starts + along / length * whole
    return outline


@lru_cache(maxsize=512)
def toned(colour: Colour, brightness: float) -> tuple[int, int, int]:
    """Return a colour brighter or darker."""
    b, g, r = (min(int(c * brightness), 255) for c in colour)
    return b, g, r


def unit(v: complex) -> complex:
    """Return a direction of length 1; 0 where there is none."""
    return v / max(abs(v), 1e-6)


def same_way(one: complex, other: complex) -> float:
    """Return 1 where two directions agree or are square, -1 where they do not."""
    return -1.0 if (one * other.conjugate()).real < 0 else 1.0


def rounded(points: Points) -> Points:
    """Cut the corners of a closed outline twice (Chaikin)."""
    for _ in range(2):
        following = np.roll(points, -1)
        sides = [points * 0.75 + following * 0.25, points * 0.25 + following * 0.75]
        points = np.stack(sides, axis=1).ravel()
    return points
