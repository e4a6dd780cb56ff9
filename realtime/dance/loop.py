"""The live loop: one song danced in front of a camera, from the newest frame to the verdict.

Two threads. The window's thread ticks the song clock and asks for views; the watching thread
takes the newest frame, finds the player, and lets the judge step.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.clock import SongClock
from kpopdance.realtime.core.health import Cause, worst_first
from kpopdance.realtime.core.tempo import BEATS_OF_BAR
from kpopdance.realtime.dance.dancer import Dancer
from kpopdance.realtime.scoring.report import report_of, stars_filled
from kpopdance.realtime.screens.view import DancePhase, DanceView, Upcoming
from kpopdance.realtime.shell.beside import Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.health import Device, Health
    from kpopdance.realtime.core.ports import Camera, HostClock, Speaker
    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.core.types import Attendance, Frame, Pose, Report
    from kpopdance.realtime.library.songpack import Excerpt, SongPack
    from kpopdance.realtime.pose.watcher import Watcher
    from kpopdance.realtime.scoring.judge import Judge
    from kpopdance.realtime.shell.beside import Sighting

COUNT_IN_BEATS: Final = 4
AGAIN_BEATS: Final = 3
"""After a pause the song goes back to a bar's first beat, and so many beats more, counted."""
SHORTEST_COUNT_S: Final = 0.45  # a faster song is counted on every second beat, or fourth
TAIL_S: Final = 1.0  # after the last move, so that its verdict is seen
GRACE_S: Final = 0.5  # without a frame for so long, a move is judged with what there is
AHEAD_S: Final = 5.0
BEATS_PER_PICTOGRAM: Final = 2
CHORUS: Final = "chorus"
RISE_S: Final = 0.8  # until the chorus's light is whole


