"""OpenPose's original Caffe networks, COCO-18 and BODY_25, as ONNX.

The prototxt says which layers there are, the caffemodel holds their weights by layer name; both of
Caffe's encodings of it are read (``layer`` and the older ``layers``). Field numbers: caffe.proto.
Semantics: Caffe's layer catalogue. Only what keeps every map at a known stride is accepted, so that
the output is known to lie at stride 8: convolutions that keep the size and 2x2 pooling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kpopdance.engines.weights.onnx_writer import STRIDE, OnnxGraph, WeightsError, Window
from kpopdance.engines.weights.protobuf_wire import Message, WireError
from kpopdance.engines.weights.prototxt import section_from_prototxt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from kpopdance.engines.weights.prototxt import Section

MAX_LAYERS = 1000  # BODY_25 has 267
MAX_LAYER_FIELDS = 200  # COCO's have 9
MAX_CHANNELS = 4096

LAYERS, OLD_LAYERS = (100, 1, 7), (2, 4, 6)
"""Field of the net, then of the layer: its name, its blobs; LayerParameter and V1LayerParameter."""

OLD_TYPES = {
    "CONVOLUTION": "Convolution", "RELU": "ReLU", "POOLING": "Pooling", "CONCAT": "Concat",
    "SPLIT": "Split",
}  # fmt: skip
LAYER_FIELDS = {
    "name", "type", "bottom", "top", "param", "blobs_lr", "weight_decay", "convolution_param",
    "prelu_param", "relu_param", "pooling_param", "concat_param", "input_param",
}  # fmt: skip
CONVOLUTION_FIELDS = {
    "num_output", "pad", "kernel_size", "stride", "dilation", "group", "bias_term", "engine",
    "weight_filler", "bias_filler",
}  # fmt: skip


class Kind(NamedTuple):
    """One of the networks that can be imported."""

    name: str
    title: str
    channels: tuple[int, int]


KINDS = (
    Kind("openpose_coco", "OpenPose COCO-18 (Caffe)", (19, 38)),
    Kind("openpose_body25", "OpenPose BODY_25 (Caffe)", (26, 52)),
)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the prototxt."""

    name: str
    op: str
    bottoms: list[str]
    tops: list[str]
    fields: Section


class Map(NamedTuple):
    """What flows between layers: its name in the ONNX, channels, input px per cell."""

    name: str
    channels: int
    stride: int


def layers_from_prototxt(content: bytes) -> list[Layer]:
    """Return the layers in order, the input as the first; raise WeightsError on anything odd."""
    net = section_from_prototxt(content)
    found = net.sections("layer") + net.sections("layers")
    if not found or len(found) > MAX_LAYERS:
        raise WeightsError(f"is no network of Caffe ({len(found)} layers)")
    layers = [_layer(section) for section in found]
    if net.texts("input"):
        shape = net.texts("input_dim") or net.section("input_shape").texts("dim")
        layers.insert(0, _input(net.texts("input"), shape))
    names = [layer.name for layer in layers]
    if len(set(names)) < len(names):
        raise WeightsError("has two layers of one name")
    return layers


def _layer(fields: Section) -> Layer:
    name, op = fields.text("name"), fields.text("type")
    unknown = sorted(fields.names() - LAYER_FIELDS)
    if unknown:
        raise WeightsError(f"has a layer {name[:40]!r} with {unknown[0][:40]!r}, unknown here")
    op = OLD_TYPES.get(op, op)
    if op == "Input":
        return _input(
            fields.texts("top"), fields.section("input_param").section("shape").texts("dim")
        )
    return Layer(name, op, fields.texts("bottom"), fields.texts("top"), fields)


def _input(names: list[str], shape: list[str]) -> Layer:
    if len(names) != 1 or len(shape) != 4 or shape[1] != "3":
        raise WeightsError("does not take one picture of 3 channels")
    return Layer("", "Input", [], names, section_from_prototxt(b""))


