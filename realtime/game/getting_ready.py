"""The page before every dance: the camera's picture, until the player stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_
from kpopdance.realtime.dance.in_use import asks_to_measure
from kpopdance.realtime.home.calibrating import CalibrationPage
from kpopdance.realtime.home.looking_on import LookingOn
from kpopdance.realtime.home.setting_up import SetupPage
from kpopdance.realtime.screens.ready import ReadyScreen
from kpopdance.realtime.screens.setup_view import ReadyView, StandView
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.dance.performance import Performance
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.game.dancing import DancePage
    from kpopdance.realtime.screens.actions import Action, Target

IN_PLACE_S: Final = 3.0  # until the count-in, of who stands there already


def ready_first(
    game: Game, performance: Performance, dance: DancePage, anew: Callable[[], Page]
) -> Page:
    """Return the page that waits for the player, or the dance where nobody stands before a camera."""
    kit = game.kit
    if kit.fitting is None or not kit.keeps_scores:
        return dance
    return ReadyPage(game, performance, dance, anew)


class ReadyPage(Page):
    """Shows the player in the camera's picture; begins when all of them is in, or they say so."""

    heading = N_("This dance cannot begin")
    hands = "off"  # here a raised hand begins it

    def __init__(
        self, game: Game, performance: Performance, dance: DancePage, anew: Callable[[], Page]
    ) -> None:
        self._game, self._performance, self._dance, self._anew = game, performance, dance, anew
        self.back = dance.back
        self.screen = ReadyScreen(game.backdrop)
        self._looking: LookingOn | None = None
        self._ending: Future[None] | None = None
        self._then: Callable[[], Page | None] = lambda: self
        self._held = True
        self._new_device: Future[tuple[str, ...]] | None = None

    def enter(self, now_s: float) -> None:
        """Begin to look."""
        super().enter(now_s)
        performance = self._performance
        self._looking = LookingOn(
            performance.kit, lambda: performance.camera, performance.terms.body
        )
        key = self.screen.theme.cap("D")
        self._new_device = beside(lambda: asks_to_measure(performance.kit, key))

    def step(self, now_s: float) -> Page | None:
        """Begin once the player is ready; the dance's own watching begins when this one has ended."""
        super().step(now_s)
        assert self._looking is not None
        if self._ending is None:
            self._looking.step()
            seen = self._looking.seen
            if seen is not None and (seen.ready or seen.hand):
                self._begin(IN_PLACE_S)
        elif self._ending.done():
            self._ending.result()
            return self._then()
        return self

    def act(self, action: Action) -> Page | None:
        """Begin, mirror, keep pictures, turn the camera, set up, measure the delay, or go back."""
        game = self._game
        if self._ending is not None:
            return self
        if action == "play":
            self._begin(None)
        elif action in ("mirror", "keep"):
            self._otherwise(action)
        elif action == "camera" and game.turn_camera():
            self._go(self._anew)
        elif action == "setup":
            self._go(lambda: SetupPage(game, self._anew, self.back))
        elif action == "delay" and self._asks:
            self._go(lambda: CalibrationPage(game, self.back, self._anew))
        elif action == "back":
            self._go(lambda: self.back)
        return self

    def _otherwise(self, action: Action) -> None:
        """Show all as in a mirror, keep the player's pictures from this dance on; or no longer."""
        game = self._game
        if action == "mirror":
            game.mirror = not game.mirror
        else:
            game.keep_pictures(self._performance.recording)

    def clicked(self, target: Target) -> Page | None:
        """Do what a key does that is clicked on."""
        return self.act(self.screen.action_of(target).action)

    @property
    def _asks(self) -> str:
        """A sentence where speaker or camera are others than were measured; it is not waited for."""
        coming = self._new_device
        return " ".join(coming.result()) if coming is not None and coming.done() else ""

    def draw(self, surface: Surface) -> None:
        """Draw the mirror."""
        song, game = self._performance.song, self._game
        looking = self._looking
        stand = StandView() if looking is None else looking.view(mirror=game.mirror)
        turns = game.kit.turn_camera is not None
        keeps = self._performance.recording.kept
        view = ReadyView(
            song.title, song.artist, self.age_s, stand, turns, self._asks, song.lights, keeps
        )
        self.screen.draw(surface, view)

    def leave(self) -> None:
        """Close what was opened, unless the dance goes on with it."""
        if self._looking is not None:
            self._looking.end()
        self._close()

    def _begin(self, step_back_s: float | None) -> None:
        """Let the dance follow who is seen now, and begin after so many seconds."""
        seen = None if self._looking is None else self._looking.seen
        if seen is not None and seen.player is not None and seen.frame is not None:
            self._performance.watcher.hold([seen.player], seen.frame)

        def then() -> Page:
            self._held, self._dance.step_back_s = False, step_back_s
            return self._dance

        self._end(then)

    def _go(self, following: Callable[[], Page | None]) -> None:
        """Give up this dance for another page."""

        def then() -> Page | None:
            self._close()
            return following()

        self._end(then)

    def _end(self, then: Callable[[], Page | None]) -> None:
        if self._looking is not None:
            self._then, self._ending = then, self._looking.end()

    def _close(self) -> None:
        if self._held:
            self._held = False
            self._performance.close()
