"""The window: opens, paces, reads keys, saves pictures of itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, Final, cast

import pygame

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import discard, hand_over, part_of
from kpopdance.engines.tongues import _
from kpopdance.realtime.core.ports import Hand
from kpopdance.realtime.devices.gamepad import CLICK, Gamepads
from kpopdance.realtime.devices.pace import Pace
from kpopdance.realtime.devices.stage_window import StageWindow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpopdance.realtime.core.ports import Place

SIZE: Final = (1280, 720)
LEAST_SIZE: Final = (640, 360)
FRAME_PX: Final = 72
"""Of a desktop's height: what title bar and task bar take; the desktop tells no more than its size."""
QUIT: Final = "quit"
UNSEEN: Final = ("dummy", "offscreen")
"""Video drivers that show nothing."""
PLACES: Final[Mapping[int, str]] = {
    pygame.KSCAN_A + k: letter for k, letter in enumerate("abcdefghijklmnopqrstuvwxyz")
} | {pygame.KSCAN_1 + k: digit for k, digit in enumerate("1234567890")}
"""The keys of a US keyboard by their place."""
COMMAND: Final = pygame.KMOD_META if sys.platform == "darwin" else pygame.KMOD_CTRL
CHORD: Final = pygame.KMOD_CTRL | pygame.KMOD_ALT | pygame.KMOD_META
REPEATED: Final = {
    pygame.K_LEFT: "left", pygame.K_RIGHT: "right", pygame.K_BACKSPACE: "backspace",
    pygame.K_UP: "up", pygame.K_DOWN: "down",
}  # fmt: skip
REPEAT_AFTER_S, REPEAT_EVERY_S = 0.4, 0.04
AIMS_A_SECOND: Final = 1.2
"""Of the window's height: so far a gamepad's stick moves the mouse when it is pushed all the way."""
LONGEST_FRAME_S: Final = 0.1
PRINTED: Final = (
    *range(ord("a"), ord("z") + 1),
    *range(ord("!"), ord("A")),
    *range(0xDF, 0x180),
)
"""What may stand on a Latin keyboard's key where a US one has a letter, the likelier first."""


class NoScreen(DanceError):
    """There is no screen to open a window on."""


