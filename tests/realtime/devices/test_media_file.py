"""One clock for each file, and a path is a path."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from kpopdance.realtime.devices.audio_file import read_audio, write_audio
from kpopdance.realtime.devices.gif_writer import GifWriter
from kpopdance.realtime.devices.media_file import Clock, MediaError, open_media
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.devices.video_writer import VideoWriter

RATE, FPS = 48000, 25
FLASH_S = 0.4  # picture and sound of each part are loud here


def part(start_s=0.0, *, seconds=1.0, sound=True, kind="mpegts"):
    """Return a film's bytes: dark and silent but for a flash and a click at 0.4 s."""
    whole = io.BytesIO()
    with av.open(whole, "w", format=kind) as container:
        stream = container.add_stream("mpeg2video", rate=FPS, options={"g": "5", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        heard = container.add_stream("mp2", rate=RATE, layout="stereo") if sound else None
        for n in range(round(seconds * FPS)):
            bright = 255 if n == round(FLASH_S * FPS) else 30
            image = np.full((48, 64, 3), bright, np.uint8)
            picture = av.VideoFrame.from_ndarray(image, format="bgr24")
            picture.pts, picture.time_base = n + round(start_s * FPS), Fraction(1, FPS)
            container.mux(stream.encode(picture))
            if heard is not None:
                container.mux(heard.encode(_block(n, start_s)))
        container.mux(stream.encode(None))
        if heard is not None:
            container.mux(heard.encode(None))
    return whole.getvalue()


def _block(n, start_s):
    samples = np.zeros((2, RATE // FPS), np.int16)
    if n == round(FLASH_S * FPS):
        samples[:, :480] = 20_000
    frame = av.AudioFrame.from_ndarray(
        samples.T.reshape(1, -1).copy(), format="s16", layout="stereo"
    )
    frame.rate, frame.pts = RATE, n * RATE // FPS + round(start_s * RATE)
    return frame


PARTS = {
    "twice": ((0.0, 0.0), (1.0, 1.0)),
    "thrice": ((0.0, 0.0, 0.0), (1.0, 0.6, 1.0)),
    "back": ((7.0, 3.0), (1.0, 1.0)),
    "ten hours on": ((0.0, 36_000.0), (1.0, 1.0)),
    "to and fro": ((0.0, 36_000.0, 5.0, 9_000.0), (1.0, 1.0, 1.0, 1.0)),
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_whose_stamps_jump_follow_each_other_in_step(tmp_path, name):
    starts, seconds = PARTS[name]
    path = tmp_path / "film.ts"
    path.write_bytes(
        b"".join(part(at, seconds=each) for at, each in zip(starts, seconds, strict=True))
    )
    with VideoFile(path) as video:
        frames = list(video.frames())
        assert video.info.length_s == pytest.approx(sum(seconds), abs=0.2)
        assert f"{len(starts) - 1} place" in video.warning
    at_s = np.array([frame.captured_s for frame in frames])
    assert len(at_s) == round(sum(seconds) * FPS)
    assert 0 < np.diff(at_s).min() <= np.diff(at_s).max() < 0.12
    flashes = at_s[[frame.image.mean() > 128 for frame in frames]]
    audio = read_audio(path)
    loud = np.flatnonzero(np.abs(audio.samples[:, 0]) > 0.3) / RATE + audio.start_s
    clicks = loud[np.flatnonzero(np.diff(loud, prepend=-1) > 0.2)]
    assert_allclose(clicks, flashes, atol=0.03)
    assert "jump" in audio.warning


def test_silent_films_are_mended_too(tmp_path):
    path = tmp_path / "film.ts"
    path.write_bytes(part(sound=False) + part(40_000.0, sound=False))
    with VideoFile(path) as video:
        at_s = [frame.captured_s for frame in video.frames()]
    assert_allclose(at_s, np.arange(2 * FPS) / FPS, atol=0.01)


@pytest.mark.parametrize("kind", ["mpegts", "matroska", "mov"])
def test_a_whole_film_is_left_alone(tmp_path, kind):
    (tmp_path / "f").write_bytes(part(3.0, kind=kind))
    with VideoFile(tmp_path / "f") as video:
        at_s = [frame.captured_s for frame in video.frames()]
        assert video.warning == ""
    assert_allclose(at_s, np.arange(FPS) / FPS, atol=0.001)
    assert read_audio(tmp_path / "f").warning == ""


class Stream:
    def __init__(self, index):
        self.index = index


class Packet:
    """One at a second of a stream, as Clock sees it."""

    time_base = Fraction(1, 1000)

    def __init__(self, index, at_s, lasts_s=0.04):
        self.stream, self.stream_index = Stream(index), index
        self.dts = self.pts = None if at_s is None else round(1000 * at_s)
        self.duration = round(1000 * lasts_s)


@pytest.mark.parametrize(
    ("given", "mended", "jumps"),
    [
        (
            [0, 0.04, 0.04, 0.03, 0.08],
            [0, 0.04, 0.04, 0.03, 0.08],
            0,
        ),  # trembles: pictures' matter
        ([-0.02, 0.02, 50, 50.04], [-0.02, 0.02, 50, 50.04], 0),  # shown for long
        ([0, 0.04, 5000, 5000.04], [0, 0.04, 0.08, 0.12], 1),
        ([5, 5.04, 0, 0.04, 5.08], [5, 5.04, 5.08, 5.12, 10.16], 1),
        ([0, None, 0.08], [0, None, 0.08], 0),
        ([1e9, 1e9 + 0.04], [1e9, 1e9 + 0.04], 0),
    ],
)
def test_stamps_go_on(given, mended, jumps):
    clock, packets = Clock(), [Packet(0, at_s) for at_s in given]
    for packet in packets:
        clock.mend(packet)
    assert [packet.dts for packet in packets] == [
        None if at_s is None else pytest.approx(1000 * at_s, abs=1) for at_s in mended
    ]
    assert clock.jumps == jumps


def test_each_stream_changes_over_at_its_own_packet():
    clock = Clock()
    order = [(0, 0.0), (1, 0.0), (0, 0.04), (0, 9000.0), (1, 0.04), (0, 9000.04), (1, 9000.0)]
    packets = [Packet(*each) for each in order]
    for packet in packets:
        clock.mend(packet)
    assert [packet.dts for packet in packets] == [0, 0, 40, 80, 40, 120, 80]
    assert clock.jumps == 1


@pytest.mark.parametrize(("asked", "shown"), [(0, 10), (1, 10), (2, 2), (5, 5), (10, 10)])
def test_short_delays_of_a_gif_are_shown_as_browsers_do(tmp_path, asked, shown):
    images = [Image.new("RGB", (32, 24), (60 * k, 0, 0)) for k in range(4)]
    path = tmp_path / "m.gif"
    images[0].save(path, save_all=True, append_images=images[1:], duration=10 * asked or 10)
    if not asked:
        data = path.read_bytes()
        path.write_bytes(data.replace(b"\x21\xf9\x04\x00\x01", b"\x21\xf9\x04\x00\x00"))
    with VideoFile(path) as video:
        frames = list(video.frames())
        assert video.info.length_s == pytest.approx(4 * shown / 100)
        assert video.info.fps == pytest.approx(100 / shown)
    assert_allclose([f.captured_s for f in frames], np.arange(4) * shown / 100, atol=1e-6)


def test_a_film_that_does_not_say_how_long_it_is_is_measured(tmp_path):
    class Pipe(io.BytesIO):
        seek = tell = None

        def seekable(self):
            return False

    live = Pipe()
    with av.open(live, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for n in range(2 * FPS):
            picture = av.VideoFrame.from_ndarray(
                np.zeros((48, 64, 3), np.uint8), format="bgr24"
            )
            picture.pts, picture.time_base = n, Fraction(1, FPS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    (tmp_path / "live.webm").write_bytes(live.getvalue())
    with VideoFile(tmp_path / "live.webm") as video:
        assert video.info.length_s == pytest.approx(2.0, abs=0.05)
        list(video.frames())
        assert video.warning == ""


def test_a_cut_webm_with_sound_says_so(tmp_path):
    data = part(seconds=4.0, kind="matroska")
    (tmp_path / "cut.webm").write_bytes(data[: len(data) // 2])
    with VideoFile(tmp_path / "cut.webm") as video:
        list(video.frames())
        assert "truncated" in video.warning
    assert "cut off" in read_audio(tmp_path / "cut.webm").warning


NAMES = [
    "aespa:Whiplash", "t:x", "http:", "-x", "100%", "image%03d", "%s%n", "*?[a]", "a'b\"c", "#1 & 2",
    " lead ", "뉴진스", unicodedata.normalize("NFD", "뉴진스"), "x" * 246, "가" * 82, "a\nb", "😀",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_path_is_a_path(tmp_path, monkeypatch, name):
    if sys.platform == "win32" and (set(name) & set(':*?"<>|\n') or name != name.strip()):
        pytest.skip("no name on this system")
    monkeypatch.chdir(tmp_path)
    folder = type(tmp_path)()
    image = np.zeros((48, 64, 3), np.uint8)
    for writer, path in ((VideoWriter(folder / f"{name}.mp4", 25), folder / f"{name}.mp4"),
                         (GifWriter(folder / f"{name}.gif"), folder / f"{name}.gif")):  # fmt: skip
        if isinstance(writer, GifWriter):
            writer.expect([0.0, 0.1], 0.2, [(255, 0, 0)])
        writer.add(image, 0.0)
        writer.add(image, 0.1)
        writer.finish(0.2)
        writer.close()
        with VideoFile(path) as video:
            assert len(list(video.frames())) == 2
    write_audio(folder / f"{name}.wav", np.zeros((4800, 2), np.float32))
    assert read_audio(folder / f"{name}.wav").length_s == pytest.approx(0.1)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_title_in_another_encoding_is_no_fault(tmp_path):
    path = tmp_path / "f.mkv"
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "TITLETITLE"
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="stereo")
        container.mux(stream.encode(_block(0, 0.0)))
    path.write_bytes(path.read_bytes().replace(b"TITLETITLE", "뉴진스뉴진".encode("euc-kr")))
    assert read_audio(path).length_s == pytest.approx(1 / FPS, abs=0.01)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_refused_and_nobody_waits(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path / "pipe.mp4", type(tmp_path)("/dev/null")):
        with pytest.raises(MediaError, match="pipe or a device"):
            open_media(path)


@pytest.mark.parametrize(
    ("codec", "kind", "suffix", "done"),
    [
        ("libopus", "matroska", ".mov", "encoded"), ("libopus", "matroska", ".mp4", "copied"),
        ("libopus", "matroska", ".mkv", "copied"), ("flac", "matroska", ".mov", "encoded"),
        ("aac", "mov", ".mov", "copied"),
        ("ac3", "mpegts", ".mov", "copied"), ("pcm_s16le", "matroska", ".mov", "encoded"),
    ],
)  # fmt: skip
def test_sound_that_a_container_cannot_hold_is_converted(tmp_path, codec, kind, suffix, done):
    source = tmp_path / "source"
    with av.open(str(source), "w", format=kind) as container:
        stream = container.add_stream(codec, rate=RATE, layout="stereo")
        fit = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=RATE)
        wave = 0.3 * np.sin(np.arange(RATE) / 20).astype(np.float32)
        for begin in range(0, RATE, 4800):
            block = np.tile(wave[begin : begin + 4800], (2, 1))
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.rate, frame.pts = RATE, begin
            for fitting in fit.resample(frame):
                container.mux(stream.encode(fitting))
        container.mux(stream.encode(None))
    writer = VideoWriter(tmp_path / f"out{suffix}", 25)
    with open_media(source) as media:
        first = next(media.packets(media.sound))
        begin_s = float(first.pts * first.time_base)
    assert writer.keep_sound(source, max(begin_s, 0.0)) == done
    for n in range(FPS):
        writer.add(np.zeros((48, 64, 3), np.uint8), n / FPS)
    writer.finish(1.0)
    writer.close()
    audio = read_audio(tmp_path / f"out{suffix}")
    assert audio.length_s == pytest.approx(1.0, abs=0.06)
    assert np.abs(audio.samples).mean() == pytest.approx(0.19, abs=0.03)
