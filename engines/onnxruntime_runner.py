"""The pose network in ONNX Runtime: wheels everywhere, so the fallback and the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
    NotImplemented,
)

from engines.maps import (
    INPUT_NAME,
    OUTPUT_NAMES,
    REMEDY,
    NetworkError,
    check_input,
    check_names,
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
    threads : int
        Threads of one inference.

    Raises
    ------
    NetworkError
        Where the file is missing, damaged or another network.
    """

    def __init__(self, model: Path, *, threads: int) -> None:
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
            raise NetworkError(f"{model}: ONNX Runtime cannot read it; {REMEDY}") from why
        inputs = [port.name for port in self._session.get_inputs()]
        check_names(model, inputs, [port.name for port in self._session.get_outputs()])
        self.name = model.stem.replace("_", "-")
        plural = "" if threads == 1 else "s"
        self.runtime = f"ONNX Runtime {onnxruntime.__version__} CPU, {threads} thread{plural}"

    def infer(
        self, tensor: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return heat (19, h, w) and limb (38, h, w) maps for float32 (1, 3, H, W), BGR 0..255.

        Raises NetworkError where H or W is no multiple of 8 or the dtype is not float32.
        """
        check_input(tensor)
        heat, limb = self._session.run(OUTPUT_NAMES, {INPUT_NAME: tensor})
        return heat[0], limb[0]
