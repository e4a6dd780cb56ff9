"""One song danced: its devices opened, the dance, and what it left; with a window or without."""

from __future__ import annotations

import logging
import threading
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.terms import USUAL, Terms
from kpopdance.realtime.game.loop import DanceSession, count_in_s
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.replay import Replay, dance_key, save_replay
from kpopdance.realtime.library.songpack import SongPack, SongPackError
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.pose.watcher import Watcher, looks_in_words
from kpopdance.realtime.scoring.judge import Judge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.ports import Camera, HostClock, Speaker
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.screens.view import DanceView

log = logging.getLogger(__name__)

SILENCE_S: Final = 2.0  # after the music, so that the song clock outlives the last move
FIRST_FRAME_S: Final = 5.0
TICK_S: Final = 1 / 60
NOTICE_S: Final = 8.0  # how long the screen tells that the networks run elsewhere now
STANDSTILL_S: Final = 30.0  # nobody sees that the sound is lost: give up


@dataclass(frozen=True, slots=True, eq=False)
class Kit:
    """The devices of a game, ready to use.

    ``open_camera`` takes the song and a function that tells its second (None: not playing);
    ``close_camera`` gives one back; ``open_speaker`` takes samples float32 (N, 2), their rate,
    and the seconds of count-in and of a beat; ``read_audio`` returns samples and rate; ``close``
    gives up what stayed open between songs; ``keeps_scores`` where a
    player dances, no drawn dancer and no video; ``news`` tells what takes long while loading.
    """

    eyes: Eyes
    clock: HostClock
    settings: Settings
    scores: Path
    lags: Path
    open_camera: Callable[[SongPack, Callable[[], float | None]], Camera]
    close_camera: Callable[[Camera], None]
    open_speaker: Callable[[NDArray[np.float32], int, float, float], Speaker]
    read_audio: Callable[[Path], tuple[NDArray[np.float32], int]]
    close: Callable[[], None] = lambda: None
    keeps_scores: bool = True
    news: Callable[[], str] = lambda: ""
    version: str = ""


@dataclass(slots=True, eq=False)
class Outcome:
    """What one dance left: its report and timings in s; ``underruns`` of the sound."""

    report: Report
    took_s: list[float] = field(default_factory=list)
    frame_s: list[float] = field(default_factory=list)
    underruns: int | None = None
    camera: str = ""


