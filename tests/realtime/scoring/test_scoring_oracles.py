"""The score's parts agree with their slow twins, on dances seen as cameras see them."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.tempo import Tempo
from kpopdance.realtime.core.terms import LEG_LIMBS, STRICTNESS
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.scoring import standard
from kpopdance.realtime.scoring.alignment import align
from kpopdance.realtime.scoring.chance import cheats
from kpopdance.realtime.scoring.comparison import compare, lag_costs
from kpopdance.realtime.scoring.coverage import missing_of, share_of
from kpopdance.realtime.scoring.energy import energy, energy_credit
from kpopdance.realtime.scoring.features import (
    BASE_WEIGHT,
    LIMB_BONES,
    Features,
    cut,
    describe,
    mirror_image,
    without,
)
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.likeness import asked_weight, bone_likeness, shifted_likeness
from kpopdance.realtime.scoring.marks import Floor, Marks, marks_of
from kpopdance.realtime.scoring.moves import cuts_of, motion_of
from kpopdance.realtime.scoring.standard import standard_from_choreography, windows_of
from kpopdance.realtime.scoring.timing import BAND_ROWS, lag_of, timing_credit
from tests import dances
from tests.oracles import dtw_naive, scoring_naive

CLOSE = {"rtol": 2e-4, "atol": 2e-5}  # float32 sums, and the arc cosine of nearly one
LENGTHS = (30, 47, 64, 85, 38)
CASES = [
    pytest.param((seed, rows), marks=() if seed in (1, 3) else pytest.mark.long)
    for seed, rows in enumerate(LENGTHS)
]


def filmed(joints, rng, *, px=2.0):
    """Joints as a network sees them: trembling, partly trusted, some unseen for a while."""
    out = dances.noisy(joints, int(rng.integers(1 << 30)), px)
    out[..., 2] = rng.uniform(0.6, 1.0, 18)
    doubtful = rng.choice(18, 4, replace=False)
    out[:, doubtful, 2] = rng.uniform(0.25, 0.7, (len(out), 4))
    for joint in rng.choice(18, 6):
        start = rng.integers(len(out))
        out[start : start + rng.integers(2, 25), joint] = (np.nan, np.nan, 0)
    return out


def filmed_windows(seed, rows):
    """The features (N, R) of four references and (N, R + 20) of who dances them, each their own way."""
    rng = np.random.default_rng(seed)
    pairs = []
    for k, (late_rows, deg, swing) in enumerate(
        ((0, 0, 1), (3, 12, 1), (-5, 25, 0.6), (1, 40, 1))
    ):
        joints = dances.song(10 * seed + k, moves=3).joints
        danced = dances.turned(dances.styled(joints, seed + k, deg=deg), swing=swing)
        begin = int(rng.integers(30, len(joints) - rows - 30))
        if k == 0:  # the first dances for half of the time, the second stands still throughout
            danced[begin + rows // 2 :] = danced[begin + rows // 2]
        if k == 1 and seed == 1:
            danced = dances.held(danced)
        asked = describe(filmed(joints, rng)[None], 30.0)
        seen = describe(np.roll(filmed(danced, rng), late_rows, axis=0)[None], 30.0)
        pairs.append(
            (
                cut(asked, begin, begin + rows),
                cut(seen, begin - BAND_ROWS, begin + rows + BAND_ROWS),
            )
        )
    absent = pairs[2][1]  # the third dancer is out of the picture for half of the time
    absent.weight[:, rows // 2 : rows] = 0
    pairs[3][0].weight[..., LIMB_BONES["left_leg"]] = 0  # and the last coach has one leg
    judged = np.array([rows // 2, rows, 9, rows - 7])
    reference, player = (
        Features(
            *(np.concatenate([getattr(pair[side], part) for pair in pairs])
              for part in ("direction", "velocity", "weight"))
        )
        for side in (0, 1)
    )  # fmt: skip
    return reference, player, judged


def plain(features, window):
    """One window as the slow twins take it."""
    parts = (features.direction[window], features.velocity[window], features.weight[window])
    return [
        [
            scoring_naive.Bone(*map(float, (*way, *turn, trust)))
            for way, turn, trust in zip(*row, strict=True)
        ]
        for row in zip(*parts, strict=True)
    ]


@pytest.fixture(
    scope="module", params=CASES, ids=lambda case: f"seed {case[0]}, {case[1]} rows"
)
def case(request):
    reference, player, judged = filmed_windows(*request.param)
    ask = asked_weight(reference)
    costs = lag_costs(player, ask, shifted_likeness(reference, player))
    return SimpleNamespace(
        reference=reference, player=player, judged=judged, ask=ask, costs=costs,
        path=align(costs), windows=[(plain(reference, k), plain(player, k)) for k in range(4)],
    )  # fmt: skip


@pytest.fixture(scope="module")
def twin(case):
    """What the slow twin finds in each window on the path that was found."""
    return [
        scoring_naive.compare(*pair, case.path[k].tolist(), int(case.judged[k]))
        for k, pair in enumerate(case.windows)
    ]


@pytest.mark.parametrize(("seed", "fps"), [(1, 30.0), (2, 24.0), (3, 60.0)])
def test_what_is_danced_is_described_as_bone_by_bone(seed, fps):
    rng = np.random.default_rng(seed)
    joints = filmed(dances.song(seed, moves=1).joints[:41], rng, px=8.0)
    joints[5:20, 3, :2] = joints[5:20, 2, :2] + 0.3 * (
        joints[5:20, 3, :2] - joints[5:20, 2, :2]
    )
    ours = describe(joints, fps)
    theirs = np.array(scoring_naive.describe(joints.astype(float).tolist(), fps))
    assert ((theirs[..., 4] > 0) & (theirs[..., 4] < 1)).any()
    trusted = theirs[..., 4] > 0  # a direction nobody trusts is nobody's
    assert_allclose(ours.direction[trusted], theirs[trusted][:, :2], atol=1e-5)
    assert_allclose(ours.velocity, theirs[..., 2:4], atol=1e-3)
    assert_allclose(ours.weight, theirs[..., 4], atol=1e-5)


def test_the_mirror_image_is_the_twins(case):
    ours = mirror_image(case.player)
    for k, (_, player) in enumerate(case.windows):
        assert plain(ours, k) == scoring_naive.mirror_image(player)


def test_weights_and_limbs_are_the_twins():
    assert_allclose(BASE_WEIGHT, scoring_naive.BASE)
    assert LIMB_BONES == scoring_naive.LIMBS


def test_what_is_asked_is_what_the_twin_asks(case):
    for k, (reference, _) in enumerate(case.windows):
        assert_allclose(case.ask[k], scoring_naive.asked_weight(reference), **CLOSE)


def test_a_reference_that_hardly_moves_asks_as_the_twin_asks(case):
    calm = Features(
        case.reference.direction,
        case.reference.velocity * np.float32(0.02),
        case.reference.weight,
    )
    ask = asked_weight(calm)
    for k in range(4):
        assert_allclose(ask[k], scoring_naive.asked_weight(plain(calm, k)), **CLOSE)


def test_bones_are_as_alike_as_the_twin_says(case):
    rows = case.reference.weight.shape[1]
    ours = bone_likeness(case.reference, cut(case.player, 7, 7 + rows))
    for k, (reference, player) in enumerate(case.windows):
        theirs = [
            [scoring_naive.bone_likeness(a, b) for a, b in zip(*pair, strict=True)]
            for pair in zip(reference, player[7 : 7 + rows], strict=True)
        ]
        assert_allclose(ours[k], theirs, **CLOSE)


def test_energies_are_the_twins(case):
    rows = case.reference.weight.shape[1]
    ours = energy(case.reference, cut(case.player, 3, 3 + rows), case.ask)
    for k, (reference, player) in enumerate(case.windows):
        theirs = scoring_naive.energy(reference, player[3 : 3 + rows], case.ask[k].tolist())
        assert_allclose([part[k] for part in ours], theirs, **CLOSE)


@pytest.mark.parametrize("seed", [1, 2])
def test_credits_are_the_twins(seed):
    rng = np.random.default_rng(seed)
    for strict in STRICTNESS.values():
        lags = np.r_[0, strict.on_time_s, -strict.too_late_s, rng.uniform(-0.34, 0.34, 60)]
        ours = timing_credit(lags, strict.on_time_s, strict.too_late_s)
        theirs = [
            scoring_naive.timing_credit(lag, strict.on_time_s, strict.too_late_s)
            for lag in lags
        ]
        assert_allclose(ours, theirs, atol=1e-9)
        effort = rng.choice([0.0, 0.05, 0.0999, 0.1, 0.3, 1.0, 2.5], 200)
        share = rng.uniform(0, 4, 200)
        restless = np.where(effort > 0, share * effort, rng.uniform(0, 2, 200))
        danced = scoring_naive.Energy(share, effort, restless)
        theirs = [
            scoring_naive.energy_credit(scoring_naive.Energy(*one), strict.full_energy)
            for one in zip(*danced, strict=True)
        ]
        assert_allclose(energy_credit(danced, strict.full_energy), theirs, atol=1e-9)
        assert 0 < sum(0 < credit < 1 for credit in theirs) < 200


def test_costs_of_lags_are_the_twins_and_the_path_is_the_cheapest(case):
    for k, (reference, player) in enumerate(case.windows):
        theirs = scoring_naive.lag_costs(reference, player, case.ask[k].tolist())
        assert_allclose(case.costs[k], theirs, **CLOSE)
        price = dtw_naive.price(theirs, case.path[k].tolist())
        assert_allclose(price, min(dtw_naive.accumulate(theirs)[-1]), rtol=1e-4)


@pytest.mark.parametrize("seed", range(8))
def test_the_lag_of_smooth_costs_is_the_twins(seed):
    rng = np.random.default_rng(seed)
    rows, lags, true_rows = 50, np.arange(-BAND_ROWS, BAND_ROWS + 1), rng.uniform(-11, 11)
    width = rng.uniform(2, 6, (rows, 1))
    costs = (1 - np.exp(-(((lags - true_rows) / width) ** 2))).astype(np.float32)[None]
    hops = rng.integers(-2, 3, rows)
    path = np.clip(round(true_rows) + hops + BAND_ROWS, 0, 2 * BAND_ROWS)[None]
    ask = rng.uniform(0.2, 5, (rows, 1))
    sees = np.where(rng.random(rows) < 0.3, 0, rng.uniform(0, 1, rows))
    ours = lag_of(costs, path, ask.sum(axis=-1)[None].astype(np.float32), sees[None])[0]
    theirs = scoring_naive.lag_of_seen(costs[0].tolist(), path[0].tolist(), ask, sees.tolist())
    assert_allclose(ours, theirs, atol=1e-5)
    assert abs(ours - np.clip(true_rows, -10, 10) / 30) < 1.5 / 30


def test_comparisons_are_the_twins(case, twin):
    ours = compare(case.reference, case.player, case.judged)
    for k, theirs in enumerate(twin):
        for name in ("likeness", "coverage", "enough", "bones", "aside"):
            assert_allclose(getattr(ours, name)[k], getattr(theirs, name), **CLOSE)
        assert_allclose(ours.lag_s[k], theirs.lag_s, atol=1e-4)
        assert_allclose([part[k] for part in ours.energy], theirs.energy, **CLOSE)
        for name, limb in theirs.limbs.items():
            mine = ours.limbs[name]
            assert_allclose(
                [mine.likeness[k], mine.asked[k], mine.seen[k]],
                [limb.likeness, limb.asked, limb.seen],
                **CLOSE,
            )
            assert_allclose([part[k] for part in mine.energy], limb.energy, **CLOSE)
    assert any(0 < limb.seen < 1 for theirs in twin for limb in theirs.limbs.values())
    assert any(theirs.enough < 1 for theirs in twin)


@pytest.mark.parametrize("name", STRICTNESS)
def test_marks_are_the_twins(case, twin, name):
    rng = np.random.default_rng(len(name))
    strict = STRICTNESS[name]
    floor = {limb: rng.uniform(0.05, 1.0, 4) for limb in LIMB_BONES}
    ours = marks_of(case.reference, case.player, case.judged, Floor(floor), strict)
    mirrored = mirror_image(case.player)
    alike = shifted_likeness(case.reference, mirrored)
    paths = align(lag_costs(mirrored, case.ask, alike))
    for k, (reference, _) in enumerate(case.windows):
        other_side = scoring_naive.compare(
            reference, plain(mirrored, k), paths[k].tolist(), int(case.judged[k])
        )
        theirs = scoring_naive.marks(
            twin[k], other_side.likeness, {limb: low[k] for limb, low in floor.items()}, strict
        )
        for part in ("enough", "timing", "size", "side", "shape", "worth"):
            assert_allclose(getattr(ours, part)[k], getattr(theirs, part), rtol=1e-3, atol=1e-4)
        for part in ("shapes", "shares", "limb_sizes"):
            for limb, value in getattr(theirs, part).items():
                assert_allclose(getattr(ours, part)[limb][k], value, rtol=1e-3, atol=1e-4)
        for limb in LIMB_BONES:
            alone = theirs.shapes[limb] * theirs.limb_sizes[limb] * theirs.timing
            assert_allclose(ours.limb_worth(limb)[k], alone, rtol=1e-3, atol=1e-4)


def test_the_wrong_side_costs_between_a_tenth_and_three_tenths_of_likeness():
    joints = dances.song(31, moves=3).joints
    other = dances.in_mirror(joints)
    at = np.arange(len(joints))[:, None, None]
    changes = np.arange(54, 109, 3)  # rows from which on the sides are right
    danced = np.stack([np.where(at < change, other, joints) for change in changes])
    n = len(changes)
    reference = cut(describe(np.stack([joints] * n), 30.0), 30, 110)
    player = cut(describe(danced, 30.0), 20, 120)
    rows = np.full(n, 60)
    floor = {limb: np.full(n, 0.3) for limb in LIMB_BONES}
    strict = STRICTNESS["normal"]
    marks = marks_of(reference, player, rows, Floor(floor), strict)
    right, wrong = (compare(reference, one, rows) for one in (player, mirror_image(player)))
    credit = np.clip(1 - (wrong.likeness - right.likeness - 0.1) / 0.2, 0, 1)
    assert_allclose(marks.side, credit, atol=1e-4)
    assert marks.side[0] == 1
    assert marks.side[-1] == 0
    assert ((marks.side > 0.02) & (marks.side < 0.98)).sum() >= 2
    assert_allclose(marks.worth, marks.shape * marks.timing * marks.size * credit, atol=1e-4)
    assert_allclose(
        marks_of(reference, player, rows, Floor(floor), strict, sided=False).side, 1
    )


@pytest.mark.parametrize(
    ("likeness", "moved", "danced"),
    [(0.51, 0.31, True), (0.49, 0.9, False), (0.9, 0.29, False), (0.9, 9.0, True)],
)
def test_a_move_is_recognised_from_half_the_likeness_and_three_tenths_of_the_motion(
    likeness, moved, danced
):
    moving = scoring_naive.Energy(np.array([moved]), None, None)
    compared = SimpleNamespace(likeness=np.array([likeness]), energy=moving)
    assert Marks(compared, *[None] * 7).recognised.tolist() == [danced]


def test_the_floor_of_a_move_is_its_own():
    floor = Floor({limb: np.array([0.1, 0.2, 0.3]) + k for k, limb in enumerate(LIMB_BONES)})
    for k in range(3):
        alone = floor.of_move(k).limbs
        assert [low.tolist() for low in alone.values()] == [
            [low[k]] for low in floor.limbs.values()
        ]


@pytest.mark.parametrize("limbs", [("right_leg", "left_leg"), ("torso",), ("left_arm",)])
def test_limbs_that_are_not_asked_for_are_unseen_as_a_whole(case, limbs):
    gone = [bone for limb in limbs for bone in scoring_naive.LIMBS[limb]]
    rest = [bone for bone in range(11) if bone not in gone]
    left = without(case.player, limbs)
    assert_array_equal(left.weight[..., gone], 0)
    assert_array_equal(left.weight[..., rest], case.player.weight[..., rest])
    assert case.player.weight[..., gone].any()  # the dance itself is left alone


@pytest.mark.parametrize("seed", range(12))
def test_what_is_missing_is_the_twins(seed):
    """Looks of every speed, somebody who comes and goes, a camera that falls silent."""
    rng = np.random.default_rng(seed)
    steps = rng.choice([0.05, 0.3, 0.48, 0.6, 1.3], 60, p=[0.4, 0.1, 0.2, 0.2, 0.1])
    looks = np.cumsum(steps * rng.uniform(0.9, 1.03, 60))
    there = np.repeat(rng.uniform(size=20) < 0.6, 3)
    faults = {}
    for k in rng.choice(59, 8, replace=False):  # silences lie between two looks
        begin, end = looks[k] + np.sort(rng.choice([0, 0.2, 0.8, 1], 2)) * steps[k]
        faults[float(begin)] = float(min(end, looks[k + 1]))
    found = missing_of(looks, there, faults)
    for start_s in rng.uniform(looks[0], looks[-1] - 2, 6):
        shares = [share_of(start_s, start_s + 2, spans) for spans in found]
        naive = scoring_naive.missing(
            looks.tolist(), there.tolist(), list(faults.items()), start_s, start_s + 2
        )
        assert_allclose(shares, naive, atol=2e-3)


@pytest.mark.parametrize("seed", range(3))
def test_the_motion_of_a_dance_is_the_twins(seed):
    features = describe(
        filmed(dances.song(seed, moves=1).joints, np.random.default_rng(seed)), 30.0
    )
    windows = Features(features.direction[None], features.velocity[None], features.weight[None])
    assert_allclose(motion_of(features), scoring_naive.motion_of(plain(windows, 0)), **CLOSE)


def restless_dance(rng, beats, bpm):
    """Motion with rests and holds of about two beats, at its seconds, and the beats' seconds."""
    beats_s = 0.613 + 60 / bpm * np.arange(beats + 1)
    at_s = np.arange(0.2, beats_s[-1] + 0.5, 1 / 30)
    slow = np.interp(at_s, beats_s, rng.uniform(0, 2, beats + 1))
    moved = slow * np.abs(np.sin(np.pi * (at_s - 0.613) * bpm / 60 / rng.choice([1, 2, 3])))
    for begin in rng.choice(beats_s, 2):  # not quite on the beat
        moved[(at_s > begin - 0.05) & (at_s < begin + 2 * 60 / bpm - 0.02)] *= 0.01
    return moved, at_s, beats_s


