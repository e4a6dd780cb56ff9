"""The pose network in OpenVINO: on the processor, or on Intel's graphics and neural processors."""

from __future__ import annotations

import sys
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

# OpenVINO's tools report every import to their maker over the network and leave a client id in
# the home folder. Without this package they fall back to a stub of their own that does nothing.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: not importable

import openvino

from kpopdance.engines.errors import DeviceFailed, ModelError, NetworkError, NotHere
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
    """The network in OpenVINO, compiled once per input size.

    The first inference of a size compiles it, 0.3-0.7 s; dynamic shapes are slow each time.

    Parameters
    ----------
    model : Path
        The ONNX file.
    spoken : Format
        The kind of network it is.
    threads : int
        Threads of one inference on the CPU; OpenVINO's wait without spinning.
    device : str
        ``CPU``, ``GPU`` or ``NPU``, as OpenVINO calls them.
    at_once : int
        How many threads may ask for one at the same time; more of them wait.
    cache_dir : Path, optional
        Where compiled sizes are kept between starts; None keeps none.

    Raises
    ------
    NotHere
        Where there is no such device.
    NetworkError
        Where the file is missing, damaged or another network.
    """

    def __init__(
        self, model: Path, spoken: Format, *, threads: int, device: str = "CPU",
        cache_dir: Path | None = None, at_once: int = 1,
    ) -> None:  # fmt: skip
        self._path, self._spoken, self._device = model, spoken, device
        self._core = openvino.Core()
        # of two graphics processors the plug-in takes its first by that name
        if device not in {name.partition(".")[0] for name in self._core.available_devices}:
            raise NotHere(f"OpenVINO finds no {device} that it can run networks on")
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
        self._config: dict[str, object] = {"PERFORMANCE_HINT": "LATENCY"}
        if device == "CPU":
            # Its own choice, bfloat16 where it has it, moves the maps by 0.17-0.46.
            self._config |= {
                "INFERENCE_NUM_THREADS": at_once * threads, "NUM_STREAMS": at_once,
                "INFERENCE_PRECISION_HINT": "f32",
            }  # fmt: skip
        self._at_once = at_once
        self._free: dict[tuple[int, ...], SimpleQueue[openvino.InferRequest]] = {}
        self._compiling = threading.Lock()
        self.name = model.stem.replace("_", "-")
        version = ".".join(openvino.__version__.split(".")[:2])
        plural = "" if threads == 1 else "s"
        where = f"{threads} thread{plural}" if device == "CPU" else self._told_of_device()
        self.runtime = f"OpenVINO {version} {device}, {where}"

    def infer(self, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Return the maps (channels, h, w) of its format for float32 (1, 3, H, W), BGR 0..255.

        Raises NetworkError where the network does not take that size or dtype, DeviceFailed where
        what it runs on fails.
        """
        check_input(tensor, self._spoken)
        free = self._compiled(tensor.shape)
        request = free.get()
        try:
            # Shared outputs would be overwritten by the next inference.
            maps = request.infer({INPUT_NAME: tensor}, share_inputs=True, share_outputs=False)
        except RuntimeError as why:
            raise DeviceFailed(f"{self.runtime}: {why}") from why
        finally:
            free.put(request)
        return tuple(maps[name][0] for name in self._spoken.outputs)

    def _compiled(self, shape: tuple[int, ...]) -> SimpleQueue[openvino.InferRequest]:
        """Return the requests of one input size that nobody uses, forgetting the oldest of too many."""
        with self._compiling:
            if shape not in self._free:
                try:
                    self._compile(shape)
                except RuntimeError as why:
                    raise NetworkError(
                        f"{self._path}: takes no input of {shape}; "
                        f"{remedy(self._path, self._spoken)}"
                    ) from why
            return self._free[shape]

    def _compile(self, shape: tuple[int, ...]) -> None:
        if len(self._free) == SIZES_KEPT:
            del self._free[next(iter(self._free))]
        self._model.reshape({INPUT_NAME: list(shape)})
        compiled = self._core.compile_model(self._model, self._device, self._config)
        self._free[shape] = SimpleQueue()
        for _ in range(self._at_once):
            self._free[shape].put(compiled.create_infer_request())

    def _told_of_device(self) -> str:
        """Return a graphics or neural processor's name and, if told, its driver's version."""
        wished = ("FULL_DEVICE_NAME", f"{self._device}_DRIVER_VERSION")
        there = self._core.get_property(self._device, "SUPPORTED_PROPERTIES")
        told = [self._core.get_property(self._device, name) for name in wished if name in there]
        return ", driver ".join(str(each) for each in told)
