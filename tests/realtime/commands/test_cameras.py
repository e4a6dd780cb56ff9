"""What each source opens, who closes it, and how the drawn dancer's style is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.cameras import STYLE_HELP, Cameras, style_from
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.core.ports import CameraState
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices import camera as webcams
from kpopdance.realtime.devices.drawn_camera import DrawnCamera
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, Proportions
from kpopdance.realtime.devices.video_file import VideoCamera
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.devices.webcam import FoundCamera
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.settings import Settings
from tests.fakes import FakeClock

SONG = load_pack(Path(__file__).resolve().parents[3] / "songs" / "neon-steps")


class Webcam:
    """Remembers what was asked of it."""

    opened: list[Webcam]

    def __init__(self, request, clock):
        self.request, self.clock, self.closed = request, clock, 0
        self.lost, self.retried = False, 0
        self.opened.append(self)

    def state(self):
        health = Health("camera", Cause.LOST) if self.lost else Health("camera")
        return CameraState("webcam", "", None, None, 0, health)

    def retry(self):
        self.retried += 1

    def close(self):
        self.closed += 1


@pytest.fixture
def webcam(monkeypatch):
    monkeypatch.setattr(webcams, "LiveCamera", Webcam)
    Webcam.opened = []
    return Webcam


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "me.mp4"
    writer = VideoWriter(path, 25.0)
    for k in range(3):
        writer.add(np.full((48, 64, 3), 80 * k, np.uint8), k / 25)
    writer.finish()
    writer.close()
    return path


def cameras(source, style="", **settings):
    return Cameras(Settings(camera=source, **settings), FakeClock(), style)


def test_a_webcam_is_asked_what_the_settings_say_and_kept_between_songs(webcam):
    place = cameras("BRIO", camera_width=800, camera_height=600, camera_fps=60)
    assert place.live
    camera = place.open(SONG, lambda: None)
    assert camera.request == webcams.CameraRequest("BRIO", 800, 600, 60)
    place.close(camera)
    assert place.open(SONG, lambda: None) is camera
    assert (len(webcam.opened), camera.closed) == (1, 0)
    place.shut()
    place.shut()
    assert camera.closed == 1
    assert place.open(SONG, lambda: None) is not camera


def test_a_phone_is_a_webcam_by_address(webcam):
    place = cameras("http://10.0.0.2:8080/video")
    assert place.live
    assert place.open(SONG, lambda: None).request.source == "http://10.0.0.2:8080/video"


def test_a_video_is_opened_anew_for_every_song(film, webcam):
    place = cameras(str(film))
    assert not place.live
    first, second = (place.open(SONG, lambda: None) for _ in range(2))
    try:
        assert isinstance(first, VideoCamera)
        assert first is not second
        assert first.newest(5.0).image.shape == (48, 64, 3)
    finally:
        for camera in (first, second):
            place.close(camera)
    assert not first._thread.is_alive()
    assert webcam.opened == []


def test_the_drawn_dancer_dances_in_the_style_that_was_asked_for(webcam):
    place = cameras("dancer", style="absent=0-900")
    assert not place.live
    pictures = []
    for opened in (place, cameras("dancer")):
        camera = opened.open(SONG, lambda: 5.0)
        try:
            assert isinstance(camera, DrawnCamera)
            pictures.append(camera.newest(5.0).image.astype(int))
        finally:
            opened.close(camera)
        assert not camera._thread.is_alive()
    assert np.abs(pictures[0] - pictures[1]).max() > 50  # an empty room, and somebody in it
    assert webcam.opened == []


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("", DancerStyle()),
        ("lateness_ms=-100", DancerStyle(lateness_s=-0.1)),
        ("amplitude=0.6, noise_deg=8", DancerStyle(amplitude=0.6, noise_deg=8.0)),
        ("dropped=0.2,mirrored", DancerStyle(dropped=0.2, mirrored=True)),
        ("still,", DancerStyle(still=True)),
        ("absent=10-20,absent=30.5-31", DancerStyle(absent=((10, 20), (30.5, 31)))),
        ("arms=1.1,legs=0.9", DancerStyle(proportions=Proportions(arm=1.1, leg=0.9))),
        ("torso=1.2,shoulders=0.8", DancerStyle(proportions=Proportions(torso=1.2, shoulder=0.8))),
    ],
)  # fmt: skip
def test_a_style_in_words(text, style):
    assert style_from(text, Settings()) == ((style,), None)


def test_of_several_each_may_dance_otherwise():
    text = "people=3,lateness_ms=0/60,noise_deg=2,arms=1/1/1.2,absent=1-2"
    told = style_from(text, Settings())
    arms = (Proportions(), Proportions(), Proportions(arm=1.2))
    assert told.people == 3
    assert told.styles == tuple(
        DancerStyle(late_s, 1.0, 2.0, proportions=arm, absent=((1, 2),), seed=seed)
        for seed, (late_s, arm) in enumerate(zip((0.0, 0.06, 0.0), arms, strict=True))
    )


def test_several_dance_the_members_parts_in_a_wider_picture(webcam):
    assert cameras("dancer").picture_size == (640, 480)
    place = cameras("dancer", style="people=2")
    camera = place.open(SONG, lambda: 5.0)
    try:
        image = camera.newest(5.0).image
    finally:
        place.close(camera)
    assert place.picture_size == (image.shape[1], image.shape[0]) == (720, 480)


def test_another_song_may_be_danced():
    styles, song = style_from("dances=neon-steps,mirrored", Settings())
    assert styles == (DancerStyle(mirrored=True),)
    assert song.slug == SONG.slug


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("speed=2", "'speed' is no word of it"),
        ("amplitude=much", "much"),
        ("amplitude=2", "amplitude lies in 0..1.5"),
        ("dropped=-1", "dropped time lies in 0..1"),
        ("lateness_ms=nan", "must be numbers"),
        ("absent=10", "could not convert"),
        ("legs=", "could not convert"),
        ("people=two", "two"),
        ("people=2,amplitude=1/wide", "wide"),
        ("people=0", "people are 1 to 6"),
    ],
)
def test_a_style_that_cannot_be_is_refused_in_one_sentence(text, told):
    with pytest.raises(DanceError) as error:
        style_from(text, Settings())
    said = str(error.value)
    assert said.startswith(f"--dancer-style {text}: ")
    assert told in said
    assert said.endswith(STYLE_HELP)
    assert "\n" not in said


def test_a_song_that_is_not_there_is_refused():
    with pytest.raises(DanceError, match="no-such-song"):
        style_from("dances=no-such-song", Settings())


def test_a_camera_that_was_lost_meanwhile_is_opened_anew_for_the_next_song(webcam):
    place = cameras("BRIO")
    camera = place.open(None, lambda: None)
    assert (place.open(None, lambda: None), camera.retried) == (camera, 0)
    camera.lost = True
    assert (place.open(None, lambda: None), camera.retried) == (camera, 1)
    assert place.health.cause is Cause.LOST
    place.shut()
    assert place.health.well


def test_the_next_camera_is_one_that_was_found_then_the_drawn_dancer(webcam, monkeypatch):
    found = [FoundCamera(0, "Webcam"), FoundCamera(2, "BRIO")]
    monkeypatch.setattr("kpopdance.realtime.devices.webcam.list_cameras", lambda: found)
    place = cameras("http://phone/video")
    assert place.live
    turned = [(place.turn(), place.source) for _ in range(4)]
    assert turned == [
        (True, "0"), (True, "2"), (False, "dancer"), (True, "http://phone/video"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "source", "anew"),
    [
        ({}, "0", False),
        ({"strictness": "pro", "volume": 10}, "0", False),
        ({"camera_width": 640}, "0", True),
        ({"camera": "BRIO"}, "BRIO", True),
        ({"camera": "dancer"}, "dancer", True),
    ],
)
def test_what_is_set_is_opened_anew_only_where_it_differs(webcam, changes, source, anew):
    place = cameras("0")
    camera = place.watch()
    assert place.open(SONG, lambda: None) is camera  # the one that stays open
    place.ask(Settings(**{"camera": "0", **changes}))
    assert place.source == source
    assert (place._kept is None) is anew
    again = place.watch()
    assert (again is camera) is not anew
    place.shut()


def test_who_turned_to_another_camera_keeps_it_when_other_things_are_set(webcam, monkeypatch):
    found = [FoundCamera(0, "A"), FoundCamera(2, "B")]
    monkeypatch.setattr("kpopdance.realtime.devices.webcam.list_cameras", lambda: found)
    place = cameras("0")
    place.turn()
    place.ask(Settings(camera="0", volume=10))
    assert place.source == "2"


class FirstPictures(Webcam):
    """Shows a picture after some looks, or never."""

    after, health = 2, Health("camera")

    def newest(self, timeout_s):
        self.clock.at_s += timeout_s
        self.looks = getattr(self, "looks", 0) + 1
        shown = self.looks > self.after
        return Frame(np.ones((4, 6, 3), np.uint8), 1.0, 0) if shown else None

    def state(self):
        return CameraState("webcam", "", None, None, 0, self.health)


@pytest.mark.parametrize(
    ("after", "health", "trouble"),
    [
        (2, Health("camera"), ""),
        (999, Health("camera"), "It sends no picture."),
        (999, Health("camera", Cause.REFUSED, "It is in use.", "Close it."), "It is in use. Close it."),
    ],
)  # fmt: skip
def test_another_camera_is_looked_through_and_closed(monkeypatch, after, health, trouble):
    monkeypatch.setattr(webcams, "LiveCamera", FirstPictures)
    monkeypatch.setattr(FirstPictures, "after", after)
    monkeypatch.setattr(FirstPictures, "health", health)
    Webcam.opened = []
    peek = cameras("0").peek("2")
    assert (peek.picture is None, peek.trouble) == (bool(trouble), trouble)
    assert [one.closed for one in Webcam.opened] == [1]


def test_a_camera_that_is_not_there_says_so():
    assert "There is no camera 'none such'" in cameras("0").peek("none such").trouble


def test_a_stand_in_is_watched_too(film):
    for source, kind in (("dancer", DrawnCamera), (str(film), VideoCamera)):
        camera = cameras(source).watch()
        assert isinstance(camera, kind)
        camera.close()
