"""Somebody at the keyboard: which keys, where the mouse, when the plug is pulled, all by chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.shell.pages import Page, Shell

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from kpopdance.realtime.core.ports import HostClock, Surface, Window

HABITS: Final[dict[str, dict[str, float]]] = {
    "SongListPage": {
        "return": 0.3, "down": 0.3, "up": 0.1, "s": 0.02, "b": 0.02, "t": 0.02, "q": 0.04,
        "escape": 0.01,
    },
    "LoadingPage": {"escape": 0.01},
    "ReadyPage": {"return": 0.1, "m": 0.02, "escape": 0.01},
    "DancePage": {"p": 0.01, "return": 0.01, "m": 0.01, "r": 0.002, "n": 0.002, "escape": 0.002},
    "ResultPage": {"r": 0.05, "l": 0.02, "escape": 0.08},
    "ClipPage": {"escape": 0.003},
    "QuestionPage": {
        "1": 0.1, "2": 0.1, "3": 0.1, "4": 0.1, "return": 0.3, "h": 0.05, "r": 0.02, "m": 0.01,
        "escape": 0.002,
    },
    "EndPage": {"return": 0.05, "c": 0.02, "escape": 0.1},
    "ReversePage": {"r": 0.02, "escape": 0.01},
}  # fmt: skip
"""How often a second a key is pressed on a page."""
ELSEWHERE: Final = {"return": 0.2, "escape": 0.2}
WAITING: Final = ("LoadingPage", "ClipPage", "Waiting")
"""Pages that wait for work beside the window."""


class WatchedShell(Shell):
    """The game's own loop; says which page is shown."""

    def __init__(self, window: Window, clock: HostClock, hand: Hand) -> None:
        super().__init__(window, clock)
        self._hand = hand

    def _frame(self, page: Page) -> Page | None:
        self._hand.page = page
        return super()._frame(page)


@dataclass(slots=True, eq=False)
class Hand:
    """Presses keys and moves the mouse over the page that is shown.

    Attributes
    ----------
    ends : bool
        Whether the evening is over: then it only leaves.
    pages : dict of str to float
        Seconds spent on each kind of page.
    """

    rng: np.random.Generator
    page: Page | None = None
    ends: bool = False
    pages: dict[str, float] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether the page waits for work beside the window."""
        return type(self.page).__name__ in WAITING

    def keys(self, since_s: float) -> list[str]:
        """Return the names of the keys pressed in the last seconds."""
        kind = type(self.page).__name__
        self.pages[kind] = self.pages.get(kind, 0.0) + since_s
        if self.ends:
            return ["quit"]
        habits = HABITS.get(kind, ELSEWHERE)
        return [key for key, often in habits.items() if self.rng.random() < often * since_s]

    def pointer(self, size: tuple[int, int]) -> tuple[int, int] | None:
        """Return where the mouse is; often elsewhere."""
        if self.rng.random() < 0.5:
            return None
        return int(self.rng.integers(size[0])), int(self.rng.integers(size[1]))


class HandledWindow:
    """A window with a hand on it; ``flipped`` is called after each flip with the seconds since."""

    def __init__(self, window: Window, hand: Hand, clock: HostClock) -> None:
        self._window, self._hand, self._clock = window, hand, clock
        self._before_s = clock.now()

    @property
    def surface(self) -> Surface:
        """What to draw on."""
        return self._window.surface

    def events(self) -> list[str]:
        """Return the hand's keys beside the window's own."""
        now = self._clock.now()
        since_s, self._before_s = now - self._before_s, now
        return [*self._window.events(), *self._hand.keys(since_s)]

    def clicks(self) -> list[tuple[int, int]]:
        """Return the hand's clicks: one in ten seconds, anywhere."""
        at = self.pointer
        return [at] if at is not None and self._hand.rng.random() < 1 / 600 else []

    @property
    def pointer(self) -> tuple[int, int] | None:
        """Where the mouse is."""
        return self._hand.pointer(self._window.surface.get_size())

    @property
    def letters(self) -> Mapping[str, str]:
        """What stands on the keys."""
        return self._window.letters

    def copy(self, text: str) -> bool:
        """Reach the clipboard."""
        return self._window.copy(text)

    def flip(self) -> None:
        """Show what was drawn."""
        self._window.flip()
