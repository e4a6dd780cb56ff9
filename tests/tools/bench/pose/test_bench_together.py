"""Who is told from whom is measured on sightings that are known; nobody runs through anybody."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.library.standards import standard_of
from tests import dances as generated
from tools.bench.pose.bench_together import ASIDE, EVERY, Seen, crossed, threads_of, told_of
from tools.bench.pose.drawn_group import FPS, troupe

SECONDS, LATER_S = 10.0, 0.06
DANCE = generated.song(5, moves=6)


@pytest.fixture(scope="module")
def danced():
    """Two who cross, one 60 ms later than the other, and what their dance asks."""
    drawn = troupe([DANCE] * 2, [0.0, LATER_S], from_s=0.0, seconds=SECONDS, aside=ASIDE)
    return drawn, standard_of(SongPack("a song", "", 120.0, (DANCE,), None), USUAL)


def sightings(drawn, exchanged=()):
    """Both places' poses as they were drawn, given to each other in these looks."""
    tracks = [[], []]
    for look, row in enumerate(range(0, len(drawn.at_s), EVERY)):
        poses = []
        for joints in drawn.joints[:, row].astype(np.float32):
            joints[:, 2] = 0.9
            poses.append(Pose(joints))
        for track, pose in zip(
            tracks, poses[::-1] if look in exchanged else poses, strict=True
        ):
            track.append((float(drawn.at_s[row]), pose))
    return Seen(tracks, 0.0, len(tracks[0]), "")


def test_right_sightings_are_right(danced):
    drawn, standard = danced
    told = told_of(drawn, sightings(drawn), standard)
    assert told.off == []
    assert told.others == 0.0
    assert told.apart_ms == pytest.approx(1000 * LATER_S, abs=10)
    assert told.scores == told.at_best


def test_moves_of_another_are_listed_with_their_time(danced):
    drawn, standard = danced
    exchanged = range(30, 70)
    told = told_of(drawn, sightings(drawn, exchanged), standard)
    assert told.others == pytest.approx(len(exchanged) / (SECONDS * FPS / EVERY))
    begin_s, end_s = 3.0, 7.0
    inside = [one for one in told.off if begin_s <= one.start_s and one.end_s <= end_s]
    assert {one.place for one in inside} == {0, 1}
    assert all(one.own == 0 and one.poses > 0 for one in inside)
    assert all(one.end_s > begin_s and one.start_s < end_s for one in told.off)
    assert 0 < len(told.off) < told.moves


@pytest.mark.parametrize("people", [2, 3])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_who_cross_pass_each_other(people, seed):
    late_s = [0.0] * people
    drawn = troupe(
        [DANCE] * people, late_s, from_s=0.0, seconds=SECONDS, seed=seed, aside=ASIDE
    )
    assert crossed(drawn) >= 2
    for a in range(people):
        for b in range(a):
            between = np.linalg.norm(drawn.floor[a] - drawn.floor[b], axis=1)
            assert between.min() >= 2 * ASIDE - 1e-6  # body heights


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 3)])
def test_the_networks_leave_the_window_a_core(cores, threads):
    assert threads_of(cores) == threads
