"""What the player must know now: one place on a page, whole sentences, the most important first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.screens.parts.theme import GOLD, RED, WHITE, Glass, Style

if TYPE_CHECKING:
    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.screens.parts.theme import Hints, Theme

MOST_NOTICES: Final = 2
MOST_LINES: Final = 4
"""Of one notice."""
TEXT, SMALLEST_PX = 19.0, 13.0
"""Size of the text, design units, and the least one, px."""
LEADING: Final = 1.42
EDGES: Final = ((RED, (70, 10, 34)), (GOLD, (58, 40, 8)))
"""Edge and shade of the first and the second."""


def mending(health: tuple[Health, ...]) -> Hints:
    """Return the keys that may mend what is the matter with the devices."""
    mendable = [report.device for report in health if report.mendable]
    retry: Hints = (("R", _("try again")),) if mendable else ()
    return (*retry, ("C", _("another camera"))) if "camera" in mendable else retry


def notices_height(
    theme: Theme, told: tuple[str, ...], size: tuple[int, int], unit: float
) -> int:
    """Return how high a strip across a window is that holds the notices, px; 0 where there are none.

    A tiny window keeps most of its room for what it shows.
    """
    panes = _panes(theme, told, pygame.Rect(0, 0, size[0] - round(64 * unit), 0), unit)
    return min(panes[-1][0].bottom + round(8 * unit), size[1] // 3) if panes else 0


def draw_notices(
    theme: Theme,
    surface: pygame.Surface,
    box: pygame.Rect,
    told: tuple[str, ...],
    unit: float,
) -> None:
    """Draw the notices from the box's top on, each as high as its lines are."""
    px, lead = _sizes(unit)
    for number, (pane, lines) in enumerate(_panes(theme, told, box, unit)):
        edge, shade = EDGES[number]
        theme.panel(surface, pane, Glass(12 * unit, edge, 2.0 * unit, 230, shade))
        dot = pygame.Rect(pane.left, pane.top, _indent(unit), pane.height)
        pygame.draw.aacircle(surface, edge, dot.center, max(3, round(5 * unit)))
        for row, line in enumerate(lines):
            top = pane.top + _pad(unit) + row * lead
            place = pygame.Rect(dot.right, top, pane.right - dot.right - _pad(unit), lead)
            theme.write(surface, line, place, Style(px, WHITE, "left", px))


def _panes(
    theme: Theme, told: tuple[str, ...], box: pygame.Rect, unit: float
) -> list[tuple[pygame.Rect, list[str]]]:
    """Return each notice's pane and lines."""
    px, lead = _sizes(unit)
    room = box.width - _indent(unit) - _pad(unit)
    out, top = [], box.top
    for notice in told[:MOST_NOTICES]:
        lines = theme.wrapped(notice, px, room)
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 1], " ".join(lines[MOST_LINES - 1 :])]
        pane = pygame.Rect(box.left, top, box.width, len(lines) * lead + 2 * _pad(unit))
        out.append((pane, lines))
        top = pane.bottom + round(6 * unit)
    return out


def _sizes(unit: float) -> tuple[float, int]:
    px = max(SMALLEST_PX, TEXT * unit)
    return px, round(px * LEADING)


def _pad(unit: float) -> int:
    return max(3, round(5 * unit))


def _indent(unit: float) -> int:
    return max(20, round(32 * unit))
