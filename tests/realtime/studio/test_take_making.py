"""From what was seen to a take: who is a member and who is not, where they stand, when they are on."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.scoring.standard import standard_from_choreography
from kpopdance.realtime.studio.recording import RecordingError
from kpopdance.realtime.studio.take_making import take_of
from tests.quick import but_quick
from tests.synthetic_sightings import Person, at, filmed, side_by_side, spliced, walk

LENGTH_S = 8.0
DANCERS = [
    Person(k, walk((0, k - 1, 5), (2, k - 1, 5), (5, (k + 1) % 3 - 1, 4.5 + 0.4 * k), (8, 1 - k, 5)), k)
    for k in range(3)
]  # fmt: skip
LEGS = (8, 9, 10, 11, 12, 13)
KNEES = (9, 12)
OTHERS = {
    "seldom": Person(9, at(2.2, 5), 9, there=((1.0, 1.6),)),
    "small": Person(9, at(-3, 14), 9),
    "partial": Person(9, at(1.0, 2.2), 9, unseen=LEGS),
    "still": Person(9, at(2.4, 5), 9, still=True),
    "mirror": Person(
        1, walk((0, 0.3, 8), (2, 0.3, 8), (5, 1.3, 7.5), (8, 0.3, 8)), 9, image=True
    ),
}
GOING_BY = Person(9, walk((3, -2.6, 3.6), (6, 2.6, 3.6)), 9, swing=0.5, there=((3, 6),))


def truth(film, take):
    """Whom each person of a take is, and how far they are off their places in rows both know."""
    who, off = [], []
    for own in take.joints:
        ways = [np.nanmedian(np.abs(own - true)[..., :2]) for true in film.joints]
        who.append(int(np.nanargmin(ways)))
    for person in take.members:
        known = film.shown[who[person]] & np.isfinite(take.floor[person, :, 0])
        off.append((take.floor[person] - film.floor[who[person]])[known])
    middle = np.median(np.concatenate(off), axis=0)
    return who, np.linalg.norm(np.concatenate(off) - middle, axis=1)


@cache
def film_of(*others):
    return filmed(
        [*DANCERS, *(GOING_BY if k == "going by" else OTHERS[k] for k in others)], LENGTH_S
    )


@pytest.mark.parametrize(
    "why",
    but_quick(
        [(why,) for why in (*OTHERS, "going by")], {("mirror",), ("going by",), ("seldom",)}
    ),
)
def test_who_does_not_dance_is_no_member(why):
    film = film_of(why)
    take = take_of(film.seen)
    who, _ = truth(film, take)
    told = dict(zip(who, take.reasons, strict=True))
    assert told == {
        0: "member",
        1: "member",
        2: "member",
        3: "still" if why == "going by" else why,
    }
    assert take.reasons[take.lead] == "member"


def how_sure(film, joints, of_dancers, of_other):
    """A film in which networks are so sure of joints of three dancers, in turn, and of who is fourth."""
    told = film.seen.joints.copy()
    of_dancers = np.resize(of_dancers, len(told))
    told[:, joints, 2] = np.where(film.who == 3, of_other, of_dancers)[:, None]
    return dataclasses.replace(film.seen, joints=told)


@pytest.mark.parametrize(("joints", "of_dancers", "of_other", "why"), [
    pytest.param(LEGS[1:], 0.85, 0.4, "partial", id="knees guessed, as behind a barrier"),
    pytest.param(LEGS, 0.45, 0.4, "member", id="nobody's legs are sure, as in the dark"),
    pytest.param(KNEES, (0.8, *[0.3] * 9), 0.1, "member", id="nobody's knees are in the picture"),
])  # fmt: skip
def test_who_sits_in_the_audience_has_knees_that_are_guessed(joints, of_dancers, of_other, why):
    film = filmed([*DANCERS, Person(9, at(2.4, 5), 9)], 5.0)
    take = take_of(how_sure(film, joints, of_dancers, of_other))
    assert sorted(take.reasons) == sorted(("member",) * 3 + (why,))


def test_who_dances_in_the_back_or_comes_late_is_a_member():
    late = Person(5, at(1.8, 7.5), 5, there=((5, 99),))
    take = take_of(filmed([*DANCERS, late], LENGTH_S).seen)
    assert take.reasons == ("member",) * 4


def test_where_everybody_stands_is_told_within_a_fifth_of_a_body():
    film = film_of()
    who, off = truth(film, take_of(film.seen))
    assert sorted(who) == [0, 1, 2]
    assert np.median(off) < 0.15
    assert np.quantile(off, 0.9) < 0.3


def test_a_camera_that_pans_and_zooms_moves_nobody_on_the_floor():
    def lens(t):
        zoom = 1 + 0.1 * np.sin(t)
        return [[zoom, 0, 60 * np.sin(t / 2) - 40], [0, zoom, -30 * np.sin(t)]]

    film = filmed(DANCERS, LENGTH_S, cameras=lens)
    _, off = truth(film, take_of(film.seen))
    assert np.median(off) < 0.15


def test_who_is_hidden_is_there_and_who_goes_out_at_the_side_is_not():
    hidden = Person(7, walk((0, -0.9, 6), (2, 0, 6), (5, 0, 6), (7, 1.2, 6)), 7)
    leaving = Person(8, walk((0, 1.5, 5), (2, 1.5, 5), (4, 4, 5), (6, 4, 5), (8, 1.5, 5)), 8)
    film = filmed([Person(6, at(0, 4), 6), hidden, leaving], LENGTH_S)
    take = take_of(film.seen)
    who, _ = truth(film, take)
    assert sorted(who) == [0, 1, 2]
    assert take.there[who.index(1)].all()
    rows = slice(135, 165)  # 4.5 to 5.5 s
    assert not take.there[who.index(2), rows].any()
    assert not film.shown[1, 100:130].any()
    assert (take.joints[who.index(1), 100:130, :, 2] == 0).all()


def test_behind_a_cut_they_are_where_they_were():
    def cut(t):
        return [[1, 0, 0], [0, 1, 0]] if t < 4 else [[0.8, 0, 190], [0, 0.8, 100]]

    people = [Person(k, at(k - 1, 4.5 + 0.4 * k), k) for k in range(3)]
    film = filmed(people, LENGTH_S, cuts=(4,), cameras=cut)
    take = take_of(film.seen)
    assert take.cuts == (120,)
    assert take.reasons == ("member",) * 3
    jumps = np.abs(take.floor[:, 125] - take.floor[:, 115])
    assert jumps.max() < 0.3


def panel(seed, clothes, z=3.0):
    return filmed([Person(seed, at(0, z), clothes)], LENGTH_S)


SPLIT = [
    (((1, 1), (2, 2), (1, 1, 4.0)), ["member", "member", "twice"]),
    (((1, 1), (2, 1)), ["member", "member"]),  # they dress alike
    (((1, 1), (2, 2)), ["member", "member"]),
    (((1, 1), (2, 2, 8.0)), ["member", "member"]),  # one is filmed from far away
    (((1, 1), (1, 1, 4.0)), ["member", "twice"]),
]


@pytest.mark.parametrize(("panels", "reasons"), but_quick(SPLIT, SPLIT[:2]))
def test_each_panel_of_a_split_screen_is_a_scene(panels, reasons):
    take = take_of(side_by_side([panel(*one) for one in panels]))
    assert list(take.reasons) == reasons
    [split] = take.splits
    assert len(split.panels) == len(panels)
    for own in take.joints:  # nobody is joined across a seam
        neck = own[own[:, 1, 2] > 0, 1, 0]
        assert np.ptp(neck) < 0.6 * 1280 / len(panels)
    if "twice" in reasons:
        necks, ankles = (np.nanmedian(take.joints[:, :, k, 1], axis=1) for k in (1, 10))
        assert (ankles - necks)[0] > 1.2 * (ankles - necks)[-1]


def test_who_was_seen_before_is_known_again_in_their_panel():
    pair = [Person(1, at(-1, 5), 1), Person(2, at(1, 5), 2)]
    panels = side_by_side([panel(1, 1), panel(2, 2)])
    take = take_of(spliced(filmed(pair, LENGTH_S).seen, panels, 120))
    assert take.reasons == ("member", "member")
    assert (take.splits[0].first, take.splits[0].behind) == (120, 240)
    assert np.isnan(take.floor[:, 160]).all()
    assert np.isfinite(take.floor[:, 60]).all()


@pytest.mark.parametrize(("dancers", "reasons", "lead"), [
    ((), ("member", "member", "member", "still"), None),
    pytest.param((3, 1), ("member", "unasked", "member", "still"), 2, marks=pytest.mark.long),
    ((4,), ("unasked", "unasked", "unasked", "member"), 3),
])  # fmt: skip
def test_who_is_asked_for_is_a_member(dancers, reasons, lead):
    take = take_of(film_of("still").seen, dancers)
    assert take.reasons == reasons
    assert lead is None or take.lead == lead
    first = [float(np.nanmean(take.joints[k, 0, :, 0])) for k in range(3)]
    assert first == sorted(first)


def test_the_same_is_told_of_the_same():
    one, other = take_of(film_of().seen), take_of(film_of().seen)
    assert_array_equal(one.joints, other.joints)
    assert_array_equal(one.floor, other.floor)


def test_what_shows_nobody_is_refused():
    film = filmed([Person(1, at(0, 5), 1, there=((0, 0.2),))], 4.0)
    with pytest.raises(RecordingError, match="hardly anybody"):
        take_of(film.seen)
    with pytest.raises(RecordingError, match="dancer 5 was asked for, but 3 people"):
        take_of(film_of().seen, (5,))


def test_a_close_up_is_unseen():
    def nears(t):
        return [[1, 0, 0], [0, 1, 0]] if t < 5 else [[3, 0, -1280], [0, 3, -900]]

    film = filmed([Person(1, at(0, 5), 1)], LENGTH_S, cuts=(5,), cameras=nears)
    legs = np.isin(np.arange(18), LEGS[1:]) & np.ones(18, bool)
    near = film.seen.rows >= 150
    film.seen.joints[np.ix_(near, legs)] = (np.nan, np.nan, 0)  # out of the picture
    take = take_of(film.seen)
    seen = (take.joints[0, :, :, 2] > 0).any(axis=1)
    assert seen[:150].mean() > 0.9
    assert not seen[150:].any()
    dance = take.choreographies()[0]
    assert (dance.joints[:140, :, 2] > 0).mean() > 0.8
    assert (dance.joints[151:, :, 2] == 0).all()


def test_a_lead_who_is_unseen_for_a_third_is_asked_for_the_rest_alone():
    people = [Person(1, at(0, 5), 1, there=((0, 4), (8, 12))), Person(2, at(2.4, 6), 2)]
    take = take_of(filmed(people, 12.0).seen, (1,))
    [dance] = take.choreographies()
    assert 0.6 < (dance.joints[..., 2] > 0).any(axis=1).mean() < 0.72
    standard = standard_from_choreography(dance, bpm=120.0, terms=Terms())
    middle = (standard.start_s + standard.end_s) / 2
    unseen = (middle > 4.7) & (middle < 7.3)
    assert unseen.any()
    assert (standard.weight[unseen] == 0).all()
    assert (standard.weight[(middle < 3.3) | (middle > 8.7)] > 0).all()
