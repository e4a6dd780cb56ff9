"""Why a move was no better; every spoilt dance has its name."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_allclose

from realtime.pure.standard import standard_from_choreography
from realtime.pure.types import Choreography
from tests import dances
from tests.dances import judged, track_of

FPS = 30


@pytest.fixture(scope="module")
def song():
    dance = dances.song(1, moves=10)
    return dance, standard_from_choreography(dance, bpm=120.0)


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
        assert_allclose(sum(points), 100 - verdict.score, atol=1e-6)


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
    standard = standard_from_choreography(Choreography(joints.copy(), 30.0), bpm=120.0)
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
    standard = standard_from_choreography(Choreography(joints.copy(), 30.0), bpm=120.0)
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
