"""What is shown of a raised hand: a ring that follows it and fills, arrows, and that hands are on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.realtime.screens.parts.signs import put, ring
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    INK,
    MAGENTA,
    MINT,
    VIOLET,
    WHITE,
    dim,
    scale_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.screens.parts.theme import Colour, Theme

RADIUS: Final = 30.0
ARROW: Final = 30.0
SIGN: Final = 12.0
"""Half sizes of the ring, an arrow and the sign in the corner, design units."""
FINE: Final = 4
FINGERS: Final = (
    ((0.30, 0.52), (0.27, 0.24)), ((0.43, 0.46), (0.42, 0.12)), ((0.56, 0.46), (0.58, 0.14)),
    ((0.68, 0.52), (0.73, 0.27)), ((0.34, 0.70), (0.14, 0.52)),
)  # fmt: skip
"""Of the hand in the corner, of its square's side."""


@dataclass(frozen=True, slots=True)
class ReachView:
    """Of a raised hand, to be shown over a page.

    ``at`` is where it points, px (None: no hand is raised); ``share`` how long it has rested of what
    chooses, 0..1; ``over`` whether it rests on something; ``somebody`` whether anybody is seen;
    ``arrows`` whether the page can be gone along, and ``pressed`` which arrow is, -1 up, 1 down.
    """

    at: tuple[float, float] | None = None
    share: float = 0.0
    over: bool = False
    somebody: bool = False
    arrows: bool = False
    pressed: int = 0


def arrow_places(size: tuple[int, int]) -> tuple[pygame.Rect, pygame.Rect]:
    """Return where the arrows up and down are: at the right edge, in the middle of its height."""
    (width, height), half = size, ARROW * scale_of(size)
    up, down = (pygame.Rect(0, 0, round(2 * half), round(2 * half)) for _ in range(2))
    up.midbottom = (round(width - 1.2 * half), round(height / 2 - 0.2 * half))
    down.midtop = (up.centerx, round(height / 2 + 0.2 * half))
    return up, down


def draw_reach(theme: Theme, surface: pygame.Surface, view: ReachView) -> None:
    """Draw it over a page that is drawn."""
    u = scale_of(surface.get_size())
    colour = FAINT if not view.somebody else MINT if view.at is None else CYAN
    side = round(2 * SIGN * u)
    disc = theme.kept(("hands are on", side, colour), lambda: _sign(side, colour))
    put(surface, disc, (surface.get_width() - 16 * u, 16 * u))
    if view.at is None:
        return
    if view.arrows:
        for way, place in zip((-1, 1), arrow_places(surface.get_size()), strict=True):
            _arrow(surface, place, way, lit=view.pressed == way)
    radius = RADIUS * u * (1.0 if view.over else 0.72)
    theme.shine(surface, view.at, 1.9 * radius, dim(CYAN, 0.35))
    ring(surface, view.at, (0.80 * radius, radius), 1.0, (40, 26, 80))
    pygame.draw.aacircle(surface, WHITE, view.at, radius, max(2, round(2 * u)))
    ring(surface, view.at, (0.74 * radius, 1.06 * radius), view.share, MAGENTA)
    pygame.draw.aacircle(surface, WHITE, view.at, 4 * u)


def _arrow(surface: pygame.Surface, place: pygame.Rect, way: int, *, lit: bool) -> None:
    half = place.width / 2
    pygame.draw.aacircle(surface, dim(VIOLET, 0.8) if lit else INK, place.center, half)
    pygame.draw.aacircle(
        surface, WHITE if lit else VIOLET, place.center, half, max(2, int(half / 14))
    )
    (x, y), tip = place.center, 0.34 * half * way
    points: Sequence[tuple[float, float]] = (
        (x - 0.45 * half, y - tip), (x, y + tip), (x + 0.45 * half, y - tip),
    )  # fmt: skip
    pygame.draw.lines(surface, WHITE, False, points, max(2, round(half / 7)))


def _sign(side: int, colour: Colour) -> pygame.Surface:
    """Return a raised hand on a dark disc."""
    large = pygame.Surface((side * FINE, side * FINE), pygame.SRCALPHA)
    px = side * FINE
    pygame.draw.circle(large, (*INK, 225), (px / 2, px / 2), px / 2)
    pygame.draw.circle(large, colour, (px / 2, px / 2), px / 2, max(1, px // 18))
    palm = pygame.Rect(round(0.28 * px), round(0.46 * px), round(0.46 * px), round(0.38 * px))
    pygame.draw.rect(large, colour, palm, border_radius=round(0.16 * px))
    for start, end in FINGERS:
        a, b = ((x * px, y * px) for x, y in (start, end))
        pygame.draw.line(large, colour, a, b, max(1, round(0.1 * px)))
        pygame.draw.circle(large, colour, b, 0.05 * px)
    return pygame.transform.smoothscale(large, (side, side))
