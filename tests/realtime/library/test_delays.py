from __future__ import annotations

import pytest

from kpopdance.realtime.library.delays import NO_CAMERA, Delays, Measured, delays_of
from kpopdance.realtime.library.store import Store

CLAPS, STROKES = Measured(142.0, -20.0), Measured(218.0)


@pytest.mark.parametrize(
    ("delays", "speaker", "camera", "lag", "words"),
    [
        (Delays(), None, None, None, ""),
        (Delays(CLAPS), 142, None, 142, "Your speaker is 142 ms late."),
        (Delays(None, STROKES), None, None, 218, "Speaker and camera together are 218 ms late."),
        (Delays(CLAPS, STROKES), 142, 96, 238,
         "Your speaker is 142 ms late, your camera 96 ms late."),
        (Delays(Measured(-8.0), Measured(-8.0)), -8, 0, -8,
         "Your speaker is 8 ms early, your camera in time."),
    ],
)  # fmt: skip
def test_what_two_measurements_say_together(delays, speaker, camera, lag, words):
    assert (delays.speaker_ms, delays.camera_ms, delays.lag_ms) == (speaker, camera, lag)
    assert delays.words == words


@pytest.mark.parametrize("speaker", [0, 150, 300])
@pytest.mark.parametrize("camera", [0, 96, 300])
@pytest.mark.parametrize("person", [-40, 0, 25])
@pytest.mark.parametrize("microphone", [0, 15])
def test_neither_the_person_nor_the_microphone_is_in_the_sum(
    speaker, camera, person, microphone
):
    claps = Measured(speaker + microphone, person)
    strokes = Measured(speaker + camera + person)
    delays = Delays(claps, strokes)
    assert delays.lag_ms == speaker + camera
    assert delays.camera_ms == camera - microphone


def test_they_are_kept_for_a_pair_of_devices(tmp_path):
    store = Store(tmp_path / "kept.sqlite")
    assert store.delays() == {}
    store.keep_delay("Boombox", NO_CAMERA, Measured(100.0, 1.0))
    store.keep_delay("Boombox", NO_CAMERA, CLAPS)
    store.keep_delay("Boombox", "Webcam", STROKES)
    known = Store(tmp_path / "kept.sqlite").delays()
    assert delays_of(known, "Boombox", "Webcam") == Delays(CLAPS, STROKES)
    assert delays_of(known, "Boombox", "Phone") == Delays(CLAPS)
    assert delays_of(known, "Headphones", "Webcam") == Delays()
