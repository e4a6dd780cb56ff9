"""A pack's sound lies to its dance as the film's own: flashes and clicks, in real containers."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from av.audio.resampler import AudioResampler
from numpy.testing import assert_allclose

from kpopdance.realtime.devices.audio_file import read_audio, write_audio
from kpopdance.realtime.devices.video_file import VideoFile
from tests.quick import but_quick

RATE, FPS, PICTURES = 48_000, 25, 96
FLASHES = (20, 37, 61)
MUCH = 0.010


def film(
    path, pictures, sound, *, rate=RATE, options=None, sound_late_s=0.0, picture_late_s=0.0
):
    """A film whose picture is white where its sound clicks; ``pictures`` codec and its B-frames."""
    codec, _, b_frames = pictures.partition(" ")
    clicks = np.zeros((PICTURES * RATE // FPS, 2), np.float32)
    at_s = np.arange(480) / RATE
    for number in FLASHES:
        first = number * RATE // FPS
        ring = 0.8 * np.sin(2 * np.pi * 1500 * at_s) * np.exp(-at_s / 0.003)
        clicks[first : first + 480] += ring[:, None].astype(np.float32)
    with av.open(str(path), "w", options=options or {}) as container:
        shown = container.add_stream(codec, rate=FPS)
        shown.width, shown.height, shown.pix_fmt = 64, 64, "yuv420p"
        if b_frames:
            shown.codec_context.options = {"bf": b_frames}
        heard = container.add_stream(sound, rate=rate, layout="stereo")
        if sound == "vorbis":
            heard.codec_context.options = {"strict": "-2"}
        fit = AudioResampler(format=heard.codec_context.format, layout="stereo", rate=rate)
        for number in range(PICTURES):
            part = clicks[number * RATE // FPS : (number + 1) * RATE // FPS]
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(part.T), format="fltp", layout="stereo"
            )
            frame.rate, frame.time_base = RATE, Fraction(1, RATE)
            frame.pts = number * RATE // FPS + round(sound_late_s * RATE)
            for fitting in fit.resample(frame):
                container.mux(heard.encode(fitting))
            light = np.full((96, 64), 128, np.uint8)
            light[:64] = 235 if number in FLASHES else 30
            picture = av.VideoFrame.from_ndarray(light, format="yuv420p")
            picture.time_base = Fraction(1, FPS)
            picture.pts = number + round(picture_late_s * FPS)
            container.mux(shown.encode(picture))
        for stream, rest in ((shown, [None]), (heard, [*fit.resample(None), None])):
            for each in rest:
                container.mux(stream.encode(each))


def clicks_late_s(path, tmp_path, expected_s=0.0):
    """By how much a pack's clicks are later than its dance's flashes."""
    with VideoFile(path) as video:
        flashes_s = [f.captured_s for f in video.frames() if f.image.mean() > 120]
    assert len(flashes_s) == len(FLASHES)
    audio = read_audio(path)
    write_audio(tmp_path / "audio.ogg", np.clip(audio.samples, -1, 1), audio.rate)
    loud = np.abs(read_audio(tmp_path / "audio.ogg").samples[:, 0])
    late = []
    for flash_s in flashes_s:
        song_s = flash_s - audio.start_s + expected_s  # as the dance is put into the song
        first = round((song_s - 0.12) * RATE)
        near = loud[first : first + round(0.24 * RATE)]
        late.append((first + int(np.argmax(near > 0.3 * near.max()))) / RATE - song_s)
    return late


FILMS = [
    ("a.mp4", "libx264 3", "aac", {}),  # the encoder's 21 ms before the sound, pictures out of order
    ("b.mp4", "libx264 3", "aac", {"rate": 44_100}),
    ("c.mp4", "libx264", "aac", {"options": {"movflags": "frag_keyframe+delay_moov"}}),
    ("d.mp4", "libx264 3", "aac", {"options": {"movflags": "negative_cts_offsets"}}),
    ("e.mp4", "libx264 2", "libmp3lame", {}),
    ("f.mov", "libx264 2", "aac", {}),
    ("g.mkv", "libx264 2", "libopus", {}),
    ("h.mkv", "libx264", "vorbis", {}),
    ("i.webm", "libvpx", "libopus", {}),
    ("j.avi", "mpeg4", "pcm_s16le", {}),
    ("k.ts", "libx264 3", "aac", {}),  # times begin at 1.4 s
    ("l.mpg", "mpeg1video", "mp2", {}),
    ("m.flv", "flv", "libmp3lame", {"rate": 44_100}),
    ("n.mp4", "libx264", "aac", {"sound_late_s": 0.3}),
    ("o.mp4", "libx264 3", "aac", {"picture_late_s": 0.4}),
    ("p.mkv", "libx264", "libopus", {"sound_late_s": 0.3}),
    ("q.mkv", "libx264 2", "libopus", {"picture_late_s": 0.4}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "pictures", "sound", "how"), but_quick(FILMS, FILMS[::2]))
def test_a_click_sounds_with_its_flash(tmp_path, name, pictures, sound, how):
    film(tmp_path / name, pictures, sound, **how)
    later_s = how.get("sound_late_s", 0.0) - how.get("picture_late_s", 0.0)
    assert_allclose(clicks_late_s(tmp_path / name, tmp_path, later_s), 0, atol=MUCH)