def blobs_from_caffemodel(content: bytes) -> dict[str, list[memoryview]]:
    """Return each layer's undecoded weights; raise WeightsError where the file is damaged."""
    found: dict[str, list[memoryview]] = {}
    try:
        net = Message(memoryview(content))
        for layers, name_field, blobs_field in (LAYERS, OLD_LAYERS):
            if len(net.blobs(layers)) > MAX_LAYERS:
                raise WeightsError(f"holds more than {MAX_LAYERS} layers")
            for wire in net.blobs(layers):
                layer = Message(wire, MAX_LAYER_FIELDS)
                name, blobs = layer.text(name_field), layer.blobs(blobs_field)
                if name in found and blobs:
                    raise WeightsError(f"holds two layers {name[:40]!r}")
                if blobs:
                    found[name] = blobs
    except WireError as why:
        raise WeightsError(f"is damaged or no caffemodel ({why})") from why
    if not found:
        raise WeightsError("is no caffemodel (it holds no layer with weights)")
    return found


class CaffeTranslator:
    """Turns layers into ONNX nodes, one by one.

    Parameters
    ----------
    blobs : dict
        What ``blobs_from_caffemodel`` returned.
    """

    def __init__(self, blobs: dict[str, list[memoryview]]) -> None:
        self._graph = OnnxGraph()
        self._blobs = blobs
        self._maps: dict[str, Map] = {}
        self._last: list[Map] = []
        self._translate: dict[str, Callable[[Layer, list[Map]], Map]] = {
            "Input": self._image,
            "Convolution": self._convolution,
            "ReLU": self._relu,
            "PReLU": self._prelu,
            "Pooling": self._pooling,
            "Concat": self._concat,
            "Split": lambda _layer, bottoms: bottoms[0],
        }

    def add(self, layers: Iterable[Layer]) -> None:
        """Add layers in the order of the prototxt; raise WeightsError where one does not fit."""
        for layer in layers:
            if layer.op not in self._translate:
                raise WeightsError(f"has a layer {layer.name[:40]!r} of type {layer.op[:40]!r}")
            missing = [name for name in layer.bottoms if name not in self._maps]
            if missing:
                raise WeightsError(f"reads {missing[0][:40]!r} before it is computed")
            one = layer.op in ("Convolution", "ReLU", "PReLU", "Pooling", "Split")
            bottoms = [self._maps[name] for name in layer.bottoms]
            if (one and len(bottoms) != 1) or not layer.tops:
                raise WeightsError(f"has a layer {layer.name[:40]!r} with odd ends")
            result = self._translate[layer.op](layer, bottoms)
            self._maps.update(dict.fromkeys(layer.tops, result))
            self._last = bottoms if layer.op == "Concat" else []

    def kind(self) -> Kind:
        """Return which network it is; raise WeightsError where it is none of OpenPose's."""
        channels = tuple(one.channels for one in self._last)
        strides = {one.stride for one in self._last}
        for kind in KINDS:
            if channels == kind.channels and strides == {STRIDE}:
                return kind
        raise WeightsError(f"does not end in joints and limbs at stride {STRIDE} ({channels})")

    def model_bytes(self, notes: dict[str, str]) -> bytes:
        """Return the ONNX file."""
        kind, (heat, limb) = self.kind(), self._last
        ends = (heat.name, heat.channels), (limb.name, limb.channels)
        return self._graph.model_bytes(kind.name, *ends, notes)

    def _image(self, _layer: Layer, _bottoms: list[Map]) -> Map:
        if self._maps:
            raise WeightsError("takes more than one picture")
        return Map(self._graph.normalised_image(), 3, 1)

    def _convolution(self, layer: Layer, bottoms: list[Map]) -> Map:
        fields, before = layer.fields.section("convolution_param"), bottoms[0]
        size, pad = fields.integer("kernel_size", 0), fields.integer("pad", 0)
        dilation, group = fields.integer("dilation", 1), fields.integer("group", 1)
        out = fields.integer("num_output", 0)
        keeps_size = size % 2 == 1 and 2 * pad == dilation * (size - 1)
        if (
            not fields.names() <= CONVOLUTION_FIELDS
            or not keeps_size
            or fields.integer("stride", 1) != 1
            or not 0 < out <= MAX_CHANNELS
            or group < 1
            or before.channels % group
            or any(len(fields.texts(name)) > 1 for name in CONVOLUTION_FIELDS)
        ):
            raise WeightsError(f"has a convolution {layer.name[:40]!r} unlike OpenPose's")
        shapes: list[tuple[int, ...]] = [(out, before.channels // group, size, size)]
        if fields.text("bias_term", "true") != "false":
            shapes.append((out,))
        arrays = self._arrays(layer, shapes)
        bias = arrays[1] if len(arrays) > 1 else None
        window = Window(pad, 1, dilation, group)
        name = self._graph.convolution(before.name, layer.name, arrays[0], bias, window)
        return Map(name, out, before.stride)

    def _relu(self, layer: Layer, bottoms: list[Map]) -> Map:
        if layer.fields.section("relu_param").names() - {"engine"}:
            raise WeightsError(f"has a ReLU {layer.name[:40]!r} that leaks")
        return bottoms[0]._replace(name=self._add("Relu", layer, bottoms))

    def _prelu(self, layer: Layer, bottoms: list[Map]) -> Map:
        fields, channels = layer.fields.section("prelu_param"), bottoms[0].channels
        if fields.text("channel_shared", "false") != "false":
            channels = 1
        slope = self._arrays(layer, [(channels,)])[0].reshape(-1, 1, 1)
        weight = self._graph.weight(f"{layer.name}.slope", slope)
        name = self._graph.add("PRelu", [bottoms[0].name, weight], layer.name)
        return bottoms[0]._replace(name=name)

    def _pooling(self, layer: Layer, bottoms: list[Map]) -> Map:
        """Add a pooling; Caffe rounds sizes up, ONNX down, equal where the size is even."""
        fields = layer.fields.section("pooling_param")
        window = [fields.integer(name, 0) for name in ("kernel_size", "stride", "pad")]
        known = {"pool", "kernel_size", "stride", "pad", "engine"}
        halves = window == [2, 2, 0] and fields.text("pool", "MAX") in ("MAX", "0")
        if not halves or fields.names() - known or bottoms[0].stride >= STRIDE:
            raise WeightsError(f"has a pooling {layer.name[:40]!r} unlike OpenPose's")
        name = self._add("MaxPool", layer, bottoms, kernel_shape=[2, 2], strides=[2, 2])
        return bottoms[0]._replace(name=name, stride=2 * bottoms[0].stride)

    def _concat(self, layer: Layer, bottoms: list[Map]) -> Map:
        fields = layer.fields.section("concat_param")
        axis = fields.integer("axis", fields.integer("concat_dim", 1))
        channels = sum(one.channels for one in bottoms)
        if axis != 1 or len({one.stride for one in bottoms}) != 1 or channels > MAX_CHANNELS:
            raise WeightsError(f"has a Concat {layer.name[:40]!r} unlike OpenPose's")
        return Map(self._add("Concat", layer, bottoms, axis=1), channels, bottoms[0].stride)

    def _add(self, op: str, layer: Layer, bottoms: list[Map], **attributes: object) -> str:
        names = [one.name for one in bottoms]
        return self._graph.add(op, names, layer.name, **attributes)

    def _arrays(self, layer: Layer, shapes: list[tuple[int, ...]]) -> list[NDArray[np.float32]]:
        blobs = self._blobs.get(layer.name, [])
        if len(blobs) != len(shapes):
            blame = f"has a layer {layer.name[:40]!r} with {len(blobs)} blobs of weights"
            raise WeightsError(f"{blame}, not {len(shapes)}")
        try:
            return [array_from_blob(*pair) for pair in zip(blobs, shapes, strict=True)]
        except (WeightsError, WireError) as why:
            raise WeightsError(f"has a layer {layer.name[:40]!r} with {why}") from why


def array_from_blob(wire: memoryview, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return the values of a BlobProto; raise WeightsError unless they have the shape."""
    blob = Message(wire)
    told = blob.message(7).numbers(1) or [blob.number(field) for field in (1, 2, 3, 4)]
    if _without_ones(told) != _without_ones(shape):
        raise WeightsError(f"weights of shape {told[:6]}, not {list(shape)}")
    dtype, parts = ("<f4", blob.blobs(5)) if blob.blobs(5) else ("<f8", blob.blobs(8))
    content = parts[0] if len(parts) == 1 else b"".join(parts)
    if len(content) != math.prod(shape) * np.dtype(dtype).itemsize:
        raise WeightsError("values that do not fill their shape")
    with np.errstate(over="ignore"):
        return np.frombuffer(content, dtype).reshape(shape).astype(np.float32, copy=False)


def _without_ones(shape: Iterable[int]) -> list[int]:
    """Drop the leading ones that the oldest files pad every shape with."""
    sizes = list(shape)
    while sizes and sizes[0] == 1:
        sizes.pop(0)
    return sizes
