"""Caffe's two files: what is read, and what is refused in which words."""

import re
import struct
import time

import numpy as np
import pytest

from kpopdance.engines.weights.caffe_network import (
    CaffeTranslator,
    array_from_blob,
    blobs_from_caffemodel,
    layers_from_prototxt,
)
from kpopdance.engines.weights.onnx_writer import WeightsError
from kpopdance.engines.weights.protobuf_wire import WireError
from kpopdance.engines.weights.prototxt import section_from_prototxt
from tests import caffe_files
from tests.caffe_files import Layer, entry, varint

ONE = np.ones((2, 3, 1, 1), np.float32)


def test_prototxt_reads_fields_sections_and_comments():
    text = b"""
    name: "a { b } # c" # not: this
    empty: "" layer { top: 'x y' }
    layer{type:RELU size:-1 p:1e-3}layer : { flag: true }
    """.replace(b"'x y'", b'"x y"')
    section = section_from_prototxt(text)
    assert section.names() == {"name", "empty", "layer"}
    assert section.text("name") == "a { b } # c"
    assert section.texts("empty") == [""]
    assert [one.text("top") for one in section.sections("layer")] == ["x y", "", ""]
    assert section.sections("layer")[1].texts("type") == ["RELU"]
    assert section.section("layer").text("flag") == "true"
    assert section.section("none").integer("none", 7) == 7


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"\xff", "it is not text"),
        (b"layer {", "it ends too soon"),
        (b"layer", "it ends too soon"),
        (b"layer:", "it ends too soon"),
        (b"a: 1\n}", "line 2: unexpected '}'"),
        (b"a: }", "line 1: unexpected '}'"),
        (b"a 1", "line 1: unexpected '1'"),
        (b"a: : 1", "line 1: unexpected ':'"),
        (b'a: "b', "line 1: '\"b'"),
        (b'"a": 1', "line 1: unexpected 'a'"),
        (b"\n\n[a]: 1", "line 3: '[a]: 1'"),
        (b"a {" * 20_000, "sections too deep"),
        (b"a: 1 " * 40_000, "is no prototxt"),
        (b"a" * 900_000, "it ends too soon"),
        (b"# " * 400_000 + b"\n}", "line 2: unexpected '}'"),
    ],
)
def test_what_is_no_prototxt_is_refused_soon(text, told):
    start = time.perf_counter()
    with pytest.raises(WeightsError, match=re.escape(told)):
        section_from_prototxt(text)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("number", [b"-1", b"1.5", b"ten", b"9999999", b"1_0"])
def test_a_size_that_is_no_number_is_refused(number):
    with pytest.raises(WeightsError, match="no sensible number"):
        section_from_prototxt(b"pad: " + number).integer("pad", 0)


def small(change=lambda text: text):
    """The layers of BODY_25, narrow; its prototxt changed."""
    layers = caffe_files.body25(width=1 / 32)
    return layers, change(caffe_files.prototxt(layers).decode()).encode()


def replaced(old, new, count=1):
    def change(text):
        assert old in text
        return text.replace(old, new, count)

    return change


def imported(layers, text):
    translator = CaffeTranslator(blobs_from_caffemodel(caffe_files.caffemodel(layers)))
    translator.add(layers_from_prototxt(text))
    return translator.model_bytes({})


