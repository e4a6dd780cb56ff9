"""OpenPose's original Caffe networks, COCO-18 and BODY_25, as ONNX.

The prototxt says which layers there are, the caffemodel holds their weights by layer name; both of
Caffe's forms are read (``layer`` and the older ``layers``), by the part of Caffe's schema that
``caffe.proto`` holds: what else a prototxt says is refused by its name.
Semantics: Caffe's layer catalogue. Only what keeps every map at a known stride is accepted, so that
the output is known to lie at stride 8: convolutions that keep the size and 2x2 pooling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from kpopdance.engines.weights.onnx_writer import STRIDE, OnnxGraph, WeightsError, Window
from kpopdance.engines.weights.protobuf_files import from_text, from_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

SCHEMA = Path(__file__).with_name("caffe.proto")
MAX_LAYERS = 1000  # BODY_25 has 267
MAX_CHANNELS = 4096
OLD_TYPES = {3: "Concat", 4: "Convolution", 17: "Pooling", 18: "ReLU", 22: "Split"}
"""LayerType of the older layers, as the newer ones say it."""

Message: TypeAlias = Any
"""A message of Caffe's: its classes are made when the schema is read."""


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
    fields: Message


class Map(NamedTuple):
    """What flows between layers: its name in the ONNX, channels, input px per cell."""

    name: str
    channels: int
    stride: int


def layers_from_prototxt(content: bytes) -> list[Layer]:
    """Return the layers in order, the input as the first; raise WeightsError on anything odd."""
    try:
        net = from_text(SCHEMA, "NetParameter", content)
    except WeightsError as why:
        raise WeightsError(f"is truncated or no prototxt ({why})") from why
    found = [*net.layer, *net.layers]
    if not found or len(found) > MAX_LAYERS:
        raise WeightsError(f"is no network of Caffe ({len(found)} layers)")
    layers = [_layer(one) for one in found]
    if net.input:
        shape = list(net.input_dim) or [size for one in net.input_shape for size in one.dim]
        layers.insert(0, _input(net.input, shape))
    names = [layer.name for layer in layers]
    if len(set(names)) < len(names):
        raise WeightsError("has two layers of one name")
    return layers


def _layer(fields: Message) -> Layer:
    op = str(OLD_TYPES.get(fields.type, fields.type))
    if op == "Input":
        shapes = fields.input_param.shape
        return _input(fields.top, [size for one in shapes for size in one.dim])
    return Layer(fields.name, op, list(fields.bottom), list(fields.top), fields)


def _input(names: Iterable[str], shape: list[int]) -> Layer:
    tops = list(names)
    if len(tops) != 1 or len(shape) != 4 or shape[1] != 3:
        raise WeightsError("does not take one picture of 3 channels")
    return Layer("", "Input", [], tops, None)


def blobs_from_caffemodel(content: bytes) -> dict[str, list[Message]]:
    """Return each layer's weights; raise WeightsError where the file is damaged."""
    try:
        net = from_wire(SCHEMA, "NetParameter", content)
    except WeightsError as why:
        raise WeightsError(f"is damaged or no caffemodel ({why})") from why
    if max(len(net.layer), len(net.layers)) > MAX_LAYERS:
        raise WeightsError(f"holds more than {MAX_LAYERS} layers")
    found: dict[str, list[Message]] = {}
    for layer in (*net.layer, *net.layers):
        if not isinstance(layer.name, str):  # bytes
            raise WeightsError("is damaged (a name is not text)")
        if layer.name in found and layer.blobs:
            raise WeightsError(f"holds two layers {layer.name[:40]!r}")
        if layer.blobs:
            found[layer.name] = list(layer.blobs)
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

    def __init__(self, blobs: dict[str, list[Message]]) -> None:
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
        fields, before = layer.fields.convolution_param, bottoms[0]
        out, group = fields.num_output, fields.group
        told = (
            (fields.kernel_size, 0),
            (fields.pad, 0),
            (fields.stride, 1),
            (fields.dilation, 1),
        )
        sizes = [list(numbers) or [usual] for numbers, usual in told]
        (size, *_), (pad, *_), (stride, *_), (dilation, *_) = sizes
        keeps_size = size % 2 == 1 and 2 * pad == dilation * (size - 1)
        if (
            any(len(numbers) > 1 for numbers in sizes)
            or not keeps_size
            or stride != 1
            or not 0 < out <= MAX_CHANNELS
            or group < 1
            or before.channels % group
        ):
            raise WeightsError(f"has a convolution {layer.name[:40]!r} unlike OpenPose's")
        shapes: list[tuple[int, ...]] = [(out, before.channels // group, size, size)]
        if fields.bias_term:
            shapes.append((out,))
        arrays = self._arrays(layer, shapes)
        bias = arrays[1] if len(arrays) > 1 else None
        window = Window(pad, 1, dilation, group)
        name = self._graph.convolution(before.name, layer.name, arrays[0], bias, window)
        return Map(name, out, before.stride)

    def _relu(self, layer: Layer, bottoms: list[Map]) -> Map:
        if layer.fields.relu_param.negative_slope:
            raise WeightsError(f"has a ReLU {layer.name[:40]!r} that leaks")
        return bottoms[0]._replace(name=self._add("Relu", layer, bottoms))

    def _prelu(self, layer: Layer, bottoms: list[Map]) -> Map:
        channels = 1 if layer.fields.prelu_param.channel_shared else bottoms[0].channels
        slope = self._arrays(layer, [(channels,)])[0].reshape(-1, 1, 1)
        weight = self._graph.weight(f"{layer.name}.slope", slope)
        name = self._graph.add("PRelu", [bottoms[0].name, weight], layer.name)
        return bottoms[0]._replace(name=name)

    def _pooling(self, layer: Layer, bottoms: list[Map]) -> Map:
        """Add a pooling; Caffe rounds sizes up, ONNX down, equal where the size is even."""
        fields = layer.fields.pooling_param
        told = fields.pool, fields.kernel_size, fields.stride, fields.pad
        if told != (0, 2, 2, 0) or bottoms[0].stride >= STRIDE:  # PoolMethod 0: the largest
            raise WeightsError(f"has a pooling {layer.name[:40]!r} unlike OpenPose's")
        name = self._add("MaxPool", layer, bottoms, kernel_shape=[2, 2], strides=[2, 2])
        return bottoms[0]._replace(name=name, stride=2 * bottoms[0].stride)

    def _concat(self, layer: Layer, bottoms: list[Map]) -> Map:
        fields = layer.fields.concat_param
        channels = sum(one.channels for one in bottoms)
        joins_channels = (fields.axis, fields.concat_dim) == (1, 1)
        one_size = len({one.stride for one in bottoms}) == 1
        if not joins_channels or not one_size or channels > MAX_CHANNELS:
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
        except WeightsError as why:
            raise WeightsError(f"has a layer {layer.name[:40]!r} with {why}") from why


def array_from_blob(blob: Message, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return the values of a BlobProto; raise WeightsError unless they have the shape."""
    told = list(blob.shape.dim) or [blob.num, blob.channels, blob.height, blob.width]
    if _without_ones(told) != _without_ones(shape):
        raise WeightsError(f"weights of shape {told[:6]}, not {list(shape)}")
    values = blob.data or blob.double_data
    if len(values) != math.prod(shape):
        raise WeightsError("values that do not fill their shape")
    with np.errstate(over="ignore"):
        return np.array(values, np.float32).reshape(shape)


def _without_ones(shape: Iterable[int]) -> list[int]:
    """Drop the leading ones that the oldest files pad every shape with."""
    return list(dropwhile(lambda size: size == 1, shape))
