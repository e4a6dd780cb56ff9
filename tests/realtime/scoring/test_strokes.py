from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpopdance.realtime.core.track import FILTER_LAG_S
from kpopdance.realtime.scoring.calibration import answers_of, clicks_s
from kpopdance.realtime.scoring.strokes import strike_choreography, strokes


def seen(*, late_s=0.0, fps=30.0, px=2.0, seed=0, keep=1.0, scale=480.0):
    """A striking dancer as a camera of a rate sees it: song seconds, joints px."""
    dance = strike_choreography()
    rng = np.random.default_rng(seed)
    at_s = np.arange(0.5, dance.end_s - 0.5, 1 / fps) + rng.uniform(0, 1 / fps)
    at_s = at_s[rng.uniform(size=len(at_s)) < keep]
    rows = np.stack([_row(dance, s - late_s - FILTER_LAG_S) for s in at_s])
    rows[..., :2] = scale * rows[..., :2] + rng.normal(0, px, rows[..., :2].shape)
    return at_s, rows


def _row(dance, song_s):
    at = min(max(song_s * dance.fps, 0), len(dance.joints) - 1.001)
    row, share = int(at), at % 1
    return dance.joints[row] * np.float32(1 - share) + dance.joints[row + 1] * np.float32(share)


@pytest.mark.parametrize("late_ms", [0, 60, 120, 180, 240, 300, 600])
@pytest.mark.parametrize("fps", [15.0, 24.0, 30.0, 60.0])
def test_a_late_camera_is_seen_in_the_strokes(late_ms, fps):
    answers = answers_of(strokes(*seen(late_s=late_ms / 1000, fps=fps)))
    assert answers.sure
    assert abs(1000 * answers.lag_s - late_ms) < (10 if fps > 20 else 15)


@given(
    late_s=st.floats(0, 0.6), fps=st.floats(15, 60), px=st.floats(0, 4), seed=st.integers(0, 999),
    keep=st.floats(0.9, 1), scale=st.floats(200, 1080),
)  # fmt: skip
@settings(deadline=None, max_examples=40, derandomize=True)
def test_cameras_of_all_kinds(late_s, fps, px, seed, keep, scale):
    px *= scale / 480
    at_s, joints = seen(late_s=late_s, fps=fps, px=px, seed=seed, keep=keep, scale=scale)
    answers = answers_of(strokes(at_s, joints))
    assert answers.sure
    assert abs(answers.lag_s - late_s) < 0.02


@pytest.mark.parametrize("fps", [3.0, 5.0, 8.0])
def test_who_is_looked_at_too_seldom_is_not_believed(fps):
    assert not answers_of(strokes(*seen(late_s=0.12, fps=fps))).sure


def test_each_click_is_struck_once():
    at_s, joints = seen(px=0.0)
    hits = strokes(at_s, joints)
    assert len(hits) == len(clicks_s())


@pytest.mark.parametrize("what", ["still", "one arm", "slowly", "unseen", "nothing", "nobody"])
def test_what_is_no_stroke(what):
    at_s, joints = seen(px=1.0)
    joints = joints.copy()
    if what == "still":
        joints[:] = joints[:1]
    if what == "one arm":
        joints[:, 7] = np.nan, np.nan, 0
    if what == "slowly":
        for wrist in (4, 7):
            joints[:, wrist, 1] = 240 + 60 * np.sin(2 * np.pi * at_s / 6)
    if what == "unseen":
        joints[:] = np.nan, np.nan, 0
    if what == "nothing":
        at_s, joints = at_s[:0], joints[:0]
    if what == "nobody":
        at_s, joints = at_s[:2], joints[:2]
    assert len(strokes(at_s, joints)) == 0
