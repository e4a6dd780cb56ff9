"""Looks at who stands before the camera, beside the window: for the pages before a dance."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.health import Cause
from kpopdance.realtime.pose.onlooker import Onlooker
from kpopdance.realtime.screens.setup_view import UNKNOWN, StandView
from kpopdance.realtime.shell.beside import Watch, beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import Camera
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.pose.onlooker import Onlook
    from kpopdance.realtime.shell.beside import Sighting

STALE_S: Final = 3.0  # without a new look, what was seen says nothing any more


class LookingOn:
    """Opens a camera, waits for the networks, and looks; ``end`` stops it.

    Parameters
    ----------
    kit : Kit
        Whose networks look.
    open_camera : callable
        Returns the camera.
    body : str
        ``whole`` or ``seated``.
    after : Future or None
        What must have ended before: the networks look for one at a time.
    close : callable
        Gives the camera back at the end.

    Attributes
    ----------
    seen : Onlook or None
        The newest look as of ``step``; None while nobody looks, or nothing new comes.
    camera : Camera or None
        Once it is open.
    trouble : str
        Why nobody can look, empty where somebody does.
    """

    def __init__(
        self, kit: Kit, open_camera: Callable[[], Camera], body: str,
        after: Future[None] | None = None, close: Callable[[Camera], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._kit, self._body, self._close = kit, body, close
        self.camera: Camera | None = None
        self._watch: Watch | None = None
        self._onlooker: Onlooker | None = None
        self.seen: Onlook | None = None
        self._looked: Onlook | None = None
        self._looked_s = 0.0
        self._unlooked: Frame | None = None  # the newest, until the networks are there
        self._unwanted = threading.Event()
        self.trouble = ""

        def begin() -> None:
            if after is not None:
                after.exception()
            self.camera = open_camera()
            eyes = kit.eyes
            onlooker = Onlooker(eyes, body=body, now=kit.clock.now)
            watch = Watch(self.camera, onlooker, kit.clock, lambda *_: None)
            if not self._unwanted.is_set():
                watch.begin()
                self._onlooker, self._watch = onlooker, watch

        self._beginning = beside(begin)

    def step(self) -> None:
        """Go on; raises what nobody can mend."""
        if self._beginning.done() and not self.trouble:
            try:
                self._beginning.result()
            except DanceError as why:
                self.trouble = str(why)
        if self._watch is not None and self._onlooker is not None:
            self._watch.check()
            health = self._watch.camera.state().health
            self._onlooker.dark = health.cause is Cause.TOO_DARK
            self._take(self._onlooker.seen)
        elif self.camera is not None:
            self._unlooked = self.camera.newest(0.0) or self._unlooked

    def _take(self, seen: Onlook) -> None:
        """Take the newest look, unless none was new for long."""
        now_s = self._kit.clock.now()
        if self._looked is not seen:
            self._looked, self._looked_s = seen, now_s
        stale = seen.frame is None or now_s - self._looked_s > STALE_S
        self.seen = None if stale else seen

    @property
    def sighting(self) -> Sighting | None:
        """The newest look, with its picture."""
        return None if self._watch is None else self._watch.sighting

    def view(self, *, mirror: bool) -> StandView:
        """Return what to show of it."""
        camera, seen, sighting = self.camera, self.seen, self.sighting
        stand = StandView(mirror=mirror, sentence=UNKNOWN, seated=self._body == "seated")
        if camera is None:
            return replace(stand, sentence=self.trouble or UNKNOWN)
        health = camera.state().health
        frame = self._unlooked if sighting is None else sighting.frame
        stand = replace(stand, picture=None if frame is None else frame.image)
        if seen is None or health.blind:
            words = health.words or self.trouble or self._kit.news() or UNKNOWN
            return replace(stand, blind=health.blind, sentence=words)
        return replace(
            stand, pose=None if sighting is None else sighting.pose, ready=seen.stance.ready,
            share=seen.share, sentence=str(seen.stance.amiss),
        )  # fmt: skip

    def end(self) -> Future[None]:
        """Stop looking, and give the camera back."""
        self._unwanted.set()

        def work() -> None:
            with suppress(DanceError):
                self._beginning.result()
            if self._watch is not None:
                self._watch.stop()
            if self.camera is not None:
                self._close(self.camera)

        return beside(work)
