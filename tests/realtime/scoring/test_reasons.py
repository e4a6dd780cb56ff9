"""Why a move was no better; every spoilt dance has its name."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.scoring.comparison import Comparison, LimbMarks
from kpopdance.realtime.scoring.energy import Energy
from kpopdance.realtime.scoring.features import LIMB_BONES, Features
from kpopdance.realtime.scoring.marks import Marks
from kpopdance.realtime.scoring.reasons import BONE_WORDS, reasons_of
from tests import dances
from tests.dances import judged, track_of

FPS = 30


@pytest.fixture(scope="module")
def song():
    dance = dances.song(1, moves=10)
    return dance, dances.standard_of(dance)


def told(standard, joints, **how):
    return judged(standard, track_of(joints, **how)).verdicts


def dearest(verdicts):
    """The advice that would gain most over the whole dance."""
    points = Counter()
    for verdict in verdicts:
        for reason in verdict.reasons:
            points[reason.advice] += reason.points
    return points.most_common(1)[0][0]


def test_reasons_cost_what_the_score_lacks_dearest_first(song):
    dance, standard = song
    for verdict in told(standard, dances.styled(dance.joints, 5, deg=45), late_s=0.14):
        points = [reason.points for reason in verdict.reasons]
        assert points == sorted(points, reverse=True)
        assert_allclose(sum(points), 100 - verdict.score, atol=0.5)  # the smallest go untold


def test_the_perfect_need_no_word(song):
    dance, standard = song
    verdicts = told(standard, dance.joints)
    assert {verdict.why for verdict in verdicts} == {""}


def test_late_and_early_are_told_in_ms(song):
    dance, standard = song
    late, early = (told(standard, dance.joints, late_s=s) for s in (0.18, -0.18))
    assert all(v.why.startswith("late by 1") for v in late)
    assert all(v.why.startswith("early by 1") for v in early)
    ms = [int(v.why.split()[2]) for v in late]
    assert_allclose(ms, 180, atol=17)
    assert dearest(late) == "be earlier"


def test_small_and_wild_are_told(song):
    dance, standard = song
    small = told(standard, dances.turned(dance.joints, swing=0.4))
    assert Counter(v.why for v in small).most_common(1)[0][0] == "too small"
    wild = dances.flailing(dance.joints, 3)
    wild[:, [4, 7]] += 0.2 * np.sin(np.arange(len(wild)) * 2.2)[:, None, None]
    kinds = {reason.text for v in told(standard, wild) for reason in v.reasons}
    assert "too wild" in kinds


def test_the_mirror_image_is_on_the_other_side(song):
    dance, standard = song
    verdicts = told(standard, dances.in_mirror(dance.joints))
    sides = [any(r.kind == "side" for r in v.reasons) for v in verdicts]
    assert np.mean(sides) > 0.6


@pytest.mark.parametrize(("end", "word"), [
    (4, "right forearm"), (7, "left forearm"), (9, "right thigh"), (13, "left shin"),
])  # fmt: skip
def test_the_bone_that_is_off_is_named(end, word):
    joints = dances.song(2, moves=6).joints
    standard = dances.standard_of(Choreography(joints.copy(), 30.0))
    wrong = dances.turned(joints, extra={end: np.full(len(joints), 1.2)})
    dearest_each = [verdict.reasons[0].text for verdict in told(standard, wrong)]
    assert all(text.startswith(word) for text in dearest_each), dearest_each


@pytest.mark.parametrize(
    ("end", "angle", "advice"),
    [
        # a sign post: arms out level; x runs right, y down, the dancer's right is on the left
        (7, 0.8, "raise your left forearm"), (7, -0.8, "lower your left forearm"),
        (4, -0.8, "raise your right forearm"), (4, 0.8, "lower your right forearm"),
    ],
)  # fmt: skip
def test_too_low_and_too_high_are_told_apart(end, angle, advice):
    rows = 12 * FPS
    swing = 0.5 * np.sin(np.arange(rows) / 7.0)
    angles = {**base_angles(rows), 3: np.pi + 0.2 * swing, 6: 0.2 * swing}
    angles |= {4: np.pi + swing, 7: swing}  # level, pointing away from the body
    joints = dances.figure(angles, np.tile([1.0, 0.5], (rows, 1)))
    standard = dances.standard_of(Choreography(joints.copy(), 30.0))
    wrong = dances.turned(joints, extra={end: np.full(rows, angle)})
    assert dearest(told(standard, wrong)) == advice


def base_angles(rows):
    """Standing upright, legs and arms hanging."""
    up, down = np.full(rows, -np.pi / 2), np.full(rows, np.pi / 2)
    flat, back = np.zeros(rows), np.full(rows, np.pi)
    legs = dict.fromkeys((9, 10, 12, 13), down)
    return {1: up, 2: back, 5: flat, 8: back, 11: flat, 3: down, 4: down, 6: down, 7: down,
            **legs, 0: up, 14: flat - 2.2, 15: flat - 0.9, 16: flat + 2.9, 17: flat + 0.2}  # fmt: skip


def test_an_arm_that_hangs_is_told(song):
    dance, standard = song
    hanging = dances.turned(dance.joints)
    start = hanging[:, [5], :2]
    hanging[:, [6, 7], :2] = start + np.array([[0.02, 0.2], [0.02, 0.4]], np.float32)
    texts = Counter(v.reasons[0].text for v in told(standard, hanging))
    assert sum(n for text, n in texts.items() if "left" in text) >= 0.8 * texts.total(), texts
    assert texts["left arm hardly moves"] > 1


def test_what_was_not_seen_is_told(song):
    dance, standard = song
    gone = dance.joints.copy()
    gone[:] = (np.nan, np.nan, 0)
    verdicts = judged(standard, track_of(gone)).verdicts
    assert {v.why for v in verdicts} == {"not seen"}
    hidden = dance.joints.copy()
    hidden[:, [3, 4, 9, 10, 12, 13]] = (np.nan, np.nan, 0)
    seen = {r.text for v in told(standard, hidden) for r in v.reasons if r.kind == "seen"}
    assert "legs not seen" in seen


def spoilt(
    *, limb="right_arm", bone=4, aside=(0.0, 0.0), moved=1.0, effort=1.0, facing=1, **marks
):
    """Marks of a move that are perfect but for one limb's worst bone, or another mark, and who faces."""
    still = Energy(*np.array([[1.0], [1.0], [1.0]]))
    limbs = {name: LimbMarks(*[np.ones(1)], still, *[np.ones(1)] * 3) for name in LIMB_BONES}
    limbs[limb] = LimbMarks(
        np.ones(1), Energy(*np.array([[moved], [effort], [moved * effort]])), *[np.ones(1)] * 3
    )
    bones, beside = np.ones((1, 11)), np.zeros((1, 11, 2))
    bones[0, bone], beside[0, bone] = 0.5, aside
    ones = np.ones(1)
    compared = Comparison(
        ones, marks.pop("lag_s", 0.0) * ones, marks.pop("energy", still), ones, ones, limbs, bones,
        beside,
    )  # fmt: skip
    shapes = dict.fromkeys(limbs, ones) | {limb: marks.pop("shape", 0.5) * ones}
    shares = dict.fromkeys(limbs, 0.2 * ones)
    credits = {
        name: marks.get(name, 1.0) * ones for name in ("enough", "timing", "size", "side")
    }
    direction = np.zeros((1, 5, 11, 2), np.float32)
    direction[..., 1, :] = (facing, 0.3)  # from the right to the left shoulder
    reference = Features(direction, direction, np.ones((1, 5, 11), np.float32))
    return Marks(compared, shapes, shares, **credits, limb_sizes={}), reference


