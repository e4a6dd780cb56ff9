"""Several dance before one camera: each judged as alone, bit for bit, all of them as a team."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from kpopdance.realtime.core.types import Formation, Frame, Pose
from kpopdance.realtime.dance.loop import DanceSession, pictograms
from kpopdance.realtime.dance.together import (
    Entrant,
    GroupPerformance,
    GroupSession,
    judged_together,
)
from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
from kpopdance.realtime.library.replay import Replay, judged_again
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.pose.group_tracker import Exchange, GroupTracker
from kpopdance.realtime.pose.group_watcher import GroupWatcher, Place
from kpopdance.realtime.scoring.judge import Judge
from tests import dances
from tests.fakes import FakeClock, PaintedVision, ScriptedCamera, SilentAudio, eyes_of
from tests.waiting import until

BPM, FPS = 120.0, 12.0
MOVES = 4
MEMBERS = (dances.song(5, bpm=BPM, moves=MOVES), dances.song(8, bpm=BPM, moves=MOVES))
SONG = SongPack("A dance", "Nobody", BPM, MEMBERS, audio=None)


@pytest.fixture(scope="module")
def standards():
    return [dances.standard_of(member, bpm=BPM) for member in MEMBERS]


class Shown:
    """Stands in for a watcher: the poses of each frame, by its number."""

    runtime = "none"

    def __init__(self, poses):
        self.poses = poses

    def watch(self, frame):
        return self.poses[frame.index]


class Fed(GroupWatcher):
    """A group's watcher that sees exactly who is there, and remembers whom it told."""

    def __init__(self, people, players):
        super().__init__(eyes_of(PaintedVision({})), GroupTracker(players))
        self.people, self.told = people, []

    def find(self, frame):
        people = [Pose(joints) for joints in self.people[frame.index]]
        return self.group.step(people, frame.image, frame.captured_s)

    def watch(self, frame):
        self.told.append(super().watch(frame))
        return self.told[-1]


class Stage:
    """A group's session with all its fakes."""

    def __init__(self, session_of):
        self.clock, self.camera = FakeClock(), ScriptedCamera()
        self.people = {}
        self.session = session_of(
            self.people, camera=self.camera, speaker=SilentAudio(self.clock), clock=self.clock
        )

    def dance(self, joints_of, each=lambda song_s: None):
        session, index = self.session, 0
        session.begin()
        try:
            while session.tick():
                self.people[index] = joints_of(session.song_now())
                image = np.zeros((480, 640, 3), dtype=np.uint8)
                before = len(session.took_s)
                self.camera.put(Frame(image, self.clock.now(), index))
                until(lambda before=before: len(session.took_s) > before)
                each(session.song_now())
                index += 1
                self.clock.at_s += 1 / FPS
        finally:
            session.stop()
        return session


def beside(joints, x):
    """Half as large, x px to the right."""
    return (joints * (0.5, 0.5, 1) + (x, 120, 0)).astype(np.float32)


def two(absent=(99.0, 99.0)):
    """Both members side by side, the first one left in a mirror, the second one gone for a while."""
    dancers = [DrawnDancer(member) for member in MEMBERS]

    def joints_of(song_s):
        people = [beside(dancers[0].joints(song_s), 320)]
        if not absent[0] <= song_s < absent[1]:
            people.append(beside(dancers[1].joints(song_s), 0))
        return np.stack(people)

    return joints_of


def group_of(standards, members=(0, 1)):
    def session(people, **devices):
        judged = [(Entrant(f"{m}", m), Judge(standards[m])) for m in members]
        return GroupSession(SONG, judged, watcher=Fed(people, len(members)), **devices)

    return session


@pytest.fixture(scope="module")
def danced(standards):
    stage, views = Stage(group_of(standards)), []
    session = stage.dance(two(), lambda _: views.append(stage.session.group_view(mirror=True)))
    return session, session.finish_all(), views


def judges(session):
    return [dancer.judge for dancer in session.dancers]


def facts(verdict):
    return (verdict.move, verdict.score, verdict.lag_s, verdict.grade, verdict.why)


def test_each_dances_their_own_part(danced):
    session, reports, _ = danced
    assert [report.score > 85 for report in reports] == [True, True]
    assert [len(r.moves) for r in reports] == [len(s.standard.start_s) for s in judges(session)]
    team = judged_together(session)
    assert team.apart_ms is not None
    assert team.apart_ms < 20
    assert team.score > 85


@pytest.mark.parametrize("k", [0, 1])
def test_each_is_judged_as_alone_to_the_last_bit(danced, standards, k):
    """By the live loop of one player given the same poses, and by the replay kept of it."""
    group, reports, _ = danced
    poses = [[told[k]] for told in group._watch.watcher.told]

    def alone(people, **devices):
        return DanceSession(SONG, Judge(standards[k]), watcher=Shown(poses), **devices)

    session = Stage(alone).dance(lambda _: None)
    report = session.finish()
    assert [facts(v) for v in report.moves] == [facts(v) for v in reports[k].moves]
    assert (report.score, report.coverage) == (reports[k].score, reports[k].coverage)
    dancer = group.dancers[k]
    replay = Replay(
        dancer.track.at_s, dancer.track.joints, np.array(dancer.judged_at),
        np.array(dancer.judge.faults).reshape(-1, 2), "a", "b", "0", "painted", report.score,
    )  # fmt: skip
    again = judged_again(replay, standards[k])
    assert [facts(v) for v in again.verdicts] == [facts(v) for v in reports[k].moves]


