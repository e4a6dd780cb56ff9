"""However slow a computer is: who is not there misses, and what nobody looked at is said so."""

from __future__ import annotations

import threading
from itertools import product

import numpy as np
import pytest

from kpopdance.realtime.commands.common import report_facts, report_words
from kpopdance.realtime.core.ports import CameraState, Deliveries
from kpopdance.realtime.core.types import Frame, Pose
from kpopdance.realtime.dance.loop import DanceSession
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
from kpopdance.realtime.library.replay import Replay, judged_again
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.scoring.judge import NO_PICTURES, TOO_SLOW, Judge
from kpopdance.realtime.scoring.report import report_of
from tests import dances
from tests.fakes import FakeClock, SilentAudio
from tests.quick import but_quick

BPM = 120.0
SONG = SongPack("A dance", "Nobody", BPM, (dances.song(5, bpm=BPM, moves=7),), audio=None)
GONE = (4.0, 9.0)
TICK_S = 1 / 60
EMPTY = np.zeros((2, 2, 3), np.uint8)


class SlowStage:
    """Camera, watcher and the window's ticks in one; all time passes in the watching thread.

    ``crop_s`` a look takes while the dancer is held, ``full_s`` while looked for; ``silent`` are
    host spans, counted from the beginning, in which the camera delivers nothing.
    """

    looks = ()

    def __init__(self, song, standard, style, *, crop_s, full_s=None, fps=30.0, silent=()):
        self.clock, self.given = FakeClock(0.0), Deliveries()
        self._dancer = DrawnDancer(song.members[song.lead], style)
        self._crop_s, self._full_s = crop_s, crop_s if full_s is None else full_s
        self._fps, self._silent, self._index = fps, silent, 0
        self._held, self._pending, self._over = False, None, threading.Event()
        self.judge = Judge(standard)
        self.session = DanceSession(
            song, self.judge, camera=self, watcher=self, speaker=SilentAudio(self.clock),
            clock=self.clock,
        )  # fmt: skip

    def dance(self):
        """Return the report."""
        self.session.begin()
        while not self._over.wait(0.05):
            self.session._watch.check()
        return self.session.finish()

    def newest(self, timeout_s):
        self._pass(0.0)
        while self._pending is None and timeout_s > 0 and not self._over.is_set():
            self._pass(TICK_S)
            timeout_s -= TICK_S
        frame, self._pending = self._pending, None
        return frame

    def state(self):
        return CameraState("slow", "", (2, 2), self._fps, 0, delivered=self.given)

    def close(self):
        pass

    def watch(self, frame):
        song_s = self.session._song_clock.song_s(frame.captured_s)
        joints = self._dancer.joints(song_s)
        self._pass(self._crop_s if self._held else self._full_s)
        self._held = joints is not None
        return [Pose(joints) if self._held else None]

    def _pass(self, seconds):
        """Let time pass in small steps: the camera delivers, the song's clock goes on."""
        end_s = self.clock.at_s + seconds
        while True:
            self.clock.at_s = min(self.clock.at_s + TICK_S, end_s)
            self._deliver()
            if not self.session.tick():
                self._over.set()
            if self.clock.at_s >= end_s:
                return

    def _deliver(self):
        while (at_s := self._index / self._fps) <= self.clock.at_s:
            if not any(begin <= at_s < end for begin, end in self._silent):
                self.given = self.given.after(at_s)
                self._pending = Frame(EMPTY, at_s, self._index)
            self._index += 1


@pytest.fixture(scope="module")
def standard():
    return dances.standard_of(SONG.members[0], bpm=BPM)


def danced(standard, absent=(), **speed):
    stage = SlowStage(SONG, standard, DancerStyle(absent=absent), **speed)
    return stage, stage.dance()


@pytest.fixture(scope="module")
def quick(standard):
    return danced(standard, (GONE,), crop_s=0.03)[1]