class GameWindow:
    """A resizable window of the game; draw on ``surface``, then ``flip``.

    With ``on_air`` a second one is opened, ``stage``; it closes with this one.
    Raises NoScreen where none can be opened.
    """

    def __init__(
        self, title: str = "KPOP DANCE", size: tuple[int, int] = SIZE, *, on_air: bool = False
    ) -> None:
        os.environ.setdefault("SDL_RENDER_VSYNC", "1")
        os.environ.setdefault("SDL_IME_SHOW_UI", "1")  # the words an input method offers
        _without_bus_launch()
        try:
            pygame.display.init()
            self.driver = _real_driver()
            fits = fitting(size, pygame.display.get_desktop_sizes()[0])
            self.stage = StageWindow(fits, icon(64)) if on_air else None
            self._window = pygame.Window(title, fits, resizable=True, allow_high_dpi=True)
            self._window.minimum_size = fitting(LEAST_SIZE, fits, frame_px=0)
            self._window.set_icon(icon(64))
            self._surface = self._window.get_surface()
        except pygame.error as why:
            pygame.display.quit()
            raise NoScreen(
                _(
                    "no window can be opened ({why}); start the game from a desktop session, or dance "
                    "without a screen: kpopdance play SONG --headless",
                    why=why,
                )
            ) from why
        if fits != size:
            self._window.maximize()  # the desktop knows better how much room there is
        self._fullscreen = False
        self._letters = letters()
        self._clicks: list[tuple[int, int]] = []
        self._drops: list[Path] = []
        self._typed, self._composing, self._wheel = "", "", 0
        self._writes_at: Place | None = None
        self._counts_s: dict[str, float] = {}  # when a key that is held counts again
        pygame.key.stop_text_input()  # until something is written, keys are keys
        self._pads = Gamepads()
        self._aimed: tuple[float, float] | None = None  # where a gamepad moves the mouse
        self._asked_s = perf_counter()
        self._pace = Pace(perf_counter())
        self._closed = False

    @property
    def surface(self) -> pygame.Surface:
        """What to draw on; ask anew each frame, a resized window has another."""
        return self._surface

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px of the screen, not of the desktop's scaling."""
        return self._surface.get_size()

    def events(self) -> list[str]:
        """Return the keys pressed since the last call by name (see ``key_name``), and ``quit``.

        A gamepad's buttons have the names of keys that do the same.
        Resizing and F11 (full screen) are dealt with here; holding a key down counts once.
        """
        names = []
        for event in _of_game(self.stage):
            if event.type in (pygame.QUIT, pygame.WINDOWCLOSE):
                names.append(QUIT)
            elif event.type == pygame.KEYDOWN:
                names.append(key_name(event.scancode, event.key, event.mod))
            elif event.type == pygame.KEYMAPCHANGED:
                self._letters = letters()
            elif event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT:
                self._clicks.append(self._px(event.pos))
            elif event.type == pygame.DROPFILE:
                self._drops.append(Path(event.file))
            else:
                self._write(event)
                names.append(self._pads.pressed(event))
        self._aim(perf_counter(), clicks=CLICK in names)
        if "f11" in names:
            self.toggle_fullscreen()
        self._surface = self._window.get_surface()
        return [name for name in dict.fromkeys(names) if name not in ("", "f11", CLICK)]

    def _aim(self, now_s: float, *, clicks: bool) -> None:
        """Move the mouse as a gamepad's stick is pushed, gently in its middle, and click with it."""
        if clicks:
            self._clicks.append(self._px(pygame.mouse.get_pos()))
        gone_s, self._asked_s = min(now_s - self._asked_s, LONGEST_FRAME_S), now_s
        x, y = self._pads.aim
        if not (x or y):
            self._aimed = None
            return
        (wide, high), at = self._window.size, self._aimed or pygame.mouse.get_pos()
        way = AIMS_A_SECOND * high * gone_s
        self._aimed = (
            min(max(at[0] + way * x * abs(x), 0.0), wide - 1.0),
            min(max(at[1] + way * y * abs(y), 0.0), high - 1.0),
        )
        pygame.mouse.set_pos(*map(round, self._aimed))

    def _write(self, event: pygame.Event) -> None:
        """Take in what is written, and how the wheel is turned."""
        if event.type == pygame.TEXTINPUT:
            self._typed, self._composing = self._typed + event.text, ""
        elif event.type == pygame.TEXTEDITING:
            self._composing = event.text
        elif event.type == pygame.MOUSEWHEEL:
            self._wheel += event.y

    @property
    def letters(self) -> Mapping[str, str]:
        """What stands on the player's keys instead of a US keyboard's letters, where it differs."""
        return self._letters

    def clicks(self) -> list[tuple[int, int]]:
        """Return where the mouse was pressed before the last ``events``, px of the surface, once."""
        clicks, self._clicks = self._clicks, []
        return clicks

    def drops(self) -> list[Path]:
        """Return the files that were dropped on the window before the last ``events``, once."""
        drops, self._drops = self._drops, []
        return drops

    @property
    def pointer(self) -> tuple[int, int] | None:
        """Where the mouse is, px of the surface; None while it is elsewhere."""
        here = pygame.mouse.get_focused() and not self._elsewhere
        return self._px(pygame.mouse.get_pos()) if here else None

    @property
    def _elsewhere(self) -> bool:
        """Whether the mouse is in the other window."""
        return self.stage is not None and self.stage.pointed

    def hand(self, writes_at: Place | None) -> Hand:
        """Return what hands did before the last ``events``; text is written into a box, or nowhere."""
        held = pygame.mouse.get_pressed()[0] and not self._elsewhere
        did = Hand(
            self._px(pygame.mouse.get_pos()) if held else None, self._wheel, self._typed,
            self._composing, self._again(perf_counter()),
        )  # fmt: skip
        self._typed, self._wheel = "", 0
        if writes_at != self._writes_at:
            self._begin_writing(writes_at)
        return did

    def _again(self, now_s: float) -> tuple[str, ...]:
        """Return the keys that are held down so long that they count once more."""
        pressed, again = pygame.key.get_pressed(), []
        for key, name in REPEATED.items():
            if not (pressed[key] or name in self._pads.held):
                self._counts_s.pop(name, None)
            elif now_s >= self._counts_s.setdefault(name, now_s + REPEAT_AFTER_S):
                self._counts_s[name] = now_s + REPEAT_EVERY_S
                again.append(name)
        return tuple(again)

    def _begin_writing(self, at: Place | None) -> None:
        """Let the system hand over text, beside the box that it is written into; or no longer."""
        if at is None:
            pygame.key.stop_text_input()
        else:
            pygame.key.set_text_input_rect(pygame.Rect(at))
            pygame.key.start_text_input()
        self._typed, self._composing, self._writes_at = "", "", at

    def copy(self, text: str) -> bool:
        """Put a text on the clipboard; return whether that worked."""
        try:
            pygame.scrap.put_text(text)
        except pygame.error:
            return False
        return True

    def _px(self, at: tuple[int, int]) -> tuple[int, int]:
        """Return a place in the window's own units in px of the surface."""
        (width, height), (wide, high) = self._surface.get_size(), self._window.size
        return round(at[0] * width / wide), round(at[1] * height / high)

    def toggle_fullscreen(self) -> None:
        """Fill the screen, or go back to a window."""
        self._fullscreen = not self._fullscreen
        if self._fullscreen:
            self._window.set_fullscreen(True)
        else:
            self._window.set_windowed()

    def flip(self) -> None:
        """Show what was drawn, then wait for the next frame's turn."""
        if self.stage is not None:
            self.stage.step()
        drawn_s = perf_counter()
        self._window.flip()
        sleep(self._pace.wait_s(drawn_s, perf_counter()))

    def screenshot(self, path: Path) -> None:
        """Save what was drawn last; the suffix says the format, e.g. ``.png``."""
        save_picture(self._surface, path)

    def close(self) -> None:
        """Close the window; a second call does nothing."""
        if not self._closed:
            self._closed = True
            if self.stage is not None:
                self.stage.close()
            self._window.destroy()
            pygame.display.quit()


