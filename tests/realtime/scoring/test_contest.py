"""Relay, elimination and duel: which moves count for whom, who is out, who has won."""

from __future__ import annotations

import math
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from kpopdance.realtime.core.types import Verdict
from kpopdance.realtime.scoring.contest import KNOWN_S, Contest, Stand

SPAN = (0.0, 60.0)
SECTIONS = (0.0, 12.0, 30.0, 48.0)


def judge(*scores, unjudged=()):
    """Moves of two seconds, each of a weight of its own."""
    verdicts = tuple(
        Verdict(k, 2.0 * k, 2.0 * k + 2, "OK", float(score), 0.0, judged=k not in unjudged)
        for k, score in enumerate(scores)
    )
    return SimpleNamespace(
        verdicts=verdicts, standard=SimpleNamespace(weight=np.ones(max(len(scores), 30)))
    )


def steady(score, moves=30):
    return judge(*[score] * moves)


def stands(kind, judges, song_s=math.inf, sections=SECTIONS):
    return Contest(kind, len(judges), SPAN, sections).stands(judges, song_s)


ROUNDS = {
    "relay by sections": ("relay", 2, SECTIONS, [(0, 0), (12, 1), (30, 0), (48, 1)]),
    "short ones are joined": ("relay", 2, (0, 4, 12, 55), [(0, 0), (12, 1)]),
    "without sections in even parts": ("relay", 2, (), [(0, 0), (15, 1), (30, 0), (45, 1)]),
    "more players than sections": (
        "relay", 3, (0, 30), [(0, 0), (10, 1), (20, 2), (30, 0), (40, 1), (50, 2)]
    ),
    "best of three": ("duel", 2, (0, 24, 40), [(0, None), (24, None), (40, None)]),
    "one less than players": ("elimination", 4, (), [(0, None), (20, None), (40, None)]),
    "all of it": ("together", 4, SECTIONS, [(0, None)]),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "players", "sections", "rounds"), ROUNDS.values(), ids=ROUNDS)
def test_a_song_is_cut_into_rounds(kind, players, sections, rounds):
    made = Contest(kind, players, SPAN, sections).rounds
    assert [(each.start_s, each.owner) for each in made] == rounds
    for before, after in pairwise(made):
        assert before.end_s == after.start_s


def test_in_a_relay_only_ones_own_turns_count():
    first = judge(*[80] * 6, *[0] * 9, *[60] * 9, *[0] * 6)
    second = judge(*[0] * 6, *[50] * 9, *[0] * 9, *[50] * 6)
    one, two = stands("relay", [first, second])
    assert one.points == pytest.approx((6 * 80 + 9 * 60) / 15)
    assert two.points == pytest.approx(50)
    assert (one.rank, two.rank) == (1, 2)
    now = stands("relay", [first, second], 9.0)
    assert [(stand.on, stand.soon) for stand in now] == [(True, False), (False, True)]
    assert [stand.in_s for stand in now] == [21.0, 3.0]
    assert [stand.on for stand in stands("relay", [first, second], 31.0)] == [True, False]
    assert [stand.on for stand in stands("relay", [first, second], -2.0)] == [True, False]
    last = stands("relay", [first, second], 50.0)
    assert [(stand.on, stand.in_s) for stand in last] == [(False, None), (True, None)]
    earned = Contest("relay", 2, SPAN, SECTIONS).earned([first, second])
    assert [one.rounds for one in earned] == [((0, 80.0), (2, 60.0)), ((1, 50.0), (3, 50.0))]
    assert {move.score for move in earned[1].moves} == {50.0}


def test_how_far_it_is_is_told():
    made = Contest("elimination", 3, SPAN, ())
    judges = [steady(50), steady(40), steady(90)]
    told = [made.course(judges, at_s) for at_s in (-3.0, 29.0, 31.0, 34.0, math.inf)]
    assert [each.number for each in told] == [0, 0, 1, 1, 1]
    assert [each.since_s for each in told[:4]] == [-3.0, 29.0, 1.0, 4.0]
    assert [each.left_s for each in told] == [33.0, 1.0, 29.0, 26.0, 0.0]
    assert [each.ended for each in told] == [(), (), (), (1,), (1, 0)]
    assert told[2].told_s == math.inf
    assert told[3].told_s == pytest.approx(4.0 - KNOWN_S)
    assert [one.rounds for one in made.earned(judges)] == [
        ((0, 50.0), (1, 50.0)), ((0, 40.0),), ((0, 90.0), (1, 90.0)),
    ]  # fmt: skip


@pytest.mark.parametrize(("other", "ranks"), [(99.96, (1, 1)), (99.9, (1, 2))])
def test_what_is_told_alike_is_alike(other, ranks):
    for kind in ("relay", "duel", "together"):
        told = stands(kind, [steady(100), steady(other)])
        assert tuple(stand.rank for stand in told) == ranks, kind


def test_who_earned_least_in_a_round_is_out():
    judges = [steady(50), judge(*[90] * 10, *[20] * 20), judge(*[40] * 10, *[99] * 20)]
    sections = (0.0, 30.0)
    told = [stands("elimination", judges, at_s, sections) for at_s in (29.0, 30 + KNOWN_S)]
    assert [stand.out for stand in told[0]] == [False] * 3
    assert [stand.out for stand in told[1]] == [True, False, False]
    assert [round(stand.here) for stand in told[0]] == [50, 67, 60]
    assert [stand.least for stand in told[0]] == [True, False, False]
    assert [stand.here for stand in told[1]] == [None, 20.0, 99.0]
    assert [stand.least for stand in told[1]] == [False, True, False]
    last = stands("elimination", judges, sections=sections)
    assert [stand.out for stand in last] == [True, True, False]
    assert [stand.rank for stand in last] == [3, 2, 1]
    assert last[0].points == pytest.approx(50)  # of the round they were in


def test_of_two_alike_in_a_round_who_has_less_so_far_is_out():
    judges = [judge(*[80] * 15, *[70] * 15), judge(*[60] * 15, *[70] * 15), steady(0)]
    ended = Contest("elimination", 3, SPAN, ()).course(judges, math.inf).ended
    assert ended == (2, 1)


@pytest.mark.parametrize(
    ("rounds", "wins"),
    [
        ((90, 10, 90), (2, 1)),
        ((90, 90, 10), (2, 0)),
        ((50, 90, 90), (2, 0)),
        ((50, 50, 50), (0, 0)),
    ],
)
def test_the_best_of_three_has_two(rounds, wins):
    first = judge(*(score for score in rounds for _each in range(10)))
    told = stands("duel", [first, steady(50)], sections=())
    assert tuple(stand.wins for stand in told) == wins
    assert told[0].rank == 1
    assert told[1].rank == (1 if wins == (0, 0) else 2)


def test_what_was_not_judged_counts_for_nobody():
    one, two = stands("together", [judge(10, 90, unjudged={0}), judge()])
    assert one.points == pytest.approx(90)
    assert two.points is None
    assert two == Stand(None, rank=2)
    assert (one.here, one.least) == (pytest.approx(90), False)
