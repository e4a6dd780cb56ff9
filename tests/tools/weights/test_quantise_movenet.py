from __future__ import annotations

import hashlib

import numpy as np
import onnx
import pytest

from kpopdance.engines.formats import CLOSE_NETWORKS, MOVENET
from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork
from kpopdance.engines.vision import PersonEye
from kpopdance.realtime.pose.one_person import person_from_maps
from tests.engines.test_runners import DRAWN, drawn_dancer
from tools.weights.quantise_movenet import (
    OUT,
    SOURCE,
    drawn_crops,
    left_whole,
    quantised,
    unfolded,
)

pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def coarse():
    """The network made of few crops: the way is the same, and it takes a tenth of the time."""
    return quantised(SOURCE, crops=3)


def joints(file):
    eye = PersonEye(OnnxRuntimeNetwork(file, MOVENET, threads=1), "a test")
    return person_from_maps(eye.see_person(drawn_dancer(), region=(0, 0, 199, 259))).joints


def off(file):
    """How far its joints lie from the whole network's, px of the picture."""
    ends = list(DRAWN)
    return np.linalg.norm(joints(file)[ends, :2] - joints(SOURCE)[ends, :2], axis=1)


def test_the_bundled_file_is_the_one_its_page_speaks_of_and_sees_the_same():
    page = OUT.with_suffix(".md").read_text(encoding="utf-8")
    for path in (SOURCE, OUT):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in page
    assert CLOSE_NETWORKS["movenet_thunder_int8"].file == OUT
    assert np.median(off(OUT)) < 3  # 2.0 here, and 1.5 px of the input


@pytest.mark.long
def test_it_is_made_the_same_each_time_and_counts_in_eight_bits(coarse, tmp_path):
    assert quantised(SOURCE, crops=3) == coarse
    model = onnx.load_from_string(coarse)
    onnx.checker.check_model(model)
    kept = left_whole(unfolded(onnx.load(SOURCE)))
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    small = [node for node in convolutions if node.name not in kept]
    assert len(small) == 45
    made_by = {name: node.op_type for node in model.graph.node for name in node.output}
    for node in convolutions:
        assert (made_by.get(node.input[1]) == "DequantizeLinear") == (node in small)
    file = tmp_path / "movenet.onnx"
    file.write_bytes(coarse)
    assert np.median(off(file)) < 4


def test_crops_are_of_many_kinds():
    tensors = [crop["image"] for crop in drawn_crops(6)]
    assert {tensor.shape for tensor in tensors} == {(1, 3, 256, 256)}
    assert all(tensor.min() >= 0 and tensor.max() <= 255 for tensor in tensors)
    means = [float(tensor.mean()) for tensor in tensors]
    assert np.std(means) > 10