def test_the_view_tells_of_everybody(danced):
    _, reports, views = danced
    last = views[-1]
    assert [one.place for one in last.dancers] == [0, 1]
    assert [one.member for one in last.dancers] == [0, 1]
    assert [one.name for one in last.dancers] == ["0", "1"]
    assert all(one.pose is not None and not one.lost for one in last.dancers)
    first, second = (one.pose.joints[1, 0] for one in last.dancers)
    assert second < 320 < first
    assert [one.combo for one in last.dancers] == [report.best_combo for report in reports]
    assert views[0].dancers[1].lost
    assert last.apart_ms is not None
    assert last.given_up == ""


def test_the_coach_shows_the_part_of_who_leads(danced):
    session, _, views = danced
    view = views[-1].dance
    shown = [session.led(replace(view, song_s=4.0), lambda at_s, k=k: k) for k in (0, 1)]
    assert [each.lead for each in shown] == [0, 1]
    for member, each in enumerate(shown):
        due = [pose for pose in pictograms(replace(SONG, lead=member)) if 3 < pose.at_s < 9]
        assert [pose.at_s for pose in each.upcoming] == [pose.at_s for pose in due]
        for one, other in zip(each.upcoming, due, strict=True):
            np.testing.assert_array_equal(one.joints, other.joints)
    turns = session.led(replace(view, song_s=4.0), lambda at_s: int(at_s >= 6.0))
    assert turns.lead == 0
    wanted = [
        next(pose for pose in shown[int(at_s >= 6.0)].upcoming if pose.at_s == at_s).joints
        for at_s in (pose.at_s for pose in turns.upcoming)
    ]
    assert len(wanted) == len(shown[0].upcoming)
    np.testing.assert_array_equal([pose.joints for pose in turns.upcoming], wanted)


def test_who_is_gone_is_told_and_judged_again_when_back(standards):
    stage, gone = Stage(group_of(standards)), {}

    def note(song_s):
        gone[song_s] = [one.lost for one in stage.session.group_view(mirror=True).dancers]

    reports = stage.dance(two(absent=(2.0, 4.5)), note).finish_all()
    assert any(other for at_s, (_, other) in gone.items() if 3.2 < at_s < 4.5)
    assert not any(one for at_s, (one, _) in gone.items() if at_s > 1.0)
    assert not any(other for at_s, (_, other) in gone.items() if at_s > 7.5)
    grades = [move.grade for move in reports[1].moves]
    assert grades[1] == "MISS"
    assert grades[-1] in ("PERFECT", "GREAT")
    assert reports[0].score > 85


class Doubting(Shown):
    """Tells of two players that are exchanged from a second on, and says so a second later."""

    def __init__(self, poses, captured_s, swapped_s):
        super().__init__(poses)
        self.group, self.places = self, (Place(None, 0.0, False),) * 2
        self.exchanges, self._from_s = [], captured_s
        self._since, self._until = swapped_s, swapped_s + 1.0

    def given_up(self):
        return ""

    def watch(self, frame):
        at_s = frame.captured_s - self._from_s
        self._wrong = self._since <= at_s < self._until
        told = at_s - 1 / FPS < self._until <= at_s
        self.exchanges = [Exchange(self._from_s + self._since, {0: 1, 1: 0})] if told else []
        one, other = self.poses[frame.index]
        return [other, one] if self._wrong else [one, other]

    def unsettled_s(self, k):
        return self._from_s + self._since if self._wrong else None


@pytest.mark.parametrize("swapped_s", [3.5, 6.0])
def test_what_was_given_to_the_wrong_one_is_judged_as_the_right_ones(
    danced, standards, swapped_s
):
    group, reports, _ = danced
    poses = group._watch.watcher.told

    def session(people, **devices):
        watcher = Doubting(poses, 100.0, swapped_s)
        judged = [(Entrant("", m), Judge(standards[m])) for m in (0, 1)]
        return GroupSession(SONG, judged, watcher=watcher, **devices)

    again = Stage(session).dance(lambda _: None).finish_all()
    for report, before in zip(again, reports, strict=True):
        assert report.score == pytest.approx(before.score, abs=0.5)


def test_formation_counts_where_the_song_tells_it(danced):
    group, _, _ = danced
    rows = len(MEMBERS[0].joints)
    there = np.ones((2, rows), np.bool_)

    def off(places):
        floor = np.broadcast_to(np.float32(places)[:, None], (2, rows, 2)).copy()
        group.song = replace(SONG, formation=Formation(floor, there))
        return judged_together(group).formation

    try:
        assert off([(0.5, 0), (-0.5, 0)]) < 0.4  # as they stand, room apart
        assert off([(-0.5, 0), (0.5, 0)]) > 1.0
        group.song = SONG
        assert judged_together(group).formation is None
    finally:
        group.song = SONG


def test_what_was_filmed_is_what_the_dance_left(danced):
    session, _reports, _views = danced
    filmed = object()
    opened = SimpleNamespace(
        kit=SimpleNamespace(settings=SimpleNamespace(replay_folder=None)), status="", lag_ms=0.0,
        speaker=SimpleNamespace(underruns=0), foreseen=(),
        recording=SimpleNamespace(finish=lambda: filmed),
    )  # fmt: skip
    outcome = GroupPerformance(opened, session, ("", "")).outcome([])
    assert outcome.filmed is filmed
    assert [each.track for each in outcome.outcomes] == [d.track for d in session.dancers]