class Performance:
    """One song with its devices: opened, danced, closed."""

    def __init__(self, kit: Kit, song: SongPack, terms: Terms = USUAL) -> None:
        """Load music, standard and network; this takes a second or two.

        Raises
        ------
        DanceError
            Where the music or the camera cannot be opened.
        """
        self.kit, self.terms = kit, terms
        self.song = as_danced(song, terms)
        self.standard = standard_of(self.song, terms)
        self._dance = dance_key(song.members[song.lead])
        if song.audio is None:
            raise SongPackError(f"{song.folder}: has no audio to dance to")
        samples, rate = kit.read_audio(song.audio)
        rest = np.zeros((round(SILENCE_S * rate), 2), dtype=np.float32)
        beat_s = 60 / song.bpm
        self.session: DanceSession | None = None
        self._failed_s = np.inf
        self._failed_before = bool(kit.eyes.failure)
        self.camera = kit.open_camera(self.song, self._song_now)
        try:
            self.watcher = self._watcher()
            self.speaker = kit.open_speaker(
                np.concatenate([samples, rest]), rate, count_in_s(song), beat_s
            )
        except BaseException:
            kit.close_camera(self.camera)
            raise
        judge = Judge(self.standard, player_lag_s=kit.settings.player_lag_ms / 1000)
        self.session = DanceSession(
            self.song, judge, camera=self.camera,
            watcher=self.watcher,
            speaker=self.speaker, clock=kit.clock,
        )  # fmt: skip

    @property
    def status(self) -> str:
        """The small print: network, runtime, camera asked and got."""
        state = self.camera.state()
        size = f"{state.size[0]}x{state.size[1]}" if state.size else "no picture yet"
        rate = f" at {state.fps:.0f}" if state.fps else ""
        eyes = self.kit.eyes
        return (
            f"{looks_in_words(self.watcher.looks)} · {eyes.runtime} · camera {state.name}: "
            f"asked {state.asked}, got {size}{rate}"
        )

    def view(self, *, mirror: bool) -> DanceView:
        """Return what to show now."""
        assert self.session is not None
        view = self.session.view(mirror=mirror, status=self.status)
        eyes, now = self.kit.eyes, self.kit.clock.now()
        if not eyes.failure or self._failed_before:
            return view
        self._failed_s = min(self._failed_s, now)
        if now - self._failed_s > NOTICE_S:
            return view
        told = f"Going on with {eyes.runtime.partition(',')[0]}: {eyes.failure}"
        return replace(view, notices=(*view.notices, told))

    def close(self) -> None:
        """Stop everything."""
        if self.session is not None:
            self.session.stop()
        self.speaker.close()
        self.kit.close_camera(self.camera)

    def outcome(self, frame_s: list[float]) -> Outcome:
        """End the dance and return what it left."""
        assert self.session is not None
        report = self.session.finish()
        underruns = getattr(self.speaker, "underruns", None)
        self._keep_replay(report)
        return Outcome(report, self.session.took_s, frame_s, underruns, self.status)

    def _keep_replay(self, report: Report) -> None:
        """Save the dance where the settings want replays; a full disk only takes the replay."""
        folder, session = self.kit.settings.replay_folder, self.session
        if folder is None or session is None:
            return
        song, track = self.song, session.track
        replay = Replay(
            track.at_s.copy(), track.joints.copy(), np.array(session.judged_at, dtype=np.int64),
            np.array(session.faults, dtype=np.float64).reshape(-1, 2), song.slug,
            self._dance, self.kit.version, self.kit.eyes.name,
            report.score, self.kit.settings.player_lag_ms / 1000, **asdict(self.terms),
        )  # fmt: skip
        try:
            folder.mkdir(parents=True, exist_ok=True)
            save_replay(free_name(folder, song.slug), replay)
        except OSError as why:
            log.warning("%s: the replay cannot be kept (%s)", folder, why)

    def _song_now(self) -> float | None:
        return None if self.session is None else self.session.song_now()

    def _watcher(self) -> Watcher:
        """Return the watcher, its networks prepared before the music starts."""
        kit = self.kit
        watcher = Watcher(
            kit.eyes, crop_px=kit.settings.crop_px, now=kit.clock.now,
            budget_s=1 / kit.settings.camera_fps,
        )  # fmt: skip
        frame = self.camera.newest(FIRST_FRAME_S)
        watcher.warm_up(np.zeros((480, 640, 3), np.uint8) if frame is None else frame.image)
        return watcher


def dance_unseen(
    performance: Performance, on_view: Callable[[DanceView], None] = lambda _: None
) -> Outcome:
    """Dance a whole song without a window; ``on_view`` sees what a window would show."""
    session = performance.session
    assert session is not None
    pace = threading.Event()
    moved_s, last_s = performance.kit.clock.now(), -np.inf
    try:
        session.begin()
        while session.tick():
            now, song_s = performance.kit.clock.now(), session.song_now()
            if song_s > last_s:
                moved_s, last_s = now, song_s
            elif now - moved_s > STANDSTILL_S:
                raise DanceError(
                    f"the song has stood still for {STANDSTILL_S:.0f} s "
                    f"({performance.speaker.problem or 'no reason given'}); check the sound device"
                )
            on_view(performance.view(mirror=performance.kit.settings.mirror))
            pace.wait(TICK_S)
        return performance.outcome([])
    finally:
        performance.close()


def free_name(folder: Path, slug: str) -> Path:
    """Return the first free name for a replay: SLUG-001.npz, SLUG-002.npz ..."""
    taken = {path.name for path in folder.glob(f"{slug}-*.npz")}
    names = (f"{slug}-{k:03d}.npz" for k in count(1))
    return folder / next(name for name in names if name not in taken)
