"""Which speaker and camera are in use, and what was measured of their delays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kpopdance.engines.tongues import _
from kpopdance.realtime.library.delays import NO_CAMERA, delays_of
from kpopdance.realtime.library.store import StoreError

if TYPE_CHECKING:
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.library.delays import Delays, Measured

Way = Literal["claps", "strokes"]
"""How a delay is measured: heard by the microphone, or seen by the camera."""


class Devices:
    """What output and camera are called now, and what is known of their delays.

    ``trouble`` says why nothing is, if so.
    """

    def __init__(self, kit: Kit) -> None:
        self.output, self.camera = kit.device_names()
        self.known: dict[tuple[str, str], Measured] = {}
        self.trouble = ""
        try:
            self.known = kit.store.delays()
        except StoreError as why:
            self.trouble = _("What was measured before cannot be read: {why}.", why=why.reason)

    @property
    def names(self) -> str:
        """Both, for a player."""
        return " · ".join(filter(None, (self.output, self.camera)))

    @property
    def delays(self) -> Delays:
        """What is known of these two."""
        return delays_of(self.known, self.output, self.camera)

    def key(self, way: Way) -> tuple[str, str]:
        """Return under whose names a measurement is kept: claps know of no camera."""
        return self.output, NO_CAMERA if way == "claps" else self.camera

    def with_one(self, way: Way, measured: Measured) -> Delays:
        """Return what would be known with one measurement more."""
        known = {**self.known, self.key(way): measured}
        return delays_of(known, self.output, self.camera)

    @property
    def unmeasured(self) -> str:
        """Which device is new since something was measured: ``speaker``, ``camera`` or empty."""
        if not self.known or self.key("strokes") in self.known:
            return ""
        if self.output not in {output for output, _ in self.known}:
            return "speaker"
        return "camera" if any(camera != NO_CAMERA for _, camera in self.known) else ""


def asks_to_measure(kit: Kit, key: str) -> tuple[str, ...]:
    """Return a sentence where a device is new since something was measured."""
    new = "" if kit.settings.player_lag_ms else Devices(kit).unmeasured
    if not new:
        return ()
    if new == "speaker":
        return (_("A new speaker: press {key} to measure how late it is.", key=key),)
    return (_("A new camera: press {key} to measure how late it is.", key=key),)


def player_lag_ms(kit: Kit) -> float:
    """Return what is taken off how late a dance is: set by hand, else measured of these devices."""
    return kit.settings.player_lag_ms or Devices(kit).delays.lag_ms or 0.0
