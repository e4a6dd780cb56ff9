from __future__ import annotations

import threading
from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.devices.video_file import VideoCamera, VideoError, VideoFile
from tests.waiting import until

WIDTH, HEIGHT = 160, 96
MS = Fraction(1, 1000)
BITS = 8


def first_picture(path):
    with VideoFile(path) as video:
        return next(video.frames()).image


def numbered(n):
    """A picture that shows its number in eight blocks, and its top left corner in red."""
    image = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    for bit in range(BITS):
        image[50:70, 4 + 19 * bit : 18 + 19 * bit] = 255 * (n >> bit & 1)
    image[:32, :48] = (0, 0, 255)
    return image


def number_of(image):
    return sum(int(image[60, 11 + 19 * bit].mean() > 127) << bit for bit in range(BITS))


def film(path, times_ms, *, sound_s=None, rotation=None, options=None):
    """A video whose n-th picture, showing n, is due at a time; None for no pictures."""
    with av.open(str(path), "w", options=options or {}) as container:
        if times_ms is not None:
            stream = container.add_stream("libx264", rate=30, options={"bf": "0", "g": "10"})
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            stream.codec_context.time_base = MS
            if rotation is not None:
                stream.set_display_rotation(rotation)
        if sound_s is not None:
            sound = container.add_stream("aac", rate=48000, layout="mono")
            for k in range(int(sound_s * 48000) // 1024):
                block = av.AudioFrame.from_ndarray(
                    np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
                )
                block.rate, block.pts = 48000, 1024 * k
                container.mux(sound.encode(block))
            container.mux(sound.encode(None))
        for n, at_ms in enumerate(times_ms or ()):
            picture = av.VideoFrame.from_ndarray(numbered(n), format="bgr24")
            picture.pts, picture.time_base = at_ms, MS
            container.mux(stream.encode(picture))
        if times_ms is not None:
            container.mux(stream.encode(None))
    return path


def regular(seconds, fps=25):
    return [round(1000 * k / fps) for k in range(round(seconds * fps))]


def irregular(seed, count=60):
    """As a phone films: mostly 30 a second, then slower in the dark, with holes."""
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.choice([33, 34, 66, 100, 251], count)).tolist()


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_picture_has_its_own_time(tmp_path, suffix, seed):
    times = irregular(seed)
    with VideoFile(film(tmp_path / f"v{suffix}", times)) as video:
        frames = list(video.frames())
        assert video.warning == ""
        assert video.info.size == (WIDTH, HEIGHT)
        assert not video.info.has_audio
    assert [frame.index for frame in frames] == list(range(60))
    assert [number_of(frame.image) for frame in frames] == list(range(60))
    at_s = np.array([frame.captured_s for frame in frames])
    assert_allclose(at_s, (np.array(times) - times[0]) / 1000, atol=1e-9)


def test_the_first_picture_says_how_it_lies_to_the_sound(tmp_path):
    path = film(tmp_path / "v.mkv", [400 + at for at in regular(1.0)], sound_s=2.0)
    with VideoFile(path) as video:
        assert video.info.has_audio
        frames = list(video.frames())
    assert frames[0].captured_s == 0.0


def test_what_the_file_promises(tmp_path):
    with VideoFile(film(tmp_path / "v.mp4", regular(2.0, fps=25))) as video:
        assert_allclose(video.info.length_s, 2.0, atol=0.05)
        assert_allclose(video.info.fps, 25, rtol=0.03)


@pytest.mark.parametrize("rotation", [0, 90, 180, -90])
def test_pictures_are_upright_as_a_player_shows_them(tmp_path, rotation):
    path = film(tmp_path / "v.mp4", regular(0.4), rotation=rotation)
    with VideoFile(path) as video:
        image = next(video.frames()).image
    expected = np.rot90(numbered(0), rotation // 90)  # degrees against the clock, as FFmpeg
    assert image.shape == expected.shape
    assert image.flags.c_contiguous
    # 40: the colours went through a codec
    assert np.abs(image.astype(int) - expected).mean() < 40
    red = (image[..., 2] > 180) & (image[..., 1] < 90)
    assert_allclose(np.argwhere(red).mean(axis=0), np.argwhere(
        (expected == (0, 0, 255)).all(axis=-1)
    ).mean(axis=0), atol=3)  # fmt: skip


def test_the_rotation_of_a_phone_held_upright(tmp_path):
    """The matrix phones write, (0, 1, -1, 0), turns the picture clockwise; set by hand in tkhd."""
    path = film(tmp_path / "v.mp4", regular(0.4))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    clockwise = [0, 1 << 16, 0, -(1 << 16), 0, 0, HEIGHT << 16, 0, 1 << 30]
    data[at : at + 36] = np.array(clockwise, ">i4").tobytes()
    path.write_bytes(data)
    image = first_picture(path)
    assert image.shape == (WIDTH, HEIGHT, 3)
    red = np.argwhere((image[..., 2] > 180) & (image[..., 1] < 90)).mean(axis=0)
    assert_allclose(red, (24, HEIGHT - 16), atol=3)  # the top left corner is now top right


@pytest.mark.parametrize(
    ("suffix", "options"), [(".mp4", {"movflags": "faststart"}), (".mkv", None)]
)
def test_a_truncated_file_gives_what_it_has_and_warns(tmp_path, suffix, options):
    path = film(tmp_path / f"v{suffix}", regular(6.0), options=options)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with VideoFile(path) as video:
        frames = list(video.frames())
    assert 20 < len(frames) < 110
    assert path.name in video.warning
    assert "truncated" in video.warning or "damaged" in video.warning
    assert "\n" not in video.warning


def test_a_whole_file_does_not_warn(tmp_path):
    with VideoFile(film(tmp_path / "v.mp4", regular(3.0), sound_s=3.3)) as video:
        list(video.frames())
        assert video.warning == ""


def test_one_picture_is_read_alone(tmp_path):
    with av.open(str(tmp_path / "p.png"), "w") as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "rgb24"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(5), format="bgr24")))
        container.mux(stream.encode(None))
    assert_array_equal(first_picture(tmp_path / "p.png"), numbered(5))


