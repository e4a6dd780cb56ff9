from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.pose.looks import LOOKS as FACTS
from kpopdance.realtime.pose.policy import (
    CONFIRM_S,
    COSTS_KEPT,
    FRESH_S,
    RECHECK_S,
    SEARCH_S,
    SHARE,
    Costs,
    Need,
    Plan,
    Policy,
)

FPS = 30
FRAME_S = 1 / FPS
LOOKS = ("everybody", "crop", "movenet_thunder")
MACHINES = {  # s for each kind of look
    "fast": dict(zip(LOOKS, (0.012, 0.005, 0.003), strict=True)),
    "laptop": dict(zip(LOOKS, (0.045, 0.016, 0.012), strict=True)),
    "slow": dict(zip(LOOKS, (0.07, 0.027, 0.023), strict=True)),
}
machines = pytest.mark.parametrize("machine", MACHINES)
crowds = pytest.mark.parametrize("players", [1, 2, 4, 6])
CLOSE = PERSON = ("movenet_thunder",)
BOTH, CROP = ("crop", *CLOSE), ("crop",)


def policy(wish="auto", *, machine="laptop", budget_s=FRAME_S, close=CLOSE):
    out = Policy(wish, close=close, budget_s=budget_s)
    for look, cost_s in MACHINES[machine].items():
        out.costs.add(look, cost_s)
    return out


def there(count, sureness=0.8):
    return [Need(lost=False, doubtful=False, sureness=sureness)] * count


def found(made, players):
    """The policy after its first look at everybody."""
    lost = [Need(lost=True, doubtful=False, sureness=0.0)] * players
    assert made.plan(lost, 0.0) == Plan(True, ((),) * players)
    return made


def plans(made, needs, seconds, from_s=FRAME_S):
    """What it plans at so many seconds of frames of the same needs, and when."""
    moments = from_s + np.arange(round(seconds * FPS)) * FRAME_S
    return moments, [made.plan(needs, float(at_s)) for at_s in moments]


def cost(plan, machine):
    costs = MACHINES[machine]
    looks = ["everybody"] * plan.everybody + [look for crops in plan.crops for look in crops]
    return sum(costs[look] for look in looks)


@machines
@crowds
@pytest.mark.parametrize("wish", ["auto", "openpose", "movenet"])
@pytest.mark.parametrize("budget_s", [FRAME_S, np.inf])
def test_everybody_is_looked_for_in_each_frame_at_the_start(machine, players, wish, budget_s):
    made = policy(wish, machine=machine, budget_s=budget_s)
    lost = [Need(lost=True, doubtful=False, sureness=0.0)] * players
    _, planned = plans(made, lost, 1.0)
    assert set(planned) == {Plan(True, ((),) * players)}


@crowds
def test_offline_everybody_gets_both_networks_in_every_frame(players):
    for machine in MACHINES:
        made = found(policy(machine=machine, budget_s=np.inf), players)
        _, planned = plans(made, there(players), 5.0)
        assert set(planned) == {Plan(False, (BOTH,) * players)}


@pytest.mark.parametrize("wish", ["auto", "openpose", "movenet"])
@pytest.mark.parametrize("players", [1, 3])
def test_offline_nothing_depends_on_how_fast_the_computer_is(wish, players):
    rng = np.random.default_rng(players)
    needs = [
        [Need(*(rng.uniform(size=2) < 0.1), rng.uniform()) for _ in range(players)]
        for _ in range(200)
    ]
    told = []
    for slower in (1e-6, 1.0, 1000.0):
        made = Policy(wish, close=CLOSE, budget_s=np.inf)
        each = []
        for k, need in enumerate(needs):
            for look in LOOKS:
                made.costs.add(look, slower * rng.uniform())
            each.append(made.plan(need, k * FRAME_S))
        told.append(each)
    assert told[0] == told[1] == told[2]


