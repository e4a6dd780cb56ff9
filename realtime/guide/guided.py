"""The guided song: each task's bars are heard again and again until it was done once.

Two threads, as in a dance: the window's follows the sound from task to task and asks for views; the
watching one asks the rules about every pose. They share only values that are replaced whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.clock import SongClock
from kpopdance.realtime.core.health import worst_first
from kpopdance.realtime.core.tempo import BEATS_OF_BAR
from kpopdance.realtime.core.track import FILTER_LAG_S, PoseTrack, choreography_rows
from kpopdance.realtime.core.types import Heard
from kpopdance.realtime.dance.loop import AHEAD_S, pictograms
from kpopdance.realtime.guide.tasks import (
    DANCE_WORDS,
    LINE,
    TASKS,
    Seen,
    Task,
    Told,
    seen_of,
)
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.practice import (
    Passage,
    judged_until,
    standard_of_passage,
    tried_of,
)
from kpopdance.realtime.screens.guide_view import GuideView
from kpopdance.realtime.screens.view import DanceView, Upcoming
from kpopdance.realtime.shell.beside import Watch

if TYPE_CHECKING:
    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.core.ports import Speaker
    from kpopdance.realtime.core.types import Frame, Pose
    from kpopdance.realtime.dance.ground import Ground
    from kpopdance.realtime.scoring.practice import Tried
    from kpopdance.realtime.scoring.standard import Standard
    from kpopdance.realtime.shell.beside import Sighting

Span = tuple[float, float]

FIRST_STEPS: Final = Path(__file__).with_name("first-steps")
"""The pack of the guided song: no song to score, so it lies in no library."""
NEVER: Final = -np.inf
UNTOLD: Final = Told(False)
LAST_S: Final = 0.05
"""Before the end of the song, where the coach stays."""
PATIENT: Final = 2
"""Rounds of a task before a hint is given."""
DANCED: Final = 20.0
"""Of four moves: who has more has danced them, however badly."""
LANE: Final = 2
"""The task that shows the lane, which stays."""
PRAISE: Final = (
    (90.0, N_("Like the coach! You are ready for the stage.")),
    (70.0, N_("That was a dance! The songs wait for you.")),
    (45.0, N_("You have the moves, and the beat comes with them.")),
    (0.0, N_("You are dancing! It gets better with every song.")),
    (-1.0, N_("That is how it goes: the songs wait for you.")),
)
"""From which score on, and what is said."""


class Rounds:
    """Which second is played of a tape that goes back: played seconds only rise, song seconds do not."""

    def __init__(self) -> None:
        self.clock = SongClock()
        self.behind_s = 0.0
        self.span: Span | None = None
        self._taken: Heard | None = None

    def step(self, heard: Heard | None) -> bool:
        """Take the speaker's newest report; return whether the tape went back."""
        before, length_s = self._taken, self._length_s
        if heard is None or heard is before:
            return False
        back = before is not None and heard.song_s < before.song_s - length_s / 2
        if back:
            self.behind_s += length_s
        self._taken = heard
        self.clock.step(Heard(heard.song_s + self.behind_s, heard.at_s))
        return back

    def played_s(self, host_s: float) -> float:
        """Return how much has been played at a host second."""
        return self.clock.song_s(host_s)

    def song_s(self, host_s: float) -> float:
        """Return the song second that is heard at a host second."""
        song_s = self.clock.song_s(host_s) - self.behind_s
        past = self.span is not None and song_s >= self.span[1]
        return song_s - self._length_s if past else song_s

    @property
    def _length_s(self) -> float:
        """How long the bars are that are repeated; without any, nothing goes back."""
        return np.inf if self.span is None else self.span[1] - self.span[0]


