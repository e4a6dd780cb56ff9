"""The pose network in ONNX Runtime: wheels everywhere, so the fallback and the reference.

On the processor, or through a provider: Apple's CoreML, or a plug-in, WebGPU's for any graphics card
and NVIDIA's for its own, which is here to be measured beside ours (``docs/gpu.md``).
"""

from __future__ import annotations

import importlib
import os
from functools import cache
from typing import TYPE_CHECKING, Final

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

LOAD_ERRORS = (
    Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, NoSuchFile, NotImplemented,
    UnicodeDecodeError,  # its own words, where they repeat a damaged name
)  # fmt: skip
"""ONNX Runtime's errors have no base of their own, and each version has more of them."""

CPU: Final = "CPUExecutionProvider"
COREML: Final = "CoreMLExecutionProvider"
WEBGPU: Final = "WebGpuExecutionProvider"
NVIDIA: Final = "NvTensorRTRTXExecutionProvider"
PLUG_INS: Final = {
    WEBGPU: (
        "onnxruntime-ep-webgpu",
        "WebGPU finds no graphics card (on Linux it needs Vulkan)",
    ),
    NVIDIA: (
        "onnxruntime-ep-nv-tensorrt-rtx",
        "it finds no card of compute capability 8.6 or more",
    ),
}
"""Each one's package, and what is the matter where that finds no device."""


class OnnxRuntimeNetwork:
    """The network in ONNX Runtime.

    Parameters
    ----------
    model : Path
        The ONNX file.
    spoken : Format
        The kind of network it is.
    threads : int
        Threads of one inference.
    at_once : int
        How many threads may ask for one at the same time and each have its own.
    provider : str
        What executes it, as ONNX Runtime calls it: ``CPU``, ``COREML``, ``WEBGPU`` or
        ``NVIDIA`` of this file.

    Raises
    ------
    NotHere
        Where there is no such provider.
    NetworkError
        Where the file is missing, damaged or another network.
    """

    def __init__(
        self, model: Path, spoken: Format, *, threads: int, provider: str = CPU,
        at_once: int = 1,
    ) -> None:  # fmt: skip
        self._path, self._spoken = model, spoken
        # what a device answers with Fail is its own failure
        self._refusals = (Fail, InvalidArgument) if provider == CPU else (InvalidArgument,)
        options = onnxruntime.SessionOptions()
        # who asks works too; the others are shared by all who ask
        options.intra_op_num_threads = 1 + at_once * (threads - 1)
        options.inter_op_num_threads = 1
        # A spinning thread would take the core that camera, sound and window need.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        providers = _prepared(options, provider)
        try:
            self._session = onnxruntime.InferenceSession(
                str(model),
                options,
                providers=providers,
                enable_fallback=0,  # that prints
            )
        except LOAD_ERRORS as why:
            raise ModelError(
                f"{model}: ONNX Runtime cannot read it; {remedy(model, spoken)}"
            ) from why
        except Exception as why:
            raise NetworkError(f"ONNX Runtime's {provider} cannot open it ({why})") from why
        if provider not in self._session.get_providers():
            raise NotHere(f"ONNX Runtime's {provider} cannot run this network here")
        inputs = [port.name for port in self._session.get_inputs()]
        check_names(model, spoken, inputs, [port.name for port in self._session.get_outputs()])
        ports = (*self._session.get_inputs(), *self._session.get_outputs())
        check_kinds(model, spoken, floats=all(port.type == "tensor(float)" for port in ports))
        self.name = model.stem.replace("_", "-")
        plural = "" if threads == 1 else "s"
        where = f"{provider.removesuffix('ExecutionProvider')}, {threads} thread{plural}"
        self.runtime = f"ONNX Runtime {onnxruntime.__version__} {where}"

    def infer(self, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Return the maps (channels, h, w) of its format for float32 (1, 3, H, W), BGR 0..255.

        Raises NetworkError where the network does not take that size or dtype, DeviceFailed where
        what it runs on fails.
        """
        check_input(tensor, self._spoken)
        try:
            maps = self._session.run(self._spoken.outputs, {INPUT_NAME: tensor})
        except self._refusals as why:
            raise NetworkError(
                f"{self._path}: takes no input of {tensor.shape}; "
                f"{remedy(self._path, self._spoken)}"
            ) from why
        except Exception as why:
            raise DeviceFailed(f"{self.runtime}: {why}") from why
        return tuple(each[0] for each in maps)


def _prepared(options: onnxruntime.SessionOptions, provider: str) -> list[str] | None:
    """Return what the session is to be given beside its options, once a provider is loaded.

    A plug-in speaks for itself in the options, and then ONNX Runtime refuses a list.
    """
    if provider in PLUG_INS:
        options.add_provider_for_devices([_plugged_in(provider)], {})
        return None
    if provider not in onnxruntime.get_available_providers():
        raise NotHere(f"this ONNX Runtime has no {provider}")
    return list(dict.fromkeys([provider, CPU]))


def _plugged_in(provider: str) -> onnxruntime.OrtEpDevice:
    """Return the first device of a provider that is a package of its own."""
    if not _found(provider):
        _load(provider)
    devices = _found(provider)
    if not devices:
        raise NotHere(PLUG_INS[provider][1])
    return devices[0]


@cache  # once loaded it stays, and a second time is refused
def _load(provider: str) -> None:
    package, _ = PLUG_INS[provider]
    try:
        plug_in = importlib.import_module(package.replace("-", "_"))
    except ImportError:
        raise NotHere(f"{package} is not installed") from None
    try:
        onnxruntime.register_execution_provider_library(provider, plug_in.get_library_path())
    except Exception as why:
        raise NetworkError(f"{package} cannot be loaded ({why})") from why


def _found(provider: str) -> list[onnxruntime.OrtEpDevice]:
    return [device for device in onnxruntime.get_ep_devices() if device.ep_name == provider]
