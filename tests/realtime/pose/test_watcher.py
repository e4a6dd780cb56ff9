"""The watcher with painted networks: who is looked at, and who is seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.fallback import LastingVision
from kpopdance.engines.ports import Eyes
from kpopdance.realtime.core.types import BELIEVED, Frame, Pose
from kpopdance.realtime.pose.confidence import MOVENET, OPENPOSE
from kpopdance.realtime.pose.live_filter import LiveFilter
from kpopdance.realtime.pose.looks import LOOKS, looks_in_words
from kpopdance.realtime.pose.one_person import joints_of, person_from_maps
from kpopdance.realtime.pose.thorough import ThoroughVision
from kpopdance.realtime.pose.tracker import box_of, crop_region, own_region
from kpopdance.realtime.pose.watcher import (
    SMALL_SHARE,
    WARM_UPS,
    Watcher,
    believed,
    distinct,
    full_size,
    look_closely,
    look_everywhere,
    others,
    refined,
)
from tests import dances
from tests.candidates import candidates_of
from tests.fakes import FailingVision, FakeClock, PaintedPersonVision, PaintedVision
from tests.synthetic import paint

FPS = 30
HEIGHT, WIDTH = 480, 640
COLOURS = ((40, 40, 200), (200, 60, 40), (60, 190, 60))
NECK, WRIST = 1, 4
THUNDER = "movenet_thunder"
AREA_PX = 320 * 240  # of the full picture here: 8 px of it a cell, as in the game
DANCE = dances.song(3, moves=2).joints
TIME_TO_SPARE = {
    "budget_s": 9.0
}  # of a computer so fast that every network looks at every frame
BUT_HEAD_AND_NECK = [
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
]  # no two of them nearer than a cell


def person(x, *, row=0, tall=1.0, y=300.0, sure=0.85):
    """Somebody whose hips are at x, y px, dancing row ``row``, joints (18, 3)."""
    joints = DANCE[row % len(DANCE)].copy()
    hips = joints[[8, 11], :2].mean(axis=0)
    joints[:, :2] = (joints[:, :2] - hips) * 380 * tall + (x, y)
    joints[:, 2] = sure
    return joints.astype(np.float32)


class Stage:
    """A room whose people both networks see; ``film`` gives the frame of one moment."""

    def __init__(self, *, top_down=True, wish="auto", size=(HEIGHT, WIDTH)):
        self.people, self.size, self.index = {}, size, 0
        self.everybody = PaintedVision(self.people)
        self.one = PaintedPersonVision(self.people) if top_down else None
        self.eyes = Eyes(self.everybody, {THUNDER: self.one} if top_down else {}, wish)

    def film(self, people, at_s=None, *, colours=COLOURS):
        """A frame of these people, each (18, 3), with clothes of their colours."""
        mark = self.index
        self.people[mark] = np.stack(people) if len(people) else None
        image = np.full((*self.size, 3), 128, np.uint8)
        for joints, colour in zip(people, colours, strict=False):
            for a, b in ((1, 8), (1, 11), (8, 9), (11, 12)):
                for share in np.linspace(0, 1, 30):
                    x, y = (joints[a, :2] * (1 - share) + joints[b, :2] * share).astype(int)
                    image[max(y - 6, 0) : max(y + 7, 0), max(x - 6, 0) : max(x + 7, 0)] = colour
        image[0, 0] = (mark % 256, mark // 256, 0)
        self.index += 1
        return Frame(image, mark / FPS if at_s is None else at_s, mark)

    def watcher(self, **how):
        return Watcher(self.eyes, full_area_px=AREA_PX, **how)


def near(pose, joints, px, *, of=BUT_HEAD_AND_NECK):
    """A pose seen whole, where it was painted."""
    assert pose is not None
    assert pose.seen[of].all()
    assert_allclose(pose.joints[of, :2], joints[of, :2], atol=px)


def whose(pose, people):
    """Which of the people a pose is; None for None."""
    if pose is None:
        return None
    far = [np.nanmedian(np.linalg.norm((pose.joints - p)[:, :2], axis=1)) for p in people]
    assert min(far) < 12
    return int(np.argmin(far))


@pytest.mark.parametrize("top_down", [True, False])
def test_a_dancer_is_found_then_followed_by_crop(top_down):
    stage = Stage(top_down=top_down)
    watcher = stage.watcher(**TIME_TO_SPARE)
    for k in range(40):
        dancer = person(250 + 3 * k, row=k)
        (pose,) = watcher.find(stage.film([dancer]))
        near(pose, dancer, 5.0)
        crops = ("crop", THUNDER) if top_down else ("crop",)
        assert watcher.looks == (("everybody",) if k == 0 else crops)
    assert stage.everybody.asked[0] is None
    for k, region in enumerate(stage.everybody.asked[1:], 1):
        left, top, right, bottom = region
        dancer = person(250 + 3 * k, row=k)
        assert (dancer[:, :2] > (left, top)).all()
        assert (dancer[:, :2] < (right, bottom)).all()
        assert right - left < 450
    if top_down:
        for (left, top, right, bottom), own in zip(
            stage.everybody.asked[1:], stage.one.asked, strict=True
        ):
            assert (own[1], own[3]) == (top, bottom)
            assert left - 1e-6 <= own[0] < own[2] <= right + 1e-6


def test_three_dancers_are_found_then_followed_each_by_the_own_crop():
    stage = Stage()
    watcher = stage.watcher(**TIME_TO_SPARE, players=3)
    order = None
    for k in range(12):
        people = [person(x, row=k + 9 * n, tall=0.45) for n, x in enumerate((110, 320, 530))]
        poses = watcher.find(stage.film(people))
        who = [whose(pose, people) for pose in poses]
        assert sorted(who) == [0, 1, 2]
        assert order in (None, who)
        order = who
        for pose, n in zip(poses, who, strict=True):
            near(pose, people[n], 6.0)
    assert len(stage.everybody.asked) == 1 + 3 * 11
    assert len(stage.one.asked) == 3 * 11
    assert watcher.looks == ("crop", THUNDER)


@pytest.mark.parametrize("players", [1, 3])
@pytest.mark.parametrize("top_down", [True, False])
def test_nobody_in_view_gives_none(players, top_down):
    stage = Stage(top_down=top_down)
    watcher = stage.watcher(players=players)
    for _ in range(5):
        assert watcher.watch(stage.film([])) == [None] * players
        assert watcher.looks == ("everybody",)
    assert stage.everybody.asked == [None] * 5


def test_fewer_people_than_players_leave_the_others_unseen():
    stage = Stage()
    watcher = stage.watcher(players=3)
    for k in range(15):
        people = [person(150, row=k, tall=0.6), person(450, row=k + 20, tall=0.6)]
        poses = watcher.find(stage.film(people))
        assert {whose(pose, people) for pose in poses} == {0, 1, None}


def test_joints_of_both_networks_are_merged():
    """MoveNet sees all a little aside; near, the mean weighs both, told in words of one scale."""
    stage = Stage()
    watcher = stage.watcher(**TIME_TO_SPARE)
    dancer = person(320, sure=0.6)
    watcher.find(stage.film([dancer]))
    aside = dancer + np.float32([8, 0, 0])
    stage.one.instead = aside
    (pose,) = watcher.find(stage.film([dancer]))
    sure = [np.interp(0.6, curve.raw, curve.right) for curve in (OPENPOSE, MOVENET)]
    share = sure[1] ** 2 / (sure[0] ** 2 + sure[1] ** 2)
    arms = [3, 4, 6, 7]
    assert_allclose(pose.joints[arms, 0] - dancer[arms, 0], 8 * share, atol=1.5)
    assert_allclose(pose.joints[arms, 1], dancer[arms, 1], atol=1.5)
    # peaks of the crop lie between cells and are a little lower
    assert_allclose(pose.joints[arms, 2], max(sure), atol=0.06)


def test_what_one_network_misses_the_other_adds():
    stage = Stage()
    watcher = stage.watcher(**TIME_TO_SPARE)
    dancer = person(320)
    watcher.find(stage.film([dancer]))
    without = dancer.copy()
    without[WRIST, 2] = 0
    stage.one.instead = without
    (pose,) = watcher.find(stage.film([dancer]))
    near(pose, dancer, 5.0)
    stage.one.instead = dancer
    (pose,) = watcher.find(stage.film([without]))
    near(pose, dancer, 5.0)
    stage.one.instead = None
    (pose,) = watcher.find(stage.film([without]))
    assert not pose.seen[WRIST]


def test_a_top_down_network_that_sees_the_neighbour_does_not_move_the_pose():
    stage = Stage()
    alone = Stage(top_down=False)
    watcher, bottom_up = stage.watcher(**TIME_TO_SPARE), alone.watcher()
    stage.one.instead = person(520, row=30)
    for k in range(20):
        dancer = person(250, row=k)
        (pose,) = watcher.find(stage.film([dancer]))
        (expected,) = bottom_up.find(alone.film([dancer]))
        assert_array_equal(pose.joints, expected.joints)
    assert len(stage.one.asked) == 19


def test_a_top_down_network_that_sees_whom_openpose_sees_beside_the_dancer_does_no_harm():
    stage = Stage()
    watcher = stage.watcher(**TIME_TO_SPARE)
    dancer, beside = person(280, tall=0.8), person(380, row=20, tall=0.6)
    watcher.hold([Pose(dancer.copy())], stage.film([dancer, beside]))
    stage.one.instead = beside
    for k in range(6):
        dancer = person(280, row=k, tall=0.8)
        (pose,) = watcher.find(stage.film([dancer, beside]))
        assert watcher.looks == ("crop", THUNDER)
        near(pose, dancer, 5.0)


def test_where_they_differ_openpose_must_be_the_surer_by_its_handicap():
    stage = Stage()
    watcher = stage.watcher(**TIME_TO_SPARE)
    dancer = person(320)
    watcher.find(stage.film([dancer]))
    other = dancer.copy()
    other[WRIST, :2] += (60, -40)
    stage.one.instead = other
    (pose,) = watcher.find(stage.film([dancer]))  # 0.96 of OpenPose's scale, 0.91 of MoveNet's
    assert_allclose(pose.joints[WRIST, :2], other[WRIST, :2], atol=0.5)


def test_openpose_seeing_nobody_leaves_it_to_movenet():
    stage = Stage()
    watcher = stage.watcher(**TIME_TO_SPARE)
    dancer = person(320)
    watcher.find(stage.film([dancer]))
    frame = stage.film([dancer])
    stage.everybody.people = {frame.index: None}
    (pose,) = watcher.find(frame)
    near(pose, dancer, 0.5)


def test_in_a_crop_where_nobody_is_sure_the_faint_are_believed():
    """Heights of 0.09 are below what assembling takes, and MoveNet is blind."""
    stage = Stage(top_down=False)
    watcher = stage.watcher()
    watcher.find(stage.film([person(320)]))
    (pose,) = watcher.find(stage.film([person(322, sure=0.095)]))
    assert pose is not None
    assert pose.seen.sum() >= 12
    assert stage.watcher().find(stage.film([person(322, sure=0.095)])) == [None]


def test_faint_legs_of_somebody_half_seen_are_looked_for_in_the_whole_crop():
    stage = Stage(top_down=False)
    watcher = stage.watcher()
    dancer = person(320)
    watcher.find(stage.film([dancer]))
    dancer[[9, 10, 12, 13], 2] = 0.098  # below what assembling takes
    (pose,) = watcher.find(stage.film([dancer]))
    near(pose, dancer, 6.0)


def test_networks_are_given_inputs_of_the_sizes_asked_for():
    stage = Stage(top_down=False)
    see, sizes = stage.everybody.see, []

    def remembered(image, *, region, size):
        sizes.append(size)
        return see(image, region=region, size=size)

    stage.everybody.see = remembered
    watcher = stage.watcher(crop_px=192)
    for _ in range(3):
        watcher.find(stage.film([person(320)]))
    assert sizes == [full_size((HEIGHT, WIDTH), AREA_PX), (192, 192), (192, 192)]


@pytest.mark.parametrize("top_down", [True, False])
def test_lost_and_found_again(top_down):
    stage = Stage(top_down=top_down)
    watcher = stage.watcher()
    looks = []
    for k in range(60):
        hidden = 20 <= k < 40
        people = [] if hidden else [person(250 if k < 20 else 420, row=k)]
        (pose,) = watcher.watch(stage.film(people))
        looks.append(watcher.looks)
        assert (pose is None) == hidden
        if pose is not None:
            assert whose(pose, people) == 0
    assert looks[20] != ("everybody",)  # it may be one bad frame
    assert looks[31:41] == [("everybody",)] * 10  # lost: in the full picture
    assert ("everybody",) not in looks[41:]


def test_one_of_three_lost_is_found_again_while_the_others_are_followed():
    stage = Stage()
    watcher = stage.watcher(**TIME_TO_SPARE, players=3)
    places = (110, 320, 530)
    who, looks, missing = None, [], None
    for k in range(60):
        people = [person(x, row=k + 9 * n, tall=0.45) for n, x in enumerate(places)]
        there = people if not 10 <= k < 40 else people[1:]
        colours = COLOURS if there is people else COLOURS[1:]
        poses = watcher.find(stage.film(there, colours=colours))
        now = [whose(pose, people) for pose in poses]
        who = who or now
        missing = who.index(0)
        if 10 <= k < 40:
            assert now == [None if n == 0 else n for n in who]
        elif k < 10 or k > 52:
            assert now == who
        looks.append(watcher.looks)
    assert missing is not None
    searched = [k for k, look in enumerate(looks) if "everybody" in look]
    assert searched[0] == 0
    assert 20 <= searched[1] <= 22  # after LOST_S
    assert all(9 <= b - a <= 10 for a, b in pairwise(searched[1:]))  # and every SEARCH_S
    assert len(searched) <= 5


def test_a_search_in_a_small_picture_leaves_the_followed_their_closer_look():
    """On a computer where the full picture costs seven frames."""
    stage = Stage()
    watcher = slow(stage, everybody_s=0.23, crop_s=0.09, person_s=0.014)
    watcher.warm_up(stage.film([]).image)
    stage.everybody.asked.clear()
    places, who, looks = (180, 460), None, []
    for k in range(150):  # gone for so long that the tracker would take anybody
        people = [person(x, row=k + 9 * n, tall=0.7) for n, x in enumerate(places)]
        gone = 10 <= k < 110
        there = people[1:] if gone else people
        poses = watcher.find(stage.film(there, colours=COLOURS[1:] if gone else COLOURS))
        now = [whose(pose, people) for pose in poses]
        who = who or now
        looks.append(watcher.looks)
        if gone or k < 10 or k > 145:
            assert now == [None if gone and n == 0 else n for n in who]
    searched = [look for look in looks[1:] if look != (THUNDER,)]
    assert set(searched) == {("small", THUNDER), ("everybody", THUNDER)}
    assert searched.count(("everybody", THUNDER)) <= 2
    assert len(searched) < 10


def test_who_was_seen_closely_is_not_found_again_in_the_picture():
    seen, nearly, other = (Pose(person(x)) for x in (200, 215, 420))
    assert others([nearly, other], [seen]) == [other]
    assert others([nearly, other], []) == [nearly, other]
    assert others([], [seen]) == []


def test_two_players_stay_themselves_when_they_cross():
    stage = Stage()
    watcher = stage.watcher(players=2)
    who = None
    for k in range(90):
        people = [
            person(140 + 4 * k, row=k, tall=0.7), person(500 - 4 * k, row=k + 25, tall=0.7)
        ]  # fmt: skip
        poses = watcher.find(stage.film(people))
        seen = [pose for pose in poses if pose is not None]
        gap = abs(people[0][NECK, 0] - people[1][NECK, 0])
        if len(seen) == 2:
            both = seen[0].seen & seen[1].seen
            far = np.linalg.norm((seen[0].joints - seen[1].joints)[both, :2], axis=1)
            assert far.max() > 1
        if gap > 110:
            now = [whose(pose, people) for pose in poses]
            assert None not in now
            who = who or now
            assert now == who, k
    assert len(set(who)) == 2


def test_two_crops_of_one_person_make_no_two_people():
    """One has gone; the other, dressed alike, stands in both regions and is one player only."""
    stage = Stage()
    watcher = stage.watcher(players=2)
    pair = [person(280, tall=0.8), person(360, row=30, tall=0.8)]
    watcher.find(stage.film(pair, colours=COLOURS[:1] * 2))
    for k in range(8):
        stays = person(360, row=31 + k, tall=0.8)
        poses = watcher.find(stage.film([stays]))
        assert sum(pose is not None for pose in poses) == 1


def test_hold_follows_the_person_pointed_at():
    stage = Stage()
    watcher = stage.watcher(players=2)
    people = [person(120, tall=0.4), person(320), person(540, row=20, tall=0.5)]
    frame = stage.film(people)
    watcher.find(frame)
    watcher.hold([Pose(people[2].copy()), Pose(people[0].copy())], frame)
    for k in range(1, 10):
        now = [
            person(120, row=k, tall=0.4),
            person(320, row=k),
            person(540, row=20 + k, tall=0.5),
        ]
        poses = watcher.find(stage.film(now))
        assert [whose(pose, now) for pose in poses] == [2, 0]
        assert watcher.looks != ("everybody",)
    with pytest.raises(ValueError, match="zip"):
        watcher.hold([Pose(people[0].copy())], frame)


def test_hold_begins_anew():
    stage = Stage()
    watcher = stage.watcher()
    for k in range(10):
        watcher.watch(stage.film([person(200, row=k, tall=0.8)]))
    other = person(480, row=40, tall=0.6)
    frame = stage.film([other], colours=COLOURS[1:])
    watcher.hold([Pose(other.copy())], frame)
    (pose,) = watcher.watch(stage.film([other], colours=COLOURS[1:]))
    near(pose, other, 5.0)  # no smoothing from where the first was
    poor = other.copy()
    poor[9:] = (np.nan, np.nan, 0)
    watcher.hold([Pose(poor)], frame)
    watcher.find(stage.film([other], colours=COLOURS[1:]))
    assert watcher.looks == ("everybody",)  # doubtful, and it has not looked since


def test_the_small_print_tells_the_most_that_looked_at_anyone():
    stage = Stage()
    watcher = stage.watcher(**TIME_TO_SPARE, players=2)
    stays, goes = person(160, tall=0.7), person(480, row=20, tall=0.7)
    frame = stage.film([stays, goes])
    watcher.hold([Pose(goes.copy()), Pose(stays.copy())], frame)
    for k in range(14):
        gone, pose = watcher.find(stage.film([stays]))
        assert gone is None
        near(pose, stays, 5.0)
        if k > 10:  # the first player is lost by now
            assert watcher.looks in (("everybody",), ("crop", THUNDER))
    assert watcher.looks == ("crop", THUNDER)


def test_reset_forgets_the_dancers():
    stage = Stage()
    watcher = stage.watcher()
    for k in range(10):
        watcher.watch(stage.film([person(200, row=k, tall=0.8)]))
    watcher.reset()
    other = person(480, row=40, tall=0.6)
    (pose,) = watcher.watch(stage.film([other], colours=COLOURS[1:]))
    assert watcher.looks == ("everybody",)
    near(pose, other, 5.0)  # no smoothing from where the first was


def test_watching_is_finding_made_steady():
    stage, again = Stage(), Stage()
    watcher, finder, steady = stage.watcher(players=2), again.watcher(players=2), None
    steady = [LiveFilter(), LiveFilter()]
    rng = np.random.default_rng(1)
    differ = 0
    for k in range(20):
        people = [person(160, row=k, tall=0.7), person(480, row=k + 20, tall=0.7)]
        if k in (9, 10, 11):
            people = people[:1]
        for joints in people:
            joints[:, :2] += rng.normal(0, 3, (18, 2))
        watched = watcher.watch(stage.film(people))
        found = finder.find(again.film(people))
        for one, raw, by in zip(watched, found, steady, strict=True):
            assert (one is None) == (raw is None)
            if raw is not None:
                assert_array_equal(one.joints, by.step(raw, k / FPS).joints)
                differ += not np.array_equal(one.joints, raw.joints, equal_nan=True)
    assert differ > 20


@pytest.mark.parametrize(
    "size",
    [
        pytest.param((240, 320), marks=pytest.mark.long),
        pytest.param((720, 1280), marks=pytest.mark.long),
        (97, 131),
    ],
)
def test_a_frame_of_another_size_does_no_harm(size):
    stage = Stage()
    watcher = stage.watcher(players=2)
    people = [person(200, tall=0.7), person(450, row=20, tall=0.7)]
    for _ in range(3):
        watcher.watch(stage.film(people))
    stage.size = size
    scale = np.float32([size[1] / WIDTH, size[0] / HEIGHT, 1])
    small = [joints * scale for joints in people]
    poses = [watcher.watch(stage.film(small)) for _ in range(90)][-1]
    for pose in poses:
        if pose is not None:
            assert pose.joints[pose.seen, 0].max() < size[1]
            assert pose.joints[pose.seen, 1].max() < size[0]
    if min(size) > 200:
        assert sorted(whose(pose, small) for pose in poses) == [0, 1]


class SlowEyes:
    """Networks that take their time, of a clock that only they move."""

    def __init__(self, stage, clock, *, everybody_s, crop_s, person_s):
        self._stage, self._clock = stage, clock
        self._costs = everybody_s, crop_s, person_s
        self.name = self.runtime = self.reason = "slow"
        self.failure = ""

    def see(self, image, *, region, size):
        share = SMALL_SHARE if region is None and size[0] * size[1] < AREA_PX / 2 else 1.0
        self._clock.at_s += share * self._costs[0 if region is None else 1]
        return self._stage.everybody.see(image, region=region, size=size)

    def see_person(self, image, *, region):
        self._clock.at_s += self._costs[2]
        return self._stage.one.see_person(image, region=region)


def slow(stage, **costs):
    clock = FakeClock()
    seer = SlowEyes(stage, clock, **costs)
    return Watcher(
        Eyes(seer, {THUNDER: seer}, stage.eyes.wish), players=2, full_area_px=AREA_PX,
        budget_s=1 / FPS, now=clock.now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("costs", "looks"),
    [((0.02, 0.005, 0.004), ("crop", THUNDER)), ((0.08, 0.03, 0.012), (THUNDER,)),
     ((0.08, 0.03, 0.05), ("everybody",))],
)  # fmt: skip
def test_warming_up_measures_every_look_so_the_first_frame_knows(costs, looks):
    stage = Stage()
    everybody_s, crop_s, person_s = costs
    watcher = slow(stage, everybody_s=everybody_s, crop_s=crop_s, person_s=person_s)
    people = [person(160, tall=0.7), person(480, row=20, tall=0.7)]
    watcher.warm_up(stage.film(people).image)
    assert len(stage.everybody.asked) == 3 * WARM_UPS
    assert len(stage.one.asked) == WARM_UPS
    measured = watcher._policy.costs
    for look, cost_s in zip(("everybody", "crop", THUNDER), costs, strict=True):
        assert measured.of(look) == pytest.approx(cost_s)
    watcher.watch(stage.film(people))
    assert watcher.looks == (("everybody",) if everybody_s < 1 / FPS else ("small",))
    watcher.watch(stage.film(people))
    assert watcher.looks == looks


def test_the_first_warm_up_of_a_look_does_not_count():
    """A runtime compiles the input's size in it."""
    stage = Stage()
    watcher = slow(stage, everybody_s=0.02, crop_s=0.005, person_s=0.004)
    seer = watcher._eyes.everybody
    see, first = seer.see, []

    def compiled(image, **how):
        if how["region"] not in first:
            first.append(how["region"])
            seer._clock.at_s += 5.0
        return see(image, **how)

    seer.see = compiled
    watcher.warm_up(stage.film([person(320)]).image)
    assert watcher._policy.costs.of("everybody") == pytest.approx(0.02)
    assert watcher._policy.costs.of("crop") == pytest.approx(0.005)


