"""Looks at who stands before the menus, where players want to choose by a raised hand."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.names import LIGHTNING
from kpopdance.engines.ports import Eyes
from kpopdance.realtime.pose.watcher import PlayerWatcher
from kpopdance.realtime.shell.beside import Watch, beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.core.ports import Camera, CameraState, HostClock
    from kpopdance.realtime.core.types import Frame, Pose
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.shell.beside import Sighting

LOOK_EVERY_S: Final = 0.1
SEARCH_EVERY_S: Final = 0.5  # while nobody is there: a whole picture costs more than one dancer
LIGHT: Final = ("movenet_lightning", "movenet_thunder", "movenet_thunder_int8")
"""The networks that see one player alone, the lightest first."""


class HandsOn:
    """Opens the camera for a menu, and gives it back where a page needs it or nobody wants hands."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._looking: _Looking | None = None

    @property
    def sighting(self) -> Sighting | None:
        """The newest look; None while it does not look."""
        watch = None if self._looking is None else self._looking.watch
        return None if watch is None else watch.sighting

    def look(self, *, wanted: bool) -> bool:
        """Look from now on, or no longer; return whether it does or is about to.

        Never where players have not asked for it, nor before the networks are there.
        """
        kit = self._game.kit
        able = kit.fitting is not None and kit.keeps_scores and kit.seeing.done
        if not (wanted and able and kit.settings.hands):
            if self._looking is not None:
                self._looking.end()
                self._looking = None
            return False
        if self._looking is None:
            self._looking = _Looking(kit)
        return self._looking.goes_on()


class _Looking:
    """One time of looking, from opening the camera to giving it back."""

    def __init__(self, kit: Kit) -> None:
        assert kit.fitting is not None
        open_camera, self._kit = kit.fitting.watch, kit
        self._camera: Camera | None = None
        self.watch: Watch | None = None
        self._over = threading.Event()

        def begin() -> None:
            self._camera = open_camera()
            watcher = PlayerWatcher(light(kit.eyes), now=kit.clock.now, budget_s=LOOK_EVERY_S)
            seldom = Seldom(self._camera, kit.clock, self._over)
            watch = Watch(seldom, watcher, kit.clock, seldom.note)
            if not self._over.is_set():
                watch.begin()
                self.watch = watch

        self._beginning = beside(begin)

    def goes_on(self) -> bool:
        """Return whether it looks or is about to; where it cannot, menus are chosen from otherwise."""
        with suppress(DanceError):
            if self._beginning.done():
                self._beginning.result()
            if self.watch is not None:
                self.watch.check()
                self.watch.took_s.clear()  # hours in a menu
            return True
        return False

    def end(self) -> None:
        """Stop, and give the camera back; waits for no look."""
        self._over.set()

        def work() -> None:
            with suppress(DanceError):
                self._beginning.result()
            if self.watch is not None:
                self.watch.stop()
            if self._camera is not None:
                self._kit.close_camera(self._camera)

        beside(work)


class Seldom:
    """A camera that hands out a picture now and then: so seldom that looking at them costs little."""

    def __init__(self, camera: Camera, clock: HostClock, over: threading.Event) -> None:
        self._camera, self._clock, self._over = camera, clock, over
        self._taken_s = -LOOK_EVERY_S
        self._every_s = LOOK_EVERY_S

    def note(self, frame: Frame | None, pose: Pose | None) -> None:
        """Take in whether anybody was seen in a frame."""
        if frame is not None:
            self._every_s = SEARCH_EVERY_S if pose is None else LOOK_EVERY_S

    def newest(self, timeout_s: float) -> Frame | None:
        """Return the newest frame once it is time, or None after the timeout."""
        rests_s = self._taken_s + self._every_s - self._clock.now()
        if self._over.wait(min(max(rests_s, 0.0), timeout_s)) or rests_s > timeout_s:
            return None
        self._taken_s = self._clock.now()
        return self._camera.newest(timeout_s)

    def state(self) -> CameraState:
        """Return how the camera is doing now."""
        return self._camera.state()

    def retry(self) -> None:
        """Open it anew, at once."""
        self._camera.retry()

    def show_also(self, also: Callable[[Frame], None] | None) -> None:
        """Show somebody every picture from now on; None: nobody any more."""
        self._camera.show_also(also)

    def close(self) -> None:
        """Release the camera."""
        self._camera.close()


def light(eyes: Eyes) -> Eyes:
    """Return the lightest network for one player, and OpenPose to find them."""
    close = next(({name: eyes.close[name]} for name in LIGHT if name in eyes.close), {})
    return Eyes(eyes.everybody, close, LIGHTNING)
