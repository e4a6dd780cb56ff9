import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.formats import OPENPOSE, check_input
from kpopdance.engines.vision import PoseVision, tensor_from_image


class EchoNetwork:
    """Remembers its input; sees nothing."""

    name = "echo"
    runtime = "none"

    def infer(self, tensor):
        check_input(tensor, OPENPOSE)
        self.tensor = tensor
        h, w = tensor.shape[2] // 8, tensor.shape[3] // 8
        return np.zeros((19, h, w), np.float32), np.zeros((38, h, w), np.float32)


PLACES = [  # picture (height, width), region, input (height, width)
    ((480, 640), None, (256, 256)),
    ((480, 640), None, (368, 656)),
    ((1080, 1920), None, (368, 656)),
    ((1081, 1923), None, (256, 192)),
    ((480, 640), (200.0, 100.0, 456.0, 356.0), (256, 256)),
    ((480, 640), (213.4, 87.9, 401.2, 431.7), (256, 192)),
    ((480, 640), (-120.3, -60.2, 390.0, 450.5), (256, 256)),
    ((480, 640), (301.5, 99.9, 811.1, 640.3), (224, 224)),
    ((480, 640), (300.2, 200.7, 360.9, 275.5), (256, 256)),
    ((1080, 1920), (100.7, -300.0, 1900.1, 1390.0), (256, 256)),
]


@pytest.mark.parametrize(("picture", "region", "size"), PLACES)
def test_a_blob_lands_where_the_letterbox_says(picture, region, size):
    height, width = picture
    left, top, right, bottom = region or (0, 0, width, height)
    seen = np.array([max(left, 0), max(top, 0), min(right, width), min(bottom, height)])
    rng = np.random.default_rng(0)
    for across, down in rng.uniform(0.25, 0.75, (4, 2)):
        x = seen[0] + across * (seen[2] - seen[0])
        y = seen[1] + down * (seen[3] - seen[1])
        radius = 0.05 * min(seen[2] - seen[0], seen[3] - seen[1])
        tensor, box = tensor_from_image(blob(picture, x, y, radius), region=region, size=size)
        assert tensor.shape == (1, 3, *size)
        for plane in tensor[0]:
            found = centre(plane)
            assert_allclose(found, box.to_input(np.array([[x, y]]))[0], atol=0.1)  # input px
            assert_allclose(box.to_image(found[None])[0], [x, y], atol=0.1 / box.scale)


@pytest.mark.parametrize(("picture", "region", "size"), PLACES)
def test_points_return_to_the_picture(picture, region, size):
    maps = PoseVision(EchoNetwork(), reason="").see(
        np.zeros((*picture, 3), np.uint8), region=region, size=size
    )
    points = np.random.default_rng(0).uniform(-50, 1000, (40, 2))
    assert_allclose(maps.box.to_image(maps.box.to_input(points)), points, atol=1e-3)
    assert maps.image_size == picture
    assert maps.heat.shape == (19, size[0] // 8, size[1] // 8)


@pytest.mark.parametrize(("picture", "region", "size"), PLACES)
def test_the_region_fills_the_input_and_keeps_the_middle(picture, region, size):
    left, top, right, bottom = region or (0, 0, picture[1], picture[0])
    _, box = tensor_from_image(np.zeros((*picture, 3), np.uint8), region=region, size=size)
    corners = box.to_input(np.array([[left, top], [right, bottom]]) - 0.5) + 0.5
    assert_allclose(corners.mean(0), [size[1] / 2, size[0] / 2], atol=0.5 + 1e-3)
    spans = corners[1] - corners[0]
    assert_allclose(max(spans[0] / size[1], spans[1] / size[0]), 1, atol=1e-5)


def test_colours_stay_bgr_and_raw_with_black_around():
    picture = np.full((100, 200, 3), (10, 20, 230), np.uint8)
    tensor, _ = tensor_from_image(picture, region=None, size=(64, 64))
    assert tensor.dtype == np.float32
    assert tensor.flags.c_contiguous
    for plane, value in zip(tensor[0], (10, 20, 230), strict=True):
        assert_array_equal(plane[16:48], np.full((32, 64), value))
        assert_array_equal(plane[:16], 0)
        assert_array_equal(plane[48:], 0)


@pytest.mark.parametrize(
    "region", [(700, 10, 800, 90), (-90, -90, 0, 0), (10, 10, 10.4, 10.4), (0.2, 0, 0.8, 900)]
)
def test_a_region_without_a_whole_px_is_black(region):
    picture = np.full((480, 640, 3), 255, np.uint8)
    tensor, _ = tensor_from_image(picture, region=region, size=(64, 64))
    assert not tensor.any()


def test_any_region_makes_an_input():
    picture = np.full((97, 131, 3), 255, np.uint8)
    for region in np.random.default_rng(0).uniform(-200, 300, (500, 4)):
        left, right = sorted(region[:2])
        top, bottom = sorted(region[2:])
        spot = left, top, right, bottom
        tensor, _ = tensor_from_image(picture[:, :60], region=spot, size=(64, 48))
        check_input(tensor, OPENPOSE)


def test_a_picture_of_odd_size_shrinks_whole():
    picture = np.full((1, 1001, 3), 255, np.uint8)
    tensor, _ = tensor_from_image(picture.repeat(997, axis=0), region=None, size=(64, 64))
    assert (tensor[0, :, 1:-1, 1:-1] == 255).all()


def test_a_picture_that_rounds_up_beyond_the_input_is_clipped():
    """715 px halve to 358, and 358 px at twice the scale make 73 px for an input of 72."""
    picture = np.full((715, 1324, 3), 255, np.uint8)
    tensor, _ = tensor_from_image(picture, region=None, size=(72, 144))
    assert (tensor[0, :, :, 6:-6] == 255).all()


@pytest.mark.parametrize(
    ("picture", "region", "size", "told"),
    [
        (np.zeros((48, 64, 3), np.float32), None, (64, 64), "a picture is uint8"),
        (np.zeros((48, 64), np.uint8), None, (64, 64), "a picture is uint8"),
        (np.zeros((48, 64, 4), np.uint8), None, (64, 64), "a picture is uint8"),
        (np.zeros((48, 64, 3), np.uint8), (9, 9, 9, 20), (64, 64), "is empty"),
        (np.zeros((48, 64, 3), np.uint8), (np.nan, 0, 9, 9), (64, 64), "is empty"),
        (np.zeros((48, 64, 3), np.uint8), (0, 0, np.inf, 9), (64, 64), "is empty"),
        (np.zeros((0, 64, 3), np.uint8), None, (64, 64), "is empty"),
        (np.zeros((48, 64, 3), np.uint8), None, (60, 64), "60 px high and 64 px wide"),
    ],
)
def test_what_cannot_be_seen_is_said(picture, region, size, told):
    with pytest.raises(NetworkError, match=told):
        PoseVision(EchoNetwork(), reason="").see(picture, region=region, size=size)


def test_vision_speaks_for_its_network():
    vision = PoseVision(EchoNetwork(), reason="the only one")
    assert (vision.name, vision.runtime, vision.reason) == ("echo", "none", "the only one")


def blob(picture, x, y, radius):
    """Return a black picture with a soft white blob."""
    rows, columns = np.mgrid[: picture[0], : picture[1]]
    bright = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2))
    return np.repeat(bright[:, :, None], 3, axis=2).round().astype(np.uint8)


def centre(plane):
    """Return x, y of a blob's centre of light."""
    rows, columns = np.mgrid[: plane.shape[0], : plane.shape[1]]
    return np.array([(columns * plane).sum(), (rows * plane).sum()]) / plane.sum()
