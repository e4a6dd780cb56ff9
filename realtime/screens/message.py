"""One sentence the player must read, large: what went wrong, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.chips import (
    Chip,
    centred,
    chip_at,
    chip_places,
    draw_chips,
)
from kpopdance.realtime.screens.parts.theme import (
    MAGENTA,
    NIGHT,
    RED,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    drawable,
    scale_of,
)
from kpopdance.realtime.screens.screen import Meanings, Screen

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Hints
    from kpopdance.realtime.screens.screen import Place

KEYS: Final[Hints] = (("Esc", "back"),)
NAMES: Final = {"Esc": "escape", "Enter": "return"}
"""What keys are called whose name is not what stands on them."""
HEADING, TEXT = 54.0, 26.0
"""Size of the heading and of the sentence, design units."""
LEADING: Final = 1.38
"""Height of a line, of its letters' size."""
ABOVE, BELOW = 130.0, 32.0
"""Design units of the pane above the text, with the heading, and below it."""
SMALLEST: Final = 6.0


class MessageScreen(Screen):
    """Draws a heading and a text of any length: it wraps, then shrinks, and is never cut.

    ``hints`` are more keys, each a button; what they do is the page's. Where nothing is wrong, it
    is ``calm``.
    """

    meanings: ClassVar[Meanings] = {
        "return": "back", "escape": "back", "space": "back", "r": "again", "c": "camera",
        "f1": "setup",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop, hints: Hints = (), *, calm: bool = False) -> None:
        super().__init__(backdrop)
        self._edge = VIOLET if calm else dim(RED, 0.9)
        self._keys = tuple(Chip(key, words, "select") for key, words in (*hints, *KEYS))
        self._fitted_for: tuple[str, float, tuple[int, int]] | None = None
        self._fitted: tuple[list[str], float] = ([], SMALLEST)

    def draw(self, surface: pygame.Surface, heading: str, text: str, beat: float = 0.0) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        (width, height), u = size, scale_of(size)
        self.backdrop.draw(surface, beat, centre_x=width // 2, horizon_y=round(height * 0.66))
        self.backdrop.crowd(surface, beat)
        surface.fill((120, 110, 150), special_flags=pygame.BLEND_RGB_MULT)
        wide = round(min(width - 56 * u, 1040 * u))
        most = round(min(height * 0.70, 560 * u)) - round(ABOVE * u) - round(BELOW * u)
        lines, px = self._fit(text, TEXT * u, (wide - round(88 * u), most))
        pane = pygame.Rect(0, 0, wide, round((ABOVE + BELOW) * u + len(lines) * px * LEADING))
        pane.midtop = (width // 2, round((height - 50 * u - pane.height) / 2))
        self.theme.panel(surface, pane, Glass(30 * u, self._edge, 2.0, 224, NIGHT))
        inner = pane.inflate(-round(88 * u), -round(2 * BELOW * u))
        top = pygame.Rect(inner.left, inner.top, inner.width, round(84 * u))
        style = Style(HEADING * u, WHITE, "left", SMALLEST)
        self.theme.neon(surface, heading, top, style, dim(MAGENTA, 0.8))
        for number, line in enumerate(lines):
            row = pygame.Rect(inner.left, 0, inner.width, round(px * LEADING))
            row.top = pane.top + round(ABOVE * u + number * px * LEADING)
            self.theme.write(surface, line, row, Style(px, WHITE, "left", SMALLEST))
        over = None if self._over is None else self._over.which
        draw_chips(self.theme, surface, self._keys, self._places(size), over)

    def pressed(self, button: Target) -> str:
        """Return the name of the key whose button was clicked."""
        key = self._keys[button.which].key
        return NAMES.get(key, key.lower())

    def _places(self, size: tuple[int, int]) -> list[pygame.Rect]:
        (width, height), u = size, scale_of(size)
        row = box(28 * u, height - 62 * u, width - 28 * u, height - 16 * u)
        return centred(chip_places(self.theme, row, self._keys, row.height), row)

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        number = chip_at(self._places(size), position)
        return None if number is None else Target("chip", number)

    def _fit(self, text: str, px: float, size: tuple[int, int]) -> tuple[list[str], float]:
        """Return the lines and their size, worked out once."""
        wanted = (text, px, size)
        if wanted != self._fitted_for:
            self._fitted, self._fitted_for = self._wrapped(text, px, size), wanted
        return self._fitted

    def _wrapped(self, text: str, px: float, size: tuple[int, int]) -> tuple[list[str], float]:
        """Return the lines and the largest size, up to px, at which they fit."""
        while True:
            lines = [
                line
                for paragraph in text.splitlines()
                for line in self.theme.wrapped(paragraph, px, size[0]) or [""]
            ]
            if (
                px <= max(SMALLEST, self.theme.least_px)
                or round(len(lines) * px * LEADING) <= size[1]
            ):
                return lines, px
            px = max(SMALLEST, px - 1)
