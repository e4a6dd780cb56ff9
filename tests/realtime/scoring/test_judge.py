"""What a fair judge does, on dances nobody danced; scores are 0 to 100."""

from __future__ import annotations

from functools import cache
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.tempo import Tempo
from kpopdance.realtime.core.terms import KIDS, NORMAL
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import GRADES, Choreography, Pose
from kpopdance.realtime.scoring.features import LIMB_BONES
from kpopdance.realtime.scoring.judge import Judge, grade_of
from kpopdance.realtime.scoring.report import report_of
from kpopdance.realtime.scoring.standard import standard_from_choreography
from tests import dances
from tests.dances import judged, noisy, score_of, styled, track_of
from tests.quick import but_quick

SONGS = ((1, 120.0), (2, 100.0), (3, 132.0))
FIRST, *OTHERS = SONGS
LIMBS = {
    "right_arm": dances.RIGHT_ARM, "left_arm": dances.LEFT_ARM,
    "right_leg": dances.RIGHT_LEG, "left_leg": dances.LEFT_LEG,
}  # fmt: skip


@cache
def asked(seed, bpm):
    dance = dances.song(seed, bpm=bpm)
    standard = dances.standard_of(dance, bpm=bpm)
    # somebody good with a style of their own: 93 to 96, so what costs points is seen to cost them
    style = styled(dance.joints, seed + 40)
    calm = styled(dance.joints, seed + 40, deg=25.0)
    return SimpleNamespace(
        bpm=bpm, dance=dance, joints=dance.joints, standard=standard, style=style, seed=seed,
        styled=score_of(standard, style), calmer=(calm, score_of(standard, calm)),
    )  # fmt: skip


@pytest.fixture(
    params=[FIRST, *(pytest.param(song, marks=pytest.mark.long) for song in OTHERS)],
    ids=lambda song: f"song {song[0]} at {song[1]:.0f}",
)
def song(request):
    return asked(*request.param)


def test_a_perfect_dancer_is_perfect(song):
    judge = judged(song.standard, track_of(noisy(song.joints, 1)))
    score, limbs, coverage = judge.totals()
    assert score >= 95
    assert [verdict.grade for verdict in judge.verdicts] == ["PERFECT"] * len(judge.verdicts)
    assert min(limbs.values()) >= 95
    assert coverage > 0.99


def test_who_does_not_dance_earns_nothing(song):
    still = dances.held(song.joints)
    mean = dances.turned(song.joints, swing=0.0)
    for joints in (still, mean, dances.arms_down(song.joints)):
        assert score_of(song.standard, noisy(joints, 2)) <= 3


@pytest.mark.parametrize("seed", [1, 2])
def test_who_flails_earns_nothing(song, seed):
    assert score_of(song.standard, noisy(dances.flailing(song.joints, seed), 2)) <= 5


@pytest.mark.parametrize(
    ("beats", "middle"),
    but_quick(product((1, 2, 4), (0.9, 1.5, 2.0)), {(1, 1.5), (2, 2.0), (4, 0.9)}),
)
def test_waving_on_the_beat_earns_next_to_nothing(song, beats, middle):
    wave = dances.waving(song.joints, beats * 60 / song.bpm, middle)
    assert score_of(song.standard, noisy(wave, 2)) <= 5


def test_another_dance_earns_next_to_nothing(song):
    others = [dances.song(seed, bpm=song.bpm).joints for seed in (100, 101, 102)]
    scores = [score_of(song.standard, noisy(joints, 2)) for joints in others]
    assert np.mean(scores) <= 5
    assert max(scores) < 20  # no star


def test_the_songs_own_moves_shuffled_earn_next_to_nothing(song):
    # an order that puts a move next to its like earns more: 33 of 100 was seen once in 30
    shuffles = [dances.shuffled(song.joints, seed, bpm=song.bpm) for seed in (1, 2, 3)]
    scores = [score_of(song.standard, noisy(joints, 2)) for joints in shuffles]
    assert np.mean(scores) <= 10
    assert max(scores) < 40  # no second star