@pytest.mark.parametrize("bpm", [20.0, 33.0, 60.0, 110.0, 125.0, 180.0, 290.0])
@pytest.mark.parametrize("beats", [1, 3, 4, 7, 9, 10])
def test_no_way_to_cut_a_dance_is_cheaper(beats, bpm):
    for seed in range(6):
        told = restless_dance(np.random.default_rng([seed, beats]), beats, bpm)
        found = cuts_of(*told).tolist()
        assert found[-1] == beats
        assert sorted(set(found)) == found
        lists = [values.tolist() for values in told]
        least = scoring_naive.least_price(*lists)
        assert math.isfinite(least)
        assert_allclose(scoring_naive.cut_price(found, *lists), least, atol=1e-9)


def test_a_dance_may_end_in_a_move_of_half_a_second():
    moved, at_s, beats_s = np.full(200, 2.0), np.arange(200) / 30, np.arange(6) * 0.55
    moved[at_s < beats_s[4]] = 0.0  # a hold of four beats, then one beat that is danced
    assert cuts_of(moved, at_s, beats_s).tolist() == [0, 4, 5]


@pytest.mark.parametrize(
    ("bpm", "seed"),
    [
        (80, 2), (80, 11), (80, 43), (95, 11), (95, 69), (95, 78), (95, 139), (110, 3), (110, 10),
        (125, 78), (125, 135), (140, 33), (140, 36),
    ],
)  # fmt: skip
def test_cuts_that_another_weight_would_move(bpm, seed):
    """Dances cut elsewhere where a cut, an odd length or a hold weighs a fifth more or less."""
    told = restless_dance(np.random.default_rng([seed, 77]), 10, bpm)
    lists = [values.tolist() for values in told]
    found = scoring_naive.cut_price(cuts_of(*told).tolist(), *lists)
    assert_allclose(found, scoring_naive.least_price(*lists), atol=1e-9)


