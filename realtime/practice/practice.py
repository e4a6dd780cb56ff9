"""Practising: a passage danced again and again, counted in, slower at first; each try is judged.

Two threads, as in a dance (``loop``): the window's begins the tries and asks for views; the watching
one notes poses, and judges a try when it is over. What sounds is made beside both. They share only
values that are replaced whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core import body
from kpopdance.realtime.core.health import worst_first
from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.dance.ghost import Ghost
from kpopdance.realtime.dance.loop import AHEAD_S, pictograms
from kpopdance.realtime.dance.performance import STEP_BACK_S, status_of
from kpopdance.realtime.practice.lesson import Attempt, Lessons
from kpopdance.realtime.scoring.practice import (
    CLEAN,
    FASTER_AFTER,
    Drill,
    Passage,
    drill_of,
    sections_of,
    words_of,
)
from kpopdance.realtime.screens.practice_view import GhostPlace, PracticeView
from kpopdance.realtime.screens.view import DancePhase, DanceView
from kpopdance.realtime.shell.beside import Watch, beside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.core.types import Frame, Pose
    from kpopdance.realtime.dance.ground import Ground
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.practice.lesson import Lesson
    from kpopdance.realtime.scoring.practice import Sections, Tried
    from kpopdance.realtime.scoring.standard import Standard
    from kpopdance.realtime.shell.beside import Sighting

GET_READY: Final = 5.0  # counts shown before there is anything to count
GHOSTS: Final[tuple[GhostPlace, ...]] = ("beside", "over", "off")
LEARNED: Final = " ★"
FACE: Final = [body.NOSE, body.R_EYE, body.L_EYE]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a player wants to practise: moves, or (None) what is danced at a song second.

    ``scores`` are move -> the last score, ``listed`` the moves that would gain most, in order.
    """

    passage: Passage | None = None
    at_s: float = 0.0
    scores: Mapping[int, float] = field(default_factory=dict)
    listed: tuple[int, ...] = ()

    def drill(self, standard: Standard, song: SongPack) -> Drill:
        """Return how it is begun."""
        passage = self.passage
        if passage is None:
            here = int(np.searchsorted(standard.end_s, self.at_s, side="right"))
            here = min(here, len(standard.end_s) - 1)
            passage = Passage(here, here)
        known = [score for move, score in self.scores.items()
                 if passage.first <= move <= passage.last]  # fmt: skip
        score = float(np.mean(known)) if known else None
        return drill_of(passage, sections_in(standard, song), score)


