"""A pose network written as ONNX: one picture in, ``heatmaps`` and ``pafs`` out, same bytes each time.

What ``engines`` expects of every network: input ``image`` float32 (N, 3, H, W), BGR, 0..255, where H
and W are multiples of 8; outputs at stride 8, (N, joints + background, h, w) and (N, 2 x limbs, h, w).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    from numpy.typing import NDArray

OPSET, IR_VERSION = 17, 8
INPUT, HEAT_OUTPUT, LIMB_OUTPUT = "image", "heatmaps", "pafs"
STRIDE = 8
IMAGE_SCALE, IMAGE_SHIFT = 1 / 256, 0.5
"""OpenPose's x / 256 - 0.5 and Lightweight OpenPose's (x - 128) / 256 are the same, to the bit."""

Geometry: TypeAlias = Any
"""An attribute of an ONNX node, int, float or list of int; onnx's own annotation fits none."""


class WeightsError(Exception):
    """A file that cannot become a network; the text says why, the caller which file."""


class Window(NamedTuple):
    """How a convolution walks, the same in height and width."""

    pad: int = 0
    stride: int = 1
    dilation: int = 1
    group: int = 1


PLAIN: Final = Window()


class OnnxGraph:
    """Nodes and weights of a network in the order they were added."""

    def __init__(self) -> None:
        from onnx import ModelProto, helper

        self._model = ModelProto(ir_version=IR_VERSION, producer_name="kpopdance")
        self._model.opset_import.append(helper.make_opsetid("", OPSET))
        self._graph = self._model.graph

    def normalised_image(self) -> str:
        """Add what OpenPose's programs do before the network.

        It cannot be folded into the first convolution: that one pads with zeros, which are grey
        only behind the normalisation.
        """
        scale = self.weight("image_scale", np.array(IMAGE_SCALE, np.float32))
        shift = self.weight("image_shift", np.array(IMAGE_SHIFT, np.float32))
        scaled = self.add("Mul", [INPUT, scale], "image_scaled")
        return self.add("Sub", [scaled, shift], "image_normalised")

    def convolution(
        self,
        source: str,
        output: str,
        weights: NDArray[np.float32],
        bias: NDArray[np.float32] | None = None,
        window: Window = PLAIN,
    ) -> str:
        """Add a convolution.

        Parameters
        ----------
        weights : float32 (out, in / group, height, width)
        bias : float32 (out,)
        """
        inputs = [source, self.weight(f"{output}.weight", weights)]
        if bias is not None:
            inputs.append(self.weight(f"{output}.bias", bias))
        return self.add(
            "Conv",
            inputs,
            output,
            kernel_shape=list(weights.shape[2:]),
            pads=[window.pad] * 4,
            strides=[window.stride] * 2,
            dilations=[window.dilation] * 2,
            group=window.group,
        )

    def weight(self, name: str, array: NDArray[np.float32]) -> str:
        """Add weights and return their name; raise WeightsError where they are not finite."""
        from onnx import TensorProto

        if not np.isfinite(array).all():
            raise WeightsError(f"holds weights that are no finite numbers ({name!r})")
        # In place: onnx's helpers copy all weights three times, 600 MB of OpenPose's COCO network.
        tensor = self._graph.initializer.add()
        tensor.name, tensor.data_type = name, TensorProto.FLOAT
        tensor.dims.extend(array.shape)
        tensor.raw_data = array.astype("<f4", copy=False).tobytes()
        return name

    def add(self, op: str, inputs: Sequence[str], output: str, **attributes: Geometry) -> str:
        """Add a node and return the name of its output."""
        from onnx import helper

        self._graph.node.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def model_bytes(
        self, name: str, heat: tuple[str, int], limb: tuple[str, int], notes: dict[str, str]
    ) -> bytes:
        """Return the ONNX file whose outputs are two of the maps, each with its channels."""
        from onnx import helper

        self._rename({heat[0]: HEAT_OUTPUT, limb[0]: LIMB_OUTPUT})
        self._graph.name = name
        self._graph.input.append(picture(INPUT, 3, "H", "W"))
        self._graph.output.append(picture(HEAT_OUTPUT, heat[1], "h", "w"))
        self._graph.output.append(picture(LIMB_OUTPUT, limb[1], "h", "w"))
        helper.set_model_props(self._model, notes)
        content: bytes = self._model.SerializeToString(deterministic=True)
        return content

    def _rename(self, names: dict[str, str]) -> None:
        for node in self._graph.node:
            for texts in (node.input, node.output):
                for place, text in enumerate(texts):
                    texts[place] = names.get(text, text)


def model_of(graph: onnx.GraphProto) -> onnx.ModelProto:
    """Return a graph as a model of the version and maker that all our networks have."""
    from onnx import helper

    return helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="kpopdance",
    )


def picture(name: str, channels: int, height: str, width: str) -> onnx.ValueInfoProto:
    """Return an input or output of the model: float32 (N, channels, height, width)."""
    from onnx import TensorProto, helper

    shape: list[str | int | None] = ["N", channels, height, width]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
