"""The look of the game: palette, scale, and cached drawing of text, panels, bars and glow."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pygame

from kpopdance.engines.texts import drawable_line
from kpopdance.engines.tongues import _, spoken
from kpopdance.realtime.screens.actions import pressed_by
from kpopdance.realtime.screens.parts.letters import Letters

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from kpopdance.realtime.core.types import Grade

Colour = tuple[int, int, int]
Align = Literal["left", "centre", "right"]
Hints = tuple[tuple[str, str], ...]
"""Keys and what they do, as shown at the foot of a page."""

NIGHT: Final[Colour] = (9, 6, 24)
INK: Final[Colour] = (16, 10, 40)
WHITE: Final[Colour] = (255, 252, 255)
SOFT: Final[Colour] = (205, 194, 238)
FAINT: Final[Colour] = (150, 136, 196)
MAGENTA: Final[Colour] = (255, 45, 150)
CYAN: Final[Colour] = (40, 226, 255)
VIOLET: Final[Colour] = (146, 84, 255)
GOLD: Final[Colour] = (255, 211, 77)
MINT: Final[Colour] = (84, 255, 178)
RED: Final[Colour] = (255, 82, 96)
STAR_EMPTY: Final[Colour] = (74, 54, 116)
ADD: Final = pygame.BLEND_RGB_ADD

GRADE_COLOUR: Final[dict[Grade, Colour]] = {
    "PERFECT": GOLD,
    "GREAT": (255, 96, 196),
    "GOOD": CYAN,
    "OK": (166, 140, 255),
    "MISS": (170, 110, 130),
}

ELLIPSIS: Final = "…"
ABOVE, BELOW, CAPITAL = 0.95, 0.25, 0.733
"""Of the font's size: ink kept above and below the baseline, height of a capital letter."""
LEAST_PX: Final = 14
"""Smallest text on a page of 720 rows or more; on a smaller one it shrinks with the page."""
SMALLEST_PX: Final = 6
CACHED_SPRITES: Final = 700
KNOWN_WIDTHS: Final = 4000
"""Of lines of text; a dance has a few hundred."""
SMALLEST_SIDE: Final = 64
"""Pages of fewer px, as while a window is dragged shut, have no room for anything."""
ROOMY: Final = 0.6
"""A window twice as high shows letters 1.5 times as high, and more lines."""
BETWEEN: Final = " · "
"""What stands between the parts of small print."""
BREAK_AFTER: Final = "/\\-_.,:;=&?"
"""Where a word too long for its line is best broken: paths, addresses, names of files."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a line of text is set: px high, may shrink to ``least`` before it is shortened."""

    px: float
    colour: Colour = WHITE
    align: Align = "left"
    least: float = 11.0


@dataclass(frozen=True, slots=True)
class Glass:
    """How a panel looks: corner radius in px, edge colour, edge width, darkness 0..255."""

    radius: float
    edge: Colour = VIOLET
    width: float = 1.5
    darkness: int = 168
    shade: Colour = INK


def scale_of(size: tuple[int, int]) -> float:
    """Return px per design unit: 1 at 1280x720, or at 720x1280 when upright."""
    width, height = size
    wide, high = (1280, 720) if is_wide(size) else (720, 1280)
    return min(width / wide, height / high)


def roomy_scale_of(size: tuple[int, int]) -> float:
    """Return ``scale_of`` for pages that show more where there is room, not all of it larger."""
    u = scale_of(size)
    return u**ROOMY if u > 1 else u


def box(left: float, top: float, right: float, bottom: float) -> pygame.Rect:
    """Return the rectangle between four edges, px."""
    return pygame.Rect(round(left), round(top), round(right - left), round(bottom - top))


def drawable(size: tuple[int, int]) -> bool:
    """Say whether a page is large enough to draw anything on."""
    return min(size) >= SMALLEST_SIDE


def is_wide(size: tuple[int, int]) -> bool:
    """Say whether a page is laid out side by side rather than stacked."""
    return size[0] >= size[1] * 1.1