class DanceSession:
    """One song: ``begin``, then ``tick`` and ``view`` for every drawn frame, then ``finish``.

    Two clocks follow the sound. What is judged goes by one that never runs back: while a part is
    heard again after a pause, it stands at the second of the pause, and no pose is taken. What is
    shown goes by another, which goes back with the sound. ``dancers`` is who is judged: the player.
    """

    def __init__(
        self, song: SongPack, judge: Judge, *, camera: Camera, watcher: Watcher,
        speaker: Speaker, clock: HostClock,
    ) -> None:  # fmt: skip
        self.song = song
        self.dancers: tuple[Dancer, ...] = (Dancer(judge),)
        self._speaker, self._clock = speaker, clock
        self._count_in_s = count_in_s(song)
        self._song_clock = SongClock(-self._count_in_s)
        self._shown_clock = SongClock(-self._count_in_s)
        self._step_back_s = 0.0
        self._from_s, self._due_s = (
            -self._count_in_s,
            -np.inf,
        )  # where the sound begins, and when
        self._counted_s = _first_bar_s(song)  # song second where the count ends
        self._count_s = 60 / song.tempo.bpm_at(self._counted_s)  # of one number
        self._held_s = -np.inf  # song second of the newest pause
        self._coach = np.stack([member.joints for member in song.members])
        self._pictograms = pictograms(song)
        self._paused = False
        self._told: dict[tuple[Device, Cause], Health] = {}
        self._watch = Watch(camera, watcher, clock, self._take)
        self._silent_s = -np.inf  # host second until which the camera's silences are noted

    @property
    def took_s(self) -> list[float]:
        """Seconds from capture to verdict, of every frame."""
        return self._watch.took_s

    @property
    def sighting(self) -> Sighting | None:
        """The newest look."""
        return self._watch.sighting

    @property
    def attendance(self) -> Attendance:
        """How many pictures came and were looked at, and how long nobody was seen."""
        return self._watch.attending.now

    @property
    def track(self) -> PoseTrack:
        """The player's poses at song seconds, so far."""
        return self.dancers[0].track

    @property
    def judged_at(self) -> list[int]:
        """How many poses were known when each move was judged."""
        return self.dancers[0].judged_at

    @property
    def faults(self) -> tuple[tuple[float, float], ...]:
        """Song seconds of which the camera delivered no picture: begin and end."""
        return self.dancers[0].judge.faults

    @property
    def paused(self) -> bool:
        """Whether the song is paused."""
        return self._paused

    def begin(self, step_back_s: float = 0.0) -> None:
        """Start watching, and count-in and song, after the time a player needs to step back."""
        self._step_back_s = step_back_s
        self._play_from(-self._count_in_s)
        self._silent_s = self._clock.now()
        self._watch.begin()

    def tick(self) -> bool:
        """Bring the song clock up to date; return whether the song goes on.

        Raises
        ------
        Exception
            Whatever went wrong while watching, if anything did.
        """
        self._watch.check()
        self._start()
        for clock in (self._song_clock, self._shown_clock):
            clock.step(self._speaker.heard)
        return self.song_now() < self._end_s()

    def song_now(self) -> float:
        """Return the song second that is danced now."""
        return self._song_clock.song_s(self._clock.now())

    def song_of(self, host_s: float) -> float | None:
        """Return the song second danced at a host second; None while it is paused or heard again."""
        if self._paused or self._again(host_s) or not self._song_clock.running:
            return None
        return self._song_clock.song_s(host_s)

    def choose_anew(self) -> None:
        """Take somebody else in the picture for the player, in turn."""
        self._watch.watcher.choose_anew()

    def toggle_pause(self) -> None:
        """Pause, or go on: from the bar's first beat, counted in."""
        self._paused = not self._paused
        if self._paused:
            self._speaker.pause()
            self._song_clock.pause(self._clock.now())
            return
        self._held_s = self.song_now()
        tempo = self.song.tempo
        bar = math.floor(tempo.beat_at(self._held_s) / BEATS_OF_BAR) * BEATS_OF_BAR
        self._counted_s = max(tempo.second_of(bar), _first_bar_s(self.song))
        self._count_s = 60 / tempo.bpm_at(self._counted_s)
        while self._count_s < SHORTEST_COUNT_S:
            self._count_s *= 2
        self._song_clock.resume()
        self._play_from(max(self._counted_s - AGAIN_BEATS * self._count_s, -self._count_in_s))

    def view(self, *, mirror: bool, status: str = "") -> DanceView:
        """Return what to show now."""
        now = self._clock.now()
        song_s = self._shown_clock.song_s(now)
        song, seen, standing = self.song, self.sighting, self.dancers[0].standing
        excerpt = song.excerpt_at(song_s)
        shown = song if excerpt is None else excerpt.song
        phase, counts = self._phase(song_s, now, excerpt)
        return DanceView(
            title=shown.title, artist=shown.artist, phase=phase, song_s=song_s,
            length_s=song.length_s, bpm=song.bpm, beat=song.tempo.beat_at(song_s),
            picture=None if seen is None else seen.frame.image,
            pose=None if seen is None else seen.pose,
            mirror=mirror, coach=self._coach_at(song_s), lead=song.lead,
            upcoming=tuple(p for p in self._pictograms if -1 < p.at_s - song_s < AHEAD_S),
            score=standing.score, stars=stars_filled(standing.score),
            colours=shown.lights, clothes=shown.staging.clothes, lift=lift_at(song, song_s),
            combo=standing.combo, verdict=standing.verdict,
            counts=counts, verdict_age_s=now - standing.given_s, health=self.health(), status=status,
        )  # fmt: skip

    def health(self) -> tuple[Health, ...]:
        """Return what is the matter with the devices now, the most important first."""
        reports = worst_first((*self._watch.health(), self._speaker.health))
        if self._paused:  # whoever pauses stands at the keyboard
            return tuple(report for report in reports if report.cause is not Cause.NOBODY)
        self._told |= {(report.device, report.cause): report for report in reports}
        return reports

    @property
    def troubles(self) -> tuple[Health, ...]:
        """What was the matter with the devices so far, the most important first."""
        return worst_first(self._told.values())

    def finish(self) -> Report:
        """Stop watching, judge what is left, and return the report."""
        return self._finished()[0]

    def _finished(self) -> list[Report]:
        """Stop watching, judge what is left, and return everybody's report."""
        self.stop()
        for dancer in self.dancers:
            self._note_end(dancer)
            dancer.judge_until(np.inf, self._clock.now())
        return [report_of(dancer.judge, self.song.sections) for dancer in self.dancers]

    def stop(self) -> None:
        """Stop sound and watching."""
        self._speaker.pause()
        self._watch.stop()

    def _phase(
        self, song_s: float, now_s: float, excerpt: Excerpt | None
    ) -> tuple[DancePhase, float]:
        """Return what goes on, and what is left to count, see ``DanceView``."""
        counts = (self._counted_s - song_s + max(self._due_s - now_s, 0.0)) / self._count_s
        if self._paused:
            return "paused", counts
        if song_s < self._counted_s:
            return "count-in", counts
        if excerpt is not None and song_s < excerpt.danced_s[0]:
            return "next song", (excerpt.danced_s[0] - song_s) / excerpt.count_s
        return "playing", counts

    def _play_from(self, song_s: float) -> None:
        """Let the sound begin at a song second, once the player has stepped back."""
        self._from_s, self._due_s = song_s, self._clock.now() + self._step_back_s
        self._shown_clock.reset(song_s)
        self._start()

    def _start(self) -> None:
        if not self._paused and -np.inf < self._due_s <= self._clock.now():
            self._due_s = -np.inf
            self._speaker.start(self._from_s)

    def _again(self, host_s: float) -> bool:
        """Return whether what sounds at a host second was danced before the pause already."""
        return self._shown_clock.song_s(host_s) < self._held_s

    def _end_s(self) -> float:
        dues = [due for dancer in self.dancers if (due := dancer.judge.due_s()) is not None]
        return max([self.song.length_s + TAIL_S, *(due + GRACE_S for due in dues)])

    def _coach_at(self, song_s: float) -> NDArray[np.float32]:
        lead = self.song.members[self.song.lead]
        at = (song_s - lead.start_s) * lead.fps
        at = min(max(at, 0.0), self._coach.shape[1] - 1.001)
        row, share = int(at), np.float32(at % 1)
        a, b = self._coach[:, row], self._coach[:, row + 1]
        coach = a + share * (b - a)
        coach[..., 2] = np.minimum(a[..., 2], b[..., 2])
        return coach

    def _take(self, frame: Frame | None, pose: Pose | None) -> None:
        """Note a pose and judge what is due; without a frame, judge with what there is."""
        at_s = self._clock.now() if frame is None else frame.captured_s
        if self._paused or self._again(at_s) or not (frame is None or self._song_clock.running):
            return
        if frame is not None:
            self._note_silences()
            self._add(frame.captured_s, pose)
        for dancer in self.dancers:
            self._step_judge(dancer, nothing_came=frame is None)

    def _add(self, captured_s: float, pose: Pose | None) -> None:
        """Note the pose of a frame."""
        self.dancers[0].track.add(self._song_clock.song_s(captured_s), pose)

    def _step_judge(self, dancer: Dancer, *, nothing_came: bool) -> None:
        """Judge what is due: up to the newest look, since what came after it is looked at soon."""
        song_s = self.song_now()
        until_s = dancer.last_s if len(dancer.track) else -self._count_in_s
        if nothing_came and song_s - until_s > GRACE_S:
            # pictures are missing, not the dancer
            dancer.judge.fault(until_s, song_s)
            until_s = max(until_s, song_s - GRACE_S)
        dancer.judge_until(until_s, self._clock.now())

    def _note_silences(self) -> None:
        """Note when the camera delivered nothing."""
        song_s, delivered = self._song_clock.song_s, self._watch.delivered()
        for begin, end in delivered.silences:
            if end > self._silent_s and song_s(end) > song_s(begin):
                for dancer in self.dancers:
                    dancer.judge.fault(song_s(begin), song_s(end))
        if delivered.newest_s is not None:
            self._silent_s = max(self._silent_s, delivered.newest_s)

    def _note_end(self, dancer: Dancer) -> None:
        """Note that nobody looked at what came last, unless nobody was there before it."""
        if len(dancer.track) and dancer.track.there[-1]:
            song_s = self.song_now()
            if song_s - dancer.last_s > GRACE_S:
                dancer.judge.fault(dancer.last_s, song_s)


