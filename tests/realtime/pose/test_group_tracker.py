"""Players of a group stay who they are: crossed, gone and back, swapped, beside a passer-by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kpopdance.realtime.pose.appearance import Remembered, appearance_of
from kpopdance.realtime.pose.bodies import ENOUGH_LOOKS, Bodies
from kpopdance.realtime.pose.group_tracker import DOUBT_S, GroupTracker
from tests import dances as generated
from tests import groups
from tests.quick import but_quick
from tools.bench.pose.drawn_group import FPS, troupe

BLIPS = 0.015  # of the poses, in the moment in which one stands before the other


@pytest.fixture(scope="module")
def dances():
    from kpopdance.realtime.library.pack_reader import find_pack, load_pack

    return load_pack(find_pack("neon-steps")).members


def drawn_of(dances, people, *, seed=0, seconds=16.0, aside=0.0):
    late_s = [0.0] * people
    return troupe(
        [dances[0]] * people, late_s, from_s=32.0, seconds=seconds, seed=seed, aside=aside
    )  # fmt: skip


def walked(drawn, k, begin_s, end_s):
    """The same group, one of them out of the picture from a second of the film to another."""
    at_s = drawn.at_s - drawn.at_s[0]
    away = (begin_s <= at_s) & (at_s < end_s)
    shown = drawn.shown.copy()
    shown[k, away] = False
    joints = drawn.joints.copy()
    joints[k, away, :, 0] += 2000.0
    return replace(drawn, shown=shown, joints=joints)


ASIDE = 0.2  # body heights: they pass each other
CROSSED = [
    (people, seed, every, aside)
    for people in (2, 3, 4)
    for seed in (0, 1, 2)
    for every in (2, 1)
    for aside in (0.0, ASIDE)
]


@pytest.mark.parametrize(
    ("people", "seed", "every", "aside"),
    but_quick(CROSSED, [(2, 0, 2, 0.0), (3, 1, 2, ASIDE), (4, 2, 2, 0.0)]),
)
def test_who_cross_stay_who_they_are(dances, people, seed, every, aside):
    """All change places every three seconds, behind one another too."""
    drawn = drawn_of(dances, people, seed=seed, aside=aside)
    told = groups.followed(drawn, GroupTracker(people), every=every, missed=0.02)
    persons = groups.persons_of(told)
    assert sorted(persons) == list(range(people))
    right, moves = groups.moves_right(told, persons, drawn.at_s)
    assert right >= 0.995 * moves
    looked = told[:, ::every]
    assert (looked >= 0).mean() > 0.85 * drawn.shown[:, ::every].mean()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_nobody_behind_is_taken_for_a_scrap_of_the_one_in_front(dances, seed):
    """A network sees head and arm of the one in front once more: that is not the one behind."""
    drawn = drawn_of(dances, 2, seed=seed, aside=ASIDE)
    assert not drawn.shown.all()
    told, without = (
        groups.followed(drawn, GroupTracker(2), scraps=scraps) for scraps in (True, False)
    )
    assert np.array_equal(told, without)


@pytest.mark.parametrize("looked_for", [True, False])
def test_who_is_missed_at_a_crossing_is_looked_for_in_whoever_is_new(looked_for):
    """One is lost behind the other; somebody stands elsewhere: they are looked at from near.

    Whom nobody looked for is not missed.
    """
    tracker, image = GroupTracker(2), np.full((480, 640, 3), 128, np.uint8)
    one, other, new = (standing(x) for x in (250, 290, 560))
    image[:, 480:] = 40  # dressed otherwise, so that who they are stays open
    tracker.hold([one, other], image, 0.0)
    for look in range(1, 12):
        found = [one, other] if look == 1 else [one] if look < 4 else [one, new]
        sought = None if looked_for else tracker.trackers[:1]
        tracker.step(found, image, look / 10, sought)
    assert tracker.unsettled_s(1) is not None
    left, _, right, _ = tracker.trackers[1].region(1.1)
    assert left < (560 if looked_for else 290) < right
    assert (right < 560) != looked_for


@pytest.mark.parametrize(("looks", "followed"), [(1, True), (ENOUGH_LOOKS, False)])
def test_one_look_at_somebody_does_not_say_they_are_another(looks, followed):
    """Two cross; elsewhere somebody, seen so often before, looks otherwise in the next look."""
    bodies, people = Bodies(), [standing(x) for x in (250, 290, 560)]
    hips = round(float(people[2].joints[8:12, 1].min())) + 3
    for look in range(looks + 1):
        image = np.full((480, 640, 3), 128, np.uint8)
        image[hips:, 480:] = (40, 40, 200) if look < looks else (200, 160, 40)  # the legs
        bodies.step(people, image, look / 10, None)
        if look < looks:
            assert bodies.known[2].learn(image, look / 10) is not None
    assert bodies.known[0].doubt_s is not None
    assert any(body.pose is people[2] for body in bodies.known) == followed


def test_the_one_in_front_found_twice_is_not_the_one_behind_too():
    """Also in the first look in which they are so near: nobody was in doubt before."""
    bodies, people = Bodies(), [standing(285), standing(365)]
    hips = round(float(people[0].joints[8:12, 1].min())) + 3
    image = np.full((480, 640, 3), 128, np.uint8)
    image[hips:, :325] = (40, 40, 200)  # the legs of the one behind
    for look in range(4):
        bodies.step(people, image, look / 10, None)
        for body in bodies.known:
            body.learn(image, look / 10)
        assert all(body.doubt_s is None for body in bodies.known)
    behind, front = bodies.known
    bodies.step([standing(325), standing(329)], image, 0.4, None)
    assert front.pose is not None
    assert behind.pose is None


def standing(x):
    """Somebody who stands there, px of a picture 480 px high."""
    joints = generated.arms_down(generated.song(5, moves=4).joints)[0].astype(np.float32)
    joints[:, :2] = (joints[:, :2] - joints[1, :2]) * 150 + (x, 150)
    joints[:, 2] = 0.9
    return groups.Pose(joints)


def test_seldom_looked_at_they_are_players_too(dances):
    """A slow computer looks twice a second: nobody is gone whom nobody looked for meanwhile."""
    drawn = drawn_of(dances, 2)
    drawn = replace(drawn, joints=drawn.joints.copy())
    hips = drawn.joints[..., [8, 11], :1].mean(axis=2, keepdims=True)
    places = np.array([330.0, 630.0])[:, None, None, None]  # px: each stays there
    drawn.joints[..., :1] += places - hips
    drawn.shown[:] = True
    told = groups.followed(drawn, GroupTracker(2), every=10)[:, ::10]
    assert sorted(groups.persons_of(told)) == [0, 1]
    assert (told[:, 6:] >= 0).mean() > 0.9


def test_in_the_same_clothes_motion_tells_most_of_them(dances):
    drawn = drawn_of(dances, 2)
    outfits = (drawn.outfits[0],) * 2
    told = groups.followed(drawn, GroupTracker(2), outfits=outfits)
    right, moves = groups.moves_right(told, groups.persons_of(told), drawn.at_s)
    assert right >= 0.7 * moves


@pytest.mark.parametrize("at_s", [5.0, 8.3])
def test_swapped_by_mistake_they_are_swapped_back(dances, at_s):
    drawn = drawn_of(dances, 2)
    tracker, row_of = GroupTracker(2), round(at_s * FPS) // 2 * 2

    def swap(row):
        if row == row_of:
            one, other = tracker._players
            one.body, other.body = other.body, one.body

    told = groups.followed(drawn, tracker, each=swap)
    persons = groups.persons_of(told[:, :row_of])
    after = told[:, row_of + round((DOUBT_S + 2) * FPS) :]
    assert groups.wrong(after, persons) < BLIPS


GONE = [
    (people, who, gone_s) for people in (2, 3) for who in (0, 1) for gone_s in (1.0, 4.0, 12.0)
]


@pytest.mark.parametrize(("people", "who", "gone_s"), but_quick(GONE, [(2, 0, 3.0)]))
def test_who_leaves_is_missed_and_known_again(dances, people, who, gone_s):
    drawn = drawn_of(dances, people, seconds=6.0 + gone_s + 5.0)
    drawn = walked(drawn, who, 6.0, 6.0 + gone_s)
    tracker, gone = GroupTracker(people), []

    def note(row):
        if len(tracker.looks) == people:
            gone.append([tracker.gone_s(k, float(drawn.at_s[row])) for k in range(people)])

    told = groups.followed(drawn, tracker, each=note)
    persons = groups.persons_of(told)
    place = persons.index(who)
    assert groups.wrong(told, persons) < BLIPS
    assert max(row[place] for row in gone) == pytest.approx(gone_s, abs=2.0)
    back = told[place, round((6.0 + gone_s + 2.5) * FPS) :: 2]
    assert (back == who).mean() > 0.6  # hidden now and then


def looks_of(drawn, k):
    """What somebody looks like, learned at the set-up."""
    memory = Remembered()
    for row in range(0, 20, 2):
        joints = drawn.joints[k, row].astype(np.float32)
        joints[:, :2] /= groups.SMALLER
        joints[:, 2] = 0.85
        memory.learn(appearance_of(groups.Pose(joints), groups.picture(drawn, row)), 0.25)
    return memory


def test_a_passer_by_is_nobody(dances):
    """Known from the set-up: who walks through takes nobody's place, who is missing least of all."""
    drawn = drawn_of(dances, 3, seed=3)
    known = [looks_of(drawn, k) for k in (0, 1)]
    drawn = walked(drawn, 0, 4.0, 9.0)
    told = groups.followed(drawn, GroupTracker(2, known, join="nobody"))
    assert groups.wrong(told, [0, 1]) < BLIPS
    assert (told[0, ::2] == 0).mean() > 0.4
    assert (told[1, ::2] == 1).mean() > 0.7