def turning_arm(at_s):
    """Joints (M, 18, 3) of a figure whose right forearm points at 2 rad a second."""
    angles = {end: np.zeros(len(at_s)) for end in dances.SKELETON} | {4: 2.0 * at_s}
    return dances.figure(angles, np.zeros((len(at_s), 2)))


@pytest.mark.parametrize(("margin", "reach"), [(0, 0), (BAND_ROWS, BAND_ROWS)])
def test_windows_are_four_seconds_and_end_with_the_move(margin, reach):
    """Rows lie in the middle of their thirtieth of a second, so that none belongs to two moves."""
    end_s = np.array([5.0, 7.3])
    windows = windows_of(turning_arm, end_s, margin)
    at_s = end_s[:, None] - 4 + (np.arange(-reach, 120 + reach) + 0.5) / 30
    angle = np.arctan2(windows.direction[..., 4, 1], windows.direction[..., 4, 0])
    assert angle.shape == at_s.shape
    assert_allclose(np.exp(1j * angle), np.exp(2j * at_s), atol=1e-5)
    speed = np.hypot(*np.moveaxis(windows.velocity[..., 4, :], -1, 0))
    assert_allclose(speed, 2.0, atol=0.01)  # at both ends too


def test_moves_count_by_length_and_by_the_root_of_what_is_danced():
    effort, length_s = np.array([1.0, 4.0, 0.25, 0.0, 1.0]), np.array([2.0, 2.0, 2.0, 1.0, 3.0])
    weight = standard._move_weight(effort, length_s)
    assert_allclose(
        weight, [1.0, 1.5, 0.5, 0.125, 1.5]
    )  # typical is 1, a hold counts a quarter


