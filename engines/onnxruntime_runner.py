"""The pose network in ONNX Runtime: wheels everywhere, so the fallback and the reference."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

# Read when it is imported: else it keeps a number for this computer and tells its maker what it runs.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
    NotImplemented,
)

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

LOAD_ERRORS = (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, NoSuchFile, NotImplemented)
"""ONNX Runtime's errors have no base of their own."""


class OnnxRuntimeNetwork:
    """The network in ONNX Runtime on the CPU.

    Parameters
    ----------
    model : Path
        The ONNX file.
    spoken : Format
        The kind of network it is.
    threads : int
        Threads of one inference.

    Raises
    ------
    NetworkError
        Where the file is missing, damaged or another network.
    """

    def __init__(self, model: Path, spoken: Format, *, threads: int) -> None:
        self._path, self._spoken = model, spoken
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # A spinning thread would take the core that camera, sound and window need.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
        except LOAD_ERRORS as why:
            raise ModelError(
                f"{model}: ONNX Runtime cannot read it; {remedy(model, spoken)}"
            ) from why
        inputs = [port.name for port in self._session.get_inputs()]
        check_names(model, spoken, inputs, [port.name for port in self._session.get_outputs()])
        ports = (*self._session.get_inputs(), *self._session.get_outputs())
        check_kinds(model, spoken, floats=all(port.type == "tensor(float)" for port in ports))
        self.name = model.stem.replace("_", "-")
        plural = "" if threads == 1 else "s"
        self.runtime = f"ONNX Runtime {onnxruntime.__version__} CPU, {threads} thread{plural}"

    def infer(self, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Return the maps (channels, h, w) of its format for float32 (1, 3, H, W), BGR 0..255.

        Raises NetworkError where the network does not take that size or dtype.
        """
        check_input(tensor, self._spoken)
        try:
            maps = self._session.run(self._spoken.outputs, {INPUT_NAME: tensor})
        except (Fail, InvalidArgument) as why:
            raise NetworkError(
                f"{self._path}: takes no input of {tensor.shape}; "
                f"{remedy(self._path, self._spoken)}"
            ) from why
        return tuple(each[0] for each in maps)
