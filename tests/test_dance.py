"""The story: a whole dance through the live loop, in fake time, with a painted network."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from kpopdance.engines.fallback import LastingVision
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.dance.loop import DanceSession, count_in_s
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.pose.watcher import Watcher
from kpopdance.realtime.scoring.judge import Judge
from tests import dances
from tests.fakes import (
    FailingVision,
    FakeClock,
    PaintedVision,
    ScriptedCamera,
    SilentAudio,
    eyes_of,
)
from tests.waiting import until

BPM = 120.0
FPS = 20.0
SONG = SongPack("A dance", "Nobody", BPM, (dances.song(5, bpm=BPM, moves=7),), audio=None)


@pytest.fixture(scope="module")
def standard():
    return dances.standard_of(SONG.members[0], bpm=BPM)


class Stage:
    """One session with all its fakes; ``dance`` lets a dancer dance it frame by frame."""

    def __init__(self, standard, latency_s=0.0, *, fails_at=None):
        self.latency_s = latency_s  # of network and computer: frames are seen so much later
        self.clock, self.camera = FakeClock(), ScriptedCamera()
        self.vision = PaintedVision({})
        eye = self.vision if fails_at is None else lasting(self.vision.people, fails_at)
        self.eyes = eyes_of(eye)
        self.judge = Judge(standard)
        self.bystander = None
        self.session = DanceSession(
            SONG, self.judge, camera=self.camera, watcher=Watcher(self.eyes),
            speaker=SilentAudio(self.clock), clock=self.clock,
        )  # fmt: skip

    def dance(self, style=None, *, keep=lambda index: True, each=lambda stage: None):
        dancer = DrawnDancer(SONG.members[0], style or DancerStyle())
        self.session.begin()
        index = 0
        try:
            while self.session.tick():
                if keep(index):
                    self.film(dancer, index)
                each(self)
                index += 1
                self.clock.at_s += 1 / FPS
        finally:
            report = self.session.finish()
        return report

    def film(self, dancer, index):
        mark = index % 65536
        self.vision.people[mark] = dancer.joints(self.session.song_now() - self.latency_s)
        if self.bystander is not None:
            beside = self.bystander.joints(self.session.song_now())
            self.vision.people[mark] = np.stack([self.vision.people[mark], beside])
        image = np.zeros((480, 640, 3), dtype=np.uint8)
        image[0, 0] = (mark % 256, mark // 256, 0)
        before = len(self.session.took_s)
        self.camera.put(Frame(image, self.clock.now() - self.latency_s, index))
        until(lambda: len(self.session.took_s) > before)


def lasting(people, fails_at):
    """Eyes on a GPU that is lost at one look, and on painted maps from then on."""
    return LastingVision(
        FailingVision(people, fails_at=fails_at), lambda why: PaintedVision(people)
    )


@pytest.fixture(scope="module")
def perfect(standard):
    return Stage(standard).dance()


@pytest.mark.parametrize(
    "fails_at", [40, *(pytest.param(look, marks=pytest.mark.long) for look in (1, 200))]
)
def test_a_gpu_lost_in_the_middle_of_a_song_costs_nothing(standard, perfect, fails_at):
    stage = Stage(standard, fails_at=fails_at)
    report = stage.dance()
    assert stage.eyes.failure == "the GPU is lost"
    assert stage.eyes.runtime == "no runtime"  # of the painted eyes
    assert report.score == pytest.approx(perfect.score, abs=0.05)
    assert [move.grade for move in report.moves] == [move.grade for move in perfect.moves]
    assert report.coverage == perfect.coverage


def test_a_perfect_dancer_scores_full(perfect):
    assert perfect.score >= 95
    assert perfect.stars == 5
    assert abs(perfect.lag_ms) < 17
    assert {move.grade for move in perfect.moves} == {"PERFECT"}
    assert perfect.best_combo == len(perfect.moves) == 7


def test_late_is_reported_as_late_and_costs(standard, perfect):
    late = Stage(standard).dance(DancerStyle(lateness_s=0.15))
    assert late.lag_ms == pytest.approx(150, abs=17)
    assert late.score < perfect.score - 5
    assert "PERFECT" not in {move.grade for move in late.moves}


def test_a_slow_computer_never_makes_a_dancer_late(standard, perfect):
    slow = Stage(standard, latency_s=0.2).dance()
    assert slow.lag_ms == pytest.approx(perfect.lag_ms, abs=5)
    assert slow.score == pytest.approx(perfect.score, abs=1)
    assert [m.grade for m in slow.moves] == [m.grade for m in perfect.moves]


def test_half_the_frames_dropped_earn_the_same_grades(standard, perfect):
    dropped = Stage(standard).dance(keep=lambda index: index % 2 == 0)
    assert [m.grade for m in dropped.moves] == [m.grade for m in perfect.moves]
    assert dropped.score == pytest.approx(perfect.score, abs=3)


def test_nobody_in_view_earns_misses(standard):
    report = Stage(standard).dance(DancerStyle(absent=((-10, 100),)))
    assert report.score == 0
    assert {move.grade for move in report.moves} == {"MISS"}
    assert all(move.judged for move in report.moves)


def test_standing_still_earns_nothing(standard):
    assert Stage(standard).dance(DancerStyle(still=True)).score <= 3


def test_a_bystander_who_dances_well_gains_nothing_for_who_stands(standard):
    class Beside(DrawnDancer):
        def joints(self, song_s):
            return (super().joints(song_s) * (0.6, 0.6, 1) + (310, 90, 0)).astype(np.float32)

    stage = Stage(standard)
    stage.bystander = Beside(SONG.members[0], DancerStyle())
    report = stage.dance(DancerStyle(still=True))
    assert report.score <= 3
    assert report.coverage > 0.9


@pytest.mark.parametrize("cause", [Cause.BLACK, Cause.FROZEN])
def test_pictures_that_show_nothing_are_no_dance(standard, cause):
    stage = Stage(standard)
    stage.camera.health = Health("camera", cause, "Nothing is shown.")
    report = stage.dance()
    assert not any(move.judged for move in report.moves)
    assert not report.complete  # so no score is kept: 0.0 would be a first one
    assert stage.session.view(mirror=True).blind


def test_a_lost_camera_is_told_and_its_moves_are_not_judged(standard):
    told = set()

    def lose(stage):
        song_s = stage.session.song_now()
        stage.camera.lost = 4.0 < song_s < 8.0
        told.update(stage.session.view(mirror=True).told)

    stage = Stage(standard)
    report = stage.dance(
        keep=lambda index: not 3.5 < index / FPS - count_in_s(SONG) < 8.0, each=lose
    )
    assert any("Camera lost" in text for text in told)
    judged = [move.judged for move in report.moves]
    assert judged == [True, False, False, False, True, True, True]
    assert report.score >= 90


@pytest.mark.parametrize(
    ("at_s", "back_s", "until_s"),
    [
        pytest.param(-1.0, -1.5, 0.0, marks=pytest.mark.long),  # in the count-in
        pytest.param(0.3, -1.5, 0.0, marks=pytest.mark.long),
        (5.26, 2.5, 4.0),  # a bar is two seconds
        pytest.param(4.0, 2.5, 4.0, marks=pytest.mark.long),
    ],
)
def test_going_on_counts_in_from_before_and_judges_nothing_twice(
    standard, at_s, back_s, until_s
):
    stage, shown, poses = Stage(standard), [], []

    def pause_once(stage):
        session = stage.session
        if session.song_now() >= at_s and not hasattr(stage, "held_s"):
            session.toggle_pause()
            stage.held_s = session.song_now()
            poses.append(len(session.track))
            session.toggle_pause()
        elif hasattr(stage, "held_s") and session.song_now() == stage.held_s:
            shown.append(session.view(mirror=True))
            poses.append(len(session.track))

    report = stage.dance(each=pause_once)
    assert (shown[0].song_s, shown[0].phase) == (pytest.approx(back_s, abs=0.06), "count-in")
    assert shown[0].counts == pytest.approx((until_s - back_s) / 0.5, abs=0.1)
    assert all(b.song_s >= a.song_s for a, b in itertools.pairwise(shown))
    assert len(set(poses)) == 1  # what sounds again is danced, but not judged again
    assert report.score >= 95
    track = stage.session.track.at_s
    assert np.diff(track).max() < 0.1


@pytest.mark.parametrize(
    ("offset_s", "changes", "before_s", "counted_s"),
    [
        (0.0, (), 2.0, 0.0),
        (-0.04, (), 2.04, -0.04),  # heard a moment before the song begins
        (0.2, (), 1.8, 0.2),
        (1.5, (), 0.5, 1.5),  # a pickup of three beats
        (3.0, (), 0.0, 3.0),  # silence before the start
        (-30.5, (), 0.5, 1.5),
        (0.0, ((8.0, 60.0),), 2.0, 0.0),
    ],
)
def test_the_count_in_ends_with_the_first_bars_first_beat(
    standard, offset_s, changes, before_s, counted_s
):
    song = replace(SONG, offset_s=offset_s, tempo_changes=changes)
    assert count_in_s(song) == pytest.approx(before_s)
    clock = FakeClock()
    session = DanceSession(
        song, Judge(standard), camera=ScriptedCamera(), watcher=Watcher(eyes_of(PaintedVision({}))),
        speaker=SilentAudio(clock), clock=clock,
    )  # fmt: skip
    view = session.view(mirror=True)
    assert view.counts == pytest.approx((counted_s + before_s) / 0.5)
    assert (view.beat + view.counts) % 4 == pytest.approx(0.0)


def test_a_player_has_time_to_step_back_from_the_keyboard(standard):
    stage = Stage(standard)
    stage.session.begin(4.0)
    seen = []
    for _ in range(round(5.5 * FPS)):
        stage.session.tick()
        view = stage.session.view(mirror=True)
        seen.append((view.song_s, math.ceil(view.counts - 1e-6)))
        stage.clock.at_s += 1 / FPS
    stage.session.finish()
    assert [s for s, _ in seen[: round(3.9 * FPS)]] == [-2.0] * round(3.9 * FPS)
    assert seen[0][1] > 4  # get ready
    assert next(count for _, count in seen if count <= 4) == 4
    assert seen[-1][0] == pytest.approx(-0.5, abs=0.11)


def test_pausing_stops_the_song_and_the_judge(standard):
    stage = Stage(standard)

    def pause_for_a_while(stage):
        if stage.session.song_now() >= 5 and not hasattr(stage, "paused"):
            stage.paused = len(stage.session.track)
            stage.session.toggle_pause()
            assert stage.session.view(mirror=True).phase == "paused"
            at = stage.session.song_now()
            stage.clock.at_s += 60
            stage.session.tick()
            assert stage.session.song_now() == at
            stage.session.toggle_pause()

    report = stage.dance(each=pause_for_a_while)
    assert report.score >= 95
    assert stage.session.track.at_s[-1] < SONG.length_s + 3


def test_live_and_offline_give_the_same_verdicts(standard):
    stage = Stage(standard)
    live = stage.dance(DancerStyle(lateness_s=0.06, noise_deg=6, seed=3))
    offline = Judge(standard)
    offline.step(stage.session.track, np.inf)
    assert [(m.grade, m.score, m.lag_s) for m in live.moves] == [
        (m.grade, m.score, m.lag_s) for m in offline.verdicts
    ]


def test_the_view_shows_what_comes(standard):
    seen = []
    stage = Stage(standard)
    report = stage.dance(
        each=lambda s: seen.append(s.session.view(mirror=False, status="small print"))
    )
    gathered = [view.score for view in seen]
    assert gathered[0] == 0
    assert np.diff(gathered).min() >= 0
    assert 20 < gathered[len(gathered) // 2] < 80
    assert seen[-1].score == pytest.approx(report.score)
    assert seen[-1].stars == report.stars == 5
    assert seen[0].phase == "count-in"
    assert seen[0].beat == pytest.approx(-4, abs=0.2)
    middle = next(view for view in seen if view.song_s > 6)
    assert all(-1 < p.at_s - middle.song_s < 5 for p in middle.upcoming)
    assert len(middle.upcoming) >= 4
    assert middle.verdict is not None
    assert middle.verdict.grade == "PERFECT"
    assert middle.combo >= 1
    assert middle.pose is not None
    np.testing.assert_allclose(
        middle.coach[0], SONG.members[0].row(middle.song_s), atol=0.05
    )  # between two rows 33 ms apart, stage units
