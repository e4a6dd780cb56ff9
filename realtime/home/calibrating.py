"""The pages on which the delay of speaker and camera is measured, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.dance.in_use import Devices
from kpopdance.realtime.dance.shared import after
from kpopdance.realtime.home.measuring import open_measuring
from kpopdance.realtime.home.settable import MICROPHONE
from kpopdance.realtime.library.store import StoreError
from kpopdance.realtime.scoring.calibration import ANSWERED_S, ENOUGH, EVERY_S, FIRST_S
from kpopdance.realtime.screens.calibration import CalibrationScreen
from kpopdance.realtime.screens.view import CalibrationView
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page, Waiting, action_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.dance.in_use import Way
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.home.measuring import Measuring
    from kpopdance.realtime.screens.actions import Action, Target

WAYS: Final[dict[Action, Way]] = {"choose 1": "claps", "choose 2": "strokes"}
CANNOT: Final = N_("The delay cannot be measured")
BY_HAND: Final = N_(
    "In the settings player_lag_ms = {ms:g} is set by hand: that goes before it."
)
APPLIED: Final = N_(
    "If you use it, {ms:.0f} ms are taken off from the next dance on, with these devices."
)
SPREAD: Final[dict[Way, str]] = {
    "claps": N_("Your claps scatter by {ms:.0f} ms."),
    "strokes": N_("Your strokes scatter by {ms:.0f} ms."),
}
TAKEN_OFF: Final = N_("{ms:.0f} ms are taken off how late you are, with these devices.")
APART: Final = N_("After both, speaker and camera are known apart.")


class CalibrationPage(Page):
    """Two ways to measure, and what is known already; then comes ``back``, or what ``then`` makes."""

    heading = CANNOT

    def __init__(
        self, game: Game, back: Page | None, then: Callable[[], Page | None] | None = None
    ) -> None:
        self.game, self.back, self._then = game, back, then
        self.screen = CalibrationScreen(game.backdrop)
        self.closing: Future[None] | None = None
        self._looking: Future[Devices] | None = None
        self._devices: Devices | None = None
        self._microphones: Future[tuple[str, ...]] | None = None

    def enter(self, now_s: float) -> None:
        """See what the devices are called now, and what is known of them."""
        super().enter(now_s)
        self._looking = beside(lambda: Devices(self.game.kit))
        fitting = self.game.kit.fitting
        self._microphones = None if fitting is None else beside(fitting.microphones)

    def leave(self) -> None:
        """Write which microphone was chosen."""
        self.game.changes.write()

    def step(self, now_s: float) -> Page:
        """Show it as soon as it is known."""
        super().step(now_s)
        if self._looking is not None and self._looking.done():
            self._devices, self._looking = self._looking.result(), None
        return self

    def act(self, action: Action) -> Page | None:
        """Open what a way needs, take another microphone, or go back."""
        if action in WAYS:
            return OpeningPage(self, WAYS[action])
        if action == "microphone":
            self._turn_microphone()
        if action == "back":
            return self.back if self._then is None else self._then()
        return self

    def _turn_microphone(self) -> None:
        coming, now = self._microphones, self.game.kit.settings.microphone
        if coming is not None and coming.done():
            names = MICROPHONE.found(coming.result(), now)
            self.game.change(MICROPHONE.changes(after(names, now)))

    def clicked(self, target: Target) -> Page | None:
        """Do what a chip does, or choose a way."""
        return _clicked(self, self.screen, target)

    def draw(self, surface: Surface) -> None:
        """Draw the two ways."""
        devices = self._devices
        listens = MICROPHONE.words(self.game.kit.settings.microphone)
        view = CalibrationView(
            age_s=self.age_s, microphone="" if self._microphones is None else listens
        )
        if devices is not None:
            told = tuple(filter(None, (devices.trouble,)))
            view = replace(
                view, figures=devices.delays.figures, words=known_words(devices, self.game.kit),
                devices=devices.names, notices=told,
            )  # fmt: skip
        self.screen.draw(surface, view)


class OpeningPage(Waiting["tuple[Measuring, Devices]"]):
    """Everything is opened beside it; who goes back does not wait for it."""

    heading = CANNOT

    def __init__(self, back: CalibrationPage, way: Way) -> None:
        game, closing = back.game, back.closing
        self._choosing = back

        def opened() -> tuple[Measuring, Devices]:
            if closing is not None:
                closing.result()  # some devices are there for one at a time
            game.chorus.settle()
            return open_measuring(game.kit, way), Devices(game.kit)

        words = (_("MEASURE THE DELAY"), _("Getting ready ..."))
        super().__init__(
            game.backdrop, words, beside(opened), lambda made: MeasuringPage(back, *made),
            back, game.kit.news,
        )  # fmt: skip

    def key(self, name: str) -> Page | None:
        """Go back on Escape; what was opened is closed beside."""
        following = super().key(name)
        if following is not self:
            self._leave()
        return following

    def quit(self) -> Page | None:
        """End; what was opened is closed."""
        self._leave()
        return None

    def _leave(self) -> None:
        self._choosing.closing = beside(lambda: _close(self.coming))


class MeasuringPage(Page):
    """Clicks sound, and are answered."""

    heading = CANNOT
    hands = "off"

    def __init__(self, back: CalibrationPage, measuring: Measuring, devices: Devices) -> None:
        self.back, self._choosing = back, back
        self._measuring, self._devices = measuring, devices
        self.screen = back.screen

    def enter(self, now_s: float) -> None:
        """Begin."""
        super().enter(now_s)
        self._measuring.begin()

    def step(self, now_s: float) -> Page:
        """Go on until enough is known, or nothing more comes."""
        super().step(now_s)
        if self._measuring.tick():
            return self
        return MeasuredPage(self._choosing, self._measuring, self._devices)

    def act(self, action: Action) -> Page | None:
        """Go back."""
        return self.back if action == "back" else self

    def clicked(self, target: Target) -> Page | None:
        """Do what a chip does."""
        return _clicked(self, self.screen, target)

    def draw(self, surface: Surface) -> None:
        """Draw the clicks and the answers."""
        measuring = self._measuring
        since_s = measuring.song_s - FIRST_S - (measuring.clicks_s or 0.0)
        listening = measuring.song_s < ANSWERED_S
        seen = measuring.answering.sighting
        view = CalibrationView(
            "listen" if listening else "answer", measuring.answering.way, self.age_s,
            since_click_s=since_s % EVERY_S if since_s > 0 else EVERY_S,
            **_answers(measuring), picture=None if seen is None else seen.frame.image,
            pose=None if seen is None else seen.pose, mirror=self._choosing.game.mirror,
            blind=any(report.blind for report in measuring.health),
            notices=tuple(report.words for report in measuring.health),
        )  # fmt: skip
        self.screen.draw(surface, view)

    def leave(self) -> None:
        """Give the devices back, beside the window."""
        self._choosing.closing = beside(self._measuring.close)


class MeasuredPage(Page):
    """What was found: the player says whether it is used."""

    def __init__(self, back: CalibrationPage, measuring: Measuring, devices: Devices) -> None:
        self.back, self._choosing = back, back
        self._measuring, self._devices = measuring, devices
        self.screen = back.screen
        self._keeping: Future[None] | None = None
        self._trouble: tuple[str, ...] = ()

    def step(self, now_s: float) -> Page | None:
        """Go back as soon as it is kept; tell why it is not."""
        super().step(now_s)
        if self._keeping is None or not self._keeping.done():
            return self
        keeping, self._keeping = self._keeping, None
        try:
            keeping.result()
        except StoreError as why:
            self._trouble = (_("It is not kept: {why}.", why=why.reason),)
            return self
        return self.back

    def act(self, action: Action) -> Page | None:
        """Use what was found, measure again, or leave all as it was."""
        measuring, way = self._measuring, self._measuring.answering.way
        if action == "again":
            return OpeningPage(self._choosing, way)
        if action == "submit" and not measuring.trouble and self._keeping is None:
            store, key = self._choosing.game.kit.store, self._devices.key(way)
            self._keeping = beside(lambda: store.keep_delay(*key, measuring.measured))
        return self.back if action == "back" else self

    def clicked(self, target: Target) -> Page | None:
        """Do what a chip does."""
        return _clicked(self, self.screen, target)

    def draw(self, surface: Surface) -> None:
        """Draw it."""
        measuring, kit = self._measuring, self._choosing.game.kit
        way, words = measuring.answering.way, measuring.trouble
        figures: tuple[str, ...] = ()
        if not words:
            words = found_words(measuring, self._devices, kit)
            figures = (
                self._devices.with_one(way, measuring.measured).figures[way == "strokes"],
            )
        view = CalibrationView(
            "refused" if measuring.trouble else "found", way, self.age_s, figures, words,
            self._devices.names, **_answers(measuring), notices=self._trouble,
        )  # fmt: skip
        self.screen.draw(surface, view)


def known_words(devices: Devices, kit: Kit) -> str:
    """Return what comes of what is known already, and what both ways are good for."""
    lag_ms = devices.delays.lag_ms
    applied = by_hand(kit) or ("" if lag_ms is None else _(TAKEN_OFF, ms=lag_ms))
    return " ".join(
        filter(None, (applied, _(APART) if devices.delays.camera_ms is None else ""))
    )


def found_words(measuring: Measuring, devices: Devices, kit: Kit) -> str:
    """Return what was found, line by line: the delays, what comes of them, how sure they are."""
    way = measuring.answering.way
    delays = devices.with_one(way, measuring.measured)
    spread = _(SPREAD[way], ms=1000 * measuring.answers.scatter_s)
    applied = by_hand(kit) or _(APPLIED, ms=delays.lag_ms or 0.0)
    return "\n".join((delays.words, applied, spread))


def by_hand(kit: Kit) -> str:
    """Return what goes before all that is measured, in a sentence; empty where nothing does."""
    set_ms = kit.settings.player_lag_ms
    return _(BY_HAND, ms=set_ms) if set_ms else ""


def _answers(measuring: Measuring) -> dict[str, Any]:
    """Return what a view tells of the answers."""
    clicks_s = measuring.clicks_s
    return {
        "lags_ms": tuple((1000 * measuring.answers.lags_s).tolist()), "needed": ENOUGH,
        "clicks_ms": None if clicks_s is None else 1000 * clicks_s,
    }  # fmt: skip


def _clicked(page: Page, screen: CalibrationScreen, target: Target) -> Page | None:
    """Do what a chip or a way does that was clicked on."""
    if target.kind == "chip":
        return page.act(screen.chips[target.which].action)
    return page.act(action_of(target))


def _close(coming: Future[tuple[Measuring, Devices]]) -> None:
    """Give back what was opened for nobody, as soon as it is open."""
    if coming.exception() is None:
        coming.result()[0].close()
