"""The pose network in OpenVINO: the fastest on a CPU where it has a wheel."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

# OpenVINO's tools report every import to their maker over the network and leave a client id in
# the home folder. Without this package they fall back to a stub of their own that does nothing.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: not importable

import openvino

from kpopdance.engines.errors import ModelError, NetworkError
from kpopdance.engines.formats import (
    INPUT_NAME,
    Format,
    check_input,
    check_kinds,
    check_names,
    remedy,
)

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

SIZES_KEPT = 6
"""Compiled input sizes; the game uses two, a whole picture and a crop, and twice that thoroughly."""


class OpenVinoNetwork:
    """The network in OpenVINO on the CPU, compiled once per input size.

    The first inference of a size compiles it, 0.3-0.7 s; dynamic shapes are slow each time.

    Parameters
    ----------
    model : Path
        The ONNX file.
    spoken : Format
        The kind of network it is.
    threads : int
        Threads of one inference; OpenVINO's wait without spinning.
    cache_dir : Path, optional
        Where compiled sizes are kept between starts; None keeps none.

    Raises
    ------
    NetworkError
        Where the file is missing, damaged or another network.
    """

    def __init__(
        self, model: Path, spoken: Format, *, threads: int, cache_dir: Path | None = None
    ) -> None:
        self._path, self._spoken = model, spoken
        self._core = openvino.Core()
        if cache_dir is not None:
            self._core.set_property({"CACHE_DIR": str(cache_dir)})
        try:
            self._model = self._core.read_model(model)
        except RuntimeError as why:
            raise ModelError(
                f"{model}: OpenVINO cannot read it; {remedy(model, spoken)}"
            ) from why
        inputs = [port.any_name for port in self._model.inputs]
        check_names(model, spoken, inputs, [port.any_name for port in self._model.outputs])
        kinds = {
            port.get_element_type().to_string()
            for port in (*self._model.inputs, *self._model.outputs)
        }
        check_kinds(model, spoken, floats=kinds <= {"f32"})
        self._config = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
            # The CPU's choice, bfloat16 where it has it, moves the maps by 0.17-0.46.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        self._requests: dict[tuple[int, ...], openvino.InferRequest] = {}
        self.name = model.stem.replace("_", "-")
        version = ".".join(openvino.__version__.split(".")[:2])
        plural = "" if threads == 1 else "s"
        self.runtime = f"OpenVINO {version} CPU, {threads} thread{plural}"

    def infer(self, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Return the maps (channels, h, w) of its format for float32 (1, 3, H, W), BGR 0..255.

        Raises NetworkError where the network does not take that size or dtype.
        """
        check_input(tensor, self._spoken)
        if tensor.shape not in self._requests:
            try:
                self._compile(tensor.shape)
            except RuntimeError as why:
                raise NetworkError(
                    f"{self._path}: takes no input of {tensor.shape}; "
                    f"{remedy(self._path, self._spoken)}"
                ) from why
        request = self._requests[tensor.shape]
        # Shared outputs would be overwritten by the next inference.
        maps = request.infer({INPUT_NAME: tensor}, share_inputs=True, share_outputs=False)
        return tuple(maps[name][0] for name in self._spoken.outputs)

    def _compile(self, shape: tuple[int, ...]) -> None:
        """Make a request for one input size, forgetting the oldest where there are too many."""
        if len(self._requests) == SIZES_KEPT:
            del self._requests[next(iter(self._requests))]
        self._model.reshape({INPUT_NAME: list(shape)})
        compiled = self._core.compile_model(self._model, "CPU", self._config)
        self._requests[shape] = compiled.create_infer_request()
