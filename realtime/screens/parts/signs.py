"""Small drawn signs of the quiz: ticks, flames, the steps of the ladder of hints, rings, buttons."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    GOLD,
    MAGENTA,
    MINT,
    SOFT,
    WHITE,
    Glass,
    Style,
    dim,
    mix,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpopdance.realtime.screens.parts.theme import Colour, Theme

    Point = tuple[float, float]

Sign = Literal[
    "tick", "cross", "flame", "again", "points", "bones", "formation", "music", "colours"
]
FINE: Final = 4
"""Signs are painted so many times as large, then made small."""
ONE_LINE: Final = 0.74
"""A text too long for its line shrinks by so much before it takes two."""
STICK: Final = (
    ((0.50, 0.36), (0.50, 0.62)), ((0.50, 0.40), (0.28, 0.30)), ((0.28, 0.30), (0.22, 0.10)),
    ((0.50, 0.40), (0.70, 0.48)), ((0.70, 0.48), (0.82, 0.32)), ((0.50, 0.62), (0.36, 0.78)),
    ((0.36, 0.78), (0.34, 0.97)), ((0.50, 0.62), (0.66, 0.78)), ((0.66, 0.78), (0.70, 0.97)),
)  # fmt: skip
"""A small dancer, of a square's side."""
HEAD: Final = (0.5, 0.2)


@dataclass(frozen=True, slots=True)
class ButtonFace:
    """How a button looks: its words, the key that does the same, and its state."""

    words: str
    key: str = ""
    colour: Colour = MAGENTA
    ready: bool = True
    over: bool = False


def sign(theme: Theme, name: Sign, side: float, colour: Colour) -> pygame.Surface:
    """Return a square sign, kept."""
    px = max(6, round(side))

    def make() -> pygame.Surface:
        large = pygame.Surface((px * FINE, px * FINE), pygame.SRCALPHA)
        large.fill((*colour, 0))
        PAINTERS[name](Brush(large, px * FINE, colour))
        return pygame.transform.smoothscale(large, (px, px))

    return theme.kept(("sign", name, px, colour), make)


def put(surface: pygame.Surface, sprite: pygame.Surface, at: Point) -> None:
    """Draw a sprite with its middle at a point."""
    surface.blit(sprite, (at[0] - sprite.get_width() / 2, at[1] - sprite.get_height() / 2))


def ring(
    surface: pygame.Surface, at: Point, radii: tuple[float, float], share: float, colour: Colour
) -> None:
    """Draw a share of a ring, from the top clockwise, between an inner and an outer radius."""
    share = min(max(share, 0.0), 1.0)
    inner, outer = radii
    count = max(2, math.ceil(72 * share))
    turns = [2 * math.pi * share * step / count - math.pi / 2 for step in range(count + 1)]
    rim = [(math.cos(turn), math.sin(turn)) for turn in turns]
    points = [(at[0] + x * outer, at[1] + y * outer) for x, y in rim]
    points += [(at[0] + x * inner, at[1] + y * inner) for x, y in reversed(rim)]
    if share > 0:
        pygame.draw.polygon(surface, colour, points)
        pygame.draw.aalines(surface, colour, True, points)
        middle, half = (inner + outer) / 2, (outer - inner) / 2
        for x, y in (rim[0], rim[-1]):
            pygame.draw.aacircle(
                surface, colour, (at[0] + x * middle, at[1] + y * middle), half
            )


