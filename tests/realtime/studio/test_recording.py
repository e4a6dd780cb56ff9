"""Painted dancers recorded: who is followed, how much was seen, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.ports import Eyes
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.studio.recording import (
    RECORDED_FPS,
    Recording,
    RecordingError,
    player_track,
)
from kpopdance.realtime.studio.take_making import take_from
from tests import dances
from tests.fakes import PaintedPersonVision, PaintedVision, eyes_of
from tests.quick import but_quick

HEIGHT, WIDTH = 240, 320
DANCE = dances.song(3, moves=2).joints
LEGS, RIGHT_LEG = (9, 10, 12, 13), (9, 10)


def person(x, row=0, *, unseen=()):
    """Joints float32 (18, 3) of a dancer of the picture around this px."""
    joints = DANCE[row].copy()
    joints[:, :2] = (joints[:, :2] - DANCE[0, :, :2].mean(axis=0)) * 0.5 * HEIGHT
    joints[:, :2] += (x, 0.5 * HEIGHT)
    joints[list(unseen)] = (np.nan, np.nan, 0)
    return joints


def apart(found, painted):
    """Mean distance of the joints that were seen, which are nearly all."""
    assert (found[..., 2] > 0).mean() > 0.97
    return np.nanmean(np.abs(found - painted)[..., :2])


class Film:
    """Frames, and eyes that see in each the people it stands for."""

    def __init__(self, scenes, fps=30.0):
        self.scenes = [None if not people else np.stack(people) for people in scenes]
        self.eyes = eyes_of(PaintedVision(dict(enumerate(self.scenes))))
        self.fps = fps

    def __iter__(self):
        for number in range(len(self.scenes)):
            image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            image[0, 0] = (number % 256, number // 256, 0)
            yield Frame(image, number / self.fps, number)


def record(film, eyes, **wishes):
    """The members of a film."""
    take = take_from(film, eyes, **wishes)
    return [take.recording(person) for person in take.members]


@pytest.mark.parametrize("fps", [30.0, 15.0])
def test_a_dance_is_recorded_in_stage_units_at_its_own_rate(fps):
    rows = [round(k * RECORDED_FPS / fps) for k in range(round(2 * fps) + 1)]
    film, seen = Film([[person(160, row)] for row in rows], fps), []
    (recording,) = record(film, film.eyes, progress=seen.append)
    assert [frame.index for frame in seen] == list(range(len(rows)))
    assert (recording.height, len(recording.at_s)) == (HEIGHT, len(rows))
    painted = np.stack([person(160, row) for row in rows])
    assert apart(recording.joints, painted) < 0.5  # px
    dance = recording.choreography(start_s=1.5)
    assert (dance.fps, dance.start_s, len(dance.joints)) == (RECORDED_FPS, 1.5, 60)
    danced = np.stack([person(160, row) for row in range(60)]) / HEIGHT
    assert apart(dance.joints, danced) < 0.01  # stage units: 2.4 px
    quality = recording.quality()
    assert (quality.gaps, quality.longest_gap_s, quality.frames) == (0, 0.0, len(rows))
    assert quality.fps == pytest.approx(fps)
    assert set(quality.seen.values()) == {1.0}


@pytest.mark.parametrize(
    "dancers",
    but_quick(
        [(one,) for one in ((1,), (2,), (3,), (3, 1), (1, 2, 3), ())],
        {((2,),), ((3, 1),), ((),)},
    ),
)
def test_dancers_are_counted_from_the_left_and_stay_who_they_are(dancers):
    places = {1: 60, 2: 160, 3: 260}
    film = Film([[person(places[k], row) for k in (3, 1, 2)] for row in range(12)])
    take = take_from(film, film.eyes, dancers=dancers)
    asked = sorted(dancers or (1, 2, 3))
    assert [person + 1 for person in take.members] == asked
    assert take.lead + 1 == (dancers[0] if dancers else 2)
    assert [why == "unasked" for why in take.reasons] == [k not in asked for k in (1, 2, 3)]
    recordings = [take.recording(person) for person in take.members]
    for number, recording in zip(asked, recordings, strict=True):
        painted = np.stack([person(places[number], row) for row in range(12)])
        assert apart(recording.joints, painted) < 0.5, number


@pytest.mark.parametrize("at_once", but_quick([(2,), (5,)], {(5,)}))
def test_however_many_are_looked_at_at_once_the_dance_is_the_same_to_the_bit(at_once):
    film = Film(
        [[person(x, row + 3 * k) for k, x in enumerate((60, 160, 260))] for row in range(25)]
    )

    def danced(at_once):
        people = film.eyes.everybody.people
        close = {"movenet_thunder": PaintedPersonVision(people)}
        eyes = Eyes(PaintedVision(people), close, at_once=at_once)
        return [each.choreography().joints for each in record(film, eyes)]

    assert_array_equal(danced(at_once), danced(1))


def test_a_picture_shown_twice_is_looked_at_once():
    film = Film([[person(160, row)] for row in range(20)])
    once = record(film, film.eyes)[0]
    looks = len(film.eyes.everybody.asked)
    twice = [Frame(one.image, one.captured_s + k / 60, 2 * one.index + k)
             for one in film for k in (0, 1)]  # fmt: skip
    recording = record(twice, film.eyes)[0]
    assert len(film.eyes.everybody.asked) == 2 * looks
    assert_array_equal(recording.joints[::2], once.joints)
    assert_array_equal(recording.joints[1::2], once.joints)


def test_who_is_far_smaller_is_no_member_unless_asked_for():
    small = person(40)
    small[:, :2] = (small[:, :2] - small[:, :2].mean(axis=0)) * 0.4 + (40, 120)
    film = Film([[small, person(170, row)] for row in range(8)])
    take = take_from(film, film.eyes)
    assert take.reasons == ("member", "small")
    assert_allclose(take.joints[0, -1, :, :2], person(170, 7)[:, :2], atol=2)
    assert take_from(film, film.eyes, dancers=(2,)).reasons == ("unasked", "member")


def test_who_comes_late_is_waited_for():
    film = Film([[person(80)] + [person(240)] * (row >= 20) for row in range(40)])
    (recording,) = record(film, film.eyes, dancers=(2,))
    assert (recording.joints[:20, :, 2] == 0).all()
    assert_allclose(recording.joints[20:, :, :2], [person(240)[:, :2]] * 20, atol=2)


def test_a_dancer_who_never_comes_is_refused():
    film = Film([[person(80, row), person(240, row + 9)] for row in range(20)])
    with pytest.raises(RecordingError, match=r"dancer 3 was asked for, but 2 people"):
        record(film, film.eyes, dancers=(1, 3))


@pytest.mark.parametrize(
    ("scenes", "told"),
    [
        ([], "too few pictures"),
        ([[person(160)]], "too few pictures"),
        ([None] * 30, "hardly anybody is seen"),
        ([[person(160)]] * 2 + [None] * 28, "hardly anybody is seen"),
    ],
)
def test_a_video_without_a_dance_is_refused(scenes, told):
    film = Film(scenes)
    with pytest.raises(RecordingError, match=told):
        record(film, film.eyes)


def test_gaps_are_counted_and_filled():
    away = {*range(10, 19), *range(30, 33)}
    film = Film([None if row in away else [person(160, row)] for row in range(46)])
    (recording,) = record(film, film.eyes)
    quality = recording.quality()
    assert quality.gaps == 2
    assert quality.longest_gap_s == pytest.approx(9 / 30)
    assert quality.seen["torso"] == pytest.approx(1 - 12 / 46)
    dance = recording.choreography()
    danced = np.stack([person(160, row) for row in (30, 31, 32)]) / HEIGHT
    assert apart(dance.joints[30:33], danced) < 0.01
    assert (dance.joints[30:33, :, 2] > 0).all()


def test_a_gap_to_the_end_is_a_gap():
    film = Film([[person(160, row)] if row < 20 else None for row in range(30)])
    (recording,) = record(film, film.eyes)
    assert recording.quality().gaps == 1
    assert recording.quality().longest_gap_s == pytest.approx(9 / 30)


def test_limbs_out_of_the_picture_lower_their_own_share():
    film = Film([[person(160, row, unseen=RIGHT_LEG)] for row in range(10)])
    (recording,) = record(film, film.eyes)
    seen = recording.quality().seen
    assert seen["right_leg"] == 0.0
    assert [seen[limb] for limb in ("head", "torso", "left_arm", "left_leg")] == [1.0] * 4


def test_a_player_s_track_has_a_pose_for_each_frame_and_none_where_nobody_is():
    film = Film([None if row in (8, 9) else [person(160, row)] for row in range(16)])
    track = player_track(film, film.eyes)
    assert_array_equal(track.at_s, np.arange(16) / 30)
    there = (track.joints[..., 2] > 0).any(axis=1)
    assert np.flatnonzero(~there).tolist() == [8, 9]
    painted = np.stack([person(160, row) for row in range(16)])
    assert np.abs(track.joints - painted)[there][..., :2].mean() < 2  # px, steadied


def test_a_player_s_track_is_steadied_as_in_the_game():
    rng = np.random.default_rng(0)
    people = [person(160) for _ in range(60)]
    for joints in people:
        joints[:, :2] += rng.normal(0, 1, (18, 2))
    film = Film([[joints] for joints in people])
    found = player_track(film, film.eyes).joints[20:, :, :2]
    assert np.nanstd(found, axis=0).mean() < 0.75 * np.std(people, axis=0)[:, :2].mean()


def test_a_cut_mixes_no_two_scenes():
    at_s = np.arange(60) / 25
    left, right = (np.stack([person(x, row) for row in range(60)]) for x in (70, 250))
    joints = np.where((np.arange(60) < 31)[:, None, None], left, right).astype(np.float32)
    dance = Recording(at_s, joints, HEIGHT, (31,)).choreography()
    seen = dance.joints[..., 2] > 0
    assert np.flatnonzero(~seen.all(axis=1)).tolist() == [37]  # between 1.2 and 1.24 s
    before = Recording(at_s[:31], left[:31], HEIGHT).choreography().joints
    assert_allclose(dance.joints[:36], before[:36], atol=1e-5)
    assert np.nanmin(dance.joints[38:, :, 0]) > 0.8