def test_a_beat_late_earns_nothing(song):
    assert score_of(song.standard, noisy(song.joints, 2), late_s=60 / song.bpm) <= 5


def test_lateness_is_told_and_costs_by_how_much(song):
    joints = noisy(song.joints, 3)
    scores = {}
    for late_ms in (0, 67, 100, 200):
        judge = judged(song.standard, track_of(joints, late_s=late_ms / 1000))
        report = report_of(judge)
        scores[late_ms] = report.score
        if late_ms <= 150:
            assert_allclose(report.lag_ms, late_ms, atol=17)
    assert scores[67] >= 92
    assert scores[0] > scores[100] > scores[200]
    assert scores[200] < 40  # the credit for 200 ms is 0.43, less what a cheat earns


def test_early_costs_what_late_costs(song):
    early, late = (
        score_of(song.standard, noisy(song.joints, 3), late_s=late_s)
        for late_s in (-0.15, 0.15)
    )
    assert early < 80
    assert abs(early - late) <= 4


def test_better_dancers_earn_more(song):
    def score(joints, **how):
        return score_of(song.standard, noisy(joints, 4), **how)

    late, still = score(song.joints, late_s=0.1), score(dances.held(song.joints))
    small = [score(dances.turned(song.joints, swing=swing)) for swing in (0.8, 0.6, 0.3)]
    assert score(song.joints) > late > small[1] > still
    assert small[0] >= small[1] >= small[2]
    assert small[2] < 25


def test_where_one_stands_and_how_tall_one_is_does_not_count(song):
    for scale, x, y in ((0.5, 0.9, 0.1), (2.0, -0.7, -0.4), (1.0, 1.5, 0.0)):
        moved = song.style.copy()
        moved[..., :2] = moved[..., :2] * scale + (x, y)
        assert abs(score_of(song.standard, moved) - song.styled) < 2


def test_longer_arms_and_shorter_legs_do_not_count(song):
    rng = np.random.default_rng(8)
    lengths = {end: rng.choice([0.9, 1.1]) for end in dances.SKELETON}
    built = dances.turned(song.style, lengths=lengths)
    assert abs(score_of(song.standard, built) - song.styled) < 2


def test_the_mirror_image_is_another_dance(song):
    assert score_of(song.standard, noisy(dances.in_mirror(song.joints), 5)) <= 25


def test_the_wrong_side_is_told_from_a_dance_that_is_nearly_its_own_mirror_image():
    joints = dances.song(9, moves=8, alike=0.6).joints
    standard = standard_from_choreography(Choreography(joints.copy(), 30.0), bpm=120.0)
    assert score_of(standard, noisy(joints, 5)) >= 95
    assert score_of(standard, noisy(dances.in_mirror(joints), 5)) <= 25
    itself = dances.song(9, moves=8, alike=1.0).joints  # nothing to tell apart
    standard = standard_from_choreography(Choreography(itself.copy(), 30.0), bpm=120.0)
    assert score_of(standard, noisy(dances.in_mirror(itself), 5)) >= 95


def test_leaving_never_pays(song):
    for part in (0.25, 0.5):
        gone = song.style.copy()
        gone[: round(part * len(gone))] = (np.nan, np.nan, 0)
        score = score_of(song.standard, gone)
        assert score < song.styled - 10
        assert part < 0.5 or score <= 55


def test_half_the_frames_give_the_same_grades(song):
    keep = np.random.default_rng(6).random(len(song.style)) < 0.5
    # who dances like the coach lies far from any grade's border; a style lies anywhere
    for joints, changes in ((song.joints, 0), (song.style, 3)):
        whole, half = (
            judged(song.standard, track_of(noisy(joints, 6), late_s=0.08, keep=frames))
            for frames in (None, keep)
        )
        assert abs(whole.totals()[0] - half.totals()[0]) < 3
        pairs = zip(whole.verdicts, half.verdicts, strict=True)
        apart = [abs(GRADES.index(a.grade) - GRADES.index(b.grade)) for a, b in pairs]
        assert sum(apart) <= changes


