from __future__ import annotations

import av
import numpy as np
import pytest
from av.audio.resampler import AudioResampler
from numpy.testing import assert_allclose

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.devices.audio_file import Audio, MediaError, read_audio, write_audio

RATE = 48000
MP3_DELAY = 1105  # an encoder's, unknowable without a Xing header: 23 ms


@pytest.fixture(scope="module")
def song():
    """Three seconds of irregular noise bursts: no two places look alike."""
    rng = np.random.default_rng(7)
    noise = np.convolve(rng.normal(0, 0.3, 3 * RATE), np.ones(20) / 8, "same")
    bursts = (rng.random(60) > 0.5).repeat(RATE // 20)
    samples = np.stack([noise * bursts, 0.6 * noise * bursts], axis=1)
    return np.clip(samples, -0.9, 0.9).astype(np.float32)


def encode(path, samples, codec, *, muxer_options=None, picture_late_s=None):
    """Write with any codec; optionally with pictures that begin later than the sound."""
    with av.open(str(path), "w", options=muxer_options or {}) as container:
        sound = container.add_stream(codec, rate=RATE, layout="stereo")
        if codec == "vorbis":
            sound.codec_context.options = {"strict": "-2"}
        video = None
        if picture_late_s is not None:
            video = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
            video.width = video.height = 64
            video.pix_fmt = "yuv420p"
        fit = AudioResampler(format=sound.codec_context.format, layout="stereo", rate=RATE)
        for begin in range(0, len(samples), 4800):
            block = np.ascontiguousarray(samples[begin : begin + 4800].T)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.rate, frame.pts = RATE, begin
            for part in fit.resample(frame):
                container.mux(sound.encode(part))
        container.mux(sound.encode(None))
        if video is not None:
            for n in range(50):
                picture = av.VideoFrame(64, 64, "yuv420p")
                picture.pts = n + round(picture_late_s * 25)
                container.mux(video.encode(picture))
            container.mux(video.encode(None))


def lag_samples(original, decoded):
    """By how many samples the decoded sound is late, from their cross-correlation."""
    n = min(len(original), len(decoded))
    a, b = (np.fft.rfft(x[:n, 0], 2 * n) for x in (original, decoded))
    best = int(np.argmax(np.fft.irfft(a.conj() * b)))
    return best if best < n else best - 2 * n


@pytest.mark.parametrize(
    ("name", "codec", "options", "delay"),
    [
        ("s.wav", "pcm_s16le", None, 0),
        ("s.flac", "flac", None, 0),
        ("s.ogg", "libopus", None, 0),
        ("v.ogg", "vorbis", None, 0),
        ("s.mp3", "libmp3lame", None, 0),
        ("bare.mp3", "libmp3lame", {"write_xing": "0"}, MP3_DELAY),
        ("s.m4a", "aac", None, 0),
        ("s.mp4", "aac", None, 0),
    ],
)
def test_every_format_is_read_at_its_place(tmp_path, song, name, codec, options, delay):
    encode(tmp_path / name, song, codec, muxer_options=options)
    audio = read_audio(tmp_path / name)
    assert audio.samples.dtype == np.float32
    assert audio.rate == RATE
    assert audio.start_s == 0
    assert_allclose(audio.length_s, 3.0, atol=0.06)
    assert abs(lag_samples(song, audio.samples) - delay) <= 1
    loud = np.abs(audio.samples).mean(axis=0)
    assert_allclose(loud[1] / loud[0], 0.6, atol=0.05)  # left stayed left


@pytest.mark.parametrize("suffix", [".ogg", ".flac", ".wav"])
def test_what_is_written_is_read_back_at_its_place(tmp_path, song, suffix):
    path = tmp_path / f"song{suffix}"
    write_audio(path, song, RATE)
    audio = read_audio(path)
    assert len(audio.samples) == len(song)
    assert lag_samples(song, audio.samples) == 0
    if suffix != ".ogg":
        assert_allclose(audio.samples, song, atol=1e-4)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    before = path.read_bytes()
    write_audio(path, song, RATE)
    assert path.read_bytes() == before


def test_another_rate_keeps_the_seconds(tmp_path, song):
    write_audio(tmp_path / "s.wav", song, RATE)
    assert_allclose(read_audio(tmp_path / "s.wav", 44100).length_s, 3.0, atol=0.001)


@pytest.mark.parametrize("late_s", [0.0, 0.4])
def test_a_video_says_how_its_sound_lies_to_its_pictures(tmp_path, song, late_s):
    encode(tmp_path / "v.mp4", song, "aac", picture_late_s=late_s)
    audio = read_audio(tmp_path / "v.mp4")
    assert_allclose(audio.start_s, -late_s, atol=0.003)
    assert abs(lag_samples(song, audio.samples)) <= 1


def test_missing_empty_and_garbage_say_so(tmp_path):
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "garbage.ogg").write_bytes(np.random.default_rng(1).bytes(20000))
    (tmp_path / "garbage.mp3").write_bytes(np.random.default_rng(2).bytes(200000))
    for name, words in (
        ("gone.mp3", "not there"),
        ("empty.mp3", "empty"),
        ("garbage.ogg", "no sound"),
        ("garbage.mp3", "no sound"),
    ):
        with pytest.raises(MediaError, match=words) as error:
            read_audio(tmp_path / name)
        assert name in str(error.value)
        assert "\n" not in str(error.value)
    assert issubclass(MediaError, DanceError)


