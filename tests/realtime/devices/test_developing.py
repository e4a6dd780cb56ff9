"""Pictures as they are meant to be seen: whatever a file says of turns, pixels, sizes and colours."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from kpopdance.realtime.devices.video_file import VideoError, VideoFile
from tests.realtime.devices.tiled_heic import heic

HEIGHT, WIDTH = 96, 160
PICTURE = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)  # BGR, and no two corners alike
PICTURE[:32, :48] = (30, 30, 220)
PICTURE[64:, :48] = (30, 220, 30)
PICTURE[:32, 112:] = (220, 30, 30)
STORED = {  # orientation by Exif -> the picture as stored
    1: PICTURE, 2: PICTURE[:, ::-1], 3: PICTURE[::-1, ::-1], 4: PICTURE[::-1],
    5: PICTURE.swapaxes(0, 1), 6: np.rot90(PICTURE, 1), 7: PICTURE[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90(PICTURE, -1),
}  # fmt: skip
MATRICES = {  # the same -> a, b, c, d of a film's display matrix
    1: (1, 0, 0, 1), 2: (-1, 0, 0, 1), 3: (-1, 0, 0, -1), 4: (1, 0, 0, -1),
    5: (0, 1, 1, 0), 6: (0, 1, -1, 0), 7: (0, -1, -1, 0), 8: (0, -1, 1, 0),
}  # fmt: skip
IROT_IMIR = {
    6: {"turns": 3},
    3: {"turns": 2},
    8: {"turns": 1},
    2: {"mirror": 1},
    4: {"mirror": 0},
}
KINDS = {
    "jpg": {"quality": 95}, "png": {}, "webp": {"lossless": True}, "tiff": {},
    "avif": {"quality": 95},
}  # fmt: skip


def rgb(image):
    return Image.fromarray(np.ascontiguousarray(image[..., ::-1]))


def photograph(path, orientation):
    exif = Image.Exif()
    exif[0x112] = orientation
    told = (
        {"tiffinfo": {0x112: orientation}}
        if path.suffix == ".tiff"
        else {"exif": exif.tobytes()}
    )
    rgb(STORED[orientation]).save(path, **told, **KINDS[path.suffix[1:]])


def film(path, images, *, rate=25, pixel=None, **told):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "8", "bf": "0"})
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        if pixel:
            stream.codec_context.sample_aspect_ratio = pixel
        for image in images:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode(None))


def seen(path):
    with VideoFile(path) as video:
        images = [frame.image for frame in video.frames()]
    return images, video


def like(image, wanted, tolerance=8):
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert image.shape == wanted.shape
    assert np.abs(image.astype(int) - wanted).mean() < tolerance


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", KINDS)
def test_photographs_are_upright(tmp_path, kind, orientation):
    path = tmp_path / f"p.{kind}"
    photograph(path, orientation)
    [image], video = seen(path)
    like(image, PICTURE)
    assert video.still


@pytest.mark.parametrize("orientation", MATRICES)
def test_films_are_upright(tmp_path, orientation):
    path = tmp_path / "f.mp4"
    film(path, [STORED[orientation]] * 2)
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    a, b, c, d = (value << 16 for value in MATRICES[orientation])
    data[at : at + 36] = np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], ">i4").tobytes()
    path.write_bytes(data)
    for image in seen(path)[0]:
        like(image, PICTURE)


@pytest.mark.parametrize("tile", [64, 200])
@pytest.mark.parametrize("orientation", [1, *IROT_IMIR])
def test_a_telephones_tiles_are_one_photograph(tmp_path, orientation, tile):
    path = tmp_path / "p.heic"
    path.write_bytes(heic(STORED[orientation], tile, **IROT_IMIR.get(orientation, {})))
    [image], video = seen(path)
    like(image, PICTURE)
    assert video.still


def test_tiles_that_do_not_fit_are_one_sentence(tmp_path):
    path = tmp_path / "p.heic"
    data = heic(PICTURE)
    size = struct.pack(">II", WIDTH, HEIGHT)
    path.write_bytes(data.replace(size, struct.pack(">II", 8 * WIDTH, HEIGHT)))
    with pytest.raises(VideoError, match="in tiles that do not fit together"):
        seen(path)


@pytest.mark.parametrize(
    ("pixel", "width", "height"),
    [
        (Fraction(2), 2 * WIDTH, HEIGHT), (Fraction(1, 2), WIDTH, 2 * HEIGHT),
        (Fraction(16, 11), 233, HEIGHT), (Fraction(1000), WIDTH, HEIGHT),
    ],
)  # fmt: skip
def test_pixels_are_made_square(tmp_path, pixel, width, height):
    film(tmp_path / "f.mp4", [PICTURE] * 2, pixel=pixel)
    image = seen(tmp_path / "f.mp4")[0][0]
    assert image.shape == (height, width, 3)
    corner = image[: height // 4, : width // 5]
    assert_allclose(corner.mean(axis=(0, 1)), (30, 30, 220), atol=8)


@pytest.mark.parametrize(
    ("size", "black"), [((80, 48), 0), ((320, 192), 0), ((96, 96), 64), ((160, 48), 48)]
)
def test_sizes_that_change_are_brought_to_the_first(tmp_path, size, black):
    data = b""
    for wide, high in ((WIDTH, HEIGHT), size):
        whole = io.BytesIO()
        rgb(PICTURE).resize((wide, high)).save(whole, "JPEG", quality=95)
        data += 2 * whole.getvalue()
    (tmp_path / "f.mjpeg").write_bytes(data)
    images, video = seen(tmp_path / "f.mjpeg")
    assert {image.shape for image in images} == {PICTURE.shape}
    edge = (images[3] < 8).all(axis=2)
    assert edge.all(axis=0).sum() + edge.all(axis=1).sum() == pytest.approx(black, abs=2)
    assert "2 pictures of another size" in video.warning
    like(images[0], PICTURE)


GREYS = np.array([0.02, 0.18, 0.5, 1.0])  # of white


def perceptual(nits):
    """SMPTE ST 2084."""
    power = (nits / 10_000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)


def hybrid(light):
    """ITU-R BT.2100: hybrid log-gamma."""
    a = 0.17883277
    upper = a * np.log(np.maximum(12 * light - (1 - 4 * a), 1e-9)) + 0.5 - a * np.log(4 * a)
    return np.where(light <= 1 / 12, np.sqrt(3 * light), upper)


@pytest.mark.parametrize(
    ("transfer", "values", "tolerance"),
    [
        pytest.param(16, perceptual(203 * GREYS), 8, marks=pytest.mark.long),
        (18, hybrid(0.265 * GREYS), 24),
    ],
)
def test_high_range_is_brought_down(tmp_path, transfer, values, tolerance):
    path = tmp_path / "f.mkv"
    with av.open(str(path), "w") as container:
        options = {"x265-params": "log-level=none", "crf": "4"}
        stream = container.add_stream("libx265", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 256, 64, "yuv420p10le"
        context = stream.codec_context
        context.color_primaries = context.colorspace = 9
        context.color_trc, context.color_range = transfer, 1
        frame = av.VideoFrame(256, 64, "yuv420p10le")
        luma = np.repeat(np.round((219 * values + 16) * 4).astype("<u2"), 64)
        planes = (np.tile(luma, (64, 1)), *[np.full((32, 128), 512, "<u2")] * 2)
        for plane, numbers in zip(frame.planes, planes, strict=True):
            whole = np.zeros((numbers.shape[0], plane.line_size // 2), "<u2")
            whole[:, : numbers.shape[1]] = numbers
            plane.update(whole.tobytes())
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    srgb = np.where(GREYS < 0.0031, 12.92 * GREYS, 1.055 * GREYS ** (1 / 2.4) - 0.055)
    shown = seen(path)[0][0][32, 32::64]
    assert_allclose(shown, np.repeat(255 * srgb[:, None], 3, axis=1), atol=tolerance)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(("space", "kr", "kb"), [(1, 0.2126, 0.0722), (6, 0.299, 0.114)])
def test_matrix_and_range_are_believed(tmp_path, space, kr, kb, full):
    r, g, b = np.array([200, 60, 40]) / 255
    y = kr * r + (1 - kr - kb) * g + kb * b
    cb, cr = (b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))
    values = (255 * y, 128 + 255 * cb, 128 + 255 * cr) if full else (
        16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr
    )  # fmt: skip
    with av.open(str(tmp_path / "f.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "0"})
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv444p"
        stream.codec_context.colorspace = space
        stream.codec_context.color_range = 2 if full else 1
        frame = av.VideoFrame(64, 64, "yuv444p")
        for plane, value in zip(frame.planes, values, strict=True):
            plane.update(bytes([round(value)]) * (plane.line_size * 64))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert_allclose(seen(tmp_path / "f.mkv")[0][0][32, 32], (40, 60, 200), atol=3)


def see_through():
    layers = np.dstack([PICTURE[..., ::-1], np.full((HEIGHT, WIDTH), 255, np.uint8)])
    layers[:, 80:] = 0
    return Image.fromarray(layers)


DEEP = Image.fromarray(np.full((HEIGHT, WIDTH), 0x8000, np.uint16))
WHITE_HALF = np.where(np.arange(WIDTH)[None, :, None] < 80, PICTURE, 255).astype(np.uint8)
COLOURS = {
    "see_through.png": (see_through(), WHITE_HALF, {}),
    "see_through.webp": (see_through(), WHITE_HALF, {"lossless": True}),
    "see_through.gif": (see_through(), WHITE_HALF, {}),
    "grey.jpg": (rgb(PICTURE).convert("L"), None, {}),
    "deep.png": (DEEP, np.full_like(PICTURE, 128), {}),
    "print.jpg": (rgb(PICTURE).convert("CMYK"), PICTURE, {"quality": 95}),
    "few.png": (rgb(PICTURE).quantize(8), PICTURE, {}),
    "slow.jpg": (rgb(PICTURE), PICTURE, {"progressive": True, "quality": 95}),
    "p.bmp": (rgb(PICTURE), PICTURE, {}),
}


@pytest.mark.parametrize("name", COLOURS)
def test_all_kinds_of_colours_are_read(tmp_path, name):
    image, wanted, options = COLOURS[name]
    image.save(tmp_path / name, **options)
    [shown], video = seen(tmp_path / name)
    assert video.still
    grey = np.asarray(rgb(PICTURE).convert("L"))
    like(shown, np.repeat(grey[..., None], 3, axis=2) if wanted is None else wanted)


MOVING = [rgb(np.roll(PICTURE, 10 * k, axis=1)) for k in range(4)]


@pytest.mark.parametrize("name", ["m.gif", "m.png", "m.avif", "m.mjpeg", "m.mp4", "gif.jpg"])
def test_films_are_told_from_photographs_by_what_is_in_them(tmp_path, name):
    path = tmp_path / name
    if name == "m.mjpeg":
        path.write_bytes(b"".join(map(jpeg, MOVING)))
    elif name == "m.mp4":
        film(path, [np.asarray(image)[..., ::-1] for image in MOVING])
    else:
        kind = "GIF" if name == "gif.jpg" else None
        MOVING[0].save(path, kind, save_all=True, append_images=MOVING[1:], duration=100)
    images, video = seen(path)
    assert (len(images), video.still) == (4, False)


def jpeg(image):
    whole = io.BytesIO()
    image.save(whole, "JPEG")
    return whole.getvalue()


@pytest.mark.parametrize("name", ["p.mp4", "p.jpg", "p"])
def test_a_photograph_with_a_second_one_behind_it_stays_one(tmp_path, name):
    path = tmp_path / name
    MOVING[0].save(path, "MPO", save_all=True, append_images=MOVING[1:2])
    with VideoFile(path) as video:
        assert video.still
        like(next(video.frames()).image, PICTURE)


def chunk(kind, data):
    return (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    )


def test_pictures_that_would_fill_the_memory_are_refused(tmp_path):
    path = tmp_path / "bomb.png"
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    with pytest.raises(VideoError, match="million pixels"):
        seen(path)


def test_an_animated_webp_is_one_sentence(tmp_path):
    path = tmp_path / "m.webp"
    MOVING[0].save(path, save_all=True, append_images=MOVING[1:], duration=100)
    with pytest.raises(VideoError, match="animated WebP"):
        seen(path)
