"""The pictures of the scoring bench: what is drawn, and that a picture comes out."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from tools.bench.scoring import bench_scoring, scoring_plots
from tools.bench.scoring.generated_dances import STYLES, choreography, generated
from tools.bench.scoring.scoring_battery import Subject

PNG = b"\x89PNG\r\n\x1a\n"
WORST = {"Early and late": 300, "Smaller and larger than the coach": 0, "Another style": 60}


@pytest.fixture(scope="module")
def song():
    figure = generated(STYLES["idol"], 7, length_s=6.5)
    return Subject("idol", choreography(figure), STYLES["idol"].bpm)


@pytest.fixture(scope="module")
def panels():
    """Return the panels with two values each: as the song is, and as bad as it gets."""
    best = {"Smaller and larger than the coach": 1.0}
    return [
        scoring_plots.Panel(
            one.title, one.unit,
            np.array([best.get(one.title, 0.0), WORST.get(one.title, one.at[-1])], float),
            one.score, one.targets,
        )
        for one in scoring_plots.PANELS
    ]  # fmt: skip


@pytest.fixture(scope="module")
def told(song, panels):
    return scoring_plots.curves([song], panels)


class FakePair:
    """A true pair whose player is 0.1 s late; the lag is told only if it is judged."""

    dance, framing = "tea", "whole body"

    def __init__(self, own=80.0):
        self.own = own

    def score(self, joints=None, *, late_s=0.0, forgive=True):
        return self.own if forgive or abs(late_s + 0.1) < 0.05 else 0.0


class FalsePair(FakePair):
    dance = ""


@pytest.mark.long
def test_there_is_a_curve_per_strictness_and_spoiling_costs(told, panels):
    assert list(told) == ["kids", "normal", "pro"]
    for scores in told.values():
        assert [each.shape for each in scores] == [(1, 2)] * 4
        for panel, each in zip(panels, scores, strict=True):
            assert each[0, 0] > 95
            assert each[0, 1] < (20 if panel.title in WORST else each[0, 0] + 1e-9)
    kids, pro = (float(np.sum(told[name])) for name in ("kids", "pro"))
    assert kids > pro


def test_published_targets_are_marked_where_they_belong():
    late, size, *others = scoring_plots.PANELS
    assert late.targets[100] == (70, 80)
    assert size.targets == {0.6: (50, 70)}
    assert not any(panel.targets for panel in others)
    for panel in scoring_plots.PANELS:
        assert (np.diff(panel.at) > 0).all()
        assert all(panel.at[0] <= at <= panel.at[-1] for at in panel.targets)


def test_the_songs_picture_is_a_png(panels, tmp_path):
    told = {"kids": [np.ones((1, len(one.at))) for one in panels]}
    pytest.importorskip("matplotlib")
    out = tmp_path / "scoring.png"
    scoring_plots.scoring(told, out, panels)
    assert out.read_bytes().startswith(PNG)


def test_shifts_are_judged_not_forgiven():
    scores = scoring_plots.shifted([FakePair()], np.array([-0.1, 0.0, 2.0]))
    assert scores.tolist() == [[80, 0, 0]]
    assert scoring_plots.SHIFTS_S[0] == -2
    assert np.diff(scoring_plots.SHIFTS_S) == pytest.approx(0.1)


@pytest.mark.parametrize("false", [[], [FalsePair(0.0), FalsePair(0.0), FalsePair(4.0)]])
@pytest.mark.parametrize("true", [[], [FakePair(), FakePair(60.0)]])
def test_the_dancers_picture_is_a_png(true, false, tmp_path):
    pytest.importorskip("matplotlib")
    out = tmp_path / "real.png"
    scoring_plots.real(true, false, out, np.array([-1.0, 0.0, 1.0]))
    assert out.read_bytes().startswith(PNG)


def test_dots_of_like_scores_lie_beside_each_other():
    places = scoring_plots._spread(np.array([0.0, 0.0, 0.0, 50.0]))
    assert len(set(places[:3].tolist())) == 3
    assert places[3] == 0
    assert np.abs(scoring_plots._spread(np.zeros(99))).max() <= 0.4


def test_a_missing_matplotlib_is_said(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(sys, "argv", ["bench_scoring", "--plot", str(tmp_path)])
    assert bench_scoring.main() == 2
    assert "pip install -e .[bench]" in capsys.readouterr().err


def test_the_command_draws_the_songs(monkeypatch, tmp_path, song, panels):
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(scoring_plots, "drawn_songs", lambda count: [song] * count)
    monkeypatch.setattr(scoring_plots, "curves", lambda songs: {
        "pro": [np.ones((len(songs), len(one.at))) for one in scoring_plots.PANELS]
    })  # fmt: skip
    folder = tmp_path / "new"
    monkeypatch.setattr(sys, "argv", ["bench_scoring", "--songs", "1", "--plot", str(folder)])
    assert bench_scoring.main() == 0
    assert (folder / "scoring.png").read_bytes().startswith(PNG)
