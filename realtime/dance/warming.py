"""The page before what is danced: its camera, sound and networks are opened beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpopdance.engines.tongues import _
from kpopdance.realtime.dance.opening import Opening
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.shell.pages import Message, Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.dance.opening import Opened
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.scoring.standard import Told


class WarmingPage(Message):
    """Everything is opened beside it; who goes back does not wait for it.

    ``opens`` opens what ``then`` makes the next page of; ``known`` is whose standard may be in the
    making already.
    """

    hands = "off"  # camera and networks are being made ready

    def __init__(
        self, game: Game, title: str, opens: Callable[[Told], Opened], back: Page | None,
        known: tuple[Path, Terms] | tuple[()] = (),
    ) -> None:  # fmt: skip
        super().__init__(game.backdrop, (title, _("Warming up ...")), back)
        self.screen = MessageScreen(game.backdrop, calm=True)
        self._game = game
        game.performing = None  # what was danced before goes first
        game.preparing.settle(*known)
        self._opening: Opening[Any] = Opening(opens, game.given_up)

    def then(self, opened: Any) -> Page:  # noqa: ANN401 - what ``opens`` returned
        """Return the page of what was opened."""
        raise NotImplementedError

    def step(self, now_s: float) -> Page | None:
        """Go on as soon as all is open."""
        super().step(now_s)
        return self.then(self._opening.result()) if self._opening.done else self

    def draw(self, surface: Surface) -> None:
        """Draw what is waited for."""
        title, doing = self.words
        if self._opening.share not in (0, 1):
            doing = _("Getting to know the dance ...")
        self.screen.draw(surface, title, self._game.kit.news() or doing, 2 * self.age_s)

    def key(self, name: str) -> Page | None:
        """Go back on Escape alone: other keys are meant for what comes."""
        if name != "escape":
            return self
        self.quit()
        return self.back

    def quit(self) -> None:
        """End at once; what was opened is closed beside."""
        self._game.given_up = self._opening
        self._opening.give_up()
