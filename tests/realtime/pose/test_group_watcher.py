"""A group watched with painted networks: at what is looked, and what is said to be given up."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.engines.ports import Eyes
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.pose.group_tracker import GroupTracker
from kpopdance.realtime.pose.group_watcher import GroupWatcher
from tests import dances
from tests.fakes import FakeClock, PaintedPersonVision, PaintedVision

LIGHT, FULL = "movenet_lightning", "blazepose_full"
DANCE = dances.song(3, moves=2).joints
COLOURS = ((40, 40, 200), (200, 60, 40), (60, 190, 60))
FPS = 12


def person(x, row=0):
    joints = DANCE[row % len(DANCE)].copy()
    hips = joints[[8, 11], :2].mean(axis=0)
    joints[:, :2] = (joints[:, :2] - hips) * 200 + (x, 280)
    joints[:, 2] = 0.85
    return joints.astype(np.float32)


class Costly:
    """A network that takes its time, of a clock that only it moves."""

    def __init__(self, vision, clock, took_s):
        self._vision, self._clock, self._took_s = vision, clock, took_s
        self.name, self.runtime, self.reason, self.failure = "costly", "none", "a test", ""

    def see(self, image, *, region, size):
        self._clock.at_s += self._took_s * (1.0 if region else 2.0)
        return self._vision.see(image, region=region, size=size)

    def see_person(self, image, *, region):
        self._clock.at_s += self._took_s
        return self._vision.see_person(image, region=region)


class Stage:
    """A room, networks of given costs, and a group's watcher."""

    def __init__(self, players, close=(LIGHT,), took_s=0.01):
        self.people, clock = {}, FakeClock()
        self.everybody, self.one = PaintedVision(self.people), PaintedPersonVision(self.people)
        eyes = Eyes(
            Costly(self.everybody, clock, took_s),
            {name: Costly(self.one, clock, took_s) for name in close},
        )
        group = GroupTracker(players)
        self.watcher = GroupWatcher(eyes, group, now=clock.now, budget_s=1 / 30)
        self.people[0] = None
        self.watcher.warm_up(np.zeros((480, 640, 3), np.uint8))
        self.index = 0

    def look(self, xs):
        people = [person(x, self.index + 10 * k) for k, x in enumerate(xs)]
        self.people[self.index] = np.stack(people) if people else None
        image = np.full((480, 640, 3), 128, np.uint8)
        for joints, colour in zip(people, COLOURS, strict=False):
            low, high = joints[:, :2].min(axis=0), joints[:, :2].max(axis=0)
            (left, top), (right, bottom) = low.astype(int), high.astype(int)
            image[max(top, 1) : bottom, left:right] = colour
        image[0, 0] = (self.index % 256, self.index // 256, 0)
        poses = self.watcher.watch(Frame(image, self.index / FPS, self.index))
        self.index += 1
        return [None if pose is None else int(pose.joints[1, 0]) for pose in poses]


def test_each_has_a_place_from_the_left_of_a_mirror_and_crops_of_their_own():
    stage = Stage(3)
    for _ in range(30):
        told = stage.look([110, 320, 530])
    assert None not in told
    assert told == sorted(told, reverse=True)
    assert [place.gone_s for place in stage.watcher.places] == [0.0] * 3
    assert set(stage.watcher.looks) == {"crop", LIGHT}  # there is time
    assert len(stage.one.asked) > 20


def test_who_is_gone_is_searched_and_told():
    stage = Stage(2)
    for _ in range(24):
        stage.look([490, 150])
    for _ in range(24):
        told = stage.look([490])
    assert told[1] is None
    assert stage.watcher.places[1].gone_s == pytest.approx(2.0, abs=0.1)
    looked = len(stage.everybody.asked)
    for _ in range(12):
        stage.look([490])
    assert len(stage.everybody.asked) - looked >= 2


def test_near_each_other_pictures_say_who_is_who():
    stage = Stage(2)
    for _ in range(24):
        stage.look([150, 490])
    before = len(stage.everybody.asked)
    for n in range(24):
        stage.look([150 + 7 * n, 490 - 7 * n])
    apart = stage.watcher.group.unsettled_s(0)
    assert apart is not None
    assert stage.watcher.places[0].doubted
    assert len(stage.everybody.asked) - before >= 3


@pytest.mark.parametrize(
    ("players", "took_s", "given_up"),
    [(1, 0.01, False), (2, 0.01, False), (2, 0.0165, False), (3, 0.02, True)],
)
def test_what_so_many_give_up_is_told(players, took_s, given_up):
    stage = Stage(players, close=(LIGHT, FULL), took_s=took_s)
    for _ in range(20):
        stage.look([110 + 210 * k for k in range(players)])
    told = stage.watcher.given_up()
    assert bool(told) == given_up
    if given_up:
        assert (
            told
            == "so many at once: MoveNet Lightning instead of MoveNet Lightning + BlazePose"
        )


def test_forgotten_they_are_known_again_by_their_looks():
    stage = Stage(2)
    for _ in range(24):
        stage.look([150, 490])
    stage.watcher.choose_anew()
    for _ in range(36):
        told = stage.look([490, 150])  # the other way round
    assert told[0] < told[1]
    stage.watcher.reset()
    assert stage.look([]) == [None, None]
