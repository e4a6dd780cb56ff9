"""The set-up page: the camera looked through, the sound heard, and all that can be set, set at once."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.dance.chorus import CLICKS, COUNT
from kpopdance.realtime.home import settable
from kpopdance.realtime.home.calibrating import CalibrationPage
from kpopdance.realtime.home.looking_on import LookingOn
from kpopdance.realtime.library.own_languages import all_languages
from kpopdance.realtime.library.songpack import PackFacts
from kpopdance.realtime.screens.found import FoundScreen, found_view
from kpopdance.realtime.screens.setup import CHIPS, SetupScreen
from kpopdance.realtime.screens.setup_view import CameraCard, SetRow, SetupView, StandView
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import Hand, Surface
    from kpopdance.realtime.dance.chorus import Effect
    from kpopdance.realtime.dance.kit import Fitting, NamedCamera, Peek
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.home.settable import Settable
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.screens.actions import Action, Target
    from kpopdance.realtime.shell.beside import Sighting

    Found = Mapping[str, Mapping[str, Any]]

DANCER: Final = "dancer"
DEMO: Final = N_("a drawn dancer (demo)")
MOST_WRITTEN: Final = 1000
TRIED: Final = ("network", "engine", "model", "thorough", "threads", "crop_px")
"""Settings whose networks may not open here."""


SOUNDS: Final = {"sound_device", "volume", "effect_volume", "count_volume"}


class SetupPage(Page):
    """Everything that can be set; ``then`` returns the page that comes after it."""

    heading = N_("This cannot be set up")
    hands = "own"

    def __init__(self, game: Game, then: Callable[[], Page | None], back: Page | None) -> None:
        fitting = game.kit.fitting
        assert fitting is not None
        self._game, self._fitting, self._then, self.back = game, fitting, then, back
        self._first = fitting.first and not game.changes.written
        self._last = replace(CHIPS[-1], words=N_("to the songs")) if self._first else CHIPS[-1]
        self.screen = SetupScreen(game.backdrop, (*CHIPS[:-1], self._last))
        self.by_hand = True
        self._rows = (*settable.FIRST_ROWS, *settable.MORE_ROWS)
        self._chosen = 0
        self._writing: str | None = None
        self._composing = ""
        self._trouble = ""
        self._cameras = FoundCameras(fitting)
        self._named: dict[Settable, Future[tuple[str, ...]]] = {}
        self._looking: LookingOn | None = None
        self._ended: Future[None] | None = None
        self._opened: Settings | None = None

    # coming and going

    def enter(self, now_s: float) -> None:
        """Begin to look through the cameras, and at who stands before the one that is set."""
        super().enter(now_s)
        self._game.kit.seeing.begin()
        self._cameras.begin()
        self._named = {
            settable.OUTPUT: beside(self._fitting.outputs),
            settable.MICROPHONE: beside(self._fitting.microphones),
        }
        self._game.chorus.anew()
        self._look()

    def leave(self) -> None:
        """Give the camera and the sound back, and write what was changed."""
        self._end()
        self._game.chorus.hush()
        self._game.changes.write(anyway=self._first)

    def _look(self) -> None:
        """Look with the camera and the networks that are set now."""
        self._end()
        kit = self._game.kit
        self._looking = LookingOn(
            kit, self._fitting.watch, kit.settings.body, self._ended, kit.close_camera
        )

    def _end(self) -> None:
        if self._looking is not None:
            self._ended, self._looking = self._looking.end(), None

    @property
    def sighting(self) -> Sighting | None:
        """What is seen of who stands before the camera."""
        return None if self._looking is None else self._looking.sighting

    def step(self, now_s: float) -> Page | None:
        """Go on looking and sounding."""
        super().step(now_s)
        if self._looking is not None:
            self._looking.step()
        self._cameras.step(self._game.kit.settings.camera)
        self._check_networks()
        self._game.chorus.look(self._heard(), now_s)
        return self

    def _heard(self) -> PackFacts | Effect | None:
        """Return what the chosen line makes louder or softer."""
        if self._row in (settable.OUTPUT, settable.VOLUME):
            return self._song()
        return {settable.EFFECTS: CLICKS, settable.COUNT: COUNT}.get(self._row)

    def _song(self) -> PackFacts | None:
        """Return the song to hear: the first that has a sound."""
        songs = self._game.songs.found.values()
        return next((one for one in songs if isinstance(one, PackFacts) and one.audio), None)

    def _check_networks(self) -> None:
        """Go back to networks that opened, where those that are set now do not."""
        seeing, game = self._game.kit.seeing, self._game
        if not seeing.done:
            return
        try:
            seeing.result()
            self._opened = game.kit.settings
        except DanceError as why:
            if self._opened is None:
                raise
            game.change({key: getattr(self._opened, key) for key in TRIED})
            self._trouble = str(why)
            self._look()

    # keys and mouse

    def key(self, name: str) -> Page | None:
        """Do what a key means; while something is written, letters are letters."""
        if self._writing is None:
            return super().key(name)
        if self._composing:
            return self  # the key is the input method's
        if name == "backspace":
            self._writing = self._writing[:-1]
        elif name == "escape":
            self._writing = None
        elif self.screen.key(name) == "write" and name != "space":
            self._written(self._writing.strip())
        return self

    def handled(self, hand: Hand, size: tuple[int, int]) -> Page | None:
        """Take in what is written, and go along the lines as the wheel is turned."""
        if self._writing is not None:
            self._writing = (self._writing + hand.typed)[:MOST_WRITTEN]
            self._composing = hand.composing[:MOST_WRITTEN]
            field = self.screen.field_box(size)
            self.writes_at = (field.left, field.top, field.width, field.height)
            return self
        self._composing, self.writes_at = "", None
        if hand.wheel:
            self._choose(self._chosen - hand.wheel)
        for name in hand.again:
            if name in ("up", "down", "left", "right"):
                self.key(name)
        return self

    def act(self, action: Action) -> Page | None:
        """Go along the lines, change one, or go elsewhere."""
        if action in ("up", "down"):
            self._choose((self._chosen + (1 if action == "down" else -1)) % len(self._rows))
        elif action in ("left", "right"):
            self._turn(1 if action == "right" else -1)
        elif action == "write":
            self._press()
        elif action == "mirror":
            self._change({"mirror": not self._game.kit.settings.mirror})
        else:
            return self._away(action)
        return self

    def _away(self, action: Action) -> Page | None:
        """Look what was found here, measure the delay, or go on."""
        if action == "doctor":
            return self._found()
        if action == "delay":
            self._end()
            page = CalibrationPage(self._game, self)
            page.closing = self._ended
            return page
        return self._then() if action == "back" else self

    def clicked(self, target: Target) -> Page | None:
        """Choose the line or the camera that is clicked on, or do what a key does."""
        if target.kind == "chip":
            return self.act(self.screen.chips[target.which].action)
        if target.kind == "camera":
            self._change({"camera": self._cameras.found[target.which].source})
        elif target.kind == "choice":
            self._change({"strictness": settable.STRICT.values[target.which]})
        elif target.kind in ("row", "less", "greater"):
            again = self._chosen == target.which
            self._choose(target.which)
            if target.kind != "row":
                self._turn(1 if target.kind == "greater" else -1)
            elif again or self._row.sort == "text":
                self._press()
        return self

    @property
    def _row(self) -> Settable:
        return self._rows[self._chosen]

    def _choose(self, number: int) -> None:
        self._chosen = min(max(number, 0), len(self._rows) - 1)
        self._writing, self._trouble = None, ""

    def _press(self) -> None:
        """Begin to write into a line, or take its next value."""
        row = self._row
        if row.sort != "text":
            self._turn(1)
        else:
            told = row.words(row.of(self._game.kit.settings))
            self._writing = told if row is not settable.ADDRESS or "://" in told else "http://"

    # what is changed

    def _turn(self, step: int) -> None:
        row, settings = self._row, self._game.kit.settings
        if row.sort == "text":
            return
        if row is settable.CAMERA:
            settings = replace(settings, camera=self._cameras.source(settings.camera))
        values = self._values(row, settings)
        self._change(row.changes(row.turned(settings, step, values)))

    def _values(self, row: Settable, settings: Settings) -> tuple[Any, ...]:
        """Return a line's values in order; those that are found out, as far as they are."""
        if row is settable.CAMERA:
            known = [one.source for one in self._cameras.found]
            return tuple(dict.fromkeys([*known, settings.camera, DANCER]))
        if row is settable.LANGUAGE:
            return ("", *all_languages())
        coming = self._named.get(row)
        if coming is None:
            return row.values
        return row.found(coming.result() if coming.done() else (), row.of(settings))

    def _written(self, text: str) -> None:
        """Take what was written into a line."""
        row, value = self._row, text
        self._writing = None
        if row is settable.ADDRESS:
            value = text if "://" in text else f"http://{text}"
            if value == "http://":
                return
        told: Any = tuple(filter(None, map(str.strip, value.split(";"))))
        self._change(row.changes(told if row.keys == ("library",) and len(told) > 1 else value))

    def _change(self, changes: Mapping[str, Any]) -> None:
        """Let other settings hold from now on; say why they cannot."""
        game, before = self._game, self._game.kit.settings
        try:
            game.change(changes)
        except DanceError as why:
            self._trouble = str(why)
            return
        self._trouble, now = "", game.kit.settings
        changed = {
            field.name
            for field in fields(now)
            if getattr(now, field.name) != getattr(before, field.name)
        }
        if changed & SOUNDS:
            game.chorus.anew()
        if changed & {*TRIED, "camera", "camera_width", "camera_height", "camera_fps", "body"}:
            game.kit.seeing.begin()
            self._look()

    def _found(self) -> Page:
        """Return the page that tells what was found on this computer."""
        game, kit, fitting = self._game, self._game.kit, self._fitting
        self._end()
        ended = self._ended

        def work() -> Found:
            if ended is not None:
                ended.exception()
            game.chorus.settle()
            return fitting.found(kit)

        words = (_("What was found here"), _("Looking ..."))
        return Waiting(
            game.backdrop, words, beside(work), lambda found: FoundPage(game, found, self), self
        )

    # what is shown

    def draw(self, surface: Surface) -> None:
        """Draw the page."""
        game, settings = self._game, self._game.kit.settings
        stand = StandView() if self._looking is None else self._looking.view(mirror=game.mirror)
        notices = tuple(filter(None, (self._trouble, *game.told)))
        writing = None if self._writing is None else self._writing + self._composing
        strict = settings.strictness if self._row is settable.STRICT else ""
        self.screen.draw(surface, SetupView(
            self.age_s, stand, tuple(self._shown(row) for row in self._rows), self._chosen,
            self._cameras.cards(settings.camera, stand.picture), self._cameras.looking, writing,
            notices, strict, game.kit.news(), self._first,
        ))  # fmt: skip

    def _shown(self, row: Settable) -> SetRow:
        settings = self._game.kit.settings
        value = row.words(row.of(settings))
        if row is settable.CAMERA:
            value = self._cameras.name(settings.camera)
        elif row is settable.ADDRESS and "://" not in value:
            value = ""
        return SetRow(_(row.name), value, row.sort, _(row.about))