@pytest.mark.parametrize("camera_fps", [15.0, 24.0])
def test_the_cameras_rate_does_not_count(song, camera_fps):
    assert_allclose(
        score_of(song.standard, song.style, camera_fps=camera_fps), song.styled, atol=8
    )


@pytest.mark.parametrize("limb", LIMBS)
def test_one_wrong_limb_costs_and_is_named(song, limb):
    other = dances.song(song.seed + 50, bpm=song.bpm).joints
    style, right = song.calmer
    wrong = dances.limb_of_another(style, LIMBS[limb], other)
    score, limbs, _ = judged(song.standard, track_of(wrong)).totals()
    assert score < right - (10 if "arm" in limb else 0.2)  # no limb pays for another
    assert min(limbs, key=lambda name: limbs[name]) == limb
    assert set(LIMBS) <= set(limbs) <= set(LIMB_BONES)  # a torso that hardly moves is left out


def test_noisier_poses_cost_little(song):
    once, more = (noisy(song.style, 7, px) for px in (2.0, 5.0))
    assert score_of(song.standard, once) - score_of(song.standard, more) <= 10


def test_live_and_offline_give_the_same_verdicts(song):
    whole = track_of(noisy(song.style, 8))
    offline, live = judged(song.standard, whole), Judge(song.standard)
    growing, given = PoseTrack(), []
    for at_s, joints in zip(whole.at_s, whole.joints, strict=True):
        growing.add(float(at_s), Pose(joints.copy()))
        due = live.due_s()
        fresh = live.step(growing, float(at_s))
        assert len(fresh) == (due is not None and at_s >= due)  # as soon as may be
        given += fresh
    given += live.step(growing, np.inf)
    assert [told(v) for v in given] == [told(v) for v in offline.verdicts]
    assert live.totals() == offline.totals()
    assert live.due_s() is None


def told(verdict):
    return tuple(getattr(verdict, name) for name in verdict.__slots__)


def test_the_same_dance_has_the_same_score():
    first = asked(*SONGS[0])
    again = standard_from_choreography(dances.song(1), bpm=120.0)
    assert again.nulls == first.standard.nulls
    a, b = (judged(s, track_of(first.style)) for s in (again, first.standard))
    assert a.totals() == b.totals()
    assert [told(v) for v in a.verdicts] == [told(v) for v in b.verdicts]


def test_a_gap_without_frames_is_not_judged_but_absence_is_a_miss():
    song = asked(*SONGS[0])
    track = track_of(song.joints)
    starts, ends = song.standard.start_s, song.standard.end_s
    second = (track.at_s >= starts[1]) & (track.at_s < ends[2])
    absent = song.joints.copy()
    absent[second] = (np.nan, np.nan, 0)
    gone = judged(song.standard, track_of(absent))
    lost = judged(song.standard, track_of(song.joints, keep=~second))
    assert [v.judged for v in lost.verdicts[:4]] == [True, False, False, True]
    # whose fault the gap is, the camera's count says
    assert lost.verdicts[1].why == "not judged: this computer is too slow"
    assert lost.verdicts[1].reasons == ()
    assert lost.totals()[0] > 99
    assert all(v.judged for v in gone.verdicts)
    assert [v.grade for v in gone.verdicts[1:3]] == ["MISS", "MISS"]
    assert gone.verdicts[1].why == "not seen"
    missed = song.standard.weight[1:3].sum() / song.standard.weight.sum()
    assert gone.totals()[0] < 100 * (1 - missed) + 1


