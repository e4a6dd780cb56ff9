"""One sentence the player must read, large: what went wrong, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import Target, pressed_by
from kpopdance.realtime.screens.parts.chips import (
    Chip,
    chip_at,
    chip_places,
    draw_chips,
)
from kpopdance.realtime.screens.parts.theme import (
    MAGENTA,
    NIGHT,
    RED,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    drawable,
    is_wide,
    scale_of,
)
from kpopdance.realtime.screens.screen import Meanings, Screen

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Hints
    from kpopdance.realtime.screens.screen import Place

KEYS: Final[Hints] = (("Esc", N_("back")),)
HEADING, TEXT = 54.0, 26.0
"""Size of the heading and of the sentence, design units."""
TOP, GAP, BUTTON = 98.0, 26.0, 46.0
"""What the heading takes, what is between text and buttons, and how high those are, design units."""
LEADING: Final = 1.38
"""Height of a line, of its letters' size."""
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
        self._keys = tuple(
            Chip(key, words, "select", edge=dim(SOFT, 0.6)) for key, words in (*hints, *KEYS)
        )
        self._buttons = pygame.Rect(0, 0, 0, 0)
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
        room = pygame.Rect(0, 0, round(min(width - 56 * u, 1040 * u)), round(height * 0.88))
        inner = room.inflate(-round(88 * u), -round(64 * u))
        buttons = round((BUTTON if is_wide(size) else 2.3 * BUTTON) * u)  # in one row, or two
        around = round((TOP + GAP) * u) + buttons
        lines, px = self._fit(text, (inner.width, inner.height - around), TEXT * u)
        inner.height = around + max(round(len(lines) * px * LEADING), round(60 * u))
        inner.center = (width // 2, height // 2)
        pane = inner.inflate(round(88 * u), round(64 * u))
        self.theme.panel(surface, pane, Glass(30 * u, self._edge, 2.0, 224, NIGHT))
        top = pygame.Rect(inner.left, inner.top, inner.width, round(84 * u))
        style = Style(HEADING * u, WHITE, "left", SMALLEST)
        self.theme.neon(surface, _(heading), top, style, dim(MAGENTA, 0.8))
        for number, line in enumerate(lines):
            y = inner.top + TOP * u + number * px * LEADING
            row = box(inner.left, y, inner.right, y + px * LEADING)
            self.theme.write(surface, line, row, Style(px, WHITE, "left", SMALLEST))
        self._buttons = box(inner.left, inner.bottom - buttons, inner.right, inner.bottom)
        over = None if self._over is None else self._over.which
        draw_chips(self.theme, surface, self._keys, self._places(u), over)

    def pressed(self, button: Target) -> str:
        """Return the name of the key whose button was clicked."""
        return pressed_by(self._keys[button.which].key)

    def _places(self, unit: float) -> list[pygame.Rect]:
        return chip_places(self.theme, self._buttons, self._keys, BUTTON * unit)

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        number = chip_at(self._places(scale_of(size)), position)
        return None if number is None else Target("chip", number)

    def _fit(self, text: str, room: tuple[int, int], px: float) -> tuple[list[str], float]:
        """Return the lines of a text and the size at which they fit a room."""
        wanted = (text, px, room)
        if wanted != self._fitted_for:
            self._fitted, self._fitted_for = self._wrapped(text, px, room), wanted
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
