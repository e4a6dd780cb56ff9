"""Paper to draw a poster on: areas with soft edges, filled with colour, light and shade.

Lengths are px of the finished poster, x to the right, y down; it is drawn ``FINE`` times finer.
An area is float32 (H, W), 0..1: how much of each px belongs to it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Area: TypeAlias = NDArray[np.float32]
Ink: TypeAlias = NDArray[np.uint8]
Place: TypeAlias = tuple[float, float]

WIDE, HIGH = 660, 880
FINE: Final = 2
SHIFT: Final = 4
"""Fraction bits of drawn coordinates."""
GRAIN: Final = 0.016
MOST_BYTES: Final = 90_000
"""Of a cover: all of a song's pack stays small."""
QUALITIES: Final = range(92, 30, -3)


class Paper:
    """A poster being drawn, from one colour at its top to the last at its bottom."""

    def __init__(self, *stops: str) -> None:
        down = np.linspace(0, len(stops) - 1, HIGH * FINE)
        colours = np.array([rgb(stop) for stop in stops])
        rows = [np.interp(down, range(len(stops)), colours[:, k]) for k in range(3)]
        column = np.stack(rows, axis=-1).astype(np.float32)[:, None]
        self.light = np.repeat(column, WIDE * FINE, axis=1)

    def paint(self, area: Area, colour: str, share: float = 1.0) -> None:
        """Cover an area with a colour."""
        self.light += (area * np.float32(share))[..., None] * (rgb(colour) - self.light)

    def shine(self, area: Area, colour: str, share: float = 1.0) -> None:
        """Add light to an area; bright light stays in the picture's range."""
        added = (area * np.float32(share))[..., None] * rgb(colour)
        self.light += added * (1 - self.light)

    def shade(self, area: Area, colour: str, share: float = 1.0) -> None:
        """Let through only a colour's light, as ink on ink does."""
        self.light *= 1 - (area * np.float32(share))[..., None] * (1 - rgb(colour))

    def dress(self, area: Area, colours: NDArray[np.uint8], share: float = 1.0) -> None:
        """Cover an area with colours of its own, uint8 (H, W, 3)."""
        self.light += (area * np.float32(share))[..., None] * (
            colours.astype(np.float32) / 255 - self.light
        )

    def printed(self, seed: int) -> bytes:
        """Return the poster as a JPEG, as fine as its bytes allow."""
        small = cv2.resize(self.light, (WIDE, HIGH), interpolation=cv2.INTER_AREA)
        noise = np.random.default_rng(seed).normal(0, GRAIN, (HIGH, WIDE, 1))
        small = np.clip(
            small + noise.astype(np.float32) * (0.35 + small.mean(2, keepdims=True)), 0, 1
        )
        picture = np.rint(255 * small[..., ::-1]).astype(np.uint8)
        for quality in QUALITIES:
            how = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
            jpeg = cv2.imencode(".jpg", picture, how)[1].tobytes()
            if len(jpeg) <= MOST_BYTES:
                break
        return jpeg


def rgb(colour: str) -> NDArray[np.float32]:
    """Return #rrggbb as red, green and blue, 0..1."""
    return as_area(np.frombuffer(bytes.fromhex(colour.removeprefix("#")), np.uint8) / 255)


def as_area(values: NDArray[Any]) -> Area:
    """Return values as an area has them."""
    return np.asarray(values, np.float32)


def disc(at: Place, radius: float) -> Area:
    """Return a disc."""
    return discs([(at, radius, 1.0)])


def ring(at: Place, radius: float, thick: float) -> Area:
    """Return a ring whose line is so thick around a radius."""
    return as_area(disc(at, radius + thick / 2) - disc(at, radius - thick / 2))


def polygon(*points: Place) -> Area:
    """Return what lies within points."""
    return outlined([np.array(points)])


def outlined(outlines: Sequence[NDArray[np.float64]]) -> Area:
    """Return what lies within any of some outlines (N, 2)."""

    def draw(ink: Ink) -> None:
        for outline in outlines:
            cv2.fillPoly(ink, [_fixed_all(outline)], 255, cv2.LINE_AA, SHIFT)

    return _drawn(draw)


