"""One song danced: its devices opened, the dance, and what it left."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _
from kpopdance.realtime.core.terms import USUAL, Terms
from kpopdance.realtime.dance.coach_film import opened
from kpopdance.realtime.dance.foresight import foreseen, look_s_of, watched_for
from kpopdance.realtime.dance.in_use import player_lag_ms
from kpopdance.realtime.dance.loop import DanceSession, count_in_s
from kpopdance.realtime.dance.reel_recording import ReelRecording
from kpopdance.realtime.dance.song_sound import sound_of
from kpopdance.realtime.library.medley import songs_of
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.replay import Replay, beats_key, dance_key
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.pose.looks import looks_in_words
from kpopdance.realtime.pose.watcher import PlayerWatcher
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.standard import untold
from kpopdance.realtime.shell.beside import FailureNotice, warmed

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.core.ports import Camera, Speaker
    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.dance.coach_film import CoachFilm
    from kpopdance.realtime.dance.dancer import Dancer
    from kpopdance.realtime.dance.keeping import Keeping
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.dance.reel_recording import Filmed
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.pose.watcher import Watcher
    from kpopdance.realtime.scoring.standard import Told
    from kpopdance.realtime.screens.view import DanceView

STEP_BACK_S: Final = 4.0  # from the keyboard to the place where one dances
SILENCE_S: Final = 2.0  # after the music, so that the song clock outlives the last move


@dataclass(slots=True, eq=False)
class Outcome:
    """What one dance left: its report and timings in s; ``underruns`` of the sound.

    ``replay`` is what the settings want to be kept of it, until that is done; ``saving`` tells what was
    stored of all this; ``face`` is a picture of the player, kept if they want it; ``track`` what they
    danced, px, and ``filmed`` their pictures, if they said so before, until a page has shown it;
    ``health`` is what was the matter with the devices meanwhile, ``foreseen`` before; ``lag_ms`` was
    taken off how late it was.
    """

    report: Report
    took_s: list[float] = field(default_factory=list)
    frame_s: list[float] = field(default_factory=list)
    underruns: int = 0
    camera: str = ""
    replay: Replay | None = None
    saving: Future[Keeping] | None = None
    face: bytes = b""
    track: PoseTrack | None = None
    filmed: Future[Filmed | None] | None = None
    health: tuple[Health, ...] = ()
    foreseen: tuple[Health, ...] = ()
    lag_ms: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """One song with its devices, all open.

    ``dance`` is the key of the song's own choreography, ``look_s`` what the quickest look takes,
    ``foreseen`` why it will be looked at too seldom, as things were when it was opened; ``lag_ms`` is
    taken off how late the dance is; ``recording`` keeps the player's pictures if they want it; ``film``
    is the song's own, and ``film_trouble`` why it cannot be shown, if so.
    """

    kit: Kit
    song: SongPack
    terms: Terms
    dance: str
    camera: Camera
    watcher: Watcher
    speaker: Speaker
    session: DanceSession
    notice: FailureNotice
    look_s: float
    foreseen: tuple[Health, ...]
    recording: ReelRecording
    lag_ms: float = 0.0
    film: CoachFilm | None = None
    film_trouble: str = ""

    def foresee(self) -> tuple[Health, ...]:
        """Return why this dance will be looked at too seldom, as things are now."""
        return foreseen(self.camera.state(), self.look_s)

    @property
    def status(self) -> str:
        """The small print: network, what the camera gives, its name, what it was asked, runtime."""
        return status_of(self.kit, self.camera, self.watcher)

    def view(self, *, mirror: bool, coach: str = "video", everybody: bool = False) -> DanceView:
        """Return what to show now; ``coach`` is one of ``COACHES``, if the song has a film."""
        view = self.session.view(mirror=mirror, status=self.status)
        shown = None
        if self.film is not None and coach != "drawn":
            shown = self.film.view(view.song_s, everybody=everybody, skeleton=coach == "both")
        trouble = filter(None, (self.recording.trouble,))
        notices = (*self.notice.words(), *trouble)
        return replace(view, notices=notices, film=shown, has_film=self.film is not None)

    def begin(self, step_back_s: float | None = None) -> None:
        """Begin to dance after so many seconds, None: as many as it takes from the keyboard.

        A drawn dancer, or one in a video, has none to step back from.
        """
        usual_s = STEP_BACK_S if self.kit.keeps_scores else 0.0
        self.recording.begin()
        self.session.begin(usual_s if step_back_s is None else step_back_s)

    def close(self) -> None:
        """Stop everything."""
        self.recording.close()
        self.session.stop()
        self.speaker.close()
        if self.film is not None:
            self.film.close()
        self.kit.close_camera(self.camera)

    def outcome(self, frame_s: list[float]) -> Outcome:
        """End the dance and return what it left, not stored yet."""
        session = self.session
        filmed = self.recording.finish()
        report = session.finish()
        settings = self.kit.settings
        replay = None
        if settings.replay_folder is not None or settings.board_folder is not None:
            replay = replay_of(self, session.dancers[0], self.dance, report.score)
        took_s, underruns = session.took_s, self.speaker.underruns
        return Outcome(
            report, took_s, frame_s, underruns, self.status, replay, health=session.troubles,
            foreseen=self.foreseen, lag_ms=self.lag_ms, track=session.track, filmed=filmed,
        )  # fmt: skip


def replay_of(performance: Performance, dancer: Dancer, dance: str, score: float) -> Replay:
    """Return what is kept of what somebody danced to a choreography, of which ``dance`` is the key."""
    kit, standard = performance.kit, dancer.judge.standard
    return Replay(
        dancer.track.at_s.copy(), dancer.track.joints.copy(),
        np.array(dancer.judged_at, dtype=np.int64),
        np.array(dancer.judge.faults, dtype=np.float64).reshape(-1, 2), performance.song.slug,
        dance, kit.version, kit.eyes.name,
        score, performance.lag_ms / 1000, **asdict(standard.terms),
        beats=beats_key(performance.song), songs=songs_of(performance.song),
    )  # fmt: skip


def watcher_of(kit: Kit) -> PlayerWatcher:
    """Return what follows a player with the kit's networks."""
    return PlayerWatcher(
        kit.eyes, crop_px=kit.settings.crop_px, now=kit.clock.now,
        budget_s=1 / kit.settings.camera_fps,
    )  # fmt: skip