@pytest.mark.parametrize(
    "change",
    [
        replaced("layer {", "layers {", 10_000),
        lambda text: re.sub(
            r"(input_dim.*\n)+", "input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n", text
        ),
        lambda text: (
            'layer { name: "in" type: "Input" top: "image" input_param { shape {'
            " dim: 1 dim: 3 dim: 8 dim: 8 } } }\n" + text[text.index("layer {") :]
        ),
        lambda text: text.replace('type: "Convolution"', "type: CONVOLUTION").replace(
            'type: "Pooling"', "type: POOLING"
        ),
        replaced("pad: 1", "pad: 1 stride: 1 dilation: 1 group: 1 bias_term: true"),
        replaced("pool: MAX", "engine: CAFFE"),
    ],
)
def test_the_same_network_told_otherwise_is_the_same(change):
    assert imported(*small(change)) == imported(*small())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda _text: 'input: "image"', "is no network of Caffe (0 layers)"),
        (lambda _text: "layer { }" * 1001, "is no network of Caffe (1001 layers)"),
        (replaced('input: "image"', 'input: "image" input: "b"'), "one picture of 3 channels"),
        (replaced("input_dim: 3", "input_dim: 4"), "one picture of 3 channels"),
        (replaced("input_dim: 3\n", ""), "one picture of 3 channels"),
        (replaced('name: "conv1_2"', 'name: "conv1_1"'), "two layers of one name"),
        (replaced('type: "ReLU"', 'type: "Sigmoid"'), "'relu1_1' of type 'Sigmoid'"),
        (replaced("lr_mult", "lr"), None),
        (replaced("param {", "python_param {"), "'conv1_1' with 'python_param', unknown here"),
        (replaced("pad: 1", "pad_h: 1"), "a convolution 'conv1_1' unlike OpenPose's"),
        (replaced("pad: 1", "pad: 0"), "a convolution 'conv1_1' unlike OpenPose's"),
        (replaced("pad: 1", "pad: 1 stride: 2"), "a convolution 'conv1_1' unlike OpenPose's"),
        (replaced("pad: 1", "pad: 1 group: 2"), "a convolution 'conv1_1' unlike OpenPose's"),
        (replaced("pad: 1", "pad: 1 group: 0"), "a convolution 'conv1_1' unlike OpenPose's"),
        (replaced("pad: 1", "pad: 1 pad: 1"), "a convolution 'conv1_1' unlike OpenPose's"),
        (replaced("pad: 1", "pad: 2 dilation: 2"), None),
        (
            replaced("num_output: 2", "num_output: 0"),
            "a convolution 'conv1_1' unlike OpenPose's",
        ),
        (replaced("num_output: 2", "num_output: 9999"), "a convolution 'conv1_1' unlike"),
        (
            replaced("num_output: 2", "num_output: 3"),
            "'conv1_1' with weights of shape [2, 3, 3, 3]",
        ),
        (
            replaced("pad: 1", "pad: 1 bias_term: false"),
            "'conv1_1' with 2 blobs of weights, not 1",
        ),
        (replaced("stride: 2", "stride: 1"), "a pooling 'pool1_stage1' unlike OpenPose's"),
        (
            replaced("stride: 2", "stride: 2 pad: 1"),
            "a pooling 'pool1_stage1' unlike OpenPose's",
        ),
        (replaced("pool: MAX", "pool: AVE"), "a pooling 'pool1_stage1' unlike OpenPose's"),
        (
            replaced("axis: 1", "axis: 0"),
            "a Concat 'Mconv1_stage0_L2_concat' unlike OpenPose's",
        ),
        (replaced('"pool1_stage1"', '"conv1_2"', 1), "two layers of one name"),
        (
            replaced('bottom: "conv4_1"', 'bottom: "conv9"'),
            "reads 'conv9' before it is computed",
        ),
        (replaced('bottom: "conv1_1"', "", 1), "a layer 'relu1_1' with odd ends"),
        (replaced('bottom: "Mconv7_stage1_L1"', "", 1), "does not end in joints and limbs"),
        (lambda text: text[: text.rindex("layer {")], "does not end in joints and limbs"),
        (replaced('"net_output"', '"x"', 2), None),
    ],
)
def test_another_network_is_refused(change, told):
    if told is None:
        assert imported(*small(change))
        return
    with pytest.raises(WeightsError, match=re.escape(told)):
        imported(*small(change))


def test_maps_at_another_stride_are_refused():
    """Without the third pooling all sizes fit, but a cell would be 4 px."""
    layers, text = small()
    pool = next(layer for layer in layers if layer.name == "pool3_stage1")
    layers.remove(pool)
    text = caffe_files.prototxt(layers).replace(b'bottom: "pool3_stage1"', b'bottom: "conv3_4"')
    with pytest.raises(WeightsError, match=r"does not end in joints and limbs at stride 8"):
        imported(layers, text)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused(value):
    layers, text = small()
    layers[2].blobs[0][0, 0, 0, 0] = value
    with pytest.raises(WeightsError, match=r"no finite numbers \('conv1_2.weight'\)"):
        imported(layers, text)


