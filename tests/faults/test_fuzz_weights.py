"""Other people's networks: opened, or refused in one sentence."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from kpopdance.engines.weights.importing import network_from, read_sources
from kpopdance.engines.weights.onnx_writer import WeightsError
from kpopdance.engines.weights.torch_checkpoint import checkpoint_from_bytes
from tests import caffe_files, torch_files
from tests.faults.fuzzing import Long, cases, refused_or_read, spoilt

ROOT = Path(__file__).resolve().parents[2]
STATE = {"model.0.0.weight": np.ones((2, 3), np.float32), "n.num": np.array(3, np.int64)}
CHECKPOINTS = [
    Long(torch_files.archive(torch_files.checkpoint(STATE))),
    Long(torch_files.stream(torch_files.checkpoint(STATE))),
    Long((ROOT / "tests/golden/torch/archive.pth").read_bytes()),
    Long((ROOT / "tests/golden/torch/stream.pth").read_bytes()),
]
PICKLE = Long(zipfile.ZipFile(io.BytesIO(CHECKPOINTS[0])).read("checkpoint/data.pkl"))
LAYERS = caffe_files.coco(width=1 / 64)
PROTOTXT, CAFFEMODEL = Long(caffe_files.prototxt(LAYERS)), Long(caffe_files.caffemodel(LAYERS))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("weights")


def with_pickle(pickle):
    """The archive with another pickle in it."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(CHECKPOINTS[0])) as whole,
        zipfile.ZipFile(out, "w") as packed,
    ):
        for name in whole.namelist():
            packed.writestr(name, pickle if name.endswith(".pkl") else whole.read(name))
    return out.getvalue()


@cases(150)
@given(content=st.one_of(spoilt(CHECKPOINTS), spoilt(PICKLE).map(with_pickle)))
def test_fuzz_checkpoints(folder, content):
    path = folder / "a.pth"
    path.write_bytes(content)
    refused_or_read(lambda path: network_from(read_sources([path])), path)
    try:
        read = checkpoint_from_bytes(content)
        for name in read.tensors:
            read.array(name)
    except WeightsError:
        pass


@cases(40)
@given(prototxt=st.one_of(st.just(PROTOTXT), spoilt(PROTOTXT)), data=st.data())
def test_fuzz_caffe(folder, prototxt, data):
    model = CAFFEMODEL if prototxt is not PROTOTXT else data.draw(spoilt(CAFFEMODEL))
    paths = folder / "a.prototxt", folder / "a.caffemodel"
    for path, content in zip(paths, (prototxt, model), strict=True):
        path.write_bytes(content)
    refused_or_read(lambda path: network_from(read_sources(list(paths))), *paths)


def network():
    """A network of one layer with the names and sizes of OpenPose's."""
    size = ["n", 3, "h", "w"]
    ports = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (
            ("image", size), ("heatmaps", ["n", 19, "a", "b"]), ("pafs", ["n", 38, "a", "b"]),
        )
    ]  # fmt: skip
    weights = [
        helper.make_tensor(f"w{out}", TensorProto.FLOAT, (out, 3, 8, 8), np.zeros(out * 192))
        for out in (19, 38)
    ]
    nodes = [
        helper.make_node(
            "Conv", ["image", f"w{out}"], [name], strides=[8, 8], kernel_shape=[8, 8]
        )
        for out, name in ((19, "heatmaps"), (38, "pafs"))
    ]
    graph = helper.make_graph(nodes, "g", ports[:1], ports[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return Long(model.SerializeToString())


class Opener:
    """The other process, started again where it died."""

    def __init__(self):
        self._process = None

    def answer(self, path):
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.opens_networks"], cwd=ROOT, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if not answer:
            code = self._process.wait()
            self.close()
            return f"died with {code}"
        return answer

    def close(self):
        if self._process is not None:
            self._process.stdin.close()
            self._process.stdout.close()
            self._process.wait(30)
        self._process = None


@pytest.fixture(scope="module")
def opener():
    opener = Opener()
    yield opener
    opener.close()


def test_the_network_that_is_spoilt_is_sound(folder, opener):
    path = folder / "sound.onnx"
    path.write_bytes(network())
    onnx.checker.check_model(str(path))
    assert opener.answer(path) == "well"


@cases(40)
@given(content=spoilt(network()))
@example(content=Long(b"stsides".join(network().rsplit(b"strides", 1))))  # two grids
@example(content=Long((b"kern" + b"\xff" * 8).join(network().rsplit(b"kernel_shape", 1))))
def test_fuzz_networks(folder, opener, content):
    path = folder / "a.onnx"
    path.write_bytes(content)
    assert opener.answer(path) == "well"
