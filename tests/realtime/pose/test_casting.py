"""Who is who over a whole film, of sightings nobody filmed: crossings, exits, cuts, the same clothes."""

from __future__ import annotations

import dataclasses
from itertools import product

import numpy as np
import pytest

from kpopdance.realtime.pose.casting import people_of
from kpopdance.realtime.pose.pieces import link_against, pieces_of, usual_of
from kpopdance.realtime.pose.recast import Recast
from kpopdance.realtime.pose.tracklets import tracklets_of, without_doubles
from tests.quick import but_quick
from tests.synthetic_sightings import EACH, Person, at, filmed, walk
from tools.bench.pose.identity import idf1


def cast(film, cuts=()):
    """IDF1 and how many people there are."""
    people = people_of(film.seen, tracklets_of(film.seen, cuts), cuts)
    true = range(film.who.max() + 1)
    together = np.array([[(film.who[each] == k).sum() for each in people] for k in true])
    told = np.array([len(each) for each in people])
    return idf1(together, np.bincount(film.who), told), len(people)


def crossing(clothes):
    return [
        Person(1, walk((0, -2, 5), (4, -2, 5), (6, 2, 5), (10, 2, 5)), clothes(1)),
        Person(2, walk((0, 2, 4), (4, 2, 4), (6, -2, 4), (10, -2, 4)), clothes(2)),
    ]


def in_place(clothes):
    return [Person(k, at(k - 2, 5), clothes(k)) for k in range(5)]


def exchanging(clothes):
    """A line in which neighbours change places, then those beside the middle."""
    order = [(0, 1, 2, 3, 4), (1, 0, 2, 4, 3), (3, 0, 2, 4, 1)]
    return [
        Person(k, walk((0, order[0][k] - 2, 5 + 0.4 * (k % 2)), (3, order[0][k] - 2, 5 + 0.4 * (k % 2)),
                       (5, order[1][k] - 2, 5 + 0.4 * (k % 2)), (7, order[1][k] - 2, 5 + 0.4 * (k % 2)),
                       (10, order[2][k] - 2, 4.6 + 0.4 * k)), clothes(k))
        for k in range(5)
    ]  # fmt: skip


def turned_round(clothes):
    """All of a line go through its middle at once."""
    return [
        Person(k, walk((0, k - 2, 5), (3, k - 2, 5), (7, 2 - k, 4 + k * 0.6), (8, 2 - k, 4 + k * 0.6),
                       (11, (k * 3) % 5 - 2, 5)), clothes(k))
        for k in range(5)
    ]  # fmt: skip


def leaving(clothes):
    """One goes out at the side and comes back."""
    return [
        Person(1, at(-1, 5), clothes(1)),
        Person(2, walk((0, 1, 5), (3, 1, 5), (5, 4.5, 5), (7, 4.5, 5), (9, 0.5, 5)), clothes(2)),
        Person(3, at(2, 6), clothes(3)),
    ]  # fmt: skip


def hidden(clothes):
    """One stands behind another for three seconds and comes out at the other side."""
    return [
        Person(1, at(0, 4), clothes(1)),
        Person(2, walk((0, -1, 5.5), (3, 0, 5.5), (6, 0, 5.5), (8, 1.5, 5.5)), clothes(2)),
        Person(3, at(2.2, 5), clothes(3)),
    ]


def entering(clothes):
    """Three of five are there at first."""
    return [
        Person(k, at(k - 2, 5), clothes(k), there=((4 if k > 2 else -1, 99),))
        for k in range(5)
    ]  # fmt: skip


def running(clothes):
    """One runs in, and out at the other side."""
    return [
        Person(1, at(-1.2, 5), clothes(1)),
        Person(2, walk((3, 4.5, 6), (3.7, 0.5, 6), (8, 0.5, 6), (8.7, -4.5, 6)), clothes(2)),
    ]


def their_own(k):
    return k


def the_same(_k):
    return 0


WAYS = (crossing, in_place, exchanging, leaving, hidden, entering, running)
CLOTHES = (their_own, the_same)


@pytest.mark.parametrize(
    ("who", "clothes"),
    but_quick(
        product(WAYS, CLOTHES),
        {(in_place, the_same), (exchanging, their_own)},
    ),
)
def test_everybody_stays_who_they_are(who, clothes):
    score, count = cast(filmed(who(clothes), 12.0))
    assert count == len(who(clothes))
    assert score > 0.99


def test_five_who_meet_in_one_place_are_told_by_their_clothes():
    score, count = cast(filmed(turned_round(their_own), 12.0))
    assert count == 5
    assert score > 0.98  # some pictures in the middle of it are anybody's


def test_people_are_known_again_behind_a_cut_where_they_stand_otherwise():
    people = [
        Person(k, walk((0, k - 2, 5), (4.99, k - 2, 5), (5, 2 - k, 4)), k) for k in range(5)
    ]
    assert cast(filmed(people, cuts=(5,)), (150,)) == (1.0, 5)


def in_scenes(*scenes):
    """Each scene of four seconds shows these numbers, each in clothes of their own."""
    numbers = sorted({k for scene in scenes for k in scene})
    return [
        Person(
            k, at(1.2 * (k % 2), 5), k,
            tuple((4 * n, 4 * n + 4) for n, scene in enumerate(scenes) if k in scene),
        )
        for k in numbers
    ]  # fmt: skip