def _of_game(stage: StageWindow | None) -> list[pygame.Event]:
    """Return what happened in the game's own window since the last call."""
    return [each for each in pygame.event.get() if stage is None or not stage.takes(each)]


def fitting(
    wanted: tuple[int, int], desktop: tuple[int, int], frame_px: int = FRAME_PX
) -> tuple[int, int]:
    """Return a window's size: the one wanted, or what fits into a desktop with its frame."""
    return min(wanted[0], desktop[0]), min(wanted[1], max(desktop[1] - frame_px, 1))


def key_name(scancode: int, key: int, held: int) -> str:
    """Return a key's name: a letter or digit by its place on a US keyboard, others by what they do.

    So the letters work wherever they are printed, and under layouts that have no Latin ones.
    Together with Ctrl (the Mac's command key) it is what the key says: ``ctrl z``. Together with
    others it belongs to the desktop: its name is empty.
    """
    if held & CHORD:
        name = pygame.key.name(key) if pygame.K_a <= key <= pygame.K_z else PLACES.get(scancode)
        shifted = "shift " if held & pygame.KMOD_SHIFT else ""
        ours = name and held & COMMAND and not held & CHORD & ~COMMAND
        return f"ctrl {shifted}{name}" if ours else ""
    return PLACES.get(scancode) or pygame.key.name(key)


def letters() -> dict[str, str]:
    """Return what the layout has in the letters' places, where it differs from a US keyboard's.

    Layouts without Latin letters are left out: their keys have the US ones printed beside.
    """
    place_of = pygame.key.ScancodeWrapper(cast("Any", tuple(range(512))))  # looks places up
    if not place_of[pygame.K_e]:
        return {}
    printed: dict[int, str] = {}
    for key in PRINTED:
        printed.setdefault(place_of[key], chr(key).upper())
    return {
        letter.upper(): printed[place]
        for place, letter in PLACES.items()
        if letter.isalpha() and printed.get(place, letter.upper()) != letter.upper()
    }


def offscreen_surface(size: tuple[int, int] = SIZE) -> pygame.Surface:
    """Return a surface to draw a page on where there is no screen."""
    return pygame.Surface(size)


def save_picture(surface: pygame.Surface, path: Path) -> None:
    """Save a drawn page; raises DanceError where the place cannot be written."""
    part = part_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pygame.image.save(surface, str(part))
        hand_over(part, path)
    except (pygame.error, OSError) as why:
        raise DanceError(
            _(
                "{path}: the picture cannot be saved ({why}); choose another place",
                path=path,
                why=why,
            )
        ) from why
    finally:
        discard(part)


def icon(side: int) -> pygame.Surface:
    """Return the game's sign: a dancing figure in a neon ring."""
    picture = pygame.Surface((side, side), pygame.SRCALPHA)
    unit = side / 64

    def at(x: float, y: float) -> tuple[float, float]:
        return x * unit, y * unit

    pygame.draw.rect(picture, (16, 8, 44), picture.get_rect(), border_radius=round(14 * unit))
    pygame.draw.circle(picture, (255, 45, 150), at(32, 32), 26 * unit, max(2, round(4 * unit)))
    thick = max(2, round(6 * unit))
    limbs = (
        ((32, 24), (31, 38)), ((32, 26), (44, 14)), ((32, 26), (20, 32)),
        ((31, 38), (41, 52)), ((31, 38), (22, 52)),
    )  # fmt: skip
    for start, end in limbs:
        pygame.draw.line(picture, (255, 255, 255), at(*start), at(*end), thick)
        for point in (start, end):
            pygame.draw.circle(picture, (255, 255, 255), at(*point), thick / 2)
    pygame.draw.circle(picture, (40, 226, 255), at(31, 16), 6 * unit)
    pygame.draw.circle(picture, (255, 211, 77), at(45, 13), 4.5 * unit)
    return picture


def _without_bus_launch() -> None:
    """Keep SDL from starting a message bus where none runs, as under Xvfb.

    libdbus would start ``dbus-launch`` and wait for it with Python's lock held; on a busy machine
    one window in four then never opened. Desktops name their bus and are left alone.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime is None or not Path(runtime, "bus").exists():
        os.environ.setdefault("DBUS_SESSION_BUS_ADDRESS", "disabled:")


def _real_driver() -> str:
    """Return the video driver; SDL silently takes an unseen one where there is no screen."""
    driver = pygame.display.get_driver()
    if driver in UNSEEN and os.environ.get("SDL_VIDEODRIVER") != driver:
        raise pygame.error("no screen found")
    return driver
