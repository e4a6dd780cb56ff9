"""The speaker: plays a song that is already in memory and says when its samples sound.

Three parties share a `SoundCard`. PortAudio's callback copies a slice and reports; the watchdog
counts the callback's beats and never calls anything that can block; an `Errand` does what can
(open, close), because a hung sound server blocks its callers for as long as it hangs. Nobody
holds a lock while the callback runs: it gets its orders by one assignment.
"""

from __future__ import annotations

import atexit
import logging
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.core.types import Heard
from kpopdance.realtime.devices.count_in import NO_COUNT_IN, CountIn, counted_in
from kpopdance.realtime.devices.silent_speaker import SilentSpeaker
from kpopdance.realtime.devices.sound_system import (
    CLOSE_S,
    ONE_AT_A_TIME,
    OPEN_S,
    Errand,
    SoundDevice,
    SoundError,
    list_sound_devices,
    no_device,
    portaudio,
    preferred_device,
    server_hangs,
    windows_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import HostClock

log = logging.getLogger(__name__)

LATENCY_S = 0.1  # the clock compensates it; "low" had underruns under inference load
POLL_S = 0.1
QUIET_POLLS = 5  # 0.5 s without a beat; polls, so that a stalled process accuses nobody
GIVE_UP_POLLS = 50  # a server that hung this long is left, until then its own recovery is best
BLIND_BLOCKS = 20  # a device that never tells its times is believed on its stated latency
LOST = Health(
    "sound",
    Cause.LOST,
    N_("Sound lost: the song waits."),
    N_("It goes on by itself with the sound."),
)
AT_ONCE = np.zeros((0, 1), np.float32)
SILENT_SAMPLES = 48000  # a second


def open_speaker(
    samples: NDArray[np.float32],
    rate: int,
    clock: HostClock,
    *,
    count_in: CountIn = NO_COUNT_IN,
    device: str | int | None = None,
    volume: float = 1.0,
) -> SoundCard | SilentSpeaker:
    """Return a sound card with the song in it, or a silent speaker that says why not."""
    try:
        return SoundCard(samples, rate, clock, count_in=count_in, device=device, volume=volume)
    except SoundError as why:
        log.warning("no sound: %s", why)
        return SilentSpeaker(len(samples) / rate, clock, count_in=count_in, why=why.health)


def sound_health(
    clock: HostClock, device: str | None = None
) -> tuple[Health, list[SoundDevice]]:
    """Return how an output does that is opened for a moment, silently, and what else there is."""
    listing = Errand(list_sound_devices)
    if not listing.wait(OPEN_S):
        return server_hangs().health, []
    try:
        devices = listing.result()
        silence = np.zeros((SILENT_SAMPLES, 2), np.float32)
        SoundCard(silence, SILENT_SAMPLES, clock, device=device).close()
    except SoundError as why:
        return why.health, [] if listing.failed else listing.result()
    return Health("sound"), devices


class SoundCard:
    """A sound device that plays one song; fulfils the Speaker port.

    Parameters
    ----------
    samples : float32 (N, 2), -1..1
        The whole song; sample 0 is song second 0.
    rate : int
        Samples per second.
    clock : HostClock
        The host clock, read where a block is handed over.
    count_in : CountIn
        What sounds before song second 0.
    device : str, int or None
        Part of a device's name, its number, or the system's choice.
    volume : float
        How loud, 0..1; equal steps of it sound equal.

    Raises
    ------
    SoundError
        No PortAudio, no such device, or a sound server that does not answer.
    """

    def __init__(
        self,
        samples: NDArray[np.float32],
        rate: int,
        clock: HostClock,
        *,
        count_in: CountIn = NO_COUNT_IN,
        device: str | int | None = None,
        volume: float = 1.0,
    ) -> None:
        if samples.dtype != np.float32 or samples.ndim != 2 or samples.shape[1] != 2:
            raise ValueError(f"a song is float32 (N, 2), got {samples.dtype} {samples.shape}")
        tape, before = counted_in(samples, count_in, rate)
        if volume < 1.0:
            tape *= np.float32(volume**2)
        self._tape = _Tape(tape, rate, before)
        self._clock, self._device = clock, device
        self._lock = threading.Lock()  # between callers and the watchdog; the callback has none
        self._order = _Order(place=0, playing=False)
        self._span: tuple[int, int] | None = None
        self._closing = threading.Event()
        self._lost = False
        self._underruns_before = 0
        opening = Errand(self._open)
        if not opening.wait(OPEN_S):
            self._closing.set()  # should it open after all, it is closed at once
            raise server_hangs()
        self._deck: _Deck | None = opening.result()
        self._watchdog = threading.Thread(
            target=self._watch, name="sound watchdog", daemon=True
        )
        self._watchdog.start()

    @property
    def heard(self) -> Heard | None:
        """The newest report; None before the first block, while paused and while lost."""
        deck = self._deck
        return None if deck is None or self._lost else deck.heard_now()

    @property
    def health(self) -> Health:
        """How the sound is doing."""
        return LOST if self._lost else Health("sound")

    @property
    def lost(self) -> bool:
        """Whether the device is lost or hangs; the song's place is kept."""
        return self._lost

    @property
    def playing(self) -> bool:
        """Whether the song (or its count-in) goes on: started, not paused, not lost."""
        return self._order.playing and not self._lost

    @property
    def finished(self) -> bool:
        """Whether the last sample was handed over; it sounds `LATENCY_S` or so later."""
        deck = self._deck
        return deck is not None and deck.finished

    @property
    def underruns(self) -> int:
        """How often the device ran dry while the song played."""
        deck = self._deck
        return self._underruns_before + (deck.underruns if deck else 0)

    def start(self, from_s: float) -> None:
        """Play from a song second; negative plays that much of the count-in first."""
        self._command(_Order(self._tape.place(from_s), playing=True))

    def pause(self, fade_s: float = 0.0) -> None:
        """Hold the song's place; what the device has already been given still sounds, then it fades."""
        fall = np.linspace(1, 0, round(fade_s * self._tape.rate), dtype=np.float32)
        self._command(_Order(None, playing=False, fall=fall[:, None]))

    def repeat(self, span_s: tuple[float, float] | None) -> None:
        """Go back from a span's end to its begin, or no longer; see ``Speaker``."""
        with self._lock:
            begin, end = (self._tape.place(second) for second in span_s or (0.0, 0.0))
            self._span = (begin, end) if begin < end else None
            if self._deck is not None:
                self._deck.span = self._span

    def close(self) -> None:
        """Release the device; returns within 2 s even if the sound server hangs."""
        self._closing.set()
        self._watchdog.join(CLOSE_S)
        with self._lock:
            deck, self._deck = self._deck, None
        if deck is not None and not Errand(deck.close).wait(CLOSE_S):
            log.warning("the sound server hangs; leaving it without goodbye")
            # PortAudio's own goodbye at exit would wait for the server as long as it hangs
            atexit.unregister(portaudio()._exit_handler)  # noqa: SLF001 - there is no public way

    def _command(self, order: _Order) -> None:
        with self._lock:
            self._order = order.after(self._order)
            if self._deck is not None:
                self._deck.order = order

    def _open(self) -> _Deck:
        deck = _Deck(self._tape, self._clock, self._device, self._order)
        if self._closing.is_set():
            deck.close()
        return deck

    def _watch(self) -> None:
        """Notice a lost or hung device, and bring the song back."""
        beats, quiet = 0, 0
        errand: Errand[_Deck] | None = None
        while not self._closing.wait(POLL_S):
            deck = self._deck
            if deck is None:
                errand = self._bring_back(errand)
                beats, quiet = 0, 0
                continue
            quiet = 0 if deck.beats != beats else quiet + 1
            beats = deck.beats
            alive = deck.alive
            if alive and quiet == 0 and self._lost:
                self._lost = False
                log.warning("sound is back")
            elif not alive or quiet >= QUIET_POLLS:
                self._lost = True
            if not alive or quiet >= GIVE_UP_POLLS:
                log.warning("sound device lost at song second %.2f", deck.sounded_s)
                errand = self._leave(deck)
        if self._deck is None and errand is not None and errand.wait(POLL_S):
            _leave_unplayed(errand)

    def _leave(self, deck: _Deck) -> Errand[_Deck]:
        """Drop a deck, keep its place, and go for a new one."""
        with self._lock:
            self._order = deck.unfinished()
            deck.order = _Order(place=None, playing=False)  # silent, should it wake up again
            self._underruns_before += deck.underruns
            self._deck = None

        def exchange() -> _Deck:
            deck.close()
            return self._open()

        return Errand(exchange)

    def _bring_back(self, errand: Errand[_Deck] | None) -> Errand[_Deck]:
        """Take the new deck when it is there; ask again when that failed."""
        if errand is None:
            return Errand(self._open)
        if not errand.wait(0):
            return errand
        try:
            deck = errand.result()
        except SoundError as why:
            log.debug("no sound yet: %s", why)
            self._closing.wait(QUIET_POLLS * POLL_S)
            return Errand(self._open)
        with self._lock:
            deck.order, deck.span = replace(self._order), self._span
            self._deck = deck
        return errand


def _leave_unplayed(errand: Errand[_Deck]) -> None:
    """Close a deck that came back just when nobody waited for it any more."""
    if not errand.failed:
        errand.result().close()


@dataclass(frozen=True, slots=True, eq=False)
class _Tape:
    """Count-in and song in one piece; sample ``zero`` is song second 0."""

    samples: NDArray[np.float32]
    rate: int
    zero: int

    def place(self, song_s: float) -> int:
        return min(max(self.zero + round(song_s * self.rate), 0), len(self.samples))

    def song_s(self, place: float) -> float:
        return (place - self.zero) / self.rate


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """What the callback shall do; ``place`` None: go on where it is.

    ``fall`` float32 (N, 1) is how what sounds dies away where it plays no longer.
    """

    place: int | None
    playing: bool
    fall: NDArray[np.float32] = field(default_factory=lambda: AT_ONCE)

    def after(self, earlier: _Order) -> _Order:
        return replace(self, place=earlier.place) if self.place is None else self


class _Deck:
    """One open stream with the tape in it."""

    def __init__(
        self, tape: _Tape, clock: HostClock, device: str | int | None, order: _Order
    ) -> None:
        self.order = order
        self.span: tuple[int, int] | None = (
            None  # samples that are repeated, the end not included
        )
        self.beats = 0
        self.underruns = 0
        self.finished = False
        self._taken: _Order | None = None
        self._tape, self._clock = tape, clock
        self._place = 0
        self._fallen = 0  # samples of the order's fall
        self._begin, self._ahead_s = 0, 0.0
        self._blind = 0
        self._heard: Heard | None = None
        self._latency_s = LATENCY_S
        with ONE_AT_A_TIME:
            self._stream = _open_stream(device, tape.rate, self._fill)
        self._latency_s = float(self._stream.latency)

    @property
    def alive(self) -> bool:
        """False once PortAudio has stopped calling; it raises nothing then."""
        return bool(self._stream.active)

    @property
    def sounded_s(self) -> float:
        """Song second that left the speaker at the last beat."""
        return self._tape.song_s(self._begin) - self._ahead_s

    def heard_now(self) -> Heard | None:
        """Return the newest report made under the newest order."""
        return self._heard if self._taken is self.order else None

    def unfinished(self) -> _Order:
        """Return the order that lets another deck go on where this one fell silent."""
        order = self.order
        if self._taken is not order and order.place is not None:
            return order
        return _Order(
            place=self._tape.place(self.sounded_s) if order.playing else self._place,
            playing=order.playing,
        )

    def close(self) -> None:
        """Give the device back; as long as its server hangs, so does this."""
        with ONE_AT_A_TIME:
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)

    def _fill(self, out: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:  # noqa: ANN401 - cffi structs
        """Copy a slice and leave; the report says when that slice sounds."""
        now_s = self._clock.now()  # at once: PortAudio's own time base may be the wall clock
        order = self.order
        if order is not self._taken:
            self._heard = None
            sounded = self._taken is not None and self._taken.playing
            self._fallen = 0 if sounded else len(order.fall)
            self._place = self._place if order.place is None else order.place
            self._taken = order
        self.beats += 1
        if not order.playing:
            self._fade(out, order.fall[self._fallen : self._fallen + frames])
            return
        span, place = self.span, self._place
        begin = span[0] if span is not None and place == span[1] else place
        self._place = self._copy(out, begin)
        self.finished = self._place >= len(self._tape.samples)
        self.underruns += status.output_underflow
        self._report(begin, now_s, times.outputBufferDacTime - times.currentTime)

    def _copy(self, out: NDArray[np.float32], place: int) -> int:
        """Fill a block from a place of the tape on; return the place after it."""
        span, samples = self.span, self._tape.samples
        if span is not None and place <= span[1] < place + len(out):
            before = span[1] - place
            out[:before] = samples[place : span[1]]
            out, place = out[before:], span[0]
        part = samples[place : place + len(out)]
        out[: len(part)] = part
        out[len(part) :] = 0
        return place + len(out)

    def _fade(self, out: NDArray[np.float32], fall: NDArray[np.float32]) -> None:
        """Let what sounded go down to silence; the song's place is kept."""
        begin = self._place + self._fallen
        part = self._tape.samples[begin : begin + len(fall)]
        np.multiply(part, fall[: len(part)], out=out[: len(part)])
        out[len(part) :] = 0
        self._fallen += len(fall)

    def _report(self, begin: int, now_s: float, ahead_s: float) -> None:
        if ahead_s <= 0:  # the first block's time is 0; some Windows drivers never tell one
            self._blind += 1
            if self._blind < BLIND_BLOCKS:
                return
            ahead_s = self._latency_s
        else:
            self._blind = 0
        self._begin, self._ahead_s = begin, ahead_s
        self._heard = Heard(self._tape.song_s(begin), now_s + ahead_s)


def _open_stream(device: str | int | None, rate: int, fill: Callable[..., None]) -> Any:  # noqa: ANN401 - sounddevice has no types
    sd = portaudio()
    try:
        chosen = preferred_device(sd, "output") if device is None else device
        name = sd.query_devices(chosen, "output")["name"]
    except (sd.PortAudioError, ValueError) as why:
        raise no_device(sd, device, "output") from why
    try:
        stream = sd.OutputStream(
            samplerate=rate,
            channels=2,
            dtype="float32",
            device=chosen,
            latency=LATENCY_S,
            callback=fill,
            extra_settings=windows_settings(sd),
        )
        try:
            stream.start()
        except sd.PortAudioError:
            stream.close(ignore_errors=True)
            raise
    except sd.PortAudioError as why:
        log.info("%s: %s", name, why)
        sentence = _("The sound output {name} does not open.", name=name)
        remedy = _("Close other programs that use it, or choose another in the set-up.")
        raise SoundError(Cause.REFUSED, sentence, remedy) from why
    return stream