def count_in_s(song: SongPack) -> float:
    """Return how long before song second 0 the count-in begins: four beats, ending on a bar's first.

    0 where that beat is so far inside the song that it is counted there.
    """
    first_s = _first_bar_s(song)
    return max(COUNT_IN_BEATS * 60 / song.tempo.bpm_at(first_s) - first_s, 0.0)


def lift_at(song: SongPack, song_s: float) -> float:
    """Return how much of the last moments before a song second were chorus, 0..1."""
    starts = [start_s for _, start_s in song.sections]
    return sum(
        max(0.0, min(song_s, end_s) - max(song_s - RISE_S, start_s)) / RISE_S
        for (name, start_s), end_s in zip(song.sections, [*starts[1:], math.inf], strict=False)
        if name == CHORUS
    )


def _first_bar_s(song: SongPack) -> float:
    """Return the song second of the first bar's first beat, of which a pickup may come before."""
    return song.tempo.second_of(song.tempo.bar_from(0.0))


def pictograms(song: SongPack) -> tuple[Upcoming, ...]:
    """Return the lead's poses on every other beat, in order."""
    lead = song.members[song.lead]
    first = song.tempo.bar_from(lead.start_s)
    at_s = song.tempo.beats_s(first, lead.end_s)[::BEATS_PER_PICTOGRAM]
    return tuple(Upcoming(at, lead.row(at)) for at in at_s)
