"""The delay of speaker and camera measured: clicks sound, and somebody answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.clock import SongClock
from kpopdance.realtime.core.health import Cause, worst_first
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.dance.performance import ready_watcher
from kpopdance.realtime.library.delays import Measured
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.scoring.calibration import (
    ENOUGH,
    EVERY_S,
    LENGTH_S,
    SCATTER_S,
    Answers,
    answers_of,
    click_track,
)
from kpopdance.realtime.scoring.claps import Ear
from kpopdance.realtime.scoring.strokes import strike_choreography, strokes
from kpopdance.realtime.shell.beside import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.core.ports import Camera, HostClock, Microphone, Speaker
    from kpopdance.realtime.core.types import Frame, Pose
    from kpopdance.realtime.dance.in_use import Way
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.pose.watcher import Watcher
    from kpopdance.realtime.shell.beside import Sighting

RATE: Final = 48000
COUNT_S: Final = 0.2
"""Between two countings of the answers."""
NOT_PLAYED: Final = (Cause.NEVER_OPENED, Cause.REFUSED, Cause.HANGS)


class Answering(Protocol):
    """Somebody who answers clicks, heard or seen."""

    way: Way
    remedy: str

    @property
    def sighting(self) -> Sighting | None:
        """The newest look at whoever answers, if they are looked at."""

    @property
    def health(self) -> tuple[Health, ...]:
        """What is the matter with the devices."""

    def begin(self, song: SongClock) -> None:
        """Attend from now on; the clock tells when something was."""

    def attend(self) -> None:
        """Take in what came; called for every drawn frame."""

    def count(self) -> tuple[Answers, float | None]:
        """Return the answers so far, and how late the clicks themselves are heard, s."""

    def close(self) -> None:
        """Give the devices back."""


class Claps:
    """Claps, heard by a microphone; fulfils Answering."""

    way: Way = "claps"
    remedy = N_("clap louder than the clicks, near the microphone, where it is quiet")
    sighting = None

    def __init__(self, microphone: Microphone) -> None:
        self._microphone, self._ear = microphone, Ear()
        self._song = SongClock()

    @property
    def health(self) -> tuple[Health, ...]:
        """What is the matter with the microphone."""
        return (self._microphone.health,)

    def begin(self, song: SongClock) -> None:
        """Listen from now on."""
        self._song = song

    def attend(self) -> None:
        """Take in what was heard while the clicks sound."""
        for sound in self._microphone.heard():
            song_s = self._song.song_s(sound.at_s)
            if self._song.running and song_s > 0:
                self._ear.hear(song_s, sound.samples, sound.rate)

    def count(self) -> tuple[Answers, float | None]:
        """Return the claps so far, and how late the clicks are heard, s (None: they are not)."""
        return self._ear.heard()

    def close(self) -> None:
        """Give the microphone back."""
        self._microphone.close()


class Strokes:
    """Strokes of both arms, seen by a camera; fulfils Answering."""

    way: Way = "strokes"
    remedy = N_("strike down with both arms on each click, with the hands in the picture")

    def __init__(
        self,
        camera: Camera,
        watcher: Watcher,
        clock: HostClock,
        give_back: Callable[[Camera], None],
    ) -> None:
        self._camera, self._give_back = camera, give_back
        self._watch = Watch(camera, watcher, clock, self._take)
        self._track = PoseTrack()
        self._song = SongClock()

    @property
    def health(self) -> tuple[Health, ...]:
        """What is the matter with camera and computer."""
        return self._watch.health()

    @property
    def sighting(self) -> Sighting | None:
        """The newest look."""
        return self._watch.sighting

    def begin(self, song: SongClock) -> None:
        """Watch from now on."""
        self._song = song
        self._watch.begin()

    def attend(self) -> None:
        """Raise what went wrong while watching, if anything did."""
        self._watch.check()

    def count(self) -> tuple[Answers, None]:
        """Return the strokes so far; of the clicks, a camera knows nothing."""
        seen = len(self._track)  # grows meanwhile
        at_s = strokes(self._track.at_s[:seen], self._track.joints[:seen])
        return answers_of(at_s), None

    def close(self) -> None:
        """Stop watching, and give the camera back."""
        self._watch.stop()
        self._give_back(self._camera)

    def _take(self, frame: Frame | None, pose: Pose | None) -> None:
        if frame is not None and self._song.running:
            self._track.add(self._song.song_s(frame.captured_s), pose)


class Measuring:
    """Clicks that sound, and the answers to them: ``begin``, then ``tick`` for every drawn frame.

    Attributes
    ----------
    answers : Answers
        So far.
    clicks_s : float or None
        How late the clicks themselves are heard; None: nobody knows.
    """

    def __init__(self, speaker: Speaker, answering: Answering, clock: HostClock) -> None:
        self._speaker, self.answering, self._clock = speaker, answering, clock
        self._song = SongClock()
        self._counted_s = 0.0
        self.answers = Answers(np.zeros(0))
        self.clicks_s: float | None = None

    @property
    def song_s(self) -> float:
        """The second of the clicks' track that sounds now, as the speaker says."""
        return self._song.song_s(self._clock.now())

    @property
    def health(self) -> tuple[Health, ...]:
        """What is the matter with the devices, the most important first."""
        return worst_first((self._speaker.health, *self.answering.health))

    def begin(self) -> None:
        """Let the clicks sound."""
        self.answering.begin(self._song)
        self._speaker.start(0.0)

    def tick(self) -> bool:
        """Count the answers; return whether more are needed and may still come.

        Raises
        ------
        DanceError
            Where a device is lost meanwhile.
        """
        for report in self.health:
            if report.cause is Cause.LOST:
                raise DanceError(report.words)
        self._song.step(self._speaker.heard)
        self.answering.attend()
        song_s = self.song_s
        if song_s > self._counted_s + COUNT_S:
            self._counted_s = song_s
            self.answers, self.clicks_s = self.answering.count()
        return not self.answers.sure and song_s < LENGTH_S

    @property
    def measured(self) -> Measured:
        """What the answers say."""
        lag_ms = 1000 * self.answers.lag_s
        if self.clicks_s is None:
            return Measured(lag_ms)
        return Measured(1000 * self.clicks_s, lag_ms - 1000 * self.clicks_s)

    @property
    def trouble(self) -> str:
        """Why they say nothing, in one sentence; empty where they do."""
        answers, way = self.answers, self.answering.way
        if answers.sure:
            return ""
        if answers.count < ENOUGH:
            few = N_("{count} of {enough} claps were heard: {remedy}.")
            if way == "strokes":
                few = N_("{count} of {enough} strokes were seen: {remedy}.")
            remedy = _(self.answering.remedy)
            return _(few, count=answers.count, enough=ENOUGH, remedy=remedy)
        far = N_("The claps lie {apart:.0f} ms apart, more than {most:.0f}: {remedy}.")
        if way == "strokes":
            far = N_("The strokes lie {apart:.0f} ms apart, more than {most:.0f}: {remedy}.")
        return _(
            far, apart=1000 * answers.scatter_s, most=1000 * SCATTER_S,
            remedy=_(self.answering.remedy),
        )  # fmt: skip

    def close(self) -> None:
        """Give the devices back."""
        self._speaker.close()
        self.answering.close()


