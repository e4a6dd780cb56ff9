"""Who is looked at with what: a table of choices with pretended costs, and a pretended camera."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kpopdance.realtime.pose.looks import GLANCES, LOOKS, close_looks, glances
from kpopdance.realtime.pose.policy import (
    CONFIRM_OFTEN_S,
    CONFIRM_S,
    COSTS_KEPT,
    EVENLY_S,
    FRESH_S,
    RECHECK_S,
    SEARCH_S,
    SEARCH_SHARE,
    SHARE,
    Costs,
    Need,
    Plan,
    Policy,
)
from tests.quick import but_quick

FPS = 30
FRAME_S = 1 / FPS
LIGHTNING, THUNDER, BLAZEPOSE = "movenet_lightning", "movenet_thunder", "blazepose_full"
THUNDER_INT8, HEAVY = "movenet_thunder_int8", "blazepose_heavy"
CLOSE = (LIGHTNING, THUNDER_INT8, BLAZEPOSE, HEAVY)
NAMES = ("everybody", "small", "crop", *CLOSE)
LETTERS = {
    "L": (LIGHTNING,), "B": (LIGHTNING, BLAZEPOSE), "T": (THUNDER_INT8, BLAZEPOSE),
    "V": (LIGHTNING, HEAVY), "H": (THUNDER_INT8, HEAVY), "O": ("crop", THUNDER_INT8, HEAVY),
    "M": (THUNDER,), "C": ("crop",), "-": (),
}  # fmt: skip
MACHINES = {  # ms for each look; on two cores as measured, one thread of AVX2
    "2 cores, busy": (466, 144, 192, 26, 66, 34, 136),
    "2 cores": (233, 72, 96, 13, 33, 17, 68),
    "4 cores": (106, 33, 44, 6, 15, 8, 31),
    "8 cores": (58, 18, 24, 3.3, 8, 4.3, 17),
    "16 cores": (33, 10, 14, 2, 5, 2.5, 10),
}
machines = pytest.mark.parametrize("machine", MACHINES)
crowds = pytest.mark.parametrize("players", [1, 2, 4, 6])


def costs_of(machine):
    return {name: ms / 1000 for name, ms in zip(NAMES, MACHINES[machine], strict=True)}


def policy(wish="auto", *, machine="2 cores", budget_s=FRAME_S, evenly_s=EVENLY_S, close=CLOSE):
    out = Policy(wish, close=close, budget_s=budget_s, evenly_s=evenly_s)
    for look, cost_s in costs_of(machine).items():
        out.costs.add(look, cost_s)
    return out


def there(count):
    """So many followed dancers, the worst seen first."""
    return [Need(lost=False, doubtful=False, sureness=0.5 + k / 20) for k in range(count)]


def lost(count):
    return [Need(lost=True, doubtful=False, sureness=0.0)] * count


def letters(plan):
    told = {glance: letter for letter, glance in LETTERS.items()}
    return "".join(told[glance] for glance in plan.crops)


def cost(plan, machine):
    looks = [look for glance in plan.crops for look in glance]
    looks += [] if plan.picture is None else [plan.picture]
    return sum(costs_of(machine)[look] for look in looks)


def followed(made, players, at_s=0.0):
    """The policy once it has found so many."""
    made.plan(lost(players), at_s)
    made._confirmed_s = at_s
    return made


CHOICES = {  # for 1, 2, 3, 4, 6 dancers, the worst seen first
    ("auto", "2 cores, busy"): ("L", "LL", "LLL", "LLLL", "LLLLLL"),
    ("auto", "2 cores"): ("B", "BL", "LLL", "LLLL", "LLLLLL"),
    ("auto", "4 cores"): ("T", "BB", "BBB", "BBLL", "BLLLLL"),
    ("auto", "8 cores"): ("H", "TT", "TBB", "BBBB", "BBBBBL"),
    ("auto", "16 cores"): ("O", "HH", "HTT", "TTTT", "BBBBBB"),
    ("openpose", "2 cores"): ("C", "CC", "everybody", "everybody", "everybody"),
    ("openpose", "16 cores"): ("C", "CC", "CCC", "everybody", "everybody"),
    ("movenet", "2 cores, busy"): ("M", "MM", "MMM", "MMMM", "MMMMMM"),
    ("blazepose", "2 cores, busy"): ("B", "BB", "BBB", "BBBB", "BBBBBB"),
}
WISHED = {"movenet": (THUNDER,), "blazepose": (LIGHTNING, BLAZEPOSE)}


@pytest.mark.parametrize(
    ("wish", "machine", "players", "want"),
    [
        (wish, machine, players, want)
        for (wish, machine), wants in CHOICES.items()
        for players, want in zip((1, 2, 3, 4, 6), wants, strict=True)
    ],
)
def test_what_is_chosen(wish, machine, players, want):
    made = followed(policy(wish, machine=machine, close=WISHED.get(wish, CLOSE)), players)
    plan = made.plan(there(players), FRAME_S)
    assert plan.picture or letters(plan) == want
    assert plan.picture == (want if want == "everybody" else None)
    if wish == "auto" and players * costs_of(machine)[LIGHTNING] <= SHARE * EVENLY_S:
        assert cost(plan, machine) <= SHARE * EVENLY_S + 1e-9


@pytest.mark.parametrize(
    ("machine", "players", "want", "at_16", "at_12"),
    [
        ("2 cores", 3, "BBL", "BLL", "BBL"),  # much more exact: worth fewer looks
        ("2 cores", 4, "BLLL", "LLLL", "BLLL"),
        ("4 cores", 2, "TT", "TT", "VV"),  # a little more exact: it is not
        ("4 cores", 4, "BBBB", "BBBB", "TTBB"),
        ("16 cores", 4, "HHVV", "HHVV", "OHHH"),
    ],
)
def test_fewer_looks_only_for_what_is_much_more_exact(machine, players, want, at_16, at_12):
    """Two limits lie between those of either alone: the computer says which one counts."""
    for budget_s, evenly_s, told in (
        (1 / 16, 1 / 12, want), (1 / 16, 1 / 16, at_16), (1 / 12, 1 / 12, at_12)
    ):  # fmt: skip
        made = followed(policy(machine=machine, budget_s=budget_s, evenly_s=evenly_s), players)
        plan = made.plan(there(players), FRAME_S)
        assert letters(plan) == told
        assert cost(plan, machine) <= SHARE * max(budget_s, evenly_s)


@pytest.mark.parametrize(
    ("close", "want"),
    [((), "C"), ((THUNDER,), "M"), ((LIGHTNING,), "L"), ((BLAZEPOSE,), "C"), (CLOSE, "B")],
)
def test_what_is_missing_is_done_without(close, want):
    assert letters(followed(policy(close=close), 1).plan(there(1), FRAME_S)) == want


def test_a_slower_camera_leaves_more_time():
    assert letters(followed(policy(budget_s=0.08), 1).plan(there(1), FRAME_S)) == "T"
    assert letters(followed(policy(budget_s=0.05), 1).plan(there(1), FRAME_S)) == "B"
    assert letters(followed(policy(budget_s=0.12), 1).plan(there(1), FRAME_S)) == "H"
    assert letters(followed(policy(budget_s=1 / 60), 1).plan(there(1), FRAME_S)) == "B"


@machines
@crowds
def test_offline_nothing_depends_on_the_computer(machine, players):
    rng = np.random.default_rng(players)
    made, twin = (policy(machine=one, budget_s=math.inf) for one in (machine, "2 cores"))
    for k in range(300):
        needs = [
            Need(*(rng.uniform(size=2) < 0.1), sureness=rng.uniform()) for _ in range(players)
        ]
        plan = made.plan(needs, k * FRAME_S)
        assert plan == twin.plan(needs, k * FRAME_S)
        assert plan.picture in (None, "everybody")
        seen = [
            need for need in needs if not need.lost and not (plan.picture and need.doubtful)
        ]
        assert sum(map(bool, plan.crops)) == len(seen)


OFFLINE = {  # letters of 1, 2, 3, 4, 5, 6 and 10 dancers
    "auto": ("H", "HH", "VVV", "TTTT", "BBBBB", "BBBBBB", "BBBBBBBBBB"),
    "openpose": ("C", "CC", "CCC", "CCCC", "CCCCC", "CCCCCC", "C" * 10),
    "movenet": ("M", "MM", "MMM", "MMMM", "MMMMM", "MMMMMM", "M" * 10),
}


@pytest.mark.parametrize(
    ("wish", "players", "want"),
    [
        (wish, players, want)
        for wish, wants in OFFLINE.items()
        for players, want in zip((1, 2, 3, 4, 5, 6, 10), wants, strict=True)
    ],
)
def test_offline_many_dancers_get_the_same_less_exact_looks(wish, players, want):
    made = policy(wish, budget_s=math.inf, close=WISHED.get(wish, CLOSE))
    plan = followed(made, players).plan(there(players), FRAME_S)
    assert (plan.picture, letters(plan)) == (None, want)


def test_offline_openpose_confirms_now_and_then():
    for players, usual, confirming in (
        (2, "HH", (None, "OO")),
        (3, "VVV", ("everybody", "VVV")),
    ):
        made = followed(policy(budget_s=math.inf), players)
        plans = [made.plan(there(players), k * FRAME_S) for k in range(1, 200)]
        told = [(plan.picture, letters(plan)) for plan in plans]
        looked = [k for k, plan in enumerate(told, 1) if plan == confirming]
        assert len(looked) == 13
        assert (np.abs(np.diff([0, *looked]) * FRAME_S - CONFIRM_OFTEN_S) <= FRAME_S).all()
        assert set(told) == {(None, usual), confirming}


def test_offline_openpose_says_who_is_who():
    made = followed(policy(budget_s=math.inf), 2)
    needs = [Need(lost=False, doubtful=False, sureness=0.9, contested=k == 1) for k in (0, 1)]
    assert letters(made.plan(needs, FRAME_S)) == "HO"


@machines
@crowds
@pytest.mark.parametrize("wish", ["auto", "openpose", "movenet", "blazepose"])
def test_whoever_is_followed_gets_some_look_in_every_frame(machine, players, wish):
    made = policy(wish, machine=machine, close=WISHED.get(wish, CLOSE))
    rng = np.random.default_rng(players)
    for k in range(300):
        needs = [
            Need(*(rng.uniform(size=2) < 0.1), sureness=rng.uniform()) for _ in range(players)
        ]
        plan = made.plan(needs, k * FRAME_S)
        for need, glance in zip(needs, plan.crops, strict=True):
            assert bool(glance) <= (not need.lost)
            assert need.lost or glance or plan.picture
            assert need.lost or need.doubtful or glance or plan.picture == "everybody"


SEARCHES = {
    # nobody is followed: a small picture in every frame, the full one now and then
    ("2 cores", 0): (["small", "everybody", "small", "small"], 2 * 0.233),
    ("16 cores", 0): (["everybody"] * 4, FRAME_S),
    # somebody is: a tenth of the time
    ("2 cores", 1): (["small"], 10 * 0.233),
    ("16 cores", 1): (["everybody"], SEARCH_S),
}


@pytest.mark.parametrize(("machine", "others"), SEARCHES)
def test_a_search_costs_little_where_others_wait_and_begins_small(machine, others):
    first, full_every_s = SEARCHES[machine, others]
    made = followed(policy(machine=machine), 1 + others, at_s=-9.0)
    made.plan(there(1 + others), -8.0)  # all were found, and then one was lost
    needs = [*there(others), *lost(1)]
    moments = np.arange(FPS * 20) * FRAME_S
    plans = [made.plan(needs, float(at_s)) for at_s in moments]
    looked = [
        (at_s, plan.picture) for at_s, plan in zip(moments, plans, strict=True) if plan.picture
    ]
    assert [picture for _, picture in looked][: len(first)] == first
    full = [at_s for at_s, picture in looked if picture == "everybody"]
    assert np.diff(full).min() >= full_every_s - 1e-6
    assert np.diff(full).max() <= full_every_s + max(SEARCH_S, 0.72) + 2 * FRAME_S
    if others:
        spent_s = sum(costs_of(machine)[picture] for _, picture in looked)
        assert spent_s <= (2 * SEARCH_SHARE + 0.02) * 20
        assert all(plan.crops[0] for plan in plans)


@machines
def test_the_hardly_seen_are_looked_for_in_a_picture_now_and_then(machine):
    made = followed(policy(machine=machine), 2)
    needs = [*there(1), Need(lost=False, doubtful=True, sureness=0.2)]
    moments = np.arange(1, 5 * FPS) * FRAME_S
    plans = [made.plan(needs, float(at_s)) for at_s in moments]
    at_s = moments[[plan.picture is not None for plan in plans]]
    every_s = max(RECHECK_S, costs_of(machine)["small"] / SEARCH_SHARE)
    assert np.diff(at_s) == pytest.approx(every_s, abs=1.5 * FRAME_S)
    for plan in plans:
        assert plan.crops[0]
        assert bool(plan.crops[1]) == (plan.picture is None)


@pytest.mark.parametrize(
    ("machine", "wish", "picture"),
    [("2 cores", "auto", "small"), ("2 cores", "movenet", "small"), ("16 cores", "movenet", "everybody"),
     ("16 cores", "auto", None), ("2 cores", "openpose", None)],
)  # fmt: skip
def test_openpose_confirms_once_in_a_while_who_is_followed(machine, wish, picture):
    made = followed(policy(wish, machine=machine, close=WISHED.get(wish, CLOSE)), 1)
    moments = np.arange(1, 10 * FPS) * FRAME_S
    plans = [made.plan(there(1), float(at_s)) for at_s in moments]
    assert {plan.picture for plan in plans} == {None, picture}
    if picture:
        at_s = moments[[plan.picture is not None for plan in plans]]
        assert at_s[0] == pytest.approx(CONFIRM_S, abs=1.5 * FRAME_S)
        assert np.diff(at_s) == pytest.approx(CONFIRM_S, abs=1.5 * FRAME_S)
    assert all(plan.crops[0] for plan in plans)


def test_on_a_very_slow_computer_confirming_takes_a_tenth_of_the_time():
    made = followed(policy(machine="2 cores, busy"), 1)
    for _ in range(COSTS_KEPT):
        made.costs.add("small", 0.4)
    moments = np.arange(1, 20 * FPS) * FRAME_S
    plans = [made.plan(there(1), float(at_s)) for at_s in moments]
    at_s = moments[[plan.picture is not None for plan in plans]]
    assert np.diff(at_s).min() >= 0.4 / SEARCH_SHARE - 1e-6


def played(machine, players, seconds=60, wish="auto"):
    """The moments at which frames of a pretended camera were looked at, and how long each took."""
    made, at_s, looks = policy(wish, machine=machine), 0.0, []
    costs = costs_of(machine)
    while at_s < seconds:
        frame_s = math.floor(at_s * FPS + 1e-6) / FPS  # the newest
        plan = made.plan(there(players) if looks else lost(players), frame_s)
        names = [look for glance in plan.crops for look in glance]
        names += [] if plan.picture is None else [plan.picture]
        for name in names:
            made.costs.add(name, costs[name])
        took_s = sum(costs[name] for name in names)
        looks.append((frame_s, took_s))
        at_s = max(at_s + took_s, frame_s + FRAME_S)
    return np.array(looks)


EVENLY = [
    ("2 cores", 1, 29, 0.07), ("2 cores, busy", 1, 27, 0.17), ("2 cores", 2, 22, 0.11),
    ("2 cores", 3, 24, 0.14), ("2 cores", 6, 12, 0.17), ("4 cores", 1, 29, 0.05),
    ("8 cores", 3, 29, 0.05), ("16 cores", 1, 29, 0.05), ("16 cores", 3, 29, 0.05),
]  # fmt: skip


@pytest.mark.parametrize(
    ("machine", "players", "least_fps", "longest_s"), but_quick(EVENLY, EVENLY[1::3])
)
def test_frames_are_looked_at_evenly(machine, players, least_fps, longest_s):
    """Before, with the same costs: 19, 9, 9, 6, 4, 30, 27, 30 and 30 a second."""
    looked = played(machine, players)
    assert len(looked) / 60 >= least_fps
    assert np.diff(looked[1:, 0]).max() <= longest_s


def test_costs_are_the_median_of_the_last_ones_and_a_guess_before():
    costs = Costs()
    for look in NAMES:
        assert costs.of(look) == LOOKS[look].guess_s
    costs.add("crop", 0.5)
    assert costs.of("crop") == 0.5
    assert costs.of(THUNDER) == LOOKS[THUNDER].guess_s
    for _ in range(COSTS_KEPT):
        costs.add("crop", 0.1)
    costs.add("crop", 9.0)  # one hiccup
    assert costs.of("crop") == pytest.approx(0.1)
    for k in range(COSTS_KEPT):
        costs.add("crop", 1.0 + k)
    assert costs.of("crop") == pytest.approx(1.0 + (COSTS_KEPT - 1) / 2)
    costs.forget()
    assert costs.of("crop") == LOOKS["crop"].guess_s


def test_a_machine_that_grows_slow_is_noticed_while_playing_and_tried_again():
    made = followed(policy(), 1)
    assert letters(made.plan(there(1), FRAME_S)) == "B"
    for _ in range(COSTS_KEPT):
        made.costs.add(BLAZEPOSE, 0.1)
    assert letters(made.plan(there(1), 2 * FRAME_S)) == "L"
    made = followed(policy(), 1)
    for _ in range(5):
        made.costs.add(BLAZEPOSE, 0.1)
    made.plan(there(1), FRESH_S + 1.0)  # confirms
    assert letters(made.plan(there(1), FRESH_S + 1.0 + FRAME_S)) == "B"  # a hiccup is forgotten


def test_reset_forgets_when_it_looked_but_not_what_looks_cost():
    made = followed(policy(), 2)
    made.reset()
    assert made.plan(there(2), 50.0).picture is None  # nobody is late yet
    assert made.costs.of("crop") == 0.096
    made.reset()
    assert made.plan([*there(1), *lost(1)], 60.0).picture == "small"


def test_policies_name_the_looks_they_may_ask_for():
    assert set(policy().looks) == set(NAMES)
    assert set(policy("openpose").looks) == {"everybody", "small", "crop"}
    assert policy("movenet", close=(THUNDER,)).looks == ("everybody", "small", "crop", THUNDER)


def test_the_most_exact_looks_there_are():
    assert glances((*CLOSE, THUNDER)) == sorted(GLANCES, key=lambda each: -GLANCES[each])
    assert close_looks(CLOSE, unhurried=True) == LETTERS["H"]
    assert close_looks(CLOSE, unhurried=False) == LETTERS["B"]
    assert close_looks((THUNDER, BLAZEPOSE), unhurried=False) == (THUNDER,)
    assert close_looks((BLAZEPOSE,), unhurried=True) == ()


def test_a_plan_is_compared_by_what_it_says():
    assert Plan(None, ((),)) == Plan(None, ((),))


def test_lightning_alone_searches_pictures_for_who_is_lost_and_for_nothing_else():
    made = policy("lightning", close=(LIGHTNING,))
    assert (made.quickest, made.quickest_s) == ((LIGHTNING,), pytest.approx(0.013))
    followed(made, 1)
    plans = [made.plan(there(1), k * FRAME_S) for k in range(300)]
    assert {plan.picture for plan in plans[1:]} == {None}
    assert {plan.crops for plan in plans} == {((LIGHTNING,),)}
    assert made.plan(lost(1), 11.0).picture is not None


@machines
@pytest.mark.parametrize(("wish", "glance"), [("auto", (LIGHTNING,)), ("openpose", ("crop",))])
def test_the_quickest_look_is_known_before_anybody_dances(machine, wish, glance):
    made = policy(wish, machine=machine, close=CLOSE if wish == "auto" else ())
    assert made.quickest == glance
    assert made.quickest_s == pytest.approx(costs_of(machine)[glance[0]] / 0.9)
