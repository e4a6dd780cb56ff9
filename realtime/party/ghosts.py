"""A replay that somebody sent is opened: judged again, shown, and danced beside."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.terms import said_terms
from kpopdance.realtime.dance.ghost_dance import GhostDance
from kpopdance.realtime.library.pack_reader import listed_pack, read_facts
from kpopdance.realtime.library.verified import verified
from kpopdance.realtime.screens.actions import ENTER
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Message, Page, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.songpack import PackFacts, SongPack

    Dance = Callable[[PackFacts | SongPack, Page], Page]
    """Returns the page that dances a song, in front of another."""

GHOST: Final = N_("A ghost")
JUDGING: Final = N_("{file} is judged again ...")
AGED: Final = N_("Danced under an older scoring: {then:.1f} points then, {now:.1f} by today's.")


class Met(NamedTuple):
    """A ghost, where the song lies that it dances, and what is to be said of its score; mostly nothing.

    A medley lies in no folder, so that it is here itself.
    """

    ghost: GhostDance
    song: Path | SongPack
    told: str


class OpeningPage(Waiting[Met]):
    """Judges a replay again beside the window."""

    heading = N_("This dance cannot be danced against")

    def __init__(self, game: Game, path: Path, dance: Dance, back: Page) -> None:
        libraries = game.kit.settings.libraries
        super().__init__(
            game.backdrop, (_(GHOST), _(JUDGING, file=path.name)),
            beside(lambda: met_in(path, libraries)), lambda met: MetPage(game, met, dance, back), back,
        )  # fmt: skip


class MetPage(Message):
    """Whose ghost it is; Enter dances beside it."""

    def __init__(self, game: Game, met: Met, dance: Dance, back: Page) -> None:
        ghost, terms = met.ghost, said_terms(met.ghost.terms.words)
        lines = (
            " · ".join(filter(None, (ghost.title, terms))),
            _("{points:.1f} points, judged again on this computer", points=ghost.score),
            met.told,
        )
        super().__init__(game.backdrop, (ghost.name, "\n\n".join(filter(None, lines))), back)
        self.screen = MessageScreen(
            game.backdrop, (("Enter", _("dance beside it")),), calm=True
        )
        self._game, self._met, self._dance = game, met, dance

    def key(self, name: str) -> Page | None:
        """Dance beside it, or go back."""
        if name in ENTER:
            self._game.ghost = self._met.ghost
            assert self.back is not None
            song = self._met.song
            facts = read_facts(song) if isinstance(song, Path) else song
            return self._dance(facts, self.back)
        return self.back if name == "escape" else self


def met_in(path: Path, libraries: tuple[Path, ...]) -> Met:
    """Return the ghost in a file; raises DanceError where it is none, see ``verified``."""
    dance = verified(path, partial(listed_pack, libraries=libraries))
    told = _(AGED, then=dance.replay.score, now=dance.report.score) if dance.aged else ""
    here = dance.here
    return Met(GhostDance(dance), here if here.excerpts else here.folder, told)
