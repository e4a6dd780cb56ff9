"""What judging costs while a song is danced; run ``pytest -m bench -s``."""

from time import perf_counter

import numpy as np
import pytest

from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.scoring.alignment import DtwStream
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.standard import standard_from_choreography
from kpopdance.realtime.scoring.timing import BAND_ROWS
from tests import dances

pytestmark = pytest.mark.bench

LIVE_STEP_MS = 0.2


def test_a_live_step_of_the_alignment():
    rows = np.random.default_rng(1).uniform(0, 1, (3000, 1, 2 * BAND_ROWS + 1))
    stream, took = DtwStream(), []
    for row in rows:
        began = perf_counter()
        stream.step(row)
        took.append(perf_counter() - began)
    told("one row against 21 lags", took)
    assert np.median(took) * 1000 < LIVE_STEP_MS


@pytest.mark.parametrize("bpm", [80.0, 120.0, 160.0])
def test_a_frame_and_a_verdict(bpm):
    dance = dances.song(1, bpm=bpm, moves=16)
    standard = standard_from_choreography(dance, bpm=bpm)
    judge, track = Judge(standard), PoseTrack()
    frames, verdicts = [], []
    for k, joints in enumerate(dance.joints):
        pose = Pose(joints * np.float32((480, 480, 1)))
        began = perf_counter()
        track.add(k / 30, pose)
        fresh = judge.step(track, k / 30)
        (verdicts if fresh else frames).append(perf_counter() - began)
    told(f"{bpm:.0f} bpm: a frame without verdict", frames)
    told(f"{bpm:.0f} bpm: a frame with a verdict", verdicts)
    mean_ms = 1000 * (sum(frames) + sum(verdicts)) / len(dance.joints)
    print(
        f"{bpm:.0f} bpm: {mean_ms:.3f} ms a frame on average, verdicts spread over the frames"
    )
    assert np.median(frames) * 1000 < LIVE_STEP_MS


def told(what, took):
    p50, p99 = np.percentile(np.array(took) * 1000, [50, 99])
    print(f"{what}: {p50:.3f} ms p50, {p99:.3f} p99 ({len(took)})")