def test_warming_up_needs_no_top_down_network_and_finds_nobody():
    stage = Stage(top_down=False)
    watcher = stage.watcher()
    watcher.warm_up(stage.film([person(320)]).image)
    assert watcher.looks == ()
    watcher.find(stage.film([person(320)]))
    assert watcher.looks == ("everybody",)


def test_looks_cost_what_they_take_while_playing():
    stage = Stage()
    watcher = slow(stage, everybody_s=0.02, crop_s=0.005, person_s=0.004)
    people = [person(160, tall=0.7), person(480, row=20, tall=0.7)]
    watcher.warm_up(stage.film(people).image)
    for _ in range(3):
        watcher.find(stage.film(people))
    assert watcher.looks == ("crop", THUNDER)
    watcher._eyes.everybody._costs = (0.09, 0.05, 0.004)
    for _ in range(20):
        watcher.find(stage.film(people))
    assert watcher.looks == (THUNDER,)
    assert watcher._policy.costs.of("crop") == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("wish", "looks"),
    [("auto", (THUNDER,)), ("openpose", ("crop",)), ("movenet", (THUNDER,))],
)
def test_the_wish_is_obeyed(wish, looks):
    stage = Stage(wish=wish)
    watcher = stage.watcher()
    for k in range(10):
        dancer = person(320, row=k)
        (pose,) = watcher.find(stage.film([dancer]))
        near(pose, dancer, 5.0)
    assert watcher.looks == looks
    assert len(stage.everybody.asked) == 1 + 9 * ("crop" in looks)
    assert len(stage.one.asked) == 9 * (THUNDER in looks)
    if THUNDER in looks:  # in words of one scale
        assert_allclose(pose.joints[:, 2], np.interp(0.85, *MOVENET), rtol=0.005)


