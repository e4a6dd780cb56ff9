"""Engines built by TensorRT or by TensorRT for RTX: one code, whichever is installed.

The second builds on any computer, without driver or GPU, for the compute capabilities it is
told; the first needs the GPU that will run the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, SupportsInt

from engines.gpu.probe import probe_gpu
from engines.maps import NetworkError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

PACKAGES: Final = {"rtx": "tensorrt_rtx", "tensorrt": "tensorrt"}
INSTALL: Final = {
    "rtx": "pip install 'kpopdance[rtx]'", "tensorrt": "pip install 'kpopdance[tensorrt]'",
}  # fmt: skip
RTX_TARGETS: Final = ("7.5", "8.0", "8.6", "8.9", "12.0", "12.1")
USUAL_TARGETS: Final = ("8.0", "8.6", "8.9", "12.0")
"""All but 7.5, whose kernels make an engine larger by a hundred megabytes, and 12.1."""
WARNING: Final = 2  # the logger's severities below are errors
Shape = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Built:
    """An engine: its bytes, the flavour's full version, the compute capabilities it is for."""

    plan: bytes
    version: str
    targets: tuple[str, ...]


def installed(flavour: str) -> ModuleType:
    """Return the library of a flavour.

    Raises
    ------
    NetworkError
        Where it is not installed, or (``tensorrt``) there is no GPU to build on.
    """
    if flavour == "tensorrt":
        probe_gpu()  # without a driver the library does not answer but dies
    try:
        return import_module(PACKAGES[flavour])
    except ImportError as why:
        raise NetworkError(
            f"{PACKAGES[flavour]} is not installed ({why}); {INSTALL[flavour]}"
        ) from None


def choose_flavour(wished: str) -> tuple[str, str]:
    """Return the flavour to build with, and why; ``auto`` takes the first that works.

    Raises
    ------
    NetworkError
        Where none does; the text says why each did not.
    """
    if wished != "auto":
        installed(wished)
        return wished, "as asked"
    reasons = []
    for flavour in ("tensorrt", "rtx"):
        try:
            installed(flavour)
        except NetworkError as why:
            reasons.append(f"{flavour}: {why}")
            continue
        return flavour, "; ".join(reasons) or "the first that works"
    raise NetworkError("no flavour of TensorRT works here: " + "; ".join(reasons))


def build_plan(
    onnx_bytes: bytes,
    flavour: str,
    *,
    shapes: tuple[Shape, Shape, Shape],
    targets: tuple[str, ...] = USUAL_TARGETS,
    progress: Callable[[str], None] = lambda _: None,
) -> Built:
    """Return the engine of a network.

    Parameters
    ----------
    onnx_bytes : bytes
        The network; its weights' type is the engine's precision.
    flavour : str
        ``rtx`` or ``tensorrt``.
    shapes : three (batch, 3, height, width)
        Least, best and most that the input may have.
    targets : tuple of str
        Compute capabilities; ``tensorrt`` builds for the GPU at hand, whatever is asked.
    progress : callable
        Told what is being done.

    Raises
    ------
    NetworkError
        Where the network or a target is refused; the text holds the library's own reason.
    """
    library = installed(flavour)
    heard: list[str] = []
    builder = library.Builder(_logger(library, heard))
    network = builder.create_network(0)
    parser = library.OnnxParser(network, builder.logger)
    progress("reading the network")
    if not parser.parse(onnx_bytes) or network.num_inputs == 0:
        told = [str(parser.get_error(k)) for k in range(parser.num_errors)]
        raise NetworkError(
            f"{flavour} refuses this network: {(told or heard or ['it is empty'])[0]}"
        )
    config = builder.create_builder_config()
    profile = builder.create_optimization_profile()
    profile.set_shape(network.get_input(0).name, *shapes)
    config.add_optimization_profile(profile)
    built_for = targets if flavour == "rtx" else (probe_gpu().capability,)
    if flavour == "rtx":
        config.num_compute_capabilities = len(targets)
        for place, capability in enumerate(_capabilities(library, targets)):
            config.set_compute_capability(capability, place)
    progress(f"building for compute capability {', '.join(built_for)}")
    plan = builder.build_serialized_network(network, config)
    if plan is None:
        raise NetworkError(f"{flavour} cannot build this: {heard[0] if heard else 'no reason'}")
    return Built(bytes(plan), str(library.__version__), built_for)


def _capabilities(library: ModuleType, targets: tuple[str, ...]) -> list[object]:
    """Return the library's own values of compute capabilities."""
    known = {
        name: getattr(library.ComputeCapability, f"SM{name.replace('.', '')}", None)
        for name in targets
    }
    refused = [name for name, value in known.items() if value is None]
    if refused:
        raise NetworkError(
            f"TensorRT for RTX does not build for compute capability {', '.join(refused)}; "
            f"choose from {', '.join(RTX_TARGETS)}"
        )
    return list(known.values())


def _logger(library: ModuleType, heard: list[str]) -> object:
    """Return a logger that keeps errors instead of printing them."""

    class Ear(library.ILogger):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            library.ILogger.__init__(self)

        def log(self, severity: SupportsInt, text: str) -> None:
            if int(severity) < WARNING:
                heard.append(text.strip())

    return Ear()