def only_reason(**how):
    marks, reference = spoilt(**how)
    (reason,) = reasons_of(marks, reference, 70.0)
    assert_allclose(reason.points, 30)
    return reason


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize(
    ("limb", "bone", "side"),
    [("right_arm", 3, -1), ("left_arm", 6, 1), ("right_leg", 8, -1), ("left_leg", 9, 1)],
)
def test_too_far_out_is_away_from_the_body_whichever_way_one_faces(limb, bone, side, facing):
    """A dancer who faces us has the left shoulder on the right, one who turned round does not."""
    word = BONE_WORDS[bone]
    outwards = side * facing
    out = only_reason(limb=limb, bone=bone, aside=(0.4 * outwards, 0.1), facing=facing)
    into = only_reason(limb=limb, bone=bone, aside=(-0.4 * outwards, 0.1), facing=facing)
    assert (out.text, out.advice) == (f"{word} too far out", f"bring your {word} in")
    assert (into.text, into.advice) == (f"{word} too far in", f"bring your {word} out")


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ({"moved": 0.55}, "right arm hardly moves"),
        ({"moved": 0.65}, "right forearm differs"),
        ({"moved": 1.65}, "right forearm differs"),
        ({"moved": 1.75}, "right arm moves too much"),
        ({"moved": 0.1, "effort": 0.05}, "right forearm differs"),  # nothing to move there
        ({"moved": 0.1, "aside": (0.0, 0.3)}, "right forearm too low"),
        ({"limb": "torso", "bone": 0, "aside": (0.13, 0.0)}, "body leans"),
        ({"limb": "torso", "bone": 0, "aside": (0.12, 0.0)}, "body differs"),
        ({"limb": "torso", "bone": 1, "aside": (0.9, 0.0)}, "shoulders differ"),
        ({"limb": "torso", "bone": 2, "aside": (-0.3, 0.0)}, "head tilted otherwise"),
        ({"limb": "torso", "bone": 2, "aside": (0.2, 0.0)}, "head differs"),
    ],
)
def test_what_is_wrong_with_a_limb_is_told_by_its_place_then_by_its_motion(how, text):
    assert only_reason(**how).text == text


