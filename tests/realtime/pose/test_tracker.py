from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.body import body_size
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.tracker import (
    CROP_MARGIN,
    FORGET_S,
    LOST_S,
    MIN_ACQUIRED,
    Tracker,
    apart,
    box_of,
    choose_all,
    clothes_of,
    crop_region,
    prominence,
)
from tests import dances
from tests.quick import but_quick

HEIGHT, WIDTH = 480, 640
FPS = 30
RED, BLUE = (40, 40, 200), (200, 60, 40)
DANCE = dances.song(3, moves=4).joints


def person(x, *, row=0, tall=1.0, y=300.0, unseen=()):
    """Somebody whose hips are at x, y px, dancing row ``row``, joints (18, 3)."""
    joints = DANCE[row].copy()
    hips = joints[[8, 11], :2].mean(axis=0)
    joints[:, :2] = (joints[:, :2] - hips) * 380 * tall + (x, y)
    joints[list(unseen)] = (np.nan, np.nan, 0)
    return Pose(joints.astype(np.float32))


def picture(*people):
    """A grey room with people, each (pose, colour), the later in front of the earlier."""
    image = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    for pose, colour in people:
        for a, b in ((1, 8), (1, 11), (8, 9), (11, 12)):
            ends = pose.joints[[a, b], :2]
            if not np.isfinite(ends).all():
                continue
            for share in np.linspace(0, 1, 40):
                x, y = (ends[0] + share * (ends[1] - ends[0])).round().astype(int)
                image[max(y - 8, 0) : y + 9, max(x - 8, 0) : x + 9] = colour
    return image


def choose(player, people, image, at_s):
    """The one dancer among people."""
    return choose_all([player], people, image, at_s)[0]


def test_the_largest_and_most_central_person_is_chosen():
    far, near, aside = person(320, tall=0.5), person(330), person(60, tall=1.05)
    image = picture((far, RED), (near, RED), (aside, BLUE))
    assert choose(Tracker(), [far, aside, near], image, 0.0) is near
    order = sorted([far, near, aside], key=lambda pose: -prominence(pose, WIDTH))
    assert order[0] is near
    assert prominence(aside, WIDTH) > prominence(person(60, tall=0.4), WIDTH)


def test_a_few_joints_are_nobody():
    hand = person(320, unseen=range(5, 18))  # 5 joints
    assert choose(Tracker(), [hand], picture(), 0.0) is None
    head = person(320, unseen=range(8, 14))  # head and arms alone will do
    assert choose(Tracker(), [head], picture((head, RED)), 0.0) is head
    player = Tracker()
    dancer = person(320)
    choose(player, [dancer], picture((dancer, RED)), 0.0)
    assert choose(player, [hand], picture((dancer, RED)), 1 / FPS) is hand  # known already
    four = person(320, unseen=range(4, 18))
    assert choose(player, [four], picture((dancer, RED)), 2 / FPS) is None


@pytest.mark.parametrize(
    ("way", "tall"), but_quick(product((1, -1), (1.0, 1.3)), {(1, 1.3), (-1, 1.0)})
)
def test_the_dancer_is_held_while_somebody_walks_through_in_front(way, tall):
    player, wrong, held = Tracker(), 0, 0
    for k in range(120):  # four seconds, 150 px a second
        at_s = k / FPS
        walker_x = 320 + way * (-300 + 5 * k)
        dancer, walker = person(320, row=k), person(walker_x, tall=tall, y=310)
        hidden = abs(walker_x - 320) < 50  # 0.66 s
        people = [walker] if hidden else [walker, dancer]
        if k == 0:
            people = [dancer]
        chosen = choose(player, people, picture((dancer, RED), (walker, BLUE)), at_s)
        wrong += chosen is walker
        held += chosen is dancer
    assert wrong == 0
    assert held == 101  # all frames but those in which the dancer is hidden


