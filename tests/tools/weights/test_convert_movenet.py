import copy
import hashlib
import json
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

from kpopdance.engines.maps import Letterbox, PersonMaps
from kpopdance.realtime.core.body import NECK
from kpopdance.realtime.pose.one_person import person_from_maps
from tests.oracles import tfjs_naive
from tests.quick import but_quick
from tests.synthetic_person import OUR_JOINT
from tools.weights import convert_movenet
from tools.weights.convert_movenet import main
from tools.weights.converting import GraphError

ROOT = Path(__file__).resolve().parents[3]
BUNDLED = ROOT / "engines" / "movenet_thunder.onnx"
OUTPUTS = ["centre", "heat", "regression", "offset"]
TENSORFLOW_SAW = np.array([
    (0.259028, 0.486719, 0.639832), (0.235506, 0.507986, 0.709685), (0.237791, 0.469602, 0.428834),
    (0.231557, 0.537005, 0.647895), (0.238255, 0.442469, 0.705131), (0.329703, 0.570860, 0.887896),
    (0.335233, 0.416631, 0.933888), (0.279134, 0.651574, 0.862406), (0.429262, 0.333826, 0.915569),
    (0.191481, 0.659910, 0.596280), (0.513476, 0.328201, 0.518032), (0.567609, 0.543519, 0.890764),
    (0.569754, 0.433762, 0.802872), (0.740931, 0.594892, 0.902122), (0.744987, 0.401628, 0.906264),
    (0.878298, 0.588860, 0.786976), (0.884309, 0.414012, 0.837355),
])  # fmt: skip
"""y, x and score, all 0..1: what TensorFlow 2.21's CPU made of the uncut graph and the drawn person."""

STROKES = [  # from x y, to x y, half the width, BGR: legs, shoes, shirt, arms, neck, head, face
    (112, 148, 104, 190, 10, (90, 60, 40)), (104, 190, 106, 232, 8, (90, 60, 40)),
    (138, 148, 150, 188, 10, (90, 60, 40)), (150, 188, 152, 230, 8, (90, 60, 40)),
    (106, 232, 98, 238, 6, (30, 30, 30)), (152, 230, 160, 236, 6, (30, 30, 30)),
    (112, 90, 114, 148, 12, (60, 60, 200)), (138, 90, 136, 148, 12, (60, 60, 200)),
    (125, 90, 125, 148, 14, (60, 60, 200)),
    (106, 90, 84, 112, 7, (60, 60, 200)), (84, 112, 86, 142, 6, (140, 170, 220)),
    (144, 90, 166, 70, 7, (60, 60, 200)), (166, 70, 170, 40, 6, (140, 170, 220)),
    (125, 62, 125, 80, 8, (140, 170, 220)), (125, 54, 125, 62, 15, (140, 170, 220)),
    (125, 45, 125, 48, 15, (30, 40, 60)), (119, 56, 119, 56, 2, (20, 20, 20)),
    (131, 56, 131, 56, 2, (20, 20, 20)), (122, 68, 128, 68, 1, (60, 60, 160)),
]  # fmt: skip


@pytest.fixture(scope="module")
def thunder(shared):
    return shared / "models" / "movenet_thunder" / "movenet-thunder.json"


@pytest.fixture(scope="module")
def whole(thunder):
    return json.loads(thunder.read_bytes())


