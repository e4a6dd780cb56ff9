from __future__ import annotations

import io

import av
import numpy as np
import pytest
from av.audio.resampler import AudioResampler
from av.stream import Disposition
from numpy.testing import assert_allclose

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.devices import audio_file
from kpopdance.realtime.devices.audio_file import Audio, NoSoundError, read_audio, write_audio
from kpopdance.realtime.devices.media_file import MediaError

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
        ("gone.mp3", "no such file"),
        ("empty.mp3", "empty"),
        ("garbage.ogg", "cannot be read"),
        ("garbage.mp3", "(?:cannot be read|nothing of it can be decoded)"),
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
    with pytest.raises(NoSoundError, match="no sound stream"):
        read_audio(tmp_path / "mute.mp4")


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("s.wav", "pcm_s16le", None),
        ("s.flac", "flac", None),
        ("s.ogg", "libopus", None),
        ("s.mp3", "libmp3lame", None),
        ("s.mp4", "aac", {"movflags": "faststart"}),
    ],
)
def test_a_cut_off_file_is_used_up_to_the_cut_and_says_so(
    tmp_path, song, name, codec, options, caplog
):
    path = tmp_path / name
    encode(path, song, codec, muxer_options=options)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    audio = read_audio(path)
    assert 0.4 < audio.length_s < 2.6
    assert abs(lag_samples(song[: len(audio.samples)], audio.samples)) <= 1
    assert "the sound is cut off" in audio.warning
    assert audio.warning in caplog.text


def test_a_film_without_its_table_of_contents_is_unreadable(tmp_path, song):
    path = tmp_path / "s.m4a"  # its table of contents is at the end
    encode(path, song, "aac")
    path.write_bytes(path.read_bytes()[:20000])
    with pytest.raises(MediaError, match="cannot be read"):
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
    audio = read_audio(path)
    second = RATE // 2 if name == "s.mp3" else 2 * RATE  # an mp3 ends where it is damaged
    heard = audio.samples[second : second + RATE]
    assert len(heard) > RATE / 3
    assert abs(lag_samples(song[second : second + len(heard)], heard)) <= 1


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


def tone(seconds, hertz=440.0, rate=RATE, channels=2):
    wave = 0.4 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave[None], channels, axis=0).astype(np.float32)


def encoded(name, samples, codec, rate=RATE, layout="stereo", kind=None):
    """Return a sound file's bytes; samples are float32 (channels, N)."""
    whole = io.BytesIO()
    with av.open(whole, "w", format=kind or name.rpartition(".")[2]) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        fit = AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
        for begin in range(0, samples.shape[1], 1152):
            block = np.ascontiguousarray(samples[:, begin : begin + 1152])
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
            frame.rate, frame.pts = rate, begin
            for part in fit.resample(frame):
                container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return whole.getvalue()


CHANGES = {
    "chained.ogg": [("libopus", RATE, "stereo"), ("libopus", RATE, "mono")],
    "chained_flac.ogg": [("flac", RATE, "mono"), ("flac", 44100, "stereo")],
    "rates.mp3": [("libmp3lame", 44100, "stereo"), ("libmp3lame", 48000, "mono")],
    "layouts.ac3": [("ac3", RATE, "stereo"), ("ac3", RATE, "5.1")],
    "rates.aac": [("aac", 44100, "mono"), ("aac", 48000, "stereo")],
}


@pytest.mark.parametrize("name", CHANGES)
def test_rate_and_channels_may_change_on_the_way(tmp_path, name):
    kind = {"aac": "adts"}.get(name.rpartition(".")[2])
    path = tmp_path / name
    path.write_bytes(
        b"".join(
            encoded(name, tone(2.0, hertz, rate, {"mono": 1, "stereo": 2, "5.1": 6}[layout]),
                    codec, rate, layout, kind)
            for (codec, rate, layout), hertz in zip(CHANGES[name], (440, 880), strict=True)
        )
    )  # fmt: skip
    audio = read_audio(path)
    assert_allclose(audio.length_s, 4.0, atol=0.15)
    for at_s, hertz in ((1.0, 440), (3.0, 880)):
        begin = round(at_s * RATE)
        for side in audio.samples[begin : begin + RATE // 2].T:
            assert np.abs(np.fft.rfft(side)).argmax() / 0.5 == pytest.approx(hertz, abs=4)


def test_the_default_track_is_taken(tmp_path):
    with av.open(str(tmp_path / "two.mkv"), "w") as container:
        tracks = [container.add_stream("pcm_s16le", rate=RATE, layout="mono") for _ in range(3)]
        for number, track in enumerate(tracks):
            track.disposition = Disposition.default if number == 1 else Disposition(0)
        for number, track in enumerate(tracks):
            values = np.full((1, 4800), 3000 * (number + 1), np.int16)
            frame = av.AudioFrame.from_ndarray(values, format="s16", layout="mono")
            frame.rate, frame.pts = RATE, 0
            container.mux(track.encode(frame))
    mono = 6000 / 32768 / np.sqrt(2)  # each side of one sound is half its power
    assert read_audio(tmp_path / "two.mkv").samples[2000, 0] == pytest.approx(mono, rel=0.01)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("live.m3u8", "#EXTM3U\n#EXTINF:2,\n{other}\n"),
        ("list.wav", "ffconcat version 1.0\nfile '{other}'\n"),
        ("list.ogg", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{other}\n#EXT-X-ENDLIST\n"),
        ("talk.sdp", "v=0\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n"),
    ],
)
def test_what_names_other_files_is_refused_at_once(tmp_path, name, head):
    other = tmp_path / "other.wav"
    write_audio(other, tone(1.0).T)
    (tmp_path / name).write_text(head.format(other=other.name))
    with pytest.raises(MediaError, match="cannot be read"):
        read_audio(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "codec", "times"),
    [("s.ogg", "flac", 4), ("s.mp3", "libmp3lame", 4), ("s.wav", "pcm_s16le", 1)],
)
def test_what_is_too_long_is_refused_while_it_is_read(
    tmp_path, monkeypatch, name, codec, times
):
    monkeypatch.setattr(audio_file, "LONGEST_S", 5.5)
    link = encoded(name, np.zeros((2, round(6 / times * RATE)), np.float32), codec)
    (tmp_path / name).write_bytes(times * link)  # nothing in front tells the whole length
    with pytest.raises(MediaError, match="minutes long"):
        read_audio(tmp_path / name)


@pytest.mark.parametrize("stated", [0, 10, 2**31, 2**32 - 1])
def test_a_wav_with_a_wrong_size_in_front_is_whole(tmp_path, song, stated):
    path = tmp_path / "s.wav"
    write_audio(path, song)
    data = bytearray(path.read_bytes())
    data[4:8] = stated.to_bytes(4, "little")
    path.write_bytes(data)
    audio = read_audio(path)
    assert (len(audio.samples), audio.warning) == (len(song), "")


def test_sound_that_cannot_be_decoded_is_told_from_none(tmp_path, song):
    path = tmp_path / "s.mp4"
    encode(path, song, "aac", muxer_options={"movflags": "faststart"})
    data = path.read_bytes()
    at = data.index(b"mdat") + 4
    path.write_bytes(data[:at] + bytes(len(data) - at))
    with pytest.raises(MediaError, match="nothing of it can be decoded") as told:
        read_audio(path)
    assert not isinstance(told.value, NoSoundError)
