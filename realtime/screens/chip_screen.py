"""Pages whose keys stand at their foot as chips that can be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.chips import Chip, chip_places, draw_chips
from kpopdance.realtime.screens.screen import Screen

if TYPE_CHECKING:
    import pygame

    from kpopdance.realtime.screens.actions import Action
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.screen import Place


class ChipScreen(Screen):
    """A page with chips at its foot."""

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._chips: tuple[Chip, ...] = ()
        self._places: list[pygame.Rect] = []

    def action_of(self, chip: int) -> Action:
        """Return what a click on a chip asks for."""
        return self._chips[chip].action

    def _draw_chips(
        self, surface: pygame.Surface, chips: tuple[Chip, ...], rows: pygame.Rect, high: float
    ) -> None:
        over = self._over.which if self._over and self._over.kind == "chip" else None
        self._chips, self._places = chips, chip_places(self.theme, rows, chips, high)
        draw_chips(self.theme, surface, chips, self._places, over)

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        hit = (k for k, place in enumerate(self._places) if place.collidepoint(position))
        number = next(hit, None)
        return None if number is None else Target("chip", number)
