"""Delays that were put in are found: in fake time, and with the drawn dancer."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.play import make_kit
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.core.track import FILTER_LAG_S
from kpopdance.realtime.core.types import Frame, Pose
from kpopdance.realtime.home.measuring import Measuring, Strokes, open_measuring
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.scoring.calibration import ENOUGH, LENGTH_S, answers_of, clicks_s
from kpopdance.realtime.scoring.strokes import strike_choreography
from tests.fakes import FakeClock, ScriptedCamera, SilentAudio
from tests.realtime.home.measured_rooms import Room
from tools.bench.run.bench_calibration import LAGS_MS, measured

FPS = 30
IMAGE = np.zeros((48, 64, 3), np.uint8)


class Striker:
    """Somebody who strikes so much later; a frame's number is when it was taken."""

    looks = ()

    def __init__(self, late_s):
        self._dance, self._late_s = strike_choreography(), late_s
        self.seen = threading.Event()

    def watch(self, frame):
        song_s = frame.index / FPS - self._late_s - FILTER_LAG_S
        joints = self._dance.row(max(song_s, 0.0)) * np.float32([480, 480, 1])
        self.seen.set()
        return [Pose(joints)]


def struck(late_s, until=LENGTH_S):
    """A measuring by strokes, gone through."""
    clock, camera, striker = FakeClock(), ScriptedCamera(), Striker(late_s)
    speaker = SilentAudio(clock)
    measuring = Measuring(
        speaker, Strokes(camera, striker, clock, lambda _: camera.close()), clock
    )
    measuring.begin()
    try:
        for index in range(round(until * FPS)):
            if not measuring.tick():
                break
            striker.seen.clear()
            camera.put(Frame(IMAGE, clock.at_s, index))
            assert striker.seen.wait(60)
            clock.at_s += 1 / FPS
    finally:
        measuring.close()
    assert camera.closed
    assert speaker.closed
    return measuring


@pytest.mark.parametrize("late_ms", LAGS_MS)
def test_a_late_camera_is_found_by_strokes(late_ms):
    found = struck(late_ms / 1000)
    assert found.trouble == ""
    assert abs(found.measured.lag_ms - late_ms) < 10


def test_half_a_minute_is_enough():
    found = struck(0.1)
    assert found.song_s < 20
    few = struck(0.1, until=8)
    assert f"of {ENOUGH} strokes were seen" in few.trouble


def test_answers_that_scatter_are_refused():
    class Scattered(Strokes):
        def count(self):
            return answers_of(clicks_s()[4:16] + np.tile([0.0, 0.2, 0.25], 4)), None

    clock, camera = FakeClock(), ScriptedCamera()
    answering = Scattered(camera, Striker(0.0), clock, lambda _: camera.close())
    measuring = Measuring(SilentAudio(clock), answering, clock)
    measuring.begin()
    for _ in range(3):
        measuring.tick()
        clock.at_s += 1
    measuring.close()
    assert "The strokes lie" in measuring.trouble
    assert "more than 60" in measuring.trouble


def test_without_sound_nothing_can_be_answered(tmp_path):
    room = Room(tmp_path)
    silent = Health("sound", Cause.NEVER_OPENED, "There is no sound output.", "Plug one in.")
    speaker = SilentAudio(room.clock)
    speaker.health = silent
    with pytest.raises(DanceError, match="clicks cannot be heard"):
        open_measuring(replace(room.kit, open_speaker=lambda *_: speaker), "claps")
    assert speaker.closed


@pytest.mark.long
@pytest.mark.parametrize("late_ms", LAGS_MS)
def test_a_late_dancer_is_seen_by_the_real_networks(late_ms):
    kit = make_kit(Settings(camera="dancer"), f"lateness_ms={late_ms}")
    try:
        found = measured(kit, "strokes")
    finally:
        kit.close()
    assert found.trouble == ""
    assert abs(found.measured.lag_ms - late_ms) < 10
