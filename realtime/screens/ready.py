"""Before a dance: oneself in the mirror, large, until all of oneself is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.backdrop import lights_of
from kpopdance.realtime.screens.parts.chips import (
    Chip,
    centred,
    chip_at,
    chip_places,
    draw_chips,
)
from kpopdance.realtime.screens.parts.outline import OutlinePanel, draw_sentence
from kpopdance.realtime.screens.parts.theme import (
    GOLD,
    RED,
    SOFT,
    Style,
    box,
    drawable,
    scale_of,
)
from kpopdance.realtime.screens.screen import Meanings, Screen

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.screen import Place
    from kpopdance.realtime.screens.setup_view import ReadyView

STARTS: Final = N_("There you are: hold still, it begins ...")
KEYS: Final = (
    Chip("Enter", "begin", "play"), Chip("M", "mirror", "mirror"), Chip("F1", "set up", "setup"),
    Chip("Esc", "back", "back"),
)  # fmt: skip
TURN: Final = Chip("C", "another camera", "camera")
DELAY: Final = Chip("D", "measure", "delay")
KEEP: Final = {
    False: Chip("K", N_("keep my pictures for a clip"), "keep"),
    True: Chip("K", N_("your pictures are kept for a clip"), "keep", edge=RED),
}
HINT: Final = N_(
    "It begins when head and feet are in, or when you raise a hand and hold it up."
)
SEATED_HINT: Final = N_(
    "It begins when head and hips are in, or when you raise a hand and hold it up."
)


class ReadyScreen(Screen):
    """Draws a ``ReadyView``."""

    meanings: ClassVar[Meanings] = {
        "return": "play", "space": "play", "escape": "back", "c": "camera", "m": "mirror",
        "f1": "setup", "d": "delay", "k": "keep",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._panel = OutlinePanel(backdrop.theme)
        self._chips: tuple[Chip, ...] = KEYS

    def draw(self, surface: pygame.Surface, view: ReadyView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        (width, height), u = size, scale_of(size)
        keep = () if view.keeps is None else (KEEP[view.keeps],)
        self._chips = (
            *KEYS[:2], *keep, *((TURN,) if view.turns else ()), *((DELAY,) if view.asks else ()),
            *KEYS[2:],
        )  # fmt: skip
        self.backdrop.draw(
            surface, 2 * view.age_s, centre_x=width // 2, horizon_y=round(height * 0.7),
            lights=lights_of(view.colours),
        )  # fmt: skip
        head = box(36 * u, 14 * u, width - 36 * u, 58 * u)
        drawn = self.theme.write(surface, view.title, head, Style(30 * u, least=14 * u))
        rest = box(drawn.right + 14 * u, head.top, head.right, head.bottom)
        self.theme.write(surface, view.artist, rest, Style(20 * u, SOFT, least=12 * u))
        room = box(24 * u, 62 * u, width - 24 * u, height - 148 * u)
        panel = self._panel.draw(surface, room, view.stand)
        strip = pygame.Rect(0, 0, round(min(width - 48 * u, 1000 * u)), round(52 * u))
        strip.midtop = (panel.centerx, round(height - 140 * u))
        words = _(view.stand.sentence or STARTS)
        draw_sentence(self.theme, surface, strip, view.stand, words)
        line = box(36 * u, height - 84 * u, width - 36 * u, height - 54 * u)
        hint = SEATED_HINT if view.stand.seated else HINT
        ink = GOLD if view.asks else SOFT
        self.theme.write(surface, view.asks or _(hint), line, Style(17 * u, ink, "centre", 7))
        draw_chips(self.theme, surface, self._chips, self._places(size), self._lit())

    def _places(self, size: tuple[int, int]) -> list[pygame.Rect]:
        (width, height), u = size, scale_of(size)
        row = box(36 * u, height - 50 * u, width - 36 * u, height - 14 * u)
        return centred(chip_places(self.theme, row, self._chips, row.height), row)

    def _lit(self) -> int | None:
        return None if self._over is None else self._over.which

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        number = chip_at(self._places(size), position)
        return None if number is None else Target("chip", number)

    def action_of(self, target: Target) -> Chip:
        """Return the chip that was clicked."""
        return self._chips[target.which]
