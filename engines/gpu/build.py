"""Engines built by TensorRT or by TensorRT for RTX: one code, whichever is installed.

The second builds on any computer, without driver or GPU, for the compute capabilities it is
told; the first needs the GPU that will run the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.gpu.probe import probe_gpu
from kpopdance.engines.gpu.tensorrt_library import installed, listener
from kpopdance.engines.names import USUAL_TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

RTX_TARGETS: Final = ("7.5", "8.0", "8.6", "8.9", "12.0", "12.1")
"""All but 7.5, whose kernels make an engine larger by a hundred megabytes, and 12.1."""
Shape = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Built:
    """An engine: its bytes, the flavour's full version, the compute capabilities it is for."""

    plan: bytes
    version: str
    targets: tuple[str, ...]


def build_plan(
    onnx_bytes: bytes,
    flavour: str,
    *,
    shapes: tuple[Shape, Shape, Shape],
    targets: tuple[str, ...] = USUAL_TARGETS,
    tf32: bool = True,
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
    tf32 : bool
        Whether products of float32 may be rounded to 10 bits, as these libraries usually do.
    progress : callable
        Told what is being done.

    Raises
    ------
    NetworkError
        Where the network or a target is refused; the text holds the library's own reason.
    """
    library = installed(flavour)
    heard: list[str] = []
    builder = library.Builder(listener(library, heard))
    network = builder.create_network(0)
    parser = library.OnnxParser(network, builder.logger)
    progress("reading the network")
    if not parser.parse(onnx_bytes) or network.num_inputs == 0:
        told = [str(parser.get_error(k)) for k in range(parser.num_errors)]
        raise NetworkError(
            f"{flavour} refuses this network: {(told or heard or ['it is empty'])[0]}"
        )
    config = builder.create_builder_config()
    if not tf32:
        config.clear_flag(library.BuilderFlag.TF32)
    profile = builder.create_optimization_profile()
    profile.set_shape(network.get_input(0).name, *shapes)
    config.add_optimization_profile(profile)
    built_for = targets if flavour == "rtx" else (probe_gpu().capability,)
    if flavour == "rtx":
        # Else the library may ask for memory while it runs, and no graph can be captured.
        config.set_flag(library.BuilderFlag.REQUIRE_USER_ALLOCATION)
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
