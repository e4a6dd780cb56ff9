"""The guided song in fake time: a pupil does each task at once, late, wrongly at first, or never."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.core.health import Health
from kpopdance.realtime.core.ports import CameraState
from kpopdance.realtime.core.types import Frame, Heard, Pose
from kpopdance.realtime.dance.ground import Ground
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
from kpopdance.realtime.devices.silent_speaker import SilentSpeaker
from kpopdance.realtime.guide.guided import FIRST_STEPS, PRAISE, Guided, Rounds
from kpopdance.realtime.guide.tasks import ROUND, TASKS
from kpopdance.realtime.library.pack_reader import load_pack
from tests import dances
from tests.fakes import FakeClock

FPS = 15.0
WELL = Health("sound")
SONG = load_pack(FIRST_STEPS)
LEAD = SONG.members[SONG.lead]
BARS_S = ROUND * 60 / SONG.bpm
STARTS = [start_s for _, start_s in SONG.sections]


class Kit:
    """What of a kit the guided song uses."""

    def __init__(self):
        self.clock, self.closed = FakeClock(), []
        self.close_camera = self.closed.append


class Camera:
    """Gives nothing by itself: the test hands frames on."""

    def newest(self, timeout_s):
        return None

    def state(self):
        return CameraState("still", "640x480 at 30", (640, 480), FPS, 0, Health("camera"))


class Pupil:
    """Dances as a style says what the song asks, from a number of rounds on; before that, stands."""

    def __init__(self, standard, style=DancerStyle(), patience=0):  # noqa: B008
        self.kit, self.patience = Kit(), patience
        self.speaker, self.bell = (
            SilentSpeaker(length_s, self.kit.clock, why=WELL) for length_s in (60.0, 1.0)
        )
        ground = Ground(self.kit, SONG, standard, (np.zeros((1, 2)), 1), Camera(), None)
        self.guided = Guided(ground, self.speaker, self.bell)
        self.guided._repeat(self.guided._spans[0])
        self.speaker.start(0.0)
        self.dancer = DrawnDancer(LEAD, style)
        self.rest = DrawnDancer(LEAD, DancerStyle(still=True)).joints(0.0)
        self.seen, self.chimes = [], 0
        self.bell.start = lambda _: setattr(self, "chimes", self.chimes + 1)

    def live(self, seconds):
        for number in range(round(seconds * FPS)):
            self.guided.tick()
            turn, song_s = self.guided._turn, self.guided.song_now() or 0.0
            waits = turn.rounds < self.patience or self.dancer.style.still
            joints = self.rest if waits else self.dancer.joints(song_s)
            frame = Frame(np.zeros((480, 640, 3), np.uint8), self.kit.clock.now(), number)
            self.guided._watch.attending.note(frame, seen=True, delivered=None)
            pose = None if joints is None else Pose(np.asarray(joints, np.float32))
            self.guided._take(frame, pose)
            self.seen.append((turn.number, turn.rounds, song_s))
            self.kit.clock.at_s += 1 / FPS
        return self

    @property
    def rounds(self):
        """How often each task was heard."""
        return [max(r for n, r, _ in self.seen if n == number) + 1
                for number in range(self.seen[-1][0] + 1)]  # fmt: skip


@pytest.fixture(scope="module")
def standard():
    return dances.standard_of(LEAD, bpm=SONG.bpm)


def test_the_song_has_a_part_for_each_task_the_dance_and_the_end():
    assert len(STARTS) == len(TASKS) + 2
    np.testing.assert_allclose(np.diff(STARTS)[: len(TASKS)], BARS_S, atol=2e-3)


def test_who_does_all_at_once_hears_the_song_once_and_has_a_score(standard):
    pupil = Pupil(standard).live(SONG.length_s - 1)
    assert pupil.guided.finished
    assert pupil.rounds == [1] * (len(TASKS) + 2)
    assert pupil.chimes == len(TASKS) + 1
    assert pupil.guided.tried.score > 95
    guide = pupil.guided.view(mirror=True).guide
    assert (guide.score, guide.sentence) == (pupil.guided.tried.score, PRAISE[0][1])


def test_who_does_each_task_later_is_waited_for(standard):
    pupil = Pupil(standard, patience=1).live(2 * SONG.length_s)
    assert pupil.guided.finished
    assert pupil.rounds[1:-1] == [2] * len(TASKS)  # one stands from the beginning
    again = [
        b
        for (n, _, a), (m, _, b) in zip(pupil.seen, pupil.seen[1:], strict=False)
        if n == m and b < a
    ]
    assert again
    assert all(min(abs(np.subtract(STARTS, song_s))) < 2 / FPS for song_s in again)


@pytest.mark.long
@pytest.mark.parametrize("style", [DancerStyle(lateness_s=0.12), DancerStyle(noise_deg=4, seed=3),
                                   DancerStyle(amplitude=0.8)])  # fmt: skip
def test_beginners_come_through(standard, style):
    pupil = Pupil(standard, style).live(2 * SONG.length_s)
    assert pupil.guided.finished
    assert max(pupil.rounds[:-1]) <= 2


def test_who_does_nothing_is_waited_for_and_told_what_is_seen(standard):
    pupil = Pupil(standard, DancerStyle(still=True))
    pupil.guided.skip()  # standing is the first task
    for number in range(1, len(TASKS) + 1):
        pupil.live(2.3 * (BARS_S if number < len(TASKS) else 3 * BARS_S))
        guide = pupil.guided.view(mirror=True).guide
        assert (guide.number, guide.done_age_s) == (number + 1, -1.0)
        assert guide.hint
        pupil.guided.skip()
        pupil.live(0.1)
        assert pupil.guided._turn.number == number + 1
    assert pupil.guided.finished
    assert pupil.guided.view(mirror=True).guide.score in (None, 0.0)


def test_a_window_that_stalls_passes_no_task(standard):
    pupil = Pupil(standard).live(3.0)
    assert pupil.guided._turn.done
    pupil.kit.clock.at_s += 2.5 * BARS_S
    pupil.guided.tick()
    assert (pupil.guided._turn.number, pupil.guided._turn.done) == (1, False)


def test_played_seconds_rise_where_the_song_goes_back():
    rounds = Rounds()
    rounds.span = (2.0, 6.0)
    told = [(5.0, False), (5.9, False), (2.1, True), (3.0, False)]
    for k, (song_s, back) in enumerate(told):
        assert rounds.step(Heard(song_s, 100.0 + k)) == back
    assert rounds.behind_s == 4.0
    assert rounds.song_s(103.0) == pytest.approx(3.0, abs=0.05)
    assert rounds.played_s(103.0) == pytest.approx(7.0, abs=0.05)