@pytest.mark.parametrize("followed", [1, 2])
def test_offline_openpose_looks_closely_where_somebody_else_is_near(followed):
    """Who comes near is noticed within half a second; whoever is followed too is nobody else."""
    stage = Stage()
    watcher = stage.watcher(players=followed)
    looks = []
    for k in range(100):
        people = [person(250, row=k, tall=0.6)]
        if followed == 2 or 30 <= k < 60:
            people.append(person(350, row=k + 20, tall=0.6))
        poses = watcher.find(stage.film(people))
        assert {whose(pose, people) for pose in poses} == set(range(followed))
        looks.append("crop" in watcher.looks)
    assert sum(looks[1:30]) == 1  # every CONFIRM_OFTEN_S
    assert sum(looks[46:60]) == (14 if followed == 1 else 0)
    assert sum(looks[80:]) <= 2


def test_offline_whoever_is_missed_is_looked_for_by_openpose_in_the_next_frame():
    stage = Stage()
    watcher = stage.watcher()
    seen, looks = [], []
    for k in range(60):
        dancer = person(250, row=k)
        stage.one.instead = person(520, row=30) if k >= 20 else None
        seen.append(watcher.find(stage.film([dancer]))[0] is not None)
        looks.append("crop" in watcher.looks)
    missed = [k for k, there in enumerate(seen) if not there]
    assert missed[0] == 20
    assert all(looks[k + 1] and seen[k + 1] for k in missed if k < 59)
    assert len(missed) <= 3


