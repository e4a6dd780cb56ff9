import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines.choose import BUNDLED
from tools.weights import convert_openpose
from tools.weights.convert_openpose import main, onnx_from_graph
from tools.weights.converting import GraphError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def graph(shared):
    return shared / "models" / "openpose_mobilenet_thin" / "graph_opt.pb"


@pytest.mark.shared
def test_the_bundled_file_is_the_conversion_byte_for_byte(graph, tmp_path, capsys):
    for name in ("one.onnx", "two.onnx"):
        assert main([str(graph), "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes() == BUNDLED.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.onnx", "two.onnx"]
    printed = capsys.readouterr().out
    notice = BUNDLED.with_suffix(".md").read_text(encoding="utf-8")
    for path in (graph, BUNDLED):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest in printed
        assert digest in notice


@pytest.mark.shared
def test_maps_equal_those_of_the_tensorflow_graph(graph):
    """OpenCV reads the TensorFlow graph on its own, folding nothing as we do."""
    if not hasattr(cv2.dnn, "readNetFromTensorflow"):
        pytest.skip("this OpenCV reads no TensorFlow graphs")
    onnxruntime = pytest.importorskip("onnxruntime")
    tensor = np.random.default_rng(0).uniform(0, 255, (1, 3, 64, 96)).astype(np.float32)
    net = cv2.dnn.readNetFromTensorflow(str(graph))
    net.setInput(tensor)
    expected = net.forward("Openpose/concat_stage7")
    session = onnxruntime.InferenceSession(BUNDLED, providers=["CPUExecutionProvider"])
    heat, limb = session.run(["heatmaps", "pafs"], {"image": tensor})
    assert np.abs(expected).max() > 0.5
    assert_allclose(np.concatenate([heat, limb], axis=1), expected, rtol=0, atol=2e-5)


def test_the_bundled_file_has_the_promised_form():
    model = onnx.load(BUNDLED)
    ops = Counter(node.op_type for node in model.graph.node)
    assert ops == {"Conv": 119, "Relu": 60, "Concat": 6, "MaxPool": 1}
    assert model.ir_version == 8
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert [shape(value) for value in model.graph.input] == [("image", ["N", 3, "H", "W"])]
    assert [shape(value) for value in model.graph.output] == [
        ("heatmaps", ["N", 19, "h", "w"]),
        ("pafs", ["N", 38, "h", "w"]),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"", "holds no graph nodes"),
        (b"a song is not a graph\n", "no TensorFlow graph"),
        (b"\x0a\x7fshort", "truncated"),
        (b"\x0a\xff", "truncated"),
        (b"\x0a\x03\x0a\x01\xff", "another graph"),
        (b"\x0a\x09\x0a\x01x\x12\x04Relu", "another graph (0 nodes 'Const', not 222)"),
    ],
)
def test_bad_files_earn_one_sentence(content, told, tmp_path, capsys):
    source, out = tmp_path / "graph.pb", tmp_path / "out.onnx"
    if content is not None:
        source.write_bytes(content)
    assert main([str(source), "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert str(source) in said
    assert said.count("\n") == 1
    assert not out.exists()


@pytest.mark.shared
def test_a_cut_graph_is_refused_wherever_it_is_cut(graph):
    whole = graph.read_bytes()
    for size in np.random.default_rng(0).integers(1, len(whole) - 2, 5):
        with pytest.raises(GraphError, match=r"truncated|another graph"):
            onnx_from_graph(whole[:size])


@pytest.mark.shared
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"SAME", b"FULL", "not SAME"),
        (b"NHWC", b"NCHW", "not NHWC"),
        (b"strides", b"stridez", "lacks 'strides'"),
        (b"\x16Openpose/concat_stage7", b"\x16Openpose/concat_stage8", "it ends in"),
        (b"MobilenetV1/Conv2d_0/Relu", b"MobilenetV1/Conv2d_0/Rely", "what comes after"),
        (b"\x12\x02\x08\x26", b"\x12\x02\x08\x25", "do not fill its shape"),
    ],
)
def test_a_changed_graph_is_refused(graph, old, new, told):
    """Each change keeps the length, so that the wire format stays intact."""
    whole = graph.read_bytes()
    assert old in whole
    with pytest.raises(GraphError, match=told):
        onnx_from_graph(whole.replace(old, new, 1))


def test_an_unwritable_place_is_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(convert_openpose, "onnx_from_graph", bytes)
    source = tmp_path / "graph.pb"
    source.write_bytes(b"")
    assert main([str(source), "--out", str(tmp_path / "nowhere" / "out.onnx")]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_missing_onnx_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    source = tmp_path / "graph.pb"
    source.write_bytes(b"")
    assert main([str(source)]) == 2
    assert capsys.readouterr().err == (
        "the onnx package is missing: pip install kpopdance[convert]\n"
    )


def test_runs_as_a_command():
    done = subprocess.run(
        [sys.executable, "-m", "tools.weights.convert_openpose", "no_such_graph.pb"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "no_such_graph.pb: No such file or directory; check the path\n"


def shape(value):
    axes = value.type.tensor_type.shape.dim
    return value.name, [axis.dim_param or axis.dim_value for axis in axes]
