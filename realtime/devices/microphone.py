"""The microphone: what it hears, stamped with the host second at which it was heard.

PortAudio's callback copies a block and leaves. Its stamps are what the system says of its own
delay; what a microphone delays beyond that (Bluetooth, echo cancelling) nobody reports.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.core.types import Sound
from kpopdance.realtime.devices.sound_system import (
    CLOSE_S,
    ONE_AT_A_TIME,
    OPEN_S,
    Errand,
    SoundError,
    no_device,
    portaudio,
    preferred_device,
    server_hangs,
    windows_settings,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import HostClock

log = logging.getLogger(__name__)

BLOCKS_KEPT: Final = 4096  # 40 s of 10 ms: who does not ask for so long hears the newest
STEADIED: Final = 64  # stamps jitter by some ms from block to block: their median does not
JUMP_S: Final = 0.05  # beyond that samples were lost
QUIET_S: Final = 1.0  # an open microphone calls a hundred times meanwhile
LOST: Final = Health(
    "sound", Cause.LOST, N_("The microphone is lost."), N_("Look whether its cable is loose.")
)


class SystemMicrophone:
    """A microphone, listened to at once; fulfils the Microphone port.

    ``device`` is part of its name, None: the system's choice.

    Raises
    ------
    SoundError
        Where there is none, or it does not open.
    """

    def __init__(self, clock: HostClock, device: str | None = None) -> None:
        self._clock, self._device = clock, device
        self._blocks: deque[tuple[float, NDArray[np.float32]]] = deque(maxlen=BLOCKS_KEPT)
        self._stamps = _Stamps()
        self._called_s = clock.now()
        self._wanted = True
        opening = Errand(self._open)
        if not opening.wait(OPEN_S):
            self._wanted = False  # should it open after all, it is closed at once
            raise server_hangs()
        self._stream = opening.result()

    @property
    def health(self) -> Health:
        """How it is doing; one that is lost stops calling, without a word."""
        quiet_s = self._clock.now() - self._called_s
        return LOST if quiet_s > QUIET_S or not self._stream.active else Health("sound")

    def heard(self) -> list[Sound]:
        """Return what it heard since it was last asked, oldest first."""
        sounds = []
        while self._blocks:
            at_s, samples = self._blocks.popleft()
            begin_s = self._stamps.steadied(at_s, len(samples) / self._rate)
            sounds.append(Sound(samples, begin_s, self._rate))
        return sounds

    def close(self) -> None:
        """Give the device back; one that hangs is left."""
        if not Errand(self._close).wait(CLOSE_S):
            log.warning("the microphone hangs; leaving it without goodbye")

    def _open(self) -> Any:  # noqa: ANN401 - sounddevice has no types
        with ONE_AT_A_TIME:
            sd = portaudio()
            try:
                chosen = self._device or preferred_device(sd, "input")
                about = sd.query_devices(chosen, "input")
            except (sd.PortAudioError, ValueError) as why:
                raise no_device(sd, self._device, "input") from why
            self._rate = round(about["default_samplerate"])
            try:
                stream = sd.InputStream(
                    samplerate=self._rate, channels=1, dtype="float32", device=chosen,
                    latency="low", callback=self._take, extra_settings=windows_settings(sd),
                )  # fmt: skip
                stream.start() if self._wanted else stream.close()
            except sd.PortAudioError as why:
                log.info("%s: %s", about["name"], why)
                sentence = _("The microphone {name} does not open.", name=about["name"])
                remedy = _(
                    "Allow programs to use it, or measure with both arms before the camera."
                )
                raise SoundError(Cause.REFUSED, sentence, remedy) from why
            return stream

    def _close(self) -> None:
        with ONE_AT_A_TIME:
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)

    def _take(self, block: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:  # noqa: ANN401 - cffi structs
        """Copy a block and leave; its stamp is when its first sample was heard."""
        now_s = self._clock.now()  # at once: PortAudio's own time base may be the wall clock
        self._called_s = now_s
        ago_s = times.currentTime - times.inputBufferAdcTime
        if ago_s <= 0:  # not told: no sample comes before it was heard
            ago_s = frames / self._rate
        self._blocks.append((now_s - ago_s, block[:, 0].copy()))


class _Stamps:
    """Makes one steady line of blocks' stamps: their samples follow each other without a gap."""

    def __init__(self) -> None:
        self._length_s = 0.0
        self._begins: deque[float] = deque(maxlen=STEADIED)

    def steadied(self, at_s: float, length_s: float) -> float:
        """Return the host second of a block's first sample."""
        begin_s = at_s - self._length_s
        if self._begins and abs(begin_s - float(np.median(self._begins))) > JUMP_S:
            self._begins.clear()
        self._begins.append(begin_s)
        steady_s = float(np.median(self._begins)) + self._length_s
        self._length_s += length_s
        return steady_s
