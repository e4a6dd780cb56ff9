"""Half-precision weights against whole ones, in ONNX Runtime on the CPU.

Its CPU kernels compute in fp32, so this is the weights' rounding alone; what a GPU's half arithmetic
adds is measured where there is one.
"""

from __future__ import annotations

import sys

import cv2
import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from kpopdance.engines.choose import BUNDLED, BUNDLED_PERSON
from kpopdance.engines.errors import ModelError, NetworkError
from kpopdance.engines.formats import MOVENET, OPENPOSE
from kpopdance.engines.gpu.precision import half_precision, with_precision
from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork
from kpopdance.engines.vision import PersonEye, PoseVision
from kpopdance.realtime.pose.one_person import person_from_maps
from kpopdance.realtime.pose.skeletons import assemble

MEDIAN_PX = 0.5  # of the input
MAPS = 0.25  # of 0..1; 0.14 was measured, in limbs nobody has


@pytest.fixture(scope="module")
def pictures(shared):
    folder = shared / "data" / "coco" / "images"
    return [cv2.imread(str(path)) for path in sorted(folder.iterdir())[:12]]


def both(file, spoken, tmp_path):
    half = tmp_path / file.name
    half.write_bytes(half_precision(file.read_bytes()))
    return [OnnxRuntimeNetwork(each, spoken, threads=1) for each in (file, half)]


def apart(pose, other):
    """Distances in px of the joints that both have, (N,)."""
    seen = pose.seen & other.seen
    return np.linalg.norm(pose.joints[seen, :2] - other.joints[seen, :2], axis=1)


@pytest.mark.long
@pytest.mark.shared
def test_openpose_finds_the_same_joints(pictures, tmp_path):
    whole, half = (PoseVision(net, reason="") for net in both(BUNDLED, OPENPOSE, tmp_path))
    moved, people, counts = [], 0, []
    for image in pictures:
        maps = [vision.see(image, region=None, size=(368, 432)) for vision in (whole, half)]
        assert np.abs(maps[0].heat - maps[1].heat).max() < MAPS
        assert np.abs(maps[0].limb - maps[1].limb).max() < MAPS
        ours, theirs = (assemble(each) for each in maps)
        counts.append(len(ours) - len(theirs))
        people += len(ours)
        scale = min(368 / image.shape[0], 432 / image.shape[1])
        for pose in ours:
            near = [apart(pose, other) for other in theirs]
            near = [px for px in near if len(px)]
            if near:
                moved += (min(near, key=np.median) * scale).tolist()
    print(f"half precision: {np.median(moved):.3f} px, median of {len(moved)} joints")
    assert len(moved) > 300
    assert np.median(moved) <= MEDIAN_PX
    assert np.mean(np.array(moved) < 3) > 0.97
    assert np.abs(counts).sum() <= 0.1 * people


@pytest.mark.shared
def test_movenet_finds_the_same_joints(pictures, tmp_path):
    whole, half = (PersonEye(net, reason="") for net in both(BUNDLED_PERSON, MOVENET, tmp_path))
    moved = []
    for image in pictures:
        height, width = image.shape[:2]
        side = max(height, width)
        region = (
            (width - side) / 2,
            (height - side) / 2,
            (width + side) / 2,
            (height + side) / 2,
        )
        poses = [
            person_from_maps(vision.see_person(image, region=region))
            for vision in (whole, half)
        ]
        moved += (apart(*poses) * 256 / side).tolist()
    assert len(moved) > 100
    assert np.median(moved) <= MEDIAN_PX


def quantised():
    """A network of one QuantizeLinear and one DequantizeLinear."""
    nodes = [
        helper.make_node("QuantizeLinear", ["image", "scale", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["out"]),
    ]
    constants = [
        numpy_helper.from_array(np.float32(0.5), "scale"),
        numpy_helper.from_array(np.int8(0), "zero"),
    ]
    ports = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 3, 8, 8])
        for name in ("image", "out")
    ]
    graph = helper.make_graph(nodes, "q", ports[:1], ports[1:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


def test_eight_bits_need_a_network_that_says_where():
    data = quantised()
    assert with_precision(data, "int8") == data
    with pytest.raises(ModelError, match="no QuantizeLinear and DequantizeLinear"):
        with_precision(BUNDLED.read_bytes(), "int8")
    with pytest.raises(ModelError, match="no ONNX network"):
        with_precision(b"\xff\xff", "int8")


@pytest.mark.parametrize("precision", ["fp32", "tf32"])
def test_float32_networks_stay_as_they_are(precision):
    assert with_precision(b"anything", precision) == b"anything"


@pytest.mark.parametrize("precision", ["fp16", "int8"])
def test_without_the_package_onnx_the_way_to_install_it_is_told(monkeypatch, precision):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(NetworkError, match=rf"precision {precision} needs .*pip install"):
        with_precision(BUNDLED.read_bytes(), precision)
