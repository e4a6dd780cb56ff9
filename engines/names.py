"""What networks, runtimes and GPUs are called: light, for settings and the command line."""

from __future__ import annotations

from typing import Final

AUTO: Final = "auto"
LIGHTNING: Final = "lightning"
NETWORKS: Final = (AUTO, "openpose", "movenet", "blazepose", LIGHTNING)
"""What a player may wish for: by cost, OpenPose alone, one of the others for every dancer."""
RUNTIMES: Final = (
    "tensorrt", "rtx", "openvino-gpu", "openvino-npu", "coreml", "webgpu", "openvino", "onnxruntime",
)  # fmt: skip
"""What networks run on; ``engines/runtimes.py`` opens them."""
USUAL_TARGETS: Final = ("8.0", "8.6", "8.9", "12.0")
"""Compute capabilities that engines of TensorRT for RTX are built for."""