def test_limbs_that_keep_still_have_no_weight_and_moves_begin_on_the_first_whole_beat(
    monkeypatch,
):
    given = []

    def spy(joints, fps, bar_rows, *, first_row):
        given.append((bar_rows, first_row))
        return cheats(joints, fps, bar_rows, first_row=first_row)

    monkeypatch.setattr(standard, "cheats", spy)
    joints = dances.song(8, moves=6).joints.copy()
    legs = [*dances.RIGHT_LEG, *dances.LEFT_LEG]
    joints[:, legs] = joints[:1, legs] - joints[:1, [8]] + joints[:, [8]]
    asked = standard_from_choreography(Choreography(joints, 30.0, 10.3), bpm=120.0)
    assert asked.start_s[0] == 12.0  # a bar's first beat, not 10.0, before the dance
    assert given == [(60, 51)]  # cheats wave and shuffle on the beat too
    assert not asked.limb_weight["right_leg"].any()
    assert not asked.limb_weight["left_leg"].any()
    assert_allclose(asked.limb_weight["right_arm"], asked.weight)


@pytest.mark.parametrize("seed", [2, 3])
def test_moves_of_the_seated_end_where_the_arms_rest(seed):
    """Whatever the legs do meanwhile; on their feet, they change the moves."""
    joints = dances.song(seed, moves=8).joints
    beats_s = np.arange(33) * 0.5
    wild = joints.copy()
    swing = 0.15 * np.sin(np.pi * np.arange(len(joints)) / 15 / (2 + seed)) ** 2
    for end in (9, 10, 12, 13):
        wild[:, end, 0] += swing * np.where(np.arange(len(joints)) % 200 < 100, 0.1, 4)
    cuts = {}
    for name, dance in (("as it is", joints), ("wild", wild)):
        dance = Choreography(dance.copy(), 30.0)
        for limbs in ((), LEG_LIMBS):
            start_s, end_s = standard._moves(dance, Tempo(120.0), limbs)
            assert set(end_s.tolist()) <= set(beats_s.tolist())
            cuts[name, limbs] = start_s.tolist()
    assert cuts["as it is", LEG_LIMBS] == cuts["wild", LEG_LIMBS]
    assert cuts["as it is", ()] != cuts["wild", ()]


