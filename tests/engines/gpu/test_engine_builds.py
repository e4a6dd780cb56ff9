"""Engine builds by TensorRT for RTX, no GPU needed: builds, never inference."""

from __future__ import annotations

import io
from functools import cache
from itertools import product

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from kpopdance.engines.choose import BUNDLED, BUNDLED_PERSON
from kpopdance.engines.errors import ModelError, NetworkError
from kpopdance.engines.formats import CLOSE_NETWORKS
from kpopdance.engines.gpu.build import RTX_TARGETS, USUAL_TARGETS, build_plan
from kpopdance.engines.gpu.precision import half_precision, with_precision
from kpopdance.engines.gpu.tensorrt_library import choose_flavour, installed, listener
from tests.quick import but_quick

EIGHT_BITS = "movenet_thunder_int8"
SIZES = {
    BUNDLED: (368, 432),
    **{
        each.file: (each.spoken.side,) * 2
        for name, each in CLOSE_NETWORKS.items()
        if name != EIGHT_BITS
    },
}
every_precision = pytest.mark.parametrize("precision", ["fp32", "fp16"])
every_network = pytest.mark.parametrize("file", SIZES, ids=lambda file: file.stem)


@pytest.fixture(scope="module")
def rtx():
    try:
        return installed("rtx")
    except NetworkError as why:
        pytest.skip(f"no engine builds: {why}")


@cache
def in_precision(file, precision):
    return file.read_bytes() if precision == "fp32" else half_precision(file.read_bytes())


@cache
def engine(file, precision):
    """One build of each, for all tests."""
    return built(in_precision(file, precision), SIZES[file], ("8.6",))


def built(data, size, targets=USUAL_TARGETS, flavour="rtx", channels=3):
    return build_plan(data, flavour, shapes=((1, channels, *size),) * 3, targets=targets)


def network(weights=np.float32, operator="Conv", data_type=TensorProto.FLOAT):
    """One convolution on float32 pictures."""
    kernel = numpy_helper.from_array(np.ones((2, 3, 3, 3), weights), "kernel")
    node = helper.make_node(operator, ["image", "kernel"], ["out"])
    picture = helper.make_tensor_value_info("image", data_type, [1, 3, 16, 16])
    out = helper.make_tensor_value_info("out", data_type, None)
    graph = helper.make_graph([node], "one", [picture], [out], [kernel])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


@pytest.mark.parametrize(
    ("file", "precision"),
    but_quick(product(SIZES, ("fp32", "fp16")), set(product(SIZES, ("fp16",)))),
)
def test_every_network_builds(rtx, file, precision):
    told = engine(file, precision)
    assert len(told.plan) > 1_000_000
    assert told.targets == ("8.6",)
    assert told.version == rtx.__version__


@pytest.mark.long
@pytest.mark.parametrize("targets", [*((one,) for one in RTX_TARGETS), USUAL_TARGETS], ids=str)
@every_precision
@every_network
def test_every_network_builds_for_every_target_and_always_the_same(
    rtx, file, precision, targets
):
    data = in_precision(file, precision)
    first, again = (built(data, SIZES[file], targets) for _ in range(2))
    assert_same(file, first.plan, again.plan)
    assert first.targets == targets


def assert_same(file, plan, again):
    """The same bytes; BlazePose's branches, of which none waits for another, come in any order."""
    if "blazepose" in file.stem:
        assert len(plan) == len(again)
    else:
        assert plan == again


@pytest.mark.parametrize("precision", but_quick([("fp32",), ("fp16",)], {("fp16",)}))
def test_the_same_is_built_again(rtx, precision):
    for file in (BUNDLED, CLOSE_NETWORKS["blazepose_full"].file):
        again = built(in_precision(file, precision), SIZES[file], ("8.6",)).plan
        assert_same(file, engine(file, precision).plan, again)


def test_half_the_weights_make_a_smaller_engine(rtx):
    for file in (BUNDLED_PERSON, CLOSE_NETWORKS["blazepose_heavy"].file):
        whole, half = (engine(file, precision).plan for precision in ("fp32", "fp16"))
        assert len(half) < 0.7 * len(whole)


def test_eight_bits_from_zero_points_are_refused(rtx):
    """So on a GPU MoveNet itself looks, in half precision (``engines/runtimes.py``)."""
    data = with_precision(CLOSE_NETWORKS[EIGHT_BITS].file.read_bytes(), "int8")
    with pytest.raises(NetworkError, match="rtx refuses this network"):
        built(data, (256, 256), ("8.6",))


@pytest.mark.parametrize("file", SIZES, ids=lambda file: file.stem)
def test_nothing_on_the_way_comes_near_the_end_of_half_precision(file):
    """Half precision ends at 65504; the worst picture reaches a tenth of it."""
    ort = pytest.importorskip("onnxruntime")
    network = onnx.shape_inference.infer_shapes(onnx.load(file))
    last = {port.name for port in network.graph.output}
    network.graph.output.extend(v for v in network.graph.value_info if v.name not in last)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(network.SerializeToString(), options)
    rng, size = np.random.default_rng(0), (96, 96) if file == BUNDLED else SIZES[file]
    white, stripes = np.full((1, 3, *size), 255.0), np.zeros((1, 3, *size))
    stripes[..., ::8] = 255
    for picture in (white, stripes, rng.uniform(0, 255, white.shape)):
        for values in session.run(None, {"image": picture.astype(np.float32)}):
            assert np.abs(values).max() < 65504 / 4