@pytest.fixture(scope="module")
def network():
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(BUNDLED, providers=["CPUExecutionProvider"])
    return lambda picture: session.run(OUTPUTS, {"image": tensor(picture)})


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["thunder", "lightning"])
def test_the_bundled_file_is_the_conversion_byte_for_byte(
    kind, shared, tmp_path, capsys, monkeypatch
):
    source = shared / "models" / f"movenet_{kind}" / f"movenet-{kind}.json"
    bundled = BUNDLED.with_name(f"movenet_{kind}.onnx")
    assert main([str(source), "--out", str(tmp_path / "one.onnx")]) == 0
    monkeypatch.setattr(convert_movenet, "ENGINES", tmp_path)
    assert main([str(source)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [bundled.name, "one.onnx"]
    for path in tmp_path.iterdir():
        assert path.read_bytes() == bundled.read_bytes()
    printed = capsys.readouterr().out
    notice = bundled.with_suffix(".md").read_text(encoding="utf-8")
    for path in (source, source.with_suffix(".bin"), bundled):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest in printed
        assert digest in notice


def test_the_drawn_person_is_where_tensorflow_saw_them(network):
    """Measured: 2e-4 px (the figures above are rounded) and 1e-6."""
    joints, score = read_person(network(drawn_person()))
    assert_allclose(joints, TENSORFLOW_SAW[:, 1::-1] * 256, rtol=0, atol=2e-3)
    assert_allclose(score, TENSORFLOW_SAW[:, 2], rtol=0, atol=1e-5)


@pytest.mark.shared
def test_the_oracle_is_tensorflow(thunder):
    values = tfjs_naive.run(thunder, colours(drawn_person()))
    assert_allclose(values["Identity"].reshape(17, 3), TENSORFLOW_SAW, rtol=0, atol=2e-6)


@pytest.mark.shared
@pytest.mark.parametrize(
    "crop", [0, 1, *(pytest.param(crop, marks=pytest.mark.long) for crop in (2, 3))]
)
def test_network_and_reading_equal_the_uncut_graph(thunder, shared, network, crop):
    """Measured: 6e-5 px, 2e-6 of confidence, and 2e-4 cells in heads that reach 95."""
    picture = coco_crop(shared, crop) if crop else drawn_person()
    values = tfjs_naive.run(thunder, colours(picture))
    heads = network(picture)
    for node, (name, channels) in convert_movenet.HEADS.items():
        head = heads[OUTPUTS.index(name)]
        assert head.shape == (1, channels, 64, 64)
        assert head.dtype == np.float32
        assert_allclose(head, values[node].transpose(0, 3, 1, 2), rtol=0, atol=2e-3)
    joints, score = read_person(heads)
    expected = values["Identity"].reshape(17, 3)
    assert (expected[:, 2] > 0.3).sum() >= 10
    assert_allclose(joints, expected[:, 1::-1] * 256, rtol=0, atol=5e-3)
    assert_allclose(score, expected[:, 2], rtol=0, atol=1e-5)


def test_two_pictures_at_once_are_two_pictures(network):
    session = pytest.importorskip("onnxruntime").InferenceSession(
        BUNDLED, providers=["CPUExecutionProvider"]
    )
    pictures = [drawn_person(), drawn_person()[:, ::-1]]
    both = session.run(OUTPUTS, {"image": np.concatenate([tensor(p) for p in pictures])})
    for k, picture in enumerate(pictures):
        for head, alone in zip(both, network(picture), strict=True):
            assert_allclose(head[k], alone[0], rtol=0, atol=1e-3)


def test_the_bundled_file_has_the_promised_form():
    model = onnx.load(BUNDLED)
    ops = Counter(node.op_type for node in model.graph.node)
    assert ops == {
        "Cast": 143, "Conv": 74, "Clip": 35, "Add": 13, "Relu": 7, "Resize": 3, "Sigmoid": 2,
        "Mul": 1, "Sub": 1,
    }  # fmt: skip
    assert model.ir_version == 8
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert [shape(value) for value in model.graph.input] == [("image", ["N", 3, 256, 256])]
    assert [shape(value) for value in model.graph.output] == [
        ("centre", ["N", 1, 64, 64]),
        ("heat", ["N", 17, 64, 64]),
        ("regression", ["N", 34, 64, 64]),
        ("offset", ["N", 34, 64, 64]),
    ]
    stored = Counter(weight.data_type for weight in model.graph.initializer)
    assert stored == {onnx.TensorProto.FLOAT16: 143, onnx.TensorProto.FLOAT: 3}
    assert BUNDLED.stat().st_size < 12_600_000


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"", "truncated or no JSON"),
        (b'{"modelTopology": {', "truncated or no JSON"),
        (b"\xff\xfe", "truncated or no JSON"),
        (b"[" * 100_000, "truncated or no JSON"),
        (b"1" * 5000, "truncated or no JSON"),
        (b"[]", "no TensorFlow.js graph"),
        (b"{}", "no 'weightsManifest'"),
        (b'{"weightsManifest": {}}', "no 'weightsManifest'"),
        (b'{"weightsManifest": []}', "not lie in one file"),
        (b'{"weightsManifest": [5]}', "no 'paths'"),
        (b" " * 4_000_001, "has 4000001 bytes, over"),
    ],
)
def test_bad_files_earn_one_sentence(content, told, tmp_path, capsys):
    source = tmp_path / "graph.json"
    if content is not None:
        source.write_bytes(content)
    assert_refused(source, told, capsys)


