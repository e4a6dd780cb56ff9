"""A passage made ready to be practised, and one try at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.clock import SongClock
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.dance.effects import counted
from kpopdance.realtime.dance.loop import GRACE_S, SHORTEST_COUNT_S
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.practice import (
    FULL,
    Drill,
    Tried,
    judged_until,
    lag_at,
    standard_of_passage,
    tried_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Deliveries, Speaker
    from kpopdance.realtime.core.types import Frame, Pose
    from kpopdance.realtime.dance.ground import Ground
    from kpopdance.realtime.scoring.standard import Standard

COUNTED: Final = 4  # beats before a try
UNDER_THE_COUNT: Final = 0.3  # how loud the music is while it is counted
REST_S: Final = 0.5  # of the song, heard behind what is judged
TAPES_KEPT: Final = 4  # a section at half tempo is 50 MB


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A passage made ready at a tempo: what it asks, and what sounds, of which second 0 is ``from_s``.

    All are song seconds: it is counted in beats of ``beat_s`` up to ``start_s``, danced up to
    ``end_s``, and judged from ``until_s`` on.
    """

    drill: Drill
    standard: Standard
    speaker: Speaker
    from_s: float
    start_s: float
    end_s: float
    until_s: float
    beat_s: float

    def song_s(self, tape_s: float) -> float:
        """Return the song second at a second of what sounds."""
        return self.from_s + tape_s * self.drill.tempo


class Attempt:
    """One try; ``tried`` is what it earned, once it is over."""

    def __init__(self, lesson: Lesson, lag_s: float) -> None:
        self.lesson = lesson
        self.clock, self.track = SongClock(), PoseTrack()
        self.tried: Tried | None = None
        self._judge = Judge(lesson.standard, player_lag_s=lag_s)

    def song_s(self, host_s: float) -> float:
        """Return which song second is danced at a host second."""
        return self.lesson.song_s(self.clock.song_s(host_s))

    def take(
        self, frame: Frame | None, pose: Pose | None, now_s: float, delivered: Deliveries
    ) -> None:
        """Note a pose (no frame: none came for a while); judge the try once it is over."""
        if self.tried is not None or not self.clock.running:
            return
        at_s = now_s - GRACE_S if frame is None else frame.captured_s
        song_s = self.song_s(at_s)
        if frame is not None:
            self.track.add(song_s, pose)
        if song_s < self.lesson.until_s:
            return
        for begin, end in (*delivered.silences, (delivered.newest_s or at_s, at_s)):
            if self.song_s(begin) < self.song_s(end):
                self._judge.fault(self.song_s(begin), self.song_s(end))
        self._judge.step(self.track, np.inf)
        self.tried = tried_of(self._judge, self.lesson.drill.tempo)


class Lessons:
    """Makes passages ready, beside the window; music once stretched is kept."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._music = lru_cache(maxsize=TAPES_KEPT)(self._stretched)

    def lag_s(self, drill: Drill) -> float:
        """Return the fixed lag of camera and speaker to judge a drill with."""
        return lag_at(self._ground.lag_s, drill.tempo)

    def made(self, drill: Drill) -> Lesson:
        """Return a passage, ready to sound; takes a while."""
        ground, tempo = self._ground, drill.tempo
        asked = standard_of_passage(ground.standard, drill.passage)
        start_s, end_s = float(asked.start_s[0]), float(asked.end_s[-1])
        beat_s = 60 / ground.song.tempo.bpm_at(start_s)
        while beat_s / tempo < SHORTEST_COUNT_S:
            beat_s *= 2
        until_s, rate = judged_until(asked, self.lag_s(drill)), ground.sound[1]
        count, early_s = counted(ground.kit, rate, beat_s / tempo)
        from_s = start_s - COUNTED * beat_s - early_s * tempo
        music = self._music(from_s, until_s + REST_S, drill.tenths)
        tape = counted_in(music, rate, (start_s - from_s) / tempo)
        there = tape[: len(count)]
        there += count[: len(there)]
        speaker = ground.kit.open_speaker(tape, rate, 0.0, beat_s / tempo)
        return Lesson(drill, asked, speaker, from_s, start_s, end_s, until_s, beat_s)

    def _stretched(self, from_s: float, to_s: float, tenths: int) -> NDArray[np.float32]:
        """Return the music between two song seconds at a tempo; silence where the song has none."""
        (samples, rate), stretch = self._ground.sound, self._ground.kit.stretch
        begin, end = round(from_s * rate), round(to_s * rate)
        part = np.zeros((end - begin, 2), np.float32)
        there = samples[max(begin, 0) : max(end, 0)]
        part[max(-begin, 0) :][: len(there)] = there
        return part if tenths == FULL or stretch is None else stretch(part, rate, tenths / FULL)


def counted_in(music: NDArray[np.float32], rate: int, count_s: float) -> NDArray[np.float32]:
    """Return music (N, 2) that is soft while it is counted, and loud from the end of that on."""
    second = np.arange(len(music)) / rate
    risen = np.clip((second - 0.75 * count_s) / (0.25 * count_s), 0, 1)
    loud = UNDER_THE_COUNT + (1 - UNDER_THE_COUNT) * risen
    return (music * loud[:, None]).astype(np.float32)
