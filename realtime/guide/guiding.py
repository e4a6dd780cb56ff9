"""The pages of the guided song: it is opened beside, then led through; it can be skipped at any time."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.clicks import chime
from kpopdance.realtime.dance.ground import open_ground
from kpopdance.realtime.dance.warming import WarmingPage
from kpopdance.realtime.guide.guided import FIRST_STEPS, Guided
from kpopdance.realtime.library.guided import keep_guided
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.store import StoreError
from kpopdance.realtime.screens.guide import GuideScreen
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page

if TYPE_CHECKING:
    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.scoring.standard import Told
    from kpopdance.realtime.screens.actions import Action
    from kpopdance.realtime.shell.beside import Sighting

log = logging.getLogger(__name__)
CANNOT: Final = N_("The first steps cannot begin")
HEADING: Final = N_("FIRST STEPS")


class GuideLoading(WarmingPage):
    """Opens the guided song."""

    heading = CANNOT

    def __init__(self, game: Game, back: Page | None) -> None:
        terms = replace(game.terms, mirrored=False)
        super().__init__(
            game, _(HEADING), lambda told: open_guided(game.kit, terms, told), back
        )

    def then(self, opened: Guided) -> Page:
        """Lead through it."""
        return GuidePage(self._game, opened, self.back)


class GuidePage(Page):
    """The guided song; who has led it to its end, or skipped it, is not asked again."""

    heading = CANNOT
    hands = "off"  # a raised hand is a task here

    def __init__(self, game: Game, guided: Guided, back: Page | None) -> None:
        self._game, self.guided, self.back = game, guided, back
        self.screen = GuideScreen(game.backdrop)

    def enter(self, now_s: float) -> None:
        """Begin."""
        super().enter(now_s)
        self.guided.begin()

    @property
    def sighting(self) -> Sighting | None:
        """What the watching sees."""
        return self.guided.sighting

    def step(self, now_s: float) -> Page:
        """Go on with the tasks."""
        super().step(now_s)
        self.guided.tick()
        return self

    def act(self, action: Action) -> Page | None:
        """Leave a task or all of them, mirror, or follow somebody else."""
        over = self.guided.finished
        if action == "back" or (action == "next" and over):
            return self.back
        if action == "again" and over:
            return GuideLoading(self._game, self.back)
        if action == "next":
            self.guided.skip()
        elif action == "mirror":
            self._game.mirror = not self._game.mirror
        elif action == "another":
            self.guided.ground.watcher.choose_anew()
        return self

    def draw(self, surface: Surface) -> None:
        """Draw how it goes now."""
        self.screen.draw(surface, self.guided.view(mirror=self._game.mirror))

    def leave(self) -> None:
        """Close all that was opened for it; that it was seen is kept beside."""
        self.guided.close()
        store = self._game.kit.store
        beside(lambda: _keep(store))


def open_guided(kit: Kit, terms: Terms, told: Told) -> Guided:
    """Load music, standard and networks, and open camera and speakers; this takes a second or two.

    Raises
    ------
    DanceError
        Where the music or the camera cannot be opened.
    """
    guiding: list[Guided] = []
    ground = open_ground(
        kit, load_pack(FIRST_STEPS), terms, told,
        lambda: guiding[0].song_now() if guiding else None,
    )  # fmt: skip
    samples, rate = ground.sound
    try:
        speaker = kit.open_speaker(samples, rate, 0.0, 60 / ground.song.bpm)
        # where sound comes out for one at a time, a silent one stands in for the second
        sound = chime(rate) * (kit.settings.effect_volume / 100) ** 2
        bell = kit.open_speaker(sound, rate, 0.0, 1.0)
    except BaseException:
        kit.close_camera(ground.camera)
        raise
    guiding.append(Guided(ground, speaker, bell))
    return guiding[0]


def _keep(store: Store) -> None:
    """Keep that a player was led, if possible."""
    try:
        keep_guided(store)
    except StoreError as why:
        log.warning("that the first steps were shown is not kept: %s", why)