def test_dancers_glanced_at_together_are_seen_as_one_after_the_other():
    def seen(together):
        stage = Stage()
        watcher = stage.watcher(players=3, together=together)
        out = []
        for k in range(20):
            people = [
                person(x, row=k + 9 * n, tall=0.45) for n, x in enumerate((110, 320, 530))
            ]
            out.append([pose.joints for pose in watcher.find(stage.film(people))])
        return np.array(out)

    def backwards(look, dancers):
        return list(map(look, list(dancers)[::-1]))[::-1]

    with ThreadPoolExecutor(3) as pool:
        assert_array_equal(seen(pool.map), seen(map))
    assert_array_equal(seen(backwards), seen(map))


def test_looks_in_words():
    assert looks_in_words(()) == "looking"
    assert looks_in_words(("everybody",)) == "OpenPose, whole picture"
    assert looks_in_words(("crop",)) == "OpenPose"
    assert looks_in_words(("crop", THUNDER)) == "OpenPose + MoveNet"
    assert len({facts.words for facts in LOOKS.values()}) == len(LOOKS)


def test_looking_everywhere_finds_all_with_missing_joints_filled_and_one_scale():
    stage = Stage()
    people = [person(150, tall=0.7), person(480, row=20, tall=0.7)]
    people[0][WRIST, 2] = 0.08  # below what assembling takes
    poses = look_everywhere(stage.everybody, stage.film(people).image, area_px=AREA_PX)
    assert sorted(whose(pose, people) for pose in poses) == [0, 1]
    for pose in poses:
        near(pose, people[whose(pose, people)], 8.0)
        assert (pose.joints[pose.seen, 2] >= np.float32(BELIEVED)).all()
    assert look_everywhere(stage.everybody, stage.film([]).image) == []