def test_an_input_that_varies_builds(rtx):
    shapes = ((1, 3, 256, 256), (2, 3, 368, 432), (4, 3, 432, 768))
    assert build_plan(BUNDLED.read_bytes(), "rtx", shapes=shapes, targets=("8.6",)).plan


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (network(operator="Konv"), "refuses"),
        (network(weights=np.float16), "refuses|cannot build"),  # float32 pictures, half weights
        (b"\x08junk", "refuses"), (b"", "refuses"),
    ],
    ids=["unknown operator", "mixed types", "junk", "empty"],
)  # fmt: skip
def test_what_cannot_be_built_is_refused_with_the_reason(rtx, data, words):
    with pytest.raises(NetworkError, match=words):
        built(data, (16, 16), ("8.6",))


def test_wrong_channels_and_sizes_are_refused(rtx):
    with pytest.raises(NetworkError, match="cannot build"):
        built(BUNDLED.read_bytes(), (368, 432), channels=4)
    with pytest.raises(NetworkError, match="cannot build"):
        built(BUNDLED_PERSON.read_bytes(), (368, 432))


def test_a_gpu_that_the_library_does_not_know_is_refused(rtx):
    with pytest.raises(NetworkError, match=r"9\.0"):
        built(network(), (16, 16), ("8.6", "9.0"))
    assert "9.0" not in RTX_TARGETS


def test_rounded_products_are_allowed_or_not(rtx):
    data, shapes = BUNDLED_PERSON.read_bytes(), ((1, 3, 256, 256),) * 3
    exact, rounded = (
        build_plan(data, "rtx", shapes=shapes, targets=("8.6",), tf32=tf32).plan
        for tf32 in (False, True)
    )
    assert exact != rounded


def test_without_a_driver_auto_takes_rtx_and_says_why(rtx, monkeypatch):
    monkeypatch.setattr("kpopdance.engines.gpu.probe.LIBRARY", "no-such-driver.so")
    flavour, why = choose_flavour("auto")
    assert flavour == "rtx"
    assert "no NVIDIA driver" in why
    with pytest.raises(NetworkError, match="no NVIDIA driver"):
        choose_flavour("tensorrt")


def test_half_precision_keeps_inputs_and_outputs(monkeypatch):
    for file in SIZES:
        data = file.read_bytes()
        half = onnx.load(io.BytesIO(half_precision(data)))
        whole = onnx.load(io.BytesIO(data))
        for part in ("input", "output"):
            assert [v.name for v in getattr(half.graph, part)] == [
                v.name for v in getattr(whole.graph, part)
            ]
            types = {v.type.tensor_type.elem_type for v in getattr(half.graph, part)}
            assert types == {TensorProto.FLOAT}
        kinds = [w.data_type for w in half.graph.initializer if np.prod(w.dims) > 100]
        assert set(kinds) == {TensorProto.FLOAT16}
        assert half_precision(data) == half_precision(data)


@pytest.mark.parametrize("data", [b"", b"\x08junk", b"plain text"])
def test_what_is_no_network_is_refused(data):
    with pytest.raises(ModelError, match="ONNX"):
        half_precision(data)


def test_an_engine_is_built_as_it_was_asked_for(rtx, monkeypatch):
    told = []

    def heard(kind, name):
        real = getattr(kind, name)
        monkeypatch.setattr(
            kind, name, lambda own, *args: told.append((name, *args)) or real(own, *args)
        )

    heard(rtx.IBuilderConfig, "set_flag")
    heard(rtx.IBuilderConfig, "clear_flag")
    heard(rtx.IOptimizationProfile, "set_shape")
    shapes = ((1, 3, 256, 256), (1, 3, 256, 264), (1, 3, 272, 264))
    for tf32 in (True, False):
        build_plan(BUNDLED.read_bytes(), "rtx", shapes=shapes, targets=("8.6",), tf32=tf32)
    shape = ("set_shape", "image", *shapes)
    # or the library may ask for memory while it runs, and no graph could hold it
    alone = ("set_flag", rtx.BuilderFlag.REQUIRE_USER_ALLOCATION)
    assert told == [shape, alone, ("clear_flag", rtx.BuilderFlag.TF32), shape, alone]


def test_only_errors_are_a_reason(rtx):
    heard = []
    ear = listener(rtx, heard)
    for severity in (0, 1, 2, 3):
        ear.log(severity, f" {severity}\n")
    assert heard == ["0", "1"]


def test_eight_bits_where_the_network_says_so(rtx):
    nodes = [
        helper.make_node("QuantizeLinear", ["image", "scale", "zero"], ["few"]),
        helper.make_node("DequantizeLinear", ["few", "scale", "zero"], ["again"]),
        helper.make_node(
            "DequantizeLinear", ["kernel", "scales", "zeros"], ["weights"], axis=0
        ),
        helper.make_node("Conv", ["again", "weights"], ["out"]),
    ]
    kernel = np.random.default_rng(0).integers(-127, 127, (32, 3, 3, 3)).astype(np.int8)
    constants = [
        numpy_helper.from_array(np.float32(1.0), "scale"),
        numpy_helper.from_array(np.int8(0), "zero"),
        numpy_helper.from_array(kernel, "kernel"),
        numpy_helper.from_array(np.full(32, 0.01, np.float32), "scales"),
        numpy_helper.from_array(np.zeros(32, np.int8), "zeros"),
    ]
    picture = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 64, 64])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "eight bits", [picture], [out], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    data = with_precision(model.SerializeToString(), "int8")
    first, again = (built(data, (64, 64), ("8.6",)) for _ in range(2))
    assert first.plan == again.plan
