"""Networks for measuring on a GPU: TensorRT of either flavour, or what else the card can run.

TensorRT for RTX refuses some cards (compute capability 9.0). There the same ONNX runs in ONNX
Runtime's CUDA provider, or not at all: then maps of the CPU lie where the network would have put
them, and kernels, copies and graph are still measured. The label says which it was.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import onnxruntime

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.formats import INPUT_NAME
from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.gpu.devices import open_device
from kpopdance.engines.gpu.kernels import KERNELS, read_kernels
from kpopdance.engines.gpu.network import D, GpuNetwork
from kpopdance.engines.gpu.opening import open_network
from kpopdance.engines.gpu.precision import with_precision
from kpopdance.engines.gpu.sized_network import Port
from kpopdance.engines.maps import PERSON_STRIDE, STRIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpopdance.engines.gpu.device import Device, Memory
    from kpopdance.engines.gpu.network import Size
    from kpopdance.engines.gpu.sized_network import Engine, SizedNetwork

CUDA: Final = "CUDAExecutionProvider"
NO_NETWORK: Final = "no network (maps computed by the CPU lie in its place)"


class OrtCudaEngine:
    """The network in ONNX Runtime's CUDA provider, on our stream and memory; not capturable.

    See ONNX Runtime's documentation, "CUDA Execution Provider", ``user_compute_stream``, and "I/O
    Binding".
    """

    capturable = False

    def __init__(self, onnx: bytes, device: Device, size: Size) -> None:
        if CUDA not in onnxruntime.get_available_providers():
            raise NetworkError("ONNX Runtime has no CUDA provider; pip install onnxruntime-gpu")
        device.activate()
        options = {"device_id": "0", "user_compute_stream": str(device.stream)}
        try:
            self._session = onnxruntime.InferenceSession(onnx, providers=[(CUDA, options)])
        except Exception as why:  # of its own kinds, which share no base
            raise NetworkError(f"ONNX Runtime's CUDA provider cannot be opened: {why}") from why
        if CUDA not in self._session.get_providers():
            raise NetworkError("ONNX Runtime's CUDA provider cannot be used on this GPU")
        self.inlet, outlets = ports_of(self._session, size)
        self.outlets: Mapping[str, Port] = outlets
        self._binding = self._session.io_binding()

    def bind(self, inlet: Memory, outlets: Mapping[str, Memory]) -> None:
        """Say where input and outputs lie, once."""
        where = ("cuda", 0, np.float32)
        self._binding.bind_input(INPUT_NAME, *where, self.inlet.shape, inlet.address)
        for name, memory in outlets.items():
            self._binding.bind_output(name, *where, self.outlets[name].shape, memory.address)

    def enqueue(self) -> None:
        """Ask the device's stream for one inference."""
        try:
            self._session.run_with_iobinding(self._binding)
        except Exception as why:  # of its own kinds, which share no base
            raise GpuError(f"ONNX Runtime stopped: {why}") from why

    def warmed(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Its session ends with it."""


class StandInEngine:
    """Maps of one picture, computed by the CPU, where a network would have put them."""

    capturable = True

    def __init__(self, onnx: bytes, device: Device, size: Size) -> None:
        self._session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
        self._device = device
        self.inlet, outlets = ports_of(self._session, size)
        self.outlets: Mapping[str, Port] = outlets

    def bind(self, inlet: Memory, outlets: Mapping[str, Memory]) -> None:
        """Put the maps of a grey picture where they belong."""
        del inlet
        picture = np.full(self.inlet.shape, 128, np.float32)
        told = self._session.run(list(self.outlets), {INPUT_NAME: picture})
        for name, values in zip(self.outlets, told, strict=True):
            pinned = self._device.pin(values.nbytes)
            pinned.array[:] = values.astype(np.float32).view(np.uint8).ravel()
            self._device.upload(outlets[name], pinned, values.nbytes)
            self._device.free(pinned)

    def enqueue(self) -> None:
        """Nothing to ask for."""

    def warmed(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Its session is the CPU's."""


def ports_of(session: onnxruntime.InferenceSession, size: Size) -> tuple[Port, dict[str, Port]]:
    """Return the input and the outputs of a session's network at an input size."""
    shapes = {port.name: port.shape for port in session.get_outputs()}
    stride = STRIDE if "heatmaps" in shapes else PERSON_STRIDE
    cells = [length // stride for length in size]
    return Port((1, 3, *size), "f32"), {
        name: Port((1, channels, *(cells if maps else ())), "f32")
        for name, (_, channels, *maps) in shapes.items()
    }


def best_network(
    onnx: Path, decode: Callable[[SizedNetwork], D], size: Size, precision: str = "fp16"
) -> tuple[GpuNetwork[D], list[str]]:
    """Return the network in the first runtime that serves at a size, and why the others did not.

    Raises
    ------
    NetworkError
        Where there is no GPU to speak to.
    """
    refusals = []
    for flavour in ("tensorrt", "rtx"):
        try:
            network = open_network(
                onnx, flavour, decode, cache_dir=Path(tempfile.mkdtemp()), tell=lambda _: None
            )
            network.at_size(size)
        except NetworkError as why:
            refusals.append(f"{flavour}: {why}")
            continue
        return network, refusals
    data = with_precision(onnx.read_bytes(), precision)
    kinds: list[tuple[str, Callable[[bytes, Device, Size], Engine]]] = [
        (f"ONNX Runtime {onnxruntime.__version__} CUDA {precision}", OrtCudaEngine),
        (NO_NETWORK, StandInEngine),
    ]
    for label, kind in kinds:
        device = open_device()
        device.load_kernels(read_kernels(), KERNELS)
        network = GpuNetwork(
            onnx.stem, f"{label}, {device.label}", device, decode=decode,
            open_engine=lambda size, kind=kind, device=device: kind(data, device, size),  # type: ignore[misc]
        )  # fmt: skip
        try:
            network.at_size(size)
        except GpuError as why:
            refusals.append(f"{label}: {why}")
            network.close()
            continue
        return network, refusals
    raise NetworkError(f"this GPU cannot be measured: {'; '.join(refusals)}")
