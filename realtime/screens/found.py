"""What was found on this computer, and what to do about what is missing: the doctor's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.chips import Chip, chip_at, chip_places, draw_chips
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    GOLD,
    MAGENTA,
    MINT,
    NIGHT,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    drawable,
    scale_of,
)
from kpopdance.realtime.screens.screen import Meanings, Screen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.screen import Place

CHIPS: Final = (Chip("Esc", "back", "back"),)
MORE: Final = (Chip("↑ ↓", "more", "down"), *CHIPS)
NAMES: Final = {
    "game": N_("game"), "network": N_("network"), "gpu": N_("graphics card"), "camera": N_("camera"),
    "sound": N_("sound"), "songs": N_("songs"), "settings": N_("settings"),
}  # fmt: skip
"""What the doctor looks at, as it is called on the page."""
TEXT: Final = 18.0
LEADING: Final = 1.38


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One thing: its name, whether all is well with it, what was found, and what to do."""

    name: str
    well: bool
    words: str
    todo: str = ""


def found_view(found: Mapping[str, Mapping[str, Any]]) -> tuple[FoundLine, ...]:
    """Return the doctor's findings as lines."""
    return tuple(
        FoundLine(
            name, bool(entry.get("found")),
            str(entry.get("found") or entry.get("what") or _("not found")), str(entry.get("todo") or ""),
        )
        for name, entry in found.items()
    )  # fmt: skip


class FoundScreen(Screen):
    """Draws lines that wrap; where they are more than fit, they are gone through."""

    meanings: ClassVar[Meanings] = {
        "up": "up", "down": "down", "return": "back", "escape": "back", "space": "back",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._first, self._more = 0, False

    def scroll(self, lines: int) -> None:
        """Go on by so many lines, as far as there are more."""
        if lines < 0 or self._more:
            self._first = max(0, self._first + lines)

    def draw(self, surface: pygame.Surface, lines: tuple[FoundLine, ...], age_s: float) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        (width, height), u = size, scale_of(size)
        self.backdrop.draw(
            surface, 2 * age_s, centre_x=width // 2, horizon_y=round(height * 0.7)
        )
        head = box(40 * u, 16 * u, width - 40 * u, 66 * u)
        self.theme.neon(surface, _("WHAT WAS FOUND HERE"), head, Style(36 * u), MAGENTA)
        pane = box(32 * u, 76 * u, width - 32 * u, height - 62 * u)
        self.theme.panel(surface, pane, Glass(20 * u, VIOLET, 1.5, 220, NIGHT))
        top, self._more = float(pane.top + 16 * u), False
        for line in lines[min(self._first, len(lines) - 1) :]:
            below = self._line(surface, line, (pane, top), u)
            if below is None:
                self._more = True
                break
            top = below + 9 * u
        over = None if self._over is None else self._over.which
        draw_chips(self.theme, surface, self._chips, self._places(size), over)

    def _line(
        self, surface: pygame.Surface, line: FoundLine, at: tuple[pygame.Rect, float], u: float
    ) -> float | None:
        """Draw one thing from a y on; return the y below it, None where there is no room."""
        (pane, top), px = at, TEXT * u
        left = pane.left + round(200 * u)
        room = pane.right - round(28 * u) - left
        parts = [
            (text, colour)
            for words, colour in ((line.words, WHITE), (line.todo, GOLD))
            for text in self.theme.wrapped(words, px, room)
        ]
        high = len(parts) * px * LEADING
        if top + high > pane.bottom - 8 * u:
            return None
        centre = (pane.left + 26 * u, top + px * LEADING / 2)
        pygame.draw.aacircle(surface, MINT if line.well else GOLD, centre, max(3, 6 * u))
        name = box(pane.left + 44 * u, top, left - 8 * u, top + px * LEADING)
        self.theme.write(
            surface,
            _(NAMES.get(line.name, line.name)),
            name,
            Style(px, CYAN if line.well else SOFT, least=7),
        )
        for number, (text, colour) in enumerate(parts):
            y = top + number * px * LEADING
            row = box(left, y, left + room, y + px * LEADING)
            self.theme.write(surface, text, row, Style(px, colour, least=6))
        return top + high

    @property
    def _chips(self) -> tuple[Chip, ...]:
        return MORE if self._more or self._first else CHIPS

    def _places(self, size: tuple[int, int]) -> list[pygame.Rect]:
        (width, height), u = size, scale_of(size)
        row = box(36 * u, height - 50 * u, width - 36 * u, height - 14 * u)
        return chip_places(self.theme, row, self._chips, row.height)

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        number = chip_at(self._places(size), position)
        return None if number is None else Target("chip", number)