@pytest.mark.parametrize("late_s", [0.0, 0.15])
def test_pictures_lost_now_and_then_cost_nothing(song, late_s):
    at_s = np.arange(len(song.style)) / dances.FPS
    lost = np.zeros(len(at_s), dtype=bool)
    for start_s in song.standard.start_s + 0.2:
        lost |= (at_s >= start_s) & (at_s < start_s + 0.28)  # of a slow computer
    whole, holed = (
        judged(song.standard, track_of(song.style, late_s=late_s, keep=keep))
        for keep in (None, ~lost)
    )
    told = [v for v in holed.verdicts if v.judged]
    assert len(told) >= len(holed.verdicts) / 2
    assert not any(r.kind == "seen" and r.points > 1 for v in told for r in v.reasons)
    assert abs(holed.totals()[0] - whole.totals()[0]) < 4
    gone = song.style.copy()
    gone[lost] = (np.nan, np.nan, 0)  # who leaves for as long does pay
    left = judged(song.standard, track_of(gone, late_s=late_s)).totals()[0]
    assert left < 0.95 * holed.totals()[0]  # a late dance has half as much to lose


def test_a_noted_fault_is_not_judged_either():
    song = asked(*SONGS[0])
    at_s = np.arange(len(song.joints)) / dances.FPS
    judge, starts = Judge(song.standard), song.standard.start_s
    length_s = song.standard.end_s - starts
    judge.fault(starts[2], starts[2] + 0.1)
    judge.fault(starts[2], starts[2] + 0.3 * length_s[2])  # it goes on
    judge.fault(starts[3], starts[3] + 0.15 * length_s[3])  # short: judged
    lost_s = starts[5], starts[5] + 0.3 * length_s[5]
    track = track_of(song.joints, keep=(at_s < lost_s[0]) | (at_s >= lost_s[1]))
    last_s = float(track.at_s[track.at_s < lost_s[0] + 0.02][-1])
    judge.fault(last_s, last_s + 0.1)  # noted at once, it lasted longer
    judge.step(track, np.inf)
    assert [v.move for v in judge.verdicts if not v.judged] == [2, 5]


def test_nothing_is_judged_before_the_camera_came_if_the_loop_said_so():
    song = asked(*SONGS[0])
    at_s = np.arange(len(song.joints)) / dances.FPS
    judge = Judge(song.standard)
    come_s = float(song.standard.start_s[2] + 1.0)
    judge.fault(-np.inf, come_s)
    judge.step(track_of(song.joints, keep=at_s >= come_s), np.inf)
    assert [v.move for v in judge.verdicts if not v.judged] == [0, 1, 2]
    assert judge.totals()[0] > 99


def test_nobody_and_nothing_at_all_score_zero():
    song = asked(*SONGS[0])
    empty = judged(song.standard, PoseTrack())
    assert empty.totals()[0] == 0
    assert {v.grade for v in empty.verdicts} == {"MISS"}
    unjudged = Judge(song.standard)
    unjudged.fault(-np.inf, np.inf)
    unjudged.step(PoseTrack(), np.inf)
    assert unjudged.totals() == (0.0, {}, 0.0)


def test_the_calibrated_lag_is_taken_off():
    song = asked(*SONGS[0])
    judge = Judge(song.standard, player_lag_s=0.2)
    judge.step(track_of(song.joints, late_s=0.2), np.inf)
    assert judge.totals()[0] > 99
    assert_allclose(report_of(judge).lag_ms, 0, atol=5)
    assert_allclose(
        Judge(song.standard, player_lag_s=0.2).due_s(),
        song.standard.end_s[0] + 12.5 / 30 + 0.2,
        atol=0.02,
    )


def test_half_hidden_moves_are_good_at_best():
    song = asked(*SONGS[0])
    hidden = song.joints.copy()
    hidden[:, [3, 4, 9, 10, 12, 13]] = (np.nan, np.nan, 0)
    judge = judged(song.standard, track_of(hidden))
    assert judge.totals()[2] < 0.6
    assert {v.grade for v in judge.verdicts} <= {"GOOD", "OK", "MISS"}