def test_points_are_shared_by_the_logarithms_of_the_marks_and_none_takes_all():
    marks, reference = spoilt(shape=1.0, timing=0.5, size=0.25, lag_s=-0.2)
    points = {r.kind: r.points for r in reasons_of(marks, reference, 40.0)}
    assert points == pytest.approx({"size": 40, "timing": 20})
    marks, reference = spoilt(shape=1.0, timing=0.1, size=0.0, lag_s=0.2)
    points = {r.kind: r.points for r in reasons_of(marks, reference, 0.0)}
    most = np.log(0.02)
    assert points["size"] == pytest.approx(100 * most / (most + np.log(0.1)))


@pytest.mark.parametrize(
    ("missing", "text"), [((1.0, 0.2), "right arm hardly moves"), ((1.0, 0.5), "too small")]
)
def test_small_moves_are_one_limbs_fault_where_it_owes_seven_tenths(missing, text):
    small = Energy(*np.array([[0.5], [1.0], [0.5]]))
    marks, reference = spoilt(shape=1.0, size=0.6, energy=small, moved=1 - missing[0])
    still = Energy(*np.array([[1 - missing[1]], [1.0], [1 - missing[1]]]))
    limbs = marks.compared.limbs
    limbs["left_leg"] = limbs["left_leg"]._replace(energy=still)
    (reason,) = reasons_of(marks, reference, 60.0)
    assert reason.text == text


def test_who_stays_upright_where_the_coach_leans_is_told_to_lean():
    upright = dances.song(2, moves=6).joints
    rows = np.arange(len(upright))
    bend = 0.7 + 0.1 * np.sin(rows / 9)
    leaning = dances.turned(upright, extra={1: bend})
    coach = dances.standard_of(Choreography(leaning.copy(), 30.0))
    texts = {r.text for v in told(coach, upright) for r in v.reasons}
    assert "body too upright" in texts
    assert "body leans" not in texts
    plain = dances.standard_of(Choreography(upright.copy(), 30.0))
    assert "body leans" in {r.text for v in told(plain, leaning) for r in v.reasons}