@crowds
def test_a_fast_machine_gives_as_many_both_as_fit_its_budget(players):
    """0.03 s: 3 ms for each, then 5 ms for each second look."""
    made = found(policy(machine="fast"), players)
    plan = made.plan(there(players), FRAME_S)
    both = sum(crops == BOTH for crops in plan.crops)
    assert both == {1: 1, 2: 2, 4: 3, 6: 2}[players]
    assert sum(crops == PERSON for crops in plan.crops) == players - both
    assert not plan.everybody


def test_the_worst_seen_are_looked_at_twice():
    made = found(policy(machine="fast"), 6)
    sureness = (0.9, 0.3, 0.8, 0.7, 0.2, 0.6)
    needs = [Need(lost=False, doubtful=False, sureness=sure) for sure in sureness]
    plan = made.plan(needs, FRAME_S)
    assert plan == Plan(False, (PERSON, BOTH, PERSON, PERSON, BOTH, PERSON))


def test_the_budget_is_a_share_of_the_frame():
    for frame_s, twice in ((0.028 / SHARE + 1e-6, True), (0.028 / SHARE - 1e-6, False)):
        made = found(policy(machine="laptop", budget_s=frame_s), 1)
        assert made.plan(there(1), FRAME_S).crops == ((BOTH if twice else PERSON),)


@pytest.mark.parametrize(
    ("players", "everybody"), [(1, False), (2, False), (3, False), (4, True), (6, True)]
)
def test_where_not_even_movenet_fits_the_cheaper_way_is_taken(players, everybody):
    """Three crops take 69 ms, a full picture 70."""
    made = found(policy(machine="slow"), players)
    _, planned = plans(made, there(players), 1.0)
    want = Plan(True, ((),) * players) if everybody else Plan(False, (PERSON,) * players)
    assert set(planned) == {want}


def test_crops_that_fit_the_budget_are_taken_though_a_full_picture_is_cheaper():
    made = Policy("auto", close=CLOSE, budget_s=FRAME_S)
    for look, cost_s in zip(LOOKS, (0.010, 0.020, 0.007), strict=True):
        made.costs.add(look, cost_s)
    assert found(made, 4).plan(there(4), FRAME_S) == Plan(False, (PERSON,) * 4)


@machines
@crowds
@pytest.mark.parametrize("wish", ["auto", "openpose"])
def test_over_budget_no_frame_costs_more_than_a_full_picture(machine, players, wish):
    """But for one crop, once in CONFIRM_S for each, that tells a dancer from furniture, and a try
    of crops for all once in FRESH_S: they may have become cheaper.
    """
    made = found(policy(wish, machine=machine), players)
    rng = np.random.default_rng(players)
    costs = MACHINES[machine]
    each = costs["crop" if wish == "openpose" else "movenet_thunder"]
    dearer = tries = 0
    for k in range(1, 300):
        needs = [
            Need(*(rng.uniform(size=2) < (0.05, 0.05)), rng.uniform()) for _ in range(players)
        ]
        took_s = cost(made.plan(needs, k * FRAME_S), machine)
        most_s = max(SHARE * FRAME_S, costs["everybody"])
        for look in ("crop", "movenet_thunder"):
            made.costs.add(look, costs[look])
        assert took_s <= max(most_s, players * each) + costs["crop"] + 1e-9
        tries += took_s > most_s + costs["crop"] + 1e-9
        dearer += took_s > most_s + 1e-9
    assert tries <= 10 / FRESH_S
    assert dearer - tries <= players * 10 / CONFIRM_S
    if wish == "openpose":
        assert dearer <= 10 / FRESH_S


@pytest.mark.parametrize(("machine", "players", "everybody"),
                         [("fast", 6, False), ("laptop", 2, False), ("laptop", 4, True),
                          ("slow", 1, False), ("slow", 2, False), ("slow", 4, True)])  # fmt: skip
@pytest.mark.parametrize(
    ("wish", "close"), [("openpose", CLOSE), ("auto", ()), ("movenet", ())]
)
def test_openpose_alone_follows_by_its_crop_or_by_one_picture(
    machine, players, everybody, wish, close
):
    made = found(policy(wish, machine=machine, close=close), players)
    _, planned = plans(made, there(players), 4.0)
    want = Plan(True, ((),) * players) if everybody else Plan(False, (CROP,) * players)
    assert set(planned) == {want}


