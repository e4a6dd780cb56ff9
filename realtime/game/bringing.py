"""A shared song that was dropped on the song list, and the sound that it may still need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.library.shared_pack import WithoutSoundError
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Message, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kpopdance.engines.errors import DanceError
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.shell.pages import Page
    from kpopdance.realtime.studio.bringing import Brought

    Bring = Callable[[Path, Path | None], Brought]
    """The shared song, the player's file of it."""

BRINGING: Final = N_("A new song")
SOUND: Final = N_("Which song is it?")
ASKED: Final = N_(
    "{title} comes without its sound, as most songs belong to somebody else, and nothing "
    "in your music folder is the same recording.\n\nDrop your own file of the song here: "
    "mp3, m4a, ogg, flac, wav, or a video."
)


class BringingPage(Waiting["Brought"]):
    """Brings a song into the library; asks for its sound where that is not found."""

    heading = N_("This song cannot be taken")

    def __init__(
        self, backdrop: Backdrop, bring: Bring, files: tuple[Path, Path | None],
        then: Callable[[Brought], Page | None], back: Page,
    ) -> None:  # fmt: skip
        path, audio = files
        words = (BRINGING, _("{file} is being listened to ...", file=(audio or path).name))
        coming = beside(lambda: bring(path, audio))
        super().__init__(backdrop, words, coming, then, back)
        self._backdrop, self._bring, self._path = backdrop, bring, path

    def failed(self, why: DanceError) -> Page | None:
        """Ask for the sound where that is all that lacks."""
        if isinstance(why, WithoutSoundError):
            return SoundPage(self, why)
        return super().failed(why)

    def with_sound(self, audio: Path) -> BringingPage:
        """Try again with a file of the player's."""
        assert self.back is not None
        files = (self._path, audio)
        return BringingPage(self._backdrop, self._bring, files, self._then, self.back)


class SoundPage(Message):
    """Waits for the player's own file of a song."""

    def __init__(self, bringing: BringingPage, why: WithoutSoundError) -> None:
        super().__init__(
            bringing.screen.backdrop, (SOUND, _(ASKED, title=why.title)), bringing.back
        )
        self._bringing = bringing

    def dropped(self, path: Path) -> Page | None:
        """Listen to the file that was dropped."""
        return self._bringing.with_sound(path)
