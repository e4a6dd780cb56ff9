"""kpopdance calibrate: what is measured is told, and kept where that is asked for."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kpopdance.realtime.__main__ import main
from kpopdance.realtime.commands import calibrate
from kpopdance.realtime.home.measuring import Measuring
from kpopdance.realtime.library.delays import NO_CAMERA, Measured
from kpopdance.realtime.library.store import Store, store_file
from kpopdance.realtime.scoring.calibration import Answers
from tests.fakes import FakeClock, SilentAudio


class Answering:
    """Somebody who answered twelve times, so much later than the clicks that were heard."""

    health, remedy, sighting = (), "try again", None

    def __init__(self, way, lags_s, clicks_s):
        self.way, self._told, self.closed = way, (Answers(lags_s), clicks_s), False

    def begin(self, song):
        pass

    def attend(self):
        pass

    def count(self):
        return self._told

    def close(self):
        self.closed = True


@pytest.fixture
def answered(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    def by(way, lags_s, clicks_s=None):
        clock = FakeClock()
        measuring = Measuring(SilentAudio(clock), Answering(way, lags_s, clicks_s), clock)

        class Turning:
            def wait(self, timeout_s):
                clock.at_s += timeout_s

        monkeypatch.setattr(calibrate, "Event", Turning)
        monkeypatch.setattr(calibrate, "open_measuring", lambda kit, asked: measuring)
        monkeypatch.setattr(
            "kpopdance.realtime.commands.sound.Sounding.name", property(lambda self: "Boombox")
        )
        return measuring

    return by


def test_what_is_found_is_told_and_nothing_changed(answered, capsys):
    measuring = answered("claps", np.full(12, 0.12), 0.142)
    assert main(["calibrate", "--microphone", "--camera", "dancer"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("Your speaker is 142 ms late.\n")
    assert "Nothing is changed" in told.err
    assert measuring.answering.closed
    assert Store(store_file()).delays() == {}


def test_what_is_kept_is_used_and_told_as_json(answered, capsys):
    answered("claps", np.full(12, 0.12), 0.142)
    assert main(["calibrate", "--microphone", "--camera", "dancer", "--keep", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["speaker_ms"], told["camera_ms"], told["lag_ms"]) == (142, None, 142)
    answered("strokes", np.full(12, 0.216))
    assert main(["calibrate", "--arms", "--camera", "dancer", "--keep", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rounded = [round(told[key], 3) for key in ("speaker_ms", "camera_ms", "lag_ms")]
    assert rounded == [142, 96, 238]
    assert told["kept"]
    assert Store(store_file()).delays() == {
        ("Boombox", NO_CAMERA): Measured(142.0, -22.0), ("Boombox", "dancer"): Measured(216.0),
    }  # fmt: skip


def test_what_is_kept_is_taken_off(answered, capsys):
    answered("strokes", np.full(12, 0.216))
    assert main(["calibrate", "--arms", "--camera", "dancer", "--keep"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Speaker and camera together are 216 ms late.\n216 ms are taken off")


def test_too_few_answers_are_one_sentence(answered, capsys):
    answered("strokes", np.full(3, 0.1))
    assert main(["calibrate", "--arms", "--camera", "dancer", "--keep"]) == 2
    told = capsys.readouterr()
    assert "3 of 12 strokes were seen: try again." in told.err
    assert told.out == ""
    assert Store(store_file()).delays() == {}


def test_a_way_must_be_named(capsys):
    assert main(["calibrate"]) == 2
    assert "--microphone --arms" in capsys.readouterr().err
