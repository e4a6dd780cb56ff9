"""One loop: events, quit, mouse, drawing, flip, and which page comes next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Generic, Literal, Protocol, TypeVar, cast

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.ports import Hand
from kpopdance.realtime.screens.actions import CHOOSE
from kpopdance.realtime.screens.message import MessageScreen

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from kpopdance.realtime.core.ports import HostClock, Place, Surface, Window
    from kpopdance.realtime.screens.actions import Action, Target
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.screen import Screen
    from kpopdance.realtime.shell.beside import Sighting
    from kpopdance.realtime.shell.reaching import Reaching

T = TypeVar("T")
NO_HAND: Final = Hand()
Hands = Literal["menu", "own", "off"]
"""Who looks whether a hand is raised to choose: the menus' camera, the page's own watching, nobody."""


class Page(Protocol):
    """What is on the window now.

    ``step``, ``act`` and ``quit`` hand back what comes next: the page itself, another one, or None,
    which ends the program. ``step`` comes first in every frame.

    Attributes
    ----------
    back : Page or None
        What is behind it; where there is nothing behind it, None.
    heading : str
        Of the message, where something goes wrong that a player can mend.
    began_s, now_s : float
        Host seconds of ``enter`` and of the frame.
    pointed : Target or None
        What lies under the mouse.
    by_hand : bool
        Whether it wants to know of the mouse held, the wheel and what is written.
    writes_at : (int, int, int, int) or None
        The box that is written into; None: nothing is.
    """

    screen: Screen
    back: Page | None = None
    heading: str = ""
    began_s: float = 0.0
    now_s: float = 0.0
    pointed: Target | None = None
    by_hand: bool = False
    writes_at: Place | None = None

    @property
    def hands(self) -> Hands:
        """Who looks whether a hand is raised to choose something here now."""
        return "menu"

    @property
    def sighting(self) -> Sighting | None:
        """The newest look of a page that watches itself."""
        return None

    @property
    def age_s(self) -> float:
        """Seconds since it was entered."""
        return self.now_s - self.began_s

    def enter(self, now_s: float) -> None:
        """Come on, for the first time or again."""
        self.began_s = self.now_s = now_s

    def step(self, now_s: float) -> Page | None:
        """Let time pass."""
        self.now_s = now_s
        return self

    def key(self, name: str) -> Page | None:
        """Do what a key means."""
        action = self.screen.key(name)
        return self if action is None else self.act(action)

    def act(self, action: Action) -> Page | None:
        """Do what keys and buttons ask for."""

    def clicked(self, target: Target) -> Page | None:
        """Do what a click on something asks for."""
        return self.act(action_of(target))

    def handled(self, hand: Hand, size: tuple[int, int]) -> Page | None:
        """Take in what hands did on a page of a size; asked for with ``by_hand``."""
        return self

    def draw(self, surface: Surface) -> None:
        """Draw one frame."""

    def dropped(self, path: Path) -> Page | None:
        """Take a file that was dropped on the window; most pages want none."""
        return self

    def quit(self) -> Page | None:
        """End, as the window is closed; a page that has to wait for something stays a little."""
        return None

    def failed(self, why: DanceError) -> Page | None:
        """Return the page that tells what went wrong here."""
        return Message(self.screen.backdrop, (self.heading, str(why)), self.back)

    def leave(self) -> None:
        """Go, and let go of what this page alone held."""
        return


class Message(Page):
    """One sentence until the player goes back; ``words`` are its heading and it."""

    screen: MessageScreen

    def __init__(self, backdrop: Backdrop, words: tuple[str, str], back: Page | None) -> None:
        self.screen = MessageScreen(backdrop)
        self.words, self.back = words, back

    def act(self, action: Action) -> Page | None:
        """Go back: no other key means anything here."""
        return self.back

    def clicked(self, target: Target) -> Page | None:
        """Press the key whose button is clicked."""
        return self.key(self.screen.pressed(target))

    def draw(self, surface: Surface) -> None:
        """Draw heading and sentence."""
        self.screen.draw(surface, *self.words, 2 * self.age_s)


class Waiting(Message, Generic[T]):
    """A sentence while something is made beside the window; ``then`` takes it to the next page.

    ``news`` says how far it is; while that is empty, the sentence stands.
    """

    hands = "off"  # what is made may need camera and networks for itself

    def __init__(
        self, backdrop: Backdrop, words: tuple[str, str], coming: Future[T],
        then: Callable[[T], Page | None], back: Page | None, news: Callable[[], str] = lambda: "",
    ) -> None:  # fmt: skip
        super().__init__(backdrop, words, back)
        self.screen = MessageScreen(backdrop, calm=True)
        self.coming, self._then, self._news = coming, then, news

    def step(self, now_s: float) -> Page | None:
        """Go on as soon as it is made; raises what went wrong instead."""
        super().step(now_s)
        return self._then(self.coming.result()) if self.coming.done() else self

    def draw(self, surface: Surface) -> None:
        """Draw heading and sentence, or how far it is."""
        heading, sentence = self.words
        self.screen.draw(surface, heading, self._news() or sentence, 2 * self.age_s)

    def key(self, name: str) -> Page | None:
        """Go back on Escape alone: other keys are meant for what comes."""
        return self.back if name == "escape" else self


class Shell:
    """Shows one page after the other in a window; ``run`` returns when there is none any more.

    ``drops`` hands back the files that were dropped on the window since it was asked; ``hand`` what
    hands did, given the box that text is written into (None: nowhere); ``reaching`` what a hand
    chooses that is raised before the camera.
    """

    def __init__(
        self, window: Window, clock: HostClock, drops: Callable[[], list[Path]] = list,
        hand: Callable[[Place | None], Hand] = lambda _: NO_HAND,
        reaching: Reaching | None = None,
    ) -> None:  # fmt: skip
        self._window, self._clock, self._drops, self._hands = window, clock, drops, hand
        self._reaching = reaching

    def run(self, page: Page | None) -> None:
        """Show a page and all that follow it.

        Raises
        ------
        DanceError
            Where there is no page behind the one that met it; else a page tells it.
        """
        try:
            while page is not None:
                page = self._show(page)
        finally:
            if self._reaching is not None:
                self._reaching.end()

    def _show(self, page: Page) -> Page | None:
        """Show a page until another one comes; return that."""
        try:
            page.enter(self._clock.now())
            following: Page | None = page
            while following is page:
                following = self._frame(page)
        except DanceError as why:
            if page.back is None:
                raise
            return page.failed(why)
        else:
            return following
        finally:
            page.leave()
            if page.by_hand:
                self._hands(None)

    def _frame(self, page: Page) -> Page | None:
        """Let a page have one frame; return what it hands back."""
        window, size = self._window, self._window.surface.get_size()
        following = page.step(self._clock.now())
        names = window.events() if following is page else []
        if "quit" in names:
            return page.quit()
        for name in names:
            following = page.key(name) if following is page else following
        clicks = window.clicks()
        if following is page:
            following = self._pointed(page, clicks, size)
        for path in self._drops() if following is page else ():
            following = page.dropped(path) if following is page else following
        if following is page:
            self._draw(page, size)
        return following

    def _pointed(
        self, page: Page, clicks: list[tuple[int, int]], size: tuple[int, int]
    ) -> Page | None:
        """Let a page do what is clicked on, chosen by a raised hand, written or gone along."""
        following: Page | None = page
        targets = [page.screen.at(at, size) for at in clicks]
        reached = 0
        if self._reaching is not None:
            targets.append(self._reaching.step(page, page.now_s, size))
            reached = self._reaching.wheel
        for target in targets:
            if following is page and target is not None:
                following = _clicked(page, target)
        if page.by_hand and following is page:
            hand = self._hands(page.writes_at)
            following = page.handled(replace(hand, wheel=hand.wheel + reached), size)
        return following

    def _draw(self, page: Page, size: tuple[int, int]) -> None:
        """Draw a page, what is pointed at lit, and show it."""
        window, reaching = self._window, self._reaching
        reached = None if reaching is None else reaching.at
        page.screen.theme.letters = window.letters
        page.screen.backdrop.patient = True
        at = reached or window.pointer
        page.pointed = None if at is None else page.screen.at(at, size)
        page.draw(window.surface)
        if reaching is not None:
            reaching.draw(page, window.surface)
        window.flip()


def _clicked(page: Page, target: Target) -> Page | None:
    """Let a page do what a click asks for: a key that is drawn is pressed."""
    if target.kind == "key":
        return page.key(page.screen.pressed_key(target))
    return page.clicked(target)


def action_of(target: Target) -> Action:
    """Return what a click on something asks for."""
    if target.kind == "choice":
        return CHOOSE[target.which]
    return cast(
        "Action", target.kind
    )  # pages with other targets than buttons hear of the click
