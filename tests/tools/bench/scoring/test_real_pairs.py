"""Measures on real dancers, on generated ones made into films by hand: no network, no video."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.studio.recording import Recording
from tools.bench.scoring import bench_scoring, real_pairs
from tools.bench.scoring import spoilt_dances as spoil
from tools.bench.scoring.generated_dances import FPS, STYLES, generated
from tools.bench.scoring.real_dancers import Filmed

HEIGHT = 480
GAP = slice(100, 120)  # rows in which the second dancer's left wrist is not seen
UNSEEN = (np.nan, np.nan, 0)


def film(name, joints):
    """Return joints in picture heights as a silent video of 30 pictures a second."""
    px = joints.copy()
    px[..., :2] *= HEIGHT
    return Filmed(name, Recording(np.arange(len(px)) / FPS, px, HEIGHT), None, 0.0)


def dance(seed):
    return generated(STYLES["house"], seed, length_s=8.0).joints()


@pytest.fixture(scope="module")
def films():
    again = spoil.noisy(spoil.styled(dance(1), 7, 6.0), 5)
    again[GAP, 7] = UNSEEN
    upper = dance(3)
    upper[:, spoil.LEG_JOINTS] = UNSEEN
    return {
        "tea_ann": film("tea_ann", dance(1)),
        "tea_bob": film("tea_bob", again),
        "milk": film("milk", dance(2)),
        "close": film("close", upper),
        "short": film("short", dance(4)[:120]),
    }


@pytest.fixture(scope="module")
def dances(films, tmp_path_factory):
    folder = tmp_path_factory.mktemp("videos")

    def dancer(name):
        return real_pairs.Dancer(films[name], folder / f"{name}.mp4")

    return [
        [dancer("tea_ann"), dancer("tea_bob")],
        *([dancer(name)] for name in ("milk", "close", "short")),
    ]


@pytest.fixture(scope="module")
def pair(dances):
    return real_pairs.true_pairs(dances)[0]


@pytest.fixture(scope="module")
def found(pair):
    return {one.what: one for one in real_pairs.findings_of(pair)}


def names(pairs):
    return {(pair.reference.film.name, pair.player.film.name) for pair in pairs}


def test_true_pairs_are_those_said_to_be_in_both_directions(dances):
    true = real_pairs.true_pairs(dances)
    assert names(true) == {("tea_ann", "tea_bob"), ("tea_bob", "tea_ann")}
    assert {one.dance for one in true} == {"tea"}
    assert len(real_pairs.true_pairs([*dances, dances[0]])) == 2


def test_false_pairs_are_framed_alike_long_enough_and_of_other_videos(dances):
    tea, milk, close, short = dances
    apart = {("tea_ann", "milk"), ("milk", "tea_ann"), ("tea_bob", "milk"), ("milk", "tea_bob")}
    assert names(real_pairs.false_pairs(dances)) == apart
    assert close[0].framing != milk[0].framing
    assert short[0].framing == milk[0].framing
    tea[1].video, kept = tea[0].video, tea[1].video
    two_of_one_video = real_pairs.false_pairs([[one] for one in tea])
    tea[1].video = kept
    assert two_of_one_video == []
    assert len(real_pairs.false_pairs([[one] for one in tea])) == 2


def test_a_true_pair_scores_above_a_false_one(pair, dances):
    milk = dances[1][0]
    other = real_pairs.Pair(pair.reference, milk)
    assert pair.own > 70
    assert other.own < 10


@pytest.mark.long
@pytest.mark.parametrize(
    "what", ["0.5 s late", "0.5 s early", "1 s late", "2 s early", "mirrored", "frozen"]
)
def test_what_is_spoilt_loses_the_score(found, what):
    assert found[what].held
    assert found[what].target.startswith("<=")


@pytest.mark.long
def test_everything_asked_of_a_good_pair_is_measured(found):
    assert found["score"].target == ">= 70"
    assert abs(found["lag forgiven, ms"].measured) < 40
    assert {"right arm held still costs", "left arm held still costs"} <= set(found)
    assert found["right arm held still costs"].measured > 1
    assert found["left arm held still costs"].measured > 1
    assert 0 < found["absent for half of it"].measured < 55
    assert len([what for what in found if what.endswith(("early", "late"))]) == 6


@pytest.mark.long
def test_a_pair_that_scores_little_has_nothing_to_lose(dances):
    (ann, _), (milk,) = dances[0], dances[1]
    told = {one.what: one for one in real_pairs.findings_of(real_pairs.Pair(ann, milk, "no"))}
    assert told["1 s late"].target == real_pairs.NOT_ASKED
    assert told["frozen"].target == real_pairs.NOT_ASKED
    assert not told["score"].held
    assert told["right arm held still costs"].target == ">= 1"


def test_late_is_late(pair):
    film = pair.player.film
    judged, _ = pair._report(film.track, 0.1, forgive=False)
    early, _ = pair._report(film.track, -0.1, forgive=False)
    assert judged.lag_ms - early.lag_ms == pytest.approx(200, abs=40)
    assert pair.score(late_s=0.2) > pair.score(late_s=0.2, forgive=False) + 20


def test_what_was_not_seen_stays_unseen(films):
    joints = films["tea_bob"].recording.joints
    held = real_pairs.with_limb_held(joints, "left_arm")
    assert np.isnan(held[GAP, 7, :2]).all()
    assert not held[GAP, 7, 2].any()
    reach = (held[:, 7] - held[:, 5])[np.r_[0 : GAP.start, GAP.stop : len(held)], :2]
    assert_allclose(reach, np.broadcast_to(reach[0], reach.shape), atol=1e-3)
    never = joints.copy()
    never[:, 7] = UNSEEN
    assert real_pairs.with_limb_held(never, "left_arm") is never
    still = real_pairs.frozen(joints)
    assert np.isfinite(still).all()
    assert_allclose(np.ptp(still, axis=0), 0)
    begin = joints.copy()
    begin[0] = UNSEEN
    assert np.isfinite(real_pairs.frozen(begin)).all()


def test_auc_is_the_share_of_pairs_in_the_right_order():
    assert real_pairs.auc([3.0, 2.0], [1.0, 0.0]) == 1
    assert real_pairs.auc([0.0], [1.0]) == 0
    assert real_pairs.auc([1.0], [1.0]) == 0.5
    assert real_pairs.auc([2.0, 1.0], [1.0, 0.0, 3.0]) == pytest.approx(3.5 / 6)


class Scored:
    """A pair of which only the score and the framing are known."""

    def __init__(self, own, framing):
        self.own, self.framing, self.name = own, framing, f"{framing} {own}"


def test_auc_is_kept_apart_by_framing():
    true = [Scored(80, "whole body"), Scored(30, "upper body")]
    false = [Scored(k, "whole body") for k in (0, 1, 2, 40, 4, 5)]
    told = real_pairs.separation(true, false)
    largest = [one.measured for one in told if one.number == 8]
    areas = {one.what: one for one in told if one.number == 9}
    assert largest == [40, 5, 4, 2, 1]
    assert areas["AUC"].measured == pytest.approx(11 / 12)
    assert not areas["AUC"].held
    assert areas["AUC, whole body"].held
    assert "AUC, upper body" not in areas
    assert real_pairs.separation(true, []) == []


@pytest.fixture
def run(films, tmp_path, monkeypatch, capsys):
    """Return what runs the command over hand-made videos, in ``tmp_path``."""

    def seen(video, eyes, *, kept_in, dancers=1):
        return [films[video.stem]] if dancers == 1 else [films["tea_ann"], films["tea_bob"]]

    monkeypatch.setattr(real_pairs, "filmed", seen)
    monkeypatch.setattr(bench_scoring, "wished_eyes", lambda settings: None)
    monkeypatch.chdir(tmp_path)
    for name in ("tea", *films):
        (tmp_path / f"{name}.mp4").touch()

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["bench_scoring", *words])
        code = bench_scoring.main()
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_the_command_prints_each_line_with_its_target(run, monkeypatch):
    monkeypatch.setattr(real_pairs, "findings_of", lambda pair: [
        real_pairs.at_most(5, "frozen", 3, 4.0), real_pairs.at_least(1, "score", 70, 71.0),
    ])  # fmt: skip
    code, out, _ = run("--group", "tea.mp4", "2", "--strictness", "kids")
    assert code == 0
    assert "tea_bob after tea_ann (whole body)" in out
    assert "tea_ann after tea_bob (whole body)" in out
    lines = out.splitlines()
    assert any("frozen" in line and "NOT HELD" in line for line in lines)
    assert any("score" in line and line.endswith("  held") for line in lines)
    assert lines[-1] == "2 of 4 held"


def test_the_command_prints_json(run):
    code, out, _ = run("--other", "milk.mp4", "--other", "close.mp4", "--json")
    assert code == 0
    assert json.loads(out) == {"true": [], "false": [], "apart": []}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--other", "gone.mp4"), "gone.mp4: no such video"),
        (("--group", "tea.mp4", "some"), "--group: some dancers"),
        (("--group", "tea.mp4", "1"), "--group: 1 dancers"),
    ],
)
def test_what_cannot_be_measured_is_said(run, words, why):
    code, _, err = run(*words)
    assert code == 2
    assert why in err


def test_terms_reach_the_standard(films, tmp_path, monkeypatch):
    monkeypatch.setattr(real_pairs, "filmed", lambda *a, **k: [films["short"]])
    video = tmp_path / "short.mp4"
    video.touch()
    terms = real_pairs.Terms(strictness="pro")
    dances = real_pairs.dances_in(
        [(video, video)], [], [video], None, kept_in=tmp_path, terms=terms
    )
    assert dances[0][0] is dances[1][0]
    assert dances[0][0].standard.terms == terms
    assert real_pairs.true_pairs(dances) == []