def dim(colour: Colour, share: float) -> Colour:
    """Return a colour darkened to a share of its light."""
    return (int(colour[0] * share), int(colour[1] * share), int(colour[2] * share))


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return the colour a share of the way from one to the other."""
    keep = 1.0 - share
    return (
        int(one[0] * keep + other[0] * share),
        int(one[1] * keep + other[1] * share),
        int(one[2] * keep + other[2] * share),
    )


def clock_words(song_s: float) -> str:
    """Return minutes and seconds, e.g. ``1:05``; the count-in shows ``0:00``."""
    whole = max(0, int(song_s))
    return f"{whole // 60}:{whole % 60:02d}"


class Theme:
    """Draws text, panels and glow in the game's style; keeps what it drew.

    ``least_px`` is the smallest text of the page that ``fit`` was told of; ``letters`` say what
    stands on the player's keys where it is not a US keyboard's letter; ``calm`` pages neither
    flash nor sweep; ``pressable`` are the keys drawn on that page, where and by name, and ``over``
    the name of the one that something points at.
    """

    def __init__(self) -> None:
        self._letters = Letters()
        self.letters: Mapping[str, str] = {}
        self.least_px = SMALLEST_PX
        self.calm = False
        self.pressable: list[tuple[pygame.Rect, str]] = []
        self.over = ""
        self._widths: dict[tuple[str, int], int] = {}
        self._kept: OrderedDict[Hashable, pygame.Surface] = OrderedDict()

    def kept(self, key: Hashable, make: Callable[[], pygame.Surface]) -> pygame.Surface:
        """Return the sprite kept under a key, made on first use; the oldest unused one goes."""
        key = (spoken(), key)  # another language has other sprites
        sprite = self._kept.get(key)
        if sprite is None:
            sprite = self._kept[key] = make()
            if len(self._kept) > CACHED_SPRITES:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return sprite

    def keeps(self, key: Hashable) -> bool:
        """Say whether a sprite is kept under a key."""
        return (spoken(), key) in self._kept

    def fit(self, size: tuple[int, int]) -> None:
        """Hear the size of the page that is drawn now."""
        self.pressable = []
        self.least_px = max(SMALLEST_PX, round(LEAST_PX * min(scale_of(size), 1.0)))

    # text

    def width(self, text: str, px: float) -> int:
        """Return the width of a line of text in px; what pages ask for again is remembered."""
        key = (text, max(self.least_px, round(px)))
        if key not in self._widths:
            if len(self._widths) >= KNOWN_WIDTHS:
                self._widths.clear()
            self._widths[key] = self._letters.width(drawable_line(text), key[1])
        return self._widths[key]

    def sprite(self, text: str, px: float, colour: Colour) -> pygame.Surface:
        """Return a line of text, cropped to ``ABOVE`` and ``BELOW`` its baseline."""
        size = max(self.least_px, round(px))
        return self.kept(("text", text, size, colour), lambda: self._render(text, size, colour))

    def _render(self, text: str, size: int, colour: Colour) -> pygame.Surface:
        font = self._letters.font(size)
        drawn = self._letters.render(drawable_line(text), size, colour)
        top = max(0, round(font.get_ascent() - ABOVE * size))
        high = min(drawn.get_height() - top, round((ABOVE + BELOW) * size))
        return drawn.subsurface((0, top, drawn.get_width(), high)).copy()

    def fitted(self, text: str, style: Style, width: float) -> tuple[str, float]:
        """Return the text and size that fit a width: first smaller, then shortened."""
        px = style.px
        have = self.width(text, px)
        if have > width:
            least = min(max(style.least, self.least_px), px)
            px = max(least, int(px * width / max(1, have)))
            while px > least and self.width(text, px) > width:
                px = max(least, px - 1)  # letters do not shrink evenly
        return self.shortened(text, px, width), px

    def shortened(self, text: str, px: float, width: float) -> str:
        """Return the longest beginning of a text that fits a width, with an ellipsis if cut."""
        if self.width(text, px) <= width:
            return text
        few, many = 0, len(text)
        while few < many:
            middle = (few + many + 1) // 2
            fits = self.width(text[:middle].rstrip() + ELLIPSIS, px) <= width
            few, many = (middle, many) if fits else (few, middle - 1)
        return text[:few].rstrip() + ELLIPSIS if few else ""

    def write(
        self, surface: pygame.Surface, text: str, panel: pygame.Rect, style: Style
    ) -> pygame.Rect:
        """Draw one line within a panel, its capitals centred upright; return where it is."""
        style = Style(min(style.px, _tallest(panel)), style.colour, style.align, style.least)
        text, px = self.fitted(text, style, panel.width)
        if not text:
            return pygame.Rect(panel.topleft, (0, 0))
        sprite = self.sprite(text, px, style.colour)
        return surface.blit(sprite, _place(sprite.get_size(), panel, style.align, px))

    def write_parts(
        self, surface: pygame.Surface, text: str, panel: pygame.Rect, style: Style
    ) -> pygame.Rect:
        """Draw the parts of small print that fit a line whole, the first before the last."""
        parts = text.split(BETWEEN)
        least = max(style.least, self.least_px)
        while len(parts) > 1 and self.width(BETWEEN.join(parts), least) > panel.width:
            parts.pop()
        return self.write(surface, BETWEEN.join(parts), panel, style)

    def write_lines(
        self, surface: pygame.Surface, text: str, panel: pygame.Rect, style: Style
    ) -> int:
        """Draw a paragraph from the panel's top, cut at its bottom; return the y below it."""
        high = round(style.px * 1.38)
        lines = self.wrapped(text, style.px, panel.width)
        room = max(1, panel.height // high)
        if len(lines) > room:
            lines = [*lines[: room - 1], " ".join(lines[room - 1 :])]
        for number, line in enumerate(lines):
            top = panel.top + number * high
            kept = self.shortened(line, style.px, panel.width)
            box = pygame.Rect(panel.left, top, panel.width, min(high, panel.bottom - top))
            self.write(surface, kept, box, style)
        return panel.top + len(lines) * high

    def wrapped(self, text: str, px: float, width: float) -> list[str]:
        """Return the lines of a text broken at spaces, and words longer than a line."""
        lines: list[str] = []
        words = [part for word in text.split() for part in self._parts(word, px, width)]
        for word, glued in words:
            if glued:
                lines.append(word)
            elif lines and self.width(f"{lines[-1]} {word}", px) <= width:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def _parts(self, word: str, px: float, width: float) -> list[tuple[str, bool]]:
        """Return the parts of a word that fit a line each, and whether one goes on a word."""
        parts: list[tuple[str, bool]] = []
        while len(word) > 1 and self.width(word, px) > width:
            few, many = 1, len(word)
            while few < many:
                middle = (few + many + 1) // 2
                fits = self.width(word[:middle], px) <= width
                few, many = (middle, many) if fits else (few, middle - 1)
            best = max(word.rfind(sign, few // 2, few) for sign in BREAK_AFTER) + 1
            cut = best or few
            parts.append((word[:cut], bool(parts)))
            word = word[cut:]
        return [*parts, (word, bool(parts))]

    def neon(
        self, surface: pygame.Surface, text: str, panel: pygame.Rect, style: Style, glow: Colour
    ) -> pygame.Rect:
        """Draw one line that glows; return where its letters are."""
        style = Style(min(style.px, _tallest(panel)), style.colour, style.align, style.least)
        text, px = self.fitted(text, style, panel.width)
        if not text:
            return pygame.Rect(panel.topleft, (0, 0))
        letters = self.sprite(text, px, style.colour)
        where = _place(letters.get_size(), panel, style.align, px)
        pad = round(px * 0.5)
        key = ("neon", text, round(px), glow)
        halo = self.kept(key, lambda: _halo(self.sprite(text, px, glow), pad))
        surface.blit(halo, where.move(-pad, -pad), special_flags=ADD)
        return surface.blit(letters, where)

    # shapes

    def panel(self, surface: pygame.Surface, rect: pygame.Rect, glass: Glass) -> None:
        """Draw a rounded pane of dark glass."""
        if rect.width > 1 and rect.height > 1:
            pane = self.kept(("glass", rect.size, glass), lambda: _glass(rect.size, glass))
            for part in _drawn_parts(rect.size, glass):
                surface.blit(pane, part.move(rect.topleft), part)

    def glow(self, radius: float, colour: Colour) -> pygame.Surface:
        """Return a round glow to be added onto a picture; its side is twice the radius."""
        size = max(2, round(radius))
        return self.kept(("glow", size, colour), lambda: _round_glow(size, colour))

    def shine(
        self, surface: pygame.Surface, at: tuple[float, float], radius: float, colour: Colour
    ) -> None:
        """Add a round glow around a point."""
        sprite = self.glow(radius, colour)
        half = sprite.get_width() / 2
        surface.blit(sprite, (at[0] - half, at[1] - half), special_flags=ADD)

    def bar(
        self, surface: pygame.Surface, rect: pygame.Rect, share: float, colour: Colour
    ) -> None:
        """Draw a rounded bar filled from the left."""
        self.pill(surface, rect, dim(mix(colour, VIOLET, 0.5), 0.22))
        full = rect.copy()
        full.width = round(rect.width * min(max(share, 0.0), 1.0))
        if full.width >= rect.height:
            self.pill(surface, full, colour)

    def pill(self, surface: pygame.Surface, rect: pygame.Rect, colour: Colour) -> None:
        """Draw a rectangle with half-round ends."""
        pygame.draw.rect(surface, colour, rect, border_radius=max(1, rect.height // 2))

    def keys(
        self, surface: pygame.Surface, rect: pygame.Rect, hints: Sequence[tuple[str, str]]
    ) -> pygame.Rect:
        """Draw keys and their meaning from the left while they fit; return the room taken."""
        px = rect.height * 0.5
        gap = round(px * 0.5)
        left = rect.left
        for name, told in hints:
            key, meaning = self.cap(name), _(told)
            cap = self.width(key, px * 0.92) + 2 * gap
            if left + cap + gap + self.width(meaning, px) > rect.right:
                break
            box = pygame.Rect(left, rect.top, cap, rect.height)
            pressed = [pressed_by(part) for part in name.split()]
            lit = self.over in pressed and bool(self.over)
            edge, shade = (WHITE, (92, 52, 140)) if lit else (FAINT, (44, 32, 84))
            self.panel(surface, box, Glass(px * 0.45, edge, 1.2, 210, shade))
            self.write(surface, key, box, Style(px * 0.92, WHITE, "centre", 6))
            words = pygame.Rect(box.right + gap, rect.top, rect.right - box.right, rect.height)
            ink = WHITE if lit else SOFT
            left = self.write(surface, meaning, words, Style(px, ink, "left", 6)).right
            self._press(pressed, box, left)
            left += round(px * 1.3)
        return pygame.Rect(rect.left, rect.top, left - rect.left, rect.height)

    def _press(self, names: Sequence[str], cap: pygame.Rect, right: int) -> None:
        """Remember where keys are drawn: one with its meaning, several on their cap alone."""
        for number, name in enumerate(names):
            place = cap.copy()
            place.width = right - cap.left if len(names) == 1 else cap.width // len(names)
            place.left += number * place.width
            if name:
                self.pressable.append((place, name))

    def cap(self, key: str) -> str:
        """Return what stands on the player's key that is called so on a US keyboard."""
        return self.letters.get(key, key)

    def star(self, radius: float, colour: Colour) -> pygame.Surface:
        """Return a five-pointed star; its side is twice the radius."""
        size = max(3, round(radius))
        return self.kept(("star", size, colour), lambda: _star(size, colour))


def blit_faded(
    surface: pygame.Surface, sprite: pygame.Surface, at: tuple[float, float], alpha: float
) -> None:
    """Draw a kept sprite with a share of its opacity."""
    if alpha <= 0:
        return
    sprite.set_alpha(round(255 * min(alpha, 1.0)))
    surface.blit(sprite, at)
    sprite.set_alpha(255)


def blurred(sprite: pygame.Surface, radius: float) -> pygame.Surface:
    """Return a picture blurred by about a radius in px, cheaply: made small, then large."""
    width, height = sprite.get_size()
    shrink = max(1.0, radius / 3)
    small = (max(2, round(width / shrink)), max(2, round(height / shrink)))
    soft = pygame.transform.smoothscale(sprite, small)
    soft = pygame.transform.box_blur(pygame.transform.box_blur(soft, 2), 2)
    return pygame.transform.smoothscale(soft, (width, height))


def _tallest(panel: pygame.Rect) -> int:
    return int(panel.height / (ABOVE + BELOW))


def _place(size: tuple[int, int], panel: pygame.Rect, align: Align, px: float) -> pygame.Rect:
    width, height = size
    share = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
    left = panel.left + round((panel.width - width) * share)
    top = round(panel.centery + CAPITAL * px / 2 - ABOVE * px)
    lowest = max(panel.top, panel.bottom - height)
    return pygame.Rect(left, min(max(top, panel.top), lowest), width, height)


def _halo(letters: pygame.Surface, pad: int) -> pygame.Surface:
    width, height = letters.get_size()
    black = pygame.Surface((width + 2 * pad, height + 2 * pad))
    black.blit(letters, (pad, pad))
    near, far = blurred(black, pad * 0.35), blurred(black, pad)
    far.blit(near, (0, 0), special_flags=ADD)
    return far


def _glass(size: tuple[int, int], glass: Glass) -> pygame.Surface:
    """Return a pane: its corners drawn finely, what lies between them stretched."""
    corner = math.ceil(max(glass.radius, glass.width)) + 1
    if min(size) <= 2 * corner + 1:
        return _fine_glass(size, glass)
    small = _fine_glass((2 * corner + 1, 2 * corner + 1), glass)
    pane = pygame.Surface(size, pygame.SRCALPHA)
    here = ((0, corner), (corner, 1), (corner + 1, corner))
    for left, wide in here:
        for top, high in here:
            part = small.subsurface((left, top, wide, high))
            at = [
                (side - corner if place > corner else place)
                for side, place in zip(size, (left, top), strict=True)
            ]
            fills = [
                side - 2 * corner if length == 1 else length
                for side, length in zip(size, (wide, high), strict=True)
            ]
            pane.blit(
                pygame.transform.scale(part, fills), at, special_flags=pygame.BLEND_RGBA_ADD
            )
    return pane


def _drawn_parts(size: tuple[int, int], glass: Glass) -> list[pygame.Rect]:
    """Return where a pane has anything: all of it, or its four sides around a clear middle."""
    (wide, high), side = size, math.ceil(max(glass.radius, glass.width)) + 1
    if glass.darkness or min(size) <= 2 * side + 1:
        return [pygame.Rect(0, 0, wide, high)]
    return [
        pygame.Rect(0, 0, wide, side),
        pygame.Rect(0, high - side, wide, side),
        pygame.Rect(0, side, side, high - 2 * side),
        pygame.Rect(wide - side, side, side, high - 2 * side),
    ]


def _fine_glass(size: tuple[int, int], glass: Glass) -> pygame.Surface:
    fine = 3
    large = pygame.Surface((size[0] * fine, size[1] * fine), pygame.SRCALPHA)
    radius, width = round(glass.radius * fine), max(1, round(glass.width * fine))
    box = large.get_rect()
    pygame.draw.rect(large, (*glass.shade, glass.darkness), box, border_radius=radius)
    pygame.draw.rect(large, (*glass.edge, 200), box, width, border_radius=radius)
    return pygame.transform.smoothscale(large, size)


def _round_glow(radius: int, colour: Colour) -> pygame.Surface:
    steps = (np.arange(2 * radius, dtype=np.float32) + 0.5) / radius - 1
    near = np.clip(1 - np.hypot(steps[:, None], steps[None, :]), 0, 1)
    light = near * near * (0.35 + 0.65 * near)
    sprite = pygame.Surface((2 * radius, 2 * radius))
    pygame.surfarray.blit_array(sprite, (light[..., None] * np.array(colour)).astype(np.uint8))
    return sprite


def _star(radius: int, colour: Colour) -> pygame.Surface:
    fine = 4
    large = pygame.Surface((2 * radius * fine, 2 * radius * fine), pygame.SRCALPHA)
    large.fill((*colour, 0))
    centre = pygame.Vector2(radius * fine, radius * fine * 1.04)
    points = [
        centre
        + pygame.Vector2(0, -radius * fine * (0.46 if turn % 2 else 0.98)).rotate(36 * turn)
        for turn in range(10)
    ]
    pygame.draw.polygon(large, colour, points)
    return pygame.transform.smoothscale(large, (2 * radius, 2 * radius))