def test_the_known_come_in_at_any_place(dances):
    drawn = drawn_of(dances, 3, seed=1)
    known = [looks_of(drawn, k) for k in (2, 0, 1)]
    told = groups.followed(drawn, GroupTracker(3, known, join="nobody"))
    assert groups.persons_of(told) == [2, 0, 1]


def test_only_who_raises_a_hand_takes_a_place():
    drawn = drawn_of_hands()
    told = groups.followed(drawn, GroupTracker(4, join="hand"))
    assert groups.persons_of(told) == [1, -1, -1, -1]


def drawn_of_hands():
    """Two people who stand; the second one raises the right hand."""
    from kpopdance.realtime.core.types import Choreography

    still = generated.arms_down(generated.song(5, moves=4).joints)[:240]
    up = still.copy()
    up[6:, 4, :2] = up[6:, 0, :2] + (-0.05, -0.25)
    up[6:, 3, :2] = (up[6:, 2, :2] + up[6:, 4, :2]) / 2
    return troupe(
        [Choreography(still, 30.0), Choreography(up, 30.0)],
        [0.0, 0.0],
        from_s=0.0,
        seconds=1.6,
    )


def test_in_an_empty_room_nobody_is_anybody(dances):
    tracker = GroupTracker(3)
    image = np.zeros((180, 320, 3), np.uint8)
    assert [tracker.step([], image, k / 10) for k in range(3)] == [[None] * 3] * 3
    assert [t.region(1.0) for t in tracker.trackers] == [None] * 3
