"""Write a bundled aligned-person network from BlazePose's .tflite file, without TensorFlow.

``python -m tools.weights.convert_blazepose FILE`` reads ``pose_landmark_full.tflite`` or
``pose_landmark_heavy.tflite``, cuts the graph at what the game reads (the points, whether somebody
is there, and the points' heat maps, of COCO's 17 joints alone), turns NHWC into NCHW and RGB into
BGR, and writes the same bytes every time.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from kpopdance.engines.files import write_whole
from kpopdance.engines.weights.onnx_writer import INPUT, model_of
from tools.weights.converting import GraphError, read_whole, run
from tools.weights.tflite_file import graph_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    from numpy.typing import NDArray

    from tools.weights.tflite_file import Operation, Tensor

    Window = tuple[int, int]

Attribute: TypeAlias = Any
"""Of an ONNX node: int, text or list of int; onnx's own annotation fits none of them."""

ENGINES = Path(__file__).resolve().parents[2] / "engines"
SIDE, GRID, POINTS, NUMBERS = 256, 64, 39, 5
JOINTS: Final = (0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)
"""BlazePose's point of each of COCO's 17 joints."""
EXPECTED_OPS: Final = {
    "blazepose_full": Counter(
        Dequantize=192, Conv=58, DepthwiseConv=38, Add=28, Pad=5, Resize=5, Reshape=3, MaxPool=2,
        Sigmoid=1,
    ),
    "blazepose_heavy": Counter(
        Dequantize=396, Conv=116, DepthwiseConv=82, Add=73, Pad=8, Resize=5, Reshape=3, MaxPool=5,
        Sigmoid=1,
    ),
}  # fmt: skip
"""What the two networks consist of, with the parts that are cut off."""
HEAT: Final = "Identity_3"
HEADS: Final[dict[str, tuple[str, list[str | int]]]] = {
    "Identity": ("points", ["N", 2 * len(JOINTS)]),
    "Identity_1": ("presence", ["N", 1]),
    HEAT: ("heat", ["N", len(JOINTS), GRID, GRID]),
}
"""The graph's outputs that are kept: our name and shape; heat behind a sigmoid, as MediaPipe does."""
HEAD_SHAPES: Final = {
    "Identity": (1, POINTS * NUMBERS), "Identity_1": (1, 1), HEAT: (1, GRID, GRID, POINTS),
}  # fmt: skip
MAX_BYTES: Final = 60_000_000  # the heavy one has 27,709,200
SAME, VALID = 0, 1
PLAIN, RELU, RELU6 = 0, 1, 3
AXES: Final = 4


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 2 with one sentence on bad input."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("network", type=Path, metavar="FILE", help=".tflite of BlazePose")
    parser.add_argument(
        "--out", type=Path, help="ONNX file (default: engines/ and the network's name)"
    )
    given = parser.parse_args(arguments)
    takes = "pose_landmark_full.tflite or _heavy of @mediapipe/pose 0.5.1675469404"
    return run(lambda: convert(given.network, given.out), given.network, takes)


def convert(source: Path, out: Path | None = None) -> dict[Path, bytes]:
    """Write the ONNX file, by its name in ``engines/`` if not elsewhere; return both files.

    Raises GraphError where the file is damaged or another, OSError from the files.
    """
    content = read_whole(source, MAX_BYTES)
    tensors, steps = graph_of(content)
    name = name_of(steps)
    result = onnx_from_graph(name, tensors, steps)
    out = out or ENGINES / f"{name}.onnx"
    write_whole(out, result)
    return {source: content, out: result}


def name_of(steps: list[Operation]) -> str:
    """Return which of BlazePose's networks this is."""
    ops = Counter(step.op for step in steps)
    for name, expected in EXPECTED_OPS.items():
        if ops == expected:
            return name
    raise GraphError(f"is another network ({dict(sorted(ops.items()))})")


def onnx_from_graph(name: str, tensors: list[Tensor], steps: list[Operation]) -> bytes:
    """Return the bytes of the ONNX model; raises GraphError where the graph is another one."""
    import onnx

    writer = BlazeWriter(tensors)
    for step in needed(tensors, steps):
        writer.write(step)
    model = writer.model(name)
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as why:
        raise GraphError(
            f"its layers do not fit each other ({str(why).splitlines()[0]})"
        ) from why
    result: bytes = model.SerializeToString(deterministic=True)
    return result


def needed(tensors: list[Tensor], steps: list[Operation]) -> list[Operation]:
    """Return the steps that the kept outputs come from, in file order."""
    shapes = {tensor.name: tensor.shape for tensor in tensors if tensor.name in HEAD_SHAPES}
    if shapes != HEAD_SHAPES:
        raise GraphError(f"is another network (its outputs are {shapes})")
    wanted = {n for n, tensor in enumerate(tensors) if tensor.name in HEADS}
    kept = []
    for step in reversed(steps):
        if wanted.intersection(step.outputs):
            wanted.update(step.inputs)
            kept.append(step)
    return kept[::-1]