def stroke(points: NDArray[np.float64] | Sequence[Place], thick: float) -> Area:
    """Return a line through points (N, 2)."""
    return strokes([(points, thick, 1.0)])


def strokes(
    lines: Sequence[tuple[NDArray[np.float64] | Sequence[Place], float, float]],
) -> Area:
    """Return lines through points (N, 2), each with its thickness and its share of the area."""

    def draw(ink: Ink) -> None:
        for points, thick, share in lines:
            line, px = _fixed_all(np.asarray(points, float)), max(1, round(thick * FINE))
            cv2.polylines(ink, [line], False, round(255 * share), px, cv2.LINE_AA, SHIFT)

    return _drawn(draw)


def discs(each: Sequence[tuple[Place, float, float]]) -> Area:
    """Return discs, each with its middle, its radius and its share of the area."""

    def draw(ink: Ink) -> None:
        for at, radius, share in each:
            cv2.circle(ink, _fixed(at), _px(radius), round(255 * share), -1, cv2.LINE_AA, SHIFT)

    return _drawn(draw)


def soft(area: Area, radius: float) -> Area:
    """Return an area with its edges blurred by about a radius."""
    sigma = radius * FINE
    shrink = max(1, int(sigma / 6))
    small = cv2.resize(
        area, (area.shape[1] // shrink, area.shape[0] // shrink), interpolation=cv2.INTER_AREA
    )
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink)
    return np.asarray(
        cv2.resize(small, area.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32
    )


def glow(at: Place, radius: float) -> Area:
    """Return light around a place that falls off softly, gone at twice the radius."""
    x, y = places()
    far = np.hypot(x - at[0], y - at[1]) / radius
    return as_area(np.exp(-2 * far * far))


def places() -> tuple[Area, Area]:
    """Return x (1, W) and y (H, 1) of every px."""
    x = (np.arange(WIDE * FINE, dtype=np.float32) + 0.5) / FINE
    y = (np.arange(HIGH * FINE, dtype=np.float32) + 0.5) / FINE
    return as_area(x[None, :]), as_area(y[:, None])


def slope(axis: Place, begins: float, ends: float) -> Area:
    """Return what rises from 0 to 1 along a direction, between two distances from the corner."""
    x, y = places()
    along = (x * axis[0] + y * axis[1] - begins) / (ends - begins)
    return as_area(np.clip(along, 0, 1))


def dotted(area: Area, pitch: float, turn: float = 0.35) -> Area:
    """Return an area printed in dots, large where it is full: a screen as of newspapers."""
    x, y = places()
    cos, sin, wave = math.cos(turn), math.sin(turn), 2 * math.pi / pitch
    cell = np.cos(wave * (x * cos + y * sin)) + np.cos(wave * (y * cos - x * sin))
    edge = 2 * wave / FINE
    dots = np.clip((cell / 2 - (1 - 2 * area)) / edge + 0.5, 0, 1)
    return as_area(dots * (area > 0.02))


def curved(points: Sequence[Place], times: int = 4) -> NDArray[np.float64]:
    """Return a smooth line (N, 2) near points, by cutting corners (Chaikin 1974)."""
    line = np.array(points, float)
    for _ in range(times):
        one, other = line[:-1], line[1:]
        cut = np.stack([0.75 * one + 0.25 * other, 0.25 * one + 0.75 * other], axis=1)
        line = np.concatenate([line[:1], cut.reshape(-1, 2), line[-1:]])
    return line


def _drawn(draw: Callable[[Ink], None]) -> Area:
    ink = np.zeros((HIGH * FINE, WIDE * FINE), np.uint8)
    draw(ink)
    return as_area(ink) / np.float32(255)


def _fixed(at: Place) -> tuple[int, int]:
    return _px(at[0] - 0.5 / FINE), _px(at[1] - 0.5 / FINE)


def _fixed_all(points: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint((points - 0.5 / FINE) * FINE * (1 << SHIFT)).astype(np.int32)


def _px(length: float) -> int:
    return round(length * FINE * (1 << SHIFT))