def test_believed_takes_joints_from_the_region_alone():
    faint = person(320)
    faint[WRIST, 2] = 0.09
    maps = paint([faint], (480, 640))
    known = faint.copy()
    known[WRIST] = (np.nan, np.nan, 0)
    x = faint[WRIST, 0]
    (whole,) = believed([Pose(known)], maps, (0, 0, 639, 479))
    assert whole.seen[WRIST]
    assert_allclose(whole.joints[WRIST, 2], np.interp(0.09, *OPENPOSE), atol=0.06)
    (whole,) = believed([Pose(known)], maps, (x + 12, 0, 639, 479))
    assert not whole.seen[WRIST]


def test_looking_closely_refines_everybody():
    stage = Stage()
    people = [person(150, tall=0.7), person(480, row=20, tall=0.7)]
    image = stage.film(people).image
    plain = look_everywhere(stage.everybody, image, area_px=AREA_PX)
    stage.one.instead = [joints + np.float32([4, 0, 0]) for joints in people]
    close = look_closely(stage.eyes, image, area_px=AREA_PX)
    assert len(close) == 2
    assert len(stage.one.asked) == 2
    for pose, before, region in zip(close, plain, stage.one.asked, strict=True):
        joints = people[whose(pose, people)]
        assert_allclose(region, own_region(box_of(before)))
        near(before, joints, 0.5)
        aside = (pose.joints - joints)[BUT_HEAD_AND_NECK, 0]
        assert_allclose(aside, 2.0, atol=0.5)  # both are as sure: the mean of theirs
    alone = Eyes(stage.everybody, wish="openpose")
    for pose, before in zip(look_closely(alone, image, area_px=AREA_PX), plain, strict=True):
        assert_array_equal(pose.joints, before.joints)


