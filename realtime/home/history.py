"""The page that shows how a player gets on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.curves import PAGES, facts_of
from kpopdance.realtime.core.progress import moment_of, streak_of
from kpopdance.realtime.home.profile import card_of, export, goal_after
from kpopdance.realtime.library.history import history_of
from kpopdance.realtime.library.players import change_player, player_of
from kpopdance.realtime.screens.actions import CHOOSE
from kpopdance.realtime.screens.history import HistoryScreen
from kpopdance.realtime.screens.players_view import HistoryView, PlayerCard
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page

if TYPE_CHECKING:
    from concurrent.futures import Future

    from kpopdance.realtime.core.curves import Line
    from kpopdance.realtime.core.ports import Hand, Surface
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.players import Player
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.screens.actions import Action, Target

NAMES: Final = tuple(PAGES)
EMPTY: Final = N_("Nothing yet: dance a song, and it is told here.")
READING: Final = N_("Your dances are being read ...")


class _Read(NamedTuple):
    """A player with all that is shown, by page."""

    player: Player
    card: PlayerCard
    lines: dict[str, tuple[Line, ...]]
    facts: tuple[str, ...]
    streak: int


class HistoryPage(Page):
    """One page with headings; what it shows is read beside the window."""

    heading = N_("Your dances cannot be read")

    def __init__(self, game: Game, store: Store, back: Page) -> None:
        self._game, self._store, self.back = game, store, back
        self.screen: HistoryScreen = HistoryScreen(game.backdrop)
        self.by_hand = True
        self._page, self._chosen = NAMES[0], 0
        self._read: _Read | None = None
        self._notice = ""
        self._today = moment_of(game.kit.local_now()).day
        self._reading: Future[_Read] | None = None
        self._writing: Future[str] | None = None

    def enter(self, now_s: float) -> None:
        """Read what there is now."""
        super().enter(now_s)
        self._reading = beside(lambda: read(self._store, self._today))

    def step(self, now_s: float) -> Page | None:
        """Show what was read and written beside."""
        super().step(now_s)
        if self._reading is not None and self._reading.done():
            reading, self._reading = self._reading, None
            self._read = reading.result()
        if self._writing is not None and self._writing.done():
            writing, self._writing = self._writing, None
            try:
                self._notice = writing.result()
            except DanceError as why:
                self._notice = str(why)
        return self

    def handled(self, hand: Hand, size: tuple[int, int]) -> Page | None:
        """Go along the lines as the wheel is turned."""
        if hand.wheel:
            self._choose(self._chosen - hand.wheel)
        return self

    def clicked(self, target: Target) -> Page | None:
        """Show the line or the page that is clicked on, or press a chip."""
        if target.kind == "chip":
            return self.act(self.screen.action_of(target.which))
        if target.kind == "card":
            self._choose(target.which)
            return self
        return super().clicked(target)

    def act(self, action: Action) -> Page | None:
        """Turn to another page or line, set a goal, export, or go back."""
        steps = {"up": -1, "down": 1, "bar back": -5, "bar on": 5, "begin": -9999, "end": 9999}
        place = NAMES.index(self._page)
        if action == "back":
            return self.back
        if action in steps:
            self._choose(self._chosen + steps[action])
        elif action in ("left", "right"):
            self._turn((place + (1 if action == "right" else -1)) % len(NAMES))
        elif action in CHOOSE[: len(NAMES)]:
            self._turn(CHOOSE.index(action))
        elif action == "export" and self._writing is None:
            folder = self._game.kit.documents
            self._writing = beside(lambda: export(self._store, self._today, folder()))
        elif action == "goal" and self._read is not None and self._reading is None:
            self._set_goal(self._read.player)
        return self

    def _turn(self, page: int) -> None:
        self._page, self._chosen = NAMES[page], 0

    def _choose(self, line: int) -> None:
        lines = () if self._read is None else self._read.lines[self._page]
        self._chosen = min(max(line, 0), max(len(lines) - 1, 0))

    def _set_goal(self, player: Player) -> None:
        def work() -> _Read:
            change_player(self._store, player, goal=goal_after(player.goal))
            return read(self._store, self._today)

        self._reading = beside(work)

    def draw(self, surface: Surface) -> None:
        """Draw the page."""
        self.screen.draw(surface, self.view())

    def view(self) -> HistoryView:
        """Return what is shown now."""
        told = self._read
        if told is None:
            card = PlayerCard("", 0)
            return HistoryView(self.age_s, card, self._page, NAMES, message=_(READING))
        return HistoryView(
            self.age_s, told.card, self._page, NAMES, told.lines[self._page], self._chosen,
            (self._notice,) if self._notice else told.facts, told.streak, _(EMPTY),
        )  # fmt: skip


def read(store: Store, today: int) -> _Read:
    """Return all that is shown of a player; raises StoreError."""
    player, history = player_of(store), history_of(store)
    lines = {name: lines_of(history, today) for name, lines_of in PAGES.items()}
    if not history.days:
        lines = dict.fromkeys(PAGES, ())
    streak = streak_of(history.days, today)
    card = card_of(player, history.days, today)
    return _Read(player, card, lines, facts_of(history, today), streak.now)