@pytest.fixture(scope="module")
def small():
    return dances.standard_of(dances.song(2, moves=3))


def test_a_move_without_camera_for_more_than_a_fifth_is_not_judged(small):
    judge = Judge(small)
    for k, share in ((0, 0.19), (1, 0.21)):
        start_s, end_s = float(small.start_s[k]), float(small.end_s[k])
        judge.fault(start_s + 0.1, start_s + 0.1 + share * (end_s - start_s))
    judge.step(dances.track_of(dances.song(2, moves=3).joints), np.inf)
    assert [verdict.judged for verdict in judge.verdicts][:3] == [True, False, True]


def test_scores_of_moves_are_corrected_for_chance_and_capped_where_little_was_seen(small):
    joints = dances.song(2, moves=3).joints
    hidden = joints.copy()
    hidden[:, [7, 9, 10, 12, 13]] = (np.nan, np.nan, 0)
    late = {"late_s": 0.12}
    for danced, how in ((joints, late), (hidden, {}), (hidden, late)):
        judge = dances.judged(small, dances.track_of(danced, **how))
        for kept in judge._kept:
            share = (kept.worth - kept.null) / (1 - kept.null)
            assert_allclose(kept.verdict.score, 100 * max(share, 0), atol=1e-6)
            assert kept.coverage >= 0.6 or kept.verdict.score <= 65 + 1e-6
            assert (kept.coverage < 0.6) == (danced is hidden)
            assert kept.verdict.score > 50
        if danced is hidden and not how:
            assert_allclose([kept.verdict.score for kept in judge._kept], 65)


