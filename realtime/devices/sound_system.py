"""PortAudio: which sound devices there are, and what may hang asked beside."""

from __future__ import annotations

import logging
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.devices.sound_server import speaker_behind

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

log = logging.getLogger(__name__)
T = TypeVar("T")
Kind = Literal["input", "output"]

OPEN_S = 3.0  # longest wait for a device at the start
CLOSE_S = 0.8  # longest wait for each of two steps of closing
MOST_NAMES = 4
CALLED: Final[dict[Kind, tuple[str, str]]] = {
    "output": (N_("sound output"), N_("plug in speakers or headphones.")),
    "input": ("microphone", N_("plug one in, or measure with both arms before the camera.")),
}
"""What each is called, and what to do where there is none."""
NONE: Final[dict[Kind, str]] = {
    "output": N_("There is no sound output."), "input": N_("There is no microphone."),
}  # fmt: skip
ONE_AT_A_TIME = threading.Lock()
"""PortAudio is not made for two threads: an errand that was left behind comes first."""
APT_HINT = N_("On Debian and Ubuntu: apt-get install libportaudio2 libasound2-plugins")


class SoundError(DanceError):
    """No sound can be played; ``health`` says why."""

    def __init__(self, cause: Cause, sentence: str, remedy: str) -> None:
        self.health = Health("sound", cause, sentence, remedy)
        super().__init__(self.health.words)


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """One output, or microphone, that can be named: ``number`` is what PortAudio calls it."""

    number: int
    name: str
    system: str
    channels: int
    is_default: bool


def list_sound_devices(kind: Kind = "output") -> list[SoundDevice]:
    """Return every output, or input, PortAudio sees; raises SoundError where there is no PortAudio."""
    with ONE_AT_A_TIME:
        return _listed(portaudio(), kind)


def _listed(sd: ModuleType, kind: Kind) -> list[SoundDevice]:
    preferred = preferred_device(sd, kind)
    channels = f"max_{kind}_channels"
    systems = sd.query_hostapis()
    return [
        SoundDevice(
            number=entry["index"],
            name=entry["name"],
            system=systems[entry["hostapi"]]["name"],
            channels=entry[channels],
            is_default=entry["index"] == preferred,
        )
        for entry in sd.query_devices()
        if entry[channels] > 0
    ]


def output_name(device: str | int | None = None) -> str:
    """Return what the output is called that would play now; empty where there is none."""
    looking = Errand(lambda: _named(device))
    return looking.result() if looking.wait(OPEN_S) and not looking.failed else ""


def _named(device: str | int | None) -> str:
    with ONE_AT_A_TIME:
        sd = portaudio()
        chosen = preferred_device(sd, "output") if device is None else device
        name = str(sd.query_devices(chosen, "output")["name"])
    return speaker_behind(name)


def no_device(sd: ModuleType, device: str | int | None, kind: Kind) -> SoundError:
    """Return what to say where there is no such output or input."""
    called, plug_in = map(_, CALLED[kind])
    if device is None:
        return SoundError(
            Cause.NEVER_OPENED, _(NONE[kind]), f"{plug_in[0].upper()}{plug_in[1:]}"
        )
    names = [one.name for one in _listed(sd, kind)]
    there = _(
        "There are: {names}. Choose one of them in the set-up.",
        names=", ".join(names[:MOST_NAMES]),
    )
    sentence = _("There is no single {kind} called {device!r}.", kind=called, device=device)
    remedy = there if names else _("There is none at all: {remedy}", remedy=plug_in)
    return SoundError(Cause.NEVER_OPENED, sentence, remedy)


def server_hangs() -> SoundError:
    """Return what to say where the sound system does not answer."""
    return SoundError(
        Cause.HANGS, _("The sound system has not answered for {s:.0f} s.", s=OPEN_S),
        _("Restart it, or choose another output in the set-up."),
    )  # fmt: skip


def preferred_device(sd: ModuleType, kind: Kind) -> int | None:
    """Return the system's device; on Windows WASAPI's, the only one that tells usable times."""
    if sys.platform == "win32":
        for system in sd.query_hostapis():
            if "WASAPI" in system["name"] and system[f"default_{kind}_device"] >= 0:
                return int(system[f"default_{kind}_device"])
    number = int(sd.default.device[0 if kind == "input" else 1])
    return number if number >= 0 else None


def windows_settings(sd: ModuleType) -> Any:  # noqa: ANN401 - sounddevice has no types
    """Return what lets WASAPI play any sample rate; None elsewhere."""
    return sd.WasapiSettings(auto_convert=True) if sys.platform == "win32" else None


def portaudio() -> ModuleType:
    """Return sounddevice, loaded now; its absence is an answer, not an accident."""
    try:
        import sounddevice
    except (ImportError, OSError) as why:  # OSError: the PortAudio library itself is missing
        log.info("PortAudio: %s", why)
        sentence = _("There is no sound: a part of it, PortAudio, is not installed.")
        raise SoundError(Cause.NEVER_OPENED, sentence, APT_HINT) from why
    module: ModuleType = sounddevice
    return module


class Errand(Generic[T]):
    """A call that may block for long, on a thread that is left behind if it does."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._value: T | None = None
        self._error: Exception | None = None
        self._done = threading.Event()
        threading.Thread(target=self._run, name="sound errand", daemon=True).start()

    def wait(self, timeout_s: float) -> bool:
        """Return whether it is done, at the latest after the timeout."""
        return self._done.wait(timeout_s)

    @property
    def failed(self) -> bool:
        """Whether it raised."""
        return self._error is not None

    def result(self) -> T:
        """Return what the call returned, or raise what it raised."""
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]  # done without error: it is a T

    def _run(self) -> None:
        try:
            self._value = self._call()
        except Exception as why:  # noqa: BLE001 - raised again in `result`, on the caller's thread
            self._error = why
        finally:
            self._done.set()