def test_dancers_of_one_colour_are_told_by_their_place():
    player = Tracker()
    for k in range(60):
        ours, theirs = person(230, row=k), person(420, row=k + 20)
        people = [ours] if k == 0 else [theirs, ours]
        image = picture((ours, RED), (theirs, RED))
        assert choose(player, people, image, k / FPS) is ours


def test_somebody_else_in_the_dancers_place_is_not_the_dancer():
    player = Tracker()
    dancer, other = person(320), person(325, row=10)
    choose(player, [dancer], picture((dancer, RED)), 0.0)
    chosen = choose(player, [other], picture((other, BLUE)), 0.3)
    assert chosen is None


def test_the_dancer_comes_back_elsewhere_and_is_known_by_the_clothes():
    player = Tracker()
    dancer = person(320)
    choose(player, [dancer], picture((dancer, RED)), 0.0)
    for k in range(1, 30):
        assert choose(player, [], picture(), k / FPS) is None
    back, other = person(450, row=40), person(320)
    image = picture((back, RED), (other, BLUE))
    assert choose(player, [other, back], image, 1.2) is back


def test_who_is_gone_for_long_is_forgotten():
    player = Tracker()
    dancer, other = person(320), person(500, row=30)
    choose(player, [dancer], picture((dancer, RED)), 0.0)
    image = picture((other, BLUE))
    assert choose(player, [other], image, FORGET_S - 0.5) is None
    assert choose(player, [other], image, FORGET_S + 0.1) is other
    again = person(505, row=31)
    assert choose(player, [again], picture((again, BLUE)), FORGET_S + 0.2) is again


def test_it_looks_everywhere_first_then_where_the_dancer_is():
    player = Tracker()
    assert player.region(0.0) is None
    dancer = person(320)
    choose(player, [dancer], picture((dancer, RED)), 0.0)
    left, top, right, bottom = player.region(1 / FPS)
    xy = dancer.joints[:, :2]
    span = np.ptp(xy, axis=0).max()
    assert_allclose(right - left, CROP_MARGIN * span, rtol=1e-5)
    assert_allclose(bottom - top, right - left, rtol=1e-5)
    assert left < xy[:, 0].min() < xy[:, 0].max() < right
    assert top < xy[:, 1].min() < xy[:, 1].max() < bottom


def test_the_region_runs_ahead_of_a_walking_dancer():
    player = Tracker()
    for k in range(30):
        dancer = person(150 + 8 * k)
        choose(player, [dancer], picture((dancer, RED)), k / FPS)
    here = player.region(29 / FPS)
    left, _, right, _ = player.region(30 / FPS)
    assert_allclose([left - here[0], right - here[2]], 8, atol=0.1)  # float32 px
    assert left < dancer.joints[:, 0].min() + 8
    assert dancer.joints[:, 0].max() + 8 < right


def test_half_a_pose_does_not_make_half_a_region():
    player = Tracker()
    dancer = person(320)
    choose(player, [dancer], picture((dancer, RED)), 0.0)
    whole = player.region(0.01)
    top_half = person(320, unseen=(8, 9, 10, 11, 12, 13))
    legs = person(320, unseen=(0, 3, 4, 7, 14, 15, 16, 17))
    for k, half in enumerate((legs, top_half)):
        choose(player, [half], picture((dancer, RED)), (k + 1) / FPS)
        after = player.region((k + 2) / FPS)
        assert after[3] - after[1] > 0.9 * (whole[3] - whole[1])
    for k in range(3, 90):
        choose(player, [top_half], picture((dancer, RED)), k / FPS)
    assert player.region(3.0)[3] < whole[3] - 50  # in time it believes it


def test_lost_it_looks_everywhere_again():
    player = Tracker()
    dancer = person(320)
    choose(player, [dancer], picture((dancer, RED)), 0.0)
    choose(player, [], picture(), 1 / FPS)
    assert player.region(LOST_S - 0.05) is not None
    assert player.region(LOST_S + 0.05) is None
    choose(player, [dancer], picture((dancer, RED)), LOST_S + 0.1)
    assert player.region(LOST_S + 0.2) is not None


