"""The pages of a dance: loading, too slow or impossible, the dance itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.terms import COACHES
from kpopdance.realtime.dance.foresight import lighter, seldom_in_words
from kpopdance.realtime.dance.opening import Opening
from kpopdance.realtime.dance.performance import open_performance
from kpopdance.realtime.dance.shared import after
from kpopdance.realtime.game.getting_ready import ready_first
from kpopdance.realtime.game.portrait import Portrait
from kpopdance.realtime.game.result import CANNOT, ResultPage
from kpopdance.realtime.home.setting_up import SetupPage
from kpopdance.realtime.practice.practice import Wish
from kpopdance.realtime.practice.practising import PracticeLoading
from kpopdance.realtime.screens.actions import ENTER
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.view import DanceView
from kpopdance.realtime.shell.beside import NOTICE_S
from kpopdance.realtime.shell.pages import Message, Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.engines.errors import DanceError
    from kpopdance.realtime.core.health import Device
    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.dance.performance import Performance
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.songpack import PackFacts, SongPack
    from kpopdance.realtime.screens.actions import Action
    from kpopdance.realtime.screens.parts.theme import Hints
    from kpopdance.realtime.shell.beside import Sighting
    from kpopdance.realtime.shell.pages import Hands

SELDOM: Final = N_("Too few looks at you")


class LoadingPage(Page):
    """Everything is opened beside it; who goes back does not wait for it."""

    heading = CANNOT
    hands = "off"  # camera and networks are being made ready for the dance

    def __init__(self, game: Game, song: PackFacts | SongPack, back: Page | None) -> None:
        self._game, self._song, self.back = game, song, back
        self.screen = DanceScreen(game.backdrop)
        terms = game.terms_of(song.slug)
        # the dance before goes before this one's sound and standard come
        game.performing = None
        game.preparing.settle(song.folder, terms)
        game.stage.announce(song)
        self._opening = Opening(
            lambda told: open_performance(game.kit, game.load(song), terms, told), game.given_up
        )

    def step(self, now_s: float) -> Page | None:
        """Dance as soon as all is open."""
        super().step(now_s)
        if not self._opening.done:
            return self
        performance = self._opening.result()
        dance = DancePage(self._game, performance.song, performance, self.back)
        ready = ready_first(self._game, performance, dance, self._anew)
        if performance.foreseen:
            return SlowPage(self._game, performance, ready, self._anew)
        return ready

    def failed(self, why: DanceError) -> Page | None:
        """Tell it, and let the player try again at once."""
        return CannotPage(self._game, why, self._anew, self.back)

    def act(self, action: Action) -> Page | None:
        """Go back at once, or turn to another camera; what was opened is closed beside."""
        if action == "camera" and self._game.turn_camera():
            self._give_up()
            return self._anew()
        if action != "back":
            return self
        self._give_up()
        return self.back

    def _anew(self) -> Page:
        return LoadingPage(self._game, self._song, self.back)

    def quit(self) -> None:
        """End at once; what was opened is closed beside."""
        self._give_up()

    def draw(self, surface: Surface) -> None:
        """Draw what is waited for, and how far it is."""
        share = self._opening.share
        doing = _("Getting to know the dance ...") if share < 1 else _("Warming up ...")
        self.screen.draw(surface, _waiting(self._song, self._game.kit.news() or doing, share))

    def _give_up(self) -> None:
        self._game.given_up = self._opening
        self._opening.give_up()


class SlowPage(Message):
    """Says before a dance that it will be looked at too seldom, and offers what helps."""

    def __init__(
        self, game: Game, performance: Performance, dance: Page, anew: Callable[[], Page]
    ) -> None:
        super().__init__(game.backdrop, (SELDOM, ""), dance.back)
        self._game, self._performance, self._dance, self._anew = game, performance, dance, anew
        settings = game.kit.settings
        self._lighter = None if game.kit.refit is None else lighter(settings)
        faster: Hints = () if self._lighter is None else (("F", _("faster")),)
        turns: Hints = (("C", _("another camera")),) if game.kit.turn_camera else ()
        self.screen = MessageScreen(
            game.backdrop, (("Enter", "dance"), *faster, ("R", _("look again")), *turns)
        )

    def key(self, name: str) -> Page | None:
        """Dance as it is, faster, or with another camera; look again; or go back."""
        following: Page | None = self
        if name in ENTER:
            return self._dance
        if name == "f" and self._lighter is not None:
            self._game.refit(self._lighter)
            following = self._anew()
        elif name == "r" or (name == "c" and self._game.turn_camera()):
            following = self._anew()
        elif name == "escape":
            following = self.back
        if following is not self:
            self._performance.close()
        return following

    def quit(self) -> Page | None:
        """End; what was opened is closed."""
        self._performance.close()
        return None

    def draw(self, surface: Surface) -> None:
        """Draw what is the matter now: a light may have been turned on meanwhile."""
        key = self.screen.theme.cap("F")
        words = seldom_in_words(self._performance.foresee(), self._lighter, key)
        self.screen.draw(surface, SELDOM, words, 2 * self.age_s)


class CannotPage(Message):
    """Why a dance cannot begin; it is tried again, or with another camera."""

    def __init__(
        self, game: Game, why: DanceError, retry: Callable[[], Page], back: Page | None
    ) -> None:
        super().__init__(game.backdrop, (CANNOT, str(why)), back)
        self._game, self._retry = game, retry
        turns: Hints = (("C", _("another camera")),) if game.kit.turn_camera else ()
        sets: Hints = (("F1", _("choose a camera")),) if game.kit.fitting else ()
        self.screen = MessageScreen(game.backdrop, (("R", _("try again")), *sets, *turns))

    def act(self, action: Action) -> Page | None:
        """Try again, set up, or go back."""
        if action == "setup" and self._game.kit.fitting is not None:
            return SetupPage(self._game, self._retry, self.back)
        if action == "camera" and self._game.turn_camera():
            return self._retry()
        return self._retry() if action == "again" else super().act(action)


class DancePage(Page):
    """The dance."""

    heading = CANNOT

    def __init__(
        self, game: Game, song: SongPack, performance: Performance, back: Page | None
    ) -> None:
        self._game, self._song, self._performance = game, song, performance
        self.back = back
        self.step_back_s: float | None = None
        self.screen = DanceScreen(game.backdrop)
        self._frame_s: list[float] = []
        self._portrait = Portrait()
        self._tells_trouble = False

    def enter(self, now_s: float) -> None:
        """Begin."""
        super().enter(now_s)
        self._game.performing = self._performance
        self._performance.begin(self.step_back_s)

    @property
    def hands(self) -> Hands:
        """While it is paused alone: a dance is not to be disturbed."""
        return "own" if self._performance.session.paused else "off"

    @property
    def sighting(self) -> Sighting | None:
        """What the dance's watching sees."""
        return self._performance.session.sighting

    def step(self, now_s: float) -> Page:
        """Go on with the song; at its end the result is shown."""
        self._frame_s.append(now_s - self.now_s)
        super().step(now_s)
        if self._performance.session.tick():
            return self
        outcome = self._performance.outcome(self._frame_s)
        outcome.face = self._portrait.face
        self._game.outcomes.append(outcome)
        danced = self._song, self._performance.terms
        return ResultPage(self._game, danced, outcome, self._anew, self.back)

    def act(self, action: Action) -> Page | None:
        """Do what a key means in a dance."""
        session = self._performance.session
        if action == "pause":
            session.toggle_pause()
        elif action == "another":
            session.choose_anew()
        elif action in ("mirror", "coach", "everybody"):
            self._look_otherwise(action)
        elif action == "back":
            if session.paused:
                return self.back
            session.toggle_pause()  # one key more: a dance is not lost by the first
        elif action in ("again", "practise"):
            return self._again() if action == "again" else self._practise_here()
        elif action in ("camera", "setup"):
            return self._other_devices(action)
        return self

    def _other_devices(self, action: Action) -> Page:
        """Begin anew with another camera, or with all that can be set; who dances does not mean it."""
        game, paused = self._game, self._performance.session.paused
        if action == "setup" and paused and game.kit.fitting is not None:
            return SetupPage(game, self._anew, self.back)
        turns = action == "camera" and (paused or self._mends("camera"))
        return self._anew() if turns and game.turn_camera() else self

    def _anew(self) -> Page:
        return LoadingPage(self._game, self._song, self.back)

    def _look_otherwise(self, action: Action) -> None:
        """Copy another coach, see the others of the film too, or all as in a mirror; or no longer."""
        game = self._game
        if action == "mirror":
            game.mirror = not game.mirror
        elif action == "coach":
            game.coach = after(COACHES, game.coach)
        else:
            game.everybody = not game.everybody

    def _again(self) -> Page:
        """Start again where it is paused or silent; a camera that shows nothing is opened anew."""
        if self._performance.session.paused or self._mends("sound"):
            return self._anew()
        if self._mends("camera"):
            self._performance.camera.retry()
        return self

    def _practise_here(self) -> Page:
        """Pause; where it is paused already, practise what is danced here."""
        session = self._performance.session
        if not session.paused:
            session.toggle_pause()
            return self
        wish = Wish(at_s=session.song_now())
        return PracticeLoading(self._game, self._song, wish, self.back, self._anew)

    def _mends(self, device: Device) -> bool:
        """Return whether a device may be mended by opening it anew."""
        reports = self._performance.session.health()
        return any(report.mendable and report.device == device for report in reports)

    def draw(self, surface: Surface) -> None:
        """Draw the dance as it is now."""
        game = self._game
        view = self._performance.view(
            mirror=game.mirror, coach=game.coach, everybody=game.everybody
        )
        self._portrait.look(view)
        trouble = filter(None, (game.on_air.trouble,))
        notices = (*view.notices, *game.told, *self._film_trouble(), *trouble)
        ghost = game.ghost
        beside = ghost is not None and ghost.dances(self._song.slug, self._performance.terms)
        shown = ghost.view(view) if ghost is not None and beside else None
        view = replace(view, notices=notices, ghost=shown)
        game.on_air.show(view)
        self.screen.draw(surface, view, game.stage.show)

    def _film_trouble(self) -> tuple[str, ...]:
        """Tell for a while why the song's video is not shown, in its first dance alone."""
        trouble, told = self._performance.film_trouble, self._game.film_troubles
        if not trouble or (trouble in told and not self._tells_trouble):
            return ()
        told.add(trouble)
        self._tells_trouble = self.age_s < NOTICE_S
        return (trouble,) if self._tells_trouble else ()

    def leave(self) -> None:
        """Close all that was opened for it."""
        self._performance.close()
        self._game.on_air.over()
        self._game.stage.over()


def _waiting(song: PackFacts | SongPack, message: str, share: float) -> DanceView:
    empty = np.full((1, 18, 3), np.nan, dtype=np.float32)
    empty[..., 2] = 0
    return DanceView(
        title=song.title, artist=song.artist, phase="loading",
        song_s=0.0, length_s=song.length_s, bpm=song.bpm,
        beat=0.0, picture=None, pose=None, mirror=True, coach=empty, lead=0, upcoming=(),
        score=0.0, combo=0, verdict=None, verdict_age_s=99.0, message=message, loaded=share,
    )  # fmt: skip
