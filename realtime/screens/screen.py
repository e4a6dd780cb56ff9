"""What all screens have in common: a backdrop, keys with a meaning, something under the mouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from kpopdance.realtime.screens.actions import ENTER, Action, Target
from kpopdance.realtime.screens.parts.theme import drawable

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop

Place = tuple[float, float]
Meanings = Mapping[str, Action]


class Screen:
    """Draws a page's views before a backdrop that all screens share.

    ``meanings`` are its keys'; every Enter key is "return" there.
    """

    meanings: ClassVar[Meanings] = {}

    def __init__(self, backdrop: Backdrop) -> None:
        self.backdrop, self.theme = backdrop, backdrop.theme
        self._over: Target | None = None

    def key(self, name: str) -> Action | None:
        """Return what a key means here, None where it means nothing."""
        return self.meanings.get("return" if name in ENTER else name)

    def at(self, position: Place, size: tuple[int, int]) -> Target | None:
        """Return what lies under a px of a page of a size; what would do nothing is None.

        Ask once a frame with the mouse's place: the button found is lit in the next drawing.
        """
        over = None
        if drawable(size):
            over = self._under(position, size) or self._key_under(position)
        pressed = over is not None and over.kind == "key"
        self._over, self.theme.over = over, self.pressed_key(over) if over and pressed else ""
        return over

    def pressed_key(self, target: Target) -> str:
        """Return the name of the key that is clicked on."""
        pressable = self.theme.pressable
        return pressable[target.which][1] if target.which < len(pressable) else ""

    def _key_under(self, position: Place) -> Target | None:
        drawn = enumerate(self.theme.pressable)
        hit = next((n for n, (place, _) in drawn if place.collidepoint(position)), None)
        return None if hit is None else Target("key", hit)

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        return None