@pytest.mark.parametrize(
    "path",
    ["../w.bin", "/etc/hostname", "..", ".", "", "a/w.bin", r"..\w.bin", "C:w.bin", 5, None],
)
def test_weights_elsewhere_are_not_read(path, tmp_path, capsys):
    (tmp_path / "inner").mkdir()
    (tmp_path / "w.bin").write_bytes(b"")
    source = write_graph(tmp_path / "inner", tiny(paths=[path]))
    assert_refused(source, "no plain file name", capsys)


@pytest.mark.parametrize("paths", [[], ["w.bin", "w.bin"]])
def test_weights_lie_in_one_file(paths, tmp_path, capsys):
    assert_refused(write_graph(tmp_path, tiny(paths=paths)), "not lie in one file", capsys)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"shape": [-1]}, "impossible shape"),
        ({"shape": [0]}, "impossible shape"),
        ({"shape": [1.0]}, "impossible shape"),
        ({"shape": [True]}, "impossible shape"),
        ({"shape": ["1"]}, "impossible shape"),
        ({"shape": [10**30]}, "impossible shape"),
        ({"shape": [1] * 40}, "impossible shape"),
        ({"shape": [4096] * 4}, "bytes, not 562949953421312"),
        ({"shape": [2]}, "(2 bytes, not 4)"),
        ({"shape": None}, "no 'shape'"),
        ({"name": 7}, "no 'name'"),
        ({"dtype": "string"}, "not float16"),
        ({"dtype": "int32"}, "not float16"),
        ({"quantization": {"dtype": "uint8"}}, "not float16"),
        ({"quantization": 5}, "no 'quantization.dtype'"),
        ({}, "(0 nodes 'Const', not 180)"),
    ],
)
def test_hostile_weights_earn_one_sentence(entry, told, tmp_path, capsys):
    whole = {
        "name": "w", "shape": [], "dtype": "float32", "quantization": {"dtype": "float16"}, **entry
    }  # fmt: skip
    assert_refused(write_graph(tmp_path, tiny(weights=[whole]), b"\0\0"), told, capsys)


def test_missing_and_infinite_weights_are_named(tmp_path, capsys):
    entry = {
        "name": "w", "shape": [], "dtype": "float32", "quantization": {"dtype": "float16"}
    }  # fmt: skip
    source = write_graph(tmp_path, tiny(weights=[entry]), np.float16(np.inf).tobytes())
    assert_refused(source, "not all finite", capsys)
    (tmp_path / "w.bin").unlink()
    assert main([str(source), "--out", str(tmp_path / "out.onnx")]) == 2
    assert capsys.readouterr().err == (
        f"{tmp_path / 'w.bin'}: No such file or directory; check the path\n"
    )


@pytest.mark.parametrize(
    ("nodes", "told"),
    [
        (5, "no 'modelTopology.node'"),
        ([5], "no 'name'"),
        ([{"name": "a"}], "no 'op'"),
        ([{"name": "a", "op": "Relu", "input": "b"}], "no 'input'"),
        ([{"name": "a", "op": "Relu", "input": [[]]}], "no plain names"),
        ([{"name": "a\ud800", "op": "Relu"}], "no plain names"),
        ([{"name": "a", "op": "Relu", "attr": []}], "no 'attr'"),
        ([{"name": "a", "op": "PyFunc"}], "is another graph"),
        ([{"name": "a", "op": "Const"}] * 181, "(181 nodes 'Const', not 180)"),
    ],
)
def test_hostile_nodes_earn_one_sentence(nodes, told, tmp_path, capsys):
    assert_refused(write_graph(tmp_path, tiny(nodes=nodes)), told, capsys)


