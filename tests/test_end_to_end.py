"""Drawn dancers through the real network and the live stages; the truth is known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.engines.choose import open_eyes
from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Choreography, Frame
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.pose.watcher import Watcher
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.report import report_of
from kpopdance.realtime.scoring.standard import standard_from_choreography
from tests import dances

FPS = 15.0
FIRST_S, LAST_S = 32.0, 46.0  # the chorus: seven moves


@pytest.fixture(scope="module")
def song():
    return load_pack(BUNDLED / "neon-steps")


@pytest.fixture(scope="module")
def chorus(song):
    lead = song.members[song.lead]
    rows = slice(round(FIRST_S * lead.fps), round(LAST_S * lead.fps) + 1)
    return Choreography(lead.joints[rows].copy(), lead.fps)


@pytest.fixture(scope="module")
def scores(chorus):
    eyes = open_eyes()
    standard = standard_from_choreography(chorus, bpm=120)
    other = dances.song(99, moves=7)
    dancers = {
        "on time": DrawnDancer(chorus),
        "late": DrawnDancer(chorus, DancerStyle(lateness_s=0.1)),
        "small": DrawnDancer(chorus, DancerStyle(amplitude=0.6)),
        "still": DrawnDancer(chorus, DancerStyle(still=True)),
        "another dance": DrawnDancer(other),
    }
    return {name: perform(dancer, standard, eyes) for name, dancer in dancers.items()}


def perform(dancer, standard, eyes):
    studio, watcher, track = DrawnRoom(dancer.picture), Watcher(eyes), PoseTrack()
    for index, song_s in enumerate(np.arange(-0.5, LAST_S - FIRST_S + 0.7, 1 / FPS)):
        image = studio.take([(dancer.joints(float(song_s)), OUTFITS[0])], index)
        track.add(float(song_s), watcher.watch(Frame(image, float(song_s), index))[0])
    judge = Judge(standard)
    judge.step(track, np.inf)
    return report_of(judge)


@pytest.mark.long
def test_the_real_network_sees_a_perfect_dance_as_one(scores):
    assert scores["on time"].score >= 95
    assert abs(scores["on time"].lag_ms) < 17


@pytest.mark.long
def test_scores_are_ordered(scores):
    order = ["on time", "late", "small", "still"]
    values = [scores[name].score for name in order]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[1] > values[2] > values[3]


@pytest.mark.long
def test_lateness_is_measured_through_the_camera(scores):
    assert scores["late"].lag_ms == pytest.approx(100, abs=17)


@pytest.mark.long
@pytest.mark.parametrize("cheat", ["still", "another dance"])
def test_cheats_earn_nothing(scores, cheat):
    assert scores[cheat].score <= 5


def test_the_bundled_song_has_a_full_standard(song):
    standard = standard_of(song, USUAL)
    lengths = standard.end_s - standard.start_s
    assert 30 <= len(lengths) <= 50
    assert 0.5 <= lengths.min() < 2 < lengths.max() <= 4
    beats = (standard.start_s - song.offset_s) * song.bpm / 60
    assert beats == pytest.approx(np.round(beats), abs=1e-6)
    assert 0.1 < standard.null < 0.6
    assert len(song.members) == 3
    assert 60 <= song.length_s <= 90
    assert 110 <= song.bpm <= 130


@pytest.mark.long
def test_the_dancer_is_held_while_somebody_walks_through(chorus):
    """Another person crosses the picture in front of the dancer, hiding her for a moment."""
    dancer, walker = DrawnDancer(chorus), DrawnDancer(chorus, DancerStyle(still=True))
    studio, watcher = DrawnRoom(dancer.picture), Watcher(open_eyes())
    near = []
    for index in range(43):
        at_s = index / 10
        truth, passer = dancer.joints(at_s), walker.joints(0.0).copy()
        passer[:, :2] += (220 * (at_s - 0.5) - 160 - passer[:, 0].mean(), 15)
        people = [(truth, OUTFITS[0]), (passer, OUTFITS[2])]
        pose = watcher.watch(Frame(studio.take(people, index), at_s, index))[0]
        if pose is not None:
            apart = [_apart(pose.joints, joints) for joints in (truth, passer)]
            near.append(apart[0] < max(25, apart[1]))  # px; 25 while one hides the other
    assert len(near) >= 40
    assert all(near)


def _apart(found, truth):
    seen = found[:, 2] > 0
    return float(np.median(np.linalg.norm(found[seen, :2] - truth[seen, :2], axis=1)))