def test_refining_leaves_alone_whom_the_network_does_not_see():
    stage = Stage()
    dancer = person(200)
    image = stage.film([dancer]).image
    pose = Pose(dancer.copy())
    eyes = Eyes(stage.everybody, {THUNDER: stage.one})
    merged = refined(pose, eyes, image)
    assert merged is not pose
    near(merged, dancer, 0.5)
    aside = dancer + np.float32([6, 0, 0])
    between = refined(Pose(aside), eyes, image)
    assert (between.joints[:, 0] > dancer[:, 0] + 1)[BUT_HEAD_AND_NECK].all()
    near(
        refined(Pose(aside), Eyes(stage.everybody, {THUNDER: stage.one}, "movenet"), image),
        dancer,
        0.5,
    )
    assert refined(pose, Eyes(stage.everybody), image) is pose
    stage.one.instead = person(560, row=30)
    assert refined(pose, eyes, image) is pose
    one_joint = np.full((18, 3), (np.nan, np.nan, 0), np.float32)
    one_joint[3] = (5, 6, 0.7)
    poor = Pose(one_joint)
    asked = len(stage.one.asked)
    assert refined(poor, eyes, image) is poor
    assert len(stage.one.asked) == asked


def test_of_one_seen_in_two_crops_the_surer_pose_stays():
    one, double = Pose(person(200, sure=0.5)), Pose(person(205, sure=0.9))
    other = Pose(person(400, sure=0.7))
    assert distinct([[one, other], [double]]) == [double, other]
    assert distinct([[double], [one, other]]) == [double, other]
    assert distinct([]) == []