CHANGES = [
    ("Sqrt", {"op": "PyFunc"}, "(0 nodes 'Sqrt', not 1)"),
    ("Sigmoid", {"name": "other"}, "it has no 'StatefulPartitionedCall/Sigmoid'"),
    ("Sigmoid", {"input": []}, "lacks an input"),
    ("Sigmoid", {"input": ["Identity"]}, "reads what comes after it"),
    ("Sqrt", {"name": "input"}, "two nodes are named 'input'"),
    ("Sigmoid", {"input": ["StatefulPartitionedCall/ArgMax/dimension"]}, "do not fit"),
    ("Unpack", {"input": ["StatefulPartitionedCall/truediv"]}, "not about the picture"),
    ("ResizeBilinear", {"attr.align_corners.b": True}, "resizes otherwise"),
    ("ResizeBilinear", {"attr.half_pixel_centers.b": False}, "resizes otherwise"),
    ("ResizeBilinear", {"input.1": "StatefulPartitionedCall/stack_4"}, "axes, not 1"),
    ("_FusedConv2D", {"attr.padding.s": "RVhQTElDSVQ="}, "window"),
    ("_FusedConv2D", {"attr.padding.s": "!"}, "no base64"),
    ("_FusedConv2D", {"attr.padding": {}}, "no 'padding.s'"),
    ("_FusedConv2D", {"attr.data_format.s": "TkNIVw=="}, "window"),
    ("_FusedConv2D", {"attr.strides.list.i": ["1", "3", "3", "1"]}, "window"),
    ("_FusedConv2D", {"attr.strides.list.i": ["1", "1", "1", "1"]}, "do not fit"),
    ("_FusedConv2D", {"attr.dilations.list.i": ["1", "2", "2", "1"]}, "window"),
    (
        "_FusedConv2D",
        {"attr.fused_ops.list.s": ["Qmlhc0FkZA==", "RWx1"]},
        "fuses otherwise",
    ),
    ("_FusedConv2D", {"attr.fused_ops.list.s": []}, "fuses otherwise"),
    (
        "_FusedConv2D",
        {"input.1": "StatefulPartitionedCall/ArgMax/dimension"},
        "no f2 weights",
    ),
    ("_FusedConv2D", {"input.1": "StatefulPartitionedCall/truediv"}, "do not fit"),
]


@pytest.mark.shared
@pytest.mark.parametrize(("op", "change", "told"), but_quick(CHANGES, CHANGES[::3]))
def test_a_changed_graph_is_refused(thunder, whole, op, change, told, tmp_path, capsys):
    graph = copy.deepcopy(whole)
    node = next(node for node in graph["modelTopology"]["node"] if node["op"] == op)
    for place, value in change.items():
        *path, last = [int(key) if key.isdigit() else key for key in place.split(".")]
        holder = node
        for key in path:
            holder = holder[key]
        holder[last] = value
    weights = thunder.with_suffix(".bin").read_bytes()
    source = write_graph(tmp_path, graph, weights, "movenet-thunder.bin")
    assert_refused(source, told, capsys)


@pytest.mark.shared
def test_cut_files_are_refused_wherever_they_are_cut(thunder, whole):
    text, content = thunder.read_bytes(), thunder.with_suffix(".bin").read_bytes()
    forms = convert_movenet.forms_of_weights(whole)
    rng = np.random.default_rng(0)
    for size in rng.integers(0, len(text) - 2, 5):
        with pytest.raises(GraphError, match="truncated"):
            convert_movenet.graph_from_json(text[:size])
    for size in (0, len(content) - 1, *rng.integers(0, len(content), 3)):
        with pytest.raises(GraphError, match=f"{size} bytes, not 12477112"):
            convert_movenet.weights_from_content(forms, content[:size])