@pytest.mark.parametrize("close", [CLOSE, ()])
def test_openpose_alone_offline_follows_each_by_crop(close):
    made = found(policy("openpose", machine="slow", budget_s=np.inf, close=close), 6)
    assert made.plan(there(6), FRAME_S) == Plan(False, (CROP,) * 6)


@machines
@crowds
def test_movenet_wished_follows_every_dancer_at_any_price(machine, players):
    made = found(policy("movenet", machine=machine), players)
    _, planned = plans(made, there(players), 1.5)
    assert set(planned) == {Plan(False, (PERSON,) * players)}


def test_movenet_wished_offline_is_movenet():
    made = found(policy("movenet", budget_s=np.inf), 2)
    assert made.plan(there(2), FRAME_S) == Plan(False, (PERSON, PERSON))


@pytest.mark.parametrize("wish", ["auto", "movenet"])
@pytest.mark.parametrize("players", [1, 2, 3])
def test_each_dancer_is_confirmed_by_openpose_once_in_a_while(wish, players):
    made = found(policy(wish, machine="slow"), players)
    moments, planned = plans(made, there(players), 10.0)
    assert not any(plan.everybody for plan in planned)
    assert max(sum(crops == BOTH for crops in plan.crops) for plan in planned) == 1
    for k in range(players):
        at_s = moments[[plan.crops[k] == BOTH for plan in planned]]
        assert at_s[0] == pytest.approx(CONFIRM_S, abs=0.15)  # after the full picture
        assert at_s[-1] > 10 - CONFIRM_S - 0.15
        gaps = np.diff(at_s)
        assert gaps.min() >= CONFIRM_S - 1e-9
        assert gaps.max() < CONFIRM_S + 0.15


def test_who_is_seen_by_both_needs_no_confirming():
    made = policy(machine="fast", budget_s=0.012 / SHARE)  # room for one second look of two
    found(made, 2)
    worst = [Need(False, False, 0.2), Need(False, False, 0.9)]
    moments, planned = plans(made, worst, 6.0)
    assert all(plan.crops[0] == BOTH for plan in planned)
    at_s = moments[[plan.crops[1] == BOTH for plan in planned]]
    assert at_s == pytest.approx([CONFIRM_S, 2 * CONFIRM_S, 3 * CONFIRM_S], abs=0.05)


@pytest.mark.parametrize("wish", ["auto", "openpose", "movenet"])
@pytest.mark.parametrize("budget_s", [FRAME_S, np.inf])
def test_one_lost_among_others_is_looked_for_but_not_in_every_frame(wish, budget_s):
    made = found(policy(wish, machine="laptop", budget_s=budget_s), 2)
    needs = [*there(1), Need(lost=True, doubtful=False, sureness=0.0)]
    moments, planned = plans(made, needs, 3.0)
    searched = moments[[plan.everybody for plan in planned]]
    assert searched[0] == pytest.approx(SEARCH_S, abs=1.5 * FRAME_S)
    gaps = np.diff(searched)
    assert gaps.min() >= SEARCH_S - 1e-9
    assert gaps.max() < SEARCH_S + 2 * FRAME_S
    for plan in planned:
        assert plan.crops[1] == ()
        assert (plan.crops[0] == ()) == plan.everybody


def test_the_lost_cost_nothing():
    made = found(policy(machine="slow"), 6)
    needs = [*there(1)] + [Need(lost=True, doubtful=False, sureness=0.0)] * 5
    assert made.plan(needs, FRAME_S) == Plan(False, (PERSON, (), (), (), (), ()))
    made = found(policy(machine="laptop"), 3)  # 28 of 30 ms for one looked at twice
    needs = [Need(True, False, 0.0), *there(1), Need(True, False, 0.0)]
    assert made.plan(needs, FRAME_S) == Plan(False, ((), BOTH, ()))