@pytest.mark.parametrize("apart_px", [45, 25, 8])
def test_two_people_of_one_crop_are_two_however_near(apart_px):
    one, near_by = Pose(person(200, sure=0.5)), Pose(person(200 + apart_px, sure=0.9))
    assert distinct([[one, near_by]]) == [one, near_by]


@pytest.mark.parametrize("apart_px", [45, 35])
def test_a_surer_stranger_beside_the_dancer_does_not_take_the_dancers_place(apart_px):
    stage = Stage(top_down=False)
    watcher = stage.watcher()
    dancer = person(300, sure=0.6)
    (pose,) = watcher.find(stage.film([dancer]))
    near(pose, dancer, 8)
    for _ in range(20):
        stranger = person(300 + apart_px, sure=0.95)
        (pose,) = watcher.find(stage.film([dancer, stranger]))
        near(pose, dancer, 8)


@pytest.mark.parametrize(("shape", "area", "size"), [
    ((480, 640, 3), 432 * 368, (344, 464)), ((1080, 1920, 3), 432 * 368, (296, 528)),
    ((1920, 1080, 3), 432 * 368, (528, 296)), ((10, 4000, 3), 432 * 368, (32, 7976)),
])  # fmt: skip
def test_the_full_picture_s_input_has_its_shape_and_about_its_area(shape, area, size):
    height, width = full_size(shape, area)
    assert (height, width) == size
    assert height % 8 == width % 8 == 0


