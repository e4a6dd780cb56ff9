"""What all screens have in common: a backdrop, keys with a meaning, something under the mouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from kpopdance.realtime.screens.actions import ENTER, Action
from kpopdance.realtime.screens.parts.theme import drawable

if TYPE_CHECKING:
    from kpopdance.realtime.screens.actions import Target
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
        self._over = self._under(position, size) if drawable(size) else None
        return self._over

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        return None
