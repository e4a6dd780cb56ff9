"""The page that makes a clip of a dance: chosen, looked at, written beside the window."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import refusing
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.reel_wish import LOOKS, SHAPES, ReelWish
from kpopdance.realtime.core.terms import COACHES
from kpopdance.realtime.dance.footage import reel_name
from kpopdance.realtime.dance.opening import GivenUp
from kpopdance.realtime.dance.reel import preview_of, write_card, write_reel
from kpopdance.realtime.dance.shared import after
from kpopdance.realtime.dance.song_sound import sound_of
from kpopdance.realtime.screens.reel_page import ReelPageScreen
from kpopdance.realtime.screens.reel_view import ReelPageView
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.dance.footage import Footage
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.screens.actions import Action, Target

FOLDER: Final = "KPOP DANCE"


class ReelPage(Page):
    """Chooses how a clip looks, shows a picture of it, and writes it; Escape stops the writing."""

    heading = N_("This clip cannot be made")

    def __init__(self, game: Game, footage: Future[Footage], back: Page) -> None:
        self._game, self._coming, self.back = game, footage, back
        self.screen = ReelPageScreen(game.backdrop)
        self._wish = ReelWish(coach=game.coach, mirror=game.mirror)
        self._footage: Footage | None = None
        self._drawing: Future[NDArray[np.uint8]] | None = None
        self._preview: NDArray[np.uint8] | None = None
        self._drawn_for: ReelWish | None = None
        self._writing: Future[Path] | None = None
        self._stopped = threading.Event()
        self._quits = False
        self._share = 0.0
        self._words = ""

    def step(self, now_s: float) -> Page | None:
        """Draw what was chosen anew; take what was written."""
        super().step(now_s)
        if self._footage is None and self._coming.done():
            self._footage = self._coming.result()
        if self._drawing is not None and self._drawing.done():
            self._preview, self._drawing = self._drawing.result(), None
        if self._footage is not None and self._drawing is None and self._drawn_for != self._now:
            footage, wish = self._footage, self._now
            self._drawn_for, self._preview = wish, None
            self._drawing = beside(lambda: preview_of(footage, wish))
        if self._writing is not None and self._writing.done():
            self._written(self._writing)
            self._writing = None
        return None if self._quits and self._writing is None else self

    def act(self, action: Action) -> Page | None:
        """Choose, write the film or the card, stop, or go back."""
        if action == "back":
            if self._writing is None:
                return self.back
            self._stopped.set()
        elif self._writing is None and self._footage is not None:
            self._chosen(action, self._footage)
        return self

    def clicked(self, target: Target) -> Page | None:
        """Do what a key does that is clicked on."""
        if target.kind == "chip":
            return self.act(self.screen.action_of(target).action)
        return self.act("play")

    def quit(self) -> Page | None:
        """End once the writing has stopped, so that nothing half-written is left."""
        self._stopped.set()
        self._quits = True
        return None if self._writing is None else self

    def draw(self, surface: Surface) -> None:
        """Draw the page."""
        self.screen.draw(surface, self.view())

    def view(self) -> ReelPageView:
        """Return what is shown now."""
        footage, wish = self._footage, self._now
        filmed = footage is not None and footage.pictures is not None
        coached = footage is not None and not footage.others
        has_video = footage is not None and coached and footage.song.film is not None
        return ReelPageView(
            self.age_s, self._preview, wish.shape, wish.look, filmed,
            wish.coach if has_video else "", None if self._writing is None else self._share,
            self._words,
        )  # fmt: skip

    @property
    def _now(self) -> ReelWish:
        """What is wished for: without pictures of the player, a skeleton."""
        filmed = self._footage is not None and self._footage.pictures is not None
        return self._wish if filmed else replace(self._wish, look="skeleton")

    def _chosen(self, action: Action, footage: Footage) -> None:
        wish = self._wish
        if action == "shape":
            self._wish = replace(wish, shape=after(SHAPES, wish.shape))
        elif action == "look":
            self._wish = replace(wish, look=after(LOOKS, wish.look))
        elif action == "coach":
            self._wish = replace(wish, coach=after(COACHES, wish.coach))
        elif action in ("play", "card"):
            wish = self._now
            self._words, self._share = "", 0.0
            self._stopped.clear()
            if action == "play":
                self._writing = beside(lambda: self._film(footage, wish))
            else:
                self._writing = beside(lambda: self._card(footage, wish))

    def _film(self, footage: Footage, wish: ReelWish) -> Path:
        out = self._place(footage, ".mp4")
        write_reel(
            footage, wish, out, lambda song: sound_of(self._game.kit, song), self._told
        )  # fmt: skip
        return out

    def _card(self, footage: Footage, wish: ReelWish) -> Path:
        out = self._place(footage, ".png")
        write_card(footage, wish, out)
        return out

    def _place(self, footage: Footage, ending: str) -> Path:
        """Return a free name among the player's films; the folder is there."""
        folder = self._game.kit.videos() / FOLDER
        with refusing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        name, number = reel_name(footage), 1
        out = folder / f"{name}{ending}"
        while out.exists():
            number += 1
            out = folder / f"{name} {number}{ending}"
        return out

    def _told(self, share: float) -> None:
        if self._stopped.is_set():
            raise GivenUp
        self._share = share

    def _written(self, writing: Future[Path]) -> None:
        """Tell where it is, or why it is not."""
        try:
            self._words = _("Written: {path}", path=writing.result())
        except GivenUp:
            self._words = _("Stopped; nothing was written.")
        except DanceError as why:
            self._words = str(why)
