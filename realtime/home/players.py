"""The page that says who dances: players are chosen, added, named, coloured, given a goal, removed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _, number_words
from kpopdance.realtime.core.progress import moment_of
from kpopdance.realtime.home.history import HistoryPage
from kpopdance.realtime.home.profile import card_of, export, goal_after
from kpopdance.realtime.library.history import days_of
from kpopdance.realtime.library.players import (
    MOST_NAME,
    MOST_PLAYERS,
    add_player,
    change_player,
    choose_player,
    held_of,
    keep_face,
    players_of,
    remove_player,
)
from kpopdance.realtime.library.store import GUEST, GuestStore
from kpopdance.realtime.screens.actions import ENTER
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.players import PlayersScreen
from kpopdance.realtime.screens.players_view import PlayerCard, PlayersView, Written
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Message, Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import Hand, Surface
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.players import Player
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.screens.actions import Action, Target

GUEST_CARD: Final = PlayerCard(GUEST, 7, N_("nothing is kept"))
CANNOT: Final = N_("The players cannot be read")
WHO: Final = "SELECT id FROM players WHERE id = :player"
STEPS: Final = {"up": -1, "down": 1, "begin": -MOST_PLAYERS, "end": MOST_PLAYERS}


class Found(NamedTuple):
    """The players and their cards; ``plays`` is the number of who dances now."""

    players: tuple[Player, ...]
    cards: tuple[PlayerCard, ...]
    plays: int


class PlayersPage(Page):
    """Who there is; everything is done beside the window, and the page waits for one thing at a time."""

    heading = CANNOT

    def __init__(self, game: Game, back: Page) -> None:
        self._game, self.back = game, back
        self.screen: PlayersScreen = PlayersScreen(game.backdrop)
        self.by_hand = True
        self._found = Found((), (), 0)
        self._chosen: int | None = None
        self._writing: Written | None = None
        self._names = False
        self._notice = ""
        self._coming: Future[str] | None = None
        self._going: Future[Store] | None = None
        self._reading: Future[Found] | None = None

    def enter(self, now_s: float) -> None:
        """Show everybody as they are now."""
        super().enter(now_s)
        self._read()

    def step(self, now_s: float) -> Page | None:
        """Show what was done beside."""
        super().step(now_s)
        if self._going is not None and self._going.done():
            self._game.play_as(self._going.result())
            return self.back
        if self._coming is not None and self._coming.done():
            coming, self._coming = self._coming, None
            try:
                self._notice = coming.result()
            except DanceError as why:
                self._notice, self._names = str(why), False
            self._read()
        if self._reading is not None and self._reading.done():
            reading, self._reading = self._reading, None
            self._found = reading.result()
            self._chosen = self._found.plays if self._chosen is None else self._chosen
            self._chosen = min(self._chosen, len(self._found.cards) - 1)
            if self._names:
                self._names, self._writing = False, Written()
        return self

    @property
    def busy(self) -> bool:
        """Whether something is done beside that changes who there is."""
        return any((self._going, self._coming, self._reading))

    def key(self, name: str) -> Page | None:
        """Do what a key means; while a name is written, letters are letters."""
        written = self._writing
        if written is None:
            return super().key(name)
        if written.composing and name != "escape":  # the key is the input method's
            return self
        if name == "backspace":
            self._writing = replace(written, typed=written.typed[:-1])
        action = self.screen.writing_meanings.get("return" if name in ENTER else name)
        if action == "write":
            self._rename((written.typed + written.composing).strip())
        if action in ("write", "back"):
            self._writing = None
        return self

    def handled(self, hand: Hand, size: tuple[int, int]) -> Page | None:
        """Write what is typed, and go along the players as the wheel is turned."""
        if self._writing is None:
            if hand.wheel:
                self._choose(-hand.wheel)
            self.writes_at = None
            return self
        typed = (self._writing.typed + hand.typed)[:MOST_NAME]
        for _each in range(hand.again.count("backspace")):
            typed = typed[:-1]
        self._writing = Written(typed, hand.composing[:MOST_NAME])
        self.writes_at = self.screen.field_box(size)
        return self

    def clicked(self, target: Target) -> Page | None:
        """Choose the player who is clicked on, and let them dance at a second click; or press a chip."""
        if target.kind == "chip":
            action = self.screen.action_of(target.which)
            return (
                self.key("return") if action == "write" and self._writing else self.act(action)
            )
        if target.which == self._chosen:
            return self.act("play")
        self._chosen, self._writing = min(target.which, len(self._found.cards) - 1), None
        return self

    def act(self, action: Action) -> Page | None:
        """Do what a key means."""
        if action == "back" and self._writing is not None:
            self._writing = None
        elif action == "back":
            return self.back
        elif action in STEPS:
            self._choose(STEPS[action])
        elif self.busy or self._chosen is None:
            return self
        elif action == "new":
            self._new()
        elif self._chosen < len(self._found.players):
            return self._do(action, self._found.players[self._chosen])
        elif action == "play":
            self._play_as(lambda: GuestStore(self._game.database))
        return self

    def _do(self, action: Action, player: Player) -> Page | None:
        """Do what a key means to a player."""
        game, store = self._game, self._game.database.of(player.id)
        if action == "history":
            return HistoryPage(game, store, self)
        if action == "remove":
            return RemovingPage(game, player, self)
        if action == "play":
            self._play_as(lambda: choose_player(store, player.id))
        elif action == "write":
            self._writing = Written(player.name)
        elif action == "face" and player.face:
            self._change(lambda: keep_face(store, b""))
        elif action == "colour":
            self._change(lambda: change_player(store, player, colour=player.colour + 1))
        elif action == "goal":
            self._change(lambda: change_player(store, player, goal=goal_after(player.goal)))
        return self

    def _play_as(self, store: Callable[[], Store]) -> None:
        """Let somebody else dance from now on, and go back."""
        self._going = beside(store)

    def _new(self) -> None:
        made_s = moment_of(self._game.kit.local_now()).at_s
        self._chosen = len(self._found.players)
        self._names = True
        self._change(lambda: add_player(self._game.database, "", made_s))

    def _rename(self, name: str) -> None:
        assert self._chosen is not None
        player = self._found.players[self._chosen]
        if name and name != player.name:
            self._change(lambda: change_player(self._game.database, player, name=name))

    def _change(self, work: Callable[[], object]) -> None:
        def told() -> str:
            work()
            return ""

        self._coming = beside(told)

    def _choose(self, step: int) -> None:
        if self._chosen is not None:
            self._chosen = min(max(self._chosen + step, 0), len(self._found.cards) - 1)

    def _read(self) -> None:
        game = self._game
        today = moment_of(game.kit.local_now()).day
        self._reading = beside(lambda: found_in(game.database, game.kit.store, today))

    def draw(self, surface: Surface) -> None:
        """Draw everybody."""
        cards, chosen = self._found.cards, self._chosen or 0
        view = PlayersView(self.age_s, cards, chosen, self._writing, self._notice)
        self.screen.draw(surface, view)


class RemovingPage(Message):
    """Asks once before a player goes, and says what goes with them."""

    def __init__(self, game: Game, player: Player, back: PlayersPage) -> None:
        super().__init__(game.backdrop, (_("Remove {player}?", player=player.name), ""), back)
        keys = (("Enter", _("remove for good")), ("X", _("export first")))
        self.screen = MessageScreen(game.backdrop, keys)
        self._game, self._player = game, player
        self._counting = beside(lambda: held_of(game.database, player.id))
        self._going: Future[Store] | None = None
        self._writing: Future[str] | None = None

    def step(self, now_s: float) -> Page | None:
        """Go back as soon as all is gone."""
        super().step(now_s)
        if self._going is None or not self._going.done():
            return self
        self._game.play_as(self._going.result())
        return self.back

    def key(self, name: str) -> Page | None:
        """Remove on Enter, export on X, go back on Escape; one after the other."""
        game, player = self._game, self._player
        if not all(
            one is None or one.done() for one in (self._counting, self._writing, self._going)
        ):
            return self
        if name in ENTER:
            self._going = beside(lambda: store_after(game, player))
        elif name == "x":
            store, today = game.database.of(player.id), moment_of(game.kit.local_now()).day
            self._writing = beside(lambda: export(store, today, game.kit.documents()))
        return self.back if name == "escape" else self

    def draw(self, surface: Surface) -> None:
        """Draw what would go."""
        words = going_in_words(self._counting.result()) if self._counting.done() else ""
        if self._writing is not None and self._writing.done():
            why = self._writing.exception()
            words = f"{self._writing.result() if why is None else why}\n\n{words}"
        self.screen.draw(surface, self.words[0], words, 2 * self.age_s)


def found_in(database: Store, plays: Store, today: int) -> Found:
    """Return everybody there is; ``plays`` is the store of who dances now, who may be gone."""
    players = tuple(sorted(players_of(database), key=lambda player: player.id))
    now = plays.read(WHO) if plays.keeps else []
    cards = [
        replace(card_of(each, days_of(database.of(each.id)), today), plays=(each.id,) in now)
        for each in players
    ]
    cards.append(
        replace(GUEST_CARD, name=_(GUEST), told=_(GUEST_CARD.told), plays=not plays.keeps)
    )
    numbers = [k for k, card in enumerate(cards) if card.plays]
    return Found(players, tuple(cards), numbers[0] if numbers else 0)


def store_after(game: Game, gone: Player) -> Store:
    """Remove a player; return the store of who plays then: the same as before, if not that one."""
    plays = game.kit.store
    remove_player(game.database, gone.id)
    if not plays.keeps or plays.read(WHO):
        return plays
    return game.database.of(players_of(game.database)[0].id)


def going_in_words(held: dict[str, int]) -> str:
    """Return what goes with a player, in words."""
    kept = [
        _("{n} {what}", n=number_words(count), what=_(what)) for what, count in held.items()
    ]
    listed = ", ".join(kept) if kept else _("nothing was kept of this player yet")
    return _(
        "What goes, for good: {listed}; goals too. Replays and exports that were written as "
        "files stay.\n\nEnter removes, X writes all of it to files first, Esc keeps it.",
        listed=listed,
    )
