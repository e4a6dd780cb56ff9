"""The film and its sound played from anywhere: one place in the song, whoever moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from kpopdance.realtime.core.ports import Speaker
    from kpopdance.realtime.workshop.kit import WorkKit


class Player:
    """Knows which song second it is; ``at_s`` between 0 and the song's length.

    The sound is opened beside the window; until it is there, or where it cannot be, the film plays
    without it. What is wrong with it is ``trouble``.
    """

    def __init__(self, kit: WorkKit, sound: Path, length_s: float) -> None:
        self.length_s = length_s
        self.playing = False
        self.trouble = ""
        self._clock = kit.clock
        self._from_s = 0.0
        self._since_s = 0.0
        self._speaker: Speaker | None = None
        self._opening: Future[Speaker] | None = beside(
            lambda: kit.open_speaker(*kit.read_audio(sound))
        )

    @property
    def at_s(self) -> float:
        """The song second now."""
        if not self.playing:
            return self._from_s
        now_s = self._clock.now()
        heard = self._speaker.heard if self._speaker is not None else None
        if heard is not None:
            return min(max(heard.song_s + now_s - heard.at_s, 0.0), self.length_s)
        return min(self._from_s + now_s - self._since_s, self.length_s)

    def step(self) -> None:
        """Take the sound when it is open; stop at the song's end."""
        if self._opening is not None and self._opening.done():
            opening, self._opening = self._opening, None
            why = opening.exception()
            if why is None:
                self._speaker = opening.result()
            else:
                self.trouble = str(why)
        if self.playing and self.at_s >= self.length_s:
            self.pause()

    def play(self) -> None:
        """Go on from here, from the start where this is the end."""
        if self._from_s >= self.length_s - 0.05:
            self._from_s = 0.0
        self._since_s, self.playing = self._clock.now(), True
        if self._speaker is not None:
            self._speaker.start(self._from_s)

    def pause(self) -> None:
        """Stand still here."""
        self._from_s, self.playing = self.at_s, False
        if self._speaker is not None:
            self._speaker.pause()

    def go(self, to_s: float) -> None:
        """Go to a second; who plays, plays on there."""
        playing = self.playing
        self.pause()
        self._from_s = min(max(to_s, 0.0), self.length_s)
        if playing and self._from_s < self.length_s:
            self.play()

    def close(self) -> None:
        """Let go of the sound, also where it opens later."""
        self.playing = False
        if self._opening is not None:
            self._opening.add_done_callback(_closed)
        if self._speaker is not None:
            speaker = self._speaker
            beside(speaker.close)


def _closed(opening: Future[Speaker]) -> None:
    if opening.exception() is None:
        opening.result().close()
