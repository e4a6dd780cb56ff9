"""`kpopdance mask` as typed: films of drawn dancers in, films of skeletons out, read back."""

from __future__ import annotations

import json
import resource
from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.testing import assert_allclose

import kpopdance.realtime.commands.mask as command
from kpopdance.realtime.__main__ import main
from kpopdance.realtime.core.skeleton_colours import JOINT_COLOURS
from kpopdance.realtime.devices.audio_file import read_audio, write_audio
from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.devices.gif_writer import GifWriter
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.pose.stature import torsos_over_time
from kpopdance.realtime.studio import mask_film
from kpopdance.realtime.studio.masking import MaskingError, Scene

PICTURE = (240, 400)  # height and width
MS = Fraction(1, 1000)
TIMES_MS = [0, 70, 133, 200, 290, 333, 400, 467, 533, 620, 667, 733]  # as a phone films
LAST_MS = 67
SHIFT = 90.0  # px from the middle to each of two dancers


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture(scope="module")
def dancer():
    song = load_pack(BUNDLED / "neon-steps")
    return DrawnDancer(song.members[song.lead])


def joints_at(dancer, at_s, shift=0.0):
    """The drawn dancer's joints in a picture of ours."""
    scale = PICTURE[0] / dancer.picture[0]
    joints = dancer.joints(32.0 + at_s).copy()
    joints[:, :2] *= scale
    joints[:, 0] += PICTURE[1] / 2 - dancer.picture[1] * scale / 2 + shift
    return joints


def pictures(dancer, shifts):
    studio = DrawnRoom(PICTURE)
    return [
        studio.take([(joints_at(dancer, ms / 1000, x), OUTFITS[k]) for k, x in enumerate(shifts)], n)
        for n, ms in enumerate(TIMES_MS)
    ]  # fmt: skip


def film(path, images, *, sound=None, codec="aac", slower=1):
    """A video with the times of ours, and a click in its sound at 0.4 s."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"bf": "0", "crf": "10"})
        stream.width, stream.height, stream.pix_fmt = PICTURE[1], PICTURE[0], "yuv420p"
        stream.codec_context.time_base = MS
        heard = (
            container.add_stream(codec, rate=48000, layout="stereo")
            if sound is not None
            else None
        )
        if heard is not None:
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(sound.T), format="fltp", layout="stereo"
            )
            frame.rate, frame.pts = 48000, 0
            resampler = av.AudioResampler(
                format=heard.codec_context.format, layout="stereo", rate=48000
            )
            for part in resampler.resample(frame):
                container.mux(heard.encode(part))
            container.mux(heard.encode(None))
        for ms, image in zip(TIMES_MS, images, strict=True):
            picture = av.VideoFrame.from_ndarray(image, format="bgr24")
            picture.pts, picture.time_base = ms * slower, MS
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def click(at_s=0.4, seconds=1.0):
    samples = np.zeros((round(seconds * 48000), 2), np.float32)
    begin = round(at_s * 48000)
    samples[begin : begin + 480] = 0.8 * np.sin(np.arange(480) / 4)[:, None]
    return samples


@pytest.fixture(scope="module")
def two(tmp_path_factory, dancer):
    """Two dancers beside each other, with sound."""
    images = pictures(dancer, (-SHIFT, SHIFT))
    return film(tmp_path_factory.mktemp("two") / "two.mp4", images, sound=click())


@pytest.fixture
def unwatched(monkeypatch, dancer):
    """No network: everybody is seen where two dancers were drawn, or nobody in a black film."""

    def follow(frames, eyes, *, area_px, progress):
        at_s, images = [], []
        for frame in frames:
            at_s.append(frame.captured_s)
            images.append(frame.image)
            progress(frame)
        if len(at_s) < 2:
            raise MaskingError("a single picture is no film")
        if images[0].max() < 40:
            raise MaskingError("nobody is seen dancing in it")
        size = (images[0].shape[1], images[0].shape[0])
        people = np.stack(
            [[joints_at(dancer, s, x) for s in at_s] for x in (-SHIFT, SHIFT)]
        ).astype(np.float32)
        people[..., :2] *= size[0] / PICTURE[1]
        times = np.array(at_s)
        return Scene(times, people, torsos_over_time(times, people), size, at_s[-1] + 0.1)

    class Eyes:
        name = "none"

    monkeypatch.setattr(mask_film, "follow", follow)
    monkeypatch.setattr(command, "eyes_from", lambda settings, **_: Eyes())


def run(capsys, *words):
    code = main([str(word) for word in words])
    told = capsys.readouterr()
    return code, told.out, told.err


def refuse(capsys, *words):
    """Run what must fail; return the one sentence."""
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    said = [line for line in err.strip().splitlines() if line.startswith("kpopdance: ")]
    assert len(said) == 1
    return said[0]


def read(path):
    with VideoFile(path) as video:
        frames = list(video.frames())
        assert video.warning == ""
        return frames, video.ends_s


def gif_times(path):
    """The hundredths at which a GIF's pictures begin, the delay of the last, and its loop count."""
    data = path.read_bytes()
    delays = [
        int.from_bytes(data[at + 4 : at + 6], "little")
        for at in range(len(data) - 8)
        if data[at : at + 3] == b"\x21\xf9\x04" and data[at + 7] == 0
    ]
    at = data.index(b"NETSCAPE2.0")
    return np.cumsum([0, *delays[:-1]]).tolist(), delays[-1], data[at + 13 : at + 15]