@pytest.mark.parametrize(
    ("full_s", "fps"),
    but_quick(
        product((0.05, 0.28, 0.6), (5.0, 15.0, 30.0, 60.0)),
        {(0.28, 5.0), (0.6, 30.0)},
    ),
)
def test_an_absence_costs_the_same_however_slow_the_computer_looks(
    standard, quick, full_s, fps
):
    """Looking for somebody takes long; holding on to somebody does not."""
    _, report = danced(standard, (GONE,), crop_s=0.05, full_s=full_s, fps=fps)
    assert report.complete
    assert report.score == pytest.approx(quick.score, abs=8)
    assert report.score < 75
    _, there = danced(standard, crop_s=0.05, full_s=full_s, fps=fps)
    assert there.score > 90


@pytest.mark.parametrize("look_s", [0.55, 0.6, 0.9])
@pytest.mark.parametrize("absent", [(), (GONE,), ((0.0, 2.5), (5.0, 7.5), (10.0, 12.0))])
def test_too_slow_to_judge_there_are_no_stars_and_it_is_said(standard, absent, look_s):
    _, report = danced(standard, absent, crop_s=look_s)
    assert (report.complete, report.stars) == (False, 0)
    assert {move.why for move in report.moves if not move.judged} == {TOO_SLOW}
    assert all(move.score < 50 for move in report.moves)  # what was judged was an absence
    assert "this computer is too slow" in report.advice[0]


def test_a_camera_that_falls_silent_is_another_matter(standard):
    _, report = danced(standard, crop_s=0.05, silent=((6.0, 9.0),))
    unjudged = [move for move in report.moves if not move.judged]
    assert unjudged
    assert {move.why for move in unjudged} == {NO_PICTURES}
    assert report.score > 90
    assert "too few pictures came" in report.advice[0]


@pytest.mark.parametrize("period_s", [0.7, 1.0, 1.5])
def test_stepping_in_and_out_earns_less_than_staying(standard, period_s):
    """On a slow computer each return costs a long look; that must not pay."""
    steps = np.arange(0, 14, period_s)
    absent = tuple((float(at_s), float(at_s) + 0.6 * period_s) for at_s in steps)
    _, report = danced(standard, absent, crop_s=0.05, full_s=0.28)
    assert report.score * report.judged < 40


@pytest.mark.parametrize(
    "speed",
    [
        {"crop_s": 0.05},
        {"crop_s": 0.05, "full_s": 0.6},
        {"crop_s": 0.3, "silent": ((6.0, 7.0),)},
    ],
)
def test_what_pages_say_of_seeing_and_judging_agrees(standard, speed):
    _, report = danced(standard, (GONE,), **speed)
    assert report.coverage <= report.judged
    facts = report_facts(report)
    assert facts["coverage"] <= facts["judged"]
    assert f"seen {report.seen_percent} % of the dance" in report_words(report)
    weight = standard.weight / standard.weight.sum()
    judged = sum(w for w, move in zip(weight, report.moves, strict=True) if move.judged)
    assert report.judged == pytest.approx(judged)


@pytest.mark.parametrize(
    "speed",
    [
        {"crop_s": 0.05, "full_s": 0.28},
        {"crop_s": 0.28, "full_s": 0.6, "silent": ((5.0, 5.4), (7.0, 9.0))},
        {"crop_s": 0.07, "fps": 4.5, "silent": ((11.0, 12.2),)},
        {"crop_s": 1.4},
    ],
)
def test_judged_again_a_slow_dance_is_the_same_to_the_last_bit(standard, speed):
    stage, report = danced(standard, (GONE,), **speed)
    session = stage.session
    replay = Replay(
        session.track.at_s.copy(), session.track.joints.copy(),
        np.array(session.judged_at, dtype=np.int64),
        np.array(session.faults, dtype=np.float64).reshape(-1, 2), "song", "", "0", "", 0.0,
    )  # fmt: skip
    again = report_of(judged_again(replay, standard))
    assert again.score == report.score
    assert [(m.why, m.score, m.judged) for m in again.moves] == [
        (m.why, m.score, m.judged) for m in report.moves
    ]
