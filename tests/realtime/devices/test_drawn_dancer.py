import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.anatomy import LIMBS
from kpopdance.realtime.core import body
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer, Proportions

PX = 0.01
SECONDS = np.arange(0.3, 9.7, 0.37)


@pytest.fixture(scope="module")
def dance():
    """Ten seconds of arms that swing, legs that step, hips that sway and wander."""
    t = np.arange(301) / 30
    beat = np.sin(2 * np.pi * t)
    xy = np.zeros((301, 18, 2))
    hips = np.stack([0.89 + 0.05 * beat + 0.2 * np.sin(t / 2), 0.62 + 0.01 * beat], axis=-1)
    xy[:, 1] = hips + np.array([0, -0.19])
    xy[:, 0] = xy[:, 1] + (0, -0.075)
    for eye, side in ((14, -1), (15, 1)):
        xy[:, eye] = xy[:, 0] + (side * 0.014, -0.012)
        xy[:, eye + 2] = xy[:, eye] + (side * 0.016, 0.006)
    for side, shoulder in ((-1, 2), (1, 5)):
        xy[:, shoulder] = xy[:, 1] + (side * 0.065, 0)
        swing = np.radians(60 + 50 * side * beat)
        out = np.stack([side * np.cos(swing), -np.sin(swing)], axis=-1)
        xy[:, shoulder + 1] = xy[:, shoulder] + 0.1 * out
        xy[:, shoulder + 2] = xy[:, shoulder + 1] + 0.09 * out
        hip = shoulder + 6
        xy[:, hip] = hips + np.array([side * 0.035, 0])
        step = np.radians(90 - 10 * side - 12 * beat)
        down = np.stack([np.cos(step), np.sin(step)], axis=-1)
        xy[:, hip + 1] = xy[:, hip] + 0.15 * down
        xy[:, hip + 2] = xy[:, hip + 1] + 0.15 * down
    joints = np.concatenate([xy, np.ones((301, 18, 1))], axis=-1).astype(np.float32)
    return Choreography(joints, 30.0)


def dances(dance, seconds=SECONDS, **style):
    dancer = DrawnDancer(dance, DancerStyle(**style))
    return np.stack([dancer.joints(float(s)) for s in seconds])


def bones(joints):
    pairs = np.array(LIMBS[:17])
    return joints[:, pairs[:, 1], :2] - joints[:, pairs[:, 0], :2]


def lengths(joints):
    return np.linalg.norm(bones(joints), axis=-1)


def test_a_plain_dancer_is_the_choreography_but_for_size_and_place(dance):
    rows = np.arange(0, 300, 17)
    danced = bones(dances(dance, rows / 30))
    wanted = bones(dance.joints[rows])
    scale = np.linalg.norm(danced[0, 6]) / np.linalg.norm(wanted[0, 6])
    assert_allclose(danced, wanted * scale, atol=PX)


def test_lateness_shifts_exactly(dance):
    style = {"noise_deg": 4.0, "amplitude": 0.8, "seed": 3}
    late = dances(dance, SECONDS + 0.15, lateness_s=0.15, **style)
    assert_allclose(late, dances(dance, **style), atol=PX)


@pytest.mark.parametrize("amplitude", [0.0, 0.5, 1.5])
def test_amplitude_scales_angles_and_keeps_lengths(dance, amplitude):
    plain, scaled = dances(dance), dances(dance, amplitude=amplitude)
    arm = LIMBS.index((2, 3))
    angle = np.unwrap(np.arctan2(bones(plain)[:, arm, 1], bones(plain)[:, arm, 0]))
    swing = np.unwrap(np.arctan2(bones(scaled)[:, arm, 1], bones(scaled)[:, arm, 0]))
    assert_allclose(np.diff(swing), np.diff(angle) * amplitude, atol=0.002)
    size = (
        DrawnDancer(dance, DancerStyle(amplitude=amplitude)).height_px
        / DrawnDancer(dance).height_px
    )
    assert_allclose(lengths(scaled), lengths(plain) * size, rtol=1e-3)


@pytest.mark.parametrize("amplitude", [0.0, 0.3, 0.6, 1.5])
def test_a_bone_that_goes_full_circle_never_jumps(dance, amplitude):
    joints = dance.joints.copy()
    turn = np.arange(301) / 30 * 2 * np.pi / 5
    joints[:, 4, 0] = joints[:, 3, 0] + 0.09 * np.cos(turn)
    joints[:, 4, 1] = joints[:, 3, 1] + 0.09 * np.sin(turn)
    dancer = DrawnDancer(Choreography(joints, 30.0), DancerStyle(amplitude=amplitude))
    xy = np.stack([dancer.joints(s) for s in np.arange(0, 10, 1 / 30)])[:, [3, 4], :2]
    assert np.linalg.norm(np.diff(xy[:, 1] - xy[:, 0], axis=0), axis=-1).max() < 12


def test_a_mirrored_dancer_is_what_the_mirror_shows(dance):
    assert_array_equal(dances(dance, mirrored=True), body.mirrored(dances(dance), 639))


