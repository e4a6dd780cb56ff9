import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core import body
from tools.demo import demo_choreography as demo
from tools.demo import demo_moves

STANDING = 1 + demo.SCALE_PER_DEPTH * 0.35
"""A member in the front row against one in the middle."""


@pytest.fixture(scope="module")
def members():
    return demo.choreograph()


@pytest.fixture(scope="module")
def hips(members):
    return members[:, :, [8, 11], :2].mean(axis=2)


def speeds(xy):
    """Body heights per second."""
    return np.linalg.norm(np.diff(xy, axis=1), axis=-1) * demo.FPS / demo.BODY_HEIGHT


def test_three_members_for_72_seconds(members):
    assert members.shape == (3, 72 * 30 + 1, 18, 3)
    assert members.dtype == np.float32
    assert np.isfinite(members).all()
    assert (members[..., 2] == 1).all()


def test_the_arrangement_fills_the_sections():
    beats = sum(phrase.move.beats * phrase.times for phrase in demo.ARRANGEMENT)
    assert beats == demo.BEATS_PER_BAR * sum(bars for _, bars in demo.SECTIONS) == 144
    assert demo.sections()[-1] == ("chorus", 56.0, 72.0)
    assert demo.moves_of_lead()[-1] == ("ending", 70.0, 72.0)
    starts = {start for _, start, _ in demo.moves_of_lead()}
    assert {start for _, start, _ in demo.sections()} <= starts


def test_everybody_stays_on_the_stage(members):
    x, y = members[..., 0], members[..., 1]
    assert x.min() > 0.05
    assert x.max() < demo.ASPECT - 0.05
    assert y.min() > 0.1
    assert y.max() < 0.97


@pytest.mark.parametrize(
    ("limb", "length"),
    [((2, 3), demo.UPPER_ARM), ((3, 4), demo.FOREARM), ((8, 9), demo.THIGH),
     ((9, 10), demo.SHIN), ((1, 2), demo.SHOULDER_HALF), ((12, 13), demo.SHIN)],
)  # fmt: skip
def test_bones_only_shorten_by_pointing_to_the_viewer(members, limb, length):
    bone = members[:, :, limb[1], :2] - members[:, :, limb[0], :2]
    seen = np.linalg.norm(bone, axis=-1) / demo.BODY_HEIGHT
    assert seen.max() <= length * STANDING * 1.001
    assert np.median(seen) > length * 0.8


def test_one_foot_at_least_is_on_the_floor_and_does_not_slide(members):
    lower = members[:, :, [10, 13], 1].max(axis=-1)
    for member, y in enumerate(lower):
        depth = demo._places(member, np.arange(2161) / 15)[:, 1]
        scale = demo.BODY_HEIGHT * (1 + demo.SCALE_PER_DEPTH * depth)
        floor = demo.FLOOR_Y + demo.FLOOR_PER_DEPTH * depth
        above = (floor - y) / scale
        assert above.min() > 0.02
        assert np.percentile(above, 99) < 0.08
        assert above.max() < 0.12
    slowest = speeds(members[:, :, [10, 13], :2]).min(axis=-1)
    assert np.median(slowest) < 0.02
    assert np.percentile(slowest, 90) < 0.4


def test_speeds_are_humanly_possible(members, hips):
    fastest = speeds(members[..., :2]).max(axis=(0, 1))
    assert fastest[[4, 7]].max() < 4.0
    assert fastest[[10, 13]].max() < 2.6
    assert fastest[[0, 1, 8, 11]].max() < 1.5
    assert speeds(hips).max() < 1.2


def test_it_moves_with_the_beat_and_holds_where_it_freezes(members):
    wrists = speeds(members[:1, :, [4, 7], :2]).max(axis=-1)[0]
    hold = wrists[round(35.05 * 30) : round(35.45 * 30)]
    assert hold.max() < 0.25
    assert np.percentile(wrists, 75) > 0.8


def test_both_choruses_are_the_same_but_for_the_ending(members):
    first, second = members[:, 32 * 30 + 15 : 45 * 30], members[:, 56 * 30 + 15 : 69 * 30]
    assert_allclose(first, second, atol=1e-5)
    ending, pointing = members[0, -1], members[0, 48 * 30 - 15]
    assert np.abs(ending - pointing).max() > 0.1


def test_the_chorus_is_bigger_than_the_verse(members, hips):
    size = np.ptp(members[0, :, :, 0], axis=-1) * np.ptp(members[0, :, :, 1], axis=-1)
    energy = speeds(members[:1, :, [4, 7], :2] - hips[:1, :, None]).mean(axis=-1)[0]
    verse, chorus = slice(8 * 30, 24 * 30), slice(32 * 30, 48 * 30)
    assert size[chorus].mean() > 1.15 * size[verse].mean()
    assert energy[chorus].mean() > energy[verse].mean()


def test_the_formation_changes_and_the_lead_changes_side(hips):
    order = {tuple(np.argsort(hips[:, row, 0])) for row in range(0, 2161, 15)}
    assert len(order) >= 3
    lead = hips[demo.member_lead(), :, 0] - demo.ASPECT / 2
    assert lead.min() < -0.3
    assert lead.max() > 0.3


def test_members_seldom_overlap(hips):
    for one, other in ((0, 1), (0, 2), (1, 2)):
        near = np.abs(hips[one, :, 0] - hips[other, :, 0]) < 0.3 * demo.BODY_HEIGHT
        assert near.mean() < 0.05


def test_members_share_most_moves_but_not_canon_and_opposite(members, hips):
    shape = members[..., :2] - hips[:, :, None]
    shape /= np.linalg.norm(shape[:, :, 1], axis=-1)[:, :, None, None]
    apart = np.abs(shape[0, :, :8] - shape[2, :, :8]).max(axis=(-1, -2))
    assert np.mean(apart < 0.1) > 0.75
    assert apart[round(20.5 * 30)] > 0.5
    assert apart[round(52.0 * 30)] > 0.3


def test_the_dance_is_not_its_own_mirror_image(members, hips):
    lead = members[0, :, :, :2] - hips[0, :, None]
    flipped = body.mirrored(np.concatenate([lead, members[0, :, :, 2:]], axis=-1), 0.0)
    wrists = np.linalg.norm(lead[:, [4, 7]] - flipped[:, [4, 7], :2], axis=-1)
    assert np.mean(wrists.max(axis=-1) > 0.1) > 0.4


def test_mirroring_a_key_twice_is_the_key():
    for move in (demo_moves.POINT, demo_moves.KICK_SWING, demo_moves.ARM_WAVE):
        for _, pose in move.keys:
            key = demo._key(pose)
            assert_allclose(demo._mirrored(demo._mirrored(key)), key, atol=1e-12)
            assert_allclose(np.linalg.norm(key[list(demo.UNITS)], axis=-1), 1.0, atol=1e-9)
