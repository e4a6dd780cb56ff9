"""The media files that failed once, read as they are meant: a row a file."""

from __future__ import annotations

import pytest

from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.devices.media_file import MediaError
from kpopdance.realtime.devices.video_file import VideoFile

pytestmark = pytest.mark.shared

SOUNDS = {  # name -> seconds, and what the warning says of it
    "ac3_stereo_to_51.ts": (1.66, ""),
    "chained_st_mo.ogg": (8.0, ""),
    "mixed_rate.mp3": (8.06, ""),
    "player_cut.mp4": (3.24, "cut off, 3.2 s of 4.0 s"),
    "player_whole.mp4": (4.0, ""),
    "concat_twice.ts": (0.56, "jump"),
    "trunc.webm": (2.0, "cut off"),
    "whole.webm": (4.0, ""),
    "riff_too_large.wav": (4.0, ""),
    "two_tracks.mkv": (0.22, ""),
}
FILMS = {  # name -> pictures, seconds, size, a still, and what the warning says
    "concat_twice.ts": (18, 0.6, (480, 640), False, "jump"),
    "jump10h.ts": (18, 0.6, (480, 640), False, "jump"),
    "size_change.ts": (24, 0.8, (240, 320), False, "12 pictures of another size"),
    "exif_2.jpg": (1, None, (480, 640), True, ""),
    "exif_4.webp": (1, None, (480, 640), True, ""),
    "one.heic": (1, None, (480, 640), True, ""),
    "m_hflip.mp4": (120, 4.0, (480, 640), False, ""),
    "anamorphic_2to1.mp4": (120, 4.0, (480, 640), False, ""),
    "gif_1cs.gif": (8, 0.8, (240, 320), False, ""),
    "trunc.webm": (60, 2.0, (480, 640), False, "truncated"),
    "whole.webm": (120, 4.0, (480, 640), False, ""),
    "two_pictures.mp4": (2, 0.033, (480, 640), False, ""),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds(shared, name):
    seconds, told = SOUNDS[name]
    audio = read_audio(shared / "data/faults" / name)
    assert audio.length_s == pytest.approx(seconds, abs=0.05)
    assert told in audio.warning
    assert bool(told) == bool(audio.warning)


@pytest.mark.parametrize("name", FILMS)
def test_films(shared, name):
    count, length_s, size, still, told = FILMS[name]
    with VideoFile(shared / "data/faults" / name) as video:
        frames = list(video.frames())
    assert len(frames) == count
    assert length_s is None or video.info.length_s == pytest.approx(length_s, abs=0.02)
    assert {frame.image.shape for frame in frames} == {(*size, 3)}
    assert (video.still, told in video.warning) == (still, True)
    assert bool(told) == bool(video.warning)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pack_audio_bomb/audio.flac", "120 minutes"),
        ("pack_live_playlist/audio.m3u8", "of a kind that is not read"),
    ],
)
def test_refused(shared, name, words):
    with pytest.raises(MediaError, match=words):
        read_audio(shared / "data/faults" / name)