def test_a_slow_computer_does_not_lose_whom_it_found_each_time():
    player = Tracker()
    dancer = person(320)
    for k in range(5):  # a look takes longer than it takes to be lost
        choose(player, [dancer], picture((dancer, RED)), 0.5 * k)
        assert player.region(0.5 * (k + 1)) is not None
    assert player.region(2.0 + FORGET_S + 0.1) is None


def test_poorly_seen_it_is_in_doubt():
    player = Tracker()
    assert not player.doubtful
    whole, poor = person(320), person(320, unseen=range(9, 18))  # nine joints
    choose(player, [whole], picture((whole, RED)), 0.0)
    assert not player.doubtful
    choose(player, [poor], picture((poor, RED)), 1 / FPS)
    assert player.doubtful


def test_a_person_pointed_at_is_held():
    player = Tracker()
    small, large = person(200, tall=0.6), person(400)
    image = picture((small, RED), (large, BLUE))
    player.hold(small, image, 0.0)
    again = person(203, tall=0.6, row=1)
    assert (
        choose(player, [large, again], picture((again, RED), (large, BLUE)), 1 / FPS) is again
    )


def test_reset_forgets():
    player = Tracker()
    choose(player, [person(320)], picture((person(320), RED)), 0.0)
    player.reset()
    assert player.region(0.05) is None
    other = person(500)
    assert choose(player, [other], picture((other, BLUE)), 0.1) is other


def test_clothes_are_the_colours_of_torso_and_thighs():
    dancer = person(320)
    clothes = clothes_of(dancer, picture((dancer, RED)))
    assert_array_equal(clothes, np.tile(RED, (6, 1)))
    legless = person(320, unseen=(9, 12))
    assert_array_equal(np.isnan(clothes_of(legless, picture())).all(axis=1), [0, 0, 0, 0, 1, 1])
    outside = person(-300)  # its colours are the rim's, and nothing breaks
    assert np.isfinite(clothes_of(outside, picture())).all()


def test_a_region_is_square_around_the_box_and_never_tiny():
    region = crop_region(np.array([[100.0, 50.0], [140.0, 250.0]]))
    assert_allclose(region, (120 - 130, 150 - 130, 120 + 130, 150 + 130))
    assert_allclose(crop_region(np.full((2, 2), 30.0)), (30 - 10.4, 30 - 10.4, 40.4, 40.4))


def places(poses):
    return [None if pose is None else round(float(pose.joints[1, 0])) for pose in poses]


def test_players_at_the_start_take_the_most_prominent_in_turn():
    people = [person(60, tall=0.4), person(330), person(540, tall=0.7)]
    players = [Tracker() for _ in range(4)]
    chosen = choose_all(players, people, picture(*((p, RED) for p in people)), 0.0)
    assert chosen == [people[1], people[2], people[0], None]
    assert [player.knows(0.1) for player in players] == [True, True, True, False]
    assert choose_all(players, [], picture(), 0.05) == [None] * 4
    assert choose_all([], people, picture(), 0.1) == []


def test_players_at_the_start_take_nobody_of_few_joints():
    enough = person(200, unseen=range(MIN_ACQUIRED, 18))
    few = person(450, unseen=range(MIN_ACQUIRED - 1, 18))
    image = picture((enough, RED), (few, RED))
    assert choose_all([Tracker(), Tracker()], [few, enough], image, 0.0) == [enough, None]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_who_might_be_the_dancer_the_liker_is(order):
    player = Tracker()
    player.hold(person(320), picture((person(320), RED)), 0.0)
    here, near = person(324), person(370)
    image = picture((here, RED), (near, RED))
    assert max(player.unlikeness(p, clothes_of(p, image), 0.2) for p in (here, near)) < 1
    assert choose_all([player], [here, near][::order], image, 0.2) == [here]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_likest_pairs_come_first_whoever_asks_first(order):
    """The right one's dancer is gone; the left one's stands half way: it stays the left one's."""
    players = [Tracker(), Tracker()]
    left, right = person(250), person(420)
    image = picture((left, RED), (right, RED))
    for player, pose in zip(players, (left, right), strict=True):
        player.hold(pose, image, 0.0)
    moved = person(300)  # nearer to the left one's place
    asked = [players[k] for k in order]
    chosen = choose_all(asked, [moved], picture((moved, RED)), 0.2)
    assert chosen == [moved if k == 0 else None for k in order]


