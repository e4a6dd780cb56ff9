"""The page of a group's board: who stands where, and a ghost to dance beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _, counted
from kpopdance.realtime.core.terms import said_terms
from kpopdance.realtime.dance.keeping import named
from kpopdance.realtime.library.board import Board, called, put_on_board, read_board
from kpopdance.realtime.party.ghosts import OpeningPage
from kpopdance.realtime.screens.board import BoardScreen, nothing_words
from kpopdance.realtime.screens.board_view import BoardLine, BoardView
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from kpopdance.realtime.core.ports import Hand, Surface
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.board import Ranking, Standing
    from kpopdance.realtime.library.replay import Replay
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.party.ghosts import Dance
    from kpopdance.realtime.screens.actions import Action, Target

NOT_COUNTED: Final = N_("Not counted")
MANY: Final = 1_000_000
STEPS: Final = {"up": -1, "down": 1, "begin": -MANY, "end": MANY}
TURNS: Final = {"left": -1, "right": 1}


class Reading:
    """Reads a board beside the window; ``board`` is what is known of it so far."""

    def __init__(self, folder: Path, libraries: tuple[Path, ...]) -> None:
        self.board = Board()
        self._left = False
        self._coming = beside(lambda: read_board(folder, libraries, self._tell))

    def _tell(self, board: Board) -> None:
        self.board = board
        if self._left:
            raise DanceError("nobody looks at the board any more")

    @property
    def done(self) -> bool:
        """Whether it is read, or cannot be."""
        return self._coming.done()

    def finish(self) -> str:
        """Take what was read in the end; return why it cannot be read, empty if it was."""
        try:
            self.board = self._coming.result()
        except DanceError as why:
            return str(why)
        return ""

    def leave(self) -> None:
        """End before the next file; what was found out is kept."""
        self._left = True


class BoardPage(Page):
    """The rankings, one song after the other, and what is not counted at the end."""

    heading = N_("The board cannot be shown")

    def __init__(self, game: Game, dance: Dance, back: Page) -> None:
        self._game, self._dance, self.back = game, dance, back
        self.screen: BoardScreen = BoardScreen(game.backdrop)
        self.by_hand = True
        self._reading: Reading | None = None
        self._board, self._notice = Board(), ""
        self._which, self._chosen = 0, 0

    def enter(self, now_s: float) -> None:
        """Read what is there now; a dance beside a ghost is over."""
        super().enter(now_s)
        self._game.ghost = None
        self._read()

    def leave(self) -> None:
        """Read no further."""
        if self._reading is not None:
            self._reading.leave()

    def _read(self) -> None:
        self.leave()
        settings = self._game.kit.settings
        folder, self._notice = settings.board_folder, ""
        self._reading = None if folder is None else Reading(folder, settings.libraries)

    def step(self, now_s: float) -> Page | None:
        """Show what was read meanwhile."""
        super().step(now_s)
        if self._reading is not None:
            if self._reading.done:
                reading, self._reading = self._reading, None
                self._notice = reading.finish()
                self._board = reading.board
            else:
                self._board = self._reading.board
            self._choose(0)
        return self

    @property
    def _pages(self) -> int:
        return len(self._board.rankings) + bool(self._board.refused)

    @property
    def _ranking(self) -> Ranking | None:
        rankings = self._board.rankings
        return rankings[self._which] if self._which < len(rankings) else None

    def act(self, action: Action) -> Page | None:
        """Choose, dance beside whom is chosen, read again, or go back."""
        if action == "back":
            return self.back
        if action in STEPS:
            self._choose(STEPS[action])
        elif action in TURNS and self._pages:
            self._which, self._chosen = (self._which + TURNS[action]) % self._pages, 0
        elif action == "again":
            self._read()
        elif action == "play":
            return self._play()
        return self

    def _choose(self, step: int) -> None:
        """Go along the lines, as far as there are any."""
        self._which = min(self._which, max(self._pages - 1, 0))
        last = max(len(self._lines()) - 1, 0)
        self._chosen = min(max(self._chosen + step, 0), last)

    def _play(self) -> Page:
        ranking = self._ranking
        if ranking is None:
            return self
        return OpeningPage(self._game, ranking.standings[self._chosen].path, self._dance, self)

    def handled(self, hand: Hand, size: tuple[int, int]) -> Page | None:
        """Go along the lines as the wheel is turned or a key held."""
        if hand.wheel:
            self._choose(-hand.wheel)
        for name in hand.again:
            self._choose(STEPS.get(name, 0))
        return self

    def clicked(self, target: Target) -> Page | None:
        """Choose the line that is clicked on, and dance beside it at a second click; or press a chip."""
        if target.kind == "chip":
            return self.act(self.screen.action_of(target.which))
        if target.which == self._chosen:
            return self._play()
        self._chosen = target.which
        return self

    def dropped(self, path: Path) -> Page | None:
        """Take a folder as the group's board, or a replay to be danced beside."""
        if not path.is_dir():
            return OpeningPage(self._game, path, self._dance, self)
        self._game.change({"board": str(path)})
        self._game.changes.write()
        self._board, self._which, self._chosen = Board(), 0, 0
        self._read()
        return self

    def draw(self, surface: Surface) -> None:
        """Draw the ranking of a song, or what is not counted."""
        ranking, board = self._ranking, self._board
        title = terms = ""
        if ranking is not None:
            title, terms = ranking.title, said_terms(ranking.terms.words)
        elif board.refused:
            title = _(NOT_COUNTED)
        reading, folder = self._reading is not None, self._game.kit.settings.board_folder
        self.screen.draw(
            surface, BoardView(
                self.age_s, title, terms, self._which + 1, self._pages, self._lines(), self._chosen,
                status_words(board, folder), self._notice or self._game.changes.trouble,
                nothing_words(folder=folder is not None, reading=reading),
            )
        )  # fmt: skip

    def _lines(self) -> tuple[BoardLine, ...]:
        ranking = self._ranking
        if ranking is None:
            return tuple(BoardLine(0, name, why) for name, why in self._board.refused)
        return tuple(_line(place, each) for place, each in enumerate(ranking.standings, 1))


