"""The stage alone, for streaming programs: a dance as it is danced, between two a still title card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.realtime.devices.window import offscreen_surface
from kpopdance.realtime.screens.reel import SIGN, ReelScreen
from kpopdance.realtime.screens.reel_view import ReelFacts
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import StageWindow, Surface
    from kpopdance.realtime.library.songpack import PackFacts, SongPack

CARD_SIZE: Final = (1280, 720)


class StageAlone:
    """Says what the second window shows; without one it does nothing.

    Before the first song it is the game's sign; then the card of the newest song that is to be danced,
    until its dance begins, and again once that is over. Cards are drawn beside the window.
    """

    def __init__(self, window: StageWindow | None) -> None:
        self._window = window
        self._card: Future[Surface] | None = None
        if window is not None:
            self._rest(beside(lambda: _card_of(ReelFacts(SIGN, ""))))

    def announce(self, song: PackFacts | SongPack) -> None:
        """Show the card of a song that is to be danced."""
        if self._window is not None:
            self._rest(beside(lambda: _card_of(_facts_of(song))))

    @property
    def show(self) -> Callable[[Surface], None] | None:
        """What shows a dance's stage as it is drawn now; None while it is not to be shown."""
        window = self._window
        return window.show if window is not None and window.due else None

    def over(self) -> None:
        """Show the newest song's card again: its dance is over."""
        if self._card is not None:
            self._rest(self._card)

    def _rest(self, card: Future[Surface]) -> None:
        if self._window is not None:
            self._card = card
            self._window.rest(card)


def _facts_of(song: PackFacts | SongPack) -> ReelFacts:
    from kpopdance.realtime.dance.titles import cover_of, titles_of  # for few, and not at once

    title, other = titles_of(song.title)
    return ReelFacts(title, song.artist, other, cover=cover_of(song), colours=song.colours)


def _card_of(facts: ReelFacts) -> Surface:
    """Return a title card, drawn."""
    card = offscreen_surface(CARD_SIZE)
    ReelScreen(CARD_SIZE, facts).title(card)
    return card