def button(
    theme: Theme, surface: pygame.Surface, box: pygame.Rect, look: ButtonFace, u: float
) -> None:
    """Draw a button with the key that does the same; pale where it would do nothing yet."""
    colour = look.colour if look.ready else dim(look.colour, 0.5)
    shade = mix((30, 16, 62), colour, 0.5 if look.over and look.ready else 0.28)
    theme.panel(surface, box, Glass(18 * u, colour, 2.2 * u, 235, shade))
    px = min(26 * u, box.height * 0.5)
    said = _(look.words)
    wide = theme.width(said, px)
    cap = theme.width(look.key, px * 0.62) + round(18 * u) if look.key else 0
    gap = round(14 * u) if look.key else 0
    left = max(box.left + round(14 * u), box.centerx - (wide + gap + cap) // 2)
    room = min(wide + 2, box.right - cap - gap - left - round(10 * u))
    words = pygame.Rect(left, box.top, max(8, room), box.height)
    ink = WHITE if look.ready else SOFT
    drawn = theme.write(surface, said, words, Style(px, ink, "left", 9))
    if look.key:
        keycap(
            theme, surface, pygame.Rect(drawn.right + gap, box.top, cap, box.height), look.key
        )


def keycap(theme: Theme, surface: pygame.Surface, box: pygame.Rect, key: str) -> None:
    """Draw a key in the middle of a box, as wide as it is."""
    cap = pygame.Rect(0, 0, box.width, min(box.height, max(12, round(box.height * 0.52))))
    cap.center = box.center
    theme.panel(surface, cap, Glass(cap.height * 0.28, WHITE, 1.2, 220, (44, 32, 84)))
    theme.write(surface, theme.cap(key), cap, Style(cap.height * 0.62, WHITE, "centre", 6))


def paragraph(
    theme: Theme, surface: pygame.Surface, text: str, box: pygame.Rect, style: Style
) -> None:
    """Write a text in the middle of a box: on one line, or smaller on two, or cut."""
    if theme.width(text, style.px * ONE_LINE) <= box.width or box.height < 2.5 * style.least:
        theme.write(surface, text, box, style)
        return
    px = max(style.least, min(style.px * 0.8, box.height / 2.5))
    lines = _two_lines(theme, text, px, box.width)
    high = min(box.height // 2, round(px * 1.26))
    for number, line in enumerate(lines):
        top = round(box.centery + (number - len(lines) / 2) * high)
        row = pygame.Rect(box.left, top, box.width, high)
        theme.write(surface, line, row, Style(px, style.colour, style.align, px))


def _two_lines(theme: Theme, text: str, px: float, width: int) -> list[str]:
    """Return a text on two lines of about the same length; the second may be too long."""
    for share in (0.55, 0.65, 0.75, 0.85, 1.0):
        lines = theme.wrapped(text, px, width * share)
        if len(lines) <= 2:
            return lines
    return [lines[0], " ".join(lines[1:])]


@dataclass(frozen=True, slots=True)
class Brush:
    """Paints in shares of a square's side."""

    page: pygame.Surface
    side: int
    colour: Colour

    def line(self, points: Sequence[Point], width: float) -> None:
        """Draw a line with round ends and corners."""
        placed = [(x * self.side, y * self.side) for x, y in points]
        thick = max(1, round(width * self.side))
        for start, end in itertools.pairwise(placed):
            pygame.draw.line(self.page, self.colour, start, end, thick)
        for point in placed:
            pygame.draw.circle(self.page, self.colour, point, thick / 2)

    def disc(self, at: Point, radius: float, colour: Colour | None = None) -> None:
        """Draw a disc."""
        middle = (at[0] * self.side, at[1] * self.side)
        pygame.draw.circle(self.page, colour or self.colour, middle, radius * self.side)

    def fill(self, points: Sequence[Point], colour: Colour | None = None) -> None:
        """Fill an outline."""
        placed = [(x * self.side, y * self.side) for x, y in points]
        pygame.draw.polygon(self.page, colour or self.colour, placed)


def _tick(brush: Brush) -> None:
    brush.line(((0.16, 0.54), (0.40, 0.78), (0.84, 0.26)), 0.15)


def _cross(brush: Brush) -> None:
    brush.line(((0.22, 0.22), (0.78, 0.78)), 0.15)
    brush.line(((0.78, 0.22), (0.22, 0.78)), 0.15)


def _flame(brush: Brush) -> None:
    outer = _curve(
        ((0.52, 0.02), (0.62, 0.22), (0.86, 0.40), (0.84, 0.68), (0.70, 0.92), (0.50, 0.98),
         (0.28, 0.92), (0.15, 0.70), (0.20, 0.48), (0.32, 0.34), (0.36, 0.46), (0.46, 0.30))
    )  # fmt: skip
    inner = _curve(
        ((0.54, 0.50), (0.66, 0.68), (0.62, 0.86), (0.50, 0.93), (0.38, 0.86), (0.35, 0.72),
         (0.42, 0.64), (0.46, 0.70))
    )  # fmt: skip
    brush.fill(outer)
    brush.fill(inner, mix(brush.colour, WHITE, 0.62))


def _again(brush: Brush) -> None:
    turns = [math.radians(degree) for degree in range(-50, 241, 10)]
    brush.line([(0.5 + 0.32 * math.cos(t), 0.5 + 0.32 * math.sin(t)) for t in turns], 0.11)
    brush.fill(((0.16, 0.04), (0.62, 0.10), (0.30, 0.44)))


def _points(brush: Brush) -> None:
    brush.disc(HEAD, 0.075)
    for point in dict.fromkeys(end for limb in STICK for end in limb):
        brush.disc(point, 0.058)


def _bones(brush: Brush) -> None:
    brush.disc(HEAD, 0.10)
    for limb in STICK:
        brush.line(limb, 0.075)


def _formation(brush: Brush) -> None:
    for x, y, size in ((0.2, 0.30, 0.8), (0.8, 0.30, 0.8), (0.5, 0.38, 1.15)):
        brush.disc((x, y - 0.10 * size), 0.085 * size)
        brush.fill(
            ((x - 0.12 * size, y + 0.02 * size), (x + 0.12 * size, y + 0.02 * size),
             (x + 0.09 * size, y + 0.46 * size), (x - 0.09 * size, y + 0.46 * size))
        )  # fmt: skip


def _music(brush: Brush) -> None:
    brush.disc((0.28, 0.78), 0.14)
    brush.disc((0.72, 0.70), 0.14)
    brush.line(((0.38, 0.78), (0.38, 0.26), (0.82, 0.16), (0.82, 0.70)), 0.085)
    brush.line(((0.38, 0.34), (0.82, 0.24)), 0.10)


def _colours(brush: Brush) -> None:
    light = max(brush.colour) / 255
    spots = ((0.33, 0.33, MAGENTA), (0.67, 0.33, CYAN), (0.33, 0.67, GOLD), (0.67, 0.67, MINT))
    for x, y, colour in spots:
        brush.disc((x, y), 0.15, mix(brush.colour, dim(colour, light), 0.75))


def _curve(points: Sequence[Point]) -> list[Point]:
    """Return a closed smooth line through points (Catmull-Rom)."""
    count, line = len(points), []
    for k in range(count):
        before, here, after, beyond = (points[(k + step) % count] for step in (-1, 0, 1, 2))
        for part in range(6):
            t = part / 6
            x, y = (
                0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t
                       + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
                for p0, p1, p2, p3 in zip(before, here, after, beyond, strict=True)
            )  # fmt: skip
            line.append((x, y))
    return line


PAINTERS: Final[dict[Sign, Callable[[Brush], None]]] = {
    "tick": _tick, "cross": _cross, "flame": _flame, "again": _again, "points": _points,
    "bones": _bones, "formation": _formation, "music": _music, "colours": _colours,
}  # fmt: skip