def test_a_hold_asks_for_stillness():
    moving = np.arange(12 * 60 + 1) // 240 % 2 == 0  # four moves, a hold of four, four moves
    dance = dances.song(5, moves=8).joints
    joints = dance[np.cumsum(moving) - 1]
    standard = standard_from_choreography(Choreography(joints.copy(), 30.0), bpm=120.0)
    swing = 0.5 * np.sin(np.arange(len(joints)) / 3.0)
    fidget = dances.turned(joints, extra=dict.fromkeys((3, 4, 6, 7), swing))
    held, restless = (
        judged(standard, track_of(danced)).verdicts[6]
        for danced in (noisy(joints, 3, px=1.0), fidget)
    )
    assert held.grade == "PERFECT"
    assert restless.grade == "MISS"
    assert restless.why == "moved in a hold"


@pytest.mark.parametrize("moves", [1, 2, 5])
def test_a_dance_of_one_move_can_be_danced(moves):
    move = dances.song(6, moves=1).joints[:-1]
    joints = np.concatenate([move] * moves + [move[:1]])
    standard = standard_from_choreography(Choreography(joints.copy(), 30.0), bpm=120.0)
    assert len(standard.start_s) == moves
    assert score_of(standard, noisy(joints, 1)) > 95
    assert score_of(standard, dances.held(joints)) <= 3


@pytest.mark.parametrize(
    ("start_s", "offset_s", "changes", "begins_s"),
    but_quick(
        [
            (0.0, 0.0, (), 0.0),
            (0.05, 0.0, (), 0.0),  # the film begins a moment after the bar
            (0.0, 1.5, (), 1.5),  # a pickup of three beats
            (0.3, -0.04, (), 1.96),
            (10.0, 0.5, (), 10.5),
            (10.9, 0.5, (), 12.5),
            (10.0, 0.0, ((9.0, 120.0),), 11.0),
            (10.0, 0.0, ((9.0, 100.0),), 11.4),
            (0.0, 0.0, ((9.0, 100.0),), 0.0),
        ],
        [(0.05, 0.0, (), 0.0), (0.0, 1.5, (), 1.5), (10.0, 0.0, ((9.0, 100.0),), 11.4)],
    ),
)
def test_moves_begin_with_a_bar(start_s, offset_s, changes, begins_s):
    dance = dances.song(7, moves=4, start_s=start_s)
    standard = standard_from_choreography(
        dance, bpm=120.0, first_beat_s=offset_s, changes=changes
    )
    assert_allclose(standard.start_s[0], begins_s, atol=1e-6)
    beats_s = Tempo(120.0, offset_s, changes).beats_s(0, dance.end_s)
    assert_allclose(
        standard.end_s, [min(beats_s, key=lambda b: abs(b - e)) for e in standard.end_s]
    )
    assert_allclose(standard.start_s[1:], standard.end_s[:-1])


def test_a_dance_of_hardly_a_bar_begins_with_any_beat():
    dance = dances.song(7, moves=2, start_s=0.3)
    standard = standard_from_choreography(dance, bpm=120.0)
    assert standard.start_s[0] == 0.5


def test_moves_begin_at_the_first_beat_of_a_dance_that_starts_later():
    dance = dances.song(7, moves=6, start_s=10.0)
    standard = standard_from_choreography(dance, bpm=120.0, first_beat_s=10.5)
    assert standard.start_s[0] == 10.5
    assert standard.end_s[-1] == 22.0
    assert_allclose(
        standard.start_s * 2, np.round(standard.start_s * 2)
    )  # beats of half a second
    assert_allclose(standard.start_s[1:], standard.end_s[:-1])
    judge = judged(standard, track_of(dance.joints, start_s=10.0))
    assert judge.totals()[0] > 99
    assert [(v.start_s, v.end_s) for v in judge.verdicts] == list(
        zip(standard.start_s, standard.end_s, strict=True)
    )