def test_a_video_without_sound_says_so(tmp_path):
    with av.open(str(tmp_path / "mute.mp4"), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        container.mux(video.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(video.encode(None))
    with pytest.raises(MediaError, match="no sound stream"):
        read_audio(tmp_path / "mute.mp4")


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("s.wav", "pcm_s16le", None),
        ("s.flac", "flac", None),
        ("s.ogg", "libopus", None),
        ("s.mp3", "libmp3lame", None),
        ("s.mp4", "aac", {"movflags": "faststart"}),
        ("s.m4a", "aac", None),  # its table of contents is at the end: nothing can be read
    ],
)
def test_a_cut_off_file_says_so(tmp_path, song, name, codec, options):
    path = tmp_path / name
    encode(path, song, codec, muxer_options=options)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(MediaError, match=r"cut off|no sound file"):
        read_audio(path)


@pytest.mark.parametrize(
    ("name", "codec"), [("s.flac", "flac"), ("s.mp3", "libmp3lame"), ("s.ogg", "libopus")]
)
def test_damage_inside_never_shifts_what_follows(tmp_path, song, name, codec):
    path = tmp_path / name
    encode(path, song, codec)
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : third + 3000] = np.random.default_rng(3).bytes(3000)
    path.write_bytes(data)
    try:
        audio = read_audio(path)
    except MediaError:
        pass  # refusing is honest too
    else:
        assert abs(lag_samples(song[2 * RATE :], audio.samples[2 * RATE :])) <= 1


def test_a_lost_page_becomes_silence_in_its_place(tmp_path):
    song = np.random.default_rng(5).normal(0, 0.1, (8 * RATE, 2)).astype(np.float32)
    path = tmp_path / "s.ogg"
    write_audio(path, song)
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : third + 100] = bytes(100)
    path.write_bytes(data)
    audio = read_audio(path)
    assert len(audio.samples) == len(song)
    assert lag_samples(song[5 * RATE :], audio.samples[5 * RATE :]) == 0


def test_writing_refuses_other_endings_and_bad_folders(tmp_path, song):
    with pytest.raises(MediaError, match=r"use \.ogg"):
        write_audio(tmp_path / "s.xyz", song)
    with pytest.raises(MediaError, match="cannot be written"):
        write_audio(tmp_path / "nowhere" / "s.ogg", song)


def test_audio_is_checked_at_the_door():
    with pytest.raises(ValueError, match=r"float32 \(N, 2\)"):
        Audio(np.zeros((5, 1), np.float32), RATE)