class Practice:
    """``begin``, then ``tick`` and ``view`` for every drawn frame, then ``close``.

    Attributes
    ----------
    wish : Wish
        What was to be practised.
    drill : Drill
        What is repeated now.
    tries : dict of int to int
        Move -> how often it was tried and judged.
    key_pose : int or None
        Which key pose the coach stands still in; None: it dances.
    """

    def __init__(self, ground: Ground, wish: Wish) -> None:
        self.ground, self.wish = ground, wish
        self.drill = wish.drill(ground.standard, ground.song)
        self.tries: dict[int, int] = {}
        self.key_pose: int | None = None
        self.ghost_place: GhostPlace = GHOSTS[0]
        self.paused = False
        self._song, self._clock = ground.song, ground.kit.clock
        self._lead = self._song.members[self._song.lead]
        self._sections = sections_in(ground.standard, self._song)
        self._pictograms = pictograms(self._song)
        self._lessons = Lessons(ground)
        self._lesson: Lesson | None = None
        self._coming: Future[Lesson | None] | None = None
        self._due_s = -np.inf  # host second of the next try
        self._attempt: Attempt | None = None
        self._tried: Tried | None = None
        self._ghost: Ghost | None = None
        self._watch = Watch(ground.camera, ground.watcher, self._clock, self._take)

    def begin(self) -> None:
        """Start watching, and make the first try ready."""
        self._watch.begin()
        self.turn_to(self.drill)

    def tick(self) -> None:
        """Begin the try that is ready, or the next one; raises what went wrong beside."""
        self._watch.check()
        if self._coming is not None and self._coming.done():
            self._lesson, self._coming = self._coming.result(), None
        if self.paused or self.key_pose is not None or self._lesson is None:
            return
        attempt = self._attempt
        if attempt is None:
            if self._clock.now() >= self._due_s:
                self._try(self._lesson)
        elif attempt.tried is not None:
            self._follow(attempt, attempt.tried)
        else:
            attempt.clock.step(self._lesson.speaker.heard)

    @property
    def sighting(self) -> Sighting | None:
        """The newest look."""
        return self._watch.sighting

    def song_now(self) -> float | None:
        """Return which song second is danced now; None: none is."""
        attempt = self._attempt
        return None if attempt is None else attempt.song_s(self._clock.now())

    # what keys ask for

    def turn_to(self, drill: Drill) -> None:
        """Practise other moves, or at another tempo; what sounds now ends."""
        self._hush()
        before, self.drill, self._lesson = self._lesson, drill, None
        coming = self._coming

        def make() -> Lesson | None:
            _silence(before if coming is None else coming.result())
            return self._lessons.made(drill) if self.drill is drill else None

        self._coming = beside(make)

    def another(self, by: int) -> None:
        """Practise the move, or the section, so many farther on."""
        passage, section = self.drill.passage, self.drill.section
        parts = [part for _, part in self._sections]
        if passage == section and section in parts and passage.first < passage.last:
            number = min(max(parts.index(section) + by, 0), len(parts) - 1)
            following = parts[number]
        else:
            move = passage.last + by if by > 0 else passage.first + by
            move = min(max(move, 0), len(self.ground.standard.start_s) - 1)
            following = Passage(move, move)
        self._tried = self._ghost = None
        self.turn_to(drill_of(following, self._sections, None).at(self.drill.tenths))

    def next_listed(self) -> None:
        """Practise the next of the moves that would gain most, after the last one the first."""
        listed, now = self.wish.listed, self.drill.passage.first
        if listed:
            move = listed[(listed.index(now) + 1) % len(listed) if now in listed else 0]
            score = self.wish.scores.get(move)
            self._tried = self._ghost = None
            self.turn_to(drill_of(Passage(move, move), self._sections, score))

    def whole_or_move(self) -> None:
        """Practise the whole section, or its first move alone."""
        passage, section = self.drill.passage, self.drill.section
        alone = Passage(section.first, section.first)
        self._tried = self._ghost = None
        self.turn_to(self.drill.over(alone if passage == section else section))

    def toggle_pause(self) -> None:
        """Stand still, or go on with a new try."""
        self.paused = not self.paused
        self._hush()

    def toggle_steps(self) -> None:
        """Let the coach stand in the passage's first key pose, or go on with a new try."""
        self.key_pose = 0 if self.key_pose is None else None
        self.paused = False
        self._hush()

    def step(self, by: int) -> None:
        """Let the coach stand in another key pose."""
        self.key_pose = ((self.key_pose or 0) + by) % len(self.key_poses_s())

    def turn_ghost(self) -> None:
        """Show the player's last try elsewhere, or not."""
        self.ghost_place = GHOSTS[(GHOSTS.index(self.ghost_place) + 1) % len(GHOSTS)]

    # what is shown

    def key_poses_s(self) -> list[float]:
        """Return the song seconds of the passage's key poses: its beats."""
        start_s, end_s = self._span_s()
        tempo = self._song.tempo
        first = round(tempo.beat_at(start_s))
        return tempo.beats_s(first, end_s + 0.01) or [start_s]

    def view(self, *, mirror: bool, behind: bool, coach: str) -> DanceView:
        """Return what to show now; ``behind``: as seen from behind; ``coach``: one of ``COACHES``."""
        song, seen = self._song, self._watch.sighting
        start_s, end_s = self._span_s()
        phase, song_s, counts = self._moment()
        shown_s = min(max(song_s, start_s), end_s)
        joints = choreography_rows(self._lead, np.array([shown_s]))
        ghost = None if self._ghost is None else self._ghost.at(shown_s, joints[0])
        if behind:
            joints[:, FACE] = (np.nan, np.nan, 0)
        filmed = None
        if self.ground.film is not None and coach != "drawn":
            filmed = self.ground.film.view(shown_s, everybody=False, skeleton=coach == "both")
        return DanceView(
            title=song.title, artist=song.artist, phase=phase, song_s=song_s,
            length_s=song.length_s, bpm=song.bpm, beat=song.tempo.beat_at(song_s),
            picture=None if seen is None else seen.frame.image,
            pose=None if seen is None else seen.pose,
            mirror=mirror or behind, coach=joints, lead=0, upcoming=tuple(
                each for each in self._pictograms
                if start_s <= each.at_s <= end_s and -1 < each.at_s - song_s < AHEAD_S
            ),
            score=0.0, combo=0, verdict=None, verdict_age_s=0.0, counts=counts,
            colours=song.lights, clothes=song.staging.clothes,
            health=self.health(), notices=tuple(filter(None, (self.ground.film_trouble,))),
            film=filmed, has_film=self.ground.film is not None,
            status=status_of(self.ground.kit, self.ground.camera, self.ground.watcher),
            practice=self._practised(ghost),
        )  # fmt: skip

    def health(self) -> tuple[Health, ...]:
        """Return what is the matter with the devices now, the most important first."""
        sound = () if self._lesson is None else (self._lesson.speaker.health,)
        return worst_first((*self._watch.health(), *sound))

    def close(self) -> None:
        """Stop everything."""
        self._hush()
        self._watch.stop()
        coming, lesson = self._coming, self._lesson
        if coming is not None:
            beside(lambda: _silence(coming.result()))
        _silence(lesson)
        if self.ground.film is not None:
            self.ground.film.close()
        self.ground.kit.close_camera(self.ground.camera)

    # how tries follow each other

    def _try(self, lesson: Lesson) -> None:
        lesson.speaker.start(0.0)
        self._attempt = Attempt(lesson, self._lessons.lag_s(lesson.drill))

    def _follow(self, attempt: Attempt, tried: Tried) -> None:
        """Take in what a try earned, and begin the next one."""
        drill, self._tried = self.drill, tried
        self._ghost = Ghost(attempt.track, self._lead)
        if tried.score is not None:
            for move in range(drill.passage.first, drill.passage.last + 1):
                self.tries[move] = self.tries.get(move, 0) + 1
        self.drill = drill.after(tried.score)
        if (self.drill.passage, self.drill.tenths) == (drill.passage, drill.tenths):
            self._try(attempt.lesson)
        else:
            self.turn_to(self.drill)
            self._due_s = -np.inf

    def _hush(self) -> None:
        """Fall silent; who pressed a key for it has to step back before the next try."""
        self._attempt = None
        self._due_s = self._clock.now() + (STEP_BACK_S if self.ground.kit.keeps_scores else 0.0)
        if self._lesson is not None:
            self._lesson.speaker.pause()

    def _take(self, frame: Frame | None, pose: Pose | None) -> None:
        attempt = self._attempt
        if attempt is not None:
            attempt.take(frame, pose, self._clock.now(), self._watch.delivered())

    def _span_s(self) -> tuple[float, float]:
        """Return where the passage begins and ends, song seconds."""
        standard, passage = self.ground.standard, self.drill.passage
        return float(standard.start_s[passage.first]), float(standard.end_s[passage.last])

    def _moment(self) -> tuple[DancePhase, float, float]:
        """Return the phase, the song second that is shown, and what is left to count."""
        start_s, _ = self._span_s()
        if self.key_pose is not None:
            poses_s = self.key_poses_s()
            return "playing", poses_s[self.key_pose % len(poses_s)], 0.0
        attempt = self._attempt
        if attempt is None:
            return "paused" if self.paused else "count-in", start_s, GET_READY
        song_s = attempt.song_s(self._clock.now())
        counts = (start_s - song_s) / attempt.lesson.beat_s
        return "count-in" if counts > 0 else "playing", song_s, counts

    def _practised(self, ghost: NDArray[np.float32] | None) -> PracticeView:
        drill, tried, key_pose = self.drill, self._tried, self.key_pose
        shown = PracticeView(
            words_of(drill.passage, self._sections) + (LEARNED if drill.learned else ""),
            drill.tenths, drill.clean, FASTER_AFTER,
            ghost=ghost, ghost_place=self.ghost_place,
            key_pose=None if key_pose is None else (key_pose + 1, len(self.key_poses_s())),
        )  # fmt: skip
        if tried is None:
            return shown
        return replace(
            shown, score=tried.score, is_clean=(tried.score or 0.0) >= CLEAN, told=tried.told,
            advice=tried.advice,
        )  # fmt: skip


def _silence(lesson: Lesson | None) -> None:
    """Give the device back: some sound for one at a time."""
    if lesson is not None:
        lesson.speaker.close()


def sections_in(standard: Standard, song: SongPack) -> Sections:
    """Return a song's sections as moves."""
    return sections_of(standard.start_s.tolist(), standard.end_s.tolist(), song.sections)