def test_faults_are_looked_for_where_a_late_camera_saw_the_move(small):
    judge = Judge(small, player_lag_s=0.3)
    start_s, end_s = float(small.start_s[1]), float(small.end_s[1])
    judge.fault(end_s + 0.3 - 0.21 * (end_s - start_s), end_s + 0.3)
    judge.step(dances.track_of(dances.song(2, moves=3).joints, late_s=0.3), np.inf)
    assert [verdict.judged for verdict in judge.verdicts][:3] == [True, False, True]


@pytest.mark.parametrize(("gone", "legs"), [([], 1), ([9, 10], 0.5), ([9, 10, 12, 13], 0)])
def test_a_move_is_measured_against_cheats_of_as_much_legs(small, gone, legs):
    danced = dances.song(2, moves=3).joints.copy()
    danced[:, gone] = (np.nan, np.nan, 0)
    judge = dances.judged(small, dances.track_of(danced))
    assert abs(small.null - small.null_upper) > 1e-3
    between = legs * small.null + (1 - legs) * small.null_upper
    assert_allclose([kept.null for kept in judge._kept], between, atol=1e-6)


def test_totals_count_moves_by_their_weight_and_limbs_by_theirs(small):
    count = len(small.start_s)
    rng = np.random.default_rng(4)
    worth, null, limb = (
        rng.uniform(0.4, 1, count),
        rng.uniform(0.1, 0.3, count),
        rng.random(count),
    )
    asks, seen = rng.uniform(0.2, 2, (2, count)), rng.uniform(0.3, 1, count)
    judge = Judge(
        replace(
            small,
            weight=asks[0],
            limb_weight={"left_arm": asks[1]},
            limb_null={"left_arm": 0.1},
        )
    )
    judge._kept = [
        SimpleNamespace(
            verdict=SimpleNamespace(move=k, judged=k != 1), worth=worth[k], null=null[k],
            coverage=k / count, limbs={"left_arm": (limb[k], seen[k])},
        )
        for k in range(count)
    ]  # fmt: skip
    told = [k for k in range(count) if k != 1]

    def mean(values, weights):
        return sum(weights[k] * values[k] for k in told) / sum(weights[k] for k in told)

    low = mean(null, asks[0])
    score, limbs, coverage = judge.totals()
    assert_allclose(score, 100 * (mean(worth, asks[0]) - low) / (1 - low))
    seen_of_all = sum(asks[0][k] * k / count for k in told) / asks[0].sum()
    assert_allclose(coverage, seen_of_all)  # what was not judged was not seen
    assert_allclose(limbs["left_arm"], max(100 * (mean(limb, asks[1] * seen) - 0.1) / 0.9, 0))
    assert_allclose(judge.judged_share(), 1 - asks[0][1] / asks[0].sum())
