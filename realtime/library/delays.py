"""How late a speaker and a camera are, as measured, each by itself where both ways were gone.

Claps tell of the speaker: how late the microphone hears the clicks. Strokes of both arms tell of
speaker and camera together. A person answers a click somewhat early or late, which a clap tells too
where the clicks are heard beside it: that much is taken off the strokes.

What the microphone itself is late, and does not say, makes the speaker look later and the camera
sooner by as much; what a dance is judged by, their sum, is right all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import _

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_CAMERA: Final = ""
"""Instead of a camera's name: what was measured of the output alone."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement, ms: ``lag_ms`` is the devices', ``person_ms`` how late the answer comes to that.

    Of claps, the lag is the speaker's; of strokes, speaker's and camera's together with the person's.
    """

    lag_ms: float
    person_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Delays:
    """What is known of an output and a camera; None: not measured."""

    claps: Measured | None = None
    strokes: Measured | None = None

    @property
    def speaker_ms(self) -> float | None:
        """How late the speaker is."""
        return None if self.claps is None else self.claps.lag_ms

    @property
    def camera_ms(self) -> float | None:
        """How late the camera is."""
        if self.claps is None or self.strokes is None:
            return None
        return self.strokes.lag_ms - self.claps.lag_ms - self.claps.person_ms

    @property
    def lag_ms(self) -> float | None:
        """What is taken off how late a dance is."""
        if self.claps is not None:
            return self.claps.lag_ms + (self.camera_ms or 0.0)
        return None if self.strokes is None else self.strokes.lag_ms

    @property
    def figures(self) -> tuple[str, str]:
        """What claps and strokes told, in a few words each; empty where nothing."""
        speaker, camera, both = self.speaker_ms, self.camera_ms, self.strokes
        told = "" if both is None else _("{late}, with the speaker", late=_late(both.lag_ms))
        return (
            "" if speaker is None else _late(speaker),
            told if camera is None else _late(camera),
        )

    @property
    def words(self) -> str:
        """What is known, in one sentence; empty where nothing is."""
        if self.claps is None:
            return "" if self.strokes is None else (
                _("Speaker and camera together are {late}.", late=_late(self.strokes.lag_ms))
            )  # fmt: skip
        if self.camera_ms is None:
            return _("Your speaker is {late}.", late=_late(self.claps.lag_ms))
        return _(
            "Your speaker is {late}, your camera {camera}.",
            late=_late(self.claps.lag_ms), camera=_late(self.camera_ms),
        )  # fmt: skip


def delays_of(known: Mapping[tuple[str, str], Measured], output: str, camera: str) -> Delays:
    """Return what is known of an output and a camera, of all that was measured."""
    return Delays(known.get((output, NO_CAMERA)), known.get((output, camera)))


def _late(ms: float) -> str:
    whole = round(abs(ms))
    if not whole:
        return _("in time")
    return _("{ms:.0f} ms late", ms=whole) if ms > 0 else _("{ms:.0f} ms early", ms=whole)
