"""The film and its sound played from anywhere: one place in the song, whoever moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from kpopdance.realtime.core.ports import Speaker
    from kpopdance.realtime.workshop.kit import WorkKit

GRAIN_S: Final = 0.12
"""Of the song, where one goes without playing: enough to hear a beat in, too short to drag behind."""


class Player:
    """Knows which song second it is; ``at_s`` between 0 and the song's length.

    The sound is opened beside the window; until it is there, or where it cannot be, the film plays
    without it.
    """

    def __init__(self, kit: WorkKit, sound: Path, length_s: float) -> None:
        self.length_s = length_s
        self.playing = False
        self._clock = kit.clock
        self._from_s = 0.0
        self._since_s = 0.0
        self._held = False
        self._wished_s: float | None = None
        self._grain_ends_s: float | None = None
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

    def step(self) -> str:
        """Take the sound when it is open, stop at the song's end; return what is wrong with it, once."""
        trouble = ""
        if self._opening is not None and self._opening.done():
            opening, self._opening = self._opening, None
            why = opening.exception()
            if why is None:
                self._speaker = opening.result()
            else:
                trouble = str(why)
        if self.playing and self.at_s >= self.length_s:
            self.pause()
        if self._speaker is not None:
            self._sound_grains(self._speaker)
        return trouble

    def play(self) -> None:
        """Go on from here, from the start where this is the end."""
        if self._from_s >= self.length_s - 0.05:
            self._from_s = 0.0
        self._since_s, self.playing = self._clock.now(), True
        self._wished_s = self._grain_ends_s = None
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
        if playing:
            self.pause()
        self._from_s = min(max(to_s, 0.0), self.length_s)
        if playing and self._from_s < self.length_s:
            self.play()

    def hear(self, at_s: float) -> None:
        """Let a grain of the song sound from a second, while nothing plays.

        Where one is sounding it comes to its end first; of several wishes the newest counts.
        """
        self._wished_s = None if self.playing or self._speaker is None else at_s

    def drag(self, to_s: float) -> None:
        """Go to a second and be heard there; who plays, plays on when it is let go of."""
        before_s = self.at_s
        if self.playing:
            self._held = True
            self.pause()
        self.go(to_s)
        if self._from_s != before_s:
            self.hear(self._from_s)

    def let_go(self) -> None:
        """Play on, if one did before it was dragged."""
        held, self._held = self._held, False
        if held:
            self.play()

    def _sound_grains(self, speaker: Speaker) -> None:
        """Begin the grain that is wished for, and end the one that has sounded."""
        ends_s, now_s = self._grain_ends_s, self._clock.now()
        if self.playing or (ends_s is not None and now_s < ends_s):
            return
        wished_s, self._wished_s = self._wished_s, None
        if wished_s is not None:
            speaker.start(wished_s)
            self._grain_ends_s = now_s + GRAIN_S
        elif ends_s is not None:
            speaker.pause()
            self._grain_ends_s = None

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