@pytest.mark.parametrize("wish", ["auto", "openpose", "movenet"])
def test_the_hardly_seen_are_looked_for_among_everybody_now_and_then(wish):
    made = found(policy(wish), 2)
    needs = [*there(1), Need(lost=False, doubtful=True, sureness=0.2)]
    moments, planned = plans(made, needs, 5.0)
    full = moments[[plan.everybody for plan in planned]]
    assert len(full) == 5
    assert full[0] == pytest.approx(RECHECK_S, abs=1.5 * FRAME_S)
    assert np.diff(full).min() >= RECHECK_S - 1e-9
    _, planned = plans(found(policy(wish), 2), there(2), 5.0)
    assert not any(plan.everybody for plan in planned)


def test_costs_are_the_median_of_the_last_ones_and_a_guess_before():
    costs = Costs()
    for look in LOOKS:
        assert costs.of(look) == FACTS[look].guess_s
    costs.add("crop", 0.5)
    assert costs.of("crop") == 0.5
    assert costs.of("movenet_thunder") == FACTS["movenet_thunder"].guess_s
    for _ in range(COSTS_KEPT):
        costs.add("crop", 0.1)
    costs.add("crop", 9.0)  # one hiccup
    assert costs.of("crop") == pytest.approx(0.1)
    for k in range(COSTS_KEPT):
        costs.add("crop", 1.0 + k)
    assert costs.of("crop") == pytest.approx(1.0 + (COSTS_KEPT - 1) / 2)
    costs.forget()
    assert costs.of("crop") == FACTS["crop"].guess_s


def test_a_machine_that_grows_slow_is_noticed_while_playing():
    made = found(policy(machine="fast"), 1)
    assert made.plan(there(1), FRAME_S).crops == (BOTH,)
    for _ in range(COSTS_KEPT):
        made.costs.add("crop", 0.1)
    assert made.plan(there(1), 2 * FRAME_S).crops == (PERSON,)


def test_reset_forgets_when_it_looked_but_not_what_looks_cost():
    made = found(policy(machine="slow"), 2)
    needs = [*there(1), Need(lost=True, doubtful=False, sureness=0.0)]
    assert not made.plan(needs, 0.1).everybody
    made.reset()
    assert made.plan(needs, 0.1).everybody
    assert made.costs.of("crop") == 0.027
    made = found(policy(machine="slow"), 1)
    made.plan(there(1), 0.1)
    made.reset()
    assert made.plan(there(1), 5.0).crops == (PERSON,)  # nobody is late yet


def test_a_hiccup_does_not_leave_the_game_on_full_pictures_for_ever():
    """Crops are measured when taken only; once too dear, they are never taken again."""
    policy = Policy("auto", close=CLOSE, budget_s=1 / 30)
    for look, cost_s in (("everybody", 0.045), ("crop", 0.016), ("movenet_thunder", 0.012)):
        for _ in range(15):
            policy.costs.add(look, cost_s)
    needs = [Need(False, False, 0.8)] * 2
    policy.plan([Need(True, False, 0.0)] * 2, 0.0)
    for k in range(1, 30 * 60):
        plan = policy.plan(needs, k / 30)
        slow = 5 if 10 < k < 19 else 1  # a quarter of a second of something else
        if plan.everybody:
            policy.costs.add("everybody", 0.045 * slow)
        for looks in plan.crops:
            for look in looks:
                policy.costs.add(look, {"crop": 0.016, "movenet_thunder": 0.012}[look] * slow)
    assert not plan.everybody


def test_a_full_picture_confirms_too():
    """CONFIRM_S: "this long without OpenPose having seen the dancer too"."""
    policy = Policy("movenet", close=CLOSE, budget_s=1 / 30)
    there = [Need(False, False, 0.8)]
    policy.plan([Need(True, False, 0.0)], 0.0)
    policy.plan(there, 0.1)
    poor = policy.plan([Need(False, True, 0.2)], 1.9)
    assert poor == Plan(True, ((),))
    assert policy.plan(there, 0.1 + CONFIRM_S).crops == (("movenet_thunder",),)
