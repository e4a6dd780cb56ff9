from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose

from tests.quick import but_quick
from tests.tools.weights.test_convert_movenet import drawn_person
from tools.weights import convert_blazepose
from tools.weights.convert_blazepose import JOINTS, main

ENGINES = Path(__file__).resolve().parents[3] / "engines"
kinds = pytest.mark.parametrize("kind", ["full", "heavy"])


def source_of(shared, kind):
    return shared / "models" / "blazepose" / f"pose_landmark_{kind}.tflite"


@pytest.mark.shared
@kinds
def test_the_bundled_file_is_the_conversion_byte_for_byte(
    kind, shared, tmp_path, capsys, monkeypatch
):
    source, bundled = source_of(shared, kind), ENGINES / f"blazepose_{kind}.onnx"
    assert main([str(source), "--out", str(tmp_path / "one.onnx")]) == 0
    monkeypatch.setattr(convert_blazepose, "ENGINES", tmp_path)
    assert main([str(source)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [bundled.name, "one.onnx"]
    for path in tmp_path.iterdir():
        assert path.read_bytes() == bundled.read_bytes()
    printed = capsys.readouterr().out
    notice = bundled.with_suffix(".md").read_text(encoding="utf-8")
    for path in (source, bundled):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest in printed
        assert digest in notice


@pytest.mark.shared
@pytest.mark.parametrize("kind", but_quick([("full",), ("heavy",)], {("full",)}))
def test_the_bundled_network_sees_what_openvino_sees_in_the_original(kind, shared):
    """Measured: 0.002 px, 1e-5 of the heat."""
    openvino = pytest.importorskip("openvino")
    onnxruntime = pytest.importorskip("onnxruntime")
    core = openvino.Core()
    config = {"INFERENCE_PRECISION_HINT": "f32"}
    original = core.compile_model(core.read_model(source_of(shared, kind)), "CPU", config)
    session = onnxruntime.InferenceSession(
        ENGINES / f"blazepose_{kind}.onnx", providers=["CPUExecutionProvider"]
    )
    noise = np.random.default_rng(0).integers(0, 255, (256, 256, 3), np.uint8)
    for picture in (drawn_person(), noise):
        values = original(np.ascontiguousarray(picture[None, :, :, ::-1], np.float32) / 255)
        told = {min(port.names): array for port, array in values.items()}
        image = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)
        points, presence, heat = session.run(["points", "presence", "heat"], {"image": image})
        kept = told["Identity"].reshape(39, 5)[list(JOINTS), :2]
        logits = told["Identity_3"].transpose(0, 3, 1, 2)[:, list(JOINTS)]
        assert_allclose(points.reshape(17, 2), kept, rtol=0, atol=0.02)
        assert_allclose(presence, told["Identity_1"], rtol=0, atol=1e-4)
        assert_allclose(heat, np.exp(-np.logaddexp(0, -logits)), rtol=0, atol=1e-4)


@kinds
def test_the_bundled_file_has_the_promised_form(kind):
    model = onnx.load(ENGINES / f"blazepose_{kind}.onnx")
    ports = [*model.graph.input, *model.graph.output]
    assert {
        port.name: [axis.dim_param or axis.dim_value for axis in port.type.tensor_type.shape.dim]
        for port in ports
    } == {
        "image": ["N", 3, 256, 256], "points": ["N", 34], "presence": ["N", 1],
        "heat": ["N", 17, 64, 64],
    }  # fmt: skip
    stored = {weight.name: weight.data_type for weight in model.graph.initializer}
    large = [w for w in model.graph.initializer if np.prod(w.dims) > 1000]
    assert large
    assert {stored[w.name] for w in large} == {onnx.TensorProto.FLOAT16}


def refused(path, told, capsys):
    assert main([str(path), "--out", str(path.with_name("out.onnx"))]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{path}: ")
    assert told in said
    assert said.count("\n") == 1
    assert not path.with_name("out.onnx").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "No such file"), (b"", "no .tflite"), (b"\x00" * 100, "no .tflite"),
     (b"\x10\x00\x00\x00TFL3", "damaged"), (b"\xff\xff\xff\xffTFL3" + bytes(64), "damaged"),
     (b"\x08\x00\x00\x00TFL3" + b"\xff" * 64, "damaged")],
)  # fmt: skip
def test_bad_files_earn_one_sentence(content, told, tmp_path, capsys):
    path = tmp_path / "x.tflite"
    if content is not None:
        path.write_bytes(content)
    refused(path, told, capsys)


@pytest.mark.shared
@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_refused_or_gives_a_whole_network(seed, shared, tmp_path, capsys):
    """Bytes of its tables, which lie behind the weights, are spoilt, or the file is cut."""
    content = bytearray(source_of(shared, "full").read_bytes())
    rng = np.random.default_rng(seed)
    if seed % 3 == 0:
        content = content[: int(rng.integers(100, len(content)))]
    for at in rng.integers(len(content) - 60_000, len(content) - 4, 40 if seed % 3 else 0):
        struct.pack_into("<I", content, int(at), int(rng.integers(0, 2**32)))
    path, out = tmp_path / "x.tflite", tmp_path / "out.onnx"
    path.write_bytes(content)
    code = main([str(path), "--out", str(out)])
    said = capsys.readouterr().err
    assert (code, out.exists()) in {(0, True), (2, False)}
    assert said.count("\n") == (code == 2)
