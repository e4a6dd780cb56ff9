"""What the set-up page is told of cameras and outputs, and what the doctor tells while one plays."""

from __future__ import annotations

import dataclasses

import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.cameras import Cameras
from kpopdance.realtime.commands.fitting import fitting_of
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.dance.kit import Kit
from kpopdance.realtime.devices import sound, sound_system, webcam
from kpopdance.realtime.devices.sound_system import SoundDevice
from kpopdance.realtime.devices.webcam import FoundCamera, camera_index
from kpopdance.realtime.library.settings import Settings, read_settings
from kpopdance.realtime.shell.beside import Later
from tests.fakes import FakeClock, PaintedVision, eyes_of


@pytest.fixture
def fitting(tmp_path, monkeypatch):
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    return fitting_of(Cameras(Settings(), FakeClock()), tmp_path / "mine.toml")


@pytest.mark.parametrize(
    ("names", "sources"),
    [
        (["Good", "Wide"], ["Good", "Wide"]),
        (["C920", "C920"], ["0", "2"]),
        (["Cam", "Cam Pro"], ["0", "Cam Pro"]),  # a name that is part of another's means both
        (["", "7"], ["0", "2"]),
        ([], []),
    ],
)
def test_cameras_are_set_by_a_name_that_finds_them_again(fitting, monkeypatch, names, sources):
    found = [FoundCamera(2 * k, name) for k, name in enumerate(names)]
    monkeypatch.setattr(webcam, "list_cameras", lambda: found)
    told = fitting.cameras()
    assert [one.source for one in told] == sources
    assert [str(camera_index(one.source)) for one in told] == [one.number for one in told]


def test_outputs_of_one_name_are_told_apart(fitting, monkeypatch):
    devices = [
        SoundDevice(0, "Speakers", "MME", 2, False), SoundDevice(1, "Speakers", "WASAPI", 2, True),
        SoundDevice(2, "HDMI", "WASAPI", 2, False),
    ]  # fmt: skip
    monkeypatch.setattr(sound_system, "list_sound_devices", lambda kind: devices)
    assert fitting.outputs() == ("Speakers, MME", "Speakers, WASAPI", "HDMI")
    kinds = []
    monkeypatch.setattr(
        sound_system, "list_sound_devices", lambda kind: kinds.append(kind) or []
    )
    assert fitting.microphones() == ()
    assert kinds == ["input"]

    def none(kind):
        raise DanceError("no PortAudio")

    monkeypatch.setattr(sound_system, "list_sound_devices", none)
    assert fitting.outputs() == ()


def test_what_is_set_is_kept_in_the_file_that_was_named(fitting, tmp_path):
    fitting.keep({"volume": 30, "camera": "Good"})
    assert read_settings(tmp_path / "mine.toml") == Settings(volume=30, camera="Good")
    assert read_settings() == Settings()


def test_the_doctor_tells_the_same_while_a_game_goes_on(fitting, tmp_path, monkeypatch):
    lost = Health("camera", Cause.LOST, "Camera lost.", "Look at its cable.")
    monkeypatch.setattr(sound, "sound_health", lambda clock, device: (Health("sound"), []))
    kit = Kit(
        seeing=Later.here(eyes_of(PaintedVision({0: None}))), clock=FakeClock(),
        settings=Settings(library=str(tmp_path)), store=None, open_camera=None, close_camera=None,
        open_speaker=None, read_audio=None, camera_health=lambda: lost,
    )  # fmt: skip
    found = fitting.found(kit)
    assert set(found) == {"game", "network", "gpu", "camera", "sound", "songs", "settings"}
    assert found["camera"]["todo"] == "Look at its cable."
    assert "painted" in found["network"]["found"]
    well = dataclasses.replace(kit, camera_health=lambda: Health("camera"))
    assert fitting.found(well)["camera"]["found"]
