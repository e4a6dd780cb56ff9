"""What the quiz's pages share: a title in two colours, the button that leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpopdance.engines.tongues import _
from kpopdance.realtime.screens.parts.signs import put, sign
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    MAGENTA,
    WHITE,
    Glass,
    Style,
)

if TYPE_CHECKING:
    import pygame

    from kpopdance.realtime.screens.parts.theme import Theme


def draw_title(
    theme: Theme, surface: pygame.Surface, box: pygame.Rect, words: tuple[str, str], unit: float
) -> None:
    """Draw a page's title, its second part in another neon."""
    style = Style(44 * unit)
    first = theme.neon(surface, _(words[0]), box, style, MAGENTA)
    rest = box.copy()
    rest.left = first.right + round(11 * unit)
    rest.width = max(0, box.right - rest.left)
    theme.neon(surface, _(words[1]), rest, style, CYAN)


def draw_leave(
    theme: Theme, surface: pygame.Surface, box: pygame.Rect, unit: float, *, lit: bool
) -> None:
    """Draw the button that leaves, lit under the mouse."""
    edge = WHITE if lit else FAINT
    shade = (60, 30, 90) if lit else (30, 20, 62)
    theme.panel(surface, box, Glass(10 * unit, edge, 1.4, 190, shade))
    put(surface, sign(theme, "cross", 18 * unit, edge), box.center)
