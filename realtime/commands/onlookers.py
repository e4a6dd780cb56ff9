"""Who looks on at a dance without a window: streaming programs, and what is drawn of one moment."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.commands.speaking import say
from kpopdance.realtime.game.result import result_view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kpopdance.realtime.dance.ghost_dance import GhostDance
    from kpopdance.realtime.dance.on_air import OnAir
    from kpopdance.realtime.dance.performance import Outcome
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.screens.view import DanceView

PICTURE_SIZE: Final = (1280, 720)


def seen_by(
    on_air: OnAir, snapshot: Snapshot, ghost: GhostDance | None
) -> Callable[[DanceView], None]:
    """Return what takes each view of a dance, with the ghost beside it, to who looks on."""

    def see(view: DanceView) -> None:
        shown = view if ghost is None else replace(view, ghost=ghost.view(view))
        on_air.show(shown)
        snapshot.see(shown)

    return see


class Snapshot:
    """Keeps the view of one moment of a dance, and draws it and the result page as pictures."""

    MOMENT = 0.6  # of the song

    def __init__(self, folder: Path | None, song: SongPack) -> None:
        self._folder, self._song = folder, song
        self._view: DanceView | None = None
        self._told_s = 0.0

    def see(self, view: DanceView) -> None:
        """Look at a view as it passes; say how far the song is every ten seconds."""
        fresh = view.verdict is not None and view.verdict_age_s < 0.5
        if view.song_s <= self.MOMENT * self._song.length_s or (self._view is None and fresh):
            self._view = view if fresh or self._view is None else self._view
        if view.song_s >= self._told_s + 10:
            self._told_s = view.song_s
            say(f"{view.song_s:3.0f} s of {view.length_s:.0f}: score {view.score:.0f}")

    def save(self, outcome: Outcome) -> None:
        """Draw dance.png and result.png."""
        assert self._folder is not None
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
        from kpopdance.realtime.devices.window import offscreen_surface, save_picture
        from kpopdance.realtime.screens.dance import DanceScreen
        from kpopdance.realtime.screens.parts.backdrop import Backdrop
        from kpopdance.realtime.screens.parts.theme import Theme
        from kpopdance.realtime.screens.results import ResultsScreen

        backdrop = Backdrop(Theme())
        page = offscreen_surface(PICTURE_SIZE)
        if self._view is not None:
            view = replace(self._view, verdict_age_s=0.3)
            DanceScreen(backdrop).draw(page, view)
            save_picture(page, self._folder / "dance.png")
        ResultsScreen(backdrop).draw(page, result_view(self._song, outcome, age_s=60.0))
        save_picture(page, self._folder / "result.png")
