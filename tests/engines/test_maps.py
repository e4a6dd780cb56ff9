import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.formats import OPENPOSE, check_input, check_names
from kpopdance.engines.maps import Letterbox, PoseMaps


def test_letterbox_maps_px_centres_and_back():
    box = Letterbox(scale=0.5, pad_x=3.0, pad_y=-7.0)
    points = np.array([[0.0, 0.0], [101.0, 33.0]])
    # Halved, px 0 and 1 make input px 0, so px 0 lies a quarter px left of its centre.
    assert_allclose(box.to_input(points)[0], [-0.25 + 3, -0.25 - 7], atol=1e-6)
    assert_allclose(box.to_image(box.to_input(points)), points, atol=1e-4)


def test_letterbox_needs_a_scale():
    with pytest.raises(ValueError, match="scale above 0"):
        Letterbox(scale=0.0, pad_x=0.0, pad_y=0.0)


def test_pose_maps_are_checked_and_read_only():
    box = Letterbox(1.0, 0.0, 0.0)
    heat, limb = np.zeros((19, 4, 6), np.float32), np.zeros((38, 4, 6), np.float32)
    maps = PoseMaps(heat, limb, box, (32, 48))
    with pytest.raises(ValueError, match="read-only"):
        maps.heat[0, 0, 0] = 1
    with pytest.raises(ValueError, match="pose maps are float32"):
        PoseMaps(heat, limb[:, :3], box, (32, 48))


@pytest.mark.parametrize(
    ("shape", "dtype", "told"),
    [
        ((1, 3, 60, 64), np.float32, "60 px high and 64 px wide"),
        ((1, 3, 64, 60), np.float32, "multiples of 8"),
        ((1, 3, 0, 64), np.float32, "multiples of 8"),
        ((1, 3, 64, 64), np.float64, "float64"),
        ((1, 3, 64, 64), np.uint8, "uint8"),
        ((3, 64, 64), np.float32, r"\(3, 64, 64\)"),
        ((2, 3, 64, 64), np.float32, r"\(2, 3, 64, 64\)"),
        ((1, 64, 64, 3), np.float32, r"\(1, 64, 64, 3\)"),
    ],
)
def test_input_is_checked(shape, dtype, told):
    with pytest.raises(NetworkError, match=told):
        check_input(np.zeros(shape, dtype), OPENPOSE)


def test_another_networks_names_are_refused(tmp_path):
    check_names(tmp_path, OPENPOSE, ["image"], ["pafs", "heatmaps"])
    with pytest.raises(NetworkError, match="another network"):
        check_names(tmp_path, OPENPOSE, ["image"], ["heatmaps"])
