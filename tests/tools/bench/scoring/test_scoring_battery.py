"""The fast part of the battery, on one generated song; ``bench_scoring`` runs it whole."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.quick import but_quick
from tools.bench.scoring import scoring_battery as battery
from tools.bench.scoring import spoilt_dances as spoil
from tools.bench.scoring.bench_scoring import generated_subjects, table
from tools.bench.scoring.generated_dances import BONES, STYLES, choreography, generated

FAST = (
    battery.itself,
    battery.standing_still,
    battery.in_mirror,
    battery.one_limb,
    battery.replays,
)
OTHERS = (battery.flailing, battery.noise, battery.drops)


@pytest.fixture(scope="module")
def song():
    style = STYLES["idol"]
    figure = generated(style, 7, length_s=20.0)
    return battery.Subject("idol", choreography(figure), style.bpm, figure=figure)


@pytest.mark.parametrize(
    "measure",
    but_quick([(one,) for one in FAST + OTHERS], [(one,) for one in FAST]),
    ids=lambda measure: measure.__name__,
)
def test_the_property_holds(song, measure):
    found = measure(song)
    assert found
    assert [
        f"{one.what} {one.measured:.1f} {one.target}" for one in found if not one.held
    ] == []


def test_a_finding_that_does_not_hold_is_marked(song):
    bad = battery.at_least(1, "itself", 95, 94.9)
    good = battery.at_least(1, "itself", 95, 95.0)
    assert (bad.held, good.held) == (False, True)
    assert not battery.at_most(5, "stands", 3, 3.1).held
    assert battery.between(15, "small", (50, 70), 70).held
    lines = table({"a": [good], "b": [bad]})
    assert "1 of 2  <--" in lines[1]


@pytest.mark.parametrize("style", STYLES)
def test_bones_keep_their_length_in_space_and_shorten_in_the_picture(style):
    figure = generated(STYLES[style], 3, length_s=8.0)
    front, side = figure.joints(), figure.joints(yaw=0.7)
    for end, (start, length) in BONES.items():
        if start < 18:
            seen = np.linalg.norm(front[:, end, :2] - front[:, start, :2], axis=-1)
            assert seen.max() < length + 1e-5
    # a limb in the picture's plane shortens sideways by the cosine
    flat = np.abs(front[:, 2, 0] - front[:, 5, 0])
    turned = np.abs(side[:, 2, 0] - side[:, 5, 0])
    assert_allclose(turned, flat * np.cos(0.7), atol=1e-5)


def test_songs_differ_and_have_others_to_the_same_beat():
    subjects = list(generated_subjects(2))
    assert subjects[0].bpm != subjects[1].bpm
    assert len(subjects[0].others) == 4
    assert all(np.isfinite(joints).all() for joints in subjects[0].others.values())


def test_ways_to_spoil_a_dance_do_what_they_say(song):
    joints = song.joints
    assert_allclose(spoil.smaller(joints, 1.0), joints, atol=1e-4)
    still = spoil.smaller(joints, 0.0)
    bones = still[:, 4, :2] - still[:, 3, :2]
    angle = np.unwrap(np.arctan2(bones[:, 1], bones[:, 0]))
    assert np.ptp(angle) < 1e-4
    twice = spoil.in_mirror(spoil.in_mirror(joints))
    assert_allclose(twice, joints, atol=1e-4)
    held = spoil.with_limb_held(joints, "left_arm")
    assert_allclose(held[:, 4], joints[:, 4], atol=1e-6)
    reach = held[:, 7, :2] - held[:, 5, :2]
    assert_allclose(reach, np.broadcast_to(reach[0], reach.shape), atol=1e-5)
    order = spoil.shuffled(joints, 1, 60)
    assert not any(
        np.array_equal(order[k : k + 60], joints[k : k + 60]) for k in range(0, 540, 60)
    )
    assert not (spoil.absent(joints, slice(10, 20))[10:20, :, 2] > 0).any()