class SlowGpu(FailingVision):
    """A GPU that takes 1 s of a fake clock for a look, until it is lost."""

    def __init__(self, people, clock):
        super().__init__(people, fails_at=np.inf)
        self._clock = clock

    def see(self, image, *, region, size):
        self._clock.at_s += 1.0
        return super().see(image, region=region, size=size)


@pytest.mark.parametrize(
    "looked_through", [lambda eye: eye, lambda eye: ThoroughVision(eye, mirrored=False)]
)
def test_what_looks_cost_on_a_gpu_that_failed_is_forgotten(looked_through):
    clock, stage = FakeClock(), Stage(top_down=False)
    gpu = SlowGpu(stage.people, clock)
    eye = looked_through(LastingVision(gpu, lambda why: PaintedVision(stage.people)))
    eyes = Eyes(eye)
    watcher = Watcher(eyes, full_area_px=AREA_PX, budget_s=1 / FPS, now=clock.now)
    frame = stage.film([person(320)])
    watcher.find(frame)
    assert watcher.looks == ("small",)
    assert watcher._policy.costs.of("small") >= 1.0
    assert (eyes.failure, eyes.runtime) == ("", "a GPU")
    gpu.fails_at = 1
    watcher.reset()
    watcher.find(frame)
    assert (eyes.failure, eyes.runtime) == ("the GPU is lost", "no runtime")
    watcher.reset()
    watcher.find(frame)
    assert watcher._policy.costs.of("small") == 0.0


def test_the_painted_person_is_what_was_painted():
    """The fake itself: px of the picture through a crop."""
    stage = Stage()
    dancer = person(300)
    image = stage.film([dancer]).image
    maps = stage.one.see_person(image, region=crop_region(box_of(Pose(dancer.copy()))))
    near(person_from_maps(maps), dancer, 0.1)


class FindingVision(PaintedVision):
    """Painted eyes that draw out the candidates themselves."""

    def find(self, image, *, region, size):
        return candidates_of(super().see(image, region=region, size=size))

    def see(self, image, *, region, size):
        raise AssertionError("the maps were fetched though the candidates say it all")


class FindingPersonVision(PaintedPersonVision):
    """Painted eyes that draw out the joints themselves."""

    def find_person(self, image, *, region):
        return joints_of(super().see_person(image, region=region))

    def see_person(self, image, *, region):
        raise AssertionError("the maps were fetched though the joints say it all")


def test_eyes_that_find_candidates_are_asked_for_them_and_nothing_else_changes():
    stage = Stage()
    finding = Eyes(FindingVision(stage.people), {THUNDER: FindingPersonVision(stage.people)})
    frames = [stage.film([person(320, row=row)], row / FPS) for row in range(6)]
    plain, found = (
        Watcher(stage.eyes, full_area_px=AREA_PX, **TIME_TO_SPARE),
        Watcher(finding, full_area_px=AREA_PX, **TIME_TO_SPARE),
    )
    for frame in frames:
        (one,), (other,) = plain.watch(frame), found.watch(frame)
        assert_array_equal(other.joints, one.joints)
    assert found.looks == ("crop", THUNDER)