class FoundCameras:
    """The cameras there are, looked through one after another beside the window."""

    def __init__(self, fitting: Fitting) -> None:
        self._fitting = fitting
        self.found: tuple[NamedCamera, ...] = ()
        self._finding: Future[tuple[NamedCamera, ...]] | None = None
        self._peeks: dict[str, Peek] = {}
        self._peeking: tuple[str, Future[Peek]] | None = None

    def begin(self) -> None:
        """Look for them, again too."""
        self._finding = beside(self._fitting.cameras)

    @property
    def looking(self) -> bool:
        """Whether they are still looked for."""
        return self._finding is not None and not self._finding.done()

    def step(self, camera: str) -> None:
        """Take what was found, and look through the next one that is not the one in use."""
        if self._finding is not None and self._finding.done():
            self.found, self._finding = self._finding.result(), None
        if self._peeking is not None and self._peeking[1].done():
            self._peeks[self._peeking[0]] = self._peeking[1].result()
            self._peeking = None
        unseen = [
            one.source for one in self.found
            if one.source not in self._peeks and one.source != self.source(camera)
        ]  # fmt: skip
        if self._peeking is None and unseen:
            source = unseen[0]
            self._peeking = source, beside(lambda: self._fitting.peek(source))

    def source(self, camera: str) -> str:
        """Return what a camera that is set by its number is set as here."""
        return next(
            (one.source for one in self.found if camera in (one.source, one.number)), camera
        )

    def name(self, camera: str) -> str:
        """Return what a camera is called."""
        if camera == DANCER:
            return _(DEMO)
        called = {one.source: one.name for one in self.found}
        return called.get(self.source(camera), camera)

    def cards(self, camera: str, picture: Any) -> tuple[CameraCard, ...]:  # noqa: ANN401 - a picture or None
        """Return what to show of them; the one that is set shows its newest picture."""
        used = self.source(camera)
        return tuple(
            CameraCard(one.name, picture, chosen=True)
            if one.source == used
            else CameraCard(one.name, *self._peeked(one.source))
            for one in self.found
        )

    def _peeked(self, source: str) -> tuple[Any, str]:
        peek = self._peeks.get(source)
        return (None, "") if peek is None else (peek.picture, peek.trouble)


class FoundPage(Page):
    """What the doctor knows."""

    heading = N_("What was found here")

    def __init__(self, game: Game, found: Found, back: Page) -> None:
        self.screen = FoundScreen(game.backdrop)
        self._view, self.back = found_view(found), back

    def act(self, action: Action) -> Page | None:
        """Go back, or through the lines."""
        if action in ("up", "down"):
            self.screen.scroll(1 if action == "down" else -1)
            return self
        return self.back

    def clicked(self, target: Target) -> Page | None:
        """Go back: the only button."""
        return self.back

    def draw(self, surface: Surface) -> None:
        """Draw it."""
        self.screen.draw(surface, self._view, self.age_s)