def open_measuring(kit: Kit, way: Way) -> Measuring:
    """Open what one way of measuring needs; this takes a second or two.

    Raises
    ------
    DanceError
        Where there is no microphone, no camera, or no sound.
    """
    speaker = kit.open_speaker(click_track(RATE), RATE, 0.0, EVERY_S)
    try:
        health = speaker.health
        if kit.keeps_scores and health.cause in NOT_PLAYED:
            raise DanceError(_("The clicks cannot be heard. {remedy}", remedy=health.remedy))
        answering = _microphone(kit) if way == "claps" else _camera(kit, speaker)
    except BaseException:
        speaker.close()
        raise
    return Measuring(speaker, answering, kit.clock)


def _microphone(kit: Kit) -> Claps:
    if kit.open_microphone is None:
        raise DanceError(_("There is no microphone here; measure with both arms."))
    return Claps(kit.open_microphone())


def _camera(kit: Kit, speaker: Speaker) -> Strokes:
    strikes = SongPack(_("Strokes"), "", 60 / EVERY_S, (strike_choreography(),), None)

    def song_s() -> float | None:
        heard = speaker.heard
        return None if heard is None else heard.song_s + kit.clock.now() - heard.at_s

    camera = kit.open_camera(strikes, song_s)
    try:
        watcher = ready_watcher(kit, camera)
    except BaseException:
        kit.close_camera(camera)
        raise
    return Strokes(camera, watcher, kit.clock, kit.close_camera)
