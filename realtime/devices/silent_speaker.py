"""The speaker where there is none: the song goes on in time, and nothing sounds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.types import Heard
from kpopdance.realtime.devices.count_in import NO_COUNT_IN, CountIn

if TYPE_CHECKING:
    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.core.ports import HostClock

SILENTLY = N_("The song goes on without sound.")


class SilentSpeaker:
    """The Speaker port without a speaker: the host clock alone drives the song."""

    def __init__(
        self, length_s: float, clock: HostClock, *, count_in: CountIn = NO_COUNT_IN, why: Health
    ) -> None:
        self._length_s, self._clock, self._count_in = length_s, clock, count_in
        self._place_s = 0.0
        self._since_s: float | None = None
        self._span_s: tuple[float, float] | None = None
        self.health = replace(why, sentence=f"{_(why.sentence)} {_(SILENTLY)}")
        self.lost = False
        self.underruns = 0

    @property
    def heard(self) -> Heard | None:
        """What would sound now; None while paused."""
        since_s = self._since_s
        if since_s is None:
            return None
        now_s = self._clock.now()
        song_s = self._place_s + now_s - since_s
        if self._span_s is not None and self._place_s <= self._span_s[1] <= song_s:
            begin_s, end_s = self._span_s
            song_s = begin_s + (song_s - end_s) % (end_s - begin_s)
        return Heard(song_s, now_s)

    @property
    def playing(self) -> bool:
        """Whether the song goes on."""
        return self._since_s is not None

    @property
    def finished(self) -> bool:
        """Whether the song's end has passed."""
        heard = self.heard
        return (heard.song_s if heard else self._place_s) >= self._length_s

    def start(self, from_s: float) -> None:
        """Begin at a song second (negative: the count-in's time first)."""
        self._since_s = None  # nobody reads a new place with an old time
        self._place_s = max(from_s, -self._count_in.length_s)
        self._since_s = self._clock.now()

    def pause(self, fade_s: float = 0.0) -> None:
        """Hold the song's place."""
        heard = self.heard
        if heard is not None:
            self._since_s = None
            self._place_s = heard.song_s

    def repeat(self, span_s: tuple[float, float] | None) -> None:
        """Go back from a span's end to its begin, or no longer."""
        playing = self.playing
        self.pause()
        self._span_s = span_s
        if playing:
            self.start(self._place_s)

    def close(self) -> None:
        """Nothing is held."""
        self._since_s = None