@pytest.mark.parametrize("seed", range(8))
def test_nobody_is_two_players(seed):
    rng = np.random.default_rng(seed)
    players = [Tracker() for _ in range(3)]
    for k in range(25):
        people = [
            person(rng.uniform(200, 440), row=k, tall=0.7) for _ in range(rng.integers(0, 5))
        ]
        image = picture(*((pose, RED) for pose in people))
        chosen = [
            pose for pose in choose_all(players, people, image, k / FPS) if pose is not None
        ]
        assert len({id(pose) for pose in chosen}) == len(chosen)
        assert all(any(pose is one for one in people) for pose in chosen)


def test_a_player_without_a_dancer_does_not_take_the_other_s():
    ours, theirs = Tracker(), Tracker()
    dancer = person(320)
    ours.hold(dancer, picture((dancer, RED)), 0.0)
    again, aside = person(324, row=1), person(100, tall=0.4)
    image = picture((again, RED), (aside, BLUE))
    assert choose_all([theirs, ours], [again, aside], image, 1 / FPS) == [aside, again]


def test_two_who_change_places_out_of_sight_are_told_by_their_clothes():
    players = [Tracker(), Tracker()]
    left, right = person(250), person(400)
    image = picture((left, RED), (right, BLUE))
    for player, pose in zip(players, (left, right), strict=True):
        player.hold(pose, image, 0.0)
    blue, red = person(250, row=5), person(400, row=5)
    chosen = choose_all(players, [blue, red], picture((blue, BLUE), (red, RED)), 1.0)
    assert places(chosen) == places([red, blue])


def test_apart_is_the_median_way_in_sizes_of_the_first():
    one, other = person(200), person(230)
    size = body_size(one.joints)
    assert apart(one, one) == 0
    assert apart(one, other) == pytest.approx(30 / size, rel=1e-4)
    joints = one.joints.copy()
    joints[:8, 0] += 1000  # less than half of them
    assert apart(one, Pose(joints)) == 0
    joints = one.joints.copy()
    joints[:10, 0] += 1000
    assert apart(one, Pose(joints)) * size > 900
    large = Pose(one.joints * np.float32([2, 2, 1]))
    assert apart(one, large) == pytest.approx(2 * apart(large, one), rel=1e-4)


def test_apart_counts_joints_seen_in_both_and_is_infinite_without_any():
    one = person(200, unseen=range(9))
    assert apart(one, person(200, unseen=range(9, 18))) == np.inf
    nobody = person(200, unseen=range(18))
    assert apart(one, nobody) == apart(nobody, one) == apart(nobody, nobody) == np.inf
    assert apart(one, person(200, unseen=range(8, 17))) == 0  # the last one alone
    wrist = person(200, unseen=range(17))  # has no size
    assert apart(wrist, one) == np.inf
    assert apart(one, wrist) == 0


def test_a_box_holds_the_seen_joints():
    dancer = person(320, unseen=(4, 7, 10, 13))
    box = box_of(dancer)
    xy = dancer.joints[dancer.seen, :2]
    assert_array_equal(box, [xy.min(axis=0), xy.max(axis=0)])
    assert box.dtype == np.float64


def test_sureness_is_the_mean_confidence_unseen_joints_too():
    player = Tracker()
    assert player.sureness == 0
    dancer = person(320, unseen=range(9, 18))
    player.hold(dancer, picture((dancer, RED)), 0.0)
    assert player.sureness == pytest.approx(float(dancer.joints[:9, 2].sum()) / 18)
    player.reset()
    assert player.sureness == 0