def colour_at(image, xy, reach=1):
    x, y = round(float(xy[0])), round(float(xy[1]))
    return (
        image[y - reach : y + reach + 1, x - reach : x + reach + 1]
        .reshape(-1, 3)
        .mean(axis=0)[::-1]
    )


def hue_apart(colour, wanted):
    """How far two colours' directions are apart; how bright they are does not matter."""
    a, b = np.asarray(colour, float), np.asarray(wanted, float)
    return float(np.linalg.norm(a / max(np.linalg.norm(a), 30) - b / np.linalg.norm(b)))


def test_two_dancers_through_the_real_network(capsys, two, dancer, tmp_path):
    """Everybody's limbs lie where they were drawn, in their colours, at the source's own times."""
    out = tmp_path / "out.mp4"
    code, told, err = run(capsys, "mask", two, "-o", out, "--fast", "--json")
    assert code == 0
    assert "network: " in err
    facts = json.loads(told)
    assert facts["people"] == 2
    assert facts["pictures"] == len(TIMES_MS)
    assert facts["size"] == [PICTURE[1], PICTURE[0]]
    assert facts["sound"] == "copied"
    assert facts["bytes"] == out.stat().st_size
    frames, _ = read(out)
    assert_allclose([f.captured_s for f in frames], np.array(TIMES_MS) / 1000, atol=1 / 30_000)
    near = []
    for frame in frames[2:-2]:
        assert (frame.image.max(axis=2) < 30).mean() > 0.85  # black but for the skeletons
        for x in (-SHIFT, SHIFT):
            truth = joints_at(dancer, frame.captured_s, x)
            for a, b in ((1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13)):
                middle = (truth[a, :2] + truth[b, :2]) / 2
                near.append(hue_apart(colour_at(frame.image, middle), JOINT_COLOURS[b]) < 0.5)
    assert np.mean(near) > 0.8


