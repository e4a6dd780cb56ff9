"""A raised hand chooses what is meant, and nothing else that people do before a menu chooses."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.core import body
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.pointing import (
    AWAY,
    GONE_S,
    REACH,
    REST_S,
    START_S,
    Pointing,
    RaisedHand,
    Rest,
)
from tests.quick import but_quick
from tools.bench.pose.bench_hands import CHOOSERS, WITHIN_S, Menu, one_choice
from tools.bench.pose.drawn_hands import ACTS, HANGS, Player, acted, steadied

HELLO = (0.25, 0.4)
STILL = Player(noise=0.0, lost=0.0, wild=0.0)
QUICK = [("telephones",), ("strokes hair",), ("stretches one arm up",), ("claps",)]


def pointing(places, hand=None, player=STILL, from_s=0.0, **how):
    """What a hand points at that is in these places (right, left), 10 looks a second."""
    hand = hand or RaisedHand()
    told = []
    for k, both in enumerate(places):
        pose = None if both is None else Pose(player.pose(*both, **how).astype(np.float32))
        told.append(hand.step(pose, from_s + k / 10))
    return told


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("player", [STILL, Player(20.0, (90.0, 40.0)), Player(seated=True)])
def test_it_points_once_it_has_been_up_and_still_for_a_moment(right, player):
    both = (HELLO, HANGS) if right else (HANGS, HELLO)
    told = pointing([both] * 12, player=player)
    first = next(k for k, at in enumerate(told) if at is not None)
    assert first / 10 == pytest.approx(START_S)
    share = (HELLO[0] - REACH[0][0]) / (REACH[0][1] - REACH[0][0])
    assert told[-1].x == pytest.approx(
        share if right else 1 - share, abs=0.02
    )  # as in a mirror
    assert told[-1].y == pytest.approx((REACH[1][1] - HELLO[1]) / np.ptp(REACH[1]), abs=0.02)


@pytest.mark.parametrize(
    ("both", "how"),
    [
        (((0.25, -0.1), HANGS), {}),  # not raised
        (((-0.1, 0.33), HANGS), {}),  # at the ear
        (((0.9, 0.2), HANGS), {}),  # the forearm lies
        ((HELLO, HELLO), {}),
        ((HELLO, (0.1, -0.3)), {}),
        ((HELLO, HANGS), {"lean": 0.5}),
    ],
)
def test_what_is_no_such_hand_never_points(both, how):
    assert not any(pointing([both] * 30, **how))


def test_who_turns_their_back_points_at_nothing():
    hand, rows = RaisedHand(), STILL.pose(HELLO, HANGS)
    behind = body.mirrored(rows.astype(np.float32), 639.0)[list(body.MIRROR)]
    assert not any(hand.step(Pose(behind.copy()), k / 10) for k in range(20))


@pytest.mark.parametrize(
    ("then", "stays"),
    [
        ([None] * 2, True),  # two looks that fail
        ([None] * 5, True),  # before the body a wrist is easily missed
        ([None] * 9, False),
        ([((0.3, -0.3), HANGS)] * 9, True),  # low, at the window's lower edge
        ([((0.1, -0.9), HANGS)] * 5, False),  # taken down
        ([(HELLO, HELLO)] * 5, False),
    ],
)
def test_it_points_until_it_is_taken_down(then, stays):
    told = pointing([(HELLO, HANGS)] * 10 + then)
    assert told[9] is not None
    assert (told[-1] is not None) == stays


def test_looks_that_stop_coming_take_it_down():
    hand = RaisedHand()
    assert pointing([(HELLO, HANGS)] * 10, hand)[-1] is not None
    assert pointing([(HELLO, HANGS)] * 2, hand, from_s=1.0 + GONE_S) == [None, None]


def rests(ways, on=lambda k: "it", again=False):
    """The seconds at which a hand chooses that is at these x, 10 looks a second."""
    rest = Rest()
    at = [None if x is None else Pointing(x, 0.5, k / 10) for k, x in enumerate(ways)]
    return [k / 10 for k, place in enumerate(at) if rest.step(on(k), place, again=again)]


COMES = [0.2, 0.2 + 2 * AWAY]
LONG = round(10 * REST_S)


@pytest.mark.parametrize(
    ("ways", "on", "again", "chosen"),
    [
        ([0.5] * 50, lambda k: "it", False, 0),  # it only stays up
        (COMES + [0.4] * 50, lambda k: "it", False, 1),  # once, not again and again
        (COMES + [0.4] * 50, lambda k: None, False, 0),
        (COMES + [0.4] * 50, lambda k: k // 5, False, 0),  # never long on one
        ([0.2, 0.4] * 25, lambda k: "it", False, 0),  # it does not rest
        (COMES + [0.4] * 20 + [0.7] + [0.4] * 20, lambda k: "it", False, 2),
        (COMES + [0.4] * 5 + [None] + [0.4] * 50, lambda k: "it", False, 0),  # another hand
        (COMES + [0.4] * (3 * LONG + 4), lambda k: "it", True, 3),
        # what comes under a hand that stays is not chosen, what lies beside is
        (COMES + [0.4] * 40, lambda k: k // 20, False, 1),
        (COMES + [0.4] * 18 + [0.46] * 20, lambda k: k // 20, False, 2),
    ],
)
def test_a_way_to_something_and_a_rest_there_is_a_choice(ways, on, again, chosen):
    assert len(rests(ways, on, again)) == chosen


@pytest.mark.parametrize("act", but_quick([(act,) for act in ACTS], QUICK))
def test_what_people_do_before_a_menu_chooses_nothing(act):
    rng, menu = np.random.default_rng(11), Menu()
    looks = steadied(acted(ACTS[act], Player(), rng, 30.0))
    assert not any(menu.chosen(pose, at_s) for at_s, pose in looks)


@pytest.mark.parametrize(
    ("kind", "tries", "least"),
    but_quick(
        [
            ("stands", 20, 0.95), ("sits", 20, 0.95), ("small, far away", 20, 0.85),
            ("badly seen", 120, 0.5),  # 62 % of 180: chance takes 4 points of it, one time in three
        ],
        [("stands", 20, 0.95), ("small, far away", 20, 0.85)],
    ),
)  # fmt: skip
def test_what_is_meant_is_chosen_in_time(kind, tries, least):
    rng = np.random.default_rng(5)
    took_s = [one_choice(CHOOSERS[kind], right=k % 2 == 0, rng=rng) for k in range(tries)]
    assert np.mean(np.array(took_s) <= WITHIN_S) >= least
