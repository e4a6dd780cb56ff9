"""What the pages of the game share: devices, songs, how somebody dances now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.dance.changes import Changes
from kpopdance.realtime.dance.chorus import Chorus
from kpopdance.realtime.dance.on_air import OnAir
from kpopdance.realtime.dance.preparing import Preparing
from kpopdance.realtime.dance.stage_alone import StageAlone
from kpopdance.realtime.library.own_languages import speak_in
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import PackFacts, SongPack
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Speaker, StageWindow
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.dance.ghost_dance import GhostDance
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.dance.opening import Opened, Opening
    from kpopdance.realtime.dance.performance import Outcome, Performance
    from kpopdance.realtime.dance.reel_recording import ReelRecording
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.settings_writer import Value
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.shell.pages import Page
    from kpopdance.realtime.shell.songs import Songs

SETTLE_S: Final = 10.0  # longest wait at the end for a camera that does not open
DEMO: Final = N_("A demo: a drawn dancer or a video dances for you. No score is kept.")


class Game:
    """What the pages of the game share.

    ``quiz`` returns the first page of a quiz in front of a page; ``studio`` leads to the pages that
    make songs; ``database`` is the store on the disk, whoever plays; ``ghost`` dances beside the player
    until they are back among the songs; ``stage`` shows the dance alone in a window of its own, if any.
    """

    def __init__(
        self, kit: Kit, songs: Songs, quiz: Callable[[Page], Page] | None = None,
        studio: Callable[[Backdrop, Page, Callable[[Path], Page]], Studio] | None = None,
        stage: StageWindow | None = None,
    ) -> None:  # fmt: skip
        self.preparing = Preparing(kit.read_audio)
        self.chorus = Chorus(kit)

        def open_speaker(
            samples: NDArray[np.float32], rate: int, count_in_s: float, beat_s: float
        ) -> Speaker:
            self.chorus.settle()  # some devices sound for one at a time
            return kit.open_speaker(samples, rate, count_in_s, beat_s)

        self.kit = replace(kit, read_audio=self.preparing.sound_of, open_speaker=open_speaker)
        self.database = kit.store
        self.songs, self.quiz, self.studio = songs, quiz, studio
        self.backdrop = Backdrop(Theme())
        self.backdrop.theme.calm = kit.settings.calm
        self.mirror, self.coach = kit.settings.mirror, kit.settings.coach
        self.everybody = False
        self.film_troubles: set[str] = set()
        self.terms = kit.settings.terms
        self.turned: set[str] = set()
        self.told: tuple[str, ...] = ()
        self.missing = kit.settings.missing_libraries
        self.outcomes: list[Outcome] = []
        self.performing: Performance | None = None
        self.ghost: GhostDance | None = None
        self.on_air = OnAir(kit.settings.on_air_folder)
        self.stage = StageAlone(stage)
        self.changes = Changes(None if kit.fitting is None else kit.fitting.keep)
        self.given_up: Opening[Opened] | None = None

    def load(self, song: PackFacts | SongPack) -> SongPack:
        """Return a song with its choreography; the list's own ones are kept for a while."""
        if isinstance(song, SongPack) and song.excerpts:
            return song  # it lies in memory alone
        listed = self.songs.found.get(song.slug)
        if isinstance(listed, PackFacts) and listed.folder == song.folder:
            return self.songs.load(song.slug)
        return load_pack(song.folder)

    def settle(self) -> None:
        """Wait until nothing is being opened any more, so that the devices can be shut."""
        self.preparing.settle()
        self.chorus.settle()
        self.changes.settle()
        self.on_air.end()
        if self.given_up is not None:
            self.given_up.wait(SETTLE_S)

    def terms_of(self, slug: str) -> Terms:
        """Return on which terms a song is danced now: beside a ghost, on those it was danced on."""
        if self.ghost is not None and self.ghost.slug == slug:
            return self.ghost.terms
        turned = slug in self.turned
        return (
            self.terms
            if turned == self.terms.mirrored
            else replace(self.terms, mirrored=turned)
        )

    def turn_camera(self) -> bool:
        """Turn to the next camera there is; return whether there is a choice."""
        turn = self.kit.turn_camera
        if turn is None:
            return False
        self.kit = replace(self.kit, keeps_scores=turn())
        self.told = () if self.kit.keeps_scores else (_(DEMO),)
        return True

    def play_as(self, store: Store) -> None:
        """Keep what is danced from now on in a store: another player's, or a guest's."""
        self.kit = replace(self.kit, store=store)

    def refit(self, settings: Settings) -> None:
        """See, film and sound from now on as other settings want it."""
        kit = replace(self.kit, settings=settings)
        self.kit = kit if kit.refit is None else kit.refit(self.kit, settings)

    def change(self, changes: Mapping[str, Value]) -> None:
        """Take other settings at once; ``changes.write`` writes them.

        Raises
        ------
        SettingsError
            Where a value is none of ours; then nothing is changed.
        """
        before, told = self.kit.settings, dict[str, Any](changes)
        settings = replace(before, **told)
        if settings.language != before.language:
            speak_in(settings.language)
        self.refit(settings)
        self.changes.take(changes)
        self.mirror = told.get("mirror", self.mirror)
        self.coach = told.get("coach", self.coach)
        self.backdrop.theme.calm = settings.calm
        if settings.terms != before.terms:
            self.terms = settings.terms
        if settings.camera != before.camera:
            self.told = () if self.kit.keeps_scores else (_(DEMO),)

    def keep_pictures(self, recording: ReelRecording) -> None:
        """Keep the players' pictures from this dance on, if they can be; or no longer."""
        if recording.possible:
            recording.wanted = not recording.wanted
            self.change({"reel": recording.wanted})
            self.changes.write()

    def turn(self, slug: str) -> None:
        """Dance the mirror image of a song, or no longer."""
        self.turned ^= {slug}


class Studio(Protocol):
    """Leads to the pages that make songs and correct them."""

    def films(self) -> Page:
        """Return the page that lists films."""

    def film(self, path: Path) -> Page:
        """Return the page that makes a song of a film."""

    def song(self, pack: Path) -> Page:
        """Return the page that corrects a song."""


def after(names: Iterable[str], now: str) -> str:
    """Return the name after ``now``, the first after the last."""
    known = list(names)
    return known[(known.index(now) + 1) % len(known)]