@pytest.mark.parametrize(
    ("part", "grown"),
    [
        ("arm", ((2, 3), (3, 4), (5, 6), (6, 7))),
        ("leg", ((8, 9), (9, 10), (11, 12), (12, 13))),
        ("torso", ()),
        ("shoulder", ((1, 2), (1, 5))),
    ],
)
def test_proportions_scale_their_bones_only(dance, part, grown):
    plain, shaped = dances(dance), dances(dance, proportions=Proportions(**{part: 1.2}))
    face = LIMBS.index((0, 14))
    size = lengths(shaped)[:, face] / lengths(plain)[:, face]
    ratio = lengths(shaped) / lengths(plain) / size[:, None]
    for index, limb in enumerate(LIMBS[:17]):
        if limb not in ((1, 8), (1, 11)):
            wanted = 1.2 if limb in grown else 1.0
            assert_allclose(ratio[:, index], np.full(len(SECONDS), wanted), rtol=1e-3)
    spine = [
        np.linalg.norm(xy[:, 1, :2] - xy[:, [8, 11], :2].mean(axis=1), axis=-1)
        for xy in (plain, shaped)
    ]
    wanted = 1.2 if part == "torso" else 1.0
    assert_allclose(spine[1] / spine[0] / size, np.full(len(SECONDS), wanted), rtol=1e-3)


def test_nobody_is_there_while_absent(dance):
    dancer = DrawnDancer(dance, DancerStyle(absent=((2.0, 3.0), (8.0, 99.0))))
    there = [dancer.joints(s) is not None for s in (1.99, 2.0, 2.99, 3.0, 8.5, 200.0)]
    assert there == [True, False, False, True, False, True]


def test_still_stands_with_the_arms_down(dance):
    still = dances(dance, still=True)
    wrists, hips = still[:, [4, 7], 1], still[:, [8, 11], 1]
    assert (wrists > hips - 30).all()
    assert_allclose(bones(still), np.broadcast_to(bones(still)[0], bones(still).shape), atol=PX)


def test_a_dropped_interval_is_rest_and_the_remainder_is_danced(dance):
    dropped, plain = dances(dance, dropped=((4.0, 6.0),)), dances(dance)
    still = dances(dance, still=True)
    inside = (SECONDS > 4.3) & (SECONDS < 6.0)
    outside = (SECONDS < 4.0) | (SECONDS > 6.3)
    assert_allclose(bones(dropped)[outside], bones(plain)[outside], atol=PX)
    assert_allclose(bones(dropped)[inside], bones(still)[inside], atol=PX)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_a_dropped_share_rests_for_that_share_of_the_song(dance, share):
    seconds = np.arange(0.05, 10, 0.1)
    dropped = dances(dance, seconds, dropped=share, seed=5)
    still = dances(dance, seconds, still=True)
    resting = np.abs(bones(dropped) - bones(still)).max(axis=(1, 2)) < 1
    assert abs(resting.mean() - share) < 0.1


def test_noise_is_smooth_seeded_and_as_large_as_asked(dance):
    seconds = np.arange(0, 10, 1 / 30)
    plain, noisy = dances(dance, seconds), dances(dance, seconds, noise_deg=6.0, seed=1)
    assert_array_equal(noisy, dances(dance, seconds, noise_deg=6.0, seed=1))
    assert np.abs(noisy - dances(dance, seconds, noise_deg=6.0, seed=2)).max() > 5
    a, b = bones(plain), bones(noisy)
    angle = np.degrees(np.arctan2(b[..., 1], b[..., 0]) - np.arctan2(a[..., 1], a[..., 0]))
    angle = (angle + 180) % 360 - 180
    assert 4 < angle[:, :6].std() < 8
    assert np.abs(np.diff(angle, axis=0)[:, :6]).max() < 4


@pytest.mark.parametrize(
    "style",
    [
        {},
        {"amplitude": 1.5},
        {"proportions": Proportions(arm=1.3, leg=1.2)},
        {"mirrored": True},
    ],
)
@pytest.mark.parametrize("picture", [(480, 640), (720, 1280)])
def test_the_whole_dance_stays_in_the_picture(dance, style, picture):
    dancer = DrawnDancer(dance, DancerStyle(**style), picture)
    xy = np.stack([dancer.joints(s)[:, :2] for s in np.arange(0, 10, 0.1)])
    assert xy.min() > 0
    assert (xy.max(axis=(0, 1)) < np.array(picture[::-1]) - (0, 10)).all()
    assert 0.5 * picture[0] < dancer.height_px < 0.8 * picture[0]


def test_giants_are_made_to_fit(dance):
    dancer = DrawnDancer(dance, DancerStyle(proportions=Proportions(arm=2.2)))
    joints = np.stack([dancer.joints(s) for s in np.arange(0, 10, 0.1)])
    fingers = joints[:, [4, 7], :2] * 1.5 - joints[:, [3, 6], :2] * 0.5
    assert fingers.min() > 0
    assert (fingers.max(axis=(0, 1)) < (640, 480)).all()


def test_unseen_joints_of_a_choreography_are_bridged(dance):
    joints = dance.joints.copy()
    joints[40:44, 4] = (np.nan, np.nan, 0)
    joints[:, 16] = (np.nan, np.nan, 0)
    danced = dances(Choreography(joints, 30.0), np.array([1.4, 5.0]))
    assert np.isfinite(danced).all()
    assert np.linalg.norm(danced[0, 4, :2] - dances(dance, [1.4])[0, 4, :2]) < 12


def test_styles_out_of_range_are_refused():
    with pytest.raises(ValueError, match="amplitude"):
        DancerStyle(amplitude=2)
    with pytest.raises(ValueError, match="dropped"):
        DancerStyle(dropped=-0.1)


def test_before_the_song_and_after_it_the_ends_hold(dance):
    dancer = DrawnDancer(dance)
    assert_array_equal(dancer.joints(-5.0), dancer.first_pose())
    assert_array_equal(dancer.joints(50.0), dancer.joints(10.0))