def test_missing_onnx_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert main([str(write_graph(tmp_path, tiny()))]) == 2
    assert capsys.readouterr().err == (
        "the onnx package is missing: pip install kpopdance[convert]\n"
    )


def test_runs_as_a_command():
    done = subprocess.run(
        [sys.executable, "-m", "tools.weights.convert_movenet", "no_such_graph.json"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "no_such_graph.json: No such file or directory; check the path\n"


def assert_refused(source, told, capsys):
    out = source.with_name("out.onnx")
    out.write_bytes(b"old")
    before = sorted(source.parent.iterdir())
    assert main([str(source), "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert str(source.parent) in said
    assert said.count("\n") == 1
    assert out.read_bytes() == b"old"
    assert sorted(source.parent.iterdir()) == before


def tiny(*, paths=("w.bin",), weights=(), nodes=()):
    nodes = list(nodes) if isinstance(nodes, tuple) else nodes
    manifest = [{"paths": list(paths), "weights": list(weights)}]
    return {"modelTopology": {"node": nodes}, "weightsManifest": manifest}


def write_graph(folder, graph, weights=b"", name="w.bin"):
    source = folder / "graph.json"
    source.write_text(json.dumps(graph), encoding="utf-8")
    (folder / name).write_bytes(weights)
    return source


def read_person(heads):
    """The network's 17 joints (17, 2) in px of its input, and their scores."""
    centre, heat, regression, offset = (head[0] for head in heads)
    far = Letterbox(1, -200, -200)  # nothing lies near the picture's border
    maps = PersonMaps(centre[0], heat, regression, offset, far, (1000, 1000))
    pose = person_from_maps(maps)
    assert pose.seen[NECK]
    ours = list(OUR_JOINT)
    return pose.joints[ours, :2] - 200, pose.joints[ours, 2]


def tensor(picture):
    """A uint8 (256, 256, 3) BGR picture as the ONNX network takes it."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None]).astype(np.float32)


def colours(picture):
    """A uint8 (256, 256, 3) BGR picture as the graph takes it."""
    return picture[None, ..., ::-1].astype(np.int32)


def drawn_person():
    """A person with one arm up, uint8 (256, 256, 3) BGR, of whole numbers only."""
    y, x = np.mgrid[:256, :256]
    picture = np.stack([180 - y // 4, 190 - y // 4, 185 - x // 8], axis=2)
    picture[y > 225] = (100, 120, 140)
    for x0, y0, x1, y1, half, colour in STROKES:
        way = (x1 - x0, y1 - y0)
        n = max(way[0] ** 2 + way[1] ** 2, 1)
        along = np.clip((x - x0) * way[0] + (y - y0) * way[1], 0, n)
        far2 = ((x - x0) * n - along * way[0]) ** 2 + ((y - y0) * n - along * way[1]) ** 2
        picture[far2 <= (half * n) ** 2] = colour
    return picture.astype(np.uint8)


def coco_crop(shared, number):
    """The square about the number-th well visible person, with a margin, as the game cuts it."""
    folder = shared / "data" / "coco"
    coco = json.loads((folder / "person_keypoints_dev.json").read_text(encoding="utf-8"))
    people = [p for p in coco["annotations"] if p["num_keypoints"] >= 15 and p["bbox"][3] > 150]
    person = people[number]
    (name,) = [i["file_name"] for i in coco["images"] if i["id"] == person["image_id"]]
    x, y, width, height = person["bbox"]
    side = 1.35 * max(width, height)
    scale = 256 / side
    corner = np.array([x + width / 2, y + height / 2]) - side / 2
    into = np.column_stack([np.eye(2) * scale, (0.5 - corner) * scale - 0.5])
    return cv2.warpAffine(cv2.imread(str(folder / "images" / name)), into, (256, 256))


def shape(value):
    axes = value.type.tensor_type.shape.dim
    return value.name, [axis.dim_param or axis.dim_value for axis in axes]