@pytest.mark.long
def test_only_one_leaves_no_hint_of_the_other(capsys, two, dancer, tmp_path):
    """The real network once more: who is not chosen is nowhere, in a GIF of own colours."""
    out = tmp_path / "out.gif"
    code, told, _ = run(capsys, "mask", two, "-o", out, "--fast", "--only", "right")
    assert code == 0
    assert "1 person" in told
    frames, _ = read(out)
    for frame in frames:
        assert frame.image[:, : PICTURE[1] // 2].max() == 0
        assert frame.image[:, PICTURE[1] // 2 :].max() == 255


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_times_and_sound_are_the_sources(capsys, two, tmp_path, suffix):
    out = tmp_path / f"out{suffix}"
    assert run(capsys, "mask", two, "-o", out)[0] == 0
    frames, ends_s = read(out)
    assert_allclose([f.captured_s for f in frames], np.array(TIMES_MS) / 1000, atol=6e-4)
    assert ends_s == pytest.approx(read(two)[1], abs=2e-3)
    assert_allclose(click_s(out), 0.4, atol=0.003)


def click_s(path):
    """When the click sounds, counted from the first picture."""
    audio = read_audio(path)
    loud = np.flatnonzero(np.abs(audio.samples[:, 0]) > 0.2)
    return audio.start_s + loud[0] / audio.rate


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize(("codec", "done"), [("aac", "copied"), ("pcm_s16le", "encoded")])
def test_a_part_keeps_its_sound_in_time(capsys, tmp_path, dancer, codec, done):
    source = tmp_path / "source.mkv"
    film(source, pictures(dancer, (-SHIFT, SHIFT)), sound=click(), codec=codec)
    out = tmp_path / "out.mp4"
    code, told, _ = run(
        capsys, "mask", source, "-o", out, "--start", "0.2", "--end", "0.6", "--json"
    )
    assert code == 0
    facts = json.loads(told)
    assert facts["sound"] == done
    frames, ends_s = read(out)
    kept = np.array([ms for ms in TIMES_MS if 200 <= ms < 600])
    assert_allclose([f.captured_s for f in frames], (kept - 200) / 1000, atol=1 / 30_000)
    assert ends_s <= 0.4 + 1e-3
    assert_allclose(click_s(out), 0.2, atol=0.003)
    audio = read_audio(out)
    assert audio.length_s + audio.start_s < 0.4 + 0.03


@pytest.fixture(params=["slow", "fast"])
def gif(request, tmp_path, dancer):
    """A GIF of two dancers, whose pictures last so many hundredths."""
    images = pictures(dancer, (-SHIFT, SHIFT))
    slow, fast = [7, 12, 5, 9, 30, 2, 3, 10, 8, 6, 4, 23], [3, 2, 3, 3, 3, 4, 3, 2, 3, 3, 3, 4]
    delays = slow if request.param == "slow" else fast
    begin = np.cumsum([0, *delays[:-1]]) / 100
    path = tmp_path / "source.gif"
    writer = GifWriter(path)
    writer.expect(begin.tolist(), sum(delays) / 100, JOINT_COLOURS, images[:3])
    for image, at_s in zip(images, begin, strict=True):
        writer.add(image, at_s)
    writer.finish()
    return path, delays


@pytest.mark.usefixtures("unwatched")
def test_a_gif_keeps_its_delays_as_a_gif_and_as_a_video(capsys, gif, tmp_path):
    source, delays = gif
    out, video = tmp_path / "out.gif", tmp_path / "out.mp4"
    assert run(capsys, "mask", source, "-o", out)[0] == 0
    begin = np.cumsum([0, *delays[:-1]]).tolist()
    assert gif_times(out) == (begin, delays[-1], b"\x00\x00")  # 0: for ever
    assert run(capsys, "mask", source, "-o", video)[0] == 0
    frames, ends_s = read(video)
    assert_allclose([f.captured_s for f in frames], np.array(begin) / 100, atol=1e-4)
    assert ends_s == pytest.approx(sum(delays) / 100, abs=1e-4)


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("fps", [7, 10, 12.5])
def test_a_gifs_pictures_are_even_and_its_length_true(capsys, two, tmp_path, fps):
    out = tmp_path / "out.gif"
    assert run(capsys, "mask", two, "-o", out, "--fps", fps)[0] == 0
    begin, last, _ = gif_times(out)
    assert begin == [round(100 * k / fps) for k in range(len(begin))]
    length = read(two)[1]
    assert begin[-1] + last == pytest.approx(100 * length, abs=1)
    assert last <= 100 / fps + 1


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("ending", ["gif", "mp4"])
def test_what_is_drawn_over(capsys, two, tmp_path, ending):
    """Black is black, the picture is the picture, blurred it is soft and dimmer; colours stay."""
    source = read(two)[0][4].image.astype(float)
    corner = np.s_[5:40, 5:40]
    found = {}
    for over in ("black", "picture", "blur"):
        out = tmp_path / f"{over}.{ending}"
        words = ("--width", PICTURE[1]) + (("--fps", 15) if ending == "gif" else ())
        assert run(capsys, "mask", two, "-o", out, "--over", over, *words)[0] == 0
        found[over] = read(out)[0][4].image.astype(float)
    assert found["black"][corner].max() <= 2
    assert np.abs(found["picture"] - source)[corner].mean() < 12
    assert found["blur"][corner].mean() < 0.75 * source[corner].mean()
    for image in found.values():
        assert ((image[..., 0] > 200) & (image[..., 2] < 40)).sum() > 20  # blue legs


@pytest.mark.usefixtures("unwatched")
def test_a_part_is_drawn_over_its_own_pictures(capsys, two, tmp_path):
    out = tmp_path / "out.mp4"
    words = ("--over", "picture", "--start", 0.25, "--end", 0.6)
    assert run(capsys, "mask", two, "-o", out, *words)[0] == 0
    source = [f.image for f in read(two)[0] if 0.25 <= f.captured_s < 0.6]
    found = [f.image for f in read(out)[0]]
    assert len(found) == len(source) == 5
    apart = np.array([[np.abs(a.astype(int) - b).mean() for b in source] for a in found])
    assert apart.argmin(axis=1).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.usefixtures("unwatched")
def test_width_scales_everything(capsys, two, dancer, tmp_path):
    out = tmp_path / "out.mp4"
    assert run(capsys, "mask", two, "-o", out, "--width", 801)[0] == 0
    image = read(out)[0][0].image
    assert image.shape == (480, 800, 3)
    truth = joints_at(dancer, 0.0, SHIFT)
    middle = truth[[9, 10], :2].mean(axis=0) * 2
    assert hue_apart(colour_at(image, middle), JOINT_COLOURS[10]) < 0.3


@pytest.mark.usefixtures("unwatched")
def test_nothing_of_a_stopped_or_full_run_is_left(capsys, two, tmp_path, monkeypatch):
    out = tmp_path / "there" / "out.mp4"
    out.parent.mkdir()
    out.write_bytes(b"before")

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    for name in ("follow", "masked"):
        with monkeypatch.context() as patch:
            patch.setattr(mask_film, name, stop)
            assert run(capsys, "mask", two, "-o", out)[0] == 130
            assert [p.name for p in out.parent.iterdir()] == ["out.mp4"]
            assert out.read_bytes() == b"before"


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("ending", ["gif", "mp4"])
def test_a_full_disk_is_one_sentence(capsys, two, tmp_path, ending):
    folder = tmp_path / "there"
    folder.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))  # no file may grow beyond
    try:
        told = refuse(capsys, "mask", two, "-o", folder / f"out.{ending}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "cannot be written" in told
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("unwatched")
def test_a_film_that_ends_early_is_masked_as_far_as_it_goes(capsys, two, tmp_path):
    with VideoFile(two) as video:
        frames = [f.image for f in video.frames()]
    path = film(tmp_path / "cut.mkv", frames, slower=4)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * 0.6)])
    code, _, err = run(capsys, "mask", path, "-o", tmp_path / "out.mp4")
    assert code == 0
    assert "warning: " in err


