"""Caffe's two files: what is read, and what is refused in which words."""

import re
import struct
import time

import numpy as np
import pytest

from kpopdance.engines.weights.caffe_network import (
    SCHEMA,
    CaffeTranslator,
    array_from_blob,
    blobs_from_caffemodel,
    layers_from_prototxt,
)
from kpopdance.engines.weights.onnx_writer import WeightsError
from kpopdance.engines.weights.protobuf_files import from_wire
from tests import caffe_files
from tests.caffe_files import Layer, entry, varint

ONE = np.ones((2, 3, 1, 1), np.float32)


def test_prototxt_reads_fields_sections_and_comments():
    text = b"""
    name: "a { b } # c" # not: this
    input: 'x y' input_shape { dim: [1, 3] dim: 8 dim: 8 }
    layer{name: "r # {" type:"ReLU"}layer { name: "p" type: "Pooling" bottom: "\\"" top: "t"
      pooling_param: { kernel_size: 0x2 } param { lr_mult: 1e-3 } }
    layers { type: SPLIT name: "s" }
    """
    first, relu, pool, split = layers_from_prototxt(text)
    assert (first.op, first.tops) == ("Input", ["x y"])
    assert (relu.name, relu.op, pool.op, split.op) == ("r # {", "ReLU", "Pooling", "Split")
    assert (pool.bottoms, pool.tops) == (['"'], ["t"])
    assert pool.fields.pooling_param.kernel_size == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"\xff", "it is not text"),
        (b"layer {", 'line 1:7 : Expected "}"'),
        (b"layer", "line 1:6 : '': Expected"),
        (b"name:", "line 1:6 : "),
        (b'name: "1"\n}', "line 2:1 : '}'"),
        (b"name: }", "line 1:7 : "),
        (b"name 1", "line 1:6 : "),
        (b"name: : 1", "line 1:7 : "),
        (b'name: "b', "missing ending quote"),
        (b'"a": 1', "line 1:1 : "),
        (b"\n\n[a]: 1", "line 3:2 : "),
        (b"loss: 1", 'has no field named "loss"'),
        (
            b"layer { pad: 1 }",
            'line 1:9 : Message type "caffe.LayerParameter" has no field named',
        ),
        (b"layers { type: SIGMOID }", "has no value named SIGMOID"),
        (b'name: "a" name: "b"', "multiple"),
        (b"layer {" * 20_000, "has no field named"),
        (b"input_dim: 1 " * 70_000, "is no network of Caffe (0 layers)"),
        (b"a" * 900_000, "has no field named"),
        (b"# " * 400_000 + b"\n}", "line 2:1 : '}'"),
        (b'name: "' + "\u00e9".encode() * 400_000, "line 1:7 : "),
    ],
)
def test_what_is_no_prototxt_is_refused_soon(text, told):
    start = time.process_time()
    with pytest.raises(WeightsError, match=re.escape(told)) as error:
        layers_from_prototxt(text)
    assert time.process_time() - start < 5
    assert len(str(error.value)) < 250
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("number", ["-1", "1.5", "ten", "99999999999", "1 0", "true"])
def test_a_size_that_is_no_number_is_refused(number):
    with pytest.raises(WeightsError, match=r"line 1:\d+ : "):
        layers_from_prototxt(b"layer { convolution_param { pad: %s } }" % number.encode())


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
        lambda text: re.sub(
            r"(input_dim.*\n)+", "input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n", text
        ),
        lambda text: (
            'layer { name: "in" type: "Input" top: "image" input_param { shape {'
            " dim: 1 dim: 3 dim: 8 dim: 8 } } }\n" + text[text.index("layer {") :]
        ),
        replaced("pad: 1", "pad: 1 stride: 1 dilation: 1 group: 1 bias_term: true"),
        replaced("pool: MAX", "engine: CAFFE"),
    ],
)
def test_the_same_network_told_otherwise_is_the_same(change):
    assert imported(*small(change)) == imported(*small())


def test_a_network_in_the_older_form_is_the_same():
    layers = caffe_files.coco(width=1 / 32)
    text = caffe_files.prototxt(layers).decode()
    older = re.sub(r'type: "(Con|Poo|ReL)(.*)"', lambda m: f"type: {m[1]}{m[2]}".upper(), text)
    older = older.replace("TYPE:", "type:").replace("layer {", "layers {")
    older = re.sub(r"  param \{\n.*\n.*\n  \}", "  blobs_lr: 1 weight_decay: 1", older)
    assert "layers {" in older
    assert "type: CONVOLUTION" in older
    assert imported(layers, older.encode()) == imported(layers, text.encode())


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
        (replaced("lr_mult", "lr"), '"caffe.ParamSpec" has no field named "lr"'),
        (replaced("param {", "python_param {"), 'has no field named "python_param"'),
        (replaced("pad: 1", "pad_h: 1"), 'has no field named "pad_h"'),
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
        blob = from_wire(SCHEMA, "BlobProto", wire)
        assert array_from_blob(blob, (2,)).tolist() == [1.5, -2]


@pytest.mark.parametrize(
    ("wire", "told"),
    [
        (b"", "weights of shape"),
        (b"".join(entry(7, entry(1, [b"\x03"]))), r"weights of shape \[3\], not \[2\]"),
        (b"".join(entry(7, entry(1, [b"\x02"]))), "values that do not fill their shape"),
        (
            b"".join([*entry(5, [bytes(7)]), *entry(7, entry(1, [b"\x02"]))]),
            "truncated or damaged",
        ),
        (b"".join([*entry(5, [bytes(12)]), *entry(7, entry(1, [b"\x02"]))]), "do not fill"),
        (b"".join(entry(7, entry(1, [varint(2**63)]))), "weights of shape"),
        (
            b"".join(entry(7, entry(1, [b"\x01" * 3_000_000]))),
            "do not fill their shape|of shape",
        ),
    ],
)
def test_a_damaged_blob_is_refused(wire, told):
    start = time.process_time()
    with pytest.raises(WeightsError, match=told):
        array_from_blob(from_wire(SCHEMA, "BlobProto", wire), (2,))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"".join(entry(100, [b"\x0a\x01a\x3a\x00"])) * 2, "holds two layers 'a'"),
        (b"".join(entry(100, [b"\x0a\x01a"])) * 1001, "holds more than 1000 layers"),
        (b"".join(entry(100, [b"\x0a\x01a"])), "holds no layer with weights"),
        (b"\xa2\x06\x00" * 1_000_000, "holds more than 1000 layers"),
        (b"".join(entry(100, [b"\x08\x01" * 2_000_000])), "holds no layer with weights"),
        (b"\xa2\x06\x04abc", "truncated"),
        (b"\x0b" * 1_000_000, "damaged"),
        (b"\xa2\x06", "truncated"),
        (b"".join(entry(100, [b"\x0a\x01\xff"])), "a name is not text"),
    ],
)
def test_a_greedy_caffemodel_is_refused_soon(content, told):
    with pytest.raises(WeightsError, match=told):
        blobs_from_caffemodel(content)