class BlazeWriter:
    """Translates the steps one by one, in file order."""

    def __init__(self, tensors: list[Tensor]) -> None:
        self._tensors = tensors
        self._name: dict[int, str] = {}
        self._pads: dict[int, list[int]] = {}
        self._source: dict[int, int] = {}  # whose padding, whose stored weights
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._constant("zero", np.float32(0))
        self._constant("six", np.float32(6))
        self._constant("double", np.array([1, 1, 2, 2], np.float32))
        self._constant("byte", np.float32(1 / 255))
        self._picture = next((n for n, t in enumerate(tensors) if t.name == "input_1"), -1)
        self._add("Mul", [INPUT, "byte"], "picture")
        self._name[self._picture] = "picture"

    def write(self, step: Operation) -> None:
        """Add the nodes of one step."""
        if min(step.inputs, default=-1) < 0 or len(step.outputs) != 1:
            raise GraphError(f"is another network (a {step.op} lacks an input)")
        {
            "Dequantize": self._dequantize,
            "Pad": self._pad,
            "Conv": self._convolution,
            "DepthwiseConv": self._depthwise,
            "Add": self._sum,
            "Resize": self._double,
            "MaxPool": self._pool,
            "Reshape": self._flatten,
            "Sigmoid": self._sigmoid,
        }[step.op](step)

    def model(self, name: str) -> onnx.ModelProto:
        """Return the whole model."""
        from onnx import TensorProto, helper

        def port(name: str, shape: Sequence[str | int]) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))

        inputs = [port(INPUT, ["N", 3, SIDE, SIDE])]
        outputs = [port(name, shape) for name, shape in HEADS.values()]
        return model_of(helper.make_graph(self._nodes, name, inputs, outputs, self._weights))

    def _dequantize(self, step: Operation) -> None:
        self._source[step.outputs[0]] = step.inputs[0]

    def _pad(self, step: Operation) -> None:
        """Add empty channels; a padding in width and height is left to the convolution behind it."""
        around = self._array(step.inputs[1])
        if around.shape != (AXES, 2) or around[0].any() or (around < 0).any():
            raise GraphError("is another network (it pads otherwise)")
        (top, bottom), (left, right), (before, behind) = around[1:].tolist()
        if not around[3].any():
            self._pads[step.outputs[0]] = [top, left, bottom, right]
            self._source[step.outputs[0]] = step.inputs[0]
            return
        ends = np.array([0, before, top, left, 0, behind, bottom, right], np.int64)
        self._constant(f"t{step.outputs[0]}/ends", ends)
        names = [self._read(step.inputs[0]), f"t{step.outputs[0]}/ends"]
        self._add("Pad", names, self._named(step.outputs[0]), mode="constant")

    def _convolution(self, step: Operation) -> None:
        # TensorFlow Lite's (out, height, width, in) becomes ONNX's (out, in, height, width).
        weights = self._weights_of(step).transpose(0, 3, 1, 2)
        if self._source.get(step.inputs[0], step.inputs[0]) == self._picture:
            weights = weights[:, ::-1]
        self._convolve(step, weights, group=1, activation=step.choice(3))

    def _depthwise(self, step: Operation) -> None:
        # TensorFlow Lite's (1, height, width, channel) becomes ONNX's (channel, 1, height, width).
        weights = self._weights_of(step).transpose(3, 0, 1, 2)
        self._convolve(step, weights, group=len(weights), activation=step.choice(4))

    def _weights_of(self, step: Operation) -> NDArray[Any]:
        weights = self._array(step.inputs[1])
        if weights.ndim != AXES or len(step.inputs) != 3:
            raise GraphError(f"is another network (a {step.op} of other weights)")
        return weights

    def _convolve(
        self, step: Operation, weights: NDArray[Any], *, group: int, activation: int
    ) -> None:
        bias, keep = self._array(step.inputs[2]), self._kept_channels(step.outputs[0])
        if keep is not None:
            weights, bias = weights[keep], bias[keep]
        height, width = weights.shape[2:]
        of = step.inputs[0]
        names = [self._read(self._source.get(of, of))]
        names += [
            self._weight(step.inputs[1], weights, step), self._weight(step.inputs[2], bias, step),
        ]  # fmt: skip
        self._activated(
            step, "Conv", names, activation, group=group,
            **self._window(step, (height, width), self._pads.get(of)),
        )  # fmt: skip
        if self._tensors[step.outputs[0]].name == HEAT:
            self._add("Sigmoid", [self._read(step.outputs[0])], HEADS[HEAT][0])

    def _kept_channels(self, output: int) -> list[int] | None:
        """Return which channels of a head's convolution are kept, those of COCO's joints."""
        shape = self._tensors[output].shape
        if shape[-1:] == (POINTS * NUMBERS,):
            return [NUMBERS * joint + axis for joint in JOINTS for axis in (0, 1)]
        return list(JOINTS) if self._tensors[output].name == HEAT else None

    def _sum(self, step: Operation) -> None:
        names = [self._read(n) for n in step.inputs[:2]]
        self._activated(step, "Add", names, step.choice(0))

    def _activated(
        self,
        step: Operation,
        op: str,
        inputs: list[str],
        activation: int,
        **attributes: Attribute,
    ) -> None:
        """Add a node and what is fused behind it."""
        output = self._named(step.outputs[0])
        if activation not in (PLAIN, RELU, RELU6):
            raise GraphError(f"is another network (behind a {step.op} stands {activation})")
        before = output if activation == PLAIN else f"{output}/before"
        self._add(op, inputs, before, **attributes)
        if activation == RELU:
            self._add("Relu", [before], output)
        if activation == RELU6:
            self._add("Clip", [before, "zero", "six"], output)

    def _double(self, step: Operation) -> None:
        """Add a resize to the double, linear, px centres on halves."""
        source, target = (self._tensors[n].shape for n in (step.inputs[0], step.outputs[0]))
        twice = (*(2 * size for size in source[1:3]), *source[3:])
        if target[1:] != twice or step.choice(2) or not step.choice(3):
            raise GraphError("is another network (it resizes otherwise)")
        how = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        names = [self._read(step.inputs[0]), "", "double"]
        self._add("Resize", names, self._named(step.outputs[0]), **how)

    def _pool(self, step: Operation) -> None:
        kernel = (step.number(4), step.number(3))
        if step.choice(5) != PLAIN:
            raise GraphError("is another network (it pools otherwise)")
        names = [self._read(step.inputs[0])]
        self._add("MaxPool", names, self._named(step.outputs[0]), **self._window(step, kernel))

    def _flatten(self, step: Operation) -> None:
        source = self._tensors[step.inputs[0]].shape
        if source[:3] != (1, 1, 1):
            raise GraphError("is another network (it reshapes otherwise)")
        self._add("Flatten", [self._read(step.inputs[0])], self._named(step.outputs[0]), axis=1)

    def _sigmoid(self, step: Operation) -> None:
        self._add("Sigmoid", [self._read(step.inputs[0])], self._named(step.outputs[0]))

    def _window(
        self, step: Operation, kernel: Window, pads: list[int] | None = None
    ) -> dict[str, list[int]]:
        """Return kernel, stride and padding as ONNX attributes; SAME puts the odd px behind."""
        stride = (step.number(2), step.number(1))
        dilated = step.op == "Conv" and (step.number(4, 1), step.number(5, 1)) != (1, 1)
        if min(*stride, *kernel) < 1 or dilated or step.choice(0) not in (SAME, VALID):
            raise GraphError(f"is another network (the window of a {step.op} is unknown)")
        if step.choice(0) == SAME:
            if pads is not None:
                raise GraphError("is another network (it pads twice)")
            sizes = self._tensors[step.inputs[0]].shape[1:3]
            total = [
                max((-(-size // step_px) - 1) * step_px + px - size, 0)
                for size, step_px, px in zip(sizes, stride, kernel, strict=True)
            ]
            before = [px // 2 for px in total]
            pads = before + [px - half for px, half in zip(total, before, strict=True)]
        return {
            "kernel_shape": list(kernel), "strides": list(stride), "pads": pads or [0] * AXES,
        }  # fmt: skip

    def _array(self, number: int) -> NDArray[Any]:
        data = self._tensors[self._source.get(number, number)].data
        if data is None:
            raise GraphError("is another network (weights are computed)")
        return data

    def _read(self, number: int) -> str:
        if number not in self._name:
            raise GraphError("is damaged (an operation reads what comes after it)")
        return self._name[number]

    def _named(self, number: int) -> str:
        """Return what the result of a step is called from here on."""
        head = HEADS.get(self._tensors[number].name)
        if head is None or self._tensors[number].name == HEAT:
            return self._name.setdefault(number, f"t{number}")
        return self._name.setdefault(number, head[0])

    def _weight(self, number: int, array: NDArray[Any], step: Operation) -> str:
        """Store weights in the float16 they came in and return the name of their float32."""
        from onnx import TensorProto, helper

        name = f"w{step.outputs[0]}_{number}"
        stored = name if array.dtype == np.float32 else f"{name}/float16"
        self._constant(stored, array)
        if stored != name:
            self._nodes.append(helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))
        return name

    def _constant(self, name: str, array: NDArray[Any] | np.float32) -> None:
        from onnx import numpy_helper

        self._weights.append(numpy_helper.from_array(np.array(array, order="C"), name))

    def _add(
        self, op: str, inputs: Sequence[str], output: str, **attributes: Attribute
    ) -> None:
        from onnx import helper

        self._nodes.append(helper.make_node(op, inputs, [output], **attributes))


if __name__ == "__main__":
    sys.exit(main())
