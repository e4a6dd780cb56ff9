"""Lightweight OpenPose as ONNX from the tensors of its PyTorch checkpoint.

Daniil Osokin, "Real-time 2D Multi-Person Pose Estimation on CPU: Lightweight OpenPose"
(arXiv:1811.12004): a MobileNet up to conv5_5 whose last stride became a dilation, a feature block
(``cpm``), an initial stage and refinement stages of residual blocks, 19 heat maps and 38 affinities in
OpenPose's COCO-18 order at stride 8. BatchNorm is folded into the convolution before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.engines.weights.onnx_writer import PLAIN, OnnxGraph, WeightsError, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.engines.weights.torch_checkpoint import Checkpoint

NAME, TITLE = "lightweight_openpose", "Lightweight OpenPose (PyTorch)"
HEAT, LIMB = 19, 38
WIDTH = 128  # channels of the stages
EPSILON = 1e-5  # of PyTorch's BatchNorm2d
BARE, BIAS, NORM, BIAS_AND_NORM = (), ("bias",), ("norm",), ("bias", "norm")
"""What belongs to a convolution beside its weights."""
MAX_STAGES = 8  # refinement stages; the published weights have 1

BACKBONE = (
    (64, 1, 1), (128, 2, 1), (128, 1, 1), (256, 2, 1), (256, 1, 1), (512, 1, 1),
    (512, 1, 2), (512, 1, 1), (512, 1, 1), (512, 1, 1), (512, 1, 1),
)  # fmt: skip
"""Channels, stride and dilation of the depthwise blocks behind the first convolution."""


class LightweightTranslator:
    """Walks the network as PyTorch would and adds each layer to an ONNX graph.

    Parameters
    ----------
    checkpoint : Checkpoint
        Tensors by the names they have in the published model.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._graph = OnnxGraph()
        self._checkpoint = checkpoint
        self._used: set[str] = set()

    def model_bytes(self, notes: dict[str, str]) -> bytes:
        """Return the ONNX file; raise WeightsError where a tensor is missing, odd or too many."""
        stages = self._stages()
        features = self._features(self._backbone())
        heat, limb = self._maps("initial_stage", self._trunk(features), 512)
        for stage in range(stages):
            place = f"refinement_stages.{stage}"
            inside = self._graph.add("Concat", [features, heat, limb], f"{place}.in", axis=1)
            heat, limb = self._refined(place, inside)
        counters = {n for n in self._checkpoint.tensors if n.endswith(".num_batches_tracked")}
        extra = sorted(self._checkpoint.tensors.keys() - self._used - counters)
        if extra:
            raise WeightsError(
                f"holds {len(extra)} tensors too many, such as {extra[0][:80]!r}"
            )
        return self._graph.model_bytes(NAME, (heat, HEAT), (limb, LIMB), notes)

    def _stages(self) -> int:
        """Return how many refinement stages the checkpoint has."""
        places = (re.match(r"refinement_stages\.(\d+)\.", n) for n in self._checkpoint.tensors)
        found = {int(place[1]) for place in places if place}
        if found != set(range(len(found))) or len(found) > MAX_STAGES:
            raise WeightsError(
                f"has {len(found)} refinement stages, which do not follow in order"
            )
        return len(found)

    def _backbone(self) -> str:
        image = self._graph.normalised_image()
        here = self._conv(image, "model.0.0", (32, 3, 3), Window(1, 2), NORM)
        channels = 32
        for block, (wider, stride, dilation) in enumerate(BACKBONE, start=1):
            deep = Window(dilation, stride, dilation, channels)
            place = f"model.{block}"
            here = self._conv(here, f"{place}.0", (channels, 1, 3), deep, NORM)
            here = self._conv(here, f"{place}.3", (wider, channels, 1), PLAIN, NORM)
            channels = wider
        return here

    def _features(self, backbone: str) -> str:
        aligned = self._conv(backbone, "cpm.align.0", (WIDTH, 512, 1))
        here = aligned
        for block in range(3):
            place = f"cpm.trunk.{block}"
            deep = Window(1, group=WIDTH)
            here = self._conv(here, f"{place}.0", (WIDTH, 1, 3), deep, BARE, "Elu")
            here = self._conv(here, f"{place}.2", (WIDTH, WIDTH, 1), PLAIN, BARE, "Elu")
        total = self._graph.add("Add", [aligned, here], "cpm.sum")
        return self._conv(total, "cpm.conv.0", (WIDTH, WIDTH, 3), Window(1))

    def _trunk(self, here: str) -> str:
        for block in range(3):
            place = f"initial_stage.trunk.{block}.0"
            here = self._conv(here, place, (WIDTH, WIDTH, 3), Window(1))
        return here

    def _refined(self, stage: str, here: str) -> tuple[str, str]:
        channels = WIDTH + HEAT + LIMB
        for block in range(5):
            place = f"{stage}.trunk.{block}"
            first = self._conv(here, f"{place}.initial.0", (WIDTH, channels, 1))
            here, shape, channels = (
                first,
                (WIDTH, WIDTH, 3),
                WIDTH,
            )  # channels: of the next block
            for part, window in enumerate((Window(1), Window(2, dilation=2))):
                inner = f"{place}.trunk.{part}.0"
                here = self._conv(here, inner, shape, window, BIAS_AND_NORM)
            here = self._graph.add("Add", [first, here], f"{place}.sum")
        return self._maps(stage, here, WIDTH)

    def _maps(self, stage: str, here: str, width: int) -> tuple[str, str]:
        """Add a stage's two ends."""
        ends = []
        for name, channels in (("heatmaps", HEAT), ("pafs", LIMB)):
            place = f"{stage}.{name}"
            wide = self._conv(here, f"{place}.0.0", (width, WIDTH, 1))
            ends.append(self._conv(wide, f"{place}.1.0", (channels, width, 1), after=""))
        return ends[0], ends[1]

    def _conv(
        self,
        here: str,
        place: str,
        shape: tuple[int, int, int],
        window: Window = PLAIN,
        parts: tuple[str, ...] = BIAS,
        after: str = "Relu",
    ) -> str:
        """Add a convolution, its BatchNorm folded into it, and what follows it.

        ``shape`` is out, in (per group), size; the BatchNorm's name is the next one in its row.
        """
        out, channels, size = shape
        weights = self._take(f"{place}.weight", (out, channels, size, size))
        bias = self._take(f"{place}.bias", (out,)) if "bias" in parts else None
        if "norm" in parts:
            row, _, index = place.rpartition(".")
            scale, shift = self._norm(f"{row}.{int(index) + 1}", out)
            weights = (weights * scale[:, None, None, None]).astype(np.float32)
            before = 0.0 if bias is None else bias
            bias = (before * scale + shift).astype(np.float32)
        name = self._graph.convolution(here, place, weights, bias, window)
        return self._graph.add(after, [name], f"{place}.{after}") if after else name

    def _norm(self, place: str, out: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return a BatchNorm as scale and shift, float64 (out,) each."""
        names = ("weight", "bias", "running_mean", "running_var")
        gain, bias, mean, variance = (
            self._take(f"{place}.{name}", (out,)).astype(np.float64) for name in names
        )
        if not (variance >= 0).all():
            raise WeightsError(f"holds a variance below 0 ({place!r})")
        scale = gain / np.sqrt(variance + EPSILON)
        return scale, bias - mean * scale

    def _take(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        tensor = self._checkpoint.tensors.get(name)
        if tensor is None:
            raise WeightsError(f"lacks the tensor {name!r}")
        if tensor.shape != shape:
            raise WeightsError(f"holds {name!r} of shape {tensor.shape}, not {shape}")
        self._used.add(name)
        return self._checkpoint.array(name)
