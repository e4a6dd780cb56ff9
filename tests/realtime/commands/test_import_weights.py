"""Imported networks against slow twins: files as published, random weights, through the command."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines.weights import importing
from kpopdance.realtime import __main__ as program
from kpopdance.realtime.commands import import_weights
from tests import caffe_files, torch_files
from tests.oracles import caffe_naive, lightweight_naive

onnxruntime = pytest.importorskip("onnxruntime")

ROOT = Path(__file__).resolve().parents[3]
RELATIVE = 1e-5  # of the largest value; measured: up to 2.2e-6, the float32 sums of 60 layers
NARROW = 1 / 8
CAFFE = {
    "openpose_coco": (caffe_files.coco, 19, "OpenPose COCO-18 (Caffe)"),
    "openpose_body25": (caffe_files.body25, 26, "OpenPose BODY_25 (Caffe)"),
}


def main(words):
    return program.main(["import-weights", *words])


def image(height, width, seed=1):
    return np.random.default_rng(seed).uniform(0, 255, (3, height, width)).astype(np.float32)


def write_caffe(folder, layers, *, old=False):
    files = folder / "pose.prototxt", folder / "pose.caffemodel"
    files[0].write_bytes(caffe_files.prototxt(layers))
    files[1].write_bytes(caffe_files.caffemodel(layers, old=old))
    return [str(path) for path in files]


def write_checkpoint(folder, content):
    path = folder / "checkpoint.pth"
    path.write_bytes(content)
    return [str(path)]


def outputs(path, *images):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session.run(["heatmaps", "pafs"], {"image": np.stack(images)})


def assert_equal(found, expected):
    assert found.shape == expected.shape
    assert_allclose(found, expected, rtol=0, atol=RELATIVE * np.abs(expected).max())


def check_caffe(folder, name, *, width, old, size):
    make, joints, _title = CAFFE[name]
    layers = make(width=width)
    out = folder / "out.onnx"
    files = write_caffe(folder, layers, old=old)
    assert main([*files, "--out", str(out)]) == 0
    pictures = [image(*size, seed=1), image(*size, seed=2)]
    heat, limb = outputs(out, *pictures)
    for k, picture in enumerate(pictures):
        expected = caffe_naive.run(layers, picture)["net_output"]
        assert_equal(heat[k], expected[:joints])
        assert_equal(limb[k], expected[joints:])
        assert expected.shape[1:] == (size[0] / 8, size[1] / 8)


@pytest.mark.parametrize(
    ("old", "size"), [(False, (48, 64)), (True, (8, 72))], ids=["layer", "layers"]
)
@pytest.mark.parametrize("name", CAFFE)
def test_a_caffe_network_equals_the_slow_twin(name, old, size, tmp_path):
    check_caffe(tmp_path, name, width=NARROW, old=old, size=size)


@pytest.mark.long
@pytest.mark.parametrize("name", CAFFE)
def test_a_caffe_network_of_true_size_equals_the_slow_twin(name, tmp_path):
    try:
        check_caffe(tmp_path, name, width=1, old=False, size=(16, 24))
    finally:
        for path in tmp_path.iterdir():  # pytest would keep 630 MB of them
            path.unlink()


@pytest.mark.parametrize(
    ("stages", "write"),
    [
        (0, torch_files.archive),
        (1, torch_files.stream),
        (1, lambda value: torch_files.archive(value, order="big")),
        (2, torch_files.archive),
    ],
)
def test_lightweight_openpose_equals_the_slow_twin(stages, write, tmp_path):
    state = torch_files.lightweight(seed=stages, stages=stages)
    files = write_checkpoint(tmp_path, write(torch_files.checkpoint(state)))
    out = tmp_path / "out.onnx"
    assert main([*files, "--out", str(out)]) == 0
    heat, limb = outputs(out, image(48, 64))
    expected = lightweight_naive.run(state, image(48, 64))
    assert_equal(heat[0], expected[0])
    assert_equal(limb[0], expected[1])
    assert heat.shape[1:] == (19, 6, 8)


@pytest.mark.parametrize("kind", ["alone", "module.", "half", "double", "transposed"])
def test_weights_may_be_kept_in_other_ways(kind, tmp_path):
    state = torch_files.lightweight(stages=0)
    kept = {
        "alone": lambda array: array,
        "module.": lambda array: array,
        "half": lambda array: array.astype(np.float16),
        "double": lambda array: array.astype(np.float64),
        "transposed": lambda array: np.ascontiguousarray(array.T).T,
    }[kind]
    prefix = "module." if kind == "module." else ""
    floats = {
        name: kept(array) if array.dtype == np.float32 else array
        for name, array in state.items()
    }
    files = write_checkpoint(
        tmp_path, torch_files.archive({prefix + name: array for name, array in floats.items()})
    )
    out = tmp_path / "out.onnx"
    assert main([*files, "--out", str(out)]) == 0
    expected = lightweight_naive.run(floats, image(16, 24))
    for found, wanted in zip(outputs(out, image(16, 24)), expected, strict=True):
        assert_equal(found[0], wanted)


def test_the_file_has_the_promised_form_and_the_same_bytes_again(tmp_path):
    for name, (make, joints, title) in CAFFE.items():
        files = write_caffe(tmp_path, make(width=NARROW))
        check_form(tmp_path, files, joints, title)
        model = onnx.load(tmp_path / "1.onnx")
        assert model.graph.name == name
        hashes = [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in files]
        told = f"prototxt {hashes[0]}, caffemodel {hashes[1]}"
        assert model.metadata_props[1].value == told
    state = torch_files.lightweight(stages=1)
    files = write_checkpoint(tmp_path, torch_files.archive(state))
    check_form(tmp_path, files, 19, "Lightweight OpenPose (PyTorch)")


def check_form(folder, files, joints, title):
    paths = [folder / "1.onnx", folder / "2.onnx"]
    for path in paths:
        assert main([*files, "--out", str(path)]) == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()
    model = onnx.load(paths[0])
    onnx.checker.check_model(model, full_check=True)
    assert model.ir_version == 8
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert [shape(value) for value in model.graph.input] == [("image", ["N", 3, "H", "W"])]
    limbs = {19: 38, 26: 52}[joints]
    assert [shape(value) for value in model.graph.output] == [
        ("heatmaps", ["N", joints, "h", "w"]),
        ("pafs", ["N", limbs, "h", "w"]),
    ]
    properties = [(entry.key, entry.value) for entry in model.metadata_props]
    assert [key for key, _ in properties] == ["kpopdance.source", "kpopdance.sha256"]
    assert properties[0][1] == title


def shape(value):
    axes = value.type.tensor_type.shape.dim
    return value.name, [axis.dim_param or axis.dim_value for axis in axes]


def test_without_out_it_goes_to_the_players_networks(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(import_weights, "user_data_path", lambda *_, **__: tmp_path / "data")
    files = write_caffe(tmp_path, caffe_files.body25(width=NARROW))
    assert main(files) == 0
    written = tmp_path / "data" / "networks" / "openpose_body25.onnx"
    said = capsys.readouterr()
    assert said.err == ""
    for path in (*files, written):
        assert (
            f"{path}  sha256 {hashlib.sha256(Path(path).read_bytes()).hexdigest()}" in said.out
        )
    assert "non-commercial research only" in said.out
    assert said.out.endswith(f"kpopdance play --model {written}\n")
    assert [path.name for path in written.parent.iterdir()] == [written.name]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"", "is no checkpoint that torch.save wrote; give Lightweight"),
        (b"a song is no checkpoint\n", "is no checkpoint that torch.save wrote"),
        (b"\x80\x02K\x01.", "is a pickle, but no checkpoint"),
        (b"PK\x03\x04 and no more", "is truncated or a damaged archive"),
    ],
)
def test_what_is_no_checkpoint_earns_one_sentence(content, told, tmp_path, capsys):
    path, out = tmp_path / "weights.pth", tmp_path / "out.onnx"
    if content is not None:
        path.write_bytes(content)
    assert main([str(path), "--out", str(out)]) == 2
    assert one_sentence(capsys, told).startswith(f"kpopdance: {path}: ")
    assert not out.exists()


def one_sentence(capsys, *told):
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    for words in told:
        assert words in said.err
    return said.err


@pytest.mark.parametrize(
    ("swap", "told"),
    [
        ((b"song", None), "song.txt: is truncated or no prototxt"),
        ((None, b"song"), "song.bin: is damaged or no caffemodel"),
        ((None, b""), "song.bin: is no caffemodel (it holds no layer with weights)"),
    ],
)
def test_what_is_no_caffe_network_earns_one_sentence(swap, told, tmp_path, capsys):
    files = write_caffe(tmp_path, caffe_files.coco(width=NARROW))
    for place, (content, name) in enumerate(zip(swap, ("song.txt", "song.bin"), strict=True)):
        if content is not None:
            (tmp_path / name).write_bytes(content)
            files[place] = str(tmp_path / name)
    assert main([*files, "--out", str(tmp_path / "out.onnx")]) == 2
    one_sentence(capsys, told, "give pose_deploy_linevec.prototxt with")
    assert not (tmp_path / "out.onnx").exists()


def test_files_of_two_networks_do_not_mix(tmp_path, capsys):
    coco, body25 = caffe_files.coco(width=NARROW), caffe_files.body25(width=NARROW)
    files = write_caffe(tmp_path, coco)
    Path(files[1]).write_bytes(caffe_files.caffemodel(body25))
    assert main([*files, "--out", str(tmp_path / "out.onnx")]) == 2
    said = one_sentence(capsys, "has a layer 'conv5_1_CPM_L1' with 0 blobs of weights, not 2")
    assert said.startswith(f"kpopdance: {files[0]} with {files[1]}: ")


@pytest.mark.parametrize(("place", "most"), [(0, "MAX_TEXT_BYTES"), (1, "MAX_WEIGHT_BYTES")])
def test_a_file_of_absurd_size_is_refused(place, most, tmp_path, capsys, monkeypatch):
    files = write_caffe(tmp_path, caffe_files.body25(width=1 / 32))
    monkeypatch.setattr(importing, most, 1000)
    assert main([*files, "--out", str(tmp_path / "out.onnx")]) == 2
    assert one_sentence(capsys).startswith(
        f"kpopdance: {files[place]}: is larger than 0 MB, no such file"
    )


def test_an_unwritable_place_is_named(tmp_path, capsys):
    files = write_caffe(tmp_path, caffe_files.body25(width=NARROW))
    assert main([*files, "--out", str(tmp_path / "nowhere" / "out.onnx")]) == 2
    one_sentence(capsys, "nowhere", "there is no folder")


def test_a_source_is_never_written_over(tmp_path, capsys):
    files = write_caffe(tmp_path, caffe_files.body25(width=NARROW))
    before = Path(files[1]).read_bytes()
    assert main([*files, "--out", files[1]]) == 2
    one_sentence(capsys, f"{files[1]}: is the input itself; write to another name")
    assert Path(files[1]).read_bytes() == before


def test_missing_onnx_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert main([str(tmp_path / "checkpoint.pth")]) == 2
    told = "kpopdance: the onnx package is missing: pip install kpopdance[convert]\n"
    assert one_sentence(capsys) == told


def test_more_than_two_files_are_refused(capsys):
    assert main(["1", "2", "3"]) == 2
    one_sentence(capsys, "give a prototxt and a caffemodel, or a checkpoint")


def test_runs_as_a_command():
    done = subprocess.run(
        [sys.executable, "-m", "kpopdance", "import-weights", "no_such_checkpoint.pth"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    told = "no_such_checkpoint.pth: No such file or directory; check the path"
    assert done.stderr == f"kpopdance: {told}\n"


@pytest.mark.parametrize("tries", [6, pytest.param(30, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", ["prototxt", "caffemodel", "archive", "stream"])
def test_cut_and_changed_files_never_end_in_a_traceback(name, tries, tmp_path, capsys):
    """So many cuts earn a sentence; as many changed bytes either that or a whole network."""
    files, path = damaged_pair(name, tmp_path)
    whole = path.read_bytes()
    out = tmp_path / "out.onnx"
    rng = np.random.default_rng(0)
    near = min(len(whole), 30_000)
    for size in {
        *rng.integers(0, near, tries - tries // 6).tolist(),
        *rng.integers(0, len(whole) - 30, tries // 6).tolist(),
    }:
        path.write_bytes(whole[:size])
        assert main([*files, "--out", str(out)]) == 2, size
        one_sentence(capsys, path.name)
        assert not out.exists()
    for at in rng.integers(0, near, tries).tolist():
        path.write_bytes(
            whole[:at] + bytes([whole[at] ^ int(rng.integers(1, 256))]) + whole[at + 1 :]
        )
        if main([*files, "--out", str(out)]) == 2:
            one_sentence(capsys, path.name)
            assert not out.exists()
        else:
            capsys.readouterr()
            out.unlink()
    assert {one.name for one in tmp_path.iterdir()} == {Path(one).name for one in files}


def damaged_pair(name, folder):
    if name in ("prototxt", "caffemodel"):
        files = write_caffe(folder, caffe_files.body25(width=1 / 32))
        return files, Path(files[name == "caffemodel"])
    # Tensors are missing, so that a file read whole earns a sentence too, and soon.
    state = {
        name: one for name, one in torch_files.lightweight(stages=0).items() if one.size < 600
    }
    write = torch_files.archive if name == "archive" else torch_files.stream
    files = write_checkpoint(folder, write(torch_files.checkpoint(state)))
    return files, Path(files[0])
