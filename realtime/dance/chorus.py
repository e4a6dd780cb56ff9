"""The chorus of the song that is looked at, heard while it is."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.dance.effects import clicks_to_hear, count_to_hear
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Speaker
    from kpopdance.realtime.dance.effects import Opened
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.library.songpack import PackFacts

RESTED_S: Final = 0.4  # who looks at a song for so long may want to hear it
LONG_S: Final = 20.0
FADE_S: Final = 0.3  # in, and out: at the end, and where another song is chosen
LOUD: Final = 0.7
SETTLE_S: Final = 3.0  # longest wait for a device that is being closed


@dataclass(frozen=True, slots=True, eq=False)
class _Sounding:
    audio: Path
    speaker: Speaker
    length_s: float
    from_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """A sound of the game's own, to be heard for itself; ``audio`` is its name."""

    audio: Path
    opened: Callable[[Kit], Opened]


CLICKS: Final = Effect(Path("clicks"), clicks_to_hear)
COUNT: Final = Effect(Path("count"), count_to_hear)


class Chorus:
    """Opens, repeats and closes a song's sound beside the window; one song at a time.

    What cannot be read is not heard, and where there is no sound nothing is tried again.
    """

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._wanted: PackFacts | Effect | None = None
        self._since_s = 0.0
        self._sounding: _Sounding | None = None
        self._working: Future[_Sounding | None] | None = None
        self._hushing: Future[None] | None = None
        self._settling = threading.Lock()
        self._failed: Path | None = None
        self._begun_s = 0.0
        self._silent = kit.read_part is None or not kit.settings.preview_sound

    def look(self, song: PackFacts | Effect | None, now_s: float) -> None:
        """Hear a song that is looked at for a while; None: fall silent."""
        if song is not self._wanted:
            self._want(song, now_s)
        busy = not (_done(self._working) and _done(self._hushing))
        if self._silent or busy or not self._take(now_s):
            return
        wanted, now = None if song is None else song.audio, self._sounding
        if now is not None and now.audio != wanted:
            self._sounding, self._working = None, beside(lambda: _close(now))
        elif now is not None and now_s > self._begun_s + now.length_s:
            now.speaker.start(now.from_s)
            self._begun_s = now_s
        elif now is None and song is not None and self._asks(song, now_s):
            self._working = beside(lambda: self._open(song))

    def _want(self, song: PackFacts | Effect | None, now_s: float) -> None:
        """Turn to another song; the one before falls silent, unless it is only known better now."""
        before, self._wanted = self._wanted, song
        if song is None or before is None or song.audio != before.audio:
            self._since_s = now_s
            if self._sounding is not None:
                self._sounding.speaker.pause(FADE_S)

    def second(self, now_s: float) -> float | None:
        """Return how many seconds of it have sounded; None where nothing sounds."""
        heard = None if self._sounding is None else self._sounding.speaker.heard
        if heard is None or self._sounding is None:
            return None
        return min(max(heard.song_s + now_s - heard.at_s, 0.0), self._sounding.length_s)

    def hush(self) -> None:
        """Fall silent, and give the device back beside the window."""
        self._wanted = None
        if self._sounding is not None:
            self._sounding.speaker.pause(FADE_S)
        self._hushing = beside(self.settle)

    def anew(self) -> None:
        """Sound again, through the output and as loud as is set now."""
        self.hush()
        self._failed, self._silent = None, self._kit.read_part is None

    def settle(self) -> None:
        """Wait until the device is free; asked by who opens it, beside the window."""
        with self._settling:
            working, sounding = self._working, self._sounding
            self._working = self._sounding = None
            if working is not None:
                with suppress(TimeoutError):
                    sounding = working.result(SETTLE_S) or sounding
            if sounding is not None:
                _close(sounding)

    def _asks(self, song: PackFacts | Effect, now_s: float) -> bool:
        rested = now_s >= self._since_s + RESTED_S
        return rested and song.audio is not None and song.audio != self._failed

    def _take(self, now_s: float) -> bool:
        """Take what was opened beside; return whether anything can sound here."""
        opened = None if self._working is None else self._working.result()
        self._working = None
        if opened is None:
            return True
        if not opened.speaker.health.well:
            self._silent = True
            self._working = beside(lambda: _close(opened))
            return False
        self._sounding, self._begun_s = opened, now_s
        if self._wanted is not None and self._wanted.audio == opened.audio:
            opened.speaker.start(opened.from_s)
        return True

    def _open(self, song: PackFacts | Effect) -> _Sounding | None:
        if isinstance(song, Effect):
            speaker, from_s, length_s = song.opened(self._kit)
            return _Sounding(song.audio, speaker, length_s, from_s)
        audio, read = song.audio, self._kit.read_part
        assert audio is not None
        assert read is not None
        try:
            samples, rate = read(audio, song.preview_s, LONG_S)
            faded = faded_in_and_out(samples, rate)
            speaker = self._kit.open_speaker(faded, rate, 0.0, 60 / song.bpm)
        except (DanceError, OSError):
            self._failed = audio  # told when it is danced
            return None
        return _Sounding(audio, speaker, len(samples) / rate)


def faded_in_and_out(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return samples (N, 2) that come up from silence and go back to it."""
    second = np.arange(len(samples)) / rate
    loud = LOUD * np.clip(np.minimum(second, second[-1:] - second) / FADE_S, 0, 1)
    return (samples * loud[:, None]).astype(np.float32)


def _close(sounding: _Sounding) -> None:
    """Close what was paused, once the speaker has let it fade."""
    threading.Event().wait(FADE_S)
    sounding.speaker.close()


def _done(working: Future[_Sounding | None] | Future[None] | None) -> bool:
    return working is None or working.done()
