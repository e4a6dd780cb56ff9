"""What can execute a network: one table, in the order in which they are preferred where equally fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpopdance.engines.errors import NotHere
from kpopdance.engines.formats import (
    BLAZEPOSE,
    CLOSE_NETWORKS,
    LIGHTNING,
    MOVENET,
    OPENPOSE,
    Format,
)
from kpopdance.engines.gpu.decoding import PeopleDecoding, PersonDecoding, UprightDecoding
from kpopdance.engines.gpu.network import GpuNetwork
from kpopdance.engines.ports import PoseNetwork

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kpopdance.engines.gpu.sized_network import Decoding, SizedNetwork

Network = PoseNetwork | GpuNetwork[Any]


class Wish(NamedTuple):
    """What a runtime is asked to open; it may ``tell`` in a sentence what takes seconds.

    ``threads`` are of one inference on the processor, of which ``at_once`` are asked for at a time.
    """

    model: Path
    spoken: Format
    threads: int
    cache_dir: Path | None
    tell: Callable[[str], None] = lambda _: None
    at_once: int = 1


class Runtime(NamedTuple):
    """One way to execute the network: a library, on the processor or on one kind of device.

    Attributes
    ----------
    label : str
        Its name in words.
    package : str
        What to install.
    merit : str
        Why it is taken before those below it.
    open_network : callable
        Opens the network; raises ImportError or NetworkError where it cannot.
    device : bool
        Whether it needs a device beside the processor, which may fail, also later.
    untried : bool
        Whether it is taken only where it was timed and right, or asked for.
    """

    label: str
    package: str
    merit: str
    open_network: Callable[[Wish], Network]
    device: bool = False
    untried: bool = False


DECODINGS: Final[dict[Format, Callable[[SizedNetwork], Decoding]]] = {
    OPENPOSE: PeopleDecoding, MOVENET: PersonDecoding, LIGHTNING: PersonDecoding,
    BLAZEPOSE: UprightDecoding,
}  # fmt: skip
"""What an NVIDIA GPU draws out of each kind of network's outputs."""
EIGHT_BITS: Final = CLOSE_NETWORKS["movenet_thunder_int8"].file
"""Counts from zero points, which TensorRT does not: there MoveNet itself looks, in half precision."""


def _on_nvidia(flavour: str) -> Callable[[Wish], Network]:
    def open_network(wish: Wish) -> Network:
        from kpopdance.engines.gpu.opening import open_network

        if wish.model == EIGHT_BITS:
            raise NotHere(f"{wish.model.stem} is for processors: TensorRT takes no zero points")
        return open_network(
            wish.model,
            flavour,
            DECODINGS[wish.spoken],
            cache_dir=wish.cache_dir,
            tell=wish.tell,
        )

    return open_network


def _in_openvino(device: str) -> Callable[[Wish], Network]:
    def open_network(wish: Wish) -> Network:
        from kpopdance.engines.openvino_runner import OpenVinoNetwork

        return OpenVinoNetwork(
            wish.model, wish.spoken, threads=wish.threads, device=device,
            cache_dir=wish.cache_dir, at_once=wish.at_once,
        )  # fmt: skip

    return open_network


def _in_onnxruntime(provider: str) -> Callable[[Wish], Network]:
    def open_network(wish: Wish) -> Network:
        from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork

        return OnnxRuntimeNetwork(
            wish.model, wish.spoken, threads=wish.threads, at_once=wish.at_once,
            provider=f"{provider}ExecutionProvider",
        )  # fmt: skip

    return open_network


RUNTIMES = {
    "tensorrt": Runtime(
        "TensorRT", "'kpopdance[tensorrt]'", "runs on this NVIDIA GPU", _on_nvidia("tensorrt"),
        device=True,
    ),
    "rtx": Runtime(
        "TensorRT for RTX", "'kpopdance[rtx]'", "runs on this NVIDIA GPU", _on_nvidia("rtx"),
        device=True,
    ),
    "openvino-gpu": Runtime(
        "OpenVINO on graphics", "openvino", "runs on this Intel GPU", _in_openvino("GPU"),
        device=True, untried=True,
    ),
    "openvino-npu": Runtime(
        "OpenVINO on the NPU", "openvino", "runs on this Intel NPU", _in_openvino("NPU"),
        device=True, untried=True,
    ),
    "coreml": Runtime(
        "CoreML", "onnxruntime", "runs on this Apple processor", _in_onnxruntime("CoreML"),
        device=True, untried=True,
    ),
    "webgpu": Runtime(
        "WebGPU", "'kpopdance[webgpu]'", "runs on this graphics card", _in_onnxruntime("WebGpu"),
        device=True, untried=True,
    ),
    "openvino": Runtime(
        "OpenVINO", "openvino", "is installed and usually the fastest on a CPU",
        _in_openvino("CPU"),
    ),
    "onnxruntime": Runtime(
        "ONNX Runtime", "onnxruntime", "is installed and runs on any CPU", _in_onnxruntime("CPU")
    ),
}  # fmt: skip
"""A runtime, a device or a provider is one entry and one runner file."""