def spoil(tmp_path, kind):
    path = tmp_path / f"{kind}.mp4"
    if kind == "empty":
        path.touch()
    elif kind == "garbage":
        path.write_bytes(np.random.default_rng(1).bytes(50_000))
    elif kind == "text":
        path.write_text("dear diary\n" * 100)
    elif kind == "folder":
        path.mkdir()
    elif kind == "sound":
        film(path, None, sound_s=1.0)
    elif kind == "headless":
        film(path, regular(2.0))  # its table of contents lies at the end
        path.write_bytes(path.read_bytes()[:3000])
    return path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "no such file"), ("empty", "0 bytes"), ("garbage", "cannot be read"),
        ("text", "cannot be read"), ("folder", "is a folder"), ("sound", "no pictures"),
        ("headless", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_video_is_refused_in_one_sentence(tmp_path, kind, words):
    path = spoil(tmp_path, kind)
    with pytest.raises(VideoError, match=words) as error:
        VideoFile(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    assert issubclass(VideoError, DanceError)
    with pytest.raises(VideoError, match=words):
        first_picture(path)
    with pytest.raises(VideoError, match=words):
        VideoCamera(path, SongSecond(), SongSecond())


def test_a_video_whose_pictures_cannot_be_read_says_so(tmp_path):
    path = film(tmp_path / "v.mkv", regular(1.0))
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.size:
                at = data.find(bytes(packet)[:64])
                data[at : at + packet.size] = bytes(packet.size)
    path.write_bytes(data)
    with VideoFile(path) as video, pytest.raises(VideoError, match="no readable picture"):
        list(video.frames())


class SongSecond:
    """A song clock and a host clock as the test sets them."""

    def __init__(self):
        self.second = None
        self.host_s = 50.0

    def __call__(self):
        return self.second

    def now(self):
        return self.host_s


@pytest.fixture
def playing(tmp_path):
    """A video camera of four seconds, ten pictures a second, and its song."""
    song = SongSecond()
    path = film(tmp_path / "v.mp4", regular(4.0, fps=10))
    camera = VideoCamera(path, song, song)
    yield camera, song
    camera.close()


def settled(camera, wanted):
    """Take frames until the wanted number comes."""

    def came():
        frame = camera.newest(0.02)
        return frame is not None and number_of(frame.image) == wanted and frame

    return until(came)


def test_before_the_song_the_first_picture_stands(playing):
    camera, song = playing
    first, second = camera.newest(60), camera.newest(60)
    assert [number_of(frame.image) for frame in (first, second)] == [0, 0]
    assert second.index > first.index
    assert second.captured_s == 50.0
    song.second = -1.5  # count-in
    settled(camera, 0)
    state = camera.state()
    assert (state.name, state.size, state.health.no_picture) == (
        "v.mp4",
        (WIDTH, HEIGHT),
        False,
    )
    assert_allclose(state.fps, 10, rtol=0.1)


def test_pictures_follow_the_song_and_never_run_ahead(playing):
    camera, song = playing
    for second, due in ((0.55, 5), (0.6, 6), (1.25, 12), (3.0, 30)):
        song.host_s, song.second = 60 + second, second + 1e-6
        frame = settled(camera, due)
        # captured when the song was where the picture belongs, however late it was decoded
        assert frame.captured_s == pytest.approx(60 + due / 10, abs=1e-4)
        frame = camera.newest(0.15)  # the song stands: so does the picture
        assert frame is None or number_of(frame.image) == due


def test_pictures_nobody_took_are_dropped_and_counted(playing):
    camera, song = playing
    song.second = 3.05
    until(lambda: (left := camera._slot._value) is not None and number_of(left.image) == 30)
    assert number_of(camera.newest(0.0).image) == 30
    assert camera.state().dropped >= 29


def test_at_the_end_it_says_so_and_the_next_song_begins_anew(playing):
    camera, song = playing
    song.second = 2.0
    settled(camera, 20)
    song.second = 10.0
    settled(camera, 39)
    until(lambda: camera.state().health.no_picture, step=lambda: camera.newest(0.02))
    assert camera.state().health.sentence == "The video has ended."
    song.second = None
    settled(camera, 0)
    assert not camera.state().health.no_picture
    song.second = 1.05
    settled(camera, 10)


def test_a_song_begun_again_runs_the_video_again(playing):
    camera, song = playing
    song.second = 2.05
    settled(camera, 20)
    song.second = -2.0  # from the top, count-in first
    settled(camera, 0)
    song.second = 0.35
    settled(camera, 3)


def test_closing_ends_the_thread(playing):
    camera, song = playing
    song.second = 1.0
    settled(camera, 10)
    camera.close()
    until(lambda: not any(each.name == "video camera" for each in threading.enumerate()))