class Trial:
    """The dance at the end, once: judged as any dance is."""

    def __init__(self, standard: Standard, lag_s: float) -> None:
        self.until_s = judged_until(standard, lag_s)
        self.tried: Tried | None = None
        self._judge, self._track = Judge(standard, player_lag_s=lag_s), PoseTrack()

    def step(self, song_s: float, pose: Pose | None) -> None:
        """Take a pose; judge once all is danced."""
        if self.tried is None:
            self._track.add(song_s, pose)
            if song_s >= self.until_s:
                self._judge.step(self._track, np.inf)
                self.tried = tried_of(self._judge, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A task that is on.

    ``begun_s`` is when it began, played seconds; ``behind_s`` how much more is played than the song
    second is; ``rounds`` how often its bars were heard already; ``trial`` is the dance at the end, now,
    and ``tried`` what the last one earned; ``done_s`` the host second at which it was done.
    """

    number: int
    begun_s: float
    behind_s: float = 0.0
    rounds: int = 0
    trial: Trial | None = None
    tried: Tried | None = None
    told: Told = UNTOLD
    done_s: float = NEVER

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return self.done_s > NEVER


class Guided:
    """``begin``, then ``tick`` and ``view`` for every drawn frame, then ``close``.

    Parameters
    ----------
    ground : Ground
        What it goes on with.
    speaker : Speaker
        With the whole song in it.
    chime : Speaker
        Sounds when a task is done.
    """

    def __init__(self, ground: Ground, speaker: Speaker, chime: Speaker) -> None:
        self.ground = ground
        self._speaker, self._chime = speaker, chime
        self._song, self._clock = ground.song, ground.kit.clock
        starts = [start_s for _, start_s in self._song.sections]
        self._spans: list[Span] = list(
            zip(starts, [*starts[1:], self._song.length_s], strict=True)
        )
        self._beat_s = 60 / self._song.bpm
        self._dance = _dance_of(ground.standard, self._spans[len(TASKS)], self._beat_s)
        self._pictograms = pictograms(self._song)
        self._rounds, self._track = Rounds(), PoseTrack()
        self._turn = Turn(0, 0.0)
        self._told = (0, UNTOLD)
        self._watch = Watch(ground.camera, ground.watcher, self._clock, self._take)

    def begin(self) -> None:
        """Start watching, and the music."""
        self._watch.begin()
        self._repeat(self._spans[0])
        self._speaker.start(0.0)

    def tick(self) -> None:
        """Go from task to task as the sound does; raises what went wrong beside."""
        self._watch.check()
        heard = self._speaker.heard
        back = self._rounds.step(heard)
        if heard is None:
            return
        turn = self._turn
        number = self._part_at(heard.song_s)
        if number != turn.number:
            self._begin_task(number)
        elif back:
            behind_s = self._rounds.behind_s
            self._turn = replace(
                turn, rounds=turn.rounds + 1, behind_s=behind_s, trial=self._trial(number)
            )
        elif not turn.done:
            self._ask()

    def skip(self) -> None:
        """Leave the task that is on, for the next one."""
        if not self.finished:
            self._go_on()
            self._speaker.start(self._spans[self._turn.number][1])

    @property
    def finished(self) -> bool:
        """Whether all tasks are over."""
        return self._turn.number > len(TASKS)

    @property
    def sighting(self) -> Sighting | None:
        """The newest look."""
        return self._watch.sighting

    @property
    def tried(self) -> Tried | None:
        """What the dance at the end earned; None: it was not danced."""
        return self._turn.tried

    def song_now(self) -> float | None:
        """Return which song second is danced now; None: none is."""
        running = self._rounds.clock.running
        return self._rounds.song_s(self._clock.now()) if running else None

    def close(self) -> None:
        """Stop everything."""
        self._watch.stop()
        self._speaker.close()
        self._chime.close()
        self.ground.kit.close_camera(self.ground.camera)

    # on the window's thread

    def _part_at(self, song_s: float) -> int:
        starts = [start_s for start_s, _ in self._spans]
        return max(int(np.searchsorted(starts, song_s, side="right")) - 1, 0)

    def _begin_task(self, number: int) -> None:
        """Ask for the task whose part sounds now."""
        behind_s, tried = self._rounds.behind_s, self._turn.tried
        begun_s = self._spans[number][0] + behind_s
        self._turn = Turn(number, begun_s, behind_s, trial=self._trial(number), tried=tried)

    def _go_on(self) -> None:
        """Let the next part be repeated as soon as this one has ended; the song's end is not."""
        following = self._turn.number + 1
        self._repeat(self._spans[following] if following <= len(TASKS) else None)

    def _repeat(self, span: Span | None) -> None:
        self._speaker.repeat(span)
        self._rounds.span = span

    def _trial(self, number: int) -> Trial | None:
        return Trial(self._dance, self.ground.lag_s) if number == len(TASKS) else None

    def _ask(self) -> None:
        """Take what the rules said; a task that is done lets the music go on."""
        turn = self._turn
        number, told = self._told
        if number != turn.number:
            return
        tried = turn.tried
        if turn.trial is not None and turn.trial.tried is not None:
            tried = turn.trial.tried
        done_s = self._clock.now() if told.done else NEVER
        self._turn = replace(turn, told=told, tried=tried, done_s=done_s)
        if told.done:
            self._go_on()
            self._chime.start(0.0)

    # on the watching thread

    def _take(self, frame: Frame | None, pose: Pose | None) -> None:
        """Note a pose, and ask the task's rule about it."""
        turn = self._turn
        if frame is None or not self._rounds.clock.running:
            return
        played_s = self._rounds.played_s(frame.captured_s)
        self._track.add(played_s, pose)
        if turn.done or self.finished:
            return
        if turn.trial is not None:
            turn.trial.step(played_s - turn.behind_s, pose)
            self._told = turn.number, _told_of(turn.trial.tried)
        elif played_s > self._begun_s(turn):
            self._told = turn.number, TASKS[turn.number].rule(self._seen(turn, frame, played_s))

    def _begun_s(self, turn: Turn) -> float:
        """Return when a task began, as the camera sees it, played seconds."""
        return turn.begun_s + self.ground.lag_s + FILTER_LAG_S

    def _seen(self, turn: Turn, frame: Frame, now_s: float) -> Seen:
        rows, beats = seen_of(self._track, self._begun_s(turn), now_s, self._beat_s)
        high, wide = frame.image.shape[:2]
        seated = self.ground.standard.terms.body == "seated"
        return Seen(rows, beats, self._beat_s, (wide, high), seated)

    # what is shown

    def view(self, *, mirror: bool) -> DanceView:
        """Return what to show now."""
        song, seen = self._song, self._watch.sighting
        song_s = min(self.song_now() or 0.0, song.length_s - LAST_S)
        joints = choreography_rows(song.members[song.lead], np.array([song_s]))
        counts = 0.0  # left before the dance at the end
        if self._turn.number == len(TASKS):
            counts = BEATS_OF_BAR - (song_s - self._spans[len(TASKS)][0]) / self._beat_s
        return DanceView(
            title=song.title, artist=song.artist, phase="count-in" if counts > 0 else "playing",
            song_s=song_s, counts=counts,
            length_s=song.length_s, bpm=song.bpm, beat=song.tempo.beat_at(song_s),
            picture=None if seen is None else seen.frame.image,
            pose=None if seen is None else seen.pose,
            mirror=mirror, coach=joints, lead=0, upcoming=self._upcoming(song_s),
            score=0.0, combo=0, verdict=None, verdict_age_s=0.0, colours=song.colours,
            health=self.health(), guide=self._guide(),
        )  # fmt: skip

    def health(self) -> tuple[Health, ...]:
        """Return what is the matter with the devices now, the most important first."""
        return worst_first((*self._watch.health(), self._speaker.health))

    def _upcoming(self, song_s: float) -> tuple[Upcoming, ...]:
        """Return the poses to come, those of the bars that are heard again too."""
        begin_s, end_s = self._spans[self._part_at(song_s)]
        again = not (self._turn.done or self.finished)
        coming = []
        for each in self._pictograms:
            off_s = each.at_s - begin_s - LINE * self._beat_s
            if self._turn.number == LANE and abs(off_s) > self._beat_s / 2:
                continue  # one alone is to be met
            at_s = each.at_s
            if again and begin_s <= at_s < song_s - 1:
                at_s += end_s - begin_s
            if -1 < at_s - song_s < AHEAD_S and not (again and each.at_s >= end_s):
                coming.append(Upcoming(at_s, each.joints))
        return tuple(coming)

    def _guide(self) -> GuideView:
        turn, count = self._turn, len(TASKS)
        task = TASKS[turn.number] if turn.number < count else None
        tried = turn.tried
        return GuideView(
            number=min(turn.number, count) + 1, of=count + 1, sentence=self._sentence(task),
            hint=self._hint(task), share=turn.told.share,
            done_age_s=self._clock.now() - turn.done_s if turn.done else -1.0,
            lit="coach" if task is None else task.lit,
            glows=() if task is None else task.glows,
            lane=turn.number >= LANE and not self.finished, finished=self.finished,
            score=None if tried is None else tried.score,
        )  # fmt: skip

    def _sentence(self, task: Task | None) -> str:
        """Return what is asked now; at the end, what was good."""
        if not self.finished:
            return _(DANCE_WORDS if task is None else task.sentence)
        tried = self._turn.tried
        score = -1.0 if tried is None or tried.score is None else tried.score
        return _(next(words for least, words in PRAISE if score >= least))

    def _hint(self, task: Task | None) -> str:
        """Return what the player may do, once they have tried for a while."""
        turn, tried = self._turn, self._turn.tried
        if self.finished or turn.done:
            return ""
        if task is None:
            return "" if tried is None else tried.advice or tried.told
        patient = turn.number == 0 or turn.rounds >= PATIENT
        return turn.told.hint if patient else ""


def _dance_of(standard: Standard, span: Span, beat_s: float) -> Standard:
    """Return what the dance at the end asks: the moves between its first and its last bar."""
    bar_s = BEATS_OF_BAR * beat_s
    first = int(np.searchsorted(standard.start_s, span[0] + bar_s - beat_s))
    last = int(np.searchsorted(standard.end_s, span[1] - bar_s + beat_s)) - 1
    return standard_of_passage(standard, Passage(first, last))


def _told_of(tried: Tried | None) -> Told:
    score = 0.0 if tried is None or tried.score is None else tried.score
    return Told(score >= DANCED, score / 100)
