"""Curves and bars of what somebody danced, each drawn once and kept."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.realtime.screens.parts.theme import FAINT, SOFT, VIOLET, WHITE, Style, dim, mix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.core.curves import Curve
    from kpopdance.realtime.screens.parts.theme import Colour, Theme

    Points = list[tuple[float, float]]

FINE: Final = 3
"""Lines are painted so many times as large, then made small."""
DOTTED: Final = 40  # so many values at most have a dot each
PLAYER_COLOURS: Final[tuple[Colour, ...]] = (
    (255, 45, 150), (40, 226, 255), (255, 211, 77), (84, 255, 178), (176, 150, 255), (255, 150, 90),
    (255, 170, 220), (160, 190, 215),
)  # fmt: skip


def draw_curve(
    theme: Theme, surface: pygame.Surface, box: pygame.Rect, curve: Curve, colour: Colour, u: float
) -> None:  # fmt: skip
    """Draw a curve with its scale and labels."""
    px = 14 * u
    left = max(theme.width(_number(value), px) for value in _marks(curve)) + round(10 * u)
    foot = round(22 * u) if curve.labels else round(8 * u)
    inner = pygame.Rect(box.left + left, box.top + round(10 * u), box.width - left, 0)
    inner.height = box.bottom - foot - inner.top
    if inner.width < 8 or inner.height < 8:
        return
    for value in _marks(curve):
        y = inner.bottom - _share(curve, value) * inner.height
        strong = value == curve.level
        ink = dim(VIOLET, 0.9 if strong else 0.4)
        pygame.draw.line(surface, ink, (inner.left, y), (inner.right, y))
        place = pygame.Rect(box.left, round(y - 10 * u), left - round(10 * u), round(20 * u))
        theme.write(surface, _number(value), place, Style(px, FAINT, "right", 6))
    key = ("curve", inner.size, curve, colour)
    surface.blit(theme.kept(key, lambda: _painted(inner.size, curve, colour)), inner)
    if curve.labels:
        _labels(theme, surface, inner, curve, u)


def draw_sparkline(
    theme: Theme, surface: pygame.Surface, box: pygame.Rect, values: Sequence[float],
    colour: Colour,
) -> None:  # fmt: skip
    """Draw values as a small line without a scale, from the least to the most of them."""
    spread = max(max(values) - min(values), 10.0)
    middle = (max(values) + min(values)) / 2
    key = ("sparkline", box.size, tuple(values), colour)

    def make() -> pygame.Surface:
        large = pygame.Surface((box.width * FINE, box.height * FINE), pygame.SRCALPHA)
        large.fill((*colour, 0))
        points = _placed(
            [(value - middle) / (1.3 * spread) + 0.5 for value in values], large.get_size()
        )
        _line(large, points, colour, max(2, round(0.05 * large.get_height())))
        pygame.draw.circle(large, WHITE, points[-1], 0.09 * large.get_height())
        return pygame.transform.smoothscale(large, box.size)

    surface.blit(theme.kept(key, make), box)


def draw_scrollbar(
    surface: pygame.Surface, pane: pygame.Rect, lines: tuple[int, int, int], u: float
) -> None:
    """Draw which lines are seen at the right of a pane: the first, how many fit, how many there are."""
    first, fit, count = lines
    if count <= fit:
        return
    bar = pygame.Rect(pane.right + round(4 * u), pane.top, max(3, round(4 * u)), pane.height)
    pygame.draw.rect(surface, dim(VIOLET, 0.3), bar, border_radius=bar.width)
    bar.top += round(bar.height * first / count)
    bar.height = round(bar.height * fit / count)
    pygame.draw.rect(surface, VIOLET, bar, border_radius=bar.width)


def _painted(size: tuple[int, int], curve: Curve, colour: Colour) -> pygame.Surface:
    large = pygame.Surface((size[0] * FINE, size[1] * FINE), pygame.SRCALPHA)
    large.fill((*colour, 0))
    if curve.bars:
        _bars(large, curve, colour)
    else:
        _curve(large, curve, colour)
    return pygame.transform.smoothscale(large, size)


def _bars(large: pygame.Surface, curve: Curve, colour: Colour) -> None:
    width, height = large.get_size()
    pitch = width / len(curve.values)
    for number, value in enumerate(curve.values):
        if value:
            bar = pygame.Rect(0, 0, round(0.56 * pitch), round(_share(curve, value) * height))
            bar.midbottom = (round((number + 0.5) * pitch), height)
            shade = mix(dim(colour, 0.6), colour, _share(curve, value))
            corner = min(bar.width, bar.height) // 4
            pygame.draw.rect(large, shade, bar, border_radius=corner)


def _curve(large: pygame.Surface, curve: Curve, colour: Colour) -> None:
    height = large.get_height()
    shares = [None if value is None else _share(curve, value) for value in curve.values]
    points = _placed(shares, large.get_size())
    thick = max(3, round(0.011 * height))
    for there, run in groupby(
        zip(shares, points, strict=True), key=lambda one: one[0] is not None
    ):
        line = [at for _, at in run]
        if not there:
            continue
        base = height * (1 - (0.0 if curve.level is None else _share(curve, curve.level)))
        if len(line) > 1:
            under = [(line[0][0], base), *line, (line[-1][0], base)]
            pygame.draw.polygon(large, (*colour, 46), under)
        _line(large, line, colour, thick)
        if len(points) <= DOTTED:
            for at in line:
                pygame.draw.circle(large, colour, at, 1.5 * thick)
    if shares and shares[-1] is not None:
        pygame.draw.circle(large, WHITE, points[-1], 2.1 * thick)


def _line(large: pygame.Surface, points: Points, colour: Colour, thick: int) -> None:
    for start, end in pairwise(points):
        pygame.draw.line(large, colour, start, end, thick)
    for at in points:
        pygame.draw.circle(large, colour, at, thick / 2)


def _placed(shares: Sequence[float | None], size: tuple[int, int]) -> Points:
    """Return where shares of the height are, evenly from edge to edge."""
    width, height = size
    edge = min(0.03 * width, 0.08 * height)
    step = (width - 2 * edge) / max(1, len(shares) - 1)
    alone = width / 2 if len(shares) == 1 else edge
    return [
        (alone + number * step, height * (1 - (share or 0.0)))
        for number, share in enumerate(shares)
    ]


def _labels(
    theme: Theme, surface: pygame.Surface, inner: pygame.Rect, curve: Curve, u: float
) -> None:
    pitch = inner.width / len(curve.labels)
    for number, (label, value) in enumerate(zip(curve.labels, curve.values, strict=True)):
        place = pygame.Rect(
            round(inner.left + number * pitch), inner.bottom + round(2 * u), round(pitch), round(20 * u)
        )  # fmt: skip
        theme.write(surface, label, place, Style(14 * u, SOFT, "centre", 6))
        if value:
            top = inner.bottom - round(_share(curve, value) * inner.height) - round(22 * u)
            place.top = max(inner.top, top)
            theme.write(surface, f"{value:.0f}", place, Style(14 * u, WHITE, "centre", 6))


def _marks(curve: Curve) -> tuple[float, float, float]:
    return curve.low, (curve.low + curve.high) / 2, curve.high


def _share(curve: Curve, value: float) -> float:
    share = (value - curve.low) / (curve.high - curve.low)
    return min(max(share, 0.0), 1.0)


def _number(value: float) -> str:
    return f"{value:.0f}"
