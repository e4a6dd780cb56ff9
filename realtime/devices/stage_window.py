"""A second window with the stage alone, for streaming programs to take in."""

from __future__ import annotations

import os
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Final

import pygame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

TITLE: Final = "KPOP DANCE - on air"
"""By it a streaming program finds the window again: the same in every language."""
LEAST_SIZE: Final = (320, 180)
EVERY_S: Final = 0.025
"""Between two pictures at least: every second one of 60 a second, each of 30."""
HINTS: Final = {
    "SDL_WINDOW_NO_ACTIVATION_WHEN_SHOWN": "1",
    "SDL_RENDER_VSYNC": "0",  # the game's own window waits for the screen already
}
OF_GAME: Final = (
    pygame.QUIT, pygame.KEYDOWN, pygame.KEYUP, pygame.TEXTINPUT, pygame.TEXTEDITING,
    pygame.KEYMAPCHANGED,
)  # fmt: skip
"""Events that are the game's, whichever of its windows has the keyboard."""


class StageWindow:
    """A window that shows pictures and takes no input; keys pressed in it are the game's.

    Open it before the game's own window, which so keeps the keyboard where no desktop manages that.
    The player may close it; then it shows nothing any more.
    """

    def __init__(self, size: tuple[int, int], icon: pygame.Surface) -> None:
        with _hinted():
            self._window = pygame.Window(TITLE, size, resizable=True, allow_high_dpi=True)
            self._window.get_surface()  # the hints hold for what this makes
        self._window.minimum_size = LEAST_SIZE
        self._window.set_icon(icon)
        self._closed = False
        self._pointed = False
        self._shown_s = -EVERY_S
        self._coming: Future[pygame.Surface] | None = None
        self._still: pygame.Surface | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px; nothing once it is closed."""
        return (0, 0) if self._closed else self._window.get_surface().get_size()

    @property
    def pointed(self) -> bool:
        """Whether the mouse is in it."""
        return self._pointed

    @property
    def due(self) -> bool:
        """Whether another picture of a dance is to be shown: none where one was shown just now."""
        return not self._closed and perf_counter() - self._shown_s >= EVERY_S

    def show(self, picture: pygame.Surface) -> None:
        """Show a picture of a dance, if one is due."""
        self._coming = self._still = None
        if self.due:
            self._shown_s = perf_counter()
            self._put(picture)

    def rest(self, card: Future[pygame.Surface]) -> None:
        """Show a card as soon as it is drawn, until a dance is shown."""
        self._coming = card

    def step(self) -> None:
        """Show the card that is rested on, once it is there; asked for in every frame."""
        if self._coming is not None and self._coming.done():
            self._still, self._coming = self._coming.result(), None
            self._put(self._still)

    def takes(self, event: pygame.Event) -> bool:
        """Return whether an event is this window's, and do what it asks for."""
        if self._closed or getattr(event, "window", None) is not self._window:
            return False
        if event.type == pygame.WINDOWCLOSE:
            self.close()
        elif event.type in (pygame.WINDOWENTER, pygame.WINDOWLEAVE):
            self._pointed = event.type == pygame.WINDOWENTER
        elif event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWSIZECHANGED) and self._still:
            self._put(self._still)
        return event.type not in OF_GAME

    def close(self) -> None:
        """Close the window; a second call does nothing."""
        if not self._closed:
            self._closed, self._pointed, self._still = True, False, None
            self._window.destroy()

    def _put(self, picture: pygame.Surface) -> None:
        """Show a picture, whole, as large as it fits."""
        if self._closed:
            return
        surface = self._window.get_surface()
        if picture.get_size() == surface.get_size():
            surface.blit(picture, (0, 0))
        else:
            place = picture.get_rect().fit(surface.get_rect())
            if min(place.size) < 1:
                return
            surface.fill((0, 0, 0))
            surface.blit(pygame.transform.smoothscale(picture, place.size), place)
        self._window.flip()


@contextmanager
def _hinted() -> Iterator[None]:
    """Let ``HINTS`` hold for the windows that are opened meanwhile."""
    before = {name: os.environ.get(name) for name in HINTS}
    os.environ.update(HINTS)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
