"""Who is drawn, when, and where: the rules of masking on made-up people."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.types import Frame, Pose
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.pose.crowd import Crowd, joined, without_parts
from kpopdance.realtime.pose.stature import torso_of, torsos_over_time
from kpopdance.realtime.studio.drawn_joints import GAP_S, steadied, within_reach
from kpopdance.realtime.studio.masking import MaskingError, Scene, masked, scene_of_song

FPS = 25.0
STANDING = np.array(
    [(0, -70), (0, -50), (-20, -50), (-28, -15), (-30, 18), (20, -50), (28, -15), (30, 18),
     (-12, 15), (-13, 70), (-13, 120), (12, 15), (13, 70), (13, 120), (-5, -76), (5, -76),
     (-11, -72), (11, -72)], np.float32,
)  # fmt: skip


def body(x=200.0, y=200.0, size=1.0, sure=0.9):
    """A person standing at a place, float32 (18, 3)."""
    joints = np.full((18, 3), sure, np.float32)
    joints[:, :2] = STANDING * size + (x, y)
    return joints


def times(count):
    return np.arange(count) / FPS


def dance(count, x=200.0, sure=0.9):
    return np.stack([body(x + 20 * np.sin(2 * s), sure=sure) for s in times(count)])


def unseen(joints, rows, which=slice(None)):
    out = joints.copy()
    for row in rows:
        out[row, which] = (np.nan, np.nan, 0)
    return out


def seen(joints):
    return joints[..., 2] > 0


def scene(*people, size=(400, 300)):
    stacked = np.stack(people)
    at_s = times(stacked.shape[1])
    return Scene(at_s, stacked, torsos_over_time(at_s, stacked), size, at_s[-1] + 1 / FPS)


def test_a_steady_dancer_stays_whole_and_in_place():
    truth = dance(60)
    assert seen(steadied(times(60), truth)).all()
    assert_allclose(steadied(times(60), truth)[..., :2], truth[..., :2], atol=1.5)


def test_trembling_is_less_and_late_is_nothing():
    rng = np.random.default_rng(3)
    truth = dance(100)
    noisy = truth.copy()
    noisy[..., :2] += rng.normal(0, 2.0, noisy[..., :2].shape)
    calm = steadied(times(100), noisy)
    jitter = [np.nanstd(np.diff(x[..., :2], 2, axis=0)) for x in (noisy, calm)]
    assert jitter[1] < 0.5 * jitter[0]
    early, late = (
        np.nanmean(np.abs(calm[3:-3, :, 0] - truth[3 + k : 97 + k, :, 0])) for k in (-2, 2)
    )
    assert early == pytest.approx(late, abs=0.25)


def test_short_gaps_are_bridged_and_long_ones_stay():
    short = unseen(dance(75), range(30, 30 + int(GAP_S * FPS) - 2))
    assert seen(steadied(times(75), short)).all()
    long = unseen(dance(100), range(30, 60))
    drawn = seen(steadied(times(100), long)).any(axis=1)
    assert not drawn[30:60].any()
    assert drawn[:30].all()
    assert drawn[60:].all()


@pytest.mark.parametrize(
    "ghost",
    [
        unseen(dance(75), [*range(20), *range(28, 75)]),  # 0.3 s
        unseen(dance(75), [n for n in range(75) if n % 8]),  # one picture of eight
        dance(75, sure=0.5),
        unseen(dance(75), range(75), slice(4, 18)),  # four joints
    ],
    ids=["short", "rare", "unsure", "small"],
)
def test_ghosts_are_not_drawn(ghost):
    assert not seen(steadied(times(75), ghost)).any()


@pytest.mark.parametrize("count", [2, 3, 8])
def test_in_a_short_film_half_of_it_is_enough(count):
    assert seen(steadied(times(count), dance(count))).all()


def test_a_flash_of_one_joint_and_a_doubtful_one_are_left_out():
    flash = unseen(dance(60), [n for n in range(60) if n not in (30, 31)], 16)
    assert not seen(steadied(times(60), flash))[:, 16].any()
    guessed = unseen(dance(60), range(0, 60, 2), 13)
    guessed[1::2, 13, 2] = 0.5
    drawn = seen(steadied(times(60), guessed))
    assert not drawn[:, 13].any()
    assert drawn[:, :13].all()


def test_an_arm_that_reaches_into_a_neighbour_is_cut():
    reaching = dance(60)
    reaching[20:40, 6, 0] += 150  # the elbow is somebody else's, and so is the wrist
    reaching[20:40, 7, 0] += 150
    drawn = steadied(times(60), reaching)
    both = seen(drawn)[:, [5, 6]].all(axis=1)
    long = np.linalg.norm(drawn[:, 6, :2] - drawn[:, 5, :2], axis=1)
    assert (long[both] < 60).all()
    hanging = seen(drawn)[:, 7] & ~seen(drawn)[:, 6]
    assert not hanging.any()


def test_a_limb_longer_than_the_bodys_ends_unseen():
    joints = dance(60)
    joints[30:33, 3, 1] += 40  # the elbow; the upper arm is 36 px
    joints[40, 10, 0] += 90
    kept = seen(within_reach(times(60), joints))
    gone = np.argwhere(~kept).tolist()
    assert gone == [[30, 3], [30, 4], [31, 3], [31, 4], [32, 3], [32, 4], [40, 10]]


def test_who_is_shown_alone():
    left, middle, right = (dance(20, x=x) for x in (100, 190, 300))
    middle[..., :2] = (middle[..., :2] - 200) * 1.3 + 200  # the largest and most central
    everybody = scene(right, left, middle)
    for who, x in {
        "left": 100,
        "1": 100,
        "middle": 190,
        "2": 190,
        "right": 300,
        "lead": 190,
    }.items():
        alone = everybody.only(who)
        assert alone.people.shape[0] == 1
        assert alone.most == 1
        assert np.median(alone.people[0, 0, :, 0]) == pytest.approx(x, abs=16)
    with pytest.raises(MaskingError, match="3 people are seen"):
        everybody.only("4")


def test_places_are_counted_at_the_moment_asked_for():
    crossing = np.stack([body(100 + 8 * k) for k in range(26)])
    standing = np.stack([body(200)] * 26)
    late = unseen(np.stack([body(50)] * 26), range(10))
    both = scene(crossing, standing, late)
    assert both.only("2", 0.0).people[0, 0, 1, 0] == 200
    assert both.only("left", 0.0).people[0, 0, 1, 0] == 100
    assert both.only("right", 1.0).people[0, 0, 1, 0] == 100
    assert np.isnan(
        both.only("left").people[0, 0, 1, 0]
    )  # where most are first seen: all three
    nobody = scene(unseen(dance(10), [0]))
    with pytest.raises(MaskingError, match=r"nobody is seen at 0\.0 s"):
        nobody.only("left", 0.0)


def test_other_pictures_show_what_the_film_shows_or_move_on():
    film = scene(np.stack([body(10 * k) for k in range(5)]))
    at_s = np.array([0.0, 0.02, 0.04, 0.059, 0.16, 0.18])
    assert_allclose(film.shown(at_s).people[0, :, 1, 0], [0, 0, 10, 10, 40, 40])
    assert_allclose(film.eased(at_s).people[0, :, 1, 0], [0, 5, 10, 14.75, 40, 40], atol=1e-3)


def test_eased_pictures_of_a_slow_film_stand():
    slow = scene(np.stack([body(10 * k) for k in range(3)]))
    slow = Scene(np.array([0.0, 0.5, 1.0]), slow.people, slow.torsos, slow.size, 1.5)
    assert_allclose(slow.eased(np.array([0.25, 0.5])).people[0, :, 1, 0], [0, 10])


def test_the_picture_behind_is_the_one_shown_then():
    at_s = np.array([0.0, 0.05, 0.1, 0.3])
    film = [Frame(np.full((4, 4, 3), n, np.uint8), s, n) for n, s in enumerate((0, 0.1, 0.2))]
    wished = scene(dance(4)).shown(at_s)
    drawn = masked(wished, lambda image, people, torsos: image, film)
    assert [(int(image[0, 0, 0]), s) for image, s in drawn] == [
        (0, 0.0),
        (0, 0.05),
        (1, 0.1),
        (2, 0.3),
    ]


def test_a_songs_dance_fills_the_picture_without_a_film():
    song = load_pack(BUNDLED / "neon-steps")
    whole = scene_of_song(song, (480, 750), fps=5)
    assert whole.people.shape[0] == 3
    for scene_ in (whole, scene_of_song(song, (480, 750), members=(1,), fps=5)):
        xy = scene_.people[..., :2]
        low, high = np.nanmin(xy, axis=(0, 1, 2)), np.nanmax(xy, axis=(0, 1, 2))
        assert (low >= 0).all()
        assert (high <= (480, 750)).all()
        assert_allclose((low + high) / 2, (240, 375), atol=1)
        assert ((high - low) / (480, 750)).max() > 0.6
    alone = scene_of_song(song, (480, 750), members=(1,), fps=5)
    assert alone.people.shape[0] == 1
    assert np.median(alone.torsos) > 85  # the view follows: standing still, it would be 45
    assert_allclose(np.diff(whole.at_s), 0.2)


def test_torsos_do_not_care_where_limbs_point():
    straight = torso_of(body())
    bent = body()
    bent[[3, 4, 6, 7], :2] = bent[[2, 2, 5, 5], :2]  # both arms point at the camera
    assert torso_of(bent) == pytest.approx(straight, rel=0.1)
    assert torso_of(body(size=2.0)) == pytest.approx(2 * straight, rel=1e-5)
    assert torso_of(np.full((18, 3), np.nan, np.float32)) == 0
    twice = np.stack([body(size=1.0 + 0.4 * (k % 2)) for k in range(50)])
    calm = torsos_over_time(times(50), twice[None])[0]
    assert np.ptp(calm[5:-5]) < 0.05 * calm.mean()


IMAGE = np.full((300, 600, 3), 120, np.uint8)


def through(frames, look_again=lambda region: []):
    crowd = Crowd()
    for n, people in enumerate(frames):
        crowd.step([Pose(joints) for joints in people], IMAGE, n / FPS, look_again)
    return crowd.joints(times(len(frames)))


def test_everybody_keeps_a_row_whatever_the_order():
    rng = np.random.default_rng(1)
    frames = []
    for k in range(30):
        people = [body(x + k) for x in (80, 250, 420)]
        rng.shuffle(people)
        frames.append(people)
    rows = through(frames)
    assert rows.shape[0] == 3
    for person in rows:
        assert seen(person).all()
        assert_allclose(np.diff(person[:, 1, 0]), 1)


def test_who_is_missed_is_looked_for_where_they_were():
    asked = []

    def look_again(region):
        asked.append(region)
        return [Pose(body(250)), Pose(body(90))]

    frames = [[body(80), body(250)] for _ in range(10)]
    frames[5] = [body(80)]
    rows = through(frames, look_again)
    assert rows.shape[0] == 2
    assert seen(rows).all()
    assert len(asked) == 1
    assert asked[0][0] < 250 < asked[0][2]


def test_a_part_of_somebody_never_takes_their_place():
    part = body(200, sure=0.5)
    part[9:] = (np.nan, np.nan, 0)
    frames = [[body(200)] for _ in range(10)] + [
        [part, body(212)],
        *[[body(224)] for _ in range(10)],
    ]
    rows = through(frames)
    assert rows.shape[0] == 1
    assert seen(rows).all()


def test_who_is_taken_for_somebody_else_in_other_light_stays_one():
    crowd = Crowd()
    for n in range(20):
        image = (
            IMAGE if n < 10 else np.full_like(IMAGE, 255)
        )  # a flash: the clothes look different
        crowd.step([Pose(body(200 + n))], image, n / FPS)
    rows = crowd.joints(times(20))
    assert rows.shape[0] == 1
    assert seen(rows).all()


def test_an_unsure_part_of_somebody_is_nobody():
    whole = Pose(body(200))
    part = body(205, sure=0.5)
    part[9:] = (np.nan, np.nan, 0)
    apart = body(450, sure=0.5)
    kept = without_parts([whole, Pose(part), Pose(apart)])
    assert len(kept) == 2
    assert kept[0] is whole


def test_two_who_take_turns_at_one_place_are_one():
    one = unseen(dance(40), [*range(12, 18), *range(25, 40)])
    other = unseen(dance(40), [*range(12), *range(18, 25)])
    neighbour = dance(40, x=330)
    rows = joined(times(40), np.stack([one, neighbour, other]))
    assert rows.shape[0] == 2
    assert seen(rows).all()
    assert_array_equal(rows[1], neighbour)
    elsewhere = unseen(dance(40, x=330), range(20))
    assert len(joined(times(40), np.stack([unseen(one, range(20, 40)), elsewhere]))) == 2