def status_of(kit: Kit, camera: Camera, watcher: Watcher) -> str:
    """Return the small print of who looks at what, see ``Performance.status``."""
    state = camera.state()
    size = f"{state.size[0]}x{state.size[1]}" if state.size else _("no picture yet")
    got = _("{size} at {fps:.0f}", size=size, fps=state.fps) if state.fps else size
    asked = () if got == state.asked else (_("asked {asked}", asked=state.asked),)
    looks = looks_in_words(watcher.looks)
    return " · ".join((looks, got, state.name, *asked, kit.eyes.runtime))


def ready_watcher(kit: Kit, camera: Camera) -> PlayerWatcher:
    """Return what follows a player, prepared for a camera that was just opened.

    Raises
    ------
    DanceError
        Where it gives no picture: that is said before the dance, not after it.
    """
    watcher = watcher_of(kit)
    made_ready(watcher, kit, camera)
    return watcher


def made_ready(watcher: Watcher, kit: Kit, camera: Camera) -> None:
    """Prepare a watcher for a camera that was just opened; raises as ``ready_watcher`` does."""
    warmed(watcher, camera, kit.warmth)
    health = camera.state().health
    if health.no_picture:
        raise DanceError(health.words)


def open_performance(
    kit: Kit, song: SongPack, terms: Terms = USUAL, told: Told = untold
) -> Performance:
    """Load music, standard and network, and open the devices; this takes a second or two.

    ``told`` hears how much of the standard is there, 0..1; where it raises, nothing is opened.

    Raises
    ------
    DanceError
        Where the music or the camera cannot be opened.
    """
    danced = as_danced(song, terms)
    standard = standard_of(danced, terms, told)

    def session(
        lag_s: float, camera: Camera, watcher: Watcher, speaker: Speaker
    ) -> DanceSession:
        judge = Judge(standard, player_lag_s=lag_s)
        return DanceSession(
            danced, judge, camera=camera, watcher=watcher, speaker=speaker, clock=kit.clock
        )

    return opened_with(
        kit, song, terms, told, lambda camera: ready_watcher(kit, camera), session
    )


def opened_with(
    kit: Kit, song: SongPack, terms: Terms, told: Told, looking: Callable[[Camera], Watcher],
    session_of: Callable[[float, Camera, Watcher, Speaker], DanceSession],
) -> Performance:  # fmt: skip
    """Load the music, and open the devices for what is danced with them; see ``open_performance``.

    ``looking`` returns what follows the players, ready for a camera; ``session_of`` what is danced,
    of how late the devices make one seem, in s, and the devices.
    """
    danced = as_danced(song, terms)
    samples, rate = sound_of(kit, song)
    told(1.0)
    rest = np.zeros((round(SILENCE_S * rate), 2), dtype=np.float32)
    playing: list[DanceSession] = []
    notice = FailureNotice(kit.eyes, kit.clock)
    camera = kit.open_camera(danced, lambda: playing[0].song_now() if playing else None)
    try:
        watcher = looking(camera)
        if kit.keeps_scores:
            watched_for(camera, kit.clock, lambda: told(1.0))
        look_s = look_s_of(watcher, camera.state().size)
        beat_s = 60 / song.tempo.bpm_at(0.0)
        speaker = kit.open_speaker(
            np.concatenate([samples, rest]), rate, count_in_s(song), beat_s
        )
    except BaseException:
        kit.close_camera(camera)
        raise
    lag_ms = player_lag_ms(kit)
    session = session_of(lag_ms / 1000, camera, watcher, speaker)
    playing.append(session)
    dance = dance_key(song.members[song.lead])
    recording = ReelRecording(
        camera, session.song_of, kit.keep_pictures, wanted=kit.settings.reel
    )
    return Performance(
        kit, danced, terms, dance, camera, watcher, speaker, session, notice, look_s,
        foreseen(camera.state(), look_s), recording, lag_ms, *opened(song, terms, kit.open_film),
    )  # fmt: skip