@pytest.mark.parametrize(
    "scenes", [((0,), (1,), (2,)), ((0,), (1,), (0,), (1,)), ((0, 1), (2, 3))]
)
def test_who_is_shown_after_somebody_else_is_another_where_looks_say_so(scenes):
    """However few are seen at once, nobody is made of people who look entirely otherwise."""
    people = in_scenes(*scenes)
    cuts = [4 * n for n in range(1, len(scenes))]
    film = filmed(people, 4.0 * len(scenes), cuts=cuts)
    assert cast(film, [30 * cut for cut in cuts]) == (1.0, len(people))


def test_who_is_never_seen_alone_is_known_again_by_what_nobody_stands_before():
    fronts = [Person(1, at(x, 4.5), k) for k, x in ((2, -1.3), (5, 1.3))]
    backs = [  # all dance alike, and so they are never farther apart
        Person(1, walk((0, x, 4.7), (4, x, 4.7), (8, -x, 4.7)), k, ((-1, 4), (back_s, 99)))
        for k, x, back_s in ((3, -1.58, 8.2), (4, 1.58, 8))
    ]
    assert cast(filmed([*fronts, *backs], 12.0)) == (1.0, 4)


def test_what_a_moving_camera_films_goes_on():
    def pans(t):
        return [[1 + t / 30, 0, 40 * t], [0, 1 + t / 30, 0]]

    people = [Person(k, at(0.9 * k - 1.5, 6), 0) for k in range(3)]
    assert cast(filmed(people, 6.0, cameras=pans)) == (1.0, 3)


def test_who_is_seen_by_glimpses_is_told_by_looks_and_place():
    """Two pictures in every half second, while all go through the middle."""
    whole = filmed(turned_round(lambda k: k), 11.0)
    row = whole.seen.rows
    kept = ((row + 4 * whole.who) % 15 < 2) | (row < 90) | (row > 210)
    seen = dataclasses.replace(
        whole.seen, **{name: getattr(whole.seen, name)[kept] for name in EACH}
    )
    film = dataclasses.replace(whole, seen=seen, who=whole.who[kept])
    quality, people = cast(film)
    assert (people, quality) == (5, pytest.approx(1.0, abs=0.005))


def test_who_is_made_of_others_joints_is_nobody():
    """Behind somebody, networks see half of them and half of what stands beside."""
    whole = filmed([Person(k, at(1.2 * k, 5), k) for k in range(2)], 4.0)
    seen, who = whole.seen, whole.who
    both = [row for row in range(40, 60) if (seen.rows == row).sum() == 2]
    made = np.stack([seen.joints[(seen.rows == row) & (who == 0)][0] for row in both])
    made[:, 9:] = [seen.joints[(seen.rows == row) & (who == 1)][0, 9:] for row in both]
    made[..., 2] *= 0.9
    order = np.argsort(np.append(seen.rows, both), kind="stable")
    of_first = [np.flatnonzero((seen.rows == row) & (who == 0))[0] for row in both]
    more = {
        name: np.concatenate([getattr(seen, name), getattr(seen, name)[of_first]])
        for name in EACH
    }
    more["joints"] = np.concatenate([seen.joints, made])
    crowded = dataclasses.replace(seen, **{name: each[order] for name, each in more.items()})
    assert len(without_doubles(crowded)) == len(seen.rows)


def recast(people, length_s, parted):
    """Who is who by ``Recast``, begun with what ``parted`` makes of the true people; the truth."""
    film = filmed(people, length_s)
    pieces = pieces_of(film.seen, tracklets_of(film.seen, ()), ())
    owner = np.array([film.who[piece.sightings[0]] for piece in pieces])
    true = [np.flatnonzero(owner == k).tolist() for k in range(len(people))]
    told = Recast(film.seen, pieces, usual_of(film.seen, pieces)).done(parted(true))
    return sorted(told), true


def test_whose_pieces_were_mixed_up_get_them_back():
    told, true = recast(
        exchanging(their_own), 12.0,
        lambda true: [true[0][::2], true[0][1::2] + true[1][::2], true[1][1::2], *true[2:]],
    )  # fmt: skip
    assert told == sorted(true)


def test_who_comes_back_and_was_taken_for_somebody_new_is_one_again():
    people = [Person(0, at(-1, 5), 0), Person(1, at(0, 5), 1, there=((-1, 3), (6, 99)))]
    told, true = recast(people, 9.0, lambda true: [true[0], true[1][:1], true[1][1:]])
    assert told == sorted(true)


def test_what_lies_in_a_gap_of_another_goes_on_at_once():
    """Motion between two tracklets of which one begins before the other ends is a number."""
    film = filmed([Person(1, at(0, 5), 1)], 4.0, missing=0.0)
    seen, every = film.seen, np.arange(len(film.seen.rows))
    inside = (every > 40) & (every < 50)
    one, other = pieces_of(seen, [every[~inside], every[inside]], ())
    assert np.isfinite(link_against(seen, one, other))


def test_nobody_is_nobody():
    film = filmed([Person(1, at(0, 5), 1, there=())], 2.0)
    assert people_of(film.seen, tracklets_of(film.seen, ()), ()) == []