def _line(place: int, standing: Standing) -> BoardLine:
    found = standing.found
    then = _("{then:.1f} by the scoring of that day", then=found.then) if found.aged else ""
    return BoardLine(place, called(found.player), then, found.score, found.stars)


def status_words(board: Board, folder: Path | None) -> str:
    """Return the small print of a board: where it lies, and what of it is not shown."""
    told = (
        "" if folder is None else str(folder),
        counted("{n} dance is still to be looked at", "{n} dances are still to be looked at", board.left)
        if board.left else "",
        counted("{n} file does not count", "{n} files do not count", len(board.refused))
        if board.refused else "",
        counted("{n} file is not whole yet", "{n} files are not whole yet", len(board.waiting))
        if board.waiting else "",
        counted("{n} copy", "{n} copies", board.copies) if board.copies else "",
    )  # fmt: skip
    return " · ".join(filter(None, told))


class BoardOffer:
    """A finished dance that a player may put on their group's board, once."""

    def __init__(self, folder: Path | None, replay: Replay | None, store: Store) -> None:
        self._folder, self._replay, self._store = folder, replay, store
        self._putting: Future[Path] | None = None

    def take(self) -> None:
        """Put it there beside the window."""
        folder, replay = self._folder, self._replay
        if folder is not None and replay is not None and self._putting is None:
            self._putting = beside(lambda: put_on_board(folder, named(replay, self._store)))

    @property
    def words(self) -> str:
        """What the key does now, or did; empty where there is no board."""
        if self._folder is None or self._replay is None:
            return ""
        if self._putting is None or not self._putting.done():
            return _("on the board")
        why = self._putting.exception()
        if why is None:
            return _("it is on the board")
        return _("not on the board: {why}", why=why)