def spoilt(tmp_path, kind, two):
    path = tmp_path / f"{kind}.mp4"
    if kind == "empty":
        path.touch()
    elif kind == "garbage":
        path.write_bytes(np.random.default_rng(1).bytes(20_000))
    elif kind == "headless":
        path.write_bytes(two.read_bytes()[:3000])
    elif kind == "folder":
        path.mkdir()
    elif kind == "sound":
        path = tmp_path / "sound.wav"
        write_audio(path, click())
    elif kind == "picture":
        path = tmp_path / "picture.png"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("png", rate=1)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb24"
            picture = av.VideoFrame.from_ndarray(
                np.full((48, 64, 3), 90, np.uint8), format="bgr24"
            )
            container.mux(stream.encode(picture))
            container.mux(stream.encode(None))
    elif kind == "nobody":
        film(path, [np.zeros((*PICTURE, 3), np.uint8)] * len(TIMES_MS))
    return path


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "no such file"), ("empty", "0 bytes"), ("garbage", "cannot be read"),
        ("headless", "cannot be read"), ("folder", "is a folder"), ("sound", "no pictures"),
        ("picture", "single picture"), ("nobody", "nobody is seen"),
    ],
)  # fmt: skip
def test_what_cannot_be_masked_is_one_sentence(capsys, two, tmp_path, kind, words):
    (tmp_path / "out").mkdir()
    path = spoilt(tmp_path, kind, two)
    told = refuse(capsys, "mask", path, "-o", tmp_path / "out" / "out.gif")
    assert words in told
    assert str(path) in told
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-o", "OUT/out.webp"], "let it end in .gif"),
        (["-o", "OUT/out"], "let it end in .gif"),
        (["-o", "OUT/none/out.gif"], "there is no folder"),
        (["-o", "OUT/folder.gif"], "is a folder"),
        (["-o", "/proc/out.gif"], "cannot be written"),
        (["-o", "/proc/out.mp4"], "cannot be written"),
        (["-o", "OUT/out.mp4", "--fps", "10"], "--fps is for GIFs"),
        (["-o", "OUT/out.gif", "--fps", "0"], "--fps 0"),
        (["-o", "OUT/out.gif", "--fps", "nan"], "argument --fps"),
        (["-o", "OUT/out.gif", "--width", "9"], "--width 9"),
        (["-o", "OUT/out.gif", "--start", "9"], "--start 9"),
        (["-o", "OUT/out.gif", "--end", "9"], "--end 9"),
        (["-o", "OUT/out.gif", "--start", "-1"], "--start -1"),
        (["-o", "OUT/out.gif", "--start", "nan"], "argument --start"),
        (["-o", "OUT/out.gif", "--start", "0.5", "--end", "0.5"], "--start 0.5"),
        (["-o", "OUT/out.gif", "--end", "nan"], "argument --end"),
        (["-o", "OUT/out.gif", "--only", "nobody"], "--only nobody"),
        (["-o", "OUT/out.gif", "--only", "0"], "--only 0"),
        (["-o", "OUT/out.gif", "--only", "3"], "2 people are seen"),
        (["-o", "OUT/out.gif", "--only", "1@9"], "choose a second within"),
        (["-o", "OUT/out.gif", "--only", "1@0.5", "--end", "0.4"], "outside"),
        (["-o", "OUT/out.gif", "--only", "1@nan"], "--only 1@nan"),
        (["-o", "OUT/out.gif", "--start", "0.7", "--end", "0.74"], "single picture"),
    ],
    ids=lambda value: " ".join(value[1:]) if isinstance(value, list) else "",
)  # fmt: skip
def test_bad_wishes_are_one_sentence(capsys, two, tmp_path, words, sentence):
    (tmp_path / "folder.gif").mkdir()
    words = [word.replace("OUT", str(tmp_path)) for word in words]
    before = sorted(tmp_path.iterdir())
    assert sentence in refuse(capsys, "mask", two, *words)
    assert sorted(tmp_path.iterdir()) == before


def test_the_input_is_never_written_over(capsys, two, tmp_path):
    before = two.read_bytes()
    link = tmp_path / "link.mp4"
    link.symlink_to(two)
    for out in (two, link):
        assert "is the input itself" in refuse(capsys, "mask", two, "-o", out)
    assert two.read_bytes() == before