@pytest.mark.parametrize(
    ("score", "lag_ms", "coverage", "grade"),
    [
        (85, 60, 1.0, "PERFECT"), (84.9, 60, 1.0, "GREAT"), (100, -61, 1.0, "GREAT"),
        (70, 100, 1.0, "GREAT"), (100, 101, 1.0, "GOOD"), (50, -150, 1.0, "GOOD"),
        (30, 200, 1.0, "OK"), (29.9, 0, 1.0, "MISS"), (100, 201, 1.0, "MISS"),
        (100, 0, 0.59, "GOOD"), (40, 0, 0.59, "OK"),
    ],
)  # fmt: skip
def test_grades(score, lag_ms, coverage, grade):
    assert grade_of(score, lag_ms / 1000, coverage, NORMAL) == grade


def test_kids_have_wider_windows():
    assert grade_of(90, 0.083, 1.0, NORMAL) == "GREAT"
    assert grade_of(90, 0.083, 1.0, KIDS) == "PERFECT"


@pytest.mark.parametrize(
    "limb", but_quick([(limb,) for limb in LIMBS], {("right_arm",), ("left_leg",)})
)
def test_hiding_a_limb_that_does_not_dance_earns_nothing(song, limb):
    still = dances.held(song.joints)
    other = "left_arm" if limb == "right_arm" else "right_arm"
    one = dances.limb_of_another(still, LIMBS[other], song.joints)
    hidden = one.copy()
    hidden[:, LIMBS[limb]] = (np.nan, np.nan, 0)
    assert (
        score_of(song.standard, noisy(hidden, 2)) <= score_of(song.standard, noisy(one, 2)) + 2
    )


def test_of_limbs_that_are_not_seen_nothing_is_told():
    song = asked(*SONGS[0])
    legless = song.joints.copy()
    legless[:, [9, 10, 12, 13]] = (np.nan, np.nan, 0)
    score, limbs, _ = judged(song.standard, track_of(legless)).totals()
    assert score > 95
    assert {"right_leg", "left_leg"}.isdisjoint(limbs)
    assert min(limbs.values()) > 95


def test_a_coach_who_is_not_seen_is_not_judged():
    dance = dances.song(5, moves=8).joints
    gone = dance.copy()
    gone[150:300] = (np.nan, np.nan, 0)
    standard = standard_from_choreography(Choreography(gone, 30.0), bpm=120.0)
    judge = judged(standard, track_of(noisy(dance, 1)))
    lost = [v for v in judge.verdicts if not v.judged]
    assert lost
    assert {v.why for v in lost} == {"not judged: the coach is not seen"}
    assert all(v.end_s > 5 and v.start_s < 10 for v in lost)
    assert judge.totals()[0] > 95
    assert judge.judged_share() == 1


@pytest.mark.parametrize(
    "deg",
    [
        10.0,
        *(pytest.param(deg, marks=pytest.mark.long) for deg in (4.0, 8.0, 12.0, 16.0, 30.0)),
    ],
)
def test_a_dance_that_repeats_itself_keeps_its_worth(deg):
    motif = dances.song(6, moves=1).joints[:-1]
    plain = np.concatenate([motif] * 8 + [motif[:1]])
    coach = dances.styled(plain, 3, deg=deg)
    standard = standard_from_choreography(Choreography(coach, 30.0), bpm=120.0)
    good = dances.styled(coach, 9, deg=15.0)
    assert standard.null < 0.4
    assert score_of(standard, noisy(good, 2)) > 80
    assert score_of(standard, noisy(dances.held(coach), 2)) <= 3


def test_a_coach_who_is_never_seen_breaks_nothing():
    dance = dances.song(5, moves=4).joints
    gone = np.full_like(dance, np.nan)
    gone[..., 2] = 0
    standard = standard_from_choreography(Choreography(gone, 30.0), bpm=120.0)
    told = report_of(judged(standard, track_of(dance)))
    assert (told.score, told.stars, told.judged) == (0, 0, 0)