def test_a_slope_for_all_channels_is_read():
    layers, text = small(
        replaced('type: "PReLU"', 'type: "PReLU" prelu_param { channel_shared: true }')
    )
    prelu = next(layer for layer in layers if layer.op == "PReLU")
    prelu.blobs[0] = prelu.blobs[0][:1]
    assert imported(layers, text)


def test_a_relu_that_leaks_is_refused():
    with pytest.raises(WeightsError, match="'relu1_1' that leaks"):
        imported(*small(replaced('"ReLU"', '"ReLU" relu_param { negative_slope: 0.1 }')))


@pytest.mark.parametrize("old", [False, True])
def test_weights_are_found_by_the_name_of_their_layer(old):
    layers = [Layer("a", "Convolution", ["x"], "a", {}, [ONE, ONE[:, 0, 0, 0].copy()])]
    layers += [
        Layer("r", "ReLU", ["a"], "a"),
        Layer("b", "Convolution", ["a"], "b", {}, [2 * ONE]),
    ]
    found = blobs_from_caffemodel(caffe_files.caffemodel(layers, old=old))
    assert list(found) == ["a", "b"]
    assert array_from_blob(found["a"][0], (2, 3, 1, 1)).tolist() == ONE.tolist()
    assert array_from_blob(found["a"][1], (2,)).tolist() == [1, 1]
    assert array_from_blob(found["b"][0], (2, 3, 1, 1)).tolist() == (2 * ONE).tolist()


def test_doubles_and_single_floats_are_read():
    shape = entry(7, entry(1, [b"\x02"]))
    doubles = b"".join(entry(8, [struct.pack("<2d", 1.5, -2)]) + shape)
    singles = b"".join([b"\x2d" + struct.pack("<f", one) for one in (1.5, -2)] + shape)
    for wire in (doubles, singles):
        assert array_from_blob(memoryview(wire), (2,)).tolist() == [1.5, -2]


@pytest.mark.parametrize(
    ("wire", "told"),
    [
        (b"", "weights of shape"),
        (b"".join(entry(7, entry(1, [b"\x03"]))), r"weights of shape \[3\], not \[2\]"),
        (b"".join(entry(7, entry(1, [b"\x02"]))), "values that do not fill their shape"),
        (b"".join([*entry(5, [bytes(7)]), *entry(7, entry(1, [b"\x02"]))]), "do not fill"),
        (b"".join([*entry(5, [bytes(12)]), *entry(7, entry(1, [b"\x02"]))]), "do not fill"),
        (b"".join(entry(7, entry(1, [varint(2**63)]))), "weights of shape"),
        (b"".join(entry(7, entry(1, [b"\x01" * 20_000]))), "more than 10000 numbers"),
    ],
)
def test_a_damaged_blob_is_refused(wire, told):
    with pytest.raises((WeightsError, WireError), match=told):
        array_from_blob(memoryview(wire), (2,))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"".join(entry(100, [b"\x0a\x01a\x3a\x00"])) * 2, "holds two layers 'a'"),
        (b"".join(entry(100, [b"\x0a\x01a"])) * 1001, "holds more than 1000 layers"),
        (b"".join(entry(100, [b"\x0a\x01a"])), "holds no layer with weights"),
        (b"\x08\x01" * 20_000, "more than 10000 fields"),
        (b"".join(entry(100, [b"\x08\x01" * 201])), "more than 200 fields"),
        (b"".join(entry(100, [b"\x0a\x01\xff"])), "a name is not text"),
    ],
)
def test_a_greedy_caffemodel_is_refused_soon(content, told):
    with pytest.raises(WeightsError, match=told):
        blobs_from_caffemodel(content)
